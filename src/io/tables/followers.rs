//! Follower lists: one file a creator, or rows of follower and creator.

use std::sync::Arc;

use super::columns::{Columns, Fault};
use super::handle::handle;
use super::meaning::Meaning;
use super::whose::{Fallback, Whose, alone, name, whose};
use crate::base::error::quoted;
use crate::base::{Location, time};
use crate::io::rows::Batch;

/// The follows of a sheet, and the creators whose lists it holds.
#[derive(Debug, Default)]
pub struct Lists {
    /// Rows of follower and creator.
    pub batch: Batch,
    /// Creators, with the place of the first row about them.
    pub creators: Vec<(Arc<str>, Location)>,
}

/// Reads the rows of a sheet; `creator` is whose list it is, where its place says so. Faulty rows go to `refuse`, which
/// may stop everything.
pub fn read<E>(
    columns: &Columns<'_>,
    creator: Option<&str>,
    fallback: Fallback,
    mut refuse: impl FnMut(Fault) -> Result<(), E>,
) -> Result<Lists, E> {
    let mut lists = Lists::default();
    let here = || Location::file(&columns.sheet.file);
    let owner = match creator.map(|creator| alone(creator, fallback, here)).transpose() {
        Ok(owner) => owner,
        Err(fault) => {
            refuse(fault)?;
            return Ok(lists);
        }
    };
    let since = columns.first(&Meaning::Time);
    for row in 0..columns.sheet.rows.len() {
        match pair(columns, row, owner.as_ref(), fallback) {
            Err(fault) => refuse(fault)?,
            Ok((follower, creator, at)) => {
                if lists.creators.last().is_none_or(|(last, _)| *last != creator) {
                    lists.creators.push((creator.clone(), columns.sheet.at(row, 0)));
                }
                lists.batch.pairs.push(follower.as_bytes(), creator.as_bytes());
                if since.is_some() {
                    lists.batch.time.push(at.unwrap_or(time::MISSING));
                }
            }
        }
    }
    lists.creators.sort_by(|a, b| a.0.cmp(&b.0));
    lists.creators.dedup_by(|later, first| later.0 == first.0);
    Ok(lists)
}

type Pair = (Arc<str>, Arc<str>, Option<i64>);

/// A follower, whom the row says that they follow, and since when.
fn pair(columns: &Columns<'_>, row: usize, owner: Option<&Whose>, fallback: Fallback) -> Result<Pair, Fault> {
    let creator = match owner {
        Some(owner) => owner.clone(),
        None => match whose(columns, row, fallback)? {
            all if all.len() == 1 => all.into_iter().next(),
            _ => None,
        }
        .ok_or_else(|| Fault::new(columns.sheet.at(row, 0), "one creator", "several"))?,
    };
    let index = match owner {
        // In a file of one creator, whoever it names is a follower.
        Some(_) => [Meaning::Follower, Meaning::Handle, Meaning::Url, Meaning::Name]
            .into_iter()
            .find_map(|meaning| columns.first(&meaning)),
        None => columns.first(&Meaning::Follower),
    };
    let place = || index.map_or_else(|| columns.sheet.at(row, 0), |index| columns.at(row, index));
    let text = index.and_then(|index| columns.text(row, index));
    let text = text.ok_or_else(|| Fault::new(place(), "a follower", "nothing"))?;
    let follower = handle(creator.platform, &text).map_err(|why| {
        Fault::new(place(), "a handle or the address of an account", quoted(text.as_bytes())).hint(why)
    })?;
    if creator.platform.is_some() && follower.platform != creator.platform {
        let platform = creator.platform.unwrap_or_default();
        return Err(Fault::new(place(), format!("a follower on {platform}"), quoted(text.as_bytes())));
    }
    let since = match columns.first(&Meaning::Time) {
        Some(index) => columns.time(row, index)?,
        None => None,
    };
    Ok((name(follower.platform, &follower.handle), creator.name, since))
}
