use super::*;
use crate::graph::build;
use proptest::prelude::*;

fn labels(graph: &Graph, connectivity: Connectivity) -> Vec<u32> {
    Components { connectivity }.run(graph, &Run::default()).unwrap().labels
}

/// Labels spread along edges, both ways, until nothing changes.
fn spread(accounts: usize, follows: &[(u32, u32)]) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..accounts as u32).collect();
    loop {
        let before = labels.clone();
        for &(u, v) in follows {
            let low = labels[u as usize].min(labels[v as usize]);
            (labels[u as usize], labels[v as usize]) = (low, low);
        }
        if labels == before {
            return labels;
        }
    }
}

/// petgraph's two-pass algorithm, labels turned into smallest members.
fn kosaraju(graph: &Graph) -> Vec<u32> {
    let mut labels = vec![0; graph.accounts()];
    for component in petgraph::algo::kosaraju_scc(graph) {
        let label = component.iter().copied().min().unwrap();
        component.iter().for_each(|&u| labels[u as usize] = label);
    }
    labels
}

proptest! {
    #[test]
    fn components_equal_other_ways_of_finding_them(
        accounts in 1usize..40,
        follows in prop::collection::vec((0u32..40, 0u32..40), 0..80),
    ) {
        let follows: Vec<_> = follows.iter().map(|&(u, v)| (u % accounts as u32, v % accounts as u32)).collect();
        let graph = build::graph(accounts, &follows);
        prop_assert_eq!(labels(&graph, Connectivity::Weak), spread(accounts, &follows));
        prop_assert_eq!(labels(&graph, Connectivity::Strong), kosaraju(&graph));
    }
}

fn random(accounts: u32, edges: u64) -> Graph {
    let draw = |i: u64| (crate::base::seed::mix(i) % accounts as u64) as u32;
    let follows: Vec<_> = (0..edges).map(|i| (draw(2 * i), draw(2 * i + 1))).collect();
    build::graph(accounts as usize, &follows)
}

#[test]
fn large_random_graphs_agree_at_any_thread_count() {
    // Below, at and above the density at which a giant component appears.
    for edges in [30_000, 60_000, 120_000] {
        let graph = random(100_000, edges);
        let strong = labels(&graph, Connectivity::Strong);
        assert_eq!(strong, kosaraju(&graph));
        let follows: Vec<_> = (0..100_000).flat_map(|u| graph.following(u).iter().map(move |&v| (u, v))).collect();
        let weak = spread(100_000, &follows);
        for threads in [1, 2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            let found = Components { connectivity: Connectivity::Weak }.run(&graph, &run).unwrap();
            assert_eq!(found.labels, weak);
            assert_eq!(found.components.iter().map(|part| part.accounts as usize).sum::<usize>(), 100_000);
        }
    }
}

#[test]
fn a_chain_of_a_million_accounts_fits_the_stack() {
    let last = 1_000_000;
    // The ids run against the follows, and the ring closes in the second graph.
    let mut follows: Vec<_> = (0..last).map(|u| (u + 1, u)).collect();
    let chain = build::graph(last as usize + 1, &follows);
    assert!(labels(&chain, Connectivity::Weak).iter().all(|&label| label == 0));
    assert!(labels(&chain, Connectivity::Strong).iter().zip(0..).all(|(&label, u)| label == u));
    follows.push((0, last));
    let ring = build::graph(last as usize + 1, &follows);
    let found = Components { connectivity: Connectivity::Strong }.run(&ring, &Run::default()).unwrap();
    assert_eq!((found.count(), found.largest().unwrap().accounts, found.alone()), (1, last + 1, 0));
}

#[test]
fn the_empty_network_and_a_single_account_work() {
    for connectivity in [Connectivity::Weak, Connectivity::Strong] {
        let components = Components { connectivity };
        let none = components.run(&build::graph(0, &[]), &Run::default()).unwrap();
        assert_eq!((none.count(), none.largest(), none.alone()), (0, None, 0));
        let one = components.run(&build::graph(1, &[(0, 0)]), &Run::default()).unwrap();
        assert_eq!(one.largest(), Some(Component { label: 0, accounts: 1 }));
        assert_eq!(one.alone(), 1);
    }
}

#[test]
fn components_come_largest_first() {
    let graph = build::graph(7, &[(6, 5), (5, 4), (0, 1), (2, 3)]);
    let found = Components::default().run(&graph, &Run::default()).unwrap();
    let listed: Vec<_> = found.components.iter().map(|part| (part.label, part.accounts)).collect();
    assert_eq!(listed, [(4, 3), (0, 2), (2, 2)]);
}

#[test]
fn cancelling_and_a_small_memory_stop_it() {
    let graph = random(1000, 2000);
    for connectivity in [Connectivity::Weak, Connectivity::Strong] {
        let components = Components { connectivity };
        let cancelled = Run::default().cancel_by(std::sync::Arc::new(true.into()));
        assert!(matches!(components.run(&graph, &cancelled), Err(crate::Error::Cancelled)));
        let small = Run::default().memory(Some(100));
        assert!(matches!(components.run(&graph, &small), Err(crate::Error::Memory { .. })));
    }
}
