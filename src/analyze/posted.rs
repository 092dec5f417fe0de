//! Reach from past posts, in the rows of the main table.

use super::creators::{Analyze, CreatorRow, ReachFrom, Words};
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run};
use crate::graph::Network;
use crate::graph::tables::post;
use crate::learn::{Forecasts, NextPost};

impl Analyze {
    /// What past posts say of the next one; `None` where reach comes from the follow graph.
    pub(super) fn forecasts(&self, network: &Network, run: &Run) -> Result<Option<Forecasts>> {
        let posts = &network.tables.posts;
        let some = posts.has(post::REACH) || posts.has(post::VIEWS);
        let limited = self.cascade.timing.within.is_some();
        let named = self.cascade.is_named() || !self.audience.audience_from.is_empty();
        match self.reach_from {
            ReachFrom::Graph => Ok(None),
            ReachFrom::Auto if !some || named => Ok(None),
            ReachFrom::Posts if limited => Err(Error::parameter("--within", "reach from posts has no limit of time")
                .with_hint("--reach-from graph has")),
            ReachFrom::Posts if self.cascade.weight.is_some() => {
                Err(Error::parameter("--weight", "reach from posts counts people, not weights")
                    .with_hint("--reach-from graph has weights"))
            }
            ReachFrom::Posts if !some => Err(Error::NotEstimable {
                figure: "Reach from posts".into(),
                needs: "a table of posts with reach or views".into(),
            }),
            _ => NextPost { priors: self.cascade.priors.clone(), ..Default::default() }.run(network, run).map(Some),
        }
    }
}

/// Fills the rows with what the next post reaches, and says what must be said beside it.
pub(super) fn from_posts(rows: &mut [CreatorRow], forecasts: Forecasts, words: &mut Words) {
    for row in rows {
        let Some(forecast) = forecasts.of(row.account) else { continue };
        let (expected, paid) = (&forecast.ordinary.expected, &forecast.sponsored.expected);
        row.reach = expected.value;
        row.interval = expected.interval;
        row.reach_status = expected.status;
        row.because = expected.because.clone();
        row.next_post = forecast.ordinary.next80;
        row.sponsored = paid.value;
        row.sponsored_status = paid.status;
        row.sponsored_interval = paid.interval;
        row.sponsored_next = forecast.sponsored.next80;
        row.recommended = forecast.recommended.interval;
        row.recommended_status = forecast.recommended.status;
        row.posts = Some(forecast.posts);
        // Followers reached directly: their exposure within its limits, times how many there are.
        row.direct_status = forecast.exposure.status;
        let followers = forecast.followers.unwrap_or(f64::NAN);
        row.direct = forecast.exposure.value.map(|share| share * followers);
        let ends = |range: Interval| Interval { low: range.low * followers, high: range.high * followers };
        row.direct_range = forecast.exposure.interval.map(ends);
    }
    // A platform without posts has nothing to say of recommendation.
    let told = forecasts.platforms.iter().filter(|platform| platform.creators > 0);
    words.notes.extend(told.map(|platform| {
        let most = platform.recommended.interval.is_some_and(|range| range.low > 0.5);
        let dominates = if most { ": most of its reach, within all that is assumed of followers" } else { "" };
        format!("{}{dominates}", platform.sentence)
    }));
    words.notes.extend(forecasts.notes);
    words.assumptions.extend(forecasts.assumptions);
}
