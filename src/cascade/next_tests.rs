//! Tests of next posts, their layers and mixtures: against closed forms on stars, and worlds by their definition.

use super::content::{Content, Contents};
use super::exact::{MODELS, random_graph, resolved};
use super::forward::Walker;
use super::*;
use crate::base::Run;
use crate::base::seed::{Key, Stream, generator};
use crate::graph::build::graph;
use crate::graph::{Graph, Network, Weights};
use rand::RngExt;

/// 0 is followed by all others.
fn star(followers: u32) -> Graph {
    graph(followers as usize + 1, &(1..=followers).map(|u| (u, 0)).collect::<Vec<_>>())
}

/// One range of exposure for everybody, and nobody reshares.
fn flat(r: f64, low: f64, high: f64) -> Priors {
    Priors { points: vec![Point { followers: 1.0, r, low, high }], ..Priors::default() }
}

fn assumed<'a>(graph: &'a Graph, priors: &Priors) -> Resolved<'a> {
    let network = Network::from_graph(graph.clone());
    Model::Prior.resolve(graph, &network, Some(0.0), priors, &Run::new(1)).unwrap()
}

/// The least k with `P(X <= k) >= q`, X binomial: by adding up its probabilities.
fn binomial_quantile(n: u32, p: f64, q: f64) -> f64 {
    let (mut chance, mut below) = ((1.0 - p).powi(n as i32), 0.0);
    for k in 0..=n {
        below += chance;
        if below >= q {
            return f64::from(k);
        }
        chance *= f64::from(n - k) / f64::from(k + 1) * p / (1.0 - p);
    }
    f64::from(n)
}

/// With 20,000 posts a quantile of Bin(60, 0.3) lies one person off where its step is near; two off has a chance below
/// one in a million.
#[test]
fn without_content_and_with_given_chances_the_next_post_is_binomial() {
    let star = star(60);
    let model = resolved(&star, "ic:0.3", Some(0.0));
    let reach = Reach { content_sd: Some(0.0), next_posts: Some(20_000), ..Reach::default() };
    let found = reach.run_resolved(&model, &[0], &Run::new(3)).unwrap();
    let next = found.next.unwrap();
    for (interval, share) in [(next.p50, 0.5), (next.p80, 0.8), (next.p95, 0.95)] {
        for (end, q) in [(interval.low, (1.0 - share) / 2.0), (interval.high, (1.0 + share) / 2.0)] {
            let exact = binomial_quantile(60, 0.3, q);
            assert!((end - exact).abs() <= 1.0, "{q}: {end} {exact}");
        }
    }
    assert_eq!(found.shares.unwrap(), Layers { chance: 1.0, parameters: 0.0, content: 0.0, model: 0.0 });
    assert!((next.mean - 18.0).abs() < 0.15, "{next:?}");
    let words = found.layers_words().unwrap();
    assert!(words.contains("100% is chance") && words.contains("parameters of ic:0.3 were taken as given"), "{words}");
    assert!(words.contains("one model was used") && words.contains("content makes no difference"), "{words}");
    assert!(!found.assumptions.iter().any(|text| text.starts_with("content")));
}

/// Reach given r and c is Bin(F, r e^c), r uniform on [0.2, 0.4], E[e^2c] = e^(s²): all three variances are known. Over
/// seeds the shares found had a standard deviation of about 0.01; 0.04 is tolerated.
#[test]
fn shares_of_variance_on_a_star_are_those_of_the_law_of_total_variance() {
    let (followers, s) = (100.0, 0.3);
    let star = star(100);
    let model = assumed(&star, &flat(0.3, 0.2, 0.4));
    let reach = Reach { content_sd: Some(s), draws: 600, next_posts: Some(9600), ..Reach::default() };
    let found = reach.run_resolved(&model, &[0], &Run::new(5)).unwrap();
    let (square, growth) = (0.09 + 0.04 / 12.0, libm::exp(s * s));
    let chance = followers * (0.3 - square * growth);
    let parameters = followers * followers * 0.04 / 12.0;
    let content = followers * followers * square * (growth - 1.0);
    let total = chance + parameters + content;
    let shares = found.shares.unwrap();
    for (found, exact) in [(shares.chance, chance), (shares.parameters, parameters), (shares.content, content)] {
        assert!((found - exact / total).abs() < 0.04, "{shares:?}: {}", exact / total);
    }
    assert!((shares.chance + shares.parameters + shares.content + shares.model - 1.0).abs() < 1e-12);
    // The variance of the posts themselves, which the layers were not made from.
    let next = found.next.unwrap();
    let variance = found.posts.iter().map(|post| post.weight * (post.reach - next.mean) * (post.reach - next.mean));
    assert!((variance.sum::<f64>() / total - 1.0).abs() < 0.1);
}

