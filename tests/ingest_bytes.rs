//! The bytes of a snapshot are a pure function of the set of rows: their order, the cut into files and blocks, the
//! packing, the threads and the day on which a row was added do not show.

use std::fmt::Write;
use std::path::PathBuf;

use crate::common;
use crate::common::program::{Desk, gzip, snapshot_of, zstandard};
use proptest::prelude::*;
use truereach::graph::Network;
use truereach::graph::network::Repeats;
use truereach::io::{Ingest, Snapshot};
use truereach::{Result, Run};

fn ingest(paths: &[PathBuf], old: Option<&Network>, duplicates: Repeats, run: &Run) -> Result<Network> {
    Ingest { duplicates, ..Ingest::default() }.run(paths, old, run).map(|(network, _)| network)
}

/// A log of several blocks, with text ids, times, items and weights.
fn log() -> Vec<String> {
    let row = |at: u64| {
        let mixed = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (from, to) = (mixed % 9_973, mixed / 9_973 % 997);
        let kind = ["follow", "like", "RT", "comment"][(mixed % 4) as usize];
        let time = 1_341_100_800 + mixed % 1_000_000;
        format!("account-{from},creator-{to},{kind},{time},post-{},{}.1", mixed % 331, mixed % 7)
    };
    (0..100_000).map(row).collect()
}

const HEADER: &str = "from,to,type,time,item,weight\n";

#[test]
fn order_cut_packing_and_threads_do_not_show() {
    let desk = Desk::new();
    let rows = log();
    let text = |rows: &[String]| format!("{HEADER}{}\n", rows.join("\n")).into_bytes();
    let whole = desk.write("whole.csv", text(&rows));
    assert!(std::fs::metadata(&whole).unwrap().len() > 2 * (2 << 20), "several blocks");
    let one = Run::new(1).threads(1).unwrap();
    let expected = snapshot_of(&ingest(std::slice::from_ref(&whole), None, Repeats::Sum, &one).unwrap(), &one);

    let mut shuffled = rows.clone();
    shuffled.sort_by_key(|row| row.bytes().rev().collect::<Vec<_>>());
    let reversed: Vec<String> = rows.iter().rev().cloned().collect();
    let parts: Vec<PathBuf> = [rows[70_000..].to_vec(), rows[..1].to_vec(), rows[1..70_000].to_vec()]
        .iter()
        .enumerate()
        .map(|(at, part)| desk.write(&format!("part{at}"), if at == 0 { gzip(&text(part)) } else { text(part) }))
        .collect();
    let inputs = [
        vec![whole],
        vec![desk.write("shuffled.csv", text(&shuffled))],
        vec![desk.write("reversed.csv.gz", gzip(&text(&reversed)))],
        vec![desk.write("whole.csv.zst", zstandard(&text(&rows)))],
        parts,
    ];
    for run in common::runs(1) {
        for paths in &inputs {
            let network = ingest(paths, None, Repeats::Sum, &run).unwrap();
            assert!(snapshot_of(&network, &run) == expected, "{paths:?} with {run:?}");
        }
    }

    // And they do show what is in the file.
    let fewer = desk.write("fewer.csv", text(&rows[1..]));
    assert!(snapshot_of(&ingest(&[fewer], None, Repeats::Sum, &one).unwrap(), &one) != expected);
}

#[test]
fn number_ids_and_bare_follows_do_not_show_their_order_either() {
    // The fast paths of their own: two numbers a row, dense, far apart, and beyond 64 bits.
    for (name, id) in [
        ("dense", (|x| x.to_string()) as fn(u64) -> String),
        ("far apart", |x| (x << 45).to_string()),
        ("beyond", |x| format!("{x}00000000000000000000")),
    ] {
        let mixed = |at: u64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let row = |at: u64| format!("{} {}\n", id(mixed(at) % 20_011), id(mixed(at) / 7 % 20_011));
        let desk = Desk::new();
        let forth: String = (0..250_000).map(row).collect();
        let back: String = (0..250_000).rev().map(row).collect();
        let (forth, back) = (desk.write("forth", forth), desk.write("back.gz", gzip(back.as_bytes())));
        let runs = common::runs(1);
        let expected =
            snapshot_of(&ingest(std::slice::from_ref(&forth), None, Repeats::Sum, &runs[0]).unwrap(), &runs[0]);
        for run in &runs {
            for path in [&forth, &back] {
                let network = ingest(std::slice::from_ref(path), None, Repeats::Sum, run).unwrap();
                assert!(snapshot_of(&network, run) == expected, "{name}, {run:?}");
            }
        }
    }
}

