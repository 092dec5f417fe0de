//! A chain of states that all agree with what was observed: where it starts, and one sweep of it.

use super::given::{Given, Role, Witness};
use super::sharers::{Sharer, Sharers, any};
use super::ways::Way;
use crate::base::seed::{Generator, mix};

/// Tries to find a likely way before the shortest is taken.
const TRIES: usize = 20;

/// Numbers of a state by which chains are compared: sharers, live edges, the people to whom sharers are expected to pass it
/// on, and random weights of all sharers and of those who are heard by somebody observed.
pub(super) const FIGURES: usize = 5;

/// A chain.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub sharers: Sharers,
    random: Generator,
}

impl Chain {
    /// A chain that has not begun; `sharers` may be of any state.
    pub fn new(sharers: Sharers, random: Generator) -> Chain {
        Chain { sharers, random }
    }

    /// Goes on from the sharers of another chain.
    pub fn go_on(&mut self, given: &Given<'_>, others: &[Sharer]) {
        self.sharers.begin(given);
        self.sharers.restore(given, others);
    }

    /// Begins anew; false if the state found does not agree with what was seen, which happens under `lt` alone.
    ///
    /// Posters' posts travel as if nothing were known, or to as few as possible if `least`, and whoever is known to have
    /// been exposed and is not is led to by likely steps. Chains of both kinds that meet come from both sides.
    pub fn begin(&mut self, given: &Given<'_>, least: bool) -> bool {
        let (sharers, random) = (&mut self.sharers, &mut self.random);
        sharers.begin(given);
        sharers.spread(given, 0, least, random);
        let mut sought: Vec<&Witness> = given.witnesses.iter().collect();
        while !sought.is_empty() {
            let witness = sought.swap_remove(any(random, sought.len()));
            let u = witness.account;
            let is_led_to = if witness.shares { sharers.has(u) } else { sharers.miss(given, u, |_| true) < 1.0 };
            if is_led_to {
                continue;
            }
            let likely = (0..TRIES).find_map(|_| sharers.way(given, witness, random));
            let mut way = likely.unwrap_or_else(|| shortest(sharers, witness));
            if witness.shares {
                way.through.insert(0, u);
            }
            sharers.lead(given, &way, least, random);
        }
        let chances = given.listeners.iter().zip(&sharers.followed);
        chances
            .into_iter()
            .all(|(listener, followed)| listener.chance(given.miss(followed.iter().map(|edge| edge.1))) > 0.0)
    }

    /// So many moves.
    pub fn sweep(&mut self, given: &Given<'_>, moves: usize) {
        let (sharers, random) = (&mut self.sharers, &mut self.random);
        let kinds = if given.picks_one() { 8 } else { 12 };
        for _ in 0..moves {
            match any(random, kinds) {
                0..3 => sharers.birth(given, random),
                3..6 => sharers.death(given, random),
                6..8 => sharers.hear_anew(given, random),
                8 => sharers.explain(given, random),
                9 => sharers.unexplain(given, random),
                _ => sharers.exchange(given, random),
            }
        }
    }

    /// What chains are compared by.
    pub fn figures(&self, given: &Given<'_>) -> [f64; FIGURES] {
        let (sharers, first) = (&self.sharers, given.posters.len());
        let mut figures = [sharers.all.len() as f64, 0.0, sharers.rows.total() as f64, 0.0, 0.0];
        for sharer in &sharers.all[first..] {
            let weight = (mix(sharer.account.into()) >> 11) as f64;
            figures[1] += sharer.from.len() as f64;
            figures[3] += weight;
            let seen = sharer.to.iter().any(|&u| given.role(u) == Role::Shared);
            if given.role(sharer.account) == Role::Free && (seen || !given.heard(sharer.account).is_empty()) {
                figures[4] += weight;
            }
        }
        figures
    }
}

/// The shortest way back from a witness to somebody who shares.
fn shortest(sharers: &Sharers, witness: &Witness) -> Way {
    let route = &witness.route;
    // It ends at a poster, who shares.
    let place = route.iter().position(|&v| sharers.has(v)).unwrap_or(route.len() - 1);
    Way { through: route[..place].to_vec(), from: route[place] }
}
