//! How far a post travels by what was learned: sharers drawn forwards from its creator, with everything that is not known drawn
//! as well.

use super::cells::{CELLS, Cells};
use super::factors::{Factors, Own};
use super::hierarchical::Learned;
use super::leak::Leak;
use super::traces::Traces;
use crate::base::seed::{Generator, Key, Stream};
use crate::base::stats::normal_quantile;
use crate::base::{Result, Run, par};
use crate::graph::Graph;

use rand::RngExt;

/// Every follow as a rate: a post shared by v hits its follower u at the times of a Poisson process of rate
/// `λ_vu = −ln(1 − p_vu)`, once or oftener with chance p. What moves many shares together is a factor on the rates.
///
/// Memory: 8 bytes an edge.
#[derive(Debug, Clone)]
pub struct Travel<'a> {
    graph: &'a Graph,
    /// Sums of rates up to and with each place among the follower rows, from the start of the row.
    sums: Vec<f64>,
    /// What is not known, where anything was learned.
    unknown: Option<Unknown<'a>>,
}

/// What is drawn besides the coins.
#[derive(Debug, Clone)]
struct Unknown<'a> {
    cells: &'a Cells,
    learned: &'a Learned,
    /// By those who started cascades: their factors, of shares and of acts from outside.
    own: Vec<(u32, Own, Own)>,
    /// Of a creator of whom nothing is known.
    new: (Own, Own),
    /// The share of acts from outside that are of people outside the network.
    beyond: f64,
}

/// Which layers of what is not known are drawn; the others stay at their means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// Means of cells and of the leak.
    pub cells: bool,
    /// Factors of creators.
    pub creators: bool,
    /// Factors of posts.
    pub posts: bool,
}

impl Drawn {
    /// Everything.
    pub const ALL: Drawn = Drawn { cells: true, creators: true, posts: true };
    /// Coins alone, as independent draws for each follow leave it: a sum of thousands of them hardly varies.
    pub const NOTHING: Drawn = Drawn { cells: false, creators: false, posts: false };
    /// Coins, of the expected post: what the mean over posts is known to.
    pub const MEAN: Drawn = Drawn { cells: true, creators: true, posts: false };
}

/// Room for one post after the other.
#[derive(Debug, Default)]
pub struct Room {
    met: Vec<u64>,
    post: u64,
    queue: Vec<u32>,
}

/// One draw of everything but the coins.
struct Draw {
    cells: [f64; CELLS],
    most: f64,
    /// On all rates of the post.
    post: f64,
    /// On the starter's rates besides.
    starter: f64,
    /// Acts from outside expected.
    outside: f64,
}

/// Sharers of one post, at most: nobody's figure needs more, and it takes room.
const MOST: usize = 10_000_000;

