//! Which columns name the account: the handle, its follower, its display name.

use super::fold::fold;
use super::handle::names_account;
use super::meaning::{Draft, Kind, Meaning};
use super::money::{Prices, is_no_price};
use super::sheet::{Cell, Row, Sheet};
use super::words::{Word, dictionary};
use crate::base::{Error, Result};

/// Columns headed by a platform or a format alone: `TikTok` above handles or addresses, `Reel` above prices.
pub(super) fn lone_platforms(sheet: &Sheet, drafts: &mut [Draft], stated: Option<Kind>) {
    let amount = |cell: &Cell| match cell {
        Cell::Number(_) => true,
        Cell::Text(text) => {
            text.contains(|c: char| c.is_ascii_digit()) && !text.contains(['@', '/']) || is_no_price(text)
        }
        _ => false,
    };
    let words = |cell: &Cell| matches!(cell, Cell::Text(text) if text.contains(char::is_alphabetic));
    let prices = stated == Some(Kind::Offers) || speaks_of_money(sheet, drafts);
    for draft in drafts.iter_mut().filter(|draft| !draft.sure) {
        if draft.header.format.is_some() && prices && share(sheet, draft.at, amount) >= 0.9 {
            draft.word = Word::Is(Meaning::Price);
        } else if draft.header.platform.is_some()
            && draft.header.format.is_none()
            && share(sheet, draft.at, words) >= 0.9
        {
            draft.word = Word::HandleOrName;
        }
    }
    // Beside prices of other formats `Post` is one as well, and no id.
    let by_format = |draft: &Draft| draft.word == Word::Is(Meaning::Price) && draft.header.word.is_none();
    if drafts.iter().any(by_format) {
        for draft in drafts.iter_mut().filter(|draft| draft.word == Word::Is(Meaning::Post)) {
            let name = fold(&sheet.header[draft.at]);
            let tokens: Vec<&str> = name.split(' ').collect();
            if let Some((width, format)) = dictionary().format(&tokens)
                && width == tokens.len()
                && share(sheet, draft.at, amount) >= 0.9
            {
                draft.header.format = Some(format.to_owned());
                draft.word = Word::Is(Meaning::Price);
            }
        }
    }
}

/// Whether figures below formats are prices. Bare ones may as well be counts (`Reels`: 12), so something must say so: a
/// currency or a unit beside the figures, or a column of currencies or taxes.
fn speaks_of_money(sheet: &Sheet, drafts: &[Draft]) -> bool {
    let reader = Prices::default();
    let priced = |text: &str| match reader.read(text) {
        Ok(Some(price)) => price.currency.is_some() || text.contains(char::is_alphabetic),
        _ => false,
    };
    drafts.iter().any(|draft| match &draft.word {
        Word::Is(Meaning::Currency | Meaning::Tax) => true,
        Word::Is(Meaning::Price) => false,
        _ if draft.sure || draft.header.format.is_none() => false,
        _ => draft.header.currency.is_some() || draft.header.tax.is_some() || sheet.texts(draft.at).any(priced),
    })
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
pub(super) fn two_ends(sheet: &Sheet, drafts: &mut [Draft]) {
    const FOLLOWERS: &[&str] =
        &["account", "account id", "user", "user id", "username", "handle", "follower", "followers", "fan"];
    const PLAIN: &[&str] = &["follower", "followers", "fan"];
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
    // In lookups, "handle" and the like beside a column of followers are the creator's; elsewhere the one may be a count.
    let plain: Vec<usize> = followers.iter().copied().filter(|&at| is(&drafts[at], PLAIN)).collect();
    let (followers, creators) = match (&plain[..], creators.is_empty()) {
        ([follower], true) if looked_up => (plain.clone(), followers.into_iter().filter(|at| at != follower).collect()),
        _ => (followers, creators),
    };
    if let ([follower], [creator]) = (&followers[..], &creators[..]) {
        drafts[*follower].word = Word::Is(Meaning::Follower);
        drafts[*creator].word = Word::Is(Meaning::Handle);
    } else if let ([creator], true) =
        (&creators[..], drafts.iter().any(|draft| draft.word == Word::Is(Meaning::Follower)))
    {
        drafts[*creator].word = Word::Is(Meaning::Handle);
    } else if let [follower] = followers[..]
        && is(&drafts[follower], PLAIN)
        && drafts.iter().all(|draft| draft.at == drafts[follower].at || beside(draft))
        && (drafts.len() == 1 || sheet.texts(drafts[follower].at).any(|text| text.contains(char::is_alphabetic)))
    {
        // A list: the file says whose followers they are.
        drafts[follower].word = Word::Is(Meaning::Follower);
    }
}

/// "Name", "channel", "KOL": what looks like handles is the handle. Where headers name several platforms, each has one.
pub(super) fn handle_or_name(sheet: &Sheet, drafts: &mut [Draft], why: &mut Vec<String>) -> Result<()> {
    let open: Vec<usize> = (0..drafts.len()).filter(|&at| drafts[at].word == Word::HandleOrName).collect();
    let mut platforms: Vec<&str> = open.iter().filter_map(|&at| drafts[at].header.platform).collect();
    platforms.sort_unstable();
    platforms.dedup();
    let mut handles = Vec::new();
    let addresses =
        drafts.iter().filter(|draft| draft.word == Word::Is(Meaning::Url) && draft.header.platform.is_some());
    if drafts.iter().any(|draft| draft.word == Word::Is(Meaning::Handle)) || addresses.count() > 1 {
        // The handle has a column of its own, or each platform an address.
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
