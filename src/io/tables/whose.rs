//! Which accounts a row is about: by an id, handles, addresses, and whatever says the platform.

use std::sync::Arc;

use super::columns::{Columns, Fault};
use super::folder::FromPlace;
use super::handle::handle;
use super::meaning::{Mapped, Meaning};
use super::options::TableReading;
use crate::base::Location;

/// An account that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// The platform, where anything says it.
    pub platform: Option<&'static str>,
    /// Its name in the network: `platform:handle`, the bare handle, or an id as it stands.
    pub name: Arc<str>,
}

/// What says the platform of a handle that stands alone: the table's headers, the user, the folder, the file's name, in
/// this order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fallback {
    platform: Option<&'static str>,
    /// Whether it is the place of the file that says it.
    pub by_place: bool,
}

impl Fallback {
    /// Of a file.
    pub fn of(mapped: &Mapped, stated: &TableReading, place: &FromPlace) -> Fallback {
        let named = [&mapped.platform, &stated.platform];
        let said = named.into_iter().find_map(|name| super::handle::platform(name.as_deref()?));
        Fallback { platform: said.or(place.platform), by_place: said.is_none() && place.platform.is_some() }
    }
}

/// The name of an account in the network.
pub fn name(platform: Option<&str>, handle: &str) -> Arc<str> {
    match platform {
        Some(platform) => format!("{platform}:{handle}").into(),
        None => handle.into(),
    }
}

/// An account named by a text that stands alone, as the name of a list's file does.
pub fn alone(text: &str, fallback: Fallback, at: impl FnOnce() -> Location) -> Result<Whose, Fault> {
    let found = handle(fallback.platform, text)
        .map_err(|why| Fault::new(at(), "a handle or the address of an account", format!("\"{text}\"")).hint(why))?;
    Ok(Whose { platform: found.platform, name: name(found.platform, &found.handle) })
}

/// A handle or an address in a row.
struct Named {
    platform: Option<&'static str>,
    handle: String,
    text: String,
    address: bool,
}

/// The accounts of a row. Several, if it has handles or addresses on several platforms.
pub fn whose(columns: &Columns<'_>, row: usize, fallback: Fallback) -> Result<Vec<Whose>, Fault> {
    let beside = match columns.first(&Meaning::Platform) {
        Some(index) => columns.platform(row, index)?,
        None => None,
    };
    let mut names: Vec<usize> = columns.of(&Meaning::Handle).chain(columns.of(&Meaning::Url)).collect();
    if names.is_empty() {
        names.extend(columns.first(&Meaning::Name));
    }
    let mut found: Vec<Named> = Vec::new();
    let mut trouble = None;
    for &index in &names {
        let Some(text) = columns.text(row, index) else { continue };
        let own = columns.mapped.columns[index].platform.as_deref().and_then(super::handle::platform);
        let fault =
            |expected: &str| Fault::new(columns.at(row, index), expected, crate::base::error::quoted(text.as_bytes()));
        match handle(own.or(beside), &text) {
            Ok(named) if own.or(beside).is_some() && named.platform != own.or(beside) => {
                let platform = own.or(beside).unwrap_or_default();
                return Err(fault(&format!("an account on {platform}, as the row says")));
            }
            Ok(named) => {
                found.push(Named { platform: named.platform, handle: named.handle, address: named.from_address, text })
            }
            Err(why) => {
                trouble.get_or_insert_with(|| fault("a handle or the address of an account").hint(why));
            }
        }
    }
    if found.is_empty() {
        let nothing = || {
            let at = names.first().map_or_else(|| columns.sheet.at(row, 0), |&index| columns.at(row, index));
            Fault::new(at, "an account", "nothing")
        };
        return Err(trouble.unwrap_or_else(nothing));
    }
    Ok(settle(found, fallback))
}

/// One account a platform: a handle that stands alone is of the only platform that the row or the file says. A handle
/// goes before an address, because other tables name the account by it.
fn settle(mut found: Vec<Named>, fallback: Fallback) -> Vec<Whose> {
    let mut platforms: Vec<&'static str> = found.iter().filter_map(|named| named.platform).collect();
    platforms.sort_unstable();
    platforms.dedup();
    let own = match platforms[..] {
        [] => fallback.platform,
        [one] => Some(one),
        // A word beside addresses on several platforms is a name for people.
        _ => {
            found.retain(|named| named.platform.is_some());
            None
        }
    };
    for named in found.iter_mut().filter(|named| named.platform.is_none()) {
        if let Ok(again) = handle(own, &named.text) {
            (named.platform, named.handle) = (own, again.handle);
        }
    }
    found.sort_by_key(|named| (named.platform, named.address));
    found.dedup_by_key(|named| named.platform);
    found.iter().map(|named| Whose { platform: named.platform, name: name(named.platform, &named.handle) }).collect()
}
