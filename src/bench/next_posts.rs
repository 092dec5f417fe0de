//! What is said of the next post, in markets seen through an agency's window: each post predicted against what became
//! of it, and the expected reach against that of the truth.

use std::collections::BTreeMap;

use super::agency::{Held, Tally};
use crate::base::stats::Interval;
use crate::base::{Result, Run, Status};
use crate::learn::scores::{Score, Tested};
use crate::learn::{Backtest, Measure, NextPost};
use crate::synth::market::Observed;

/// By how many posts were known: the name, from, to, and how far the 80% interval may be off.
const KNOWN: [(&str, usize, usize, Option<f64>); 4] = [
    ("0 known", 0, 0, None),
    ("1 or 2 known", 1, 2, None),
    ("3 to 9 known", 3, 9, Some(0.06)),
    ("10 or more known", 10, usize::MAX, Some(0.04)),
];

/// How far the 95% interval of the expected reach may be off.
const EXPECTED: f64 = 0.03;

/// Everything said of next posts over all markets.
#[derive(Default)]
pub(super) struct NextPosts {
    tested: Vec<(Measure, Tested)>,
    expected: BTreeMap<String, Tally>,
}

impl NextPosts {
    /// A market.
    pub fn add(&mut self, seen: &Observed, place: u32, run: &Run) -> Result<()> {
        for (half, measure) in [Measure::Reach, Measure::Views].into_iter().enumerate() {
            let backtest = Backtest { measure: Some(measure), ..Backtest::default() };
            let rows = backtest.rows(&seen.network)?;
            let origins = backtest.origins(&rows)?;
            // A creator of one market is another than a creator of the next.
            let apart = (2 * place + half as u32) * seen.network.accounts() as u32;
            for mut one in backtest.predict(&rows, &origins, &seen.network.tiers, run)? {
                one.account = one.account.wrapping_add(apart);
                self.tested.push((measure, one));
            }
        }
        let forecasts = NextPost::default().run(&seen.network, run)?;
        for truth in &seen.truth.accounts {
            let Some(forecast) = forecasts.of(truth.account) else { continue };
            for (name, said, reach) in [
                ("ordinary", &forecast.ordinary.expected, truth.next.reach),
                ("sponsored", &forecast.sponsored.expected, truth.next_sponsored.reach),
            ] {
                let known = KNOWN.iter().find(|(_, from, to, _)| (*from..=*to).contains(&(forecast.posts as usize)));
                let known = known.map_or("", |(known, ..)| known);
                let mut add = |name: String| self.expected.entry(name).or_default().add(said, reach);
                // What is assumed claims no level.
                match said.status {
                    Status::Assumed => add(format!("expected reach, {name} post, assumed")),
                    _ => {
                        add(format!("expected reach, {name} post"));
                        add(format!("expected reach, {name} post, {known}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// How often intervals held. `asked`: whether the model is that of the markets, so that they should.
    pub fn held(self, seed: u64, asked: bool) -> Vec<Held> {
        let mut held = Vec::new();
        let mut row = |name: &str, of: &[&Tested], level: f64, room: Option<f64>| {
            let Some(score) = Score::of(of, &[], seed) else { return };
            let Some(coverage) = score.coverage.iter().find(|coverage| coverage.level == level) else { return };
            held.push(Held {
                figure: format!("next post, {:.0}%, {name}", level * 100.0),
                given: score.posts,
                refused: 0,
                level,
                held: Some(coverage.held),
                interval: Some(coverage.interval),
                error: None,
                error95: None,
                half_width: None,
                asked: room.filter(|_| asked).map(|room| Interval { low: level - room, high: level + room }),
            });
        };
        for (known, from, to, room) in KNOWN {
            let here = || self.tested.iter().filter(move |(_, one)| (from..=to).contains(&one.past));
            let all: Vec<&Tested> = here().map(|(_, one)| one).collect();
            for level in [0.5, 0.8, 0.95] {
                row(known, &all, level, room.filter(|_| level == 0.8));
            }
            for measure in [Measure::Reach, Measure::Views] {
                for (kind, sponsored) in [("ordinary", false), ("sponsored", true)] {
                    let part = here().filter(|(of, one)| *of == measure && one.sponsored == sponsored);
                    let name = format!("{known}, {} of {kind} posts", measure.name());
                    row(&name, &part.map(|(_, one)| one).collect::<Vec<_>>(), 0.8, room);
                }
            }
        }
        for (figure, tally) in self.expected {
            // Who has no posts, or hardly any, is judged with all others.
            let unasked = ["0 known", "2 known", "assumed"].iter().any(|end| figure.ends_with(end));
            let asked = asked && !unasked;
            let asked = asked.then_some(Interval { low: 0.95 - EXPECTED, high: 0.95 + EXPECTED });
            held.push(tally.held(figure, 0.95, asked));
        }
        held
    }
}
