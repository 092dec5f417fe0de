//! `truereach communities` from the command line: an earlier partition as a start, numbers that last, consensus.

use crate::common::program::Desk;

/// Two circles of four, and the tie between them.
const CIRCLES: &str = "a,b\nb,c\nc,d\nd,a\na,c\nw,x\nx,y\ny,z\nz,w\nw,y\nd,w\n";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("ties.csv", format!("follower,followee\n{CIRCLES}"));
    desk
}

#[test]
fn communities_that_go_on_keep_their_numbers() {
    let desk = desk();
    // The circles had the numbers 7 and 3; z was not there, "gone" is not here any more.
    desk.write("old.csv", "account,community\na,7\nb,7\nc,7\nd,7\nw,3\nx,3\ny,3\ngone,3\n");
    let said = desk.run("communities ties.csv --start old.csv --members new.csv --top 0").done(&[]);
    for part in [
        "2 earlier communities: 2 go on under their numbers, 0 are new",
        "1 accounts are not in the earlier file",
        "the first: gone",
    ] {
        assert!(said.err.contains(part), "no \"{part}\" in:\n{}", said.err);
    }
    assert!(
        said.out.lines().any(|line| line.starts_with("7\t")) && said.out.lines().any(|line| line.starts_with("3\t")),
        "{}",
        said.out
    );
    let members = String::from_utf8(desk.read("new.csv")).unwrap();
    assert_eq!(members, "account,community\na,7\nb,7\nc,7\nd,7\nw,3\nx,3\ny,3\nz,3\n");
    // From its own answer nothing changes.
    desk.run("communities ties.csv --start new.csv --members again.csv --method louvain").done(&[]);
    assert_eq!(desk.read("again.csv"), desk.read("new.csv"));
}

#[test]
fn a_start_that_cannot_be_read_is_refused_with_its_place() {
    let desk = desk();
    for (text, parts) in [
        ("account,community\na,1\n\"b\",x\n", &["old.csv:3:", "the number of a community", "\"x\""][..]),
        ("account,community\na,1\na,2\n", &["old.csv:3:1", "each account once", "\"a\""]),
        ("account,community\na\n", &["old.csv:2", "2 fields"]),
        ("who,where\na,1\n", &["old.csv:1", "a column named account", "who,where"]),
        ("", &["old.csv:1", "a column named account"]),
    ] {
        desk.write("old.csv", text);
        desk.run("communities ties.csv --start old.csv").refused(1, parts);
    }
    desk.run("communities ties.csv --start none.csv").refused(1, &["none.csv: cannot read"]);
    desk.write("old.csv", "account,community\na,1\n");
    desk.run("communities ties.csv --start old.csv --method labels").refused(2, &["--start", "--method leiden"]);
    desk.run("communities ties.csv --start old.csv --consensus").refused(2, &["cannot be used with"]);
}

#[test]
fn a_consensus_needs_runs() {
    let desk = desk();
    desk.run("communities ties.csv --consensus").refused(2, &["at least two runs", "--runs 10"]);
    desk.run("communities ties.csv --consensus=1.5 --runs 3").refused(2, &["up to 1, not 1.5"]);
    desk.run("communities ties.csv --consensus --runs 3 --method louvain").refused(2, &["leave --method out"]);
    let said = desk.run("communities ties.csv --consensus=0.6 --runs 5").done(&[]);
    for part in ["consensus of 5 runs, share 0.6", "2 communities"] {
        assert!(said.err.contains(part), "no \"{part}\" in:\n{}", said.err);
    }
    let said = desk.run("communities ties.csv --effort fast").done(&[]);
    assert!(said.err.contains("2 communities"), "{}", said.err);
}

/// Two circles of 30 in which everybody follows everybody, with a tie between them. The first is about beauty and food and lives in
/// VN but for three; the second is about food alone and lives in TH.
fn labelled() -> Desk {
    let desk = Desk::new();
    let circle = |name: &str| {
        let pairs = (0..30).flat_map(|u| (0..30).filter(move |&v| v != u).map(move |v| (u, v)));
        pairs.map(|(u, v)| format!("{name}{u},{name}{v}\n")).collect::<String>()
    };
    desk.write("ties.csv", format!("follower,followee\n{}{}a0,b0\n", circle("a"), circle("b")));
    let rows = (0..30).map(|u| {
        let (country, niche) = (if u < 27 { "VN" } else { "TH" }, if u < 15 { "beauty" } else { "food" });
        format!("a{u},{country},{niche},nick{u}\nb{u},TH,food,nack{u}\n")
    });
    desk.write("creators.csv", format!("id,country,niche,nick\n{}", rows.collect::<String>()));
    desk
}

