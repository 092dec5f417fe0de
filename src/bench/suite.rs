//! The parameters of a benchmark, the stages in their order, and the run itself.

use serde::{Deserialize, Serialize};

use super::cascades::{SimulateStage, TopStage};
use super::files::{Folder, GenerateStage, IngestStage, OpenStage, WriteStage};
use super::harness;
use super::input::Input;
use super::report::Report;
use super::stage::Stage;
use super::structure::{CommunitiesStage, ComponentsStage, CoreStage, PageRankStage};
use crate::base::{Error, Result, Run};
use crate::cascade::{ReachEach, Top};
use crate::community::{LabelPropagation, Leiden};
use crate::rank::PageRank;

/// What is measured, how often, at how many threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Bench {
    /// Stages to measure [default: all]: generate, write, ingest, open, pagerank, components, core, communities,
    /// labels, simulate, top
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "STAGE,…", help_heading = "Bench"))]
    pub stage: Vec<String>,
    /// Timed runs of each stage at each number of threads, after the run that is checked
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5, value_name = "K", help_heading = "Bench"))]
    pub runs: u32,
    /// Numbers of threads [default: 1, 2, 4, … up to --threads]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "T,…", help_heading = "Bench"))]
    pub threads_list: Vec<usize>,
    /// Creators whose reach is simulated: the most followed
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20, value_name = "N", help_heading = "Stages"))]
    pub creators: usize,
    /// Accounts of which the first N are sought, where the network names no creators: the most followed
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1000, value_name = "N", help_heading = "Stages"))]
    pub candidates: usize,
    /// Half-width of reach at which simulation stops, as a share
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE", help_heading = "Stages"))]
    pub half_width: f64,
    /// Iterations of Leiden
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 3, value_name = "N", help_heading = "Stages"))]
    pub leiden_iterations: u32,
    /// PageRank's own parameters.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub pagerank: PageRank,
}

impl Default for Bench {
    fn default() -> Self {
        Bench {
            stage: Vec::new(),
            runs: 5,
            threads_list: Vec::new(),
            creators: 20,
            candidates: 1000,
            half_width: 0.02,
            leiden_iterations: 3,
            pagerank: PageRank::default(),
        }
    }
}

/// The most runs and the most threads that make sense.
const MOST: usize = 1000;

/// The most worlds for a creator, as in `analyze`.
const MOST_WORLDS: u64 = 65_536;

/// The most worlds for all candidates of the top together, so that a network where nobody can be ruled out still ends;
/// the half-width that was reached is printed.
const MOST_TOP_WORLDS: u64 = 200_000;

impl Bench {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        if !(1..=MOST).contains(&(self.runs as usize)) {
            return Err(Error::parameter("--runs", format!("{} is not between 1 and {MOST}", self.runs)));
        }
        check_threads(&self.threads_list)?;
        for (name, number) in [("--creators", self.creators), ("--candidates", self.candidates)] {
            if number == 0 {
                return Err(Error::parameter(name, "must be at least 1"));
            }
        }
        if self.leiden_iterations == 0 {
            return Err(Error::parameter("--leiden-iterations", "must be at least 1"));
        }
        self.each().check()?;
        self.pagerank.check()
    }

    /// Makes the stages that simulate cheaper, where nobody asked otherwise.
    pub fn make_quick(&mut self) {
        let usual = Bench::default();
        if self.creators == usual.creators {
            self.creators = 10;
        }
        if self.candidates == usual.candidates {
            self.candidates = 200;
        }
        if self.half_width == usual.half_width {
            self.half_width = 0.05;
        }
    }

    fn each(&self) -> ReachEach {
        ReachEach {
            half_width: self.half_width,
            half_width_people: None,
            max_worlds: MOST_WORLDS,
            draws: 0,
            ..Default::default()
        }
    }

    /// Checks and measures every stage on `input`.
    pub fn run(&self, input: &Input, run: &Run) -> Result<Report> {
        self.check()?;
        let threads = numbers_of_threads(&self.threads_list, run)?;
        let folder = Folder::new()?;
        let stages = self.chosen(suite(self, input, &folder))?;
        let rows = harness::measure(&stages, &threads, self.runs, run)?;
        Report::new(self, input, rows, run)
    }

    /// The stages asked for, in the order of the suite.
    fn chosen<'a>(&self, all: Vec<Box<dyn Stage + 'a>>) -> Result<Vec<Box<dyn Stage + 'a>>> {
        let names: Vec<&str> = all.iter().map(|stage| stage.name()).collect();
        if let Some(unknown) = self.stage.iter().find(|wanted| !names.contains(&wanted.as_str())) {
            let problem = match unknown.as_str() {
                "generate" => "generate is for a network made here, and this one was given".to_owned(),
                _ => format!("there is no stage \"{unknown}\""),
            };
            return Err(Error::parameter("--stage", problem).with_hint(format!("stages: {}", names.join(", "))));
        }
        let wanted = |stage: &dyn Stage| self.stage.is_empty() || self.stage.iter().any(|name| name == stage.name());
        Ok(all.into_iter().filter(|stage| wanted(&**stage)).collect())
    }
}

