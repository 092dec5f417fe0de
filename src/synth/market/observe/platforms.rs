//! What each platform shows of a post, and how much of its reach it recommends: assumptions, in one table.

use serde::{Deserialize, Serialize};

use super::super::super::draw::{Draw, Weighted};
use super::super::words::PLATFORMS;

/// A format of posts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Its name.
    pub name: String,
    /// Share of posts; adds up to 1 over a platform.
    pub share: f64,
    /// Factor on recommended people; 1 on average over a platform's posts.
    pub recommended: f64,
    /// Factor on the price.
    pub price: f64,
}

/// A platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its name.
    pub name: String,
    /// People reached by recommendation, for each follower who sees a post straight from the creator, on average.
    pub recommended: f64,
    /// Views for each person, on average.
    pub views_a_person: f64,
    /// Share of posts that show their reach.
    pub shows_reach: f64,
    /// Share of posts that show their views.
    pub shows_views: f64,
    /// Whether posts show how often they were shared.
    pub shows_shares: bool,
    /// Whether posts show how often they were saved.
    pub shows_saves: bool,
    /// The formats.
    pub formats: Vec<Format>,
}

/// Spread of a creator's own factor on recommended people, and of a post's (of the log; each has mean 1).
pub const CREATOR_SD: f64 = 0.6;
/// See [`CREATOR_SD`].
pub const POST_SD: f64 = 0.8;
/// Spread of a creator's factor and of a post's on views beyond the first (of the log; each has mean 1).
pub const REPEAT_SD: f64 = 0.2;
/// Spread of a creator's own chance that a sponsored post is seen (of the log).
pub const SPONSORED_SD: f64 = 0.15;
/// Chance that somebody who saw a post saves it.
pub const SAVES: f64 = 0.008;

/// The platforms, in the order of the market's list: TikTok lives on recommendation, YouTube by half, the others little.
pub fn platforms() -> Vec<Platform> {
    let format = |(name, share, recommended, price): (&str, f64, f64, f64)| Format {
        name: name.into(),
        share,
        recommended,
        price,
    };
    let platform = |name: &str| {
        let (recommended, views_a_person, shows, shares, saves) = match name {
            "tiktok" => (4.0, 1.25, [0.0, 1.0], true, true),
            "youtube" => (1.0, 1.35, [0.3, 1.0], false, false),
            "instagram" => (0.25, 1.30, [1.0, 0.7], true, true),
            _ => (0.15, 1.20, [1.0, 0.6], true, false),
        };
        let formats: Vec<Format> = match name {
            "tiktok" => vec![("video", 1.0, 1.0, 1.0)],
            "youtube" => vec![("short", 0.4, 1.5, 0.5), ("video", 0.6, 2.0 / 3.0, 1.0)],
            "instagram" => vec![("post", 0.2, 1.0, 0.8), ("reel", 0.5, 1.6, 1.0), ("story", 0.3, 0.0, 0.4)],
            _ => vec![("post", 0.6, 2.0 / 3.0, 0.8), ("video", 0.4, 1.5, 1.0)],
        }
        .into_iter()
        .map(format)
        .collect();
        Platform {
            name: name.into(),
            recommended,
            views_a_person,
            shows_reach: shows[0],
            shows_views: shows[1],
            shows_shares: shares,
            shows_saves: saves,
            formats,
        }
    };
    PLATFORMS.iter().map(|(name, _)| platform(name)).collect()
}

impl Platform {
    /// A format, by the shares.
    pub(super) fn format(&self, draw: &mut Draw) -> &Format {
        let table = Weighted::new(&self.formats.iter().map(|format| format.share).collect::<Vec<f64>>());
        &self.formats[table.draw(draw) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_change_nothing_on_average() {
        for platform in platforms() {
            let sum = |of: fn(&Format) -> f64| platform.formats.iter().map(of).sum::<f64>();
            assert!((sum(|format| format.share) - 1.0).abs() < 1e-12, "{platform:?}");
            assert!((sum(|format| format.share * format.recommended) - 1.0).abs() < 1e-12, "{platform:?}");
        }
    }
}
