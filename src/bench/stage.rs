//! What a stage is: a kernel to time, and a judge of what it found.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use twox_hash::XxHash3_64;

use super::measure::Watch;
use crate::base::{Result, Run};

/// One thing that is measured.
pub trait Stage: Sync {
    /// Its name, as `--stage` takes it.
    fn name(&self) -> &'static str;
    /// What it does, in a sentence.
    fn about(&self) -> &'static str;
    /// What its throughput counts.
    fn unit(&self) -> &'static str;
    /// Does it once: the kernel alone inside [`Watch::time`], everything else outside.
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>>;
}

/// What a stage made.
pub struct Made<'a> {
    /// A hash of the whole result: equal results have equal digests.
    pub digest: u64,
    /// How much was done, in the stage's unit.
    pub work: f64,
    /// Looks at the result. Asked once a stage: equal digests carry its verdict to all other runs.
    pub judge: Judge<'a>,
}

/// Judges a result, by means that share no code with the stage.
pub type Judge<'a> = Box<dyn FnOnce(&Run) -> Result<Verdict> + 'a>;

/// What the judge found.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Why the result is wrong; `None`: every check passed.
    pub failure: Option<String>,
    /// How good it is.
    pub accuracy: Accuracy,
}

/// How good a result is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// In a few characters, for a table of 80 columns.
    pub text: String,
    /// Every figure by name.
    pub figures: Map<String, Value>,
    /// One figure that all stages can be drawn by: how far from the truth, as a share; 0 is exact. `None` where no
    /// truth is known.
    pub error: Option<f64>,
}

impl Accuracy {
    /// A result that is either right or wrong, and was found right.
    pub fn exact(text: impl Into<String>) -> Self {
        Accuracy { text: text.into(), figures: Map::new(), error: Some(0.0) }
    }

    /// A result with a known error.
    pub fn within(text: impl Into<String>, error: f64) -> Self {
        Accuracy { text: text.into(), figures: Map::new(), error: Some(error) }
    }

    /// A result whose distance from the truth is not known.
    pub fn unknown(text: impl Into<String>) -> Self {
        Accuracy { text: text.into(), figures: Map::new(), error: None }
    }

    /// Adds a figure by name.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.figures.insert(name.into(), value.into());
        self
    }
}

impl Verdict {
    /// Every check passed.
    pub fn passed(accuracy: Accuracy) -> Self {
        Verdict { failure: None, accuracy }
    }

    /// Fails unless `holds`, saying why. The first failure stays.
    pub fn must(&mut self, holds: bool, why: impl FnOnce() -> String) {
        if !holds && self.failure.is_none() {
            self.failure = Some(why());
        }
    }
}

/// The digest of arrays.
pub fn digest<T: bytemuck::Pod>(parts: &[&[T]]) -> u64 {
    let sums: Vec<u64> = parts.iter().map(|part| XxHash3_64::oneshot(bytemuck::cast_slice(part))).collect();
    XxHash3_64::oneshot(bytemuck::cast_slice(&sums))
}
