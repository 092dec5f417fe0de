//! Grids of small networks whose truth is known: do intervals hold the truth as often as they say?

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::input::Known;
use crate::base::stats::{Interval, Z95, quantile};
use crate::base::{Error, Result, Run};
use crate::cascade::{ReachEach, ReachRow};
use crate::graph::Network;
use crate::io::snapshot::checksum_of;
use crate::report::number::count;
use crate::report::{Cell as TableCell, Column, Provenance, Table};
use crate::synth::Market;
use crate::synth::market::Made;

/// Name and version of what [`Grid`] holds.
pub const SCHEMA: &str = "truereach/bench-truth/1";

/// Which networks: every size with every seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Truth {
    /// Sizes of the networks, in accounts
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_values_t = [1000, 5000], value_name = "N,…"))]
    pub people: Vec<u64>,
    /// Networks of each size
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20, value_name = "N"))]
    pub seeds: u32,
    /// Creators looked at in each network, from the most followed to the least
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 30, value_name = "N"))]
    pub creators: usize,
    /// Worlds behind each creator's true reach, independent of those of the estimate
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20_000, value_name = "N"))]
    pub truth_worlds: u64,
    /// Chances that the estimates are made with
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, value_name = "WHICH"))]
    pub chances: Chances,
    /// Half-width of reach at which an estimate stops, as a share
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE"))]
    pub half_width: f64,
}

impl Default for Truth {
    fn default() -> Self {
        Truth {
            people: vec![1000, 5000],
            seeds: 20,
            creators: 30,
            truth_worlds: 20_000,
            chances: Chances::Planted,
            half_width: 0.02,
        }
    }
}

/// What the estimates of a grid know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Chances {
    /// The planted chances: only the simulation can err, and the grid fails if its intervals do not cover.
    #[default]
    Planted,
    /// What the engine assumes without data: reported, and nothing fails.
    Prior,
}

/// One network of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Its size, as asked for.
    pub people: u64,
    /// Its seed.
    pub seed: u64,
}

/// A network, its truth, and what was estimated of it.
pub struct Case {
    /// The network.
    pub network: Network,
    /// Account, true reach, standard error of that truth.
    pub truth: Vec<(u32, f64, f64)>,
    /// What was estimated.
    pub estimates: Vec<Estimate>,
}

/// An estimate with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The creator.
    pub account: u32,
    /// The estimate.
    pub value: f64,
    /// Its 95% interval.
    pub interval: Interval,
}

impl From<&ReachRow> for Estimate {
    fn from(row: &ReachRow) -> Self {
        Estimate { account: row.account, value: row.reach, interval: row.interval }
    }
}

/// How estimates fared.
///
/// The error of an estimate is measured in standard errors, `z = (estimate − truth) / √(s² + t²)`: s is a quarter or
/// so of the 95% interval (its half-width over 1.96), t the standard error of the truth itself. An interval holds the
/// truth if |z| ≤ 1.96.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Networks.
    pub cells: u64,
    /// Creators with a truth and an estimate.
    pub creators: u64,
    /// Creators with a truth and no estimate.
    pub missing: u64,
    /// Share of intervals that hold the truth.
    pub coverage: Option<f64>,
    /// 95% interval of `coverage`: between networks where there are several, as creators of one share its worlds; else
    /// Wilson's.
    pub coverage_interval: Option<Interval>,
    /// Mean error, in standard errors.
    pub bias: Option<f64>,
    /// Root mean square error, in standard errors: 1 is what the intervals promise.
    pub rms: Option<f64>,
    /// Median of |estimate − truth| / truth.
    pub relative_error: Option<f64>,
}

/// A network of the grid and how it fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Which.
    #[serde(flatten)]
    pub cell: Cell,
    /// Its checksum.
    pub network: String,
    /// How estimates fared there.
    pub score: Score,
    /// The creator farthest from the truth, and how far in standard errors.
    pub worst: Option<(u32, f64)>,
}

