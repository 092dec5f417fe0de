//! The pictures of risk: `resonance.svg` and `loss.svg` in a folder.

use std::path::Path;

use super::super::plots;
use super::super::term::Terminal;
use super::Found;
use crate::base::Result;
use crate::report::Provenance;
use crate::report::calibration::Words;
use crate::report::loss::{self, Marks};
use crate::report::resonance::{self, Square};

/// The pictures, in the order they are written.
const NAMES: [&str; 2] = ["resonance.svg", "loss.svg"];

/// Refuses what stands there already, before the work is done.
pub fn check(folder: &Path, force: bool) -> Result<()> {
    plots::check(folder, &NAMES, force)
}

/// Draws what was found; what the data cannot carry is said instead.
pub fn write(found: &Found<'_>, from: &Provenance, folder: &Path, force: bool, terminal: &Terminal) -> Result<()> {
    let mut drawn = Vec::new();
    match &found.known.resonances {
        None => terminal.note("no picture of resonance: it needs interactions with signs, and communities"),
        Some(all) => {
            let names: Vec<String> = all.rows.iter().map(|towards| found.name(towards.creator)).collect();
            let square = |row: usize, group: usize| {
                let cell = &all.rows[row].cells[group];
                let said = cell.voices() > 0.0 && !found.is_small(cell.voices());
                said.then(|| Square { s: cell.s, interval: cell.interval, voices: cell.voices() })
            };
            drawn.push((NAMES[0], resonance::draw(&names, &all.groups, square, &from.line())));
        }
    }
    match &found.portfolio {
        None => terminal.note("no picture of the loss: it needs chances (--hazards FILE or --hazard CHANCE)"),
        Some((_, risk)) if risk.losses.iter().any(|&loss| found.is_small(loss)) => {
            terminal.note("no picture of the loss: it would show counts of few people (--small-cells draws it)");
        }
        Some((scenario, risk)) => {
            let (value, unit) = match &found.value {
                Some((value, currency)) => (*value, currency.as_deref().unwrap_or("in money")),
                None => (1.0, "people"),
            };
            let losses: Vec<f64> = risk.losses.iter().map(|loss| loss * value).collect();
            let tail = risk.tail.times(value)?;
            let marks = Marks { alpha: tail.alpha, var: tail.var, cvar: tail.cvar, unit };
            let under = format!(
                "{}; in your scenario, over {}; every figure holds if it happens",
                found.brand.what, scenario.period
            );
            let title = loss::finding(&marks, &losses);
            let words = Words { title: &title, under: &under, from: &from.line() };
            drawn.push((NAMES[1], loss::draw(&losses, &marks, words)));
        }
    }
    plots::write(drawn, folder, force, terminal)
}