#[test]
fn what_stands_out_is_said_listed_and_drawn() {
    let desk = labelled();
    desk.run("ingest ties.csv --view whole --creators-table creators.csv -o m.trg -q").done(&[]);
    let said = desk.run("communities m.trg --format json -q").done(&[]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let first = &json["rows"][0];
    // 1 of 871 + 870 ends of ties leads away; 27 of 30 over 27 of 60 is twice.
    assert_eq!(first["conductance"], 1.0 / 1741.0, "{first}");
    assert_eq!((first["inside"].as_f64(), first["accounts"].as_u64()), (Some(870.0 / 871.0), Some(30)));
    assert_eq!(first["stands_out"], "country=VN 2.0x (1.65–2.1)");
    assert_eq!(first["stands_out_next"], "niche=beauty 2.0x (1.33–2.7)");

    let said = desk.run("communities m.trg --traits --format csv").done(&[
        "community,accounts,column,value,having,share,base,lift,interval_low,interval_high,known\n",
        "\n0,30,country,VN,27,0.9,0.45,2,",
        "\n0,30,niche,beauty,15,0.5,0.25,2,",
        "\n1,30,country,TH,30,1,0.55,1.81",
    ]);
    assert_eq!(said.out.lines().count(), 5, "{}", said.out);
    assert!(said.err.contains("nick (60 values, fewer than 5 accounts each)"), "{}", said.err);
    desk.run("communities m.trg --traits -o traits.svg").done(&[]);
    let picture = String::from_utf8(desk.read("traits.svg")).unwrap();
    assert!(picture.contains(">0: country=VN</text>") && picture.contains("27 of 30 members"), "{picture}");
    desk.run("communities m.trg -o none.svg").refused(2, &["this table has no picture", "--traits"]);

    let said = desk.run("communities ties.csv --traits").done(&[]);
    assert!(said.err.contains("no column of the accounts table describes accounts"), "{}", said.err);
}

#[test]
fn few_accounts_cannot_be_worked_out_of_what_stands_out() {
    let desk = labelled();
    desk.write("key", [9u8; 32]);
    desk.run("ingest ties.csv --view whole --creators-table creators.csv --pseudonymise key -o m.trg -q").done(&[]);
    // Of country the three of the first circle in TH could be worked out; of niche every cell is empty or of 15 and more.
    for view in ["", "--traits"] {
        let told = desk.run(&format!("communities m.trg {view}")).done(&["beauty", "food"]);
        assert!(!told.out.contains("VN") && !told.out.contains("TH"), "{}", told.out);
        let open = desk.run(&format!("communities m.trg {view} --small-cells")).done(&["VN", "TH"]);
        assert!(!open.err.contains("left out"), "{}", open.err);
        if view == "--traits" {
            assert!(told.err.contains("2 rows that would tell of fewer than 10 accounts"), "{}", told.err);
        }
    }
}

#[test]
fn communities_are_kept_as_a_column_for_every_verb() {
    let desk = Desk::new();
    // Two circles of five, and who is in them.
    let circle = |from: u32| {
        let pairs = (0..5).flat_map(move |a| (0..5).filter(move |b| *b != a).map(move |b| (from + a, from + b)));
        pairs.map(|(a, b)| format!("{a},{b}\n")).collect::<String>()
    };
    desk.write("f.csv", format!("follower,followee\n{}{}0,9\n", circle(0), circle(5)));
    desk.run("ingest f.csv -o f.trg").done(&[]);
    desk.run("communities f.csv --keep").refused(2, &["kept beside a snapshot"]);
    let said = desk.run("communities f.trg --keep").done(&[]);
    assert!(said.err.contains("kept as f.communities.trg"), "{}", said.err);
    let shown = desk.run("overlap f.trg --only community=0 --format ndjson").done(&["\"union\""]).out;
    assert!((0..5).all(|name| shown.contains(&format!("\"{name}\""))) && !shown.contains("\"7\""), "{shown}");
    // Kept again, not refused as a column of the table.
    desk.run("communities f.trg --keep").done(&[]);
    desk.run("export f.trg --part accounts -o a.csv").done(&[]);
    desk.write("again.csv", "follower,followee\n1,0\n");
    desk.run("ingest again.csv --accounts a.csv -o again.trg").done(&[]);
    desk.run("communities again.trg --keep").refused(2, &["a column community of its own"]);
}
