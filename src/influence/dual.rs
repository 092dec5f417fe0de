//! No portfolio can cover more than this: linear programming duality, far closer than the bound that greedy choices give.

use std::hash::{BuildHasher, Hasher};

use super::cover::Index;
use super::pool::Pool;
use super::rules::Rules;
use crate::base::{Result, Run};

/// Rounds of improvement at most.
const ROUNDS: usize = 60;

/// After so many rounds that gain less than [`WORTH`] the step is shortened, and after twice as many the search ends.
const PATIENCE: usize = 5;
const WORTH: f64 = 1e-4;
const SHORTER: f64 = 0.5;

/// What a covered set is worth at the start, if one of those chosen covers it; nothing if several do, 1 if nobody does.
const COVERED_ONCE: f64 = 0.7;

/// Candidates in fewer sets than this share of the largest gain left matter to no bound of a number alone.
const MATTERS: f64 = 0.5;

/// Rounding errors of sums of millions of terms are smaller by far.
const ROUNDING: f64 = 1.0 + 1e-9;

const NONE: u32 = u32::MAX;

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
        let (bound, portfolio) = problem.bound(&values);
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
        if !problem.step(&mut values, &portfolio, factor * (bound - covered)) {
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
        let mut least = 1.0;
        if rules.is_count() {
            let mut cover = super::cover::Cover::new(pool, index);
            chosen.iter().for_each(|&candidate| cover.add(candidate));
            least = MATTERS * f64::from(cover.gains().iter().copied().max().unwrap_or(0));
        }
        let mut local = vec![NONE; candidates];
        let (mut who, mut rest) = (Vec::new(), 0.0f64);
        let is_chosen: std::collections::BTreeSet<u32> = chosen.iter().copied().collect();
        for candidate in (0..candidates as u32).filter(|&candidate| rules.allows(candidate)) {
            let degree = f64::from(index.degree(candidate));
            if degree >= least.max(1.0) || is_chosen.contains(&candidate) {
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
        let value = |pattern| match self.patterns.times(pattern, &flags) {
            0 => 1.0,
            1 => COVERED_ONCE,
            _ => 0.0,
        };
        (0..self.patterns.len()).map(value).collect()
    }

    fn covered(&self, chosen: &[u32]) -> f64 {
        let flags = self.flags(chosen);
        (0..self.patterns.len())
            .filter(|&pattern| self.patterns.times(pattern, &flags) > 0)
            .map(|pattern| self.patterns.weights[pattern])
            .sum()
    }

    /// The bound that the values give, and the portfolio that attains its linear part.
    fn bound(&self, values: &[f64]) -> (f64, Vec<bool>) {
        let mut gains = vec![0.0; self.who.len()];
        let mut spared = 0.0;
        for (pattern, &value) in values.iter().enumerate() {
            let weight = self.patterns.weights[pattern];
            spared += weight * (1.0 - value);
            let worth = weight * value;
            if worth > 0.0 {
                self.patterns.of(pattern).iter().for_each(|&place| gains[place as usize] += worth);
            }
        }
        let (linear, portfolio) = self.rules.relaxed(&self.who, &gains, self.rest);
        (spared + linear, portfolio)
    }

    /// Moves the values against the subgradient; `excess` is by how much the bound should fall. Whether there was anywhere
    /// to go.
    fn step(&self, values: &mut [f64], portfolio: &[bool], excess: f64) -> bool {
        let slope = |pattern: usize, value: f64| {
            let slope = 1.0 - f64::from(self.patterns.times(pattern, portfolio));
            let stuck = (slope > 0.0 && value >= 1.0) || (slope < 0.0 && value <= 0.0);
            if stuck { 0.0 } else { slope }
        };
        let norm: f64 = (values.iter().enumerate())
            .map(|(pattern, &value)| self.patterns.weights[pattern] * slope(pattern, value) * slope(pattern, value))
            .sum();
        if norm <= 0.0 || excess <= 0.0 {
            return false;
        }
        let step = excess / norm;
        for (pattern, value) in values.iter_mut().enumerate() {
            *value = (*value + step * slope(pattern, *value)).clamp(0.0, 1.0);
        }
        true
    }
}

/// Sets with equal members among the candidates that matter, counted together.
struct Patterns {
    ends: Vec<u32>,
    members: Vec<u32>,
    weights: Vec<f64>,
}

impl Patterns {
    /// `local`: by candidate the place among those that matter, or [`NONE`].
    fn new(pool: &Pool, local: &[u32]) -> Self {
        let hasher = foldhash::fast::FixedState::with_seed(0);
        let hash = |pattern: &[u32]| {
            let mut state = hasher.build_hasher();
            pattern.iter().for_each(|&member| state.write_u32(member));
            state.finish()
        };
        let mut table: hashbrown::HashTable<u32> = hashbrown::HashTable::new();
        let mut found = Patterns { ends: Vec::new(), members: Vec::new(), weights: Vec::new() };
        let mut pattern: Vec<u32> = Vec::new();
        for set in 0..pool.len() {
            pattern.clear();
            pattern.extend(pool.set(set).iter().map(|&member| local[member as usize]).filter(|&place| place != NONE));
            if pattern.is_empty() {
                continue;
            }
            pattern.sort_unstable();
            let key = hash(&pattern);
            if let Some(&place) = table.find(key, |&place| found.of(place as usize) == pattern) {
                found.weights[place as usize] += 1.0;
                continue;
            }
            let place = found.ends.len() as u32;
            found.members.extend_from_slice(&pattern);
            found.ends.push(found.members.len() as u32);
            found.weights.push(1.0);
            table.insert_unique(key, place, |&place| hash(found.of(place as usize)));
        }
        found
    }

    fn len(&self) -> usize {
        self.weights.len()
    }

    #[inline]
    fn of(&self, pattern: usize) -> &[u32] {
        let from = if pattern == 0 { 0 } else { self.ends[pattern - 1] };
        &self.members[from as usize..self.ends[pattern] as usize]
    }

    /// How many of those flagged are in it.
    #[inline]
    fn times(&self, pattern: usize, flags: &[bool]) -> u32 {
        self.of(pattern).iter().map(|&member| u32::from(flags[member as usize])).sum()
    }
}
