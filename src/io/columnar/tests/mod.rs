//! Files of columns against the CSV files of the same rows.
