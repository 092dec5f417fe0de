//! PageRank in supersteps over shards: the same bits as in one process.
//!
//! A shard keeps the scores of its own accounts, hears what the followers in its halo pass on, and tells what its own pass
//! on: 4 bytes an account and shard where 32 bits suffice, else 8. Sums along a row are in the row's order, sums over
//! accounts within a block in order and over blocks on a grid, so that nothing depends on where the network was cut.

use bytemuck::Pod;
use serde::{Deserialize, Serialize};

use super::flow::{Flow, SINGLE, Share, rounding};
use super::{Dangling, PageRank, Pass};
use crate::base::engine::Cutter;
use crate::base::fixed::Fixed;
use crate::base::{Error, Result, Run, sealed};
use crate::graph::Graph;
use crate::graph::shard::superstep::{Job, Sent, Sums};
use crate::graph::shard::{self, Shard, of_bytes, to_bytes};
use crate::rank::Ranking;

/// PageRank as shards are told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shards {
    parameters: PageRank,
    /// Whether what is passed on is held in 32 bits.
    single: bool,
    /// Whether edges have weights.
    weighted: bool,
    #[serde(skip)]
    given: Given,
}

/// Of a shard's own accounts: where teleport goes, where dangling score goes, which share they pass on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Given {
    teleport: Option<Vec<f64>>,
    dangling: Option<Vec<f64>>,
    passing: Option<Vec<f64>>,
}

/// A shard's part of the result.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    iterations: u32,
    change: Fixed,
    scores: Vec<f64>,
}

impl Share {
    fn part(&self, range: std::ops::Range<usize>) -> Option<Vec<f64>> {
        match self {
            Share::Uniform(_) => None,
            Share::Given(shares) => Some(shares[range].to_vec()),
        }
    }
}

impl PageRank {
    /// Has the ranking computed by the run's engine, where it cuts networks.
    pub(super) fn cut(
        &self,
        graph: &Graph,
        teleport: &Share,
        personal: &Share,
        passing: Option<&[f64]>,
        run: &Run,
    ) -> Result<Option<Ranking>> {
        if graph.accounts() == 0 || !run.is_elsewhere() {
            return Ok(None);
        }
        // Weights may be out of the range of 32 bits, which each shard could only say of its own.
        let flow = || match passing {
            Some(passing) => Flow::new(graph, run)?.passing(passing),
            None => Flow::new(graph, run),
        };
        let usual = !graph.is_weighted() || flow()?.is_usual();
        let single = self.is_single(self.damping * SINGLE) && usual;
        let job = Shards { parameters: self.clone(), single, weighted: graph.is_weighted(), given: Given::default() };
        let given = |bounds: &[u64], index: usize| {
            let range = bounds[index] as usize..bounds[index + 1] as usize;
            let dangling = matches!(self.dangling, Dangling::Personal).then(|| personal.part(range.clone())).flatten();
            let passing = passing.map(|passing| passing[range.clone()].to_vec());
            sealed::encode(&Given { teleport: teleport.part(range), dangling, passing })
        };
        let parts = shard::elsewhere::<Part>(run, "pagerank", &job, graph, &given)?;
        Ok(parts.map(|parts| self.joined(&job, parts)))
    }

    /// PageRank of a network that is stored in shards and held by nobody: uniform teleport.
    ///
    /// **Errors**: parameters out of range; [`Dangling::Personal`], which needs a vector; no engine that cuts networks.
    pub fn run_stored(&self, cutter: &dyn Cutter, network: u64, run: &Run) -> Result<Ranking> {
        self.check()?;
        if self.dangling == Dangling::Personal {
            return Err(Error::parameter("--dangling", "personal needs a vector that says where the score goes"));
        }
        let weighted = cutter.edges().1;
        // Weights of logs are multiples of 2^-32 below 2^31.
        let single = self.is_single(self.damping * SINGLE);
        let job = Shards { parameters: self.clone(), single, weighted, given: Given::default() };
        let parts = shard::of_stored::<Part>(run, "pagerank", &job, network, cutter)?;
        Ok(self.joined(&job, parts))
    }

    /// What is given of a shard's accounts where nothing is: as a stored network has it.
    pub fn given_nothing() -> Result<Vec<u8>> {
        sealed::encode(&Given::default())
    }

