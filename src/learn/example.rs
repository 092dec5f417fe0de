//! Small tables of posts for examples and tests.

use crate::graph::tables::post;
use crate::graph::{Column, Table, Values};

/// A table of single posts: (account, reach), any order.
pub fn posts(rows: &[(u32, f64)]) -> Table {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let reach: Vec<f64> = rows.iter().map(|row| row.1).collect();
    Table {
        account: rows.iter().map(|row| row.0).collect::<Vec<_>>().into(),
        other: None,
        columns: vec![Column { name: post::REACH.into(), values: Values::Number(reach.into()) }],
    }
}
