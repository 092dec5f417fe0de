//! What a file's rows mean: which way an edge points, which layer it belongs to, which column holds what.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::time::TimeUnit;
use crate::base::{Error, Result};
pub use crate::graph::transform::canonical_kind;

/// How a row's first two columns read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Edges {
    /// The first follows (or acts on) the second; information flows to the first.
    #[serde(rename = "follower,followee")]
    #[cfg_attr(feature = "cli", value(name = "follower,followee"))]
    FollowerFollowee,
    /// Information flows from the first to the second; the second follows the first.
    #[serde(rename = "source,reached")]
    #[cfg_attr(feature = "cli", value(name = "source,reached"))]
    SourceReached,
    /// Each follows the other.
    #[serde(rename = "undirected")]
    #[cfg_attr(feature = "cli", value(name = "undirected"))]
    Undirected,
}

impl fmt::Display for Edges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Edges::FollowerFollowee => "follower,followee",
            Edges::SourceReached => "source,reached",
            Edges::Undirected => "undirected",
        })
    }
}

/// The shape of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// A row an edge, columns separated by spaces, tabs or commas, `#` and `%` comments.
    Edges,
    /// CSV or TSV, with a header or without.
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// Matrix Market coordinates.
    MatrixMarket,
    /// A row an account: the account, then all that it follows.
    Adjacency,
    /// Parquet.
    Parquet,
    /// Arrow IPC: a file (Feather version 2) or a stream.
    Arrow,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Edges => "edge list",
            Format::Csv => "CSV",
            Format::Ndjson => "NDJSON",
            Format::MatrixMarket => "Matrix Market",
            Format::Adjacency => "adjacency lists",
            Format::Parquet => "Parquet",
            Format::Arrow => "Arrow",
        })
    }
}

/// A column by its name or its number (from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// By name, as in the header.
    Name(String),
    /// By number, from 1.
    Number(usize),
}

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.parse::<usize>() {
            Ok(0) => Err("columns are numbered from 1".into()),
            Ok(number) => Ok(Column::Number(number)),
            Err(_) if text.is_empty() => Err("a column needs a name or a number".into()),
            Err(_) => Ok(Column::Name(text.to_owned())),
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column::Name(name) => f.write_str(name),
            Column::Number(number) => write!(f, "{number}"),
        }
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Column::Name(name) => serializer.serialize_str(name),
            Column::Number(number) => serializer.serialize_u64(*number as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(usize),
            Name(String),
        }
        let text = match Either::deserialize(deserializer)? {
            Either::Number(number) => number.to_string(),
            Either::Name(name) => name,
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How to read a file. Everything is optional: what is not said is found out from the content, and the summary
/// says what was taken and why.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Reading {
    /// Which way a row points: "follower,followee", "source,reached" (information flows along the row) or "undirected"
    /// [default: follower,followee; for `u v p` with p from 0 to 1 and .inf files source,reached]
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, hide_possible_values = true, value_name = "ROWS", help_heading = "Reading rows")
    )]
    pub edges: Option<Edges>,
    /// Shape of the file [default: found out from its content]
    #[cfg_attr(feature = "cli", arg(long, value_enum, help_heading = "Reading rows"))]
    pub format: Option<Format>,
    /// Layer of rows without a type column: follow, or an interaction type such as share [default: follow]
    #[cfg_attr(feature = "cli", arg(long, value_name = "LAYER", help_heading = "Reading rows"))]
    pub layer: Option<String>,
    /// Column (name, or number from 1) of who follows or acts [default: the first]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading rows"))]
    pub from: Option<Column>,
    /// Column of who is followed or acted on [default: the second]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading rows"))]
    pub to: Option<Column>,
    /// Column of the row's type: follow, like, comment, share, mention, reply, view, …
    #[serde(rename = "type")]
    #[cfg_attr(feature = "cli", arg(long = "type", value_name = "COLUMN", help_heading = "Reading rows"))]
    pub kind: Option<Column>,
    /// Column of the time
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading rows"))]
    pub time: Option<Column>,
    /// Column of a weight or probability
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading rows"))]
    pub weight: Option<Column>,
    /// Column of a sign: for or against
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading rows"))]
    pub sign: Option<Column>,
    /// Column of the item (post) that an interaction is about
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading rows"))]
    pub item: Option<Column>,
    /// What a bare number in the time column counts [default: s]
    #[cfg_attr(feature = "cli", arg(long, value_enum, help_heading = "Reading rows"))]
    pub time_unit: Option<TimeUnit>,
}

