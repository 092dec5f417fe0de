//! Data flows one way through the house: no module reaches up or sideways, and only those at the doors open files,
//! print, or look at the environment or the clock. Read from the sources, so that no review has to remember it.

use std::path::Path;

use crate::common;

/// The house: a layer, and all that it may know. Whoever is not listed here does not exist yet.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("graph", &["base"]),
    ("io", &["base", "graph"]),
    ("synth", &["base", "graph"]),
    ("rank", &["base", "graph"]),
    ("community", &["base", "graph"]),
    ("cascade", &["base", "graph"]),
    ("audience", &["base", "graph", "cascade"]),
    ("influence", &["base", "graph", "cascade"]),
    ("learn", &["base", "graph", "cascade"]),
    ("risk", &["base", "graph", "cascade", "influence"]),
    ("niche", &["base", "graph"]),
    ("authenticity", &["base", "graph"]),
    ("analyze", &["base", "graph", "rank", "community", "cascade", "audience", "learn", "authenticity"]),
    ("engine", &["base", "graph", "rank", "community", "cascade", "audience"]),
    ("report", &["base"]),
    (
        "bench",
        &[
            "base",
            "graph",
            "io",
            "synth",
            "rank",
            "community",
            "cascade",
            "audience",
            "influence",
            "learn",
            "risk",
            "niche",
            "authenticity",
            "analyze",
            "report",
        ],
    ),
    ("serve", &["base", "graph", "cascade", "audience", "community", "influence", "analyze", "report"]),
    (
        "cli",
        &[
            "base",
            "graph",
            "io",
            "synth",
            "rank",
            "community",
            "cascade",
            "audience",
            "influence",
            "learn",
            "risk",
            "niche",
            "authenticity",
            "analyze",
            "report",
            "bench",
            "engine",
            "serve",
        ],
    ),
];

/// What only some may say: the words, who may say them (a layer, or a file of one), and why the others may not.
const WORDS: &[(&[&str], &[&str], &str)] = &[
    (
        &["std::fs", "File::", "std::io::stdin", "tempfile"],
        &["io", "cli", "base/memory.rs", "bench/files.rs", "bench/measure.rs"],
        "opens files",
    ),
    (&["println!", "eprintln!", "print!", "eprint!", "dbg!", "stdout()", "stderr()"], &["cli"], "prints"),
    (&["std::env", "env::var"], &["cli", "bench/measure.rs"], "reads the environment"),
    (
        &["Instant::now", "SystemTime", "Timestamp::now"],
        &["cli", "bench/measure.rs", "serve/jobs.rs"],
        "reads the clock",
    ),
    (&["process::exit"], &["cli"], "ends the program"),
    (&["clap::", "indicatif", "anstream", "comfy_table", "ctrlc"], &["cli"], "belongs to the command line"),
    (&["axum::", "tokio::", "utoipa"], &["serve"], "serves"),
    (&["getrandom::"], &["serve/guard.rs"], "takes secrets from the operating system"),
    (&["bincode::"], &["io/header.rs", "base/sealed.rs"], "knows bincode (docs/DECISIONS.md)"),
    (&["memmap2::"], &["io/snapshot.rs", "io/shards.rs", "base/large.rs"], "maps files and pages"),
];

/// The parameter structs are the flags too: clap's derives and attributes may stand behind the feature.
const BEHIND_THE_FEATURE: &str = "cfg_attr(feature = \"cli\"";

/// Every breach in one file, as lines that say where and what.
fn breaches(file: &str, text: &str) -> Vec<String> {
    let layer = file.split('/').next().unwrap_or_default();
    let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("src/{file}: the layer {layer} has no place in the table of tests/layering.rs")];
    };
    let mut found = Vec::new();
    let mut tests = file.ends_with("/tests.rs");
    for (at, line) in text.lines().enumerate() {
        let mut breach = |what: String| found.push(format!("src/{file}:{}: {what}: {}", at + 1, line.trim()));
        tests |= line.starts_with("#[cfg(test)]");
        // Links in comments are no arrows.
        let code = line.split("//").next().unwrap_or_default();
        for other in modules_named(code) {
            if LAYERS.iter().any(|(name, _)| *name == other) && other != layer && !below.contains(&other) {
                breach(format!("{layer} may not know {other}"));
            }
        }
        if code.contains("crate::{") {
            breach("write one use a module, so that arrows can be read".into());
        }
        if tests || code.contains(BEHIND_THE_FEATURE) {
            continue;
        }
        for (words, who, why) in WORDS {
            if words.iter().any(|word| code.contains(word)) && !who.contains(&layer) && !who.contains(&file) {
                breach(format!("only {} {why}", who.join(", ")));
            }
        }
    }
    found
}

