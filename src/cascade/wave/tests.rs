//! Draws against every world of small graphs, and against one another.

use std::collections::BTreeMap;

use super::*;
use crate::base::seed::{Generator, generator};
use crate::cascade::exact::{MODELS, random_graph, random_thresholds, resolved};
use crate::cascade::{Deadline, Delay};
use crate::graph::build::{graph, weighted};
use crate::graph::{Graph, Names, Observation};
use rand::RngExt;

/// A set of accounts exposed and a set of sharers, as bits.
type Pair = (u32, u32);

/// Who was exposed and who shared in a world with these live edges (v, u) where these would share.
fn by_definition(live: &[(u32, u32)], would: u32, posters: u32) -> Pair {
    let closure = |v: u32| {
        let mut reached = 0u32;
        loop {
            let before = reached;
            for &(x, u) in live {
                if x == v || (reached & (would | posters)) >> x & 1 == 1 {
                    reached |= 1 << u;
                }
            }
            if reached == before {
                return reached & !(1 << v);
            }
        }
    };
    let exposed = (0..32).filter(|v| posters >> v & 1 == 1).fold(0, |all, v| all | closure(v));
    (exposed, exposed & would | posters)
}

/// A small graph, what everybody does with what comes, and who posted.
struct Small {
    graph: Graph,
    rho: Vec<f64>,
    model: &'static str,
    posters: u32,
}

impl Small {
    /// Up to 6 accounts and 8 follows with chances of which some are 1; every third hears one followee at most.
    fn new(case: u64) -> Small {
        let mut random = generator(91, Stream::Sample, case);
        let (graph, model) = match case % 3 {
            2 => (random_thresholds(&mut random), "lt"),
            _ => {
                let accounts = random.random_range(4..7u32);
                let mut follows: Vec<(u32, u32, f64)> = Vec::new();
                for _ in 0..8 {
                    let (v, u) = (random.random_range(0..accounts), random.random_range(0..accounts));
                    if v != u && !follows.iter().any(|edge| (edge.1, edge.0) == (v, u)) {
                        let certain = random.random_range(0.0..1.0) < 0.1;
                        follows.push((u, v, if certain { 1.0 } else { random.random_range(0.2..0.8) }));
                    }
                }
                (weighted(accounts as usize, &follows), "edge")
            }
        };
        let mut rho = || match random.random_range(0..8) {
            0 => 1.0,
            1 => 0.0,
            _ => random.random_range(0.2..0.9),
        };
        let rho = (0..graph.accounts()).map(|_| rho()).collect();
        Small { graph, rho, model, posters: 1 + 2 * random.random_range(0..2u32) }
    }

