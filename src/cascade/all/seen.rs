//! What backward walks saw of each account, in counts.

use crate::base::seed::Stream;
use crate::base::{Result, Run};
use crate::cascade::backward::{Backward, Meet, Words};

/// Samples between two looks at whether the run was cancelled.
const STEP: u64 = 1024;

/// What a batch of samples saw of one account.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Seen {
    /// The sample that met the account last, counted from 1.
    last: u32,
    /// Samples that met it: the root hears of its post.
    pub met: u32,
    /// Live edges by which it was met again in the same sample; for the root, all of them. Or their chance.
    pub again: f64,
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
            seen.again += 1.0;
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

    /// If v is there already, counts the chance of one more edge instead of tossing its coin: its mean without its noise.
    #[inline]
    fn settled(&mut self, v: u32, chance: f64) -> bool {
        let seen = &mut self.seen[v as usize];
        let there = seen.last == self.sample;
        if there {
            seen.again += chance;
        }
        there
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
            Words::new(run.seed(), Stream::Backward, number),
            &mut Counting { sample: sample as u32, seen, queue },
        );
    }
    Ok(())
}
