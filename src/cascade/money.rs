//! What a joint post costs for what it brings: per thousand exposures, person, engagement, acquisition.

use serde::{Deserialize, Serialize};

use super::next::{DrawnPost, weighted_quantile};
use super::prior::{Priors, within};
use crate::base::seed::{Key, Stream};
use crate::base::stats::Interval;
use crate::base::{Error, Result};

/// What the next joint post costs for what it brings.
///
/// `CPM = 1000 cost / impressions`, `CPR = cost / people reached`, `CPE = cost / (engagement · impressions)`,
/// `CPA = cost / (acquisition · people reached)`: in each post drawn, then quantiles; never a ratio of means. Engagements for
/// an exposure and acquisitions for a person are drawn from their ranges ([`Priors`]), once a draw of the parameters.
///
/// **Input**: posts as [`super::ReachEstimate::posts`] has them, the priors, the seed. **Returns**: medians with 95% intervals,
/// in the currency of the cost; an end is infinite where as many posts reach nobody. **Errors**: a cost that is not above 0; not
/// estimable without posts, or where half of them reach nobody. **Cost**: a sort of the posts for each figure.
/// **Determinism**: of the posts and the seed alone.
///
/// ```
/// use truereach::cascade::{DrawnPost, Money, Priors};
/// let post = |reach| DrawnPost { weight: 0.5, reach, impressions: 2.0 * reach, ..Default::default() };
/// let found = Money { cost: 100.0 }.of(&[post(50.0), post(20.0)], &Priors::default(), 1).unwrap();
/// assert_eq!((found.cpm.value, found.cpr.value, found.cpr.interval.high), (1000.0, 2.0, 5.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Money {
    /// What all creators together ask for the post.
    pub cost: f64,
}

/// A cost for one of something.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CostPer {
    /// The median over posts.
    pub value: f64,
    /// The 95% interval over posts.
    pub interval: Interval,
}

/// What [`Money`] finds, in the currency of the cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MoneyFigures {
    /// The cost.
    pub cost: f64,
    /// For a thousand exposures, repeats counted.
    pub cpm: CostPer,
    /// For a person reached, each once; by weight, as reach is.
    pub cpr: CostPer,
    /// For an engagement; `None` where none are assumed.
    pub cpe: Option<CostPer>,
    /// For an acquisition; `None` where none are assumed.
    pub cpa: Option<CostPer>,
}

/// The item of the key of a draw; 0 to 4 are of the parameters and the content.
const RATES: u64 = 5;

impl Money {
    /// Refuses a cost that is none.
    pub fn check(&self) -> Result<()> {
        match self.cost > 0.0 && self.cost.is_finite() {
            true => Ok(()),
            false => Err(Error::parameter("--cost", format!("{} is not an amount of money above 0", self.cost))
                .with_hint("what all creators together ask for one joint post")),
        }
    }

    /// The figures.
    pub fn of(&self, posts: &[DrawnPost], priors: &Priors, seed: u64) -> Result<MoneyFigures> {
        self.check()?;
        priors.check()?;
        let rates = |post: &DrawnPost| {
            let key = Key::new(seed, Stream::Parameters, u64::from(post.draw)).of(RATES);
            let engagement = within(priors.engagement_low, priors.engagement, priors.engagement_high, key.unit(0));
            let acquisition = within(priors.acquisition_low, priors.acquisition, priors.acquisition_high, key.unit(1));
            (engagement, acquisition)
        };
        let per = |brings: &dyn Fn(&DrawnPost) -> f64| self.per(posts, brings);
        let (Some(cpm), Some(cpr)) = (per(&|post| post.impressions / 1000.0), per(&|post| post.reach)) else {
            return Err(Error::NotEstimable {
                figure: "What a post costs for what it brings".into(),
                needs: "next posts of which more than half reach somebody".into(),
            });
        };
        Ok(MoneyFigures {
            cost: self.cost,
            cpm,
            cpr,
            cpe: per(&|post| rates(post).0 * post.impressions),
            cpa: per(&|post| rates(post).1 * post.reach),
        })
    }

