//! The picture of waterfalls side by side: from followers to those who count, step by step, a column a creator.

use super::number::people;
use super::svg::{Anchor, Scale, Svg};
use super::upset::clipped;
use crate::base::stats::Interval;

/// A waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Fall {
    /// Whose.
    pub name: String,
    /// The steps: name, people (less than 0: taken away), and whether it is a level that was reached.
    pub steps: Vec<(String, f64, bool)>,
    /// The interval of the last level.
    pub whisker: Option<Interval>,
}

/// At most so many are drawn.
const MOST: usize = 6;
const STEP: f64 = 28.0;
const TOP: f64 = 96.0;
const NAMES: f64 = 150.0;
const EACH: f64 = 200.0;

/// Draws waterfalls, each on a scale of its own; `from` says where the figures come from.
///
/// ```
/// use truereach::report::waterfall::{Fall, draw};
/// let steps = vec![("followers".to_owned(), 100.0, true), ("not exposed".to_owned(), -70.0, false), ("reach".to_owned(), 30.0, true)];
/// assert!(draw(&[Fall { name: "anh".into(), steps, whisker: None }], "").contains("−70"));
/// ```
pub fn draw(falls: &[Fall], from: &str) -> String {
    let drawn = &falls[..falls.len().min(MOST)];
    // Steps that are nothing for everybody are left out.
    let rows: Vec<usize> = (0..drawn.first().map_or(0, |fall| fall.steps.len()))
        .filter(|&at| drawn.iter().any(|fall| fall.steps[at].2 || fall.steps[at].1 != 0.0))
        .collect();
    let told: Vec<String> = drawn
        .iter()
        .map(|fall| {
            let steps: Vec<String> =
                rows.iter().map(|&at| format!("{} {}", fall.steps[at].0, signed(fall.steps[at].1))).collect();
            format!("{}: {}", fall.name, steps.join(", "))
        })
        .collect();
    let (width, bottom) = (NAMES + EACH * drawn.len() as f64 + 40.0, TOP + STEP * rows.len() as f64);
    let title = "From followers to true influence";
    let mut picture = Svg::new(width, bottom + 50.0, title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), title);
    let hint = match drawn.len() < falls.len() {
        true => format!("people a post; {} of {} creators; each on a scale of its own", drawn.len(), falls.len()),
        false => "people a post; each creator on a scale of its own; the whisker is the 95% interval".into(),
    };
    picture.text("small soft", Anchor::Start, (20.0, 51.0), &hint);
    for (line, &at) in rows.iter().enumerate() {
        let (name, _, level) = &drawn[0].steps[at];
        let class = if *level { "" } else { "small soft" };
        picture.text(class, Anchor::End, (NAMES, TOP + STEP * (line as f64 + 0.5) + 4.0), name);
    }
    for (place, fall) in drawn.iter().enumerate() {
        let left = NAMES + 20.0 + EACH * place as f64;
        picture.text("", Anchor::Start, (left, TOP - 12.0), &clipped(&fall.name, EACH - 20.0));
        let most = fall.steps.iter().map(|step| step.1).fold(fall.whisker.map_or(1.0, |range| range.high), f64::max);
        let x = Scale::linear(0.0, most, left, left + EACH - 74.0);
        let mut level = 0.0;
        for (line, &at) in rows.iter().enumerate() {
            let (name, change, is_level) = &fall.steps[at];
            let y = TOP + STEP * (line as f64 + 0.5);
            let (from, to, class) = match is_level {
                true => (0.0, *change, "s0"),
                false if *change < 0.0 => (level + change, level, "s1"),
                false => (level, level + change, "s2"),
            };
            level = if *is_level { *change } else { level + change };
            let about = format!("{}: {name} {}", fall.name, signed(*change));
            let wide = (x.at(to) - x.at(from)).max(if *change == 0.0 { 0.0 } else { 1.0 });
            picture.bar(class, (x.at(from), y - 8.0), (wide, 16.0), 1.0, &about);
            let mut end = x.at(to);
            if line + 1 == rows.len()
                && let Some(range) = fall.whisker
            {
                picture.line("axis", (x.at(range.low), y), (x.at(range.high), y));
                end = end.max(x.at(range.high));
            }
            let words = if *is_level { people(*change) } else { signed(*change) };
            picture.text("small", Anchor::Start, (end + 6.0, y + 4.0), &words);
        }
    }
    picture.text("small soft", Anchor::Start, (20.0, bottom + 34.0), from);
    picture.finish()
}

/// With a sign that is no hyphen.
fn signed(change: f64) -> String {
    if change == 0.0 {
        return "0".into();
    }
    if change < 0.0 { format!("−{}", people(-change)) } else { people(change) }
}
