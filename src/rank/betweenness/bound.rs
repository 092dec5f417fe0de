//! What a share of drawn paths says of the share of all.

use std::collections::BTreeMap;

use crate::base::stats::Interval;

/// The chance that not all intervals hold.
const FAILS: f64 = 0.05;

/// Intervals of the share p of all, by how many of r were counted: all p with `r · KL(count/r ‖ p) ≤ ln(2a / 0.05)`,
/// `KL(q ‖ p) = q ln(q/p) + (1 − q) ln((1 − q)/(1 − p))`. Of a binomial count `P(count/r ≥ q) ≤ exp(−r KL(q ‖ p))` for
/// q ≥ p, and likewise below (Hoeffding 1963, theorem 1); so each of the 2a ends fails with at most 0.05 / 2a.
#[derive(Debug)]
pub struct Bounds(BTreeMap<u64, Interval>);

impl Bounds {
    /// Intervals for each of these counts of `samples`, of which `open` can be other than 0.
    pub fn new(counts: &[u64], samples: u64, open: u64) -> Self {
        let least = libm::log(2.0 * open.max(1) as f64 / FAILS) / samples as f64;
        let mut bounds = BTreeMap::new();
        for &count in counts {
            bounds.entry(count).or_insert_with(|| interval(count as f64 / samples as f64, least));
        }
        Bounds(bounds)
    }

    /// The interval of one of the counts.
    pub fn of(&self, count: u64) -> Interval {
        self.0[&count]
    }
}

/// All p with `KL(q ‖ p) ≤ least`, rounded outwards.
fn interval(q: f64, least: f64) -> Interval {
    // Where p leaves the interval, between an end within and one without.
    let end = |mut within: f64, mut without: f64| {
        for _ in 0..100 {
            let middle = within + (without - within) / 2.0;
            if divergence(q, middle) <= least { within = middle } else { without = middle }
        }
        without
    };
    Interval { low: if q > 0.0 { end(q, 0.0) } else { 0.0 }, high: if q < 1.0 { end(q, 1.0) } else { 1.0 } }
}

fn divergence(q: f64, p: f64) -> f64 {
    let above = if q > 0.0 { q * libm::log(q / p) } else { 0.0 };
    let below = if q < 1.0 { (1.0 - q) * libm::log1p((q - p) / (1.0 - q)) } else { 0.0 };
    if below == f64::NEG_INFINITY { f64::INFINITY } else { above - below }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_have_closed_forms_where_nothing_or_all_was_counted() {
        let bounds = Bounds::new(&[0, 100], 100, 1);
        // (1 − p)^100 = 0.025.
        let p = 1.0 - libm::exp(libm::log(0.025) / 100.0);
        assert!((bounds.of(0).high - p).abs() < 1e-12 && bounds.of(0).low == 0.0);
        assert!((bounds.of(100).low - (1.0 - p)).abs() < 1e-12 && bounds.of(100).high == 1.0);
    }

    #[test]
    fn tails_of_the_binomial_are_no_heavier_than_bounded() {
        // At each end of each interval, the chance of a count as far off or further, summed up from its definition.
        let (samples, open) = (60u64, 3);
        let counts: Vec<u64> = (0..=samples).collect();
        let bounds = Bounds::new(&counts, samples, open);
        let choose = |k: u64| (0..k).map(|i| (samples - i) as f64 / (i + 1) as f64).product::<f64>();
        let chance = |p: f64, k: u64| choose(k) * p.powi(k as i32) * (1.0 - p).powi((samples - k) as i32);
        for &count in &counts {
            let Interval { low, high } = bounds.of(count);
            assert!(low <= count as f64 / 60.0 && count as f64 / 60.0 <= high);
            let (above, below): (f64, f64) =
                ((count..=samples).map(|k| chance(low, k)).sum(), (0..=count).map(|k| chance(high, k)).sum());
            // Where nothing or all was counted the bound is the tail itself, but for rounding.
            let most = FAILS / 2.0 / open as f64 * (1.0 + 1e-12);
            assert!(count == 0 || above <= most, "{count}: {above}");
            assert!(count == samples || below <= most, "{count}: {below}");
            // And not needlessly wide: Hoeffding's bound is within a factor of some tens of the tail itself.
            assert!(count == 0 || above > most / 60.0, "{count}: {above}");
        }
    }
}
