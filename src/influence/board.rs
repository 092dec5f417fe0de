//! A board to plan on: people drawn once, on whom any portfolio is judged at once.

use super::candidates::Candidates;
use super::judge::Judge;
use super::measure::{Measure, Reached};
use super::pool::{Bits, Walks};
use crate::base::stats::Interval;
use crate::base::{Result, Run};
use crate::cascade::{Resolved, Sampled, direct_reach};

/// People drawn at random, each with the creators whose post would have reached them.
///
/// Judging a portfolio on it gives what [`Select`](super::Select) prints of a portfolio judged beside its plan on as many
/// people, to the bit; but the drawing, which takes seconds, is done once, so that a planner who adds and removes creators
/// sees at once what it changes.
///
/// **Input**: a resolved model; who may be put on the board. **Guarantee**: shares are unbiased; the intervals of one
/// portfolio hold with 95% each, but people are the same for all of them, so that a choice made on the board is judged
/// too well by it: `select` judges on people who had no part in the choice. **Cost**: the walks of `samples` people; a
/// portfolio: the sets its creators are in, and their followers once. Memory: 12 bytes a member of a set and 4 a set.
/// **Errors**: too little memory, before anything
/// is drawn. **Determinism**: equal bits at any number of threads.
///
/// ```
/// use truereach::{Run, cascade::{Cascade, Model}, graph::{Network, build}, influence::Board};
/// let network = Network::from_graph(build::graph(6, &[(2, 0), (3, 0), (3, 1), (4, 1)]));
/// let (graph, run) = (network.follow_graph()?, Run::new(7));
/// let resolved = Cascade::from(Model::Ic(1.0)).resolve(graph, &network, &run)?;
/// let board = Board::new(&resolved, vec![0, 1], 6_000, 0, &run)?;
/// let both = board.judge(&[0, 1]);
/// assert_eq!((both.followers, both.direct), (3, 3.0));
/// assert!((both.members[0].only.people - 1.0).abs() < 0.1 && (both.members[0].credit.people - 1.5).abs() < 0.1);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug)]
pub struct Board<'a> {
    resolved: &'a Resolved<'a>,
    judge: Judge,
    measure: Measure<'a>,
}

/// A portfolio, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Different accounts that follow at least one of its creators.
    pub followers: u64,
    /// The same with everybody counted once for each creator they follow.
    pub summed: u64,
    /// People reached by the creators' own posts: exact given the model.
    pub direct: f64,
    /// People reached, with a 95% interval of simulation alone.
    pub reach: Sampled,
    /// The 95% interval with assumed parameters drawn.
    pub interval: Interval,
    /// Its creators, in the order given.
    pub members: Vec<JudgedMember>,
}

/// A creator of a portfolio, judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgedMember {
    /// The creator.
    pub account: u32,
    /// People whom this one reaches if nobody else posts.
    pub alone: Sampled,
    /// People whom none of those before reaches.
    pub added: Sampled,
    /// People whom no other creator of the portfolio reaches.
    pub only: Sampled,
    /// A fair share (Shapley) of the people reached by all, who are shared by those who reach them.
    pub credit: Sampled,
}

