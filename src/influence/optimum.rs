//! When a pool is large enough: choose on one, judge on another, twice as large each time.

use std::ops::Range;

use super::bounds::{highest, lowest};
use super::candidates::Candidates;
use super::cover::Index;
use super::dual::most_covered;
use super::pool::{Draw, Pool, Walks};
use super::rules::Rules;
use super::search::{Found, Search};
use crate::base::seed::Stream;
use crate::base::stats::Z95;
use crate::base::{Result, Run};

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stopping {
    /// At a ratio that is certain but for the failure probability.
    pub certify: Option<f64>,
    /// Else when twice the samples would hardly reach more: by this share.
    pub tolerance: f64,
    /// At exactly so many samples, whatever the rest.
    pub samples: Option<u64>,
    pub most_samples: u64,
    /// Over all looks, of each of the two bounds.
    pub failure: f64,
    /// Whether walks may be cut short at creators chosen before.
    pub sentinels: bool,
}

/// Samples of the first look.
const FIRST: u64 = 1 << 11;

/// Of up to so many accounts each is drawn once at the first look, where that makes the reach of own posts exact.
const EACH: u64 = 1 << 22;

/// Where on so many samples no portfolio keeps to the rules, none will on more.
const GIVEN_UP: u64 = 1 << 14;

/// Where sets have more members than this on the average, walks end at the creators chosen before who cover most of them.
const LARGE: u64 = 64;

/// Those who cover this share of the sets become sentinels.
const MOST: f64 = 0.5;

/// So many of the people judged by must be reached, for a reach and a certificate that are worth printing.
const HITS: f64 = 10_000.0;

/// The best portfolio found, and what is certain of it.
#[derive(Debug)]
pub(super) struct Optimum {
    /// By place, in the order of the choice.
    pub chosen: Vec<u32>,
    /// Samples it was chosen on.
    pub samples: u64,
    /// Its reach is at least this share of the best reach.
    pub ratio: f64,
    /// The share of the people last judged by whom it reaches.
    pub share: f64,
    /// No portfolio reaches more than this share of the people.
    pub most: f64,
    pub converged: bool,
    /// Sentinels of the pool: of those chosen, who covers most.
    pub fixed: Vec<u32>,
    /// The samples it was chosen on.
    pub pool: Pool,
    pub index: Index,
}

/// Looks at pools of doubling size. Look i chooses on the samples `0..N_i` of the one stream and judges on samples of the other
/// that no look used before, so that what is judged never took part in the choice.
///
/// The ratio is `L / U`: L the lowest share of roots reached that the judge's count allows, U the highest share of the best
/// portfolio that the bound on the pool allows (the coverage of the best portfolio on the pool is that of one fixed set of
/// creators, so that the bound of a binomial share holds; the bound on coverage holds whatever walks were cut short at
/// sentinels, for the sets exist whether looked at or not). Each bound of each look may fail with `failure / looks`.
/// Nothing where no portfolio was found that keeps to the rules.
pub(super) fn optimum(
    walks: &Walks<'_>,
    candidates: &Candidates,
    rules: &Rules,
    stopping: &Stopping,
    enough: &dyn Fn() -> bool,
    run: &Run,
) -> Result<Option<Optimum>> {
    let most_samples = stopping.samples.unwrap_or(stopping.most_samples);
    // The same share of the failure for each look, however many there come to be.
    let looks = 1 + stopping.most_samples.max(most_samples).div_ceil(FIRST).next_power_of_two().trailing_zeros();
    let failure = stopping.failure / f64::from(looks);

    let mut pool = Pool::default();
    let mut fixed: Vec<u32> = Vec::new();
    let mut before: Vec<u32> = Vec::new();
    let by_chance = walks.can_spare_coins() && rules.share.is_none();
    let everybody = if by_chance && walks.accounts as u64 <= EACH { walks.accounts as u64 } else { 0 };
    let (mut samples, mut judged) = (FIRST.max(everybody).min(most_samples), 0);
    loop {
        run.phase("drawing people", Some(samples - pool.samples));
        let ends = candidates.at(&fixed);
        pool.grow(Draw { walks, candidates, sentinels: &ends, stream: Stream::Pool, by_chance }, samples, run)?;
        run.phase("choosing creators", None);
        let index = Index::new(&pool, candidates.len());
        let found = Search { pool: &pool, index: &index, rules, fixed: &fixed }.run(run)?;
        let last = samples >= most_samples;
        if !found.complete && (last || samples >= GIVEN_UP) {
            return Ok(None);
        }
        let plan = candidates.at(&found.chosen);
        let look = Look { walks, rules, stopping, pool: &pool, index: &index, found: &found, failure };
        let mut ended = last || enough();
        if ended || !look.is_hopeless() {
            let verdict = look.judge([&plan, &before], judged..judged + samples, everybody, run)?;
            ended |= enough();
            // The bound is looked at only where it decides, or is printed.
            let (ratio, most) = if verdict.settled || ended { look.certify(verdict.reached, run)? } else { (0.0, 1.0) };
            let enough_now =
                verdict.settled && stopping.certify.is_none_or(|asked| ratio >= asked || stopping.samples.is_some());
            if enough_now || ended {
                return Ok(Some(Optimum {
                    samples,
                    ratio,
                    share: verdict.reached / samples as f64,
                    most,
                    converged: enough_now,
                    fixed,
                    chosen: found.chosen,
                    pool,
                    index,
                }));
            }
        }
        judged += samples;
        // Shares are counted on whole sets.
        if stopping.sentinels
            && !by_chance
            && rules.share.is_none()
            && fixed.is_empty()
            && pool.met > LARGE * pool.samples
        {
            fixed = sentinels(&pool, &index, &found, rules);
            if !fixed.is_empty() {
                pool = Pool::default();
            }
        }
        before = plan;
        samples = (2 * samples).min(most_samples);
    }
}

