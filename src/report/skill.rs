//! The picture of how much better a model is than each of its rivals.

use super::calibration::{Words, percent};
use super::growth::round_steps;
use super::svg::{Anchor, Scale, Svg, width_of};
use super::upset::clipped;
use crate::base::stats::Interval;

/// The model against one rival.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// The rival.
    pub name: String,
    /// By which share of the rival's score the model is better; below 0 it is worse.
    pub value: f64,
    /// 95% interval of that.
    pub interval: Interval,
}

const STEP: f64 = 30.0;
const TOP: f64 = 82.0;
const PLOT: f64 = 360.0;
const FIGURES: f64 = 250.0;
/// Of rivals that are far better, the rest of the bar is not drawn.
const WORST: f64 = -1.0;

/// What the rows say: the title of the picture.
pub fn finding(rows: &[Against]) -> String {
    let better = rows.iter().filter(|row| row.interval.low > 0.0).count();
    let worse = rows.iter().filter(|row| row.interval.high < 0.0).count();
    let of = |count: usize| match (count, rows.len()) {
        (1, 1) => "what it was held against".to_owned(),
        (count, all) if count == all => format!("all {all} it was held against"),
        (count, all) => format!("{count} of {all} it was held against"),
    };
    match (better, worse) {
        _ if rows.is_empty() => "Held against nothing".into(),
        (0, 0) => "Neither better nor worse for certain than what it was held against".into(),
        (better, 0) => format!("Better than {}", of(better)),
        (0, worse) => format!("WORSE than {}", of(worse)),
        (better, worse) => format!("Better than {better}, WORSE than {worse} of {} it was held against", rows.len()),
    }
}

fn says(row: &Against) -> String {
    let size = percent(row.value.abs());
    let what = match (row.interval.low > 0.0, row.interval.high < 0.0) {
        (true, _) => format!("{size} better"),
        (_, true) => format!("{size} worse"),
        _ if row.value < 0.0 => format!("{size} worse, not certain"),
        _ => format!("{size} better, not certain"),
    };
    format!("{what} ({} to {})", percent(row.interval.low), percent(row.interval.high))
}

/// Draws rows from above in their order: bars from the line of nothing gained, lines for their intervals.
///
/// ```
/// use truereach::base::stats::Interval;
/// use truereach::report::{calibration::Words, skill::{Against, draw}};
/// let row = Against { name: "past median".into(), value: 0.23, interval: Interval { low: 0.15, high: 0.31 } };
/// let words = Words { title: "Better than what it was held against", under: "", from: "" };
/// assert!(draw(&[row], words).contains("23% better (15% to 31%)"));
/// ```
pub fn draw(rows: &[Against], words: Words) -> String {
    let told: Vec<String> = rows.iter().map(|row| format!("against {}: {}", row.name, says(row))).collect();
    let name = rows.iter().map(|row| width_of(&row.name, 13.0)).fold(60.0, f64::max).min(240.0);
    let left = 20.0 + name + 16.0;
    let right = left + PLOT;
    let width = (right + FIGURES).max(40.0 + width_of(words.title, 17.0)).max(40.0 + width_of(words.under, 11.0));
    let bottom = TOP + STEP * rows.len() as f64;
    let mut picture = Svg::new(width, bottom + 78.0, words.title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), words.title);
    picture.text("small soft", Anchor::Start, (20.0, 53.0), words.under);
    let (low, high) = ends(rows);
    let x = Scale::linear(low, high, left, right);
    for tick in ticks(low, high) {
        picture.line("grid", (x.at(tick), TOP), (x.at(tick), bottom));
        picture.text("small soft", Anchor::Middle, (x.at(tick), bottom + 18.0), &percent(tick));
    }
    for (at, row) in rows.iter().enumerate() {
        let y = TOP + STEP * (at as f64 + 0.5);
        let (from, to) = (x.at(row.value.min(0.0)), x.at(row.value.max(0.0)));
        let sure = row.interval.low > 0.0 || row.interval.high < 0.0;
        let class = if row.value < 0.0 { "s1" } else { "s0" };
        picture.text("", Anchor::End, (left - 10.0, y + 4.5), &clipped(&row.name, name));
        picture.bar(class, (from, y - 8.0), (to - from, 16.0), if sure { 0.85 } else { 0.35 }, &told[at]);
        let whisker = (x.at(row.interval.low), x.at(row.interval.high));
        picture.line("axis", (whisker.0, y), (whisker.1, y));
        for end in [whisker.0, whisker.1] {
            picture.line("axis", (end, y - 5.0), (end, y + 5.0));
        }
        let class = if row.interval.high < 0.0 { "small alarm" } else { "small" };
        picture.text(class, Anchor::Start, (right + 14.0, y + 4.0), &says(row));
    }
    picture.line("axis", (x.at(0.0), TOP - 4.0), (x.at(0.0), bottom + 4.0));
    let axis = "by which share of the other's score (CRPS) the model is better; the line is nothing gained";
    picture.text("small soft", Anchor::Start, (20.0, bottom + 42.0), axis);
    picture.text("small soft", Anchor::Start, (20.0, bottom + 64.0), words.from);
    picture.finish()
}

