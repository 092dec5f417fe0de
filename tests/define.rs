//! `--define` as a person uses it: sets of people as columns, for every verb.

use crate::common::program::{Desk, Said};
use crate::common::repo;
use serde_json::Value;

/// 1, 2, 3 follow 8; 3, 4 follow 9; 4 follows 3.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("follows.csv", "follower,followee\n1,8\n2,8\n3,8\n3,9\n4,9\n4,3\n");
    desk.write("accounts.csv", "id,real,country\n1,1,VN\n2,0.5,US\n3,0.25,VN\n4,0,VN\n8,1,US\n9,1,\n");
    desk.run("ingest follows.csv --creators-table accounts.csv --view whole -o m.trg -q").done(&[]);
    desk
}

/// A verb with definitions, which hold blanks.
fn with(desk: &Desk, line: &str, definitions: &[&str]) -> Said {
    let mut arguments: Vec<&str> = line.split_whitespace().collect();
    definitions.iter().for_each(|definition| arguments.extend(["--define", definition]));
    desk.run_all(&arguments)
}

fn json(desk: &Desk, line: &str, definitions: &[&str]) -> Value {
    serde_json::from_str(&with(desk, &format!("{line} --format json"), definitions).done(&[]).out).unwrap()
}

const FANS: &str = "fans=follow 8 and not follow 9";

#[test]
fn every_verb_weighs_and_filters_by_a_set() {
    let desk = desk();
    let people = |line: &str, definitions: &[&str]| json(&desk, line, definitions)["rows"][0]["people"].as_f64();
    let overlap = "overlap m.trg --creators 8,9 --weight";
    assert_eq!(people(&format!("{overlap} fans"), &[FANS]), Some(2.0));
    // 1 and a half; and by a set that rests on another.
    assert_eq!(people(&format!("{overlap} fans*real"), &[FANS]), Some(1.5));
    assert_eq!(people(&format!("{overlap} here"), &[FANS, "here=fans=1 and country=VN"]), Some(1.0));
    assert_eq!(people(&format!("{overlap} others"), &["others=not follow country=US"]), Some(1.0));
    // Everybody who hears passes it on: 3, of 8 and 9, is heard by 4.
    let reach = "reach m.trg --creators 8 --model ic:1 --weight";
    assert_eq!(people(&format!("{reach} late"), &["late=account=3,4"]), Some(2.0));
    assert_eq!(people(&format!("{reach} fans"), &[FANS]), Some(2.0));
    let chosen = json(&desk, "select m.trg --count 1 --model ic:1 --weight those", &["those=follow 9"]);
    assert_eq!(chosen["rows"][0]["creator"], "8", "8 reaches 3 and through them 4: {chosen}");
    let table = json(&desk, "analyze m.trg --only fans=1", &[FANS]);
    let mut accounts: Vec<&str> =
        table["rows"].as_array().unwrap().iter().map(|row| row["account"].as_str().unwrap()).collect();
    accounts.sort_unstable();
    assert_eq!(accounts, ["1", "2"]);
    let similar = json(&desk, "similar m.trg --only big=1 --top 0", &["big=followers>=2"]);
    assert_eq!((similar["rows"].as_array().unwrap().len(), &similar["rows"][0]["people"]), (1, &1.into()));
    let exported = with(&desk, "export m.trg --part accounts -q", &[FANS]).done(&[]).out;
    assert!(exported.lines().next().unwrap().split(',').any(|head| head == "fans"), "{exported}");
}

