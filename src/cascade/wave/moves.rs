//! The moves of a chain that touch one sharer: one more, one fewer, and heard from others.

use super::given::{Given, Role};
use super::sharers::{Sharers, any, unit};
use crate::base::seed::{Generator, below};

/// Whether u heard any of those whom it follows and who share, by chance; of `from`, given that one of them was heard.
/// The sharers heard, in the order of `from`.
fn heard_one(given: &Given<'_>, from: &[(u32, f64)], random: &mut Generator) -> Vec<u32> {
    let mut heard = Vec::new();
    if given.picks_one() {
        let mut left = unit(random) * from.iter().fold(0.0, |sum, edge| sum + edge.1);
        let found = from.iter().find(|edge| {
            left -= edge.1;
            left < 0.0
        });
        heard.extend(found.or(from.last()).map(|edge| edge.0));
        return heard;
    }
    // The first: edge i with chance r_i and none before. Those after it as they come.
    let mut left = unit(random) * (1.0 - given.miss(from.iter().map(|edge| edge.1)));
    let mut none_before = 1.0;
    let first = from.iter().position(|edge| {
        left -= none_before * edge.1;
        none_before *= 1.0 - edge.1;
        left < 0.0
    });
    let first = first.or(from.len().checked_sub(1));
    for (place, &(v, r)) in from.iter().enumerate().skip(first.unwrap_or(0)) {
        if Some(place) == first || unit(random) < r {
            heard.push(v);
        }
    }
    heard
}

impl Sharers {
    /// Sharers beside the posters.
    pub fn others(&self, given: &Given<'_>) -> usize {
        self.all.len() - given.posters.len()
    }

    /// Listeners who follow any of these, in order.
    pub fn listeners(&self, given: &Given<'_>, sharers: &[u32]) -> Vec<u32> {
        let heard = sharers.iter().flat_map(|&v| given.heard(v));
        let mut listeners: Vec<u32> = heard.map(|heard| heard.listener).collect();
        listeners.sort_unstable();
        listeners.dedup();
        listeners
    }

    /// One more sharer, and all whom their post brings.
    ///
    /// A live edge (v, u) is proposed in proportion to `r_vu rho_u`, u's other edges and all that follows by chance. With
    /// S before and S' after, W the sum of the rows of S, `w = 1 − q_u(S) rho_u` and L the chance of what listeners say,
    /// the move is accepted with chance `L(S')/L(S) W / (w |S'| k)`: the way back draws u from the |S'| who did not post
    /// and v from the k in S whom u heard.
    pub fn birth(&mut self, given: &Given<'_>, random: &mut Generator) {
        let total = self.rows.total();
        if total == 0 {
            return;
        }
        let slot = self.rows.find(below(rand::Rng::next_u64(random), total));
        let (v, row) = (self.all[slot].account, self.all[slot].row);
        let followers = given.resolved.graph().followers(v);
        let u = loop {
            let place = any(random, followers.len());
            let u = followers[place];
            if unit(random) * row.most < given.resolved.r(v, place, u) * given.resolved.rho(u) {
                break u;
            }
        };
        if given.role(u) != Role::Free || self.has(u) {
            return;
        }
        let sharing: Vec<(u32, f64)> = self.sharing(given, u).collect();
        let miss = given.miss(sharing.iter().map(|edge| edge.1));
        let mut from = sharing;
        from.retain(|&(other, r)| other == v || (!given.picks_one() && unit(random) < r));
        let (base, heard) = (self.all.len(), from.len());
        self.add(given, u, from.into_iter().map(|edge| edge.0).collect());
        self.spread(given, base, false, random);

        let others = self.others(given);
        let weight = self.rows.weight(slot) as f64;
        let back = 1.0 / (others as f64 * heard as f64);
        let ratio = total as f64 / weight * row.sum / (1.0 - (1.0 - miss) * given.rho(u)) * back;
        let new: Vec<u32> = self.all[base..].iter().map(|sharer| sharer.account).collect();
        let touched = self.listeners(given, &new);
        let support = self.support(given, &touched, |at| (at as usize) < base);
        if unit(random) >= ratio * support {
            self.remove(given, &new);
        }
    }

    /// One sharer fewer, and all who heard it through them alone: the way back of [`Sharers::birth`].
    pub fn death(&mut self, given: &Given<'_>, random: &mut Generator) {
        let others = self.others(given);
        if others == 0 {
            return;
        }
        let u = self.all[given.posters.len() + any(random, others)].account;
        if given.role(u) != Role::Free {
            return;
        }
        let gone = self.dependents(&[u], None);
        if gone.iter().any(|&u| given.role(u) != Role::Free) {
            return;
        }
        let mut stays = vec![true; self.all.len()];
        gone.iter().for_each(|&u| stays[self.at(u) as usize] = false);
        let from: Vec<u32> = self.of(u).from.iter().copied().filter(|&v| stays[self.at(v) as usize]).collect();
        let slot = self.at(from[any(random, from.len())]) as usize;
        let miss = self.miss(given, u, |at| stays[at as usize]);
        let lost = gone.iter().fold(0, |sum, &u| sum + self.rows.weight(self.at(u) as usize));
        let total = self.rows.total() - lost;
        let back = 1.0 / (others as f64 * from.len() as f64);
        let (weight, sum) = (self.rows.weight(slot) as f64, self.all[slot].row.sum);
        let ratio = total as f64 / weight * sum / (1.0 - (1.0 - miss) * given.rho(u)) * back;
        let touched = self.listeners(given, &gone);
        let support = self.support(given, &touched, |at| stays[at as usize]);
        if unit(random) * ratio * support < 1.0 {
            self.remove(given, &gone);
        }
    }

    /// All coins into one sharer anew: of those whom it does not itself bring at least one was heard, the others as they come.
    pub fn hear_anew(&mut self, given: &Given<'_>, random: &mut Generator) {
        let others = self.others(given);
        if others == 0 {
            return;
        }
        let u = self.all[given.posters.len() + any(random, others)].account;
        let brought = self.dependents(&[u], None);
        let mut inside = vec![false; self.all.len()];
        brought.iter().for_each(|&u| inside[self.at(u) as usize] = true);
        let (own, from): (Vec<_>, Vec<_>) = self.sharing(given, u).partition(|edge| inside[self.at(edge.0) as usize]);
        let mut heard = heard_one(given, &from, random);
        if !given.picks_one() {
            heard.extend(own.into_iter().filter(|edge| unit(random) < edge.1).map(|edge| edge.0));
        }
        self.relink(u, heard);
    }
}
