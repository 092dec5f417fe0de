//! Was it right before? Past posts predicted from what lay before them.

use serde::{Deserialize, Serialize};

use super::baseline::{LEVELS, LogLog, PastMedian, Quantiles};
use super::count::Likelihood;
use super::fit::{Fit, Next};
use super::posts::{Account, Measure, Past, Rows, platform_name};
use super::ratio::PeoplePerView;
use super::scores::{LEVELS as INTERVALS, Score, Tested};
use super::spread;
use super::verdict::{Calibration, Group, SCHEMA, Verdict, sentence};
use crate::base::{Error, Result, Run, par};
use crate::graph::Network;
use crate::graph::network::{Tier, Tiers};

/// Back-test of reach from posts: at several past times the model is fitted on what lay before, and predicts each
/// creator's next post.
///
/// Origins `t_1 < t_2 < …` at even shares of the posts' times; for each, everything (levels, spreads, effects) is learned
/// from posts before it alone; predicted is each creator's first post at or after it and before the next origin.
///
/// **Input**: the table of posts with times; reach or views as given, nothing converted. Follower counts are today's:
/// a small help to every method that uses them.
/// **Returns**: a [`Verdict`]: how often intervals of 50, 80 and 95% held, each with an interval that knows that posts of
/// one creator hang together; width, CRPS, log score, distance and slope on `log(1 + count)`, rank correlation and how well
/// creators are ordered; the same of the creator's past median and of a line through followers ([`RIVALS`]), and the skill
/// against them; by tier, platform, number of past posts.
/// **Guarantee**: no prediction changes when posts at or after its origin change. Intervals of counts hold the share
/// of the counts inside, ends included.
/// **Cost**: a fit of [`NextPost`](super::NextPost) an origin.
/// **Errors**: no dated posts; posts all of one time; parameters out of range.
/// **Determinism**: the same bits at any number of threads; the seed draws creators again for intervals of skill.
/// **Symbols**: [`Verdict`], [`Score`].
/// **References**: Tashman 2000 (rolling origins); Gneiting & Raftery 2007 (CRPS); Czado, Gneiting & Held 2009 (counts).
///
/// ```
/// use truereach::{Error, Run, graph::{Network, build}, learn::Backtest};
/// let mut network = Network::from_graph(build::graph(3, &[(1, 0), (2, 0)]));
/// network.tables.posts = truereach::learn::example::posts(&[(0, 120.0), (0, 80.0)]);
/// let refused = Backtest::default().run(&network, &Run::default());
/// assert!(matches!(refused, Err(Error::NotEstimable { .. })), "these posts have no times");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Backtest {
    /// What is predicted: reach or views [default: what more dated posts have]
    #[cfg_attr(feature = "cli", arg(long, value_enum, value_name = "WHAT"))]
    pub measure: Option<Measure>,
    /// Past times to predict from
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value_t = 5))]
    pub origins: u32,
}

impl Default for Backtest {
    fn default() -> Self {
        Backtest { measure: None, origins: 5 }
    }
}

/// Who predicts the same posts: the names of [`Tested::rivals`].
pub const RIVALS: [&str; 2] = ["past median", "followers"];

/// The share of posts before the first origin, and before the last.
const FIRST: f64 = 0.3;
const LAST: f64 = 0.9;

