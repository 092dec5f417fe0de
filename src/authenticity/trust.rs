//! Who is trusted by those who are trusted: walks from accounts known to be real, and from known fakes.

mod walk;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;
use walk::{Reached, Ways};

/// Along what trust flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Along {
    /// Mutual ties: two accounts that follow each other.
    #[default]
    Mutual,
    /// One-way follows: from the follower to whom it follows.
    Follows,
}

/// Trust of every account, from a list of accounts known to be real and, where there is one, a list of known fakes: few
/// real people tie themselves to fakes, so a walk from real people seldom ends there.
///
/// ```text
/// p_0 = 1/|trusted| on trusted accounts;  p_{i+1}(v) = sum_{u -> v} p_i(u) / d(u);  i up to ceil(log2 n)
/// q   = (1 - w) the same walk from the fakes + w m, w = 0.2; without fakes, w = 1
/// m(v) = ties that reach v / ties of all: what each gets where trust is spread evenly over ties
/// score(v) = ln( (p + floor m) / (q + floor m) )
/// llr(v) = min( -score(v), ln( (k + 2) / (2 (c + 1)) ) if above 0 ), clamped to [least, most]
/// ```
///
/// Without fakes the order is SybilRank's (trust / degree). -score is the log of how many times likelier the second walk ends
/// there than the first. How often it is as large for real people the trusted themselves tell: with the walk from one half of
/// them, c of the k in the other half score as low as v. So where trust reaches few real people, little of it says little; with
/// a single trusted account nothing speaks against anybody. The most is 3.9 with k = 100 and c = 0. No labels fit it: a default
/// to be calibrated.
///
/// n counts accounts that trust can reach, d(u) the ties of u, m those from accounts that a walk can reach: accounts that no
/// walk reaches change nothing, however many there are. So on follows a bought follower confers nothing. Who has no ties to
/// pass trust on by keeps it. An account whose ties no walk reaches scores lowest, ln( floor / (w + floor) ); w is there
/// because not all fakes are like those known.
///
/// **Input**: a directed or symmetric graph; weights do not matter. On follows an account is observed where a follower that a
/// walk can reach, or any follower at all, is there to speak of it; on mutual ties where it has one.
/// **Returns**: [`TrustScores`], in the order of ids. **Guarantee**: trust sums to 1 after every step.
/// **Cost**: O(edges) a step, parallel; [`Trust::memory`]. **Errors**: no trusted account, an account that is not there,
/// one in both lists; memory. **Determinism**: equal bits at any number of threads. Halves are every other account of the
/// list as given.
/// **Pitfalls**: fakes whom many real people befriend are trusted; a community without a trusted account looks distrusted:
/// choose them all over the network. **References**: Cao, Sirivianos, Yang & Pregueiro 2012 (SybilRank); Gyöngyi,
/// Garcia-Molina & Pedersen 2004 (TrustRank); Jia, Wang & Gong 2017 (walks from both sides).
///
/// ```
/// use truereach::{Run, authenticity::Trust, graph::build};
/// // Two triangles, one tie between them; 0 is known to be real.
/// let ties = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)];
/// let graph = build::graph(6, &ties.iter().flat_map(|&(u, v)| [(u, v), (v, u)]).collect::<Vec<_>>());
/// let found = Trust::default().run(&graph, &[0], &[], &Run::default())?;
/// assert!(found.score[1] > found.score[4] && found.llr[4] >= found.llr[1]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Trust {
    /// Steps of the walk [default: the base-2 logarithm of the accounts that trust can reach, rounded up]
    #[cfg_attr(feature = "cli", arg(long = "trust-steps", value_name = "N"))]
    pub steps: Option<u32>,
    /// Along what trust flows
    #[cfg_attr(feature = "cli", arg(long = "trust-along", value_enum, default_value_t, value_name = "TIES"))]
    pub along: Along,
    /// What every account gets at least, as a part of what it would get if trust were spread evenly over ties
    #[cfg_attr(feature = "cli", arg(long = "trust-floor", value_name = "SHARE", default_value_t = 0.01))]
    pub floor: f64,
    /// The most that trust speaks for an account (0 or below)
    #[cfg_attr(feature = "cli", arg(long = "trust-least", value_name = "LLR", default_value_t = -2.0, allow_negative_numbers = true))]
    pub least: f64,
    /// The most that want of trust speaks against it
    #[cfg_attr(feature = "cli", arg(long = "trust-most", value_name = "LLR", default_value_t = 4.0))]
    pub most: f64,
}