    fn joined(&self, job: &Shards, parts: Vec<Part>) -> Ranking {
        let (iterations, change) = parts.first().map_or((0, 0.0), |part| (part.iterations, part.change.value()));
        let error_bound = job.bound(change);
        Ranking {
            scores: parts.into_iter().flat_map(|part| part.scores).collect(),
            iterations,
            change,
            error_bound,
            converged: self.is_enough(change, error_bound),
            method: String::new(),
        }
    }
}

impl Shards {
    /// With what the driver says of the shard's own accounts.
    pub fn with(mut self, given: &[u8]) -> Result<Self> {
        self.given = sealed::decode(given)?;
        Ok(self)
    }

    /// The error that a change proves, as in one process.
    fn bound(&self, change: f64) -> f64 {
        let unit = if self.single { self.parameters.damping * SINGLE } else { 0.0 };
        self.parameters.bound(change, unit + rounding(self.weighted))
    }

    fn share(&self, given: &Option<Vec<f64>>, shard: &Shard) -> Share {
        match given {
            Some(shares) => Share::Given(shares.clone()),
            None => Share::Uniform(1.0 / shard.accounts() as f64),
        }
    }

    fn flow<'s>(&self, shard: &'s Shard) -> Result<Flow<'s>> {
        let flow = Flow::of_shard(shard)?;
        match &self.given.passing {
            Some(passing) => flow.passing(passing),
            None => Ok(flow),
        }
    }

    /// What all own accounts pass on, told.
    fn tell(&self, shard: &Shard, flow: &Flow<'_>, scores: Vec<f64>, sums: Sums) -> Sent {
        let passed = |place: u32| scores[place as usize] * flow.inverse[place as usize];
        let told = match self.single {
            true => shard.tell(|place| passed(place) as f32),
            false => shard.tell(passed),
        };
        Sent { kept: to_bytes(&scores), told, sums }
    }

    fn pass<T: Pod + Into<f64>>(
        &self,
        shard: &Shard,
        flow: &Flow<'_>,
        scores: &mut [f64],
        told: &[&[u8]],
        stuck: f64,
        round: impl Fn(f64) -> T,
    ) -> Result<Sums> {
        let own = scores.iter().zip(&flow.inverse).map(|(score, inverse)| round(score * inverse));
        let heard: Vec<T> = own.chain(shard.hear::<T>(told)?).collect();
        let (teleport, personal) = (self.share(&self.given.teleport, shard), self.share(&self.given.dangling, shard));
        let fed = match self.parameters.dangling {
            Dangling::Teleport => Some(&teleport),
            Dangling::Uniform | Dangling::Personal => Some(&personal),
            Dangling::SelfLoop | Dangling::Drop => None,
        };
        let keeps = self.parameters.dangling == Dangling::SelfLoop;
        let pass = Pass { damping: self.parameters.damping, teleport: &teleport, fed, keeps, stuck };
        let sums = pass.over(flow, 0..scores.len(), &heard, scores, |_, _| ());
        Ok(Sums { shares: [sums.change, sums.stuck], ..Sums::default() })
    }
}

impl Job for Shards {
    fn begin(&self, shard: &Shard) -> Result<Sent> {
        let (flow, teleport) = (self.flow(shard)?, self.share(&self.given.teleport, shard));
        let scores: Vec<f64> = (0..shard.own()).map(|v| teleport.of(v)).collect();
        let stuck = flow.stuck(0..scores.len(), &scores);
        Ok(self.tell(shard, &flow, scores, Sums { shares: [Fixed::default(), stuck], ..Sums::default() }))
    }

    fn step(&self, shard: &Shard, _: u32, kept: &[u8], told: &[&[u8]], sums: &Sums) -> Result<Sent> {
        let (flow, mut scores) = (self.flow(shard)?, of_bytes::<f64>(kept)?);
        let stuck = sums.shares[1].value();
        let sums = match self.single {
            true => self.pass(shard, &flow, &mut scores, told, stuck, |passed| passed as f32)?,
            false => self.pass(shard, &flow, &mut scores, told, stuck, |passed| passed)?,
        };
        Ok(self.tell(shard, &flow, scores, sums))
    }

    fn is_done(&self, step: u32, sums: &Sums) -> bool {
        let change = sums.shares[0].value();
        step > 0 && (step >= self.parameters.max_iterations || self.parameters.is_enough(change, self.bound(change)))
    }