#[derive(Debug, Clone)]
struct Row {
    from: u8,
    to: u8,
    kind: u8,
    time: Option<u8>,
    weight: Option<u8>,
    item: Option<u8>,
    sign: i8,
}

#[derive(Debug, Clone, Copy)]
struct Shape {
    text: bool,
    times: bool,
    weights: bool,
    follow_weights: bool,
    items: bool,
    signs: bool,
}

fn csv(rows: &[Row], shape: Shape) -> String {
    // Weights whose sum depends on the order unless it is exact.
    const WEIGHTS: [&str; 6] = ["0.1", "0.2", "0.3", "1e16", "-1e16", "1"];
    let id = |account: u8| match shape.text && account.is_multiple_of(3) {
        true => format!("u{account}"),
        false => account.to_string(),
    };
    let mut text = String::from("from,to,type");
    for (given, name) in
        [(shape.times, ",time"), (shape.weights, ",weight"), (shape.items, ",item"), (shape.signs, ",sign")]
    {
        text.push_str(if given { name } else { "" });
    }
    text.push('\n');
    for row in rows {
        let kind = ["follow", "like", "RT", "share"][row.kind as usize];
        let _ = write!(text, "{},{},{kind}", id(row.from), id(row.to));
        if shape.times {
            let _ = write!(text, ",{}", row.time.map_or(String::new(), |time| format!("{time}")));
        }
        if shape.weights {
            // Follows all have a weight or none has: anything else is refused.
            let given = if row.kind == 0 { shape.follow_weights.then(|| row.weight.unwrap_or(0)) } else { row.weight };
            let _ = write!(text, ",{}", given.map_or("", |weight| WEIGHTS[weight as usize]));
        }
        if shape.items {
            let _ = write!(text, ",{}", row.item.map_or(String::new(), |item| format!("p{item}")));
        }
        if shape.signs {
            let _ = write!(text, ",{}", row.sign);
        }
        text.push('\n');
    }
    text
}

fn row() -> impl Strategy<Value = Row> {
    let given = |most: u8| prop::option::weighted(0.8, 0..most);
    (0u8..6, 0u8..6, 0u8..4, given(3), given(6), given(4), -1i8..2)
        .prop_map(|(from, to, kind, time, weight, item, sign)| Row { from, to, kind, time, weight, item, sign })
}

