//! `truereach audit` and `influence` as a person runs them: on a small planted market and on data that lack what is needed.
#![cfg(feature = "cli")]

use crate::common::program::Desk;
use crate::common::repo;
use serde_json::Value;

/// A market of 4,000 people with a farm, as a snapshot.
fn market(desk: &Desk) {
    let line = "generate market --people 4000 --creators-scale 0.04 --newcomers 0.2 --farm-size 0.01 --worlds 2 --rng-seed 3 -o \
                m.trg -q";
    desk.run(line).done(&[]);
}

fn json(desk: &Desk, line: &str) -> Value {
    serde_json::from_str(&desk.run(&format!("{line} --format json -q")).done(&[]).out).unwrap()
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap_or_else(|| panic!("{key} in {row}"))
}

#[test]
fn what_an_audit_finds_is_kept_and_every_verb_counts_by_it() {
    let desk = Desk::new();
    market(&desk);
    let first = desk.run("audit m.trg --top 3 --format table").done(&["creator", "authentic", "lockstep"]);
    assert!(first.err.contains("kept as") && first.err.contains("they prove nothing"), "{}", first.err);
    assert!(first.err.contains("evidence trust: not observed"), "{}", first.err);
    let rows = json(&desk, "audit m.trg --top 3 --no-keep");
    let worst = &rows["rows"][0];
    let creator = worst["creator"].as_str().unwrap().to_owned();
    assert!(number(worst, "authentic") < 0.98 && number(worst, "lockstep") > 5.0, "{worst}");
    assert!(number(worst, "interval_low") <= 100.0 * number(worst, "authentic"), "{worst}");

    // Every verb counts by what was kept, says so, and can be told not to.
    let reach = |more: &str| json(&desk, &format!("reach m.trg --creators {creator} {more}"));
    let direct = |document: &Value| number(&document["rows"][1], "people");
    let (by, all) = (reach(""), reach("--authentic none"));
    assert!(direct(&by) < direct(&all), "{by}");
    assert!(by["assumptions"].to_string().contains("chance that they are real"), "{}", by["assumptions"]);
    let analysis = json(&desk, "analyze m.trg --top 5");
    let row = &analysis["rows"][0];
    assert!(
        (number(row, "followers") - number(row, "not_authentic") - number(row, "not_exposed") - number(row, "direct"))
            .abs()
            < 1e-6
    );
    assert!(row["rank"].is_string() && number(row, "authentic_interval_low") <= 100.0 * number(row, "authentic"));
    desk.run(&format!("select m.trg --count 3 --creators {creator} --rng-seed 1")).done(&[]);

    // The waterfall, step by step, and of all together.
    let found =
        json(&desk, &format!("influence m.trg --creators {creator},{}", rows["rows"][1]["creator"].as_str().unwrap()));
    assert_eq!(found["rows"].as_array().unwrap().len(), 3);
    for row in found["rows"].as_array().unwrap() {
        let of = |key| number(row, key);
        let left = of("claimed") - of("not_observed") - of("duplicates") - of("not_authentic") - of("not_exposed");
        assert!((left - of("direct")).abs() < 1e-6, "{row}");
        assert!((of("direct") + of("beyond") - of("outside_niche") - of("true_influence")).abs() < 1e-6, "{row}");
    }
    desk.run(&format!("influence m.trg --creators {creator} --niche beauty"))
        .refused(2, &["nobody's affinity to beauty is known", "truereach niche learn"]);
    desk.run("niche learn m.trg -q").done(&[]);
    let inside = json(&desk, &format!("influence m.trg --creators {creator} --niche beauty"));
    assert!(number(&inside["rows"][0], "outside_niche") > 0.0 && number(&inside["rows"][0], "true_influence") > 0.0);
    desk.run(&format!("influence m.trg --creators {creator} --weight authentic"))
        .refused(2, &["--weight: true influence counts"]);
}

