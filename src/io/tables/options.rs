//! How tables are read, where they do not say it themselves, and which files are tables.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::date::Order;
use super::fold::fold;
use super::meaning::Kind;
use super::number::Decimal;
use super::{handle, money};
use crate::base::{Error, Result};
use crate::graph::Design;

/// What a table does not say of itself. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct TableReading {
    /// Platform of accounts in tables that do not say it: tiktok, instagram, youtube, …
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME", help_heading = "Tables", hide_short_help = true))]
    pub platform: Option<String>,
    /// Account that a table is about which names none, such as a platform's export of one's own posts
    #[cfg_attr(feature = "cli", arg(long, value_name = "HANDLE", help_heading = "Tables", hide_short_help = true))]
    pub account: Option<String>,
    /// Currency of prices in tables that do not say it: VND, USD, …
    #[cfg_attr(feature = "cli", arg(long, value_name = "CODE", help_heading = "Tables", hide_short_help = true))]
    pub currency: Option<String>,
    /// What separates decimals, where 1.200 may be read two ways
    #[cfg_attr(feature = "cli", arg(long, value_enum, help_heading = "Tables", hide_short_help = true))]
    pub decimal: Option<Decimal>,
    /// Which number of 03/04/2025 is the day
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, value_name = "ORDER", help_heading = "Tables", hide_short_help = true)
    )]
    pub dates: Option<Order>,
    /// Whose export it is [default: found out from its columns]
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME", help_heading = "Tables", hide_short_help = true))]
    pub preset: Option<String>,
    /// What a column means: HEADER=MEANING, such as "Kênh chính=handle" (repeatable)
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "HEADER=MEANING", help_heading = "Tables", hide_short_help = true)
    )]
    pub column: Vec<String>,
    /// How follower lists were drawn whose tables do not say it
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, value_name = "HOW", help_heading = "Tables", hide_short_help = true)
    )]
    pub list_design: Option<Design>,
    /// Column of the accounts table that names the account [default: id, handle, username, …]
    #[cfg_attr(
        feature = "cli",
        arg(long = "creators-id", value_name = "COLUMN", help_heading = "Tables", hide_short_help = true)
    )]
    pub id: Option<String>,
    /// Column of the accounts table that is the niche label [default: niche, category, topic]
    #[cfg_attr(
        feature = "cli",
        arg(
            id = "creators-niche",
            long = "creators-niche",
            value_name = "COLUMN",
            help_heading = "Tables",
            hide_short_help = true
        )
    )]
    pub niche: Option<String>,
}

impl TableReading {
    /// Refuses a platform or a currency that is none.
    pub fn check(&self) -> Result<()> {
        if let Some(platform) = self.platform.as_deref().filter(|platform| handle::platform(platform).is_none()) {
            return Err(Error::parameter("--platform", format!("\"{platform}\" is no platform that is known here"))
                .with_hint("tiktok, instagram, facebook, youtube, threads, x, …"));
        }
        if let Some(currency) = self.currency.as_deref().filter(|currency| money::currency(currency).is_none()) {
            return Err(Error::parameter("--currency", format!("\"{currency}\" is no currency"))
                .with_hint("write the ISO 4217 code: VND, USD, EUR, …"));
        }
        self.columns().map(drop)
    }

    /// What columns mean, by their headers.
    pub fn columns(&self) -> Result<Vec<(String, String)>> {
        let part = |said: &String| match said.rsplit_once('=') {
            Some((header, meaning)) => Ok((header.trim().to_owned(), meaning.trim().to_owned())),
            None => Err(Error::parameter("--column", format!("\"{said}\" is not HEADER=MEANING"))
                .with_hint("such as --column \"Kênh chính=handle\"")),
        };
        self.column.iter().map(part).collect()
    }

    /// The headers of which something was said, folded.
    pub(super) fn said(&self) -> Vec<String> {
        self.columns().unwrap_or_default().iter().map(|(header, _)| fold(header)).collect()
    }

    /// These choices, and where they say nothing those of `other`.
    pub fn or(&self, other: &TableReading) -> TableReading {
        let either = |own: &Option<String>, other: &Option<String>| own.clone().or_else(|| other.clone());
        TableReading {
            platform: either(&self.platform, &other.platform),
            account: either(&self.account, &other.account),
            currency: either(&self.currency, &other.currency),
            decimal: self.decimal.or(other.decimal),
            dates: self.dates.or(other.dates),
            preset: either(&self.preset, &other.preset),
            column: self.column.iter().chain(&other.column).cloned().collect(),
            list_design: self.list_design.or(other.list_design),
            id: either(&self.id, &other.id),
            niche: either(&self.niche, &other.niche),
        }
    }
}

/// Tables of accounts, posts, offers, links, lookups and followers, and how they are read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct TableOptions {
    /// Table of creators' accounts: a row an account, every column becomes an attribute (CSV, NDJSON, xlsx)
    #[cfg_attr(
        feature = "cli",
        arg(long, visible_alias = "creators-table", value_name = "FILE", help_heading = "Tables")
    )]
    pub accounts: Vec<PathBuf>,
    /// Table of posts with what became of them
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE", help_heading = "Tables"))]
    pub posts: Vec<PathBuf>,
    /// Rate card: what is offered at which price
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE", help_heading = "Tables"))]
    pub offers: Vec<PathBuf>,
    /// Table of accounts that are one person's
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE", help_heading = "Tables"))]
    pub links: Vec<PathBuf>,
    /// Table of followers who were looked up: follower, creator, follows or not
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE", help_heading = "Tables"))]
    pub lookups: Vec<PathBuf>,
    /// Follower lists: a folder with a file a creator (DIR/HANDLE.csv or DIR/PLATFORM/HANDLE.csv), or a table with a
    /// column for the creator
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR", help_heading = "Tables"))]
    pub lists: Vec<PathBuf>,
    /// How tables are read.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub reading: TableReading,
}

impl TableOptions {
    /// The files and folders named, each with what its rows are.
    pub fn named(&self) -> impl Iterator<Item = (Kind, &PathBuf)> {
        let each = [
            (Kind::Accounts, &self.accounts),
            (Kind::Posts, &self.posts),
            (Kind::Offers, &self.offers),
            (Kind::Links, &self.links),
            (Kind::Lookups, &self.lookups),
            (Kind::Followers, &self.lists),
        ];
        each.into_iter().flat_map(|(kind, paths)| paths.iter().map(move |path| (kind, path)))
    }
}
