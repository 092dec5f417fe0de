//! No portfolio can cover more than this: linear programming duality, far closer than the bound that greedy choices give.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use super::cover::Index;
use super::pool::Pool;
use super::rules::Rules;
use crate::base::{Result, Run, par};

/// Rounds of improvement at most.
const ROUNDS: usize = 60;

/// After so many rounds that gain less than [`WORTH`] the step is shortened, and after twice as many the search ends.
const PATIENCE: usize = 4;
const WORTH: f64 = 2e-4;
const SHORTER: f64 = 0.5;

/// What a covered set is worth at the start, if one of those chosen covers it; nothing if several do, 1 if nobody does. With
/// chances it is another scale, on which this is about the same.
const COVERED_ONCE: f64 = 0.7;
const COVERED_ONCE_BY_CHANCE: f64 = 0.34;

/// Candidates in fewer sets than this share of the largest gain left matter to no bound of a number alone.
const MATTERS: f64 = 0.5;

/// Rounding errors of sums of millions of terms are smaller by far.
const ROUNDING: f64 = 1.0 + 1e-9;

const NONE: u32 = u32::MAX;

/// The strength of a member for certain; of the others `−ln` of the chance that they do not reach the person.
const CERTAIN: f32 = f32::INFINITY;

/// Passes over all patterns are cut into so many parts at most, of so many patterns at least.
const PARTS: usize = 16;
const PART: usize = 4096;

/// The parts of so many patterns: few, for each adds up gains of its own; always the same, so that sums have one order.
fn parts(patterns: usize) -> Vec<Range<usize>> {
    par::chunks(patterns, patterns.div_ceil(PARTS).max(PART))
}

/// Values are not logged below.
const TINY: f64 = 1e-12;

/// The most stored sets that any portfolio can cover that keeps to the rules: an upper bound.
///
/// For any values `y_j` in [0, 1] of the sets j, a portfolio S covers
/// `sum_j min(1, |S ∩ j|) <= sum_j (1 − y_j) + sum over i in S of s_i`, `s_i = sum over j with i in j of y_j`: where j is covered,
/// it is counted `(1 − y_j) + y_j |S ∩ j| >= 1` times. The right side is linear in S, so that
/// [`Rules::relaxed`] bounds it. The least such bound over y is the linear program of the cover (its dual). The bound of
/// greedy choices (Tang et al. 2018) is the special case `y_j = 0` where S covers j, else 1. Starting near
/// it, y moves along the subgradient `1 − |S' ∩ j|`, S' being the best portfolio for the right side, by steps of Polyak's length; every y on the
/// way gives a bound that holds, and the least is returned. Sets with the same members among the candidates that matter
/// move together.
///
/// Where members reach the person by chance, S covers `1 − prod over i in S of m_i = 1 − exp(−t)`, `t = sum over i in S of a_i`,
/// `a_i = −ln m_i`: concave in t, so that it lies below its tangent at `−ln y_j`, which is linear in S:
/// `1 − y_j + y_j ln y_j + y_j t`; and if somebody in S is a member for certain, below `1 − y_j + y_j ln y_j` and
/// `y_j (1 − ln y_j)` for each such, which is 1.
///
/// **Cost**: some passes over the members of the pool, fewer than [`ROUNDS`].
/// **References**: Polyak 1969 (step length); Cornuéjols, Fisher & Nemhauser 1977 (Lagrangian bounds of covers).
pub(super) fn most_covered(
    pool: &Pool,
    index: &Index,
    rules: &Rules,
    chosen: &[u32],
    enough: f64,
    run: &Run,
) -> Result<f64> {
    let problem = Problem::new(pool, index, rules, chosen);
    let mut values = problem.start(chosen);
    let covered = problem.covered(chosen);
    let (mut least, mut best) = (f64::INFINITY, values.clone());
    let (mut factor, mut idle) = (1.0, 0);
    for _ in 0..ROUNDS {
        run.step(0)?;
        let (bound, portfolio) = problem.bound(&values, run)?;
        idle = if bound < least * (1.0 - WORTH) { 0 } else { idle + 1 };
        if bound < least {
            least = bound;
            best.copy_from_slice(&values);
        }
        if least <= enough || idle >= 2 * PATIENCE {
            break;
        }
        if idle == PATIENCE {
            factor *= SHORTER;
            values.copy_from_slice(&best);
            continue;
        }
        if !problem.step(&mut values, &portfolio, factor * (bound - covered), run)? {
            break;
        }
    }
    Ok((least * ROUNDING).max(covered))
}

/// The cover as the linear program sees it.
struct Problem<'a> {
    rules: &'a Rules,
    /// Candidates that matter, by place.
    who: Vec<u32>,
    /// By candidate the place in `who`.
    local: Vec<u32>,
    /// Of those that do not matter: no gain exceeds this.
    rest: f64,
    patterns: Patterns,
}

