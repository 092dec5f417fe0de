//! Nothing at or after an origin changes what is predicted from it.

use proptest::prelude::*;

use super::{Row, model_world, network};
use crate::base::Run;
use crate::learn::scores::Tested;
use crate::learn::{Backtest, Measure};

/// The later of two origins; posts of these worlds come at 0, 1, 2, …
const LAST: f64 = 9.0;

fn predict(rows: &[Row], origins: &[i64], who: &[(&str, f64)]) -> Vec<Tested> {
    let backtest = Backtest { measure: Some(Measure::Reach), ..Default::default() };
    let network = network(who, rows);
    let rows = backtest.rows(&network).unwrap();
    backtest.predict(&rows, origins, &network.tiers, &Run::new(1)).unwrap()
}

/// What may be done to a post of the future.
#[derive(Debug, Clone, Copy)]
enum Change {
    Keep,
    Times(f64),
    Drop,
    Unknown,
    Later(f64),
    Another(f64),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Keep),
        (0.0..50.0f64).prop_map(Change::Times),
        Just(Change::Drop),
        Just(Change::Unknown),
        (0.0..20.0f64).prop_map(|by| Change::Later(by.floor())),
        (0.0..1e6f64).prop_map(|reach| Change::Another(reach.floor())),
    ]
}

fn changed(rows: &[Row], changes: &[Change]) -> Vec<Row> {
    let mut future = 0;
    let mut one = |old: &Row| {
        if old.time < LAST {
            return vec![*old];
        }
        future += 1;
        match changes[future % changes.len()] {
            Change::Keep => vec![*old],
            Change::Times(by) => vec![Row { reach: (old.reach * by).round(), ..*old }],
            Change::Drop => vec![],
            Change::Unknown => vec![Row { reach: f64::NAN, ..*old }],
            Change::Later(by) => vec![Row { time: old.time + by, ..*old }],
            Change::Another(reach) => vec![*old, Row { reach, ..*old }],
        }
    };
    rows.iter().flat_map(&mut one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Posts of the future come in one format, unpaid, so that all of a creator's are predicted alike, whichever is next.
    #[test]
    fn nothing_of_the_future_enters_a_prediction(changes in prop::collection::vec(change(), 7..40)) {
        let (who, mut rows, _) = model_world(31, 60);
        rows.iter_mut().filter(|row| row.time >= LAST).for_each(|row| (row.format, row.sponsored) = ("reel", 0.0));
        let origins = [6, LAST as i64];
        let (all, other) = (predict(&rows, &origins, &who), predict(&changed(&rows, &changes), &origins, &who));
        let of = |tested: &[Tested], origin: i64| -> Vec<Tested> {
            tested.iter().filter(|one| one.origin == origin).cloned().collect()
        };
        prop_assert!(!of(&all, 6).is_empty());
        prop_assert_eq!(of(&all, 6), of(&other, 6));
        let (first, mut compared) = (of(&all, LAST as i64), 0);
        for b in of(&other, LAST as i64) {
            if let Some(a) = first.iter().find(|a| a.account == b.account) {
                prop_assert_eq!(&a.model, &b.model);
                prop_assert_eq!((&a.rivals, a.past), (&b.rivals, b.past));
                compared += usize::from(a.actual != b.actual);
            }
        }
        let other = changes.iter().any(|change| matches!(change, Change::Times(_)));
        prop_assert!(compared > 0 || !other);
    }
}

#[test]
fn what_becomes_of_a_post_does_not_change_what_was_predicted_for_it() {
    let (who, rows, _) = model_world(31, 80);
    let origins = [6, LAST as i64];
    let all = predict(&rows, &origins, &who);
    assert!(all.iter().any(|one| one.origin == 6) && all.iter().any(|one| one.origin == 9));
    let other: Vec<Row> = rows
        .iter()
        .map(|row| Row { reach: if row.time >= LAST { 7.0 * row.reach + 1.0 } else { row.reach }, ..*row })
        .collect();
    let changed = predict(&other, &origins, &who);
    assert_eq!(all.len(), changed.len());
    for (a, b) in all.iter().zip(&changed) {
        assert_eq!((&a.model, &a.rivals), (&b.model, &b.rivals));
        assert!((a.origin == 6) == (a.actual == b.actual));
    }
    // A later origin more changes nothing of the earlier ones.
    let more = predict(&rows, &[6, 9, 12], &who);
    let early: Vec<_> = more.iter().filter(|one| one.origin == 6).cloned().collect();
    assert_eq!(early, all.iter().filter(|one| one.origin == 6).cloned().collect::<Vec<_>>());
}