#[test]
fn reasons_accounts_and_days_can_be_looked_at() {
    let desk = Desk::new();
    market(&desk);
    let found = json(&desk, "audit m.trg --patterns --no-keep");
    let first = &found["rows"][0];
    assert_eq!(first["reason"], "lockstep");
    assert!(first["verdict"].as_str().unwrap().contains("consistent with bought followers"), "{first}");
    assert!(
        first["appeal"].as_str().unwrap().len() > 20 && first["signs"].as_str().unwrap().contains("expected"),
        "{first}"
    );
    let rows = json(&desk, "audit m.trg --no-keep --top 1");
    let creator = rows["rows"][0]["creator"].as_str().unwrap();
    let accounts = json(&desk, &format!("audit m.trg --no-keep --accounts --creators {creator} --top 0"));
    let accounts = accounts["rows"].as_array().unwrap();
    assert!(accounts.len() > 5 && accounts[0]["reasons"].as_str().unwrap().contains("lockstep"), "{accounts:?}");
    assert!(accounts.windows(2).all(|pair| number(&pair[0], "authentic") <= number(&pair[1], "authentic")));
    let days = json(&desk, &format!("audit m.trg --arrivals --creators {creator}"));
    let days = days["rows"].as_array().unwrap();
    assert!(days.iter().any(|day| day["burst"] == "unexplained" || day["burst"] == "unknown"), "{days:?}");
    desk.run("audit m.trg --arrivals").refused(2, &["shows one creator"]);
    for line in [
        "audit m.trg --no-keep -o a.svg",
        "audit m.trg --no-keep --patterns -o p.svg",
        &format!("audit m.trg --arrivals --creators {creator} -o d.svg"),
        &format!("influence m.trg --creators {creator} -o w.svg"),
    ] {
        desk.run(line).done(&[]);
    }
    for name in ["a.svg", "p.svg", "d.svg", "w.svg"] {
        let picture = String::from_utf8(desk.read(name)).unwrap();
        assert!(
            picture.starts_with("<svg ") && picture.contains("<title") && picture.matches("<rect").count() > 3,
            "{name}"
        );
    }
    assert!(!desk.files().iter().any(|name| name.contains("authenticity")), "{:?}", desk.files());
}

#[test]
fn labels_are_checked_row_by_row() {
    let desk = Desk::new();
    market(&desk);
    desk.write("l.csv", "account,real\nu0001,yes\nu0002,no\nnobody,yes\n");
    let found = desk.run("audit m.trg --labels l.csv --no-keep --top 1").done(&[]);
    assert!(
        found.err.contains("1 of 3 labels are about accounts not here") && found.err.contains("evidence trust: from 1"),
        "{}",
        found.err
    );
    desk.write("one.csv", "account,real\nu0001,yes\n");
    let found = desk.run("audit m.trg --labels one.csv --no-keep --top 1").done(&[]);
    assert!(found.err.contains("no account is labelled not real"), "{}", found.err);
    desk.write("bad.csv", "account,real\nu0001,maybe\n");
    desk.run("audit m.trg --labels bad.csv").refused(1, &["bad.csv:2:7", "yes or no", "maybe"]);
    desk.write("gone.csv", "account,real\nnobody,yes\n");
    desk.run("audit m.trg --labels gone.csv").refused(2, &["names no account of this network"]);
    desk.write("both.csv", "account,real\nu0001,yes\nu0001,no\n");
    desk.run("audit m.trg --labels both.csv").refused(1, &["both.csv:3:1", "u0001, labelled both real and not"]);
    desk.write("two.csv", "account,real\nu0001,yes\nu0002,yes\nu0003,no\nu0004,no\n");
    desk.run("audit m.trg --flags caught").refused(2, &["--labels"]);
    desk.run("audit m.trg --labels two.csv --flags caught").refused(2, &["no column caught"]);
    let line = "audit m.trg --labels two.csv --no-keep --top 2 --flags caught --define";
    let found = desk.run_all(
        &[&line.split(' ').collect::<Vec<_>>()[..], &["caught=follow niche=beauty", "--format", "json", "-q"]].concat(),
    );
    let found: Value = serde_json::from_str(&found.done(&[]).out).unwrap();
    let row = &found["rows"][0];
    assert!(!row["by_flags_because"].as_str().unwrap().is_empty() && row.get("by_flags").is_some(), "{row}");
    desk.run("audit m.trg --unseen 2").refused(2, &["--unseen", "not a share"]);
    desk.run("audit m.trg --level 0.2").refused(2, &["--level"]);
}

#[test]
fn data_that_carry_no_evidence_are_said_to() {
    let desk = Desk::new();
    std::os::unix::fs::symlink(repo("datasets"), desk.path("datasets")).unwrap();
    // No times, no interactions: lists, blocks and shape remain.
    let found = desk.run("audit datasets/lastfm-asia --top 2 --no-keep").done(&[]);
    assert!(
        found.err.contains("follows have no times") && found.err.contains("there are no interactions"),
        "{}",
        found.err
    );
    let found = desk.run("analyze datasets/lastfm-asia --top 2").done(&[]);
    assert!(found.err.contains("who in these audiences is real was not looked at"), "{}", found.err);
    // Lists of followers of whom nothing else is known.
    let found = json(&desk, "audit datasets/planner-example --no-keep --top 0");
    let rows = found["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["status"] == "not estimable"), "{rows:?}");
    desk.run("audit datasets/planner-example --accounts").refused(2, &["personal data", "--small-cells"]);
    // No follows at all.
    desk.write("log.csv", "from,to,type,time\na,b,like,2025-01-01\nb,c,share,2025-01-02\n");
    desk.run("ingest log.csv -o log.trg").done(&[]);
    desk.run("audit log.trg").refused(1, &["who follows whom"]);
}
