//! Compressed sparse rows, both ways.

use super::buffer::Buffer;

/// The largest number of accounts: ids are u32 and `u32::MAX` means "none".
pub const MAX_ACCOUNTS: u64 = u32::MAX as u64;

/// For every account a sorted row of other accounts, with an optional weight beside each.
///
/// `offsets` has one entry more than there are accounts; row v is `targets[offsets[v]..offsets[v+1]]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// Where each row begins; the last entry is the number of edges.
    pub offsets: Buffer<u64>,
    /// The rows, one after the other, each sorted and without repeats.
    pub targets: Buffer<u32>,
    /// A weight beside each target, where edges have weights.
    pub weights: Option<Buffer<f64>>,
}

impl Rows {
    /// The accounts in row `v`, sorted.
    #[inline]
    pub fn row(&self, v: u32) -> &[u32] {
        &self.targets[self.range(v)]
    }

    /// Where row `v` stands in the flat arrays.
    #[inline]
    pub fn range(&self, v: u32) -> std::ops::Range<usize> {
        self.offsets[v as usize] as usize..self.offsets[v as usize + 1] as usize
    }

    /// How many accounts are in row `v`.
    #[inline]
    pub fn degree(&self, v: u32) -> usize {
        (self.offsets[v as usize + 1] - self.offsets[v as usize]) as usize
    }

    /// The weights beside row `v`, where there are weights.
    #[inline]
    pub fn row_weights(&self, v: u32) -> Option<&[f64]> {
        self.weights.as_ref().map(|weights| &weights[self.range(v)])
    }

    /// The flat arrays as slices, looked up once: a loop over all rows reads them without asking each time where they
    /// are.
    pub fn flat(&self) -> Flat<'_> {
        Flat { offsets: &self.offsets, targets: &self.targets, weights: self.weights.as_deref() }
    }

    /// Says what is wrong, if rows are not sorted, repeat, or point outside `accounts`.
    pub fn check(&self, accounts: usize) -> Result<(), String> {
        let (offsets, targets) = (&self.offsets[..], &self.targets[..]);
        if offsets.len() != accounts + 1 {
            return Err(format!("{} row offsets for {accounts} accounts", offsets.len()));
        }
        if offsets[0] != 0 || offsets[accounts] != targets.len() as u64 {
            return Err("row offsets do not span the edges".into());
        }
        if let Some(v) = (0..accounts).find(|&v| offsets[v] > offsets[v + 1]) {
            return Err(format!("row {v} ends before it begins"));
        }
        for v in 0..accounts as u32 {
            let row = self.row(v);
            if row.last().is_some_and(|&last| last as usize >= accounts) {
                return Err(format!("row {v} points to an account outside the network"));
            }
            if row.windows(2).any(|pair| pair[0] >= pair[1]) {
                return Err(format!("row {v} is not sorted"));
            }
            if row.binary_search(&v).is_ok() {
                return Err(format!("row {v} points to itself"));
            }
        }
        match &self.weights {
            Some(weights) if weights.len() != targets.len() => Err("weights and edges differ in number".into()),
            Some(weights) if weights.iter().any(|w| !w.is_finite()) => Err("a weight is not finite".into()),
            _ => Ok(()),
        }
    }
}

/// [`Rows`] as plain slices.
#[derive(Debug, Clone, Copy)]
pub struct Flat<'a> {
    /// Where each row begins; the last entry is the number of edges.
    pub offsets: &'a [u64],
    /// The rows, one after the other.
    pub targets: &'a [u32],
    /// A weight beside each target, where edges have weights.
    pub weights: Option<&'a [f64]>,
}

impl<'a> Flat<'a> {
    /// Where row `v` stands in the flat arrays.
    #[inline]
    pub fn range(&self, v: u32) -> std::ops::Range<usize> {
        self.offsets[v as usize] as usize..self.offsets[v as usize + 1] as usize
    }

    /// The accounts in row `v`, sorted.
    #[inline]
    pub fn row(&self, v: u32) -> &'a [u32] {
        &self.targets[self.range(v)]
    }
}

/// A directed graph: an edge `u -> v` says that u follows v. No self-loops, no parallel edges, rows sorted.
///
/// Memory: 16 bytes an account and 8 bytes an edge, 24 with weights ([`Graph::memory`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    following: Rows,
    followers: Rows,
    symmetric: bool,
}

