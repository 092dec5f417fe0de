//! A table of answers: columns as NumPy views and Arrow streams, and everything the command line writes of it.

use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use numpy::ndarray::ArrayView1;
use numpy::{Element, PyArray1};
use pyo3::exceptions::{PyKeyError, PyOSError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};
use truereach::io::output::{BYTE_ORDER_MARK, Output};
use truereach::report::{self, Format};

use super::errors::{ParameterError, raised};

/// A table as a verb gave it.
#[pyclass(frozen, module = "truereach")]
pub struct Table {
    table: report::Table,
    batch: RecordBatch,
}

impl Table {
    pub fn new(table: report::Table) -> PyResult<Table> {
        let batch = table.batch().map_err(failed)?;
        Ok(Table { table, batch })
    }

    fn written(&self, format: Format, width: usize) -> PyResult<Vec<u8>> {
        let mut out = Vec::new();
        self.table.write(format, width, &mut out).map_err(failed)?;
        Ok(out)
    }

    fn text(&self, format: Format, width: usize) -> PyResult<String> {
        String::from_utf8(self.written(format, width)?).map_err(|error| PyOSError::new_err(error.to_string()))
    }
}

fn failed(error: std::io::Error) -> PyErr {
    PyOSError::new_err(error.to_string())
}

#[pymethods]
impl Table {
    /// Name and version of what the rows hold.
    #[getter]
    fn schema(&self) -> &str {
        self.table.schema
    }

    /// The names of the columns; an interval is two.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// A column: numbers as a read-only NumPy array (a view where nothing is missing, else NaN stands for what is),
    /// text as a list.
    fn column<'py>(this: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let batch = &this.get().batch;
        let Some(array) = batch.column_by_name(name) else {
            return Err(PyKeyError::new_err(format!(
                "no column {name:?}; there are {}",
                this.get().columns().join(", ")
            )));
        };
        let missing = array.null_count() > 0;
        Ok(match array.data_type() {
            DataType::Int64 if !missing => view(array.as_primitive::<Int64Type>().values(), this)?,
            DataType::Float64 if !missing => view(array.as_primitive::<Float64Type>().values(), this)?,
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>().iter();
                fixed(PyArray1::from_iter(py, values.map(|value| value.map_or(f64::NAN, |value| value as f64))))?
            }
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>().iter();
                fixed(PyArray1::from_iter(py, values.map(|value| value.unwrap_or(f64::NAN))))?
            }
            _ => PyList::new(py, array.as_string::<i32>().iter())?.into_any(),
        })
    }

    /// What the columns mean, provenance, assumptions, notes, summary and rows: the bytes that `--format json` prints.
    fn json(&self) -> PyResult<String> {
        self.text(Format::Json, 0)
    }

    /// A 64-bit digest of columns, rows and summary, in whatever order the rows stand.
    #[getter]
    fn digest(&self) -> u64 {
        self.table.digest()
    }

    /// Everything beside the rows, as JSON.
    fn about(&self) -> PyResult<String> {
        let bare = report::Table { rows: Vec::new(), ..self.table.clone() };
        let mut out = Vec::new();
        bare.write(Format::Json, 0, &mut out).map_err(failed)?;
        String::from_utf8(out).map_err(|error| PyOSError::new_err(error.to_string()))
    }

    /// The table as a terminal so wide shows it.
    fn aligned(&self, width: usize) -> PyResult<String> {
        self.text(Format::Table, width)
    }

    /// Its picture, as SVG, if it has one.
    fn svg(&self) -> PyResult<Option<String>> {
        self.table.picture.is_some().then(|| self.text(Format::Svg, 0)).transpose()
    }

    /// Writes it to a file by the ending of its name; the file is whole or absent.
    fn save(&self, py: Python<'_>, path: PathBuf, force: bool) -> PyResult<()> {
        let Some(format) = Format::of(&path) else {
            return Err(ParameterError::new_err(format!(
                "path: what format is {}?\n  hint: end the name in .xlsx, .csv, .tsv, .json, .ndjson, .parquet, .arrow, .txt or .svg",
                path.display()
            )));
        };
        py.detach(|| {
            let mut out = Output::create(&path, force)?;
            let fail = |error| truereach::Error::io(&path, "write", error);
            if format == Format::Csv && !self.table.is_ascii() {
                std::io::Write::write_all(&mut out, BYTE_ORDER_MARK).map_err(fail)?;
            }
            self.table.write(format, 200, &mut out).map_err(fail)?;
            out.finish()
        })
        .map_err(raised)
    }

    /// The columns as an Arrow stream (the Arrow PyCapsule interface).
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Asking for another schema is a wish that a producer may leave unfulfilled.
        let _ = requested_schema;
        super::arrow::exported(py, vec![self.batch.clone()], self.batch.schema())
    }
}

/// A NumPy array over memory that `owner` keeps.
fn view<'py, T: Element>(values: &[T], owner: &Bound<'py, Table>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the batch in `owner` is never changed (the class is frozen) and the array keeps `owner` alive; the array
    // is made read-only at once.
    let array = unsafe { PyArray1::borrow_from_array(&ArrayView1::from(values), owner.clone().into_any()) };
    fixed(array)
}

/// Read-only.
fn fixed<'py, T: Element>(array: Bound<'py, PyArray1<T>>) -> PyResult<Bound<'py, PyAny>> {
    let array = array.into_any();
    array.getattr("flags")?.setattr("writeable", false)?;
    Ok(array)
}
