//! `truereach bench`: speed and accuracy together.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::open::{NetworkArgs, Opened, RawArgs};
use super::term::{OutputArgs, Terminal};
use crate::base::{Error, Result};
use crate::bench::agency::{self, AgencyGrid};
use crate::bench::audits::{self, AuditGrid};
use crate::bench::input::Known;
use crate::bench::truth::{Chances, Truth};
use crate::bench::{Bench, BenchInput, Comparison, Input, Kernels, Report, compare, input};
use crate::io::columns::Edges;
use crate::io::output::Output;
use crate::report::{Format, Table};

/// Measure every stage, its speed and its accuracy, at one thread and at all.
///
/// Without NETWORK a network is made. Every stage is checked first: equal results at every number of threads, and a
/// judge that shares no code with the stage. A stage that fails prints FAILED and no speed, and the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  truereach bench --quick
  truereach bench -o bench.json --svg bench.svg
  truereach bench --compare bench.json
  truereach bench market.trg --truth market.truth.json.gz
  truereach bench market.trg --stage pagerank --runs 1 --threads-list 2 --format json
  truereach bench truth --people 1000 --seeds 10
  truereach bench audit --seeds 2 --sizes 0.004
  truereach bench kernels --made rmat:16,lfr:50000"
)]
pub struct BenchArgs {
    #[command(subcommand)]
    what: Option<What>,
    /// A snapshot (.trg), a folder with a network.toml, or raw files [default: a network made for it]
    #[arg(value_name = "NETWORK")]
    network: Vec<PathBuf>,
    /// Which way rows of raw files point: "follower,followee", "source,reached" or "undirected" [default: as
    /// `truereach ingest --help` says]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "ROWS")]
    edges: Option<Edges>,
    /// About how many accounts the network made here has [default: 300000; 50000 with --quick]
    #[arg(long, value_name = "N", conflicts_with = "network", help_heading = "Bench")]
    people: Option<u64>,
    /// What is true of NETWORK: the truth file that `generate market` wrote beside it
    #[arg(long, value_name = "FILE", requires = "network", help_heading = "Bench")]
    truth: Option<PathBuf>,
    /// A small network, fewer creators, wider intervals: done within a minute on two cores
    #[arg(long, conflicts_with = "network", help_heading = "Bench")]
    quick: bool,
    #[command(flatten)]
    bench: Bench,
    /// Say what changed since this document, beyond noise
    #[arg(long, value_name = "OLD.json", help_heading = "Compare")]
    compare: Option<PathBuf>,
    /// Changes of up to this share are no changes, whatever the runs say
    #[arg(long, default_value_t = 0.05, value_name = "SHARE", requires = "compare", help_heading = "Compare")]
    noise: f64,
    /// Draw speed against accuracy, and scaling over threads, to this file
    #[arg(long, value_name = "FILE.svg", help_heading = "Output")]
    svg: Option<PathBuf>,
    /// Write to a file; its ending gives the format (.json .svg .csv .tsv .ndjson .txt)
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Format [default: by the file's ending; a table on a terminal, TSV in a pipe]
    #[arg(long, value_enum, help_heading = "Output")]
    format: Option<Format>,
    /// Replace output files if they exist
    #[arg(long, help_heading = "Output")]
    force: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    Truth(GridArgs),
    Agency(AgencyArgs),
    Audit(AuditGridArgs),
    Kernels(KernelsArgs),
}

/// Measure the graph kernels over families of networks: what an edge costs, and what it costs as they grow.
///
/// PageRank and components look at follows, the others at ties: every follow as a tie of both. A kernel that fails its
/// check prints FAILED and no speed, and the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach bench kernels
  truereach bench kernels --made rmat:17,rmat:20 --kernel pagerank,components --threads-list 2
  truereach bench kernels network.trg --runs 3 -o kernels.json")]
pub struct KernelsArgs {
    /// A snapshot (.trg), a folder with a network.toml, or raw files [default: networks made for it]
    #[arg(value_name = "NETWORK", conflicts_with = "made")]
    network: Vec<PathBuf>,
    /// Which way rows of raw files point: "follower,followee", "source,reached" or "undirected" [default: as
    /// `truereach ingest --help` says]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "ROWS")]
    edges: Option<Edges>,
    #[command(flatten)]
    kernels: Kernels,
    /// Draw what an edge costs as networks grow to this file
    #[arg(long, value_name = "FILE.svg", help_heading = "Output")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

impl KernelsArgs {
    fn run(&self, terminal: &Terminal) -> Result<()> {
        self.kernels.check()?;
        let target = self.output.output.as_deref().filter(|path| !is_stdout(path));
        // Better now than after minutes of work.
        absent(&target.into_iter().chain(self.svg.as_deref()).collect::<Vec<_>>(), self.output.force)?;
        let report = match self.network.is_empty() {
            true => self.kernels.run(&terminal.run)?,
            false => self.kernels.run_on(given(&self.network, self.edges, terminal)?, &terminal.run)?,
        };
        if let Some(path) = &self.svg {
            write(path, &report.svg(), self.output.force, terminal)?;
        }
        match (self.output.format.or_else(|| target.and_then(Format::of)), target) {
            (Some(Format::Json), Some(path)) => write(path, &report.json(), self.output.force, terminal)?,
            (Some(Format::Json), None) => terminal.print(&report.json())?,
            _ => terminal.give(&report.table(), &self.output)?,
        }
        report.passed()
    }
}

/// A network that is named, without what may be known of it.
fn given(paths: &[PathBuf], edges: Option<Edges>, terminal: &Terminal) -> Result<Input> {
    let raw = RawArgs { edges, ..Default::default() };
    let network = NetworkArgs { network: paths.to_vec(), raw, define: Default::default(), trust: false };
    let Opened { network, checksum, .. } = network.open(terminal)?;
    // The document names no path of this machine.
    let names = paths.iter().filter_map(|path| path.file_name());
    let name = names.map(|name| name.to_string_lossy()).collect::<Vec<_>>().join(" ");
    Ok(Input::given(network, checksum, name))
}

/// Compare estimates with the known truth of many small networks.
///
/// Do 95% intervals hold the truth 95% of the time? If not, beyond chance, the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  truereach bench truth --people 1000,5000 --seeds 20 -o truth.json")]
pub struct GridArgs {
    #[command(flatten)]
    truth: Truth,
    #[command(flatten)]
    output: OutputArgs,
}

/// Compare what is said of cut lists and past posts with the known truth of markets seen through an agency's window.
///
/// Next-post intervals, unions, pairs: how often does each hold? If not as often as asked, the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach bench agency --people 20000 --seeds 3
  truereach bench agency --world feed")]
pub struct AgencyArgs {
    #[command(flatten)]
    grid: AgencyGrid,
    #[command(flatten)]
    output: OutputArgs,
}

/// Compare who is said to be real with the known truth of markets with planted bot farms and innocent look-alikes.
///
/// Over size × density × camouflage × share of hijacked accounts: AUC, errors of creators' shares, coverage, look-alikes
/// flagged. If errors or flags are more than asked, the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach bench audit --seeds 2 --sizes 0.004 --densities 0.7
  truereach bench audit -o audits.csv")]
pub struct AuditGridArgs {
    #[command(flatten)]
    grid: AuditGrid,
    #[command(flatten)]
    output: OutputArgs,
}

impl AuditGridArgs {
    fn run(&self, terminal: &Terminal) -> Result<()> {
        let found = self.grid.run(&terminal.run)?;
        terminal.give(&audits::table(&self.grid, &found, terminal.seed), &self.output)?;
        match found.iter().find_map(|one| one.failed()) {
            None => Ok(()),
            Some(says) => Err(Error::NotConverged(says)),
        }
    }
}

impl AgencyArgs {
    fn run(&self, terminal: &Terminal) -> Result<()> {
        let held = self.grid.run(&terminal.run)?;
        terminal.give(&agency::table(&self.grid, &held, terminal.seed), &self.output)?;
        match held.iter().find(|one| !one.passed()) {
            None => Ok(()),
            Some(one) => Err(Error::NotConverged(format!(
                "{}: held {:.1}% of {}",
                one.figure,
                100.0 * one.held.unwrap_or(f64::NAN),
                one.given
            ))),
        }
    }
}

impl BenchArgs {
    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        if let Some(What::Truth(args)) = &self.what {
            return grid(&args.truth, &args.output, terminal);
        }
        if let Some(What::Agency(args)) = &self.what {
            return args.run(terminal);
        }
        if let Some(What::Kernels(args)) = &self.what {
            return args.run(terminal);
        }
        if let Some(What::Audit(args)) = &self.what {
            return args.run(terminal);
        }
        if self.quick {
            self.bench.make_quick();
        }
        self.bench.check()?;
        let older = self.compare.as_deref().map(read).transpose()?;
        let targets = [&self.output, &self.svg].into_iter().flatten();
        let targets: Vec<&Path> = targets.map(PathBuf::as_path).filter(|target| !is_stdout(target)).collect();
        // Better now than after minutes of work.
        absent(&targets, self.force)?;
        let input = self.input(terminal)?;
        if let Some(older) = &older {
            compare::comparable(older, input.checksum)?;
        }
        let mut report = self.bench.run(&input, &terminal.run)?;
        if let Some(older) = &older {
            report.comparison = Some(Comparison::new(older, &report, self.noise)?);
        }
        self.give(&report, terminal)?;
        report.passed()
    }

