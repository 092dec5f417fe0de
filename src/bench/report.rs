//! The document of a benchmark: JSON to keep and compare, a table to read, a picture.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::charts;
use super::compare::Comparison;
use super::harness::Row;
use super::input::Input;
use super::measure::Machine;
use super::suite::Bench;
use crate::base::memory::Bytes;
use crate::base::{Error, Result, Run};
use crate::report::number::{count, significant};
use crate::report::{Cell, Column, Provenance, Table};

/// Name and version of what [`Report`] holds.
pub const SCHEMA: &str = "truereach/bench/1";

/// A benchmark. Unlike every other document of truereach it holds times, numbers of threads and a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version, command, parameters, seed, network.
    pub provenance: Value,
    /// Where it ran.
    pub machine: Machine,
    /// What it ran on.
    pub input: About,
    /// Timed runs of each stage at each number of threads.
    pub runs: u32,
    /// What else a reader must know.
    pub notes: Vec<String>,
    /// A row a stage and number of threads.
    pub rows: Vec<Row>,
    /// What changed since an older document, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// The network that was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Its name for people.
    pub name: String,
    /// Its checksum.
    pub checksum: String,
    /// Accounts.
    pub accounts: u64,
    /// Follows.
    pub edges: u64,
}

impl Report {
    /// Of these rows.
    pub fn new(bench: &Bench, input: &Input, rows: Vec<Row>, run: &Run) -> Result<Self> {
        let parameters = json!({ "bench": bench, "input": input.made_by });
        let provenance = Provenance::new("bench", parameters, run.seed(), input.checksum);
        let as_value = serde_json::to_value(&provenance);
        let mut notes = vec![format!(
            "{}: {} accounts, {} follows; network {:016x}",
            input.name,
            count(input.network.accounts() as u64),
            count(input.graph()?.edges()),
            input.checksum
        )];
        if input.known.reach.is_none() && input.known.communities.is_none() {
            notes.push("no truth is known of this network: accuracy is what each stage proves about itself".into());
        }
        if bench.runs < 5 {
            notes.push("with fewer than 5 runs --compare cannot tell a change from noise".into());
        }
        notes.extend(failures(&rows).map(|(stage, why)| format!("FAILED {stage}: {why}")));
        Ok(Report {
            schema: SCHEMA.into(),
            provenance: as_value.map_err(|error| Error::parameter("parameters", error.to_string()))?,
            machine: Machine::here(),
            input: About {
                name: input.name.clone(),
                checksum: format!("{:016x}", input.checksum),
                accounts: input.network.accounts() as u64,
                edges: input.graph()?.edges(),
            },
            runs: bench.runs,
            notes,
            rows,
            comparison: None,
        })
    }

    /// Reads a document; `file` is named in errors.
    pub fn read(text: &str, file: &str) -> Result<Self> {
        let wrong = |problem: String| Error::parameter("--compare", format!("{file}: {problem}"));
        let value: Value = serde_json::from_str(text).map_err(|error| wrong(format!("this is no JSON: {error}")))?;
        match value["schema"].as_str() {
            Some(SCHEMA) => {}
            Some(other) => return Err(wrong(format!("this is {other}, and {SCHEMA} is needed"))),
            None => {
                return Err(wrong(format!("this is no {SCHEMA} document"))
                    .with_hint("make one with: truereach bench -o old.json"));
            }
        }
        serde_json::from_value(value).map_err(|error| wrong(error.to_string()))
    }

    /// The stages that failed, each once, and why.
    pub fn failures(&self) -> Vec<(String, String)> {
        failures(&self.rows).map(|(stage, why)| (stage.to_owned(), why.to_owned())).collect()
    }

    /// An error if a stage failed: the exit code says so too.
    pub fn passed(&self) -> Result<()> {
        let failed: Vec<String> = self.failures().iter().map(|(stage, why)| format!("{stage}: {why}")).collect();
        match failed.is_empty() {
            true => Ok(()),
            false => Err(Error::NotConverged(format!("FAILED {}", failed.join("; ")))),
        }
    }

