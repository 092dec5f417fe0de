//! Verbs asked by Python.

use pyo3::prelude::*;
use truereach::cli::ask as engine;
use truereach::report::Answer;

use super::attend::{Options, attended};
use super::engine::called;
use super::errors::raised;
use super::network::Network;
use super::table::Table;

/// What a verb answers: tables, printed text, notes, the goal that was not met.
type Answered = (Vec<Table>, String, Vec<String>, Option<String>);

/// Asks a verb in the words of the command line, about a network in memory or about what the words name; with an engine, which
/// computes what the verb hands to others.
#[pyfunction]
#[pyo3(signature = (words, network, small_cells, options, elsewhere=None))]
pub fn ask(
    py: Python<'_>,
    words: Vec<String>,
    network: Option<PyRef<'_, Network>>,
    small_cells: bool,
    options: Options,
    elsewhere: Option<Py<PyAny>>,
) -> PyResult<Answered> {
    let held = network.map(|network| network.held.clone());
    let answer = attended(py, &options, |run| match elsewhere {
        None => engine::ask(&words, held.as_ref(), run, small_cells),
        Some(elsewhere) => {
            let question = engine::question(&words, run.seed(), small_cells);
            let run = run.clone().engine_of(called(elsewhere, question));
            engine::ask(&words, held.as_ref(), &run, small_cells)
        }
    })?;
    let Answer { tables, text, notes, unmet } = answer;
    let tables = tables.into_iter().map(Table::new).collect::<PyResult<Vec<_>>>()?;
    Ok((tables, text, notes, unmet))
}

/// Every verb and its parameters, as JSON: what the Python functions are made from.
#[pyfunction]
pub fn described() -> PyResult<String> {
    let all = serde_json::json!({ "read": engine::reading(), "verbs": engine::verbs() });
    serde_json::to_string(&all).map_err(|error| raised(truereach::Error::parameter("verbs", error.to_string())))
}
