//! The rows that the model of reach learns from: every creator's posts with what became of them, and what was left out.

use serde::{Deserialize, Serialize};

use super::ratio::{PeoplePerView, Ratio, Seen};
use crate::base::{Error, Result};
use crate::graph::Network;
use crate::graph::attributes::known;

/// What counts as the outcome of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// People: `reach` where given, else `views` turned into people.
    #[default]
    People,
    /// `reach` alone.
    Reach,
    /// `views` alone, as they are.
    Views,
    /// Who passed it on, in a log of cascades: no column of posts.
    #[cfg_attr(feature = "cli", value(skip))]
    Sharers,
}

impl Measure {
    /// Its name in options and columns.
    pub fn name(self) -> &'static str {
        match self {
            Measure::People => "people",
            Measure::Reach => "reach",
            Measure::Views => "views",
            Measure::Sharers => "sharers",
        }
    }

    /// What is counted, in users' words.
    pub fn unit(self) -> &'static str {
        match self {
            Measure::People | Measure::Reach => "people",
            Measure::Views => "views",
            Measure::Sharers => "sharers",
        }
    }
}

/// A row of the posts table with an outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Past {
    /// The outcome.
    pub count: f64,
    /// When.
    pub time: Option<i64>,
    /// Its format, a place in [`Rows::formats`].
    pub format: Option<u32>,
    /// Whether somebody paid; a post without a word on it counts as ordinary.
    pub sponsored: bool,
    /// Whether it is an average over several posts.
    pub average: bool,
    /// Whether the outcome was made from views.
    pub converted: bool,
}

impl Past {
    /// An order that depends on the content alone.
    pub(crate) fn order(&self, other: &Past) -> std::cmp::Ordering {
        let key = |past: &Past| (past.time, past.format, past.sponsored, past.average, past.converted);
        key(self).cmp(&key(other)).then(self.count.total_cmp(&other.count))
    }
}

/// A creator's account with its past.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The account.
    pub account: u32,
    /// Its platform, a place in [`Rows::platforms`].
    pub platform: u32,
    /// Followers: as claimed, else as many as a full list shows.
    pub followers: Option<f64>,
    /// Its posts, by time, then content.
    pub posts: Vec<Past>,
}

impl Account {
    /// An order that depends on the content alone, so that names and places of accounts change no figure.
    pub(crate) fn order(&self, other: &Account) -> std::cmp::Ordering {
        let followers = |account: &Account| account.followers.unwrap_or(-1.0);
        let posts = || {
            let pairs = self.posts.iter().zip(&other.posts);
            pairs.map(|(a, b)| a.order(b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        };
        (self.platform.cmp(&other.platform))
            .then_with(|| followers(self).total_cmp(&followers(other)))
            .then_with(|| self.posts.len().cmp(&other.posts.len()))
            .then_with(posts)
    }

    /// Its single posts.
    pub fn singles(&self) -> impl Iterator<Item = &Past> + Clone {
        self.posts.iter().filter(|past| !past.average)
    }
}

/// Rows that count for nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Why, in users' words.
    pub why: String,
    /// How many rows of the posts table.
    pub posts: u64,
}

/// Everything that the model learns from.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// What is counted.
    pub measure: Measure,
    /// Platforms, sorted; the empty name stands for accounts without one.
    pub platforms: Vec<String>,
    /// Formats, sorted.
    pub formats: Vec<String>,
    /// How views became people, one a platform.
    pub ratios: Vec<Ratio>,
    /// Creators' accounts, by place: those that the creators table names, that posted, or that offer posts.
    pub accounts: Vec<Account>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
}

/// The platform of an account: its attribute, else what stands before the colon of its name, else empty.
pub fn platform_of(network: &Network, account: u32) -> String {
    let given = network.attributes.text(known::PLATFORM, account).map(|text| text.trim().to_lowercase());
    given.filter(|text| !text.is_empty()).unwrap_or_else(|| {
        let name = network.names.get(account);
        name.split_once(':').map(|(platform, _)| platform.trim().to_lowercase()).unwrap_or_default()
    })
}

/// Followers of an account: as claimed, else as many as a full list shows.
pub fn followers_of(network: &Network, account: u32) -> Option<f64> {
    let claimed = network.attributes.number(known::FOLLOWERS, account);
    claimed.or_else(|| network.list(account).size).filter(|followers| followers.is_finite() && *followers >= 0.0)
}

