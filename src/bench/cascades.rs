//! The stages that simulate: the reach of the most followed creators, and the first N with those ruled out.

use super::input::Input;
use super::measure::Watch;
use super::stage::{Accuracy, Made, Stage, Verdict, digest};
use crate::base::stats::Z95;
use crate::base::{Result, Run};
use crate::cascade::resolved::Resolved;
use crate::cascade::{Reach, ReachEach, ReachRow, Top, TunkRank, direct_reach};
use crate::graph::Graph;

/// The reach of the most followed creators.
pub struct SimulateStage<'a> {
    pub input: &'a Input,
    pub params: ReachEach,
    pub creators: usize,
}

impl Stage for SimulateStage<'_> {
    fn name(&self) -> &'static str {
        "simulate"
    }
    fn about(&self) -> &'static str {
        "reach of each of the most followed creators until the half-width asked for is met; a world counts once a creator"
    }
    fn unit(&self) -> &'static str {
        "worlds"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let most = most_followed(self.input.graph()?, self.creators);
        let resolved = self.input.known.resolve(&self.input.network, run)?;
        let found = watch.time(|| self.params.run_resolved(&resolved, &most, run))?;
        let work = found.rows.iter().map(|row| row.worlds as f64).sum();
        let digest = digest_of(&found.rows);
        let judge = Box::new(move |run: &Run| {
            let resolved = self.input.known.resolve(&self.input.network, run)?;
            let mut verdict = Verdict::default();
            sandwich(&resolved, &found.rows, &mut verdict, run)?;
            same_alone(&resolved, &found.rows, &mut verdict, run)?;
            precision(self.input, &found.rows, "", &mut verdict);
            Ok(verdict)
        });
        Ok(Made { digest, work, judge })
    }
}

/// The first N among candidates.
pub struct TopStage<'a> {
    pub input: &'a Input,
    pub params: Top,
    pub candidates: usize,
}

impl Stage for TopStage<'_> {
    fn name(&self) -> &'static str {
        "top"
    }
    fn about(&self) -> &'static str {
        "the creators of largest reach among the candidates; those ruled out without simulation count too"
    }
    fn unit(&self) -> &'static str {
        "people"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let graph = self.input.graph()?;
        let candidates = match self.input.network.creators() {
            Some(creators) if !creators.is_empty() => creators,
            _ => most_followed(graph, self.candidates),
        };
        let resolved = self.input.known.resolve(&self.input.network, run)?;
        let found = watch.time(|| self.params.run_resolved(&resolved, &candidates, run))?;
        let digest = digest_of(&found.rows);
        let work = found.creators as f64;
        let judge = Box::new(move |run: &Run| {
            let resolved = self.input.known.resolve(&self.input.network, run)?;
            let mut verdict = Verdict::default();
            sandwich(&resolved, &found.rows, &mut verdict, run)?;
            // Whoever reaches more people directly than the last of the first N reaches at all belongs among them.
            let last = found.rows.iter().map(|row| row.sim_error.high).fold(f64::INFINITY, f64::min);
            let full = found.rows.len() == self.params.n;
            let left_out = candidates.iter().find(|&&v| {
                full && direct_reach(&resolved, &[v]) > last && found.rows.iter().all(|row| row.account != v)
            });
            verdict.must(left_out.is_none(), || format!("account {} was left out", left_out.unwrap_or(&0)));
            precision(self.input, &found.rows, if found.settled { ", settled" } else { ", close" }, &mut verdict);
            verdict.accuracy = verdict.accuracy.with("settled", found.settled).with("simulated", found.simulated);
            Ok(verdict)
        });
        Ok(Made { digest, work, judge })
    }
}

/// The accounts with most followers, most first.
fn most_followed(graph: &Graph, count: usize) -> Vec<u32> {
    let mut accounts: Vec<u32> = (0..graph.accounts() as u32).collect();
    accounts.sort_by_key(|&v| (std::cmp::Reverse(graph.followers(v).len()), v));
    accounts.truncate(count);
    accounts
}

