//! Grids of markets with planted farms: are bots told from people, are shares of real followers right, do their intervals hold,
//! are innocent look-alikes left alone?

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::authenticity::{Audit, Shares};
use crate::base::stats::{Interval, Z95, quantile};
use crate::base::{Error, Result, Run};
use crate::report::{Cell, Column, Provenance, Table};
use crate::synth::Market;
use crate::synth::market::Made;

/// Planted farms over size × density × camouflage × share of accounts that were people's, several markets each.
///
/// **Asked**: where bots make at most one camouflage follow a bought one, the mean error of creators' shares is at most 3 points,
/// of buyers too; at most 1% of the innocent members of fandoms, schools, giveaways and viral days have a chance below one half
/// of being real; intervals hold as often as they say, ± 4 points, over the creators with any follower who is not real (of the
/// others most intervals end at 100%, which is the truth). Seeds are clusters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct AuditGrid {
    /// People in each market
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50_000, value_name = "N"))]
    pub people: u64,
    /// Creators, as a part of those of the full market: people follow as many as there
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.08, value_name = "FACTOR"))]
    pub creators_scale: f64,
    /// Markets a cell
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5, value_name = "N"))]
    pub seeds: u32,
    /// Creators with fewer followers are not scored
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50, value_name = "N"))]
    pub least: u64,
    /// Accounts of a farm, as shares of people
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_values_t = [0.001, 0.004], value_name = "SHARE,…"))]
    pub sizes: Vec<f64>,
    /// Shares of a farm that follow each buyer
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_values_t = [0.3, 0.7], value_name = "SHARE,…"))]
    pub densities: Vec<f64>,
    /// Follows of others a bought follow
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_values_t = [0.0, 1.0, 2.0], value_name = "N,…"))]
    pub camouflage: Vec<f64>,
    /// Shares of a farm's accounts that were people's
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_values_t = [0.0, 0.3], value_name = "SHARE,…"))]
    pub hijacked: Vec<f64>,
    /// What is looked at
    #[cfg_attr(feature = "cli", command(flatten))]
    pub audit: Audit,
}

impl Default for AuditGrid {
    fn default() -> Self {
        AuditGrid {
            people: 50_000,
            creators_scale: 0.08,
            seeds: 5,
            least: 50,
            sizes: vec![0.001, 0.004],
            densities: vec![0.3, 0.7],
            camouflage: vec![0.0, 1.0, 2.0],
            hijacked: vec![0.0, 0.3],
            audit: Audit::default(),
        }
    }
}

/// How audits of a cell fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audits {
    /// Accounts of a farm, as a share of people.
    pub size: f64,
    /// Share of them that follow each buyer.
    pub density: f64,
    /// Follows of others a bought follow.
    pub camouflage: f64,
    /// Share of accounts that were people's.
    pub hijacked: f64,
    /// Creators scored.
    pub creators: u64,
    /// The chance that an account that is real has a larger chance than one that is not: of all accounts.
    pub auc: f64,
    /// The same of accounts that follow a buyer.
    pub auc_bought: f64,
    /// Mean absolute error of the shares of creators.
    pub error: f64,
    /// The same of buyers.
    pub error_bought: f64,
    /// The error that 95% of the creators do not exceed.
    pub error_most: f64,
    /// How often intervals hold.
    pub held: f64,
    /// How often they hold where some follower is not real, with its 95% interval between markets.
    pub held_touched: (f64, Interval),
    /// Such creators.
    pub touched: u64,
    /// Share of innocent members that have a chance below one half.
    pub flagged: f64,
    /// Innocent members.
    pub innocent: u64,
}

/// Sums over the markets of a cell.
#[derive(Default)]
struct Sums {
    aucs: Vec<f64>,
    aucs_bought: Vec<f64>,
    errors: Vec<f64>,
    bought: Vec<f64>,
    held: (f64, f64),
    /// Hits and creators a market.
    touched: Vec<(f64, f64)>,
    flagged: (u64, u64),
}