    fn resolved(&self) -> Resolved<'_> {
        resolved(&self.graph, self.model, None).with_rho(self.rho.clone()).unwrap()
    }

    /// The chance of every pair, over all worlds.
    fn law(&self) -> BTreeMap<Pair, f64> {
        let accounts = self.graph.accounts() as u32;
        let mut lives: Vec<(f64, Vec<(u32, u32)>)> = vec![(1.0, Vec::new())];
        for u in 0..accounts {
            let weights = self.graph.following_weights(u).unwrap();
            let row: Vec<(u32, f64)> = self.graph.following(u).iter().copied().zip(weights.iter().copied()).collect();
            let mut choices: Vec<(f64, Vec<(u32, u32)>)> = vec![(1.0, Vec::new())];
            if self.model == "lt" {
                choices = row.iter().map(|&(v, b)| (b, vec![(v, u)])).collect();
                choices.push((1.0 - weights.iter().sum::<f64>(), Vec::new()));
            } else {
                for (v, r) in row {
                    let heard = choices
                        .iter()
                        .map(|(chance, live)| (chance * r, live.iter().copied().chain([(v, u)]).collect::<Vec<_>>()));
                    let heard: Vec<_> = heard.collect();
                    choices.iter_mut().for_each(|choice| choice.0 *= 1.0 - r);
                    choices.extend(heard);
                }
            }
            lives = lives
                .iter()
                .flat_map(|(chance, live)| {
                    choices.iter().map(move |(other, more)| (chance * other, [&live[..], &more[..]].concat()))
                })
                .filter(|world| world.0 > 0.0)
                .collect();
        }
        let mut law = BTreeMap::new();
        for would in 0..1u32 << accounts {
            let bit = |u: usize| if would >> u & 1 == 1 { self.rho[u] } else { 1.0 - self.rho[u] };
            let chance = (0..accounts as usize).map(bit).product::<f64>();
            for (other, live) in lives.iter().filter(|_| chance > 0.0) {
                *law.entry(by_definition(live, would, self.posters)).or_insert(0.0) += chance * other;
            }
        }
        law
    }

    /// Statuses that are true of one of the pairs, of about half of the accounts.
    fn statuses(&self, law: &BTreeMap<Pair, f64>, random: &mut Generator) -> Vec<(u32, Observation)> {
        let mut left = random.random_range(0.0..1.0);
        let found = law.iter().find(|(_, chance)| {
            left -= **chance;
            left < 0.0
        });
        let (exposed, sharers) = *found.or(law.iter().next_back()).unwrap().0;
        let others = (0..self.graph.accounts() as u32).filter(|u| self.posters >> u & 1 == 0);
        let mut rows: Vec<(u32, Observation)> = others.map(|u| (u, Observation::Posted)).collect();
        rows.retain(|_| random.random_range(0..2) == 0);
        for (u, status) in &mut rows {
            let hidden = random.random_range(0..2) == 0;
            *status = match (exposed >> *u & 1, sharers >> *u & 1) {
                (1, 1) => Observation::Shared,
                (1, 0) if !hidden => Observation::Exposed,
                (0, _) if !hidden => Observation::NotExposed,
                _ => Observation::NotShared,
            };
        }
        rows
    }

    fn observed(&self, statuses: &[(u32, Observation)]) -> Observed<'static> {
        let posters = (0..2).filter(|v| self.posters >> v & 1 == 1);
        Observed { posters: posters.collect(), statuses: statuses.to_vec(), names: None }
    }
}

/// The law given statuses.
fn conditioned(law: &BTreeMap<Pair, f64>, statuses: &[(u32, Observation)]) -> BTreeMap<Pair, f64> {
    let agrees = |&(exposed, sharers): &Pair| {
        statuses.iter().all(|&(u, status)| {
            let (exposed, shared) = (exposed >> u & 1 == 1, sharers >> u & 1 == 1);
            match status {
                Observation::Posted => true,
                Observation::Shared => shared,
                Observation::Exposed => exposed && !shared,
                Observation::NotExposed => !exposed,
                Observation::NotShared => !shared,
            }
        })
    };
    let kept: BTreeMap<Pair, f64> = law.iter().filter(|(pair, _)| agrees(pair)).map(|(&p, &c)| (p, c)).collect();
    let total: f64 = kept.values().sum();
    kept.into_iter().map(|(pair, chance)| (pair, chance / total)).collect()
}

fn bits(accounts: &[u32]) -> u32 {
    accounts.iter().fold(0, |bits, &u| bits | 1 << u)
}

/// How many standard deviations the counts of pairs among independent draws are off the law: chi-squared over the pairs
/// expected at least 5 times and the rest together, made normal as Wilson and Hilferty (1931) do. Pairs that the law does
/// not know fail.
fn off(drawn: &[Drawn], law: &BTreeMap<Pair, f64>) -> f64 {
    let mut counts: BTreeMap<Pair, f64> = BTreeMap::new();
    for draw in drawn {
        let pair = (bits(&draw.exposed), bits(&draw.sharers));
        assert!(law.get(&pair).is_some_and(|&chance| chance > 0.0), "impossible: {draw:?}");
        *counts.entry(pair).or_default() += 1.0;
    }
    let n = drawn.len() as f64;
    let (mut rare, mut sum, mut cells) = ((0.0, 0.0), 0.0, 0.0);
    for (pair, chance) in law {
        let (found, expected) = (counts.get(pair).copied().unwrap_or(0.0), n * chance);
        if expected < 5.0 {
            rare = (rare.0 + found, rare.1 + expected);
        } else {
            sum += (found - expected) * (found - expected) / expected;
            cells += 1.0;
        }
    }
    if rare.1 > 0.0 {
        sum += (rare.0 - rare.1) * (rare.0 - rare.1) / f64::max(rare.1, 1.0);
        cells += 1.0;
    }
    let freedom: f64 = cells - 1.0;
    if freedom < 1.0 {
        return 0.0;
    }
    let spread = 2.0 / (9.0 * freedom);
    (libm::cbrt(sum / freedom) - (1.0 - spread)) / libm::sqrt(spread)
}

