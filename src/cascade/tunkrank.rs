//! TunkRank: expected exposures with repeats, the upper bound of reach.

use serde::{Deserialize, Serialize};

pub mod sweeps;

use super::resolved::Resolved;
use super::scc;
use super::setting::Cascade;
use crate::base::{Error, Result, Run};
use crate::graph::{Graph, Network};

/// The expected weighted exposures, repeats counted, that one post of each account sets off.
///
/// `I(v) = sum over followers u of r_vu (w_u + rho_u I(u))`, `w = 1` unless given. `R0(v) <= R(v) <= I(v)` with the
/// same w in all three, also under linear threshold (`r = b`): a walk that meets a person twice counts twice here.
///
/// I is infinite ("supercritical") exactly for the accounts whose posts lead, through edges with `r · rho > 0`, to a
/// strongly connected class whose matrix `r_vu rho_u` has a spectral radius of at least 1 (and, where w has zeros,
/// from which somebody of weight is reached).
///
/// **Input**: who follows whom, the network it comes from. **Returns**: [`TunkRanks`], people with repeats.
///
/// **Guarantee**: every finite value has a relative error of at most `tolerance`, or, where rounding stops the
/// sweeps before, of at most the `error` returned: a solution found
/// as `I'` is accepted when `|b + M I' − I'| <= e b'` on every member of its class, `b' = (1 − M) I' > 0`; since
/// `(1 − M)^-1` is not negative, `I'/(1+e) <= I <= I'/(1−e)`. The same inequality, `M I' < I'`, proves the radius
/// below 1; a Collatz–Wielandt bound `min (xM)_i/x_i >= 1` proves it at least 1. A radius within 1e-12 of 1 counts
/// as 1; a class too close to 1 to be solved in `max_sweeps` is given as infinite and counted as `unsettled`.
///
/// **Cost**: one pass for the classes, then Gauss–Seidel sweeps over each class of more than one account, the last
/// class first, with a leap along the slowest direction after every 16; 24 bytes an account and 12 bytes an edge inside a class.
///
/// **Errors**: what [`Cascade::resolve`] refuses.
///
/// **Determinism**: one order of operations, whatever the threads.
///
/// **Symbols**: I, r, rho, w as in MODELS.md; M the matrix `r_vu rho_u`; b the vector `sum r_vu w_u`.
///
/// **References**: Tunkelang 2009; Collatz 1942, Wielandt 1950 (bounds); Tarjan 1972 (classes).
///
/// ```
/// use truereach::{Run, cascade::{Model, TunkRank}, graph::{Network, build}};
/// // 1 follows 0, 2 follows 1.
/// let network = Network::from_graph(build::graph(3, &[(1, 0), (2, 1)]));
/// let tunkrank = TunkRank { cascade: Model::Ic(0.5).into(), ..Default::default() };
/// let found = tunkrank.run(network.follow_graph().unwrap(), &network, &Run::new(1)).unwrap();
/// assert_eq!(found.exposures, [0.75, 0.5, 0.0]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct TunkRank {
    /// How the post travels
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Largest relative error of a value
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1e-9, value_name = "SHARE", help_heading = "TunkRank"))]
    pub tolerance: f64,
    /// How it is solved: class by class, or sweeps over everybody, which a network cut over several machines can do
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "TunkRank"))]
    pub method: Method,
    /// Sweeps before giving up: over a class, or over everybody
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20_000, value_name = "N", help_heading = "TunkRank"))]
    pub max_sweeps: u32,
}

impl Default for TunkRank {
    fn default() -> Self {
        TunkRank { cascade: Cascade::default(), tolerance: 1e-9, method: Method::Classes, max_sweeps: 20_000 }
    }
}

/// How TunkRank is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Class by class, the last first; says who is supercritical.
    #[default]
    Classes,
    /// Everybody at once, sweep after sweep, so that a network may be cut; refuses where somebody is supercritical.
    Sweeps,
}

/// TunkRank of every account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TunkRanks {
    /// The model.
    pub model: String,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// Expected exposures with repeats; infinite where supercritical.
    pub exposures: Vec<f64>,
    /// Accounts with a finite value.
    pub finite: u64,
    /// Accounts with an infinite one.
    pub supercritical: u64,
    /// Classes of more than one account.
    pub classes: u64,
    /// Those of them with a spectral radius of at least 1.
    pub supercritical_classes: u64,
    /// Accounts in the largest class.
    pub largest_class: u64,
    /// Accounts of classes with a radius so close to 1 that `max_sweeps` did not tell on which side it lies, or could
    /// not solve them: counted, and given, as supercritical.
    pub unsettled: u64,
    /// Largest proven relative error of a finite value.
    pub error: f64,
}