/// A grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version, command, parameters, seed.
    pub provenance: serde_json::Value,
    /// Every network.
    pub cells: Vec<Scored>,
    /// All networks of a size.
    pub sizes: Vec<(u64, Score)>,
    /// All.
    pub all: Score,
}

/// One creator: error in standard errors, and as a share.
#[derive(Debug, Clone, Copy)]
struct Miss {
    account: u32,
    z: f64,
    share: f64,
}

impl Truth {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        if self.people.is_empty() {
            return Err(Error::parameter("--people", "must name a size at least"));
        }
        for &people in &self.people {
            Market { people, worlds: self.truth_worlds, ..Market::default() }.check()?;
        }
        for (name, value) in [("--seeds", u64::from(self.seeds)), ("--creators", self.creators as u64)] {
            if !(1..=1_000_000).contains(&value) {
                return Err(Error::parameter(name, format!("{value} is not between 1 and 1,000,000")));
            }
        }
        ReachEach { half_width: self.half_width, ..Default::default() }.check()
    }

    /// The networks of the grid: seeds count up from that of the run.
    pub fn cells(&self, run: &Run) -> Vec<Cell> {
        let seeds = 0..u64::from(self.seeds);
        let of = |people: u64| seeds.clone().map(move |at| Cell { people, seed: run.seed().wrapping_add(at) });
        self.people.iter().flat_map(|&people| of(people)).collect()
    }

    /// Makes every network by `make` and looks at its estimates.
    pub fn run(&self, run: &Run, make: impl Fn(&Cell, &Run) -> Result<Case>) -> Result<Grid> {
        self.check()?;
        let cells = self.cells(run);
        let mut scored: Vec<(Cell, u64, Vec<Miss>, u64)> = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            run.phase(&format!("network {} of {}", place + 1, cells.len()), None);
            let case = make(cell, &run.with_seed(cell.seed))?;
            let (misses, missing) = misses(&case);
            scored.push((*cell, checksum_of(&case.network, run)?, misses, missing));
            run.step(1)?;
        }
        let of = |people: Option<u64>| {
            let chosen = scored.iter().filter(|(cell, ..)| people.is_none_or(|people| cell.people == people));
            score(&chosen.map(|(_, _, misses, missing)| (&misses[..], *missing)).collect::<Vec<_>>())
        };
        let one = |(cell, checksum, misses, missing): &(Cell, u64, Vec<Miss>, u64)| Scored {
            cell: *cell,
            network: format!("{checksum:016x}"),
            score: score(&[(misses, *missing)]),
            worst: misses.iter().max_by(|a, b| a.z.abs().total_cmp(&b.z.abs())).map(|miss| (miss.account, miss.z)),
        };
        let provenance = Provenance::new("bench truth", json!(self), run.seed(), 0);
        Ok(Grid {
            schema: SCHEMA.into(),
            provenance: json!({
                "engine": provenance.engine, "command": provenance.command, "parameters": provenance.parameters,
                "rng_seed": provenance.rng_seed,
            }),
            cells: scored.iter().map(one).collect(),
            sizes: self.people.iter().map(|&people| (people, of(Some(people)))).collect(),
            all: of(None),
        })
    }

    /// A market with its planted truth, and what the engine estimates of it: with the planted chances, or with what it
    /// would assume if it knew nothing.
    pub fn case(&self, cell: &Cell, run: &Run) -> Result<Case> {
        let content_sd = if self.chances == Chances::Planted { 0.0 } else { Market::default().content_sd };
        let market = Market { people: cell.people, worlds: self.truth_worlds, content_sd, ..Market::default() };
        let Made { network, truth } = market.run(run)?;
        let mut creators: Vec<u32> = (0..truth.creators.len() as u32).collect();
        creators.sort_by_key(|&v| (std::cmp::Reverse(truth.creators[v as usize].followers), v));
        let step = (creators.len() / self.creators).max(1);
        let creators: Vec<u32> = creators.into_iter().step_by(step).take(self.creators).collect();
        let each = ReachEach { half_width: self.half_width, half_width_people: None, ..Default::default() };
        let found = match self.chances {
            Chances::Planted => {
                let known = Known::of(&truth, &network, run)?;
                let resolved = known.resolve(&network, run)?;
                ReachEach { draws: 0, ..each }.run_resolved(&resolved, &creators, run)?
            }
            Chances::Prior => each.run(network.follow_graph()?, &network, &creators, run)?,
        };
        let known =
            |&v: &u32| (v, truth.creators[v as usize].reach.reach, truth.creators[v as usize].reach.reach_error);
        Ok(Case {
            truth: creators.iter().map(known).collect(),
            estimates: found.rows.iter().map(Estimate::from).collect(),
            network,
        })
    }
}

