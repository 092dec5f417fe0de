use super::*;
use crate::graph::attributes::{Column, Values};
use crate::graph::build::key;
use crate::graph::tables::post;
use crate::graph::{Event, Events, Network};

const BEGAN: i64 = 1_341_100_000_000;

/// A network of events (who, towards whom, kind, item, milliseconds after the first).
fn network(rows: &[(u32, u32, u8, u32, i64)]) -> Network {
    let mut network = Network::from_graph(crate::graph::build::graph(10, &[(0, 1)]));
    network.kinds = vec!["like".into(), "share".into()];
    network.items = Names::from_sorted([&b"a"[..], b"b", b"c"].into_iter());
    let event = |kind, item, after: i64| Event {
        kind,
        item,
        time: if after < 0 { crate::base::time::MISSING } else { BEGAN + after },
        ..Event::default()
    };
    let rows = rows.iter().map(|&(from, to, kind, item, after)| (key(from, to), event(kind, item, after))).collect();
    network.events = Some(Events::build(&Run::default(), 10, vec![rows]).unwrap());
    network
}

const NONE: u32 = crate::graph::events::NO_ITEM;

#[test]
fn items_are_cascades_of_their_shares() {
    // "a": 9 is liked first, shared by 1, and 2 shares from 1. "b": only liked. "c": a share without a time.
    let rows = [
        (3, 9, 0, 0, 0),
        (1, 9, 1, 0, 5000),
        (2, 1, 1, 0, 9000),
        (1, 9, 1, 0, 9500),
        (4, 8, 0, 1, 700),
        (4, 8, 1, 2, -1),
    ];
    let network = network(&rows);
    let found = CascadeLog::default().of_events(&network, &Run::default()).unwrap();
    assert_eq!(
        told(&found),
        [("a".into(), BEGAN, vec![(9, 0), (1, 5000), (2, 9000)]), ("b".into(), BEGAN + 700, vec![(8, 0)]),]
    );
    assert_eq!((found.format, found.rows, found.skipped), (LogFormat::Interactions, 4, 1));
    has(&found, "1 share without time left out.");
    has(&found, "In 1 cascade nobody acted after whoever began.");
}

#[test]
fn the_posts_table_says_when_and_who() {
    let mut network = network(&[(1, 9, 1, 0, 5000), (2, 7, 1, 0, 9000), (3, 9, 0, 1, 50)]);
    let posts = &mut network.tables.posts;
    // "a" is of 9, posted an hour before; "b" is given to somebody on whom nobody acted.
    posts.account = vec![4, 9].into();
    posts.columns = vec![
        Column::texts(post::ID, ["b", "a"].into_iter().map(|id| Some(id.to_owned()))),
        Column {
            name: post::TIME.into(),
            values: Values::Number(vec![BEGAN as f64, (BEGAN - 3_600_000) as f64].into()),
        },
    ];
    let found = CascadeLog::default().of_events(&network, &Run::default()).unwrap();
    let told_of = told(&found);
    assert_eq!(told_of[0], ("a".into(), BEGAN - 3_600_000, vec![(9, 0), (1, 3_605_000), (2, 3_609_000)]));
    assert_eq!(told_of[1], ("b".into(), BEGAN + 50, vec![(9, 0)]));
    has(&found, "in 1 cascade at the time of the posts table");
}

#[test]
fn without_items_the_gap_joins() {
    let hour = 3_600_000;
    let network =
        network(&[(1, 9, 1, NONE, 0), (2, 9, 1, NONE, hour), (3, 9, 1, NONE, 2 * hour + 1), (3, 9, 0, NONE, 0)]);
    let found = CascadeLog::default().of_events(&network, &Run::default()).unwrap();
    assert_eq!((found.cascades.len(), found.cascades.get(0).actors, found.rows), (2, &[9, 1, 2][..], 3));
    has(&found, "The interactions name no items");
}

#[test]
fn what_is_missing_is_named() {
    let says = |network: &Network, part: &str| {
        let error = CascadeLog::default().of_events(network, &Run::default()).unwrap_err();
        assert!(matches!(error, Error::NotEstimable { .. }) && error.to_string().contains(part), "{error}");
    };
    says(
        &Network::from_graph(crate::graph::build::graph(2, &[(0, 1)])),
        "interactions with a type, a time and an item",
    );
    says(
        &network(&[(1, 2, 0, 0, 5)]),
        "interactions that pass a post on (share, retweet, repost, reshare); this network has like, share",
    );
    says(&network(&[(1, 2, 1, 0, -1)]), "when each interaction was");
    says(&network(&[(1, 2, 1, NONE, -1), (1, 2, 0, NONE, 4)]), "the interactions that pass on have no time");
}