/// A radius this close to 1 counts as 1.
const NEAR: f64 = 1e-12;

/// An error that is still worth returning where rounding keeps `tolerance` out of reach.
const ENOUGH: f64 = 1e-4;

/// Sweeps between two looks at a class.
const LOOK: u32 = 16;

impl TunkRank {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return Err(Error::parameter("--tolerance", format!("{} is not between 0 and 1", self.tolerance)));
        }
        if self.max_sweeps == 0 {
            return Err(Error::parameter("--max-sweeps", "must be at least 1"));
        }
        Ok(())
    }

    /// TunkRank of a cascade.
    pub fn run(&self, graph: &Graph, network: &Network, run: &Run) -> Result<TunkRanks> {
        self.check()?;
        let resolved = self.cascade.resolve(graph, network, run)?;
        self.run_resolved(&resolved, run)
    }

    /// As [`TunkRank::run`] with a model resolved before; `cascade` of this struct is not read.
    pub fn run_resolved(&self, resolved: &Resolved<'_>, run: &Run) -> Result<TunkRanks> {
        self.check()?;
        if self.method == Method::Sweeps {
            return sweeps::run(self, resolved, run);
        }
        let graph = resolved.graph();
        let accounts = graph.accounts();
        run.check_memory("TunkRank", 36 * accounts as u64 + 12 * graph.edges())?;
        run.phase("finding classes", None);
        let (members, starts) = scc::classes(
            accounts,
            |v| graph.followers(v).len(),
            |v, place| {
                let u = graph.followers(v)[place];
                (resolved.r(v, place, u) * resolved.rho(u) > 0.0).then_some(u)
            },
        );
        run.phase("solving classes", Some(accounts as u64));
        let mut solver =
            Solver { resolved, exposures: vec![0.0; accounts], local: vec![u32::MAX; accounts], unsettled: 0 };
        let (mut error, mut classes, mut growing, mut largest) = (0.0f64, 0, 0, 0);
        for pair in starts.windows(2) {
            let class = &members[pair[0]..pair[1]];
            run.step(class.len() as u64)?;
            match class {
                &[v] => solver.exposures[v as usize] = solver.once(v, |_, _| false),
                _ => {
                    classes += 1;
                    largest = largest.max(class.len());
                    let solved = solver.solve(class, self, run)?;
                    growing += u64::from(solved.is_none());
                    error = error.max(solved.unwrap_or(0.0));
                }
            }
        }
        let (exposures, unsettled) = (solver.exposures, solver.unsettled);
        let supercritical = exposures.iter().filter(|value| value.is_infinite()).count() as u64;
        Ok(TunkRanks {
            model: resolved.model().to_string(),
            assumptions: resolved.notes().to_vec(),
            finite: accounts as u64 - supercritical,
            supercritical,
            exposures,
            classes,
            supercritical_classes: growing,
            largest_class: largest as u64,
            unsettled,
            error,
        })
    }
}

struct Solver<'a> {
    resolved: &'a Resolved<'a>,
    exposures: Vec<f64>,
    /// Place inside the class being solved.
    local: Vec<u32>,
    /// Accounts of classes that could not be told from supercritical.
    unsettled: u64,
}

/// The matrix of a class, by rows.
struct Inside {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
    /// What comes from outside and from the followers' own weight.
    outside: Vec<f64>,
}

impl Inside {
    fn row(&self, v: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.starts[v]..self.starts[v + 1];
        self.columns[range.clone()].iter().map(|&u| u as usize).zip(self.values[range].iter().copied())
    }

    fn times(&self, v: usize, x: &[f64]) -> f64 {
        self.row(v).fold(0.0, |sum, (u, m)| sum + m * x[u])
    }

    /// Whether the smallest column sum proves a radius of at least 1: under weighted cascade, whether the class
    /// follows nobody outside.
    fn closed(&self) -> bool {
        let mut sums = vec![0.0; self.outside.len()];
        self.columns.iter().zip(&self.values).for_each(|(&u, &m)| sums[u as usize] += m);
        sums.iter().all(|&sum| sum >= 1.0 - NEAR)
    }
}

