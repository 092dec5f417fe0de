//! What the columns of a sheet mean, and what its rows are: header words looked up in `meanings.toml`, exports known by
//! their tell-tale columns, and whatever the user states.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::fold;
use super::handle::platform;
use super::header::{self, Header};
use super::identity::{handle_or_name, lone_platforms, two_ends};
use super::kind::{by_kind, kind_of, needs};
use super::money::currency;
use super::sheet::Sheet;
use super::twice;
use super::words::{Preset, Word, dictionary};
use crate::base::{Error, Result};

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A row an account, with what is known of it.
    Accounts,
    /// A row a post, with what became of it.
    Posts,
    /// A row an offer: an account, a format, a price.
    Offers,
    /// A row an account and the person behind it.
    Links,
    /// A row an account, a creator, and whether the one follows the other.
    Lookups,
    /// A row a follower, of a creator who is named in the row or by the file.
    Followers,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Accounts => "accounts",
            Kind::Posts => "posts",
            Kind::Offers => "offers",
            Kind::Links => "links",
            Kind::Lookups => "lookups",
            Kind::Followers => "followers",
        })
    }
}

/// Declares the meanings with their names in files and messages.
macro_rules! meanings {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What a column means.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Meaning {
            $($(#[$doc])* $variant,)*
            /// Nothing known: the header, as written.
            Other(String),
        }

        impl fmt::Display for Meaning {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Meaning::$variant => $name,)*
                    Meaning::Other(header) => header,
                })
            }
        }

        impl FromStr for Meaning {
            type Err = String;

            /// Reads a name of `meanings.toml`; `other` is a column without a meaning.
            fn from_str(text: &str) -> std::result::Result<Meaning, String> {
                match text {
                    $($name => Ok(Meaning::$variant),)*
                    "other" => Ok(Meaning::Other(String::new())),
                    _ => Err(format!("\"{text}\" is no meaning; there are: {}other", concat!($($name, ", "),*))),
                }
            }
        }
    };
}

meanings! {
    /// The number of the row; not used.
    Rank = "rank",
    /// The platform.
    Platform = "platform",
    /// The account: a handle, or an address.
    Handle = "handle",
    /// The address of the account.
    Url = "url",
    /// The person behind it.
    Person = "person",
    /// Its display name.
    Name = "name",
    /// Niche.
    Niche = "niche",
    /// Country.
    Country = "country",
    /// Followers, as the platform claims them.
    Followers = "followers",
    /// How many accounts it follows.
    Following = "following",
    /// How many posts it has.
    PostsCount = "posts_count",
    /// Whether it has a picture.
    HasAvatar = "has_avatar",
    /// When it was made.
    CreatedAt = "created_at",
    /// How its follower list was drawn.
    ListDesign = "list_design",
    /// When its follower list was drawn.
    ListDate = "list_date",
    /// When the row was taken.
    AsOf = "as_of",
    /// The post's id.
    Post = "post",
    /// The address of the post.
    PostUrl = "post_url",
    /// When it was posted; when it was looked up or followed in lookups and lists.
    Time = "time",
    /// The format.
    Format = "format",
    /// Whether it was paid for.
    Sponsored = "sponsored",
    /// Views.
    Views = "views",
    /// Different people who saw it.
    Reach = "reach",
    /// Likes.
    Likes = "likes",
    /// Comments.
    Comments = "comments",
    /// Shares.
    Shares = "shares",
    /// Saves.
    Saves = "saves",
    /// What is asked for.
    Price = "price",
    /// The currency of the price.
    Currency = "currency",
    /// What is said of tax.
    Tax = "tax",
    /// What is sold together.
    Bundle = "bundle",
    /// Who follows.
    Follower = "follower",
    /// Whether the one follows the other.
    Follows = "follows",
}

impl Meaning {
    /// Whether the column holds counts.
    pub fn is_count(&self) -> bool {
        use Meaning::*;
        matches!(self, Followers | Following | PostsCount | Views | Reach | Likes | Comments | Shares | Saves)
    }

    /// Whether the column says what became of a post.
    pub fn is_response(&self) -> bool {
        use Meaning::*;
        matches!(self, Views | Reach | Likes | Comments | Shares | Saves)
    }
}