impl Default for Trust {
    fn default() -> Self {
        Trust { steps: None, along: Along::Mutual, floor: 0.01, least: -2.0, most: 4.0 }
    }
}

/// How much trust reaches whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrustScores {
    /// The larger, the more trusted; NaN where nothing is observed.
    pub score: Vec<f64>,
    /// Log-likelihood ratio of "not a real person": positive speaks against the account, 0 where nothing is observed.
    pub llr: Vec<f64>,
    /// The share of all trust that is at the account: sums to 1.
    pub trust: Vec<f64>,
    /// The same of distrust, where fakes are known.
    pub distrust: Option<Vec<f64>>,
    /// Steps walked.
    pub steps: u32,
    /// Accounts that trust can reach, the trusted among them.
    pub reached: u64,
    /// Accounts with ties to judge by.
    pub observed: u64,
    /// Of these, accounts that no walk can reach.
    pub apart: u64,
    /// Trusted accounts with ties: their scores by the others tell how low real people score.
    pub compared: u64,
}

/// Part of the second walk that is spread evenly: fakes unlike those known. On the benchmark of Facebook's Sybils anything from 0
/// to 0.3 is as good.
const UNLIKE: f64 = 0.2;

/// Scores that differ by less are equal: rounding differs with the order of ties.
const EQUAL: f64 = 1e-9;

/// The most steps that make sense to ask for.
const MOST_STEPS: u32 = 100_000;

impl Trust {
    /// Refuses what makes no sense, with one sentence.
    pub fn check(&self) -> Result<()> {
        let wrong = |name: &str, problem: String| Err(Error::parameter(name, problem));
        if let Some(steps) = self.steps.filter(|steps| *steps > MOST_STEPS) {
            return wrong("--trust-steps", format!("{steps} is over the limit of {MOST_STEPS}"));
        }
        if !(self.floor > 0.0 && self.floor <= 1.0) {
            return wrong("--trust-floor", format!("{} is not above 0 and at most 1", self.floor));
        }
        if !(self.least <= 0.0 && self.least.is_finite()) {
            return wrong("--trust-least", format!("{} is not a number of at most 0", self.least));
        }
        if !(self.most >= 0.0 && self.most.is_finite()) {
            return wrong("--trust-most", format!("{} is not a number of at least 0", self.most));
        }
        Ok(())
    }

    /// Bytes that a run may take besides the graph: 130 an account, and 4 an edge where mutual ties are looked for.
    pub fn memory(&self, graph: &Graph) -> u64 {
        let looked_for = self.along == Along::Mutual && !graph.is_symmetric();
        130 * graph.accounts() as u64 + if looked_for { 4 * graph.edges() } else { 0 }
    }

    /// Walks from `trusted` accounts and from `fakes`, which may be none.
    pub fn run(&self, graph: &Graph, trusted: &[u32], fakes: &[u32], run: &Run) -> Result<TrustScores> {
        self.check()?;
        let accounts = graph.accounts();
        let trusted = listed("--trusted", trusted, accounts)?;
        let fakes = listed("--fakes", fakes, accounts)?;
        if trusted.is_empty() {
            return Err(Error::NotEstimable {
                figure: "trust".into(),
                needs: "a list of accounts known to be real people".into(),
            });
        }
        let real: HashSet<u32> = trusted.iter().copied().collect();
        if let Some(both) = fakes.iter().find(|one| real.contains(one)) {
            return Err(Error::parameter("--fakes", format!("account {both} is among the trusted too"))
                .with_hint("take it out of one of the lists"));
        }
        run.check_memory("trust", self.memory(graph))?;
        let mutual = match self.along == Along::Mutual && !graph.is_symmetric() {
            true => Some(walk::mutual(graph, run)?),
            false => None,
        };
        let ways = match &mutual {
            Some(rows) => Ways { from: rows.flat(), to: rows.flat() },
            None => Ways { from: graph.follower_rows().flat(), to: graph.following_rows().flat() },
        };
        let mut reached = Reached::from(&ways, &trusted, run)?;
        let count = reached.count();
        let steps = self.steps.unwrap_or_else(|| log2_up(count));
        let halves: [Vec<u32>; 2] = [0, 1].map(|half| trusted.iter().skip(half).step_by(2).copied().collect());
        // Each half's walk, and the fakes'.
        let lists = [&halves[0][..], &halves[1][..], &fakes[..]];
        let (sides, distrust) = match fakes.is_empty() {
            true => (ways.walk([lists[0], lists[1]], steps, run)?, None),
            false => {
                reached.add(&ways, &fakes, run)?;
                let three = ways.walk(lists, steps, run)?;
                let fakes = three.iter().map(|three| three[2]).collect();
                (three.iter().map(|three| [three[0], three[1]]).collect(), Some(fakes))
            }
        };
        let weights = [0, 1].map(|half: usize| halves[half].len() as f64 / trusted.len() as f64);
        let trust = sides.iter().map(|sides| weights[0] * sides[0] + weights[1] * sides[1]).collect();
        let found = TrustScores {
            score: vec![f64::NAN; accounts],
            llr: vec![0.0; accounts],
            trust,
            distrust,
            steps,
            reached: count,
            observed: 0,
            apart: 0,
            compared: 0,
        };
        let even = Even { counts: ways.ties_from(&reached, run)? };
        self.judge(&ways, &even, found, &sides, &halves)
    }