/// The modules behind every `crate::` and `truereach::` of a line.
fn modules_named(code: &str) -> impl Iterator<Item = &str> {
    ["crate::", "truereach::"].into_iter().flat_map(move |root| code.split(root).skip(1)).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_module_reaches_up_or_sideways_and_only_the_doors_open() {
    let root = common::repo("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.sort();
    let mut found = Vec::new();
    for path in &files {
        let file = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        // The crate's own two files name all modules.
        if file.contains('/') {
            found.extend(breaches(&file, &std::fs::read_to_string(path).unwrap()));
        }
    }
    assert!(files.len() > 50, "the sources were found");
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// A file that `all.rs` does not name would never be compiled.
#[test]
fn every_file_of_tests_is_run() {
    let all = std::fs::read_to_string(common::repo("tests/all.rs")).unwrap();
    for entry in std::fs::read_dir(common::repo("tests")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs").filter(|&module| module != "all") {
            assert!(all.lines().any(|line| line == format!("mod {module};")), "tests/{name} is not in tests/all.rs");
        }
    }
}

#[test]
fn the_table_itself_has_no_circle() {
    for (at, (layer, below)) in LAYERS.iter().enumerate() {
        for other in *below {
            let place = LAYERS.iter().position(|(name, _)| name == other);
            assert!(place.is_some_and(|place| place < at), "{layer} knows {other}, which does not stand below it");
        }
    }
}

/// A guard that never barks guards nothing.
#[test]
fn planted_breaches_are_found() {
    for (file, line) in [
        ("graph/csr.rs", "use crate::io::Ingest;"),
        ("base/run.rs", "use crate::graph::Graph;"),
        ("io/export.rs", "use crate::report::Table;"),
        ("rank/kcore.rs", "use crate::community::Leiden;"),
        ("cascade/model.rs", "    let ranks = crate::rank::PageRank::default();"),
        ("analyze/card.rs", "use crate::io::Snapshot;"),
        ("report/table.rs", "use crate::graph::Graph;"),
        ("rank/kcore.rs", "use crate::{base, graph};"),
        ("rank/kcore.rs", "    println!(\"here\");"),
        ("analyze/card.rs", "    let text = std::fs::read_to_string(path);"),
        ("community/leiden.rs", "    let start = std::time::Instant::now();"),
        ("io/export.rs", "    let home = std::env::var(\"HOME\");"),
        ("rank/kcore.rs", "use clap::Args;"),
        ("io/snapshot.rs", "    bincode::serde::encode_to_vec(x, config)"),
        ("bench/suite.rs", "    let begun = std::time::Instant::now();"),
        ("bench/report.rs", "use crate::cli::Terminal;"),
        ("serve/desk.rs", "use crate::cli::Terminal;"),
        ("serve/desk.rs", "    let page = std::fs::read(path);"),
        ("report/page.rs", "use axum::Json;"),
        ("nowhere/here.rs", ""),
    ] {
        assert_eq!(breaches(file, line).len(), 1, "{file}: {line}");
    }
    for (file, line) in [
        ("io/export.rs", "use crate::graph::Graph;"),
        ("io/export.rs", "/// As [`crate::report::Table`] shows it."),
        ("rank/kcore.rs", "#[cfg_attr(feature = \"cli\", derive(clap::Args))]"),
        ("rank/kcore.rs", "#[cfg(test)]\nmod tests { fn f() { println!(\"seen by nobody\"); } }"),
        ("base/memory.rs", "    let info = std::fs::read_to_string(\"/proc/meminfo\").ok()?;"),
    ] {
        assert!(breaches(file, line).is_empty(), "{file}: {line}");
    }
}
