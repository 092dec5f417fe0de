//! Who cares about what: soft affinities of all accounts to niches, learned from a few that are labelled.

use serde::{Deserialize, Serialize};

use super::calibrate::{Calibration, calibrate};
use super::held::{MOST_SCORED, sources};
use super::labels::Labels;
use super::tune::Band;
use super::walks::{LANES, Walks};
use crate::base::large::Large;
use crate::base::{Error, Result, Run, par};
use crate::graph::{Column, Network, Values};

/// Learns how much every account cares about each niche, `n_u^k`, from labelled creators (or anybody who is labelled).
///
/// Walks start at the labelled accounts and go along follows, either way, `steps` steps at most, keeping the share `d` of their
/// weight with each: `x^k = sum over t of d^t P^t s^k`, personalised PageRank cut short; a labelled account starts with its
/// ties to the power `g` (0: accounts alike, 1: ties alike). Then `n_u^k = f_k (x_u^k)^b / sum over j of f_j (x_u^j)^b`: dividing by the sum
/// over niches takes out how easily u is reached from anywhere, as dividing by global PageRank would. Who is reached by no walk is
/// given each niche's part of the labels. A labelled account has its label: 1, or 1/j in each of j niches.
///
/// Half the labels tell of the other half: `d` (of 0.5, 0.7, 0.85, 0.95), `g` (of 0, 0.5, 1) and, by how many ties u has, the
/// sharpness `b` are those of the lowest Brier score, and `f_k` makes each niche as common as it is. What is wrong even so is
/// kept ([`Calibration`]).
///
/// **Input**: the follow layer, undirected, weights not used; at least two niches.
/// **Returns**: shares from 0 to 1 in units of 1/32,768, which sum to 1 exactly for every account.
/// **Guarantee**: none beyond the score on held-out labels: if those labelled differ from all others, what holds for them may
/// not hold for others; [`Card::of_creators_alone`] says so where it is seen.
/// **Cost**: 7 walks (6 from halves, one from all) of `steps` passes over the follows for each 16 niches; [`Niches::memory`].
/// At most 20,000 labels are scored.
/// **Errors**: no labels, one niche, no follows, memory.
/// **Determinism**: the same bits at any number of threads; halves depend on the seed.
/// **Symbols**: d, g, b and f [`Tuned`](super::tune::Tuned).
/// **References**: Page et al. 1999 and Haveliwala 2002 (topic-sensitive PageRank); Lin & Cohen 2010 (MultiRankWalk);
/// Brier 1950; Guo et al. 2017 (sharpness, there temperature); Deming & Stephan 1940 (raking).
///
/// ```
/// use truereach::{Run, graph::{Network, build}, niche::{Labels, Niches}};
/// // Two circles: 0 to 3 and 4 to 7; somebody is known in each.
/// let circle = |from: u32| (0..4).flat_map(move |a| (0..4).filter(move |b| *b != a).map(move |b| (from + a, from + b)));
/// let network = Network::from_graph(build::graph(8, &circle(0).chain(circle(4)).collect::<Vec<_>>()));
/// let labels = Labels::new("--label", [(0, "food"), (1, "food"), (4, "games"), (5, "games")].map(|(v, k)| (v, k.into())).into_iter())?;
/// let found = Niches::default().learn(&network, &labels, &Run::new(1))?;
/// assert!(found.of(3, 0) > 0.9 && found.of(6, 0) < 0.1);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Niches {
    /// Column of the accounts table that says who is of which niche; several are separated by |
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", default_value = "niche", help_heading = "Niches"))]
    pub label: String,
    /// Steps after which walks end
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "12", help_heading = "Niches"))]
    pub steps: u32,
}

impl Default for Niches {
    fn default() -> Self {
        Niches { label: "niche".into(), steps: 12 }
    }
}

/// Affinities are whole numbers that add up to this for every account.
pub const WHOLE: u16 = 1 << 15;