impl Solver<'_> {
    /// `sum r (w + rho I)` over the followers of v for which `skip` is false; of the others `sum r w` alone.
    fn once(&self, v: u32, skip: impl Fn(usize, u32) -> bool) -> f64 {
        self.resolved.graph().followers(v).iter().enumerate().fold(0.0, |sum, (place, &u)| {
            let r = self.resolved.r(v, place, u);
            let passed = r * self.resolved.rho(u);
            let own = r * self.resolved.weight(u);
            // 0 · ∞ is 0: nothing is passed on.
            match passed > 0.0 && !skip(place, u) {
                true => sum + own + passed * self.exposures[u as usize],
                false => sum + own,
            }
        })
    }

    fn inside(&mut self, class: &[u32]) -> Inside {
        for (place, &v) in class.iter().enumerate() {
            self.local[v as usize] = place as u32;
        }
        let mut inside = Inside { starts: vec![0], columns: Vec::new(), values: Vec::new(), outside: Vec::new() };
        for &v in class {
            for (place, &u) in self.resolved.graph().followers(v).iter().enumerate() {
                let m = self.resolved.r(v, place, u) * self.resolved.rho(u);
                if self.local[u as usize] != u32::MAX && m > 0.0 {
                    inside.columns.push(self.local[u as usize]);
                    inside.values.push(m);
                }
            }
            inside.starts.push(inside.columns.len());
            inside.outside.push(self.once(v, |_, u| self.local[u as usize] != u32::MAX));
        }
        class.iter().for_each(|&v| self.local[v as usize] = u32::MAX);
        inside
    }

    /// Solves a class whose later classes are solved; the proven relative error, `None` where the radius is at
    /// least 1.
    fn solve(&mut self, class: &[u32], parameters: &TunkRank, run: &Run) -> Result<Option<f64>> {
        let inside = self.inside(class);
        let size = class.len();
        let set = |exposures: &mut Vec<f64>, value: f64| class.iter().for_each(|&v| exposures[v as usize] = value);
        if inside.outside.iter().all(|&b| b == 0.0) {
            set(&mut self.exposures, 0.0);
            return Ok(Some(0.0));
        }
        if inside.closed() {
            set(&mut self.exposures, f64::INFINITY);
            return Ok(None);
        }
        if inside.outside.contains(&f64::INFINITY) {
            set(&mut self.exposures, f64::INFINITY);
            return Ok(Some(0.0));
        }
        let mut x = inside.outside.clone();
        let (mut power, mut next) = (vec![1.0f64; size], vec![0.0f64; size]);
        let mut before = x.clone();
        let mut sweeps = 0;
        while sweeps < parameters.max_sweeps {
            let mut moved = false;
            for sweep in 1..=LOOK {
                if sweep == LOOK {
                    before.copy_from_slice(&x);
                }
                moved = false;
                for v in (0..size).rev() {
                    let next = inside.outside[v] + inside.times(v, &x);
                    moved |= next != x[v];
                    x[v] = next;
                }
            }
            sweeps += LOOK;
            if let Some(error) = residual(&inside, &x)
                && (error <= parameters.tolerance || !moved)
            {
                class.iter().zip(&x).for_each(|(&v, &value)| self.exposures[v as usize] = value);
                return Ok(Some(error));
            }
            if grows(&inside, &mut power, &mut next) || x.contains(&f64::INFINITY) {
                set(&mut self.exposures, f64::INFINITY);
                return Ok(None);
            }
            leap(&inside, &mut x, &before, &power);
            run.step(0)?;
        }
        if let Some(error) = residual(&inside, &x)
            && error <= ENOUGH
        {
            class.iter().zip(&x).for_each(|(&v, &value)| self.exposures[v as usize] = value);
            return Ok(Some(error));
        }
        set(&mut self.exposures, f64::INFINITY);
        self.unsettled += size as u64;
        Ok(None)
    }
}

