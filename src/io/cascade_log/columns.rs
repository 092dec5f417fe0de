//! Which column of a table holds what: named by the user, by a header, or told from what stands in it.

use super::clock;
use super::kinds::Passing;
use super::{CascadeLog, LogFormat};
use crate::base::error::quoted;
use crate::base::time::parse_date;
use crate::base::{Error, Location, Result};
use crate::graph::transform::canonical_kind;
use crate::io::columns::{Column, Delimiter, aliases};
use crate::io::csv;
use crate::io::edges::{is_missing, trim};
use crate::io::tables::meaning::Meaning;
use crate::io::tables::words::{Word, dictionary};

/// Where everything stands in a row, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    pub delimiter: Delimiter,
    pub width: usize,
    pub actor: usize,
    pub item: Option<usize>,
    pub time: usize,
    pub target: Option<usize>,
    pub kind: Option<usize>,
}

/// Header words besides those of interactions ([`aliases`]), in the order in which they are preferred.
const ACTOR: &[&str] = &["actor", "user", "user_id", "userid", "account", "account_id", "username", "author", "from"];
const ITEM: &[&str] = &[
    "cascade",
    "cascade_id",
    "item",
    "post",
    "tweet",
    "url",
    "link",
    "meme",
    "message",
    "message_id",
    "story",
    "story_id",
    "hashtag",
    "topic",
    "video",
    "content_id",
    "root",
    "root_id",
];
const TIME: &[&str] = &["time", "timestamp", "unixtime", "unix_time", "date", "epoch", "when", "hours"];
const TARGET: &[&str] = &["target", "retweeted", "retweeted_user", "shared_from", "original_author", "via", "parent"];

/// What is looked for, with its option.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Actor,
    Item,
    Time,
    Target,
    Kind,
}

const ROLES: [Role; 5] = [Role::Actor, Role::Item, Role::Time, Role::Target, Role::Kind];

impl Role {
    fn flag(self) -> &'static str {
        match self {
            Role::Actor => "--log-actor",
            Role::Item => "--log-item",
            Role::Time => "--log-time",
            Role::Target => "--log-target",
            Role::Kind => "--log-type",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Role::Actor => "actor",
            Role::Item => "item",
            Role::Time => "time",
            Role::Target => "target",
            Role::Kind => "type",
        }
    }

    fn said(self, log: &CascadeLog) -> Result<Option<Column>> {
        let said = match self {
            Role::Actor => &log.log_actor,
            Role::Item => &log.log_item,
            Role::Time => &log.log_time,
            Role::Target => &log.log_target,
            Role::Kind => &log.log_type,
        };
        said.as_deref().map(|text| text.parse().map_err(|why: String| Error::parameter(self.flag(), why))).transpose()
    }

    /// The column with the most preferred name for this.
    fn find(self, header: &[String], taken: &[usize]) -> Option<usize> {
        let (ours, theirs): (&[&str], &[&str]) = match self {
            Role::Actor => (ACTOR, aliases::FROM),
            Role::Item => (ITEM, aliases::ITEM),
            Role::Time => (TIME, aliases::TIME),
            Role::Target => (TARGET, aliases::TO),
            Role::Kind => (&[], aliases::KIND),
        };
        let free = |at: &usize| !taken.contains(at);
        let place = |word: &&str| (0..header.len()).filter(free).find(|&at| header[at].trim().to_lowercase() == *word);
        let by_word = ours.iter().chain(theirs).find_map(place);
        by_word.or_else(|| (0..header.len()).filter(free).find(|&at| self.means(&header[at])))
    }

    /// Whether the dictionary of tables has this word for it.
    fn means(self, header: &str) -> bool {
        match dictionary().word(&crate::io::tables::fold(header)) {
            Some(Word::HandleOrName) => self == Role::Actor,
            Some(Word::Is(meaning)) => match self {
                Role::Actor => matches!(meaning, Meaning::Handle),
                Role::Item => matches!(meaning, Meaning::Post | Meaning::PostUrl),
                Role::Time => matches!(meaning, Meaning::Time),
                Role::Target | Role::Kind => false,
            },
            None => false,
        }
    }
}

/// Columns found, and how.
pub struct Found {
    pub places: Places,
    pub header: bool,
    /// One sentence.
    pub why: String,
}

