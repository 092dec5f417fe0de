//! A cascade under way: draws of what is not known of it, given all that is.

mod chain;
mod exchange;
mod exposed;
mod given;
mod mixing;
mod moves;
mod observed;
mod sharers;
mod urn;
mod ways;

#[cfg(test)]
mod tests;

use std::fmt;

pub use self::observed::Observed;

use self::chain::Chain;
use self::given::Given;
use self::sharers::{Sharer, Sharers};

use super::{Resolved, Walker, World, stop};
use crate::base::seed::{Key, Stream};
use crate::base::stats::{ExactSum, Interval, Z95};
use crate::base::{Error, Result, Run, par};

/// Draws of a chain. The next index begins another chain.
pub const CHAIN: u64 = 64;

/// Worlds tossed to see how many agree with what was observed, and how many must for the others to be thrown away.
const TRIALS: u64 = 1024;
const ENOUGH: u64 = 16;

/// The index of worlds and chains that are tried before the first draw.
const TRIED: u64 = 1 << 63;

/// Groups of draws behind an interval.
const GROUPS: u64 = 16;

/// One draw of what is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn {
    /// Everybody exposed so far, sorted. A poster counts only if another poster's post came to them.
    pub exposed: Vec<u32>,
    /// The posters, and those of `exposed` who passed it on, sorted.
    pub sharers: Vec<u32>,
}

/// How draws are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// Nothing was observed but who posted: worlds as they come.
    Forward,
    /// Worlds as they come, those thrown away that do not agree: independent and exact.
    Rejection {
        /// Worlds tried beforehand.
        tried: u64,
        /// How many of them agreed.
        agreed: u64,
    },
    /// Markov chains, [`CHAIN`] draws each.
    Chains {
        /// Moves of a sweep.
        moves: usize,
        /// Sweeps before the first draw of a chain, from where another stood after as many.
        burn_in: usize,
        /// Sweeps between two draws.
        gap: usize,
        /// How far chains from both sides are still apart after `burn_in`: 1 not at all.
        ratio: f64,
        /// Whether that is near enough.
        mixed: bool,
    },
}

impl fmt::Display for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sampling::Forward => f.write_str("worlds as they come: nothing was observed but who posted"),
            Sampling::Rejection { tried, agreed } => {
                write!(f, "independent worlds that agree with what was observed, as {agreed} of {tried} did")
            }
            Sampling::Chains { moves, burn_in, gap, ratio, mixed } => {
                write!(
                    f,
                    "chains of {CHAIN} draws, {gap} sweeps of {moves} moves apart after {burn_in}; 16 chains from both \
                     sides were apart by a factor of {ratio:.3}{}",
                    if *mixed {
                        ""
                    } else {
                        ", which is not near enough: the draws may lean towards where chains start"
                    }
                )
            }
        }
    }
}

/// How many people were exposed so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoFar {
    /// Mean people exposed.
    pub exposed: f64,
    /// Its 95% interval: the draws alone, not what is not known of the chances.
    pub interval: Interval,
    /// Mean sharers, posters counted.
    pub sharers: f64,
    /// Draws.
    pub draws: u64,
}