impl<'a> Problem<'a> {
    fn new(pool: &Pool, index: &Index, rules: &'a Rules, chosen: &[u32]) -> Self {
        let candidates = index.candidates();
        // With any other rule than a number everybody may matter.
        let mut least = TINY;
        if rules.is_count() {
            let mut cover = super::cover::Cover::new(pool, index);
            chosen.iter().for_each(|&candidate| cover.add(candidate));
            let gains = (0u32..).zip(cover.gains()).filter(|(candidate, _)| !chosen.contains(candidate));
            least = MATTERS * gains.fold(TINY, |most: f64, (_, &gain)| most.max(gain));
        }
        let mut local = vec![NONE; candidates];
        let (mut who, mut rest) = (Vec::new(), 0.0f64);
        let is_chosen: std::collections::BTreeSet<u32> = chosen.iter().copied().collect();
        for candidate in (0..candidates as u32).filter(|&candidate| rules.allows(candidate)) {
            let degree = index.most_worth(candidate);
            if degree >= least || is_chosen.contains(&candidate) {
                local[candidate as usize] = who.len() as u32;
                who.push(candidate);
            } else {
                rest = rest.max(degree);
            }
        }
        let patterns = Patterns::new(pool, &local);
        Problem { rules, who, local, rest, patterns }
    }

    /// Whether each candidate that matters is among these.
    fn flags(&self, candidates: &[u32]) -> Vec<bool> {
        let mut flags = vec![false; self.who.len()];
        candidates.iter().for_each(|&candidate| flags[self.local[candidate as usize] as usize] = true);
        flags
    }

    fn start(&self, chosen: &[u32]) -> Vec<f64> {
        let flags = self.flags(chosen);
        let once = if self.patterns.by_chance() { COVERED_ONCE_BY_CHANCE } else { COVERED_ONCE };
        let value = |pattern| match self.patterns.meets(pattern, &flags) {
            (0.0, sum) => libm::exp(-sum),
            (1.0, sum) => once * libm::exp(-sum),
            _ => 0.0,
        };
        (0..self.patterns.len()).map(value).collect()
    }

    fn covered(&self, chosen: &[u32]) -> f64 {
        let flags = self.flags(chosen);
        let covered = |pattern| match self.patterns.meets(pattern, &flags) {
            (0.0, sum) => self.patterns.weights[pattern] * -libm::expm1(-sum),
            _ => self.patterns.weights[pattern],
        };
        (0..self.patterns.len()).map(covered).sum()
    }

    /// The bound that the values give, and the portfolio that attains its linear part.
    fn bound(&self, values: &[f64], run: &Run) -> Result<(f64, Vec<bool>)> {
        let ranges = parts(values.len());
        let parts = par::map(run, &ranges, |range| {
            let mut gains = vec![0.0; self.who.len()];
            let spared: f64 = range.map(|pattern| self.add_gains(pattern, values[pattern], &mut gains)).sum();
            Ok((spared, gains))
        })?;
        let (mut spared, mut gains) = (0.0, vec![0.0; self.who.len()]);
        for (part, own) in parts {
            spared += part;
            gains.iter_mut().zip(own).for_each(|(gain, own)| *gain += own);
        }
        let (linear, portfolio) = self.rules.relaxed(&self.who, &gains, self.rest);
        Ok((spared + linear, portfolio))
    }

    /// Adds what a pattern of this value gives its members; the rest of what it is worth.
    #[inline]
    fn add_gains(&self, pattern: usize, value: f64, gains: &mut [f64]) -> f64 {
        let (weight, members) = (self.patterns.weights[pattern], self.patterns.of(pattern));
        if value <= 0.0 {
            return weight;
        }
        match self.patterns.strengths(pattern) {
            None => {
                members.iter().for_each(|&place| gains[place as usize] += weight * value);
                weight * (1.0 - value)
            }
            Some(strengths) => {
                let log = libm::log(value);
                for (&place, &strength) in members.iter().zip(strengths) {
                    let each = if strength == CERTAIN { 1.0 - log } else { f64::from(strength) };
                    gains[place as usize] += weight * value * each;
                }
                weight * (1.0 - value + value * log)
            }
        }
    }

    /// Moves the values against the subgradient; `excess` is by how much the bound should fall. Whether there was anywhere
    /// to go.
    fn step(&self, values: &mut [f64], portfolio: &[bool], excess: f64, run: &Run) -> Result<bool> {
        let ranges = parts(values.len());
        let mut slopes = vec![0.0; values.len()];
        let norms = par::fill(run, &ranges, &mut slopes, |range, slopes| {
            let mut norm = 0.0;
            for (pattern, slope) in range.zip(slopes) {
                *slope = self.slope(pattern, values[pattern], portfolio);
                norm += self.patterns.weights[pattern] * *slope * *slope;
            }
            norm
        })?;
        let norm: f64 = norms.into_iter().sum();
        if norm <= 0.0 || excess <= 0.0 {
            return Ok(false);
        }
        let step = excess / norm;
        values.iter_mut().zip(slopes).for_each(|(value, slope)| *value = (*value + step * slope).clamp(0.0, 1.0));
        Ok(true)
    }

