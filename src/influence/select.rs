//! Whom to sign: the portfolio of creators that reaches most people for its number, its money and its rules.

use serde::{Deserialize, Serialize};

use super::assembly::Assembly;
use super::caution::{self, Caution};
use super::judge::Judge;
use super::optimum::{Optimum, Stopping, optimum};
use super::people::{People, counting};
use super::plan::{Plan, UnderWay};
use super::pool::Walks;
use super::references::Method;
use super::variants::Variants;
use super::wishes::{Limits, Wishes};
use crate::base::stats::Z95;
use crate::base::{Error, Result, Run};
use crate::cascade::{Cascade, Resolved, Sampled, Wave};
use crate::graph::{Graph, Network};

/// The creators to sign, so that as many different people as possible are reached.
///
/// `max over portfolios S that keep to the limits of E[sum over u of w_u 1{S reaches u}]` (MODELS.md section 7), under any
/// model of the cascade. People are drawn at random (in proportion to `w_u`); of each is found, by a walk backwards, which
/// candidates' posts would have reached them: a reverse-reachable set. The share of sets that a portfolio covers, times all
/// people, is an unbiased estimate of its reach. On a pool of sets the portfolio is chosen:
///
/// - number of creators: greedy, lazily, each set touched once;
/// - budget: the best of greedy by gain and greedy by gain for money, each beginning of the latter completed by the creator
///   who then adds most (Greedy+Max), then exchanges;
/// - groups, exclusive pairs, minima, shares: the same under these rules.
///
/// The pool doubles until the portfolio is certified (`certify`), or until on people drawn anew it reaches at most
/// `tolerance` more than the one chosen on half the pool. Everything printed is judged on further people that had no part in
/// the choice.
///
/// **Certificate**: with a probability of at least `1 − failure`, under the model, the portfolio reaches at least `ratio` of
/// what the best one does that keeps to the same limits: a lower bound of its reach from people drawn anew, over an upper
/// bound of the best. The latter is a linear program's (docs/ALGORITHMS.md, "Whom to sign"), much closer than that of greedy choices (Tang
/// et al. 2018): on real networks above 0.95 where theirs stays near 0.75 (docs/BENCHMARKS.md). It says nothing about the
/// campaign's outcome.
///
/// **Input**: who follows whom, and the network it comes from; who can be signed. **Returns**: [`Plan`].
/// **Guarantee**: the certificate; in the worst case, on the pool, what [`Plan::guarantee`] says.
/// **Cost**: walks: the live edges of some hundred thousand people; choosing: each member of each set once, some times over
/// with a budget; memory: 8 bytes a member (candidates alone are kept) and 6 a set.
/// **Errors**: wishes that clash, with the smallest set of them; prices that are missing, negative or in several
/// currencies; what [`Cascade::resolve`] refuses; too little memory.
/// **Determinism**: equal bits at any number of threads. Stopped by `enough`, the same as with `samples` of what was used.
/// **References**: Borgs, Brautbar, Chayes & Lucier 2014 (reverse sampling); Tang, Tang, Xiao & Yuan 2018 (OPIM-C: two
/// pools, doubling); Guo, Wang, Wei & Chen 2020 (skipping, sentinels); Nemhauser, Wolsey & Fisher 1978 (1 − 1/e);
/// Yaroslavtsev, Zhou & Avdiukhin 2020 (Greedy+Max, 1/2).
///
/// ```
/// use truereach::{Run, cascade::Model, graph::{Network, build}, influence::{Limits, Select, Wishes}};
/// // 0 and 1 have three followers each, of whom two are the same; 2 has two others.
/// let follows = [(3, 0), (4, 0), (5, 0), (4, 1), (5, 1), (6, 1), (7, 2), (8, 2)];
/// let network = Network::from_graph(build::graph(9, &follows));
/// let wishes = Wishes { candidates: vec![0, 1, 2], ..Default::default() };
/// let limits = Limits { count: Some(2), ..Default::default() };
/// let select = Select { limits, cascade: Model::Ic(1.0).into(), ..Default::default() };
/// let plan = select.run(network.follow_graph()?, &network, &wishes, &|| false, &Run::new(7))?;
/// let mut chosen: Vec<u32> = plan.best.members.iter().map(|member| member.account).collect();
/// chosen.sort();
/// assert!(chosen == [0, 2] || chosen == [1, 2]);
/// assert!((plan.best.reach.people - 5.0).abs() < 0.2);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Select {
    /// What the portfolio keeps to.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub limits: Limits,
    /// How a post travels.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Count people of these groups alone, each by its weight: niche=beauty:0.7,niche=food:0.3
    #[cfg_attr(
        feature = "cli",
        arg(long, value_delimiter = ',', value_name = "GROUP:W,…", help_heading = "Portfolio")
    )]
    pub people: Vec<People>,
    /// Count the creators themselves too, as papers on influence maximisation do (spread)
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Portfolio"))]
    pub spread: bool,
    /// No creator brings more than this share of the people reached, each person shared by those who reach them
    #[cfg_attr(feature = "cli", arg(long, value_name = "SHARE", help_heading = "Portfolio"))]
    pub max_share: Option<f64>,
    /// Go on until the portfolio certainly reaches this share of what the best one does, such as 0.9
    #[cfg_attr(feature = "cli", arg(long, value_name = "RATIO", help_heading = "Stopping"))]
    pub certify: Option<f64>,
    /// Else stop when twice the samples reach at most this share more
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.002, value_name = "SHARE", help_heading = "Stopping"))]
    pub tolerance: f64,
    /// Choose on exactly so many samples: replays a run that was stopped
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", help_heading = "Stopping"))]
    pub samples: Option<u64>,
    /// Never take more samples than this
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1 << 26, value_name = "N", help_heading = "Stopping"))]
    pub max_samples: u64,
    /// Chance that the certificate does not hold
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.001, value_name = "P", help_heading = "Stopping"))]
    pub failure: f64,
    /// How to choose: doubling, or a reference that others are measured by, imm:EPSILON or celf:WORLDS
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value = "doubling", value_name = "METHOD", help_heading = "Stopping")
    )]
    pub method: Method,
    /// The plan and its certificate alone, judged on as many people as it was chosen on: no exchange, no other budget, no cost
    /// of wishes
    #[cfg_attr(feature = "cli", arg(long, conflicts_with = "frontier", help_heading = "Stopping"))]
    pub plain: bool,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Stopping"))]
    pub draws: u32,
    /// So many budgets (or numbers of creators) up to the one given, on one pool: the frontier; 0: none
    #[cfg_attr(feature = "cli", arg(skip))]
    pub frontier: u32,
}

