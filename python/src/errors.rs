//! The engine's errors as Python's: the same sentences, under the exceptions that Python users expect.

use pyo3::create_exception;
use pyo3::exceptions::{
    PyFileExistsError, PyKeyboardInterrupt, PyMemoryError, PyOSError, PyOverflowError, PyRuntimeWarning, PyValueError,
};
use pyo3::prelude::*;
use truereach::Error;

create_exception!(truereach, ParameterError, PyValueError, "A parameter, or a combination of them, makes no sense.");
create_exception!(truereach, InputError, PyValueError, "An input says something it may not; the sentence says where.");
create_exception!(truereach, NotEstimableError, PyValueError, "The data cannot carry the figure that was asked for.");
create_exception!(truereach, GoalNotMet, PyRuntimeWarning, "The goal was not met: the answer is the best so far.");

create_exception!(
    truereach,
    EngineError,
    pyo3::exceptions::PyRuntimeError,
    "The processes that compute for this one did not give what they should."
);

/// Puts them into the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("ParameterError", py.get_type::<ParameterError>())?;
    module.add("InputError", py.get_type::<InputError>())?;
    module.add("NotEstimableError", py.get_type::<NotEstimableError>())?;
    module.add("EngineError", py.get_type::<EngineError>())?;
    module.add("GoalNotMet", py.get_type::<GoalNotMet>())
}

/// The exception for an error.
pub fn raised(error: Error) -> PyErr {
    let text = error.to_string();
    match error {
        Error::Parameter { .. } => ParameterError::new_err(text),
        Error::Input { .. } | Error::Snapshot { .. } => InputError::new_err(text),
        Error::NotEstimable { .. } => NotEstimableError::new_err(text),
        Error::Memory { .. } => PyMemoryError::new_err(text),
        Error::Limit { .. } => PyOverflowError::new_err(text),
        Error::Engine { .. } => EngineError::new_err(text),
        Error::Exists(_) => PyFileExistsError::new_err(text),
        Error::Cancelled => PyKeyboardInterrupt::new_err(text),
        // Python chooses FileNotFoundError, PermissionError and so on by the number.
        Error::Io { ref source, ref path, action } => match source.raw_os_error() {
            Some(number) => PyOSError::new_err((number, format!("cannot {action}: {source}"), path.clone())),
            None => PyOSError::new_err(text),
        },
        _ => PyValueError::new_err(text),
    }
}
