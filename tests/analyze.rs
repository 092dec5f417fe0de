//! The main table from the command line: what it says, what it refuses to say, and that threads never show.

use std::path::Path;

use crate::common::repo;
use assert_cmd::Command;
use serde_json::Value;

fn truereach(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("truereach").unwrap();
    command.args(args);
    command
}

/// Standard output of a command that succeeds.
fn said(args: &[&str]) -> String {
    let output = truereach(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&said(&[args, &["--format", "json"]].concat())).unwrap()
}

fn dataset(name: &str) -> String {
    repo("datasets").join(name).display().to_string()
}

/// A file in a folder of its own.
fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn without_a_network_it_explains_itself_and_runs_on_the_shipped_one() {
    let output = truereach(&["analyze"]).output().unwrap();
    assert!(output.status.success());
    let (out, words) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(out.lines().count(), 21, "a header and 20 creators");
    assert!(out.starts_with("account\tname\tfollowers"), "{out}");
    for part in ["No network was named", "truereach ingest", "assumed: exposure per feed post", "assumed: resharing"] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn every_figure_keeps_its_order_and_its_interval() {
    let table = json(&["analyze", &dataset("lastfm-asia"), "--top", "40", "-q"]);
    assert_eq!(table["schema"], "truereach/analyze/1");
    assert_eq!(table["provenance"]["rng_seed"], 1);
    assert_eq!(table["summary"]["creators"], 7624);
    assert!(table["assumptions"].as_array().unwrap().len() >= 2);
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 40);
    let number = |row: &Value, key: &str| row[key].as_f64().unwrap_or_else(|| panic!("{key}: {row}"));
    for row in rows {
        let (direct, reach, tunkrank) = (number(row, "direct"), number(row, "reach"), number(row, "tunkrank"));
        assert!(direct <= reach, "R0 <= R: {row}");
        assert!(number(row, "sim_error_low") <= tunkrank, "R <= I within the simulation error: {row}");
        assert!(
            number(row, "interval_low") <= number(row, "sim_error_low")
                && number(row, "sim_error_high") <= number(row, "interval_high"),
            "{row}"
        );
        assert!((number(row, "amplification") - reach / direct).abs() < 1e-12);
        assert!(row["interactions"].is_null() && row["engagement"].is_null(), "no interactions, so none are claimed");
    }
    assert!(rows.windows(2).all(|pair| number(&pair[0], "reach") >= number(&pair[1], "reach")));
}