impl Default for Select {
    fn default() -> Self {
        Select {
            limits: Limits::default(),
            cascade: Cascade::default(),
            people: Vec::new(),
            spread: false,
            max_share: None,
            certify: None,
            tolerance: 0.002,
            samples: None,
            max_samples: 1 << 26,
            failure: 0.001,
            method: Method::Doubling,
            plain: false,
            draws: 100,
            frontier: 0,
        }
    }
}

/// The share of the failure for each kind of bound: of the best, of the plan while choosing, of portfolios judged.
pub(super) const BOUND: f64 = 1.0 / 3.0;

/// What a choice is made for, beside its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Brief<'a> {
    /// Who can be signed, must be, must not be, and not together.
    pub wishes: &'a Wishes,
    /// Other portfolios, to be judged beside the best.
    pub others: &'a [Vec<u32>],
    /// A cascade under way: only people whom it has not reached count, and who shares was decided for those it has (adaptive
    /// greedy: Golovin & Krause 2011).
    pub wave: Option<&'a Wave<'a>>,
    /// What portfolios cost in bad scenarios, and how much that matters. The certificate then is about reach alone.
    pub caution: Option<Caution<'a>>,
}

impl<'a> Brief<'a> {
    /// Who can be signed, and nothing else.
    pub fn of(wishes: &'a Wishes) -> Brief<'a> {
        Brief { wishes, others: &[], wave: None, caution: None }
    }
}

/// Portfolios are judged on at least so many people as were drawn to choose; on more, up to so many, as long as the error of the plan's reach is
/// larger than this share of it.
const JUDGED: (u64, f64) = (1 << 22, 0.01);

/// So many samples keep the numbers of sets within 32 bits.
const LIMIT: u64 = 1 << 32;

impl Select {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.limits.check()?;
        self.cascade.check()?;
        let share = |flag: &'static str, value: f64| match value > 0.0 && value < 1.0 {
            true => Ok(()),
            false => Err(Error::parameter(flag, format!("{value} is not a share between 0 and 1"))),
        };
        if let Some(certify) = self.certify {
            share("--certify", certify)?;
        }
        if let Some(max_share) = self.max_share {
            share("--max-share", max_share)?;
        }
        share("--tolerance", self.tolerance)?;
        share("--failure", self.failure)?;
        let given = [("--max-samples", Some(self.max_samples)), ("--samples", self.samples)];
        match given.into_iter().find(|(_, count)| count.is_some_and(|count| !(1..LIMIT).contains(&count))) {
            Some((flag, _)) => Err(Error::parameter(flag, format!("must be between 1 and {}", LIMIT - 1))),
            None => Ok(()),
        }
    }

    /// Chooses. `enough` is asked between two looks whether to stop with the best so far.
    pub fn run(
        &self,
        graph: &Graph,
        network: &Network,
        wishes: &Wishes,
        enough: &dyn Fn() -> bool,
        run: &Run,
    ) -> Result<Plan> {
        self.check()?;
        let resolved = self.counting(self.cascade.resolve(graph, network, run)?, network)?;
        self.run_resolved(&resolved, network, &Brief::of(wishes), enough, run)
    }

    /// A model resolved before where only `people` count, if any are named.
    pub fn counting<'a>(&self, resolved: Resolved<'a>, network: &Network) -> Result<Resolved<'a>> {
        counting(resolved, &self.people, network)
    }

    /// As [`Select::run`] with a model resolved before (`cascade` and `people` of this struct are not read:
    /// [`Select::counting`]), and with all that a [`Brief`] holds.
    pub fn run_resolved(
        &self,
        resolved: &Resolved<'_>,
        network: &Network,
        brief: &Brief<'_>,
        enough: &dyn Fn() -> bool,
        run: &Run,
    ) -> Result<Plan> {
        self.check()?;
        brief.caution.iter().try_for_each(|caution| Caution::check(caution.aversion, caution.most))?;
        let (wave, others) = (brief.wave, brief.others);
        if brief.caution.is_some() && self.certify.is_some() {
            let problem = "certifies reach, which a plan that looks at risk gives up";
            return Err(Error::parameter("--certify", problem)
                .with_hint("leave out --certify, or --max-risk and --risk-aversion"));
        }
        if brief.caution.is_some() && self.max_share.is_some() {
            let problem = "cannot be kept together with a limit of risk";
            return Err(Error::parameter("--max-share", problem)
                .with_hint("leave out --max-share, or --max-risk and --risk-aversion"));
        }
        let compiled = self.limits.compile(brief.wishes, network, resolved.graph())?;
        let (candidates, graph) = (&compiled.candidates, resolved.graph());
        if (0..candidates.len() as u32).all(|place| graph.followers(candidates.account(place)).is_empty()) {
            return Err(Error::parameter(
                "--creators",
                "nobody follows any of the candidates: nobody would hear a post",
            )
            .with_hint("are rows the right way round? --edges source,reached turns them"));
        }
        let walks = Walks::new(resolved, self.spread, wave, run);
        run.check_memory("drawing people", walks.memory(resolved, candidates, run.thread_count()))?;
        let stopping = Stopping {
            certify: self.certify,
            tolerance: self.tolerance,
            samples: self.samples,
            most_samples: self.max_samples,
            failure: self.failure * BOUND,
            // Smaller portfolios of a frontier may lack the sentinels, and careful ones.
            sentinels: self.frontier == 0 && brief.caution.is_none(),
        };
        let mut rules = compiled.rules(None);
        rules.share = self.max_share;
        let found = match self.method {
            Method::Doubling => optimum(&walks, candidates, &rules, &stopping, enough, run)?,
            other => Some(other.choose(&walks, resolved, candidates, &rules, &stopping, run)?),
        };
        let Some(mut found) = found else {
            return Err(Error::parameter(
                "what is asked of the portfolio",
                "no portfolio that keeps all of it was found, though none was shown to be impossible",
            )
            .with_hint("drop or loosen a minimum, an exclusive pair, or --max-share"));
        };
        let careful = match &brief.caution {
            None => None,
            Some(caution) => {
                let careful = caution.choose(&found, candidates, &rules, resolved.total(), run)?;
                // What was certified is the plan of most reach: whoever replaces it is judged anew.
                let free = std::mem::replace(&mut found.chosen, careful.chosen.clone());
                found.ratio = if caution::same(&free, &found.chosen) { found.ratio } else { 0.0 };
                Some((caution, careful, free))
            }
        };
        // Other portfolios than the plan are looked at by reach alone, which says nothing of what is asked here.
        let variants = match self.plain || careful.is_some() {
            true => Variants::default(),
            false => Variants::new(&found, &compiled, &rules, self.frontier, run)?,
        };
        let mut named = compiled.candidates.at(&variants.named());
        named.extend(compiled.candidates.at(&found.chosen));
        named.extend(others.iter().flatten());
        if let Some((_, careful, free)) = &careful {
            named.extend(compiled.candidates.at(free));
            careful.points.iter().for_each(|members| named.extend(compiled.candidates.at(members)));
        }
        let judge =
            Judge::new(&walks, named, if self.plain { found.samples } else { judged(&found) }, resolved.total(), run)?;
        let plain = self.plain || careful.is_some();
        let plan = Assembly { select: self, resolved, compiled: &compiled, found: &found, judge: &judge, wave, plain };
        let under_way = wave.map(|wave| under_way(wave, run)).transpose()?;
        let risk = careful.map(|(caution, careful, free)| caution.judge(&careful, &free, candidates, &judge, run));
        let risk = risk.transpose()?;
        let mut plan = plan.assemble(&rules, &variants, others, run.seed());
        if risk.is_some() {
            plan.guarantee = "none for reach against risk; the certificate is about reach alone".into();
        }
        Ok(Plan { under_way, risk, ..plan })
    }
}

/// Draws of what has happened behind the count of people reached so far.
const PAST: u64 = 4096;

/// The cascade so far, in numbers.
fn under_way(wave: &Wave<'_>, run: &Run) -> Result<UnderWay> {
    let so_far = wave.so_far(PAST, run)?;
    Ok(UnderWay {
        posters: wave.posters().to_vec(),
        exposed: Sampled { people: so_far.exposed, sim_error: so_far.interval },
        sharers: so_far.sharers,
        sampling: wave.sampling().to_string(),
    })
}

/// How many people to judge portfolios by.
fn judged(found: &Optimum) -> u64 {
    let needed = Z95 * Z95 * (1.0 - found.share) / (found.share * JUDGED.1 * JUDGED.1);
    (needed.min(JUDGED.0 as f64) as u64).max(found.samples)
}
