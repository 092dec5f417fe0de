//! Refinement: inside each community, single nodes merge into well-connected parts.
//!
//! Each part is connected, so the aggregate of the parts can be moved about without ever tearing a community
//! (Traag et al. 2019, algorithm A.2, RefinePartition). Communities do not touch each other here, so they are
//! refined in parallel; the random words are a function of (seed, pass, node).

use rayon::prelude::*;

use super::aggregate::Groups;
use super::net::{Mass, Net};
use super::tally::Tally;
use crate::base::par::Tools;
use crate::base::seed::Key;
use crate::base::{Result, Run, par};

/// What refinement found.
pub(crate) struct Refined {
    /// The part of every node; the parts of a community have neighbouring numbers.
    pub parts: Vec<u32>,
    /// The community of every part.
    pub community: Vec<u32>,
}

/// Cuts the communities `labels` (below `count`) into well-connected parts.
///
/// A node joins a part of its own community with chance ∝ exp(gain / randomness), over the parts where the gain
/// is not negative; its own, alone, counts as gain 0. `order` decides who chooses first.
pub(crate) fn refine<M: Mass>(
    run: &Run,
    net: &Net<M>,
    labels: &[u32],
    count: usize,
    order: &[u32],
    randomness: f64,
    key: Key,
) -> Result<Refined> {
    let groups = Groups::new(labels, count, order.iter().copied());
    let nodes = labels.len();
    let mut place = vec![0u32; nodes];
    groups.nodes.iter().enumerate().for_each(|(at, &v)| place[v as usize] = at as u32);
    let mut work = Vec::with_capacity(count + 1);
    work.push(0u64);
    let mut at = 0;
    for group in 0..count {
        at += groups.group(group).iter().map(|&v| net.rows.degree(v) as u64 + 1).sum::<u64>();
        work.push(at);
    }
    let ranges = par::chunks_by_degree(&work, 1 << 16);
    let cuts: Vec<_> =
        ranges.iter().map(|r| groups.offsets[r.start] as usize..groups.offsets[r.end] as usize).collect();
    let mut parts = vec![0u32; nodes];
    let pieces = par::split(&mut parts, &cuts);
    let temperature = randomness * net.unit;
    let tools = Tools::new();
    let found: Vec<Vec<u32>> = run.install(|| {
        ranges
            .par_iter()
            .zip(pieces)
            .map(|(range, piece)| {
                run.step(range.len() as u64)?;
                tools.with(Shop::default, |shop| {
                    let base = groups.offsets[range.start] as usize;
                    let mut community = Vec::new();
                    for group in range.clone() {
                        let span = groups.offsets[group] as usize..groups.offsets[group + 1] as usize;
                        let part = &mut piece[span.start - base..span.end - base];
                        shop.refine(net, &place, &groups.nodes, span, temperature, key);
                        let first = community.len() as u32;
                        let parts = shop.number(part, first);
                        community.resize(community.len() + parts, group as u32);
                    }
                    Ok(community)
                })
            })
            .collect::<Result<_>>()
    })?;
    // Local numbers to global ones, and from places to nodes.
    let mut starts = Vec::with_capacity(found.len());
    let mut total = 0u32;
    for community in &found {
        starts.push(total);
        total += community.len() as u32;
    }
    for (cut, start) in cuts.iter().zip(starts) {
        parts[cut.clone()].iter_mut().for_each(|part| *part += start);
    }
    let mut of_node = vec![0u32; nodes];
    par::fill(run, &par::chunks(nodes, par::CHUNK), &mut of_node, |range, out| {
        out.iter_mut().zip(&place[range]).for_each(|(out, &at)| *out = parts[at as usize]);
    })?;
    Ok(Refined { parts: of_node, community: found.into_iter().flatten().collect() })
}

/// A part that a node may join.
#[derive(Clone, Copy)]
struct Choice {
    part: u32,
    gain: f64,
    weight: f64,
}

/// The tools of one thread, used for one community after the other.
struct Shop<M> {
    /// The part of each member, by place in the community; a part is named after the place of its founder.
    part: Vec<u32>,
    /// The mass of each part.
    mass: Vec<M>,
    /// The weight from each part to the rest of the community.
    outward: Vec<f64>,
    /// Whether a part has one member.
    single: Vec<bool>,
    tally: Tally<f64>,
    choices: Vec<Choice>,
    list: Vec<u32>,
}

