//! The overlap of a portfolio: union, repeats, who is whose alone, pairs.

use serde::{Deserialize, Serialize};

use super::ALPHA;
use super::counting::{Audiences, Counting};
use super::cut::{self, Followed};
use super::lists::Portfolio;
use super::pairs::Pair;
use super::union::{Counted, duplication};
use crate::base::{Error, Figure, Result, Run, par};
use crate::graph::{Design, Network, View};

/// How many different people follow the creators of a portfolio, and how many follow several.
///
/// Full lists are counted: `U = |union of F_i|`. Random lists give the union through followers who were looked up (Karp &
/// Luby): `U = |union of full lists| + sum_i N_i E_i[1{u on no full list} / m_u]`, with m_u the creators of random lists
/// that follower u follows; without lookups, limits from pairs. A pair is `m / (s_A s_B)`. Lists that were neither full nor
/// drawn at random (newest first, engagers, unknown) give limits only.
///
/// **Input**: follower lists with their design, claimed follower counts, lookups; directed, weights are not used. Sizes
/// are taken as they are claimed; lists as drawn independently; followers looked up as drawn at random from lists, whichever
/// they were: who is on several had several chances, and that is minded.
/// **Returns**: people; shares from 0 to 1; each with one of five statuses. Statements about pairs and creators hold for
/// each of them at 95%, not for all of them together.
/// **Guarantee**: measured figures are counts. Estimated pairs and exclusive audiences have exact binomial intervals (at
/// least 95%, up to the binomial being fitted to two moments); estimated unions have intervals tested to cover 95% over
/// heavy-tailed portfolios. Limits hold with at least 95%: the error probability is divided over all pairs that they use.
/// An observed union of cut lists is never given as the union.
/// **Cost**: full lists: a few passes over the n listed followers, 4 bytes each, pairs `sum over people of m_u²`, for any
/// number of creators (8 bytes for each creator and number of creators that somebody follows); else `n log n`, 8 bytes each, `J² log` in the creators J, and lookups.
/// **Errors**: no creator; lookups that contradict a list; memory.
/// **Determinism**: the same bits at any number of threads and in any order of the creators.
/// **Symbols**: N_i `size`, n_i `listed`, s `fraction`, m `Matches`, m_u `Stratum::values` (1/m_u), U `union`.
/// **References**: Karp & Luby 1983; Horvitz & Thompson 1952; Clopper & Pearson 1934; Hunter 1976; Worsley 1982; Kuai,
/// Alajaji & Takahara 2000.
///
/// ```
/// use truereach::{Run, audience::Overlap, graph::{Network, build}};
/// // 2, 3 and 4 follow 0; 4 and 5 follow 1.
/// let network = Network::from_graph(build::graph(6, &[(2, 0), (3, 0), (4, 0), (4, 1), (5, 1)]));
/// let found = Overlap::default().run(&network, &[0, 1], &Run::new(1))?;
/// assert_eq!(found.union.value, Some(4.0));
/// assert_eq!(found.creators[0].exclusive.value, Some(2.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Overlap {
    /// People there are (the market's population): gives lift, and raises lower limits [default: all accounts of a whole
    /// graph]
    #[cfg_attr(feature = "cli", arg(long, value_name = "PEOPLE", help_heading = "Overlap"))]
    pub population: Option<f64>,
    /// What each two creators share, instead of the portfolio's figures
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Overlap"))]
    pub pairs: bool,
    /// Whom an audience counts, and as how much.
    #[serde(flatten)]
    #[cfg_attr(feature = "cli", command(flatten))]
    pub counting: Counting,
}

/// A creator within a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// The account.
    pub account: u32,
    /// How the follower list was drawn.
    pub design: Design,
    /// Followers listed.
    pub listed: u64,
    /// Followers in all: counted or claimed.
    pub followers: Figure,
    /// Followers who follow no other creator of the portfolio.
    pub exclusive: Figure,
    /// A fair share of the union, to which all of them add up: each person shared by those they follow,
    /// `sum over u of w_u / m_u` (the Shapley value of the union).
    pub credit: Figure,
}

