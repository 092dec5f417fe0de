//! Shared by the integration tests: where data lives, and a plain reader that shares no code with the engine's.

pub mod program;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file or folder of the repository.
pub fn repo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A data set that may not be shipped: looked for under `TRUEREACH_DATA`, else beside the repository. `None`,
/// with a line that says so, where it is not there; the test then passes without having looked.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TRUEREACH_DATA").map_or_else(|| repo("../shared/data"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("SKIPPED: {path} is not shipped with the project; set TRUEREACH_DATA to a folder that holds it");
    None
}

/// A file as text, gunzipped where its name says so.
pub fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut out = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut out).unwrap();
    } else {
        out = String::from_utf8(bytes).unwrap();
    }
    out
}

/// Rows of whole numbers separated by spaces, tabs or commas; lines that do not begin with a digit are left out.
pub fn rows(path: &Path) -> Vec<Vec<f64>> {
    text(path)
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| {
            line.split([' ', '\t', ',']).filter(|field| !field.is_empty()).map(|field| field.parse().unwrap()).collect()
        })
        .collect()
}

/// Numbered accounts in sorted order and edges between their places, from the first two columns.
pub fn edges(path: &Path) -> (Vec<u64>, Vec<(u32, u32)>) {
    let rows = rows(path);
    let names: BTreeSet<u64> = rows.iter().flat_map(|row| [row[0] as u64, row[1] as u64]).collect();
    let names: Vec<u64> = names.into_iter().collect();
    let place = |value: f64| names.binary_search(&(value as u64)).unwrap() as u32;
    let edges = rows.iter().map(|row| (place(row[0]), place(row[1]))).collect();
    (names, edges)
}

/// Runs with 1, 2, 3 and 8 threads, for tests of bit-equality.
pub fn runs(seed: u64) -> Vec<truereach::Run> {
    [1, 2, 3, 8].into_iter().map(|threads| truereach::Run::new(seed).threads(threads).unwrap()).collect()
}
