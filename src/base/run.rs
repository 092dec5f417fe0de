//! A run: everything around a computation that is not its parameters. Seed, threads, progress, cancel, memory.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::engine::{Asked, Engine, Hands};
use super::error::{Error, Result};
use super::memory;

/// Somebody who watches the work: a progress bar, a log, a server's job table.
pub trait Progress: Send + Sync {
    /// A named phase begins; `total` is in the phase's own unit, where it is known.
    fn phase(&self, name: &str, total: Option<u64>);
    /// `amount` more of the phase's unit is done.
    fn advance(&self, amount: u64);
}

/// Seed, threads, progress, cancel flag and memory limit of a computation. Cheap to clone; clones share the
/// pool and the cancel flag.
///
/// Neither the number of threads nor the memory limit nor the engine ever changes a result: too little memory is an error.
#[derive(Clone)]
pub struct Run {
    seed: u64,
    pool: Option<Arc<rayon::ThreadPool>>,
    progress: Option<Arc<dyn Progress>>,
    cancel: Arc<AtomicBool>,
    memory: Option<u64>,
    engine: Option<Hands>,
}

impl Run {
    /// A run with this seed, on all cores, without a memory limit.
    pub fn new(seed: u64) -> Self {
        Run { seed, pool: None, progress: None, cancel: Arc::default(), memory: None, engine: None }
    }

    /// Uses exactly this many threads (0: as many as there are cores).
    pub fn threads(mut self, threads: usize) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| Error::parameter("--threads", error.to_string()))?;
        self.pool = Some(Arc::new(pool));
        Ok(self)
    }

    /// Reports progress to `progress`.
    pub fn progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Stops with [`Error::Cancelled`] soon after `cancel` becomes true.
    pub fn cancel_by(mut self, cancel: Arc<AtomicBool>) -> Self {
        self.cancel = cancel;
        self
    }

    /// Refuses, before it starts, any work whose published formula exceeds this many bytes.
    pub fn memory(mut self, bytes: Option<u64>) -> Self {
        self.memory = bytes;
        self
    }

    /// Has work done by other processes, with the same result.
    pub fn engine_of(mut self, engine: Arc<dyn Engine>) -> Self {
        self.engine = Some(Hands::Others(engine));
        self
    }

    /// Computes chunks for another process: the run stops at that work.
    pub fn asked(mut self, asked: Arc<Asked>) -> Self {
        self.engine = Some(Hands::Asked(asked));
        self
    }

    /// The same run on this process's threads alone.
    pub fn here(&self) -> Self {
        Run { engine: None, ..self.clone() }
    }

    /// Who computes, if not this process's threads alone.
    pub(super) fn engine(&self) -> Option<&Hands> {
        self.engine.as_ref()
    }

    /// The seed of all randomness.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The same run with another seed.
    pub fn with_seed(&self, seed: u64) -> Self {
        Run { seed, ..self.clone() }
    }

    /// Runs `work` on this run's threads.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        let Some(pool) = &self.pool else { return work() };
        let (mut work, mut result) = (Some(work), None);
        enter(pool, &mut || result = work.take().map(|work| work()));
        result.expect("a pool runs what it is given")
    }

    /// How many threads [`Run::install`] gives. Never let it shape a result.
    pub fn thread_count(&self) -> usize {
        self.pool.as_ref().map_or_else(rayon::current_num_threads, |pool| pool.current_num_threads())
    }

    /// Announces a phase.
    pub fn phase(&self, name: &str, total: Option<u64>) {
        if let Some(progress) = &self.progress {
            progress.phase(name, total);
        }
    }

    /// Advances the phase by `amount`; an error if the run was cancelled. Called once per chunk of work.
    pub fn step(&self, amount: u64) -> Result<()> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        if let Some(progress) = &self.progress {
            progress.advance(amount);
        }
        Ok(())
    }

    /// Refuses work that needs more than the memory allowed.
    pub fn check_memory(&self, what: &str, needed: u64) -> Result<()> {
        memory::check(what, needed, self.memory)
    }
}

/// Enters a pool, generated once: not for each of some hundred kinds of work.
fn enter(pool: &rayon::ThreadPool, work: &mut (dyn FnMut() + Send)) {
    pool.install(work);
}

impl Default for Run {
    fn default() -> Self {
        Run::new(1)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("seed", &self.seed)
            .field("threads", &self.thread_count())
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}
