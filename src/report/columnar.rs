//! A table as columns in Arrow's form: for Parquet and Arrow files, and for programs that share memory.
//!
//! Text becomes `utf8`, counts `int64`, every other number `float64`; an interval is two columns, `key_low` and
//! `key_high`. What is missing or withheld is null. A column whose cells are all missing is text where it has no unit.
//! What the columns mean, provenance, assumptions, notes and summary go along in the metadata under one key,
//! `truereach`: Arrow keeps metadata in no order, so two keys would make equal tables differ in their bytes.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use super::table::{Cell, Column, Table};

/// The key of all metadata.
const KEY: &str = "truereach";

impl Table {
    /// The rows as Arrow columns, in one batch. Small counts are withheld where the table has a limit.
    pub fn batch(&self) -> io::Result<RecordBatch> {
        let table = self.shielded();
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for (at, column) in table.columns.iter().enumerate() {
            let cells = || table.rows.iter().map(move |row| &row[at]);
            for (end, head) in column.heads().into_iter().enumerate() {
                let array = match column.range {
                    true => numbers(cells().map(|cell| match cell {
                        Cell::Range(range) => Some(if end == 0 { range.low } else { range.high }),
                        _ => None,
                    })),
                    false => array(column, cells),
                };
                let about = json!({"title": column.title, "unit": column.unit, "about": column.about}).to_string();
                let field = Field::new(head, array.data_type().clone(), true).with_metadata(metadata(about));
                fields.push(field);
                arrays.push(array);
            }
        }
        let about = json!({
            "schema": table.schema,
            "provenance": table.provenance,
            "assumptions": table.assumptions,
            "notes": table.notes,
            "summary": table.summary,
        });
        let schema = Arc::new(Schema::new_with_metadata(fields, metadata(about.to_string())));
        let rows = arrow_array::RecordBatchOptions::new().with_row_count(Some(table.rows.len()));
        RecordBatch::try_new_with_options(schema, arrays, &rows).map_err(io::Error::other)
    }

    pub(super) fn write_parquet(&self, out: &mut dyn Write) -> io::Result<()> {
        let batch = self.batch()?;
        let properties = WriterProperties::builder()
            .set_created_by(concat!("truereach ", env!("CARGO_PKG_VERSION")).into())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).map_err(io::Error::other)?))
            .build();
        // Parquet's writer wants to own what it writes to, on any thread: the file is put together in memory.
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).map_err(io::Error::other)?;
        writer.write(&batch).map_err(io::Error::other)?;
        writer.close().map_err(io::Error::other)?;
        out.write_all(&file)
    }

    /// Plain, so that it can be mapped and read without a copy.
    pub(super) fn write_arrow(&self, out: &mut dyn Write) -> io::Result<()> {
        let batch = self.batch()?;
        let mut writer = FileWriter::try_new(out, &batch.schema()).map_err(io::Error::other)?;
        writer.write(&batch).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)
    }
}

fn metadata(value: String) -> HashMap<String, String> {
    HashMap::from([(KEY.to_owned(), value)])
}

fn numbers(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(Float64Array::from_iter(values.map(|value| value.filter(|value| !value.is_nan()))))
}

