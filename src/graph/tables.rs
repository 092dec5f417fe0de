//! Tables beside the accounts: posts, offers, looked-up followers. Rows name accounts by dense id; columns are those of
//! attributes, one value a row instead of one an account. Missing is never zero.

use std::borrow::Cow;

use super::attributes::Column;
use super::buffer::Buffer;
use crate::base::time;

/// Names of the columns of posts.
pub mod post {
    /// The post's id on its platform (text).
    pub const ID: &str = "id";
    /// When, in milliseconds since 1970.
    pub const TIME: &str = "time";
    /// Format: reel, story, video, … (text, lower case).
    pub const FORMAT: &str = "format";
    /// 1 sponsored, 0 not.
    pub const SPONSORED: &str = "sponsored";
    /// Views, repeats counted.
    pub const VIEWS: &str = "views";
    /// Different people who saw it.
    pub const REACH: &str = "reach";
    /// Likes.
    pub const LIKES: &str = "likes";
    /// Comments.
    pub const COMMENTS: &str = "comments";
    /// Shares.
    pub const SHARES: &str = "shares";
    /// Saves.
    pub const SAVES: &str = "saves";
    /// 1 where the row is an average over several posts, as shop-window tables give it; missing for a single post.
    pub const AVERAGE: &str = "average";
}

/// Names of the columns of offers.
pub mod offer {
    /// Format that is offered (text, lower case).
    pub const FORMAT: &str = "format";
    /// Price, in the currency.
    pub const PRICE: &str = "price";
    /// Currency, as ISO 4217 code.
    pub const CURRENCY: &str = "currency";
    /// Tax, as given: "included", "excluded", "10%".
    pub const TAX: &str = "tax";
    /// What is sold together, as given.
    pub const BUNDLE: &str = "bundle";
}

/// Name of the column of lookups: 1 follows, 0 does not.
pub const FOLLOWS: &str = "follows";

/// Rows about accounts, sorted by account, then by what else they are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The account that each row is about: who posted, who offers, who was looked up.
    pub account: Buffer<u32>,
    /// A second account: of lookups, the creator who is followed or not.
    pub other: Option<Buffer<u32>>,
    /// The columns, sorted by name, one value a row.
    pub columns: Vec<Column>,
}

impl Table {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.account.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.account.is_empty()
    }

    /// The column of this name.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether the column is there and has a value somewhere.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|column| column.given() > 0)
    }

    /// The number of a row in a column, if given.
    pub fn number(&self, name: &str, row: usize) -> Option<f64> {
        self.get(name)?.number(row as u32)
    }

    /// The text of a row in a column, if given.
    pub fn text(&self, name: &str, row: usize) -> Option<Cow<'_, str>> {
        self.get(name)?.text(row as u32)
    }

    /// The rows about an account.
    pub fn rows_of(&self, account: u32) -> std::ops::Range<usize> {
        let from = self.account.partition_point(|&other| other < account);
        from..from + self.account[from..].partition_point(|&other| other == account)
    }

    /// Says what is wrong, if rows and columns do not fit together or name no account.
    pub fn check(&self, accounts: usize) -> Result<(), String> {
        let inside = |ids: &[u32]| ids.iter().all(|&id| (id as usize) < accounts);
        if !inside(&self.account) || !self.other.iter().all(|other| inside(other) && other.len() == self.len()) {
            return Err("a row is about no account".into());
        }
        if !self.account.is_sorted() {
            return Err("its rows are out of order".into());
        }
        self.columns.iter().try_for_each(|column| column.check(self.len()))
    }
}

/// The tables of a network. An empty one was not given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tables {
    /// Posts with what became of them ([`post`]). Sorted by account, time (missing first), id.
    pub posts: Table,
    /// Prices ([`offer`]).
    pub offers: Table,
    /// Followers looked up one by one ([`FOLLOWS`]): `account` follows `other`, or not.
    pub lookups: Table,
}

impl Tables {
    /// Their names in snapshots, in order.
    pub const NAMES: [&'static str; 3] = ["posts", "offers", "lookups"];

    /// All, in the order of [`Tables::NAMES`].
    pub fn all(&self) -> [&Table; 3] {
        [&self.posts, &self.offers, &self.lookups]
    }

    /// All, to be filled.
    pub fn all_mut(&mut self) -> [&mut Table; 3] {
        [&mut self.posts, &mut self.offers, &mut self.lookups]
    }
}

/// A row of the posts table. What is `None` was not given.
#[derive(Debug, Clone, PartialEq)]
pub struct Post<'a> {
    /// Who posted.
    pub account: u32,
    /// The post's id.
    pub id: Option<Cow<'a, str>>,
    /// When, in milliseconds since 1970.
    pub time: Option<i64>,
    /// Format.
    pub format: Option<Cow<'a, str>>,
    /// Whether somebody paid for it.
    pub sponsored: Option<bool>,
    /// Views, repeats counted.
    pub views: Option<f64>,
    /// Different people who saw it.
    pub reach: Option<f64>,
    /// Likes.
    pub likes: Option<f64>,
    /// Comments.
    pub comments: Option<f64>,
    /// Shares.
    pub shares: Option<f64>,
    /// Saves.
    pub saves: Option<f64>,
    /// Whether the row is an average over several posts.
    pub average: bool,
}

impl Tables {
    /// A row of the posts table.
    pub fn post(&self, row: usize) -> Post<'_> {
        let posts = &self.posts;
        let number = |name| posts.number(name, row);
        Post {
            account: posts.account[row],
            id: posts.text(post::ID, row),
            time: number(post::TIME).map(|time| time as i64).filter(|&time| time != time::MISSING),
            format: posts.text(post::FORMAT, row),
            sponsored: number(post::SPONSORED).map(|flag| flag != 0.0),
            views: number(post::VIEWS),
            reach: number(post::REACH),
            likes: number(post::LIKES),
            comments: number(post::COMMENTS),
            shares: number(post::SHARES),
            saves: number(post::SAVES),
            average: number(post::AVERAGE) == Some(1.0),
        }
    }

    /// All rows of the posts table.
    pub fn each_post(&self) -> impl Iterator<Item = Post<'_>> {
        (0..self.posts.len()).map(|row| self.post(row))
    }
}
