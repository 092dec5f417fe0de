//! Accounts in the order of their followers: the same network under the same names, in memory, in snapshots and in what is
//! computed of it.

use crate::common;
use crate::common::program::{Desk, snapshot_of};
use proptest::prelude::*;
use truereach::graph::{Layout, Network, arrange, build};
use truereach::io::snapshot::{Form, write_as};
use truereach::io::{Ingest, Snapshot};
use truereach::rank::{Components, KCore, PageRank};
use truereach::{Error, Run};

fn arranged(network: &Network) -> Network {
    arrange(network.clone(), Layout::Followers, &Run::new(1)).unwrap()
}

/// A log with text ids, times, items and weights.
fn log() -> Network {
    let desk = Desk::new();
    let mut text = String::from("from,to,type,time,item,weight\n");
    for at in 0..30_000u64 {
        let mixed = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (from, to) = (mixed % 997, (mixed / 997 % 991) * (mixed / 9_973 % 991) / 991);
        let kind = ["follow", "like", "share"][(mixed % 3) as usize];
        let time = 1_341_100_800 + mixed % 1_000_000;
        text += &format!("a{from},a{to},{kind},{time},post-{},{}.1\n", mixed % 331, mixed % 7);
    }
    let path = desk.write("log.csv", text);
    Ingest::default().run(&[path], None, &Run::new(1)).unwrap().0
}

#[test]
fn the_most_followed_come_first_and_equal_ones_by_name() {
    let network = arranged(&log());
    let graph = network.follow_graph().unwrap();
    let key = |id: u32| (std::cmp::Reverse(graph.followers(id).len()), network.names.get(id).into_owned());
    assert!((1..network.accounts() as u32).all(|id| key(id - 1) < key(id)));
    assert!((0..network.accounts() as u32).all(|id| network.account(&network.names.get(id)).unwrap() == id));
}

