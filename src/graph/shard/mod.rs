//! A network cut into shards: each holds some accounts that stand together, who follows them and whom they follow.
//!
//! In a shard its own accounts are numbered from 0, and everybody else whom they are tied to comes after them, in the order
//! of accounts: the halo. Rows keep the order that they have in the whole network, so that sums along them are the same
//! to the bit. Of two shards each can tell for itself which accounts the other has in its halo: what they tell each
//! other needs no names.

mod cut;
mod file;
pub mod superstep;

use std::ops::Range;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::engine::{Cutter, Kernel};
use crate::base::{Error, Result, Run};
use crate::graph::{Graph, Rows};

pub use cut::{accounts_digest, bounds, digest, edges_digest, halo, of_edges, of_graph};

/// Own accounts of a network, and their ties.
///
/// Memory: 8 bytes an edge (24 with weights) of each direction, 16 an own account, 4 each in the halo, 4 for each own account
/// and other shard that it has ties to.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    /// Where each shard of the network begins, and where the last ends.
    pub bounds: Vec<u64>,
    /// Which of them this is.
    pub index: usize,
    /// Everybody else with ties to own accounts, in order.
    pub halo: crate::graph::Buffer<u32>,
    /// Of each own account, who follows it, by place here.
    pub followers: Rows,
    /// Of each own account, whom it follows, by place here.
    pub following: Rows,
    /// Where in `told` the own accounts stand that each shard has in its halo; one more than there are shards.
    tells: Vec<u64>,
    told: crate::graph::Buffer<u32>,
}

impl Shard {
    /// The accounts of this shard.
    pub fn range(&self) -> Range<usize> {
        self.bounds[self.index] as usize..self.bounds[self.index + 1] as usize
    }

    /// How many they are.
    pub fn own(&self) -> usize {
        self.range().len()
    }

    /// How many accounts have a place here: own and halo.
    pub fn places(&self) -> usize {
        self.own() + self.halo.len()
    }

    /// Into how many shards the network is cut.
    pub fn shards(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Accounts of the whole network.
    pub fn accounts(&self) -> usize {
        self.bounds.last().copied().unwrap_or(0) as usize
    }

    /// The account at a place.
    #[inline]
    pub fn account(&self, place: u32) -> u32 {
        let own = self.own();
        match (place as usize) < own {
            true => self.bounds[self.index] as u32 + place,
            false => self.halo[place as usize - own],
        }
    }

    /// The place of an account that has one here.
    pub fn place(&self, account: u32) -> Option<u32> {
        let range = self.range();
        match range.contains(&(account as usize)) {
            true => Some(account - range.start as u32),
            false => self.halo.binary_search(&account).ok().map(|at| (range.len() + at) as u32),
        }
    }

    /// Where in the halo the accounts of another shard stand, in the order in which that shard tells of them.
    pub fn halo_of(&self, shard: usize) -> Range<usize> {
        let ends = [self.bounds[shard], self.bounds[shard + 1]];
        let [from, to] = ends.map(|end| self.halo.partition_point(|&account| u64::from(account) < end));
        from..to
    }

    /// The own accounts that another shard has in its halo, in order.
    pub fn told(&self, shard: usize) -> &[u32] {
        &self.told[self.tells[shard] as usize..self.tells[shard + 1] as usize]
    }

    /// To each shard what it needs to hear of its halo; nothing to this one.
    pub fn tell<T: bytemuck::Pod>(&self, of: impl Fn(u32) -> T) -> Vec<Vec<u8>> {
        let to = |shard| {
            let mut bytes = Vec::with_capacity(self.told(shard).len() * size_of::<T>());
            self.told(shard).iter().for_each(|&v| bytes.extend_from_slice(bytemuck::bytes_of(&of(v))));
            bytes
        };
        (0..self.shards()).map(to).collect()
    }

    /// What other shards told of the halo, in its order.
    pub fn hear<T: bytemuck::Pod>(&self, heard: &[&[u8]]) -> Result<Vec<T>> {
        let mut all = Vec::with_capacity(self.halo.len());
        for (shard, bytes) in heard.iter().enumerate() {
            let expected = if shard == self.index { 0 } else { self.halo_of(shard).len() };
            if bytes.len() != expected * size_of::<T>() {
                return Err(Error::engine(format!(
                    "shard {shard} tells {} bytes of {expected} accounts: it was cut from another network",
                    bytes.len()
                )));
            }
            all.extend(bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned::<T>));
        }
        Ok(all)
    }
}

/// What is given of a shard's accounts, by bounds and index.
pub type Given<'a> = &'a dyn Fn(&[u64], usize) -> Result<Vec<u8>>;

/// Has a job of this name run over the shards of a network by the run's engine: what each shard gives; `None` where it cuts
/// none.
pub fn elsewhere<P: DeserializeOwned>(
    run: &Run,
    name: &str,
    job: &impl Serialize,
    graph: &Graph,
    given: Given<'_>,
) -> Result<Option<Vec<P>>> {
    if graph.accounts() == 0 || !run.is_elsewhere() {
        return Ok(None);
    }
    run.cut(&Kernel { job: written(name, job)?, network: digest(graph), cutter: &Cutting { graph, given } })
}

/// The same of a network that is stored in shards already.
pub fn of_stored<P: DeserializeOwned>(
    run: &Run,
    name: &str,
    job: &impl Serialize,
    network: u64,
    cutter: &dyn Cutter,
) -> Result<Vec<P>> {
    let found = run.cut(&Kernel { job: written(name, job)?, network, cutter })?;
    found.ok_or_else(|| Error::engine("a network that is stored in shards needs an engine that cuts networks"))
}

/// A job as shards are told of it.
fn written(name: &str, job: &impl Serialize) -> Result<String> {
    let told = |error: serde_json::Error| Error::engine(format!("a job cannot be written: {error}"));
    let mut job = serde_json::to_value(job).map_err(told)?;
    job["kernel"] = name.into();
    Ok(job.to_string())
}

/// A network to be cut, and what is given of its accounts.
struct Cutting<'a> {
    graph: &'a Graph,
    given: Given<'a>,
}

impl Cutter for Cutting<'_> {
    fn accounts(&self) -> usize {
        self.graph.accounts()
    }

    fn edges(&self) -> (u64, bool) {
        (self.graph.edges(), self.graph.is_weighted())
    }

    fn bounds(&self, shards: usize) -> Vec<u64> {
        bounds(self.graph, shards)
    }

    fn shard(&self, bounds: &[u64], index: usize) -> Result<Vec<u8>> {
        Ok(of_graph(self.graph, bounds, index)?.encode())
    }

    fn given(&self, bounds: &[u64], index: usize) -> Result<Vec<u8>> {
        (self.given)(bounds, index)
    }
}

/// Numbers as bytes that another process reads.
pub fn to_bytes<T: bytemuck::Pod>(values: &[T]) -> Vec<u8> {
    bytemuck::cast_slice(values).to_vec()
}

/// Such bytes as numbers.
pub fn of_bytes<T: bytemuck::Pod>(bytes: &[u8]) -> Result<Vec<T>> {
    match bytes.len().is_multiple_of(size_of::<T>()) {
        true => Ok(bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned::<T>).collect()),
        false => Err(Error::engine(format!("{} bytes are no whole number of entries", bytes.len()))),
    }
}

#[cfg(test)]
mod tests;
