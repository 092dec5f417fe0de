//! What has happened: who fell, and from whom it comes.

use std::fmt;

use crate::cascade::World;
use crate::cascade::sided::{Opening, Side, Temper};

/// Who else speaks against from the beginning, by world.
type Critics<'a> = dyn Fn(&World<'_>) -> Vec<Opening> + Sync + 'a;

/// What has happened: who fell, who takes it up, and how much farther it is carried than the truth.
#[derive(Clone)]
pub struct Outbreak<'a> {
    pub(super) fallen: &'a [u32],
    pub(super) temper: &'a Temper<'a>,
    pub(super) critics: Option<&'a Critics<'a>>,
}

impl fmt::Debug for Outbreak<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbreak").field("fallen", &self.fallen).field("temper", &self.temper).finish_non_exhaustive()
    }
}

impl<'a> Outbreak<'a> {
    /// It comes from the accounts of those who fell, at hour 0.
    pub fn new(fallen: &'a [u32], temper: &'a Temper<'a>) -> Self {
        Outbreak { fallen, temper, critics: None }
    }

    /// In each world it comes from these others too, whatever side they are written on: critics who share by their coin, say.
    pub fn with_critics(self, critics: &'a Critics<'a>) -> Self {
        Outbreak { critics: Some(critics), ..self }
    }

    /// From whom it comes in one world, each once; accounts outside the graph and hours that are none do not get in.
    pub(super) fn openings(&self, world: &World<'_>) -> Vec<Opening> {
        let accounts = world.resolved().graph().accounts();
        let fallen = self.fallen.iter().map(|&v| Opening::scandal(v));
        let critics = self.critics.map_or(Vec::new(), |critics| critics(world));
        let critics = critics.into_iter().map(|o| Opening { side: Some(Side::Negative), after: o.after.max(0.0), ..o });
        let mut openings: Vec<Opening> = fallen.chain(critics).filter(|o| (o.account as usize) < accounts).collect();
        openings.sort_by(|a, b| a.account.cmp(&b.account).then(a.after.total_cmp(&b.after)));
        openings.dedup_by_key(|opening| opening.account);
        openings
    }
}
