//! How far a share counted in samples can be from the true one.

/// `ln(q/p)` weighted: the Kullback–Leibler divergence of coins of chance `share` from coins of chance `p`.
fn divergence(share: f64, p: f64) -> f64 {
    let part = |a: f64, b: f64| if a <= 0.0 { 0.0 } else { a * libm::log(a / b) };
    part(share, p) + part(1.0 - share, 1.0 - p)
}

/// Bisects between `inside`, where the divergence is small enough, and `outside`, where it may not be; the end returned is
/// the one outside, so that rounding never favours us.
fn end(share: f64, most: f64, mut inside: f64, mut outside: f64) -> f64 {
    if divergence(share, outside) <= most {
        return outside;
    }
    for _ in 0..100 {
        let middle = 0.5 * (inside + outside);
        if middle == inside || middle == outside {
            break;
        }
        if divergence(share, middle) <= most { inside = middle } else { outside = middle }
    }
    outside
}

/// The lowest chance of a hit that `hits` of `samples` independent trials allow, but for a failure probability.
///
/// `P(hits/samples >= x) <= exp(−samples · KL(x | p))` for every x above p (Chernoff 1952; Hoeffding 1963, theorem 1), so
/// that `p` below the returned end has produced so many hits with a probability of at most `failure`. Tighter than the bounds
/// of Tang et al. 2018, which follow from it.
pub(super) fn lowest(hits: f64, samples: u64, failure: f64) -> f64 {
    let share = (hits / samples as f64).clamp(0.0, 1.0);
    if share == 0.0 { 0.0 } else { end(share, -libm::log(failure) / samples as f64, share, 0.0) }
}

/// The highest, likewise.
pub(super) fn highest(hits: f64, samples: u64, failure: f64) -> f64 {
    let share = (hits / samples as f64).clamp(0.0, 1.0);
    if share == 1.0 { 1.0 } else { end(share, -libm::log(failure) / samples as f64, share, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact tails of the binomial law: at the ends returned, so many hits or more (or fewer) are at most as likely as said.
    #[test]
    fn ends_hold_against_exact_tails() {
        for samples in [1u64, 7, 40, 200] {
            for hits in 0..=samples {
                for failure in [0.2, 1e-3, 1e-6] {
                    let law = |p: f64, range: std::ops::RangeInclusive<u64>| -> f64 {
                        let term = |k: u64| {
                            let choose = libm::lgamma(samples as f64 + 1.0)
                                - libm::lgamma(k as f64 + 1.0)
                                - libm::lgamma((samples - k) as f64 + 1.0);
                            let part = |count: u64, p: f64| if count == 0 { 0.0 } else { count as f64 * libm::log(p) };
                            libm::exp(choose + part(k, p) + part(samples - k, 1.0 - p))
                        };
                        range.map(term).sum()
                    };
                    let (low, high) = (lowest(hits as f64, samples, failure), highest(hits as f64, samples, failure));
                    let share = hits as f64 / samples as f64;
                    assert!(low <= share && share <= high, "{low} {share} {high}");
                    assert!(low == 0.0 || law(low, hits..=samples) <= failure * (1.0 + 1e-9), "{samples} {hits}");
                    assert!(high == 1.0 || law(high, 0..=hits) <= failure * (1.0 + 1e-9), "{samples} {hits}");
                    // Not idle either: an end twice as far would be needed nowhere.
                    let slack = libm::sqrt(-libm::log(failure) / (2.0 * samples as f64));
                    assert!(share - low <= slack + 1e-12 && high - share <= slack + 1e-12, "Pinsker");
                }
            }
        }
    }
}
