//! Renaming permutes and changes nothing; pseudonyms keep creators' names alone, and rows added later under the same key
//! give the bytes of everything at once.

use std::collections::BTreeMap;

use crate::common;
use crate::common::program::{Desk, snapshot_of};
use proptest::prelude::*;
use truereach::graph::attributes::known;
use truereach::graph::events::{Event, NO_ITEM};
use truereach::graph::network::{Follows, Repeats};
use truereach::graph::tables::{self, post};
use truereach::graph::{Attributes, Column, Events, Names, Network, Table, Values, build, relabel};
use truereach::io::Pseudonyms;
use truereach::rank::PageRank;
use truereach::{Run, base::time};

/// A network with everything in it: weights that are sums, times, signs, interactions, attributes, tables.
fn full(n: u32, edges: &[(u32, u32)], salt: u64) -> Network {
    let run = Run::default();
    let edges: Vec<(u32, u32)> = edges.iter().map(|&(u, v)| (u % n, v % n)).filter(|(u, v)| u != v).collect();
    let weighted: Vec<(u32, u32, f64)> =
        edges.iter().enumerate().map(|(at, &(u, v))| (u, v, 0.5 + (at as u64 ^ salt) as f64 % 7.0)).collect();
    let graph = build::weighted(n as usize, &weighted);
    let m = graph.edges();
    let terms: Vec<(u64, f64)> = (0..m).filter(|edge| edge % 3 == 0).flat_map(|e| [(e, 0.25), (e, 0.5)]).collect();
    let follows = Follows {
        time: Some(
            (0..m as i64)
                .map(|edge| if edge % 4 == 0 { time::MISSING } else { edge * 1000 })
                .collect::<Vec<_>>()
                .into(),
        ),
        sign: Some((0..m).map(|edge| (edge % 3) as i8 - 1).collect::<Vec<_>>().into()),
        terms: (!terms.is_empty()).then(|| {
            (terms.iter().map(|t| t.0).collect::<Vec<_>>().into(), terms.iter().map(|t| t.1).collect::<Vec<_>>().into())
        }),
        repeats: Repeats::Sum,
        graph,
    };
    let events = edges
        .iter()
        .enumerate()
        .map(|(at, &(u, v))| {
            let item = if at % 2 == 0 { NO_ITEM } else { at as u32 % 2 };
            (build::key(v, u), Event { time: (at as i64 * 7919) % 100, kind: (at % 2) as u8, item, ..Event::default() })
        })
        .collect();
    let numbers = |each: u64| (0..n as u64).map(move |id| if id % each == 0 { f64::NAN } else { (id * 10) as f64 });
    let texts = Column::texts("city", (0..n).map(|id| (id % 3 != 0).then(|| format!("city {}", id % 5))));
    let rows: Vec<u32> = (0..n).flat_map(|id| vec![id; (id % 3) as usize]).collect();
    let column = |name: &str, values: Vec<f64>| Column { name: name.into(), values: Values::Number(values.into()) };
    let mut network = Network {
        events: Some(Events::build(&run, n as usize, vec![events]).unwrap()),
        ..Network::from_graph(build::graph(n as usize, &[]))
    };
    network.follows = Some(follows);
    network.kinds = vec!["like".into(), "share".into()];
    network.items = Names::from_sorted([b"p1".as_slice(), b"p2"].into_iter());
    network.attributes = Attributes { columns: vec![texts, column("score", numbers(4).collect())] };
    network.tables.posts = Table {
        columns: vec![column(post::VIEWS, (0..rows.len()).map(|row| row as f64).collect())],
        account: rows.clone().into(),
        other: None,
    };
    network.tables.lookups = Table {
        other: Some(rows.iter().map(|&row| (row + 1) % n).collect::<Vec<_>>().into()),
        columns: vec![column(tables::FOLLOWS, rows.iter().map(|row| f64::from(row % 2)).collect())],
        account: rows.into(),
    };
    network
}