/// What affinities were learned from, and how far they may be trusted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The niches, sorted.
    pub names: Vec<String>,
    /// Labelled accounts of each; one of several niches counts in each.
    pub labelled: Vec<u64>,
    /// Each niche's part of the labels.
    pub priors: Vec<f64>,
    /// Mean affinity of all accounts to each niche.
    pub base: Vec<f64>,
    /// Accounts that are labelled.
    pub accounts_labelled: u64,
    /// Accounts that no walk came to: they were given the parts of the labels.
    pub unreached: u64,
    /// Whether hardly anybody is labelled but creators, who are a part of all accounts: what held-out labels say is then of
    /// creators, and of people assumed.
    pub of_creators_alone: bool,
    /// Steps of the walks; 0 of a set of people, of which nothing was learned.
    pub steps: u32,
    /// The column that they were learned from; none of a file of labels.
    pub label: Option<String>,
    /// What held-out labels say.
    pub calibration: Calibration,
}

/// Affinities of all accounts to all niches.
#[derive(Debug, Clone, PartialEq)]
pub struct Affinities {
    /// What they were learned from.
    pub card: Card,
    /// Those of an account one after the other, in 1/[`WHOLE`].
    units: Vec<u16>,
    /// Labelled accounts, rising: their affinities are what somebody said.
    labelled: Vec<u32>,
}

impl Niches {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        match self.steps {
            0 => Err(Error::parameter("--steps", "walks of no step reach nobody")),
            1..=1000 => Ok(()),
            steps => Err(Error::parameter("--steps", format!("{steps} is more than 1,000"))),
        }
    }

    /// Learns from the label column.
    pub fn run(&self, network: &Network, run: &Run) -> Result<Affinities> {
        let mut found = self.learn(network, &Labels::of_column(network, "--label", &self.label)?, run)?;
        found.card.label = Some(self.label.clone());
        Ok(found)
    }

    /// Learns from labels.
    pub fn learn(&self, network: &Network, labels: &Labels, run: &Run) -> Result<Affinities> {
        self.check()?;
        let (graph, accounts, count) = (network.follow_graph()?, network.accounts(), labels.count());
        run.check_memory("affinities to niches", Self::memory(accounts as u64, count as u64, labels.of.len() as u64))?;
        let walks = Walks::new(graph);
        let calibration = calibrate(graph, &walks, labels, self.steps, run)?;
        let priors = labels.parts();
        let tuned = &calibration.tuned;
        let sources = sources(labels, &walks, tuned.weighting, |_| true);
        let steps = 2 * walks.work(count, self.steps) + walks.work(count, 1) + accounts as u64;
        run.phase("niches: affinities", Some(steps));
        // What walks hold, all steps together, an account after the other.
        let mut sums = Large::<f32>::zeros(accounts * count);
        let (ranges, rows) = rows(accounts, count);
        for (batch, sources) in sources.chunks(LANES).enumerate() {
            let mut kept = 1.0f32;
            walks.run(sources, self.steps, run, |_, passed| {
                par::each(run, &ranges, par::split(&mut sums, &rows), |range, part| {
                    for (v, sums) in range.zip(part.chunks_exact_mut(count)) {
                        let factor = kept * walks.ties(v as u32);
                        let lanes = sums[batch * LANES..][..sources.len()].iter_mut().zip(&passed[v]);
                        lanes.for_each(|(sum, passed)| *sum += factor * passed);
                    }
                })?;
                kept *= tuned.damping as f32;
                Ok(())
            })?;
        }
        let mut units = vec![0u16; accounts * count];
        let reached = par::each(run, &ranges, par::split(&mut units, &rows), |range, part: &mut [u16]| {
            let (mut held, mut shares, mut reached) = (vec![0.0; count], vec![0.0; count], 0u64);
            for (v, units) in range.zip(part.chunks_exact_mut(count)) {
                let sums = &sums[v * count..][..count];
                reached += u64::from(sums.iter().any(|&sum| sum > 0.0));
                held.iter_mut().zip(sums).for_each(|(held, &sum)| *held = libm::log(f64::from(sum)));
                Band::of(&tuned.bands, walks.ties(v as u32) as u64).share_out(&held, &priors, &mut shares);
                whole(&shares, units);
            }
            reached
        })?;
        let mut reached: u64 = reached.iter().sum();
        for (account, niches) in &labels.of {
            reached += u64::from(sums[*account as usize * count..][..count].iter().all(|&sum| sum == 0.0));
            let mut shares = vec![0.0; count];
            niches.iter().for_each(|&niche| shares[niche as usize] = 1.0 / niches.len() as f64);
            whole(&shares, &mut units[*account as usize * count..][..count]);
        }
        let card = Card {
            labelled: sources.iter().map(|source| source.len() as u64).collect(),
            accounts_labelled: labels.of.len() as u64,
            unreached: accounts as u64 - reached,
            of_creators_alone: of_creators_alone(network, labels),
            base: base(&units, count),
            names: labels.names.clone(),
            priors,
            steps: self.steps,
            label: None,
            calibration,
        };
        Ok(Affinities { card, units, labelled: labels.of.iter().map(|one| one.0).collect() })
    }

    /// Bytes besides the graph: 140 an account, 14 for each account and niche with their columns, 128 for each niche and label that
    /// is scored.
    pub fn memory(accounts: u64, niches: u64, labels: u64) -> u64 {
        Walks::memory(accounts) + accounts * niches * 14 + labels.min(MOST_SCORED as u64) * niches * 128
    }
}

