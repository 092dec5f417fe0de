//! A log in many files: a folder of Parquet or Arrow files, in folders by `column=value` or not.

use std::path::{Path, PathBuf};

use super::container::ENDINGS;
use super::source::Columnar;
use crate::base::{Error, Result, Run};
use crate::io::blocks::Blocks;
use crate::io::columns::{Column, Reading, aliases};
use crate::io::tables::folder::ENDINGS as TABLES;
use crate::io::tables::is_table;

/// Folders in folders that are looked into.
const DEEPEST: usize = 16;

/// What other programs write into the path for a row without a value.
const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// A file of a log, and what its path says of all its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct FileOfLog {
    pub path: PathBuf,
    pub constants: Vec<(String, Option<String>)>,
}

/// The files of a folder that holds nothing but parts of one log, in the order of their paths; `None` for other folders.
///
/// A file is a part if its columns, with those that its path names, say who and with whom, and if it is no table of
/// accounts, posts, offers, links or lookups.
pub fn log(folder: &Path, reading: &Reading, run: &Run) -> Result<Option<Vec<FileOfLog>>> {
    let Some(mut paths) = files(folder)? else { return Ok(None) };
    paths.sort();
    let mut found = Vec::with_capacity(paths.len());
    for path in paths {
        let constants = constants(path.strip_prefix(folder).unwrap_or(&path));
        if path.metadata().is_ok_and(|about| about.len() == 0) {
            return Ok(None);
        }
        let Ok(file) = Columnar::open(&path, Blocks::open(&path, run)?, run)? else { return Ok(None) };
        let own = file.schema().fields().iter().map(|field| field.name().clone());
        let header: Vec<String> = own.chain(constants.iter().map(|(name, _)| name.clone())).collect();
        if !has_both_ends(&header, reading) || (reading.from.is_none() && is_table(&header)) {
            return Ok(None);
        }
        found.push(FileOfLog { path, constants });
    }
    Ok((!found.is_empty()).then_some(found))
}

/// The files of columns under a folder; `None` where tables of other kinds stand beside them.
fn files(folder: &Path) -> Result<Option<Vec<PathBuf>>> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), 0)];
    while let Some((place, depth)) = open.pop() {
        let fail = |error| Error::io(&place, "read", error);
        for entry in std::fs::read_dir(&place).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
            // Marks and summaries of the programs that write such folders.
            if name.starts_with(['.', '_']) {
                continue;
            }
            if path.is_dir() {
                if depth < DEEPEST {
                    open.push((path, depth + 1));
                }
                continue;
            }
            let bare = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
            match bare.rsplit_once('.') {
                Some((_, ending)) if ENDINGS.contains(&ending) => found.push(path),
                Some((stem, ending)) if TABLES.contains(&ending) && !["readme", "license", "notes"].contains(&stem) => {
                    return Ok(None);
                }
                // Programs that write such folders give files any name.
                _ if begins_like_columns(&path)? => found.push(path),
                _ => {}
            }
        }
    }
    Ok(Some(found))
}

/// Whether the first bytes of a file are those of a file of columns.
fn begins_like_columns(path: &Path) -> Result<bool> {
    let fail = |error| Error::io(path, "read", error);
    let mut head = [0; 8];
    let mut file = std::fs::File::open(path).map_err(fail)?;
    let read = std::io::Read::read(&mut file, &mut head).map_err(fail)?;
    Ok(super::container(&head[..read]).is_some())
}

/// Whether a header says who and with whom.
fn has_both_ends(header: &[String], reading: &Reading) -> bool {
    let has = |column: &Option<Column>, words: &[&str]| match column {
        Some(Column::Number(number)) => *number <= header.len(),
        Some(Column::Name(name)) => header.iter().any(|other| other.trim().eq_ignore_ascii_case(name.trim())),
        None => header.iter().any(|name| words.contains(&name.trim().to_lowercase().as_str())),
    };
    has(&reading.from, aliases::FROM) && has(&reading.to, aliases::TO)
}

/// Names and values that a path gives to all rows of its file: `type=like/day=2024-05-01/part-0.parquet`.
fn constants(inner: &Path) -> Vec<(String, Option<String>)> {
    let folders = inner.parent().into_iter().flat_map(Path::iter);
    let pair = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        let (name, value) = part.split_once('=')?;
        let value = unescaped(value);
        Some((unescaped(name), (value != NO_VALUE).then_some(value)))
    };
    folders.filter_map(pair).collect()
}

/// A text in which bytes may stand as `%` and two digits of sixteen.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = code.filter(|_| *first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_columns() {
        let found =
            constants(Path::new("type=like/day=2024-05-01/x=a%3Db%2/y=__HIVE_DEFAULT_PARTITION__/z/part=0.parquet"));
        let value = |text: &str| Some(text.to_owned());
        let expected = [("type", value("like")), ("day", value("2024-05-01")), ("x", value("a=b%2")), ("y", None)];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value)));
    }
}
