//! TunkRank by sweeps over all accounts at once: what a network that is cut into shards can do, in one process too.
//!
//! `I_0 = 0`, `I_{k+1}(v) = sum over F(v) of r_vu (w_u + rho_u I_k(u))`. Every sweep raises I, and never above the answer. A
//! sweep `d = I_{k+1} − I_k` with `d <= e (b − d)` for everybody, `b = I_1`, proves `I_k` to a relative error of e: as
//! `b − d = (1 − M) I_k`, that is the rule of [`TunkRank`] itself. Where exposures are supercritical, no sweep is the last.

use serde::{Deserialize, Serialize};

use super::{TunkRank, TunkRanks};
use crate::base::{Error, Result, Run, par, sealed};
use crate::cascade::resolved::{Exposure, Resolved};
use crate::graph::Flat;
use crate::graph::shard::superstep::{Job, Sent, Sums};
use crate::graph::shard::{self, Shard, of_bytes, to_bytes};

/// A number for everybody, or one for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Numbers {
    Same(f64),
    Each(Vec<f64>),
}

impl Numbers {
    fn of(accounts: usize, number: impl Fn(u32) -> f64) -> Numbers {
        let each: Vec<f64> = (0..accounts as u32).map(number).collect();
        match each.first() {
            Some(first) if each.iter().all(|other| other == first) => Numbers::Same(*first),
            _ => Numbers::Each(each),
        }
    }

    #[inline]
    fn at(&self, place: usize) -> f64 {
        match self {
            Numbers::Same(number) => *number,
            Numbers::Each(each) => each[place],
        }
    }

    fn part(&self, range: std::ops::Range<usize>) -> Numbers {
        match self {
            Numbers::Same(number) => Numbers::Same(*number),
            Numbers::Each(each) => Numbers::Each(each[range].to_vec()),
        }
    }
}

/// What accounts add to whom they follow, and what becomes of it there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Rates {
    /// An account's own weight, exposed where that is its own.
    weight: Numbers,
    /// How much of its exposures it adds.
    passed: Numbers,
    /// By what the sum over followers is multiplied.
    exposed: Numbers,
}

impl Rates {
    /// Of a model whose chances of exposure belong to accounts.
    fn of(resolved: &Resolved<'_>) -> Result<Rates> {
        let accounts = resolved.graph().accounts();
        let arrives = resolved.arrives;
        let (heard, exposed): (Numbers, Numbers) = match &resolved.exposure {
            Exposure::Constant(r, _) => (Numbers::Same(1.0), Numbers::Same(r * arrives)),
            Exposure::Source(r, _) => (Numbers::Same(1.0), Numbers::of(accounts, |v| r[v as usize] * arrives)),
            Exposure::Target(r, _) => (Numbers::of(accounts, |u| r[u as usize] * arrives), Numbers::Same(1.0)),
            Exposure::Hashed | Exposure::Edge(_) | Exposure::Pick { .. } => {
                return Err(Error::parameter(
                    "--method",
                    format!(
                        "sweeps need chances of exposure that belong to accounts, and those of {} belong to edges",
                        resolved.model()
                    ),
                )
                .with_hint("use the models prior, ic:P or wc, or --method classes"));
            }
        };
        Ok(Rates {
            weight: Numbers::of(accounts, |u| heard.at(u as usize) * resolved.weight(u)),
            passed: Numbers::of(accounts, |u| heard.at(u as usize) * resolved.rho(u)),
            exposed,
        })
    }

    fn part(&self, range: std::ops::Range<usize>) -> Rates {
        let [weight, passed, exposed] =
            [&self.weight, &self.passed, &self.exposed].map(|numbers| numbers.part(range.clone()));
        Rates { weight, passed, exposed }
    }

    #[inline]
    fn adds(&self, u: usize, exposures: f64) -> f64 {
        self.weight.at(u) + self.passed.at(u) * exposures
    }

    /// Exposures of v, given what everybody adds. Terms are added in the order of the row, 64 at a time: a row of any length
    /// keeps its digits.
    #[inline]
    fn exposures(&self, rows: &Flat<'_>, v: usize, added: &[f64]) -> f64 {
        let pieces = rows.row(v as u32).chunks(64);
        let piece = |piece: &[u32]| piece.iter().fold(0.0, |sum, &u| sum + added[u as usize]);
        self.exposed.at(v) * pieces.fold(0.0, |sum, part| sum + piece(part))
    }
}

/// Whether an account's exposures are proven by a sweep that raised them from `old` to `new`, `first` by the first sweep.
#[inline]
fn is_proven(old: f64, new: f64, first: f64, tolerance: f64) -> bool {
    let rise = new - old;
    rise <= 0.0 || rise <= tolerance * (first - rise)
}

