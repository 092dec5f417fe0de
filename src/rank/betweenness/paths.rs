//! Shortest paths drawn at random: a random pair of accounts, and one of the shortest paths between them, each as likely as
//! the others (Riondato & Kornaropoulos 2014), searched for from both ends (Borassi & Natale 2016).

use super::{overflow, too_many};
use crate::base::seed::{Key, Stream, below};
use crate::base::{Result, Run, par};
use crate::graph::{Flat, Graph};

/// Paths to a task.
const TASK: usize = 64;

/// How often drawn paths pass through accounts.
#[derive(Debug)]
pub struct Drawn {
    /// How many of the paths pass through each account.
    pub passed: Vec<u64>,
    /// How many of the drawn pairs a path joins.
    pub joined: u64,
    /// From how many pairs was drawn: all others have no path, or none through anybody.
    pub pairs: u64,
}

/// Draws pairs of accounts, from those that have followers to those that follow, and a path for each that has one.
pub fn draw(graph: &Graph, samples: u64, run: &Run) -> Result<Drawn> {
    let accounts = graph.accounts();
    let all = 0..accounts as u32;
    let from: Vec<u32> = all.clone().filter(|&v| !graph.followers(v).is_empty()).collect();
    let to: Vec<u32> = all.clone().filter(|&v| !graph.following(v).is_empty()).collect();
    let same = all.filter(|&v| !graph.followers(v).is_empty() && !graph.following(v).is_empty()).count();
    let pairs = from.len() as u64 * to.len() as u64 - same as u64;
    let mut drawn = Drawn { passed: vec![0; accounts], joined: 0, pairs };
    if pairs == 0 {
        return Ok(drawn);
    }
    run.phase("betweenness", Some(samples));
    let rows = [graph.follower_rows().flat(), graph.following_rows().flat()];
    let mut tools = par::Tools::new();
    let joined = par::map(run, &par::chunks(samples as usize, TASK), |task| {
        tools.with(
            || Search::new(rows, accounts),
            |search| {
                let mut joined = 0;
                for sample in task {
                    let mut draws = Draws { key: Key::new(run.seed(), Stream::Path, sample as u64), next: 0 };
                    let (s, t) = loop {
                        let (s, t) = (draws.one_of(&from), draws.one_of(&to));
                        if s != t {
                            break (s, t);
                        }
                    };
                    joined += u64::from(search.path(s, t, &mut draws)?);
                }
                Ok(joined)
            },
        )
    })?;
    drawn.joined = joined.iter().sum();
    for search in tools.all() {
        drawn.passed.iter_mut().zip(&search.passed).for_each(|(passed, more)| *passed += more);
    }
    Ok(drawn)
}

/// The random words of a sample, one after the other.
struct Draws {
    key: Key,
    next: u64,
}

impl Draws {
    fn one_of(&mut self, accounts: &[u32]) -> u32 {
        self.next += 1;
        accounts[below(self.key.word(self.next), accounts.len() as u64) as usize]
    }

    /// A number in [0, `total`).
    fn up_to(&mut self, total: f64) -> f64 {
        self.next += 1;
        self.key.unit(self.next) * total
    }
}

/// What a search knows of an account that one of its sides has reached.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Shortest paths between it and the end where that side began.
    paths: f64,
    /// Hops between them.
    hops: u32,
}

/// One side of a search: all accounts within so many hops of its end.
#[derive(Debug, Default)]
struct Side {
    /// In the order in which they were reached.
    reached: Vec<u32>,
    /// Where those that are furthest begin in `reached`.
    furthest: usize,
    /// How many hops away these are.
    hops: u32,
    /// How many edges lead on from them.
    edges: u64,
}

/// Nobody has reached an account.
const NEITHER: u8 = 2;

