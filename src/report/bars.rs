//! The picture of shares in parts: a bar a row, a colour a part, a whisker for what is not known.

use super::growth::round_steps;
use super::number::significant;
use super::svg::{Anchor, Scale, Svg, width_of};
use super::upset::clipped;
use crate::base::stats::Interval;

/// A part of a bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is, as in the legend.
    pub name: String,
    /// Its share, from 0 to 1.
    pub share: f64,
    /// Its colour: a series.
    pub series: usize,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What it is of.
    pub name: String,
    /// Its parts, from the left.
    pub parts: Vec<Part>,
    /// The interval of all parts together.
    pub whisker: Option<Interval>,
    /// What stands behind it in words.
    pub about: String,
}

/// At most so many rows are drawn.
const ROWS: usize = 60;
const STEP: f64 = 24.0;
const TOP: f64 = 104.0;
const PLOT: f64 = 440.0;
const FIGURES: f64 = 170.0;

/// Draws rows from above in their order; `under` says what a bar is, `from` where the figures come from.
///
/// ```
/// use truereach::report::bars::{Bar, Part, draw};
/// let part = Part { name: "burst".into(), share: 0.04, series: 1 };
/// let bar = Bar { name: "anh".into(), parts: vec![part], whisker: None, about: "40 of 1,000".into() };
/// assert!(draw(&[bar], "Who is not real", "", "a market").contains("40 of 1,000"));
/// ```
pub fn draw(rows: &[Bar], title: &str, under: &str, from: &str) -> String {
    let drawn = &rows[..rows.len().min(ROWS)];
    let all = |bar: &Bar| bar.parts.iter().fold(0.0, |sum, part| sum + part.share);
    let percent = |share: f64| format!("{}%", significant(100.0 * share, 3));
    let told: Vec<String> =
        drawn.iter().map(|bar| format!("{}: {} ({})", bar.name, percent(all(bar)), bar.about)).collect();
    let name = drawn.iter().map(|bar| width_of(&bar.name, 13.0)).fold(60.0, f64::max).min(240.0);
    let left = 20.0 + name + 16.0;
    let (right, width) = (left + PLOT, left + PLOT + FIGURES);
    let bottom = TOP + STEP * drawn.len() as f64;
    let mut picture = Svg::new(width, bottom + 62.0, title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), title);
    picture.text("small soft", Anchor::Start, (20.0, 51.0), under);
    legend(&mut picture, drawn, width);
    let most = drawn.iter().map(|bar| bar.whisker.map_or(0.0, |range| range.high).max(all(bar))).fold(0.001, f64::max);
    let x = Scale::linear(0.0, most, left, right);
    for tick in round_steps(most, 5) {
        picture.line("grid", (x.at(tick), TOP), (x.at(tick), bottom));
        picture.text("small soft", Anchor::Middle, (x.at(tick), bottom + 18.0), &percent(tick));
    }
    picture.line("axis", (left, TOP), (left, bottom));
    for (at, bar) in drawn.iter().enumerate() {
        let y = TOP + STEP * (at as f64 + 0.5);
        picture.text("", Anchor::End, (left - 10.0, y + 4.5), &clipped(&bar.name, name));
        let mut start = 0.0;
        for part in bar.parts.iter().filter(|part| part.share > 0.0) {
            let (from, to) = (x.at(start), x.at(start + part.share));
            let about = format!("{}\n{}: {}", told[at], part.name, percent(part.share));
            picture.bar(&format!("s{}", part.series), (from, y - 7.0), (to - from, 14.0), 1.0, &about);
            start += part.share;
        }
        let figure = match bar.whisker {
            None => percent(start),
            Some(range) => {
                picture.line("axis", (x.at(range.low), y), (x.at(range.high), y));
                for end in [range.low, range.high] {
                    picture.line("axis", (x.at(end), y - 5.0), (x.at(end), y + 5.0));
                }
                format!("{} ({}–{})", percent(start), significant(100.0 * range.low, 3), percent(range.high))
            }
        };
        picture.text("small", Anchor::Start, (right + 12.0, y + 4.0), &figure);
    }
    picture.text("small soft", Anchor::Start, (20.0, bottom + 46.0), from);
    picture.finish()
}

/// The parts that some bar has, each once, in lines that fit.
fn legend(picture: &mut Svg, bars: &[Bar], width: f64) {
    let mut parts: Vec<(usize, &str)> = bars
        .iter()
        .flat_map(|bar| &bar.parts)
        .filter(|part| part.share > 0.0)
        .map(|part| (part.series, &part.name[..]))
        .collect();
    parts.sort_unstable();
    parts.dedup();
    let (mut x, mut y) = (20.0, 70.0);
    for (series, name) in parts {
        let wide = 24.0 + width_of(name, 11.0);
        if x + wide > width - 20.0 {
            (x, y) = (20.0, y + 16.0);
        }
        picture.bar(&format!("s{series}"), (x, y - 5.0), (10.0, 10.0), 1.0, name);
        picture.text("small", Anchor::Start, (x + 15.0, y + 4.0), name);
        x += wide + 8.0;
    }
}
