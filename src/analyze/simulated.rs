//! Reach by simulation on the whole graph, with rank and communities.

use std::collections::BTreeMap;

use super::creators::{Analyze, CreatorRow, OnGraph, Words};
use crate::base::stats::Interval;
use crate::base::{Result, Run};
use crate::cascade::{Cascade, Model, ReachAll, ReachRow, Top, TunkRank};
use crate::community::Leiden;
use crate::graph::Network;
use crate::rank::PageRank;

/// From so many creators on, all are estimated from one pool of backward walks, not one by one.
const MANY: usize = 10_000;

impl Analyze {
    /// Rank and community, where whom the followers follow is known.
    pub(super) fn rank(on: &mut OnGraph, words: &mut Words, run: &Run) -> Result<()> {
        let graph = &on.audience.graph;
        let ranking = PageRank::default().run(graph, run)?;
        if !ranking.converged {
            words
                .notes
                .push(format!("PageRank stopped before its tolerance: error at most {:.1e}", ranking.error_bound));
        }
        on.ranking = Some(ranking);
        on.communities = Some(Leiden::glance().run(graph, run)?);
        Ok(())
    }

    /// Reach by simulation: of the first `limit` creators, certified; of all, if that many are asked for.
    pub(super) fn simulate(
        &self,
        network: &Network,
        on: &mut OnGraph,
        (creators, limit): (&[u32], usize),
        niche: Option<&str>,
        words: &mut Words,
        run: &Run,
    ) -> Result<Vec<CreatorRow>> {
        let graph = &on.audience.graph;
        let Words { assumptions, notes } = words;
        let resolved = self.cascade.resolve(graph, network, run)?;
        let (status, because) = self.cascade.status();
        if self.cascade.timing.within.is_some() {
            notes.push(format!("reach, direct reach and TunkRank are{} of the post", self.cascade.timing.suffix()));
        }
        let tunkranks = TunkRank::default().run_resolved(&resolved, run)?;
        if tunkranks.supercritical > 0 {
            notes.push(format!(
                "TunkRank is infinite (supercritical) for {} of {} accounts",
                tunkranks.supercritical,
                network.accounts()
            ));
        }
        // What is known exactly bounds what is sampled: R0 <= R <= I, also where I and R0 differ by rounding alone.
        let upper = tunkranks.exposures.clone();
        let bound = |row: &ReachRow, people: f64| people.min(upper[row.account as usize].max(row.direct));
        on.tunkranks = Some(tunkranks);
        if self.cascade.model == Model::Prior && self.cascade.rho.is_none() && shares_without_items(network) {
            notes.push(
                "there are shares in the data, but without an item (post) column resharing per exposure cannot be learned \
                 from them: it is assumed"
                    .into(),
            );
        }
        if creators.is_empty() {
            return Ok(Vec::new());
        }
        let each = self.each();
        let inside = match niche {
            Some(column) => {
                assumptions.push(format!("true influence counts people by {column}: 0.5 counts half"));
                Some(Cascade { weight: Some(column.to_owned()), ..self.cascade.clone() }.resolve(graph, network, run)?)
            }
            None => None,
        };
        let mut scores = None;
        let reached: Vec<ReachRow> = if limit < creators.len() {
            let top = Top {
                n: limit,
                cascade: self.cascade.clone(),
                half_width: self.half_width,
                max_worlds: self.max_worlds,
                draws: self.draws,
                ..Default::default()
            };
            // The first by what is asked for: in a niche not by all they reach.
            let found = top.run_resolved(inside.as_ref().unwrap_or(&resolved), creators, run)?;
            assumptions.extend(found.assumptions);
            notes.push(format!(
                "{} creators; {} cannot be among the first {limit} whatever the cascade; {} were simulated{}",
                found.creators,
                found.ruled_out,
                found.simulated,
                if found.settled { "" } else { "; the last places are close: intervals of those in and out overlap" }
            ));
            match &inside {
                None => found.rows,
                Some(_) => {
                    let first: Vec<u32> = found.rows.iter().map(|row| row.account).collect();
                    scores = Some(found.rows);
                    each.run_resolved(&resolved, &first, run)?.rows
                }
            }
        } else if creators.len() > MANY {
            let all = ReachAll { half_width: self.half_width, draws: self.draws, ..Default::default() };
            let found = all.run_resolved(&resolved, run)?;
            assumptions.extend(found.assumptions);
            notes.push(format!(
                "reach of all at once, from {} walks backwards: of the {} accounts of reach 10 and more, half are known to \
                 ±{:.1}% or better; sim_error says how well each is",
                found.samples,
                found.deciding,
                100.0 * found.half_width
            ));
            if !found.converged {
                notes.push(format!("the half-width asked for, {:.1}%, was not met", 100.0 * self.half_width));
            }
            if let Some(inside) = &inside {
                let found = all.run_resolved(inside, run)?;
                scores = Some(creators.iter().map(|&v| found.rows[v as usize]).collect::<Vec<ReachRow>>());
            }
            creators.iter().map(|&v| ReachRow { converged: true, ..found.rows[v as usize] }).collect()
        } else {
            let found = each.run_resolved(&resolved, creators, run)?;
            assumptions.extend(found.assumptions);
            found.rows
        };
        let unconverged = reached.iter().filter(|row| !row.converged).count();
        if unconverged > 0 {
            notes.push(format!("{unconverged} rows did not reach the half-width asked for within --max-worlds; their sim_error says how wide they are"));
        }
        let accounts: Vec<u32> = reached.iter().map(|row| row.account).collect();
        on.direct = resolved.direct_draws(&accounts, self.draws, run.seed());
        let scores = match (scores, &inside) {
            (Some(scores), _) => scores,
            (None, Some(inside)) => each.run_resolved(inside, &accounts, run)?.rows,
            (None, None) => reached.clone(),
        };
        let scores: BTreeMap<u32, ReachRow> = scores.into_iter().map(|score| (score.account, score)).collect();
        let counts_all = self.cascade.weight.is_none();
        Ok(reached
            .into_iter()
            .map(|row| (row, scores.get(&row.account).copied().unwrap_or(row)))
            .map(|(row, score)| CreatorRow {
                real: counts_all.then(|| resolved.weight_of(graph.followers(row.account))),
                // Of the people reached, those who count in the niche: never more.
                score: Some(bound(&row, score.reach.min(row.reach))),
                score_interval: Some(score.interval),
                direct: Some(row.direct),
                direct_status: status,
                reach_status: status,
                because: because.into(),
                direct_range: resolved.direct_range(row.account),
                reach: Some(bound(&row, row.reach)),
                sim_error: Some(Interval {
                    low: bound(&row, row.sim_error.low),
                    high: bound(&row, row.sim_error.high),
                }),
                interval: Some(row.interval),
                worlds: Some(row.worlds),
                amplification: (row.direct > 0.0).then(|| bound(&row, row.reach) / row.direct),
                ..CreatorRow::blank(row.account)
            })
            .collect())
    }
}

fn shares_without_items(network: &Network) -> bool {
    let shares = network.kinds.iter().any(|kind| kind == "share");
    shares && network.events.as_ref().is_some_and(|events| events.item.is_none())
}
