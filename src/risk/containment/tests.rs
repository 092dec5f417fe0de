use super::choose::Saved;
use super::roots::{Roots, Searcher};
use super::stage::{Scene, Stage};
use super::*;
use crate::base::seed::{Generator, Stream, generator};
use crate::cascade::by_group::Groups;
use crate::cascade::exact::random_graph;
use crate::cascade::sided::{Opening, Side, SidedWalker, Temper};
use crate::cascade::{Cascade, Delay, Model, Timing};
use crate::graph::Network;
use crate::graph::build::graph;
use rand::RngExt;

fn timed<'a>(graph: &'a Graph, model: &str, rho: f64, delay: &str) -> Resolved<'a> {
    let timing = Timing { within: Some(30.0), delay: Some(delay.parse::<Delay>().unwrap()) };
    let cascade = Cascade { rho: Some(rho.into()), timing, ..model.parse::<Model>().unwrap().into() };
    cascade.resolve(graph, &Network::from_graph(graph.clone()), &Run::default()).unwrap()
}

/// Delays of all kinds, the last of which makes many posts come at one time.
const LAWS: [&str; 3] = ["exp:4", "lognormal:2,1.5", "lognormal:3,0"];

fn drawn(random: &mut Generator, accounts: u32, count: usize) -> Vec<u32> {
    let mut drawn = Vec::new();
    while drawn.len() < count {
        let account = random.random_range(0..accounts);
        if !drawn.contains(&account) {
            drawn.push(account);
        }
    }
    drawn
}

/// Who turns, by the walker of two sides.
fn by_walker(scene: Scene<'_>, openings: &[Opening]) -> Vec<u32> {
    let mut walker = SidedWalker::default();
    walker.walk(scene.world, scene.temper, 1.0, openings);
    let mut turned: Vec<u32> = walker.negatives().filter(|one| one.hours.is_finite()).map(|one| one.account).collect();
    turned.sort_unstable();
    turned
}

fn truth(voices: &[u32], delay: f64) -> Vec<Opening> {
    voices.iter().map(|&account| Opening { account, side: Some(Side::Positive), after: delay }).collect()
}

#[test]
fn a_stage_turns_those_whom_the_walker_turns() {
    let mut random = generator(1, Stream::Sample, 80);
    for case in 0..12u64 {
        let graph = random_graph(1100 + case, 80, 480);
        let groups = Groups::of_numbers((0..80).map(|u| u % 3).collect(), |group| group.to_string());
        let sharing = [0.5, 1.0, 2.0][case as usize % 3];
        let tempers = [
            Temper::even(1.0, 1.0).unwrap(),
            Temper::even(2.0, sharing).unwrap(),
            Temper::by_group(&groups, &[0.4, 1.0, 2.5], 1.2, sharing).unwrap(),
        ];
        let (model, rho) = [("ic:0.3", 0.6), ("wc", 1.0), ("prior", 0.5), ("lt", 0.8)][case as usize % 4];
        let resolved = timed(&graph, model, rho, LAWS[case as usize / 4]);
        let limit = resolved.deadline().unwrap();
        let mut stage = Stage::default();
        for temper in tempers.iter().take(if model == "lt" { 1 } else { 3 }) {
            for index in 0..12 {
                let world = World::new(&resolved, 3, index);
                let scene = Scene { world: &world, temper, limit };
                let accounts = drawn(&mut random, 80, 8);
                let mut openings: Vec<Opening> = accounts[..2].iter().map(|&v| Opening::scandal(v)).collect();
                openings[1].after = f64::from(index as u32 % 3);
                stage.open(scene, &openings);
                let mut alone: Vec<u32> = stage.turned().map(|(u, _)| u).collect();
                alone.sort_unstable();
                assert_eq!(alone, by_walker(scene, &openings), "{case} {index}");
                for (count, delay) in [(0, 0.0), (1, 0.0), (3, 2.0), (6, 3.0), (6, 0.0), (2, 9.0), (6, f64::MAX)] {
                    let voices = &accounts[2..2 + count];
                    let units = stage.with(scene, voices, delay);
                    let all = [openings.clone(), truth(voices, delay)].concat();
                    assert_eq!(stage.turned_with(), by_walker(scene, &all), "{case} {index} {voices:?} {delay}");
                    assert_eq!(units, stage.turned_with().len() as u64);
                }
            }
        }
    }
}

