//! How likely it is that an account is a real person whom a post can reach: all evidence together.

use serde::{Deserialize, Serialize};

use super::alike::{Alike, FEW, SURE, SURELY};
use super::arrivals::{Arrivals, Burst};
use super::arrived::arrived;
use super::audited::{Audited, CLEARED, GRAIN, NO_PATTERN, moved};
use super::copies::Copies;
use super::dense::Dense;
use super::evidence::Evidence;
use super::labels::Labels;
use super::pattern::{Pattern, Verdict};
use super::shape::shape;
use super::signs::Signs;
use super::told::Told;
use super::trust::{Along, Trust};
use crate::base::seed::{Key, Stream};
use crate::base::{Error, Result, Run};
use crate::graph::{Graph, Network};

/// How likely every account is a real person, from the patterns that accounts share and from what each shows itself.
///
/// `logit a_u = b0 − Σ_s LLR_s`. A pattern (accounts that arrive together, copy each other's follow lists, form a dense block)
/// says nothing by itself: fandoms, schools and viral days look alike. It is judged by the signs of life of all its members
/// against accounts that follow as many ([`Verdict`]): `P(bought | signs)` by Bayes' rule between an innocent crowd and a bought
/// one. A member's `a_u` is that verdict with the member's own signs; an account in no pattern has the assumed prior. Shape and
/// trust add their log-likelihood ratios.
///
/// **Input**: a network; what it does not hold (times, interactions, labels) is named and costs that evidence alone.
/// **Returns**: [`Audited`]. **Guarantee**: accounts that show no pattern keep the prior in the mean, more or less by
/// their signs; density and bursts alone never condemn. **Cost**: a few passes over follows and interactions; 8 bytes a follow with times, 30 an account.
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
    /// How the labelled accounts were chosen: those drawn at random among all accounts calibrate the chances
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, value_name = "HOW", help_heading = "Audit"))]
    pub labels_drawn: Drawn,
}

impl Default for Audit {
    fn default() -> Self {
        Audit { without: vec![], unseen: 0.002, labels_drawn: Drawn::Chosen }
    }
}

/// How labelled accounts were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Drawn {
    /// By hand or by suspicion: trust starts from them, and nothing is calibrated.
    #[default]
    Chosen,
    /// At random among all accounts: half of them calibrate.
    Random,
}

