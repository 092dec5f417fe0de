//! The graph kernels side by side over families of networks: what an edge costs, and what it costs as networks grow.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::files::{Folder, IngestStage, OpenStage, WriteStage};
use super::growth;
use super::harness::{self, Row};
use super::input::Input;
use super::measure::Machine;
use super::recipe::{Recipe, ties};
use super::report::{seconds, si};
use super::stage::Stage;
use super::structure::{CommunitiesStage, ComponentsStage, CoreStage, PageRankStage, PersonalStage};
use super::suite::{check_threads, numbers_of_threads};
use super::surroundings::{HarmonicStage, TrianglesStage};
use crate::base::{Error, Result, Run};
use crate::community::{Effort, LabelPropagation, Leiden, Louvain};
use crate::rank::{PageRank, Stop};
use crate::report::{Cell, Column, Provenance, Table};

/// Name and version of what [`KernelsReport`] holds.
pub const SCHEMA: &str = "truereach/bench-kernels/1";

/// Every kernel on every network, at every number of threads: checked first, then timed ([`harness`]).
///
/// **Input**: networks by name ([`Recipe`]), or one that is given.
/// **Returns**: a row a network, kernel and number of threads: seconds of every run, nanoseconds an edge (and iteration, where
/// a kernel iterates), and how many times as much an edge costs as on the first network of its family.
/// **Guarantee**: no time without its accuracy; equal results at all numbers of threads.
/// **Cost**: each kernel once at each number of threads, a plain judge on one thread, and the timed runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Kernels {
    /// Networks to make: rmat:SCALE, uniform:SCALE, lfr:PEOPLE
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_delimiter = ',',
            value_name = "NETWORK,…",
            default_value = "rmat:14,rmat:16,uniform:16,lfr:50000",
            help_heading = "Bench"
        )
    )]
    pub made: Vec<Recipe>,
    /// Kernels to measure [default: all but the files: write, ingest, open]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "KERNEL,…", help_heading = "Bench"))]
    pub kernel: Vec<String>,
    /// Timed runs of each kernel at each number of threads, after the run that is checked
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5, value_name = "K", help_heading = "Bench"))]
    pub runs: u32,
    /// Numbers of threads [default: 1, 2, 4, … up to --threads]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "T,…", help_heading = "Bench"))]
    pub threads_list: Vec<usize>,
    /// Change of PageRank, summed over all accounts, at which to stop
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1e-6, value_name = "L1", help_heading = "Kernels"))]
    pub tolerance: f64,
    /// Sources of personalised PageRank: the most followed accounts
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 64, value_name = "N", help_heading = "Kernels"))]
    pub sources: usize,
    /// Iterations of Leiden and Louvain
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1, value_name = "N", help_heading = "Kernels"))]
    pub iterations: u32,
    /// How far Leiden and Louvain go
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Kernels"))]
    pub effort: Effort,
    /// Rounds of label propagation [default: until nothing changes]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", help_heading = "Kernels"))]
    pub rounds: Option<u32>,
}

impl Default for Kernels {
    fn default() -> Self {
        Kernels {
            made: vec![Recipe::Rmat(14), Recipe::Rmat(16), Recipe::Uniform(16), Recipe::Lfr(50_000)],
            kernel: Vec::new(),
            runs: 5,
            threads_list: Vec::new(),
            tolerance: 1e-6,
            sources: 64,
            iterations: 1,
            effort: Effort::default(),
            rounds: None,
        }
    }
}

/// Kernels that look at follows, in their order. A new kernel adds its name here or below, and a line in [`stage_of`].
const DIRECTED: [&str; 4] = ["pagerank", "personal", "components", "harmonic"];
/// Kernels that look at ties: measured on the network with every follow as a tie of both.
const TIES: [&str; 5] = ["core", "triangles", "leiden", "louvain", "labels"];
/// Kernels that read and write files: measured where asked for.
const FILES: [&str; 3] = ["write", "ingest", "open"];

