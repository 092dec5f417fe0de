//! The links between communities: ends at random, with exchanges where both live in one community.

use crate::base::seed::below;
use crate::base::{Result, Run, par};
use crate::synth::Step;
use crate::synth::configuration::ends;
use crate::synth::shuffle::Shuffle;

/// The links between communities.
pub(super) struct Outer {
    pub(super) links: Vec<(u32, u32)>,
    /// Links that found no place.
    pub(super) unplaced: u64,
}

/// How often a link that stays at home is offered an exchange.
const TRIES: u64 = 200;

/// Pairs the outer ends of all accounts.
pub(super) fn draw(run: &Run, degrees: &[u32], homes: &[u32]) -> Result<Outer> {
    let ends = ends(degrees);
    let order = Shuffle::new(Step::LfrOuter.key(run, 0), ends.len() as u64);
    let end = |place: usize| ends[order.at(place as u64) as usize];
    let mut links = vec![(0u32, 0u32); ends.len() / 2];
    run.phase("links between communities", Some(links.len() as u64));
    let at_home = |(a, b): (u32, u32)| homes[a as usize] == homes[b as usize];
    let chunks = par::chunks(links.len(), 1 << 16);
    let stuck: Vec<usize> = par::fill(run, &chunks, &mut links, |range, part| {
        let begin = range.start;
        range.zip(part.iter_mut()).for_each(|(at, link)| *link = (end(2 * at), end(2 * at + 1)));
        (0..part.len()).filter(|&at| at_home(part[at])).map(|at| begin + at).collect::<Vec<usize>>()
    })?
    .concat();

    let key = Step::LfrRepair.key(run, 0);
    let mut gone = Vec::new();
    for (turn, at) in stuck.into_iter().enumerate() {
        // An exchange with an earlier one may have helped it already.
        if !at_home(links[at]) {
            continue;
        }
        let key = key.of(turn as u64);
        let helped = (0..TRIES).any(|attempt| {
            let other = below(key.word(attempt), links.len() as u64) as usize;
            let ((a, b), (c, d)) = (links[at], links[other]);
            let helps = !at_home((a, c)) && !at_home((b, d));
            if helps {
                (links[at], links[other]) = ((a, c), (b, d));
            }
            helps
        });
        if !helped {
            gone.push(at);
        }
    }
    let unplaced = (gone.len() + ends.len() % 2) as u64;
    for at in gone.into_iter().rev() {
        links.swap_remove(at);
    }
    Ok(Outer { links, unplaced })
}