impl Audit {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        match (0.0..=0.2).contains(&self.unseen) {
            true => Ok(()),
            false => Err(Error::parameter("--unseen", format!("{} is not a share between 0 and 0.2", self.unseen))),
        }
    }

    pub(super) fn uses(&self, evidence: Evidence) -> bool {
        !self.without.contains(&evidence)
    }

    /// Looks at every account.
    pub fn run(&self, network: &Network, run: &Run) -> Result<Audited> {
        self.run_with(network, None, run)
    }

    /// The same where some accounts are known to be real, or not to be. They keep their word. Trust starts from them; if they
    /// were drawn at random ([`Drawn::Random`]) half of them calibrate what is said of all others.
    pub fn run_with(&self, network: &Network, labels: Option<&Labels>, run: &Run) -> Result<Audited> {
        self.check()?;
        let empty;
        let graph = match &network.follows {
            Some(follows) => &follows.graph,
            None => {
                empty = crate::graph::build::graph(network.accounts(), &[]);
                &empty
            }
        };
        let mut told = Told::new(self);
        let mut signs = Signs::new(network, graph, run)?;
        let bursts = self.bursts(network, run, &mut told)?;
        let alike = self.alike(network, graph, run, &mut told)?;
        let mut suspected = vec![false; network.accounts()];
        let members = bursts.iter().map(|burst| &burst.members).chain(alike.iter().map(|group| &group.members));
        members.flatten().for_each(|&u| suspected[u as usize] = true);
        signs.compare_with(|u| !suspected[u as usize]);
        drop(suspected);
        let mut patterns = arrived(&bursts, network, graph, &signs, self, run)?;
        patterns.extend(alike.into_iter().map(|group| group.judged(graph, &signs)));
        let (seeds, held) = self.dealt(labels, run);
        let trusts = self.trusts(network, graph, &seeds, &mut told, run)?;
        let mut audited = self.concluded(network, patterns, signs, trusts, &mut told, run)?;
        if let Some(labels) = labels {
            audited.calibrate(&held);
            audited.pin(labels);
        }
        Ok(audited)
    }

    /// Groups by what their members follow: copied lists and dense blocks.
    fn alike(&self, network: &Network, graph: &Graph, run: &Run, told: &mut Told) -> Result<Vec<Alike>> {
        let mut groups = Vec::new();
        if !network.view.has_followings() || network.follows.is_none() {
            let because = "not observed: whom the followers follow besides is not known";
            told.missing(Evidence::Copies, because);
            told.missing(Evidence::Block, because);
            return Ok(groups);
        }
        if self.uses(Evidence::Copies) {
            let found = Copies::default().run(graph, run)?;
            // Lists of a few popular accounts come out alike by chance: a telling one would not once in the whole network.
            let telling = libm::log(network.accounts().max(2) as f64) + SURE;
            let found = found.groups.into_iter().filter(|group| group.members.len() >= FEW && group.telling >= telling);
            groups.extend(found.map(Alike::copies));
        }
        if self.uses(Evidence::Block) {
            let found = Dense::default().run(graph, None, run)?;
            groups.extend(found.blocks.into_iter().filter(|block| block.p < SURELY).map(Alike::block));
        }
        Ok(groups)
    }

    /// Labels that trust starts from, and those held back to calibrate.
    fn dealt(&self, labels: Option<&Labels>, run: &Run) -> (Labels, Labels) {
        let Some(labels) = labels else { return Default::default() };
        match self.labels_drawn {
            Drawn::Chosen => (labels.clone(), Labels::default()),
            Drawn::Random => {
                let coin = Key::new(run.seed(), Stream::Authenticity, u64::MAX - 1);
                labels.halves(|u| coin.word(u64::from(u)) & 1 == 0)
            }
        }
    }

    /// Log-likelihood ratios from trust and distrust: along mutual ties, and along one-way follows for who has none.
    fn trusts(
        &self,
        network: &Network,
        graph: &Graph,
        seeds: &Labels,
        told: &mut Told,
        run: &Run,
    ) -> Result<Option<Vec<f64>>> {
        if !self.uses(Evidence::Trust) {
            told.missing(Evidence::Trust, "");
            return Ok(None);
        }
        if seeds.real.is_empty() {
            told.missing(
                Evidence::Trust,
                "not observed: no account is known to be real (--labels); fakes that behave like people cannot be told",
            );
            return Ok(None);
        }
        if !network.view.has_followings() {
            told.missing(Evidence::Trust, "not observed: whom the followers follow besides is not known");
            return Ok(None);
        }
        let mutual = Trust::default().run(graph, &seeds.real, &seeds.fake, run)?;
        let mut llr = mutual.llr;
        if !graph.is_symmetric() {
            let one_way = Trust { along: Along::Follows, ..Trust::default() };
            let one_way = one_way.run(graph, &seeds.real, &seeds.fake, run)?;
            for ((llr, score), other) in llr.iter_mut().zip(&mutual.score).zip(one_way.llr) {
                if score.is_nan() {
                    *llr = other;
                }
            }
        }
        let count = |speaks: fn(f64) -> bool| llr.iter().filter(|&&llr| speaks(llr)).count() as u64;
        let fakes = match seeds.fake.len() {
            0 => "no known fakes".to_owned(),
            many => format!("{many} known fakes"),
        };
        let because = format!("from {} trusted accounts, {fakes}", seeds.real.len());
        told.add(Evidence::Trust, true, because, count(|llr| llr > 0.0), count(|llr| llr < 0.0));
        Ok(Some(llr))
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
            Some(found) => {
                told.undated = found.undated;
                found.bursts
            }
            None => {
                let because =
                    "not observed: follows have no times; followers who were bought at once cannot be told by it";
                told.missing(Evidence::Lockstep, because);
                told.missing(Evidence::Burst, because);
                vec![]
            }
        })
    }

    /// What all evidence says of every account.
    fn concluded(
        &self,
        network: &Network,
        patterns: Vec<Pattern>,
        signs: Signs,
        trusts: Option<Vec<f64>>,
        told: &mut Told,
        run: &Run,
    ) -> Result<Audited> {
        let accounts = network.accounts();
        let (mut pattern_of, mut real) = (vec![NO_PATTERN; accounts], vec![1.0; accounts]);
        let unseen = Verdict::unseen(self.unseen);
        (0..accounts as u32).for_each(|u| real[u as usize] = unseen.real(u, &signs, None));
        let mut against = vec![0u8; accounts];
        for (place, pattern) in patterns.iter().enumerate() {
            for &u in &pattern.members {
                let (at, chance) = (u as usize, pattern.verdict.real(u, &signs, pattern.since()));
                // Whoever is cleared has nothing held against them.
                against[at] |= if chance < CLEARED { Evidence::from(pattern.kind).bit() } else { 0 };
                // The strongest pattern decides: several are often views of the same thing.
                if pattern_of[at] == NO_PATTERN || chance < real[at] {
                    (pattern_of[at], real[at]) = (place as u32, chance);
                }
            }
        }
        told.signs(&signs);
        let own = match self.uses(Evidence::Shape) {
            true => shape(network, network.follows.as_ref().map(|follows| &follows.graph), run)?,
            false => None,
        };
        told.shape(own.as_deref());
        let mut sums = own.or_else(|| trusts.is_some().then(|| vec![0.0; accounts]));
        if let Some(sums) = &mut sums {
            for (at, sum) in sums.iter_mut().enumerate() {
                against[at] |= if *sum > 0.0 { Evidence::Shape.bit() } else { 0 };
                if let Some(trusts) = &trusts {
                    against[at] |= if trusts[at] > 0.0 { Evidence::Trust.bit() } else { 0 };
                    *sum += trusts[at] as f32;
                }
                if *sum != 0.0 {
                    real[at] = moved(real[at], f64::from(*sum));
                }
            }
        }
        let undated = told.undated;
        told.count(&patterns, &real, undated);
        // Whole numbers of 2^-15, so that sums over followers are exact in any order.
        real.iter_mut().for_each(|real| *real = libm::round(*real * GRAIN) / GRAIN);
        Ok(Audited {
            real,
            pattern_of,
            patterns,
            against,
            evidence: std::mem::take(&mut told.evidence),
            calibration: None,
            own: sums,
            known: vec![],
            signs,
            unseen: self.unseen,
        })
    }
}
