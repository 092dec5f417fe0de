//! Engines: work that Python hands to other processes, and what those processes do with it.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyArray1;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use truereach::base::engine::{Cutter, Engine, Kernel, Shards};
use truereach::cli::{ask as engine, elsewhere};
use truereach::engine::Part;
use truereach::graph::shard::{self, Shard};
use truereach::io::shards;
use truereach::rank::PageRank;
use truereach::{Error, Result, Run};

use super::attend::{Options, attended};
use super::errors::raised;
use super::network::Network;

/// An engine written in Python: an object with the methods that are called here.
struct Called {
    engine: Py<PyAny>,
    question: u64,
}

type Bytes = Vec<Vec<u8>>;

fn listed<'py>(py: Python<'py>, all: &[Vec<u8>]) -> Vec<Bound<'py, PyBytes>> {
    all.iter().map(|bytes| PyBytes::new(py, bytes)).collect()
}

/// What a Python engine raises is what is wrong with the engine.
fn failed(py: Python<'_>, error: &PyErr) -> Error {
    if error.is_instance_of::<PyKeyboardInterrupt>(py) {
        return Error::Cancelled;
    }
    let text = error.value(py).to_string();
    let text = text.strip_prefix("--engine: ").unwrap_or(&text);
    match text.split_once("\n  hint: ") {
        Some((problem, hint)) => Error::engine(problem).with_hint(hint),
        None => Error::engine(text),
    }
}

impl Called {
    fn call<R>(&self, work: impl FnOnce(Python<'_>, &Bound<'_, PyAny>) -> PyResult<R>) -> Result<R> {
        Python::attach(|py| work(py, self.engine.bind(py)).map_err(|error| failed(py, &error)))
    }

    /// The parts of a network that is cut into so many shards, which are stored unless they are there already.
    fn supersteps_of(&self, kernel: &Kernel<'_>, shards: usize) -> Result<Bytes> {
        let cutter = kernel.cutter;
        let bounds = cutter.bounds(shards);
        let (edges, weighted) = cutter.edges();
        let is_there: bool =
            self.call(|_, engine| engine.call_method1("_is_stored", (kernel.network, bounds.clone()))?.extract())?;
        if !is_there {
            for index in 0..shards {
                let bytes = cutter.shard(&bounds, index)?;
                self.call(|py, engine| {
                    engine
                        .call_method1("_store_shard", (kernel.network, bounds.clone(), index, PyBytes::new(py, &bytes)))
                        .map(drop)
                })?;
            }
            self.call(|_, engine| {
                engine.call_method1("_store_manifest", (kernel.network, bounds.clone(), edges, weighted)).map(drop)
            })?;
        }
        let given = (0..shards).map(|index| cutter.given(&bounds, index)).collect::<Result<Bytes>>()?;
        self.call(|py, engine| {
            let given = listed(py, &given);
            engine.call_method1("_supersteps", (kernel.job.clone(), kernel.network, bounds, given))?.extract()
        })
    }
}

impl Engine for Called {
    fn question(&self) -> u64 {
        self.question
    }

    fn cuts(&self) -> bool {
        self.call(|_, engine| engine.getattr("partitioned")?.extract()).unwrap_or(false)
    }

    fn compute(&self, work: &str, chunks: &[Vec<u8>]) -> Result<Option<Bytes>> {
        self.call(|py, engine| {
            engine.call_method1("_compute", (self.question, work, listed(py, chunks)))?.extract::<Option<Bytes>>()
        })
    }

    fn supersteps(&self, kernel: &Kernel<'_>) -> Result<Option<Shards>> {
        let accounts = kernel.cutter.accounts();
        let shards: Option<usize> = self.call(|_, engine| {
            let (edges, weighted) = kernel.cutter.edges();
            engine.call_method1("_cut", (kernel.job.clone(), accounts, edges, weighted))?.extract()
        })?;
        shards.map(|shards| Ok((shards, self.supersteps_of(kernel, shards)?))).transpose()
    }
}

/// The engine behind a Python object, for a question.
pub fn called(engine: Py<PyAny>, question: u64) -> Arc<dyn Engine> {
    Arc::new(Called { engine, question })
}