impl<'a> Travel<'a> {
    /// By what was learned.
    pub fn learned(
        traces: &Traces<'a>,
        cells: &'a Cells,
        learned: &'a Learned,
        likelihood: &super::super::count::Likelihood,
        run: &Run,
    ) -> Result<Travel<'a>> {
        let sums = sums(traces.graph, run, |v, rates| {
            traces.tried(v, |place, u, trials, pair| {
                let p = learned.of(cells.at(place), v, u, trials, pair);
                rates.push(-libm::log1p(-p.min(0.999)));
            });
        })?;
        let of = |factors: &Factors, counts: &[super::factors::Counted]| factors.own(counts, likelihood);
        let Leak { factors, started, .. } = &learned.leak;
        let own = learned.started.iter().map(|(v, counts)| {
            let leaks = started.binary_search_by_key(v, |one| one.0).map_or(&[][..], |at| &started[at].1[..]);
            (*v, of(&learned.factors, counts), of(factors, leaks))
        });
        let unknown = Unknown {
            cells,
            learned,
            own: own.collect(),
            new: (of(&learned.factors, &[]), of(factors, &[])),
            beyond: if learned.leak.acts > 0.0 { learned.leak.beyond / learned.leak.acts } else { 0.0 },
        };
        Ok(Travel { graph: traces.graph, sums, unknown: Some(unknown) })
    }

    /// By weighted cascade, `p_vu = 1/|D(u)|`: nothing is learned, and nothing drawn but coins.
    pub fn weighted_cascade(graph: &'a Graph, run: &Run) -> Result<Travel<'a>> {
        let sums = sums(graph, run, |v, rates| {
            let rate = |&u: &u32| {
                let p = 1.0 / graph.following(u).len().max(1) as f64;
                -libm::log1p(-p.min(0.999))
            };
            rates.extend(graph.followers(v).iter().map(rate));
        })?;
        Ok(Travel { graph, sums, unknown: None })
    }

    /// Sharers of the next post of an account, the account not counted, in each of some draws. Draws of the same number share
    /// the means of cells and of the leak, whoever posts; `post` tells posts apart.
    pub fn sharers(&self, starter: u32, post: u64, draws: u32, drawn: Drawn, seed: u64, room: &mut Room) -> Vec<f64> {
        room.met.resize(self.graph.accounts(), 0);
        (0..draws)
            .map(|draw| {
                let shared = Key::new(seed, Stream::Sharers, u64::from(draw));
                let own = shared.of(1 + u64::from(starter));
                let key = own.of(2u64.wrapping_add(post));
                let drawn = self.draw(starter, drawn, shared, own, key);
                self.post(starter, &drawn, &mut key.of(0).generator(), room) as f64
            })
            .collect()
    }

    fn draw(&self, starter: u32, drawn: Drawn, shared: Key, own: Key, key: Key) -> Draw {
        let mut draw = Draw { cells: [1.0; CELLS], most: 1.0, post: 1.0, starter: 1.0, outside: 0.0 };
        let Some(unknown) = &self.unknown else { return draw };
        let (learned, leak) = (unknown.learned, &unknown.learned.leak);
        let normal = |key: Key, item: u64| normal_quantile(key.unit(item).max(1e-12));
        let cells = shared.of(0);
        if drawn.cells {
            for (cell, factor) in draw.cells.iter_mut().enumerate() {
                let sd = learned.unsure[cell].min(1.0);
                *factor = libm::exp(sd * normal(cells, cell as u64) - 0.5 * sd * sd);
            }
            draw.most = draw.cells.iter().copied().fold(0.0, f64::max);
        }
        let found = unknown.own.binary_search_by_key(&starter, |one| one.0).ok().map(|at| &unknown.own[at]);
        let (shares, leaks) = found.map_or((&unknown.new.0, &unknown.new.1), |own| (&own.1, &own.2));
        draw.outside = leak.mean * leaks.mean();
        if drawn.cells && leak.acts > 0.0 {
            let sd = leak.interval.half_width() / leak.mean / 1.96;
            draw.outside *= (1.0 + sd * normal(cells, CELLS as u64)).max(0.0);
        }
        if drawn.creators {
            draw.starter = libm::exp(shares.draw(own.unit(0), own.unit(1))) / shares.mean();
            draw.outside *= libm::exp(leaks.draw(own.unit(2), own.unit(3))) / leaks.mean();
        }
        if drawn.posts {
            let factor = |factors: &Factors, item: u64| {
                let sd = factors.draw_within(cells.of(1 + CELLS as u64 + item));
                libm::exp(sd * normal(key.of(1), item) - 0.5 * sd * sd)
            };
            draw.post = factor(&learned.factors, 0);
            draw.outside *= factor(&leak.factors, 1);
        }
        draw
    }

    /// One post.
    fn post(&self, starter: u32, draw: &Draw, random: &mut Generator, room: &mut Room) -> usize {
        let gap = |random: &mut Generator| -libm::log(1.0 - random.random::<f64>());
        room.post += 1;
        room.queue.clear();
        room.queue.push(starter);
        room.met[starter as usize] = room.post;
        let (mut beyond, mut at) = (0, 0);
        if let Some(unknown) = &self.unknown {
            let mut time = gap(random);
            while time < draw.outside.min(MOST as f64) && room.queue.len() + beyond < MOST {
                time += gap(random);
                if random.random::<f64>() < unknown.beyond {
                    beyond += 1;
                    continue;
                }
                let u = random.random_range(0..self.graph.accounts() as u64) as u32;
                if room.met[u as usize] != room.post {
                    room.met[u as usize] = room.post;
                    room.queue.push(u);
                }
            }
        }
        let rows = self.graph.follower_rows();
        while at < room.queue.len() && room.queue.len() < MOST {
            let v = room.queue[at];
            at += 1;
            let range = rows.range(v);
            let sums = &self.sums[range.clone()];
            let Some(&all) = sums.last() else { continue };
            let scale = draw.post * draw.most * if v == starter { draw.starter } else { 1.0 };
            let (mut reached, mut place) = (0.0, 0);
            loop {
                reached += gap(random) / scale;
                if reached >= all {
                    break;
                }
                place += sums[place..].partition_point(|&sum| sum <= reached);
                let Some(&u) = rows.targets.get(range.start + place) else { break };
                if let Some(unknown) = &self.unknown {
                    let kept = draw.cells[unknown.cells.at((range.start + place) as u64)] / draw.most;
                    if kept < 1.0 && random.random::<f64>() >= kept {
                        continue;
                    }
                }
                if room.met[u as usize] != room.post {
                    room.met[u as usize] = room.post;
                    room.queue.push(u);
                }
            }
        }
        room.queue.len() - 1 + beyond
    }
}

/// Sums of rates within each follower row; `rates` pushes those of a row.
fn sums(graph: &Graph, run: &Run, rates: impl Fn(u32, &mut Vec<f64>) + Sync) -> Result<Vec<f64>> {
    run.check_memory("rates of all follows", 8 * graph.edges())?;
    let ranges = par::chunks_by_degree(&graph.follower_rows().offsets, 1 << 16);
    let parts = par::map(run, &ranges, |range| {
        let mut found: Vec<f64> = Vec::new();
        for v in range.start as u32..range.end as u32 {
            let from = found.len();
            rates(v, &mut found);
            let mut sum = 0.0;
            for rate in &mut found[from..] {
                sum += *rate;
                *rate = sum;
            }
        }
        Ok(found)
    })?;
    Ok(parts.concat())
}
