//! The pictures of a back-test: `calibration.svg`, `pit.svg` and `skill.svg` in a folder.

use std::path::Path;

use super::plots;
use super::term::Terminal;
use crate::base::Result;
use crate::learn::Verdict;
use crate::learn::scores::{Score, binomial_band};
use crate::report::calibration::{self, Held, Words};
use crate::report::skill::{self, Against};
use crate::report::{Provenance, pit};

/// The pictures, in the order they are written.
const NAMES: [&str; 3] = ["calibration.svg", "pit.svg", "skill.svg"];

/// Refuses what stands there already, before the work is done.
pub fn check(folder: &Path, force: bool) -> Result<()> {
    plots::check(folder, &NAMES, force)
}

/// Draws what was found, each file whole or not at all.
pub fn write(verdict: &Verdict, from: &Provenance, folder: &Path, force: bool, terminal: &Terminal) -> Result<()> {
    let Some(score) = &verdict.all else {
        terminal.note("no pictures: no past post could be predicted");
        return Ok(());
    };
    let drawn = NAMES.into_iter().zip(pictures(verdict, score, &from.line()));
    plots::write(drawn, folder, force, terminal)
}

fn pictures(verdict: &Verdict, score: &Score, from: &str) -> [String; 3] {
    let posts = format!(
        "{} of {} past posts of {} creators, predicted from what lay before them",
        verdict.measure.name(),
        score.posts,
        score.creators
    );
    let levels: Vec<Held> = score
        .middles
        .iter()
        .enumerate()
        .map(|(at, &held)| {
            let level = 0.05 * (at + 1) as f64;
            Held { level, held, band: binomial_band(level, score.posts) }
        })
        .collect();
    let words = Words { title: &verdict.sentence, under: &posts, from };
    let calibration = calibration::draw(&levels, &[0.5, 0.8, 0.95], words);
    let band = binomial_band(0.1, score.posts);
    let title = pit::finding(&score.pit, band);
    let pit = pit::draw(&score.pit, band, Words { title: &title, ..words });
    let rows: Vec<Against> = score
        .skills()
        .into_iter()
        .map(|skill| Against { name: skill.against, value: skill.value, interval: skill.interval })
        .collect();
    let title = skill::finding(&rows);
    let under = format!("{posts}; lines: 95% intervals, creators drawn again");
    let skill = skill::draw(&rows, Words { title: &title, under: &under, from });
    [calibration, pit, skill]
}
