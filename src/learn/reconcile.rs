//! What was predicted of a campaign's posts, and what became of them.

use serde::{Deserialize, Serialize};

use super::baseline::{LEVELS, Quantiles};
use super::fit::{Fit, Next};
use super::posts::{Account, LeftOut, Measure, Past, Rows};
use super::ratio::PeoplePerView;
use super::scores::{Score, Tested};
use super::spread;
use super::verdict::{Calibration, sentence};
use crate::base::seed::{Key, Stream};
use crate::base::stats::{Interval, quantile};
use crate::base::{Error, Result, Run};
use crate::graph::{Network, Outcome, results};

/// Actual results of a campaign against what was predicted of them.
///
/// Every result is predicted as [`NextPost`](super::NextPost) would have, from the posts before the campaign alone, and then taken
/// in: what it does to the creator's next post is the update of its effect.
///
/// **Input**: a network with posts, and results (creator, reach or views, and what else is known of each post).
/// **Returns**: [`Reconciled`]. **Guarantee**: nothing at or after `as_of` enters a prediction; the order of results does not
/// matter. **Errors**: no result with an outcome of the kind that is compared; no posts before.
/// **Determinism**: the same bits at any number of threads; the seed draws sums.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reconcile {
    /// Posts from this time on are not known yet, in milliseconds since 1970; by default the first result's time.
    pub as_of: Option<i64>,
}

/// A post that was reconciled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The creator.
    pub account: u32,
    /// The post.
    pub outcome: Outcome,
    /// What became of it, in what was compared.
    pub actual: f64,
    /// What was expected.
    pub expected: f64,
    /// Its quantiles and intervals of 50, 80 and 95%.
    pub intervals: [(f64, f64); 3],
    /// The quantiles.
    pub quantiles: Vec<f64>,
    /// The chance that was given to less, and to at most as much.
    pub below: (f64, f64),
    /// The creator's posts that were known.
    pub past: usize,
    /// Its followers.
    pub followers: Option<f64>,
    /// What was expected of its next ordinary post before the results, and after.
    pub next: [f64; 2],
    /// The 95% interval of the latter.
    pub next_interval: Interval,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciled {
    /// What was compared.
    pub measure: Measure,
    /// From when on posts counted as not known.
    pub as_of: Option<i64>,
    /// The posts, by account, then time.
    pub lines: Vec<Line>,
    /// The sum of what became of them, what was expected of the sum, and the 80% interval it was given.
    pub sum: (f64, f64, Interval),
    /// Results without an outcome.
    pub left_out: Vec<LeftOut>,
}

/// All reconciled posts of a network, as they are kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Record {
    /// The checksum of the network.
    pub network: String,
    /// Campaigns.
    pub campaigns: u32,
    /// Their posts.
    pub lines: Vec<Line>,
}

/// Draws of a sum.
const DRAWS: u64 = 2000;

