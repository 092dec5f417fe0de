//! What changed between two benchmarks, beyond noise.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::harness::Row;
use super::report::Report;
use crate::base::stats::Interval;
use crate::base::{Error, Result};
use crate::report::{Cell, Column, Table};

/// Name and version of what [`Comparison`] holds.
pub const SCHEMA: &str = "truereach/bench-compare/1";

/// Every stage of two documents side by side.
///
/// The ratio of the times, new over old, is the Hodges–Lehmann estimate: the median of all ratios of a new run and an
/// old one. Its interval is that of the Mann–Whitney test turned around: exact for any distribution of the times, as
/// long as the runs of a document are alike. At 99%, so that a table of twenty rows raises a false alarm once in five
/// times at most; that needs five runs on either side.
///
/// A change counts where the interval lies on one side of 1 and the ratio is farther from 1 than `noise`. Runs of one
/// document share the minutes in which they were made, which no interval between them can show: that is what `noise`
/// is for.
///
/// **References**: Hodges & Lehmann, Ann. Math. Stat. 34 (1963) 598. Mann & Whitney, Ann. Math. Stat. 18 (1947) 50.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// [`SCHEMA`].
    pub schema: String,
    /// Confidence of the intervals.
    pub level: f64,
    /// Changes of up to this share are no changes.
    pub noise: f64,
    /// A row a stage and number of threads.
    pub rows: Vec<Change>,
    /// What else a reader must know.
    pub notes: Vec<String>,
    /// Where the older document comes from.
    pub older: Value,
}

/// One stage at one number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The stage.
    pub stage: String,
    /// Threads.
    pub threads: usize,
    /// Median before, in seconds.
    pub old_seconds: Option<f64>,
    /// Median now.
    pub new_seconds: Option<f64>,
    /// New time over old time.
    pub ratio: Option<f64>,
    /// Its interval; `None` with too few runs for one.
    pub interval: Option<Interval>,
    /// Peak memory now over before.
    pub memory_ratio: Option<f64>,
    /// What to make of it.
    pub verdict: Verdict,
}

/// What to make of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Less time.
    Faster,
    /// More time.
    Slower,
    /// The interval holds 1, or the change is within `noise`.
    NoChange,
    /// No interval can be had.
    TooFewRuns,
    /// Not in the older document.
    New,
    /// Only in the older document.
    Gone,
    /// Failed its check before or now.
    Failed,
}

impl Verdict {
    /// In users' words.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Faster => "faster",
            Verdict::Slower => "SLOWER",
            Verdict::NoChange => "no change beyond noise",
            Verdict::TooFewRuns => "too few runs to tell",
            Verdict::New => "not measured before",
            Verdict::Gone => "not measured now",
            Verdict::Failed => "FAILED",
        }
    }
}

/// Confidence of the intervals.
const LEVEL: f64 = 0.99;

/// Refuses to compare what is not comparable, before anything is measured: another network.
pub fn comparable(old: &Report, checksum: u64) -> Result<()> {
    let new = format!("{checksum:016x}");
    match old.input.checksum == new {
        true => Ok(()),
        false => {
            Err(Error::parameter("--compare", format!("it measured network {}, this is {new}", old.input.checksum))
                .with_hint("give the same network, --people and --rng-seed"))
        }
    }
}

impl Comparison {
    /// Compares two documents about the same network.
    pub fn new(old: &Report, new: &Report, noise: f64) -> Result<Self> {
        if !(0.0..=10.0).contains(&noise) {
            return Err(Error::parameter("--noise", format!("{noise} is not a share from 0 to 10")));
        }
        let find = |rows: &'_ [Row], like: &Row| {
            rows.iter().find(|row| row.stage == like.stage && row.threads == like.threads).cloned()
        };
        let mut rows: Vec<Change> =
            new.rows.iter().map(|row| change(find(&old.rows, row).as_ref(), Some(row), row, noise)).collect();
        let gone = old.rows.iter().filter(|row| find(&new.rows, row).is_none());
        rows.extend(gone.map(|row| change(Some(row), None, row, noise)));