/// The same wave by chains, whatever share of worlds agrees.
fn chained<'a>(wave: &Wave<'a>, run: &Run) -> Wave<'a> {
    let (sampling, states) = wave.mixing(run).unwrap();
    Wave { sampling, states, ..wave.clone() }
}

/// The first draw of each of many chains.
fn firsts(wave: &Wave<'_>, chains: u64) -> Vec<Drawn> {
    let mut tools = wave.tools();
    (0..chains).map(|number| tools.draw(number * CHAIN)).collect()
}

/// 30 graphs, 2 laws each, at 4.5 standard deviations (passed by chance once in 290,000): a wrong alarm in one of 4,800
/// seeds. A law of one pair is no test: most must have more.
#[test]
fn draws_have_the_law_of_all_worlds_that_agree() {
    let (mut told, mut rejected) = (0, 0);
    for case in 0..30 {
        let small = Small::new(case);
        let law = small.law();
        assert!((law.values().sum::<f64>() - 1.0).abs() < 1e-9);
        let statuses = small.statuses(&law, &mut generator(92, Stream::Sample, case));
        let exact = conditioned(&law, &statuses);
        let (model, run) = (small.resolved(), Run::new(case));
        let wave = Wave::new(&model, &small.observed(&statuses), &run).unwrap();
        told += u32::from(exact.len() > 1);
        if !matches!(wave.sampling, Sampling::Chains { .. }) {
            rejected += 1;
            let z = off(&wave.draws(0, 4000, &run).unwrap(), &exact);
            assert!(z < 4.5, "case {case}, worlds, {statuses:?}: {z}");
        }
        let chains = chained(&wave, &run);
        let z = off(&firsts(&chains, 600), &exact);
        assert!(z < 4.5, "case {case}, chains, {} {statuses:?}: {z} {:?}", small.model, chains.sampling);
    }
    assert!(told > 15 && rejected > 15, "{told} {rejected}");
}

/// Statuses of some people that are true of a world.
fn seen(
    model: &Resolved<'_>,
    posters: &[u32],
    world: u64,
    people: impl Iterator<Item = u32>,
) -> (usize, Vec<(u32, Observation)>) {
    let mut walker = Walker::new(model.graph().accounts());
    let world = World::new(model, 999, world);
    let exposed = walker.walk(&world, posters).reach() as usize;
    let status = |u: u32| match (walker.reached().contains(&u), world.shares(u)) {
        (true, true) => Observation::Shared,
        (true, false) if u.is_multiple_of(2) => Observation::Exposed,
        (false, _) if u.is_multiple_of(2) => Observation::NotExposed,
        _ => Observation::NotShared,
    };
    (exposed, people.filter(|u| !posters.contains(u)).map(|u| (u, status(u))).collect())
}