/// Drawn once for a creator, exposure stays as uncertain as it is; drawn for each of 10,000 edges it averages out.
#[test]
fn parameters_of_a_creator_do_not_average_out() {
    let star = star(10_000);
    let model = assumed(&star, &flat(0.3, 0.2, 0.4));
    let reach = Reach { content_sd: Some(0.0), worlds: Some(64), ..Reach::default() };
    let found = reach.run_resolved(&model, &[0], &Run::new(6)).unwrap();
    let next = found.next.unwrap().p80;
    let mut random = generator(6, Stream::Sample, 1);
    let mut apart: Vec<f64> = (0..200)
        .map(|_| {
            let hears = (0..10_000).filter(|_| {
                let r: f64 = random.random_range(0.2..0.4);
                random.random_bool(r)
            });
            hears.count() as f64
        })
        .collect();
    apart.sort_by(f64::total_cmp);
    let narrow = apart[180] - apart[20];
    // 0.8 · 0.2 · 10,000 = 1,600 against 2 · 1.28 · sqrt(10,000 · 0.21) = 117.
    assert!(next.high - next.low > 1400.0 && narrow < 150.0, "{next:?} {narrow}");
}

/// One post of the truth for each of 300 seeds; with 80% the number covered has a standard deviation of 7, and 25 off are
/// tolerated: passed by chance once in 3,000.
#[test]
fn eight_of_ten_next_posts_fall_where_they_should() {
    let star = star(300);
    let model = assumed(&star, &flat(0.3, 0.2, 0.4));
    let reach = Reach { content_sd: Some(0.55), worlds: Some(64), ..Reach::default() };
    let mut covered = 0;
    for seed in 1..=300 {
        let next = reach.run_resolved(&model, &[0], &Run::new(seed)).unwrap().next.unwrap();
        let mut random = generator(seed, Stream::Sample, 2);
        let r: f64 = random.random_range(0.2..0.4);
        let unit: f64 = random.random();
        let c = 0.55 * crate::base::stats::normal_quantile(unit.max(1e-12)) - 0.55 * 0.55 / 2.0;
        let chance = (r * libm::exp(c)).min(1.0);
        let truth = (0..300).filter(|_| random.random_bool(chance)).count() as f64;
        covered += u32::from((next.p80.low..=next.p80.high).contains(&truth));
        assert!(next.p95.low <= next.p80.low && next.p80.low <= next.p50.low && next.p50.low <= next.p50.high);
        assert!(next.p50.high <= next.p80.high && next.p80.high <= next.p95.high);
    }
    assert!((215..=265).contains(&covered), "{covered} of 300");
}

/// Whom `creators` reach in a world by the definition: along live edges, through those who share.
fn by_definition(world: &World<'_>, v: u32) -> Vec<u32> {
    let graph = world.resolved().graph();
    let (mut met, mut queue, mut at) = (vec![false; graph.accounts()], vec![v], 0);
    while at < queue.len() {
        let x = queue[at];
        at += 1;
        if x != v && !world.shares(x) {
            continue;
        }
        for &u in graph.followers(x) {
            if u != v && !met[u as usize] && world.hears(u, x) {
                met[u as usize] = true;
                queue.push(u);
            }
        }
    }
    queue[1..].sort_unstable();
    queue.split_off(1)
}

