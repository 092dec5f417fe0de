//! What backward walks saw of each account, in counts.

use serde::{Deserialize, Serialize};

use crate::base::seed::Stream;
use crate::base::{Error, Result, Run};
use crate::cascade::backward::{Backward, Coins, Meet};

/// Samples between two looks at whether the run was cancelled.
const STEP: u64 = 1024;

/// What a batch of samples saw of one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// The sample that met the account last, counted from 1.
    last: u32,
    /// Samples that met it: the root hears of its post.
    pub met: u32,
    /// Live edges by which it was met again in the same sample; for the root, all of them.
    pub again: u64,
}

/// What some samples saw, of those whom they met: on its way from one process to another.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Counted(Vec<(u32, u32, u64)>);

impl Counted {
    /// What was seen, without what was not.
    pub fn of(seen: &[Seen]) -> Self {
        let met = seen.iter().zip(0..).filter(|(seen, _)| seen.met > 0 || seen.again > 0);
        Counted(met.map(|(seen, account)| (account, seen.met, seen.again)).collect())
    }

    /// Adds it to what others saw.
    pub fn add(&self, seen: &mut [Seen]) -> Result<()> {
        self.0.iter().try_for_each(|&(account, met, again)| {
            let seen = seen.get_mut(account as usize).ok_or_else(|| Error::engine("walks met who is not there"))?;
            seen.met += met;
            seen.again += again;
            Ok(())
        })
    }
}

/// A sample under way: who was met, and who of them is still to step back from.
struct Counting<'s> {
    sample: u32,
    seen: &'s mut [Seen],
    queue: &'s mut Vec<u32>,
}

impl Meet for Counting<'_> {
    #[inline]
    fn begin(&mut self, root: u32) {
        self.seen[root as usize].last = self.sample;
        self.queue.clear();
        self.queue.push(root);
    }

    #[inline]
    fn queue(&self) -> &[u32] {
        self.queue
    }

    #[inline]
    fn meet(&mut self, v: u32) {
        let seen = &mut self.seen[v as usize];
        if seen.last == self.sample {
            seen.again += 1;
        } else {
            seen.last = self.sample;
            seen.met += 1;
            self.queue.push(v);
        }
    }

    /// With a limit of time there is no relation between followers by which the direct part becomes exact: it is not
    /// counted, but added ([`super::steps::Steps`]).
    #[inline]
    fn meet_directly(&mut self, v: u32) {
        let seen = &mut self.seen[v as usize];
        if seen.last != self.sample {
            seen.last = self.sample;
            self.queue.push(v);
        }
    }
}

/// Takes samples of these numbers into `seen`, which has taken `before` already. `queue` is a tool.
pub(super) fn count(
    backward: &Backward<'_>,
    numbers: impl Iterator<Item = u64>,
    before: u64,
    seen: &mut [Seen],
    queue: &mut Vec<u32>,
    run: &Run,
) -> Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    for (sample, number) in (before + 1..).zip(numbers) {
        if sample % STEP == 0 {
            run.step(STEP)?;
        }
        backward.walk(
            Coins::new(run.seed(), Stream::Backward, number),
            &mut Counting { sample: sample as u32, seen, queue },
        );
    }
    Ok(())
}
