//! The voices that save most of the people looked at.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::roots::Roots;

/// For each candidate the people it can save: [`Roots`] turned over by a counting sort.
#[derive(Debug)]
pub(super) struct Saved<'a> {
    weights: &'a [f64],
    offsets: Vec<usize>,
    /// The person, and the delay below which the candidate is first.
    people: Vec<(u32, f64)>,
}

impl<'a> Saved<'a> {
    /// Turns over what so many candidates can save.
    pub fn new(roots: &'a Roots, candidates: usize) -> Self {
        let mut offsets = vec![0usize; candidates + 1];
        let members = || roots.sets().zip(0u32..).flat_map(|(set, u)| set.iter().map(move |&(c, left)| (c, u, left)));
        members().for_each(|(candidate, ..)| offsets[candidate as usize + 1] += 1);
        for at in 0..candidates {
            offsets[at + 1] += offsets[at];
        }
        let mut next = offsets.clone();
        let mut people = vec![(0, 0.0); offsets[candidates]];
        for (candidate, u, left) in members() {
            people[next[candidate as usize]] = (u, left);
            next[candidate as usize] += 1;
        }
        Saved { weights: roots.weights(), offsets, people }
    }

    /// Up to `count` of these candidates, by place, who save most if they speak after `delay`, with what each adds, in units of weight
    /// over all worlds: greedily, a gain looked at again only where it may still be the largest (Minoux 1978); of equals the
    /// first. Whoever adds nobody is left out.
    pub fn greedy(&self, among: impl Iterator<Item = u32>, count: usize, delay: f64) -> Vec<(u32, f64)> {
        let mut saved = vec![false; self.weights.len()];
        let gain = |candidate: u32, saved: &[bool]| {
            let counts = |&&(u, left): &&(u32, f64)| left > delay && !saved[u as usize];
            let people = self.of(candidate).iter().filter(counts);
            people.fold(0.0, |sum, &(u, _)| sum + self.weights[u as usize])
        };
        // Gains are never negative: their bits sort as they do. Beside them, after how many choices they were computed.
        let entry = |candidate: u32, round: usize, gain: f64| (gain.to_bits(), Reverse(candidate), round);
        let mut queue: BinaryHeap<_> = among.map(|c| entry(c, 0, gain(c, &saved))).collect();
        let mut chosen: Vec<(u32, f64)> = Vec::new();
        while chosen.len() < count {
            let Some((bits, Reverse(candidate), round)) = queue.pop() else { break };
            if bits == 0 {
                break;
            }
            if round < chosen.len() {
                queue.push(entry(candidate, chosen.len(), gain(candidate, &saved)));
                continue;
            }
            chosen.push((candidate, f64::from_bits(bits)));
            for &(u, left) in self.of(candidate) {
                saved[u as usize] |= left > delay;
            }
        }
        chosen
    }

    fn of(&self, candidate: u32) -> &[(u32, f64)] {
        &self.people[self.offsets[candidate as usize]..self.offsets[candidate as usize + 1]]
    }
}