impl Reconcile {
    /// Compares.
    pub fn run(&self, network: &Network, outcomes: &[(u32, Outcome)], run: &Run) -> Result<Reconciled> {
        let has = |of: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|(_, outcome)| of(outcome)).count();
        let (reach, views) = (has(&|one| one.reach.is_some()), has(&|one| one.views.is_some()));
        // As forecasts are: people, views turned into them where nothing better is known.
        let measure = Measure::People;
        if reach.max(views) == 0 {
            return Err(Error::NotEstimable {
                figure: "A comparison with results".into(),
                needs: "results with reach or views".into(),
            });
        }
        if let Some(as_of) = self.as_of
            && let Some((account, _)) = outcomes.iter().find(|(_, one)| one.time.is_some_and(|time| time < as_of))
        {
            let problem = format!("a result of {} is from before it", network.names.get(*account));
            return Err(Error::parameter("--as-of", problem).with_hint("name the day before the campaign's first post"));
        }
        let as_of = self.as_of.or_else(|| outcomes.iter().filter_map(|(_, outcome)| outcome.time).min());
        let known = Rows::of(network, measure, &PeoplePerView::default())?;
        // Results without a time that were taken in before are no news of themselves.
        let told = |account: &Account, count: f64| {
            let same = |one: &Outcome| past(one, account.platform, &known).is_some_and(|past| past.count == count);
            outcomes.iter().any(|(whose, one)| *whose == account.account && one.time.is_none() && same(one))
        };
        let mut before = known.clone();
        for account in &mut before.accounts {
            let whose = account.clone();
            account.posts.retain(|past| match (past.time, as_of) {
                (Some(time), Some(as_of)) => time < as_of,
                (None, _) => past.average || !told(&whose, past.count),
                _ => true,
            });
        }
        let known = before;
        if known.posts() == 0 {
            return Err(Error::NotEstimable {
                figure: "What was predicted".into(),
                needs: "posts with reach or views from before the campaign".into(),
            });
        }
        let likelihood = spread::likelihood();
        let fit = Fit::learn(&known, &network.tiers, &likelihood, run)?;
        let mut order: Vec<&(u32, Outcome)> = outcomes.iter().collect();
        let key = |one: &(u32, Outcome)| {
            let bits = |count: Option<f64>| count.map(f64::to_bits);
            (one.0, one.1.time, one.1.id.clone(), bits(one.1.reach), bits(one.1.views), one.1.format.clone())
        };
        order.sort_by_key(|one| key(one));
        let (mut lines, mut nothing) = (Vec::new(), 0);
        for same in order.chunk_by(|a, b| a.0 == b.0) {
            let before = known.accounts.iter().find(|account| account.account == same[0].0).cloned();
            let before = before.ok_or_else(|| Error::NotEstimable {
                figure: "What was predicted".into(),
                needs: format!("{} among the creators of the network", network.names.get(same[0].0)),
            })?;
            let mut rows: Vec<(&Outcome, Past)> = Vec::new();
            for (_, outcome) in same {
                match past(outcome, before.platform, &known) {
                    Some(past) => rows.push((outcome, past)),
                    None => nothing += 1,
                }
            }
            lines.extend(self.creator(&before, &rows, &fit));
        }
        let why = String::from("neither reach nor views");
        let left_out = if nothing > 0 { vec![LeftOut { why, posts: nothing }] } else { Vec::new() };
        let sum = sum(&lines, run.seed());
        Ok(Reconciled { measure, as_of, lines, sum, left_out })
    }

    /// The results of one creator.
    fn creator(&self, before: &Account, rows: &[(&Outcome, Past)], fit: &Fit<'_>) -> Vec<Line> {
        let ordinary = Next { format: None, sponsored: false };
        let mut after = before.clone();
        after.posts.extend(rows.iter().map(|row| row.1));
        after.posts.sort_by(Past::order);
        let (first, then) = (fit.next(before, ordinary).mean, fit.next(&after, ordinary));
        let line = |(outcome, past): &(&Outcome, Past)| {
            let said = fit.next(before, Next { format: past.format, sponsored: past.sponsored });
            Line {
                account: before.account,
                outcome: (*outcome).clone(),
                actual: past.count,
                expected: said.mean,
                intervals: [0.5, 0.8, 0.95].map(|level| said.next.interval(level)),
                quantiles: said.next.quantiles(LEVELS),
                below: (said.next.cdf(libm::ceil(past.count) - 1.0), said.next.cdf(past.count)),
                past: before.singles().count(),
                followers: before.followers,
                next: [first, then.mean],
                next_interval: then.interval,
            }
        };
        rows.iter().map(line).collect()
    }
}

/// A result as a post to learn from: its reach, else its views turned into people as those of the platform are.
fn past(outcome: &Outcome, platform: u32, rows: &Rows) -> Option<Past> {
    let converted = outcome.reach.is_none();
    let people = |views: f64| views * rows.ratios[platform as usize].value;
    let count = outcome.reach.or(outcome.views.map(people));
    let count = count.filter(|count| count.is_finite() && *count >= 0.0)?;
    let format = outcome.format.as_deref().map(|format| format.trim().to_lowercase());
    let format = format.and_then(|format| rows.formats.binary_search(&format).ok()).map(|at| at as u32);
    let sponsored = outcome.sponsored == Some(true);
    Some(Past { count, time: outcome.time, format, sponsored, average: false, converted })
}