fn shape() -> impl Strategy<Value = Shape> {
    any::<[bool; 6]>().prop_map(|[text, times, weights, follow_weights, items, signs]| Shape {
        text,
        times,
        weights,
        follow_weights,
        items,
        signs,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Tomorrow's log added to today's network is the network of both, and so is each of them read backwards.
    #[test]
    fn adding_later_gives_the_bytes_of_reading_all_at_once(
        rows in prop::collection::vec(row(), 2..40), cut in any::<prop::sample::Index>(), shape in shape(),
    ) {
        let cut = 1 + cut.index(rows.len() - 1);
        let desk = Desk::new();
        let run = Run::new(1).threads(2).unwrap();
        let all = desk.write("all.csv", csv(&rows, shape));
        let (one, two) = (desk.write("one.csv", csv(&rows[..cut], shape)), desk.write("two.csv", csv(&rows[cut..], shape)));
        for duplicates in [Repeats::Sum, Repeats::Count, Repeats::First, Repeats::Error] {
            let at_once = ingest(std::slice::from_ref(&all), None, duplicates, &run);
            let added = ingest(std::slice::from_ref(&one), None, duplicates, &run).and_then(|old| {
                // Through the file, as `--into` does.
                let old = desk.write("old.trg", snapshot_of(&old, &run));
                ingest(std::slice::from_ref(&two), Some(&Snapshot::open(&old, false)?.network(&run)?), duplicates, &run)
            });
            match (at_once, added) {
                (Ok(at_once), Ok(added)) => prop_assert!(
                    snapshot_of(&at_once, &run) == snapshot_of(&added, &run), "{duplicates:?}: {at_once:#?} {added:#?}"
                ),
                (Err(_), Err(_)) => prop_assert_eq!(duplicates, Repeats::Error, "only repeats are refused here"),
                (at_once, added) => prop_assert!(false, "{duplicates:?}: {:?} {:?}", at_once.err(), added.err()),
            }
        }
    }
}

#[test]
fn sums_are_exact_however_they_come() {
    // Ten times the double next to 0.1 is 1.00000000000000005…, which rounds to 1; adding one by one gives 0.9999….
    let desk = Desk::new();
    desk.write("all.csv", format!("from,to,weight\n{}", "1,2,0.1\n".repeat(10)));
    desk.write("some.csv", format!("from,to,weight\n{}", "1,2,0.1\n".repeat(3)));
    desk.write("rest.csv", format!("from,to,weight\n{}", "1,2,0.1\n".repeat(7)));
    assert_eq!(desk.follows("all.csv"), ["1 2 1"]);
    let expected = desk.read("out.trg");
    desk.run("ingest rest.csv -o n.trg").done(&[]);
    desk.run("ingest some.csv --into n.trg").done(&[]);
    assert!(desk.read("n.trg") == expected);
    // Cancelling terms that a running sum would lose.
    desk.write("far.csv", "from,to,weight\n1,2,1e16\n1,2,1\n1,2,-1e16\n");
    assert_eq!(desk.follows("far.csv"), ["1 2 1"]);
}

#[test]
fn counts_are_of_rows_and_first_breaks_ties_by_weight() {
    let desk = Desk::new();
    desk.write("rows.csv", "from,to,time,weight\n1,2,5,0.7\n1,2,5,0.5\n1,2,9,0.1\n");
    assert_eq!(desk.follows("rows.csv --duplicates count"), ["1 2 3"]);
    assert_eq!(desk.follows("rows.csv --duplicates first"), ["1 2 0.5"]);
    desk.run("ingest rows.csv -o e.trg --duplicates error")
        .refused(1, &["every follow once", "\"1\" -> \"2\" more than"]);
    // Added under another rule the old rows would lie.
    desk.run("ingest rows.csv -o n.trg --duplicates count").done(&[]);
    desk.run("ingest rows.csv --into n.trg").refused(2, &["ingested with --duplicates count"]);
    desk.run("ingest rows.csv --into n.trg --duplicates count").done(&[]);
    assert_eq!(desk.run("export n.trg").done(&[]).out, "# follower followee weight\n1 2 6\n");
}

#[test]
fn creators_tables_may_come_later_too() {
    let desk = Desk::new();
    desk.write("rows.txt", "anh bao\n");
    desk.write("more.txt", "bao chi\n");
    desk.write("one.csv", "id,code,price\nbao,007,12.50\n");
    desk.write("two.csv", "id,code,price\nbao,007,12.5\nchi,x1,3\n");
    let expected = desk.bytes("rows.txt more.txt --creators-table one.csv --creators-table two.csv");
    desk.run("ingest rows.txt --creators-table one.csv -o n.trg").done(&[]);
    desk.run("ingest more.txt --creators-table two.csv --into n.trg").done(&[]);
    assert!(desk.read("n.trg") == expected);
}

#[test]
fn what_is_exported_reads_back_to_the_same_graph() {
    let desk = Desk::new();
    let rows = "from,to,weight,time,sign\n\"#one\",\"%two\",0.1,2012-07-04,1\n\"#one\",\"%two\",0.2,,\n\
                \"a, b\",\"#one\",0.30000000000000004,2012-07-05T01:02:03.456Z,-1\n\"say \"\"hi\"\"\",\"a, b\",1e-300,,\n";
    desk.write("rows.csv", rows);
    for name in ["follows.csv", "follows.csv.gz", "follows.csv.zst"] {
        let old = desk.bytes("rows.csv");
        desk.run(&format!("export out.trg -o {name}")).done(&[]);
        desk.bytes(name);
        let open = |file: &str, bytes: Vec<u8>| {
            let path = desk.write(file, bytes);
            let run = Run::new(1);
            let network = Snapshot::open(&path, false).unwrap().network(&run).unwrap();
            (network.names, network.follows.unwrap())
        };
        let (old, new) = (open("old.trg", old), open("new.trg", desk.read("out.trg")));
        assert!(old.0 == new.0 && old.1.graph == new.1.graph, "{name}");
        assert!(old.1.time == new.1.time && old.1.sign == new.1.sign, "{name}");
    }
    // Interactions hold nothing merged: their export is the whole of them.
    desk.write(
        "log.csv",
        "from,to,type,time,item,weight,sign\n#a,b,like,9,\"p,1\",0.1,1\n\"#a\",b,RT,,,,\nb,\"#a\",view,1,p2,,-1\n",
    );
    let old = desk.bytes("log.csv");
    for name in ["log2.csv", "log2.ndjson.gz"] {
        desk.run(&format!("export out.trg --part interactions -o {name}")).done(&[]);
        assert!(desk.bytes(name) == old, "{name}");
    }
}
