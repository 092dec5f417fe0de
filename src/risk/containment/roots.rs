//! Whom each voice saves for certain: searches backwards against the clock, from people whom the scandal turns.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Named;
use super::stage::{Scene, Stage};
use crate::base::seed::Key;

/// Two sums of the same delays, taken from either end, differ by less than this share: a voice must be earlier by more.
const ROUNDING: f64 = 1e-12;

/// People whom the scandal turns, each with the voices that are there first, and how much later these may begin.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// What each stands for, in units of weight.
    weights: Vec<f64>,
    /// Where the voices of each end among `voices`.
    ends: Vec<usize>,
    /// Places among the candidates, with the delay below which the voice is first.
    voices: Vec<(u32, f64)>,
}

impl Roots {
    /// How many people were looked at.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The voices of each person, in order.
    pub fn sets(&self) -> impl Iterator<Item = &[(u32, f64)]> + '_ {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.voices[start..end])
    }

    /// Adds those of another, which come after these.
    pub fn append(&mut self, other: &Roots) {
        let before = self.voices.len();
        self.weights.extend(&other.weights);
        self.ends.extend(other.ends.iter().map(|end| before + end));
        self.voices.extend(&other.voices);
    }
}

/// The scratch of searches backwards: 12 bytes an account.
#[derive(Debug, Default)]
pub(super) struct Searcher {
    /// By account: the last search that came here, and the hours from here to where it began.
    searched: Vec<(u32, f64)>,
    search: u32,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
    met: Vec<u32>,
}

impl Searcher {
    /// Bytes an account.
    pub const BYTES: u64 = 16;

    /// Looks at people of an open stage, drawn by the words of `key`: up to `most` of those whom the scandal reaches after
    /// `delay` hours, who alone can be saved then, and a quarter as many of those whom it reaches later than `least`, for
    /// shorter delays. Candidates are not looked at, for voices do not count, unless most accounts are candidates; then none
    /// is in a set of their own.
    pub fn search(
        &mut self,
        scene: Scene<'_>,
        stage: &Stage,
        named: &Named,
        (delay, least): (f64, f64),
        (most, key): (usize, Key),
        roots: &mut Roots,
    ) {
        let (mut late, mut early) = (Vec::new(), Vec::new());
        for (u, hours) in stage.turned() {
            // A sum of delays may be off by rounding.
            let hours = hours * (1.0 - ROUNDING);
            if named.place(u).is_some() && !named.are_most() {
                continue;
            }
            if hours > delay {
                late.push((u, hours));
            } else if hours > least {
                early.push((u, hours));
            }
        }
        for (mut people, most) in [(late, most), (early, most.div_ceil(4))] {
            let all = people.len();
            if all > most {
                people.select_nth_unstable_by_key(most, |&(u, _)| (key.word(u64::from(u)), u));
                people.truncate(most);
            }
            people.sort_unstable_by_key(|&(u, _)| u);
            let times = all as f64 / people.len() as f64;
            for root in people {
                roots.weights.push(times * scene.world.resolved().units(root.0) as f64);
                self.backwards(scene, stage, named, root, least, &mut roots.voices);
                roots.ends.push(roots.voices.len());
            }
        }
    }

    /// The candidates from whom the truth comes to u in fewer than `hours - least` (Dijkstra 1959, backwards over the edges
    /// that carry, through those who pass on), each with how much is left.
    fn backwards(
        &mut self,
        scene: Scene<'_>,
        stage: &Stage,
        named: &Named,
        (u, hours): (u32, f64),
        least: f64,
        voices: &mut Vec<(u32, f64)>,
    ) {
        let Scene { world, limit, .. } = scene;
        let graph = world.resolved().graph();
        self.searched.resize(graph.accounts(), (0, 0.0));
        if self.search == u32::MAX {
            self.searched.fill((0, 0.0));
            self.search = 0;
        }
        self.search += 1;
        self.met.clear();
        self.searched[u as usize] = (self.search, 0.0);
        self.queue.push(Reverse((0, u)));
        while let Some(Reverse((bits, x))) = self.queue.pop() {
            let since = f64::from_bits(bits);
            if self.searched[x as usize].1 != since {
                continue;
            }
            for &y in graph.following(x) {
                // Few are candidates or pass anything on, which a look or one coin shows.
                let candidate = named.place(y).is_some();
                if !(candidate || world.shares(y)) || y == u || stage.is_opening(y) {
                    continue;
                }
                let Some(fell) = world.hears_times(x, y, 1.0) else { continue };
                let before = since + limit.hours(fell.share());
                if before + least >= hours {
                    continue;
                }
                let (search, best) = self.searched[y as usize];
                let new = search != self.search;
                if new && candidate {
                    self.met.push(y);
                }
                if new || before < best {
                    self.searched[y as usize] = (self.search, before);
                    if !candidate || world.shares(y) {
                        self.queue.push(Reverse((before.to_bits(), y)));
                    }
                }
            }
        }
        self.met.sort_unstable();
        let left = |&y: &u32| Some((named.place(y)?, hours - self.searched[y as usize].1));
        voices.extend(self.met.iter().filter_map(left));
    }
}