#[test]
fn a_time_limit_is_named_with_the_figures_and_its_law_with_the_assumptions() {
    let network = dataset("lastfm-asia");
    let base = ["reach", &network, "--creators", "7237,3530", "--model", "wc", "--rho", "0.5", "-q"];
    let whole = json(&base);
    let given = json(&[&base[..], &["--within", "24", "--delay", "exp:6"]].concat());
    let assumed = json(&[&base[..], &["--within", "24"]].concat());
    let people = |table: &Value, figure: &str| {
        let rows = table["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["figure"] == figure).unwrap_or_else(|| panic!("{figure}: {rows:?}"));
        (row["people"].as_f64().unwrap(), row["status"].as_str().unwrap().to_owned())
    };
    let arrives = 1.0 - libm::exp(-4.0);
    let (reach, status) = people(&given, "reach within 24 hours");
    assert!(reach < people(&whole, "reach").0 && status == "estimated");
    let (direct, all) = (people(&given, "  direct").0, people(&whole, "  direct").0);
    // Not less than G times as much: of two followees that one hears, one in time is enough.
    assert!(direct >= all * arrives - 1e-9 && direct < all, "{direct} {all}");
    assert_eq!(people(&assumed, "sharers within 24 hours").1, "assumed");
    assert_eq!((&given["summary"]["within"], &whole["summary"]["within"]), (&Value::from(24.0), &Value::Null));
    for (table, says) in [(&given, "exponential, mean 6 hours, given"), (&assumed, "sigma 4.7, assumed, not measured")]
    {
        assert!(table["assumptions"].to_string().contains(says), "{}", table["assumptions"]);
    }
    let ranked = |more: &[&str]| {
        json(&[&["analyze", &network, "--top", "3", "--model", "wc", "--rho", "0.5", "-q"], more].concat())
    };
    let (limited, whole) = (ranked(&["--within", "24", "--delay", "exp:6"]), ranked(&[]));
    for row in limited["rows"].as_array().unwrap() {
        let same = |other: &&Value| other["account"] == row["account"];
        assert!(row["direct"].as_f64() <= row["reach"].as_f64() && row["status"] == "estimated", "{row}");
        if let Some(before) = whole["rows"].as_array().unwrap().iter().find(same) {
            let ratio = row["direct"].as_f64().unwrap() / before["direct"].as_f64().unwrap();
            assert!(
                (ratio - arrives).abs() < 1e-9 && row["reach"].as_f64() < before["reach"].as_f64(),
                "{row} {before}"
            );
        }
    }
    assert!(limited["notes"].to_string().contains("within 24 hours of the post"), "{}", limited["notes"]);
    for (more, says) in [
        (&["--delay", "exp:6"][..], "--delay: exp:6 says nothing without a time limit"),
        (&["--within", "0"], "--within: 0 is not a number of hours above 0"),
        (&["--within", "1", "--delay", "exp"], "\"\" is not a number"),
    ] {
        let output = truereach(&[&base[..], more].concat()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(says), "{said}");
    }
}

#[test]
fn threads_and_a_snapshot_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("n.trg").display().to_string();
    let raw = dataset("lastfm-asia");
    said(&["ingest", &raw, "-o", &snapshot, "-q"]);
    for args in [
        vec!["analyze", "--top", "15", "--format", "json"],
        vec!["analyze", "--top", "5", "--model", "wc", "--rho", "0.5", "--format", "json"],
        vec!["reach", "--creators", "7237,3530,524", "--format", "json"],
        vec!["rank", "pagerank", "--top", "0", "--format", "json"],
        vec!["rank", "tunkrank", "--model", "ic:0.02", "--top", "0", "--format", "json"],
        vec!["rank", "personal", "--from", "7237,3530,524", "--top", "30", "--format", "json"],
        vec!["communities", "--top", "0", "--format", "json"],
    ] {
        let with = |network: &str, threads: &str| {
            let at = if args[0] == "rank" { 2 } else { 1 };
            let mut all = args.clone();
            all.splice(at..at, [network, "--threads", threads, "-q"]);
            said(&all)
        };
        let one = with(&snapshot, "1");
        for threads in ["2", "3", "8"] {
            assert!(with(&snapshot, threads) == one, "{args:?} with {threads} threads");
        }
        assert!(with(&raw, "2") == one, "{args:?} on raw files");
    }
}

#[test]
fn another_seed_gives_other_worlds_within_the_error() {
    let reach = |seed: &str| {
        let table = json(&["reach", &dataset("lastfm-asia"), "--creators", "7237", "--rng-seed", seed, "-q"]);
        table["rows"][0]["people"].as_f64().unwrap()
    };
    let (a, b) = (reach("1"), reach("2"));
    assert!(a != b && (a - b).abs() < 0.05 * a, "{a} {b}");
}

#[test]
fn follower_lists_give_direct_reach_and_nothing_beyond() {
    let folder = tempfile::tempdir().unwrap();
    // Two creators with 40 and 30 followers who follow nobody else.
    let rows: String =
        (0..40).map(|i| format!("fan{i},anh\n")).chain((20..50).map(|i| format!("fan{i},bao\n"))).collect();
    let lists = file(folder.path(), "lists.csv", &format!("follower,followee\n{rows}"));
    let output = truereach(&["analyze", &lists, "--format", "json"]).output().unwrap();
    let table: Value = serde_json::from_slice(&output.stdout).unwrap();
    let anh = &table["rows"][0];
    assert_eq!((anh["account"].as_str(), anh["followers"].as_u64()), (Some("anh"), Some(40)));
    assert_eq!(anh["direct"], 12.0);
    assert_eq!((anh["direct_range_low"].as_f64(), anh["direct_range_high"].as_f64()), (Some(8.0), Some(16.0)));
    for figure in ["reach", "interval_low", "pagerank", "tunkrank", "community", "amplification"] {
        assert!(anh[figure].is_null(), "{figure} cannot be known from lists");
    }
    assert!(table["notes"].to_string().contains("need whom the followers follow"));
    // Together they reach 30% of the 30 who follow one of them, and 51% of the 20 who follow both: all direct.
    let both = json(&["reach", &lists, "--creators", "anh,bao", "-q"]);
    let row =
        |figure: &str| both["rows"].as_array().unwrap().iter().find(|row| row["figure"] == figure).unwrap().clone();
    assert!((row("direct")["people"].as_f64().unwrap() - (0.3 * 30.0 + 0.51 * 20.0)).abs() < 1e-9, "{both}");
    assert_eq!(row("direct")["status"], "assumed");
    assert_eq!((&row("reach")["people"], row("reach")["status"].as_str()), (&Value::Null, Some("not estimable")));
    assert!(both["notes"].to_string().contains("spread beyond followers: not observed"));
    // The communities are of shared audiences, and the measure is named.
    let shared = json(&["communities", &lists, "-q"]);
    assert!(shared["summary"]["method"].as_str().unwrap().contains("Barber's bipartite modularity"), "{shared}");
    for verb in [
        vec!["reach", &lists, "--creators", "anh", "--model", "wc"],
        vec!["rank", "pagerank", &lists],
        vec!["communities", &lists, "--undirected"],
        vec!["communities", &lists, "--method", "labels"],
    ] {
        let output = truereach(&verb).output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{verb:?}");
        assert!(words.contains("whom the followers follow") || words.contains("following_claimed"), "{words}");
    }
}