    /// The cost for one of what posts bring; `None` where half of them bring nothing.
    fn per(&self, posts: &[DrawnPost], brings: &dyn Fn(&DrawnPost) -> f64) -> Option<CostPer> {
        let price = |post: &DrawnPost| {
            let brought = brings(post);
            if brought > 0.0 { self.cost / brought } else { f64::INFINITY }
        };
        let mut prices: Vec<(f64, f64)> = posts.iter().map(|post| (price(post), post.weight)).collect();
        prices.sort_by(|a, b| a.0.total_cmp(&b.0));
        let value = weighted_quantile(&prices, 0.5);
        let interval = Interval { low: weighted_quantile(&prices, 0.025), high: weighted_quantile(&prices, 0.975) };
        value.is_finite().then_some(CostPer { value, interval })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posts(reaches: &[f64]) -> Vec<DrawnPost> {
        let weight = 1.0 / reaches.len() as f64;
        let post =
            |(draw, &reach): (usize, &f64)| DrawnPost { draw: draw as u32, weight, reach, impressions: 3.0 * reach };
        reaches.iter().enumerate().map(post).collect()
    }

    #[test]
    fn figures_by_hand() {
        let fixed = Priors {
            engagement: 0.02,
            engagement_low: 0.02,
            engagement_high: 0.02,
            acquisition: 0.0,
            acquisition_low: 0.0,
            acquisition_high: 0.0,
            ..Priors::default()
        };
        let found = Money { cost: 600.0 }.of(&posts(&[10.0, 20.0, 40.0]), &fixed, 3).unwrap();
        let near = |found: CostPer, value: f64, low: f64, high: f64| {
            let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
            close(found.value, value) && close(found.interval.low, low) && close(found.interval.high, high)
        };
        assert!(near(found.cpr, 30.0, 15.0, 60.0), "{found:?}");
        assert!(near(found.cpm, 10_000.0, 5000.0, 20_000.0), "{found:?}");
        assert!(near(found.cpe.unwrap(), 500.0, 250.0, 1000.0), "{found:?}");
        assert_eq!(found.cpa, None);
    }

    /// Posts that reach 1 or 1,000 people: the mean of the ratio is not the ratio of the means.
    #[test]
    fn it_is_no_ratio_of_means() {
        let found = Money { cost: 1000.0 }.of(&posts(&[1.0, 1.0, 1000.0]), &Priors::default(), 3).unwrap();
        assert_eq!(found.cpr.value, 1000.0);
        // 1,000 / 334 would be 3.
        assert_eq!(found.cpr.interval, Interval { low: 1.0, high: 1000.0 });
    }

    #[test]
    fn nonsense_is_refused_and_nobody_is_not_estimable() {
        for cost in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Money { cost }.of(&posts(&[1.0]), &Priors::default(), 1).unwrap_err().to_string();
            assert!(error.contains("not an amount of money"), "{error}");
        }
        for nobody in [&[][..], &[0.0, 0.0, 5.0]] {
            let error = Money { cost: 1.0 }.of(&posts(nobody), &Priors::default(), 1).unwrap_err();
            assert!(matches!(error, Error::NotEstimable { .. }), "{error}");
        }
        // Some who reach nobody: the upper end is without limit.
        let found = Money { cost: 1.0 }.of(&posts(&[0.0, 2.0, 5.0]), &Priors::default(), 1).unwrap();
        assert_eq!((found.cpr.value, found.cpr.interval.high), (0.5, f64::INFINITY));
    }

    #[test]
    fn rates_are_drawn_once_a_draw() {
        let same = vec![DrawnPost { weight: 1.0 / 400.0, reach: 100.0, impressions: 100.0, draw: 0 }; 400];
        let found = Money { cost: 1.0 }.of(&same, &Priors::default(), 5).unwrap().cpe.unwrap();
        assert_eq!(found.interval.low, found.interval.high);
        let drawn: Vec<DrawnPost> = (0..400).map(|draw| DrawnPost { draw, ..same[0] }).collect();
        let found = Money { cost: 1.0 }.of(&drawn, &Priors::default(), 5).unwrap().cpe.unwrap();
        // 1 / (100 · 0.01…0.06), the middle at 0.03; the ends of the inner 95%.
        assert!(
            (found.value / (1.0 / 3.0) - 1.0).abs() < 0.1 && found.interval.high < 1.0 && found.interval.high > 0.85
        );
        assert!(found.interval.low > 1.0 / 6.0 && found.interval.low < 0.2, "{found:?}");
    }
}
