//! How many people follow at least one creator of a portfolio.

use super::FEWEST;
use super::bounds::{largest, least};
use super::incidence::{Incidence, Matches};
use super::lists::Portfolio;
use super::pairs::{NEEDS, Pairs};
use super::strata::Strata;
use crate::base::stats::{ExactSum, Interval};
use crate::base::{Figure, Result, Run, Status};

/// Everything that was counted once, for all unions of a portfolio.
pub struct Counted<'a> {
    /// The portfolio.
    pub portfolio: &'a Portfolio<'a>,
    /// Listed people whom each two creators share.
    pub matches: Matches,
    /// The people there are, where it is known.
    pub population: Option<f64>,
}

impl<'a> Counted<'a> {
    /// Counts what the lists show.
    pub fn new(portfolio: &'a Portfolio<'a>, population: Option<f64>, run: &Run) -> Result<Self> {
        let places: Vec<usize> = (0..portfolio.len()).collect();
        let matches = Incidence::new(portfolio, &places, run)?.matches(run)?;
        Ok(Counted { portfolio, matches, population })
    }

    /// The pairs.
    pub fn pairs(&self) -> Pairs<'_> {
        Pairs::new(self.portfolio, &self.matches, self.population)
    }

    /// The union of some creators of a portfolio, at error probability `alpha`.
    ///
    /// **Returns**: measured where all lists are full; estimated from random lists and lookups; else limits that hold with
    /// the stated probability. An observed union of cut lists is only ever a lower limit.
    pub fn union(&self, places: &[usize], alpha: f64, run: &Run) -> Result<Figure> {
        let portfolio = self.portfolio;
        let unknown: Vec<usize> =
            places.iter().copied().filter(|&at| portfolio.creators[at].size().is_none()).collect();
        if !unknown.is_empty() {
            let names = portfolio.named(&unknown);
            return Ok(Figure::not_estimable(format!(
                "needs the number of followers of {names} (followers_claimed), or full lists"
            )));
        }
        let mut platforms: Vec<usize> = places.iter().map(|&place| portfolio.creators[place].platform).collect();
        platforms.sort_unstable();
        platforms.dedup();
        match platforms.len() > 1 && !portfolio.joined {
            true => self.across(places, &platforms, alpha, run),
            false => self.together(places, alpha, run),
        }
    }

    fn sizes(&self, places: &[usize]) -> Vec<f64> {
        places.iter().map(|&place| self.portfolio.creators[place].size().unwrap_or(0.0)).collect()
    }

    /// The union where people of all lists can be told apart and found again.
    fn together(&self, places: &[usize], alpha: f64, run: &Run) -> Result<Figure> {
        let creators = &self.portfolio.creators;
        let [_, random, dark] = self.by_design(places);
        if let [one] = places
            && !creators[*one].is_full()
        {
            let size = creators[*one].size().unwrap_or(0.0);
            return Ok(Figure::measured(size, "one creator: the followers the platform claims"));
        }
        let lists = Incidence::new(self.portfolio, places, run)?;
        if random.is_empty() && dark.is_empty() {
            return Ok(Figure::measured(lists.union(|_| true) as f64, "all lists are full"));
        }
        let observed = lists.union(|at| creators[places[at]].are_followers()) as f64;
        let sizes = self.sizes(places);
        let all = sizes.iter().copied().collect::<ExactSum>().value();
        let floor = sizes.iter().copied().fold(observed, f64::max);
        let ceiling = self.population.unwrap_or(f64::INFINITY).min(all).max(floor);
        let within = |low: f64, high: f64| {
            let low = low.clamp(floor, ceiling);
            Interval { low, high: high.clamp(low, ceiling) }
        };
        if let [a, b] = places {
            let pair = self.pairs().common(*a, *b);
            if pair.status == Status::Estimated {
                let limits = self.pairs().limits(*a, *b, alpha);
                let common = pair.value.unwrap_or(f64::NAN);
                let interval = within(all - limits.high, all - limits.low);
                return Ok(Figure::estimated(
                    (all - common).clamp(interval.low, interval.high),
                    interval,
                    pair.because,
                ));
            }
        }
        match dark.is_empty() {
            true => self.of_fair(places, &lists, alpha, within, run),
            false => self.with_dark(places, alpha, within, run),
        }
    }

    /// Full and random lists: the full ones are counted, what the random ones add is estimated or limited.
    fn of_fair(
        &self,
        places: &[usize],
        lists: &Incidence,
        alpha: f64,
        within: impl Fn(f64, f64) -> Interval,
        run: &Run,
    ) -> Result<Figure> {
        let [full, random, _] = self.by_design(places);
        let counted = lists.union(|at| self.portfolio.creators[places[at]].is_full()) as f64;
        let strata = Strata::new(self.portfolio, full, random.clone());
        if strata.carries() {
            let (value, added) = strata.estimate(alpha);
            let interval = within(counted + added.low, counted + added.high);
            let how = how(&strata);
            return Ok(match strata.is_complete() {
                true => Figure::estimated((counted + value).clamp(interval.low, interval.high), interval, how),
                false => Figure::bounded(
                    interval,
                    format!(
                        "{how}; of some creators fewer than {FEWEST}, or not for every other creator: looking up the \
                         rest would give an estimate"
                    ),
                ),
            });
        }
        let pairs = self.pair_limits(places, alpha / 2.0);
        let sampled = self.beyond(places, counted, alpha / 2.0, run)?;
        Ok(Figure::bounded(
            within(pairs.low.max(sampled.low), pairs.high.min(sampled.high)),
            format!(
                "random lists alone, from what each two share: an estimate needs followers of {} looked up",
                self.portfolio.named(&random)
            ),
        ))
    }

    /// Some lists stand for nobody but those on them. With one such creator its size is known, and followers of the
    /// others looked up for it say what they add. Else limits, from all there is, the error probability in three parts.
    fn with_dark(
        &self,
        places: &[usize],
        alpha: f64,
        within: impl Fn(f64, f64) -> Interval,
        run: &Run,
    ) -> Result<Figure> {
        let [full, random, dark] = self.by_design(places);
        let mut fair = [full, random].concat();
        fair.sort_unstable();
        let base = self.pair_limits(&dark, alpha);
        let strata = Strata::new(self.portfolio, dark.clone(), fair.clone());
        let carries = !fair.is_empty() && strata.carries();
        if carries && base.low == base.high && strata.is_complete() {
            let (value, added) = strata.estimate(alpha);
            let interval = within(base.low + added.low, base.high + added.high);
            let value = (base.low + value).clamp(interval.low, interval.high);
            return Ok(Figure::estimated(value, interval, how(&strata)));
        }
        let mut limits = self.pair_limits(places, alpha / 3.0);
        let mut narrow = |low: f64, high: f64| {
            limits = Interval { low: limits.low.max(low), high: limits.high.min(high) };
        };
        if carries {
            let added = strata.estimate(alpha / 3.0).1;
            narrow(base.low + added.low, base.high + added.high);
        }
        if !fair.is_empty()
            && let Some(rest) = self.together(&fair, alpha / 3.0, run)?.interval
        {
            narrow(rest.low, rest.high + base.high);
        }
        let because =
            format!("the list of {} stands for nobody else: an estimate needs {NEEDS}", self.portfolio.named(&dark));
        Ok(Figure::bounded(within(limits.low, limits.high), because))
    }

    /// Creators with full lists, with random ones, and all others.
    pub fn by_design(&self, places: &[usize]) -> [Vec<usize>; 3] {
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        for &place in places {
            let creator = &self.portfolio.creators[place];
            let part = if creator.is_full() { 0 } else { 2 - usize::from(creator.is_fair()) };
            parts[part].push(place);
        }
        parts
    }

    /// Limits of a union from sizes and pairs; each of the P pairs has its part of the error probability, half of it for
    /// its upper limit (which the lower limit of the union uses) and half for its lower one.
    fn pair_limits(&self, places: &[usize], alpha: f64) -> Interval {
        let sizes = self.sizes(places);
        let count = places.len() * places.len().saturating_sub(1) / 2;
        let pairs = self.pairs();
        let mut limits = vec![Interval::point(0.0); places.len() * places.len()];
        for i in 0..places.len() {
            for j in 0..i {
                let found = pairs.limits(places[i], places[j], alpha / count as f64);
                (limits[i * places.len() + j], limits[j * places.len() + i]) = (found, found);
            }
        }
        let at = |i: usize, j: usize| limits[i * places.len() + j];
        Interval { low: least(&sizes, |i, j| at(i, j).high), high: largest(&sizes, |i, j| at(i, j).low) }
    }

    /// Limits of a union from the full lists and what each random list alone adds to them.
    fn beyond(&self, places: &[usize], full_union: f64, alpha: f64, run: &Run) -> Result<Interval> {
        let [full, random, _] = self.by_design(places);
        run.step(0)?;
        let mut limits = Interval::point(full_union);
        if full.is_empty() {
            return Ok(Interval { low: 0.0, high: f64::INFINITY });
        }
        for &place in &random {
            let part = alpha / random.len() as f64;
            let strata = Strata::new(self.portfolio, full.clone(), vec![place]);
            let adds = match strata.carries() {
                true => strata.estimate(part).1,
                false => Interval { low: 0.0, high: strata.strata[0].size },
            };
            limits = Interval { low: limits.low.max(full_union + adds.low), high: limits.high + adds.high.max(0.0) };
        }
        Ok(limits)
    }

    /// The union over platforms whose audiences are not linked: from full overlap to none. Full lists of partly linked
    /// people overlap at least where they are linked, and differ at least there too.
    fn across(&self, places: &[usize], platforms: &[usize], alpha: f64, run: &Run) -> Result<Figure> {
        let creators = &self.portfolio.creators;
        let names: Vec<&str> =
            platforms.iter().map(|&at| self.portfolio.platforms[at].as_deref().unwrap_or("no platform")).collect();
        let because = format!(
            "from full overlap of {} to none: nobody says which accounts are one person (attribute person)",
            names.join(", ")
        );
        let (mut least, mut most) = (0.0f64, 0.0f64);
        for &platform in platforms {
            let here: Vec<usize> = places.iter().copied().filter(|&at| creators[at].platform == platform).collect();
            let union = self.together(&here, alpha / platforms.len() as f64, run)?;
            let Some(interval) = union.interval else { return Ok(union) };
            least = least.max(interval.low);
            most += interval.high;
        }
        if places.iter().all(|&place| creators[place].is_full()) {
            // Each linked person counts once; those without a link may all be one another, or nobody else.
            let lists = Incidence::new(self.portfolio, places, run)?;
            let mut without = vec![0u64; self.portfolio.platforms.len()];
            let mut linked = 0;
            for row in lists.people() {
                match self.portfolio.is_linked((row[0] >> 32) as u32) {
                    true => linked += 1,
                    false => without[creators[places[row[0] as u32 as usize]].platform] += 1,
                }
            }
            let largest = without.iter().copied().max().unwrap_or(0);
            least = least.max((linked + largest) as f64);
            most = most.min((linked + without.iter().sum::<u64>()) as f64);
        }
        Ok(Figure::bounded(Interval { low: least, high: most }, because))
    }

    /// The summed audiences of a portfolio, repeats counted.
    pub fn summed(&self, places: &[usize]) -> Figure {
        let creators = &self.portfolio.creators;
        let unknown: Vec<usize> = places.iter().copied().filter(|&place| creators[place].size().is_none()).collect();
        if !unknown.is_empty() {
            let names = self.portfolio.named(&unknown);
            return Figure::not_estimable(format!("needs the number of followers of {names} (followers_claimed)"));
        }
        let sum = self.sizes(places).into_iter().collect::<ExactSum>().value();
        Figure::measured(sum, "followers, repeats counted: of full lists those listed, of others those claimed")
    }
}

/// The share of the summed audiences that is repeats: `1 − U / sum N_i`.
pub fn duplication(union: &Figure, summed: &Figure) -> Figure {
    match (summed.value, union.is_given()) {
        (Some(0.0), _) => Figure::not_estimable("needs a creator with followers"),
        (Some(sum), true) => super::pairs::against(union, |union| (1.0 - union / sum).max(0.0)),
        (Some(_), false) => union.clone(),
        (None, _) => summed.clone(),
    }
}

fn how(strata: &Strata) -> String {
    match strata.looked_up() {
        0 => "a random list against full ones".into(),
        looked => format!("{looked} followers looked up, drawn at random from their lists"),
    }
}