/// Finds the columns of a table from its first rows.
pub fn find(log: &CascadeLog, name: &str, rows: &[&[u8]], delimiter: Delimiter, passing: &Passing) -> Result<Found> {
    let fields: Vec<Vec<String>> = rows.iter().take(500).map(|row| csv::fields(row, delimiter)).collect();
    let Some(first) = fields.first() else {
        return Err(Error::input(Location::file(name), "rows", "only comments and blank lines"));
    };
    let mut at: [Option<usize>; 5] = [None; 5];
    let header = has_header(log, &fields)?;
    for (place, role) in at.iter_mut().zip(ROLES) {
        *place = match role.said(log)? {
            Some(Column::Number(number)) if number <= first.len() => Some(number - 1),
            Some(Column::Name(name)) if header => {
                first.iter().position(|field| field.trim().eq_ignore_ascii_case(name.trim()))
            }
            Some(_) => None,
            None => continue,
        };
        if place.is_none() {
            let hint = match header {
                true => format!("its columns are: {}", first.join(", ")),
                false => format!("it has {} columns and no header: name them by number, from 1", first.len()),
            };
            let column = role.said(log)?.map(|column| column.to_string()).unwrap_or_default();
            return Err(Error::parameter(role.flag(), format!("{name} has no column {column}")).with_hint(hint));
        }
    }
    let body = if header { &fields[1..] } else { &fields[..] };
    match header {
        true => by_header(first, &mut at, log.log_format),
        false => by_content(body, first.len(), &mut at, passing, log.log_format),
    }
    let [actor, item, time, target, kind] = at;
    let shown = |at: usize| if header { first[at].trim().to_owned() } else { format!("column {}", at + 1) };
    let missing = |role: Role| {
        let all = match header {
            true => format!("its columns are: {}", first.join(", ")),
            false => format!("its first row is {}", quoted(trim(rows[0]))),
        };
        Error::parameter(role.flag(), format!("which column of {name} is the {}?", role.name())).with_hint(format!(
            "{all}; columns are named by {}; other ways of writing logs by --log-format",
            "--log-actor, --log-item, --log-time, --log-target and --log-type"
        ))
    };
    let time = time.ok_or_else(|| missing(Role::Time))?;
    let actor = actor.ok_or_else(|| missing(Role::Actor))?;
    if item.is_none() && target.is_none() {
        let retweets = log.log_format == Some(LogFormat::Retweets);
        return Err(missing(if retweets { Role::Target } else { Role::Item }));
    }
    let used: Vec<(Role, usize)> = ROLES.into_iter().zip(at).filter_map(|(role, at)| Some((role, at?))).collect();
    for (index, &(role, at)) in used.iter().enumerate() {
        if let Some((other, _)) = used[..index].iter().find(|(_, other)| *other == at) {
            return Err(Error::parameter(role.flag(), format!("is the same column as {}", other.flag())));
        }
    }
    let parts: Vec<String> = used.iter().map(|&(role, at)| format!("{} = {}", role.name(), shown(at))).collect();
    let how = if header { "by its header" } else { "no header" };
    let why = format!("{name}: columns ({how}): {}.", parts.join(", "));
    let places = Places { delimiter, width: first.len(), actor, item, time, target, kind };
    Ok(Found { places, header, why })
}

/// Whether the first row names columns.
fn has_header(log: &CascadeLog, fields: &[Vec<String>]) -> Result<bool> {
    let first = &fields[0];
    for role in ROLES {
        if let Some(Column::Name(name)) = role.said(log)?
            && first.iter().any(|field| field.trim().eq_ignore_ascii_case(name.trim()))
        {
            return Ok(true);
        }
    }
    let is_value = |field: &String| field.parse::<f64>().is_ok() || parse_date(field).is_some();
    if first.iter().any(is_value) {
        return Ok(false);
    }
    let known = ROLES.iter().filter(|role| role.find(first, &[]).is_some()).count();
    let over_values = fields.get(1).is_some_and(|second| second.len() == first.len() && second.iter().any(is_value));
    Ok(known >= 2 || over_values)
}

fn by_header(header: &[String], at: &mut [Option<usize>; 5], said: Option<LogFormat>) {
    // The time and the item have the plainest names; "id" or "user" are left for those who acted.
    let items = said != Some(LogFormat::Retweets);
    for role in [2, 1, 3, 4, 0].into_iter().filter(|&role| role != 1 || items) {
        let taken: Vec<usize> = at.iter().flatten().copied().collect();
        if at[role].is_none() {
            at[role] = ROLES[role].find(header, &taken);
        }
    }
}

/// Without a header: the time is what can be a time, the type what names types; of the rest the first acted, on the second.
fn by_content(
    rows: &[Vec<String>],
    width: usize,
    at: &mut [Option<usize>; 5],
    passing: &Passing,
    said: Option<LogFormat>,
) {
    let whole: Vec<&Vec<String>> = rows.iter().filter(|fields| fields.len() == width).collect();
    let all = |column: usize, holds: &dyn Fn(&str) -> bool| whole.iter().all(|fields| holds(&fields[column]));
    let free =
        |at: &[Option<usize>; 5]| -> Vec<usize> { (0..width).filter(|column| !at.contains(&Some(*column))).collect() };
    if at[2].is_none() {
        let dates = |text: &str| match text.parse::<f64>() {
            Ok(number) => clock::unit_of(number).is_some(),
            Err(_) => parse_date(text).is_some(),
        };
        let number = |text: &str| text.parse::<f64>().is_ok_and(|number| number >= 0.0);
        let found = free(at).into_iter().find(|&column| all(column, &dates));
        // Times that are no dates: what has fractions, else the last column of numbers.
        let fractions = || free(at).into_iter().find(|&column| all(column, &|text| number(text) && text.contains('.')));
        let last = || free(at).into_iter().rev().find(|&column| width >= 3 && all(column, &number));
        at[2] = found.or_else(fractions).or_else(last);
    }
    if at[4].is_none() {
        let kinds = ["share", "mention", "reply", "like", "comment", "view", "save", "message"];
        let kind = |text: &str| passing.has(text, true) || kinds.contains(&canonical_kind(text).as_str());
        at[4] = free(at).into_iter().find(|&column| all(column, &kind));
    }
    let mut rest = free(at).into_iter();
    if at[0].is_none() {
        at[0] = rest.next();
    }
    // With types, rows are what somebody did with somebody's post; without, what somebody did with an item.
    let second = match said {
        Some(LogFormat::Retweets) => 3,
        Some(LogFormat::Rows) => 1,
        _ => {
            if at[4].is_some() {
                3
            } else {
                1
            }
        }
    };
    if at[1].is_none() && at[3].is_none() {
        at[second] = rest.next();
        if second == 3 && at[3].is_some() && said != Some(LogFormat::Retweets) {
            let others: Vec<usize> = rest.collect();
            at[1] = others.into_iter().find(|&column| !all(column, &is_blank));
        }
    }
}

fn is_blank(text: &str) -> bool {
    is_missing(text.as_bytes())
}
