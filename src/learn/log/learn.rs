//! `learn`: everything that a log teaches of a network, with what each estimator would have been worth.

use serde::{Deserialize, Serialize};

use super::super::spread;
use super::chances::{Chances, Em};
use super::hierarchical::CellMean;
use super::loss::{Scored, losses};
use super::{Cells, Credit, Hierarchical, Learned, Traces, hours, milliseconds};
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, par};
use crate::cascade::{Cascade, Model};
use crate::graph::{Cascades, Graph, Network};

/// The share of cascades that estimators are learned from where the others score them.
const SPLIT: f64 = 0.7;

/// Learns from a log of who acted on what, and when, how likely a follow carries.
///
/// **Input**: a log of cascades on who follows whom. **Returns**: [`Taught`]: chances by kind of follow, what comes from outside,
/// how creators and posts differ, every account's chance of resharing once exposed, and the estimators' log loss on the last
/// cascades, which none of them saw. **Cost**: [`Traces`], [`Hierarchical`]; twice, once for the scores; 10 million acts on 16
/// million follows: a pass of 36 s and a fit of 42 s on two cores. **Errors**: an empty log, one in which nobody acts after anybody; parameters out of range.
/// **Determinism**: no randomness; the same bits at any number of threads.
///
/// **References**: Goyal, Bonchi & Lakshmanan 2010, 2011; Saito, Nakano & Kimura 2008.
///
/// ```
/// use truereach::{Run, graph::{Action, Cascades, Network, build}, learn::log::Learn};
/// // 1 and 2 follow 0; 1 shares both posts of 0, 2 none.
/// let network = Network::from_graph(build::graph(3, &[(1, 0), (2, 0)]));
/// let act = |item, time, actor| Action { item, time, actor };
/// let log = Cascades::build(3, &["a".into(), "b".into()], vec![act(0, 0, 0), act(0, 9, 1), act(1, 20, 0), act(1, 25, 1)], true);
/// let taught = Learn::default().run(network.follow_graph()?, &network, &log, &Run::default())?;
/// assert_eq!((taught.cells[0].trials, taught.cells[0].mean.round()), (4.0, 1.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Learn {
    /// Count who acts within so many hours of the first [default: all]
    #[cfg_attr(feature = "cli", arg(long, value_name = "HOURS", help_heading = "Learning"))]
    pub horizon: Option<f64>,
    /// Put an act down to earlier ones within so many hours alone [default: all]
    #[cfg_attr(feature = "cli", arg(long, value_name = "HOURS", help_heading = "Learning"))]
    pub window: Option<f64>,
}

/// An estimator and its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimator {
    /// Its name.
    pub name: String,
    /// Log loss on held-out cascades, in nats an act; less is better.
    pub loss: f64,
}

/// What is said of a network's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taught {
    /// Cascades learned from.
    pub cascades: u64,
    /// Acts after the first of each, by people in the network.
    pub acts: u64,
    /// Of these, acts before which nobody whom the actor follows had acted.
    pub alone: u64,
    /// Acts by people outside the network.
    pub outside: u64,
    /// Acts at the same time as one that may have brought them about.
    pub ties: u64,
    /// Chances by kind of follow.
    pub cells: Vec<CellMean>,
    /// Acts from outside the graph, a cascade.
    pub leak: f64,
    /// Its 95% interval.
    pub leak_interval: Interval,
    /// Spread of creators' factors (of the log), and of posts'.
    pub spreads: [f64; 2],
    /// The 95% interval of the latter.
    pub posts_interval: Interval,
    /// Trials that a follow's kind is worth against its own.
    pub strength: f64,
    /// Mean chance of resharing once exposed; `None` where exposure is not known.
    pub resharing: Option<f64>,
    /// Estimators by their score, the best first; empty where too little is left to score by.
    pub estimators: Vec<Estimator>,
    /// Acts that the scores rest on.
    pub scored: u64,
    /// What else must be known, a sentence each.
    pub notes: Vec<String>,
    /// By account: the chance of resharing once exposed.
    #[serde(skip)]
    pub rho: Option<Vec<f64>>,
    /// By account: the factor on the chance that followers share.
    #[serde(skip)]
    pub source: Vec<f64>,
    /// By account: cascades in which it acted.
    #[serde(skip)]
    pub acted: Vec<u32>,
    /// By account: credit for acts (Goyal et al. 2011).
    #[serde(skip)]
    pub credit: Vec<f64>,
}

