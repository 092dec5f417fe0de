//! A network in memory: read from files, made of arrays, looked at as arrays.

use std::path::PathBuf;

use numpy::ndarray::ArrayView1;
use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use truereach::cli::ask::Held;
use truereach::graph::{Graph, Names, View};
use truereach::io::arrays::{EdgeArrays, FromEdges};

use super::attend::{Options, attended};
use super::columns::{Column, Numbers};
use super::errors::raised;

/// Accounts, who follows whom, and what is known of them. Never changed once made.
#[pyclass(frozen, module = "truereach")]
pub struct Network {
    pub held: Held,
    notes: Vec<String>,
}

/// Where every row of an edge list is, one account row after the other: offsets, targets, weights.
type Rows<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);
/// A row an edge: who follows, who is followed, weights.
type Edges<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u32>>, Option<Bound<'py, PyArray1<f64>>>);

/// Reads what `words` name, as every verb of the command line reads its NETWORK. What was said about it are its notes.
#[pyfunction]
pub fn read(py: Python<'_>, words: Vec<String>, options: Options) -> PyResult<Network> {
    let (held, notes) = attended(py, &options, |run| Held::read(&words, run))?;
    Ok(Network { held, notes })
}

/// Makes a network of columns, a row an edge or an interaction. `settings` is the JSON of [`FromEdges`].
#[pyfunction]
#[pyo3(signature = (source, target, weight, time, sign, kind, settings, options))]
#[expect(clippy::too_many_arguments, reason = "the columns of a row, as Python names them")]
pub fn from_edges(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
    weight: Option<&Bound<'_, PyAny>>,
    time: Option<&Bound<'_, PyAny>>,
    sign: Option<&Bound<'_, PyAny>>,
    kind: Option<&Bound<'_, PyAny>>,
    settings: &str,
    options: Options,
) -> PyResult<Network> {
    let settings: FromEdges =
        serde_json::from_str(settings).map_err(|error| super::errors::ParameterError::new_err(error.to_string()))?;
    let (source, target) = (Column::of("source", source)?, Column::of("target", target)?);
    let weight = weight.map(|column| Numbers::<f64>::of("weight", column)).transpose()?;
    let time = time.map(|column| Numbers::<i64>::of("time", column)).transpose()?;
    let sign = sign.map(|column| Numbers::<i8>::of("sign", column)).transpose()?;
    let kind = kind.map(|column| Column::of("kind", column)).transpose()?;
    let arrays = EdgeArrays {
        source: source.ids("source")?,
        target: target.ids("target")?,
        weight: weight.as_ref().map(|column| column.values().into()),
        time: time.as_ref().map(|column| column.values().into()),
        sign: sign.as_ref().map(|column| column.values().into()),
        kind: kind.as_ref().map(|column| column.kinds("kind")).transpose()?,
    };
    let (held, notes) = attended(py, &options, |run| {
        let (network, summary) = settings.run(&arrays, run)?;
        let mut notes = summary.notes;
        notes.extend(
            summary
                .self_rows
                .iter()
                .map(|(layer, rows)| format!("left out: {rows} rows of an account with itself, in layer {layer}")),
        );
        if summary.follow_repeats > 0 {
            notes.push(format!("merged: {} rows repeat a follow", summary.follow_repeats));
        }
        Ok((Held::made(network, run)?, notes))
    })?;
    Ok(Network { held, notes })
}

impl Network {
    fn account(&self, name: &str) -> PyResult<u32> {
        self.held.network.account(name).map_err(|error| PyKeyError::new_err(error.to_string()))
    }

    fn graph(&self) -> PyResult<&Graph> {
        self.held.network.follow_graph().map_err(raised)
    }
}

#[pymethods]
impl Network {
    /// How many accounts.
    fn __len__(&self) -> usize {
        self.held.network.accounts()
    }

    /// How many accounts.
    #[getter]
    fn accounts(&self) -> usize {
        self.held.network.accounts()
    }

    /// What was said when it was made: rows left out, merged, odd.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// How many follows.
    #[getter]
    fn follows(&self) -> u64 {
        self.held.network.follows.as_ref().map_or(0, |follows| follows.graph.edges())
    }

    /// How many interactions.
    #[getter]
    fn interactions(&self) -> usize {
        self.held.network.events.as_ref().map_or(0, |events| events.to.len())
    }

    /// What identifies the network: equal networks have equal checksums.
    #[getter]
    fn checksum(&self) -> String {
        format!("{:016x}", self.held.checksum)
    }

    /// Writes it as a snapshot, whole or not at all, unless there is one.
    fn store(&self, py: Python<'_>, path: PathBuf, options: Options) -> PyResult<()> {
        if path.is_file() {
            return Ok(());
        }
        attended(py, &options, |run| truereach::io::snapshot::write(&self.held.network, &path, true, run).map(drop))
    }

    /// Where it was read.
    #[getter]
    fn paths(&self) -> Vec<PathBuf> {
        self.held.paths.clone()
    }

    /// How much of the world it shows.
    #[getter]
    fn view(&self) -> &'static str {
        View::describe(self.held.network.view)
    }

    /// The ids of the accounts in the order of the arrays: a NumPy array of numbers, or a list of texts.
    fn names<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let names = &this.get().held.network.names;
        match names {
            Names::Numbers(numbers) => view(numbers, this),
            _ => Ok(PyList::new(this.py(), (0..names.len() as u32).map(|id| names.get(id)))?.into_any()),
        }
    }

    /// The place of an account in the arrays.
    fn index(&self, name: &str) -> PyResult<u32> {
        self.account(name)
    }

    /// The places of those who follow an account.
    fn followers<'py>(this: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let network = this.get();
        view(network.graph()?.followers(network.account(name)?), this)
    }

    /// The places of those whom an account follows.
    fn following<'py>(this: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let network = this.get();
        view(network.graph()?.following(network.account(name)?), this)
    }

    /// Where the row of each account begins, and whom they follow, row after row: views of the engine's memory.
    fn rows<'py>(this: &Bound<'py, Self>) -> PyResult<Rows<'py>> {
        let rows = this.get().graph()?.following_rows();
        let weights = rows.weights.as_ref().map(|weights| view(weights, this)).transpose()?;
        Ok((view(&rows.offsets, this)?, view(&rows.targets, this)?, weights))
    }

    /// A row an edge: who follows, who is followed, weight, in places of the arrays.
    fn edges<'py>(&self, py: Python<'py>, options: Options) -> PyResult<Edges<'py>> {
        let (follower, followed, weight) =
            attended(py, &options, |run| truereach::io::arrays::edges_of(&self.held.network, run))?;
        let weight = weight.map(|weight| PyArray1::from_vec(py, weight));
        Ok((PyArray1::from_vec(py, follower), PyArray1::from_vec(py, followed), weight))
    }
}

/// A read-only NumPy array over the engine's memory.
fn view<'py, T: Element>(values: &[T], owner: &Bound<'py, Network>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: a network is never changed (the class is frozen), and the array keeps it alive; read-only at once.
    let array = unsafe { PyArray1::borrow_from_array(&ArrayView1::from(values), owner.clone().into_any()) };
    array.readwrite().make_nonwriteable();
    Ok(array.into_any())
}