/// What is not known of a cascade under way, drawn given all that is known.
///
/// Some creators posted, and of some people it is known whether they saw it or passed it on ([`Observed`]). A draw is a
/// pair (A, sharers) from the conditional law of worlds: A are all people exposed so far, sharers those whose post went
/// out. The pair is all that the future rests on: coins out of sharers are tossed and lead into A, people of A who did
/// not share will not, and all other coins are fresh. So a further creator's post is a cascade of fresh coins on the
/// graph without A.
///
/// **Law.** `P((A, sharers) | statuses)` under the product law of [`World`]: posters share, `r_vu` a coin an edge (under
/// `lt` one followee a person), `rho_u` a coin a person. An account without a status tells nothing.
///
/// **Method.** Worlds from the posters that agree with every status, if at least 16 of 1,024 do: independent draws.
/// Else Markov chains over the sharers S and the live edges between them; nobody else is held. Whoever does not share
/// is summed over: with q the chance to hear any of S, a follower without a status counts `1 − q rho`, as does
/// `not_shared`; `exposed` counts q, `not_exposed` `1 − q`. So a move costs the rows of those it touches. A move
/// adds a sharer and all whom they bring, by the prior law, or takes one away, or tosses all coins into one again, or
/// adds or takes a whole way by which somebody seen may have heard; each is accepted by Metropolis and Hastings' rule. A is
/// drawn at the end, given S.
///
/// **Chains reach every state, but under `lt`.** *Proof.* Let (S, E) and (S', E') be two states of positive chance. Add
/// the sharers of S' to S in the order in which E' reaches them, each with those whom it certainly brings, who are in S' as
/// well. On the way every state has a positive chance: who was exposed still is, as q only grows, and a status
/// `not_exposed` is impossible only beside a sharer with r = 1 (`not_shared`, or nobody's sharing without one: r = 1
/// and rho = 1), and no such edge leaves S or S'. On the union every set of live edges comes up by tossing the coins into one
/// after the other, first up to E and E' together. Moves have a way back of positive chance; so from there down to
/// (S', E') in the same way. Under `lt` q is a sum, and two halves of whom somebody follows may each be possible, the
/// union not: chains then may stay in a part of all states where a person seen not to be exposed follows sharers alone.
///
/// **Guarantee**: rejection is exact. Chains are exact in the limit. Before the first draw, 16 of them, half from as few
/// sharers as possible and half from as many as come, run until the worst potential scale reduction (Gelman & Rubin
/// 1992, of halves of chains) of five figures is below 1.05, twice as long each time, at most 1,024 sweeps
/// ([`Sampling::Chains`] says whether that was met). A chain of draws goes on from the end of one of these 16, as many sweeps
/// again, and draws a sixteenth of them apart. It is a check, not a proof: a part of all states that few starts lead to, and
/// that is left slowly, is not seen by 16 chains.
///
/// **Cost**: a world from the posters a draw, over the share that agrees; of chains, `burn_in / 64 + gap` sweeps and a world. A
/// move reads the followers of new sharers. Memory: 1 byte an account, 32 for every follow of somebody observed;
/// 18 an account a thread.
///
/// **Errors**: contradictions ([`Observed::check`]); a limit of time. **Determinism**: draw i is a function of (seed, i).
///
/// **References**: Golovin & Krause 2011 (what adaptive choice gains, for which these draws are made); Metropolis et al.
/// 1953; Hastings 1970; Gelman & Rubin 1992.
///
/// ```
/// use truereach::{Run, cascade::{Model, Observed, Priors, Wave}, graph::{Network, Observation, build}};
/// // 1 follows 0, who posted, and 2 follows 1. Who has seen that 2 saw it knows that 1 shared it.
/// let network = Network::from_graph(build::graph(3, &[(1, 0), (2, 1)]));
/// let (graph, run) = (network.follow_graph()?, Run::new(7));
/// let model = Model::Ic(0.1).resolve(graph, &network, Some(0.5), &Priors::default(), &run)?;
/// let observed = Observed::new([(0, Observation::Posted), (2, Observation::Exposed)], None);
/// let drawn = Wave::new(&model, &observed, &run)?.tools().draw(0);
/// assert_eq!((drawn.exposed, drawn.sharers), (vec![1, 2], vec![0, 1]));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Wave<'a> {
    given: Given<'a>,
    seed: u64,
    sampling: Sampling,
    /// The sharers but posters of the chains that were looked at, from which draws go on.
    states: Vec<Vec<Sharer>>,
}

impl<'a> Wave<'a> {
    /// Looks at what was observed, and finds out how to draw the rest.
    pub fn new(resolved: &'a Resolved<'a>, observed: &Observed<'_>, run: &Run) -> Result<Wave<'a>> {
        if resolved.deadline().is_some() {
            return Err(Error::parameter("--within", "what was seen of a cascade under way has no limit of time")
                .with_hint("leave --within out: draws are of everything that the posts so far bring"));
        }
        let accounts = resolved.graph().accounts() as u64;
        run.check_memory("a cascade under way", accounts * (9 + 18 * run.thread_count() as u64))?;
        let given = Given::new(resolved, observed)?;
        resolved.lay_out(given.posters.iter().copied(), TRIALS, run)?;
        let mut wave = Wave { given, seed: run.seed(), sampling: Sampling::Forward, states: Vec::new() };
        if wave.given.witnesses.is_empty() && wave.given.listeners.is_empty() {
            return Ok(wave);
        }
        let agreed = wave.agreed(run)?;
        match agreed >= ENOUGH {
            true => wave.sampling = Sampling::Rejection { tried: TRIALS, agreed },
            false => (wave.sampling, wave.states) = wave.mixing(run)?,
        }
        Ok(wave)
    }

    /// How draws are made.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// The posters, sorted.
    pub fn posters(&self) -> &[u32] {
        &self.given.posters
    }

    /// What one thread draws with. Draws with rising indices of one chain ([`CHAIN`]) go on from one another.
    pub fn tools(&self) -> Tools<'_> {
        let accounts = self.given.resolved.graph().accounts();
        Tools { wave: self, walker: Walker::new(accounts), chain: None, seen: Vec::new() }
    }

    /// The draws from `first` to before `last`, in order.
    pub fn draws(&self, first: u64, last: u64, run: &Run) -> Result<Vec<Drawn>> {
        let tools = par::Tools::new();
        let chains = par::chunks(last.saturating_sub(first / CHAIN * CHAIN) as usize, CHAIN as usize);
        let drawn = par::map(run, &chains, |range| {
            let begin = first / CHAIN * CHAIN;
            let indices = (begin + range.start as u64).max(first)..begin + range.end as u64;
            tools.with(|| self.tools(), |tools| Ok(indices.map(|index| tools.draw(index)).collect::<Vec<_>>()))
        })?;
        Ok(drawn.concat())
    }