impl Learn {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        hours("--horizon", self.horizon)?;
        hours("--window", self.window)
    }

    /// Learns from a log.
    pub fn run(&self, graph: &Graph, network: &Network, log: &Cascades, run: &Run) -> Result<Taught> {
        self.check()?;
        let within = self.horizon.map(milliseconds);
        let window = self.window.map(milliseconds);
        let mut notes = Vec::new();
        let last = log.last();
        let open = |began: i64| within.zip(last).is_some_and(|(within, last)| began.saturating_add(within) > last);
        let left = log.iter().filter(|cascade| open(cascade.began)).count();
        if left > 0 {
            notes.push(format!("{left} cascades were not over when the log ends: left out"));
        }
        let log = log.only(within, |cascade| !open(cascade.began));
        if log.iter().all(|cascade| cascade.size() == 0) {
            return Err(Error::NotEstimable {
                figure: "Chances of sharing".into(),
                needs: "a log in which somebody acts after somebody else on the same item".into(),
            });
        }
        let cells = Cells::of(graph, network, run)?;
        let likelihood = spread::likelihood();
        let traces = Traces::of(graph, &log, window, run)?;
        if traces.pairs.is_empty() {
            notes.push(
                "nobody in the log acted after somebody whom they follow: everything is put down to what lies outside"
                    .into(),
            );
        }
        let learned = Hierarchical::default().run(&traces, &cells, &likelihood, run)?;
        let (estimators, scored) = self.estimators(graph, &log, &cells, window, run)?;
        let rho = self.resharing(graph, network, &traces, &learned, &mut notes, run)?;
        let interval = learned.factors.within_interval();
        Ok(Taught {
            cascades: log.len() as u64,
            acts: traces.acts.len() as u64,
            alone: traces.alone(),
            outside: traces.outside,
            ties: traces.ties,
            leak: learned.leak.mean,
            leak_interval: learned.leak.interval,
            spreads: [learned.factors.between(), learned.factors.within()],
            posts_interval: Interval { low: interval.0, high: interval.1 },
            strength: learned.strength,
            resharing: rho.as_ref().map(|rho| rho.0),
            estimators,
            scored,
            notes,
            rho: rho.map(|rho| rho.1),
            credit: Credit(&traces).of_all(run)?,
            acted: traces.acted.clone(),
            cells: learned.cells,
            source: learned.source,
        })
    }

    /// All estimators, learned from the first cascades and scored on the last.
    fn estimators(
        &self,
        graph: &Graph,
        log: &Cascades,
        cells: &Cells,
        window: Option<i64>,
        run: &Run,
    ) -> Result<(Vec<Estimator>, u64)> {
        let cut = (SPLIT * log.len() as f64) as usize;
        if cut == 0 || cut >= log.len() {
            return Ok((Vec::new(), 0));
        }
        let (began, within) = (log.get(cut).began, self.horizon.map(milliseconds));
        let part = |first: bool| {
            let mut at = 0;
            log.only(None, |cascade| {
                at += 1;
                match log.is_dated() {
                    true if first => cascade.known(within) < began,
                    true => cascade.began >= began,
                    false => (at <= cut) == first,
                }
            })
        };
        let (first, second) = (part(true), part(false));
        let (known, held) = (Traces::of(graph, &first, window, run)?, Traces::of(graph, &second, None, run)?);
        let scored = held.acts.len() as u64 - held.alone();
        if known.pairs.is_empty() || scored == 0 {
            return Ok((Vec::new(), 0));
        }
        let likelihood = spread::likelihood();
        let learned = Hierarchical::default().run(&known, cells, &likelihood, run)?;
        let cells_alone = Hierarchical { own: false }.run(&known, cells, &likelihood, run)?;
        // As in the paper: what takes longer than acts take on average is put down to nobody.
        let recent = Traces::of(graph, &first, Some(mean_delay(&known)), run)?;
        let widened = |of: fn(&Traces<'_>) -> Chances| -> Chances {
            let found = of(&recent);
            let pairs =
                known.pairs.place.iter().map(|&place| recent.pairs.find(place).map_or(0.0, |at| found.pairs[at]));
            Chances { pairs: pairs.collect(), rest: found.rest }
        };
        let plain = [
            ("constant", Chances::constant(&known)),
            ("weighted cascade", Chances::weighted_cascade(&known)),
            ("Bernoulli", Chances::bernoulli(&known)),
            ("Jaccard", Chances::jaccard(&known)),
            ("partial credits", Chances::partial_credits(&known)),
            ("Bernoulli, windowed", widened(Chances::bernoulli)),
            ("Jaccard, windowed", Chances::jaccard_within(&known, &recent)),
            ("partial credits, windowed", widened(Chances::partial_credits)),
            ("EM (Saito)", Em::default().run(&known, run)?.0),
        ];
        let mut all: Vec<(&str, Scored<'_>)> =
            plain.iter().map(|(name, chances)| (*name, Scored::Plain(chances))).collect();
        all.push(("hierarchical, cells alone", Scored::Learned(&cells_alone)));
        all.push(("hierarchical", Scored::Learned(&learned)));
        let (names, which): (Vec<&str>, Vec<Scored<'_>>) = all.into_iter().unzip();
        let found = losses(&known, &held, cells, &learned.leak, &which, run)?;
        let mut found: Vec<Estimator> =
            names.into_iter().zip(found).map(|(name, loss)| Estimator { name: name.into(), loss }).collect();
        found.sort_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.name.cmp(&b.name)));
        Ok((found, scored))
    }

    /// The chance of resharing once exposed: `rho = p / r`, with r as the model `prior` assumes it or posts say. Shares of everybody
    /// over expected exposures, times each person's factor.
    fn resharing(
        &self,
        graph: &Graph,
        network: &Network,
        traces: &Traces<'_>,
        learned: &Learned,
        notes: &mut Vec<String>,
        run: &Run,
    ) -> Result<Option<(f64, Vec<f64>)>> {
        if !network.view.has_followings() || network.accounts() != graph.accounts() {
            notes.push("who is exposed is not known, so the chance of resharing once exposed is not estimable".into());
            return Ok(None);
        }
        let silent = Cascade { rho: Some(0.0.into()), authentic: Some("none".into()), ..Model::Prior.into() };
        let resolved = silent.resolve(graph, network, run)?;
        let shares = learned.cells.iter().fold(0.0, |sum, cell| sum + cell.shares);
        let parts = par::map(run, &par::chunks(graph.accounts(), par::CHUNK), |range| {
            Ok(range.fold(0.0, |sum, v| {
                let acted = f64::from(traces.acted[v]);
                let followers = graph.followers(v as u32);
                if acted == 0.0 || followers.is_empty() {
                    return sum;
                }
                let mut people = 0.0;
                traces.tried(v as u32, |_, u, trials, _| people += f64::from(trials) * learned.target[u as usize]);
                sum + resolved.r(v as u32, 0, followers[0]) * people
            }))
        })?;
        let exposures = parts.into_iter().fold(0.0, |sum, part| sum + part);
        if exposures <= 0.0 {
            return Ok(None);
        }
        let mean = shares / exposures;
        if mean > 1.0 {
            notes.push(format!(
                "resharing once exposed: refused, {shares:.0} shares in {exposures:.0} expected exposures are more than one each; \
                 raise the exposure assumed (--priors FILE), or is the log about something else?"
            ));
            return Ok(None);
        }
        let above = learned.target.iter().filter(|&&factor| factor * mean > 1.0).count();
        if above > 0 {
            notes.push(format!("{above} accounts share more than they can have been exposed to: taken as always"));
        }
        Ok(Some((mean, learned.target.iter().map(|factor| (factor * mean).min(1.0)).collect())))
    }
}

/// The mean time from a possible cause to the act, in milliseconds, at least 1.
fn mean_delay(traces: &Traces<'_>) -> i64 {
    let (mut sum, mut count) = (0.0, 0.0);
    let mut met = vec![0usize; traces.graph.accounts()];
    let mut last = u32::MAX;
    for act in 0..traces.acts.len() {
        let cascade = traces.cascades.get(traces.acts.cascade[act] as usize);
        if traces.acts.cascade[act] != last {
            last = traces.acts.cascade[act];
            for (order, &u) in cascade.actors.iter().enumerate().filter(|(_, u)| **u != crate::graph::OUTSIDE) {
                met[u as usize] = order;
            }
        }
        for &pair in traces.acts.pairs(act) {
            let [v, u] = [traces.pairs.source[pair as usize], traces.pairs.target[pair as usize]];
            sum += (cascade.after[met[u as usize]] - cascade.after[met[v as usize]]) as f64;
            count += 1.0;
        }
    }
    if count > 0.0 { ((sum / count) as i64).max(1) } else { 1 }
}