impl Backtest {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        if matches!(self.measure, Some(Measure::People | Measure::Sharers)) {
            return Err(Error::parameter("--measure", "a back-test converts nothing").with_hint("say reach or views"));
        }
        match (1..=100).contains(&self.origins) {
            true => Ok(()),
            false => Err(Error::parameter("--origins", format!("{} is not from 1 to 100", self.origins))),
        }
    }

    /// Predicts past posts, and judges.
    pub fn run(&self, network: &Network, run: &Run) -> Result<Verdict> {
        let rows = self.rows(network)?;
        let origins = self.origins(&rows)?;
        let tested = self.predict(&rows, &origins, &network.tiers, run)?;
        let undated = rows.accounts.iter().flat_map(|account| account.singles()).filter(|past| past.time.is_none());
        let undated = undated.count() as u64;
        let score = |of: &[&Tested]| Score::of(of, &RIVALS, run.seed());
        let every: Vec<&Tested> = tested.iter().collect();
        let all = score(&every);
        let mut groups = Vec::new();
        let mut part = |by: &str, name: String, holds: &dyn Fn(&Tested) -> bool| {
            let here: Vec<&Tested> = every.iter().copied().filter(|one| holds(one)).collect();
            groups.extend(score(&here).map(|score| Group { by: by.into(), name, score }));
        };
        for tier in Tier::ALL {
            let in_tier = |one: &Tested| one.followers.is_some_and(|followers| network.tiers.of(followers) == tier);
            part("tier", tier.name().into(), &in_tier);
        }
        part("tier", "followers not known".into(), &|one| one.followers.is_none());
        for (at, platform) in rows.platforms.iter().enumerate() {
            part("platform", platform_name(platform), &|one| one.platform as usize == at);
        }
        for (name, from, to) in [("0", 0, 0), ("1–2", 1, 2), ("3–9", 3, 9), ("10 or more", 10, usize::MAX)] {
            part("past posts", name.into(), &|one| (from..=to).contains(&one.past));
        }
        let calibration = Calibration::of(all.as_ref());
        let sentence = sentence(calibration, all.as_ref());
        let (measure, left_out) = (rows.measure, rows.left_out);
        let (schema, network) = (SCHEMA.into(), String::new());
        Ok(Verdict {
            schema,
            network,
            measure,
            calibration,
            sentence,
            origins,
            undated,
            left_out,
            all,
            groups,
            mixture: vec![],
            portfolios: vec![],
        })
    }

    /// The rows that are predicted and learned from: as given, nothing converted.
    pub fn rows(&self, network: &Network) -> Result<Rows> {
        self.check()?;
        let dated = |past: &&Past| past.time.is_some() && !past.average;
        let count = |rows: &Rows| rows.accounts.iter().flat_map(|account| &account.posts).filter(dated).count();
        let of = |measure| Rows::of(network, measure, &PeoplePerView::default());
        if let Some(measure) = self.measure {
            return of(measure);
        }
        let (reach, views) = (of(Measure::Reach)?, of(Measure::Views)?);
        Ok(if count(&reach) >= count(&views) { reach } else { views })
    }

    /// Times at even shares of the dated posts, each once.
    ///
    /// **Errors**: [`Error::NotEstimable`] where there is nothing before, or nothing after.
    pub fn origins(&self, rows: &Rows) -> Result<Vec<i64>> {
        let mut times: Vec<i64> =
            rows.accounts.iter().flat_map(|account| account.singles()).filter_map(|past| past.time).collect();
        times.sort_unstable();
        let needs = |needs: &str| Error::NotEstimable { figure: "A back-test".into(), needs: needs.into() };
        let (Some(&first), Some(last)) = (times.first(), times.len().checked_sub(1)) else {
            return Err(needs("posts with a time and an outcome (reach or views)"));
        };
        let steps = f64::from(self.origins.max(2) - 1);
        let share = |at: u32| if self.origins == 1 { 0.5 } else { FIRST + (LAST - FIRST) * f64::from(at) / steps };
        let mut origins: Vec<i64> =
            (0..self.origins).map(|at| times[libm::ceil(share(at) * last as f64) as usize]).collect();
        origins.dedup();
        origins.retain(|&origin| origin > first);
        match origins.is_empty() {
            true => Err(needs("posts at different times")),
            false => Ok(origins),
        }
    }

    /// The predictions from each of these origins, in rising order; by account, then time.
    pub fn predict(&self, rows: &Rows, origins: &[i64], tiers: &Tiers, run: &Run) -> Result<Vec<Tested>> {
        let likelihood = spread::likelihood();
        run.phase("back-test", None);
        let mut all = Vec::new();
        for (at, &origin) in origins.iter().enumerate() {
            let until = origins.get(at + 1).copied();
            all.extend(after(rows, (origin, until), tiers, &likelihood, run)?);
        }
        all.sort_by_key(|one| (one.account, one.time, one.origin));
        Ok(all)
    }
}

/// The predictions of each creator's first post from an origin on, before the next one.
fn after(
    rows: &Rows,
    (origin, until): (i64, Option<i64>),
    tiers: &Tiers,
    likelihood: &Likelihood,
    run: &Run,
) -> Result<Vec<Tested>> {
    let before = rows.only(|past| past.time.is_some_and(|time| time < origin));
    let fit = Fit::learn(&before, tiers, likelihood, run)?;
    let (past_median, followers_line) = (PastMedian::learn(&before), LogLog::learn(&before));
    // Posts of one moment (dates without a time of day) are all the next: none is picked by what became of it.
    let next = |account: &Account| -> Vec<Past> {
        let after = account.singles().filter(|past| past.time.is_some_and(|time| time >= origin));
        let first = after.clone().filter_map(|past| past.time).min();
        let first = first.filter(|&time| until.is_none_or(|until| time < until));
        after.filter(|past| past.time == first).copied().collect()
    };
    let found = par::map(run, &par::chunks(rows.accounts.len(), 16), |range| {
        let mut tested = Vec::new();
        for at in range {
            let account = &before.accounts[at];
            // A platform that had no post before cannot be predicted from posts.
            if fit.creators[account.platform as usize] == 0 {
                continue;
            }
            for actual in next(&rows.accounts[at]) {
                let said = fit.next(account, Next { format: actual.format, sponsored: actual.sponsored });
                let intervals = INTERVALS.map(|level| said.next.interval(level));
                tested.push(Tested {
                    account: account.account,
                    origin,
                    time: actual.time.unwrap_or(origin),
                    actual: actual.count,
                    model: Quantiles { values: said.next.quantiles(LEVELS), intervals },
                    below: (said.next.cdf(libm::ceil(actual.count) - 1.0), said.next.cdf(actual.count)),
                    expected: said.mean,
                    rivals: vec![past_median.predict(account), followers_line.predict(account)],
                    past: account.singles().count(),
                    platform: account.platform,
                    followers: account.followers,
                    sponsored: actual.sponsored,
                });
            }
        }
        Ok(tested)
    })?;
    Ok(found.into_iter().flatten().collect())
}