/// The narrowest kind of column that holds all cells.
fn array<'a, I: Iterator<Item = &'a Cell>>(column: &Column, cells: impl Fn() -> I) -> ArrayRef {
    let kinds = cells().filter_map(|cell| match cell {
        Cell::Text(_) => Some(DataType::Utf8),
        Cell::Count(count) if i64::try_from(*count).is_ok() => Some(DataType::Int64),
        Cell::Count(_) | Cell::Amount(_) | Cell::Score(..) | Cell::Shown(..) => Some(DataType::Float64),
        Cell::Range(_) | Cell::Missing | Cell::Few(_) | Cell::Hidden => None,
    });
    let widest = kinds.reduce(|one, other| match (&one, &other) {
        (DataType::Utf8, _) | (_, DataType::Utf8) => DataType::Utf8,
        (DataType::Int64, DataType::Int64) => DataType::Int64,
        _ => DataType::Float64,
    });
    let unknown = if column.unit.is_empty() { DataType::Utf8 } else { DataType::Float64 };
    match widest.unwrap_or(unknown) {
        DataType::Utf8 => Arc::new(StringArray::from_iter(cells().map(|cell| match cell {
            Cell::Text(text) => Some(text.clone()),
            Cell::Count(count) => Some(count.to_string()),
            other => other.number().map(|number| Value::from(number).to_string()),
        }))),
        DataType::Int64 => Arc::new(Int64Array::from_iter(cells().map(|cell| match cell {
            Cell::Count(count) => i64::try_from(*count).ok(),
            _ => None,
        }))),
        _ => numbers(cells().map(Cell::number)),
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type};

    use super::*;
    use crate::base::stats::Interval;
    use crate::report::{Format, Provenance};

    fn table() -> Table {
        let columns = vec![
            Column::new("account", "account", "", "the creator"),
            Column::new("followers", "followers", "accounts", "its followers").people(),
            Column::new("reach", "reach", "people", "expected reach"),
            Column::new("interval", "95% interval", "people", "its interval").range(),
            Column::new("niche", "niche", "", "not known"),
            Column::new("price", "price", "VND", "not known"),
        ];
        let mut table = Table::new("truereach/test/1", columns, Provenance::new("test", Value::Null, 1, 2));
        table.rows.push(vec![
            Cell::Text("anh".into()),
            Cell::Count(1200),
            Cell::Amount(f64::NAN),
            Cell::Range(Interval { low: 1.5, high: f64::INFINITY }),
            Cell::Missing,
            Cell::Missing,
        ]);
        table.rows.push(vec![
            Cell::Text("bảo".into()),
            Cell::Count(7),
            Cell::Count(3),
            Cell::Missing,
            Cell::Missing,
            Cell::Missing,
        ]);
        table
    }

    fn bytes(table: &Table, format: Format) -> Vec<u8> {
        let mut out = Vec::new();
        table.write(format, 80, &mut out).unwrap();
        out
    }

    #[test]
    fn cells_become_typed_columns_and_what_is_not_known_null() {
        let batch = table().batch().unwrap();
        let schema = batch.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, ["account", "followers", "reach", "interval_low", "interval_high", "niche", "price"]);
        assert_eq!(batch.column(0).as_string::<i32>().value(1), "bảo");
        assert_eq!(batch.column(1).as_primitive::<Int64Type>().values(), &[1200, 7]);
        let reach = batch.column(2).as_primitive::<Float64Type>();
        assert!(reach.is_null(0) && reach.value(1) == 3.0);
        assert_eq!(batch.column(4).as_primitive::<Float64Type>().value(0), f64::INFINITY);
        assert!(batch.column(3).is_null(1));
        assert_eq!((batch.column(5).data_type(), batch.column(5).null_count()), (&DataType::Utf8, 2));
        assert_eq!((batch.column(6).data_type(), batch.column(6).null_count()), (&DataType::Float64, 2));
        let about: Value = serde_json::from_str(&batch.schema().metadata()[KEY]).unwrap();
        assert_eq!(about["provenance"]["command"], "test");
    }

    #[test]
    fn small_counts_are_withheld_here_too() {
        let shielded = Table { hide_below: Some(10), ..table() };
        let followers = shielded.batch().unwrap().column(1).clone();
        assert!(followers.is_null(1) && !followers.is_null(0));
    }

    #[test]
    fn files_read_back_and_equal_tables_give_equal_bytes() {
        let table = table();
        for format in [Format::Parquet, Format::Arrow] {
            assert_eq!(bytes(&table, format), bytes(&table.clone(), format));
        }
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes(&table, Format::Parquet)).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        // Batches of this reader leave out what the file says of itself.
        assert_eq!(reader.schema().metadata(), table.batch().unwrap().schema().metadata());
        let batch = reader.build().unwrap().next().unwrap().unwrap();
        assert_eq!(batch.columns(), table.batch().unwrap().columns());
        assert_eq!(batch.schema().fields(), table.batch().unwrap().schema().fields());
        let file = io::Cursor::new(bytes(&table, Format::Arrow));
        let mut reader = arrow_ipc::reader::FileReader::try_new(file, None).unwrap();
        assert_eq!(reader.next().unwrap().unwrap(), table.batch().unwrap());
    }

    #[test]
    fn tables_without_rows_and_without_columns_go_out_too() {
        let mut empty = table();
        empty.rows.clear();
        assert_eq!(empty.batch().unwrap().num_rows(), 0);
        bytes(&empty, Format::Parquet);
        let bare = Table::new("truereach/test/1", vec![], Provenance::new("test", Value::Null, 1, 2));
        assert_eq!(bare.batch().unwrap().num_columns(), 0);
    }
}
