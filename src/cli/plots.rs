//! Pictures in a folder.

use std::io::Write;
use std::path::Path;

use super::term::Terminal;
use crate::base::{Error, Result};
use crate::io::output::Output;

/// Refuses what stands there already, before the work is done.
pub fn check(folder: &Path, names: &[&str], force: bool) -> Result<()> {
    match names.iter().map(|name| folder.join(name)).find(|path| !force && path.exists()) {
        Some(path) => Err(Error::Exists(path)),
        None => Ok(()),
    }
}

/// Writes pictures under their names, each file whole or not at all.
pub fn write(
    pictures: impl IntoIterator<Item = (&'static str, String)>,
    folder: &Path,
    force: bool,
    terminal: &Terminal,
) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, "write", error))?;
    let mut written = Vec::new();
    for (name, picture) in pictures {
        let path = folder.join(name);
        terminal.writing(&path)?;
        let mut out = Output::create(&path, force)?;
        out.write_all(picture.as_bytes()).map_err(|error| Error::io(&path, "write", error))?;
        out.finish()?;
        written.push(name);
    }
    terminal.note(format!("pictures written to {}: {}", folder.display(), written.join(", ")));
    Ok(())
}