#[test]
fn interactions_alone_give_engagers_and_a_labelled_stand_in_only_when_asked() {
    let log = dataset("collegemsg");
    let table = json(&["analyze", &log, "--top", "3", "-q"]);
    let first = &table["rows"][0];
    assert!(first["followers"].is_null() && first["reach"].is_null() && first["tier"].is_null());
    assert!(first["interactions"].as_u64().unwrap() > 0 && first["engagers"].as_u64().unwrap() > 0);
    assert!(table["notes"].to_string().contains("--audience-from message"));
    let refused = truereach(&["reach", &log, "--creators", "9"]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("needs who follows whom"));

    let table = json(&["analyze", &log, "--audience-from", "message", "--top", "3", "-q"]);
    assert!(table["notes"].to_string().contains("proxy audience from message (not follows)"));
    assert!(table["rows"][0]["reach"].as_f64().unwrap() > 0.0);
    assert!(table["rows"][0]["tier"].is_null(), "a stand-in for followers makes no tier");
}

#[test]
fn windows_and_half_lives_change_what_counts() {
    let log = dataset("collegemsg");
    let count = |extra: &[&str]| {
        let args = [&["analyze", &log, "--top", "0", "--small-cells", "-q"], extra].concat();
        let table = json(&args);
        table["rows"].as_array().unwrap().iter().filter_map(|row| row["interactions"].as_u64()).sum::<u64>()
    };
    let (all, june) = (count(&[]), count(&["--since", "2004-06-01", "--until", "2004-07-01"]));
    let before = count(&["--until", "2004-06-01"]);
    let after = count(&["--since", "2004-07-01"]);
    assert_eq!(all, 59_835);
    assert_eq!(before + june + after, all, "windows that tile the time tile the events");
    assert!(june > 0 && june < all);
}

#[test]
fn only_filters_and_says_what_it_can_filter_by() {
    let table = json(&[
        "analyze",
        &dataset("lastfm-asia"),
        "--only",
        "niche=0,17",
        "--only",
        "followers>=100",
        "--top",
        "0",
        "-q",
    ]);
    let rows = table["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        assert!(["0", "17"].contains(&row["niche"].as_str().unwrap()) && row["followers"].as_u64().unwrap() >= 100);
    }
    let output = truereach(&["analyze", &dataset("lastfm-asia"), "--only", "colour=red"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there are: account, tier, followers"), "{output:?}");
}

#[test]
fn priors_come_from_a_file_and_its_faults_are_placed() {
    let folder = tempfile::tempdir().unwrap();
    let shown = said(&["priors"]);
    let as_shipped = file(folder.path(), "priors.toml", &shown);
    let network = dataset("lastfm-asia");
    let run = |priors: &str| said(&["analyze", &network, "--top", "3", "--priors", priors, "-q"]);
    assert_eq!(run(&as_shipped), said(&["analyze", &network, "--top", "3", "-q"]), "the file printed is the default");
    let quiet = file(folder.path(), "quiet.toml", &shown.replace("rho = 0.01", "rho = 0.005"));
    assert_ne!(run(&quiet), run(&as_shipped));
    let wrong = file(folder.path(), "wrong.toml", "rho = 2.0\n");
    let output = truereach(&["analyze", &network, "--priors", &wrong]).output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("rho"), "{output:?}");
}

#[test]
fn probabilities_are_due_where_the_model_takes_them_from_weights() {
    let folder = tempfile::tempdir().unwrap();
    let rows = file(folder.path(), "weights.txt", "a b -0.5\nb c 0.5\nc a 3\n");
    let output = truereach(&["analyze", &rows, "--model", "edge"]).output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && words.contains("-0.5"), "{words}");
    let bare = file(folder.path(), "bare.txt", "a b\nb c\nc a\n");
    let output = truereach(&["analyze", &bare, "--model", "edge"]).output().unwrap();
    assert!(!output.status.success(), "edge without weights is refused");
    for model in ["ic:2", "ic:NaN", "virus"] {
        let output = truereach(&["analyze", &bare, "--model", model]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{model}");
    }
}

#[test]
fn a_goal_not_met_is_exit_3_with_the_best_so_far() {
    let args = [
        "reach",
        &dataset("lastfm-asia"),
        "--creators",
        "7237",
        "--half-width",
        "0.0001",
        "--max-worlds",
        "1024",
        "-q",
    ];
    let output = truereach(&args).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("reach"), "the best so far is printed");
    assert!(String::from_utf8_lossy(&output.stderr).contains("goal not met"), "{output:?}");
}