/// The creators of a portfolio who are on one platform.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OnPlatform {
    /// The platform.
    pub name: String,
    /// Accounts that follow at least one of them.
    pub union: Figure,
    /// Their audiences added up, repeats counted.
    pub summed: Figure,
}

/// The overlap of a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// People who follow at least one creator.
    pub union: Figure,
    /// The audiences added up, repeats counted.
    pub summed: Figure,
    /// The share of that sum which is repeats.
    pub duplication: Figure,
    /// By f from 0: people who follow at least f + 1 of them, as far as somebody does.
    pub at_least: Vec<Figure>,
    /// Each platform, where there are several that cannot be joined.
    pub platforms: Vec<OnPlatform>,
    /// The creators, by account.
    pub creators: Vec<Share>,
    /// Each two creators, if asked for.
    pub pairs: Vec<Pair>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

impl Overlap {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.counting.check()?;
        match self.population {
            Some(people) if !people.is_finite() || people < 1.0 => {
                Err(Error::parameter("--population", "must be a number of people"))
            }
            _ => Ok(()),
        }
    }

    /// The people there are, where it is known.
    pub fn people(&self, network: &Network) -> Option<f64> {
        self.population.or_else(|| (network.view == View::Whole).then_some(network.accounts() as f64))
    }

    /// The overlap of these creators.
    pub fn run(&self, network: &Network, accounts: &[u32], run: &Run) -> Result<Found> {
        self.check()?;
        let portfolio = self.counting.portfolio(network, accounts)?;
        match portfolio.uncounted() {
            Some(problem) if self.counting.is_plain() => self.estimate(&portfolio, &problem, run),
            _ => self.count(&portfolio, run),
        }
    }

    /// Full lists, a person at a time.
    fn count(&self, portfolio: &Portfolio<'_>, run: &Run) -> Result<Found> {
        let audiences = self.counting.audiences(portfolio)?;
        let followed = self.elsewhere(portfolio, &audiences, run)?;
        // Where others counted, nothing is turned over here: what is left is what the counts mean.
        let tally = match &followed {
            Some(_) => audiences.unturned(),
            None => audiences.tally(run)?,
        };
        let counts = match &followed {
            Some(followed) => tally.counts_of(followed),
            None => tally.counts(run)?,
        };
        let measured = |people: f64| Figure::measured(people, audiences.how.clone());
        let creators = portfolio.creators.iter().zip(&counts.creators).map(|(creator, standing)| Share {
            account: creator.account,
            design: creator.list.design,
            listed: creator.list.listed,
            followers: measured(standing.audience),
            exclusive: measured(standing.exclusive),
            credit: measured(standing.credit),
        });
        let mut pairs = Vec::new();
        if self.pairs {
            let each = std::mem::size_of::<Pair>() + 4 * audiences.how.len();
            let count = portfolio.len() * portfolio.len().saturating_sub(1) / 2;
            run.check_memory("the pairs of a portfolio", (count * each) as u64)?;
            let shared = match followed {
                Some(followed) => tally.shared_of(followed.pairs),
                None => tally.shared(run)?,
            };
            let population = self.people(portfolio.network).filter(|_| audiences.are_plain());
            let sizes = |place: usize| counts.creators[place].audience;
            let all = 0..portfolio.len();
            pairs = all
                .flat_map(|a| (a + 1..portfolio.len()).map(move |b| (a, b)))
                .map(|(a, b)| {
                    let accounts = [a, b].map(|place| portfolio.creators[place].account);
                    let pair = Pair::new(accounts, measured(shared.of(a, b)), Some([sizes(a), sizes(b)]), population);
                    match audiences.are_plain() {
                        true => pair,
                        false => Pair { lift: Figure::not_estimable("people are weighed"), ..pair },
                    }
                })
                .collect();
        }
        let summed: f64 = counts.creators.iter().map(|standing| standing.audience).sum();
        let (union, summed) = (measured(counts.union), measured(summed));
        let mut at_least: Vec<Figure> = Vec::new();
        counts.times.iter().rev().fold(0.0, |above, exactly| {
            at_least.push(measured(above + exactly));
            above + exactly
        });
        at_least.reverse();
        Ok(Found {
            duplication: duplication(&union, &summed),
            union,
            summed,
            at_least,
            platforms: Vec::new(),
            creators: creators.collect(),
            pairs,
            notes: [portfolio.notes.clone(), audiences.notes].concat(),
        })
    }

    /// Counts by the run's engine, where it cuts networks and audiences are the followers in the graph.
    fn elsewhere(&self, portfolio: &Portfolio<'_>, audiences: &Audiences<'_>, run: &Run) -> Result<Option<Followed>> {
        if !run.is_cut() {
            return Ok(None);
        }
        let graph = portfolio.network.follow_graph()?;
        let creators: Vec<u32> = portfolio.creators.iter().map(|creator| creator.account).collect();
        match creators.iter().zip(audiences.lists()).all(|(&creator, list)| graph.followers(creator) == list) {
            true => cut::elsewhere(graph, &creators, audiences.weights(), self.pairs, run),
            false => Ok(None),
        }
    }

    /// Lists of which some are cut, or cannot be laid side by side, for the reason given.
    fn estimate(&self, portfolio: &Portfolio<'_>, uncounted: &str, run: &Run) -> Result<Found> {
        let counted = Counted::new(portfolio, self.people(portfolio.network), run)?;
        let places: Vec<usize> = (0..portfolio.len()).collect();
        let union = counted.union(&places, ALPHA, run)?;
        let summed = counted.summed(&places);
        let mut platforms = Vec::new();
        if portfolio.platforms.len() > 1 && !portfolio.joined {
            for (at, name) in portfolio.platforms.iter().enumerate() {
                let name = name.clone().unwrap_or_else(|| "no platform".into());
                let here = portfolio.on(at);
                let (union, summed) = (counted.union(&here, ALPHA, run)?, counted.summed(&here));
                platforms.push(OnPlatform { name, union, summed });
            }
        }
        run.phase("exclusive audiences", Some(places.len() as u64));
        let unknown = Figure::not_estimable(format!("needs people counted one by one: {uncounted}"));
        let creators = par::map(run, &par::chunks(places.len(), 1), |range| {
            let creator = &portfolio.creators[range.start];
            let followers = match (creator.size(), creator.is_full()) {
                (Some(size), true) => Figure::measured(size, "the list is full"),
                (Some(size), false) => Figure::measured(size, "the followers the platform claims"),
                (None, _) => Figure::not_estimable("needs the number of followers (followers_claimed)"),
            };
            let exclusive = counted.exclusive(range.start, &places, ALPHA);
            let (account, list, credit) = (creator.account, creator.list, unknown.clone());
            Ok(Share { account, design: list.design, listed: list.listed, followers, exclusive, credit })
        })?;
        let mut pairs = Vec::new();
        if self.pairs {
            let all: Vec<(usize, usize)> =
                places.iter().flat_map(|&a| places[a + 1..].iter().map(move |&b| (a, b))).collect();
            let found = par::map(run, &par::chunks(all.len(), 64), |range| {
                Ok(all[range].iter().map(|&(a, b)| counted.pairs().pair(a, b)).collect::<Vec<_>>())
            })?;
            pairs = found.into_iter().flatten().collect();
        }
        let duplication = duplication(&union, &summed);
        let (at_least, notes) = (Vec::new(), portfolio.notes.clone());
        Ok(Found { union, summed, duplication, at_least, platforms, creators, pairs, notes })
    }
}
