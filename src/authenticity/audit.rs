//! How likely it is that an account is a real person whom a post can reach: all evidence together.

use serde::{Deserialize, Serialize};

use super::arrivals::{Arrivals, Burst};
use super::attention::explained;
use super::evidence::{Evidence, Used};
use super::lockstep::lockstep;
use super::pattern::{Kind, Pattern, Verdict};
use super::shape::shape;
use super::signs::Signs;
use crate::base::{Error, Result, Run};
use crate::graph::{Graph, Network};

/// An account without a pattern.
pub const NO_PATTERN: u32 = u32::MAX;

/// How likely every account is a real person, from the patterns that accounts share and from what each shows itself.
///
/// `logit a_u = b0 − Σ_s LLR_s`. A pattern (accounts that arrive together, copy each other's follow lists, form a dense block)
/// says nothing by itself: fandoms, schools and viral days look alike. It is judged by the signs of life of all its members
/// against accounts that follow as many ([`Verdict`]): `P(bought | signs)` by Bayes' rule between an innocent crowd and a bought
/// one. A member's `a_u` is that verdict with the member's own signs; an account in no pattern has the assumed prior. Shape and
/// trust add their log-likelihood ratios.
///
/// **Input**: a network; what it does not hold (times, interactions, labels) is named and costs that evidence alone.
/// **Returns**: [`Audited`]. **Guarantee**: an account that shows no pattern is never below the prior; density and bursts alone
/// never condemn. **Cost**: a few passes over follows and interactions; 8 bytes a follow with times, 30 an account.
/// **Errors**: parameters out of range, memory. **Determinism**: a function of network, parameters and seed; equal bits at any
/// number of threads. **References**: MODELS.md section 2; Hooi et al. 2016; Cao et al. 2012; Beutel et al. 2013 (lockstep).
///
/// ```
/// use truereach::{Run, authenticity::Audit, graph::{Network, build}};
/// let network = Network::from_graph(build::graph(4, &[(1, 0), (2, 0), (3, 0)]));
/// let audited = Audit::default().run(&network, &Run::new(1))?;
/// assert!(audited.real.iter().all(|&real| real > 0.99));
/// assert!(audited.evidence.iter().any(|used| !used.used && used.because.contains("times")));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Audit {
    /// Leave these kinds of evidence out
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, value_delimiter = ',', value_name = "EVIDENCE,…", help_heading = "Audit")
    )]
    pub without: Vec<Evidence>,
    /// Share of accounts that are taken for not real although they show no pattern (assumed; between 0 and five times that)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.002, value_name = "SHARE", help_heading = "Audit"))]
    pub unseen: f64,
}

impl Default for Audit {
    fn default() -> Self {
        Audit { without: vec![], unseen: 0.002 }
    }
}

/// Chances are whole multiples of one over this.
const GRAIN: f64 = 32_768.0;

/// What is known of every account.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// `a_u`: the chance that the account is a real person.
    pub real: Vec<f64>,
    /// Place of the pattern that decided, or [`NO_PATTERN`].
    pub pattern_of: Vec<u32>,
    /// The patterns, those that concern most accounts first within each kind.
    pub patterns: Vec<Pattern>,
    /// Bits of the evidence against each account, by the place in [`Evidence::ALL`].
    pub against: Vec<u8>,
    /// What came of each evidence.
    pub evidence: Vec<Used>,
    /// Log-likelihood ratios that accounts have beside their pattern, where there are any.
    pub(super) own: Option<Vec<f32>>,
    /// Signs of life.
    pub(super) signs: Signs,
    /// The assumed share of those who are not real and show no pattern.
    pub(super) unseen: f64,
}

