//! A planner's folder: which of its files are tables, and what their places and names say of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::date::Dates;
use super::fold::fold;
use super::handle;
use super::meaning::{Kind, Stated};
use super::options::TableReading;
use super::sheet::Sheet;
use crate::base::{Error, Result};
use crate::io::columnar;
use crate::io::ingest::OnError;

/// Folders in folders that are looked into.
const DEEPEST: usize = 4;

/// Endings of tables, behind which `.gz` or `.zst` may stand.
pub const ENDINGS: &[&str] = &["csv", "tsv", "txt", "xlsx", "xlsm", "ndjson", "jsonl", "json", "xls", "ods", "numbers"];

/// Whether files that end so are tables.
fn is_ending(ending: &str) -> bool {
    ENDINGS.contains(&ending) || (cfg!(feature = "parquet") && columnar::ENDINGS.contains(&ending))
}

/// Names of folders that hold follower lists, as they fold; a platform may stand beside them.
const LISTS: &[&str] = &[
    "lists",
    "list",
    "followers",
    "follower",
    "follower lists",
    "follower list",
    "danh sach follower",
    "danh sach followers",
    "danh sach theo doi",
    "danh sach nguoi theo doi",
    "nguoi theo doi",
];

/// A table to be read, and what is known of it before it is opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// What its rows are, where somebody said so.
    pub kind: Option<Kind>,
    /// How it is read.
    pub reading: TableReading,
    /// What its place and name say.
    pub place: FromPlace,
    /// What becomes of rows that cannot be read.
    pub on_error: OnError,
}

/// What a file's place and name say; what stands in the file is believed first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FromPlace {
    /// The platform, by a folder or the name.
    pub platform: Option<&'static str>,
    /// The day, by the name, in milliseconds since 1970.
    pub as_of: Option<i64>,
    /// Whose follower list it is.
    pub creator: Option<String>,
    /// The folder of lists that it stands in.
    pub lists: Option<PathBuf>,
}

impl Source {
    /// A file that somebody named.
    pub fn named(path: PathBuf, kind: Option<Kind>, reading: TableReading, on_error: OnError) -> Source {
        let place = FromPlace::of(&path, &path);
        Source { path, kind, reading, place, on_error }
    }

    /// What was said of the columns that a sheet of it has.
    pub fn stated(&self, sheet: &Sheet) -> Result<Stated> {
        let mut columns = BTreeMap::new();
        if self.kind == Some(Kind::Accounts) {
            let named = [(&self.reading.id, "handle"), (&self.reading.niche, "niche")];
            columns.extend(named.into_iter().filter_map(|(name, meaning)| Some((name.clone()?, meaning.to_owned()))));
        }
        let has = |name: &str| sheet.header.iter().any(|header| fold(header) == fold(name));
        let said = self.reading.columns()?.into_iter().filter(|(name, _)| has(name));
        columns.extend(said);
        Ok(Stated { kind: self.kind, preset: self.reading.preset.clone(), columns })
    }
}

/// Tables, and files that are none, with the reason.
pub type Found = (Vec<Source>, Vec<(PathBuf, String)>);

/// The tables in a folder in the order of their names, and files that are none, with the reason.
pub fn tables(folder: &Path, reading: &TableReading, on_error: OnError) -> Result<Found> {
    let (mut sources, mut passed) = (Vec::new(), Vec::new());
    for (path, inner) in files(folder)? {
        match is_table(&path) {
            Err(why) => passed.push((path, why)),
            Ok(()) => {
                let above: Vec<String> = inner
                    .parent()
                    .map_or(vec![], |parent| parent.iter().map(|part| fold(&part.to_string_lossy())).collect());
                let lists = above.iter().position(|part| is_lists(part));
                let mut source = Source::named(path.clone(), None, reading.clone(), on_error);
                source.place = FromPlace::of(&inner, &path);
                if let Some(at) = lists {
                    source.kind = Some(Kind::Followers);
                    source.place.lists = Some(folder.join(inner.iter().take(at + 1).collect::<PathBuf>()));
                    source.place.creator = Some(stem(&path));
                }
                sources.push(source);
            }
        }
    }
    Ok((sources, passed))
}

/// A folder of follower lists, a file a creator; or one table of them.
pub fn lists(path: &Path, reading: &TableReading, on_error: OnError) -> Result<Found> {
    if !path.is_dir() {
        let source = Source::named(path.to_path_buf(), Some(Kind::Followers), reading.clone(), on_error);
        return Ok((vec![source], vec![]));
    }
    let (mut sources, passed) = tables(path, reading, on_error)?;
    for source in &mut sources {
        source.kind = Some(Kind::Followers);
        source.place.creator = Some(stem(&source.path));
        source.place.lists = Some(path.to_path_buf());
    }
    if sources.is_empty() {
        return Err(Error::parameter("--lists", format!("{} holds no table", path.display()))
            .with_hint("one file a creator: DIR/HANDLE.csv or DIR/PLATFORM/HANDLE.csv"));
    }
    Ok((sources, passed))
}

/// Whether a folder of this name, folded, holds follower lists.
fn is_lists(folded: &str) -> bool {
    let bare: Vec<&str> = folded.split(' ').filter(|word| handle::platform(word).is_none()).collect();
    LISTS.contains(&bare.join(" ").as_str())
}