impl AuditGrid {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        let lists = [
            ("--sizes", &self.sizes),
            ("--densities", &self.densities),
            ("--camouflage", &self.camouflage),
            ("--hijacked", &self.hijacked),
        ];
        for (name, list) in lists {
            if list.is_empty() {
                return Err(Error::parameter(name, "must name a value at least"));
            }
        }
        if self.seeds == 0 {
            return Err(Error::parameter("--seeds", "must be at least 1"));
        }
        self.audit.check()?;
        self.cells().iter().try_for_each(|cell| self.market(cell).check().map(drop))
    }

    fn cells(&self) -> Vec<[f64; 4]> {
        let mut cells = Vec::new();
        for &size in &self.sizes {
            for &density in &self.densities {
                for &camouflage in &self.camouflage {
                    cells.extend(self.hijacked.iter().map(|&hijacked| [size, density, camouflage, hijacked]));
                }
            }
        }
        cells
    }

    fn market(&self, &[farm_size, farm_density, camouflage, hijacked]: &[f64; 4]) -> Market {
        Market {
            people: self.people,
            creators_scale: Some(self.creators_scale),
            farm_size,
            farm_density,
            camouflage,
            hijacked,
            newcomers: 0.2,
            worlds: 2,
            ..Market::default()
        }
    }

    /// Makes all markets and audits them.
    pub fn run(&self, run: &Run) -> Result<Vec<Audits>> {
        self.check()?;
        let cells = self.cells();
        let mut found = Vec::with_capacity(cells.len());
        for (place, cell) in cells.iter().enumerate() {
            let mut sums = Sums::default();
            for seed in 0..u64::from(self.seeds) {
                run.phase(&format!("cell {} of {}", place + 1, cells.len()), None);
                let run = run.with_seed(run.seed().wrapping_add(seed));
                let made = self.market(cell).run(&run)?;
                self.look(&made, &mut sums, &run)?;
            }
            found.push(sums.of(cell));
        }
        Ok(found)
    }

    fn look(&self, made: &Made, sums: &mut Sums, run: &Run) -> Result<()> {
        let audited = self.audit.run(&made.network, run)?;
        let graph = made.network.follow_graph()?;
        let real = &made.truth.people.real;
        let buyers: BTreeSet<u32> =
            made.truth.plants.farms.iter().flat_map(|farm| farm.buyers.iter().map(|buyer| buyer.account)).collect();
        let customers: BTreeSet<u32> = buyers.iter().flat_map(|&v| graph.followers(v).iter().copied()).collect();
        sums.aucs.extend(auc(&audited.real, real, 0..real.len() as u32));
        sums.aucs_bought.extend(auc(&audited.real, real, customers.into_iter()));
        let creators: Vec<u32> = made
            .truth
            .creators
            .iter()
            .filter(|creator| creator.followers >= self.least)
            .map(|one| one.account)
            .collect();
        let shares = Shares::default().run(&audited, &made.network, &creators, run)?;
        let (mut hits, mut touched) = (0.0, 0.0);
        for share in &shares {
            let truth = &made.truth.creators[share.account as usize];
            let part = truth.authentic as f64 / truth.followers as f64;
            let (Some(found), Some(interval)) = (share.share, share.interval) else { continue };
            let error = (found - part).abs();
            sums.errors.push(error);
            if buyers.contains(&share.account) {
                sums.bought.push(error);
            }
            let hit = f64::from(u8::from(interval.low - 1e-9 <= part && part <= interval.high + 1e-9));
            sums.held = (sums.held.0 + hit, sums.held.1 + 1.0);
            if truth.authentic < truth.followers {
                (hits, touched) = (hits + hit, touched + 1.0);
            }
        }
        sums.touched.push((hits, touched));
        for u in innocents(made) {
            sums.flagged.0 += u64::from(audited.real[u as usize] < 0.5);
            sums.flagged.1 += 1;
        }
        Ok(())
    }
}

/// People in planted innocent crowds, and those who came on a viral day.
fn innocents(made: &Made) -> BTreeSet<u32> {
    let plants = &made.truth.plants;
    let crowds = plants.fandoms.iter().chain(&plants.schools).chain(&plants.giveaways);
    let mut found: BTreeSet<u32> = crowds.flat_map(|crowd| crowd.members.iter().copied()).collect();
    if let Some(follows) = &made.network.follows
        && let Some(times) = &follows.time
    {
        let rows = follows.graph.following_rows();
        for day in &plants.viral_days {
            for &u in follows.graph.followers(day.creator) {
                if let Ok(place) = rows.row(u).binary_search(&day.creator)
                    && (day.from..day.to).contains(&times[rows.range(u).start + place])
                {
                    found.insert(u);
                }
            }
        }
    }
    found.retain(|&u| made.truth.people.real[u as usize] == 1);
    found
}

/// The area under the curve of accounts; `None` where all are of one kind.
fn auc(scores: &[f64], real: &[u8], accounts: impl Iterator<Item = u32>) -> Option<f64> {
    let mut sorted: Vec<(f64, bool)> = accounts.map(|u| (scores[u as usize], real[u as usize] == 1)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut before, mut ranks, mut people) = (0.0, 0.0, 0.0);
    for same in sorted.chunk_by(|a, b| a.0 == b.0) {
        let here = same.iter().filter(|one| one.1).count() as f64;
        ranks += here * (before + (same.len() as f64 + 1.0) / 2.0);
        (before, people) = (before + same.len() as f64, people + here);
    }
    let others = before - people;
    (people > 0.0 && others > 0.0).then(|| (ranks - people * (people + 1.0) / 2.0) / (people * others))
}