/// Whether power steps from the left (of 1 + M, which has no period) prove a radius of at least 1. They begin at
/// ones, which is the answer itself where every column adds up to the same.
fn grows(inside: &Inside, power: &mut [f64], next: &mut [f64]) -> bool {
    for _ in 0..LOOK {
        next.fill(0.0);
        for (v, &x) in power.iter().enumerate() {
            inside.row(v).for_each(|(u, m)| next[u] += m * x);
        }
        let ratios = next.iter().zip(power.iter()).map(|(y, x)| y / x);
        if ratios.fold(f64::INFINITY, f64::min) >= 1.0 - NEAR {
            return true;
        }
        let largest = next.iter().zip(power.iter()).fold(0.0f64, |most, (y, x)| most.max(x + y));
        power.iter_mut().zip(next.iter()).for_each(|(x, y)| *x = ((*x + y) / largest).max(f64::MIN_POSITIVE));
    }
    false
}

/// Near radius 1 the error that sweeps leave is nearly a multiple of their last step d: goes along d until the
/// defect `b + M x − x` has no part left along the left vector y. Any x may be tried, since only
/// [`residual`] accepts.
fn leap(inside: &Inside, x: &mut [f64], before: &[f64], y: &[f64]) {
    let step: Vec<f64> = x.iter().zip(before).map(|(x, before)| x - before).collect();
    let (mut defect, mut drop) = (0.0, 0.0);
    for (v, &y) in y.iter().enumerate() {
        defect += y * (inside.outside[v] + inside.times(v, x) - x[v]);
        drop += y * (step[v] - inside.times(v, &step));
    }
    let length = defect / drop;
    let ahead = |v: usize| x[v] + length * step[v];
    if length > 0.0 && (0..x.len()).all(|v| ahead(v) > 0.0 && ahead(v).is_finite()) {
        x.iter_mut().zip(&step).for_each(|(x, step)| *x += length * step);
    }
}

