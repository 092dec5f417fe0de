//! Creators whose audiences together are largest: chosen on one half of the samples, judged on the other.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::Serialize;

use super::ALPHA;
use super::halves::Half;
use super::lists::Portfolio;
use super::union::Counted;
use crate::base::{Error, Figure, Result, Run};
use crate::graph::{Design, Network};

/// Some creators out of many, so that as many different people as possible follow one of them.
///
/// Greedy: `v_k = argmax over v of U(v_1, …, v_k−1, v) − U(v_1, …, v_k−1)`, ties to the smaller account, lazily (Minoux
/// 1978). On samples U is estimated from one random half of each list and of the followers looked up ([`Half::Choice`]);
/// the half that took no part in it says how large the union is ([`Half::Judge`]). For the largest of many estimates is
/// large by luck too: on the half that chose, the union reads too large, by the `optimism`. Where only limits of a union
/// are known, the lower one counts.
///
/// **Input**: as [`super::Overlap`]. Creators of whom nothing but limits can be said (newest followers, engagers, unknown
/// lists, unknown number of followers) are left out, and listed.
/// **Returns**: the creators in the order of the choice, with the judged union up to each.
/// **Guarantee**: on full lists the union is counted, and at least 1 − 1/e (63%) of the largest that so many creators can
/// have (Nemhauser, Wolsey & Fisher 1978). On samples the judged union is an unbiased estimate of the union of those
/// chosen, up to the share of the audience that was drawn, by which it leans to the low side.
/// **Cost**: full lists: the lists chosen, some times over; samples: some unions a creator chosen.
/// **Errors**: nobody to choose; several platforms whose people cannot be joined; as [`super::Overlap`].
/// **Determinism**: the halves are drawn by seed; the same at any number of threads.
/// **References**: Nemhauser, Wolsey & Fisher 1978; Minoux 1978; Cawley & Talbot 2010 (optimism of what was chosen).
///
/// ```
/// use truereach::{Run, audience::Pick, graph::{Network, build}};
/// // 0 and 1 have three followers each, of whom two are the same; 2 has two others.
/// let follows = [(3, 0), (4, 0), (5, 0), (4, 1), (5, 1), (6, 1), (7, 2), (8, 2)];
/// let network = Network::from_graph(build::graph(9, &follows));
/// let found = Pick { pick: 2 }.run(&network, &[0, 1, 2], &Run::new(1))?;
/// assert_eq!(found.steps.iter().map(|step| step.account).collect::<Vec<_>>(), [0, 2]);
/// assert_eq!(found.steps[1].union.value, Some(5.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pick {
    /// How many creators to choose.
    pub pick: usize,
}

/// A creator chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The creator.
    pub account: u32,
    /// How the follower list was drawn.
    pub design: Design,
    /// Followers.
    pub followers: f64,
    /// People who follow this creator or one chosen before: judged.
    pub union: Figure,
    /// The same as the half sees it that chose; `None` where everybody is counted.
    pub choice: Option<Figure>,
}

/// The creators chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picked {
    /// In the order of the choice.
    pub steps: Vec<Step>,
    /// How many there were to choose from.
    pub candidates: u64,
    /// Who was left out, and why.
    pub left_out: Vec<(u32, String)>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

impl Picked {
    /// By how much the half that chose saw the union too large; `None` where everybody is counted, or only limits are
    /// known.
    pub fn optimism(&self) -> Option<f64> {
        let last = self.steps.last()?;
        Some(last.choice.as_ref()?.value? - last.union.value?)
    }
}

impl Pick {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        match self.pick {
            0 => Err(Error::parameter("--pick", "choose at least one creator")),
            _ => Ok(()),
        }
    }

    /// Chooses among these creators.
    pub fn run(&self, network: &Network, accounts: &[u32], run: &Run) -> Result<Picked> {
        self.check()?;
        let (accounts, left_out) = candidates(&Portfolio::new(network, accounts)?);
        if accounts.is_empty() {
            return Err(Error::NotEstimable {
                figure: "A choice of creators".into(),
                needs: "full or random follower lists and numbers of followers".into(),
            });
        }
        let portfolio = Portfolio::new(network, &accounts)?;
        if !portfolio.joined {
            return Err(Error::NotEstimable {
                figure: "A choice over several platforms".into(),
                needs: "links that say which accounts are one person, or one platform: --only platform=NAME".into(),
            });
        }
        let (places, candidates) = ((0..portfolio.len()).collect::<Vec<_>>(), accounts.len() as u64);
        let notes = portfolio.notes.clone();
        run.phase("choosing creators", None);
        let steps = match portfolio.creators.iter().all(|creator| creator.is_full()) {
            true => {
                let mut covered = Covered { portfolio: &portfolio, people: vec![false; network.accounts()], union: 0 };
                let mut steps = Vec::new();
                greedy(&places, self.pick, &mut covered, |covered, place| {
                    let union = Figure::measured(covered.union as f64, "all lists are full");
                    steps.push(step(&portfolio, place, union, None));
                    run.step(0)
                })?;
                steps
            }
            false => {
                let halves = [Half::Choice, Half::Judge].map(|half| portfolio.half(half, run.seed()));
                let choice = Counted::new(&halves[0], None, run)?;
                let judge = Counted::new(&halves[1], None, run)?;
                let mut estimated = Estimated { counted: &choice, chosen: vec![], union: 0.0, run };
                let mut steps = Vec::new();
                greedy(&places, self.pick, &mut estimated, |estimated, place| {
                    let union = judge.union(&estimated.chosen, ALPHA, run)?;
                    let seen = choice.union(&estimated.chosen, ALPHA, run)?;
                    steps.push(step(&portfolio, place, union, Some(seen)));
                    Ok(())
                })?;
                steps
            }
        };
        Ok(Picked { steps, candidates, left_out, notes })
    }
}

