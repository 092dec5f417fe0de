//! Logs of cascades as they were published, against counts that share no code with the reader.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::common;
use crate::common::text;
use truereach::Run;
use truereach::base::time::TimeUnit;
use truereach::graph::Names;
use truereach::io::{CascadeLog, LogFormat};

fn shared(folder: &str, files: &[&str]) -> Option<Vec<PathBuf>> {
    let folder = common::shared(folder)?;
    Some(files.iter().map(|file| folder.join(file)).collect())
}

/// The accounts that edges name, after so many other lines.
fn names(file: &Path, skip: usize) -> Names {
    let text = text(file);
    let ends = text.lines().skip(skip).flat_map(|line| line.split([' ', ',']));
    let names: BTreeSet<u64> = ends.map(|name| name.parse().unwrap()).collect();
    Names::Numbers(names.into_iter().collect::<Vec<_>>().into())
}

#[test]
fn android_has_679_cascades() {
    let Some(files) = shared("infvae-android", &["train.txt.gz", "val.txt", "test.txt.gz", "graph.txt.gz"]) else {
        return;
    };
    let log = CascadeLog { time_unit: Some(TimeUnit::S), ..CascadeLog::default() };
    let found = log.read(&files[..3], &names(&files[3], 1), &Run::default()).unwrap();
    assert_eq!((found.format, found.cascades.len()), (LogFormat::SeedTimes, 679));
    // The seeds have no row of their own in the count that is published.
    assert_eq!(found.rows - 679, 28_343);
    assert!(!found.cascades.is_dated() && found.cascades.get(0).item.starts_with("test.txt.gz:"));
    assert!(CascadeLog::default().read(&files[..3], &names(&files[3], 1), &Run::default()).is_err());
}

#[test]
fn memetracker_has_12663_cascades_and_people_outside() {
    let files = ["cascade.txt.gz", "cascadevalid.txt.gz", "cascadetest.txt.gz", "edges.txt.gz"];
    let Some(files) = shared("cascade-memetracker", &files) else { return };
    let names = names(&files[3], 0);
    let found = CascadeLog::default().read(&files[..3], &names, &Run::default()).unwrap();
    assert_eq!((found.format, found.cascades.len(), found.rows), (LogFormat::Pairs, 12_663, 207_185));
    assert!(found.cascades.is_dated());
    // Later events by accounts outside the graph, and seeds, which stand first in their line.
    let outside = |pair: &str| names.find(pair.split(',').next().unwrap()).is_none();
    let lines = files[..3].iter().map(|file| text(file)).collect::<String>();
    let seeds = lines.lines().filter(|line| outside(line)).count() as u64;
    assert_eq!(found.unknown_rows - seeds, 32_257);
}

#[test]
fn the_cascades_of_netinf_and_infopath_are_read() {
    let Some(files) =
        shared("snap-netinf-infopath/examples", &["infopath/example-cascades.txt.gz", "netinf/example-cascades.txt"])
    else {
        return;
    };
    let days = CascadeLog { time_unit: Some(TimeUnit::D), ..CascadeLog::default() };
    let found = days.read(&files[..1], &Names::range(32), &Run::default()).unwrap();
    assert_eq!((found.format, found.cascades.len(), found.unknown_accounts), (LogFormat::Pairs, 1000, 0));
    let found = days.read(&files[1..], &Names::range(32), &Run::default()).unwrap();
    assert_eq!((found.format, found.cascades.len(), found.unknown_accounts), (LogFormat::Pairs, 54, 0));
    assert!(!found.cascades.is_dated());
}

#[test]
fn higgs_joins_retweets_as_counted_by_hand() {
    let Some(files) = shared("higgs-twitter-interactions", &["higgs-activity_time.txt.gz"]) else { return };
    let network = truereach::io::open(&files[0]).unwrap();
    let found = CascadeLog::default().read(&files, &network.names, &Run::default()).unwrap();
    assert_eq!((found.format, found.rows, found.skipped), (LogFormat::Retweets, 563_069, 208_139));
    // Every retweeted account's times, cut where an hour passes.
    let text = text(&files[0]);
    let mut times: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for row in text.lines().filter(|line| line.ends_with("RT")) {
        let fields: Vec<&str> = row.split(' ').collect();
        times.entry(fields[1]).or_default().push(fields[2].parse().unwrap());
    }
    times.values_mut().for_each(|times| times.sort());
    let cuts = |times: &Vec<i64>| 1 + times.windows(2).filter(|pair| pair[1] - pair[0] > 3600).count();
    assert_eq!(found.cascades.len(), times.values().map(cuts).sum::<usize>());
    // The network's own interactions are the same rows.
    let own = CascadeLog::default().of_events(&network, &Run::default()).unwrap();
    assert!(own.cascades == found.cascades);
}
