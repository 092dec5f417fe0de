//! All blocks of a log, read on all threads; in the order of the file whoever reads them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::batch::Batch;
use crate::base::{Error, Location, Result, Run};
use crate::io::blocks::Blocks;
use crate::io::edges::trim;

/// Names of accounts by the ids under which the lines of a log have them.
pub type Called = HashMap<Box<[u8]>, Box<[u8]>>;

/// Reads the blocks that are left, after `batches`. The first fault in the order of the file is the error. `held` counts the bytes of
/// all files.
pub fn scan(
    blocks: &Blocks,
    mut batches: Vec<Batch>,
    held: &AtomicU64,
    run: &Run,
    read: impl Fn(&[u8], bool) -> Batch + Sync,
) -> Result<Vec<Batch>> {
    let done: Mutex<Vec<(u64, Result<Batch>)>> = Mutex::new(Vec::new());
    let stop_after = AtomicU64::new(u64::MAX);
    let one = |buffer: &mut Vec<u8>, reached: &mut u64| -> Result<Option<(u64, Batch)>> {
        let Some(block) = blocks.next(std::mem::take(buffer))? else { return Ok(None) };
        *reached = block.index;
        run.step(block.bytes.len() as u64)?;
        let batch = read(without_mark(&block.bytes, block.index), block.index == 0);
        let memory = batch.memory();
        run.check_memory("holding the rows of the log", held.fetch_add(memory, Ordering::Relaxed) + memory)?;
        *buffer = block.bytes;
        Ok(Some((block.index, batch)))
    };
    let worker = || {
        let (mut buffer, mut reached) = (Vec::new(), 0);
        loop {
            let (index, result) = match one(&mut buffer, &mut reached) {
                Ok(None) => break,
                Ok(Some((index, batch))) => (index, Ok(batch)),
                Err(error) => (reached + 1, Err(error)),
            };
            if result.as_ref().map_or(true, |batch| batch.fault.is_some()) {
                stop_after.fetch_min(index, Ordering::Relaxed);
            }
            done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((index, result));
            if stop_after.load(Ordering::Relaxed) <= index {
                break;
            }
        }
    };
    run.install(|| {
        rayon::scope(|scope| (0..rayon::current_num_threads()).for_each(|_| scope.spawn(|_| worker())));
    });
    let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by_key(|(index, _)| *index);
    for (_, result) in done {
        batches.push(result?);
        if batches.last().is_some_and(|batch| batch.fault.is_some()) {
            break;
        }
    }
    report(blocks.name(), &batches)?;
    Ok(batches)
}

/// The first fault as an error with its place.
fn report(name: &str, batches: &[Batch]) -> Result<()> {
    let mut before = 0;
    for batch in batches {
        if let Some(fault) = &batch.fault {
            let mut at = Location::file(name).line(before + fault.line + 1);
            if fault.column > 0 {
                at = at.column(fault.column);
            }
            let error = Error::input(at, fault.expected.clone(), fault.found.clone());
            return Err(match &fault.hint {
                Some(hint) => error.with_hint(hint.clone()),
                None => error.with_hint("mend or remove the line"),
            });
        }
        before += batch.lines;
    }
    Ok(())
}

fn without_mark(bytes: &[u8], index: u64) -> &[u8] {
    if index == 0 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes }
}

/// Reads the lines `id,name` up to the first empty one, and the rest of the block in which that stands: what was read, and
/// names that differ from ids.
pub fn preamble(blocks: &Blocks, run: &Run, read: impl Fn(&[u8]) -> Batch) -> Result<(Vec<Batch>, Called)> {
    let (mut batches, mut called) = (Vec::new(), Called::new());
    while let Some(block) = blocks.next(Vec::new())? {
        run.step(block.bytes.len() as u64)?;
        let (mut lines, mut at) = (0, 0);
        let bytes = without_mark(&block.bytes, block.index);
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            lines += 1;
            at += line.len();
            let text = trim(line);
            if text.is_empty() {
                let mut batch = read(&bytes[at..]);
                batch.shift(lines);
                batches.push(batch);
                return Ok((batches, called));
            }
            if let Some(comma) = memchr::memchr(b',', text) {
                let (id, name) = (trim(&text[..comma]), trim(&text[comma + 1..]));
                if id != name {
                    called.insert(id.into(), name.into());
                }
            }
        }
        batches.push(Batch { lines, ..Batch::default() });
    }
    Err(Error::input(Location::file(blocks.name()), "an empty line, and cascades after it", "names of accounts alone"))
}
