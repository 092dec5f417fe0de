//! Was it right before? Past cascades predicted from who started them, by what lay before.

use serde::{Deserialize, Serialize};

use super::super::baseline::Quantiles;
use super::super::scores::log_score;
use super::super::spread;
use super::forecast::{Basis, MIXED, Said, predict, weights};
use super::{Cells, hours, milliseconds};
use crate::base::{Error, Result, Run};
use crate::graph::{Cascades, Graph, Network, OUTSIDE};

/// Back-test of how far posts travel: at several past times everything is learned from the cascades that had ended, and the size
/// of each later one is predicted from its first actor alone.
///
/// Origins `t_1 < t_2 < …` at even shares of the cascades' times. The forecast is a mixture of five ways (the learned chances on
/// the graph, the creator's and others' past sizes by followers, the creator's shrunken past mean, the sizes of the tier, all past
/// sizes), weighted by how
/// likely they made the outcomes after earlier origins; before the first one, after a cut within what lay before it. Beside it
/// stand each way alone, a line through followers, weighted cascade, and the learned chances with independent
/// draws for each follow.
///
/// **Input**: a log of cascades on a network; with `test`, cascades apart that are predicted from all of the log (a published split
/// without dates). **Returns**: [`Predicted`], to be judged. **Guarantee**: nothing that happened at or after an origin
/// enters what is predicted from it. Without a horizon, a cascade that still went on at an origin is not learned from, and when it
/// ended is known from the whole log; with one, its hours decide. Follower counts and follows are those of the network as it is.
/// **Cost**: an origin a fit of the learned model and `draws` posts a cascade. **Determinism**: the same bits at any number of
/// threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct CascadeBacktest {
    /// Cascades: count who acts within so many hours of the first [default: all]
    #[cfg_attr(feature = "cli", arg(long, value_name = "HOURS", help_heading = "Cascades"))]
    pub horizon: Option<f64>,
    /// Cascades: put an act down to earlier ones within so many hours alone [default: all]
    #[cfg_attr(feature = "cli", arg(long, value_name = "HOURS", help_heading = "Cascades"))]
    pub window: Option<f64>,
    /// Cascades: draws of each
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 200, value_name = "N", help_heading = "Cascades"))]
    pub draws: u32,
    /// Cascades: predict at most so many after each past time, evenly picked
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 2000, value_name = "N", help_heading = "Cascades"))]
    pub most: u32,
}

impl Default for CascadeBacktest {
    fn default() -> Self {
        CascadeBacktest { horizon: None, window: None, draws: 200, most: 2000 }
    }
}

/// A cascade that was predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct One {
    /// Who started it.
    pub account: u32,
    /// Nothing from this time on was known; 0 without dates.
    pub origin: i64,
    /// When it began; its place in the log without dates.
    pub time: i64,
    /// When it was known what became of it.
    pub known: i64,
    /// Cascades of the same starter that were known.
    pub past: usize,
    /// Who acted after the starter.
    pub actual: f64,
    /// What was said.
    pub said: Said,
    /// The weights of the ways.
    pub weights: [f64; MIXED],
    /// A number that tells cascades apart.
    pub post: u64,
}

/// Everything that was predicted, and what was not.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// The cascades, by starter, then time.
    pub all: Vec<One>,
    /// The past times; empty without dates.
    pub origins: Vec<i64>,
    /// The weights of the ways after the last origin.
    pub weights: [f64; MIXED],
    /// What was left out, a sentence each.
    pub notes: Vec<String>,
}

/// The share of cascades before the first origin, and before the last.
const FIRST: f64 = 0.3;
const LAST: f64 = 0.9;

/// The share of what lies before an origin that is learned from where the rest decides the first weights.
const INNER: f64 = 0.7;

