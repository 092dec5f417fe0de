//! Hard flags from elsewhere, corrected for how often they are wrong.

use serde::{Deserialize, Serialize};

use super::labels::Labels;
use crate::base::seed::{Key, Stream};
use crate::base::stats::{Interval, beta_quantile, quantile};
use crate::base::{Error, Figure, Result, Run, Status};
use crate::graph::attributes::numbers;
use crate::graph::{Graph, Network};

/// How good flags are, by accounts that are known: counts of a table of two by two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flagging {
    /// Not real, and flagged.
    pub caught: u64,
    /// Not real, and not flagged.
    pub missed: u64,
    /// Real, and not flagged.
    pub cleared: u64,
    /// Real, and flagged.
    pub wronged: u64,
}

/// Flags that are no better than this, sensitivity and specificity together, tell nothing.
const USELESS: f64 = 1.1;

/// Draws behind an interval.
const DRAWS: u64 = 2_000;

/// A beta variable by its counts, with Jeffreys' prior, at a quantile.
fn beta(unit: f64, yes: u64, no: u64) -> f64 {
    let (a, b) = (yes as f64 + 0.5, no as f64 + 0.5);
    let mean = a / (a + b);
    beta_quantile(unit, mean, mean * (1.0 - mean) / (a + b + 1.0))
}

impl Flagging {
    /// Of flags (1: flagged, 0: not) of labelled accounts.
    pub fn new(flags: &[f64], labels: &Labels) -> Flagging {
        let count = |accounts: &[u32], flagged: bool| {
            accounts.iter().filter(|&&u| (flags[u as usize] != 0.0) == flagged).count() as u64
        };
        Flagging {
            caught: count(&labels.fake, true),
            missed: count(&labels.fake, false),
            cleared: count(&labels.real, false),
            wronged: count(&labels.real, true),
        }
    }

    /// The share of real accounts among n of which k are flagged: `1 − (p + Sp − 1)/(Se + Sp − 1)`, p the share flagged, Se the
    /// share of fakes that are, Sp the share of real accounts that are not (Rogan & Gladen 1978). The interval of this level
    /// draws p, Se and Sp from their posteriors (Jeffreys) and clips to [0, 1].
    ///
    /// **Errors**: none; not estimable where nobody follows, where a class has no label, or where `Se + Sp <= 1.1`.
    pub fn real(&self, flagged: u64, all: u64, level: f64, key: Key) -> Figure {
        let no =
            |needs: String| Figure { value: None, interval: None, status: Status::NotEstimable, because: needs.into() };
        let (fakes, people) = (self.caught + self.missed, self.cleared + self.wronged);
        if all == 0 {
            return no("nobody is known to follow".into());
        }
        if fakes == 0 || people == 0 {
            return no("needs labels of accounts that are real and of such as are not".into());
        }
        let (se, sp) = (self.caught as f64 / fakes as f64, self.cleared as f64 / people as f64);
        if se + sp <= USELESS {
            return no(format!(
                "these flags tell nothing: they hit {:.0}% of fakes and {:.0}% of people",
                100.0 * se,
                100.0 * (1.0 - sp)
            ));
        }
        let corrected = |p: f64, se: f64, sp: f64| 1.0 - ((p + sp - 1.0) / (se + sp - 1.0)).clamp(0.0, 1.0);
        let mut found: Vec<f64> = (0..DRAWS)
            .filter_map(|draw| {
                let key = key.of(draw);
                let p = beta(key.unit(0), flagged, all - flagged);
                let (se, sp) =
                    (beta(key.unit(1), self.caught, self.missed), beta(key.unit(2), self.cleared, self.wronged));
                (se + sp > 1.0).then(|| corrected(p, se, sp))
            })
            .collect();
        found.sort_by(f64::total_cmp);
        let value = corrected(flagged as f64 / all as f64, se, sp);
        let tail = (1.0 - level) / 2.0;
        let interval =
            Interval { low: quantile(&found, tail).min(value), high: quantile(&found, 1.0 - tail).max(value) };
        let because = format!(
            "{flagged} of {all} flagged; flags hit {:.0}% of fakes, {:.1}% of people",
            100.0 * se,
            100.0 * (1.0 - sp)
        );
        Figure { value: Some(value), interval: Some(interval), status: Status::Estimated, because: because.into() }
    }
}

