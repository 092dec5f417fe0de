//! petgraph's `visit` traits on [`Graph`], so that all of petgraph's algorithms run on ours. An edge points as
//! the follow does: its source follows its target. [`petgraph::visit::Reversed`] turns it round, the way news go.
//!
//! Any algorithm that is generic over these traits takes `&graph`, without a copy: those of `petgraph::algo`, and one's own.
//!
//! ```
//! use petgraph::algo::{dijkstra, has_path_connecting, tarjan_scc};
//! use petgraph::visit::{IntoNeighbors, NodeCompactIndexable, Reversed};
//! use truereach::graph::build;
//! // 0, 1 and 2 follow each other in a ring; 3 follows 2.
//! let graph = build::graph(4, &[(1, 0), (2, 1), (0, 2), (3, 2)]);
//! assert_eq!(tarjan_scc(&graph).len(), 2);
//! assert!(has_path_connecting(&graph, 3, 0, None) && !has_path_connecting(&graph, 0, 3, None));
//! // What 0 says reaches 3 over 1 and 2.
//! assert_eq!(dijkstra(Reversed(&graph), 0, Some(3), |_| 1)[&3], 3);
//! // An algorithm of one's own runs on every graph that petgraph can walk, and so on this one, both ways.
//! fn most_neighbours<G: IntoNeighbors + NodeCompactIndexable>(graph: G) -> Option<usize> {
//!     (0..graph.node_bound()).map(|v| graph.neighbors(graph.from_index(v)).count()).max()
//! }
//! assert_eq!((most_neighbours(&graph), most_neighbours(Reversed(&graph))), (Some(1), Some(2)));
//! ```

use petgraph::Directed;
use petgraph::Direction;
use petgraph::visit::{
    Data, EdgeCount, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences, NodeCompactIndexable, NodeCount, NodeIndexable,
    VisitMap, Visitable,
};

use super::csr::Graph;

/// An edge as petgraph sees it: source follows target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FollowRef {
    /// The follower.
    pub source: u32,
    /// The followed account.
    pub target: u32,
    /// The weight; 1 in an unweighted graph.
    pub weight: f64,
}

impl EdgeRef for FollowRef {
    type NodeId = u32;
    type EdgeId = (u32, u32);
    type Weight = f64;

    fn source(&self) -> u32 {
        self.source
    }
    fn target(&self) -> u32 {
        self.target
    }
    fn weight(&self) -> &f64 {
        &self.weight
    }
    fn id(&self) -> (u32, u32) {
        (self.source, self.target)
    }
}

/// Visited accounts, a bit each.
#[derive(Debug, Clone, Default)]
pub struct Visited(Vec<u64>);

impl VisitMap<u32> for Visited {
    fn visit(&mut self, account: u32) -> bool {
        let (word, bit) = (account as usize / 64, 1 << (account % 64));
        let first = self.0[word] & bit == 0;
        self.0[word] |= bit;
        first
    }
    fn is_visited(&self, account: &u32) -> bool {
        self.0[*account as usize / 64] >> (account % 64) & 1 == 1
    }
    fn unvisit(&mut self, account: u32) -> bool {
        let was = self.is_visited(&account);
        self.0[account as usize / 64] &= !(1 << (account % 64));
        was
    }
}

impl GraphBase for Graph {
    type EdgeId = (u32, u32);
    type NodeId = u32;
}

impl GraphProp for Graph {
    type EdgeType = Directed;
}

impl Data for Graph {
    type NodeWeight = u32;
    type EdgeWeight = f64;
}

impl Visitable for Graph {
    type Map = Visited;
    fn visit_map(&self) -> Visited {
        Visited(vec![0; self.accounts().div_ceil(64)])
    }
    fn reset_map(&self, map: &mut Visited) {
        map.0.clear();
        map.0.resize(self.accounts().div_ceil(64), 0);
    }
}

impl NodeCount for Graph {
    fn node_count(&self) -> usize {
        self.accounts()
    }
}

impl EdgeCount for Graph {
    fn edge_count(&self) -> usize {
        self.edges() as usize
    }
}

impl NodeIndexable for Graph {
    fn node_bound(&self) -> usize {
        self.accounts()
    }
    fn to_index(&self, account: u32) -> usize {
        account as usize
    }
    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl NodeCompactIndexable for Graph {}

impl IntoNodeIdentifiers for &Graph {
    type NodeIdentifiers = std::ops::Range<u32>;
    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.accounts() as u32
    }
}