#[test]
fn answers_say_what_was_defined_and_notes_how_many() {
    let desk = desk();
    let definitions = [FANS, "here=FANS2=1 or fans=1 AND country=VN"];
    with(&desk, "info m.trg", &definitions).refused(2, &["--define: there is no column \"FANS2\"", "fans, real"]);
    let definitions = ["FANS2=follow 9", FANS, "here=FANS2=1 or fans=1 AND country=VN"];
    let said = with(&desk, "overlap m.trg --creators 8,9 --format json", &definitions).done(&[]);
    for note in [
        "fans: 2 of 6 accounts: follow 8 and not follow 9\n",
        "FANS2: 2 of 6 accounts: follow 9\n",
        "here: 3 of 6 accounts: FANS2=1 or fans=1 and country=VN\n",
    ] {
        assert_eq!(said.err.matches(note).count(), 1, "{}", said.err);
    }
    let table: Value = serde_json::from_str(&said.out).unwrap();
    let recorded = serde_json::json!([definitions[0], definitions[1], "here=FANS2=1 or fans=1 and country=VN"]);
    assert_eq!(table["provenance"]["parameters"]["define"], recorded);
    let plain = json(&desk, "overlap m.trg --creators 8,9", &[]);
    assert!(plain["provenance"]["parameters"].get("define").is_none());
    let card: Value = serde_json::from_str(&with(&desk, "info m.trg --json", &definitions).done(&[]).out).unwrap();
    assert_eq!(card["define"], recorded);
    // The network inside the program too.
    let table = json(&desk, "analyze --top 1 --only big=1", &["big=followers>=200"]);
    assert_eq!(table["provenance"]["parameters"]["define"], serde_json::json!(["big=followers>=200"]));
    let lastfm = repo("datasets/lastfm-asia").display().to_string();
    // The union of two audiences, as overlap counts it.
    let said = with(&desk, &format!("info {lastfm}"), &["n=follow 7237 or follow 3530"]).done(&[]);
    assert!(said.err.contains("n: 391 of 7,624 accounts: follow 7237 or follow 3530\n"), "{}", said.err);
}

#[test]
fn what_is_wrong_with_a_definition_is_said() {
    let desk = desk();
    for (definition, says) in [
        ("fans=follow 8 and follow and", "column 21: expected a name after \"follow\", found \"and\""),
        ("follow 8", "write NAME=EXPRESSION"),
        ("creator=follow 8", "has a meaning of its own"),
        ("real=follow 8", "has a column real already"),
        ("fans=follow 88", "\"88\" is not in this network"),
        ("fans=follow 8 and country=TH", "nobody meets follow 8 and country=TH"),
        ("fans=follow country=TH", "\"follow country=TH\": no account meets"),
    ] {
        with(&desk, "overlap m.trg --creators 8,9", &[definition]).refused(
            2,
            &["--define", says].map(|part| match part {
                // Names that are not there are told of without the flag.
                "--define" if says.contains("88") => "account",
                part => part,
            }),
        );
    }
    with(&desk, "overlap m.trg --creators 8,9", &[FANS, FANS]).refused(2, &["has a column fans already"]);
    with(&desk, "info m.trg --of 8", &[FANS]).refused(2, &["cannot be used with"]);
    desk.run("overlap m.trg --creators 8,9 --weight real*fame").refused(2, &["--weight", "no column fame"]);
    desk.write("log.csv", "source,target,type\n1,8,like\n");
    with(&desk, "info log.csv", &["fans=follow 8"]).refused(1, &["needs who follows whom"]);
}

/// Lists as an agency holds them: sets of them are counted only where small counts may be shown.
#[test]
fn of_personal_data_no_set_is_counted_and_cut_lists_are_refused() {
    let desk = Desk::new();
    let rows: String =
        (0..30).map(|fan| format!("fan{fan},anh\n")).chain((20..50).map(|fan| format!("fan{fan},bao\n"))).collect();
    desk.write("lists.csv", format!("follower,followee\n{rows}"));
    desk.write("creators.csv", "id,followers_claimed\nanh,30\nbao,4000\n");
    desk.run("ingest lists.csv --creators-table creators.csv -o m.trg -q").done(&[]);
    let said = with(&desk, "info m.trg", &["fans=follow anh"]).done(&[]);
    assert!(said.err.contains("fans: follow anh\n"), "{}", said.err);
    let said = with(&desk, "info m.trg --small-cells", &["fans=follow anh"]).done(&[]);
    assert!(said.err.contains("fans: 30 of 52 accounts: follow anh\n"), "{}", said.err);
    with(&desk, "info m.trg", &["fans=follow anh and not follow bao"])
        .refused(1, &["\"follow bao\" cannot be computed", "all followers of bao"]);
}