/// Simulation-based calibration (Talts et al. 2018): the rank of a truth among 15 draws given what was seen of it is uniform.
/// 96 truths, 6 to each of 16 ranks: chi-squared with 15 degrees of freedom above 45 has a chance of 8 in 100,000.
#[test]
fn truths_stand_anywhere_among_the_draws() {
    for (case, (name, rho)) in [("ic:0.2", Some(0.3)), ("wc", Some(0.7)), ("lt", Some(0.6))].into_iter().enumerate() {
        let graph = random_graph(140 + case as u64, 60, 300);
        let model = resolved(&graph, name, rho);
        let posters = [3, 17];
        let mut ranks = [0.0; 16];
        for truth in 0..96 {
            let (exposed, statuses) = seen(&model, &posters, truth, (0..60).step_by(3));
            let observed = Observed { posters: posters.to_vec(), statuses, names: None };
            let run = Run::new(truth);
            let wave = chained(&Wave::new(&model, &observed, &run).unwrap(), &run);
            let drawn: Vec<usize> = firsts(&wave, 15).iter().map(|drawn| drawn.exposed.len()).collect();
            // Equal ones are put in order by chance.
            let below = drawn.iter().filter(|&&other| other < exposed).count();
            let equal = drawn.iter().filter(|&&other| other == exposed).count();
            let mut random = generator(93, Stream::Sample, truth);
            ranks[below + random.random_range(0..=equal)] += 1.0;
        }
        let squares: f64 = ranks.iter().map(|count: &f64| (count - 6.0) * (count - 6.0) / 6.0).sum();
        assert!(squares < 45.0, "{name}: {squares} {ranks:?}");
    }
}

/// What people in the middle of a way did is not known: all of them explain it as often as they should. Chains must
/// go from one to the other. 10 people in 400 draws each: 5 standard deviations are passed by chance once in 100,000.
#[test]
fn those_who_may_have_passed_it_on_are_all_drawn() {
    // 1 to 10 follow 0; 11 follows all of them.
    let follows: Vec<(u32, u32)> = (1..11).flat_map(|u| [(u, 0), (11, u)]).collect();
    let graph = graph(12, &follows);
    let model = resolved(&graph, "ic:0.2", Some(0.2));
    for status in [Observation::Shared, Observation::Exposed] {
        let observed = Observed { posters: vec![0], statuses: vec![(11, status)], names: None };
        let wave = chained(&Wave::new(&model, &observed, &Run::new(1)).unwrap(), &Run::new(1));
        assert!(matches!(wave.sampling, Sampling::Chains { mixed: true, .. }), "{}", wave.sampling);
        let mut counts = [0u32; 12];
        firsts(&wave, 400).iter().for_each(|drawn| drawn.sharers.iter().for_each(|&u| counts[u as usize] += 1));
        // Each shares with chance r rho, and 11 hears one of n sharing so with chance 1 - (1 - r^2 rho)^n.
        let (s, hears) = (0.04, |n: f64| 1.0 - libm::pow(1.0 - 0.04 * 0.2, n));
        let expect = 400.0 * s * (0.2 + 0.8 * hears(9.0)) / hears(10.0);
        for count in &counts[1..11] {
            assert!((f64::from(*count) - expect).abs() < 5.0 * libm::sqrt(expect), "{expect} {counts:?}");
        }
    }
}

#[test]
fn nothing_observed_is_a_walk() {
    for (case, (name, rho)) in MODELS.into_iter().enumerate() {
        let graph = random_graph(150 + case as u64, 40, 220);
        let model = resolved(&graph, name, rho);
        let observed = Observed::new([(5, Observation::Posted), (2, Observation::Posted)], None);
        let wave = Wave::new(&model, &observed, &Run::new(3)).unwrap();
        assert_eq!((wave.sampling(), wave.posters()), (Sampling::Forward, &[2, 5][..]));
        let mut walker = Walker::new(40);
        for (index, drawn) in wave.draws(0, 50, &Run::new(3)).unwrap().into_iter().enumerate() {
            let world = World::new(&model, wave.key(index as u64).word(0), 0);
            let walk = walker.walk(&world, &[2, 5]);
            assert_eq!((drawn.exposed.len() as u64, drawn.sharers.len() as u64), (walk.reach(), walk.sharers + 2));
            assert!(drawn.exposed.iter().all(|u| walker.reached().contains(u)) && drawn.exposed.is_sorted());
        }
        let found = wave.so_far(1024, &Run::new(3)).unwrap();
        assert!(found.interval.low <= found.exposed && found.exposed <= found.interval.high);
    }
}