impl CascadeBacktest {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        hours("--horizon", self.horizon)?;
        hours("--window", self.window)?;
        if !(20..=100_000).contains(&self.draws) {
            return Err(Error::parameter("--draws", format!("{} is not from 20 to 100000", self.draws)));
        }
        match self.most {
            0 => Err(Error::parameter("--most", "must be at least 1")),
            _ => Ok(()),
        }
    }

    /// One in so many cascades is predicted.
    fn step(&self, test: &Cascades) -> usize {
        test.len().div_ceil(self.most as usize).max(1)
    }

    fn within(&self) -> Option<i64> {
        self.horizon.map(milliseconds)
    }

    /// Predicts cascades of the past, from `origins` past times; or those of `test` from all of the log.
    pub fn run(
        &self,
        network: &Network,
        graph: &Graph,
        log: &Cascades,
        test: Option<&Cascades>,
        origins: u32,
        run: &Run,
    ) -> Result<Predicted> {
        self.check()?;
        let needs = |needs: &str| Error::NotEstimable { figure: "A back-test on cascades".into(), needs: needs.into() };
        if log.is_empty() {
            return Err(needs("cascades: who acted on which item, and when"));
        }
        let cells = Cells::of(graph, network, run)?;
        let likelihood = spread::likelihood();
        let basis = Basis {
            network,
            graph,
            cells: &cells,
            likelihood: &likelihood,
            draws: self.draws,
            window: self.window.map(milliseconds),
        };
        let mut found = Predicted { all: Vec::new(), origins: Vec::new(), weights: [0.0; MIXED], notes: Vec::new() };
        let outside = log.iter().chain(test.into_iter().flat_map(Cascades::iter));
        let outside = outside.filter(|cascade| cascade.starter() == OUTSIDE).count();
        if outside > 0 {
            found.notes.push(format!(
                "{outside} {} by somebody outside the network: learned from, not predicted",
                if outside == 1 { "cascade was started" } else { "cascades were started" }
            ));
        }
        if let Some(test) = test {
            let train = log.only(self.within(), |_| true);
            let test = test.only(self.within(), |cascade| cascade.starter() != OUTSIDE);
            self.after(&basis, 0, &train, &test, &mut found, run)?;
            return Ok(found.sorted());
        }
        if !log.is_dated() {
            return Err(needs("cascades with dates, or --test with others apart"));
        }
        let last = log.last().unwrap_or(0);
        let mut times: Vec<i64> = log.iter().map(|cascade| cascade.began).collect();
        times.sort_unstable();
        let steps = f64::from(origins.max(2) - 1);
        let share = |at: u32| if origins == 1 { 0.5 } else { FIRST + (LAST - FIRST) * f64::from(at) / steps };
        let place = |at: u32| times[libm::ceil(share(at) * (times.len() - 1) as f64) as usize];
        found.origins = (0..origins).map(place).collect();
        found.origins.dedup();
        found.origins.retain(|&origin| origin > times[0]);
        if found.origins.is_empty() {
            return Err(needs("cascades that began at different times"));
        }
        let mut open = 0;
        let all = found.origins.clone();
        for (at, &origin) in all.iter().enumerate() {
            let until = all.get(at + 1).copied().unwrap_or(i64::MAX);
            let train = self.before(log, origin);
            let over = |began: i64| self.within().is_none_or(|within| began.saturating_add(within) <= last);
            let here = |began: i64| began >= origin && began < until;
            open += log.iter().filter(|cascade| here(cascade.began) && !over(cascade.began)).count();
            let test = log.only(self.within(), |cascade| {
                here(cascade.began) && over(cascade.began) && cascade.starter() != OUTSIDE
            });
            if train.is_empty() || test.is_empty() {
                continue;
            }
            self.after(&basis, origin, &train, &test, &mut found, run)?;
        }
        if open > 0 {
            found.notes.push(format!("{open} cascades were not over when the log ends: left out"));
        }
        if found.all.is_empty() {
            return Err(needs("cascades that were over before a past time, and others that began after it"));
        }
        Ok(found.sorted())
    }

    /// What was known at a time: cascades that had ended, or, with a horizon, whose hours were over.
    pub fn before(&self, log: &Cascades, origin: i64) -> Cascades {
        log.only(self.within(), |cascade| cascade.known(self.within()) < origin)
    }

    /// Predicts `test` from `train`, and takes what happened into the weights.
    fn after(
        &self,
        basis: &Basis<'_>,
        origin: i64,
        train: &Cascades,
        test: &Cascades,
        found: &mut Predicted,
        run: &Run,
    ) -> Result<()> {
        // Only what was known by then.
        let known = found.all.iter().filter(|one| one.known < origin);
        let mut masses: Vec<[f64; MIXED]> = known.map(masses_of).collect();
        if masses.is_empty() {
            masses = self.inner(basis, train, run)?;
        }
        let weights = weights(&masses);
        let step = self.step(test);
        if step > 1 {
            found.notes.push(format!("1 in {step} of {} cascades is predicted (--most)", test.len()));
        }
        let (places, asked) = asked(test, step);
        let said = predict(basis, train, &asked, &basis.network.tiers, run)?;
        let mut started: Vec<u32> = train.iter().map(|cascade| cascade.starter()).collect();
        started.sort_unstable();
        for ((at, said), (account, post)) in places.into_iter().zip(said).zip(asked) {
            let cascade = test.get(at);
            let from = started.partition_point(|&v| v < account);
            let past = started[from..].partition_point(|&v| v == account);
            let time = if cascade.began == crate::base::time::MISSING { at as i64 } else { cascade.began };
            let known = if cascade.began == crate::base::time::MISSING { time } else { cascade.known(self.within()) };
            found.all.push(One {
                account,
                origin,
                time,
                known,
                past,
                actual: cascade.size() as f64,
                said,
                weights,
                post,
            });
        }
        found.weights = super::forecast::weights(&found.all.iter().map(masses_of).collect::<Vec<_>>());
        Ok(())
    }

    /// The chances that the ways gave to what lay before an origin, from what lay before that.
    fn inner(&self, basis: &Basis<'_>, train: &Cascades, run: &Run) -> Result<Vec<[f64; MIXED]>> {
        let cut = (INNER * train.len() as f64) as usize;
        if cut == 0 || cut == train.len() {
            return Ok(Vec::new());
        }
        // Without dates the order of items is as good as any.
        let order = |at: usize, first: bool| (at < cut) == first;
        let part = |first: bool| {
            let mut at = 0;
            let began = train.get(cut).began;
            train.only(None, |cascade| {
                at += 1;
                match train.is_dated() {
                    true if first => cascade.known(self.within()) < began,
                    true => cascade.began >= began && cascade.starter() != OUTSIDE,
                    false => order(at - 1, first) && (first || cascade.starter() != OUTSIDE),
                }
            })
        };
        let (first, second) = (part(true), part(false));
        if first.is_empty() || second.is_empty() {
            return Ok(Vec::new());
        }
        let (places, asked) = asked(&second, self.step(&second));
        let said = predict(basis, &first, &asked, &basis.network.tiers, run)?;
        let actual = places.iter().map(|&at| second.get(at).size() as f64);
        Ok(said.iter().zip(actual).map(|(said, actual)| masses(said, actual)).collect())
    }
}

fn masses(said: &Said, actual: f64) -> [f64; MIXED] {
    let mut found = [0.0; MIXED];
    found
        .iter_mut()
        .zip(&said.ways)
        .for_each(|(found, way): (&mut f64, &Quantiles)| *found = libm::exp(log_score(way, actual)));
    found
}

fn masses_of(one: &One) -> [f64; MIXED] {
    masses(&one.said, one.actual)
}

/// Every so-many-th cascade: its place, who starts it, and a number that tells it from others.
fn asked(test: &Cascades, step: usize) -> (Vec<usize>, Vec<(u32, u64)>) {
    let places: Vec<usize> = (0..test.len()).step_by(step).collect();
    let asked = places.iter().map(|&at| (test.get(at).starter(), name(test.get(at).item))).collect();
    (places, asked)
}

/// A number for an item, from its name alone.
fn name(item: &str) -> u64 {
    item.bytes().fold(0, |hash, byte| crate::base::seed::mix(hash ^ u64::from(byte)))
}

impl Predicted {
    fn sorted(mut self) -> Predicted {
        self.all.sort_by_key(|one| (one.account, one.time, one.post));
        self
    }
}