impl Audit {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        match (0.0..=0.2).contains(&self.unseen) {
            true => Ok(()),
            false => Err(Error::parameter("--unseen", format!("{} is not a share between 0 and 0.2", self.unseen))),
        }
    }

    fn uses(&self, evidence: Evidence) -> bool {
        !self.without.contains(&evidence)
    }

    /// Looks at every account.
    pub fn run(&self, network: &Network, run: &Run) -> Result<Audited> {
        self.check()?;
        let empty;
        let graph = match &network.follows {
            Some(follows) => &follows.graph,
            None => {
                empty = crate::graph::build::graph(network.accounts(), &[]);
                &empty
            }
        };
        let mut told = Told { audit: self, evidence: vec![] };
        let mut signs = Signs::new(network, graph, run)?;
        let bursts = self.bursts(network, run, &mut told)?;
        let mut suspected = vec![false; network.accounts()];
        bursts.iter().flat_map(|burst| &burst.members).for_each(|&u| suspected[u as usize] = true);
        signs.compare_with(|u| !suspected[u as usize]);
        drop(suspected);
        let mut patterns = arrived(&bursts, network, graph, &signs, self, &mut told);
        for pattern in &mut patterns {
            pattern.creators.dedup();
        }
        self.concluded(network, graph, patterns, signs, told, run)
    }

    fn bursts(&self, network: &Network, run: &Run, told: &mut Told) -> Result<Vec<Burst>> {
        if !self.uses(Evidence::Burst) && !self.uses(Evidence::Lockstep) {
            return Ok(vec![]);
        }
        let found = match &network.follows {
            Some(follows) => Arrivals::default().run(follows, run)?,
            None => None,
        };
        Ok(match found {
            Some(found) => found.bursts,
            None => {
                let because =
                    "not observed: follows have no times; followers who were bought at once cannot be told by it";
                told.missing(Evidence::Lockstep, because);
                told.missing(Evidence::Burst, because);
                vec![]
            }
        })
    }

    fn concluded(
        &self,
        network: &Network,
        graph: &Graph,
        patterns: Vec<Pattern>,
        signs: Signs,
        mut told: Told,
        run: &Run,
    ) -> Result<Audited> {
        let accounts = network.accounts();
        let (mut pattern_of, mut real) = (vec![NO_PATTERN; accounts], vec![1.0; accounts]);
        let unseen = Verdict::unseen(self.unseen);
        (0..accounts as u32).for_each(|u| real[u as usize] = unseen.of(u, &signs, None));
        let mut against = vec![0u8; accounts];
        for (place, pattern) in patterns.iter().enumerate() {
            for &u in &pattern.members {
                let (at, chance) = (u as usize, pattern.verdict.real(u, &signs, pattern.since()));
                against[at] |= Evidence::from(pattern.kind).bit();
                // The strongest pattern decides: several are often views of the same thing.
                if pattern_of[at] == NO_PATTERN || chance < real[at] {
                    (pattern_of[at], real[at]) = (place as u32, chance);
                }
            }
        }
        told.signs(&signs);
        let own = match self.uses(Evidence::Shape) {
            true => shape(network, network.follows.as_ref().map(|_| graph), run)?,
            false => None,
        };
        told.shape(own.as_deref());
        if let Some(own) = &own {
            for (at, &llr) in own.iter().enumerate().filter(|(_, llr)| **llr != 0.0) {
                real[at] = moved(real[at], f64::from(llr));
                against[at] |= if llr > 0.0 { Evidence::Shape.bit() } else { 0 };
            }
        }
        told.count(&patterns);
        // Whole numbers of 2^-15, so that sums over followers are exact in any order.
        real.iter_mut().for_each(|real| *real = libm::round(*real * GRAIN) / GRAIN);
        Ok(Audited { real, pattern_of, patterns, against, evidence: told.evidence, own, signs, unseen: self.unseen })
    }
}

impl Audited {
    /// What chances rest on, in a sentence.
    pub fn assumption(&self) -> String {
        let used: Vec<&str> = self.evidence.iter().filter(|used| used.used).map(|used| used.evidence.name()).collect();
        format!(
            "who is real: from {}; accounts that show no pattern are taken for real but for {}% (0 to {}%), assumed; \
             patterns are consistent with bought followers, no proof",
            used.join(", "),
            significant(100.0 * self.unseen),
            significant(500.0 * self.unseen)
        )
    }

    /// Accounts that are real people, expected.
    pub fn people(&self) -> f64 {
        self.real.iter().fold(0.0, |sum, real| sum + real)
    }

    /// The evidence that speaks against an account.
    pub fn codes(&self, account: u32) -> impl Iterator<Item = Evidence> + '_ {
        let bits = self.against[account as usize];
        Evidence::ALL.into_iter().filter(move |evidence| bits & evidence.bit() != 0)
    }

    /// Whether anything was observed that could tell real accounts from others.
    pub fn is_observed(&self) -> bool {
        self.evidence.iter().any(|used| used.used && !matches!(used.evidence, Evidence::Signs | Evidence::Shape))
    }
}

/// A share in percent as people write it.
fn significant(percent: f64) -> String {
    format!("{:.2}", percent).trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A chance after a log-likelihood ratio against it.
pub(super) fn moved(chance: f64, llr: f64) -> f64 {
    let odds = chance / (1.0 - chance) * libm::exp(-llr);
    match odds.is_finite() {
        true => odds / (1.0 + odds),
        false => chance,
    }
}

/// What was said of each evidence so far.
struct Told<'a> {
    audit: &'a Audit,
    evidence: Vec<Used>,
}