fn digest_of(rows: &[ReachRow]) -> u64 {
    let flat = |row: &ReachRow| {
        let account = f64::from(row.account);
        [account, row.reach, row.direct, row.sim_error.low, row.sim_error.high, row.worlds as f64]
    };
    digest(&[&rows.iter().flat_map(flat).collect::<Vec<f64>>()])
}

/// Direct reach ≤ reach ≤ TunkRank, the last within the simulation error.
fn sandwich(resolved: &Resolved<'_>, rows: &[ReachRow], verdict: &mut Verdict, run: &Run) -> Result<()> {
    let upper = TunkRank::default().run_resolved(resolved, run)?;
    for row in rows {
        let direct = direct_reach(resolved, &[row.account]);
        let most = upper.exposures[row.account as usize] * (1.0 + upper.error) + 1e-9;
        let half = row.sim_error.high - row.reach;
        verdict.must(direct == row.direct && direct <= row.reach, || {
            format!("account {}: direct reach {direct} is above reach {}", row.account, row.reach)
        });
        verdict.must(row.reach - half <= most, || {
            format!("account {}: reach {} ± {half} is above TunkRank {most}", row.account, row.reach)
        });
    }
    Ok(())
}

/// A few creators walked again, each alone, by the other walker, in the same worlds: the same people.
fn same_alone(resolved: &Resolved<'_>, rows: &[ReachRow], verdict: &mut Verdict, run: &Run) -> Result<()> {
    for row in rows.iter().filter(|row| row.worlds > 0).take(3) {
        let alone = Reach { worlds: Some(row.worlds), draws: 0, ..Default::default() };
        let reach = alone.run_resolved(resolved, &[row.account], run)?.reach;
        verdict.must((reach - row.reach).abs() <= 1e-9 * reach, || {
            format!("account {}: reach {} together, {reach} alone in the same worlds", row.account, row.reach)
        });
    }
    Ok(())
}

/// The half-widths reached, and the distance from the truth where it is known.
fn precision(input: &Input, rows: &[ReachRow], more: &str, verdict: &mut Verdict) {
    let half = |row: &ReachRow| row.sim_error.high - row.reach;
    let shares = rows.iter().filter(|row| row.reach > 0.0).map(|row| half(row) / row.reach);
    let widest = shares.fold(0.0, f64::max);
    let met = rows.iter().filter(|row| row.converged).count();
    let mut text = format!("±{:.1}%{more}", 100.0 * widest);
    let mut accuracy = Accuracy::within("", widest);
    let known = rows.iter().filter_map(|row| Some((row, input.known.reach_of(row.account)?)));
    let off: Vec<(f64, f64)> = known
        .map(|(row, (truth, error))| {
            let spread = libm::sqrt((half(row) / Z95) * (half(row) / Z95) + error * error);
            ((row.reach - truth) / spread.max(f64::MIN_POSITIVE), (row.reach - truth).abs() / truth)
        })
        .collect();
    if !off.is_empty() {
        let count = off.len() as f64;
        let errors = libm::sqrt(off.iter().map(|(z, _)| z * z).sum::<f64>() / count);
        let mut shares: Vec<f64> = off.iter().map(|(_, share)| *share).collect();
        shares.sort_by(f64::total_cmp);
        let middle = crate::base::stats::quantile(&shares, 0.5);
        text = format!("±{:.1}%, {errors:.1} s.e.", 100.0 * widest);
        accuracy.error = Some(middle);
        accuracy = accuracy
            .with("truth_known_for", off.len())
            .with("rms_error_in_standard_errors", errors)
            .with("median_relative_error", middle);
        if let Some(most) = input.known.most_errors {
            verdict.must(errors <= most, || {
                format!("reach is {errors:.1} standard errors from the truth (root mean square), over {most}")
            });
        }
    }
    accuracy.text = text;
    verdict.accuracy =
        accuracy.with("widest_half_width", widest).with("creators", rows.len()).with("half_width_met", met);
}