impl Sums {
    fn of(mut self, &[size, density, camouflage, hijacked]: &[f64; 4]) -> Audits {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        self.errors.sort_by(f64::total_cmp);
        let (hits, touched) = self.touched.iter().fold((0.0, 0.0), |sum, market| (sum.0 + market.0, sum.1 + market.1));
        let held = hits / touched;
        // The ratio estimator of a cluster sample: creators of one market share its farms.
        let markets = self.touched.len() as f64;
        let squares: f64 = self.touched.iter().map(|(hits, all)| (hits - held * all) * (hits - held * all)).sum();
        let half = if markets > 1.0 { Z95 * libm::sqrt(squares * markets / (markets - 1.0)) / touched } else { 1.0 };
        Audits {
            size,
            density,
            camouflage,
            hijacked,
            creators: self.errors.len() as u64,
            auc: mean(&self.aucs),
            auc_bought: mean(&self.aucs_bought),
            error: mean(&self.errors),
            error_bought: mean(&self.bought),
            error_most: if self.errors.is_empty() { f64::NAN } else { quantile(&self.errors, 0.95) },
            held: self.held.0 / self.held.1,
            held_touched: (held, Interval { low: (held - half).max(0.0), high: (held + half).min(1.0) }),
            touched: touched as u64,
            flagged: self.flagged.0 as f64 / self.flagged.1.max(1) as f64,
            innocent: self.flagged.1,
        }
    }
}

impl Audits {
    /// What was asked and not met, in words.
    pub fn failed(&self) -> Option<String> {
        let percent = |share: f64| format!("{:.1}%", 100.0 * share);
        if self.camouflage <= 1.0 && (self.error > 0.03 || self.error_bought > 0.03) {
            return Some(format!("errors of {} and, of buyers, {}", percent(self.error), percent(self.error_bought)));
        }
        if self.flagged > 0.01 {
            return Some(format!("{} of innocent members flagged", percent(self.flagged)));
        }
        if self.held_touched.1.high < 0.86 {
            return Some(format!(
                "90% intervals hold {} where some follower is not real",
                percent(self.held_touched.0)
            ));
        }
        None
    }
}

/// A row a cell.
pub fn table(grid: &AuditGrid, found: &[Audits], seed: u64) -> Table {
    let columns = vec![
        Column::new("size", "farm", "share", "accounts of a farm, as a share of people"),
        Column::new("density", "density", "share", "of a farm that follows each buyer"),
        Column::new("camouflage", "camouflage", "", "follows of others a bought follow"),
        Column::new("hijacked", "hijacked", "share", "of a farm's accounts that were people's"),
        Column::new("creators", "creators", "", "creators scored"),
        Column::new("auc", "AUC", "", "of all accounts"),
        Column::new("auc_bought", "AUC, buyers'", "", "of accounts that follow a buyer"),
        Column::new("error", "error", "share", "mean absolute error of creators' shares of real followers"),
        Column::new("error_bought", "buyers'", "share", "the same of creators who bought"),
        Column::new("error_most", "95% below", "share", "error that 95% of the creators do not exceed"),
        Column::new(
            "held_touched",
            "held",
            "share",
            "90% intervals that hold the truth, where some follower is not real",
        ),
        Column::new("held_interval", "95% interval", "share", "of that, between markets").range(),
        Column::new("held", "held, all", "share", "the same over all creators"),
        Column::new("flagged", "flagged", "share", "innocent members of crowds with a chance below one half"),
        Column::new("touched", "touched", "", "creators with a follower who is not real").detail(),
        Column::new("innocent", "innocent", "", "innocent members").detail(),
    ];
    let provenance = Provenance::new("bench audit", json!(grid), seed, 0);
    let mut table = Table::new("truereach/bench-audit/1", columns, provenance);
    let percent = |share: f64| Cell::Shown(share, format!("{:.2}%", 100.0 * share));
    for one in found {
        table.rows.push(vec![
            percent(one.size),
            percent(one.density),
            Cell::Score(one.camouflage, 2),
            percent(one.hijacked),
            Cell::Count(one.creators),
            Cell::Shown(one.auc, format!("{:.4}", one.auc)),
            Cell::Shown(one.auc_bought, format!("{:.4}", one.auc_bought)),
            percent(one.error),
            percent(one.error_bought),
            percent(one.error_most),
            percent(one.held_touched.0),
            Cell::Range(one.held_touched.1),
            percent(one.held),
            percent(one.flagged),
            Cell::Count(one.touched),
            Cell::Count(one.innocent),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_under_the_curve_by_hand() {
        let (scores, real) = ([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
        assert_eq!(auc(&scores, &real, 0..4), Some(0.75));
        assert_eq!(auc(&[0.5; 4], &real, 0..4), Some(0.5));
        assert_eq!(auc(&scores, &real, 2..4), None);
    }

    #[test]
    fn a_small_grid_runs_and_meets_what_is_asked() {
        let grid = AuditGrid {
            people: 20_000,
            creators_scale: 0.05,
            seeds: 1,
            sizes: vec![0.004],
            densities: vec![0.7],
            camouflage: vec![1.0],
            hijacked: vec![0.0],
            ..Default::default()
        };
        let found = grid.run(&Run::new(3)).unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].failed().is_none() && found[0].auc > 0.98, "{found:?}");
        assert!(AuditGrid { sizes: vec![], ..grid.clone() }.check().is_err());
        assert!(AuditGrid { densities: vec![2.0], ..grid }.check().is_err());
    }
}
