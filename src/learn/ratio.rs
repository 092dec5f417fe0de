//! From views to people: one person may see a post more than once.

use serde::{Deserialize, Serialize};

use crate::base::stats::{Interval, Z95};
use crate::base::{Error, Result};

/// What is assumed of people per view where no post has both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct PeoplePerView {
    /// People per view, where no post has both reach and views (range 0.6 to 1)
    #[cfg_attr(
        feature = "cli",
        arg(id = "people_per_view", long = "people-per-view", value_name = "RATIO", default_value = "0.8")
    )]
    pub ratio: f64,
    /// The lowest ratio thought plausible
    #[cfg_attr(
        feature = "cli",
        arg(id = "people_per_view_low", long = "people-per-view-low", value_name = "RATIO", default_value = "0.6")
    )]
    pub low: f64,
    /// The highest ratio thought plausible
    #[cfg_attr(
        feature = "cli",
        arg(id = "people_per_view_high", long = "people-per-view-high", value_name = "RATIO", default_value = "1")
    )]
    pub high: f64,
}

impl Default for PeoplePerView {
    fn default() -> Self {
        PeoplePerView { ratio: 0.8, low: 0.6, high: 1.0 }
    }
}

/// A post of which both are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub platform: u32,
    pub people: f64,
    pub views: f64,
}

/// People per view on a platform.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// Its 95% interval, or the range assumed.
    pub interval: Interval,
    /// Posts of the platform that have both.
    pub posts: u64,
    /// Whether it is assumed: no post of any platform has both.
    pub assumed: bool,
}

impl Ratio {
    /// The variance of its logarithm.
    pub fn variance(&self) -> f64 {
        let width = libm::log(self.interval.high / self.interval.low) / (2.0 * Z95);
        width * width
    }
}

/// How many posts the mean over all platforms weighs against a platform's own.
const SHRINK: f64 = 5.0;

/// The spread of the log ratio between platforms, where too few platforms show it.
const BETWEEN: f64 = 0.2;

impl PeoplePerView {
    /// Refuses what cannot be meant.
    pub fn check(&self) -> Result<()> {
        match 0.0 < self.low && self.low <= self.ratio && self.ratio <= self.high && self.high <= 1.0 {
            true => Ok(()),
            false => Err(Error::parameter(
                "--people-per-view",
                format!("0 < low <= ratio <= high <= 1 does not hold ({}, {}, {})", self.low, self.ratio, self.high),
            )),
        }
    }

    /// What is assumed, in words.
    pub fn words(&self) -> String {
        format!(
            "{} people per view (range {}–{}), as no post has both reach and views; assumed, not measured; edit with \
             --people-per-view",
            self.ratio, self.low, self.high
        )
    }

    /// A ratio for each platform: the geometric mean over its posts that have both, shrunk to that over all.
    pub(crate) fn learn(&self, posts: impl Iterator<Item = Seen>, platforms: usize) -> Vec<Ratio> {
        let mut logs: Vec<Vec<f64>> = vec![Vec::new(); platforms];
        for seen in posts.filter(|seen| seen.people >= 1.0 && seen.views >= 1.0) {
            // More people than views is a mistake of somebody's; it counts as one person a view.
            logs[seen.platform as usize].push(libm::log(seen.people / seen.views).min(0.0));
        }
        // In an order of the values alone.
        logs.iter_mut().for_each(|values| values.sort_by(f64::total_cmp));
        let mut all: Vec<f64> = logs.iter().flatten().copied().collect();
        all.sort_by(f64::total_cmp);
        if all.is_empty() {
            let interval = Interval { low: self.low, high: self.high };
            return vec![Ratio { value: self.ratio, interval, posts: 0, assumed: true }; platforms];
        }
        let mean = |values: &[f64]| values.iter().fold(0.0, |sum, x| sum + x) / values.len().max(1) as f64;
        let overall = mean(&all);
        let squares = all.iter().fold(0.0, |sum, x| sum + (x - overall) * (x - overall));
        let variance = (squares + 0.01) / all.len() as f64;
        logs.iter()
            .map(|values| {
                let n = values.len() as f64;
                let log = (n * mean(values) + SHRINK * overall) / (n + SHRINK);
                let error = variance / (n + 1.0) + BETWEEN * BETWEEN * SHRINK / (n + SHRINK);
                let half = Z95 * libm::sqrt(error);
                let at = |log: f64| libm::exp(log.min(0.0));
                Ratio {
                    value: at(log),
                    interval: Interval { low: at(log - half), high: at(log + half) },
                    posts: values.len() as u64,
                    assumed: false,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_learned_shrunk_or_assumed() {
        let assumed = PeoplePerView::default().learn(std::iter::empty(), 2);
        assert!(assumed[1].assumed && assumed[1].value == 0.8 && assumed[1].interval.low == 0.6);
        let post = |people| Seen { platform: 0, people, views: 1000.0 };
        let learned =
            PeoplePerView::default().learn((0..200).map(|at| post(if at % 2 == 0 { 400.0 } else { 900.0 })), 2);
        assert!((learned[0].value - 0.6).abs() < 1e-6, "{learned:?}");
        assert!(learned[0].interval.low < 0.6 && learned[0].interval.high > 0.6);
        // A platform without such posts takes the mean of the others, and is less sure of it.
        assert!((learned[1].value - 0.6).abs() < 1e-6 && learned[1].variance() > 4.0 * learned[0].variance());
        assert!(PeoplePerView { low: 0.9, ..Default::default() }.check().is_err());
    }
}