/// A column that is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its place in [`Sheet::header`].
    pub at: usize,
    /// What it means.
    pub meaning: Meaning,
    /// Its values are averages over several posts ("views (avg)").
    pub average: bool,
    /// The platform it is about ("TikTok followers").
    pub platform: Option<String>,
    /// The currency of its amounts ("Price (VND)").
    pub currency: Option<String>,
    /// What its header says of tax: "included" or "excluded".
    pub tax: Option<String>,
    /// The format it is about ("Reel price").
    pub format: Option<String>,
    /// In units of what its numbers are: 1000 for "Followers (K)"; for [`super::number::Numbers::in_units_of`].
    pub factor: f64,
}

/// A sheet whose columns are understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// What its rows are.
    pub kind: Kind,
    /// The columns in their order; of two that say the same, one.
    pub columns: Vec<Column>,
    /// The export that it is, by its name in `meanings.toml`.
    pub preset: Option<String>,
    /// The platform of all rows, where export or headers say it and no column does.
    pub platform: Option<String>,
    /// What was taken and why, and which columns are not used.
    pub why: Vec<String>,
}

impl Mapped {
    /// The first column of a meaning that is no average.
    pub fn column(&self, meaning: &Meaning) -> Option<&Column> {
        self.columns.iter().find(|column| column.meaning == *meaning && !column.average)
    }

    /// All columns of a meaning.
    pub fn all<'a>(&'a self, meaning: &'a Meaning) -> impl Iterator<Item = &'a Column> {
        self.columns.iter().filter(move |column| column.meaning == *meaning)
    }
}

/// What the user states.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stated {
    /// What the rows are.
    pub kind: Option<Kind>,
    /// Which export it is.
    pub preset: Option<String>,
    /// Headers, as written, and what they mean: names of `meanings.toml`, or `other`.
    pub columns: BTreeMap<String, String>,
}

/// A column while it is being understood.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub at: usize,
    pub header: Header,
    pub word: Word,
    /// A word of the dictionary, the export, or the user: not only the cells.
    pub sure: bool,
}

/// Whether columns of these names are those of accounts, posts, offers, links or lookups.
#[cfg(feature = "parquet")]
pub fn is_table(header: &[String]) -> bool {
    let sheet = Sheet {
        file: String::new(),
        tab: None,
        header: header.to_vec(),
        header_line: 1,
        rows: Vec::new(),
        notes: Vec::new(),
        places: (0..header.len() as u32).collect(),
    };
    map(&sheet, &Stated::default()).is_ok_and(|mapped| mapped.kind != Kind::Followers)
}

/// Finds out what the columns of a sheet mean and what its rows are.
pub fn map(sheet: &Sheet, stated: &Stated) -> Result<Mapped> {
    let mut why = sheet.notes.clone();
    let preset = choose_preset(sheet, stated, &mut why)?;
    let mut drafts = first_look(sheet, stated, preset.map(|(_, preset)| preset))?;
    lone_platforms(sheet, &mut drafts, stated.kind);
    two_ends(sheet, &mut drafts);
    handle_or_name(sheet, &mut drafts, &mut why)?;
    let mut columns: Vec<Column> = drafts.into_iter().map(|draft| column(sheet, draft)).collect();
    let kind = match stated.kind.or(preset.map(|(_, preset)| preset.kind)) {
        Some(kind) => kind,
        None => kind_of(sheet, &columns, &mut why)?,
    };
    by_kind(sheet, kind, &mut columns);
    let columns = twice::settle(sheet, columns, &mut why)?;
    needs(sheet, kind, &columns)?;
    let platform = preset.and_then(|(_, preset)| preset.platform.clone()).or_else(|| one_platform(&columns));
    if let (Some(platform), None) = (&platform, preset) {
        why.push(format!("the platform of all rows is {platform}, which headers name"));
    }
    let unused: Vec<String> = columns
        .iter()
        .filter(|column| match &column.meaning {
            Meaning::Other(_) => kind != Kind::Accounts,
            Meaning::Rank => true,
            _ => false,
        })
        .map(|column| sheet.header[column.at].clone())
        .collect();
    let of_what = |column: &&Column| kind == Kind::Accounts && column.meaning.is_response() && !column.average;
    let of_what: Vec<&str> = columns.iter().filter(of_what).map(|column| sheet.header[column.at].as_str()).collect();
    if !of_what.is_empty() {
        why.push(format!("{} stand in a table of accounts: of which posts they are is not said", of_what.join(", ")));
    }
    if !unused.is_empty() {
        why.push(format!("columns that are not used: {}", unused.join(", ")));
    }
    Ok(Mapped { kind, columns, preset: preset.map(|(name, _)| name.to_owned()), platform, why })
}