/// Refuses numbers of threads that make no sense.
pub(super) fn check_threads(asked: &[usize]) -> Result<()> {
    match asked.iter().find(|threads| !(1..=MOST).contains(*threads)) {
        Some(wrong) => Err(Error::parameter("--threads-list", format!("{wrong} is not between 1 and {MOST}"))),
        None => Ok(()),
    }
}

/// The numbers of threads to measure at, each once, ascending: those asked for, or 1, 2, 4, … up to what `run` has.
pub(super) fn numbers_of_threads(asked: &[usize], run: &Run) -> Result<Vec<usize>> {
    check_threads(asked)?;
    let most = run.thread_count();
    let doubling = std::iter::successors(Some(1), |threads| Some(threads * 2)).take_while(|&threads| threads < most);
    let mut threads: Vec<usize> = match asked.is_empty() {
        true => doubling.chain([most]).collect(),
        false => asked.to_vec(),
    };
    threads.sort_unstable();
    threads.dedup();
    Ok(threads)
}

/// All stages that this input allows, in the order of the work. A new capability adds its line here.
pub fn suite<'a>(bench: &Bench, input: &'a Input, folder: &'a Folder) -> Vec<Box<dyn Stage + 'a>> {
    let each = bench.each();
    let top = Top {
        n: bench.creators,
        half_width: bench.half_width,
        max_creator_worlds: MOST_TOP_WORLDS,
        draws: 0,
        ..Default::default()
    };
    let leiden = Leiden { iterations: bench.leiden_iterations, ..Default::default() };
    let mut stages: Vec<Box<dyn Stage + 'a>> = Vec::new();
    if input.made_by.is_some() {
        stages.push(Box::new(GenerateStage { input }));
    }
    stages.push(Box::new(WriteStage { input, folder }));
    stages.push(Box::new(IngestStage { input, folder }));
    stages.push(Box::new(OpenStage { input, folder }));
    stages.push(Box::new(PageRankStage { input, params: bench.pagerank.clone() }));
    stages.push(Box::new(ComponentsStage { input }));
    stages.push(Box::new(CoreStage { input }));
    stages.push(Box::new(CommunitiesStage::leiden("communities", input, leiden)));
    stages.push(Box::new(CommunitiesStage::labels(input, LabelPropagation::default())));
    stages.push(Box::new(SimulateStage { input, params: each, creators: bench.creators }));
    stages.push(Box::new(TopStage { input, params: top, candidates: bench.candidates }));
    stages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::measure::Watch;
    use crate::bench::stage::Verdict;
    use crate::graph::{Network, build};

    /// Two circles of ten in which everybody follows everybody, and one follow between them; all is known of it.
    fn planted() -> Input {
        let inside = (0..20u32).flat_map(|u| (0..20u32).map(move |v| (u, v))).filter(|(u, v)| u / 10 == v / 10);
        let follows: Vec<(u32, u32, f64)> = inside.chain([(0, 10)]).map(|(u, v)| (u, v, 0.5)).collect();
        let weighted = build::weighted(20, &follows);
        let network = Network::from_graph(weighted.unweighted());
        let mut input = Input::given(network, 1, "planted".into());
        input.known.communities = Some((0..20).map(|v| v / 10).collect());
        // Nobody shares: half of the followers.
        input.known.planted = Some((weighted, vec![0.0; 20]));
        input.known.reach = Some((0..20).map(|v| (v, if v == 10 { 5.0 } else { 4.5 }, 0.1)).collect());
        input
    }

    fn verdict(input: &Input, name: &str) -> Verdict {
        let (folder, run) = (Folder::new().unwrap(), Run::new(1));
        let stages = suite(&Bench::default(), input, &folder);
        let stage = stages.iter().find(|stage| stage.name() == name).unwrap();
        (stage.run(&run, &mut Watch::default()).unwrap().judge)(&run).unwrap()
    }

    #[test]
    fn what_is_known_becomes_accuracy() {
        let mut input = planted();
        (input.known.least_ami, input.known.most_errors) = (Some(0.9), Some(1.0));
        let found = verdict(&input, "communities");
        assert_eq!((found.failure, found.accuracy.error), (None, Some(0.0)));
        assert!(found.accuracy.text.starts_with("AMI 1.000, Q 0."), "{}", found.accuracy.text);
        for stage in ["simulate", "top"] {
            let found = verdict(&input, stage);
            assert_eq!((found.failure, found.accuracy.error), (None, Some(0.0)));
            assert_eq!(found.accuracy.text, "±0.0%, 0.0 s.e.");
            assert_eq!(found.accuracy.figures["truth_known_for"], 20);
        }
    }

    #[test]
    fn a_truth_that_is_not_recovered_fails_where_it_must_be() {
        let mut input = planted();
        input.known.reach.as_mut().unwrap().iter_mut().for_each(|row| row.1 += 1.0);
        input.known.communities = Some((0..20).map(|v| v % 2).collect());
        // Reported, not checked.
        assert_eq!(verdict(&input, "simulate").failure, None);
        assert!(verdict(&input, "simulate").accuracy.text.contains("10.0 s.e."));
        (input.known.least_ami, input.known.most_errors) = (Some(0.9), Some(3.0));
        assert!(verdict(&input, "simulate").failure.unwrap().contains("10.0 standard errors from the truth"));
        assert!(verdict(&input, "communities").failure.unwrap().contains("below 0.9"));
    }
}
