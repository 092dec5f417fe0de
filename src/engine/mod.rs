//! What a process does for another: chunks of a verb's work, and supersteps on a shard.
//!
//! The process that asks knows the whole question; the one that is asked gets words, bytes and a shard, and answers under
//! seal. Which jobs there are is said here alone.

use serde::Deserialize;

use crate::audience;
use crate::base::sealed::{self, Label};
use crate::base::{Error, Result};
use crate::cascade;
use crate::community;
use crate::graph::shard::Shard;
use crate::graph::shard::superstep::{self, Job, Message};
use crate::rank;

/// The jobs that shards do, as JSON has them.
#[derive(Debug, Deserialize)]
#[serde(tag = "kernel", rename_all = "kebab-case")]
enum Kernel {
    Pagerank(rank::pagerank::cut::Shards),
    Components(rank::components::cut::Shards),
    Tunkrank(cascade::tunkrank::sweeps::Shards),
    Walks(cascade::all::cut::Shards),
    LabelPropagation(community::labelprop::cut::Shards),
    Audience(audience::cut::Shards),
}

impl Kernel {
    /// The job with what the process that asks says of the shard's accounts.
    fn job(self, given: &[u8]) -> Result<Box<dyn Job + Send + Sync>> {
        Ok(match self {
            Kernel::Pagerank(job) => Box::new(job.with(given)?),
            Kernel::Components(job) => Box::new(job),
            Kernel::Tunkrank(job) => Box::new(job.with(given)?),
            Kernel::Walks(job) => Box::new(job.with(given)?),
            Kernel::LabelPropagation(job) => Box::new(job),
            Kernel::Audience(job) => Box::new(job.with(given)?),
        })
    }
}

/// A job on a shard of a network.
pub struct Part<'a> {
    job: Box<dyn Job + Send + Sync>,
    shard: &'a Shard,
    /// Digests of the network and of the job's JSON.
    network: u64,
    work: u64,
}

impl<'a> Part<'a> {
    /// `job` is the JSON of the job, `network` the digest of the network that the shard was cut from, `given` what the process
    /// that asks says of the shard's accounts.
    ///
    /// **Errors**: a job that this version does not know; bytes that do not fit it.
    pub fn new(job: &str, shard: &'a Shard, network: u64, given: &[u8]) -> Result<Part<'a>> {
        let kernel: Kernel = serde_json::from_str(job).map_err(|error| {
            Error::engine(format!("this truereach does not know the job: {error}"))
                .with_hint("install the same version everywhere")
        })?;
        Ok(Part { job: kernel.job(given)?, shard, network, work: sealed::digest(job.as_bytes()) })
    }

    /// What tells the messages of this job on this network from all others.
    fn run(&self) -> u64 {
        sealed::digest(bytemuck::cast_slice(&[self.network, self.work]))
    }

    /// One superstep: from the messages to this shard, none before the first, to those from it.
    pub fn superstep(&self, inbox: &[Vec<u8>]) -> Result<Vec<Message>> {
        superstep::superstep(&*self.job, self.shard, self.run(), inbox)
    }

    /// The shard's part of the result, sealed, once the job is done.
    pub fn result(&self, inbox: &[Vec<u8>]) -> Result<Vec<u8>> {
        let found = superstep::result(&*self.job, self.shard, self.run(), inbox)?;
        let label = Label { question: self.network, work: self.work, part: self.shard.index as u64 };
        Ok(sealed::seal(label, &found))
    }
}

#[cfg(test)]
mod tests;
