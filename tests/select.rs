//! `truereach select` as a planner runs it: on a market with prices, niches and people made up.
#![cfg(feature = "cli")]

use crate::common::program::Desk;
use serde_json::Value;

/// A market of 20,000 people beside the program.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.run("generate market --people 20000 --worlds 10 --rng-seed 3 -o market.trg").done(&[]);
    desk
}

fn plan(desk: &Desk, line: &str) -> Value {
    let shown = desk.run(&format!("select market.trg {line} --format json"));
    serde_json::from_str(&shown.done(&[]).out).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_plan_keeps_to_its_budget_and_limits_and_says_what_is_certain() {
    let desk = desk();
    let found = plan(&desk, "--budget 300M --at-most tier=macro:2 --at-least niche=beauty:2 --rivals");
    let (summary, rows) = (&found["summary"], found["rows"].as_array().unwrap());
    let spent: f64 = rows.iter().map(|row| number(&row["price"])).sum();
    assert!(spent <= 300e6 && spent > 250e6, "{spent}");
    assert_eq!(number(&summary["plan"]["cost"]), spent);
    assert_eq!(summary["currency"], "VND");
    let ratio = number(&summary["plan"]["ratio"]);
    assert!(ratio > 0.8 && ratio <= 1.0, "{ratio}");
    let reach = number(&summary["plan"]["reach"]);
    for rival in summary["beside"].as_array().unwrap() {
        assert!(number(&rival["reach"]) < reach && number(&rival["cost"]) <= 300e6, "{rival}");
    }
    let wishes: Vec<&str> =
        summary["wishes"].as_array().unwrap().iter().map(|wish| wish["wish"].as_str().unwrap()).collect();
    assert_eq!(wishes, ["--at-most tier=macro:2", "--at-least niche=beauty:2"]);
    let credits: f64 = rows.iter().map(|row| number(&row["credit"])).sum();
    let together = number(&rows[rows.len() - 1]["together"]);
    assert!((credits / together - 1.0).abs() < 1e-9);
    // The same again, on other threads.
    let line = "select market.trg --budget 300M --at-most tier=macro:2 --format csv --quiet";
    let one = desk.run(&format!("{line} --threads 1")).done(&[]).out;
    assert_eq!(desk.run(&format!("{line} --threads 3")).done(&[]).out, one);
}

#[test]
fn a_plan_is_tried_under_other_models_and_draws() {
    let desk = desk();
    let found = plan(&desk, "--count 5 --robust=wc,ic:0.01");
    let rows = found["rows"].as_array().unwrap();
    let under: Vec<&str> = rows.iter().map(|row| row["under"].as_str().unwrap()).collect();
    assert_eq!(under[5..], ["wc", "ic:0.01"]);
    assert!(under[..5].iter().all(|under| under.starts_with("prior, draw ")));
    for row in rows {
        let kept = number(&row["kept"]);
        assert!(kept > 0.3 && kept < 1.05, "{row}");
        assert!(number(&row["reach"]) > 0.0 && number(&row["common"]) <= 5.0);
    }
    // Other draws of the exposure change how many are reached, hardly whom to sign; other models may.
    assert!(rows[..5].iter().all(|row| number(&row["kept"]) > 0.9));
    let reaches: Vec<f64> = rows[..5].iter().map(|row| number(&row["reach"])).collect();
    assert!(reaches.iter().any(|reach| (reach / reaches[0] - 1.0).abs() > 0.05), "{reaches:?}");
}

#[test]
fn more_money_never_reaches_fewer_and_the_frontier_says_so() {
    let desk = desk();
    let found = plan(&desk, "--budget 400M --frontier=5");
    let rows = found["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    let reaches: Vec<f64> = rows.iter().map(|row| number(&row["reach"])).collect();
    assert!(reaches.windows(2).all(|pair| pair[0] < pair[1]), "{reaches:?}");
    assert_eq!(rows.iter().filter(|row| row["knee"] == "knee").count(), 1);
    assert_eq!(number(&rows[4]["reach"]), number(&found["summary"]["plan"]["reach"]));
}

#[test]
fn a_portfolio_of_ones_own_is_judged_beside_the_best() {
    let desk = desk();
    let best = plan(&desk, "--count 4");
    let names: Vec<&str> =
        best["rows"].as_array().unwrap().iter().map(|row| row["creator"].as_str().unwrap()).collect();
    desk.write("own.txt", names[1..].join("\n"));
    let again = plan(&desk, "--count 4 --beside @own.txt");
    let (plan_reach, own) = (number(&again["summary"]["plan"]["reach"]), &again["summary"]["beside"][0]);
    assert!(number(&own["reach"]) < plan_reach && number(&own["ratio"]) < number(&again["summary"]["plan"]["ratio"]));
    assert_eq!(own["creators"].as_array().unwrap().len(), 3);
}

#[test]
fn what_cannot_be_kept_or_read_is_said_in_a_sentence() {
    let desk = desk();
    let refused = |line: &str, says: &[&str]| {
        desk.run(&format!("select market.trg {line}")).refused(2, says);
    };
    refused("", &["say how many creators, how much money, or both", "--count 10"]);
    refused("--count 0", &["--count", "at least one creator"]);
    refused("--budget 5", &["5 is below the price of the cheapest candidate"]);
    refused("--budget lots", &["--budget", "\"lots\"", "800M"]);
    refused("--count 2 --at-least niche=beauty:3", &["keeps all of --at-least niche=beauty:3, --count 2"]);
    refused("--count 2 --at-most colour=red:1", &["no column \"colour\"", "niche"]);
    refused("--count 2 --at-least niche=knitting:1", &["no candidate has niche=knitting"]);
    refused("--count 2 --at-least niche", &["niche", "tier=mega:2"]);
    refused("--budget 300M --price niche", &["niche holds text, not prices"]);
    refused("--count 2 --people niche=knitting", &["nobody in this network has niche=knitting"]);
    refused("--count 2 --exclusive nobody", &["is not a pair ID:ID"]);
    refused("--count 2 --must nobody-at-all", &["\"nobody-at-all\" is not in this network"]);
    refused("--budget 300M --method celf", &["celf:1000 chooses by --count alone"]);
    refused("--count 2 --time-limit=-1", &["--time-limit"]);
    let two = plan(&desk, "--count 2 --plain");
    let name = |at: usize| two["rows"][at]["creator"].as_str().unwrap().to_owned();
    refused(
        &format!("--count 2 --must {} --never {}", name(0), name(0)),
        &["no portfolio keeps all of", &format!("--must {}", name(0)), &format!("--never {}", name(0))],
    );
}

#[test]
fn stopped_by_the_clock_it_exits_3_and_can_be_repeated() {
    let desk = desk();
    let line = "select market.trg --count 8 --model ic:0.02 --tolerance 0.000001 --plain --format json";
    let stopped = desk.run(&format!("{line} --time-limit 0.2")).refused(3, &["--samples", "gives this plan again"]);
    let stopped: Value = serde_json::from_str(&stopped.out).unwrap();
    let samples = stopped["summary"]["samples"].as_u64().unwrap();
    let again = desk.run(&format!("{line} --samples {samples}")).done(&[]).out;
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(stopped["rows"], again["rows"]);
    assert_eq!(stopped["summary"]["plan"], again["summary"]["plan"]);
}

#[test]
fn after_a_first_post_creators_are_chosen_for_people_it_did_not_reach() {
    let desk = desk();
    let first = plan(&desk, "--count 1 --plain");
    let poster = first["rows"][0]["creator"].as_str().unwrap().to_owned();
    desk.write("observed.csv", format!("account,status\n{poster},posted\n"));
    let next = plan(&desk, "--count 2 --after observed.csv");
    let under_way = &next["summary"]["under_way"];
    assert_eq!(under_way["posters"][0], poster.as_str());
    assert!(number(&under_way["exposed"]["people"]) > 0.0);
    let rows = next["rows"].as_array().unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|row| row["creator"] != poster.as_str()));
    // Nothing observed: the plan from the start, to the last byte of its rows.
    desk.write("nothing.csv", "account,status\n");
    let (plain, empty) = (plan(&desk, "--count 3"), plan(&desk, "--count 3 --after nothing.csv"));
    assert_eq!(plain["rows"], empty["rows"]);
    desk.write("wrong.csv", "account,status\nnobody-at-all,posted\n");
    desk.run("select market.trg --count 2 --after wrong.csv").refused(1, &["wrong.csv:2", "an account of the network"]);
}
