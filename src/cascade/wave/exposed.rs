//! Who was exposed, given who shared.

use super::given::{Given, Role, Says};
use super::sharers::{Sharers, unit};
use super::{Drawn, Wave};
use crate::base::seed::Generator;
use crate::cascade::World;

impl Sharers {
    /// All who were exposed, drawn given all who shared: the coins are those of `world`, which nothing is known of.
    ///
    /// Whoever shared and did not post was exposed, and so were those seen to be. Who follows a sharer and did not share was
    /// exposed with chance `q (1 − rho) / (1 − q rho)`, q the chance to hear any: u's coins are tossed, and where
    /// they say that u heard and shares, which is known to be wrong, u is drawn by that chance. A poster counts if
    /// another poster's post came to them along live edges; those into posters are tossed now, for nothing rests on them.
    pub fn exposed(
        &mut self,
        given: &Given<'_>,
        world: &World<'_>,
        seen: &mut [bool],
        random: &mut Generator,
    ) -> Drawn {
        let posters = given.posters.len();
        let mut exposed: Vec<u32> = self.all[posters..].iter().map(|sharer| sharer.account).collect();
        exposed.extend(given.witnesses.iter().filter(|witness| !witness.shares).map(|witness| witness.account));
        exposed.iter().for_each(|&u| seen[u as usize] = true);
        let mut doubted = Vec::new();
        let mut back: Vec<(u32, u32)> = Vec::new();
        for sharer in &self.all {
            world.hearers(sharer.account, |u| {
                let silent = match given.role(u) {
                    Role::Poster => {
                        back.push((u, sharer.account));
                        return;
                    }
                    Role::Listener(Says::NotExposed) => return,
                    Role::Listener(_) | Role::Free | Role::Shared => !std::mem::replace(&mut seen[u as usize], true),
                };
                if silent {
                    if world.shares(u) { doubted.push(u) } else { exposed.push(u) }
                }
            });
        }
        for &u in &doubted {
            let q = 1.0 - self.miss(given, u, |_| true);
            let rho = given.resolved.rho(u);
            if unit(random) * (1.0 - q * rho) < q * (1.0 - rho) {
                exposed.push(u);
            }
        }
        exposed.iter().chain(&doubted).for_each(|&u| seen[u as usize] = false);
        back.sort_unstable();
        for came in back.chunk_by(|a, b| a.0 == b.0) {
            let poster = came[0].0;
            let own = self.dependents(&[poster], None);
            if came.iter().any(|(_, from)| !own.contains(from)) {
                exposed.push(poster);
            }
        }
        exposed.sort_unstable();
        let mut sharers: Vec<u32> = self.all.iter().map(|sharer| sharer.account).collect();
        sharers.sort_unstable();
        Drawn { exposed, sharers }
    }
}

impl Wave<'_> {
    /// Whether a walk from the posters, just made, shows all that was observed.
    pub(super) fn agrees(&self, walker: &crate::cascade::Walker, world: &World<'_>) -> bool {
        let given = &self.given;
        let exposed = |u: u32, shares: bool| walker.has_reached(u) && world.shares(u) == shares;
        given.witnesses.iter().all(|witness| exposed(witness.account, witness.shares))
            && given.listeners.iter().all(|listener| {
                let u = listener.account;
                match given.role(u) {
                    Role::Listener(Says::NotExposed) => !walker.has_reached(u),
                    Role::Listener(Says::NotShared) => !(walker.has_reached(u) && world.shares(u)),
                    _ => true,
                }
            })
    }
}
