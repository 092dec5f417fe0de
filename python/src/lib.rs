//! truereach for Python: the engine's verbs, its networks and its answers as Python objects. Data crosses as NumPy
//! arrays and Arrow streams; parameters cross as the words of the command line, so that names, defaults, checks and
//! sentences are the same.
#![warn(missing_docs)]

use pyo3::prelude::*;

mod arrow;
mod attend;
mod columns;
mod engine;
mod errors;
mod network;
mod table;
mod verbs;

/// The compiled part of the package `truereach`.
#[pymodule]
fn _truereach(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    errors::add(module)?;
    module.add_class::<network::Network>()?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(network::read, module)?)?;
    module.add_function(wrap_pyfunction!(network::from_edges, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::ask, module)?)?;
    module.add_function(wrap_pyfunction!(verbs::described, module)?)?;
    module.add_class::<engine::Mapped>()?;
    module.add_function(wrap_pyfunction!(engine::command, module)?)?;
    module.add_function(wrap_pyfunction!(engine::chunks, module)?)?;
    module.add_function(wrap_pyfunction!(engine::make_shard, module)?)?;
    module.add_function(wrap_pyfunction!(engine::digest, module)?)?;
    module.add_function(wrap_pyfunction!(engine::edges_digest, module)?)?;
    module.add_function(wrap_pyfunction!(engine::accounts_digest, module)?)?;
    module.add_function(wrap_pyfunction!(engine::file_digest, module)?)?;
    module.add_function(wrap_pyfunction!(engine::stored_pagerank, module)?)?;
    module.add_function(wrap_pyfunction!(engine::stored_labels, module)?)?;
    Ok(())
}
