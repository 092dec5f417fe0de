//! `truereach bench` as a person runs it. Structure and exit codes; never a time.

use crate::common;
use crate::common::program::Desk;
use serde_json::Value;

#[test]
fn a_given_network_is_measured_stage_by_stage() {
    let desk = Desk::new();
    let lastfm = common::repo("datasets/lastfm-asia");
    let line =
        format!("bench {} --runs 1 --stage pagerank,components --threads-list 1,2 --format json", lastfm.display());
    let said = desk.run(&line).done(&[]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(document["schema"], "truereach/bench/1");
    assert_eq!(document["provenance"]["command"], "bench");
    assert_eq!(document["input"]["accounts"], 7624);
    let rows = document["rows"].as_array().unwrap();
    let named: Vec<(&str, u64)> =
        rows.iter().map(|row| (row["stage"].as_str().unwrap(), row["threads"].as_u64().unwrap())).collect();
    assert_eq!(named, [("pagerank", 1), ("pagerank", 2), ("components", 1), ("components", 2)]);
    for row in rows {
        assert!(row["failure"].is_null() && row["spread"].is_null());
        assert_eq!(row["seconds"].as_array().unwrap().len(), 1);
        assert!(row["median_seconds"].as_f64().unwrap() > 0.0 && row["per_second"].as_f64().unwrap() > 0.0);
        assert!(!row["accuracy"]["text"].as_str().unwrap().is_empty());
    }
    assert_eq!(rows[0]["digest"], rows[1]["digest"]);
    let figures = &rows[0]["accuracy"]["figures"];
    assert!((figures["sum"].as_f64().unwrap() - 1.0).abs() < 1e-9 && figures["error_bound"].as_f64().unwrap() <= 1e-9);
    assert_eq!(rows[2]["accuracy"]["figures"]["differ"], 0);
}

#[test]
fn every_stage_passes_on_a_network_made_here_and_all_outputs_are_there() {
    let desk = Desk::new();
    let all = ["generate", "write", "ingest", "open", "pagerank", "components", "core", "communities", "labels"];
    desk.run("bench --people 3000 --runs 5 --threads-list 1,2 --candidates 50 -o old.json --svg old.svg").done(&[]);
    let document: Value = serde_json::from_slice(&desk.read("old.json")).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let named: Vec<&str> = rows.iter().step_by(2).map(|row| row["stage"].as_str().unwrap()).collect();
    assert_eq!(named[..9], all);
    assert_eq!(named[9..], ["simulate", "top"]);
    assert!(rows.iter().all(|row| row["failure"].is_null()), "{rows:?}");
    let svg = String::from_utf8(desk.read("old.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(
        named.iter().all(|name| svg.contains(name)) && svg.contains("<title") && svg.contains("prefers-color-scheme")
    );

    // Against itself measured again: every row is there with a verdict; nothing is said to have another result.
    let again = "bench --people 3000 --threads-list 1,2 --candidates 50 --compare old.json --format table";
    let said = desk.run(again).done(&["now/before", "verdict"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
    assert!(!said.err.contains("another result"), "{}", said.err);
    // Nothing is replaced, and nothing compared that is not alike.
    desk.run("bench --people 3000 -o old.json").refused(1, &["exists already"]);
    desk.run("bench --people 2000 --compare old.json").refused(2, &["--compare", "it measured network"]);
    assert!(!desk.files().iter().any(|name| name.starts_with('.')), "{:?}", desk.files());
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence() {
    let desk = Desk::new();
    desk.write("other.json", "{\"schema\": \"truereach/analyze/1\"}");
    for (line, says) in [
        ("bench --stage pagerank,rank", "there is no stage \"rank\""),
        ("bench --runs 0", "--runs: 0 is not between 1 and 1000"),
        ("bench --threads-list 0", "--threads-list: 0 is not"),
        ("bench --people 1", "--people: 1 people are too few"),
        ("bench --creators 0", "--creators: must be at least 1"),
        ("bench --tolerance 0", "--tolerance"),
        ("bench --compare other.json", "this is truereach/analyze/1"),
        ("bench truth --people 1", "--people: 1 people are too few"),
        ("bench truth --seeds 0", "--seeds: 0 is not"),
    ] {
        desk.run(line).refused(2, &[says]);
    }
    let lastfm = common::repo("datasets/lastfm-asia");
    desk.run(&format!("bench {} --stage generate", lastfm.display()))
        .refused(2, &["generate is for a network made here"]);
}

#[test]
fn a_grid_of_known_truth_prints_and_writes_its_figures() {
    let desk = Desk::new();
    let line = "bench truth --people 1000,2000 --seeds 3 --creators 4 --truth-worlds 2000";
    let said = desk.run(&format!("{line} --format json")).done(&[]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(document["schema"], "truereach/bench-truth/1");
    assert_eq!((document["cells"].as_array().unwrap().len(), &document["all"]["creators"]), (6, &Value::from(24)));
    assert_eq!(desk.run(&format!("{line} --format json --threads 2")).out, said.out);
    desk.run(&format!("{line} --format table")).done(&["coverage", "1,000", "2,000", "all"]);
}

#[test]
fn kernels_are_measured_over_families_of_networks() {
    let desk = Desk::new();
    let line = "bench kernels --made rmat:8,rmat:9,lfr:1000 --runs 1 --threads-list 1,2";
    desk.run(&format!("{line} -o kernels.json")).done(&[]);
    let document: Value = serde_json::from_slice(&desk.read("kernels.json")).unwrap();
    assert_eq!(document["schema"], "truereach/bench-kernels/1");
    let rows = document["rows"].as_array().unwrap();
    let kernels =
        ["pagerank", "personal", "components", "harmonic", "core", "triangles", "leiden", "louvain", "labels"];
    assert!(kernels.iter().all(|kernel| rows.iter().filter(|row| row["stage"] == *kernel).count() == 6), "{rows:?}");
    assert!(rows.iter().all(|row| row["failure"].is_null() && row["nanoseconds"].as_f64().unwrap() > 0.0));
    assert!(rows.iter().filter(|row| row["network"] == "rmat:8").all(|row| row["growth"] == 1.0));
    // Ties of both: twice the follows, less those that were mutual.
    let edges = |stage: &str| rows.iter().find(|row| row["stage"] == stage).unwrap()["edges"].as_u64().unwrap();
    assert!(edges("core") > edges("pagerank") && edges("core") <= 2 * edges("pagerank"));

    let lastfm = common::repo("datasets/lastfm-asia");
    let given =
        format!("bench kernels {} --kernel core,ingest --runs 1 --threads-list 2 --format table", lastfm.display());
    let said = desk.run(&given).done(&["ns/edge", "0 cores differ", "every follow back"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 100), "{}", said.out);
    desk.run(&format!("{line} -o kernels.json")).refused(1, &["exists already"]);
    desk.run("bench kernels --made ring:5").refused(2, &["--made", "ring:5"]);
    desk.run("bench kernels --kernel pagerang").refused(2, &["--kernel", "pagerang"]);
    desk.run("bench kernels --threads-list 0").refused(2, &["--threads-list"]);
}