/// Hours until the truth, or with a factor the scandal, comes from one account to all others if nobody else speaks: again and
/// again over all edges, until nothing gets earlier (Bellman 1958).
fn slow(scene: Scene<'_>, from: u32, since: f64, side: Side) -> Vec<f64> {
    let graph = scene.world.resolved().graph();
    let mut hours = vec![f64::INFINITY; graph.accounts()];
    hours[from as usize] = since;
    let sharing = if side == Side::Negative { scene.temper.sharing() } else { 1.0 };
    loop {
        let before = hours.clone();
        for v in 0..graph.accounts() as u32 {
            if hours[v as usize].is_infinite() || !(v == from || scene.world.shares_times(v, sharing)) {
                continue;
            }
            for &u in graph.followers(v) {
                let factor = if side == Side::Negative { scene.temper.factor(u) } else { 1.0 };
                let Some(fell) = scene.world.hears_times(u, v, factor) else { continue };
                let at = hours[v as usize] + scene.limit.hours(fell.share());
                if at <= scene.limit.latest() && at < hours[u as usize] {
                    hours[u as usize] = at;
                }
            }
        }
        if hours == before {
            return hours;
        }
    }
}

/// Those whom these voices save for certain, found forwards: earlier than the scandal at u if nobody speaks.
fn certain(scene: Scene<'_>, fallen: u32, voices: &[u32], delay: f64) -> Vec<u32> {
    let scandal = slow(scene, fallen, 0.0, Side::Negative);
    let truths: Vec<Vec<f64>> = voices.iter().map(|&c| slow(scene, c, delay, Side::Positive)).collect();
    let saved = |u: u32| {
        let hours = scandal[u as usize];
        let first = truths.iter().any(|truth| truth[u as usize] < hours * (1.0 - 1e-12));
        u != fallen && hours.is_finite() && first && !voices.contains(&u)
    };
    (0..scandal.len() as u32).filter(|&u| saved(u)).collect()
}

/// All people of a world, each with the candidates who save it for certain.
fn looked_at(scene: Scene<'_>, fallen: u32, named: &Named, delay: f64, least: f64) -> (Vec<u32>, Roots) {
    let (mut stage, mut searcher, mut roots) = (Stage::default(), Searcher::default(), Roots::default());
    stage.open(scene, &[Opening::scandal(fallen)]);
    searcher.search(scene, &stage, named, (delay, least), (1000, scene.world.sides()), &mut roots);
    let late = |&(_, hours): &(u32, f64)| hours * (1.0 - 1e-12) > delay;
    let others = stage.turned().filter(|&(u, _)| named.place(u).is_none());
    let (mut late, mut early): (Vec<_>, Vec<_>) = others.partition(late);
    early.retain(|&(_, hours)| hours * (1.0 - 1e-12) > least);
    late.sort_unstable_by_key(|&(u, _)| u);
    early.sort_unstable_by_key(|&(u, _)| u);
    (late.into_iter().chain(early).map(|(u, _)| u).collect(), roots)
}

#[test]
fn searches_backwards_find_those_whom_slow_sums_find_forwards() {
    for case in 0..6u64 {
        let graph = random_graph(1200 + case, 40, 220);
        let resolved = timed(&graph, ["ic:0.4", "wc", "lt"][case as usize % 3], 0.6, LAWS[case as usize % 2]);
        let factor = if case % 3 == 2 { 1.0 } else { 1.5 };
        let temper = Temper::even(factor, 1.2).unwrap();
        let named = Named::new(&graph, (0..40).filter(|c| c % 3 == 1).collect());
        for index in 0..15 {
            let world = World::new(&resolved, 4, index);
            let scene = Scene { world: &world, temper: &temper, limit: resolved.deadline().unwrap() };
            let (people, roots) = looked_at(scene, 0, &named, 4.0, 1.0);
            assert_eq!(people.len(), roots.len());
            assert!(roots.weights().iter().all(|&weight| weight == 1.0));
            for delay in [1.0, 4.0, 7.0] {
                for &c in &named.candidates {
                    let place = named.place(c).unwrap();
                    let saves = |set: &[(u32, f64)]| set.iter().any(|&(other, left)| other == place && left > delay);
                    let sets = people.iter().zip(roots.sets());
                    let mut found: Vec<u32> = sets.filter(|(_, set)| saves(set)).map(|(&u, _)| u).collect();
                    found.sort_unstable();
                    let mut certain = certain(scene, 0, &[c], delay);
                    certain.retain(|&u| named.place(u).is_none());
                    assert_eq!(found, certain, "{case} {index} {c} {delay}");
                }
            }
        }
    }
}