/// Everything a network says, by names, in an order of its own.
fn said(network: &Network) -> Vec<String> {
    let name = |account: u32| network.names.get(account).into_owned();
    let follows = network.follows.as_ref().unwrap();
    let rows = follows.graph.following_rows();
    let (at, terms) = follows.terms.clone().unwrap_or_default();
    let mut out = Vec::new();
    for u in 0..network.accounts() as u32 {
        for edge in rows.range(u) {
            let own: Vec<f64> = (0..at.len()).filter(|&i| at[i] == edge as u64).map(|i| terms[i]).collect();
            let weight = rows.weights.as_ref().map(|weights| weights[edge]);
            let time = follows.time.as_ref().map(|time| time[edge]);
            let sign = follows.sign.as_ref().map(|sign| sign[edge]);
            out.push(format!("{} -> {}: {weight:?} {time:?} {sign:?} {own:?}", name(u), name(rows.targets[edge])));
        }
        for column in &network.attributes.columns {
            out.push(format!("{} is {:?} {}", name(u), column.text(u), column.name));
        }
    }
    for (u, v, event) in network.events.as_ref().unwrap().iter() {
        out.push(format!("{} on {}: {:?} {} {}", name(u), name(v), event.time, event.kind, event.item));
    }
    for table in network.tables.all() {
        for row in 0..table.len() {
            let values: Vec<_> = table.columns.iter().map(|column| column.text(row as u32)).collect();
            let other = table.other.as_ref().map(|other| name(other[row]));
            out.push(format!("{} {other:?} {values:?}", name(table.account[row])));
        }
    }
    out.sort();
    out
}