        let mut notes = Vec::new();
        if old.machine != new.machine {
            notes.push("the older document comes from another machine: ratios compare machines too".into());
        }
        if kept(&old.provenance) != kept(&new.provenance) {
            notes.push("parameters or seeds differ: see provenance in both documents".into());
        }
        for row in new.rows.iter().filter(|row| row.threads == new.rows[0].threads) {
            let Some(before) = find(&old.rows, row) else { continue };
            if before.digest.is_some() && row.digest.is_some() && before.digest != row.digest {
                let text = |row: &Row| row.accuracy.as_ref().map_or(String::new(), |accuracy| accuracy.text.clone());
                let (old, new) = (text(&before), text(row));
                notes.push(format!("{}: another result than before (accuracy {old} before, {new} now)", row.stage));
            }
        }
        Ok(Comparison { schema: SCHEMA.into(), level: LEVEL, noise, rows, notes, older: old.provenance.clone() })
    }

    /// As a table.
    pub fn table(&self, report: &Report) -> Table {
        let columns = vec![
            Column::new("stage", "stage", "", "what was measured"),
            Column::new("threads", "thr", "threads", "number of threads"),
            Column::new("old_seconds", "before", "s", "median time in the older document"),
            Column::new("new_seconds", "now", "s", "median time now"),
            Column::new("ratio", "now/before", "ratio", "of the times: below 1 is faster"),
            Column::new("interval", "99% interval", "ratio", "of the ratio").range(),
            Column::new("verdict", "verdict", "", "whether the change is beyond noise"),
            Column::new("memory_ratio", "memory", "ratio", "peak memory now over before").detail(),
        ];
        let mut table = Table::new(SCHEMA, columns, report.own_provenance());
        table.notes = self.notes.clone();
        let seconds = |value: Option<f64>| value.map_or(Cell::Missing, super::report::seconds);
        let ratio = |value: Option<f64>| value.map_or(Cell::Missing, |value| Cell::Shown(value, format!("{value:.2}")));
        for row in &self.rows {
            table.rows.push(vec![
                Cell::Text(row.stage.clone()),
                Cell::Count(row.threads as u64),
                seconds(row.old_seconds),
                seconds(row.new_seconds),
                ratio(row.ratio),
                row.interval.map_or(Cell::Missing, Cell::Range),
                Cell::Text(row.verdict.words().into()),
                ratio(row.memory_ratio),
            ]);
        }
        table
    }
}

/// What must be equal for two documents to be about the same work.
fn kept(provenance: &Value) -> (Value, Value) {
    let mut parameters = provenance["parameters"].clone();
    if let Some(bench) = parameters.get_mut("bench").and_then(Value::as_object_mut) {
        ["stage", "runs", "threads-list"].iter().for_each(|name| drop(bench.remove(*name)));
    }
    (parameters, provenance["rng_seed"].clone())
}

fn change(old: Option<&Row>, new: Option<&Row>, either: &Row, noise: f64) -> Change {
    let runs = |row: Option<&Row>| row.map_or(Vec::new(), |row| row.seconds.clone());
    let shift = ratio_of(&runs(old), &runs(new), LEVEL);
    let failed = |row: Option<&Row>| row.is_some_and(|row| row.failure.is_some());
    let verdict = match (old, new, shift) {
        (None, ..) => Verdict::New,
        (_, None, _) => Verdict::Gone,
        _ if failed(old) || failed(new) => Verdict::Failed,
        (_, _, Some((ratio, Some(interval)))) => match ratio {
            _ if interval.high < 1.0 && ratio * (1.0 + noise) < 1.0 => Verdict::Faster,
            _ if interval.low > 1.0 && ratio > 1.0 + noise => Verdict::Slower,
            _ => Verdict::NoChange,
        },
        _ => Verdict::TooFewRuns,
    };
    let memory = |row: Option<&Row>| row.and_then(|row| row.peak_bytes).map(|bytes| bytes as f64);
    Change {
        stage: either.stage.clone(),
        threads: either.threads,
        old_seconds: old.and_then(|row| row.median_seconds),
        new_seconds: new.and_then(|row| row.median_seconds),
        ratio: shift.map(|(ratio, _)| ratio),
        interval: shift.and_then(|(_, interval)| interval),
        memory_ratio: memory(new).zip(memory(old)).map(|(new, old)| new / old),
        verdict,
    }
}