impl Reading {
    /// These choices, and where they say nothing those of `other`.
    pub fn or(&self, other: &Reading) -> Reading {
        Reading {
            edges: self.edges.or(other.edges),
            format: self.format.or(other.format),
            layer: self.layer.clone().or_else(|| other.layer.clone()),
            from: self.from.clone().or_else(|| other.from.clone()),
            to: self.to.clone().or_else(|| other.to.clone()),
            kind: self.kind.clone().or_else(|| other.kind.clone()),
            time: self.time.clone().or_else(|| other.time.clone()),
            weight: self.weight.clone().or_else(|| other.weight.clone()),
            sign: self.sign.clone().or_else(|| other.sign.clone()),
            item: self.item.clone().or_else(|| other.item.clone()),
            time_unit: self.time_unit.or(other.time_unit),
        }
    }
}

/// What separates columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// Any run of spaces and tabs.
    Space,
    /// Exactly this byte.
    Byte(u8),
}

/// Where everything stands in a row, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// What separates columns.
    pub delimiter: Delimiter,
    /// How many columns every row has.
    pub width: usize,
    /// Who follows or acts.
    pub from: usize,
    /// Who is followed or acted on.
    pub to: usize,
    /// The type.
    pub kind: Option<usize>,
    /// The time.
    pub time: Option<usize>,
    /// The weight.
    pub weight: Option<usize>,
    /// The sign.
    pub sign: Option<usize>,
    /// The item.
    pub item: Option<usize>,
}

/// Names under which a column is recognised in a header, in the order in which they are preferred.
pub mod aliases {
    /// Who follows or acts.
    pub const FROM: &[&str] = &[
        "from",
        "follower",
        "follower_id",
        "source",
        "src",
        "actor",
        "user",
        "user_id",
        "account",
        "fan",
        "rater",
        "id_1",
        "node_1",
        "u",
        "sender",
        "from_id",
        "source_id",
    ];
    /// Who is followed or acted on.
    pub const TO: &[&str] = &[
        "to",
        "followee",
        "followed",
        "followee_id",
        "following",
        "target",
        "dst",
        "dest",
        "destination",
        "creator",
        "kol",
        "influencer",
        "ratee",
        "id_2",
        "node_2",
        "v",
        "recipient",
        "to_id",
        "target_id",
        "reached",
    ];
    /// The type.
    pub const KIND: &[&str] =
        &["type", "kind", "action", "interaction", "interaction_type", "event", "event_type", "layer"];
    /// The time.
    pub const TIME: &[&str] = &["time", "timestamp", "ts", "date", "datetime", "created_at", "unixtime", "followed_at"];
    /// The weight.
    pub const WEIGHT: &[&str] = &["weight", "w", "p", "prob", "probability", "value", "rating", "strength"];
    /// The sign.
    pub const SIGN: &[&str] = &["sign", "polarity", "sentiment", "stance"];
    /// The item.
    pub const ITEM: &[&str] = &["item", "item_id", "post", "post_id", "tweet_id", "video_id", "media_id"];
}