#[test]
fn equal_bits_at_any_thread_count_and_in_any_order() {
    for (case, (name, rho)) in MODELS.into_iter().enumerate() {
        let graph = random_graph(160 + case as u64, 60, 400);
        let model = resolved(&graph, name, rho);
        let (_, statuses) = seen(&model, &[1, 2], 0, 0..40);
        let observed = Observed { posters: vec![1, 2], statuses, names: None };
        let all: Vec<(String, Vec<Drawn>)> = [1, 2, 3, 8]
            .map(|threads| {
                let run = Run::new(4).threads(threads).unwrap();
                let wave = chained(&Wave::new(&model, &observed, &run).unwrap(), &run);
                (format!("{} {:?}", wave.sampling, wave.so_far(16, &run).unwrap()), wave.draws(30, 150, &run).unwrap())
            })
            .into();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
        let run = Run::new(4);
        let wave = chained(&Wave::new(&model, &observed, &run).unwrap(), &run);
        let mut tools = wave.tools();
        for index in [100, 31, 149, 30] {
            assert_eq!(tools.draw(index), all[0].1[index as usize - 30], "{name} {index}");
        }
    }
}

#[test]
fn contradictions_are_refused_in_one_sentence() {
    use Observation::{Exposed, NotExposed, NotShared, Posted, Shared};
    // 1 hears 0 for certain, 2 perhaps; 3 hears 1 for certain, 4 hears 2; nobody hears 4 and nothing comes to 5.
    let graph = weighted(6, &[(1, 0, 1.0), (2, 0, 0.5), (3, 1, 1.0), (4, 2, 0.5), (5, 4, 0.0)]);
    let rho = vec![0.5, 1.0, 0.5, 0.5, 0.0, 0.5];
    let model = resolved(&graph, "edge", None).with_rho(rho).unwrap();
    let names = Names::from_sorted(["anh", "binh", "chi", "dung", "em", "giang"].into_iter().map(str::as_bytes));
    for (rows, says) in [
        (vec![(2, Shared)], "nobody is said to have posted"),
        (vec![(0, Posted), (2, Shared), (2, NotShared)], "chi is said to be shared and not_shared"),
        (vec![(0, Posted), (0, NotShared)], "anh is said to be posted and not_shared"),
        (vec![(0, Posted), (7, Shared)], "account 7 is not among the 6"),
        (
            vec![(0, Posted), (5, Exposed)],
            "giang is said to have seen it, and by this model it cannot have come to them",
        ),
        (vec![(0, Posted), (2, NotShared), (4, Exposed)], "em is said to have seen it, and by this model it cannot"),
        (
            vec![(0, Posted), (1, NotExposed)],
            "binh is said to be not exposed, and hears for certain from anh, who posted",
        ),
        (vec![(0, Posted), (1, NotShared)], "binh is said not to have shared, and hears for certain from anh"),
        (vec![(0, Posted), (3, NotExposed)], "binh must have shared, and somebody said not to have heard"),
        (vec![(0, Posted), (4, Shared)], "em is said to have shared, and never shares"),
        (vec![(0, Posted), (1, Exposed)], "binh is said to have seen it and not shared, and shares whatever comes"),
    ] {
        let observed = Observed::new(rows, Some(&names));
        let error = observed.check(&model).unwrap_err().to_string();
        assert!(error.starts_with("--after: ") && error.contains(says), "{error}");
        assert_eq!(Wave::new(&model, &observed, &Run::new(1)).unwrap_err().to_string(), error);
    }
    let limit = Deadline { within: 24.0, delay: Delay::Exponential { mean: 6.0 }, assumed: false };
    let timed = resolved(&graph, "edge", None).within(Some(limit));
    let error = Wave::new(&timed, &Observed::new([(0, Posted)], None), &Run::new(1)).unwrap_err().to_string();
    assert!(error.starts_with("--within: "), "{error}");
}
