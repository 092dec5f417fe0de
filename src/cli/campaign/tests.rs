//! Campaigns asked of the engine: the figures are those of the verbs, and what is wrong is said with its place.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::base::{Result, Run};
use crate::cli::ask::{Held, ask};
use crate::graph::attributes::known;
use crate::graph::{Column, Names, Network, Values, build};
use crate::report::page::{self, Findings, Language, html};
use crate::report::{Format, Table, number};

/// Names that a list cannot hold as they are, or that look like something else; sorted.
const NAMES: [&str; 6] = ["#chi", "@anh", "@no-such-file", "a, \"b\" & <i>c</i>", "مرحبا", "🙂 dung"];

/// Six creators with followers of their own and some shared ones.
fn held(run: &Run) -> Held {
    let fan = |creator: usize, fan: usize| format!("fan {creator} {fan:03}");
    let mut names: Vec<String> = NAMES.iter().map(|&name| name.to_owned()).collect();
    names.extend((0..NAMES.len()).flat_map(|creator| (0..200).map(move |at| fan(creator, at))));
    names.sort_unstable();
    let place = |name: &str| names.binary_search_by(|other| other.as_str().cmp(name)).unwrap() as u32;
    let mut follows = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        follows.extend((0..60 + 20 * at).map(|one| (place(&fan(at, one)), place(name))));
        follows.extend((0..15).map(|one| (place(&fan((at + 1) % NAMES.len(), one)), place(name))));
    }
    let mut network = Network::from_graph(build::graph(names.len(), &follows));
    network.names = Names::from_sorted(names.iter().map(|name| name.as_bytes()));
    let creators = names.iter().map(|name| if NAMES.contains(&name.as_str()) { 1.0 } else { f64::NAN });
    let creators: Vec<f64> = creators.collect();
    network.attributes.insert(Column { name: known::CREATOR.into(), values: Values::Number(creators.into()) });
    Held::made(network, run).unwrap()
}

/// A shipped data set.
fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name)
}

fn lastfm(run: &Run) -> Held {
    Held::read(&[shipped("lastfm-asia").display().to_string()], run).unwrap().0
}

