//! A row of any table as what it says: of accounts, of a post, of an offer, of a follower who was looked up.

use std::sync::Arc;

use super::accounts::DATED;
use super::columns::{Columns, Fault};
use super::findings::{Findings, Oddity};
use super::meaning::{Kind, Meaning};
use super::rows::{AS_OF, Place, Row};
use super::values::{Cells, Name};
use super::whose::{Fallback, Whose, name, whose};
use crate::base::Location;
use crate::graph::Design;
use crate::graph::attributes::known;
use crate::graph::tables::{FOLLOWS, offer, post};

/// Everything that a row says.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it stands.
    pub place: Place,
    /// The same with its column.
    pub at: Location,
    /// The accounts that it names.
    pub named: Vec<Arc<str>>,
    /// What is known of them.
    pub accounts: Vec<Known>,
    /// Accounts that the row makes creators.
    pub creators: Vec<Arc<str>>,
    /// Posts: one, or averages of several accounts.
    pub posts: Vec<Row>,
    /// Offers.
    pub offers: Vec<Row>,
    /// A lookup.
    pub lookup: Option<Row>,
}

/// What is known of an account, of one day.
#[derive(Debug, Clone)]
pub struct Known {
    /// The account.
    pub account: Arc<str>,
    /// Of which day.
    pub as_of: Option<i64>,
    /// What.
    pub cells: Cells,
}

/// Columns of accounts that have no day: what an account is, not how it does.
const TIMELESS: [&str; 2] = [known::PLATFORM, known::PERSON];

/// The column in which an export says who is a creator.
pub const IS_CREATOR: &str = "is_creator";

/// Numbers of posts, by meaning and column.
const MEASURES: [(Meaning, &str); 6] = [
    (Meaning::Views, post::VIEWS),
    (Meaning::Reach, post::REACH),
    (Meaning::Likes, post::LIKES),
    (Meaning::Comments, post::COMMENTS),
    (Meaning::Shares, post::SHARES),
    (Meaning::Saves, post::SAVES),
];

/// Numbers that belong to one account, by meaning and column.
const COUNTS: [(Meaning, &str); 3] = [
    (Meaning::Followers, known::FOLLOWERS),
    (Meaning::Following, known::FOLLOWING),
    (Meaning::PostsCount, known::POSTS),
];

/// Texts of accounts, by meaning and column.
const TEXTS: [(Meaning, &str); 2] = [(Meaning::Name, known::NAME), (Meaning::Country, known::COUNTRY)];

/// Reads rows of one sheet.
pub struct Entries<'a> {
    /// Its columns.
    pub columns: &'a Columns<'a>,
    /// What says the platform where the row does not.
    pub fallback: Fallback,
    /// The day of the table, by its name.
    pub as_of: Option<i64>,
    /// The name of the sheet.
    pub file: Arc<str>,
}

