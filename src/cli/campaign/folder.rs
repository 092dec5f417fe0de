//! A report as a folder: the page, everything as JSON, each answer as CSV and Excel, each drawing as SVG. Written beside its
//! place and renamed into it, so that it is whole or absent.

use std::path::{Path, PathBuf};

use super::names::LIST;
use crate::base::{Error, Result};
use crate::io::output::BYTE_ORDER_MARK;
use crate::report::page::{self, Findings, Language, picture};
use crate::report::{Format, Table};

/// Writes a report to a folder.
///
/// **Errors**: [`Error::Exists`] where something stands at that place and `force` is not given; with `force` a folder that is no
/// report is refused too.
pub fn folder(findings: &Findings, language: Language, target: &Path, force: bool) -> Result<()> {
    if target.exists() {
        replaceable(target, force)?;
    }
    let beside = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let made = tempfile::Builder::new()
        .prefix(".truereach-")
        .tempdir_in(&beside)
        .map_err(|error| Error::io(target, "write", error))?;
    fill(findings, language, made.path())?;
    share(made.path())?;
    let made = made.keep();
    let renamed = into_place(&made, target);
    if renamed.is_err() {
        let _ = std::fs::remove_dir_all(&made);
    }
    renamed
}

/// The page's file.
const PAGE: &str = "report.html";
/// The document's file, by which a folder is known for a report.
const DOCUMENT: &str = "report.json";

/// Refuses what must not be written over.
fn replaceable(target: &Path, force: bool) -> Result<()> {
    if !force {
        return Err(Error::Exists(target.to_path_buf()));
    }
    let refused = |why: String| {
        Error::parameter("-o", format!("{} {why}, and is not replaced", target.display()))
            .with_hint("name another folder")
    };
    let Ok(entries) = std::fs::read_dir(target) else { return Err(refused("is no folder".into())) };
    let names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    let is_report = has(PAGE) && has(DOCUMENT);
    if !(names.is_empty() || is_report) {
        return Err(refused("is no report".into()));
    }
    // What somebody put beside a report is theirs.
    match names.iter().find(|name| !is_of_a_report(name)) {
        Some(other) => Err(refused(format!("holds {other}, which is of no report"))),
        None => Ok(()),
    }
}

/// Whether a report writes files of this name.
fn is_of_a_report(name: &str) -> bool {
    let parts = ["plan", "reach", "reach-everybody", "influence", "overlap-curve", "overlap-sets", "risk"];
    let drawings = ["waterfall", "growth", "sets"];
    match name.rsplit_once('.') {
        Some((stem, "csv" | "xlsx")) => parts.contains(&stem),
        Some((stem, "svg")) => drawings.contains(&stem),
        _ => [PAGE, DOCUMENT, LIST].contains(&name),
    }
}

fn fill(findings: &Findings, language: Language, folder: &Path) -> Result<()> {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|error| Error::io(name, "write", error))
    };
    write(PAGE, page::html(findings, language).as_bytes())?;
    write(DOCUMENT, format!("{:#}\n", findings.document()).as_bytes())?;
    let list: String = findings.asked.creators.iter().map(|name| format!("{name}\n")).collect();
    write(LIST, list.as_bytes())?;
    for (name, part) in findings.parts() {
        let Some(table) = &part.table else { continue };
        write(&format!("{name}.csv"), &separated(table, name)?)?;
        write(&format!("{name}.xlsx"), &written(table, Format::Xlsx, name)?)?;
    }
    picture::all(findings, language)
        .into_iter()
        .try_for_each(|(name, drawn)| write(&format!("{name}.svg"), drawn.svg.as_bytes()))
}

/// A table as the command line writes it to a file.
fn separated(table: &Table, name: &str) -> Result<Vec<u8>> {
    let rows = written(table, Format::Csv, name)?;
    let mark: &[u8] = if table.is_ascii() { b"" } else { BYTE_ORDER_MARK };
    Ok([mark, &rows].concat())
}

fn written(table: &Table, format: Format, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    table.write(format, 200, &mut bytes).map_err(|error| Error::io(name, "write", error))?;
    Ok(bytes)
}

/// Temporary folders are private; a report is as readable as other folders are.
fn share(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let fail = |error| Error::io(folder, "write", error);
        // The files inside were made by this umask: the folder is as open as they are, and can be entered by whoever reads them.
        let mode = std::fs::metadata(folder.join(PAGE)).map_err(fail)?.permissions().mode();
        let enter = (mode & 0o444) >> 2;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700 | (mode & 0o077) | enter))
            .map_err(fail)?;
    }
    Ok(())
}

/// Renames a folder into its place; an older report steps aside first, and comes back if that fails.
fn into_place(made: &Path, target: &Path) -> Result<()> {
    let fail = |error| Error::io(target, "write", error);
    if !target.exists() {
        return std::fs::rename(made, target).map_err(fail);
    }
    let aside = made.with_extension("old");
    std::fs::rename(target, &aside).map_err(fail)?;
    if let Err(error) = std::fs::rename(made, target) {
        let _ = std::fs::rename(&aside, target);
        return Err(fail(error));
    }
    std::fs::remove_dir_all(&aside).map_err(fail)
}
