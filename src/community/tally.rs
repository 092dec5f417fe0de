//! A tally: weights added up by community, dense, empty again after each use.

/// A weight of a tie. Networks without weights are counted in whole numbers, which take half the room.
pub(crate) trait Weight: Copy + Default + PartialEq + std::ops::AddAssign {
    fn real(self) -> f64;
}

impl Weight for u32 {
    #[inline]
    fn real(self) -> f64 {
        f64::from(self)
    }
}

impl Weight for f64 {
    #[inline]
    fn real(self) -> f64 {
        self
    }
}

/// Weights by community, and which communities have one.
#[derive(Default)]
pub(crate) struct Tally<W> {
    weight: Vec<W>,
    listed: Vec<u32>,
    count: usize,
}

impl<W: Weight> Tally<W> {
    /// Makes room for communities below `most`, and for `more` additions.
    #[inline]
    pub fn room(&mut self, most: usize, more: usize) {
        if self.weight.len() < most {
            self.weight.resize(most, W::default());
        }
        if self.listed.len() <= self.count + more {
            self.listed.resize(self.count + more + 1, 0);
        }
    }

    /// Adds one weight; there must be room. A community may be listed twice where weights cancel: the second time it
    /// weighs nothing.
    #[inline]
    pub fn add(&mut self, community: u32, w: W) {
        // Without a branch: the community is written down in any case, and counts if it is new.
        let weight = &mut self.weight[community as usize];
        self.listed[self.count] = community;
        self.count += usize::from(*weight == W::default());
        *weight += w;
    }

    /// Adds the ties of a row, given as community and weight; communities are below `most`.
    #[inline]
    pub fn gather(&mut self, most: usize, row: impl ExactSizeIterator<Item = (u32, W)>) {
        self.room(most, row.len());
        row.for_each(|(community, w)| self.add(community, w));
    }

    /// The weight of a community.
    #[inline]
    pub fn weight(&self, community: u32) -> f64 {
        self.weight[community as usize].real()
    }

    /// Hands out communities and weights in the order in which they came, and forgets them.
    #[inline]
    pub fn drain(&mut self) -> impl Iterator<Item = (u32, f64)> {
        let Tally { weight, listed, count } = self;
        listed[..std::mem::take(count)]
            .iter()
            .map(|&community| (community, std::mem::take(&mut weight[community as usize]).real()))
    }
}

/// The tallies of one thread: of networks without weights, and of others.
#[derive(Default)]
pub(crate) struct Tallies {
    pub counts: Tally<u32>,
    pub sums: Tally<f64>,
}
