//! How far two sides keep to themselves: random-walk controversy, by a solve instead of walks.

mod sides;
mod solve;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;
use sides::Sides;

/// How far two sides of a network keep to themselves: whether who ends among the best-known of a side began on that side. It
/// measures separation, not hostility.
///
/// ```text
/// RWC = P_XX P_YY − P_XY P_YX,   P_AB = Pr[a walk began in A | it ended in B]
/// ```
///
/// A walk begins on either side with equal chance, at any account of the side that is no hub; goes to a neighbour drawn
/// evenly; and ends at the first hub, one of the `hubs` accounts of either side with most neighbours. With h(i) the chance that a walk
/// from i ends at a hub of X, `(D − A) h = A_X 1` over the accounts that are no hubs: a symmetric system, solved by conjugate
/// gradients with the degrees as preconditioner. Nothing is sampled.
///
/// Neighbours are accounts of both sides of which one follows the other: directions do not matter, and two who follow each other
/// are one tie. Of equally many neighbours the account with the smaller number is the hub.
///
/// **Input**: a graph, weights do not matter; 1 or 2 for the side of each account, 0 for neither. **Returns**:
/// [`RandomWalkControversy`]: −1 to 1; near 1 where sides keep to themselves, 0 where they are mixed. Accounts with no way to a
/// hub are counted and left out. **Guarantee**: exact to rounding, relative residual of the solve at most 1e-12.
/// **Cost**: some dozens of passes over the ties; 8 bytes a tie (4 each way) and 80 an account.
/// **Errors**: a side with no more accounts than hubs; [`Error::NotEstimable`] where walks from one side, or to it, do not exist;
/// [`Error::NotConverged`]; memory. **Determinism**: equal bits at any number of threads. **Symbols**: Garimella's X+ and Y+ are the
/// hubs. **References**: Garimella, De Francisci Morales, Gionis & Mathioudakis 2018 (Quantifying controversy on social media,
/// ACM TSC 1); Hestenes & Stiefel 1952; Doyle & Snell 1984 (walks and absorption).
///
/// ```
/// use truereach::{Run, graph::build, risk::Controversy};
/// // Two triangles, nothing between them.
/// let graph = build::graph(6, &[(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]);
/// let apart = Controversy { hubs: 1 }.run(&graph, &[1, 1, 1, 2, 2, 2], &Run::default())?;
/// assert!((apart.value - 1.0).abs() < 1e-9);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Controversy {
    /// Accounts with most neighbours of each side at which walks end
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 10, value_name = "N", help_heading = "Controversy"))]
    pub hubs: u32,
}

impl Default for Controversy {
    fn default() -> Self {
        Controversy { hubs: 10 }
    }
}

/// How far two sides keep to themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RandomWalkControversy {
    /// The index, from −1 to 1.
    pub value: f64,
    /// Of walks that ended on side 1, and on side 2, the share that began there.
    pub within: [f64; 2],
    /// Of walks that ended on side 1, and on side 2, the share that began on the other.
    pub crossing: [f64; 2],
    /// Accounts of each side.
    pub accounts: [u64; 2],
    /// Accounts of each side with no way to a hub, left out.
    pub stranded: [u64; 2],
    /// The hubs of each side, most neighbours first.
    pub hubs: [Vec<u32>; 2],
    /// Ties among the accounts of both sides.
    pub ties: u64,
    /// Of these, between the sides.
    pub between: u64,
    /// Steps of the solve.
    pub steps: u32,
    /// What the solve leaves, relative to its right-hand side.
    pub residual: f64,
}

impl Controversy {
    /// Refuses what makes no sense.
    pub fn check(&self) -> Result<()> {
        match self.hubs {
            0 => Err(Error::parameter("--hubs", "walks have to end somewhere: at least 1")),
            _ => Ok(()),
        }
    }

    /// Bytes that a run may take besides the graph, of so many accounts and follows.
    pub fn memory(accounts: u64, follows: u64) -> u64 {
        80 * accounts + 8 * follows
    }

    /// Lays out the ties, chooses hubs, and solves for where walks end.
    pub fn run(&self, graph: &Graph, sides: &[u8], run: &Run) -> Result<RandomWalkControversy> {
        self.check()?;
        if sides.len() != graph.accounts() || sides.iter().any(|&side| side > 2) {
            let problem = format!("{} sides of 0, 1 and 2 are needed, one an account", graph.accounts());
            return Err(Error::parameter("sides", problem));
        }
        run.check_memory("random-walk controversy", Self::memory(graph.accounts() as u64, graph.edges()))?;
        let sides = Sides::new(graph, sides, run)?;
        let accounts = sides.accounts();
        if let Some(side) = (0..2).find(|&side| accounts[side] <= u64::from(self.hubs)) {
            let problem = format!("side {} has {} accounts, which leaves no walk to begin", side + 1, accounts[side]);
            return Err(Error::parameter("--hubs", problem).with_hint("fewer hubs, or larger sides"));
        }
        let hubs = sides.hubs(self.hubs as usize);
        let open = sides.open(&hubs, run)?;
        let solved = solve::absorbed(&sides, &hubs, &open, run)?;
        self.of_ends(&sides, &hubs, &open, solved, run)
    }

    fn of_ends(
        &self,
        sides: &Sides,
        hubs: &[Vec<u32>; 2],
        open: &[bool],
        solved: solve::Solved,
        run: &Run,
    ) -> Result<RandomWalkControversy> {
        let is_hub = sides.marked(hubs);
        let mean = |side: u8| {
            let begins = |v: usize| open[v] && sides.side[v] == side;
            let count = (0..open.len()).filter(|&v| begins(v)).count() as f64;
            let ends = par::sum(run, open.len(), |v| if begins(v) { solved.ends[v] } else { 0.0 });
            (count, ends / count)
        };
        let ((from_one, one), (from_two, two)) = (mean(1), mean(2));
        let into = [one + two, 2.0 - one - two];
        if from_one == 0.0 || from_two == 0.0 || !into.iter().all(|&chance| chance > 1e-12) {
            return Err(Error::NotEstimable {
                figure: "Controversy between these sides".into(),
                needs: "walks that begin on each side and end on each side: accounts tied to the best-known of both"
                    .into(),
            });
        }
        let within = [one / into[0], (1.0 - two) / into[1]];
        // Of walks that ended on side 1, those that began on side 2; and the other way round.
        let crossing = [two / into[0], (1.0 - one) / into[1]];
        let mut stranded = [0; 2];
        for v in (0..open.len()).filter(|&v| !open[v] && !is_hub[v]) {
            stranded[sides.side[v] as usize - 1] += 1;
        }
        Ok(RandomWalkControversy {
            value: within[0] * within[1] - crossing[0] * crossing[1],
            within,
            crossing,
            accounts: sides.accounts(),
            stranded,
            hubs: hubs.clone().map(|hubs| hubs.into_iter().map(|v| sides.account[v as usize]).collect()),
            ties: sides.ties(),
            between: sides.between(),
            steps: solved.steps,
            residual: solved.residual,
        })
    }
}
