//! Strongly connected classes, without recursion: deep networks must not end the program.

/// The classes of a directed graph by Tarjan's (1972) algorithm.
///
/// `degree(v)` and `next(v, place)` list the edges out of v; `next` answers `None` for an edge that does not count.
/// Returns the members of all classes one after the other and where each begins (with a last entry): every class
/// comes after all classes that it leads to. Members are sorted.
pub fn classes(
    accounts: usize,
    degree: impl Fn(u32) -> usize,
    next: impl Fn(u32, usize) -> Option<u32>,
) -> (Vec<u32>, Vec<usize>) {
    const UNSEEN: u32 = u32::MAX;
    const DONE: u32 = u32::MAX - 1;
    let mut number = vec![UNSEEN; accounts];
    let mut low = vec![0u32; accounts];
    let mut open: Vec<u32> = Vec::new();
    let mut path: Vec<(u32, usize)> = Vec::new();
    let (mut members, mut starts) = (Vec::with_capacity(accounts), vec![0]);
    let mut count = 0;
    for root in 0..accounts as u32 {
        if number[root as usize] != UNSEEN {
            continue;
        }
        path.push((root, 0));
        while let Some(&mut (v, ref mut place)) = path.last_mut() {
            let at = v as usize;
            if *place == 0 && number[at] == UNSEEN {
                number[at] = count;
                low[at] = count;
                count += 1;
                open.push(v);
            }
            let mut deeper = None;
            while *place < degree(v) && deeper.is_none() {
                if let Some(u) = next(v, *place) {
                    match number[u as usize] {
                        UNSEEN => deeper = Some(u),
                        DONE => {}
                        seen => low[at] = low[at].min(seen),
                    }
                }
                *place += 1;
            }
            if let Some(u) = deeper {
                path.push((u, 0));
                continue;
            }
            path.pop();
            if let Some(&(parent, _)) = path.last() {
                low[parent as usize] = low[parent as usize].min(low[at]);
            }
            if low[at] == number[at] {
                let start = members.len();
                while let Some(u) = open.pop() {
                    number[u as usize] = DONE;
                    members.push(u);
                    if u == v {
                        break;
                    }
                }
                members[start..].sort_unstable();
                starts.push(members.len());
            }
        }
    }
    (members, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(edges: &[(u32, u32)], accounts: usize) -> Vec<Vec<u32>> {
        let rows: Vec<Vec<u32>> = (0..accounts as u32)
            .map(|v| edges.iter().filter(|edge| edge.0 == v).map(|edge| edge.1).collect())
            .collect();
        let (members, starts) = classes(accounts, |v| rows[v as usize].len(), |v, place| Some(rows[v as usize][place]));
        starts.windows(2).map(|pair| members[pair[0]..pair[1]].to_vec()).collect()
    }

    #[test]
    fn classes_come_after_those_they_lead_to() {
        let found = of(&[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (5, 0)], 6);
        assert_eq!(found, [vec![3, 4], vec![0, 1, 2], vec![5]]);
        assert!(of(&[], 0).is_empty());
    }

    #[test]
    fn random_graphs_agree_with_petgraph() {
        use crate::base::seed::{Stream, generator};
        use rand::RngExt;
        for case in 0..200 {
            let mut random = generator(21, Stream::Sample, case);
            let accounts = random.random_range(1..30u32);
            let edges: Vec<(u32, u32)> = (0..random.random_range(0..60))
                .map(|_| (random.random_range(0..accounts), random.random_range(0..accounts)))
                .collect();
            let mut oracle = petgraph::graph::DiGraph::<(), ()>::new();
            for _ in 0..accounts {
                oracle.add_node(());
            }
            for &(v, u) in &edges {
                oracle.add_edge(v.into(), u.into(), ());
            }
            let mut expect: Vec<Vec<u32>> = petgraph::algo::tarjan_scc(&oracle)
                .into_iter()
                .map(|class| class.into_iter().map(|node| node.index() as u32).collect())
                .collect();
            expect.iter_mut().for_each(|class: &mut Vec<u32>| class.sort_unstable());
            let found = of(&edges, accounts as usize);
            let place = |v: u32| found.iter().position(|class| class.contains(&v)).unwrap();
            assert!(edges.iter().all(|&(v, u)| place(v) >= place(u)));
            let (mut found, _) = (found.clone(), expect.sort());
            found.sort();
            assert_eq!(found, expect);
        }
    }

    #[test]
    fn a_path_of_a_million_does_not_overflow() {
        let accounts = 1_000_000;
        let (members, starts) = classes(accounts, |v| usize::from((v as usize) + 1 < accounts), |v, _| Some(v + 1));
        assert_eq!((members.len(), starts.len()), (accounts, accounts + 1));
    }
}