/// Runs the command line with an engine; the exit code.
#[pyfunction]
pub fn command(py: Python<'_>, words: Vec<String>, engine: Py<PyAny>) -> u8 {
    let question = engine::question(&words, 0, false);
    py.detach(|| elsewhere::main_with(&words, called(engine, question)))
}

/// Computes chunks that another process asked for: sealed parts.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "what identifies the work of a process elsewhere")]
pub fn chunks<'py>(
    py: Python<'py>,
    words: Vec<String>,
    network: Option<PyRef<'_, Network>>,
    small_cells: bool,
    options: Options,
    question: u64,
    work: &str,
    chunks: Vec<Vec<u8>>,
) -> PyResult<Vec<Bound<'py, PyBytes>>> {
    let held = network.map(|network| network.held.clone());
    let found =
        attended(py, &options, |run| engine::chunks(&words, held.as_ref(), run, small_cells, question, work, chunks))?;
    Ok(listed(py, &found))
}

/// A message: the shard it is for, the one it is from, its superstep, whether the job is done, and the sealed bytes.
type Sent<'py> = (u32, u32, u32, bool, Bound<'py, PyBytes>);
/// A row an edge: who follows, who is followed, weights.
type Edges<'py> = (Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u32>>, Option<Bound<'py, PyArray1<f64>>>);

/// A shard of a network that is cut, mapped.
#[pyclass(frozen, module = "truereach._truereach", name = "Shard")]
pub struct Mapped(Shard);

#[pymethods]
impl Mapped {
    /// Opens one.
    #[new]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| shards::open(&path)).map(Mapped).map_err(raised)
    }

    /// Which of them this is.
    #[getter]
    fn index(&self) -> usize {
        self.0.index
    }

    /// Who of the own accounts follows whom, a row an edge: follower, followed, weight.
    fn edges<'py>(&self, py: Python<'py>) -> Edges<'py> {
        let rows = &self.0.following;
        let follower = (0..self.0.own() as u32)
            .flat_map(|place| std::iter::repeat_n(self.0.account(place), rows.row(place).len()));
        let followed = rows.targets.iter().map(|&place| self.0.account(place));
        let weights = rows.weights.as_ref().map(|weights| PyArray1::from_slice(py, weights));
        (PyArray1::from_iter(py, follower), PyArray1::from_iter(py, followed), weights)
    }

    /// One superstep of a job: from the messages to the shard to those from it, each with the shard it is for, the one it is
    /// from, its superstep, and whether the job is done.
    fn superstep<'py>(
        &self,
        py: Python<'py>,
        job: &str,
        network: u64,
        given: &[u8],
        inbox: Vec<Vec<u8>>,
    ) -> PyResult<Vec<Sent<'py>>> {
        let sent = py.detach(|| Part::new(job, &self.0, network, given)?.superstep(&inbox)).map_err(raised)?;
        let one = |message: truereach::graph::shard::superstep::Message| {
            (message.to, message.from, message.step, message.done, PyBytes::new(py, &message.sealed))
        };
        Ok(sent.into_iter().map(one).collect())
    }

    /// The shard's sealed part of the result, once the job is done.
    fn result<'py>(
        &self,
        py: Python<'py>,
        job: &str,
        network: u64,
        given: &[u8],
        inbox: Vec<Vec<u8>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let part = py.detach(|| Part::new(job, &self.0, network, given)?.result(&inbox)).map_err(raised)?;
        Ok(PyBytes::new(py, &part))
    }
}

/// The bytes of a shard, from every edge that touches one of its accounts, each once, in any order.
#[pyfunction]
pub fn make_shard<'py>(
    py: Python<'py>,
    bounds: Vec<u64>,
    index: usize,
    follower: numpy::PyReadonlyArray1<'py, u32>,
    followed: numpy::PyReadonlyArray1<'py, u32>,
    weight: Option<numpy::PyReadonlyArray1<'py, f64>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (follower, followed) = (follower.as_slice()?, followed.as_slice()?);
    let weight = weight.as_ref().map(|weight| weight.as_slice()).transpose()?;
    let made = py.detach(|| shard::of_edges(&bounds, index, follower, followed, weight).map(|shard| shard.encode()));
    Ok(PyBytes::new(py, &made.map_err(raised)?))
}