type Named<'a> = Option<(&'a str, &'a Preset)>;

/// The export that was stated, or the one of which most tell-tale columns are there.
fn choose_preset(sheet: &Sheet, stated: &Stated, why: &mut Vec<String>) -> Result<Named<'static>> {
    let presets = &dictionary().presets;
    if let Some(name) = &stated.preset {
        let found = presets.get_key_value(name).ok_or_else(|| {
            let names: Vec<&str> = presets.keys().map(String::as_str).collect();
            Error::parameter("--preset", format!("there is none of the name {name}"))
                .with_hint(format!("there are: {}", names.join(", ")))
        })?;
        return Ok(Some((found.0, found.1)));
    }
    let header: Vec<String> = sheet.header.iter().map(|name| fold(name)).collect();
    let fits = |preset: &Preset| preset.tells.iter().all(|tell| header.contains(&fold(tell)));
    let found = presets.iter().filter(|(_, preset)| fits(preset)).max_by_key(|(_, preset)| preset.tells.len());
    if let Some((_, preset)) = found {
        why.push(format!("read as {}: it has the columns {}", preset.about, preset.tells.join(", ")));
    }
    Ok(found.map(|(name, preset)| (name.as_str(), preset)))
}

/// What headers say by themselves.
fn first_look(sheet: &Sheet, stated: &Stated, preset: Option<&Preset>) -> Result<Vec<Draft>> {
    let folded: Vec<String> = sheet.header.iter().map(|name| fold(name)).collect();
    if let Some(name) = stated.columns.keys().find(|name| !folded.contains(&fold(name))) {
        return Err(Error::parameter("--column", format!("{} has no column {name}", sheet.file))
            .with_hint(format!("its columns are: {}", sheet.header.join(", "))));
    }
    let said = |columns: &BTreeMap<String, String>, at: usize| {
        columns.iter().find(|(name, _)| fold(name) == folded[at]).map(|(_, meaning)| meaning.parse::<Meaning>())
    };
    (0..sheet.header.len())
        .map(|at| {
            let header = header::read(&sheet.header[at]);
            let given = said(&stated.columns, at).or_else(|| preset.and_then(|preset| said(&preset.columns, at)));
            let given = given.transpose().map_err(|problem| Error::parameter("--column", problem))?;
            let other = || Word::Is(Meaning::Other(sheet.header[at].clone()));
            let (word, sure) = match given {
                Some(Meaning::Other(_)) => (other(), true),
                Some(meaning) => (Word::Is(meaning), true),
                None => (header.word.clone().unwrap_or_else(other), header.word.is_some()),
            };
            Ok(Draft { at, header, word, sure })
        })
        .collect()
}

fn column(sheet: &Sheet, draft: Draft) -> Column {
    let header = draft.header;
    let mut meaning = match draft.word {
        Word::Is(meaning) => meaning,
        Word::HandleOrName => Meaning::Name,
    };
    // Views of reels alone are no views of posts.
    if header.format.is_some() && meaning.is_count() {
        meaning = Meaning::Other(sheet.header[draft.at].clone());
    }
    Column {
        at: draft.at,
        meaning,
        average: header.average,
        platform: header.platform.map(str::to_owned),
        currency: header.currency.map(str::to_owned),
        tax: header.tax.map(str::to_owned),
        format: header.format,
        factor: if header.factor > 0.0 { header.factor } else { 1.0 },
    }
}

/// The platform that headers name, if all that name one name the same and no column holds it.
fn one_platform(columns: &[Column]) -> Option<String> {
    if columns.iter().any(|column| column.meaning == Meaning::Platform) {
        return None;
    }
    let mut named = columns.iter().filter_map(|column| column.platform.as_ref());
    let first = named.next()?;
    named.all(|other| other == first).then(|| first.clone())
}

/// A platform as the user or a cell writes it, by its name here; else as written, in lower case.
pub fn platform_of(text: &str) -> String {
    platform(text).map_or_else(|| fold(text), str::to_owned)
}

/// A currency as a cell writes it, as code of ISO 4217.
pub fn currency_of(text: &str) -> Option<String> {
    currency(text).map(str::to_owned)
}
