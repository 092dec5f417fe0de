//! Where accounts stand on a map: those with strong ties near each other, communities as clouds.

use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Places the accounts of a small network on a map.
///
/// Springs and charges (Fruchterman & Reingold 1991): tied accounts draw each other by `w d²/k`, all push each other away by
/// `k²/d`, a weak pull keeps what has no ties from leaving; a step is never longer than a temperature that falls to nothing.
/// Accounts begin in their communities, each a disc, on a spiral with the largest in the middle. What is far away pushes as one
/// from its centre (Barnes & Hut 1986, at an opening of 0.8).
///
/// **Input**: ties both ways, weighted or not; the community of every account. **Returns**: (x, y) of every account, from −1
/// to 1. **Guarantee**: finite, and nobody in the place of somebody else unless by rounding. **Cost**: `steps · n log n`; 100
/// bytes an account. **Errors**: cancelled. **Determinism**: equal bits at any number of threads; no random numbers.
///
/// ```
/// use truereach::{Run, community::Layout, graph::build};
/// let ties = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0), (3, 4), (4, 3)];
/// let places = Layout::default().run(&build::graph(5, &ties), &[0, 0, 0, 1, 1], &Run::new(1))?;
/// let apart = |a: usize, b: usize| (places[a].0 - places[b].0).hypot(places[a].1 - places[b].1);
/// assert!(apart(0, 1) < apart(0, 3) && apart(3, 4) < apart(2, 3));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// How many times everybody moves.
    pub steps: u32,
}

impl Default for Layout {
    fn default() -> Self {
        Layout { steps: 200 }
    }
}

/// Cells that look smaller than this push as one.
const OPENING: f64 = 0.8;

/// How strongly the middle draws, in units of a spring.
const PULL: f64 = 0.03;

/// Deeper cells hold accounts that stand in one place.
const DEEPEST: u32 = 24;

/// The turn from one seed of a sunflower to the next.
const GOLDEN: f64 = 2.399_963_229_728_653;

type Point = (f64, f64);

impl Layout {
    /// Places everybody.
    pub fn run(&self, ties: &Graph, communities: &[u32], run: &Run) -> Result<Vec<Point>> {
        let n = ties.accounts();
        run.phase("drawing the map", Some(u64::from(self.steps) * n as u64));
        let mut places = start(communities);
        let spread = libm::sqrt(n as f64);
        let heaviest =
            (0..n as u32).flat_map(|v| ties.follower_weights(v).unwrap_or(&[])).fold(0.0, |a, &b| f64::max(a, b));
        let unit = if heaviest > 0.0 { 1.0 / heaviest } else { 1.0 };
        let ranges = par::chunks(n, 256);
        for step in 0..self.steps {
            let cooled = 1.0 - f64::from(step) / f64::from(self.steps);
            let hottest = 0.1 * spread * cooled * cooled;
            let cells = Cells::new(&places);
            let moved = par::map(run, &ranges, |range| {
                let moved = range.map(|v| {
                    let force = force(v, &places, ties, unit, &cells);
                    limited(places[v], force, hottest)
                });
                Ok(moved.collect::<Vec<Point>>())
            })?;
            places = moved.concat();
        }
        let widest = places.iter().fold(0.0, |widest, &(x, y)| f64::max(widest, f64::max(x.abs(), y.abs())));
        let scale = if widest > 0.0 { 1.0 / widest } else { 0.0 };
        Ok(places.into_iter().map(|(x, y)| (x * scale, y * scale)).collect())
    }
}

/// Everybody in the disc of their community, so large that each has one unit of ground.
fn start(communities: &[u32]) -> Vec<Point> {
    let count = communities.iter().map(|&label| label as usize + 1).max().unwrap_or(0);
    let mut sizes = vec![0usize; count];
    communities.iter().for_each(|&label| sizes[label as usize] += 1);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&label| (std::cmp::Reverse(sizes[label]), label));
    let mut centres = vec![(0.0, 0.0); count];
    let mut before = 0.0;
    for (place, &label) in order.iter().enumerate() {
        // Half of the disc lies on either side of its place on the spiral.
        let radius = if place == 0 { 0.0 } else { libm::sqrt(before + sizes[label] as f64 / 2.0) };
        centres[label] = around((0.0, 0.0), radius, place);
        before += sizes[label] as f64;
    }
    let mut inside = vec![0usize; count];
    let place = |&label: &u32| {
        let at = inside[label as usize];
        inside[label as usize] += 1;
        around(centres[label as usize], 0.5 * libm::sqrt(at as f64 + 0.5), at)
    };
    communities.iter().map(place).collect()
}

fn around((x, y): Point, radius: f64, turn: usize) -> Point {
    let angle = GOLDEN * turn as f64;
    (x + radius * libm::cos(angle), y + radius * libm::sin(angle))
}

/// What draws and pushes one account.
fn force(v: usize, places: &[Point], ties: &Graph, unit: f64, cells: &Cells) -> Point {
    let here = places[v];
    let (mut x, mut y) = cells.push(here);
    let weights = ties.follower_weights(v as u32);
    for (at, &u) in ties.followers(v as u32).iter().enumerate() {
        let weight = weights.map_or(1.0, |weights| weights[at] * unit);
        let (dx, dy) = (places[u as usize].0 - here.0, places[u as usize].1 - here.1);
        let pull = weight * libm::sqrt(dx * dx + dy * dy);
        x += pull * dx;
        y += pull * dy;
    }
    (x - PULL * here.0, y - PULL * here.1)
}

/// A step along a force, no longer than allowed.
fn limited((x, y): Point, (dx, dy): Point, longest: f64) -> Point {
    let length = libm::sqrt(dx * dx + dy * dy);
    let scale = if length > longest { longest / length } else { 1.0 };
    (x + scale * dx, y + scale * dy)
}

