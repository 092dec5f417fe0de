//! Whether posts vary as the fitted law says: a law that is wrong far out gives wrong means, whatever its middle.

use super::fit::{Fit, Next};
use super::posts::{Account, Rows};
use super::scores::Drawn;
use super::verdict::Calibration;
use crate::base::seed::{Key, Stream};
use crate::base::stats::{ExactSum, Interval, Z95};
use crate::base::{Result, Run, par};

/// Single posts against what is expected of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    /// Posts that could be compared.
    pub posts: u64,
    /// Their creators.
    pub creators: u64,
    /// Outcome over expected outcome, on average over posts: 1 where the law holds.
    pub over_expected: Drawn,
}

impl Law {
    /// Each creator's posts in two halves, by coins; each half is expected from the other, and never from itself, which
    /// would agree too well. What all creators share (effects, spreads, the line) is that of the fit. `None` where no
    /// creator has posts in both halves.
    pub fn of(rows: &Rows, fit: &Fit, run: &Run) -> Result<Option<Law>> {
        let key = Key::new(0, Stream::Halves, 2);
        let parts = par::map(run, &par::chunks(rows.accounts.len(), 16), |range| {
            Ok(range.map(|at| compare(&rows.accounts[at], fit, key)).collect::<Vec<_>>())
        })?;
        let clusters: Vec<(f64, f64)> = parts.into_iter().flatten().filter(|cluster| cluster.1 > 0.0).collect();
        if clusters.is_empty() {
            return Ok(None);
        }
        let total = |of: &dyn Fn(&(f64, f64)) -> f64| clusters.iter().map(of).collect::<ExactSum>().value();
        let (posts, creators) = (total(&|cluster| cluster.1), clusters.len() as f64);
        let value = total(&|cluster| cluster.0) / posts;
        let squares = total(&|(sum, n)| (sum - value * n) * (sum - value * n));
        let error = libm::sqrt(squares * creators / (creators - 1.0).max(1.0)) / posts;
        let interval = Interval { low: value - Z95 * error, high: value + Z95 * error };
        let (posts, creators) = (posts as u64, clusters.len() as u64);
        Ok(Some(Law { posts, creators, over_expected: Drawn { value, interval } }))
    }

    /// Whether the posts contradict it, by the rule of the back-test.
    pub fn is_contradicted(&self) -> bool {
        Calibration::judges(self.posts, self.creators) && Calibration::is_off(&self.over_expected)
    }

    /// In words: by how much the posts are off.
    pub fn words(&self) -> String {
        let Drawn { value, interval } = self.over_expected;
        format!("{value:.2} times what it expects ({:.2}–{:.2})", interval.low, interval.high)
    }
}

/// The sum of outcome over expected outcome, and of how many posts.
fn compare(account: &Account, fit: &Fit, key: Key) -> (f64, f64) {
    // Of a creator's posts, by their place and outcome: names and the order of rows change nothing.
    let side = |at: usize, count: f64| key.of(count.to_bits()).word(at as u64) >> 63 == 1;
    let (mut sum, mut posts) = (ExactSum::default(), 0.0);
    for half in [false, true] {
        let mut known = account.clone();
        let mut at = 0;
        known.posts.retain(|past| {
            at += 1;
            past.average || side(at - 1, past.count) == half
        });
        let others = account.posts.iter().enumerate();
        let others: Vec<_> =
            others.filter(|(at, past)| !past.average && side(*at, past.count) != half).map(|(_, past)| past).collect();
        if others.is_empty() || known.posts.is_empty() {
            continue;
        }
        let own = fit.own(&known);
        let mut expected: Vec<(Next, f64)> = Vec::new();
        for past in others {
            let next = Next { format: past.format, sponsored: past.sponsored };
            let found = expected.iter().find(|(other, _)| *other == next).map(|(_, mean)| *mean);
            let mean = found.unwrap_or_else(|| {
                let mean = own.expected(next);
                expected.push((next, mean));
                mean
            });
            sum.add(past.count / mean.max(f64::MIN_POSITIVE));
            posts += 1.0;
        }
    }
    (sum.value(), posts)
}

#[cfg(test)]
mod tests {
    use super::super::posts::Measure;
    use super::super::ratio::PeoplePerView;
    use super::super::spread;
    use super::*;
    use crate::base::Status;
    use crate::graph::attributes::known;
    use crate::graph::{Column, Network, Values, build};
    use crate::learn::{NextPost, example};

    /// 60 creators with 8 posts each, `y = level · of(draw)`; draws are uniform.
    fn posts(of: impl Fn(f64, f64) -> f64) -> Network {
        let key = Key::new(5, Stream::Sample, 1);
        let mut rows = Vec::new();
        for creator in 0..60u32 {
            for post in 0..8u64 {
                let coins = key.of(u64::from(creator));
                let level = 500.0 * f64::from(1 + creator % 10);
                rows.push((creator, libm::round(level * of(coins.unit(2 * post), coins.unit(2 * post + 1)))));
            }
        }
        let mut network = Network::from_graph(build::graph(60, &[]));
        let followers = (0..60).map(|creator| 3e3 * f64::from(1 + creator % 10)).collect::<Vec<f64>>();
        let column = Column { name: known::FOLLOWERS.into(), values: Values::Number(followers.into()) };
        network.attributes.columns.push(column);
        network.tables.posts = example::posts(&rows);
        network
    }

    fn law(network: &Network) -> Law {
        let rows = Rows::of(network, Measure::People, &PeoplePerView::default()).unwrap();
        let likelihood = spread::likelihood();
        let fit = Fit::learn(&rows, &network.tiers, &likelihood, &Run::new(1)).unwrap();
        Law::of(&rows, &fit, &Run::new(1)).unwrap().unwrap()
    }

    #[test]
    fn a_law_that_holds_is_not_doubted_and_one_that_does_not_is() {
        let normal = |p: f64| crate::base::stats::normal_quantile(p.clamp(1e-9, 1.0 - 1e-9));
        let usual = posts(|a, _| libm::exp(0.6 * normal(a)));
        let found = law(&usual);
        assert!(!found.is_contradicted(), "{found:?}");
        // Most posts die young and alike, one in six goes 30 times as far: no log-normal law.
        let feed = posts(|a, b| if b < 1.0 / 6.0 { 30.0 } else { 1.0 } * libm::exp(0.1 * normal(a)));
        let found = law(&feed);
        assert!(found.is_contradicted() && found.over_expected.value > 1.1, "{found:?}");

        let said = NextPost::default().run(&usual, &Run::new(1)).unwrap();
        assert!(said.creators.iter().all(|creator| creator.ordinary.expected.status == Status::Estimated));
        assert!(said.assumptions.iter().any(|text| text.contains("log-normally")) && said.notes.is_empty());
        let said = NextPost::default().run(&feed, &Run::new(1)).unwrap();
        let expected = &said.creators[3].ordinary.expected;
        assert_eq!(expected.status, Status::Assumed);
        assert!(expected.because.contains("past posts came to"), "{}", expected.because);
        assert!(said.notes.iter().any(|note| note.contains("do not vary as the model says")), "{:?}", said.notes);
    }
}