impl FromPlace {
    /// `inner`: the path from the folder that somebody named.
    fn of(inner: &Path, path: &Path) -> FromPlace {
        let folders = inner.parent().into_iter().flat_map(Path::iter);
        let of_folder = |part: &std::ffi::OsStr| {
            let part = fold(&part.to_string_lossy());
            let within = || part.split(' ').find_map(handle::platform).filter(|_| is_lists(&part));
            handle::platform(&part).or_else(within)
        };
        let by_folder = folders.filter_map(of_folder).next_back();
        let stem = stem(path);
        let words: Vec<&str> = words(&stem).collect();
        let by_name = || words.iter().find_map(|word| handle::platform(word));
        FromPlace { platform: by_folder.or_else(by_name), as_of: day(&words), creator: None, lists: None }
    }
}

/// The day in a name: `rates 2025-06-30`, `DEC 2022`, `june 2022`.
fn day(words: &[&str]) -> Option<i64> {
    let year = |word: &&str| word.len() == 4 && word.parse().is_ok_and(|year: u32| (1990..2100).contains(&year));
    let read = |text: String| Dates::learn(std::iter::once(text.as_str())).read(&text).ok().flatten();
    let at = words.iter().position(year)?;
    let behind = || words.get(at + 1..at + 3).and_then(|rest| read(format!("{}-{}-{}", words[at], rest[0], rest[1])));
    let before = || at.checked_sub(1).and_then(|month| read(format!("{} {}", words[month], words[at])));
    behind().or_else(before)
}

fn words(stem: &str) -> impl Iterator<Item = &str> {
    stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The name of a file without its endings.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bare = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let cut = bare.rsplit_once('.').filter(|(_, ending)| is_ending(&ending.to_lowercase()));
    cut.map_or(bare, |(stem, _)| stem).to_owned()
}

/// Why a file is no table, by its name and size.
fn is_table(path: &Path) -> std::result::Result<(), String> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    if name.starts_with("~$") || name.starts_with(".~lock") {
        return Err("a lock of a program that has the file open".into());
    }
    if name.starts_with('.') || ["thumbs.db", "desktop.ini"].contains(&name.as_str()) {
        return Err("a hidden file".into());
    }
    let bare = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let documents = ["readme", "license", "licence", "notes"];
    if documents.iter().any(|document| bare.split('.').next() == Some(document)) {
        return Err("a text for people".into());
    }
    if path.metadata().is_ok_and(|about| about.len() == 0) {
        return Err("an empty file".into());
    }
    match bare.rsplit_once('.') {
        Some((_, ending)) if is_ending(ending) => Ok(()),
        _ => Err("no table by its name's ending".into()),
    }
}

/// All files under a folder, sorted, each also as its path from the folder.
fn files(folder: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_path_buf(), 0)];
    while let Some((place, depth)) = open.pop() {
        let fail = |error| Error::io(&place, "read", error);
        for entry in std::fs::read_dir(&place).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if !path.is_dir() {
                found.push(path);
            } else if depth < DEEPEST && !hidden {
                open.push((path, depth + 1));
            }
        }
    }
    found.sort();
    let inner = |path: &PathBuf| path.strip_prefix(folder).map_or_else(|_| path.clone(), Path::to_path_buf);
    Ok(found.into_iter().map(|path| (path.clone(), inner(&path))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_names_say_platform_and_day() {
        for (path, platform, day) in [
            ("social media influencers-TIKTOK - ---DEC 2022.csv.gz", Some("tiktok"), Some("2022-12-01")),
            ("social media influencers-youtube june 2022 - june 2022.csv", Some("youtube"), Some("2022-06-01")),
            ("social media influencers - instagram sep-2022.csv.gz", Some("instagram"), Some("2022-09-01")),
            ("instagram/tiktok rates 2025-06-30.xlsx", Some("instagram"), Some("2025-06-30")),
            ("accounts.csv", None, None),
            ("report 2024.csv", None, None),
        ] {
            let found = FromPlace::of(Path::new(path), Path::new(path));
            assert_eq!(found.platform, platform, "{path}");
            assert_eq!(found.as_of, day.and_then(crate::base::time::parse_date), "{path}");
        }
    }

    #[test]
    fn what_is_no_table_is_passed_over_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        };
        let vietnamese = "Danh sách follower TikTok/anh.csv";
        for name in [".DS_Store", "~$rates.xlsx", "rates.xlsx", "README.md", "logo.png", vietnamese] {
            write(name);
        }
        let (sources, passed) = tables(folder.path(), &TableReading::default(), OnError::Skip).unwrap();
        let name = |path: &Path| path.strip_prefix(folder.path()).unwrap().display().to_string();
        let names: Vec<String> = sources.iter().map(|source| name(&source.path)).collect();
        assert_eq!(names, [vietnamese, "rates.xlsx"]);
        let place = &sources[0].place;
        assert_eq!((place.creator.as_deref(), place.platform), (Some("anh"), Some("tiktok")));
        assert_eq!(sources[0].kind, Some(Kind::Followers));
        let passed: Vec<String> = passed.iter().map(|(path, why)| format!("{}: {why}", name(path))).collect();
        assert_eq!(
            passed,
            [
                ".DS_Store: a hidden file",
                "README.md: a text for people",
                "logo.png: no table by its name's ending",
                "~$rates.xlsx: a lock of a program that has the file open"
            ]
        );
    }
}