    fn result(&self, _: &Shard, step: u32, kept: &[u8], sums: &Sums) -> Result<Vec<u8>> {
        sealed::encode(&Part { iterations: step, change: sums.shares[0], scores: of_bytes(kept)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;
    use crate::graph::shard::superstep::alone;
    use crate::rank::pagerank::{Stop, Teleport};

    fn cut(graph: &Graph, parameters: &PageRank, vectors: &Teleport<'_>, count: usize) -> Ranking {
        let accounts = graph.accounts();
        let share = |vector| Share::new("vector", vector, accounts).unwrap();
        let (teleport, personal) = (share(vectors.teleport), share(vectors.dangling));
        let bounds = shard::bounds(graph, count);
        let usual = !graph.is_weighted() || Flow::new(graph, &Run::new(1)).unwrap().is_usual();
        let single = parameters.is_single(parameters.damping * SINGLE) && usual;
        let weighted = graph.is_weighted();
        let job = Shards { parameters: parameters.clone(), single, weighted, given: Given::default() };
        let shards: Vec<Shard> = (0..count).map(|at| shard::of_graph(graph, &bounds, at).unwrap()).collect();
        let jobs: Vec<Shards> = shards
            .iter()
            .map(|shard| {
                let part = |share: &Share| share.part(shard.range());
                let passing = vectors.passing.map(|passing| passing[shard.range()].to_vec());
                Shards { given: Given { teleport: part(&teleport), dangling: part(&personal), passing }, ..job.clone() }
            })
            .collect();
        let parts = alone(&jobs, &shards, 1).unwrap();
        let parts: Vec<Part> = parts.iter().map(|part| sealed::decode(part).unwrap()).collect();
        let (iterations, change) = (parts[0].iterations, parts[0].change.value());
        let scores = parts.into_iter().flat_map(|part| part.scores).collect();
        let error_bound = job.bound(change);
        let converged = parameters.is_enough(change, error_bound);
        Ranking { scores, iterations, change, error_bound, converged, method: String::new() }
    }

    /// Cut in 1, 2, 5 and 9 shards, under all policies, in 32 and 64 bits, with weights and vectors: the bits of one process.
    #[test]
    fn shards_give_the_bits_of_one_process() {
        let edges: Vec<(u32, u32)> =
            (0..6000u32).map(|i| ((i * 7919 + 11) % 700, (i * i % 701 * 13) % 700)).filter(|(u, v)| u != v).collect();
        let plain = build::graph(700, &edges);
        let weight = |at: usize| 0.5 + (at % 7) as f64;
        let mut once: Vec<(u32, u32)> = edges.clone();
        once.sort_unstable();
        once.dedup();
        let weighted: Vec<(u32, u32, f64)> = once.iter().enumerate().map(|(at, &(u, v))| (u, v, weight(at))).collect();
        let weighted = build::weighted(700, &weighted);
        let vector: Vec<f64> = (0..700).map(|v| f64::from(v % 5)).collect();
        let passing: Vec<f64> = (0..700).map(|v| f64::from(v % 4) / 4.0).collect();
        for graph in [&plain, &weighted] {
            for (dangling, tolerance) in [
                (Dangling::Teleport, 1e-9),
                (Dangling::Teleport, 1e-5),
                (Dangling::Uniform, 1e-9),
                (Dangling::Personal, 1e-9),
                (Dangling::SelfLoop, 1e-9),
                (Dangling::Drop, 1e-5),
            ] {
                let personal = dangling == Dangling::Personal;
                let loops = dangling == Dangling::SelfLoop;
                for given in [false, true] {
                    let vectors = Teleport {
                        teleport: given.then_some(&vector),
                        dangling: personal.then_some(&vector),
                        passing: (given && !loops).then_some(&passing),
                    };
                    let stop = if given { Stop::Change } else { Stop::Guaranteed };
                    let parameters = PageRank { dangling, tolerance, stop, ..PageRank::default() };
                    let one = parameters.run_with(graph, &vectors, &Run::new(1)).unwrap();
                    assert!(one.converged);
                    for count in [1, 2, 5, 9] {
                        let many = cut(graph, &parameters, &vectors, count);
                        assert_eq!(Ranking { method: one.method.clone(), ..many }, one);
                    }
                }
            }
        }
    }
}