/// What some edges add to the digest of a network.
#[pyfunction]
pub fn edges_digest<'py>(
    follower: numpy::PyReadonlyArray1<'py, u32>,
    followed: numpy::PyReadonlyArray1<'py, u32>,
    weight: Option<numpy::PyReadonlyArray1<'py, f64>>,
) -> PyResult<u64> {
    let weight = weight.as_ref().map(|weight| weight.as_slice()).transpose()?;
    let (follower, followed) = (follower.as_slice()?, followed.as_slice()?);
    match follower.len() == followed.len() && weight.is_none_or(|weight| weight.len() == follower.len()) {
        true => Ok(shard::edges_digest(follower, followed, weight)),
        false => Err(raised(Error::engine("columns of edges differ in length"))),
    }
}

/// What the number of accounts adds to it.
#[pyfunction]
pub fn accounts_digest(accounts: u64) -> u64 {
    shard::accounts_digest(accounts)
}

/// A network that is stored in shards, and held by nobody.
struct Stored {
    bounds: Vec<u64>,
    edges: u64,
    weighted: bool,
    given: Vec<u8>,
}

impl Cutter for Stored {
    fn accounts(&self) -> usize {
        self.bounds.last().copied().unwrap_or(0) as usize
    }

    fn edges(&self) -> (u64, bool) {
        (self.edges, self.weighted)
    }

    fn bounds(&self, _: usize) -> Vec<u64> {
        self.bounds.clone()
    }

    fn shard(&self, _: &[u64], index: usize) -> Result<Vec<u8>> {
        Err(Error::engine(format!("shard {index} is not where the network is stored")))
    }

    fn given(&self, _: &[u64], _: usize) -> Result<Vec<u8>> {
        Ok(self.given.clone())
    }
}

/// PageRank of a network that is stored in shards: scores by account, iterations, error, whether it converged.
#[pyfunction]
pub fn stored_pagerank<'py>(
    py: Python<'py>,
    engine: Py<PyAny>,
    network: u64,
    stored: (Vec<u64>, u64, bool),
    parameters: &str,
) -> PyResult<(Bound<'py, PyArray1<f64>>, u32, f64, bool)> {
    let found = py.detach(|| {
        let parameters: PageRank =
            serde_json::from_str(parameters).map_err(|error| Error::parameter("parameters", error.to_string()))?;
        let (bounds, edges, weighted) = stored;
        let stored = Stored { bounds, edges, weighted, given: PageRank::given_nothing()? };
        parameters.run_stored(&stored, network, &Run::new(0).engine_of(called(engine, 0)))
    });
    let found = found.map_err(raised)?;
    Ok((PyArray1::from_vec(py, found.scores), found.iterations, found.error_bound, found.converged))
}

/// Of each account of a network that is stored in shards the smallest account of its weak component, or with `rounds` the
/// label that so many rounds of label propagation give it.
#[pyfunction]
pub fn stored_labels<'py>(
    py: Python<'py>,
    engine: Py<PyAny>,
    network: u64,
    stored: (Vec<u64>, u64, bool),
    rounds: Option<u32>,
) -> PyResult<Bound<'py, PyArray1<u32>>> {
    let found = py.detach(|| {
        let (bounds, edges, weighted) = stored;
        let stored = Stored { bounds, edges, weighted, given: Vec::new() };
        let run = Run::new(0).engine_of(called(engine, 0));
        match rounds {
            None => truereach::rank::components::cut::of_stored(&stored, network, &run),
            Some(rounds) => truereach::community::labelprop::cut::of_stored(&stored, network, rounds, &run),
        }
    });
    Ok(PyArray1::from_vec(py, found.map_err(raised)?))
}

/// The digest of a file's bytes.
#[pyfunction]
pub fn file_digest(py: Python<'_>, path: PathBuf) -> PyResult<u64> {
    py.detach(|| shards::digest(&path)).map_err(raised)
}

/// A 64-bit digest of bytes.
#[pyfunction]
pub fn digest(bytes: &[u8]) -> u64 {
    truereach::base::sealed::digest(bytes)
}