/// New over old, with an interval where there are runs enough for this level.
pub fn ratio_of(old: &[f64], new: &[f64], level: f64) -> Option<(f64, Option<Interval>)> {
    let positive = |runs: &[f64]| !runs.is_empty() && runs.iter().all(|run| *run > 0.0);
    if !positive(old) || !positive(new) {
        return None;
    }
    let mut ratios: Vec<f64> = new.iter().flat_map(|new| old.iter().map(move |old| new / old)).collect();
    ratios.sort_by(f64::total_cmp);
    let middle = crate::base::stats::quantile(&ratios, 0.5);
    let cut = cut(old.len(), new.len(), (1.0 - level) / 2.0);
    let interval = cut.checked_sub(1).map(|at| Interval { low: ratios[at], high: ratios[ratios.len() - 1 - at] });
    Some((middle, interval))
}

/// The largest c with P(U < c) at most `tail`, U being the Mann–Whitney statistic of `m` and `n` alike.
fn cut(m: usize, n: usize, tail: f64) -> usize {
    let chances = mann_whitney(m.min(MOST_RUNS), n.min(MOST_RUNS));
    let mut sum = 0.0;
    chances.iter().take(chances.len() / 2).take_while(|chance| (sum += **chance, sum <= tail).1).count()
}

/// Beyond this many runs a side the exact distribution of fewer is used, which widens the interval.
const MOST_RUNS: usize = 60;

/// The chance of every value of the Mann–Whitney statistic, from 0 to m n, where both samples are alike.
fn mann_whitney(m: usize, n: usize) -> Vec<f64> {
    // Whoever is last of all m + n is of the first sample with chance m / (m + n), and then beats n others.
    let mut table = vec![vec![vec![1.0]; n + 1]; m + 1];
    for i in 1..=m {
        for j in 1..=n {
            let mut row = vec![0.0; i * j + 1];
            let (first, second) = (i as f64 / (i + j) as f64, j as f64 / (i + j) as f64);
            table[i - 1][j].iter().enumerate().for_each(|(u, chance)| row[u + j] += first * chance);
            table[i][j - 1].iter().enumerate().for_each(|(u, chance)| row[u] += second * chance);
            table[i][j] = row;
        }
    }
    std::mem::take(&mut table[m][n])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_matches_the_table_in_books() {
        let chances = mann_whitney(3, 3);
        let counts: Vec<i64> = chances.iter().map(|chance| libm::round(chance * 20.0) as i64).collect();
        assert_eq!(counts, [1, 1, 2, 3, 3, 3, 3, 2, 1, 1]);
        assert!((mann_whitney(4, 7).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // Critical values of the two-sided test: 5% for 5 and 5 is U ≤ 2, 1% is U ≤ 0; 8 and 8: 13 and 7.
        assert_eq!([cut(5, 5, 0.025), cut(5, 5, 0.005), cut(8, 8, 0.025), cut(8, 8, 0.005)], [3, 1, 14, 8]);
        assert_eq!(cut(4, 4, 0.005), 0);
    }

    #[test]
    fn ratios_match_hand_values() {
        let (ratio, interval) = ratio_of(&[1.0, 2.0], &[3.0, 4.0], 0.5).unwrap();
        // All ratios: 1.5, 2, 3, 4.
        assert_eq!(ratio, 2.5);
        assert_eq!(interval, Some(Interval { low: 1.5, high: 4.0 }));
        assert_eq!(ratio_of(&[1.0, 2.0], &[3.0, 4.0], 0.99).unwrap().1, None);
        assert_eq!(ratio_of(&[], &[1.0], 0.99), None);
    }

    #[test]
    fn intervals_hold_the_true_ratio_as_often_as_they_say() {
        use crate::base::seed::{Stream, generator};
        use rand::RngExt;
        // 2,000 pairs of 6 runs with times of a skewed law, alike but for a factor 1.3. 99% gives 1,980 ± 4.4;
        // below 1,958 (5 sd) by chance less than once in a million.
        let mut random = generator(3, Stream::Sample, 0);
        let mut run = |scale: f64| scale * (1.0 + libm::pow(random.random_range(0.0..1.0f64), 6.0));
        let held = (0..2000).filter(|_| {
            let old: Vec<f64> = (0..6).map(|_| run(1.0)).collect();
            let new: Vec<f64> = (0..6).map(|_| run(1.3)).collect();
            let interval = ratio_of(&old, &new, 0.99).unwrap().1.unwrap();
            (interval.low..=interval.high).contains(&1.3)
        });
        let held = held.count();
        assert!(held >= 1958, "{held}");
    }
}
