//! The command line: one file a verb. Prints, exits and reads the environment so that nothing else has to.

#[cfg(feature = "parquet")]
mod aggregate;
mod analyze;
pub mod ask;
mod audit;
mod backtest;
mod backtest_cascades;
mod backtest_plots;
mod bench;
mod campaign;
mod communities;
mod contain;
mod creators;
mod define;
mod demo;
pub mod describe;
pub mod elsewhere;
mod export;
mod generate;
mod influence;
mod info;
mod ingest;
mod kept;
mod learn;
mod log;
mod members;
mod near;
mod niche;
mod open;
mod overlap;
mod plots;
mod priors;
mod rank;
mod reach;
mod reach_all;
mod reach_by;
mod reach_next;
mod reconcile;
mod report;
mod risk;
mod run;
mod select;
#[cfg(feature = "serve")]
mod serve;
mod shell;
mod similar;
mod sketch;
mod term;
mod traits;
mod truth;
mod two_columns;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::base::{Error, Result};
use term::Terminal;

/// How many real people a creator reaches, with an error bar on every estimate.
///
/// Takes who follows whom and who interacts with whom, and answers what follower counts cannot: expected reach,
/// rank, communities. Start with `truereach analyze`, which runs on a network shipped inside the program.
#[derive(Debug, Parser)]
#[command(name = "truereach", version, max_term_width = 100, propagate_version = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// Settings that every verb has. None of them changes a result but the seed; small cells are shown or not.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// Threads [default: all cores; also TRUEREACH_THREADS]
    #[arg(long, global = true, value_name = "N", help_heading = "Run")]
    threads: Option<usize>,
    /// Seed of all randomness; equal seeds give equal bytes
    #[arg(long, global = true, value_name = "N", default_value_t = 1, help_heading = "Run")]
    rng_seed: u64,
    /// Memory that may be used, as 4GiB or 50% [default: what the machine has free]
    #[arg(long, global = true, value_name = "AMOUNT", help_heading = "Run")]
    memory: Option<String>,
    /// No progress bar, no notes: the answer alone
    #[arg(long, short, global = true, help_heading = "Run")]
    quiet: bool,
    /// Have the work done by Apache Spark, with the same result: spark://HOST:PORT or local[N], options after a question mark as
    /// ?partitioned&shards=8&local-dir=PATH&store=PATH&checkpoint-every=4&explain
    #[arg(long, global = true, value_name = "URL", help_heading = "Run")]
    engine: Option<String>,
    /// Show counts of fewer than 10 people too, where a network holds personal data
    #[arg(long, global = true, help_heading = "Run")]
    small_cells: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Analyze(analyze::AnalyzeArgs),
    Reach(reach::ReachArgs),
    Audit(Box<audit::AuditArgs>),
    Influence(Box<influence::InfluenceArgs>),
    Select(Box<select::SelectArgs>),
    Risk(Box<risk::RiskArgs>),
    Contain(Box<contain::ContainArgs>),
    Overlap(overlap::OverlapArgs),
    Similar(similar::SimilarArgs),
    Niche(niche::NicheArgs),
    Sketch(sketch::SketchArgs),
    Rank(rank::RankArgs),
    Communities(communities::CommunitiesArgs),
    Learn(learn::LearnArgs),
    Backtest(backtest::BacktestArgs),
    Reconcile(reconcile::ReconcileArgs),
    Report(report::ReportArgs),
    Run(run::RunArgs),
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    Ingest(ingest::IngestArgs),
    #[cfg(feature = "parquet")]
    Aggregate(aggregate::AggregateArgs),
    Info(info::InfoArgs),
    Verify(verify::VerifyArgs),
    Export(export::ExportArgs),
    Generate(generate::GenerateArgs),
    Bench(bench::BenchArgs),
    Priors(priors::PriorsArgs),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// Runs the program.
pub fn main() -> ExitCode {
    ExitCode::from(ended(std::env::args_os(), obey))
}

/// Obeys the words of a command line (the first is the program's name), and gives the exit code; says on standard error what
/// went wrong.
fn ended<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>, obey: impl FnOnce(Cli) -> Result<u8>) -> u8 {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return error.exit_code() as u8;
        }
    };
    match obey(cli) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => 0,
        Err(error) => {
            anstream::eprintln!("truereach: {error}");
            error.exit_code()
        }
    }
}

fn obey(cli: Cli) -> Result<u8> {
    if let Some(engine) = &cli.global.engine {
        elsewhere::check(&cli.verb)?;
        return elsewhere::handed_over(engine, std::env::args_os());
    }
    let terminal = Terminal::new(&cli.global)?;
    dispatch(cli.verb, &terminal)?;
    Ok(0)
}

fn dispatch(verb: Verb, terminal: &Terminal) -> Result<()> {
    match verb {
        Verb::Analyze(args) => args.run(terminal),
        Verb::Reach(args) => args.run(terminal),
        Verb::Audit(args) => args.run(terminal),
        Verb::Influence(args) => args.run(terminal),
        Verb::Select(args) => args.run(terminal),
        Verb::Risk(args) => args.run(terminal),
        Verb::Contain(args) => args.run(terminal),
        Verb::Overlap(args) => args.run(terminal),
        Verb::Similar(args) => args.run(terminal),
        Verb::Niche(args) => args.run(terminal),
        Verb::Sketch(args) => args.run(terminal),
        Verb::Rank(args) => args.run(terminal),
        Verb::Communities(args) => args.run(terminal),
        Verb::Learn(args) => args.run(terminal),
        Verb::Backtest(args) => args.run(terminal),
        Verb::Reconcile(args) => args.run(terminal),
        Verb::Report(args) => args.run(terminal),
        Verb::Run(args) => args.run(terminal),
        #[cfg(feature = "serve")]
        Verb::Serve(args) => args.run(terminal),
        Verb::Ingest(args) => args.run(terminal),
        #[cfg(feature = "parquet")]
        Verb::Aggregate(args) => args.run(terminal),
        Verb::Info(args) => args.run(terminal),
        Verb::Verify(args) => args.run(terminal),
        Verb::Export(args) => args.run(terminal),
        Verb::Generate(args) => args.run(terminal),
        Verb::Bench(args) => args.run(terminal),
        Verb::Priors(args) => args.run(terminal),
        Verb::Completions(args) => args.run(terminal),
        Verb::Man(args) => args.run(terminal),
    }
}

/// Whoever read our output has seen enough: that is no failure.
fn is_broken_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
}