    /// As JSON.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("maps of this document have text keys") + "\n"
    }

    /// As a picture: speed against accuracy, and scaling over threads.
    pub fn svg(&self) -> String {
        charts::svg(self)
    }

    pub(super) fn own_provenance(&self) -> Provenance {
        let text = |name: &str| self.provenance[name].as_str().unwrap_or_default().to_owned();
        Provenance {
            engine: text("engine"),
            command: text("command"),
            parameters: self.provenance["parameters"].clone(),
            rng_seed: self.provenance["rng_seed"].as_u64().unwrap_or_default(),
            network: text("network"),
        }
    }

    /// As a table of 80 columns.
    pub fn table(&self) -> Table {
        let columns = vec![
            Column::new("stage", "stage", "", "what was measured"),
            Column::new("threads", "thr", "threads", "number of threads"),
            Column::new("median_seconds", "median", "s", "median time of the runs"),
            Column::new("spread", "spread", "share", "how far the farthest run is from the median"),
            Column::new("per_second", "throughput", "a second", "work over the median time, in the stage's unit"),
            Column::new("peak_bytes", "peak", "B", "most memory resident during a run, network included"),
            Column::new("accuracy", "accuracy", "", "how good the result is; FAILED: see the note, no speed is given"),
            Column::new("unit", "unit", "", "what throughput counts").detail(),
            Column::new("work", "work", "", "how much of it a run did").detail(),
            Column::new("speedup", "speed-up", "ratio", "over one thread").detail(),
            Column::new("before_bytes", "before", "B", "memory resident when a run began").detail(),
            Column::new("error", "error", "share", "distance from the truth, 0 is exact; empty: not known").detail(),
            Column::new("failure", "failure", "", "why the stage failed its check").detail(),
            Column::new("digest", "digest", "", "hash of the result").detail(),
        ];
        let mut table = Table::new(SCHEMA, columns, self.own_provenance());
        table.notes = self.notes.clone();
        for row in &self.rows {
            table.rows.push(cells(row));
        }
        table
    }
}

/// The stages that failed, each once.
fn failures(rows: &[Row]) -> impl Iterator<Item = (&str, &str)> {
    let mut last = "";
    rows.iter().filter_map(move |row| {
        let why = row.failure.as_deref()?;
        (std::mem::replace(&mut last, &row.stage) != row.stage).then_some((row.stage.as_str(), why))
    })
}

fn cells(row: &Row) -> Vec<Cell> {
    let shown = |value: Option<f64>, how: &dyn Fn(f64) -> String| {
        value.map_or(Cell::Missing, |value| Cell::Shown(value, how(value)))
    };
    let number = |value: Option<f64>| value.map_or(Cell::Missing, |value| Cell::Score(value, 4));
    let bytes = |value: Option<u64>| value.map_or(Cell::Missing, |value| Cell::Shown(value as f64, short_bytes(value)));
    let accuracy = match &row.failure {
        Some(_) => Cell::Text("FAILED".into()),
        None => Cell::text(row.accuracy.as_ref().map(|accuracy| accuracy.text.clone())),
    };
    vec![
        Cell::Text(row.stage.clone()),
        Cell::Count(row.threads as u64),
        row.median_seconds.map_or(Cell::Missing, seconds),
        shown(row.spread, &|share| format!("±{}%", significant(libm::round(100.0 * share), 2))),
        shown(row.per_second, &|value| format!("{} {}/s", si(value), row.unit)),
        bytes(row.peak_bytes),
        accuracy,
        Cell::Text(row.unit.clone()),
        number(row.work),
        number(row.speedup),
        bytes(row.before_bytes),
        number(row.accuracy.as_ref().and_then(|accuracy| accuracy.error)),
        Cell::text(row.failure.clone()),
        Cell::text(row.digest.clone()),
    ]
}

/// A time in seconds, as people read it.
pub(super) fn seconds(value: f64) -> Cell {
    let shown = match value {
        v if v >= 0.9995 => format!("{} s", three(v)),
        v if v >= 0.9995e-3 => format!("{} ms", three(1e3 * v)),
        v => format!("{} µs", three(1e6 * v)),
    };
    Cell::Shown(value, shown)
}

/// A number with three digits and k, M, G or T.
pub(super) fn si(value: f64) -> String {
    let steps = ["", "k", "M", "G", "T"];
    let mut step = 0;
    let mut value = value;
    while value >= 999.5 && step + 1 < steps.len() {
        value /= 1e3;
        step += 1;
    }
    format!("{}{}", three(value), steps[step])
}

