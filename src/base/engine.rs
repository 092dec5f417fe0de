//! Who does the work of a run: this process's threads, or other processes, with the same result.
//!
//! Work is planned as chunks, each a pure function of (network, parameters, seed, range); what chunks give is folded in
//! their order, or added as whole numbers. So anybody may compute a chunk, anywhere, again after a loss, and the fold sees
//! the same. Work on a network that nobody can hold whole is done in supersteps over shards instead ([`Kernel`]).

use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{Error, Result};
use super::run::Run;
use super::sealed::{self, Label};

/// Other processes that compute for this one.
pub trait Engine: Send + Sync {
    /// The digest of what is asked: network, parameters, seed. Parts that come back must carry the same.
    fn question(&self) -> u64;

    /// Whether this engine cuts networks.
    fn cuts(&self) -> bool;

    /// Has chunks computed. Each comes back as a sealed part, in any order; `None`: this engine leaves them to this process.
    fn compute(&self, work: &str, chunks: &[Vec<u8>]) -> Result<Option<Vec<Vec<u8>>>>;

    /// Has a kernel run over the shards of a network: how many they are, and the sealed result of each, in any order; `None`:
    /// this engine cuts no networks.
    fn supersteps(&self, kernel: &Kernel<'_>) -> Result<Option<Shards>>;
}

/// How many shards there are, and what came back of them.
pub type Shards = (usize, Vec<Vec<u8>>);

/// Supersteps over a network that is cut into shards.
pub struct Kernel<'a> {
    /// What is done in a superstep, as JSON: whoever has a shard reads it.
    pub job: String,
    /// The digest of the network.
    pub network: u64,
    /// How it is cut.
    pub cutter: &'a dyn Cutter,
}

/// Cuts a network.
pub trait Cutter {
    /// Accounts there are.
    fn accounts(&self) -> usize;
    /// Edges there are, and whether they have weights.
    fn edges(&self) -> (u64, bool);
    /// Where so many shards begin, and where the last ends.
    fn bounds(&self, shards: usize) -> Vec<u64>;
    /// The bytes of a shard.
    fn shard(&self, bounds: &[u64], index: usize) -> Result<Vec<u8>>;
    /// What the job must know of the shard's accounts beside their rows: what was resolved for all. May be empty.
    fn given(&self, bounds: &[u64], index: usize) -> Result<Vec<u8>>;
}

/// The name of work, with what tells it apart from the same work with other numbers in the same run.
pub fn named(work: &str, numbers: &[u64]) -> String {
    format!("{work} {:016x}", sealed::digest(bytemuck::cast_slice(numbers)))
}

impl Run {
    /// Whether others may compute for this run.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self.engine(), Some(Hands::Others(_)))
    }

    /// Whether this process's threads do all: there is no engine, and nobody asked for chunks.
    pub fn is_alone(&self) -> bool {
        self.engine().is_none()
    }

    /// Whether another process asked for chunks: what is not about chunks may be left out.
    pub fn is_asked(&self) -> bool {
        matches!(self.engine(), Some(Hands::Asked(_)))
    }

    /// Whether the run's engine cuts networks.
    pub fn is_cut(&self) -> bool {
        matches!(self.engine(), Some(Hands::Others(engine)) if engine.cuts())
    }

    /// Has chunks computed by the run's engine; `None` where there is none, or it leaves them to this process.
    ///
    /// `chunk` is what computes one, here or in the process that is asked; it must be a pure function of the chunk and of what
    /// the verb's parameters, the network and the seed say. What earlier chunks gave must not show in it. `work` tells this
    /// work apart from all other of the run ([`named`]): the process that is asked stops at the first of that name.
    pub fn elsewhere<C: Serialize + DeserializeOwned, P: Serialize + DeserializeOwned>(
        &self,
        work: &str,
        chunks: &[C],
        chunk: impl Fn(&C) -> Result<P>,
    ) -> Result<Option<Vec<P>>> {
        let Some(engine) = self.engine() else { return Ok(None) };
        if let Some(asked) = engine.asked(work) {
            let answers = asked.iter().map(|bytes| {
                let part = sealed::encode(&chunk(&sealed::decode(bytes)?)?)?;
                Ok(sealed::seal(label(engine.question(), work, bytes), &part))
            });
            engine.answer(answers.collect::<Result<_>>()?);
            return Err(Error::Cancelled);
        }
        let chunks = chunks.iter().map(sealed::encode).collect::<Result<Vec<_>>>()?;
        let Some(found) = engine.compute(work, &chunks)? else { return Ok(None) };
        let question = engine.question();
        let parts: Vec<u64> = chunks.iter().map(|bytes| sealed::digest(bytes)).collect();
        let found = sealed::in_order(question, sealed::digest(work.as_bytes()), &parts, &found)?;
        found.iter().map(|part| sealed::decode(part)).collect::<Result<_>>().map(Some)
    }

    /// Has a kernel run over shards by the run's engine: what each shard gives, in their order; `None` where there is no
    /// engine, or it cuts no networks.
    pub fn cut<P: DeserializeOwned>(&self, kernel: &Kernel<'_>) -> Result<Option<Vec<P>>> {
        let Some(engine) = self.engine() else { return Ok(None) };
        let Some((shards, found)) = engine.supersteps(kernel)? else { return Ok(None) };
        let parts: Vec<u64> = (0..shards as u64).collect();
        let work = sealed::digest(kernel.job.as_bytes());
        let found = sealed::in_order(kernel.network, work, &parts, &found)?;
        found.iter().map(|part| sealed::decode(part)).collect::<Result<_>>().map(Some)
    }
}