    /// The score of an account with so much trust.
    fn score(&self, v: usize, trust: f64, even: f64, found: &TrustScores) -> f64 {
        let (distrust, unlike) = found.distrust.as_ref().map_or((0.0, 1.0), |distrust| (distrust[v], UNLIKE));
        match even > 0.0 {
            true => {
                let against = (1.0 - unlike) * distrust + unlike * even;
                libm::log((trust + self.floor * even) / (against + self.floor * even))
            }
            // No walk gets there.
            false => libm::log(self.floor / (unlike + self.floor)),
        }
    }

    /// From shares of trust to scores, and from scores of trusted accounts by the other half to what a score says.
    fn judge(
        &self,
        ways: &Ways,
        even: &Even,
        mut found: TrustScores,
        sides: &[[f64; 2]],
        halves: &[Vec<u32>; 2],
    ) -> Result<TrustScores> {
        let even = even.shares();
        let tied = |v: usize| !ways.from.range(v as u32).is_empty();
        let mut known: Vec<f64> = Vec::new();
        for (half, other) in [(0, 1), (1, 0)] {
            let held = halves[half].iter().map(|&v| v as usize).filter(|&v| tied(v));
            known.extend(held.map(|v| self.score(v, sides[v][other], even[v], &found)));
        }
        known.sort_by(f64::total_cmp);
        found.compared = known.len() as u64;
        for v in (0..even.len()).filter(|&v| tied(v)) {
            found.observed += 1;
            found.apart += u64::from(even[v] == 0.0);
            let score = self.score(v, found.trust[v], even[v], &found);
            let as_low = known.partition_point(|known| *known <= score + EQUAL) as f64;
            let most = libm::log((known.len() as f64 + 2.0) / (2.0 * (as_low + 1.0))).clamp(0.0, self.most);
            found.score[v] = score;
            found.llr[v] = (-score).clamp(self.least, most);
        }
        Ok(found)
    }
}

/// Trust spread evenly over ties.
struct Even {
    /// Ties from accounts that a walk can reach.
    counts: Vec<u64>,
}

impl Even {
    /// What each account gets.
    fn shares(&self) -> Vec<f64> {
        let all = self.counts.iter().sum::<u64>().max(1) as f64;
        self.counts.iter().map(|&count| count as f64 / all).collect()
    }
}

/// A list of accounts in its order, each once.
fn listed(name: &str, list: &[u32], accounts: usize) -> Result<Vec<u32>> {
    if let Some(stranger) = list.iter().find(|&&one| one as usize >= accounts) {
        return Err(Error::parameter(name, format!("account {stranger} is not among the {accounts} of the network")));
    }
    let mut seen = HashSet::with_capacity(list.len());
    Ok(list.iter().copied().filter(|&one| seen.insert(one)).collect())
}

/// The base-2 logarithm, rounded up; 0 of 0 and 1.
fn log2_up(n: u64) -> u32 {
    n.max(1).next_power_of_two().trailing_zeros()
}

/// Chunks of rows for a step of a walk.
fn chunks(offsets: &[u64]) -> Vec<std::ops::Range<usize>> {
    par::chunks_by_degree(offsets, 1 << 16)
}
