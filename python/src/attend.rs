//! Work away from Python's lock, attended: Ctrl-C stops it, progress is shown, threads and memory are bounded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use truereach::base::memory;
use truereach::base::run::Progress;
use truereach::{Result, Run};

use super::errors::{ParameterError, raised};

/// How often signals are looked for. Ctrl-C is answered within this and one chunk of the work.
const LOOK: Duration = Duration::from_millis(20);
/// How often progress is shown.
const SHOW: Duration = Duration::from_millis(100);
/// What the main thread of a program has, and the command line therefore runs on.
const STACK: usize = 16 << 20;

/// How a call runs; none of it but the seed changes a result.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Options {
    seed: u64,
    threads: Option<usize>,
    memory: Option<String>,
    progress: Option<Py<PyAny>>,
}

/// Where the work is.
#[derive(Default)]
struct Watched(Mutex<(String, u64, Option<u64>)>);

impl Progress for Watched {
    fn phase(&self, name: &str, total: Option<u64>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (name.to_owned(), 0, total);
    }

    fn advance(&self, amount: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 += amount;
    }
}

/// A run on so many threads; pools are made once a process: a fork has its parent's pools without their threads.
fn pooled(threads: usize) -> Result<Run> {
    static POOLS: Mutex<Option<HashMap<(u32, usize), Run>>> = Mutex::new(None);
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let pools = pools.get_or_insert_default();
    let key = (std::process::id(), threads);
    if let Some(run) = pools.get(&key) {
        return Ok(run.clone());
    }
    let run = Run::new(0).threads(threads)?;
    pools.insert(key, run.clone());
    Ok(run)
}

/// The number of threads: what the call says, at most what `TRUEREACH_THREADS` says; 0 is all cores.
fn threads(asked: Option<usize>) -> PyResult<usize> {
    let cap = match std::env::var("TRUEREACH_THREADS") {
        Ok(text) => match text.parse::<usize>() {
            Ok(cap) if cap > 0 => Some(cap),
            _ => {
                return Err(ParameterError::new_err(format!(
                    "TRUEREACH_THREADS: \"{text}\" is not a number of threads"
                )));
            }
        },
        Err(_) => None,
    };
    match (asked, cap) {
        (Some(0), _) => Err(ParameterError::new_err("threads: must be at least 1")),
        (Some(asked), Some(cap)) => Ok(asked.min(cap)),
        (asked, cap) => Ok(asked.or(cap).unwrap_or(0)),
    }
}

/// Does `work` on a thread of its own without Python's lock, while this one looks for signals and shows progress.
pub fn attended<T: Send>(
    py: Python<'_>,
    options: &Options,
    work: impl FnOnce(&Run) -> Result<T> + Send,
) -> PyResult<T> {
    let cancel = Arc::new(AtomicBool::new(false));
    let watched = options.progress.as_ref().map(|_| Arc::new(Watched::default()));
    let allowed = match &options.memory {
        Some(text) => Some(memory::parse(text).map_err(raised)?),
        None => memory::available(),
    };
    let run = pooled(threads(options.threads)?).map_err(raised)?;
    let mut run = run.with_seed(options.seed).memory(allowed).cancel_by(cancel.clone());
    if let Some(watched) = &watched {
        run = run.progress(watched.clone());
    }
    let (done, ended) = mpsc::channel::<()>();
    let result = py.detach(move || {
        std::thread::scope(|scope| {
            let worker = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || {
                let _done = done;
                work(&run)
            })?;
            let (mut refused, mut shown) = (None, Instant::now());
            // The channel ends with the worker, whether it returns or panics.
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(LOOK) {
                if refused.is_some() {
                    continue;
                }
                let shows = watched.as_ref().filter(|_| shown.elapsed() >= SHOW);
                let looked = Python::attach(|py| {
                    py.check_signals()?;
                    match (shows, &options.progress) {
                        (Some(watched), Some(show)) => {
                            let state = watched.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
                            show.call1(py, state).map(drop)
                        }
                        _ => Ok(()),
                    }
                });
                if shows.is_some() {
                    shown = Instant::now();
                }
                if let Err(error) = looked {
                    cancel.store(true, Ordering::SeqCst);
                    refused = Some(error);
                }
            }
            Ok((worker.join(), refused))
        })
    });
    let (joined, refused) = result.map_err(|error: std::io::Error| PyRuntimeError::new_err(error.to_string()))?;
    match (joined, refused) {
        (_, Some(error)) => Err(error),
        (Ok(found), None) => found.map_err(raised),
        (Err(_), None) => Err(PyRuntimeError::new_err("truereach panicked: please report what was asked")),
    }
}