fn label(question: u64, work: &str, chunk: &[u8]) -> Label {
    Label { question, work: sealed::digest(work.as_bytes()), part: sealed::digest(chunk) }
}

/// The engine of a run: one that asks others, or the end of one that was asked.
#[derive(Clone)]
pub(super) enum Hands {
    /// Others compute.
    Others(std::sync::Arc<dyn Engine>),
    /// This process was asked for chunks of one work.
    Asked(std::sync::Arc<Asked>),
}

/// Chunks that this process was asked for.
#[derive(Debug)]
pub struct Asked {
    question: u64,
    work: String,
    chunks: Vec<Vec<u8>>,
    answers: Mutex<Option<Vec<Vec<u8>>>>,
}

impl Asked {
    /// These chunks of this work.
    pub fn new(question: u64, work: impl Into<String>, chunks: Vec<Vec<u8>>) -> Self {
        Asked { question, work: work.into(), chunks, answers: Mutex::default() }
    }

    /// The sealed parts, once the run that was asked has ended.
    pub fn answers(&self) -> Option<Vec<Vec<u8>>> {
        self.answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

impl Hands {
    fn question(&self) -> u64 {
        match self {
            Hands::Others(engine) => engine.question(),
            Hands::Asked(asked) => asked.question,
        }
    }

    fn asked(&self, work: &str) -> Option<&[Vec<u8>]> {
        match self {
            Hands::Asked(asked) if asked.work == work => Some(&asked.chunks),
            _ => None,
        }
    }

    fn answer(&self, answers: Vec<Vec<u8>>) {
        if let Hands::Asked(asked) = self {
            *asked.answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(answers);
        }
    }

    fn compute(&self, work: &str, chunks: &[Vec<u8>]) -> Result<Option<Vec<Vec<u8>>>> {
        match self {
            Hands::Others(engine) => engine.compute(work, chunks),
            Hands::Asked(_) => Ok(None),
        }
    }

    fn supersteps(&self, kernel: &Kernel<'_>) -> Result<Option<Shards>> {
        match self {
            Hands::Others(engine) => engine.supersteps(kernel),
            Hands::Asked(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Asks another run for the chunks, one at a time, the last first; may spoil what comes back.
    struct Other(fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>);

    fn squares(run: &Run) -> Result<Option<Vec<u64>>> {
        run.elsewhere("squares", &[2u64, 3, 5], |number| Ok(number * number))
    }

    impl Engine for Other {
        fn question(&self) -> u64 {
            42
        }

        fn cuts(&self) -> bool {
            false
        }

        fn compute(&self, work: &str, chunks: &[Vec<u8>]) -> Result<Option<Vec<Vec<u8>>>> {
            let one = |chunk: &Vec<u8>| {
                let asked = Arc::new(Asked::new(42, work, vec![chunk.clone()]));
                let stopped = squares(&Run::new(1).asked(asked.clone()));
                assert!(matches!(stopped, Err(Error::Cancelled)));
                asked.answers().unwrap()
            };
            Ok(Some(self.0(chunks.iter().rev().flat_map(one).collect())))
        }

        fn supersteps(&self, _: &Kernel<'_>) -> Result<Option<Shards>> {
            Ok(None)
        }
    }

    fn asked(spoil: fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>) -> Result<Option<Vec<u64>>> {
        squares(&Run::new(1).engine_of(Arc::new(Other(spoil))))
    }

    #[test]
    fn chunks_come_back_in_order_from_whoever_computed_them() {
        assert_eq!(asked(|parts| parts).unwrap(), Some(vec![4, 9, 25]));
        assert_eq!(squares(&Run::new(1)).unwrap(), None);
    }

    #[test]
    fn chunks_broken_doubled_or_lost_are_no_result() {
        let broken = asked(|mut parts| {
            if let Some(last) = parts[1].last_mut() {
                *last ^= 1;
            }
            parts
        });
        assert!(broken.unwrap_err().to_string().contains("checksum"));
        let doubled = asked(|mut parts| {
            parts[0] = parts[1].clone();
            parts
        });
        assert!(doubled.unwrap_err().to_string().contains("came back twice"));
        let lost = asked(|mut parts| {
            parts.pop();
            parts
        });
        assert!(lost.unwrap_err().to_string().contains("did not come back"));
    }
}