/// In every world: with factors of at least 1 nobody is missing among those saved who is saved for certain, and with both sides
/// carried alike these are all, unless a voice does not pass on what it would have.
#[test]
fn those_certain_are_saved_and_all_if_both_sides_are_carried_alike() {
    let mut random = generator(1, Stream::Sample, 81);
    let (mut equal, mut more) = (0, 0);
    for case in 0..8u64 {
        let graph = random_graph(1300 + case, 60, 330);
        let resolved = timed(&graph, ["ic:0.35", "wc"][case as usize % 2], 0.5, LAWS[case as usize % 2]);
        let mut stage = Stage::default();
        for (factor, sharing) in [(1.0, 1.0), (1.0, 1.5), (2.0, 1.0)] {
            let temper = Temper::even(factor, sharing).unwrap();
            for index in 0..25 {
                let world = World::new(&resolved, 5, index);
                let scene = Scene { world: &world, temper: &temper, limit: resolved.deadline().unwrap() };
                let accounts = drawn(&mut random, 60, 4);
                let (fallen, voices) = (accounts[0], &accounts[1..]);
                for delay in [0.0, 2.0, 5.0] {
                    stage.open(scene, &[Opening::scandal(fallen)]);
                    let turned: Vec<(u32, f64)> = stage.turned().collect();
                    let units = stage.saved(scene, voices, delay);
                    let left = stage.turned_with();
                    let saved = |u: &u32| !left.contains(u) && !voices.contains(u);
                    let mut saved: Vec<u32> = turned.iter().map(|&(u, _)| u).filter(saved).collect();
                    assert_eq!(units, saved.len() as u64);
                    saved.sort_unstable();
                    let certain = certain(scene, fallen, voices, delay);
                    assert!(certain.iter().all(|u| saved.binary_search(u).is_ok()), "{case} {index} {delay}");
                    let silent = |&(u, hours): &(u32, f64)| {
                        voices.contains(&u) && hours <= delay && world.shares_times(u, sharing)
                    };
                    if (factor, sharing) == (1.0, 1.0) && !turned.iter().any(silent) {
                        assert_eq!(saved, certain, "{case} {index} {delay}");
                        equal += usize::from(!saved.is_empty());
                    }
                    more += usize::from(saved.len() > certain.len());
                }
            }
        }
    }
    assert!(equal > 50 && more > 50, "{equal} {more}");
}

fn small(worlds: u64) -> Contain {
    Contain { voices: 2, speak_after: 2.0, curve: vec![], worlds, roots: 1000, judged: worlds }
}