impl Told<'_> {
    fn missing(&mut self, evidence: Evidence, because: &str) {
        self.add(evidence, false, because.into(), 0, 0);
    }

    fn add(&mut self, evidence: Evidence, used: bool, because: String, against: u64, supports: u64) {
        let (used, because) = match self.audit.uses(evidence) {
            true => (used, because),
            false => (false, "left out, as asked".into()),
        };
        self.evidence.push(Used { evidence, used, because, against, supports });
    }

    fn signs(&mut self, signs: &Signs) {
        let observed = (0..2).filter(|&sign| signs.observed(sign, None)).count();
        let because = match observed {
            0 => {
                "not observed: neither who follows the followers nor what they wrote and shared is in the data; groups \
                 cannot be told from innocent crowds, so none is condemned by what is assumed alone"
            }
            1 => "one of two: who is followed by somebody, and who wrote, shared or mentioned something",
            _ => "who is followed by somebody, and who wrote, shared or mentioned something",
        };
        self.add(Evidence::Signs, observed > 0, because.into(), 0, 0);
    }

    fn shape(&mut self, own: Option<&[f32]>) {
        let Some(own) = own else {
            return self.missing(
                Evidence::Shape,
                "not observed: neither whom accounts follow besides nor profiles (following_claimed, posts_count) are given",
            );
        };
        let against = own.iter().filter(|llr| **llr > 0.0).count() as u64;
        let supports = own.iter().filter(|llr| **llr < 0.0).count() as u64;
        self.add(Evidence::Shape, true, Evidence::Shape.describe().into(), against, supports);
    }

    /// Groups of each kind, and whom they concern.
    fn count(&mut self, patterns: &[Pattern]) {
        for kind in Kind::ALL {
            let evidence = Evidence::from(kind);
            if self.evidence.iter().any(|used| used.evidence == evidence) {
                continue;
            }
            let of = |bought: bool| {
                let of = patterns
                    .iter()
                    .filter(|pattern| pattern.kind == kind && (pattern.verdict.bought() > 0.5) == bought);
                of.fold((0u64, 0u64), |(groups, members), pattern| (groups + 1, members + pattern.members.len() as u64))
            };
            let ((bad, against), (good, supports)) = (of(true), of(false));
            let because = format!("{} groups found, {bad} of them consistent with bought followers", bad + good);
            self.add(evidence, true, because, against, supports);
        }
        self.evidence.sort_by_key(|used| used.evidence);
    }
}

/// Chance of an innocent reason, before members are looked at: documented assumptions, by how many creators are concerned and
/// how many of the bursts a post explains.
fn innocent(creators: usize, bursts: usize, explained: usize) -> f64 {
    match (creators, explained) {
        (_, some) if 2 * some >= bursts && some > 0 => 0.97,
        (1, _) => 0.9,
        (2, _) => 0.8,
        (_, some) if 3 * some > bursts => 0.3,
        _ => 0.03,
    }
}

/// Patterns from arrivals: those who came to several creators together, and the rest of each burst.
fn arrived(
    bursts: &[Burst],
    network: &Network,
    graph: &Graph,
    signs: &Signs,
    audit: &Audit,
    told: &mut Told,
) -> Vec<Pattern> {
    let explains = explained(bursts, network.events.as_ref());
    let mut patterns = Vec::new();
    let mut group_of: Vec<Option<usize>> = vec![None; bursts.len()];
    let groups = if audit.uses(Evidence::Lockstep) { lockstep(bursts, network.accounts()) } else { vec![] };
    for group in &groups {
        let all = || group.bursts.iter().map(|&at| &bursts[at]);
        let creators: std::collections::BTreeSet<u32> = all().map(|burst| burst.creator).collect();
        let with = group.bursts.iter().filter(|&&at| explains[at] == Some(true)).count();
        let creators: Vec<u32> = creators.into_iter().collect();
        let innocent = innocent(creators.len(), group.bursts.len(), with);
        let days = all().map(|burst| (burst.from, burst.to)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let seen = signs.of_group(graph, &creators, &group.members, days.map(|days| days.0));
        group.bursts.iter().for_each(|&at| group_of[at] = Some(patterns.len()));
        patterns.push(Pattern {
            kind: Kind::Lockstep,
            creators,
            days,
            members: group.members.clone(),
            excess: 1.0,
            explained: Some(with > 0),
            innocent,
            p: None,
            // Nearly nobody comes to two creators in the same days by chance.
            verdict: Verdict::new(innocent, &[(0.0, 0.8), (0.1, 0.2)], &seen),
            seen,
        });
    }
    if !audit.uses(Evidence::Burst) {
        told.missing(Evidence::Burst, "left out");
        return patterns;
    }
    for (at, burst) in bursts.iter().enumerate() {
        let group = group_of[at].map(|group| &patterns[group]);
        let together = |u: &u32| group.is_some_and(|group: &Pattern| group.members.binary_search(u).is_ok());
        let members: Vec<u32> = burst.members.iter().copied().filter(|u| !together(u)).collect();
        if members.is_empty() {
            continue;
        }
        // The rest of a burst shares the verdict of those who came with it elsewhere.
        let innocent = match group {
            Some(group) => 1.0 - group.verdict.bought(),
            None => innocent(1, 1, usize::from(explains[at] == Some(true))),
        };
        let usual = (burst.expected / members.len() as f64).min(0.95);
        let real = [(0.6 * usual, 0.25), (usual, 0.5), ((1.4 * usual + 0.02).min(0.97), 0.25)];
        let seen = signs.of_group(graph, &[burst.creator], &members, Some(burst.from));
        let verdict = Verdict::new(innocent, &real, &seen);
        patterns.push(Pattern {
            kind: Kind::Burst,
            creators: vec![burst.creator],
            days: Some((burst.from, burst.to)),
            members,
            excess: 1.0 - usual,
            explained: explains[at],
            innocent,
            p: None,
            seen,
            verdict,
        });
    }
    patterns
}
