//! `truereach run`: plans run cell by cell, stopped, gone on with, and refused.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn truereach() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("truereach"))
}

const PLAN: &str = "verb = \"reach\"\nnetworks = [\"small.csv\", \"ring.csv\"]\nseeds = [1, 2]\n[fixed]\ncreators = \"0\"\n\
                    [grid]\nmodel = [\"wc\", \"ic:0.2\"]\n";

/// A folder with two small networks and a plan.
fn folder(plan: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let mut small = String::from("follower,followee\n");
    for u in 1..60 {
        small.push_str(&format!("{u},{}\n{u},{}\n", u / 2, u / 3));
    }
    write("small.csv", &small);
    let ring: String = (0..40).map(|u| format!("{},{u}\n", (u + 1) % 40)).collect();
    write("ring.csv", &format!("follower,followee\n{ring}"));
    write("plan.toml", plan);
    folder
}

fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let out = truereach().current_dir(folder).arg("run").arg("plan.toml").args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
}

#[test]
fn a_row_a_cell_with_everything_it_depends_on() {
    let folder = folder(PLAN);
    let (code, _, said) = run(folder.path(), &["-o", "out.json"]);
    assert_eq!(code, 0, "{said}");
    let document: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    assert_eq!(
        (&rows[0]["network"], &rows[0]["model"], &rows[0]["seed"]),
        (&"small.csv".into(), &"wc".into(), &1.into())
    );
    assert_eq!(rows[7]["network"], "ring.csv");
    assert!(rows.iter().all(|row| row["status"] == "done" && row["reach.people"].as_f64().unwrap() > 0.0));
    assert!(rows.iter().all(|row| row["engine"].as_str().unwrap().starts_with("truereach ")));
    // The answer of a cell is the document of the command itself, to the byte.
    let alone = truereach()
        .current_dir(folder.path())
        .args(["reach", "ring.csv", "--creators", "0", "--model", "ic:0.2", "--rng-seed", "2", "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(rows[7]["answer"].as_str().unwrap().as_bytes(), alone.stdout);
    assert!(!folder.path().join("out.json.cells").exists());
}

#[test]
fn results_are_the_same_bytes_whole_or_in_pieces_at_any_number_of_threads() {
    let whole = folder(PLAN);
    assert_eq!(run(whole.path(), &["-o", "out.parquet", "--threads", "1"]).0, 0);
    let wanted = std::fs::read(whole.path().join("out.parquet")).unwrap();
    // The first half is done by a plan of half the networks, whose cells are the same; a killed run leaves just that.
    let pieces = folder(&PLAN.replace(", \"ring.csv\"", ", \"missing.csv\""));
    let (code, _, said) = run(pieces.path(), &["-o", "out.parquet", "--threads", "3"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("missing.csv") && !pieces.path().join("out.parquet").exists(), "{said}");
    assert_eq!(std::fs::read_dir(pieces.path().join("out.parquet.cells")).unwrap().count(), 4);
    std::fs::write(pieces.path().join("plan.toml"), PLAN).unwrap();
    let (code, _, said) = run(pieces.path(), &["-o", "out.parquet"]);
    assert!(code == 0 && said.contains("4 of 8 cells were done before"), "{said}");
    assert_eq!(std::fs::read(pieces.path().join("out.parquet")).unwrap(), wanted);
    // Nothing is replaced unless asked for.
    assert!(run(pieces.path(), &["-o", "out.parquet"]).2.contains("exists already"));
}

#[test]
fn a_killed_run_goes_on_without_repeating_finished_cells() {
    let plan = "verb = \"reach\"\nnetworks = [\"small.csv\"]\nseeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n[fixed]\n\
                creators = \"0\"\nmodel = \"ic:0.3\"\nhalf-width = 0.0005\nmax-worlds = 400000\n";
    let whole = folder(plan);
    run(whole.path(), &["-o", "out.parquet"]);
    let killed = folder(plan);
    let mut child =
        truereach().current_dir(killed.path()).args(["run", "plan.toml", "-o", "out.parquet"]).spawn().unwrap();
    let cells = killed.path().join("out.parquet.cells");
    let count = || {
        std::fs::read_dir(&cells).map_or(0, |files| {
            files
                .filter(|file| file.as_ref().is_ok_and(|file| file.path().extension().is_some_and(|e| e == "json")))
                .count()
        })
    };
    let begun = Instant::now();
    while count() < 2 && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = count();
    assert!((2..12).contains(&before), "killed after {before} cells");
    let (_, _, said) = run(killed.path(), &["-o", "out.parquet"]);
    assert!(said.contains(&format!("{before} of 12 cells were done before")), "{said}");
    let read = |folder: &Path| std::fs::read(folder.join("out.parquet")).unwrap();
    assert_eq!(read(killed.path()), read(whole.path()));
}

#[test]
fn a_dry_run_says_what_there_is_to_do_and_does_nothing() {
    let folder = folder(PLAN);
    let ingest =
        truereach().current_dir(folder.path()).args(["ingest", "small.csv", "-o", "small.trg"]).output().unwrap();
    assert!(ingest.status.success());
    std::fs::write(folder.path().join("plan.toml"), PLAN.replace("small.csv", "small.trg")).unwrap();
    let (code, out, said) = run(folder.path(), &["--dry-run"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(out.lines().count(), 9);
    assert!(out.lines().nth(1).unwrap().contains("to do"));
    assert!(said.contains("8 cells, 8 to do") && said.contains("4 cells are of networks that are raw files"), "{said}");
    assert!(!folder.path().join("plan.parquet").exists() && !folder.path().join("plan.parquet.cells").exists());
}

#[test]
fn a_cell_that_the_data_cannot_carry_is_told_and_the_others_stand() {
    let folder = folder(&PLAN.replace("creators = \"0\"", "creators = \"59\""));
    let (code, _, said) = run(folder.path(), &["-o", "out.ndjson"]);
    // 59 is nobody in the ring, and has no follower in the other network.
    assert!(code == 3 && said.contains("8 of 8 cells have no full answer"), "{code} {said}");
    let text = std::fs::read_to_string(folder.path().join("out.ndjson")).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["status"], "refused");
    assert!(first["problem"].as_str().unwrap().contains("59"));
}

#[test]
fn what_a_cell_depends_on_makes_it_another_cell() {
    let plan = PLAN.replace("creators = \"0\"", "creators = \"@list.txt\"").replace("\"small.csv\", ", "");
    let folder = folder(&plan);
    let reach = |list: &str, output: &str| {
        std::fs::write(folder.path().join("list.txt"), list).unwrap();
        // Stopped before the end: the second network is not there.
        std::fs::write(folder.path().join("plan.toml"), plan.replace("\"ring.csv\"", "\"ring.csv\", \"none.csv\""))
            .unwrap();
        assert_eq!(run(folder.path(), &["-o", output]).0, 1);
        std::fs::write(folder.path().join("plan.toml"), &plan).unwrap();
        let (code, _, said) = run(folder.path(), &["-o", output, "--force"]);
        assert_eq!(code, 0, "{said}");
        let text = std::fs::read_to_string(folder.path().join(output)).unwrap();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        (document["rows"][0]["reach.people"].as_f64().unwrap(), said)
    };
    let (one, said) = reach("0\n", "out.json");
    assert!(said.contains("4 of 4 cells were done before"), "{said}");
    // Another list in the same file is another question. What is left of the first is answered anew.
    let (two, _) = reach("0\n20\n", "other.json");
    assert_eq!((one, two), (39.0, 40.0));
}