fn document(table: &Table) -> Value {
    let mut text = Vec::new();
    table.write(Format::Json, 0, &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// What a verb answers to these words.
fn answer(words: &[&str], held: &Held, run: &Run) -> Value {
    let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    document(&ask(&words, Some(held), run, false).unwrap().tables[0])
}

fn parsed(text: &str) -> Campaign {
    Campaign::parse(text, "campaign.toml").unwrap()
}

fn prepared(text: &str, held: &Held, run: &Run) -> Findings {
    prepare(&parsed(text), held, run, false).unwrap()
}

#[test]
fn the_figures_are_those_of_the_command_line() {
    let run = Run::new(1);
    let held = lastfm(&run);
    let findings = prepared("count = 4\n[risk]\nhazard = 0.02\n", &held, &run);
    let list = format!("--creators={}", findings.asked.creators.join(","));
    let of = |part: &page::Part| document(part.table.as_ref().unwrap());
    assert_eq!(of(&findings.plan), answer(&["select", "--count=4"], &held, &run));
    let reach = answer(&["reach", &list], &held, &run);
    assert_eq!(of(&findings.reach), reach);
    assert_eq!(of(&findings.influence), answer(&["influence", &list], &held, &run));
    assert_eq!(of(&findings.curve), answer(&["overlap", "--curve", &list], &held, &run));
    assert_eq!(of(&findings.sets), answer(&["overlap", "--sets=40", &list], &held, &run));
    assert_eq!(of(&findings.risk), answer(&["risk", "--hazard=0.02", &list], &held, &run));
    // And the page shows them, rounded as the command line rounds.
    let page = html(&findings, Language::En);
    for key in ["people", "interval_low", "interval_high"] {
        let shown = number::people(reach["rows"][0][key].as_f64().unwrap());
        assert!(page.contains(&shown), "{key}: {shown}");
    }
    for row in answer(&["select", "--count=4"], &held, &run)["rows"].as_array().unwrap() {
        for key in ["added", "together", "only", "credit", "credit_interval_high"] {
            let shown = number::people(row[key].as_f64().unwrap());
            assert!(page.contains(&shown), "{key}: {shown}");
        }
    }
    assert!(page.contains("7879dcfad736727e") && page.contains("truereach select --count=4"));
}

#[test]
fn equal_bytes_at_any_number_of_threads() {
    let page = |threads: usize| {
        let run = Run::new(3).threads(threads).unwrap();
        let held = held(&run);
        html(&prepared("count = 3\n[risk]\nhazard = 0.1\n", &held, &run), Language::Vi)
    };
    let one = page(1);
    assert!([2, 3, 8].into_iter().all(|threads| page(threads) == one));
}

#[test]
fn creators_may_be_called_anything() {
    let run = Run::new(1);
    let held = held(&run);
    let campaign =
        Campaign { creators: Some(NAMES.iter().map(|&name| name.to_owned()).collect()), ..Campaign::default() };
    let findings = prepare(&campaign, &held, &run, false).unwrap();
    let mut creators = findings.asked.creators.clone();
    creators.sort_unstable();
    assert_eq!(creators, NAMES);
    for (name, part) in findings.parts() {
        assert!(part.table.is_some(), "{name}: {:?}", part.missing);
    }
    let page = html(&findings, Language::En);
    assert!(page.contains("a, &quot;b&quot; &amp; &lt;i&gt;c&lt;/i&gt;") && !page.contains("<i>"));
    assert!(!page.contains("/tmp"), "no file of a machine is named");
    // What is chosen, must be and must not be is found by the same names.
    let text =
        "count = 3\nmust = [\"a, \\\"b\\\" & <i>c</i>\"]\nnever = [\"#chi\"]\nexclusive = [[\"@anh\", \"🙂 dung\"]]\n";
    let findings = prepared(text, &held, &run);
    assert!(findings.asked.creators.iter().any(|name| name == NAMES[3]));
    assert!(!findings.asked.creators.iter().any(|name| name == "#chi"));
}

#[test]
fn prices_of_the_campaign_stand_before_those_of_the_data() {
    let run = Run::new(1);
    let held = held(&run);
    let text =
        "budget = \"30M\"\ncurrency = \"VND\"\n[prices]\n\"@anh\" = \"20M\"\n\"🙂 dung\" = 15000000\n\"#chi\" = 1e7\n";
    let findings = prepared(text, &held, &run);
    let plan = document(findings.plan.table.as_ref().unwrap());
    let cost = plan["summary"]["plan"]["cost"].as_f64().unwrap();
    assert!(cost > 0.0 && cost <= 30e6, "{cost}");
    assert_eq!(plan["summary"]["currency"], "VND");
    let reach = document(findings.reach.table.as_ref().unwrap());
    assert_eq!(reach["summary"]["money"]["cost"].as_f64(), Some(cost));
    // Other prices of the data stay.
    let again = prepared("budget = \"30M\"\n[prices]\n\"@anh\" = 1\n", &parsed(text).priced(&held).unwrap(), &run);
    let prices: Vec<Option<f64>> =
        again.plan.rows().map(|rows| (0..rows.len()).map(|row| rows.number(row, "price")).collect()).unwrap();
    assert!(prices.contains(&Some(1.0)) && prices.contains(&Some(15e6)), "{prices:?}");
}

#[test]
fn the_shipped_campaign_runs_by_number_and_by_money() {
    let run = Run::new(1);
    let held = lastfm(&run);
    let mut campaign = Campaign::read(&shipped("campaign-example.toml")).unwrap();
    let findings = prepare(&campaign, &held, &run, false).unwrap();
    assert_eq!(findings.asked.creators.len(), 8);
    assert!(html(&findings, Language::En).contains("8 creators reach about"));
    (campaign.count, campaign.budget) = (None, Some(Amount::Text("300M".into())));
    let findings = prepare(&campaign, &held, &run, false).unwrap();
    assert!(html(&findings, Language::Vi).contains("Ngân sách"));
}

/// The message of a campaign that is refused on a network.
fn refused(text: &str, held: &Held, run: &Run) -> String {
    let found: Result<Findings> =
        Campaign::parse(text, "campaign.toml").and_then(|campaign| prepare(&campaign, held, run, false));
    found.unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let run = Run::new(1);
    let held = held(&run);
    for (text, place, words) in [
        ("count = 3\nbudgit = 5\n", "campaign.toml:2:1:", "unknown field `budgit`"),
        ("count = \"three\"\n", "campaign.toml:1:9:", "expected a campaign"),
        ("count = 3\n[risk]\nhazrd = 0.1\n", "campaign.toml:3:1:", "unknown field `hazrd`"),
        ("title = \"x\"\ncreators = [\"@anh\", \"@ahn\"]\n", "campaign.toml:2:21:", "did you mean"),
        ("creators = []\n", "campaign.toml:1:12:", "an empty list"),
        ("creators = [\"@anh\", \" \"]\n", "campaign.toml:1:21:", "an empty text"),
        ("title = \"nothing\"\n", "campaign.toml:", "creators, a budget or a count"),
        ("count = 0\n", "campaign.toml:1:9:", "at least 1 creator"),
        ("budget = \"lots\"\n", "campaign.toml:1:10:", "an amount of money"),
        ("count = 3\n[prices]\n\"@anh\" = -5\n", "campaign.toml:3:10:", "found -5"),
        ("count = 3\n[prices]\n\"@who\" = 5\n", "campaign.toml:3:10:", "not in this network"),
        ("count = 3\n[risk]\nhazard = 2.0\n", "campaign.toml:3:10:", "a chance from 0 to 1"),
        ("count = 3\nmust = [\"@anh\"]\nnever = [\"@anh\"]\n", "campaign.toml:", "@anh"),
        ("count = 3\nonly = [\"niche=beauty\"]\n", "campaign.toml:2:8:", "niche"),
        ("budget = \"5M\"\n", "campaign.toml:1:10:", "price"),
        ("creators = [\"@anh\"]\nmust = [\"@anh\"]\n", "campaign.toml:2:8:", "nothing is chosen"),
        ("language = \"fr\"\ncount = 1\n", "campaign.toml:1:12:", "fr"),
        ("count = 2\nexclusive = [[\"@anh\", \"a, \\\"b\\\" & <i>c</i>\"]]\n", "campaign.toml:2:23:", "without commas"),
    ] {
        let said = refused(text, &held, &run);
        assert!(said.starts_with(place) && said.contains(words), "{text}: {said}");
    }
}

#[test]
fn what_the_network_cannot_carry_is_a_sentence_of_the_page() {
    let run = Run::new(1);
    let mut network = held(&run).network;
    network.view = crate::graph::View::Sampled;
    let held = Held::made(network, &run).unwrap();
    let findings = prepared("creators = [\"@anh\", \"#chi\"]\n", &held, &run);
    assert!(findings.reach.missing.is_some());
    let page = html(&findings, Language::Vi);
    assert!(page.contains("Mạng này không cho biết") && page.contains("lang=\"en\""));
}

#[test]
fn a_folder_holds_the_tables_as_the_command_line_writes_them() {
    let run = Run::new(1);
    let held = held(&run);
    let findings = prepared("count = 3\n", &held, &run);
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("report");
    folder(&findings, Language::En, &target, false).unwrap();
    let mut names: Vec<String> =
        std::fs::read_dir(&target).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    for name in [
        "creators.txt",
        "growth.svg",
        "plan.csv",
        "plan.xlsx",
        "reach.csv",
        "report.html",
        "report.json",
        "risk.csv",
        "sets.svg",
        "waterfall.svg",
    ] {
        assert!(names.iter().any(|other| other == name), "{name} in {names:?}");
    }
    // The command line writes the same file.
    let file = place.path().join("plan.csv");
    let words = ["select".to_owned(), "--count=3".into(), format!("--output={}", file.display())];
    ask(&words, Some(&held), &run, false).unwrap();
    assert_eq!(std::fs::read(target.join("plan.csv")).unwrap(), std::fs::read(&file).unwrap());
    let page = std::fs::read_to_string(target.join("report.html")).unwrap();
    assert_eq!(page, html(&findings, Language::En));
    let document: Value = serde_json::from_slice(&std::fs::read(target.join("report.json")).unwrap()).unwrap();
    assert_eq!(document["answers"]["plan"]["answer"]["schema"], "truereach/select/1");
    // It is not written over, and nothing is left beside it.
    assert!(folder(&findings, Language::Vi, &target, false).unwrap_err().to_string().contains("exists already"));
    folder(&findings, Language::Vi, &target, true).unwrap();
    assert!(std::fs::read_to_string(target.join("report.html")).unwrap().contains("lang=\"vi\""));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 2);
    // Every file that a report writes is known for one of it.
    assert!(folder(&findings, Language::En, &target, true).is_ok());
    // Nor is what somebody put beside it lost.
    std::fs::write(target.join("notes.csv"), "mine").unwrap();
    let refused = folder(&findings, Language::En, &target, true).unwrap_err().to_string();
    assert!(refused.contains("holds notes.csv, which is of no report"), "{refused}");
    assert_eq!(std::fs::read_to_string(target.join("notes.csv")).unwrap(), "mine");
    // A folder of something else is never replaced.
    let other = place.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("mine.txt"), "mine").unwrap();
    assert!(folder(&findings, Language::En, &other, true).unwrap_err().to_string().contains("is no report"));
}