/// The sum over posts: what it came to, what was expected, and its 80% interval, posts taken as independent.
fn sum(lines: &[Line], seed: u64) -> (f64, f64, Interval) {
    let total = |of: &dyn Fn(&Line) -> f64| lines.iter().fold(0.0, |sum, line| sum + of(line));
    let interval = match lines {
        [one] => Interval { low: one.intervals[1].0, high: one.intervals[1].1 },
        lines => {
            let mut draws: Vec<f64> = (0..DRAWS)
                .map(|draw| {
                    let key = Key::new(seed, Stream::Backtest, (1 << 48) + draw);
                    lines.iter().enumerate().fold(0.0, |sum, (at, line)| {
                        let place = (key.unit(at as u64) * line.quantiles.len() as f64) as usize;
                        sum + line.quantiles.get(place).copied().unwrap_or(0.0)
                    })
                })
                .collect();
            draws.sort_by(f64::total_cmp);
            Interval { low: quantile(&draws, 0.1), high: quantile(&draws, 0.9) }
        }
    };
    (total(&|line| line.actual), total(&|line| line.expected), interval)
}

impl Record {
    /// Takes a campaign in; returns how many of its posts had been reconciled before and are not counted again.
    pub fn take(&mut self, found: &Reconciled) -> usize {
        let mut again = 0;
        let before = self.lines.len();
        for line in &found.lines {
            match self.lines[..before].iter().any(|known| known.outcome.is_same(&line.outcome)) {
                true => again += 1,
                false => self.lines.push(line.clone()),
            }
        }
        self.campaigns += u32::from(self.lines.len() > before);
        again
    }

    /// How often intervals held over all campaigns, by the rule of back-tests, as a sentence.
    pub fn sentence(&self, seed: u64) -> (Calibration, String) {
        let tested: Vec<Tested> = self
            .lines
            .iter()
            .map(|line| Tested {
                account: line.account,
                origin: 0,
                time: line.outcome.time.unwrap_or(0),
                actual: line.actual,
                model: Quantiles { values: line.quantiles.clone(), intervals: line.intervals },
                below: line.below,
                expected: line.expected,
                rivals: Vec::new(),
                past: line.past,
                platform: 0,
                followers: line.followers,
                sponsored: line.outcome.sponsored == Some(true),
            })
            .collect();
        let score = Score::of(&tested.iter().collect::<Vec<_>>(), &[], seed);
        let calibration = Calibration::of(score.as_ref());
        let campaigns = if self.campaigns == 1 { "1 campaign".into() } else { format!("{} campaigns", self.campaigns) };
        (calibration, format!("in {campaigns} since: {}", sentence(calibration, score.as_ref())))
    }

    /// What tells it from another, in hexadecimal.
    pub fn digest(&self) -> String {
        let text = serde_json::to_string(&self.lines).unwrap_or_default();
        format!("{:016x}", twox_hash::XxHash3_64::oneshot(text.as_bytes()))
    }