impl Graph {
    /// A graph from its two sides, which must list the same edges.
    pub fn from_rows(following: Rows, followers: Rows) -> Self {
        let symmetric = following == followers;
        // One direction is then the other: its arrays are held once.
        let followers = if symmetric { following.clone() } else { followers };
        Graph { following, followers, symmetric }
    }

    /// As [`Graph::from_rows`] where it is already known whether every edge has its opposite of equal weight.
    pub(crate) fn from_parts(following: Rows, followers: Rows, symmetric: bool) -> Self {
        Graph { following, followers, symmetric }
    }

    /// How many accounts; ids are `0..accounts`.
    #[inline]
    pub fn accounts(&self) -> usize {
        self.following.offsets.len().saturating_sub(1)
    }

    /// How many edges: follows, each direction on its own.
    #[inline]
    pub fn edges(&self) -> u64 {
        self.following.targets.len() as u64
    }

    /// Who hears v: the accounts that follow v, sorted.
    #[inline]
    pub fn followers(&self, v: u32) -> &[u32] {
        self.followers.row(v)
    }

    /// Whom u hears: the accounts that u follows, sorted.
    #[inline]
    pub fn following(&self, u: u32) -> &[u32] {
        self.following.row(u)
    }

    /// Weights beside [`Graph::followers`], where edges have weights.
    #[inline]
    pub fn follower_weights(&self, v: u32) -> Option<&[f64]> {
        self.followers.row_weights(v)
    }

    /// Weights beside [`Graph::following`], where edges have weights.
    #[inline]
    pub fn following_weights(&self, u: u32) -> Option<&[f64]> {
        self.following.row_weights(u)
    }

    /// The flat arrays by follower: row u lists whom u follows.
    pub fn following_rows(&self) -> &Rows {
        &self.following
    }

    /// The flat arrays by followed account: row v lists who follows v.
    pub fn follower_rows(&self) -> &Rows {
        &self.followers
    }

    /// Whether edges have weights.
    pub fn is_weighted(&self) -> bool {
        self.following.weights.is_some()
    }

    /// Whether nobody both follows and is followed, as in follower lists of creators who are in no list themselves.
    pub fn is_two_sided(&self) -> bool {
        (0..self.accounts() as u32).all(|v| self.followers(v).is_empty() || self.following(v).is_empty())
    }

    /// Whether every edge has its opposite, of equal weight: an undirected network.
    pub fn is_symmetric(&self) -> bool {
        self.symmetric
    }

    /// The same edges without their weights. Costs nothing: the arrays are shared.
    pub fn unweighted(&self) -> Graph {
        let bare = |rows: &Rows| Rows { weights: None, ..rows.clone() };
        let (following, followers) = (bare(&self.following), bare(&self.followers));
        if self.symmetric || self.is_weighted() {
            return Graph::from_rows(following, followers);
        }
        Graph { following, followers, symmetric: false }
    }

    /// Bytes that a graph of this size takes: `16 (accounts + 1) + 8 edges`, with weights `+ 16 edges`.
    pub fn memory(accounts: u64, edges: u64, weighted: bool) -> u64 {
        16 * (accounts + 1) + edges * if weighted { 24 } else { 8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn both_sides_name_the_direction() {
        // 0 and 1 follow 2; 2 follows 0.
        let graph = build::graph(3, &[(0, 2), (1, 2), (2, 0)]);
        assert_eq!(graph.followers(2), [0, 1]);
        assert_eq!(graph.following(2), [0]);
        assert_eq!(graph.edges(), 3);
        assert!(!graph.is_symmetric());
        assert_eq!(Graph::memory(3, 3, false), 88);
    }

    #[test]
    fn broken_rows_are_named() {
        let rows = |offsets: &[u64], targets: &[u32]| Rows {
            offsets: offsets.to_vec().into(),
            targets: targets.to_vec().into(),
            weights: None,
        };
        assert!(rows(&[0, 1, 2], &[1, 0]).check(2).is_ok());
        for (broken, says) in [
            (rows(&[0, 1], &[1, 0]), "row offsets"),
            (rows(&[0, 2, 1], &[1]), "ends before"),
            (rows(&[0, 1, 1], &[1, 0]), "span"),
            (rows(&[0, 1, 2], &[1, 9]), "outside"),
            (rows(&[0, 2, 2], &[1, 0]), "sorted"),
            (rows(&[0, 2, 2], &[1, 1]), "sorted"),
        ] {
            let error = broken.check(2).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
