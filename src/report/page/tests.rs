//! The page, from findings made by hand: whatever is missing, whatever names are, in both languages.

use serde_json::json;

use super::*;
use crate::base::stats::Interval;
use crate::report::{Cell, Column, Provenance, Table};

/// A table of a verb from rows by hand; ranges are pairs of columns no more.
fn table(command: &str, keys: &[&'static str], rows: Vec<Vec<Cell>>) -> Table {
    let columns = keys.iter().map(|&key| Column::new(key, key, "", "")).collect();
    let mut table = Table::new("test", columns, Provenance::new(command, json!({}), 1, 7));
    table.rows = rows;
    table
}

fn part(table: Table) -> Part {
    Part { command: vec!["verb".into()], table: Some(table), ..Part::default() }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn range(low: f64, high: f64) -> Cell {
    Cell::Range(Interval { low, high })
}

const NEXT: &[&str] = &["figure", "people", "interval", "sim_error", "next_post", "status"];

/// Findings about these creators.
fn findings(names: &[&str]) -> Findings {
    let figure = |name: &str, people: f64| {
        vec![
            text(name),
            Cell::Amount(people),
            range(0.8 * people, 1.2 * people),
            range(0.9 * people, 1.1 * people),
            range(1_100_000.0, 3_000_000.0),
            text("assumed"),
        ]
    };
    let mut reach = table(
        "reach",
        NEXT,
        vec![figure("reach", 1_934_000.0), figure("  direct", 1_900_000.0), figure("impressions", 2_500_000.0)],
    );
    reach.summary.insert(
        "money".into(),
        json!({"cost": 740e6, "currency": "VND", "cpr": {"value": 382.6, "interval": {"low": 240.0, "high": 670.0}}}),
    );
    let keys = [
        "creator",
        "price",
        "added",
        "added_interval",
        "together",
        "together_interval",
        "only",
        "credit",
        "credit_interval",
        "followers",
        "status",
    ];
    let row = |(at, name): (usize, &&str)| {
        let people = 1000.0 * (at + 1) as f64;
        vec![
            text(name),
            Cell::Shown(9e7, "90,000,000".into()),
            Cell::Amount(people),
            range(900.0, 1100.0),
            Cell::Amount(people),
            range(900.0, 9000.0),
            Cell::Few(10),
            Cell::Amount(people),
            range(900.0, 1100.0),
            Cell::Count(12),
            text("assumed"),
        ]
    };
    let mut plan = table("select", &keys, names.iter().enumerate().map(row).collect());
    let [first, last] = [names[0], names[names.len() - 1]];
    plan.summary.insert("plan".into(), json!({"ratio": 0.92799, "cost": 740e6}));
    plan.summary.insert("failure".into(), json!(0.001));
    plan.summary.insert("currency".into(), json!("VND"));
    plan.summary
        .insert("swap".into(), json!({"out": first, "in": last, "gain": {"people": 12.0, "low": 1.0, "high": 20.0}}));
    plan.summary.insert(
        "more".into(),
        json!({"size": 880e6, "gain": {"people": 5290.0, "low": 5090.0, "high": 5500.0}, "price_per_person": 56_680.0}),
    );
    let mut sets = table("overlap", &["place", "people"], vec![vec![Cell::Count(1), Cell::Count(77)]]);
    sets.summary.insert("creators".into(), names.iter().map(|name| json!({"creator": name})).collect());
    sets.summary.insert("members".into(), json!([[0, names.len() - 1]]));
    let falls = ["creator", "turned", "turned_interval", "exposure", "reach_lost", "status"];
    let fall = |name: &&str| {
        vec![
            text(name),
            Cell::Amount(300.0),
            range(200.0, 400.0),
            Cell::percent(0.01),
            Cell::Amount(30.0),
            text("assumed"),
        ]
    };
    Findings {
        asked: Asked {
            title: "Spring".into(),
            creators: names.iter().map(|&name| name.to_owned()).collect(),
            budget: Some(8e8),
            chosen: true,
            currency: Some("VND".into()),
            ..Asked::default()
        },
        data: Data {
            name: "market".into(),
            checksum: "0007".into(),
            card: json!({"from": "2023-01-02T00:00:00Z", "to": "2025-04-08T00:00:00Z"}),
        },
        reach: part(reach),
        plan: part(plan),
        sets: part(sets),
        risk: part(table("risk", &falls, names.iter().map(fall).collect())),
        influence: Part { missing: Some("influence was not asked".into()), ..Part::default() },
        seed: 1,
        ..Findings::default()
    }
}

/// What is read on a page: its text without tags, style and folded parts.
pub fn visible(page: &str) -> String {
    let mut rest = page.to_owned();
    for (open, close) in [("<style>", "</style>"), ("<details>", "</details>")] {
        while let Some((before, after)) = rest.split_once(open) {
            rest = format!("{before}{}", after.split_once(close).map_or("", |parts| parts.1));
        }
    }
    let inside = rest.split('<').map(|piece| piece.split_once('>').map_or(piece, |parts| parts.1));
    inside
        .collect::<String>()
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Walks the tags of a page; every tag is closed in order.
fn assert_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("every < has its >");
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if ["meta", "img", "!DOCTYPE"].contains(&name) => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_sentence_rounds_and_the_tables_do_not() {
    let page = html(&findings(&["@anh", "@bao"]), Language::En);
    let read = visible(&page);
    assert!(read.contains("2 creators reach about 1.9M people (80%: 1.1–3.0M) for 740M VND."), "{read}");
    assert!(
        read.contains("1,934,000")
            && read.contains("92.7%")
            && read.contains("95%: 240–670")
            && read.contains("383 VND"),
        "{read}"
    );
    assert!(
        read.contains("880M VND") && read.contains("<10") && read.contains("2 January 2023 – 8 April 2025"),
        "{read}"
    );
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
}

#[test]
fn vietnamese_has_its_words_and_its_numbers() {
    let page = html(&findings(&["@anh", "@bao"]), Language::Vi);
    let read = visible(&page);
    assert!(
        read.contains(
            "2 nhà sáng tạo tiếp cận khoảng 1,9 triệu người (80%: 1,1–3,0 triệu) với chi phí 740 triệu đồng."
        ),
        "{read}"
    );
    assert!(read.contains("1.934.000") && read.contains("92,7%") && read.contains("02/01/2023"), "{read}");
    assert!(page.contains("<html lang=\"vi\">"));
    for english in ["creators", "people", "Status", "range"] {
        assert!(!read.split_whitespace().any(|word| word == english), "{english} in {read}");
    }
}

#[test]
fn hostile_names_are_text() {
    let long = "x".repeat(200);
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "it's & <b>",
        "🙂👩‍👩‍👧 emoji",
        "مرحبا \u{202e}abc",
        &long,
        "{people}",
        "a,b",
        "#hash",
    ];
    for language in Language::ALL {
        let page = html(&findings(&names), language);
        assert_well_formed(&page);
        for tag in ["<script", "<img src=x", "<b>", "onerror=alert(1)>\""] {
            assert!(!page.contains(tag), "{tag}");
        }
        let read = visible(&page);
        for name in names {
            assert!(read.contains(name), "{name} is not on the page as it is");
        }
        // In pictures too: they are images, whose addresses hold no quotes and no tags.
        for address in page.split("src=\"").skip(1) {
            let address = address.split('"').next().unwrap_or_default();
            assert!(
                address.starts_with("data:image/svg+xml,%3Csvg") && !address.contains(['<', '>', '\'']),
                "{address}"
            );
        }
    }
}

#[test]
fn everything_may_be_missing_and_is_said() {
    let why = || Part { missing: Some("it needs complete follower lists".into()), ..Part::default() };
    let bare = Findings {
        plan: why(),
        reach: why(),
        influence: why(),
        curve: why(),
        sets: why(),
        risk: why(),
        ..Findings::default()
    };
    for language in Language::ALL {
        for findings in [&Findings::default(), &bare] {
            assert_well_formed(&html(findings, language));
        }
    }
    let page = html(&bare, Language::En);
    assert!(page.contains("cannot be said from this network") && page.contains("it needs complete follower lists"));
}

#[test]
fn clients_words_alone_are_read() {
    for language in Language::ALL {
        let read = visible(&html(&findings(&["@anh", "@bao"]), language)).to_lowercase();
        for word in ["cascade", "world", "worlds", "certificate", "a_u", "shapley", "cvar", "var"] {
            assert!(
                !read.split(|c: char| !c.is_alphanumeric() && c != '_').any(|other| other == word),
                "{word}: {read}"
            );
        }
    }
}

#[test]
fn nothing_is_asked_from_elsewhere_and_headings_are_in_order() {
    let page = html(&findings(&["@anh", "@bao"]), Language::En);
    assert!(page.contains("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:"));
    for asked in ["http:", "https:", "url(", "@import", "<link", "<script", "<iframe", "href="] {
        assert!(!page.replace("http://www.w3.org", "").contains(asked), "{asked}");
    }
    let levels: Vec<u32> =
        page.match_indices("<h").filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10)).collect();
    assert_eq!((levels[0], levels.iter().filter(|&&level| level == 1).count()), (1, 1));
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    let tables = page.matches("<table").count();
    assert_eq!((page.matches("<caption").count(), tables > 1), (tables, true));
}

#[test]
fn a_back_test_that_failed_is_the_headline() {
    let failed = "NOT CALIBRATED: the 80% interval held 61% of 400 past posts";
    let mut findings = findings(&["@anh", "@bao"]);
    findings.verdicts.push(failed.into());
    let read = visible(&html(&findings, Language::En));
    let (alarm, sentence) = (read.find("NOT CALIBRATED.").unwrap(), read.find("2 creators reach").unwrap());
    assert!(alarm < sentence && read.contains(failed));
    assert!(visible(&html(&findings, Language::Vi)).contains("CHƯA HIỆU CHỈNH."));
}

#[test]
fn exact_sentences_are_in_the_clients_words() {
    let said =
        super::clients_words("certificate: at least 94%, prior; 145 worlds, seed 1, of a cascade by @hello-world");
    assert_eq!(
        said,
        "quality of the plan: at least 94%, prior; 145 simulations, seed 1, of a chain of sharing by @hello-world"
    );
}
