//! Which column is which: as the user says, else by the words of its name.

use serde::Serialize;

use super::Aggregate;
use super::inputs::LogFile;
use crate::base::{Error, Location, Result};
use crate::io::columns::aliases;

/// Words for whose post it was that follow lists do not use.
const AUTHOR: &[&str] = &["author", "author_id", "creator_id", "owner", "owner_id", "to_user_id"];
/// Says that a column is not to be used.
const NONE: &str = "none";

/// A column taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// What it is taken for: source, target, kind, time, weight or sign.
    pub role: &'static str,
    /// Its name.
    pub column: String,
    /// Why it was taken.
    pub why: String,
}

/// What a value of each role stands in, in the order of [`ROLES`].
pub const ROLES: [&str; 6] = ["source", "target", "kind", "time", "weight", "sign"];
pub const SOURCE: usize = 0;
pub const TARGET: usize = 1;
pub const KIND: usize = 2;
pub const TIME: usize = 3;
pub const WEIGHT: usize = 4;
pub const SIGN: usize = 5;

/// Where a file keeps a role's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a column, by its number.
    Column(usize),
    /// In the name of its folder; `None` is null.
    Partition(Option<String>),
}

/// Where a file keeps everything that is needed.
pub type Places = [Option<Place>; 6];

fn names(file: &LogFile) -> Vec<&str> {
    let partitions = file.partitions.iter().map(|(key, _)| key.as_str());
    file.schema.fields().iter().map(|field| field.name().as_str()).chain(partitions).collect()
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Chooses the columns by the first file: a name for each role, and the reasons.
pub fn choose(parameters: &Aggregate, file: &LogFile) -> Result<([Option<String>; 6], Vec<Chosen>)> {
    let names = names(file);
    let asked = [
        ("--source", &parameters.source, aliases::FROM, &[] as &[&str]),
        ("--target", &parameters.target, aliases::TO, AUTHOR),
        ("--kind", &parameters.kind, aliases::KIND, &[]),
        ("--time", &parameters.time, aliases::TIME, &[]),
        ("--weight", &parameters.weight, aliases::WEIGHT, &[]),
        ("--sign", &parameters.sign, aliases::SIGN, &[]),
    ];
    let mut taken: [Option<String>; 6] = Default::default();
    let mut reasons: [String; 6] = Default::default();
    for (at, (flag, asked, words, more)) in asked.into_iter().enumerate() {
        // A kind that nobody asks about is not read.
        if at == KIND && parameters.kinds.is_empty() {
            continue;
        }
        if let Some(name) = asked {
            let exact = names.iter().find(|other| *other == name);
            if exact.is_none() && at > TARGET && name == NONE {
                continue;
            }
            let near = || names.iter().find(|other| plain(other) == plain(name));
            let found = exact.or_else(near).ok_or_else(|| missing(flag, name, file, &names))?;
            taken[at] = Some((*found).to_owned());
            reasons[at] = format!("{flag} says so");
            continue;
        }
        let word = words.iter().chain(more).find_map(|word| names.iter().find(|name| plain(name) == *word));
        if let Some(name) = word.filter(|name| !taken.iter().flatten().any(|other| other == *name)) {
            taken[at] = Some((*name).to_owned());
            reasons[at] = format!("its name is a word for {}", meaning(at));
        }
    }
    if taken[SOURCE].is_none() && taken[TARGET].is_none() && file.schema.fields().len() == 2 {
        for at in [SOURCE, TARGET] {
            taken[at] = Some(names[at].to_owned());
            reasons[at] = "the file has two columns".to_owned();
        }
    }
    for (at, flag) in [(SOURCE, "--source"), (TARGET, "--target")] {
        if taken[at].is_none() {
            let file = file.path.display();
            return Err(Error::parameter(flag, format!("which column of {file} says {}?", meaning(at)))
                .with_hint(format!("its columns are: {}; write {flag} NAME", names.join(", "))));
        }
    }
    for (at, other) in (0..6).flat_map(|at| (0..at).map(move |other| (at, other))) {
        if taken[at].is_some() && taken[at] == taken[other] {
            return Err(Error::parameter(
                format!("--{}", ROLES[at]),
                format!("is the same column as --{}", ROLES[other]),
            ));
        }
    }
    let needs =
        |at: usize, flag: &str, wanted: bool| match wanted && taken[at].is_none() {
            true => Err(Error::parameter(flag, format!("needs a column that says {}", meaning(at)))
                .with_hint(format!("the columns are: {}; write --{} NAME", names.join(", "), ROLES[at]))),
            false => Ok(()),
        };
    needs(KIND, "--kinds", !parameters.kinds.is_empty())?;
    needs(TIME, "--since", parameters.since.is_some())?;
    needs(TIME, "--until", parameters.until.is_some())?;
    needs(TIME, "--half-life", parameters.half_life.is_some())?;
    let chosen = (0..6).filter_map(|at| {
        let column = taken[at].clone()?;
        Some(Chosen { role: ROLES[at], column, why: reasons[at].clone() })
    });
    let chosen = chosen.collect();
    Ok((taken, chosen))
}

fn meaning(at: usize) -> &'static str {
    match at {
        SOURCE => "who interacted",
        TARGET => "whose post it was",
        KIND => "what was done",
        TIME => "when",
        WEIGHT => "how much it weighs",
        _ => "for or against",
    }
}

fn missing(flag: &str, name: &str, file: &LogFile, names: &[&str]) -> Error {
    Error::parameter(flag, format!("{} has no column {name}", file.path.display()))
        .with_hint(format!("its columns are: {}", names.join(", ")))
}

/// Where this file keeps the columns chosen: every file must have them, in any order.
pub fn place(file: &LogFile, taken: &[Option<String>; 6]) -> Result<Places> {
    let mut places: Places = Default::default();
    for (at, name) in taken.iter().enumerate() {
        let Some(name) = name else { continue };
        let mut columns = (0..).zip(file.schema.fields()).filter(|(_, field)| field.name() == name);
        places[at] = match (columns.next(), columns.next()) {
            (Some((column, _)), None) => Some(Place::Column(column)),
            (Some(_), Some(_)) => {
                let place = Location::file(format!("{}: column \"{name}\"", file.path.display()));
                return Err(Error::input(place, "one column of this name", "two").with_hint("rename one of them"));
            }
            (None, _) => {
                let partition = file.partitions.iter().rev().find(|(key, _)| key == name);
                let (_, value) =
                    partition.ok_or_else(|| missing(&format!("--{}", ROLES[at]), name, file, &names(file)))?;
                Some(Place::Partition(value.clone()))
            }
        };
    }
    Ok(places)
}