#[test]
fn everything_moves_with_its_account_and_comes_back() {
    let run = Run::new(1);
    let old =
        |name: &str| Snapshot::open(&common::repo("tests/data").join(name), false).unwrap().network(&run).unwrap();
    for network in [old("v1.trg"), old("v1-numbers.trg"), log(), Network::from_graph(build::graph(1, &[]))] {
        let moved = arranged(&network);
        assert_eq!(moved.layout(), Layout::Followers);
        let back = arrange(moved.clone(), Layout::Names, &run).unwrap();
        assert!(snapshot_of(&back, &run) == snapshot_of(&network, &run));
        let names = |network: &Network, ids: &[u32]| {
            let mut names: Vec<String> = ids.iter().map(|&id| network.names.get(id).into_owned()).collect();
            names.sort();
            names
        };
        let (was, is) = (network.follow_graph().unwrap(), moved.follow_graph().unwrap());
        for id in 0..network.accounts() as u32 {
            let to = moved.account(&network.names.get(id)).unwrap();
            assert_eq!(names(&moved, is.followers(to)), names(&network, was.followers(id)));
            assert_eq!(names(&moved, is.following(to)), names(&network, was.following(id)));
            for column in &network.attributes.columns {
                let [value, other] = [(&network, id), (&moved, to)].map(|(network, id)| {
                    let number = network.attributes.number(&column.name, id).map(f64::to_bits);
                    (number, network.attributes.text(&column.name, id).map(|text| text.into_owned()))
                });
                assert_eq!(value, other, "{}", column.name);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn figures_are_permuted_not_changed(pairs in prop::collection::vec((0u32..60, 0u32..60), 0..300)) {
        let run = Run::new(1).threads(1).unwrap();
        let network = Network::from_graph(build::graph(60, &pairs));
        let moved = arranged(&network);
        let (was, is) = (network.follow_graph().unwrap(), moved.follow_graph().unwrap());
        let place: Vec<usize> = (0..60).map(|id| moved.account(&network.names.get(id)).unwrap() as usize).collect();
        let [scores, others] = [was, is].map(|graph| PageRank::default().run(graph, &run).unwrap().scores);
        prop_assert!((0..60).all(|id| (scores[id] - others[place[id]]).abs() < 1e-9));
        let [cores, others] = [was, is].map(|graph| KCore::default().run(graph, &run).unwrap().cores);
        prop_assert!((0..60).all(|id| cores[id] == others[place[id]]));
        let [parts, others] = [was, is].map(|graph| Components::default().run(graph, &run).unwrap());
        let size = |parts: &truereach::rank::ComponentLabels, id: usize| {
            parts.components.iter().find(|part| part.label == parts.labels[id]).map(|part| part.accounts)
        };
        prop_assert!((0..60).all(|id| size(&parts, id) == size(&others, place[id])));
    }
}

#[test]
fn rows_are_added_as_to_the_network_by_name() {
    let (desk, run) = (Desk::new(), Run::new(1));
    let network = log();
    let more =
        [desk.write("more.csv", "from,to,type,time,item,weight\nnew,a5,follow,1341100800,,1\na7,new,like,,,1\n")];
    let add = |old: &Network| Ingest::default().run(&more, Some(old), &run).unwrap().0;
    assert!(snapshot_of(&add(&arranged(&network)), &run) == snapshot_of(&add(&network), &run));
}

#[test]
fn the_program_writes_it_says_so_and_keeps_it() {
    let desk = Desk::new();
    desk.write("f.csv", "follower,followee\nbao,anh\nchi,anh\nanh,chi\n");
    desk.write("g.csv", "follower,followee\ndung,chi\nbao,chi\n");
    desk.run("ingest f.csv -o plain.trg").done(&[]);
    desk.run("ingest f.csv --layout followers -o fast.trg").done(&[]);
    desk.run("export plain.trg --layout followers -o same.trg").done(&[]);
    assert!(desk.read("fast.trg") == desk.read("same.trg"));
    desk.run("export fast.trg --layout names -o back.trg").done(&[]);
    assert!(desk.read("plain.trg") == desk.read("back.trg"));
    desk.run("export fast.trg --compress -o small.trg").done(&[]);
    for name in ["fast.trg", "small.trg"] {
        desk.run(&format!("info {name}")).done(&["layout        those with most followers first"]);
        desk.run(&format!("info {name} --of chi")).done(&["anh"]);
        desk.run(&format!("verify {name}")).done(&[]);
    }
    let none = desk.run("info plain.trg").done(&[]);
    assert!(!none.out.contains("layout"), "{}", none.out);
    desk.run("ingest --into fast.trg g.csv").done(&[]);
    desk.run("info fast.trg").done(&["layout"]);
    let network = Snapshot::open(&desk.path("fast.trg"), false).unwrap().network(&Run::new(1)).unwrap();
    let order: Vec<_> = (0..4).map(|id| network.names.get(id).into_owned()).collect();
    assert_eq!(order, ["chi", "anh", "bao", "dung"]);
    desk.run("export plain.trg --layout followers -o f.txt").refused(2, &["--layout", "would be no snapshot"]);
}

#[test]
fn what_cannot_be_is_refused() {
    let run = Run::new(1);
    let bare = Network { follows: None, ..Network::from_graph(build::graph(2, &[])) };
    let error = arrange(bare, Layout::Followers, &run).unwrap_err();
    assert!(matches!(error, Error::NotEstimable { .. }), "{error}");
    // Two accounts of one name: the tables of the arrangement contradict each other.
    let desk = Desk::new();
    let network = arranged(&Network::from_graph(build::graph(3, &[(0, 2), (1, 2), (2, 1)])));
    let (path, broken) = (desk.path("x.trg"), desk.path("broken.trg"));
    write_as(&network, Form::Plain, &path, true, &run).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let places: Vec<u8> = [2u32, 1, 0].iter().flat_map(|place| place.to_le_bytes()).collect();
    let at = bytes.windows(12).position(|window| window == places).unwrap();
    bytes[at] = 1;
    std::fs::write(&broken, &bytes).unwrap();
    assert!(Snapshot::open(&broken, false).unwrap().network(&run).is_err());
    let trusted = Snapshot::open(&broken, true).unwrap();
    assert!(trusted.verify(&run).is_err());
}