impl<'a> IntoNodeReferences for &'a Graph {
    type NodeRef = (u32, &'a u32);
    type NodeReferences = NodeReferences<'a>;
    fn node_references(self) -> Self::NodeReferences {
        NodeReferences { accounts: 0..self.accounts() as u32, graph: std::marker::PhantomData }
    }
}

/// Every account as petgraph wants it; accounts carry no weight of their own.
#[derive(Debug, Clone)]
pub struct NodeReferences<'a> {
    accounts: std::ops::Range<u32>,
    graph: std::marker::PhantomData<&'a Graph>,
}

impl<'a> Iterator for NodeReferences<'a> {
    type Item = (u32, &'a u32);
    fn next(&mut self) -> Option<Self::Item> {
        self.accounts.next().map(|account| (account, &0))
    }
}

impl<'a> IntoNeighbors for &'a Graph {
    type Neighbors = std::iter::Copied<std::slice::Iter<'a, u32>>;
    fn neighbors(self, u: u32) -> Self::Neighbors {
        self.following(u).iter().copied()
    }
}

impl<'a> IntoNeighborsDirected for &'a Graph {
    type NeighborsDirected = std::iter::Copied<std::slice::Iter<'a, u32>>;
    fn neighbors_directed(self, account: u32, direction: Direction) -> Self::NeighborsDirected {
        match direction {
            Direction::Outgoing => self.following(account),
            Direction::Incoming => self.followers(account),
        }
        .iter()
        .copied()
    }
}

/// The edges of one account in one direction.
#[derive(Debug, Clone)]
pub struct Edges<'a> {
    account: u32,
    direction: Direction,
    others: std::slice::Iter<'a, u32>,
    weights: Option<std::slice::Iter<'a, f64>>,
}

impl Iterator for Edges<'_> {
    type Item = FollowRef;
    fn next(&mut self) -> Option<FollowRef> {
        let other = *self.others.next()?;
        let weight = self.weights.as_mut().and_then(|weights| weights.next()).copied().unwrap_or(1.0);
        let (source, target) = match self.direction {
            Direction::Outgoing => (self.account, other),
            Direction::Incoming => (other, self.account),
        };
        Some(FollowRef { source, target, weight })
    }
}

impl<'a> IntoEdges for &'a Graph {
    type Edges = Edges<'a>;
    fn edges(self, account: u32) -> Edges<'a> {
        self.edges_directed(account, Direction::Outgoing)
    }
}

impl<'a> IntoEdgesDirected for &'a Graph {
    type EdgesDirected = Edges<'a>;
    fn edges_directed(self, account: u32, direction: Direction) -> Edges<'a> {
        let rows = match direction {
            Direction::Outgoing => self.following_rows(),
            Direction::Incoming => self.follower_rows(),
        };
        let weights = rows.row_weights(account).map(|weights| weights.iter());
        Edges { account, direction, others: rows.row(account).iter(), weights }
    }
}

impl<'a> IntoEdgeReferences for &'a Graph {
    type EdgeRef = FollowRef;
    type EdgeReferences = Box<dyn Iterator<Item = FollowRef> + 'a>;
    fn edge_references(self) -> Self::EdgeReferences {
        Box::new((0..self.accounts() as u32).flat_map(move |account| IntoEdges::edges(self, account)))
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::build;
    use petgraph::algo;
    use petgraph::visit::{Bfs, Reversed};

    #[test]
    fn petgraphs_algorithms_run_on_our_graph() {
        // A ring 0 -> 1 -> 2 -> 0 with a tail 2 -> 3 -> 4, and 5 alone.
        let graph = build::weighted(6, &[(0, 1, 1.0), (1, 2, 1.0), (2, 0, 5.0), (2, 3, 2.0), (3, 4, 2.0)]);
        assert_eq!(algo::kosaraju_scc(&graph).len(), 4);
        assert_eq!(algo::tarjan_scc(&graph).iter().map(Vec::len).max(), Some(3));
        assert_eq!(algo::connected_components(&graph), 2);
        let distances = algo::dijkstra(&graph, 0, None, |edge| edge.weight);
        assert_eq!(distances[&4], 6.0);
        assert!(!distances.contains_key(&5));
        assert!(algo::is_cyclic_directed(&graph));
        assert!(algo::has_path_connecting(&graph, 0, 4, None));
        let mut heard = Bfs::new(Reversed(&graph), 4);
        let mut order = vec![];
        while let Some(account) = heard.next(Reversed(&graph)) {
            order.push(account);
        }
        assert_eq!(order, [4, 3, 2, 1, 0]);
        let forest: Vec<_> = algo::min_spanning_tree(&graph).collect();
        assert_eq!(forest.len(), 6 + 4);
        let bellman = algo::bellman_ford(&graph, 0).unwrap();
        assert_eq!(bellman.distances[4], 6.0);
    }
}
