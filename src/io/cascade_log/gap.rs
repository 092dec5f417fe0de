//! Reshares that name no item: those of one account's posts which follow each other closely are taken as one cascade.

use rayon::prelude::*;

use super::span::Span;
use crate::base::{Result, Run, time};
use crate::graph::Action;

/// A reshare of something of `target`'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reshare {
    pub target: u32,
    pub time: i64,
    pub actor: u32,
}

/// Cascades put together from reshares.
#[derive(Debug, Default, PartialEq)]
pub struct Joined {
    pub items: Vec<String>,
    pub actions: Vec<Action>,
}

/// Cuts the reshares of each account where one comes more than the gap after the one before. The account began each
/// part one millisecond before its first reshare, so that it is the first to act.
pub fn join(
    mut reshares: Vec<Reshare>,
    gap: Span,
    dated: bool,
    name: impl Fn(u32) -> String,
    run: &Run,
) -> Result<Joined> {
    run.install(|| reshares.par_sort_unstable());
    run.step(0)?;
    let mut found = Joined::default();
    let close = |a: &Reshare, b: &Reshare| a.target == b.target && b.time - a.time <= gap.milliseconds();
    for part in reshares.chunk_by(close) {
        let item = found.items.len() as u32;
        let first = part[0];
        let when = if dated { time::show(first.time) } else { format!("{}ms", first.time) };
        found.items.push(format!("{}@{when}", name(first.target)));
        found.actions.push(Action { item, time: first.time - 1, actor: first.target });
        found.actions.extend(part.iter().map(|row| Action { item, time: row.time, actor: row.actor }));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cascade_ends_where_the_gap_is_exceeded() {
        let row = |target, time, actor| Reshare { target, time, actor };
        let hour = 3_600_000;
        let rows = vec![row(7, 2 * hour + 1, 3), row(7, 0, 1), row(7, hour, 2), row(5, 10, 1), row(7, 2 * hour, 2)];
        let name = |target: u32| format!("a{target}");
        let found = join(rows.clone(), Span::hours(1), false, name, &Run::default()).unwrap();
        assert_eq!(found.items, ["a5@10ms", "a7@0ms"]);
        assert_eq!(
            found.actions.iter().map(|action| action.time).collect::<Vec<_>>(),
            [9, 10, -1, 0, hour, 2 * hour, 2 * hour + 1]
        );
        let found = join(rows, "59min".parse().unwrap(), false, name, &Run::default()).unwrap();
        assert_eq!(found.items, ["a5@10ms", "a7@0ms", "a7@3600000ms", "a7@7200000ms"]);
    }
}