fn misses(case: &Case) -> (Vec<Miss>, u64) {
    let estimates: std::collections::BTreeMap<u32, &Estimate> =
        case.estimates.iter().map(|estimate| (estimate.account, estimate)).collect();
    let found: Vec<Option<Miss>> = case
        .truth
        .iter()
        .map(|&(account, truth, error)| {
            let estimate = estimates.get(&account)?;
            let spread = libm::hypot(estimate.interval.half_width() / Z95, error);
            let off = estimate.value - truth;
            // Both exact: equal up to rounding, or wrong beyond any interval.
            let exact = off.abs() <= 1e-9 * truth.abs().max(1.0);
            let z = if exact && spread < 1e-9 { 0.0 } else { off / spread };
            Some(Miss { account, z, share: off.abs() / truth })
        })
        .collect();
    let missing = found.iter().filter(|miss| miss.is_none()).count() as u64;
    (found.into_iter().flatten().collect(), missing)
}

/// Scores networks together.
fn score(cells: &[(&[Miss], u64)]) -> Score {
    let all: Vec<Miss> = cells.iter().flat_map(|(misses, _)| misses.iter().copied()).collect();
    let n = all.len() as f64;
    let known = |value: f64| (n > 0.0).then_some(value);
    let hits = |misses: &[Miss]| misses.iter().filter(|miss| miss.z.abs() <= Z95).count() as f64;
    let coverage = hits(&all) / n;
    let filled: Vec<&[Miss]> = cells.iter().map(|(misses, _)| *misses).filter(|misses| !misses.is_empty()).collect();
    let interval = match filled.len() {
        0 | 1 => Interval::wilson(coverage, n),
        count => {
            // The ratio estimator of a cluster sample: residuals of whole networks.
            let count = count as f64;
            let off = |misses: &&[Miss]| hits(misses) - coverage * misses.len() as f64;
            let squares: f64 = filled.iter().map(|misses| off(misses) * off(misses)).sum();
            let half = Z95 * libm::sqrt(squares * count / (count - 1.0)) / n;
            // Where all networks agree, that of as many networks as coins still holds.
            let floor = Interval::wilson(coverage, count);
            match half > 0.0 {
                true => Interval { low: (coverage - half).max(0.0), high: (coverage + half).min(1.0) },
                false => floor,
            }
        }
    };
    let mut shares: Vec<f64> = all.iter().map(|miss| miss.share).filter(|share| share.is_finite()).collect();
    shares.sort_by(f64::total_cmp);
    Score {
        cells: cells.len() as u64,
        creators: all.len() as u64,
        missing: cells.iter().map(|(_, missing)| missing).sum(),
        coverage: known(coverage),
        coverage_interval: (n > 0.0).then_some(interval),
        bias: known(all.iter().map(|miss| miss.z).sum::<f64>() / n),
        rms: known(libm::sqrt(all.iter().map(|miss| miss.z * miss.z).sum::<f64>() / n)),
        relative_error: (!shares.is_empty()).then(|| quantile(&shares, 0.5)),
    }
}

