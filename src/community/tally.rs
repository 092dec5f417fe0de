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
    /// Adds up the ties of a row, given as community and weight; communities are below `most`. One may be listed
    /// twice where weights cancel: the second time it weighs nothing.
    #[inline]
    pub fn gather(&mut self, most: usize, row: impl ExactSizeIterator<Item = (u32, W)>) {
        if self.weight.len() < most {
            self.weight.resize(most, W::default());
        }
        if self.listed.len() <= row.len() {
            self.listed.resize(row.len() + 1, 0);
        }
        let mut count = 0;
        for (community, w) in row {
            let weight = &mut self.weight[community as usize];
            self.listed[count] = community;
            count += usize::from(*weight == W::default());
            *weight += w;
        }
        self.count = count;
    }

    /// The weight of a community.
    #[inline]
    pub fn weight(&self, community: u32) -> f64 {
        self.weight[community as usize].real()
    }

    /// Hands out communities and weights in the order of the row, and forgets them.
    #[inline]
    pub fn drain(&mut self) -> impl Iterator<Item = (u32, f64)> {
        let Tally { weight, listed, count } = self;
        listed[..*count].iter().map(|&community| (community, std::mem::take(&mut weight[community as usize]).real()))
    }
}
