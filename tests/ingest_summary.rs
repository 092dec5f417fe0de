//! The summary accounts for every line, and its counts on real data are those that datasets/README.md counted from
//! the files by other programs.

use std::path::{Path, PathBuf};

use crate::common;
use crate::common::program::Desk;
use truereach::Run;
use truereach::graph::Network;
use truereach::io::{Ingest, Summary};

fn ingest(path: &Path) -> (Network, Summary) {
    let (network, summary) = Ingest::default().run(&[path.to_path_buf()], None, &Run::new(1)).unwrap();
    for file in &summary.files {
        assert_eq!(file.lines, file.rows + file.comments + file.headers + file.inner_lines + file.skipped, "{file:?}");
        assert_eq!(file.lines, common::text(Path::new(&file.name)).lines().count() as u64, "{}", file.name);
    }
    (network, summary)
}

fn shipped(name: &str) -> PathBuf {
    common::repo("datasets").join(name)
}

/// Lines, comments, headers, rows of the only file.
fn lines(summary: &Summary) -> (u64, u64, u64, u64) {
    let [file] = &summary.files[..] else { panic!("one file") };
    (file.lines, file.comments, file.headers, file.rows)
}

fn self_rows(summary: &Summary) -> Vec<(&str, u64)> {
    summary.self_rows.iter().map(|(layer, &count)| (layer.as_str(), count)).collect()
}

#[test]
fn slashdot_keeps_870161_of_948464_rows() {
    let (network, summary) = ingest(&shipped("soc-slashdot0902"));
    assert_eq!(lines(&summary), (948_468, 4, 0, 948_464));
    assert_eq!((summary.accounts, summary.follows, summary.follow_repeats), (82_168, 870_161, 0));
    assert_eq!(self_rows(&summary), [("follow", 78_303)]);
    assert_eq!(summary.follow_rows + 78_303, 948_464);
    let graph = network.follow_graph().unwrap();
    assert_eq!((0..82_168).map(|v| graph.following(v).len()).max(), Some(2_510));
    assert_eq!((0..82_168).map(|v| graph.followers(v).len()).max(), Some(2_552));
}

#[test]
fn college_messages_stay_59835_events_of_which_37_repeat_exactly() {
    let (network, summary) = ingest(&shipped("collegemsg"));
    assert_eq!(lines(&summary), (59_835, 0, 0, 59_835));
    assert_eq!((summary.accounts, summary.follows), (1_899, 0));
    assert_eq!(summary.interactions.iter().collect::<Vec<_>>(), [(&"message".to_owned(), &59_835)]);
    assert_eq!(summary.equal_interactions, 37);
    assert!(network.follows.is_none());
}

#[test]
fn nethept_merges_repeated_papers_both_ways() {
    let (network, summary) = ingest(&shipped("nethept-repeats"));
    assert_eq!(lines(&summary), (58_892, 0, 1, 58_891));
    assert_eq!((summary.accounts, summary.follows), (15_233, 2 * 31_376));
    assert_eq!(self_rows(&summary), [("follow", 39)]);
    assert_eq!(summary.follow_rows, 2 * (58_891 - 39));
    assert_eq!(summary.follow_repeats, summary.follow_rows - summary.follows);
    let graph = network.follow_graph().unwrap();
    assert!(graph.is_symmetric());
    let linked = (0..15_233).filter(|&v| !graph.followers(v).is_empty()).count();
    assert_eq!(linked, 15_229, "four authors wrote with themselves only");
}

#[test]
fn lastfm_reads_links_and_labels() {
    let (network, summary) = ingest(&shipped("lastfm-asia"));
    assert_eq!(lines(&summary), (27_807, 0, 1, 27_806));
    assert_eq!((summary.accounts, summary.follows, summary.creator_rows), (7_624, 55_612, 7_624));
    assert_eq!(network.attributes.get("niche").unwrap().given(), 7_624);
}

#[test]
fn android_reads_below_its_size_line() {
    let (_, summary) = ingest(&shipped("infvae-android"));
    assert_eq!(lines(&summary), (48_574, 0, 1, 48_573));
    assert_eq!((summary.accounts, summary.follows, summary.follow_repeats), (9_940, 48_573, 0));
    assert!(summary.self_rows.is_empty());
}

#[test]
fn higgs_actions_are_counted_by_type() {
    let Some(path) = common::shared("higgs-twitter-interactions/higgs-activity_time.txt.gz") else { return };
    let (network, summary) = ingest(&path);
    assert_eq!(lines(&summary), (563_069, 0, 0, 563_069));
    let kept = |kind: &str| summary.interactions[kind];
    assert_eq!((kept("share"), kept("mention"), kept("reply")), (354_930, 171_237 - 7_081, 36_902 - 507));
    assert_eq!(self_rows(&summary), [("mention", 7_081), ("reply", 507)]);
    assert_eq!((summary.accounts, summary.follows), (304_691, 0));
    let events = network.events.unwrap();
    assert_eq!(events.len() as u64 + 7_081 + 507, 563_069);
    assert!(events.time.is_some());
}

#[test]
fn every_kind_of_line_is_told_apart_in_print() {
    let desk = Desk::new();
    let text = "from,to,bio\n# note\n\n1,2,\"a\nb\"\n2,2,x\n1,2,y\nshort\n3,1,z\n";
    desk.write("rows.csv", text);
    desk.run("ingest rows.csv -o r.trg --on-error skip").done(&[
        "9: 4 rows, 2 comments or blank, 1 header, 1 inside quotes, 1 left out",
        "left out, the first 1:\n  rows.csv:8: expected 3 columns as in the rows before, found 1 column",
        "follows       2 (3 rows, 1 repeats merged)",
        "self-directed 1 dropped (follow 1)",
        "written       r.trg",
    ]);
    // The card tells it again, from the snapshot.
    desk.run("info r.trg").done(&["1 repeats merged, 1 self-directed dropped, 1 left out for a fault"]);
}

#[test]
fn adding_to_a_network_goes_on_counting() {
    let desk = Desk::new();
    desk.write("one.csv", "from,to,type\n1,2,follow\n1,2,follow\n3,3,like\n");
    desk.write("two.csv", "from,to,type\n1,2,follow\n2,2,follow\n3,1,like\n");
    desk.run("ingest one.csv -o n.trg").done(&[]);
    let said = desk.run("ingest two.csv --into n.trg").done(&["follows       1 (3 rows, 2 repeats merged)"]);
    assert!(said.out.contains("self-directed 1 dropped (follow 1)"), "{}", said.out);
    assert!(said.out.contains("1 self-follows and 1 self-directed interactions dropped in all"), "{}", said.out);
}