/// Over all pairs of 10 candidates, in 2,000 worlds: the lazy choice is the plain greedy one, and its coverage at least 1 − 1/e
/// of the best pair's; what it saves in the judged worlds is at least 63% of the best pair's, and after exchanges at least 90%.
/// The seed is fixed; one pair's mean has a standard error of some 3%, and the best of 45 is too high by about as much.
#[test]
fn no_pair_is_much_better() {
    let (mut greedy, mut after) = (Vec::new(), Vec::new());
    for case in 0..5u64 {
        let graph = random_graph(1400 + case, 60, 400);
        let resolved = timed(&graph, "ic:0.25", 0.5, "exp:4");
        let limit = resolved.deadline().unwrap();
        let temper = Temper::even(1.5, 1.0).unwrap();
        let (run, tools) = (Run::new(6), par::Tools::new());
        let scandal = Outbreak::new(&[0], &temper);
        let candidates: Vec<u32> = (1..11).collect();
        let named = Named::new(&graph, candidates.clone());
        let contain = small(2000);
        let roots = contain.look(&resolved, &scandal, (limit, 2.0), &named, &tools, &run).unwrap();
        let sets: Vec<Vec<u32>> =
            roots.sets().map(|set| set.iter().filter(|(_, left)| *left > 2.0).map(|&(c, _)| c).collect()).collect();
        let covered = |pair: &[u32]| sets.iter().filter(|set| set.iter().any(|c| pair.contains(c))).count();
        let chosen = Saved::new(&roots, 10).greedy(0..10, 2, 2.0);
        let first = (0..10u32).max_by_key(|&c| (covered(&[c]), std::cmp::Reverse(c))).unwrap();
        let second = (0..10u32).filter(|&c| c != first).max_by_key(|&c| (covered(&[first, c]), std::cmp::Reverse(c)));
        assert_eq!(chosen.iter().map(|&(c, _)| c).collect::<Vec<_>>(), [first, second.unwrap()]);
        assert_eq!(chosen[0].1 + chosen[1].1, covered(&[chosen[0].0, chosen[1].0]) as f64);
        let pairs: Vec<[u32; 2]> = (0..10).flat_map(|a| (0..a).map(move |b| [a, b])).collect();
        let best = pairs.iter().map(|pair| covered(pair)).max().unwrap();
        assert!(chosen[0].1 + chosen[1].1 >= 0.632 * best as f64);
        let covering = [chosen[0].0, chosen[1].0];
        let first =
            Judge { resolved: &resolved, scandal: &scandal, limit, candidates: &candidates, first: 0, worlds: 2000 };
        let (chosen, curve) = contain.choose(&roots, &named, first, &[], &tools, &run).unwrap();
        assert!(curve.is_empty());
        let of = |pair: &[u32]| pair.iter().map(|&place| candidates[place as usize]).collect::<Vec<u32>>();
        let line_ups: Vec<_> = std::iter::once(chosen)
            .chain(pairs.iter().map(|pair| of(pair)))
            .map(|voices| judge::LineUp { voices: judge::Voices::These(voices), delay: 2.0 })
            .collect();
        let judge = Judge { first: 2000, ..first };
        let judged = judge.judge(&line_ups, &tools, &run).unwrap();
        let best = (1..line_ups.len()).map(|at| judged.saved(at).people).fold(0.0, f64::max);
        after.push(judged.saved(0).people / best);
        greedy.push(
            judged.saved(1 + pairs.iter().position(|p| p.iter().all(|c| covering.contains(c))).unwrap()).people / best,
        );
    }
    assert!(greedy.iter().all(|share| *share >= 0.632), "{greedy:?}");
    // Better by exchanges, and never worse beyond noise.
    assert!(greedy.iter().zip(&after).all(|(before, after)| *after >= 0.97 * before), "{greedy:?} {after:?}");
    assert!(after.iter().all(|share| *share >= 0.9), "{greedy:?} {after:?}");
    println!("of the best pair: {greedy:.2?}, after exchanges {after:.2?}");
}

#[test]
fn more_voices_never_leave_more_people_turned_nor_do_earlier_ones() {
    for case in 0..4u64 {
        let graph = random_graph(1500 + case, 80, 500);
        let resolved = timed(&graph, "ic:0.3", 0.6, LAWS[case as usize % 3]);
        let mut stage = Stage::default();
        for (factor, sharing) in [(1.5, 1.0), (0.5, 0.5), (0.7, 2.0)] {
            let temper = Temper::even(factor, sharing).unwrap();
            for index in 0..60 {
                let world = World::new(&resolved, 2, index);
                let scene = Scene { world: &world, temper: &temper, limit: resolved.deadline().unwrap() };
                stage.open(scene, &[0, 1].map(Opening::scandal));
                let mut turned: Vec<u64> =
                    (0..6).map(|count| stage.with(scene, &[5, 6, 7, 8, 9][..count], 3.0)).collect();
                turned.extend([1.0, 0.0].map(|delay| stage.with(scene, &[5, 6, 7, 8, 9], delay)));
                assert_eq!(turned[0], stage.without(scene));
                assert!(turned.iter().rev().is_sorted(), "{turned:?}");
            }
        }
    }
}