impl Layout {
    /// Finds the columns that `reading` names, and recognises the others by their names in the header.
    pub fn from_header(file: &str, header: &[String], delimiter: Delimiter, reading: &Reading) -> Result<Layout> {
        let clean: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let named = |flag: &str, column: &Option<Column>, aliases: &[&str]| -> Result<Option<usize>> {
            match column {
                Some(Column::Number(number)) if *number <= header.len() => Ok(Some(number - 1)),
                Some(Column::Name(name)) if clean.contains(&name.trim().to_lowercase()) => {
                    Ok(clean.iter().position(|other| *other == name.trim().to_lowercase()))
                }
                Some(column) => Err(Error::parameter(flag, format!("{file} has no column {column}"))
                    .with_hint(format!("its columns are: {}", header.join(", ")))),
                None => Ok(aliases.iter().find_map(|alias| clean.iter().position(|name| name == alias))),
            }
        };
        let from = named("--from", &reading.from, aliases::FROM)?;
        let to = named("--to", &reading.to, aliases::TO)?;
        let kind = named("--type", &reading.kind, aliases::KIND)?;
        let time = named("--time", &reading.time, aliases::TIME)?;
        let weight = named("--weight", &reading.weight, aliases::WEIGHT)?;
        let sign = named("--sign", &reading.sign, aliases::SIGN)?;
        let item = named("--item", &reading.item, aliases::ITEM)?;
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            // Two columns of any names are the two ends, in their order.
            (None, None) if header.len() == 2 => (0, 1),
            _ => {
                let missing = if from.is_none() { "--from" } else { "--to" };
                return Err(Error::parameter(missing, format!("which column of {file} is it?"))
                    .with_hint(format!("its columns are: {}; write --from NAME --to NAME", header.join(", "))));
            }
        };
        Layout { delimiter, width: header.len(), from, to, kind, time, weight, sign, item }.check()
    }

    /// Places columns by number in a file without a header.
    pub fn by_number(file: &str, width: usize, delimiter: Delimiter, reading: &Reading) -> Result<Layout> {
        let place = |flag: &str, column: &Option<Column>| -> Result<Option<usize>> {
            match column {
                None => Ok(None),
                Some(Column::Number(number)) if *number <= width => Ok(Some(number - 1)),
                Some(column) => Err(Error::parameter(flag, format!("{file} has no column {column}"))
                    .with_hint(format!("it has {width} columns and no header: name them by number, from 1"))),
            }
        };
        Layout {
            delimiter,
            width,
            from: place("--from", &reading.from)?.unwrap_or(0),
            to: place("--to", &reading.to)?.unwrap_or(1),
            kind: place("--type", &reading.kind)?,
            time: place("--time", &reading.time)?,
            weight: place("--weight", &reading.weight)?,
            sign: place("--sign", &reading.sign)?,
            item: place("--item", &reading.item)?,
        }
        .check()
    }

    fn check(self) -> Result<Layout> {
        match self.from == self.to {
            true => Err(Error::parameter("--from", "is the same column as --to")),
            false => Ok(self),
        }
    }

    /// The columns that stand for something.
    pub fn used(&self) -> impl Iterator<Item = usize> {
        let optional = [self.kind, self.time, self.weight, self.sign, self.item];
        [self.from, self.to].into_iter().chain(optional.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_recognised_and_overridden() {
        let header: Vec<String> = ["Followee", "Follower", "created_at"].map(String::from).to_vec();
        let layout = Layout::from_header("f", &header, Delimiter::Byte(b','), &Reading::default()).unwrap();
        assert_eq!((layout.from, layout.to, layout.time), (1, 0, Some(2)));
        let reading =
            Reading { from: Some(Column::Number(1)), to: Some(Column::Name("follower".into())), ..Default::default() };
        let layout = Layout::from_header("f", &header, Delimiter::Byte(b','), &reading).unwrap();
        assert_eq!((layout.from, layout.to), (0, 1));
        let reading = Reading { weight: Some(Column::Name("strength".into())), ..Default::default() };
        let error = Layout::from_header("f", &header, Delimiter::Byte(b','), &reading).unwrap_err().to_string();
        assert!(error.contains("Followee, Follower, created_at"), "{error}");
    }

    #[test]
    fn kinds_have_one_name() {
        for (text, kind) in
            [("RT", "share"), ("Retweet", "share"), ("MT", "mention"), ("RE", "reply"), ("Duet", "duet")]
        {
            assert_eq!(canonical_kind(text), kind);
        }
    }
}