fn place(sorted: &[String], text: &str) -> Option<u32> {
    sorted.binary_search_by(|other| other.as_str().cmp(text)).ok().map(|at| at as u32)
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

impl Rows {
    /// Of a network.
    ///
    /// **Errors**: [`Error::NotEstimable`] where no table says who is a creator.
    pub fn of(network: &Network, measure: Measure, people: &PeoplePerView) -> Result<Rows> {
        let tables = &network.tables;
        let mut makers = network.creators().unwrap_or_default();
        makers.extend(tables.posts.account.iter().chain(tables.offers.account.iter()));
        makers.sort_unstable();
        makers.dedup();
        if makers.is_empty() {
            return Err(Error::NotEstimable {
                figure: "Reach from posts".into(),
                needs: "a table of posts (creator, reach or views), or of creators with their followers".into(),
            });
        }
        let named: Vec<String> = makers.iter().map(|&account| platform_of(network, account)).collect();
        let platforms = sorted(named.clone());
        let clean = |text: &str| text.trim().to_lowercase();
        let posts: Vec<_> = tables.each_post().collect();
        let formats = posts.iter().filter_map(|post| post.format.as_deref().map(clean));
        let formats = sorted(formats.filter(|format| !format.is_empty()).collect());
        let mut accounts: Vec<Account> = makers
            .iter()
            .zip(&named)
            .map(|(&account, platform)| Account {
                account,
                platform: place(&platforms, platform).unwrap_or(0),
                followers: followers_of(network, account),
                posts: Vec::new(),
            })
            .collect();
        let home = |account: u32| makers.binary_search(&account).unwrap_or(0);
        let sane = |value: Option<f64>| value.filter(|value| value.is_finite() && *value >= 0.0);
        let both = posts.iter().filter_map(|post| {
            let platform = accounts[home(post.account)].platform;
            Some(Seen { platform, people: sane(post.reach)?, views: sane(post.views)? })
        });
        let ratios = people.learn(both, platforms.len());
        let (mut nothing, mut odd) = (0, 0);
        for post in &posts {
            let at = home(post.account);
            let given = match measure {
                Measure::People => post.reach.or(post.views),
                Measure::Reach => post.reach,
                Measure::Views => post.views,
                Measure::Sharers => None,
            };
            let converted = measure == Measure::People && post.reach.is_none();
            match (given, sane(given)) {
                (None, _) => nothing += 1,
                (Some(_), None) => odd += 1,
                (_, Some(count)) => {
                    let factor = if converted { ratios[accounts[at].platform as usize].value } else { 1.0 };
                    accounts[at].posts.push(Past {
                        count: count * factor,
                        time: post.time,
                        format: post.format.as_deref().and_then(|format| place(&formats, &clean(format))),
                        sponsored: post.sponsored == Some(true),
                        average: post.average,
                        converted,
                    });
                }
            }
        }
        accounts.iter_mut().for_each(|account| account.posts.sort_by(Past::order));
        let what = match measure {
            Measure::People => "neither reach nor views",
            Measure::Reach => "no reach",
            Measure::Views => "no views",
            Measure::Sharers => "no log of cascades",
        };
        let left_out = [(what, nothing), ("a count below 0 or infinite", odd)];
        let left_out = left_out.into_iter().filter(|(_, posts)| *posts > 0);
        let left_out = left_out.map(|(why, posts)| LeftOut { why: why.into(), posts }).collect();
        Ok(Rows { measure, platforms, formats, ratios, accounts, left_out })
    }

    /// The same rows with only those posts for which `keep` holds.
    pub fn only(&self, keep: impl Fn(&Past) -> bool) -> Rows {
        let mut rows = self.clone();
        rows.accounts.iter_mut().for_each(|account| account.posts.retain(&keep));
        rows
    }

    /// Posts that count.
    pub fn posts(&self) -> usize {
        self.accounts.iter().map(|account| account.posts.len()).sum()
    }
}

/// A platform's name as people write it.
pub fn platform_name(platform: &str) -> String {
    match platform {
        "" => "accounts without a platform".into(),
        "tiktok" => "TikTok".into(),
        "youtube" => "YouTube".into(),
        "x" | "twitter" => "X".into(),
        other => {
            let mut letters = other.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}