    /// How many people were exposed so far: means of 16 groups of draws with whole chains, at least `draws` in all, and
    /// Student's interval.
    pub fn so_far(&self, draws: u64, run: &Run) -> Result<SoFar> {
        let each = draws.div_ceil(GROUPS * CHAIN).max(1) * CHAIN;
        let tools = par::Tools::new();
        let groups = par::map(run, &par::chunks(GROUPS as usize, 1), |range| {
            let group = range.start as u64;
            tools.with(
                || self.tools(),
                |tools| {
                    let (mut exposed, mut sharers) = (0, 0);
                    for index in group * each..(group + 1) * each {
                        let drawn = tools.draw(index);
                        exposed += drawn.exposed.len();
                        sharers += drawn.sharers.len();
                    }
                    Ok((exposed as f64 / each as f64, sharers as f64 / each as f64))
                },
            )
        })?;
        let count = GROUPS as f64;
        let mean = |value: fn(&(f64, f64)) -> f64| groups.iter().map(value).collect::<ExactSum>().value() / count;
        let (exposed, sharers) = (mean(|group| group.0), mean(|group| group.1));
        let squares = groups.iter().map(|group| (group.0 - exposed) * (group.0 - exposed)).collect::<ExactSum>();
        let error = libm::sqrt(squares.value() / (count - 1.0) / count);
        Ok(SoFar {
            exposed,
            interval: Interval::around(exposed, stop::student(Z95, GROUPS) * error),
            sharers,
            draws: each * GROUPS,
        })
    }

    /// The randomness of an index.
    fn key(&self, index: u64) -> Key {
        Key::new(self.seed, Stream::Wave, index)
    }

    /// How many of the worlds tried agree.
    fn agreed(&self, run: &Run) -> Result<u64> {
        let tools = par::Tools::new();
        run.phase("worlds that agree with what was seen", Some(TRIALS));
        let agreed = par::map(run, &par::chunks(TRIALS as usize, 16), |range| {
            let agrees = |tools: &mut Tools<'_>, at: usize| tools.walk(TRIED, at as u64);
            Ok(tools.with(|| self.tools(), |tools| range.filter(|&at| agrees(tools, at)).count() as u64))
        })?;
        Ok(agreed.iter().sum())
    }
}

/// What one thread draws with.
#[derive(Debug, Clone)]
pub struct Tools<'w> {
    wave: &'w Wave<'w>,
    walker: Walker,
    /// The number of a chain, the sweeps that it has made, and its state.
    chain: Option<(u64, usize, Chain)>,
    seen: Vec<bool>,
}

impl Tools<'_> {
    /// The draw of this index: the same whatever was drawn before.
    pub fn draw(&mut self, index: u64) -> Drawn {
        let Sampling::Chains { moves, burn_in, gap, .. } = self.wave.sampling else {
            let agrees = (0..).find(|&attempt| self.walk(index, attempt));
            return self.walked(index, agrees.unwrap_or(0));
        };
        let (number, sweeps) = (index / CHAIN, burn_in + (index % CHAIN) as usize * gap);
        let given = &self.wave.given;
        let accounts = given.resolved.graph().accounts();
        let (mut made, mut chain) = match self.chain.take() {
            Some((other, made, chain)) if other == number && made <= sweeps => (made, chain),
            other => {
                let sharers = other.map_or_else(|| Sharers::new(accounts), |(_, _, chain)| chain.sharers);
                let mut chain = Chain::new(sharers, self.wave.key(number).of(1).generator());
                chain.go_on(given, &self.wave.states[(number % GROUPS) as usize]);
                (0, chain)
            }
        };
        while made < sweeps {
            chain.sweep(given, moves);
            made += 1;
        }
        let world = World::new(given.resolved, self.wave.key(index).word(0), 0);
        self.seen.resize(accounts, false);
        let mut doubts = self.wave.key(index).of(2).generator();
        let drawn = chain.sharers.exposed(given, &world, &mut self.seen, &mut doubts);
        self.chain = Some((number, made, chain));
        drawn
    }

    /// Walks a world of an index; whether it agrees.
    fn walk(&mut self, index: u64, attempt: u64) -> bool {
        let world = World::new(self.wave.given.resolved, self.wave.key(index).word(0), attempt);
        self.walker.walk(&world, &self.wave.given.posters);
        self.wave.agrees(&self.walker, &world)
    }

    /// What the world just walked shows.
    fn walked(&self, index: u64, attempt: u64) -> Drawn {
        let given = &self.wave.given;
        let world = World::new(given.resolved, self.wave.key(index).word(0), attempt);
        let mut exposed = self.walker.reached().to_vec();
        exposed.sort_unstable();
        let passes = |u: &u32| world.shares(*u) && given.posters.binary_search(u).is_err();
        let mut sharers: Vec<u32> =
            exposed.iter().copied().filter(passes).chain(given.posters.iter().copied()).collect();
        sharers.sort_unstable();
        Drawn { exposed, sharers }
    }
}