/// The shares of real followers of creators by the flags in a column, corrected by labels.
pub fn by_flags(
    network: &Network,
    graph: &Graph,
    column: &str,
    labels: &Labels,
    creators: &[u32],
    level: f64,
    run: &Run,
) -> Result<(Flagging, Vec<Figure>)> {
    let flags = numbers(network, "--flags", column)?;
    if let Some(at) = flags.iter().position(|flag| *flag != 0.0 && *flag != 1.0) {
        let problem = format!("{column} is {} for {}, neither 0 nor 1", flags[at], network.names.get(at as u32));
        return Err(Error::parameter("--flags", problem).with_hint("1 says that an account was flagged as not real"));
    }
    let flagging = Flagging::new(&flags, labels);
    let key = Key::new(run.seed(), Stream::Authenticity, u64::MAX - 2);
    let figures = creators.iter().map(|&v| {
        let followers = graph.followers(v);
        let flagged = followers.iter().filter(|&&u| flags[u as usize] == 1.0).count() as u64;
        flagging.real(flagged, followers.len() as u64, level, key.of(u64::from(v)))
    });
    Ok((flagging, figures.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: fn(u64) -> Key = |index| Key::new(1, Stream::Sample, index);

    #[test]
    fn flags_are_corrected_for_their_errors() {
        // Se 0.8, Sp 0.9; of 1,000 followers 240 are flagged: (0.24 + 0.9 − 1)/0.7 = 0.2 are not real.
        let flagging = Flagging { caught: 80, missed: 20, cleared: 90, wronged: 10 };
        let found = flagging.real(240, 1000, 0.9, KEY(1));
        assert!((found.value.unwrap() - 0.8).abs() < 1e-12);
        let interval = found.interval.unwrap();
        assert!(interval.low < 0.78 && interval.high > 0.82 && interval.high - interval.low < 0.3, "{interval:?}");
        // Fewer flags than people alone give: all are real.
        assert_eq!(flagging.real(20, 1000, 0.9, KEY(1)).value, Some(1.0));
        for (flagging, says) in [
            (Flagging { caught: 55, missed: 45, cleared: 55, wronged: 45 }, "tell nothing"),
            (Flagging { caught: 0, missed: 0, ..flagging }, "needs labels"),
        ] {
            let found = flagging.real(1, 10, 0.9, KEY(1));
            assert!(found.status == Status::NotEstimable && found.because.contains(says), "{found:?}");
        }
        assert_eq!(flagging.real(0, 0, 0.9, KEY(1)).value, None);
    }

    /// 300 audiences of which 30% are not real, each with flags and labels of its own: 90% intervals hold 90% ± 6.5 points, by chance
    /// beyond once in 5,000 runs.
    #[test]
    fn intervals_hold_as_often_as_they_say() {
        let mut held = 0;
        for trial in 0..300u64 {
            let key = KEY(2).of(trial);
            let mut at = 0;
            let mut coin = |chance: f64| {
                at += 1;
                key.unit(at) < chance
            };
            let mut count = |all: u64, chance: f64| (0..all).filter(|_| coin(chance)).count() as u64;
            let (caught, wronged) = (count(100, 0.8), count(200, 0.1));
            let flagging = Flagging { caught, missed: 100 - caught, cleared: 200 - wronged, wronged };
            let flagged = count(150, 0.8) + count(350, 0.1);
            let interval = flagging.real(flagged, 500, 0.9, KEY(3).of(trial)).interval.unwrap();
            held += u32::from(interval.low <= 0.7 && 0.7 <= interval.high);
        }
        assert!((250..=290).contains(&held), "{held}");
    }
}
