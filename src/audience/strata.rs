//! The union from samples whose members are known to follow or not to follow each of the others: Karp & Luby's estimator
//! with the creators as strata.

use super::FEWEST;
use super::lists::Portfolio;
use super::moments::Moments;
use crate::base::stats::{ExactSum, Interval};

/// A union taken apart: `U = |union of apart| + sum over strata of N_i E_i[1{u follows none of apart} / m_u]`, where m_u is
/// how many of the strata u follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Strata {
    /// Creators whose union is known without samples, or bounded.
    pub apart: Vec<usize>,
    /// Creators whose followers are sampled.
    pub strata: Vec<Stratum>,
}

/// A creator whose followers are sampled.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// The creator.
    pub place: usize,
    /// Followers.
    pub size: f64,
    /// Of those listed, how many, and how many of them are on no full list of `apart`.
    pub listed: [u64; 2],
    /// Whether `apart` has full lists, so that the second number is only as good as a sample.
    pub meets_full: bool,
    /// What each looked-up follower counts outside `apart`: at least, and at most; they differ where a follow that
    /// matters is not known.
    pub values: Vec<[f64; 2]>,
    /// What a follower counts where nobody needs to be looked up.
    pub certain: Option<f64>,
}

impl Stratum {
    /// Whether enough followers were looked up, and enough are listed.
    pub fn enough(&self) -> bool {
        let listed = self.listed[0] >= FEWEST || self.listed[0] as f64 >= self.size;
        let looked = self.values.len() as u64 >= FEWEST || self.values.len() as f64 >= self.remaining();
        listed && (self.certain.is_some() || looked)
    }

    /// Whether every follow that matters is known.
    pub fn is_known(&self) -> bool {
        self.values.iter().all(|value| value[0] == value[1])
    }

    /// The followers outside `apart`, as estimated.
    pub fn remaining(&self) -> f64 {
        match self.listed[0] {
            0 => self.size,
            all => self.size * self.listed[1] as f64 / all as f64,
        }
    }

    /// The share of the followers who are outside `apart`, as the list shows it; `prior` as in [`Moments::of`].
    pub fn share(&self, prior: f64) -> Moments {
        if !self.meets_full {
            return Moments::known(1.0);
        }
        let [all, outside] = self.listed;
        let hits: Vec<f64> = (0..all).map(|at| f64::from(u8::from(at < outside))).collect();
        Moments::of(&hits, self.size, prior, [0.0, 1.0])
    }

    /// What the stratum adds to the union, its lower or higher version; `prior` as in [`Moments::of`].
    fn adds(&self, version: usize, prior: f64, apart: bool) -> Moments {
        let share = self.share(prior);
        let count = match self.certain {
            Some(count) => Moments::known(count),
            None if self.values.is_empty() => Moments::known(1.0),
            None => self.counts(self.remaining(), version, prior, apart),
        };
        share.by(count).times(self.size)
    }

    /// What a follower outside `apart` counts, its lower or higher version, as those looked up show it of so many; `prior`
    /// as in [`Moments::of`], `apart` whether there is anybody apart.
    pub fn counts(&self, of: f64, version: usize, prior: f64, apart: bool) -> Moments {
        let values: Vec<f64> = self.values.iter().map(|value| value[version]).collect();
        let other = if apart && !self.meets_full { 0.0 } else { self.typical() };
        Moments::of(&values, of, prior, [1.0, other])
    }

    /// What a follower of several counts: the mean of what those found count, 1/2 where none was found.
    fn typical(&self) -> f64 {
        let shared: Vec<f64> = self.values.iter().map(|value| value[1]).filter(|&value| value < 1.0).collect();
        match shared.len() {
            0 => 0.5,
            n => shared.into_iter().collect::<ExactSum>().value() / n as f64,
        }
    }
}

impl Strata {
    /// Takes a portfolio apart. What is known of each sampled follower is looked up here, nothing is computed yet.
    pub fn new(portfolio: &Portfolio, apart: Vec<usize>, sampled: Vec<usize>) -> Self {
        let others: Vec<usize> = apart.iter().chain(&sampled).copied().collect();
        let strata = sampled.iter().map(|&place| Stratum::new(portfolio, place, &apart, &sampled, &others)).collect();
        Strata { apart, strata }
    }