    fn input(&self, terminal: &Terminal) -> Result<Input> {
        if self.network.is_empty() {
            let people = self.people.unwrap_or(if self.quick { 50_000 } else { 300_000 });
            let made_by = BenchInput { people };
            made_by.check()?;
            return input::input(&made_by, &terminal.run);
        }
        let mut input = given(&self.network, self.edges, terminal)?;
        if let Some(path) = &self.truth {
            input.known = Known::of(&super::truth::read(path)?, &input.network, &terminal.run)?;
        }
        Ok(input)
    }

    fn give(&self, report: &Report, terminal: &Terminal) -> Result<()> {
        if let Some(path) = &self.svg {
            write(path, &report.svg(), self.force, terminal)?;
        }
        let target = self.output.as_deref().filter(|path| !is_stdout(path));
        let ending = target.and_then(Path::extension).and_then(|ending| ending.to_str());
        if let (Some(path), None, Some("svg")) = (target, self.format, ending) {
            return write(path, &report.svg(), self.force, terminal);
        }
        let format = self.format.or_else(|| target.and_then(Format::of));
        if format == Some(Format::Json) {
            return match target {
                Some(path) => write(path, &report.json(), self.force, terminal),
                None => terminal.print(&report.json()),
            };
        }
        let output = |format| OutputArgs { output: self.output.clone(), format, force: self.force };
        terminal.give(&report.table(), &output(self.format))?;
        if let Some(comparison) = &report.comparison {
            self.give_comparison(&comparison.table(report), terminal)?;
        }
        Ok(())
    }

