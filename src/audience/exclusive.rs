//! How many of a creator's followers follow no other creator of the portfolio.

use super::FEWEST;
use super::thinning::Thinning;
use super::union::Counted;
use crate::base::Figure;
use crate::base::stats::{ExactSum, Interval};

impl Counted<'_> {
    /// The followers of `place` who follow none of the others, at error probability `alpha`.
    ///
    /// **Returns**: measured between full lists; where followers from a full or random list are known to follow others or
    /// not, `N · share` with an exact interval; else limits from what the creator shares with each other one:
    /// `N − sum_j |A∩A_j| <= exclusive <= N − max_j |A∩A_j|`.
    pub fn exclusive(&self, place: usize, places: &[usize], alpha: f64) -> Figure {
        let portfolio = self.portfolio;
        let creator = &portfolio.creators[place];
        let others: Vec<usize> = places.iter().copied().filter(|&other| other != place).collect();
        let unknown: Vec<usize> =
            places.iter().copied().filter(|&at| portfolio.creators[at].size().is_none()).collect();
        let Some(size) = creator.size().filter(|_| unknown.is_empty()) else {
            let names = portfolio.named(&unknown);
            return Figure::not_estimable(format!("needs the number of followers of {names} (followers_claimed)"));
        };
        if others.is_empty() {
            return Figure::measured(size, "one creator: all followers");
        }
        let one_platform =
            portfolio.joined || others.iter().all(|&at| portfolio.creators[at].platform == creator.platform);
        if !one_platform {
            let limits = self.exclusive_limits(place, &others, size, alpha);
            return Figure::bounded(
                limits,
                "followers on other platforms may be the same people: needs links by person",
            );
        }
        let (cut, full): (Vec<usize>, Vec<usize>) = others.iter().partition(|&&at| !portfolio.creators[at].is_full());
        let outside = |person: u32| full.iter().all(|&other| portfolio.follows(person, other) == Some(false));
        if cut.is_empty() && creator.is_fair() {
            let alone = creator.people.iter().filter(|&&person| outside(person)).count() as u64;
            if creator.is_full() {
                return Figure::measured(alone as f64, "all lists are full");
            }
            let how = "a random list against full ones";
            return share(size, creator.list.listed, [alone; 2], alpha, how.into());
        }
        // Of a full list, only who is on no other full list is in question.
        let all = match creator.is_full() {
            true => creator.people.iter().filter(|&&person| outside(person)).count() as f64,
            false => size,
        };
        let mut looked = portfolio.looked_up(place, &cut);
        if creator.is_full() {
            looked.retain(|&person| outside(person));
        }
        let counts = |sure: bool| {
            let alone = |person: u32| {
                others.iter().all(|&at| match portfolio.follows(person, at) {
                    Some(follows) => !follows,
                    None => !sure,
                })
            };
            looked.iter().filter(|&&person| alone(person)).count() as u64
        };
        let drawn = looked.len() as u64;
        if drawn >= FEWEST || (drawn > 0 && drawn as f64 >= all) {
            return share(all, drawn, [counts(true), counts(false)], alpha, format!("{drawn} followers looked up"));
        }
        let limits = self.exclusive_limits(place, &others, size, alpha);
        let names = portfolio.named(&cut);
        let because = match creator.is_fair() {
            true => format!("from what each two share: an estimate needs {FEWEST} followers looked up for {names}"),
            false => "the list is cut: an estimate needs a full or random list, and followers of it looked up".into(),
        };
        Figure::bounded(limits, because)
    }

    fn exclusive_limits(&self, place: usize, others: &[usize], size: f64, alpha: f64) -> Interval {
        let pairs = self.pairs();
        let part = alpha / others.len() as f64;
        let shared: Vec<Interval> = others.iter().map(|&other| pairs.limits(place, other, part)).collect();
        let sum = shared.iter().map(|pair| pair.high).collect::<ExactSum>().value();
        let most = shared.iter().map(|pair| pair.low).fold(0.0, f64::max);
        Interval { low: (size - sum).max(0.0), high: (size - most).max(0.0) }
    }
}

/// A part of an audience of `all` from a sample: of `drawn`, between `hits[0]` and `hits[1]` are in it.
fn share(all: f64, drawn: u64, hits: [u64; 2], alpha: f64, how: String) -> Figure {
    if drawn < FEWEST && (drawn as f64) < all {
        let limits = Interval { low: hits[0] as f64, high: all - (drawn - hits[1]) as f64 };
        return Figure::bounded(limits, format!("{how}: {drawn} are too few, {FEWEST} are needed"));
    }
    let thinning = Thinning::one(all, drawn as f64);
    let certain = |hits: u64| Interval { low: hits as f64, high: (all - (drawn - hits) as f64).max(hits as f64) };
    let limits = |hits: u64| thinning.limits(hits, certain(hits), alpha);
    if hits[0] == hits[1] {
        return Figure::estimated(thinning.estimate(hits[0], certain(hits[0])), limits(hits[0]), how);
    }
    let range = Interval { low: limits(hits[0]).low, high: limits(hits[1]).high };
    Figure::bounded(range, format!("{how}, not all of them for all other creators"))
}