/// The largest `|b + M x − x| / (x − M x)`, if all of the latter are positive: a bound of the relative error.
fn residual(inside: &Inside, x: &[f64]) -> Option<f64> {
    let mut worst = 0.0f64;
    for (v, &value) in x.iter().enumerate() {
        let passed = inside.times(v, x);
        let kept = value - passed;
        let rest = (inside.outside[v] + passed - value).abs();
        // Where nothing enters, only rounding can be left over.
        let rounding = inside.outside[v] == 0.0 && rest <= 1e-14 * value;
        if value < 0.0 {
            return None;
        }
        if rest > 0.0 && !rounding {
            if kept <= 0.0 {
                return None;
            }
            worst = worst.max(rest / kept);
        }
    }
    (worst < 1.0).then_some(worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Stream, generator};
    use crate::cascade::direct_reach;
    use crate::cascade::{Model, Priors};
    use crate::graph::Weights;
    use crate::graph::build::{graph, weighted};
    use rand::RngExt;

    fn ranks(graph: &Graph, model: &str, rho: Option<f64>) -> TunkRanks {
        let network = Network::from_graph(graph.clone());
        let tunkrank = TunkRank {
            cascade: Cascade { rho: rho.map(Into::into), ..model.parse::<Model>().unwrap().into() },
            ..TunkRank::default()
        };
        tunkrank.run(graph, &network, &Run::default()).unwrap()
    }

    /// (1 − M) I = b by elimination.
    fn solved(size: usize, m: impl Fn(usize, usize) -> f64, b: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut rows: Vec<Vec<f64>> = (0..size)
            .map(|v| (0..size).map(|u| f64::from(u8::from(u == v)) - m(v, u)).chain([b(v)]).collect())
            .collect();
        for pivot in 0..size {
            let best = (pivot..size).max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs())).unwrap();
            rows.swap(pivot, best);
            let head = rows[pivot].clone();
            for (place, row) in rows.iter_mut().enumerate().filter(|(place, _)| *place != pivot) {
                let _ = place;
                let factor = row[pivot] / head[pivot];
                row.iter_mut().zip(&head).for_each(|(x, y)| *x -= factor * y);
            }
        }
        (0..size).map(|v| rows[v][size] / rows[v][v]).collect()
    }

    #[test]
    fn random_graphs_agree_with_elimination() {
        for case in 0..60 {
            let mut random = generator(31, Stream::Sample, case);
            let accounts = random.random_range(2..25u32);
            let mut follows: Vec<(u32, u32, f64)> = Vec::new();
            for _ in 0..random.random_range(1..80) {
                let (u, v) = (random.random_range(0..accounts), random.random_range(0..accounts));
                if !follows.iter().any(|follow| (follow.0, follow.1) == (u, v)) {
                    follows.push((u, v, random.random_range(0.0..0.6)));
                }
            }
            let graph = weighted(accounts as usize, &follows);
            let network = Network::from_graph(graph.clone());
            let rho = 0.7;
            let model = Model::Edge.resolve(&graph, &network, Some(rho), &Priors::default(), &Run::default()).unwrap();
            let w: Vec<f64> = (0..accounts).map(|u| f64::from(u % 3)).collect();
            let model = model.with_weights(Weights::new(&w).unwrap()).unwrap();
            let r = |v: usize, u: usize| {
                let place = graph.followers(v as u32).binary_search(&(u as u32));
                place.map_or(0.0, |place| model.r(v as u32, place, u as u32))
            };
            let size = accounts as usize;
            let expect = solved(size, |v, u| rho * r(v, u), |v| (0..size).map(|u| r(v, u) * w[u]).sum());
            let found = TunkRank::default().run_resolved(&model, &Run::default()).unwrap();
            // A solution without negative numbers exists exactly where nothing is supercritical (b > 0 nearly everywhere).
            if expect.iter().all(|&value| value >= -1e-12) && found.supercritical == 0 {
                for (found, expected) in found.exposures.iter().zip(&expect) {
                    assert!((found - expected).abs() <= 1e-8 * expected.abs() + 1e-12, "{found} {expected}");
                }
            } else {
                assert!(found.supercritical > 0 && expect.iter().any(|&value| value < 0.0), "{case}");
            }
        }
    }

    #[test]
    fn closed_classes_are_supercritical_and_only_what_leads_to_them() {
        // 1 and 2 follow only each other, 5 and 6 too; 4 follows 3; 7 follows 6 and 3.
        let graph = graph(8, &[(1, 2), (2, 1), (4, 3), (6, 5), (5, 6), (7, 6), (7, 3)]);
        let found = ranks(&graph, "wc", None);
        assert!(found.exposures[1].is_infinite() && found.exposures[2].is_infinite());
        // 5 and 6 follow only each other, whoever else hears 6.
        assert!(found.exposures[5].is_infinite() && found.exposures[6].is_infinite());
        assert_eq!(found.exposures[3], 1.5);
        assert_eq!((found.supercritical, found.finite), (4, 4));
        assert_eq!((found.classes, found.supercritical_classes, found.largest_class), (2, 2, 2));
        let damped = ranks(&graph, "wc", Some(0.5));
        assert_eq!(damped.supercritical, 0);
        assert!((damped.exposures[1] - 2.0).abs() < 1e-8);
        let silent = ranks(&graph, "wc", Some(0.0));
        assert_eq!((silent.classes, silent.exposures[6]), (0, 1.5));
    }

    #[test]
    fn radius_one_is_told_from_just_below() {
        // A triangle of mutual follows has radius 2p.
        let triangle = graph(3, &[(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)]);
        assert_eq!(ranks(&triangle, "ic:0.5", None).supercritical, 3);
        assert_eq!(ranks(&triangle, "ic:0.51", None).supercritical, 3);
        let below = ranks(&triangle, "ic:0.4999", None);
        assert_eq!(below.supercritical, 0);
        // I = 2p (1 + I).
        let expect = 0.9998 / (1.0 - 0.9998);
        assert!((below.exposures[0] / expect - 1.0).abs() < 1e-8, "{}", below.exposures[0]);
        // A circle followed along is periodic; 0 leads to it.
        let circle = graph(4, &[(1, 0), (1, 2), (2, 3), (3, 1)]);
        assert_eq!(ranks(&circle, "ic:1", None).supercritical, 4);
        assert_eq!(ranks(&circle, "ic:0.9", None).supercritical, 0);
    }

    #[test]
    fn direct_reach_stays_below() {
        let graph = graph(50, &(0..50).flat_map(|u| [(u, (u * 7) % 50), (u, (u * 3 + 1) % 50)]).collect::<Vec<_>>());
        for model in ["prior", "ic:0.3", "wc", "tv", "lt"] {
            let network = Network::from_graph(graph.clone());
            let model: Model = model.parse().unwrap();
            let resolved = model.resolve(&graph, &network, Some(0.5), &Priors::default(), &Run::default()).unwrap();
            let found = TunkRank::default().run_resolved(&resolved, &Run::default()).unwrap();
            for v in 0..50 {
                assert!(direct_reach(&resolved, &[v]) <= found.exposures[v as usize] * (1.0 + 1e-12));
            }
        }
    }
}