impl Kernels {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        let names = FILES.iter().chain(&DIRECTED).chain(&TIES);
        if let Some(unknown) = self.kernel.iter().find(|kernel| !names.clone().any(|name| name == kernel)) {
            let known = names.copied().collect::<Vec<_>>().join(", ");
            return Err(Error::parameter("--kernel", format!("there is no kernel \"{unknown}\""))
                .with_hint(format!("kernels: {known}")));
        }
        if !(1..=1000).contains(&self.runs) {
            return Err(Error::parameter("--runs", format!("{} is not between 1 and 1000", self.runs)));
        }
        let rounds = self.rounds.map_or(1, |rounds| rounds as usize);
        for (name, number) in
            [("--iterations", self.iterations as usize), ("--sources", self.sources), ("--rounds", rounds)]
        {
            if number == 0 {
                return Err(Error::parameter(name, "must be at least 1"));
            }
        }
        check_threads(&self.threads_list)?;
        self.pagerank().check()
    }

    fn pagerank(&self) -> PageRank {
        PageRank { stop: Stop::Change, tolerance: self.tolerance, ..PageRank::default() }
    }

    /// Measures on networks made here.
    pub fn run(&self, run: &Run) -> Result<KernelsReport> {
        self.measure(self.made.iter().map(|recipe| (recipe.family(), recipe.make(run))), run)
    }

    /// Measures on a network that is given.
    pub fn run_on(&self, input: Input, run: &Run) -> Result<KernelsReport> {
        self.measure([("given", Ok(input))].into_iter(), run)
    }

    fn measure<'a>(&self, inputs: impl Iterator<Item = (&'a str, Result<Input>)>, run: &Run) -> Result<KernelsReport> {
        self.check()?;
        let threads = numbers_of_threads(&self.threads_list, run)?;
        let mut rows: Vec<KernelRow> = Vec::new();
        for (family, input) in inputs {
            // One network at a time, and the follows are gone before the ties are measured: they may be large.
            let input = input?;
            let folder = Folder::new()?;
            self.rows(&[&FILES[..], &DIRECTED[..]].concat(), &input, &folder, family, &threads, run, &mut rows)?;
            if TIES.iter().any(|name| self.wants(name)) {
                let input = {
                    let follows = input;
                    ties(&follows, run)?
                };
                self.rows(&TIES, &input, &folder, family, &threads, run, &mut rows)?;
            }
        }
        let provenance = Provenance::new("bench kernels", json!(self), run.seed(), 0);
        Ok(KernelsReport { provenance, machine: Machine::here(), rows })
    }

    fn wants(&self, name: &str) -> bool {
        match self.kernel.is_empty() {
            true => !FILES.contains(&name),
            false => self.kernel.iter().any(|kernel| kernel == name),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn rows(
        &self,
        names: &[&str],
        input: &Input,
        folder: &Folder,
        family: &str,
        threads: &[usize],
        run: &Run,
        rows: &mut Vec<KernelRow>,
    ) -> Result<()> {
        let stages: Vec<Box<dyn Stage + '_>> =
            names.iter().filter(|name| self.wants(name)).map(|name| self.stage_of(name, input, folder)).collect();
        for row in harness::measure(&stages, threads, self.runs, run)? {
            let nanoseconds = row.per_second.map(|speed| 1e9 / speed).filter(|_| row.unit == "edges");
            let alike = |other: &&KernelRow| {
                other.family == family && other.row.stage == row.stage && other.row.threads == row.threads
            };
            let first = rows.iter().find(alike).map_or(nanoseconds, |first| first.nanoseconds);
            rows.push(KernelRow {
                network: input.name.clone(),
                family: family.into(),
                checksum: format!("{:016x}", input.checksum),
                accounts: input.network.accounts() as u64,
                edges: input.graph()?.edges(),
                nanoseconds,
                growth: nanoseconds.zip(first).map(|(now, first)| now / first),
                row,
            });
        }
        Ok(())
    }

    fn stage_of<'a>(&self, name: &str, input: &'a Input, folder: &'a Folder) -> Box<dyn Stage + 'a> {
        let (iterations, effort) = (self.iterations, self.effort);
        match name {
            "write" => Box::new(WriteStage { input, folder }),
            "ingest" => Box::new(IngestStage { input, folder }),
            "open" => Box::new(OpenStage { input, folder }),
            "pagerank" => Box::new(PageRankStage { input, params: self.pagerank() }),
            "personal" => Box::new(PersonalStage { input, params: self.pagerank(), sources: self.sources }),
            "components" => Box::new(ComponentsStage { input }),
            "harmonic" => Box::new(HarmonicStage { input }),
            "core" => Box::new(CoreStage { input }),
            "triangles" => Box::new(TrianglesStage { input }),
            "leiden" => {
                let params = Leiden { iterations, effort, ..Leiden::default() };
                Box::new(CommunitiesStage::leiden("leiden", input, params))
            }
            "louvain" => {
                Box::new(CommunitiesStage::louvain(input, Louvain { iterations, effort, ..Louvain::default() }))
            }
            _ => {
                let params = LabelPropagation { iterations: self.rounds, ..LabelPropagation::default() };
                Box::new(CommunitiesStage::labels(input, params))
            }
        }
    }
}

/// A kernel on a network at a number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KernelRow {
    /// The network.
    pub network: String,
    /// What it grows with.
    pub family: String,
    /// Its checksum: kernels of ties have that of the ties.
    pub checksum: String,
    /// Accounts.
    pub accounts: u64,
    /// Edges that the kernel sees.
    pub edges: u64,
    /// Nanoseconds an edge, and an iteration where the kernel iterates, by the median.
    pub nanoseconds: Option<f64>,
    /// Over the first network of the family.
    pub growth: Option<f64>,
    /// What was measured.
    #[serde(flatten)]
    pub row: Row,
}

