//! How many creators of each tier a market has, and how many followers each of them.

use serde::{Deserialize, Serialize};

use super::super::draw::Draw;
use crate::base::seed::{Key, Stream};
use crate::base::{Error, Result};
use crate::graph::network::{Tier, Tiers};

/// A creator economy that a market copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Calibration {
    /// Viet Nam: 76.2M people, 1,132 creators over 1M followers, 32,000 under 100k.
    #[default]
    Vietnam,
}

/// The tiers that creators have, smallest first.
pub const CREATOR_TIERS: [Tier; 4] = [Tier::Nano, Tier::Micro, Tier::Macro, Tier::Mega];

/// No creator has more of the people than this.
pub const LARGEST_SHARE: f64 = 0.4;

/// Below this scale the tiers' thresholds shrink no further: nano would have no whole number of followers.
const SMALLEST_SCALE: f64 = 2e-4;

impl Calibration {
    /// People at full scale.
    pub fn people(self) -> f64 {
        76.2e6
    }

    /// The exponent of the share of creators above a follower count, inside the tiers and over them.
    pub fn exponent(self) -> f64 {
        1.1
    }

    /// Creators at full scale by tier, smallest first. The source gives 1,132 above a million and 32,000 under 100k
    /// (a registered sample, split 24,000 and 8,000 by assumption); 100k to 1M follows from the exponent.
    pub fn creators(self) -> [f64; 4] {
        let mega = 1132.0;
        [24_000.0, 8_000.0, mega * (libm::pow(10.0, self.exponent()) - 1.0), mega]
    }

    /// Follows per person at full scale that these creators imply.
    pub fn follows_per_person(self) -> f64 {
        let begins = [1e3, 1e4, 1e5, 1e6, LARGEST_SHARE * self.people()];
        let sums = self.creators().into_iter().enumerate();
        sums.map(|(tier, count)| count * pareto_mean(self.exponent(), begins[tier], begins[tier + 1])).sum::<f64>()
            / self.people()
    }
}

/// The mean of a Pareto distribution between two ends.
fn pareto_mean(exponent: f64, low: f64, high: f64) -> f64 {
    let cut = libm::pow(low / high, exponent);
    exponent / (exponent - 1.0) * low * (1.0 - libm::pow(low / high, exponent - 1.0)) / (1.0 - cut)
}

/// A calibration at the scale of a market.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// The scale of the thresholds, 1 for the whole country.
    pub scale: f64,
    /// Whether the thresholds are larger than the scale says, because the market is small.
    pub held: bool,
    /// Creators by tier, smallest first.
    pub counts: [u32; 4],
    /// Where the tiers begin.
    pub tiers: Tiers,
    /// The largest follower count.
    pub cap: u32,
    /// The exponent.
    pub exponent: f64,
}

impl Scaled {
    /// The calibration for so many people; `creators_scale` replaces the square root of the scale.
    pub fn new(calibration: Calibration, people: u64, creators_scale: Option<f64>) -> Result<Scaled> {
        let exact = people as f64 / calibration.people();
        let scale = exact.max(SMALLEST_SCALE);
        let factor = creators_scale.unwrap_or_else(|| libm::sqrt(exact));
        let counts = calibration.creators().map(|full| libm::round(full * factor) as u32);
        let creators: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        if creators >= people {
            return Err(Error::parameter("--creators-scale", format!("{creators} creators among {people} people"))
                .with_hint("lower --creators-scale, or raise --people"));
        }
        if let Some(empty) = counts.iter().position(|&count| count == 0) {
            let name = CREATOR_TIERS[empty].name();
            return Err(Error::parameter("--creators-scale", format!("{factor} leaves no {name} creator"))
                .with_hint("raise --creators-scale, or --people"));
        }
        let tiers = Tiers { nano: 1e3 * scale, micro: 1e4 * scale, macro_: 1e5 * scale, mega: 1e6 * scale };
        let cap = libm::floor(LARGEST_SHARE * people as f64) as u32;
        let scaled = Scaled { scale, held: exact < scale, counts, tiers, cap, exponent: calibration.exponent() };
        if scaled.range(3).0 > cap {
            return Err(Error::parameter("--people", format!("{people} people cannot hold a mega creator's audience"))
                .with_hint("at least 1,000 people are needed"));
        }
        Ok(scaled)
    }

    /// The smallest and the largest follower count of a tier (0 to 3).
    pub fn range(&self, tier: usize) -> (u32, u32) {
        let begins = [self.tiers.nano, self.tiers.micro, self.tiers.macro_, self.tiers.mega];
        let low = (libm::ceil(begins[tier]) as u32).max(1);
        let high = begins.get(tier + 1).map_or(self.cap, |&next| libm::ceil(next) as u32 - 1);
        (low, high)
    }

    /// Follows that the creators have together, on average over draws.
    pub fn expected_follows(&self) -> f64 {
        let mean = |tier: usize| {
            let (low, high) = self.range(tier);
            pareto_mean(self.exponent, f64::from(low), f64::from(high) + 1.0) - 0.5
        };
        (0..4).map(|tier| f64::from(self.counts[tier]) * mean(tier)).sum()
    }

    /// Draws followers of every creator: exactly as many creators a tier as asked, a Pareto inside it. In random order.
    pub fn followers(&self, seed: u64, step: u64) -> Vec<(Tier, u32)> {
        let mut draw = Draw::new(Key::new(seed, Stream::Market, step));
        let mut all = Vec::new();
        for (tier, &count) in self.counts.iter().enumerate() {
            let (low, high) = self.range(tier);
            all.extend((0..count).map(|_| {
                // A whole number n stands for n to n + 1.
                let followers = draw.pareto(self.exponent, f64::from(low), f64::from(high) + 1.0);
                (CREATOR_TIERS[tier], (followers as u32).clamp(low, high))
            }));
        }
        draw.shuffle(&mut all);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredth_of_viet_nam_has_the_published_counts() {
        let scaled = Scaled::new(Calibration::Vietnam, 762_000, None).unwrap();
        assert_eq!(scaled.counts, [2400, 800, 1312, 113]);
        assert_eq!((scaled.range(0), scaled.range(3)), ((10, 99), (10_000, 304_800)));
        assert!(!scaled.held);
        // 1,132 creators above a million imply tens of such follows a person.
        let per_person = Calibration::Vietnam.follows_per_person();
        assert!((80.0..130.0).contains(&per_person), "{per_person}");
    }

    #[test]
    fn every_follower_count_stays_in_its_tier() {
        for people in [1_000, 5_000, 20_000, 100_000] {
            let scaled = Scaled::new(Calibration::Vietnam, people, None).unwrap();
            let drawn = scaled.followers(7, 0);
            assert_eq!(drawn.len() as u32, scaled.counts.iter().sum::<u32>());
            for (tier, followers) in drawn {
                assert_eq!(scaled.tiers.of(f64::from(followers)), tier, "{people} people, {followers} followers");
                assert!(followers <= scaled.cap);
            }
        }
    }

    #[test]
    fn too_few_people_or_too_many_creators_are_refused() {
        let error = Scaled::new(Calibration::Vietnam, 300, None).unwrap_err().to_string();
        assert!(error.contains("300 people"), "{error}");
        let error = Scaled::new(Calibration::Vietnam, 5_000, Some(0.0001)).unwrap_err().to_string();
        assert!(error.contains("0.0001 leaves no mega creator"), "{error}");
        let error = Scaled::new(Calibration::Vietnam, 5_000, Some(0.5)).unwrap_err().to_string();
        assert!(error.contains("creators among 5000 people"), "{error}");
    }
}