    /// Against the derivative of the bound by the value of a pattern; nothing where that leads out of [0, 1].
    #[inline]
    fn slope(&self, pattern: usize, value: f64, portfolio: &[bool]) -> f64 {
        let (certain, sum) = self.patterns.meets(pattern, portfolio);
        let slope = match self.patterns.by_chance() {
            false => 1.0 - certain,
            true if certain == 1.0 => -sum,
            true => (certain - 1.0) * libm::log(value.max(TINY)) - sum,
        };
        let stuck = (slope > 0.0 && value >= 1.0) || (slope < 0.0 && value <= 0.0);
        if stuck { 0.0 } else { slope }
    }
}

/// Sets with equal members among the candidates that matter, counted together.
struct Patterns {
    ends: Vec<u32>,
    members: Vec<u32>,
    /// Beside the members; empty where all are members for certain.
    strengths: Vec<f32>,
    weights: Vec<f64>,
}

impl Patterns {
    /// `local`: by candidate the place among those that matter, or [`NONE`].
    fn new(pool: &Pool, local: &[u32]) -> Self {
        let hasher = foldhash::fast::FixedState::with_seed(0);
        let hash = |members: &[u32]| {
            let mut state = hasher.build_hasher();
            members.iter().for_each(|&member| state.write_u32(member));
            state.finish()
        };
        let mut table: hashbrown::HashTable<u32> = hashbrown::HashTable::new();
        let (members, strengths) = (Vec::new(), Vec::new());
        let mut found = Patterns { ends: Vec::new(), members, strengths, weights: Vec::new() };
        let (mut pattern, mut own): (Vec<(u32, f32)>, Vec<u32>) = (Vec::new(), Vec::new());
        for set in 0..pool.len() {
            pattern.clear();
            for at in pool.places(set) {
                let place = local[pool.members()[at] as usize];
                if place != NONE {
                    let miss = pool.misses().get(at).copied().unwrap_or(0.0);
                    let strength = if miss > 0.0 { -libm::logf(miss) } else { CERTAIN };
                    pattern.push((place, strength));
                }
            }
            if pattern.is_empty() {
                continue;
            }
            pattern.sort_unstable_by_key(|&(place, _)| place);
            own.clear();
            own.extend(pattern.iter().map(|&(place, _)| place));
            let key = hash(&own);
            let same = |&place: &u32| found.of(place as usize) == own;
            // With chances hardly two sets are equal.
            if !pool.by_chance()
                && let Some(&place) = table.find(key, same)
            {
                found.weights[place as usize] += 1.0;
                continue;
            }
            let place = found.ends.len() as u32;
            found.members.extend_from_slice(&own);
            if pool.by_chance() {
                found.strengths.extend(pattern.iter().map(|&(_, strength)| strength));
            }
            found.ends.push(found.members.len() as u32);
            found.weights.push(1.0);
            if !pool.by_chance() {
                table.insert_unique(key, place, |&place| hash(found.of(place as usize)));
            }
        }
        found
    }

    fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether some are members by chance.
    fn by_chance(&self) -> bool {
        !self.strengths.is_empty()
    }

    #[inline]
    fn places(&self, pattern: usize) -> std::ops::Range<usize> {
        let from = if pattern == 0 { 0 } else { self.ends[pattern - 1] };
        from as usize..self.ends[pattern] as usize
    }

    #[inline]
    fn of(&self, pattern: usize) -> &[u32] {
        &self.members[self.places(pattern)]
    }

    #[inline]
    fn strengths(&self, pattern: usize) -> Option<&[f32]> {
        if self.by_chance() { Some(&self.strengths[self.places(pattern)]) } else { None }
    }

    /// How many of those flagged are members for certain, and the strengths of the others among them.
    #[inline]
    fn meets(&self, pattern: usize, flags: &[bool]) -> (f64, f64) {
        let members = self.of(pattern);
        match self.strengths(pattern) {
            None => (f64::from(members.iter().map(|&member| u32::from(flags[member as usize])).sum::<u32>()), 0.0),
            Some(strengths) => {
                let (mut certain, mut sum) = (0.0, 0.0);
                for (_, &strength) in members.iter().zip(strengths).filter(|(member, _)| flags[**member as usize]) {
                    if strength == CERTAIN { certain += 1.0 } else { sum += f64::from(strength) }
                }
                (certain, sum)
            }
        }
    }
}