/// All kernels on all networks. Like [`super::Report`] it holds times and names a machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KernelsReport {
    /// Version, command, parameters, seed.
    pub provenance: Provenance,
    /// Where it ran.
    pub machine: Machine,
    /// A row a network, kernel and number of threads.
    pub rows: Vec<KernelRow>,
}

impl KernelsReport {
    /// As JSON.
    pub fn json(&self) -> String {
        let document = json!({
            "schema": SCHEMA, "provenance": self.provenance, "machine": self.machine, "rows": self.rows,
        });
        serde_json::to_string_pretty(&document).expect("maps of this document have text keys") + "\n"
    }

    /// As a picture: what an edge costs as networks grow.
    pub fn svg(&self) -> String {
        growth::svg(self)
    }

    /// An error if a kernel failed: the exit code says so too.
    pub fn passed(&self) -> Result<()> {
        let failed = self.rows.iter().find_map(|row| Some((row, row.row.failure.as_ref()?)));
        match failed {
            None => Ok(()),
            Some((row, why)) => Err(Error::NotConverged(format!("FAILED {} on {}: {why}", row.row.stage, row.network))),
        }
    }

    /// As a table of 80 columns.
    pub fn table(&self) -> Table {
        let columns = vec![
            Column::new("network", "network", "", "the network"),
            Column::new("kernel", "kernel", "", "what was measured"),
            Column::new("threads", "thr", "threads", "number of threads"),
            Column::new("median_seconds", "median", "s", "median time of the runs"),
            Column::new(
                "nanoseconds",
                "ns/edge",
                "ns",
                "of the median, for an edge (and iteration, where it iterates)",
            ),
            Column::new("growth", "growth", "ratio", "ns/edge over that of the first network of its family"),
            Column::new("accuracy", "accuracy", "", "how good the result is; FAILED: see the note, no speed is given"),
            Column::new("accounts", "accounts", "accounts", "accounts of the network").detail(),
            Column::new("edges", "edges", "edges", "edges that the kernel sees").detail(),
            Column::new("spread", "spread", "share", "how far the farthest run is from the median").detail(),
            Column::new("speedup", "speed-up", "ratio", "over one thread").detail(),
            Column::new("before_bytes", "before", "B", "memory resident when a run began").detail(),
            Column::new("peak_bytes", "peak", "B", "most memory resident during a run, network included").detail(),
            Column::new("failure", "failure", "", "why the kernel failed its check").detail(),
            Column::new("digest", "digest", "", "hash of the result").detail(),
        ];
        let mut table = Table::new(SCHEMA, columns, self.provenance.clone());
        let machine = &self.machine;
        let processor = machine.processor.as_deref().unwrap_or("unknown processor");
        table.notes.push(format!("{processor}, {} threads at once, {}", machine.threads, machine.system));
        let mut last = None;
        for row in &self.rows {
            if let Some(why) = &row.row.failure
                && last.replace((&row.network, &row.row.stage)) != Some((&row.network, &row.row.stage))
            {
                table.notes.push(format!("FAILED {} on {}: {why}", row.row.stage, row.network));
            }
            table.rows.push(cells(row));
        }
        table
    }
}