/// A choice on a pool that is to be looked at.
struct Look<'a> {
    walks: &'a Walks<'a>,
    rules: &'a Rules,
    stopping: &'a Stopping,
    pool: &'a Pool,
    index: &'a Index,
    found: &'a Found,
    /// Of each of its bounds.
    failure: f64,
}

/// What others say of a choice.
struct Verdict {
    /// Of them, those whom it reaches.
    reached: f64,
    /// Whether larger pools would hardly lead to a better one, or that is not asked.
    settled: bool,
}

impl Look<'_> {
    /// Whether the ratio asked for could not be certified even if the choice reached as many of others as of those it
    /// was made on, who flatter it, and no better one were possible.
    fn is_hopeless(&self) -> bool {
        let (hits, samples) = (self.pool.certain as f64 + self.found.covered, self.pool.samples);
        let asked = if self.stopping.samples.is_some() { None } else { self.stopping.certify };
        asked.is_some_and(|asked| lowest(hits, samples, self.failure) < asked * highest(hits, samples, self.failure))
    }

    /// Judges the plan, and the one of the look before, on people of these numbers.
    fn judge(&self, plans: [&[u32]; 2], numbers: Range<u64>, everybody: u64, run: &Run) -> Result<Verdict> {
        let (stopping, samples) = (self.stopping, self.pool.samples);
        run.phase("judging", Some(samples));
        let counts = self.walks.judge(plans, numbers, run)?;
        let reached = (counts[1] + counts[3]) as f64;
        let settled = match stopping.certify {
            _ if stopping.samples.is_some() => samples >= stopping.samples.unwrap_or(0),
            Some(_) => true,
            None if everybody > 0 && samples.is_multiple_of(everybody) => {
                // The reach of own posts is exact; the error is that of what goes beyond.
                reached >= HITS && libm::sqrt(self.found.certain as f64) <= stopping.tolerance * self.found.covered
            }
            None => !plans[1].is_empty() && settled(&counts, samples, stopping.tolerance),
        };
        Ok(Verdict { reached, settled })
    }

    /// The ratio that is certain of a choice that reaches so many of others, and the highest share anybody could reach.
    fn certify(&self, reached: f64, run: &Run) -> Result<(f64, f64)> {
        let (samples, certain) = (self.pool.samples, self.pool.certain as f64);
        let low = lowest(reached, samples, self.failure);
        // Bounds closer than this certify what was asked.
        let target = self
            .stopping
            .certify
            .map_or(0.0, |asked| samples as f64 * share_for(low / asked, samples, self.failure) - certain);
        let most = most_covered(self.pool, self.index, self.rules, &self.found.chosen, target, run)?;
        let high = highest(certain + most, samples, self.failure);
        Ok((if high > 0.0 { (low / high).min(1.0) } else { 0.0 }, high))
    }
}

/// The share of hits of which [`highest`] is this chance, or a little less.
fn share_for(chance: f64, samples: u64, failure: f64) -> f64 {
    let (mut low, mut high) = (0.0, chance.clamp(0.0, 1.0));
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if highest(middle * samples as f64, samples, failure) <= chance { low = middle } else { high = middle }
    }
    low
}

/// Whether the plan reaches hardly more than the one chosen on half the samples, in the same judging samples: by at most the
/// tolerance, with the error of the difference.
fn settled(counts: &[u64; 4], samples: u64, tolerance: f64) -> bool {
    let (now, before, reached) = (counts[1] as f64, counts[2] as f64, (counts[1] + counts[3]) as f64);
    let n = samples as f64;
    let gained = now - before;
    let error = libm::sqrt((now + before - gained * gained / n).max(0.0));
    // Where the samples show no difference at all, the rule of three.
    reached >= HITS && gained + (Z95 * error).max(3.0) <= tolerance * reached
}

/// The first of those chosen who together cover [`MOST`] of what all cover.
fn sentinels(pool: &Pool, index: &Index, found: &Found, rules: &Rules) -> Vec<u32> {
    let mut cover = super::cover::Cover::new(pool, index);
    let mut fixed = Vec::new();
    for &candidate in &found.chosen {
        if cover.covered() >= MOST * found.covered {
            break;
        }
        cover.add(candidate);
        if !rules.must.contains(&candidate) {
            fixed.push(candidate);
        }
    }
    fixed
}

/// A set chosen on a pool by other means, with its certificate.
pub(super) fn certified(
    walks: &Walks<'_>,
    candidates: &Candidates,
    rules: &Rules,
    stopping: &Stopping,
    pool: Pool,
    chosen: Vec<u32>,
    run: &Run,
) -> Result<Optimum> {
    let index = Index::new(&pool, candidates.len());
    let samples = pool.samples;
    let counts = walks.judge([&candidates.at(&chosen), &[]], samples..2 * samples, run)?;
    let reached = counts[1] as f64;
    let most = most_covered(&pool, &index, rules, &chosen, 0.0, run)?;
    let high = highest(most, samples, stopping.failure);
    let low = lowest(reached, samples, stopping.failure);
    Ok(Optimum {
        samples,
        ratio: if high > 0.0 { (low / high).min(1.0) } else { 0.0 },
        share: reached / samples as f64,
        most: high,
        converged: stopping.certify.is_none_or(|asked| low >= asked * high),
        fixed: Vec::new(),
        chosen,
        pool,
        index,
    })
}