impl<'a> Board<'a> {
    /// Draws `samples` people, and looks at these creators; `draws` of what is assumed make the intervals.
    pub fn new(
        resolved: &'a Resolved<'a>,
        creators: Vec<u32>,
        samples: u64,
        draws: u32,
        run: &Run,
    ) -> Result<Board<'a>> {
        let walks = Walks::new(resolved, false, None, run);
        let candidates = Candidates::new(resolved.graph().accounts(), creators.clone());
        run.check_memory("drawing people", walks.memory(resolved, &candidates, run.thread_count()))?;
        let judge = Judge::new(&walks, creators, samples.max(1), resolved.total(), run)?;
        Ok(Board { resolved, judge, measure: Measure::new(resolved, draws, run.seed()) })
    }

    /// People drawn.
    pub fn samples(&self) -> u64 {
        self.judge.samples()
    }

    /// Whether a creator can be put on the board.
    pub fn has(&self, creator: u32) -> bool {
        self.judge.has(creator)
    }

    /// The reach of one creator, and its 95% interval with assumed parameters drawn.
    pub fn alone(&self, creator: u32) -> (Sampled, Interval) {
        let direct = direct_reach(self.resolved, &[creator]);
        let Reached { reach, interval } =
            self.measure.reach(self.judge.reach_of(creator), &[creator], Some(direct), false);
        (reach, interval)
    }

    /// Judges a portfolio; creators who are not on the board, and those named again, are left out.
    pub fn judge(&self, creators: &[u32]) -> Judged {
        let mut accounts: Vec<u32> = Vec::with_capacity(creators.len());
        for &creator in creators {
            if self.has(creator) && !accounts.contains(&creator) {
                accounts.push(creator);
            }
        }
        let graph = self.resolved.graph();
        let (mut followers, mut summed) = (0, 0);
        let mut seen = Bits::new(graph.accounts());
        for &creator in &accounts {
            summed += graph.followers(creator).len() as u64;
            followers += graph.followers(creator).iter().map(|&u| u64::from(seen.put(u))).sum::<u64>();
        }
        let direct = direct_reach(self.resolved, &accounts);
        let Reached { reach, interval } =
            self.measure.reach(self.judge.reach(&accounts), &accounts, Some(direct), false);
        let standings = self.judge.standings(&accounts);
        let member = |(&account, standing): (&u32, &super::judge::Standing)| JudgedMember {
            account,
            alone: self.judge.reach_of(account),
            added: standing.added,
            only: standing.only,
            credit: standing.credit,
        };
        let members = accounts.iter().zip(&standings).map(member).collect();
        Judged { followers, summed, direct, reach, interval, members }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cascade::{Cascade, Model};
    use crate::graph::{Network, build};
    use crate::influence::{Brief, Limits, Select, Wishes};

    fn follows() -> Vec<(u32, u32)> {
        (0..400u32).flat_map(|u| [(u + 5, u % 5), (u + 5, (u * 7 + 1) % 5), (u + 5, (u * u) % 405)]).collect()
    }

    #[test]
    fn a_portfolio_is_judged_as_select_judges_it() -> Result<()> {
        let network = Network::from_graph(build::graph(405, &follows()));
        let graph = network.follow_graph()?;
        for threads in [1, 2, 3, 8] {
            let run = Run::new(11).threads(threads)?;
            for model in [Model::Wc, Model::Ic(0.2), Model::default()] {
                let resolved = Cascade::from(model).resolve(graph, &network, &run)?;
                let wishes = Wishes { candidates: vec![0, 1, 2, 3, 4], ..Default::default() };
                let select = Select { limits: Limits { count: Some(2), ..Default::default() }, ..Default::default() };
                let others = [vec![3, 0, 4]];
                let brief = Brief { others: &others, ..Brief::of(&wishes) };
                let plan = select.run_resolved(&resolved, &network, &brief, &|| false, &run)?;
                let board = Board::new(&resolved, wishes.candidates.clone(), plan.judged, select.draws, &run)?;
                for asked in [&plan.best, &plan.others[0]] {
                    let accounts: Vec<u32> = asked.members.iter().map(|member| member.account).collect();
                    let judged = board.judge(&accounts);
                    assert_eq!(
                        (judged.reach, judged.interval, Some(judged.direct)),
                        (asked.reach, asked.interval, asked.direct)
                    );
                    for (ours, theirs) in judged.members.iter().zip(&asked.members) {
                        assert_eq!((ours.added, ours.only, ours.credit), (theirs.added, theirs.only, theirs.credit));
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn nobody_somebody_twice_and_somebody_else() -> Result<()> {
        let network = Network::from_graph(build::graph(405, &follows()));
        let run = Run::new(3);
        let resolved = Cascade::from(Model::Wc).resolve(network.follow_graph()?, &network, &run)?;
        let board = Board::new(&resolved, vec![0, 1, 2], 4_000, 10, &run)?;
        let nobody = board.judge(&[]);
        assert_eq!((nobody.followers, nobody.direct, nobody.reach.people, nobody.members.len()), (0, 0.0, 0.0, 0));
        assert_eq!(board.judge(&[1, 1, 4, 1]), board.judge(&[1]));
        let (one, all) = (board.judge(&[1]), board.judge(&[1, 0, 2]));
        assert_eq!(one.members[0].alone, one.reach);
        assert!(one.reach.people <= all.reach.people && all.followers <= all.summed);
        let credits: f64 = all.members.iter().map(|member| member.credit.people).sum();
        assert!((credits - all.members.iter().map(|member| member.added.people).sum::<f64>()).abs() < 1e-6);
        Ok(())
    }
}
