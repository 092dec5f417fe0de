//! A compressed snapshot holds the same network as the plain one, under the same checksum, and a damaged one is refused:
//! never a panic, never a wrong answer.

use std::path::Path;
use std::sync::LazyLock;

use crate::common;
use crate::common::program::Desk;
use proptest::prelude::*;
use truereach::graph::{Layout, Network, arrange, build};
use truereach::io::Snapshot;
use truereach::io::snapshot::{Form, checksum_of, write, write_as};
use truereach::{Error, Result, Run};

/// Thousands of files are opened: one pool of threads for all.
static RUN: LazyLock<Run> = LazyLock::new(|| Run::new(1).threads(1).unwrap());

fn compressed(network: &Network, path: &Path, run: &Run) -> Vec<u8> {
    write_as(network, Form::Compressed, path, true, run).unwrap();
    std::fs::read(path).unwrap()
}

#[track_caller]
fn comes_back(network: &Network) {
    let desk = Desk::new();
    let (small, plain) = (desk.path("small.trg"), desk.path("plain.trg"));
    let checksum = write(network, &plain, true, &RUN).unwrap();
    assert_eq!(write_as(network, Form::Compressed, &small, true, &RUN).unwrap(), checksum);
    for trust in [false, true] {
        let snapshot = Snapshot::open(&small, trust).unwrap();
        assert_eq!(snapshot.checksum(), checksum);
        assert_eq!(checksum_of(&snapshot.network(&RUN).unwrap(), &RUN).unwrap(), checksum);
        snapshot.verify(&RUN).unwrap();
    }
    // And back to the bytes of the plain one.
    let again = Snapshot::open(&small, false).unwrap().network(&RUN).unwrap();
    write(&again, &plain, true, &RUN).unwrap();
    assert!(std::fs::read(&plain).unwrap() == common::program::snapshot_of(network, &RUN));
    // One account of either file.
    let (small, plain) = (Snapshot::open(&small, false).unwrap(), Snapshot::open(&plain, false).unwrap());
    for id in 0..network.accounts().min(20) as u32 {
        let name = network.names.get(id);
        let [one, other] = [&small, &plain].map(|file| file.account(&name).unwrap().unwrap());
        assert_eq!((&one.followers[..], &one.following[..]), (&other.followers[..], &other.following[..]), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_network_comes_back(
        accounts in 1usize..700, pairs in prop::collection::vec((0u32..700, 0u32..700, 1u32..4), 0..200),
        weighted in any::<bool>(), both in any::<bool>(),
    ) {
        let inside = pairs.into_iter().filter(|&(u, v, _)| (u.max(v) as usize) < accounts);
        let edges: Vec<(u32, u32, f64)> = inside
            .flat_map(|(u, v, w)| [(u, v, f64::from(w)), if both { (v, u, f64::from(w)) } else { (u, v, 0.0) }])
            .collect();
        let graph = build::weighted(accounts, &edges);
        let network = Network::from_graph(if weighted { graph } else { graph.unweighted() });
        comes_back(&network);
        comes_back(&arrange(network, Layout::Followers, &RUN).unwrap());
    }
}

#[test]
fn everything_beside_the_rows_comes_back() {
    for name in ["v1.trg", "v1-numbers.trg", "v2.trg"] {
        comes_back(&Snapshot::open(&common::repo("tests/data").join(name), false).unwrap().network(&RUN).unwrap());
    }
    comes_back(&Network::from_graph(build::graph(0, &[])));
    comes_back(&Network::from_graph(build::graph(1, &[])));
}

#[test]
fn the_bytes_are_the_same_at_any_number_of_threads() {
    let follows: Vec<(u32, u32)> = (0..20_000u32).map(|i| (i % 997, i * 7919 % 1009)).collect();
    let network = Network::from_graph(build::graph(1009, &follows));
    let desk = Desk::new();
    let bytes = compressed(&network, &desk.path("small.trg"), &RUN);
    for threads in [2, 3, 8] {
        let run = Run::new(1).threads(threads).unwrap();
        assert!(compressed(&network, &desk.path("small.trg"), &run) == bytes, "{threads}");
        assert_eq!(Snapshot::open(&desk.path("small.trg"), false).unwrap().network(&run).unwrap(), network);
    }
    assert!(2 * bytes.len() < common::program::snapshot_of(&network, &RUN).len());
}

fn small() -> Vec<u8> {
    let desk = Desk::new();
    let network = Snapshot::open(&common::repo("tests/data/v1.trg"), false).unwrap().network(&RUN).unwrap();
    compressed(&network, &desk.path("small.trg"), &RUN)
}

fn reread(desk: &Desk, bytes: &[u8], trust: bool) -> Result<Network> {
    Snapshot::open(&desk.write("look.trg", bytes), trust)?.network(&RUN)
}

#[test]
fn every_truncation_is_refused() {
    let (desk, bytes) = (Desk::new(), small());
    for length in 0..bytes.len() {
        assert!(matches!(reread(&desk, &bytes[..length], false), Err(Error::Snapshot { .. })), "{length}");
    }
}

/// Every byte of the file: refused, or no part of the network. Where the file is trusted the packed rows still lead
/// nowhere outside, and so when one account is looked up.
#[test]
fn every_flipped_byte_is_noticed_or_harmless() {
    let (desk, bytes) = (Desk::new(), small());
    let whole = checksum_of(&reread(&desk, &bytes, false).unwrap(), &RUN).unwrap();
    let mut refused = 0;
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            match reread(&desk, &damaged, false) {
                Err(Error::Snapshot { section, reason, .. }) => assert!(!section.is_empty() && !reason.is_empty()),
                Err(other) => panic!("another error: {other}"),
                Ok(network) => {
                    assert!(bytes[at] == 0 && checksum_of(&network, &RUN).unwrap() == whole, "byte {at}");
                    assert!(Snapshot::open(&desk.path("look.trg"), false).unwrap().verify(&RUN).is_err(), "byte {at}");
                }
            }
            if let Ok(network) = reread(&desk, &damaged, true)
                && let Some(follows) = &network.follows
            {
                assert_eq!(follows.graph.following_rows().targets.iter().find(|&&v| v >= 5), None);
            }
            if let Ok(snapshot) = Snapshot::open(&desk.path("look.trg"), false) {
                for name in ["anh", "bao", "em"] {
                    match snapshot.account(name) {
                        Err(_) => refused += 1,
                        Ok(found) => assert!(found.is_none_or(|found| found.followers.iter().all(|&v| v < 5))),
                    }
                }
            }
        }
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn the_program_writes_opens_verifies_and_describes_it() {
    let desk = Desk::new();
    desk.write("follows.csv", "follower,followee\nanh,bao\nchi,bao\nbao,chi\n");
    desk.run("ingest follows.csv -o plain.trg").done(&[]);
    desk.run("ingest follows.csv --compress -o small.trg").done(&[]);
    desk.run("export plain.trg --compress -o other.trg").done(&[]);
    let read = |name: &str| std::fs::read(desk.path(name)).unwrap();
    assert!(read("small.trg") == read("other.trg"));
    desk.run("export small.trg -o back.trg").done(&[]);
    assert!(read("plain.trg") == read("back.trg"));
    let checksum = format!("{:016x}", Snapshot::open(&desk.path("plain.trg"), false).unwrap().checksum());
    desk.run("verify small.trg").done(&["small.trg: whole (", &checksum]);
    desk.run("info small.trg").done(&[&checksum, "compressed: a follow takes"]);
    desk.run("info small.trg --of bao --small-cells").done(&["followers     2: anh, chi", "following     1: chi"]);
    desk.run("export plain.trg --compress -o follows.txt").refused(2, &["--compress", "end the name in .trg"]);
    desk.run("export plain.trg --compress -o other.trg").refused(1, &["other.trg"]);
}
