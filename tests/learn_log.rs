//! `learn` and `backtest --cascades` as a person runs them, on a market with its own log and on a published one.

use crate::common::program::Desk;
use crate::common::repo;
use serde_json::Value;

/// A small market with its shares, as a snapshot.
fn market() -> Desk {
    let desk = Desk::new();
    desk.run(
        "generate market --people 12000 --creators-scale 0.012 --rng-seed 3 --posts-per-week 3 --worlds 10 -o m.trg",
    )
    .done(&[]);
    desk
}

fn json(desk: &Desk, line: &str) -> Value {
    serde_json::from_str(&desk.run(&format!("{line} --format json")).done(&[]).out).unwrap()
}

fn notes(table: &Value) -> String {
    table["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned() + "\n").collect()
}

#[test]
fn what_is_learned_is_kept_and_reach_uses_it() {
    let desk = market();
    let before = json(&desk, "reach m.trg --creators @top.txt".replace("@top.txt", &top(&desk)).as_str());
    let said = desk.run("learn m.trg").done(&["of_1000", "one-way"]);
    assert!(said.err.contains("kept as") && said.err.contains("m.learned.trg"), "{}", said.err);
    let table = json(&desk, "learn m.trg --no-keep");
    let learned = &table["summary"]["learned"];
    assert!(learned["acts"].as_u64().unwrap() > 50 && learned["leak"].as_f64().unwrap() > 0.0);
    let resharing = learned["resharing"].as_f64().unwrap();
    assert!((0.001..0.2).contains(&resharing), "{resharing}");
    let line = format!("reach m.trg --creators {}", top(&desk));
    let after = json(&desk, &line);
    let assumed = |table: &Value| table["assumptions"].to_string();
    assert!(assumed(&after).contains("learned from a log of cascades"), "{}", assumed(&after));
    assert!(!assumed(&before).contains("learned from a log"));
    let without = json(&desk, &format!("{line} --rho interactions"));
    assert!(!assumed(&without).contains("learned from a log"));
    // Which estimator would have been best, and who gets credit.
    let estimators = json(&desk, "learn m.trg --by estimator --no-keep");
    let names: Vec<&str> =
        estimators["rows"].as_array().unwrap().iter().map(|row| row["estimator"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 11, "{names:?}");
    assert!(names[0].starts_with("hierarchical"), "{names:?}");
    let accounts = json(&desk, "learn m.trg --by account --no-keep");
    let credit = |row: &Value| row["credit"].as_f64().unwrap();
    let rows = accounts["rows"].as_array().unwrap();
    assert!(rows.len() > 10 && credit(&rows[0]) >= credit(&rows[1]) && credit(&rows[0]) > 1.0);
    desk.run(&format!("{line} --model wc --rho interactions")).refused(2, &["--rho", "prior"]);
}

/// The most followed account of the market.
fn top(desk: &Desk) -> String {
    let table = json(desk, "rank pagerank m.trg --top 1");
    table["rows"][0]["account"].as_str().unwrap().to_owned()
}

#[test]
fn past_cascades_are_predicted_and_every_later_figure_says_how_well() {
    let desk = market();
    let table = json(&desk, "backtest m.trg --cascades --origins 3 --draws 60 --plots pictures");
    let verdict = &table["summary"]["verdict"];
    assert_eq!(verdict["measure"], "sharers");
    let weights: f64 =
        verdict["mixture"].as_array().unwrap().iter().map(|mixed| mixed["weight"].as_f64().unwrap()).sum();
    assert!((weights - 1.0).abs() < 1e-9);
    let rows: Vec<&str> =
        table["rows"].as_array().unwrap().iter().map(|row| row["cascades"].as_str().unwrap()).collect();
    for row in ["all", "creators: seen before", "alone: learned", "alone: weighted cascade", "alone: independent draws"]
    {
        assert!(rows.contains(&row), "{row} in {rows:?}");
    }
    for picture in ["calibration.svg", "pit.svg", "skill.svg"] {
        assert!(desk.path("pictures").join(picture).exists());
    }
    let reach = json(&desk, &format!("reach m.trg --creators {}", top(&desk)));
    assert!(notes(&reach).contains("past cascades"), "{}", notes(&reach));
    desk.run("backtest m.trg").refused(2, &["--posts"]);
    desk.run("backtest m.trg --posts --conformal").refused(2, &["--conformal", "--cascades"]);
    desk.run("backtest m.trg --cascades --horizon 0").refused(2, &["--horizon"]);
}

/// Android Stack Exchange: a published split without dates.
#[test]
fn a_published_split_is_predicted_from_all_of_the_log() {
    let desk = Desk::new();
    let data = repo("datasets/infvae-android").display().to_string();
    desk.run(&format!("ingest {data} -o a.trg")).done(&[]);
    let log = format!("--log {data}/train.txt.gz {data}/val.txt --time-unit s");
    let table = json(&desk, &format!("backtest a.trg --cascades {log} --test {data}/test.txt.gz --draws 60"));
    let all = &table["rows"][0];
    assert!(all["count"].as_u64().unwrap() >= 130 && all["skill_wc"].as_f64().unwrap() > 0.5, "{all}");
    assert!((0.6..=1.0).contains(&all["held80"].as_f64().unwrap()), "{all}");
    // Offsets do not say their unit, and do not lie before or after anything.
    desk.run(&format!("backtest a.trg --cascades --log {data}/train.txt.gz")).refused(2, &["--time-unit"]);
    let refused = desk.run(&format!("backtest a.trg --cascades --log {data}/train.txt.gz --time-unit s"));
    refused.refused(1, &["dates", "--test"]);
}

#[test]
fn odd_logs_are_refused_with_what_would_help() {
    let desk = Desk::new();
    desk.write("f.csv", "1,0\n2,0\n2,1\n3,1\n");
    desk.run("ingest f.csv -o f.trg").done(&[]);
    let with = |desk: &Desk, rows: &str| {
        desk.write("log.csv", rows);
        desk.run("learn f.trg --log log.csv --no-keep")
    };
    with(&desk, "user,post,time\n0,a,1700000000\n1,a,1700000600\n2,a,1700000900\n").done(&["everyday"]);
    for (rows, says) in [
        ("user,time\n0,1700000000\n1,1700000600\n", "item"),
        ("user,post,time\n0,a,1700000000\n1,a,1700000600000\n", "millisecond"),
        ("user,post,time\n0,a,1700000000\n1,a,9700000000\n", "log.csv:3"),
        ("user,post,time\nx,a,1700000000\ny,a,1700000600\n", "network"),
        ("user,post,time\n0,a,1700000000\n1,b,1700000600\n", "somebody acts after somebody else"),
    ] {
        let said = with(&desk, rows);
        assert!(said.code == Some(1) || said.code == Some(2), "{rows}: {said:?}");
        assert!(said.err.contains(says) && !said.err.contains("panicked"), "{rows}: {}", said.err);
    }
    // A network without a log of its own.
    desk.run("learn f.trg").refused(1, &["interactions"]);
}

/// A planner's folder: results are compared, kept once, and learned from.
#[test]
fn results_of_a_campaign_are_reconciled_once_and_learned_from() {
    let desk = Desk::new();
    let data = repo("datasets/planner-example").display().to_string();
    desk.run(&format!("ingest {data} -o p.trg")).done(&[]);
    desk.write(
        "results.csv",
        "platform,handle,post,reach,time,sponsored\ninstagram,baongoc.lab,C1,5200,2025-09-01,1\ntiktok,ducduy.bep,C2,90000,2025-09-02,0\n",
    );
    let table = json(&desk, "reconcile p.trg --results results.csv");
    let rows = table["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap();
        assert!(number("expected") > 1000.0 && number("next80_low") < number("next80_high"), "{row}");
    }
    // Far more than was expected moves the next post up, by less.
    let duy = rows.iter().find(|row| row["creator"] == "tiktok:ducduy.bep").unwrap();
    let factor = duy["next_after"].as_f64().unwrap() / duy["next_before"].as_f64().unwrap();
    assert!(factor > 1.05 && factor < duy["over_expected"].as_f64().unwrap(), "{duy}");
    let again = json(&desk, "reconcile p.trg --results results.csv");
    assert!(notes(&again).contains("2 results had been reconciled before"), "{}", notes(&again));
    assert!(notes(&again).contains("in 1 campaign since: too few posts to judge"), "{}", notes(&again));
    assert_eq!(again["rows"], table["rows"]);
    let said = desk.run("analyze p.trg --top 1").done(&[]);
    assert!(said.err.contains("2 results of campaigns are added to the posts"), "{}", said.err);
    desk.write("bad.csv", "handle,reach\nnobody,5\n");
    desk.run("reconcile p.trg --results bad.csv").refused(2, &["not in this network: nobody"]);
}