/// A voice whom everybody follows who follows the fallen, at once: of a thousand people as good as half believe it, since delays
/// are alike; nine standard errors of one world are 9 · 16 people, of 50 worlds 20.
#[test]
fn a_voice_beside_the_fallen_saves_half_and_less_later() {
    let people = 1000u32;
    let follows: Vec<(u32, u32)> = (2..people + 2).flat_map(|u| [(u, 0), (u, 1)]).collect();
    let graph = graph(people as usize + 3, &follows);
    let resolved = timed(&graph, "ic:1", 0.0, "exp:4");
    let temper = Temper::even(1.0, 1.0).unwrap();
    let contain = Contain {
        voices: 1,
        speak_after: 0.0,
        curve: vec![8.0, 0.0, 2.0, 40.0, 8.0],
        worlds: 5,
        roots: 64,
        judged: 50,
    };
    let found = contain.run_resolved(&resolved, &Outbreak::new(&[0], &temper), &[1, 1002], &Run::new(8)).unwrap();
    assert_eq!(found.voices.len(), 1);
    assert_eq!(found.voices[0].account, 1);
    // Within 30 hours of a mean of 4.
    let all = f64::from(people) * -libm::expm1(-7.5);
    assert!((found.without.people - all).abs() < 3.0);
    assert!((found.by_count[0].saved.people - all / 2.0).abs() < 20.0, "{:?}", found.by_count);
    // Later than d the scandal comes to e^(-d/4) of them, half of whom the voice reaches before.
    for (row, hours) in found.by_delay.iter().zip([0.0, 2.0, 8.0]) {
        assert_eq!((row.hours, row.voices.as_slice()), (hours, &[1][..]));
        let expected = f64::from(people) * libm::exp(-hours / 4.0) / 2.0;
        assert!((row.saved.people - expected).abs() < 20.0, "{row:?} {expected}");
    }
    assert_eq!(found.by_delay.len(), 3);
    assert!(found.by_delay[2].lost_an_hour.unwrap() > 0.0 && found.by_delay[0].lost_an_hour.is_none());
    assert!(found.notes.iter().any(|note| note == "voices after 40 hours or more save nobody in time"));
    assert_eq!((found.silence.people, found.rivals[0].behind.people), (0.0, 0.0));
    assert_eq!(found.looked_at, 5 * 64);
}

#[test]
fn critics_speak_and_never_for_the_truth() {
    // 1 and 2 are critics in every other world, and the only candidates; 3 to 9 follow them.
    let follows: Vec<(u32, u32)> = (3..10).flat_map(|u| [(u, 1), (u, 2)]).chain([(3, 0)]).collect();
    let graph = graph(10, &follows);
    let resolved = timed(&graph, "ic:1", 0.0, "exp:1");
    let temper = Temper::even(1.0, 1.0).unwrap();
    let speak = |world: &World<'_>| match world.sides().word(0) % 2 {
        0 => vec![],
        _ => vec![1, 2, 1, 0, 999].into_iter().map(Opening::campaign).collect(),
    };
    let scandal = Outbreak::new(&[0], &temper).with_critics(&speak);
    let contain = Contain { speak_after: 0.0, curve: vec![], voices: 2, worlds: 40, roots: 99, judged: 40 };
    let found = contain.run_resolved(&resolved, &scandal, &[1, 2], &Run::new(3)).unwrap();
    // 7 people turn through critics, 1 without them: whom the voices save two times in three.
    assert!((2.0..6.0).contains(&found.without.people), "{:?}", found.without);
    assert!((0.1..0.6).contains(&found.by_count[0].saved.people), "{:?}", found.by_count);
    assert!(found.by_count[0].share < 0.2);
}

#[test]
fn weights_count_people() {
    let follows: Vec<(u32, u32)> = (2..50).flat_map(|u| [(u, 0), (u, 1)]).collect();
    let graph = graph(50, &follows);
    let temper = Temper::even(1.0, 1.0).unwrap();
    let one = timed(&graph, "ic:0.8", 0.0, "exp:4");
    let half = one.clone().with_weights(crate::graph::Weights::new(&[0.5; 50]).unwrap()).unwrap();
    let found = |model: &Resolved<'_>| {
        small(30).run_resolved(model, &Outbreak::new(&[0], &temper), &[1], &Run::new(3)).unwrap()
    };
    let (one, half) = (found(&one), found(&half));
    assert!((one.without.people / 2.0 - half.without.people).abs() < 1e-9);
    assert!((one.by_count[0].saved.people / 2.0 - half.by_count[0].saved.people).abs() < 1e-9);
    assert!((one.by_count[0].share - half.by_count[0].share).abs() < 1e-12);
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let graph = random_graph(1600, 300, 2500);
    let resolved = timed(&graph, "prior", 0.3, "lognormal:1,2");
    let temper = Temper::even(1.5, 1.5).unwrap();
    let candidates: Vec<u32> = (0..60).collect();
    let contain = Contain { worlds: 30, roots: 20, judged: 30, ..Contain::default() };
    let found = [1, 2, 3, 8].map(|threads| {
        let run = Run::new(4).threads(threads).unwrap();
        let found = contain.run_resolved(&resolved, &Outbreak::new(&[7], &temper), &candidates, &run).unwrap();
        serde_json::to_string(&found).unwrap()
    });
    assert!(found.iter().all(|other| *other == found[0]));
    assert_eq!(serde_json::from_str::<Containment>(&found[0]).unwrap().voices.len(), 5);
}