/// A square of the map and who stands in it.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// The middle of those in it, summed until all are in.
    centre: Point,
    mass: f64,
    width: f64,
    /// The first of its four parts; 0: it has none.
    parts: u32,
}

/// The map cut into squares, each into four as long as it holds more than one account.
struct Cells(Vec<Cell>);

impl Cells {
    fn new(places: &[Point]) -> Cells {
        let low = places.iter().fold((f64::INFINITY, f64::INFINITY), |low, p| (low.0.min(p.0), low.1.min(p.1)));
        let high =
            places.iter().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |high, p| (high.0.max(p.0), high.1.max(p.1)));
        let width = f64::max(high.0 - low.0, high.1 - low.1).max(1e-9);
        let mut cells = Cells(vec![Cell { centre: (0.0, 0.0), mass: 0.0, width, parts: 0 }]);
        let mut order: Vec<u32> = (0..places.len() as u32).collect();
        cells.fill(0, low, &mut order, places, 0);
        cells
    }

    fn fill(&mut self, at: usize, low: Point, inside: &mut [u32], places: &[Point], depth: u32) {
        let sum =
            inside.iter().fold((0.0, 0.0), |sum, &v| (sum.0 + places[v as usize].0, sum.1 + places[v as usize].1));
        let mass = inside.len() as f64;
        self.0[at].mass = mass;
        if inside.is_empty() {
            return;
        }
        self.0[at].centre = (sum.0 / mass, sum.1 / mass);
        if inside.len() == 1 || depth == DEEPEST {
            return;
        }
        let half = self.0[at].width / 2.0;
        let parts = self.0.len();
        self.0[at].parts = parts as u32;
        let empty = Cell { centre: (0.0, 0.0), mass: 0.0, width: half, parts: 0 };
        self.0.extend([empty; 4]);
        let middle = (low.0 + half, low.1 + half);
        let part =
            |v: u32| usize::from(places[v as usize].0 >= middle.0) + 2 * usize::from(places[v as usize].1 >= middle.1);
        inside.sort_by_key(|&v| part(v));
        let mut rest = inside;
        for quarter in 0..4 {
            let (of, others) = rest.split_at_mut(rest.partition_point(|&v| part(v) == quarter));
            let low = (low.0 + half * (quarter % 2) as f64, low.1 + half * (quarter / 2) as f64);
            self.fill(parts + quarter, low, of, places, depth + 1);
            rest = others;
        }
    }

    /// How all others push who stands here.
    fn push(&self, (x, y): Point) -> Point {
        let (mut fx, mut fy) = (0.0, 0.0);
        let mut open = vec![0u32];
        while let Some(at) = open.pop() {
            let cell = &self.0[at as usize];
            let (dx, dy) = (x - cell.centre.0, y - cell.centre.1);
            let square = dx * dx + dy * dy;
            if cell.parts > 0 && cell.width * cell.width > OPENING * OPENING * square {
                open.extend(cell.parts..cell.parts + 4);
            } else if square > 0.0 {
                fx += cell.mass * dx / square;
                fy += cell.mass * dy / square;
            }
        }
        (fx, fy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    fn ring(n: u32) -> Graph {
        let ties: Vec<(u32, u32)> = (0..n).flat_map(|v| [(v, (v + 1) % n), ((v + 1) % n, v)]).collect();
        build::graph(n as usize, &ties)
    }

    #[test]
    fn squares_push_nearly_as_all_pairs_do() {
        let places: Vec<Point> =
            (0..300).map(|at| around((3.0, -2.0), libm::sqrt(f64::from(at)), at as usize)).collect();
        let cells = Cells::new(&places);
        let mut worst = 0.0;
        for &(x, y) in &places {
            let push = |sum: Point, other: &Point| {
                let (dx, dy) = (x - other.0, y - other.1);
                let square = dx * dx + dy * dy;
                if square > 0.0 { (sum.0 + dx / square, sum.1 + dy / square) } else { sum }
            };
            let all = places.iter().fold((0.0, 0.0), push);
            let ours = cells.push((x, y));
            let off = libm::hypot(all.0 - ours.0, all.1 - ours.1);
            worst = f64::max(worst, off / libm::hypot(all.0, all.1).max(3.0));
        }
        assert!(worst < 0.15, "{worst}");
    }

    #[test]
    fn everybody_is_on_the_map_alone_and_at_any_number_of_threads() -> Result<()> {
        let labels: Vec<u32> = (0..90).map(|v| v / 30).collect();
        let one = Layout::default().run(&ring(90), &labels, &Run::new(1).threads(1)?)?;
        for threads in [2, 3, 8] {
            assert_eq!(Layout::default().run(&ring(90), &labels, &Run::new(9).threads(threads)?)?, one);
        }
        assert!(one.iter().all(|(x, y)| x.abs() <= 1.0 && y.abs() <= 1.0));
        let mut sorted: Vec<(u64, u64)> = one.iter().map(|(x, y)| (x.to_bits(), y.to_bits())).collect();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 90);
        Ok(())
    }

    #[test]
    fn nobody_one_and_no_ties() -> Result<()> {
        let run = Run::new(1);
        assert!(Layout::default().run(&build::graph(0, &[]), &[], &run)?.is_empty());
        assert_eq!(Layout::default().run(&build::graph(1, &[]), &[0], &run)?.len(), 1);
        let alone = Layout::default().run(&build::graph(5, &[]), &[0, 1, 2, 3, 4], &run)?;
        assert!(alone.iter().all(|(x, y)| x.is_finite() && y.is_finite()));
        Ok(())
    }
}
