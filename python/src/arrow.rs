//! The Arrow PyCapsule interface: streams of record batches to and from any program that speaks Arrow, without a copy.

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator, new_empty_array};
use arrow_schema::Schema;
use arrow_select::concat::concat;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods};

const STREAM: &CStr = c"arrow_array_stream";

/// Batches as a capsule; whoever takes it owns them.
pub fn exported(py: Python<'_>, batches: Vec<RecordBatch>, schema: Arc<Schema>) -> PyResult<Bound<'_, PyCapsule>> {
    let reader = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), STREAM)
}

/// The batches of anything with `__arrow_c_stream__`.
pub fn imported(object: &Bound<'_, PyAny>) -> PyResult<(Arc<Schema>, Vec<RecordBatch>)> {
    let capsule = object.getattr("__arrow_c_stream__")?.call0()?;
    let capsule =
        capsule.cast::<PyCapsule>().map_err(|_| PyTypeError::new_err("__arrow_c_stream__ must return a capsule"))?;
    let pointer = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: the capsule's name says that it holds a stream; from_raw moves it out and leaves it released, as the
    // interface asks of a consumer.
    let reader = unsafe { ArrowArrayStreamReader::from_raw(pointer.as_ptr()) };
    let reader = reader.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let schema = arrow_array::RecordBatchReader::schema(&reader);
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok((schema, batches))
}

/// The one column of a table that speaks Arrow, in one piece: borrowed where it comes in one, else put together.
/// `None`: the object does not speak Arrow.
pub fn column(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Option<ArrayRef>> {
    if !object.hasattr("__arrow_c_stream__")? {
        return Ok(None);
    }
    let (schema, batches) = imported(object)?;
    let [field] = &schema.fields()[..] else {
        let problem = format!("{name}: expected one column, found {}", schema.fields().len());
        return Err(PyValueError::new_err(problem));
    };
    let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(0).as_ref()).collect();
    match batches.as_slice() {
        [] => Ok(Some(new_empty_array(field.data_type()))),
        [one] => Ok(Some(one.column(0).clone())),
        _ => concat(&arrays).map(Some).map_err(|error| PyValueError::new_err(format!("{name}: {error}"))),
    }
}
