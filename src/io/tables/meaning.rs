//! What the columns of a sheet mean, and what its rows are: header words looked up in `meanings.toml`, exports known by
//! their tell-tale columns, and whatever the user states.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fold::fold;
use super::handle::{names_account, names_post, platform};
use super::header::{self, Header};
use super::money::currency;
use super::sheet::{Cell, Row, Sheet};
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
    /// By what its numbers are to be multiplied: 1000 for "Followers (K)".
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

/// Finds out what the columns of a sheet mean and what its rows are.
pub fn map(sheet: &Sheet, stated: &Stated) -> Result<Mapped> {
    let mut why = sheet.notes.clone();
    let preset = choose_preset(sheet, stated, &mut why)?;
    let mut drafts = first_look(sheet, stated, preset.map(|(_, preset)| preset))?;
    lone_platforms(sheet, &mut drafts);
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
    for name in stated.columns.keys().filter(|name| !folded.contains(&fold(name))) {
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

/// Columns headed by a platform or a format alone: `TikTok` above handles or addresses, `Reel` above prices.
fn lone_platforms(sheet: &Sheet, drafts: &mut [Draft]) {
    let has_price = drafts.iter().any(|draft| draft.word == Word::Is(Meaning::Price));
    let amount = |cell: &Cell| match cell {
        Cell::Number(_) => true,
        Cell::Text(text) => text.contains(|c: char| c.is_ascii_digit()) && !text.contains(['@', '/']),
        _ => false,
    };
    let words = |cell: &Cell| matches!(cell, Cell::Text(text) if text.contains(char::is_alphabetic));
    for draft in drafts.iter_mut().filter(|draft| !draft.sure) {
        if draft.header.format.is_some() && !has_price && share(sheet, draft.at, amount) >= 0.9 {
            draft.word = Word::Is(Meaning::Price);
        } else if draft.header.platform.is_some()
            && draft.header.format.is_none()
            && share(sheet, draft.at, words) >= 0.9
        {
            draft.word = Word::HandleOrName;
        }
    }
}

/// Which part of the cells of a column that say something fit.
fn share(sheet: &Sheet, at: usize, fits: impl Fn(&Cell) -> bool) -> f64 {
    let given = || sheet.rows.iter().map(|row| &row.cells[at]).filter(|cell| !cell.is_missing());
    match given().count() {
        0 => 0.0,
        all => given().filter(|cell| fits(cell)).count() as f64 / all as f64,
    }
}

/// Rows of edges and lookups have two accounts: the follower, by words such as "account", and the creator.
fn two_ends(sheet: &Sheet, drafts: &mut [Draft]) {
    const FOLLOWERS: &[&str] =
        &["account", "account id", "user", "user id", "username", "handle", "follower", "followers", "fan"];
    const CREATORS: &[&str] =
        &["creator", "creator handle", "kol", "influencer", "followee", "following", "to", "target", "channel"];
    let is = |draft: &Draft, words: &[&str]| words.contains(&fold(&sheet.header[draft.at]).as_str());
    let beside = |draft: &Draft| {
        matches!(
            draft.word,
            Word::Is(
                Meaning::Follows
                    | Meaning::Time
                    | Meaning::AsOf
                    | Meaning::Platform
                    | Meaning::Rank
                    | Meaning::Follower
            )
        )
    };
    let ends = |draft: &Draft| is(draft, FOLLOWERS) || is(draft, CREATORS);
    let looked_up = drafts.iter().any(|draft| draft.word == Word::Is(Meaning::Follows));
    if !looked_up && !drafts.iter().all(|draft| beside(draft) || ends(draft)) {
        return;
    }
    let (followers, creators): (Vec<usize>, Vec<usize>) = (
        (0..drafts.len()).filter(|&at| is(&drafts[at], FOLLOWERS)).collect(),
        (0..drafts.len()).filter(|&at| is(&drafts[at], CREATORS)).collect(),
    );
    if let ([follower], [creator]) = (&followers[..], &creators[..]) {
        drafts[*follower].word = Word::Is(Meaning::Follower);
        drafts[*creator].word = Word::Is(Meaning::Handle);
    } else if let ([creator], true) =
        (&creators[..], drafts.iter().any(|draft| draft.word == Word::Is(Meaning::Follower)))
    {
        drafts[*creator].word = Word::Is(Meaning::Handle);
    } else if let [follower] = followers[..]
        && matches!(fold(&sheet.header[drafts[follower].at]).as_str(), "follower" | "followers" | "fan")
        && drafts.iter().all(|draft| draft.at == drafts[follower].at || beside(draft))
        && sheet.texts(drafts[follower].at).any(|text| text.contains(char::is_alphabetic))
    {
        // A list: the file says whose followers they are.
        drafts[follower].word = Word::Is(Meaning::Follower);
    }
}

/// "Name", "channel", "KOL": what looks like handles is the handle. Where headers name several platforms, each has one.
fn handle_or_name(sheet: &Sheet, drafts: &mut [Draft], why: &mut Vec<String>) -> Result<()> {
    let open: Vec<usize> = (0..drafts.len()).filter(|&at| drafts[at].word == Word::HandleOrName).collect();
    let mut platforms: Vec<&str> = open.iter().filter_map(|&at| drafts[at].header.platform).collect();
    platforms.sort_unstable();
    platforms.dedup();
    let mut handles = Vec::new();
    if drafts.iter().any(|draft| draft.word == Word::Is(Meaning::Handle)) {
        // The handle has a column of its own.
    } else if platforms.len() > 1 {
        for platform in platforms {
            let group: Vec<usize> =
                open.iter().copied().filter(|&at| drafts[at].header.platform == Some(platform)).collect();
            handles.extend(the_handle(sheet, drafts, &group, why)?);
        }
    } else {
        handles.extend(the_handle(sheet, drafts, &open, why)?);
    }
    for at in open {
        drafts[at].word = Word::Is(if handles.contains(&at) { Meaning::Handle } else { Meaning::Name });
    }
    Ok(())
}

/// Of columns that may hold the handle the one that does, if one does.
fn the_handle(sheet: &Sheet, drafts: &[Draft], open: &[usize], why: &mut Vec<String>) -> Result<Option<usize>> {
    let named = |at: usize| sheet.header[drafts[at].at].as_str();
    let likeness = |at: usize| share(sheet, drafts[at].at, |cell| names_account(&cell.text()));
    let mut rated: Vec<(f64, usize)> = open.iter().map(|&at| (likeness(at), at)).collect();
    rated.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let has_url = drafts.iter().any(|draft| draft.word == Word::Is(Meaning::Url));
    match rated[..] {
        [] => Ok(None),
        [(likeness, _)] if likeness < 0.95 && has_url => Ok(None),
        [(likeness, only)] => {
            if likeness < 0.95 {
                why.push(format!("{} is the only column that names accounts: its names are the handles", named(only)));
            }
            Ok(Some(only))
        }
        [(best_likeness, best), (second_likeness, second), ..] => {
            let equal = |row: &Row| row.cells[drafts[best].at] == row.cells[drafts[second].at];
            if best_likeness - second_likeness < 0.02 && !sheet.rows.iter().all(equal) {
                let hint =
                    format!("say which: --column \"{}=handle\" --column \"{}=name\"", named(best), named(second));
                let found = format!("{} and {}, which look alike", named(best), named(second));
                let at = sheet.at_header(drafts[best].at);
                return Err(Error::input(at, "one column that holds the handle", found).with_hint(hint));
            }
            why.push(format!("{} is the handle and {} the name, by what stands in them", named(best), named(second)));
            Ok(Some(best))
        }
    }
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

/// What the rows are, from the columns.
fn kind_of(sheet: &Sheet, columns: &[Column], why: &mut Vec<String>) -> Result<Kind> {
    let has = |meaning: &Meaning| columns.iter().any(|column| column.meaning == *meaning);
    let names = |fits: &dyn Fn(&Column) -> bool| -> String {
        let names: Vec<&str> =
            columns.iter().filter(|column| fits(column)).map(|column| sheet.header[column.at].as_str()).collect();
        names.join(", ")
    };
    let account = |column: &Column| matches!(column.meaning, Meaning::Handle | Meaning::Url);
    let response = |column: &Column| column.meaning.is_response() && !column.average;
    let of_post = |column: &Column| {
        matches!(column.meaning, Meaning::Post | Meaning::PostUrl | Meaning::Time | Meaning::Sponsored)
    };
    let of_offer = |column: &Column| {
        matches!(column.meaning, Meaning::Format | Meaning::Tax | Meaning::Bundle | Meaning::Currency)
            || (column.meaning == Meaning::Price && (column.format.is_some() || column.currency.is_some()))
    };
    let of_account = |column: &Column| {
        matches!(
            column.meaning,
            Meaning::Followers
                | Meaning::Following
                | Meaning::PostsCount
                | Meaning::Name
                | Meaning::Niche
                | Meaning::Country
                | Meaning::ListDesign
                | Meaning::CreatedAt
                | Meaning::HasAvatar
        ) || (column.meaning.is_response() && column.average)
    };
    let (kind, reason) = if has(&Meaning::Follows) {
        (Kind::Lookups, names(&|column| column.meaning == Meaning::Follows))
    } else if has(&Meaning::Follower) {
        (Kind::Followers, names(&|column| column.meaning == Meaning::Follower))
    } else if columns.iter().any(response) && columns.iter().any(of_post) {
        (Kind::Posts, names(&|column| response(column) || of_post(column)))
    } else if has(&Meaning::Price) && columns.iter().any(of_offer) && !columns.iter().any(response) {
        (Kind::Offers, names(&|column| column.meaning == Meaning::Price || of_offer(column)))
    } else if has(&Meaning::Price) && columns.iter().any(of_offer) {
        return Err(unclear(
            sheet,
            "posts or offers: it has a price, and figures as of single posts, but no time and no post",
        ));
    } else if has(&Meaning::Person)
        && columns.iter().any(account)
        && !columns.iter().any(|column| of_account(column) && column.meaning != Meaning::Name)
        && !has(&Meaning::Price)
    {
        (Kind::Links, names(&|column| column.meaning == Meaning::Person || account(column)))
    } else if columns.iter().any(account) && has(&Meaning::Price) && !columns.iter().any(of_account) {
        (Kind::Offers, names(&|column| column.meaning == Meaning::Price || account(column)))
    } else if columns.iter().any(account) && (columns.iter().any(of_account) || columns.iter().any(response)) {
        (Kind::Accounts, names(&|column| of_account(column) || account(column) || response(column)))
    } else if columns.iter().any(account) {
        return Err(unclear(sheet, "accounts or followers: it names accounts and says nothing of them"));
    } else {
        return Err(Error::input(sheet.at_header(0), "a column that names accounts", sheet.header.join(", "))
            .with_hint("call one of them handle or url, or say which it is: --column \"HEADER=handle\""));
    };
    why.push(format!("read as a table of {kind}: it has {reason}"));
    Ok(kind)
}

fn unclear(sheet: &Sheet, found: &str) -> Error {
    Error::input(
        sheet.at_header(0),
        "a table whose columns tell what its rows are",
        format!("{found} ({})", sheet.header.join(", ")),
    )
    .with_hint("say what its rows are: accounts, posts, offers, links, lookups or followers")
}

/// Meanings that depend on what the rows are.
fn by_kind(sheet: &Sheet, kind: Kind, columns: &mut [Column]) {
    for column in columns.iter_mut() {
        let replaced = match (kind, &column.meaning) {
            (Kind::Accounts | Kind::Offers, Meaning::Time) => Meaning::AsOf,
            (Kind::Posts, Meaning::CreatedAt) => Meaning::Time,
            (Kind::Posts, Meaning::Url | Meaning::Handle) if sheet.texts(column.at).any(names_post) => Meaning::PostUrl,
            _ => continue,
        };
        column.meaning = replaced;
    }
}

/// Refuses a table that lacks what its rows cannot be without.
fn needs(sheet: &Sheet, kind: Kind, columns: &[Column]) -> Result<()> {
    let has = |meanings: &[Meaning]| columns.iter().any(|column| meanings.contains(&column.meaning));
    let account: &[Meaning] = &[Meaning::Handle, Meaning::Url];
    let lacking: &[(&[Meaning], &str)] = match kind {
        Kind::Accounts => &[(account, "handle")],
        // An export of one account names it nowhere.
        Kind::Posts => &[],
        Kind::Offers => &[(account, "handle"), (&[Meaning::Price], "price")],
        Kind::Links => &[(account, "handle"), (&[Meaning::Person], "person")],
        Kind::Lookups => &[(account, "handle"), (&[Meaning::Follower], "follower"), (&[Meaning::Follows], "follows")],
        Kind::Followers => &[(&[Meaning::Follower], "follower")],
    };
    match lacking.iter().find(|(meanings, _)| !has(meanings)) {
        None => Ok(()),
        Some((_, name)) => Err(Error::input(
            sheet.at_header(0),
            format!("a column {name} in a table of {kind}"),
            sheet.header.join(", "),
        )
        .with_hint(format!("say which it is: --column \"HEADER={name}\""))),
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