/// The ends of the axis: nothing and at least a tenth on each side of it that is needed, all intervals.
fn ends(rows: &[Against]) -> (f64, f64) {
    let low = rows.iter().map(|row| row.interval.low.min(row.value)).fold(0.0, f64::min);
    let high = rows.iter().map(|row| row.interval.high.max(row.value)).fold(0.1, f64::max);
    (if low < 0.0 { (1.08 * low - 0.02).max(WORST) } else { 0.0 }, (1.08 * high).min(1.0))
}

/// Round values between two, nothing among them.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let steps = round_steps(high - low, 6);
    let step = steps.get(1).copied().unwrap_or(1.0);
    let first = libm::ceil(low / step - 1e-9) as i32;
    (first..).map(|at| f64::from(at) * step).take_while(|&tick| tick <= high + 1e-9).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, low: f64, high: f64) -> Against {
        Against { name: "a <b>".into(), value, interval: Interval { low, high } }
    }

    #[test]
    fn better_and_worse_are_said_in_words() {
        let (better, worse, neither) = (row(0.2, 0.1, 0.3), row(-0.2, -0.3, -0.1), row(0.1, -0.1, 0.2));
        for (rows, title) in [
            (vec![], "Held against nothing"),
            (vec![better.clone()], "Better than what it was held against"),
            (vec![better.clone(), better.clone()], "Better than all 2 it was held against"),
            (vec![better.clone(), neither.clone()], "Better than 1 of 2 it was held against"),
            (vec![worse.clone(), neither.clone()], "WORSE than 1 of 2 it was held against"),
            (vec![worse.clone(), better.clone()], "Better than 1, WORSE than 1 of 2 it was held against"),
            (vec![neither.clone()], "Neither better nor worse for certain than what it was held against"),
        ] {
            assert_eq!(finding(&rows), title);
        }
        let words = Words { title: "t", under: "", from: "" };
        let picture = draw(&[better, worse, neither], words);
        for words in ["20% better (10% to 30%)", "20% worse (−30% to −10%)", "10% better, not certain", "a &lt;b&gt;"]
        {
            assert!(picture.contains(words), "{words}");
        }
        assert!(draw(&[], words).ends_with("</svg>\n"));
    }

    #[test]
    fn axes_hold_nothing_and_all_intervals() {
        assert_eq!(ends(&[]), (0.0, 0.1 * 1.08));
        let (low, high) = ends(&[row(0.3, 0.1, 0.5), row(-0.1, -0.4, 0.0)]);
        assert!(low < -0.4 && high > 0.5);
        assert_eq!(ends(&[row(-7.0, -9.0, -5.0)]).0, -1.0);
        assert!(ticks(low, high).contains(&0.0) && ticks(0.0, 0.11).len() >= 4);
    }
}