impl Entries<'_> {
    /// A row.
    pub fn read(&self, row: usize, findings: &mut Findings) -> Result<Entry, Fault> {
        let columns = self.columns;
        let kind = columns.mapped.kind;
        let accounts = whose(columns, row, self.fallback)?;
        let place = Place { file: self.file.clone(), line: columns.sheet.rows[row].line };
        let own = match columns.first(&Meaning::AsOf) {
            Some(index) => columns.time(row, index)?,
            None => None,
        };
        let as_of = own.or(self.as_of);
        for account in accounts.iter().filter(|account| account.platform.is_none()) {
            findings.note(Oddity::NoPlatform, &place, &account.name);
        }
        let mut entry = Entry {
            at: columns.sheet.at(row, 0),
            named: accounts.iter().map(|account| account.name.clone()).collect(),
            accounts: self.accounts(row, &accounts, as_of, findings)?,
            creators: self.creators(row, &accounts)?,
            posts: vec![],
            offers: vec![],
            lookup: None,
            place,
        };
        let one = || match &accounts[..] {
            [one] => Ok(one),
            _ => {
                let names: Vec<&str> = accounts.iter().map(|account| &*account.name).collect();
                Err(Fault::new(columns.sheet.at(row, 0), "a row about one account", names.join(" and ")))
            }
        };
        match kind {
            Kind::Accounts => {
                for account in &accounts {
                    entry.posts.extend(self.post(row, account, accounts.len() == 1, as_of)?);
                }
                if columns.of(&Meaning::Price).count() > 1 {
                    entry.offers = self.offers(row, &accounts, as_of)?;
                }
            }
            Kind::Posts => entry.posts.extend(self.post(row, one()?, true, as_of)?),
            Kind::Offers => entry.offers = self.offers(row, &accounts, as_of)?,
            Kind::Lookups => entry.lookup = Some(self.lookup(row, one()?, as_of)?),
            Kind::Links | Kind::Followers => {}
        }
        Ok(entry)
    }

    /// What the row says of its accounts.
    fn accounts(
        &self,
        row: usize,
        accounts: &[Whose],
        as_of: Option<i64>,
        findings: &mut Findings,
    ) -> Result<Vec<Known>, Fault> {
        let columns = self.columns;
        let mut all: Vec<Cells> = vec![Cells::default(); accounts.len()];
        let several = accounts.len() > 1;
        let mut niches: Vec<String> = Vec::new();
        let mut shared = Cells::default();
        for (index, column) in columns.mapped.columns.iter().enumerate() {
            let owner = match &column.platform {
                Some(platform) => accounts.iter().position(|account| account.platform == Some(platform.as_str())),
                None if !several => Some(0),
                None => None,
            };
            let Some((name, text)) = self.attribute(row, index)? else {
                if column.meaning == Meaning::Niche {
                    niches.extend(columns.text(row, index));
                }
                continue;
            };
            let counts = COUNTS.iter().any(|(meaning, _)| *meaning == column.meaning);
            match owner {
                Some(owner) => all[owner].set(name, text),
                None if counts && column.platform.is_none() => {
                    findings.note(Oddity::Shared, columns.at(row, index), format!("{} {text}", name));
                }
                // What stands under another platform is about none of these.
                None if column.platform.is_some() => {}
                None => shared.set(name, text),
            }
        }
        if let (Kind::Accounts, Some(index), 1) =
            (columns.mapped.kind, columns.first(&Meaning::Price), columns.of(&Meaning::Price).count())
            && let Some(currency) = columns.price(row, index)?.and_then(|price| price.currency)
        {
            // The cell, a column or the header says it.
            shared.set(known::CURRENCY, currency);
        }
        let person = columns.first(&Meaning::Person).and_then(|index| columns.text(row, index));
        let mut known = Vec::new();
        for (account, mut cells) in accounts.iter().zip(all) {
            shared.iter().for_each(|(name, text)| cells.set(name.clone(), text));
            if !niches.is_empty() {
                cells.set(known::NICHE, niches.join("|"));
            }
            if let Some(person) = &person {
                cells.set(known::PERSON, person.as_str());
            }
            if let Some(platform) = account.platform {
                cells.set(known::PLATFORM, platform);
            }
            let mut say = |cells: Cells, as_of| known.push(Known { account: account.name.clone(), as_of, cells });
            let (timeless, mut dated) = cells.split(|column| TIMELESS.contains(&column));
            say(timeless, None);
            for (column, day) in self.days(row)? {
                let (own, rest) = dated.split(|name| name == column);
                say(own, day);
                dated = rest;
            }
            say(dated, as_of);
        }
        known.retain(|known| !known.cells.is_empty());
        Ok(known)
    }

    /// Days of single columns, which stand in columns beside them.
    fn days(&self, row: usize) -> Result<Vec<(&str, Option<i64>)>, Fault> {
        let mut days = Vec::new();
        for (index, column) in self.columns.mapped.columns.iter().enumerate() {
            let Meaning::Other(name) = &column.meaning else { continue };
            if let Some(base) = name.strip_suffix(DATED) {
                days.push((base, self.columns.time(row, index)?));
            }
        }
        Ok(days)
    }

    /// The accounts of a row of an accounts table are creators, unless the table says itself who is.
    fn creators(&self, row: usize, accounts: &[Whose]) -> Result<Vec<Arc<str>>, Fault> {
        let columns = self.columns;
        if columns.mapped.kind != Kind::Accounts {
            return Ok(vec![]);
        }
        let says = columns.first(&Meaning::Other(IS_CREATOR.into()));
        let are = match says {
            Some(index) => columns.flag(row, index)?.unwrap_or(false),
            None => true,
        };
        Ok(accounts.iter().filter(|_| are).map(|account| account.name.clone()).collect())
    }

    /// What a cell says of an account: under which name it is kept, and how.
    fn attribute(&self, row: usize, index: usize) -> Result<Option<(Name, String)>, Fault> {
        let columns = self.columns;
        let kind = columns.mapped.kind;
        let column = &columns.mapped.columns[index];
        let about = |list: &[(Meaning, &'static str)]| {
            list.iter().find(|(meaning, _)| *meaning == column.meaning).map(|(_, name)| Name::from(*name))
        };
        if let Some(name) = about(&COUNTS) {
            return Ok(columns.number(row, index)?.map(|number| (name, number.to_string())));
        }
        if let Some(name) = about(&TEXTS) {
            return Ok(columns.text(row, index).map(|text| (name, text)));
        }
        if let Some(name) = about(&MEASURES) {
            // Beside accounts, a number of views that is no average is a total of some kind.
            let total = kind == Kind::Accounts && !column.average;
            return Ok(match total {
                true => columns.number(row, index)?.map(|number| (name, number.to_string())),
                false => None,
            });
        }
        let day = |time: Option<i64>, name: &'static str| time.map(|time| (Name::from(name), time.to_string()));
        Ok(match &column.meaning {
            Meaning::HasAvatar => {
                columns.flag(row, index)?.map(|flag| ("has_avatar".into(), u8::from(flag).to_string()))
            }
            Meaning::CreatedAt => day(columns.time(row, index)?, "created_at"),
            Meaning::ListDate => day(columns.time(row, index)?, known::LIST_DATE),
            Meaning::ListDesign => match columns.text(row, index) {
                None => None,
                Some(text) => {
                    let design = Design::parse(&text).ok_or_else(|| {
                        let names: Vec<&str> = Design::ALL.iter().map(|design| design.name()).collect();
                        Fault::new(columns.at(row, index), names.join(", "), format!("\"{text}\""))
                    })?;
                    Some((known::LIST_DESIGN.into(), design.name().to_owned()))
                }
            },
            // Several prices are offers.
            Meaning::Price if kind == Kind::Accounts && columns.of(&Meaning::Price).count() == 1 => {
                columns.price(row, index)?.map(|price| (known::PRICE.into(), price.amount.to_string()))
            }
            Meaning::Currency if kind == Kind::Accounts && columns.first(&Meaning::Price).is_none() => {
                columns.currency(row, index)?.map(|currency| (known::CURRENCY.into(), currency.to_owned()))
            }
            Meaning::Other(name) if kind == Kind::Accounts && name != IS_CREATOR && !name.ends_with(DATED) => {
                columns.text(row, index).map(|text| (other(name), text))
            }
            _ => None,
        })
    }

    /// The post of a row; in a table of accounts, an account's averages over several. `alone`: the row has no other account,
    /// so that a column without a platform is about this one.
    fn post(&self, row: usize, account: &Whose, alone: bool, as_of: Option<i64>) -> Result<Option<Row>, Fault> {
        let columns = self.columns;
        let kind = columns.mapped.kind;
        let mut cells = Cells::default();
        let mut average = false;
        for (index, column) in columns.mapped.columns.iter().enumerate() {
            let measure = MEASURES.iter().find(|(meaning, _)| *meaning == column.meaning);
            let Some((_, name)) = measure.filter(|_| kind == Kind::Posts || column.average) else { continue };
            let own = column.platform.as_deref().map_or(alone, |platform| account.platform == Some(platform));
            if !own {
                continue;
            }
            if let Some(number) = columns.number(row, index)? {
                cells.set(*name, number.to_string());
                average |= column.average;
            }
        }
        if kind == Kind::Accounts && cells.is_empty() {
            return Ok(None);
        }
        let id =
            [Meaning::Post, Meaning::PostUrl].iter().find_map(|meaning| columns.text(row, columns.first(meaning)?));
        id.into_iter().for_each(|id| cells.set(post::ID, id));
        let time = match columns.first(&Meaning::Time) {
            Some(index) => columns.time(row, index)?,
            None => None,
        };
        if let Some(time) = time.or(as_of.filter(|_| average)) {
            cells.set(post::TIME, time.to_string());
        }
        if let Some(index) = columns.first(&Meaning::Format)
            && let Some(format) = columns.text(row, index)
        {
            cells.set(post::FORMAT, format.to_lowercase());
        }
        if let Some(index) = columns.first(&Meaning::Sponsored)
            && let Some(flag) = columns.flag(row, index)?
        {
            cells.set(post::SPONSORED, u8::from(flag).to_string());
        }
        if average {
            cells.set(post::AVERAGE, "1");
        } else if let Some(as_of) = as_of.filter(|_| cells.get(post::ID).is_some()) {
            cells.set(AS_OF, as_of.to_string());
        }
        Ok(Some(Row { account: account.name.clone(), other: None, cells }))
    }

    /// What is offered: one offer a column of prices.
    fn offers(&self, row: usize, accounts: &[Whose], as_of: Option<i64>) -> Result<Vec<Row>, Fault> {
        let columns = self.columns;
        let mut shared = Cells::default();
        for (meaning, name) in [(Meaning::Tax, offer::TAX), (Meaning::Bundle, offer::BUNDLE)] {
            let text = columns.first(&meaning).and_then(|index| columns.text(row, index));
            text.into_iter().for_each(|text| shared.set(name, text));
        }
        if let Some(format) = columns.first(&Meaning::Format).and_then(|index| columns.text(row, index)) {
            shared.set(offer::FORMAT, format.to_lowercase());
        }
        as_of.into_iter().for_each(|day| shared.set(AS_OF, day.to_string()));
        let mut offers = Vec::new();
        for index in columns.of(&Meaning::Price) {
            let Some(price) = columns.price(row, index)? else { continue };
            let column = &columns.mapped.columns[index];
            let mut cells = shared.clone();
            column.format.as_deref().into_iter().for_each(|format| cells.set(offer::FORMAT, format));
            cells.set(offer::PRICE, price.amount.to_string());
            price.currency.into_iter().for_each(|currency| cells.set(offer::CURRENCY, currency));
            price.tax.into_iter().for_each(|tax| cells.set(offer::TAX, tax));
            for account in accounts {
                let about = column.platform.as_deref().is_none_or(|platform| account.platform == Some(platform));
                if about {
                    offers.push(Row { account: account.name.clone(), other: None, cells: cells.clone() });
                }
            }
        }
        Ok(offers)
    }

    /// Whether a follower who was looked up follows the creator.
    fn lookup(&self, row: usize, creator: &Whose, as_of: Option<i64>) -> Result<Row, Fault> {
        let columns = self.columns;
        let needs = |meaning: Meaning, what: &str| {
            let given = columns.first(&meaning).map(|index| columns.at(row, index));
            Fault::new(given.unwrap_or_else(|| columns.sheet.at(row, 0)), what, "nothing")
        };
        let text = columns.first(&Meaning::Follower).and_then(|index| columns.text(row, index));
        let text = text.ok_or_else(|| needs(Meaning::Follower, "the follower who was looked up"))?;
        let follows = match columns.first(&Meaning::Follows) {
            Some(index) => columns.flag(row, index)?,
            None => None,
        };
        let follows = follows.ok_or_else(|| needs(Meaning::Follows, "yes or no: whether the follower follows"))?;
        let follower = super::handle::handle(creator.platform, &text)
            .map_err(|why| needs(Meaning::Follower, "a handle or the address of an account").hint(why))?;
        let mut cells = Cells::default();
        cells.set(FOLLOWS, u8::from(follows).to_string());
        as_of.into_iter().for_each(|day| cells.set(AS_OF, day.to_string()));
        Ok(Row { account: name(follower.platform, &follower.handle), other: Some(creator.name.clone()), cells })
    }
}

/// The name of a column without a meaning, which must not be taken for one of ours.
fn other(name: &str) -> Name {
    match name.to_lowercase() {
        name if name == known::CREATOR || name == AS_OF => format!("{name}_given").into(),
        name => name.into(),
    }
}
