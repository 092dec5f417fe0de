//! The README shows what comes out: every `$ truereach …` of its ```console blocks is run, in order, in one
//! temporary folder beside which `datasets/` lies, and its standard output is compared with the block.
//!
//! A line `…` in a block stands for any number of lines. Blanks at line ends do not count.
#![cfg(all(unix, feature = "cli"))]

use std::process::Command;

use crate::common::repo;

/// A command of the README and what it shows.
#[derive(Debug, PartialEq)]
struct Shown {
    line: usize,
    command: Vec<String>,
    output: Vec<String>,
}

/// Words of a command line; '…' and "…" keep blanks together.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    assert!(quote.is_none(), "README: a quote stays open in {text}");
    words.extend(word);
    words
}

/// The commands of all console blocks.
fn commands(readme: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut inside = false;
    for (line, text) in readme.lines().enumerate() {
        match text {
            "```console" => inside = true,
            "```" => inside = false,
            text if !inside => assert!(!text.starts_with("$ "), "README line {}: outside a console block", line + 1),
            text => match text.strip_prefix("$ ") {
                Some(command) => {
                    found.push(Shown { line: line + 1, command: words(command), output: Vec::new() });
                }
                None => {
                    let shown = found.last_mut().unwrap_or_else(|| panic!("README line {}: no command", line + 1));
                    shown.output.push(text.trim_end().to_owned());
                }
            },
        }
    }
    for shown in &mut found {
        while shown.output.last().is_some_and(String::is_empty) {
            shown.output.pop();
        }
    }
    found
}

/// Whether the lines are those shown, `…` standing for any number of them.
fn agree(shown: &[String], found: &[&str]) -> bool {
    match shown.split_first() {
        None => found.is_empty(),
        Some((line, rest)) if line == "…" => (0..=found.len()).any(|skip| agree(rest, &found[skip..])),
        Some((line, rest)) => found.split_first().is_some_and(|(first, after)| line == first && agree(rest, after)),
    }
}

#[test]
fn the_readme_shows_what_comes_out() {
    let readme = std::fs::read_to_string(repo("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.len() >= 6, "the README has {} commands", commands.len());
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(repo("datasets"), folder.path().join("datasets")).unwrap();
    for shown in commands {
        let (program, arguments) = shown.command.split_first().unwrap();
        assert_eq!(program, "truereach", "README line {}", shown.line);
        let done = Command::new(env!("CARGO_BIN_EXE_truereach"))
            .args(arguments)
            .current_dir(folder.path())
            .env_remove("TRUEREACH_THREADS")
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "README line {}: {:?} failed: {said}", shown.line, shown.command);
        let text = String::from_utf8(done.stdout).unwrap();
        let found: Vec<&str> = text.lines().map(str::trim_end).collect();
        assert!(
            agree(&shown.output, &found),
            "README line {}: {:?} gives\n{text}\ninstead of\n{}",
            shown.line,
            shown.command,
            shown.output.join("\n")
        );
    }
}

#[test]
fn commands_and_outputs_are_told_apart() {
    let text = "```console\n$ truereach a --only 'x >= 1'\none  \n\n$ truereach b\n```\nno\n";
    let found = commands(text);
    assert_eq!(found[0].command, ["truereach", "a", "--only", "x >= 1"]);
    assert_eq!((found[0].output.as_slice(), found[1].output.len()), (&["one".to_owned()][..], 0));
    let shown: Vec<String> = ["a", "…", "d"].map(String::from).to_vec();
    assert!(agree(&shown, &["a", "b", "c", "d"]) && agree(&shown, &["a", "d"]) && !agree(&shown, &["a", "b"]));
}
