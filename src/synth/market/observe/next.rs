//! What sharing adds to the next post of each of an agency's creators, people who leaked in among the sharers: the part
//! of the truth that only simulation gives.

use super::super::super::draw::Draw;
use super::super::Made;
use super::super::chances::Chances;
use super::super::people::{People, SHARE_LEVELS};
use super::choice::Chosen;
use crate::base::seed::Key;
use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// People beyond the direct audience: mean and standard error.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Beyond {
    pub people: f64,
    pub error: f64,
}

/// For each of the chosen, in as many posts as the market has worlds. In other worlds nobody leaks in, and the market's
/// own truth says what is beyond.
pub fn beyond(made: &Made, graph: &Graph, chosen: &[Chosen], key: Key, run: &Run) -> Result<Vec<Beyond>> {
    let truth = &made.truth;
    if !truth.parameters.world.is_follow() {
        let known = |one: &Chosen| {
            let reach = &truth.creators[one.market as usize].reach;
            Beyond { people: reach.reach - reach.direct, error: reach.reach_error }
        };
        return Ok(chosen.iter().map(known).collect());
    }
    let people = People::of_truth(truth);
    let chances = Chances::new(&truth.parameters, &people, graph, &run.with_seed(truth.rng_seed))?;
    let worlds = truth.parameters.worlds;
    run.phase("simulating next posts", Some(chosen.len() as u64));
    let parts = par::map(run, &par::chunks(chosen.len(), 4), |range| {
        let mut walker = Walker { chances: &chances, direct: vec![0; people.accounts()], ..Walker::empty(&chances) };
        let mut found = Vec::with_capacity(range.len());
        for one in &chosen[range] {
            run.step(0)?;
            let audience = walker.audience(one.market);
            let key = key.of(u64::from(one.market));
            let (mut sum, mut squares) = (0u64, 0u128);
            for world in 0..worlds {
                let extra = walker.post(one.market, &audience, &mut Draw::new(key.of(world)));
                sum += extra;
                squares += u128::from(extra) * u128::from(extra);
            }
            let n = worlds as f64;
            let spread = u128::from(worlds) * squares - u128::from(sum) * u128::from(sum);
            found.push(Beyond {
                people: sum as f64 / n,
                error: libm::sqrt(spread as f64 / (n * n * (n - 1.0).max(1.0))),
            });
        }
        Ok(found)
    })?;
    Ok(parts.concat())
}

/// Followers who are people, by level of sharing and kind of follow: members of a group share with one chance.
type Audience = [Vec<u32>; SHARE_LEVELS.len() * 4];

/// The room a post needs.
struct Walker<'a> {
    chances: &'a Chances<'a>,
    /// The post in which somebody was found to see it straight from the creator; to see it from others, or to leak in.
    direct: Vec<u32>,
    reached: Vec<u32>,
    round: u32,
    queue: Vec<u32>,
}

impl<'a> Walker<'a> {
    fn empty(chances: &'a Chances<'a>) -> Self {
        Walker { chances, direct: vec![], reached: vec![0; chances.people.accounts()], round: 0, queue: vec![] }
    }

    fn audience(&self, v: u32) -> Audience {
        let mut groups = Audience::default();
        let people = self.chances.people;
        for (u, kind) in self.chances.followers(v).filter(|(u, _)| people.real[*u as usize]) {
            groups[people.level[u as usize] as usize * 4 + kind as usize].push(u);
        }
        groups
    }

    /// People whom one post of v reaches beyond its direct audience. Of these, only the sharers are drawn at first;
    /// whoever else was reached directly is asked when somebody shows them the post again.
    fn post(&mut self, v: u32, audience: &Audience, draw: &mut Draw) -> u64 {
        let chances = self.chances;
        let people = chances.people;
        self.round += 1;
        self.queue.clear();
        let content = chances.content(draw);
        let own = chances.exposures(v, content);
        for (group, members) in audience.iter().enumerate() {
            let chance = own[group % 4] * SHARE_LEVELS[group / 4].0;
            // Jumps between sharers are geometric.
            let scale = 1.0 / libm::log1p(-chance);
            let mut at = libm::floor(libm::log(1.0 - draw.unit()) * scale);
            while let Some(&u) = members.get(at as usize) {
                self.direct[u as usize] = self.round;
                self.queue.push(u);
                at += 1.0 + libm::floor(libm::log(1.0 - draw.unit()) * scale);
            }
        }
        for _ in 0..draw.poisson(chances.leaks[v as usize]) {
            let mut u = v;
            while u == v || !people.real[u as usize] {
                u = draw.below(people.accounts() as u64) as u32;
            }
            // Who sees it from the creator first does not leak in.
            if !self.seen(u) && !self.hears(v, u, &own, draw) {
                self.reached[u as usize] = self.round;
                self.queue.push(u);
            }
        }
        let mut extra = 0;
        while let Some(sharer) = self.queue.pop() {
            let exposures = chances.exposures(sharer, content);
            for (u, kind) in chances.followers(sharer) {
                if u == v || !people.real[u as usize] || self.seen(u) || !draw.chance(exposures[kind as usize]) {
                    continue;
                }
                if self.hears(v, u, &own, draw) {
                    continue;
                }
                self.reached[u as usize] = self.round;
                extra += 1;
                if draw.chance(chances.rho(u)) {
                    self.queue.push(u);
                }
            }
        }
        extra
    }

    fn seen(&self, u: u32) -> bool {
        self.direct[u as usize] == self.round || self.reached[u as usize] == self.round
    }

    /// Whether u, who is no direct sharer, sees the post straight from v.
    fn hears(&mut self, v: u32, u: u32, own: &[f64; 4], draw: &mut Draw) -> bool {
        let chances = self.chances;
        if chances.graph.following(u).binary_search(&v).is_err() {
            return false;
        }
        let (r, rho) = (own[chances.kind_of_follow(v, u) as usize], chances.rho(u));
        let hears = draw.chance(r * (1.0 - rho) / (1.0 - r * rho));
        if hears {
            self.direct[u as usize] = self.round;
        }
        hears
    }
}