    /// After the table, on the terminal or in the pipe; beside a file, on standard output.
    fn give_comparison(&self, table: &Table, terminal: &Terminal) -> Result<()> {
        terminal.print("\n")?;
        let to_file = self.output.as_deref().is_some_and(|path| !is_stdout(path));
        let format = if to_file || std::io::stdout().is_terminal() { Some(Format::Table) } else { self.format };
        terminal.give(table, &OutputArgs { output: None, format, force: false })
    }
}

/// Refuses to replace files, unless told to.
fn absent(targets: &[&Path], force: bool) -> Result<()> {
    match targets.iter().find(|target| target.is_file() && !force) {
        Some(target) => Err(Error::Exists(target.to_path_buf())),
        None => Ok(()),
    }
}

fn is_stdout(path: &Path) -> bool {
    [Path::new("-"), Path::new("/dev/stdout")].contains(&path)
}

fn read(path: &Path) -> Result<Report> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", error))?;
    Report::read(&text, &path.display().to_string())
}

fn write(path: &Path, text: &str, force: bool, terminal: &Terminal) -> Result<()> {
    terminal.writing(path)?;
    let mut out = Output::create(path, force)?;
    out.write_all(text.as_bytes()).map_err(|error| Error::io(path, "write", error))?;
    out.finish()?;
    terminal.note(format!("written to {}", path.display()));
    Ok(())
}

fn grid(truth: &Truth, output: &OutputArgs, terminal: &Terminal) -> Result<()> {
    truth.check()?;
    let grid = truth.run(&terminal.run, |cell, run| truth.case(cell, run))?;
    let target = output.output.as_deref().filter(|path| !is_stdout(path));
    match (output.format.or_else(|| target.and_then(Format::of)), target) {
        (Some(Format::Json), Some(path)) => write(path, &grid.json(), output.force, terminal)?,
        (Some(Format::Json), None) => terminal.print(&grid.json())?,
        _ => terminal.give(&grid.table(), output)?,
    }
    match truth.chances {
        Chances::Planted => grid.passed(),
        // Assumptions are no promise: how often they hold is what was asked.
        Chances::Prior => Ok(()),
    }
}
