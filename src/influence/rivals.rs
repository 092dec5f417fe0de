//! What simple rules would sign: by an order, as long as the limits leave room.

use super::rules::Room;
use super::wishes::{Limits, Wishes};
use crate::base::Result;
use crate::graph::{Graph, Network};

impl Limits {
    /// Signs those of every portfolio, then down the order whoever still fits: what somebody would choose who looks at
    /// followers, prices or scores alone.
    ///
    /// **Errors**: as [`super::Select::run`]. Minima are met only where the order happens to.
    pub fn signed_in_order(
        &self,
        order: &[u32],
        wishes: &Wishes,
        network: &Network,
        graph: &Graph,
    ) -> Result<Vec<u32>> {
        let compiled = self.compile(wishes, network, graph)?;
        let rules = compiled.rules(None);
        let mut room = Room::new(&rules);
        let mut chosen = rules.must.clone();
        chosen.iter().for_each(|&place| room.add(place));
        for place in order.iter().filter_map(|&account| compiled.candidates.place(account)) {
            if room.fits(place) {
                room.add(place);
                chosen.push(place);
            }
        }
        Ok(compiled.candidates.at(&chosen))
    }
}