/// Those of whom more than limits can be said; and the others, each with the reason.
fn candidates(portfolio: &Portfolio) -> (Vec<u32>, Vec<(u32, String)>) {
    let (mut accounts, mut left_out) = (Vec::new(), Vec::new());
    for creator in &portfolio.creators {
        match (creator.is_fair(), creator.size()) {
            (true, Some(_)) => accounts.push(creator.account),
            (false, _) => left_out.push((creator.account, format!("list {}", creator.list.design.name()))),
            (_, None) => left_out.push((creator.account, "number of followers unknown".into())),
        }
    }
    (accounts, left_out)
}

fn step(portfolio: &Portfolio, place: usize, union: Figure, choice: Option<Figure>) -> Step {
    let creator = &portfolio.creators[place];
    let followers = creator.size().unwrap_or(0.0);
    Step { account: creator.account, design: creator.list.design, followers, union, choice }
}

/// A union that grows.
trait Growing {
    /// By how much this creator would make it grow.
    fn gain(&self, place: usize) -> Result<f64>;
    /// Takes a creator in.
    fn take(&mut self, place: usize) -> Result<()>;
}

/// Full lists: everybody is counted.
struct Covered<'a> {
    portfolio: &'a Portfolio<'a>,
    people: Vec<bool>,
    union: u64,
}

impl Growing for Covered<'_> {
    fn gain(&self, place: usize) -> Result<f64> {
        let people = self.portfolio.creators[place].people.iter();
        Ok(people.filter(|&&person| !self.people[person as usize]).count() as f64)
    }

    fn take(&mut self, place: usize) -> Result<()> {
        self.union += self.gain(place)? as u64;
        self.portfolio.creators[place].people.iter().for_each(|&person| self.people[person as usize] = true);
        Ok(())
    }
}

/// Samples: a union is estimated, or its lower limit is.
struct Estimated<'a> {
    counted: &'a Counted<'a>,
    chosen: Vec<usize>,
    union: f64,
    run: &'a Run,
}

impl Estimated<'_> {
    fn with(&self, place: usize) -> Result<f64> {
        let together = [&self.chosen[..], &[place]].concat();
        let union = self.counted.union(&together, ALPHA, self.run)?;
        Ok(union.value.or(union.interval.map(|limits| limits.low)).unwrap_or(0.0))
    }
}

impl Growing for Estimated<'_> {
    fn gain(&self, place: usize) -> Result<f64> {
        Ok(self.with(place)? - self.union)
    }

    fn take(&mut self, place: usize) -> Result<()> {
        self.union = self.with(place)?;
        self.chosen.push(place);
        Ok(())
    }
}

/// A gain that may be out of date: the largest first, then the smaller place.
#[derive(PartialEq)]
struct Offer {
    gain: f64,
    place: Reverse<usize>,
    round: usize,
}

impl Eq for Offer {}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Offer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.gain.total_cmp(&other.gain).then(self.place.cmp(&other.place))
    }
}

/// Takes the creator of the largest gain, `count` times. A gain of an earlier round is taken for an upper limit: of counts
/// it is one.
fn greedy<G: Growing>(
    places: &[usize],
    count: usize,
    union: &mut G,
    mut taken: impl FnMut(&G, usize) -> Result<()>,
) -> Result<()> {
    let offer = |union: &G, place: usize, round: usize| {
        Ok::<_, Error>(Offer { gain: union.gain(place)?, place: Reverse(place), round })
    };
    let mut offers = places.iter().map(|&place| offer(union, place, 0)).collect::<Result<BinaryHeap<_>>>()?;
    let mut round = 0;
    while round < count {
        let Some(best) = offers.pop() else { break };
        let place = best.place.0;
        if best.round < round {
            offers.push(offer(union, place, round)?);
            continue;
        }
        union.take(place)?;
        taken(union, place)?;
        round += 1;
    }
    Ok(())
}