/// Each way of asking for the coins of a content, in every model, with and without a limit of time that hardly binds.
#[test]
fn a_world_with_a_content_is_one_world() {
    for (case, (name, rho)) in MODELS.into_iter().enumerate() {
        let graph = random_graph(720 + case as u64, 60, 400);
        let limit = Deadline { within: 1e9, delay: Delay::Exponential { mean: 1.0 }, assumed: false };
        let [plain, timed] = [None, Some(limit)].map(|limit| resolved(&graph, name, rho).within(limit));
        plain.lay_out(0..60, 1 << 20, &Run::new(1)).unwrap();
        let key = Key::new(4, Stream::Parameters, 0).of(3);
        let mut walker = Walker::new(60);
        for v in 0..20 {
            let creators = [v];
            let contents = Contents::new(&plain, &creators, 8, key);
            for slot in 0..8 {
                let content = contents.draw(slot, 0.8);
                let about = |resolved, content| World::new(resolved, 4, slot).about(content);
                let world: World<'_> = about(&plain, Some(&content));
                walker.walk(&world, &[v]);
                let mut reached = walker.reached().to_vec();
                reached.sort_unstable();
                assert_eq!(reached, by_definition(&world, v), "{name} {v} {slot}");
                let late: World<'_> = World::new(&timed, 4, slot).about(Some(&content));
                walker.walk(&late, &[v]);
                let mut in_time = walker.reached().to_vec();
                in_time.sort_unstable();
                assert_eq!(reached, in_time, "{name} {v} {slot}");
                // A content of factor 1 is none.
                let one: Content<'_> = contents.draw(slot, 0.0);
                let walk = walker.walk(&about(&plain, Some(&one)), &[v]);
                assert_eq!(walk, walker.walk(&about(&plain, None), &[v]), "{name} {v} {slot}");
            }
        }
    }
}

#[test]
fn next_posts_leave_everything_else_as_it_was() {
    let graph = random_graph(730, 300, 2500);
    for name in ["prior", "wc", "ic:0.05", "lt"] {
        let model = resolved(&graph, name, if name == "prior" { Some(0.1) } else { None });
        let reach = Reach { worlds: Some(400), ..Reach::default() };
        let with = reach.run_resolved(&model, &[1, 2], &Run::new(2)).unwrap();
        let without = Reach { next_posts: Some(0), ..reach }.run_resolved(&model, &[1, 2], &Run::new(2)).unwrap();
        assert!(without.next.is_none() && without.shares.is_none() && without.posts.is_empty());
        assert_eq!((with.reach, with.sim_error, with.interval), (without.reach, without.sim_error, without.interval));
        assert_eq!((with.amplification_interval, &with.by_hop), (without.amplification_interval, &without.by_hop));
        let weights: f64 = with.posts.iter().map(|post| post.weight).sum();
        assert!((weights - 1.0).abs() < 1e-9);
        assert_eq!(with.models[0].content, name != "lt");
        let words = with.layers_words().unwrap();
        assert_eq!(words.contains("parameters of"), name != "prior", "{words}");
    }
}

#[test]
fn equal_bits_at_any_number_of_threads() {
    let graph = random_graph(740, 400, 4000);
    let network = Network::from_graph(graph.clone());
    let reach = Reach {
        cascade: Cascade { rho: Some(0.2.into()), ..Default::default() },
        worlds: Some(300),
        draws: 20,
        mixture: Some("prior=2,wc=1".parse().unwrap()),
        ..Reach::default()
    };
    let find = |threads| {
        let run = Run::new(8).threads(threads).unwrap();
        serde_json::to_string(&reach.run(&graph, &network, &[3, 5, 9], &run).unwrap()).unwrap()
    };
    let one = find(1);
    for threads in [2, 3, 8] {
        assert_eq!(one, find(threads), "{threads}");
    }
}