fn cells(row: &KernelRow) -> Vec<Cell> {
    let shown = |value: Option<f64>, how: &dyn Fn(f64) -> String| {
        value.map_or(Cell::Missing, |value| Cell::Shown(value, how(value)))
    };
    let number = |value: Option<f64>| value.map_or(Cell::Missing, |value| Cell::Score(value, 4));
    let bytes = |value: Option<u64>| value.map_or(Cell::Missing, Cell::Count);
    vec![
        Cell::Text(row.network.clone()),
        Cell::Text(row.row.stage.clone()),
        Cell::Count(row.row.threads as u64),
        row.row.median_seconds.map_or(Cell::Missing, seconds),
        shown(row.nanoseconds, &si),
        shown(row.growth, &|ratio| format!("{ratio:.2}")),
        match &row.row.failure {
            Some(_) => Cell::Text("FAILED".into()),
            None => Cell::text(row.row.accuracy.as_ref().map(|accuracy| accuracy.text.clone())),
        },
        Cell::Count(row.accounts),
        Cell::Count(row.edges),
        number(row.row.spread),
        number(row.row.speedup),
        bytes(row.row.before_bytes),
        bytes(row.row.peak_bytes),
        Cell::text(row.row.failure.clone()),
        Cell::text(row.row.digest.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_passes_and_growth_is_of_the_family() {
        let kernels = Kernels {
            made: vec![Recipe::Rmat(7), Recipe::Rmat(8), Recipe::Lfr(1000)],
            runs: 1,
            threads_list: vec![1, 2],
            kernel: FILES.iter().chain(&DIRECTED).chain(&TIES).map(|name| (*name).to_owned()).collect(),
            ..Kernels::default()
        };
        let report = kernels.run(&Run::new(1)).unwrap();
        assert!(report.passed().is_ok(), "{:?}", report.passed());
        assert_eq!(report.rows.len(), 3 * 12 * 2);
        for row in &report.rows {
            let median = row.row.median_seconds.unwrap();
            let first = row.network != "rmat:8";
            if let (Some(nanoseconds), Some(growth)) = (row.nanoseconds, row.growth) {
                assert!((nanoseconds * row.row.work.unwrap() * 1e-9 / median - 1.0).abs() < 1e-9);
                assert!(!first || growth == 1.0, "{row:?}");
            }
            assert_eq!(row.nanoseconds.is_none(), row.row.stage == "open");
        }
        let lfr = report.rows.iter().find(|row| row.network == "lfr:1000" && row.row.stage == "leiden").unwrap();
        assert!(lfr.row.accuracy.as_ref().unwrap().text.starts_with("AMI"), "{lfr:?}");
        let mut out = Vec::new();
        report.table().write(crate::report::Format::Table, 80, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let svg = report.svg();
        assert!(svg.contains("rmat:8") && svg.contains("lfr:1000") && !svg.contains("NaN"), "{svg}");
        let document: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!((&document["schema"], &document["rows"][0]["stage"]), (&json!(SCHEMA), &json!("write")));
    }

    #[test]
    fn unknown_kernels_are_named() {
        let kernels = Kernels { kernel: vec!["pagerang".into()], ..Kernels::default() };
        let error = kernels.check().unwrap_err().to_string();
        assert!(error.contains("pagerang"), "{error}");
    }
}