fn pieces() -> impl Strategy<Value = (u32, Vec<(u32, u32)>, u64, Vec<u32>)> {
    (2u32..24).prop_flat_map(|n| {
        let edges = proptest::collection::vec((0..n, 0..n), 1..80);
        (Just(n), edges, any::<u64>(), Just((0..n).collect::<Vec<_>>()).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn renaming_permutes_and_renaming_back_gives_the_same_network((n, edges, salt, order) in pieces()) {
        let network = full(n, &edges, salt);
        let run = Run::default();
        let names: Vec<String> = order.iter().map(|place| format!("n{place:03}")).collect();
        let renamed = relabel(&network, &names, &run).unwrap();
        for (table, count) in renamed.tables.all().into_iter().zip(network.tables.all().map(|table| table.len())) {
            prop_assert!(table.check(n as usize).is_ok() && table.len() == count);
        }
        prop_assert!(renamed.events.as_ref().unwrap().check(n as usize, 2, 2).is_ok());
        // What is said of each account is said of it under its new name, and nothing else.
        let by_number: BTreeMap<String, String> = names.iter().enumerate().map(|(at, name)| (name.clone(), at.to_string())).collect();
        let mut back: Vec<String> = said(&renamed)
            .into_iter()
            .map(|line| by_number.iter().fold(line, |line, (new, old)| line.replace(new, &format!("<{old}>"))))
            .collect();
        let mut before: Vec<String> = {
            let marked: Vec<String> = (0..n).map(|id| format!("<{id}>")).collect();
            said(&relabel(&network, &marked, &run).unwrap())
        };
        back.sort();
        before.sort();
        prop_assert_eq!(back, before);
        // And back, bit for bit.
        let original: Vec<String> = (0..n).map(|new| by_number[renamed.names.get(new).as_ref()].clone()).collect();
        let again = relabel(&renamed, &original, &run).unwrap();
        prop_assert!(snapshot_of(&again, &run) == snapshot_of(&network, &run));
    }

    /// Sums run in another order, so the last bits may differ: 1e-12 is far above that and far below any rank.
    #[test]
    fn ranks_are_permuted((n, edges, _, order) in pieces()) {
        let run = Run::default();
        let edges: Vec<(u32, u32)> = edges.into_iter().filter(|(u, v)| u != v).collect();
        let network = Network::from_graph(build::graph(n as usize, &edges));
        let names: Vec<String> = order.iter().map(|place| format!("n{place:03}")).collect();
        let renamed = relabel(&network, &names, &run).unwrap();
        let ranks = |network: &Network| PageRank::default().run(network.follow_graph().unwrap(), &run).unwrap().scores;
        let (before, after) = (ranks(&network), ranks(&renamed));
        for old in 0..n as usize {
            let new = renamed.account(&names[old]).unwrap() as usize;
            prop_assert!((before[old] - after[new]).abs() < 1e-12);
            prop_assert_eq!(
                network.follow_graph().unwrap().followers(old as u32).len(),
                renamed.follow_graph().unwrap().followers(new as u32).len()
            );
        }
    }
}

#[test]
fn two_accounts_with_one_name_are_refused() {
    let network = Network::from_graph(build::graph(2, &[(0, 1)]));
    let both = ["a", "a"].map(String::from);
    assert!(relabel(&network, &both, &Run::default()).unwrap_err().to_string().contains("two accounts"));
    assert!(relabel(&network, &both[..1], &Run::default()).is_err());
}

const KEY: &[u8] = b"a key of more than thirty-two bytes, for tests";

#[test]
fn the_pseudonym_is_the_hash_that_anybody_with_the_key_can_compute() {
    // hmac.new(KEY, b"anh", "sha256").hexdigest()[:32] in Python.
    let key = Pseudonyms::new(KEY).unwrap();
    assert_eq!(key.of("anh"), "p:84caea9b0593c4c6f9c33aa959abd120");
    assert_eq!(key.of("tiktok:anh"), "tiktok:p:fa6af9ad468311a26fafad99d7769b5c");
    assert!(key.of("nguyen:anh").starts_with("p:"), "only platforms stay readable");
    assert_eq!(format!("{:016x}", key.fingerprint()), "3e07788b6f3dd379");
    assert_eq!(format!("{key:?}"), "Pseudonyms(3e07788b6f3dd379)", "the key is never shown");
}

#[test]
fn threads_do_not_show() {
    let key = Pseudonyms::new(KEY).unwrap();
    let edges: Vec<(u32, u32)> = (0..3000).map(|i| (i * 7 % 997, i * 13 % 991)).collect();
    let mut network = full(997, &edges, 5);
    let texts = |id: u32| id.is_multiple_of(50).then(|| format!("c{id}"));
    network.attributes.columns.push(Column::texts(known::LIST_DESIGN, (0..997).map(texts)));
    network.attributes.columns.sort_by(|a, b| a.name.cmp(&b.name));
    let made = |run: &Run| {
        let (network, hidden) = key.apply(&network, run).unwrap();
        (snapshot_of(&network, run), hidden)
    };
    let all: Vec<_> = common::runs(1).iter().map(made).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

/// A folder with two days of rows, a table of creators, and a key.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("key", KEY);
    desk.write("one.csv", "from,to,type,time,item,weight\nqlan,bao,follow,1341100800,,0.1\nqlan,bao,follow,1341100900,,0.2\nqmai,bao,follow,,,1\nqmai,chi,follow,,,1\nqlan,bao,like,1341187200,p1,\nchi,bao,share,1341187201,p1,\nqlan,qlan,like,,,\n");
    desk.write("two.csv", "from,to,type,time,item,weight\nqlan,bao,follow,1341100700,,0.4\nqmai,qdung,follow,,,1\nqhoa,qdung,follow,,,1\nqlan,bao,like,1341187200,p1,\nqhoa,qmai,like,1341187300,p2,\nchi,bao,share,1341187201,p1,\n");
    desk.write("creators.csv", "id,name,niche,followers\nbao,Bảo,beauty,1200\nchi,Chi,tech,300\n");
    desk.write("more.csv", "id,name,niche,followers\nqdung,Dũng,tech,50\n");
    // Of the first day qlan is a person like others; of the second she is a creator.
    desk.write("late.csv", "id,name\nqlan,Lan\n");
    desk
}

#[test]
fn rows_added_later_under_the_same_key_give_the_bytes_of_everything_at_once() {
    let desk = desk();
    let at_once = "one.csv two.csv --creators-table creators.csv --creators-table more.csv --creators-table late.csv";
    let whole = desk.bytes(&format!("{at_once} --pseudonymise key"));
    desk.run("ingest one.csv --creators-table creators.csv --pseudonymise key -o day.trg")
        .done(&["names of 2 ordinary accounts replaced by keyed hashes; 2 creators keep theirs"]);
    desk.run("ingest --into day.trg two.csv --creators-table more.csv --creators-table late.csv --pseudonymise key")
        .done(&["names of 2 ordinary accounts replaced by keyed hashes; 4 creators keep theirs"]);
    assert!(desk.read("day.trg") == whole);
    // A plain network made pseudonymous with the new rows is the same too.
    desk.run("ingest one.csv --creators-table creators.csv -o plain.trg").done(&[]);
    desk.run("ingest --into plain.trg two.csv --creators-table more.csv --creators-table late.csv --pseudonymise key -o other.trg")
        .done(&[]);
    assert!(desk.read("other.trg") == whole);
    assert!(whole != desk.bytes(at_once), "and other than without a key");
}

#[test]
fn no_name_of_a_person_and_no_key_is_left_in_any_output() {
    let desk = desk();
    desk.write("people.csv", "id,name,niche,phone\nbao,Bảo,beauty,\nchi,Chi,tech,\n");
    let said = desk.run("ingest one.csv two.csv --creators-table people.csv --pseudonymise key -o out.trg").done(&[]);
    let mut everything = said.out + &said.err;
    everything.push_str(&String::from_utf8_lossy(&desk.read("out.trg")));
    for line in [
        "info out.trg --small-cells",
        "analyze out.trg --top 0 --format json --small-cells",
        "export out.trg",
        "export out.trg --part interactions",
        "export out.trg --part accounts",
        "rank pagerank out.trg --top 0",
    ] {
        let said = desk.run(line).done(&[]);
        everything.push_str(&said.out);
        everything.push_str(&said.err);
    }
    for name in ["qlan", "qmai", "qhoa", "qdung", std::str::from_utf8(KEY).unwrap(), "thirty-two"] {
        let found = everything.match_indices(name).next().map(|(at, _)| &everything[at.saturating_sub(30)..at]);
        assert!(found.is_none(), "{name} after {found:?}");
    }
    assert!(everything.contains("bao") && everything.contains("Bảo") && everything.contains("p1"));
    desk.run("info out.trg").done(&["pseudonymised: keyed hashes but for creators (key "]);
    // The hashed names work where names do.
    let pseudonym = Pseudonyms::new(KEY).unwrap().of("qlan");
    desk.run_all(&["rank", "pagerank", "out.trg", "--personal", &pseudonym]).done(&["bao"]);
}

#[test]
fn a_key_is_needed_and_must_be_a_key_and_the_same() {
    let desk = desk();
    desk.write("short", &KEY[..31]);
    desk.write("empty", "");
    desk.write("other", [7u8; 40]);
    let tables = "one.csv --creators-table creators.csv -o out.trg --pseudonymise";
    desk.run(&format!("ingest {tables} short")).refused(2, &["the key has 31 bytes; at least 32 are needed"]);
    desk.run(&format!("ingest {tables} empty")).refused(2, &["the key file is empty"]);
    desk.run(&format!("ingest {tables} none")).refused(1, &["none"]);
    desk.run("ingest one.csv --pseudonymise key").refused(2, &["nobody here is known to be a creator", "--accounts"]);
    assert!(!desk.files().contains(&"out.trg".to_owned()));
    desk.run(&format!("ingest {tables} key")).done(&[]);
    desk.run("ingest --into out.trg two.csv").refused(2, &["that network is pseudonymised", "--pseudonymise KEYFILE"]);
    desk.run("ingest --into out.trg two.csv --pseudonymise other")
        .refused(2, &["the network was made with key", "use the key of before"]);
    desk.run("ingest one.csv --creators-table creators.csv --pseudonymise key -o key --force")
        .refused(2, &["is an input"]);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_noted_and_used() {
    use std::os::unix::fs::PermissionsExt;
    let desk = desk();
    let line = "ingest one.csv --creators-table creators.csv --pseudonymise key --force -o out.trg";
    let mode = |mode| std::fs::set_permissions(desk.path("key"), std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    assert!(desk.run(line).done(&[]).err.contains("may be read by others"));
    mode(0o600);
    assert!(!desk.run(line).done(&[]).err.contains("may be read by others"));
}

#[test]
fn ordinary_accounts_lose_their_words_and_keep_their_counts() {
    let mut network = Network::from_graph(build::graph(4, &[(2, 0), (3, 0), (3, 1)]));
    let text =
        |name: &str, values: [Option<&str>; 4]| Column::texts(name, values.into_iter().map(|v| v.map(str::to_owned)));
    let number =
        |name: &str, values: [f64; 4]| Column { name: name.into(), values: Values::Number(values.to_vec().into()) };
    let nan = f64::NAN;
    network.names = Names::from_sorted([b"a".as_slice(), b"b", b"tiktok:x", b"tiktok:y"].into_iter());
    network.attributes.columns = vec![
        text("bio", [Some("12"), None, Some("call me"), None]),
        number(known::CREATOR, [1.0, nan, nan, nan]),
        number(known::FOLLOWERS, [nan, nan, 12.0, 7.0]),
        text(known::NAME, [Some("An"), Some("Bo"), Some("Xuân"), None]),
        text(known::PERSON, [Some("an"), None, Some("an"), Some("yen")]),
        number("phone", [nan, nan, 84912345678.0, nan]),
        text(known::PLATFORM, [None, None, Some("tiktok"), Some("tiktok")]),
    ];
    network.tables.offers = Table { account: vec![1].into(), other: None, columns: vec![] };
    let (made, hidden) = Pseudonyms::new(KEY).unwrap().apply(&network, &Run::default()).unwrap();
    assert_eq!((hidden.hashed, hidden.creators), (2, 2), "b has an offer");
    let dropped = [("bio", 1), (known::NAME, 1), ("phone", 1)].map(|(name, number)| (name.to_owned(), number));
    assert_eq!(hidden.dropped, BTreeMap::from(dropped));
    assert_eq!(hidden.words()[1], "dropped from ordinary accounts: bio (1), name (1), phone (1)");
    assert!(made.attributes.get("phone").is_none(), "nothing of it is left");
    let key = Pseudonyms::new(KEY).unwrap();
    let x = made.account(&key.of("tiktok:x")).unwrap();
    let y = made.account(&key.of("tiktok:y")).unwrap();
    let (a, b) = (made.account("a").unwrap(), made.account("b").unwrap());
    let text = |name, account| made.attributes.text(name, account).map(|text| text.into_owned());
    assert_eq!([a, b].map(|id| text(known::NAME, id)), [Some("An".into()), Some("Bo".into())]);
    assert_eq!(made.attributes.number("bio", a), Some(12.0), "what is left are numbers");
    assert_eq!(
        (made.attributes.number(known::FOLLOWERS, y), text(known::PLATFORM, x)),
        (Some(7.0), Some("tiktok".into()))
    );
    assert_eq!(text(known::PERSON, x), Some("an".into()), "the person of a creator, who is public");
    assert_eq!(text(known::PERSON, y), Some(key.of("yen")));
    assert_eq!(made.follow_graph().unwrap().followers(a).len(), 2);
    assert_eq!(made.tables.offers.account[..], [b]);
}
