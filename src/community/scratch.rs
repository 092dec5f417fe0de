//! Dense tables that are lent to tasks and cleaned after each use: no hash maps in the hot loops.

pub(crate) use crate::base::par::Tools;

/// Weights from one node to communities: dense, cleaned after each use.
pub(crate) struct Scratch {
    weight: Vec<f64>,
    touched: Vec<u32>,
}

impl Scratch {
    /// For communities below `count`.
    pub fn new(count: usize) -> Self {
        Scratch { weight: vec![0.0; count], touched: vec![0; 1] }
    }

    /// Adds up weights by community and lists the communities, in the order of the row. A community may be
    /// listed twice where weights cancel; reading it twice does no harm.
    #[inline]
    pub fn gather(&mut self, row: &[u32], weights: Option<&[f64]>, label: impl Fn(u32) -> u32) -> &[u32] {
        if self.touched.len() <= row.len() {
            self.touched.resize(row.len() + 1, 0);
        }
        let mut count = 0;
        let mut add = |u: u32, w: f64| {
            let c = label(u);
            let weight = &mut self.weight[c as usize];
            self.touched[count] = c;
            count += usize::from(*weight == 0.0);
            *weight += w;
        };
        match weights {
            None => row.iter().for_each(|&u| add(u, 1.0)),
            Some(weights) => row.iter().zip(weights).for_each(|(&u, &w)| add(u, w)),
        }
        &self.touched[..count]
    }

    /// The weight to a community.
    #[inline]
    pub fn weight(&self, community: u32) -> f64 {
        self.weight[community as usize]
    }

    /// The first `count` communities listed.
    #[inline]
    pub fn listed(&self, count: usize) -> &[u32] {
        &self.touched[..count]
    }

    /// Forgets the first `count` communities listed, which must be all.
    #[inline]
    pub fn clear(&mut self, count: usize) {
        for &c in &self.touched[..count] {
            self.weight[c as usize] = 0.0;
        }
    }
}
