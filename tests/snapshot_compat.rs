//! Committed files of every version must open for ever. They hold every kind of section; what they say is written out
//! here by hand.

use crate::common;
use truereach::Run;
use truereach::graph::attributes::known;
use truereach::graph::network::Repeats;
use truereach::graph::tables::{self, offer, post};
use truereach::graph::{Column, Layout, Names, Network, Table, Tables, Values, View, arrange, build};
use truereach::io::Snapshot;
use truereach::io::snapshot::{Form, write_as};

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

/// A file of version 2 with tables and a key's fingerprint.
#[test]
fn a_v2_file_holds_what_it_held() {
    let network = open("v2.trg");
    assert_eq!(network.pseudonymous, Some(0x0123_4567_89ab_cdef));
    assert_eq!((network.view, network.view_stated), (View::Counts, true));
    let names: Vec<_> = (0..network.accounts() as u32).map(|id| network.names.get(id).into_owned()).collect();
    assert_eq!(names, ["p:0f", "tiktok:anh", "tiktok:bao"]);
    let Tables { posts, offers, lookups } = &network.tables;
    assert_eq!((&posts.account[..], &offers.account[..], &lookups.account[..]), (&[1, 1, 2][..], &[2][..], &[0][..]));
    assert_eq!(lookups.other.as_ref().unwrap()[..], [1]);
    assert!(posts.other.is_none() && offers.other.is_none());
    let post = network.tables.post(1);
    assert_eq!((post.id.as_deref(), post.time, post.views, post.reach), (Some("p2"), Some(JULY), Some(120.0), None));
    assert_eq!((post.sponsored, post.format.as_deref(), post.average), (Some(true), Some("video"), false));
    assert_eq!(network.tables.post(0).time, None);
    assert_eq!((offers.number(offer::PRICE, 0), offers.text(offer::CURRENCY, 0).as_deref()), (Some(5e6), Some("VND")));
    assert_eq!(lookups.number(tables::FOLLOWS, 0), Some(1.0));
}

/// The network of `v2.trg`, of which the file was written.
fn v2() -> Network {
    let mut network = Network { view: View::Counts, view_stated: true, ..Network::from_graph(build::graph(0, &[])) };
    network.names = Names::from_sorted([b"p:0f".as_slice(), b"tiktok:anh", b"tiktok:bao"].into_iter());
    network.follows = None;
    network.pseudonymous = Some(0x0123_4567_89ab_cdef);
    let number =
        |name: &str, values: &[f64]| Column { name: name.into(), values: Values::Number(values.to_vec().into()) };
    let text = |name: &str, values: &[Option<&str>]| {
        Column::texts(name, values.iter().map(|value| value.map(str::to_owned)).collect::<Vec<_>>().into_iter())
    };
    let table = |account: &[u32], columns| Table { account: account.to_vec().into(), other: None, columns };
    let nan = f64::NAN;
    network.tables.posts = table(
        &[1, 1, 2],
        vec![
            text(post::FORMAT, &[None, Some("video"), Some("story")]),
            text(post::ID, &[Some("p1"), Some("p2"), Some("p3")]),
            number(post::SPONSORED, &[0.0, 1.0, nan]),
            number(post::TIME, &[nan, JULY as f64, JULY as f64]),
            number(post::VIEWS, &[90.0, 120.0, nan]),
        ],
    );
    network.tables.offers = table(&[2], vec![text(offer::CURRENCY, &[Some("VND")]), number(offer::PRICE, &[5e6])]);
    network.tables.lookups =
        Table { other: Some(vec![1].into()), ..table(&[0], vec![number(tables::FOLLOWS, &[1.0])]) };
    network
}

/// The other forms of the network in `v1.trg`: compressed, arranged, both.
#[test]
fn files_of_versions_3_to_5_hold_what_they_held() {
    let run = Run::new(1);
    let bytes = |network: &Network| common::program::snapshot_of(network, &run);
    let network = bytes(&open("v1.trg"));
    assert!(bytes(&open("v3.trg")) == network);
    for name in ["v4.trg", "v5.trg"] {
        let found = open(name);
        let names: Vec<_> = (0..5).map(|id| found.names.get(id).into_owned()).collect();
        assert_eq!(names, ["bao", "anh", "chi", "dung", "em"], "{name}");
        assert!(bytes(&arrange(found, Layout::Names, &run).unwrap()) == network, "{name}");
    }
}

/// The bytes are a function of the network alone, so the writer of today must still write the files of then. Where the
/// format moves on, this test ends; the others stay.
#[test]
fn versions_2_to_5_are_still_written_as_they_were() {
    let (folder, run) = (tempfile::tempdir().unwrap(), Run::new(1));
    let by_name = open("v1.trg");
    let arranged = arrange(by_name.clone(), Layout::Followers, &run).unwrap();
    for (name, network, form) in [
        ("v2.trg", &v2(), Form::Plain),
        ("v3.trg", &by_name, Form::Compressed),
        ("v4.trg", &arranged, Form::Plain),
        ("v5.trg", &arranged, Form::Compressed),
    ] {
        let path = folder.path().join(name);
        write_as(network, form, &path, false, &run).unwrap();
        assert!(
            std::fs::read(path).unwrap() == std::fs::read(common::repo("tests/data").join(name)).unwrap(),
            "{name}"
        );
    }
}

/// What a file of version 1 holds goes into version 2 and comes out the same.
#[test]
fn a_v1_file_is_the_same_network_in_version_2() {
    for name in ["v1.trg", "v1-numbers.trg"] {
        let network = open(name);
        assert!(network.pseudonymous.is_none() && network.tables.all().iter().all(|table| table.is_empty()));
        let bytes = common::program::snapshot_of(&network, &Run::new(1));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v2.trg");
        std::fs::write(&path, &bytes).unwrap();
        let again = Snapshot::open(&path, false).unwrap().network(&Run::new(1)).unwrap();
        assert!(common::program::snapshot_of(&again, &Run::new(1)) == bytes, "{name}");
        assert_eq!(again.names, network.names);
    }
}