/// Means 30 and 90 of 300, half of the trust each: the variance between is 900, that within the mean of 27 and 63. The
/// standard deviation of a share over seeds is about 0.005; 0.02 is tolerated.
#[test]
fn a_mixture_holds_all_of_its_models() {
    let star = star(300);
    let network = Network::from_graph(star.clone());
    let mixed = Reach {
        cascade: Cascade { rho: Some(0.0.into()), ..Default::default() },
        content_sd: Some(0.0),
        mixture: Some("ic:0.1=1,ic:0.3=1".parse().unwrap()),
        ..Reach::default()
    };
    let found = mixed.run(&star, &network, &[0], &Run::new(4)).unwrap();
    assert!((found.reach - 60.0).abs() < 1e-9 && (found.direct - 60.0).abs() < 1e-9);
    assert_eq!((found.interval.low, found.interval.high), (30.0, 90.0));
    let shares = found.shares.unwrap();
    assert!((shares.model - 900.0 / 945.0).abs() < 0.02, "{shares:?}");
    assert!((shares.chance - 45.0 / 945.0).abs() < 0.02, "{shares:?}");
    let next = found.next.unwrap();
    assert!(next.p80.low < 32.0 && next.p80.high > 88.0, "{next:?}");
    assert_eq!(found.models.iter().map(|part| part.reach).collect::<Vec<_>>(), [30.0, 90.0]);
    assert!(found.layers_words().unwrap().contains("% the model"), "{:?}", found.layers_words());
    // One model with all of the trust is that model.
    let alone = Reach { mixture: Some("ic:0.1=1,ic:0.3=0".parse().unwrap()), ..mixed.clone() };
    let alone = alone.run(&star, &network, &[0], &Run::new(4)).unwrap();
    let plain = Reach { cascade: Cascade { model: Model::Ic(0.1), ..mixed.cascade.clone() }, mixture: None, ..mixed };
    let plain = plain.run(&star, &network, &[0], &Run::new(4)).unwrap();
    assert_eq!(
        (alone.reach, alone.shares, alone.next.unwrap().p80),
        (plain.reach, plain.shares, plain.next.unwrap().p80)
    );
}

#[test]
fn nobody_and_one_account_reach_nobody() {
    for (accounts, follows) in [(1, &[][..]), (3, &[(0, 1)][..]), (4, &[(2, 3)][..])] {
        let graph = graph(accounts, follows);
        for name in ["prior", "wc"] {
            let model = resolved(&graph, name, None);
            let found = Reach::default().run_resolved(&model, &[0], &Run::new(1)).unwrap();
            let next = found.next.unwrap();
            assert_eq!((next.mean, next.p95.low, next.p95.high), (0.0, 0.0, 0.0));
            assert_eq!(found.shares, None);
            assert!(found.layers_words().unwrap().contains("nothing varies"));
            assert!(Money { cost: 5.0 }.of(&found.posts, &Priors::default(), 1).is_err());
        }
    }
    assert!(Reach { content_sd: Some(-0.1), ..Reach::default() }.check().is_err());
    assert!(Reach { content_sd: Some(f64::NAN), ..Reach::default() }.check().is_err());
}

/// People who count half are half the people, and are reached for twice the money each.
#[test]
fn weights_and_money_go_with_the_posts() {
    let star = star(200);
    let plain = assumed(&star, &flat(0.3, 0.2, 0.4));
    let half = plain.clone().with_weights(Weights::new(&[0.5; 201]).unwrap()).unwrap();
    let [one, two] = [plain, half].map(|model| Reach::default().run_resolved(&model, &[0], &Run::new(3)).unwrap());
    assert!((one.next.unwrap().p80.high - 2.0 * two.next.unwrap().p80.high).abs() < 1e-9);
    let money = |found: &ReachEstimate| Money { cost: 900.0 }.of(&found.posts, &Priors::default(), 3).unwrap();
    assert!((2.0 * money(&one).cpr.value / money(&two).cpr.value - 1.0).abs() < 1e-12);
    // On a star everybody hears a post once.
    assert!((money(&one).cpm.value / 1000.0 / money(&one).cpr.value - 1.0).abs() < 1e-12);
}