/// Room for the searches of a thread, and what it counted.
struct Search<'a> {
    /// By side: where it goes on. Where it came from is the other's.
    rows: [Flat<'a>; 2],
    sides: [Side; 2],
    /// Which side has reached each account. A byte each, which the cache can hold.
    side: Vec<u8>,
    seen: Vec<Seen>,
    /// The accounts from which one hop leads to the other side, and how many shortest paths from end to end go over
    /// these hops, added up.
    meeting: Vec<(u32, f64)>,
    passed: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(rows: [Flat<'a>; 2], accounts: usize) -> Self {
        Search {
            rows,
            sides: Default::default(),
            side: vec![NEITHER; accounts],
            seen: vec![Seen::default(); accounts],
            meeting: vec![],
            passed: vec![0; accounts],
        }
    }

    /// Draws one of the shortest paths from `s` to `t` and counts the accounts between them; whether there is a path.
    fn path(&mut self, s: u32, t: u32, draws: &mut Draws) -> Result<bool> {
        for (side, end) in [s, t].into_iter().enumerate() {
            self.side[end as usize] = side as u8;
            self.seen[end as usize] = Seen { paths: 1.0, hops: 0 };
            let Side { reached, furthest, hops, edges } = &mut self.sides[side];
            reached.push(end);
            (*furthest, *hops, *edges) = (0, 0, self.rows[side].row(end).len() as u64);
        }
        let found = self.meet();
        if let Some((side, total)) = found.filter(|&(_, total)| !too_many(total)) {
            self.walk(side, total, draws);
        }
        for Side { reached, .. } in &mut self.sides {
            reached.drain(..).for_each(|v| self.side[v as usize] = NEITHER);
        }
        match found {
            Some((_, total)) if too_many(total) => Err(overflow()),
            found => Ok(found.is_some()),
        }
    }

    /// Lets the side with fewer edges ahead go one hop further until it meets the other: which side that was, and how
    /// many shortest paths there are.
    fn meet(&mut self) -> Option<(usize, f64)> {
        loop {
            let side = usize::from(self.sides[1].edges < self.sides[0].edges);
            if self.sides[side].edges == 0 {
                return None;
            }
            let total = self.hop(side);
            if total > 0.0 {
                return Some((side, total));
            }
        }
    }

    /// One hop further on a side. The two have no account in common and no path is as short as both their hops together; so
    /// every hop from one to the other joins the furthest of both, and all shortest paths have exactly one such hop.
    fn hop(&mut self, side: usize) -> f64 {
        let (own, other) = (side as u8, 1 - side as u8);
        let rows = self.rows[side];
        let Side { reached, furthest, hops, edges } = &mut self.sides[side];
        let level = *furthest..reached.len();
        (*furthest, *hops, *edges) = (level.end, *hops + 1, 0);
        self.meeting.clear();
        let mut total = 0.0;
        for at in level {
            let v = reached[at];
            let paths = self.seen[v as usize].paths;
            let mut met = 0.0;
            for &w in rows.row(v) {
                let of = self.side[w as usize];
                if of == NEITHER {
                    // Once the sides have met, nobody goes on from here.
                    if total + met == 0.0 {
                        self.side[w as usize] = own;
                        self.seen[w as usize] = Seen { paths, hops: *hops };
                        reached.push(w);
                        *edges += rows.row(w).len() as u64;
                    }
                } else if of == other {
                    met += self.seen[w as usize].paths;
                } else if self.seen[w as usize].hops == *hops {
                    self.seen[w as usize].paths += paths;
                }
            }
            if met > 0.0 {
                total += paths * met;
                self.meeting.push((v, total));
            }
        }
        total
    }

    /// Draws the hop where the sides meet, and from there a path back to either end.
    fn walk(&mut self, side: usize, total: f64, draws: &mut Draws) {
        let drawn = draws.up_to(total);
        let place = self.meeting.partition_point(|&(_, sum)| sum <= drawn).min(self.meeting.len() - 1);
        let v = self.meeting[place].0;
        let across = |w: u32| self.side[w as usize] == 1 - side as u8;
        let w = self.one_of(self.rows[side].row(v), across, draws);
        self.back(side, v, draws);
        self.back(1 - side, w, draws);
    }

    /// Goes back to the end where a side began, and counts every account on the way but the end.
    fn back(&mut self, side: usize, mut v: u32, draws: &mut Draws) {
        while self.seen[v as usize].hops > 0 {
            self.passed[v as usize] += 1;
            let hops = self.seen[v as usize].hops - 1;
            let before = |u: u32| self.side[u as usize] == side as u8 && self.seen[u as usize].hops == hops;
            v = self.one_of(self.rows[1 - side].row(v), before, draws);
        }
    }

    /// One of those in a row that qualify, as likely as it has paths.
    fn one_of(&self, row: &[u32], qualifies: impl Fn(u32) -> bool, draws: &mut Draws) -> u32 {
        let paths = |v: u32| if qualifies(v) { self.seen[v as usize].paths } else { 0.0 };
        let drawn = draws.up_to(row.iter().fold(0.0, |sum, &v| sum + paths(v)));
        let mut sum = 0.0;
        let passes = |&&v: &&u32| {
            sum += paths(v);
            sum > drawn
        };
        // Sums are taken in the same order, and what is drawn is less than the last.
        *row.iter().find(passes).expect("a shortest path goes on")
    }
}
