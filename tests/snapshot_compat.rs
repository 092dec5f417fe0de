//! A committed v1 file must open for ever. It holds every kind of section; what it says is written out here by hand.

mod common;

use truereach::Run;
use truereach::graph::attributes::known;
use truereach::graph::network::Repeats;
use truereach::graph::{Network, View};
use truereach::io::Snapshot;

fn open(name: &str) -> Network {
    let run = Run::new(1);
    let snapshot = Snapshot::open(&common::repo("tests/data").join(name), false).unwrap();
    snapshot.verify(&run).unwrap();
    snapshot.network(&run).unwrap()
}

const HOUR: i64 = 3_600_000;
/// 2012-07-01 00:00 in milliseconds since 1970.
const JULY: i64 = 1_341_100_800_000;

#[test]
fn a_v1_file_of_text_ids_holds_what_it_held() {
    let network = open("v1.trg");
    let names: Vec<_> = (0..network.accounts() as u32).map(|id| network.names.get(id).into_owned()).collect();
    assert_eq!(names, ["anh", "bao", "chi", "dung", "em"]);

    let follows = network.follows.as_ref().unwrap();
    let graph = &follows.graph;
    let edges: Vec<_> = (0..5).flat_map(|u| graph.following(u).iter().map(move |&v| (u, v))).collect();
    assert_eq!(edges, [(0, 1), (1, 2), (2, 0), (3, 1)]);
    assert_eq!((graph.followers(1), graph.follower_weights(1).unwrap()), (&[0, 3][..], &[0.1 + 0.2, 2.0][..]));
    assert_eq!(graph.following_rows().weights.as_ref().unwrap()[..], [0.1 + 0.2, 0.5, 1.0, 2.0]);
    assert!(!graph.is_symmetric());
    let missing = i64::MIN;
    assert_eq!(follows.time.as_ref().unwrap()[..], [JULY, missing, JULY + 96 * HOUR, JULY + 120 * HOUR]);
    assert_eq!(follows.sign.as_ref().unwrap()[..], [1, 0, 0, 0]);
    assert_eq!(follows.repeats, Repeats::Sum);
    let (at, terms) = follows.terms.as_ref().unwrap();
    assert_eq!((&at[..], &terms[..]), (&[0, 0][..], &[0.1, 0.2][..]));

    assert_eq!(network.kinds, ["comment", "like", "share"]);
    assert_eq!((0..2).map(|item| network.items.get(item).into_owned()).collect::<Vec<_>>(), ["p1", "p2"]);
    let events: Vec<_> = network.events.as_ref().unwrap().iter().collect();
    let shown: Vec<_> = events.iter().map(|(u, v, e)| (*u, *v, e.kind, e.time, e.item, e.sign)).collect();
    let like = (3, 1, 1, JULY + 154 * HOUR, 0, 1);
    let share = (0, 2, 2, JULY + 169 * HOUR + 123_456, 1, 0);
    assert_eq!(shown, [share, (2, 1, 0, missing, u32::MAX, -1), like, like]);
    assert!(events[0].2.weight.is_nan());
    assert_eq!([events[1].2.weight, events[2].2.weight, events[3].2.weight], [0.25, 1.5, 1.5]);

    let text = |column: &str, account| network.attributes.text(column, account).map(|value| value.into_owned());
    assert_eq!(text(known::NAME, 1).as_deref(), Some("Bảo"));
    assert_eq!(text(known::NICHE, 1).as_deref(), Some("beauty|travel"));
    assert_eq!(text(known::NICHE, 4), None);
    assert_eq!(text(known::CURRENCY, 1).as_deref(), Some("VND"));
    assert_eq!(network.attributes.number(known::FOLLOWERS, 1), Some(1200.0));
    assert_eq!(network.attributes.number(known::FOLLOWERS, 2), None);
    assert_eq!(network.attributes.number(known::PRICE, 1), Some(12.5));
    assert_eq!(network.attributes.number("score", 2), Some(2.0));
    assert_eq!(network.creators().unwrap(), [1, 2, 4]);

    assert_eq!((network.view, network.view_stated), (View::Whole, false));
    let rows = network.rows;
    assert_eq!((rows.follow_rows, rows.self_follows, rows.self_interactions, rows.skipped), (5, 1, 0, 0));
    assert_eq!((network.tiers.nano, network.tiers.mega), (1e3, 1e6));
}

#[test]
fn a_v1_file_of_number_ids_holds_what_it_held() {
    let network = open("v1-numbers.trg");
    let names: Vec<_> = (0..network.accounts() as u32).map(|id| network.names.get(id).into_owned()).collect();
    assert_eq!(names, ["1", "2", "3", "18446744073709551615"]);
    let graph = network.follow_graph().unwrap();
    assert!(graph.is_symmetric() && !graph.is_weighted());
    assert_eq!((graph.followers(0), graph.following(0)), (&[1, 3][..], &[1, 3][..]));
    assert_eq!(graph.edges(), 6);
    assert!(network.events.is_none());
    assert_eq!((network.view, network.view_stated), (View::Lists, true));
}

/// The bytes are a function of the network alone, so the writer of today must still write the file of then. Where the
/// format moves on to version 2, this test ends; the two above stay.
#[test]
fn version_1_is_still_written_as_it_was() {
    assert_eq!(truereach::io::snapshot::VERSION, 1);
    for name in ["v1.trg", "v1-numbers.trg"] {
        let bytes = std::fs::read(common::repo("tests/data").join(name)).unwrap();
        assert!(common::program::snapshot_of(&open(name), &Run::new(1)) == bytes, "{name}");
    }
}