/// TunkRank of everybody by sweeps.
pub(super) fn run(parameters: &TunkRank, resolved: &Resolved<'_>, run: &Run) -> Result<TunkRanks> {
    let graph = resolved.graph();
    let accounts = graph.accounts();
    run.check_memory("TunkRank by sweeps", 56 * accounts as u64)?;
    let rates = Rates::of(resolved)?;
    let job = Shards { tolerance: parameters.tolerance, most: parameters.max_sweeps, rates: None };
    let given =
        |bounds: &[u64], index: usize| sealed::encode(&rates.part(bounds[index] as usize..bounds[index + 1] as usize));
    let (exposures, sweeps) = match shard::elsewhere::<(u32, Vec<f64>)>(run, "tunkrank", &job, graph, &given)? {
        Some(parts) => {
            let sweeps = parts.first().map_or(0, |part| part.0);
            (parts.into_iter().flat_map(|part| part.1).collect(), sweeps)
        }
        None => here(&job, &rates, resolved, run)?,
    };
    if sweeps > parameters.max_sweeps {
        return Err(Error::NotEstimable {
            figure: "TunkRank by sweeps".into(),
            needs: format!(
                "exposures that settle within {} sweeps: some account's posts seem to be passed on without end \
                 (--method classes says whose)",
                parameters.max_sweeps
            ),
        });
    }
    Ok(TunkRanks {
        model: resolved.model().to_string(),
        assumptions: resolved.notes().to_vec(),
        finite: accounts as u64,
        supercritical: 0,
        exposures,
        classes: 0,
        supercritical_classes: 0,
        largest_class: 0,
        unsettled: 0,
        error: parameters.tolerance,
    })
}

/// In this process: exposures, and how many sweeps proved them; one more than allowed if none did.
fn here(job: &Shards, rates: &Rates, resolved: &Resolved<'_>, run: &Run) -> Result<(Vec<f64>, u32)> {
    let graph = resolved.graph();
    let (accounts, rows) = (graph.accounts(), graph.follower_rows().flat());
    let ranges = par::chunks_by_degree(rows.offsets, 1 << 16);
    let [mut old, mut new, mut first] = [(); 3].map(|()| vec![0.0; accounts]);
    let mut added = vec![0.0; accounts];
    run.phase("sweeping", None);
    for sweep in 0..=job.most {
        par::fill(run, &ranges, &mut added, |range, part| {
            range.zip(part).for_each(|(u, added)| *added = rates.adds(u, new[u]));
        })?;
        std::mem::swap(&mut old, &mut new);
        let (before, known): (&[f64], &[f64]) = (&old, &first);
        let open = par::fill(run, &ranges, &mut new, |range, part| {
            let mut open = 0u64;
            for (v, new) in range.zip(part) {
                *new = rates.exposures(&rows, v, &added);
                open += u64::from(sweep == 0 || !is_proven(before[v], *new, known[v], job.tolerance));
            }
            open
        })?;
        if sweep == 0 {
            first.copy_from_slice(&new);
        }
        if open.iter().sum::<u64>() == 0 {
            return Ok((old, sweep));
        }
    }
    Ok((old, job.most + 1))
}

/// Sweeps as shards are told of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shards {
    tolerance: f64,
    most: u32,
    #[serde(skip)]
    rates: Option<Rates>,
}

impl Shards {
    /// With what the driver says of the shard's own accounts.
    pub fn with(mut self, given: &[u8]) -> Result<Self> {
        self.rates = Some(sealed::decode(given)?);
        Ok(self)
    }

    fn rates(&self) -> Result<&Rates> {
        self.rates.as_ref().ok_or_else(|| Error::engine("the rates of a shard are missing"))
    }

    /// One sweep from `new`; what is kept are the exposures before it, after it, and after the first.
    fn sweep(&self, shard: &Shard, new: Vec<f64>, first: Option<Vec<f64>>, told: &[&[u8]]) -> Result<Sent> {
        let rates = self.rates()?;
        let mut added: Vec<f64> = new.iter().enumerate().map(|(u, &exposures)| rates.adds(u, exposures)).collect();
        added.extend(shard.hear::<f64>(told)?);
        let rows = shard.followers.flat();
        let after: Vec<f64> = (0..shard.own()).map(|v| rates.exposures(&rows, v, &added)).collect();
        let open = |known: &Vec<f64>| {
            let proven = |v: &usize| !is_proven(new[*v], after[*v], known[*v], self.tolerance);
            (0..after.len()).filter(proven).count() as u64
        };
        let open = first.as_ref().map_or(after.len() as u64, open);
        let told = shard.tell(|place| rates.adds(place as usize, after[place as usize]));
        let kept = [&new, &after, first.as_ref().unwrap_or(&after)].map(|numbers| to_bytes(numbers)).concat();
        Ok(Sent { kept, told, sums: Sums { counts: [open, 0, 0], ..Sums::default() } })
    }
}