/// So many labelled accounts that are no creators tell of people.
const TELLING: usize = 100;

fn of_creators_alone(network: &Network, labels: &Labels) -> bool {
    let Some(creators) = network.creators() else { return false };
    let others = labels.of.iter().filter(|one| creators.binary_search(&one.0).is_err()).count();
    creators.len() < network.accounts() && others < TELLING
}

/// Ranges of accounts, and of the numbers that they have one of for each niche.
fn rows(accounts: usize, count: usize) -> (Vec<std::ops::Range<usize>>, Vec<std::ops::Range<usize>>) {
    let ranges = par::chunks(accounts, par::CHUNK);
    let rows = ranges.iter().map(|range| range.start * count..range.end * count).collect();
    (ranges, rows)
}

/// Mean affinities.
fn base(units: &[u16], count: usize) -> Vec<f64> {
    let mut sums = vec![0u64; count];
    for row in units.chunks_exact(count) {
        sums.iter_mut().zip(row).for_each(|(sum, &units)| *sum += u64::from(units));
    }
    let whole = f64::from(WHOLE) * (units.len() / count.max(1)) as f64;
    sums.iter().map(|&sum| sum as f64 / whole).collect()
}

/// Shares that sum to 1 as whole numbers that sum to [`WHOLE`]: rounded down, and one more where most was cut off, of equals
/// the first.
fn whole(shares: &[f64], units: &mut [u16]) {
    let exact = |share: f64| share * f64::from(WHOLE);
    let mut left = i64::from(WHOLE);
    for (units, &share) in units.iter_mut().zip(shares) {
        *units = (exact(share) as u16).min(WHOLE);
        left -= i64::from(*units);
    }
    if left <= 0 {
        return;
    }
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let cut = |at: usize| exact(shares[at]) - libm::floor(exact(shares[at]));
    order.sort_by(|&a, &b| cut(b).total_cmp(&cut(a)));
    order.iter().cycle().take(left as usize).for_each(|&at| units[at] += 1);
}

impl Affinities {
    /// `n_u^k`.
    pub fn of(&self, account: u32, niche: usize) -> f64 {
        f64::from(self.units_of(account)[niche]) / f64::from(WHOLE)
    }

    /// The affinities of an account, in 1/[`WHOLE`].
    pub(super) fn units_of(&self, account: u32) -> &[u16] {
        let count = self.card.names.len();
        &self.units[account as usize * count..][..count]
    }

