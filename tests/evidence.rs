//! Evidence on who is real, on networks made up with a known truth: pods among creators, and blocks where there are none.

use std::collections::BTreeSet;

use truereach::Run;
use truereach::authenticity::{Dense, FoundPod, Interactions, Pods, value};
use truereach::base::seed::{Key, Stream};
use truereach::graph::Network;
use truereach::synth::market::Truth;
use truereach::synth::{Configuration, Degrees, Market};

fn market(pods: u32, pod_size: u32, seed: u64) -> (Network, Truth) {
    let market = Market { people: 20_000, pods, pod_size, worlds: 2, ..Market::default() };
    let made = market.run(&Run::new(seed)).unwrap();
    (made.network, made.truth)
}

/// Likes and comments are the first two types of a market.
fn look(network: &Network, truth: &Truth, run: &Run) -> Vec<FoundPod> {
    let creators: Vec<u32> = truth.creators.iter().map(|creator| creator.account).collect();
    let niches: Vec<_> = truth.creators.iter().map(|creator| Some(u32::from(creator.niche))).collect();
    let mut posts = vec![0; creators.len()];
    truth.posts.iter().for_each(|post| posts[post.creator as usize] += 1);
    let events = network.events.as_ref().unwrap();
    let given =
        Interactions { creators: &creators, events, kinds: &[0, 1], posts: Some(&posts), niches: Some(&niches) };
    Pods::default().run(&given, run).unwrap()
}

#[test]
fn planted_pods_are_found_whole_and_worth_what_they_are() {
    // 10 seeds each were tried at sizes 3, 5 and 8: all 40 pods of each size came out whole.
    for (size, seed) in [(3, 1), (8, 2)] {
        let (network, truth) = market(4, size, seed);
        let found = look(&network, &truth, &Run::default());
        let members: BTreeSet<_> = found.iter().map(|pod| pod.members.clone()).collect();
        assert_eq!(members, truth.pods.iter().map(|pod| pod.members.clone()).collect());
        for pod in &found {
            let planted = truth.pods.iter().find(|planted| planted.members == pod.members).unwrap();
            // Two that have nothing in common but size can share a niche; not so eight.
            assert!(pod.topical == planted.topical || size == 3);
            assert_eq!(pod.discount, if pod.topical { 0.72 } else { 0.10 });
            assert!(pod.delay.unwrap() < 30.0 * 60e3 && pod.p < 1e-9 && pod.p > 0.0);
            assert_eq!(value(&found, pod.members[0], pod.members[1]), pod.discount);
        }
        assert_eq!(value(&found, found[0].members[0], found[1].members[0]), 1.0);
        for threads in [1, 2, 3, 8] {
            assert!(look(&network, &truth, &Run::new(1).threads(threads).unwrap()) == found);
        }
    }
}

#[test]
fn nothing_is_found_where_nothing_is_planted() {
    for seed in 0..5 {
        let (network, truth) = market(0, 8, seed);
        assert_eq!(look(&network, &truth, &Run::default()), []);
    }
}

#[test]
fn networks_of_chance_are_seldom_called_dense() {
    // 60 networks drawn with given skewed degrees on both sides. p <= 0.05 has a chance of 0.05 or less: more than 9 of 60 by chance
    // once in 1,000 (binomial).
    let mut called = 0;
    for seed in 0..60 {
        let run = Run::new(seed).threads(1).unwrap();
        let key = Key::new(seed, Stream::Sample, 2);
        let degree = |at: u64| (2.0 / libm::pow(1.0 - key.unit(at), 0.8)).min(60.0) as u32;
        let following: Vec<u32> = (0..400).map(degree).collect();
        let mut followers: Vec<u32> = (400..800).map(degree).collect();
        let (mut sum, want) = (followers.iter().sum::<u32>(), following.iter().sum::<u32>());
        for at in (0..400).cycle() {
            match sum.cmp(&want) {
                std::cmp::Ordering::Less if followers[at] < 60 => (followers[at], sum) = (followers[at] + 1, sum + 1),
                std::cmp::Ordering::Greater if followers[at] > 1 => (followers[at], sum) = (followers[at] - 1, sum - 1),
                std::cmp::Ordering::Equal => break,
                _ => {}
            }
        }
        let made = Configuration::default().run_with(&Degrees::Directed { following, followers }, &run).unwrap();
        let found = Dense { blocks: 1, ..Dense::default() }.run(made.graph().unwrap(), None, &run).unwrap();
        called += usize::from(found.blocks[0].p <= 0.05);
    }
    assert!(called <= 9, "{called} of 60");
}
