//! The moves of a chain that explain somebody otherwise: by a way of new sharers back to one who is there.

use super::given::{Given, Role, Witness};
use super::sharers::{Sharers, any, unit};
use crate::base::seed::Generator;

/// Steps of a way, at most.
const MOST: usize = 16;

/// The sum of the weights of all from whom u may have heard.
fn sum(given: &Given<'_>, u: u32) -> f64 {
    given.followed(u).fold(0.0, |sum, edge| sum + given.weight(edge))
}

/// Somebody from whom u may have heard, in proportion to the weights; `None` where there is nobody.
fn likely(given: &Given<'_>, u: u32, random: &mut Generator) -> Option<u32> {
    let mut left = unit(random) * sum(given, u);
    let mut found = None;
    for edge in given.followed(u) {
        let weight = given.weight(edge);
        if weight > 0.0 {
            found = Some(edge.0);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
    }
    found
}

/// Any witness.
pub(super) fn witness<'g>(given: &'g Given<'_>, random: &mut Generator) -> Option<&'g Witness> {
    given.witnesses.get(any(random, given.witnesses.len()))
}

/// Those through whom somebody heard, the last first, and the sharer from whom the first of them heard.
pub(super) struct Way {
    pub through: Vec<u32>,
    pub from: u32,
}

impl Sharers {
    /// A way back from a witness by likely steps to somebody who shares; `None` where it meets itself or grows too long.
    pub fn way(&self, given: &Given<'_>, witness: &Witness, random: &mut Generator) -> Option<Way> {
        let mut through: Vec<u32> = Vec::new();
        loop {
            let v = match through.last() {
                Some(&last) => likely(given, last, random)?,
                None => {
                    let left = unit(random) * witness.sum();
                    let place = witness.from.partition_point(|edge| edge.1 <= left);
                    witness.from.get(place).or(witness.from.last())?.0
                }
            };
            if self.has(v) {
                return Some(Way { through, from: v });
            }
            if v == witness.account || through.contains(&v) || through.len() == MOST {
                return None;
            }
            through.push(v);
        }
    }

    /// Adds those of a way, each hearing the one behind, and all whom they bring. Other posts come to them by chance, or if
    /// `least` only what is certain.
    pub fn lead(&mut self, given: &Given<'_>, way: &Way, least: bool, random: &mut Generator) {
        let base = self.all.len();
        for (place, &u) in way.through.iter().enumerate() {
            let behind = (place + 1 == way.through.len()).then_some(way.from);
            let mut from = Vec::new();
            for (v, r) in self.sharing(given, u).filter(|edge| self.at(edge.0) < base as u32) {
                let hears = !given.picks_one() && if least { r >= 1.0 } else { unit(random) < r };
                if behind == Some(v) || hears {
                    from.push(v);
                }
            }
            self.add(given, u, from);
        }
        way.through.windows(2).for_each(|pair| self.link(pair[1], pair[0]));
        self.spread(given, base, least, random);
    }

    /// Those from whom u heard, or may have heard if u is a listener, and of whom nothing is certain.
    fn free_heard(&self, given: &Given<'_>, u: u32, shares: bool) -> Vec<u32> {
        let free = |v: &u32| given.role(*v) == Role::Free;
        match shares {
            true => self.of(u).from.iter().copied().filter(free).collect(),
            false => self.sharing(given, u).map(|edge| edge.0).filter(free).collect(),
        }
    }

    /// Those through whom a witness may have heard, of whom nothing is certain, along live edges: as many as a coin says.
    pub fn back(&self, given: &Given<'_>, witness: &Witness, random: &mut Generator) -> Option<Vec<u32>> {
        let (u, shares) = (witness.account, witness.shares);
        let mut through: Vec<u32> = Vec::new();
        loop {
            let last = through.last().copied().unwrap_or(u);
            let heard = self.free_heard(given, last, shares || !through.is_empty());
            if heard.is_empty() || through.len() == MOST {
                return None;
            }
            let v = heard[any(random, heard.len())];
            if v == u || through.contains(&v) {
                return None;
            }
            through.push(v);
            if unit(random) < 0.5 {
                return Some(through);
            }
        }
    }

    /// What is known of the worth of a way before it is gone: `G_0 … G_k / (c_v 2^k w_1 … w_k)`; `stays` accepts the places of
    /// S.
    pub fn promise(&self, given: &Given<'_>, witness: &Witness, way: &Way, stays: impl Fn(u32) -> bool) -> f64 {
        way.through.iter().fold(witness.sum() / given.rho(way.from), |promise, &x| {
            let w = 1.0 - (1.0 - self.miss(given, x, &stays)) * given.rho(x);
            promise * sum(given, x) / (2.0 * w)
        })
    }

    /// The rest of it, once all have shared, but for what listeners say and those at the end: `1 / (m_0 … m_(k-1))`, over r of
    /// the first edge where the witness is a listener.
    pub fn kept(&self, given: &Given<'_>, witness: &Witness, through: &[u32]) -> f64 {
        let (u, shares, mut kept) = (witness.account, witness.shares, 1.0);
        for (place, &x) in std::iter::once(&u).chain(through).take(through.len()).enumerate() {
            kept /= self.free_heard(given, x, shares || place > 0).len() as f64;
        }
        if shares {
            return kept;
        }
        let first = given.followed(u).find(|edge| Some(&edge.0) == through.first());
        kept / first.map_or(0.0, |edge| edge.1)
    }

    /// Somebody seen to have been exposed is explained by others as well.
    ///
    /// From a witness, drawn from all, a way goes back to x_1, x_2, … x_k in proportion to `r_vx c_v` (G their sum; c 1 for who
    /// certainly shared, rho for others), until it comes to v in S, who shares. These edges are then live, the others by
    /// chance. The way back, [`Sharers::unexplain`], draws the witness, k with chance 2^-k, and goes along live edges from each
    /// to one of the m sharers of whom nothing is certain, in the end to one of the m_k in S. So the move is accepted with
    /// chance `L(S')/L(S) G_0 … G_k / (c_v 2^k m_0 … m_k w_1 … w_k)`, with w and L as in [`Sharers::birth`], over r of the
    /// first edge where the witness is a listener, whose coins are not noted. Not under `lt`, where a new way would end the
    /// old one.
    ///
    /// The factors that are known before anybody's followers are read decide alone first, the others then (delayed
    /// acceptance, Christen & Fox 2005): most ways are given up before they cost anything.
    pub fn explain(&mut self, given: &Given<'_>, random: &mut Generator) {
        let Some(witness) = witness(given, random) else { return };
        let (u, shares) = (witness.account, witness.shares);
        let Some(way) = self.way(given, witness, random).filter(|way| !way.through.is_empty()) else { return };
        let base = self.all.len();
        let stays = |at| (at as usize) < base;
        if unit(random) >= self.promise(given, witness, &way, stays) {
            return;
        }
        self.lead(given, &way, false, random);
        if shares && !self.of(u).from.contains(&way.through[0]) {
            self.link(way.through[0], u);
        }
        let new: Vec<u32> = self.all[base..].iter().map(|sharer| sharer.account).collect();
        let touched = self.listeners(given, &new);
        let ends = self.all[base + way.through.len() - 1].from.iter().filter(|&&v| stays(self.at(v))).count();
        let kept = self.kept(given, witness, &way.through) / ends as f64;
        let ratio = kept * self.support(given, &touched, stays);
        if unit(random) >= ratio {
            self.remove(given, &new);
        }
    }

    /// The way back of [`Sharers::explain`].
    pub fn unexplain(&mut self, given: &Given<'_>, random: &mut Generator) {
        let Some(witness) = witness(given, random) else { return };
        let u = witness.account;
        let Some(through) = self.back(given, witness, random) else { return };
        let gone = self.dependents(&through, None);
        if gone.iter().any(|&v| v == u || given.role(v) != Role::Free) {
            return;
        }
        let mut stays = vec![true; self.all.len()];
        gone.iter().for_each(|&v| stays[self.at(v) as usize] = false);
        let stays = |at| stays[at as usize];
        let last = through[through.len() - 1];
        let from: Vec<u32> = self.of(last).from.iter().copied().filter(|&v| stays(self.at(v))).collect();
        if from.is_empty() {
            return;
        }
        let way = Way { from: from[any(random, from.len())], through };
        if unit(random) * self.promise(given, witness, &way, stays) >= 1.0 {
            return;
        }
        let touched = self.listeners(given, &gone);
        let kept = self.kept(given, witness, &way.through) / from.len() as f64;
        let ratio = kept * self.support(given, &touched, stays);
        if unit(random) * ratio < 1.0 {
            self.remove(given, &gone);
        }
    }
}
