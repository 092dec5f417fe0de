//! Results of posts that came after the tables: rows to be added to the posts of a network.

use serde::{Deserialize, Serialize};

use super::attributes::{Column, Values};
use super::tables::{Table, post};

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Who posted, by name.
    pub creator: String,
    /// The post's id.
    pub id: Option<String>,
    /// When, in milliseconds since 1970.
    pub time: Option<i64>,
    /// Format.
    pub format: Option<String>,
    /// Whether somebody paid for it.
    pub sponsored: Option<bool>,
    /// Different people who saw it.
    pub reach: Option<f64>,
    /// Views, repeats counted.
    pub views: Option<f64>,
}

impl Outcome {
    /// Whether two are about the same post: of one creator, with one id, or, without ids, of one time and outcome.
    pub fn is_same(&self, other: &Outcome) -> bool {
        let about = |one: &Outcome| match &one.id {
            Some(id) => (Some(id.clone()), None, None, None),
            None => (None, one.time, one.reach.map(f64::to_bits), one.views.map(f64::to_bits)),
        };
        self.creator == other.creator && about(self) == about(other)
    }
}

/// The posts with further ones, each of an account; in the order that tables of posts have.
pub fn with(posts: &Table, added: &[(u32, Outcome)]) -> Table {
    let rows = posts.len();
    let account = |at: usize| if at < rows { posts.account[at] } else { added[at - rows].0 };
    let old_number = |name: &str, at: usize| posts.number(name, at);
    let number = |name: &str, at: usize| -> Option<f64> {
        if at < rows {
            return old_number(name, at);
        }
        let one = &added[at - rows].1;
        match name {
            post::TIME => one.time.map(|time| time as f64),
            post::SPONSORED => one.sponsored.map(|paid| f64::from(u8::from(paid))),
            post::REACH => one.reach,
            post::VIEWS => one.views,
            _ => None,
        }
    };
    let text = |name: &str, at: usize| -> Option<String> {
        if at < rows {
            return posts.text(name, at).map(|text| text.into_owned());
        }
        let one = &added[at - rows].1;
        match name {
            post::ID => one.id.clone(),
            post::FORMAT => one.format.clone(),
            _ => None,
        }
    };
    let mut order: Vec<usize> = (0..rows + added.len()).collect();
    let key = |&at: &usize| (account(at), number(post::TIME, at).map(|time| time as i64), text(post::ID, at), at);
    order.sort_by_key(key);
    let mut names: Vec<String> = posts.columns.iter().map(|column| column.name.clone()).collect();
    let known = [post::FORMAT, post::ID, post::REACH, post::SPONSORED, post::TIME, post::VIEWS];
    let given = |name: &&str| {
        let texts = matches!(*name, post::ID | post::FORMAT);
        (rows..rows + added.len()).any(|at| if texts { text(name, at).is_some() } else { number(name, at).is_some() })
    };
    names.extend(known.iter().filter(|name| posts.get(name).is_none() && given(name)).map(|name| (*name).to_owned()));
    names.sort();
    let column = |name: String| {
        let texts = match posts.get(&name) {
            Some(column) => matches!(column.values, Values::Text { .. }),
            None => matches!(name.as_str(), post::ID | post::FORMAT),
        };
        match texts {
            true => Column::texts(name.clone(), order.iter().map(|&at| text(&name, at))),
            false => {
                let values: Vec<f64> = order.iter().map(|&at| number(&name, at).unwrap_or(f64::NAN)).collect();
                Column { name, values: Values::Number(values.into()) }
            }
        }
    };
    let columns = names.into_iter().map(column).collect();
    Table { account: order.iter().map(|&at| account(at)).collect::<Vec<_>>().into(), other: None, columns }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(creator: &str, id: Option<&str>, time: i64, reach: f64) -> Outcome {
        Outcome {
            creator: creator.into(),
            id: id.map(str::to_owned),
            time: Some(time),
            format: None,
            sponsored: Some(true),
            reach: Some(reach),
            views: None,
        }
    }

    #[test]
    fn rows_are_added_in_order_and_old_columns_keep_their_values() {
        let posts = Table {
            account: vec![0, 2].into(),
            other: None,
            columns: vec![
                Column { name: "likes".into(), values: Values::Number(vec![5.0, 6.0].into()) },
                Column { name: post::REACH.into(), values: Values::Number(vec![50.0, 60.0].into()) },
            ],
        };
        let found = with(&posts, &[(2, outcome("c", Some("x"), 9, 70.0)), (1, outcome("b", None, 4, 10.0))]);
        assert_eq!(&found.account[..], [0, 1, 2, 2]);
        let numbers = |name: &str| (0..4).map(|row| found.number(name, row)).collect::<Vec<_>>();
        assert_eq!(numbers(post::REACH), [Some(50.0), Some(10.0), Some(60.0), Some(70.0)]);
        assert_eq!(numbers("likes"), [Some(5.0), None, Some(6.0), None]);
        assert_eq!(numbers(post::SPONSORED), [None, Some(1.0), None, Some(1.0)]);
        assert_eq!(found.text(post::ID, 3).as_deref(), Some("x"));
        assert!(found.check(3).is_ok() && found.columns.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn the_same_post_is_known_by_its_id_or_else_by_time_and_outcome() {
        let one = outcome("a", Some("x"), 1, 5.0);
        assert!(one.is_same(&outcome("a", Some("x"), 2, 6.0)) && !one.is_same(&outcome("b", Some("x"), 1, 5.0)));
        assert!(!one.is_same(&outcome("a", Some("y"), 1, 5.0)));
        let plain = outcome("a", None, 1, 5.0);
        assert!(plain.is_same(&plain) && !plain.is_same(&outcome("a", None, 1, 6.0)) && !plain.is_same(&one));
    }
}
