//! What files say, and what is said of them.

mod faults;
mod formats;
mod own;

use super::*;
use crate::base::Run;
use crate::graph::Names;

/// Reads bytes as a file called `log`.
fn read_with(log: &CascadeLog, text: &str, names: &Names, run: &Run) -> Result<LogRead> {
    let (mut notes, held) = (Vec::new(), AtomicU64::new(0));
    let blocks = Blocks::from_reader("log", Box::new(std::io::Cursor::new(text.as_bytes().to_vec())), None)?;
    let file = log.file(blocks, names, &held, &mut notes, run)?;
    log.all(vec![file], names, notes, run)
}

fn read(log: &CascadeLog, text: &str) -> Result<LogRead> {
    read_with(log, text, &Names::range(10), &Run::default())
}

/// An item, when it began, and everybody with their time after that.
type Told = (String, i64, Vec<(u32, i64)>);

/// What was read, to compare.
fn told(read: &LogRead) -> Vec<Told> {
    let actors =
        |one: &crate::graph::cascades::Cascade<'_>| one.actors.iter().copied().zip(one.after.iter().copied()).collect();
    read.cascades.iter().map(|one| (one.item.to_owned(), one.began, actors(&one))).collect()
}

fn has(read: &LogRead, part: &str) {
    assert!(read.notes.iter().any(|note| note.contains(part)), "no note says {part:?}: {:#?}", read.notes);
}