impl Job for Shards {
    fn begin(&self, shard: &Shard) -> Result<Sent> {
        let rates = self.rates()?;
        let told = shard.tell(|place| rates.adds(place as usize, 0.0));
        Ok(Sent { told, kept: Vec::new(), sums: Sums { counts: [1, 0, 0], ..Sums::default() } })
    }

    fn step(&self, shard: &Shard, step: u32, kept: &[u8], told: &[&[u8]], _: &Sums) -> Result<Sent> {
        if step == 1 {
            return self.sweep(shard, vec![0.0; shard.own()], None, told);
        }
        let mut all: Vec<f64> = of_bytes(kept)?;
        if all.len() != 3 * shard.own() {
            return Err(Error::engine("what a shard kept of its exposures has another length"));
        }
        let first = all.split_off(2 * shard.own());
        let new = all.split_off(shard.own());
        self.sweep(shard, new, Some(first), told)
    }

    fn is_done(&self, step: u32, sums: &Sums) -> bool {
        sums.counts[0] == 0 || step > self.most
    }

    fn result(&self, shard: &Shard, step: u32, kept: &[u8], sums: &Sums) -> Result<Vec<u8>> {
        let mut old: Vec<f64> = of_bytes(kept)?;
        old.truncate(shard.own());
        // The first superstep only tells; the sweep after it is number 0.
        let sweeps = if sums.counts[0] == 0 { step - 1 } else { self.most + 1 };
        sealed::encode(&(sweeps, old))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cascade::exact::resolved;
    use crate::cascade::tunkrank::Method;
    use crate::graph::{Graph, build};

    fn graph() -> Graph {
        let edges: Vec<(u32, u32)> =
            (0..1500u32).map(|i| (i * 7919 % 300, i * i % 293)).filter(|(u, v)| u != v).collect();
        build::graph(300, &edges)
    }

    fn sweeps() -> TunkRank {
        TunkRank { method: Method::Sweeps, ..TunkRank::default() }
    }

    /// Both are proven to 1e-9.
    #[test]
    fn sweeps_agree_with_classes() {
        let graph = graph();
        for model in ["ic:0.05", "wc"] {
            let resolved = resolved(&graph, model, Some(0.5));
            let classes = TunkRank::default().run_resolved(&resolved, &Run::new(1)).unwrap();
            for threads in [1, 2, 3, 8] {
                let run = Run::new(1).threads(threads).unwrap();
                let found = sweeps().run_resolved(&resolved, &run).unwrap();
                for (a, b) in found.exposures.iter().zip(&classes.exposures) {
                    assert!((a - b).abs() <= 2.5e-9 * b, "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn what_never_settles_is_refused() {
        let graph = graph();
        let error = TunkRank { max_sweeps: 50, ..sweeps() }
            .run_resolved(&resolved(&graph, "ic:0.9", None), &Run::new(1))
            .unwrap_err();
        assert!(error.to_string().contains("settle within 50 sweeps"), "{error}");
        let error = sweeps().run_resolved(&resolved(&graph, "tv", None), &Run::new(1)).unwrap_err();
        assert!(error.to_string().contains("belong to edges"), "{error}");
    }

    #[test]
    fn shards_give_the_bits_of_one_process() {
        let graph = graph();
        for model in ["ic:0.05", "wc"] {
            let resolved = resolved(&graph, model, Some(0.5));
            let one = sweeps().run_resolved(&resolved, &Run::new(1)).unwrap();
            let rates = Rates::of(&resolved).unwrap();
            for count in [1, 2, 5] {
                let bounds = shard::bounds(&graph, count);
                let shards: Vec<Shard> = (0..count).map(|at| shard::of_graph(&graph, &bounds, at).unwrap()).collect();
                let jobs: Vec<Shards> = shards
                    .iter()
                    .map(|shard| Shards { tolerance: 1e-9, most: 20_000, rates: Some(rates.part(shard.range())) })
                    .collect();
                let parts = shard::superstep::alone(&jobs, &shards, 1).unwrap();
                let parts: Vec<(u32, Vec<f64>)> = parts.iter().map(|part| sealed::decode(part).unwrap()).collect();
                let (_, sweeps) = here(&jobs[0], &rates, &resolved, &Run::new(1)).unwrap();
                assert!(parts.iter().all(|part| part.0 == sweeps));
                let exposures: Vec<f64> = parts.into_iter().flat_map(|part| part.1).collect();
                assert_eq!(exposures, one.exposures);
            }
        }
    }
}