impl Grid {
    /// As JSON.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("maps of this document have text keys") + "\n"
    }

    /// An error if intervals hold the truth less often than they say, beyond chance, or if estimates are missing.
    pub fn passed(&self) -> Result<()> {
        let failed = |what: String| Err(Error::NotConverged(what));
        match (&self.all.coverage_interval, self.all.coverage) {
            _ if self.all.missing > 0 => failed(format!("{} creators have no estimate", self.all.missing)),
            (Some(interval), Some(coverage)) if interval.high < 0.95 => failed(format!(
                "95% intervals hold the truth {:.1}% of the time ({:.1}–{:.1})",
                100.0 * coverage,
                100.0 * interval.low,
                100.0 * interval.high
            )),
            _ => Ok(()),
        }
    }

    /// A row a size, and one for all.
    pub fn table(&self) -> Table {
        let columns = vec![
            Column::new("people", "people", "accounts", "size of the networks"),
            Column::new("networks", "networks", "", "how many"),
            Column::new("creators", "creators", "", "creators with a truth and an estimate"),
            Column::new("coverage", "coverage", "share", "of 95% intervals that hold the truth"),
            Column::new("coverage_interval", "95% interval", "share", "of the coverage").range(),
            Column::new("bias", "bias, s.e.", "standard errors", "mean error"),
            Column::new("rms", "rms, s.e.", "standard errors", "root mean square error; 1 is what intervals promise"),
            Column::new("relative_error", "error", "share", "median of |estimate − truth| / truth"),
            Column::new("missing", "missing", "", "creators without an estimate").detail(),
        ];
        let text = |name: &str| self.provenance[name].as_str().unwrap_or_default().to_owned();
        let provenance = Provenance {
            engine: text("engine"),
            command: text("command"),
            parameters: self.provenance["parameters"].clone(),
            rng_seed: self.provenance["rng_seed"].as_u64().unwrap_or_default(),
            network: "a grid".into(),
        };
        let mut table = Table::new(SCHEMA, columns, provenance);
        let score = |value: Option<f64>, how: fn(f64) -> String| {
            value.map_or(TableCell::Missing, |value| TableCell::Shown(value, how(value)))
        };
        let percent = |value: f64| format!("{:.1}%", 100.0 * value);
        let named = self.sizes.iter().map(|(people, of)| (count(*people), of));
        for (name, of) in named.chain([("all".to_owned(), &self.all)]) {
            table.rows.push(vec![
                TableCell::Text(name),
                TableCell::Count(of.cells),
                TableCell::Count(of.creators),
                score(of.coverage, percent),
                of.coverage_interval.map_or(TableCell::Missing, TableCell::Range),
                score(of.bias, |value| format!("{value:+.2}")),
                score(of.rms, |value| format!("{value:.2}")),
                score(of.relative_error, |value| format!("{:.2}%", 100.0 * value)),
                TableCell::Count(of.missing),
            ]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Key, Stream};
    use crate::base::stats::normal_quantile;
    use crate::graph::build;

    /// Truth 100 ± 1 and estimates with standard error 2, drawn from it, shifted, with intervals of this many times
    /// the right width.
    fn synthetic(shift: f64, width: f64) -> impl Fn(&Cell, &Run) -> Result<Case> {
        move |cell, run| {
            let key = Key::new(run.seed(), Stream::Sample, cell.people);
            let normal = |item: u64| normal_quantile(key.unit(item).clamp(1e-9, 1.0 - 1e-9));
            let creators = 0..50u32;
            let truth = creators.clone().map(|v| (v, 100.0 + normal(2 * u64::from(v)), 1.0)).collect();
            let estimates = creators
                .map(|account| {
                    let value = 100.0 + shift + 2.0 * normal(2 * u64::from(account) + 1);
                    Estimate { account, value, interval: Interval::around(value, width * 2.0 * Z95) }
                })
                .collect();
            Ok(Case { network: Network::from_graph(build::graph(2, &[(0, 1)])), truth, estimates })
        }
    }

    fn grid(shift: f64, width: f64) -> Grid {
        let truth = Truth { people: vec![1000, 2000], seeds: 20, ..Default::default() };
        truth.run(&Run::new(3), synthetic(shift, width)).unwrap()
    }

    #[test]
    fn honest_intervals_cover_and_pass() {
        let grid = grid(0.0, 1.0);
        // 2,000 coins of 95%: 5 sd is 2.4 points; of rms 1 it is 0.08, of the mean 0.11. By chance once in 10⁶.
        assert_eq!((grid.all.creators, grid.all.cells, grid.all.missing), (2000, 40, 0));
        let (coverage, interval) = (grid.all.coverage.unwrap(), grid.all.coverage_interval.unwrap());
        assert!((coverage - 0.95).abs() < 0.024, "{coverage}");
        assert!(interval.low < coverage && coverage < interval.high && interval.half_width() < 0.02, "{interval:?}");
        assert!((grid.all.rms.unwrap() - 1.0).abs() < 0.08 && grid.all.bias.unwrap().abs() < 0.11, "{:?}", grid.all);
        assert_eq!((grid.sizes.len(), grid.sizes[0].1.creators, grid.cells.len()), (2, 1000, 40));
        assert!(grid.passed().is_ok());
        let again: Grid = serde_json::from_str(&grid.json()).unwrap();
        assert_eq!((again.cells.len(), again.all.creators, again.schema.as_str()), (40, 2000, SCHEMA));
    }

    #[test]
    fn narrow_intervals_shifted_ones_and_missing_ones_fail() {
        for (grid, says) in [(grid(0.0, 0.4), "hold the truth"), (grid(5.0, 1.0), "hold the truth")] {
            let error = grid.passed().unwrap_err();
            assert_eq!(error.exit_code(), 3);
            assert!(error.to_string().contains(says), "{error}");
        }
        assert!(grid(5.0, 1.0).all.bias.unwrap() > 2.0);
        let truth = Truth { people: vec![1000], seeds: 2, ..Default::default() };
        let make = synthetic(0.0, 1.0);
        let one_short = |cell: &Cell, run: &Run| {
            let mut case = make(cell, run)?;
            case.estimates.pop();
            Ok(case)
        };
        let grid = truth.run(&Run::new(3), one_short).unwrap();
        assert_eq!((grid.all.missing, grid.all.creators), (2, 98));
        assert!(grid.passed().unwrap_err().to_string().contains("2 creators have no estimate"));
    }

    #[test]
    fn hand_values() {
        let miss = |z: f64| Miss { account: 0, z, share: z.abs() / 10.0 };
        let (one, two) = ([miss(1.0), miss(-1.0)], [miss(3.0), miss(1.0)]);
        let score = score(&[(&one, 0), (&two, 1)]);
        assert_eq!((score.coverage, score.bias, score.rms), (Some(0.75), Some(1.0), Some(3f64.sqrt())));
        assert_eq!((score.creators, score.missing, score.relative_error), (4, 1, Some(0.1)));
        // Residuals ±1/2: 1.96 √(1/2 · 2) / 4 = 0.49.
        let interval = score.coverage_interval.unwrap();
        assert!((interval.low - 0.26).abs() < 0.001 && interval.high == 1.0, "{interval:?}");
        let interval = Interval::wilson(0.5, 10.0);
        assert!((interval.low - 0.2366).abs() < 1e-4 && (interval.high - 0.7634).abs() < 1e-4, "{interval:?}");
        let nothing = super::score(&[]);
        assert_eq!((nothing.coverage, nothing.rms), (None, None));
    }

    #[test]
    fn the_frame_runs_on_a_network_made_here() {
        let truth = Truth { people: vec![2000], seeds: 2, creators: 5, truth_worlds: 2000, ..Default::default() };
        let grid = truth.run(&Run::new(1), |cell, run| truth.case(cell, run)).unwrap();
        assert_eq!((grid.all.creators, grid.all.missing), (10, 0));
        // In standard errors, of ten: 5 is passed by chance less than once in 100,000.
        assert!(grid.cells.iter().all(|cell| cell.worst.unwrap().1.abs() < 5.0), "{grid:?}");
        assert_ne!(grid.cells[0].network, grid.cells[1].network);
        assert!(Truth { people: vec![1], ..Default::default() }.check().is_err());
        assert!(Truth { truth_worlds: 1, ..Default::default() }.check().is_err());
    }
}