    /// How many accounts.
    pub fn accounts(&self) -> usize {
        self.units.len() / self.card.names.len()
    }

    /// Whether somebody said what this account cares about.
    pub fn is_labelled(&self, account: u32) -> bool {
        self.labelled.binary_search(&account).is_ok()
    }

    /// The place of a niche. Whether letters are capital does not matter.
    ///
    /// **Errors**: nobody is labelled so; the niches that there are.
    pub fn niche(&self, name: &str) -> Result<usize> {
        let found = self.card.names.iter().position(|niche| niche.to_lowercase() == name.trim().to_lowercase());
        found.ok_or_else(|| {
            Error::parameter("NICHE", format!("nobody is labelled {name}, so that nothing is known of it"))
                .with_hint(format!("the niches are {}", self.card.names.join(", ")))
        })
    }

    /// Of a set of people, each of whom is in it or not: a niche of this name, and one of all others. Nothing is learned.
    pub fn of_set(name: &str, members: &[bool]) -> Affinities {
        let units: Vec<u16> = members.iter().flat_map(|&is| if is { [WHOLE, 0] } else { [0, WHOLE] }).collect();
        let inside = members.iter().filter(|&&is| is).count() as u64;
        let base = base(&units, 2);
        let card = Card {
            names: vec![name.to_owned(), "others".into()],
            labelled: vec![inside, members.len() as u64 - inside],
            priors: base.clone(),
            base,
            accounts_labelled: members.len() as u64,
            unreached: 0,
            of_creators_alone: false,
            steps: 0,
            label: None,
            calibration: Calibration::default(),
        };
        Affinities { card, units, labelled: (0..members.len() as u32).collect() }
    }

    /// As columns of the accounts table: `niche:NAME` for each niche, and which accounts were labelled.
    pub fn columns(&self) -> Vec<Column> {
        let accounts = 0..self.accounts() as u32;
        let numbers = |name: String, of: &dyn Fn(u32) -> f64| Column {
            name,
            values: Values::Number(accounts.clone().map(of).collect::<Vec<f64>>().into()),
        };
        let niches = self.card.names.iter().enumerate();
        let mut columns: Vec<Column> =
            niches.map(|(niche, name)| numbers(column_name(name), &|account| self.of(account, niche))).collect();
        columns.push(numbers(LABELLED.into(), &|account| f64::from(u8::from(self.is_labelled(account)))));
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        columns
    }

    /// From [`Affinities::columns`] of a network.
    ///
    /// **Errors**: a column is missing, or holds something else.
    pub fn from_columns(network: &Network, card: Card) -> Result<Affinities> {
        let count = card.names.len();
        let wrong = |name: &str| {
            Error::parameter("niches", format!("the column {name} is not as it was learned"))
                .with_hint("learn again: truereach niche learn")
        };
        let numbers = |name: &str| match network.attributes.get(name).map(|column| &column.values) {
            Some(Values::Number(numbers)) => Ok(numbers),
            _ => Err(wrong(name)),
        };
        let mut units = vec![0u16; network.accounts() * count];
        for (niche, name) in card.names.iter().enumerate() {
            let name = column_name(name);
            for (account, &share) in numbers(&name)?.iter().enumerate() {
                if !(0.0..=1.0).contains(&share) {
                    return Err(wrong(&name));
                }
                units[account * count + niche] = libm::round(share * f64::from(WHOLE)) as u16;
            }
        }
        let labelled = numbers(LABELLED)?.iter().zip(0..).filter(|one| *one.0 > 0.0).map(|one| one.1).collect();
        Ok(Affinities { card, units, labelled })
    }
}

/// The column that says who was labelled.
const LABELLED: &str = "niche labelled";

/// The column of affinities to a niche: `niche:beauty`.
pub fn column_name(niche: &str) -> String {
    format!("niche:{niche}")
}
