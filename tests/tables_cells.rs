//! Table files as people have them, read to cells and columns: real exports, workbooks, and bytes that are none.

mod common;

use std::path::Path;

use truereach::Run;
use truereach::io::tables::meaning::{Kind, Meaning, Stated, map};
use truereach::io::tables::sheet::{Cell, Sheet};

fn read(path: &Path) -> Sheet {
    let mut sheets = Sheet::read(path, &Run::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(sheets.len(), 1);
    sheets.remove(0)
}

/// Seven lists of a thousand creators, with their repeated columns, `#VALOR!` and line breaks in headers.
#[test]
fn lists_of_creators_are_understood() {
    let Some(folder) = common::shared("kol-multiplatform-2022") else { return };
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gz"));
    paths.extend(common::shared("kol-youtube-top/youtubers_df.csv.gz"));
    paths.sort();
    for path in paths {
        let sheet = read(&path);
        println!("== {} {:?}\n{} rows", path.display(), sheet.header, sheet.rows.len());
        match map(&sheet, &Stated::default()) {
            Ok(mapped) => {
                for c in &mapped.columns {
                    println!(
                        "  {} -> {}{} {:?}",
                        sheet.header[c.at],
                        c.meaning,
                        if c.average { " avg" } else { "" },
                        c.platform
                    );
                }
                println!("{:?} {:?} {:?} {:#?}", mapped.kind, mapped.platform, mapped.preset, mapped.why)
            }
            Err(error) => println!("ERROR {error}"),
        }
    }
}