#[test]
fn a_window_without_times_is_refused_and_undated_rows_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let bare = file(folder.path(), "bare.txt", "a b\nb c\nc a\n");
    let output = truereach(&["analyze", &bare, "--since", "2020-01-01"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no row has a time"), "{output:?}");
    let some = file(folder.path(), "some.csv", "from,to,time\na,b,2020-05-01\nb,c,2019-01-01\nc,a,\n");
    let args = ["analyze", &some, "--since", "2020-01-01", "--undated", "half", "--top", "0", "-q"];
    let table = json(&args);
    assert!(table["notes"].to_string().contains("1 rows have no time"), "{}", table["notes"]);
    let followers: u64 = table["rows"].as_array().unwrap().iter().filter_map(|row| row["followers"].as_u64()).sum();
    assert_eq!(followers, 2, "the follow of 2019 is outside");
    let output = truereach(&["analyze", &some, "--until", "1990-01-01", "--undated", "drop"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("the data runs from 2019-01-01"), "{output:?}");
}

#[test]
fn claims_well_over_the_lists_make_a_sample_and_leave_an_assumed_direct_reach() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..30).flat_map(|u| (1..6).map(move |k| format!("c{u},c{}\n", (u + k) % 30))).collect();
    let lists = file(folder.path(), "lists.csv", &format!("follower,followee\n{rows}"));
    let claims: String = (0..30).map(|u| format!("c{u},{}\n", 5_000 + u)).collect();
    let table = file(folder.path(), "creators.csv", &format!("id,followers\n{claims}"));
    let snapshot = folder.path().join("n.trg").display().to_string();
    let summary = said(&["ingest", &lists, "--creators-table", &table, "-o", &snapshot]);
    assert!(summary.contains("sampled lists"), "{summary}");
    let row = &json(&["analyze", &snapshot, "-q"])["rows"][0];
    assert!(row["reach"].is_null() && row["followers"].is_null() && row["followers_claimed"].as_f64() > Some(4_999.0));
    assert_eq!((row["status"].as_str(), row["direct_status"].as_str()), (Some("not estimable"), Some("assumed")));
    let claimed = row["followers_claimed"].as_f64().unwrap();
    assert!((row["direct"].as_f64().unwrap() / (0.3 * claimed) - 1.0).abs() < 0.001, "{row}");
}

#[test]
fn no_output_replaces_an_input_and_half_weighted_follows_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let weighted = file(folder.path(), "weighted.csv", "from,to,weight\na,b,2\n");
    let output = truereach(&["ingest", &weighted, "-o", &weighted, "--force"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is an input of this command"), "{output:?}");
    assert!(std::fs::read_to_string(&weighted).unwrap().starts_with("from,to"));
    let bare = file(folder.path(), "bare.csv", "from,to\na,b\n");
    let target = folder.path().join("n.trg").display().to_string();
    let output = truereach(&["ingest", &weighted, &bare, "-o", &target]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("a weight on every follow, or on none"), "{output:?}");
}

#[test]
fn without_resharing_reach_is_the_direct_reach_to_the_last_bit() {
    let table = json(&["analyze", &dataset("lastfm-asia"), "--rho", "0", "--draws", "0", "--top", "0", "-q"]);
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 7624);
    for row in rows {
        assert!(row["reach"] == row["direct"] && row["sim_error_low"] == row["direct"], "{row}");
    }
}