impl<M: Mass> Default for Shop<M> {
    fn default() -> Self {
        Shop {
            part: vec![],
            mass: vec![],
            outward: vec![],
            single: vec![],
            tally: Tally::default(),
            choices: vec![],
            list: vec![],
        }
    }
}

impl<M: Mass> Shop<M> {
    /// Refines the community whose members stand at `span` of `members`.
    fn refine(
        &mut self,
        net: &Net<M>,
        place: &[u32],
        members: &[u32],
        span: std::ops::Range<usize>,
        temperature: f64,
        key: Key,
    ) {
        let size = span.len();
        self.part.clear();
        self.part.extend(0..size as u32);
        if size == 1 {
            return;
        }
        let members = &members[span.clone()];
        self.mass.clear();
        self.mass.extend(members.iter().map(|&v| net.mass[v as usize]));
        self.single.clear();
        self.single.resize(size, true);
        let start = span.start as u32;
        let inside = |u: u32| Some(place[u as usize].wrapping_sub(start)).filter(|&at| (at as usize) < size);
        self.outward.clear();
        self.outward.extend(members.iter().map(|&v| {
            let row = net.rows.row(v);
            match net.rows.row_weights(v) {
                None => row.iter().filter(|&&u| inside(u).is_some()).count() as f64,
                Some(weights) => row.iter().zip(weights).filter(|(u, _)| inside(**u).is_some()).map(|(_, w)| w).sum(),
            }
        }));
        let whole = self.mass.iter().fold(M::default(), |sum, &mass| sum.plus(mass));
        let well_connected = |outward: f64, mass: M| outward >= net.scale * mass.cross(whole.minus(mass));
        for (at, &v) in members.iter().enumerate() {
            let own = self.mass[at];
            if !self.single[at] || !well_connected(self.outward[at], own) {
                continue;
            }
            let row = net.rows.row(v);
            let (tally, part) = (&mut self.tally, &self.part);
            tally.room(size, row.len());
            match net.rows.row_weights(v) {
                None => row.iter().filter_map(|&u| inside(u)).for_each(|q| tally.add(part[q as usize], 1.0)),
                Some(weights) => {
                    for (&u, &w) in row.iter().zip(weights) {
                        if let Some(q) = inside(u) {
                            tally.add(part[q as usize], w);
                        }
                    }
                }
            }
            self.choices.clear();
            let mut best = 0.0f64;
            for (c, weight) in tally.drain() {
                let (outward, mass) = (self.outward[c as usize], self.mass[c as usize]);
                let gain = weight - net.scale * own.cross(mass);
                if weight > 0.0 && gain >= 0.0 && well_connected(outward, mass) {
                    best = best.max(gain);
                    self.choices.push(Choice { part: c, gain, weight });
                }
            }
            let Some(chosen) = choose(&self.choices, best, temperature, key.unit(v as u64)) else { continue };
            let Choice { part, weight, .. } = self.choices[chosen];
            let c = part as usize;
            self.outward[c] += self.outward[at] - 2.0 * weight;
            self.mass[c] = self.mass[c].plus(own);
            self.single[c] = false;
            self.part[at] = part;
        }
    }

    /// Writes the parts, numbered in the order of their first member from `first` on; returns how many.
    fn number(&mut self, out: &mut [u32], first: u32) -> usize {
        self.list.clear();
        self.list.resize(out.len(), u32::MAX);
        let mut next = first;
        for (out, &part) in out.iter_mut().zip(&self.part) {
            let name = &mut self.list[part as usize];
            if *name == u32::MAX {
                *name = next;
                next += 1;
            }
            *out = *name;
        }
        (next - first) as usize
    }
}

/// One of the choices with chance ∝ exp(gain / temperature), or none (to stay alone, gain 0).
fn choose(choices: &[Choice], best: f64, temperature: f64, unit: f64) -> Option<usize> {
    if choices.is_empty() {
        return None;
    }
    let weight = |gain: f64| match gain == best {
        true => 1.0,
        // What is left out has a chance below 10^-21.
        false if gain - best > -50.0 * temperature => libm::exp((gain - best) / temperature),
        false => 0.0,
    };
    let alone = weight(0.0);
    let total: f64 = alone + choices.iter().map(|choice| weight(choice.gain)).sum::<f64>();
    let mut left = unit * total;
    for (at, choice) in choices.iter().enumerate() {
        left -= weight(choice.gain);
        if left < 0.0 {
            return Some(at);
        }
    }
    // What is left of the chance is for staying alone; rounding must not turn a sure choice into that.
    if alone > 0.0 { None } else { choices.iter().position(|choice| choice.gain == best) }
}