    /// Whether most followers are in strata of which enough is known.
    pub fn carries(&self) -> bool {
        let size = |enough: bool| {
            let sizes = self.strata.iter().filter(|stratum| !enough || stratum.enough()).map(|stratum| stratum.size);
            sizes.collect::<ExactSum>().value()
        };
        size(true) > 0.5 * size(false)
    }

    /// Whether enough is known of all strata, and everything of those looked up.
    pub fn is_complete(&self) -> bool {
        self.strata.iter().all(|stratum| stratum.enough() && stratum.is_known())
    }

    /// The creators for whom followers of a stratum must be looked up: those without a full list, but for itself.
    pub fn met_by<'a>(&'a self, portfolio: &'a Portfolio, place: usize) -> impl Iterator<Item = usize> + 'a {
        let all = self.apart.iter().copied().chain(self.strata.iter().map(|stratum| stratum.place));
        all.filter(move |&other| other != place && !portfolio.creators[other].is_full())
    }

    /// Whether everybody who follows a creator apart is listed.
    pub fn is_apart_listed(&self, portfolio: &Portfolio) -> bool {
        self.apart.iter().all(|&place| portfolio.creators[place].is_full())
    }

    /// Followers looked up.
    pub fn looked_up(&self) -> usize {
        self.strata.iter().map(|stratum| stratum.values.len()).sum()
    }

    /// What the strata add to the union of `apart`: an estimate with its interval at error probability `alpha`. Strata of
    /// which too little is known count with all that they may add.
    pub fn estimate(&self, alpha: f64) -> (f64, Interval) {
        let all = self.strata.iter().map(|stratum| stratum.size).collect::<ExactSum>().value();
        let total = |version: usize| {
            let mut sum = Moments::default();
            for stratum in &self.strata {
                sum = sum.plus(match stratum.enough() {
                    true => stratum.adds(version, stratum.size / all, !self.apart.is_empty()),
                    false => Moments::known(self.limits(stratum)[version]),
                });
            }
            sum
        };
        let (low, high) = (total(0), total(1));
        let interval = Interval { low: low.interval(alpha).low, high: high.interval(alpha).high };
        ((low.mean + high.mean) / 2.0, interval)
    }

    /// What a stratum adds at least and at most.
    fn limits(&self, stratum: &Stratum) -> [f64; 2] {
        let least = if self.apart.is_empty() { stratum.size / self.strata.len() as f64 } else { 0.0 };
        [least, stratum.size]
    }
}

impl Stratum {
    fn new(portfolio: &Portfolio, place: usize, apart: &[usize], sampled: &[usize], others: &[usize]) -> Self {
        let creator = &portfolio.creators[place];
        let size = creator.size().unwrap_or(0.0);
        let cut = |places: &[usize]| -> Vec<usize> {
            places.iter().copied().filter(|&other| other != place && !portfolio.creators[other].is_full()).collect()
        };
        // Full lists need no looking up: who of those listed follows one of them is counted among all listed.
        let full: Vec<usize> = apart.iter().copied().filter(|&other| portfolio.creators[other].is_full()).collect();
        let outside = |person: u32| full.iter().all(|&other| portfolio.follows(person, other) == Some(false));
        let meets_full = !full.is_empty();
        let listed = match meets_full {
            false => [creator.list.listed; 2],
            true => [creator.list.listed, creator.people.iter().filter(|&&person| outside(person)).count() as u64],
        };
        let needed = cut(others);
        if needed.is_empty() && sampled.len() == 1 {
            return Stratum { place, size, listed, meets_full, values: Vec::new(), certain: Some(1.0) };
        }
        let people = portfolio.looked_up(place, &needed);
        let values = people.into_iter().filter(|&person| outside(person)).map(|person| {
            let follows = |other: usize| portfolio.follows(person, other);
            let (mut least, mut most) = (1u32, 1u32);
            for &other in sampled.iter().filter(|&&other| other != place) {
                least += u32::from(follows(other) == Some(true));
                most += u32::from(follows(other) != Some(false));
            }
            let sure = apart.iter().all(|&other| follows(other) == Some(false));
            let out = apart.iter().any(|&other| follows(other) == Some(true));
            [if sure { 1.0 / f64::from(most) } else { 0.0 }, if out { 0.0 } else { 1.0 / f64::from(least) }]
        });
        Stratum { place, size, listed, meets_full, values: values.collect(), certain: None }
    }
}