#[test]
fn nobody_to_save_is_no_error() {
    let temper = Temper::even(0.5, 1.0).unwrap();
    // Nobody follows the fallen; then nobody follows the candidate.
    for (follows, turn) in [(vec![(1, 2)], 0.0), (vec![(1, 0)], 1.0)] {
        let graph = graph(4, &follows);
        let resolved = timed(&graph, "ic:1", 1.0, "lognormal:3,0");
        let scandal = Outbreak::new(&[0, 0], &temper);
        let found = small(20).run_resolved(&resolved, &scandal, &[0, 2, 2], &Run::new(1)).unwrap();
        assert!((found.without.people - turn * 0.5).abs() < 0.4, "{:?}", found.without);
        assert!(found.voices.is_empty() && found.by_count.is_empty() && found.by_delay.is_empty());
        assert_eq!((found.candidates, found.silence.people, found.rivals[1].saved.people), (1, 0.0, 0.0));
        let said = |text: &str| found.notes.iter().any(|note| note.contains(text));
        assert!(said("1 of the candidates are among the fallen") && said("2 voices were asked for, and there are 1"));
        assert!(said("only 0 of the candidates") && said("nobody changes sides") && said("carried less far"));
    }
}

#[test]
fn nonsense_gets_one_sentence() {
    let graph = graph(3, &[(1, 0), (1, 2)]);
    let resolved = timed(&graph, "ic:1", 1.0, "exp:4");
    let even = Temper::even(1.0, 1.0).unwrap();
    let wrong = |contain: Contain, fallen: &[u32], candidates: &[u32]| {
        contain
            .run_resolved(&resolved, &Outbreak::new(fallen, &even), candidates, &Run::new(1))
            .unwrap_err()
            .to_string()
    };
    for (contain, says) in [
        (Contain { voices: 0, ..small(1) }, "--voices: must be at least 1"),
        (Contain { worlds: 0, ..small(1) }, "--worlds"),
        (Contain { roots: 0, ..small(1) }, "--roots"),
        (Contain { judged: 0, ..small(1) }, "--judged"),
        (Contain { speak_after: -1.0, ..small(1) }, "--speak-after: -1 is not a number of hours"),
        (Contain { curve: vec![1.0, f64::NAN], ..small(1) }, "--curve: NaN"),
        (Contain { speak_after: 30.0, ..small(1) }, "voices that speak after 30 hours save nobody within 30"),
    ] {
        let error = wrong(contain, &[0], &[2]);
        assert!(error.contains(says), "{error}");
    }
    assert!(wrong(small(1), &[], &[2]).contains("at least one creator"));
    assert!(wrong(small(1), &[9], &[2]).contains("account 9 is not among the 3"));
    assert!(wrong(small(1), &[0], &[3]).contains("--creators: account 3 is not among the 3"));
    assert!(wrong(small(1), &[0], &[]).contains("nobody is left who could speak"));
    assert!(wrong(small(1), &[0], &[0]).contains("nobody is left"));
    let whenever: Cascade = Model::Ic(1.0).into();
    let whenever = whenever.resolve(&graph, &Network::from_graph(graph.clone()), &Run::default()).unwrap();
    let error = small(1).run_resolved(&whenever, &Outbreak::new(&[0], &even), &[2], &Run::new(1)).unwrap_err();
    assert!(error.to_string().contains("add --within 168"), "{error}");
    let threshold = timed(&graph, "lt", 1.0, "exp:4");
    let loud = Temper::even(2.0, 1.0).unwrap();
    let error = small(1).run_resolved(&threshold, &Outbreak::new(&[0], &loud), &[2], &Run::new(1)).unwrap_err();
    assert!(error.to_string().contains("linear threshold"), "{error}");
    let run = Run::new(1).memory(Some(10));
    let error = small(1).run_resolved(&resolved, &Outbreak::new(&[0], &even), &[2], &run).unwrap_err();
    assert!(error.to_string().contains("choosing voices needs"), "{error}");
}
