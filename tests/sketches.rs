//! `truereach sketch` as a person runs it: made on two days, merged, compared.

use crate::common::program::Desk;
use serde_json::Value;

/// `a` is followed by the people from 0, `b` by those from 100, as many as said.
fn day(desk: &Desk, name: &str, [a, b]: [u32; 2]) {
    let rows = |creator: &str, from: u32, many: u32| {
        (from..from + many).map(|u| format!("p{u:05},{creator}\n")).collect::<String>()
    };
    desk.write(&format!("{name}.csv"), format!("follower,followee\n{}{}", rows("a", 0, a), rows("b", 100, b)));
    desk.run(&format!("ingest {name}.csv -o {name}.trg")).done(&[]);
}

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn sketches_of_two_days_are_merged_and_compared() {
    let desk = Desk::new();
    day(&desk, "monday", [3000, 10]);
    day(&desk, "tuesday", [10, 2900]);
    day(&desk, "all", [3000, 2900]);
    for name in ["monday", "tuesday", "all"] {
        let made = desk.run(&format!("sketch make {name}.trg --creators a,b --keep 500 -o {name}.sketches")).done(&[]);
        assert!(made.err.contains("2 audiences written to"), "{}", made.err);
    }
    desk.run("sketch merge monday.sketches tuesday.sketches -o both.sketches").done(&[]);
    assert!(desk.read("both.sketches") == desk.read("all.sketches"));
    let merged = desk.run("sketch similar monday.sketches tuesday.sketches --of a --format ndjson").done(&[]).out;
    let row = &rows(&merged)[0];
    let range = |key: &str| [format!("{key}_low"), format!("{key}_high")].map(|key| row[key].as_f64().unwrap());
    // The truth: 2,900 people follow both, 3,000 one or both. 95% intervals, fixed hashes.
    assert_eq!((row["other"].as_str(), row["status"].as_str()), (Some("b"), Some("estimated")));
    let [low, high] = range("interval");
    assert!(low < 2900.0 && 2900.0 < high && high < 1.2 * low, "{row}");
    let [low, high] = range("jaccard_interval");
    assert!(low < 2900.0 / 3000.0 && 2900.0 / 3000.0 < high && high - low < 0.1, "{row}");
    assert_eq!(merged, desk.run("sketch similar both.sketches --of a --format ndjson").done(&[]).out);
}

#[test]
fn what_is_no_sketch_is_told() {
    let desk = Desk::new();
    day(&desk, "one", [300, 200]);
    desk.run("sketch make one.trg --creators a --keep 3 -o x.sketches").refused(2, &["--keep", "at least 16"]);
    desk.run("sketch make one.trg --creators c -o x.sketches").refused(2, &["is not in this network"]);
    desk.run("sketch similar one.csv").refused(1, &["one.csv:1", "the first line of sketches", "sketch make"]);
    desk.run("sketch make one.trg -o one.sketches").done(&[]);
    desk.run("sketch make one.trg -o one.sketches").refused(1, &["exists"]);
    desk.run("sketch similar one.sketches --of A")
        .refused(2, &["\"A\" is in none of these sketches", "did you mean a"]);
    let text = String::from_utf8(desk.read("one.sketches")).unwrap();
    desk.write("cut.sketches", text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>());
    desk.run("sketch similar cut.sketches").refused(1, &["cut.sketches", "the file was cut short"]);
}

#[test]
fn few_people_of_personal_data_are_not_told() {
    let desk = Desk::new();
    let rows = |creator: &str, from: u32, many: u32| {
        (from..from + many).map(|u| format!("p{u:05},{creator}\n")).collect::<String>()
    };
    let text = format!("follower,followee\n{}{}{}", rows("a", 0, 40), rows("b", 35, 40), rows("c", 10, 25));
    desk.write("lists.csv", text);
    desk.run("ingest lists.csv --view lists -o lists.trg").done(&[]);
    let made = desk.run("sketch make lists.trg --creators a,b,c -o lists.sketches").done(&[]);
    assert!(made.err.contains("still personal data"), "{}", made.err);
    let shown = desk.run("sketch similar lists.sketches --of a --format json").done(&[]).out;
    // Five people follow a and b; everybody of c follows a, fifteen do not follow c.
    let table: Value = serde_json::from_str(&shown).unwrap();
    let row = |other: &str| table["rows"].as_array().unwrap().iter().find(|row| row["other"] == other).unwrap().clone();
    assert!(row("b")["people"] != 5 && row("b")["jaccard"] != 5.0 / 75.0, "{shown}");
    assert_eq!(row("c")["people"], 25);
    let all = desk.run("sketch similar lists.sketches --of a --format json --small-cells").done(&[]).out;
    assert!(all.contains("\"people\":5") || all.contains("\"people\": 5"), "{all}");
}

#[test]
fn lists_that_are_not_full_are_sketched_only_as_they_are_listed() {
    let desk = Desk::new();
    desk.write("f.csv", "follower,followee\n1,a\n2,a\n3,a\n1,b\n");
    desk.write("a.csv", "id,followers\na,5000\nb,1\n");
    desk.run("ingest f.csv --accounts a.csv --view sampled -o f.trg").done(&[]);
    desk.run("sketch make f.trg -o f.sketches").refused(2, &["follower lists of a are not full", "--as-listed"]);
    desk.run("sketch make f.trg --as-listed -o f.sketches").done(&[]);
    let said = desk.run("sketch similar f.sketches --of a").done(&[]);
    assert!(said.err.contains("figures are of those listed"), "{}", said.err);
    desk.run("ingest f.csv -o full.trg").done(&[]);
    desk.run("sketch make full.trg --creators a,b -o full.sketches").done(&[]);
    let said = desk.run("sketch similar full.sketches --of a").done(&[]);
    assert!(!said.err.contains("of those listed"), "{}", said.err);
}