/// Three digits: 1.23, 12.3, 123.
fn three(value: f64) -> String {
    match value {
        v if v < 9.995 => format!("{v:.2}"),
        v if v < 99.95 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

/// Bytes in at most eight characters.
fn short_bytes(value: u64) -> String {
    match value {
        v if v < 1 << 30 => format!("{} MiB", libm::round(v as f64 / 1048576.0)),
        v => Bytes(v).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::compare::Verdict;
    use crate::bench::harness::{
        measure,
        tests::{Fault, Planted},
    };
    use crate::bench::input::{BenchInput, input};
    use crate::report::Format;

    /// A document about one stage that is right or wrong.
    fn report(fault: Fault) -> Report {
        let (run, bench) = (Run::new(1), Bench::default());
        let input = input(&BenchInput { people: 1000 }, &run).unwrap();
        let rows = measure(&[Planted::boxed(fault)], &[1, 2], 5, &run).unwrap();
        Report::new(&bench, &input, rows, &run).unwrap()
    }

    fn timed(times: [f64; 5]) -> Report {
        let mut report = report(Fault::None);
        report.rows.iter_mut().for_each(|row| {
            row.seconds = times.to_vec();
            row.median_seconds = crate::bench::measure::median(&times);
        });
        report
    }

    fn written(report: &Report, format: Format, width: usize) -> String {
        let mut out = Vec::new();
        report.table().write(format, width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_failed_stage_prints_failed_and_no_speed() {
        let report = report(Fault::Judge);
        let table = written(&report, Format::Table, 80);
        assert!(table.contains("FAILED") && !table.contains("/s") && !table.contains(" ms"), "{table}");
        assert!(report.notes.contains(&"FAILED planted: the sum is 2, not 1".to_owned()), "{:?}", report.notes);
        let csv = written(&report, Format::Csv, 80);
        assert!(csv.lines().skip(1).all(|line| line.contains(",,,,FAILED,") && line.contains("the sum is 2")), "{csv}");
        let value: Value = serde_json::from_str(&report.json()).unwrap();
        assert!(value["rows"][0]["median_seconds"].is_null() && value["rows"][0]["seconds"] == json!([]));
        let svg = report.svg();
        assert!(svg.contains("FAILED planted") && !svg.contains("class=\"dot"), "{svg}");
        let error = report.passed().unwrap_err();
        assert_eq!(error.exit_code(), 3);
        assert!(error.to_string().contains("planted: the sum is 2, not 1"), "{error}");
    }

    #[test]
    fn documents_read_back_and_others_are_refused() {
        let report = report(Fault::None);
        assert!(report.passed().is_ok());
        let again = Report::read(&report.json(), "old.json").unwrap();
        assert_eq!((&again.input, &again.machine, &again.notes), (&report.input, &report.machine, &report.notes));
        for (again, row) in again.rows.iter().zip(&report.rows) {
            // JSON's decimals may read back a bit off.
            let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-15;
            assert!(again.seconds.iter().zip(&row.seconds).all(close) && again.seconds.len() == 5);
            assert_eq!((&again.stage, &again.digest, &again.accuracy), (&row.stage, &row.digest, &row.accuracy));
        }
        for (text, says) in [
            ("{", "no JSON"),
            ("{}", "no truereach/bench/1 document"),
            ("{\"schema\": \"truereach/bench/9\"}", "this is truereach/bench/9"),
            ("{\"schema\": \"truereach/bench/1\"}", "missing field"),
        ] {
            let error = Report::read(text, "old.json").unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn equal_runs_are_no_change_and_twice_the_time_is_slower() {
        let verdicts = |old: &Report, new: &Report| {
            let found = Comparison::new(old, new, 0.05).unwrap();
            assert_eq!(found.rows.len(), 2);
            (found.rows[0].verdict, found.rows[0].ratio, found.notes)
        };
        let base = timed([1.0, 1.1, 1.05, 0.95, 1.02]);
        assert_eq!(verdicts(&base, &base).0, Verdict::NoChange);
        let twice = timed([2.0, 2.2, 2.1, 1.9, 2.04]);
        let (verdict, ratio, notes) = verdicts(&base, &twice);
        assert_eq!((verdict, notes.len()), (Verdict::Slower, 0), "{notes:?}");
        assert!((ratio.unwrap() - 2.0).abs() < 0.05, "{ratio:?}");
        assert_eq!(verdicts(&twice, &base).0, Verdict::Faster);
        // All new runs above all old ones, but by less than the noise allowed for.
        let hair = timed([1.12, 1.13, 1.14, 1.15, 1.16]);
        assert_eq!(Comparison::new(&base, &hair, 0.2).unwrap().rows[0].verdict, Verdict::NoChange);
        let mut few = base.clone();
        few.rows[0].seconds.truncate(4);
        assert_eq!(verdicts(&few, &base).0, Verdict::TooFewRuns);
        let mut other = base.clone();
        other.rows[0].digest = Some("1".into());
        other.machine.threads += 1;
        let (_, _, notes) = verdicts(&base, &other);
        assert!(notes.iter().any(|note| note.contains("another result")), "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("another machine")), "{notes:?}");
        let table = Comparison::new(&base, &twice, 0.05).unwrap().table(&base);
        let mut out = Vec::new();
        table.write(Format::Table, 80, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("SLOWER") && text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn figures_are_short() {
        assert_eq!(si(12_345_678.0), "12.3M");
        assert_eq!(si(999.6), "1.00k");
        assert_eq!([si(0.5), si(99.96), si(9.999e6)], ["0.50", "100", "10.0M"]);
        assert_eq!(short_bytes(64 << 20), "64 MiB");
        let shown = |value| match seconds(value) {
            Cell::Shown(_, text) => text,
            _ => String::new(),
        };
        assert_eq!([shown(1.2345), shown(0.01234), shown(0.0000123)], ["1.23 s", "12.3 ms", "12.3 µs"]);
    }
}
