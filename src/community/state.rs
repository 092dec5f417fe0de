//! Who is where while nodes move, what the communities weigh, and where a node would gain.

use super::net::{Mass, Net};
use super::tally::{Tallies, Tally, Weight};

/// A move must gain this share of the node's strength: far above rounding, far below any real gain.
const MARGIN: f64 = 1e-11;

/// The wish for a community of its own.
const ALONE: u32 = u32::MAX;

/// A community as the moves see it.
#[derive(Debug, Clone, Copy, Default)]
struct Community<M> {
    mass: M,
    size: u32,
}

/// Where a node would gain most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    pub node: u32,
    target: u32,
    /// The weight of its ties to the target, less that of its ties to where it is.
    weight: f64,
}

/// Labels, below the number of nodes, and the communities that they make.
pub(crate) struct State<'a, M> {
    pub net: &'a Net<M>,
    pub labels: &'a mut [u32],
    communities: Vec<Community<M>>,
    /// Communities without members.
    empty: Vec<u32>,
}

impl<'a, M: Mass> State<'a, M> {
    pub fn new(net: &'a Net<M>, labels: &'a mut [u32]) -> Self {
        let nodes = net.nodes();
        let mut communities = vec![Community::<M>::default(); nodes];
        for (&label, &own) in labels.iter().zip(&net.mass) {
            let home = &mut communities[label as usize];
            home.mass = home.mass.plus(own);
            home.size += 1;
        }
        let empty = (0..nodes as u32).rev().filter(|&c| communities[c as usize].size == 0).collect();
        State { net, labels, communities, empty }
    }

    /// Whether every node is a community of its own.
    pub fn is_apart(&self) -> bool {
        self.empty.is_empty()
    }

    /// Where v would gain most; none if it does best to stay.
    #[inline]
    pub fn wish(&self, v: u32, tallies: &mut Tallies) -> Option<Wish> {
        let row = self.net.rows.row(v).iter().map(|&u| self.labels[u as usize]);
        match self.net.rows.row_weights(v) {
            None => self.choose(v, row.map(|label| (label, 1)), &mut tallies.counts),
            Some(weights) => self.choose(v, row.zip(weights.iter().copied()), &mut tallies.sums),
        }
    }

    #[inline]
    fn choose<W: Weight>(
        &self,
        v: u32,
        row: impl ExactSizeIterator<Item = (u32, W)>,
        tally: &mut Tally<W>,
    ) -> Option<Wish> {
        let (net, communities) = (self.net, &self.communities[..]);
        let (home, own) = (self.labels[v as usize], net.mass[v as usize]);
        tally.gather(communities.len(), row);
        let here = tally.weight(home);
        let stay = here - net.scale * own.cross(communities[home as usize].mass.minus(own));
        // Alone, a node gains 0.
        let alone = communities[home as usize].size > 1;
        let (mut best, mut target, mut there) = if alone { (0.0, ALONE, 0.0) } else { (stay, home, here) };
        let mut strength = 0.0;
        for (c, weight) in tally.drain() {
            strength += weight.abs();
            let gain = weight - net.scale * own.cross(communities[c as usize].mass);
            if gain > best && c != home {
                (best, target, there) = (gain, c, weight);
            }
        }
        let gains = target != home && best > stay + MARGIN * strength;
        gains.then_some(Wish { node: v, target, weight: there - here })
    }

    /// The wish for the same target with the ties as they are now; none if it would not gain.
    pub fn again(&self, wish: Wish) -> Option<Wish> {
        let Wish { node, target, .. } = wish;
        let home = self.labels[node as usize];
        let (mut here, mut there, mut strength) = (0.0, 0.0, 0.0);
        let mut add = |u: u32, w: f64| {
            let label = self.labels[u as usize];
            strength += w.abs();
            here += if label == home { w } else { 0.0 };
            there += if label == target { w } else { 0.0 };
        };
        let row = self.net.rows.row(node);
        match self.net.rows.row_weights(node) {
            None => row.iter().for_each(|&u| add(u, 1.0)),
            Some(weights) => row.iter().zip(weights).for_each(|(&u, &w)| add(u, w)),
        }
        let wish = Wish { weight: there - here, ..wish };
        (self.gain(wish) > MARGIN * strength).then_some(wish)
    }

    /// What a wish gains with the communities as they are now, if its ties have not changed.
    fn gain(&self, wish: Wish) -> f64 {
        let mass = |c: u32| self.communities[c as usize].mass;
        let own = self.net.mass[wish.node as usize];
        let home = mass(self.labels[wish.node as usize]).minus(own);
        let there = if wish.target == ALONE { 0.0 } else { own.cross(mass(wish.target)) };
        wish.weight - self.net.scale * (there - own.cross(home))
    }

    /// Does a wish, if it still gains by the weight of its ties and has somewhere to go. Returns the gain.
    pub fn fulfil(&mut self, wish: Wish) -> Option<f64> {
        let Wish { node, target, .. } = wish;
        let gain = self.gain(wish);
        let home = self.labels[node as usize];
        let target = match target {
            ALONE if self.communities[home as usize].size == 1 => return None,
            ALONE => *self.empty.last()?,
            target if self.communities[target as usize].size == 0 => return None,
            target => target,
        };
        if gain <= 0.0 {
            return None;
        }
        if wish.target == ALONE {
            self.empty.pop();
        }
        let own = self.net.mass[node as usize];
        self.labels[node as usize] = target;
        let there = &mut self.communities[target as usize];
        there.mass = there.mass.plus(own);
        there.size += 1;
        let here = &mut self.communities[home as usize];
        here.mass = here.mass.minus(own);
        here.size -= 1;
        if here.size == 0 {
            here.mass = M::default();
            self.empty.push(home);
        }
        Some(gain)
    }

    /// The neighbours that a node leaves behind, or finds elsewhere, after it moved: what is best may have changed
    /// for them.
    pub fn affected(&self, v: u32) -> impl Iterator<Item = u32> + '_ {
        let label = self.labels[v as usize];
        self.net.rows.row(v).iter().copied().filter(move |&u| self.labels[u as usize] != label)
    }
}