    /// A network with the reconciled posts among its posts; how many were added.
    pub fn add_to(&self, network: &mut Network) -> usize {
        let known = |line: &Line| {
            let tables = &network.tables;
            tables.posts.rows_of(line.account).any(|row| {
                let post = tables.post(row);
                match (&line.outcome.id, &post.id) {
                    (Some(ours), Some(id)) => ours.as_str() == id.as_ref(),
                    _ => {
                        post.time == line.outcome.time
                            && post.reach == line.outcome.reach
                            && post.views == line.outcome.views
                    }
                }
            })
        };
        let added: Vec<(u32, Outcome)> =
            self.lines.iter().filter(|line| !known(line)).map(|line| (line.account, line.outcome.clone())).collect();
        if !added.is_empty() {
            network.tables.posts = results::with(&network.tables.posts, &added);
        }
        added.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::graph::attributes::known;
    use crate::graph::{Column, Values, build};

    /// Six creators with five posts each around 1,000 people.
    fn network() -> Network {
        let mut network = Network::from_graph(build::graph(6, &[]));
        let followers = Values::Number(vec![10_000.0; 6].into());
        network.attributes.insert(Column { name: known::FOLLOWERS.into(), values: followers });
        let reach =
            |account: u32, post: u32| 1000.0 * libm::exp(0.3 * (f64::from((account * 5 + post * 7) % 11) / 5.0 - 1.0));
        let rows: Vec<(u32, f64)> = (0..6).flat_map(|v| (0..5).map(move |post| (v, reach(v, post)))).collect();
        network.tables.posts = example::posts(&rows);
        network
    }

    fn result(account: u32, reach: f64) -> (u32, Outcome) {
        let creator = account.to_string();
        let (id, time, format, sponsored, views) = (None, Some(5), None, None, None);
        (account, Outcome { creator, id, time, format, sponsored, reach: Some(reach), views })
    }

    fn run(results: &[(u32, Outcome)]) -> Reconciled {
        Reconcile::default().run(&network(), results, &Run::new(1)).unwrap()
    }

    #[test]
    fn what_was_expected_moves_nothing_and_ten_times_as_much_moves_it_up() {
        let plain = &run(&[result(0, 1000.0)]).lines[0];
        assert!((plain.next[1] / plain.next[0] - 1.0).abs() < 0.1, "{:?}", plain.next);
        assert!(plain.intervals[1].0 <= 1000.0 && 1000.0 <= plain.intervals[1].1 && plain.past == 5);
        let more = &run(&[result(0, 10_000.0)]).lines[0];
        let factor = more.next[1] / more.next[0];
        assert!(factor > 1.1 && factor < 10.0, "{factor}");
        assert!(more.intervals[2].1 < 10_000.0 && more.below.0 > 0.95);
    }

    #[test]
    fn sums_are_between_their_ends_and_order_does_not_matter() {
        let results = [result(2, 900.0), result(0, 1100.0), result(1, 1000.0)];
        let mut turned = results.to_vec();
        turned.reverse();
        let found = run(&results);
        assert_eq!(found, run(&turned));
        let (actual, expected, interval) = found.sum;
        assert!(actual == 3000.0 && interval.low < expected && expected < interval.high);
        // Independent posts: narrower than three times one.
        let one = run(&[result(0, 1100.0)]).sum.2;
        assert!(interval.half_width() < 2.5 * one.half_width());
    }

    #[test]
    fn the_record_counts_every_post_once_and_later_forecasts_learn_from_it() {
        let mut record = Record::default();
        let found = run(&[result(0, 1000.0), result(1, 950.0)]);
        assert_eq!((record.take(&found), record.campaigns, record.lines.len()), (0, 1, 2));
        assert_eq!((record.take(&found), record.campaigns, record.lines.len()), (2, 1, 2));
        let (calibration, says) = record.sentence(1);
        assert_eq!(calibration, Calibration::TooFew);
        assert!(says.starts_with("in 1 campaign since: too few posts to judge"), "{says}");
        let mut network = network();
        assert_eq!((record.add_to(&mut network), network.tables.posts.len()), (2, 32));
        assert_eq!((record.add_to(&mut network), network.tables.posts.len()), (0, 32));
        assert!(network.tables.posts.check(6).is_ok());
    }

    #[test]
    fn what_cannot_be_compared_is_refused_or_counted() {
        let nothing = Outcome { reach: None, ..result(0, 1.0).1 };
        let refused = Reconcile::default().run(&network(), &[(0, nothing.clone())], &Run::new(1));
        assert!(refused.unwrap_err().to_string().contains("results with reach or views"));
        let found = run(&[(0, nothing), result(1, 5.0)]);
        assert_eq!((found.lines.len(), found.left_out[0].posts), (1, 1));
        let empty = Network { tables: Default::default(), ..network() };
        assert!(Reconcile::default().run(&empty, &[result(0, 1.0)], &Run::new(1)).is_err());
    }
}
