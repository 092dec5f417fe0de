//! What the rows of a table are, by the columns that it has.

use super::handle::names_post;
use super::meaning::{Column, Kind, Meaning};
use super::sheet::Sheet;
use crate::base::{Error, Result};

/// What the rows are, from the columns.
pub(super) fn kind_of(sheet: &Sheet, columns: &[Column], why: &mut Vec<String>) -> Result<Kind> {
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
    let (kind, reason) = if has(&Meaning::Follows) && has(&Meaning::Follower) {
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
        return Err(Error::input(sheet.at_header(0), "a column that names accounts", headers(sheet))
            .with_hint("call one of them handle or url, or say which it is: --column \"HEADER=handle\""));
    };
    why.push(format!("read as a table of {kind}: it has {reason}"));
    Ok(kind)
}

/// The headers, cut where a file that is no table has long ones.
fn headers(sheet: &Sheet) -> String {
    const LONG: usize = 100;
    let all = sheet.header.join(", ");
    match all.char_indices().nth(LONG) {
        Some((at, _)) => format!("{}…", &all[..at]),
        None => all,
    }
}

fn unclear(sheet: &Sheet, found: &str) -> Error {
    Error::input(
        sheet.at_header(0),
        "a table whose columns tell what its rows are",
        format!("{found} ({})", headers(sheet)),
    )
    .with_hint("say what its rows are: accounts, posts, offers, links, lookups or followers")
}

/// Meanings that depend on what the rows are.
pub(super) fn by_kind(sheet: &Sheet, kind: Kind, columns: &mut [Column]) {
    if kind == Kind::Followers && !columns.iter().any(|column| column.meaning == Meaning::Follower) {
        the_follower(columns);
    }
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
pub(super) fn needs(sheet: &Sheet, kind: Kind, columns: &[Column]) -> Result<()> {
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
        Some((_, name)) => {
            Err(Error::input(sheet.at_header(0), format!("a column {name} in a table of {kind}"), headers(sheet))
                .with_hint(format!("say which it is: --column \"HEADER={name}\"")))
        }
    }
}

/// In a list of followers the account of the row is the follower: the file says whose followers they are.
fn the_follower(columns: &mut [Column]) {
    let only = columns.len() == 1;
    for meaning in [Meaning::Handle, Meaning::Url, Meaning::Followers] {
        let mut found = columns.iter_mut().filter(|column| column.meaning == meaning);
        if let (Some(column), None) = (found.next(), found.next()) {
            column.meaning = Meaning::Follower;
            return;
        }
    }
    if only {
        columns[0].meaning = Meaning::Follower;
    }
}
