//! The picture of ratios with their intervals: a dot and a line a row, around the value that says "as everywhere".

use super::number::{count, significant};
use super::svg::{Anchor, SERIES, Scale, Svg, width_of};
use super::upset::clipped;
use crate::base::stats::Interval;

/// One ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// What it is of.
    pub name: String,
    /// The ratio; 0 stands at the left edge.
    pub value: f64,
    /// Its interval; an end at 0 or at infinity goes to the edge, with a point.
    pub interval: Option<Interval>,
    /// Which series it belongs to.
    pub series: usize,
    /// What it says when pointed at.
    pub about: String,
}

/// What stands around the dots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Words<'a> {
    /// The title.
    pub title: &'a str,
    /// What a dot is, below the title.
    pub under: &'a str,
    /// What the axis measures.
    pub axis: &'a str,
    /// The names of the series; a legend is drawn of two and more.
    pub series: &'a [String],
    /// Where the figures come from.
    pub from: &'a str,
}

/// At most so many rows are drawn.
const ROWS: usize = 60;

const STEP: f64 = 20.0;
const TOP: f64 = 78.0;
const PLOT: f64 = 430.0;
const FIGURES: f64 = 150.0;

/// Draws rows from above in their order, on a logarithmic axis around `reference`; where an interval holds the reference, the row is
/// pale.
///
/// ```
/// use truereach::base::stats::Interval;
/// use truereach::report::dots::{Dot, Words, draw};
/// let interval = Some(Interval { low: 2.8, high: 3.5 });
/// let dot = Dot { name: "country=VN".into(), value: 3.1, interval, series: 0, about: "310 of 400".into() };
/// let words = Words { title: "What stands out", under: "", axis: "lift", series: &[], from: "a market" };
/// assert!(draw(&[dot], 1.0, words).contains("3.10 (2.80–3.50)"));
/// ```
pub fn draw(rows: &[Dot], reference: f64, words: Words) -> String {
    let drawn = &rows[..rows.len().min(ROWS)];
    let told: Vec<String> = drawn.iter().map(|dot| format!("{}: {}", dot.name, figures(dot))).collect();
    let name = drawn.iter().map(|dot| width_of(&dot.name, 13.0)).fold(60.0, f64::max).min(260.0);
    let left = 20.0 + name + 16.0;
    let (right, width) = (left + PLOT, left + PLOT + FIGURES);
    let mut hints = Vec::new();
    if drawn.len() < rows.len() {
        hints.push(format!("{} of {} rows", count(drawn.len() as u64), count(rows.len() as u64)));
    }
    if drawn.iter().any(|dot| pale(dot, reference)) {
        hints.push("pale: the interval does not tell it from the dashed line".to_owned());
    }
    let below = if hints.is_empty() { TOP - 17.0 } else { TOP };
    let legend = legend(drawn, words.series, width - 40.0);
    let lines = legend.last().map_or(0.0, |place| place.1 + 1.0);
    let top = below + 20.0 * lines + 14.0;
    let bottom = top + STEP * drawn.len() as f64;
    let height = bottom + 74.0;

    let mut picture = Svg::new(width, height, words.title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), words.title);
    picture.text("small soft", Anchor::Start, (20.0, 51.0), words.under);
    picture.text("small soft", Anchor::Start, (20.0, 68.0), &hints.join("; "));
    for (series, line, x) in legend {
        let y = below + 20.0 * line + 4.0;
        picture.dot(&colour(series), (20.0 + x + 5.0, y), 5.0, &words.series[series]);
        picture.text("small", Anchor::Start, (20.0 + x + 16.0, y + 4.0), &words.series[series]);
    }

    let (low, high) = ends(drawn, reference);
    let x = Scale::log(low, high, left, right);
    for tick in ticks(low, high) {
        picture.line("grid", (x.at(tick), top), (x.at(tick), bottom));
        picture.text("small soft", Anchor::Middle, (x.at(tick), bottom + 18.0), &significant(tick, 1));
        // Of a tall picture the lower axis may be off the screen.
        if drawn.len() > 20 {
            picture.text("small soft", Anchor::Middle, (x.at(tick), top - 6.0), &significant(tick, 1));
        }
    }
    picture.line("axis", (left, bottom), (right, bottom));
    picture.line("ideal", (x.at(reference), top), (x.at(reference), bottom));
    for (at, dot) in drawn.iter().enumerate() {
        let y = top + STEP * (at as f64 + 0.5);
        let about = format!("{}\n{}", told[at], dot.about);
        let pale = pale(dot, reference);
        let colour = colour(dot.series);
        picture.text("", Anchor::End, (left - 10.0, y + 4.5), &clipped(&dot.name, name));
        if let Some(range) = dot.interval {
            let class = if pale { format!("{colour} thin") } else { colour.clone() };
            picture.line(&class, (x.at(range.low), y), (x.at(range.high), y));
            for (edge, beyond, inwards) in [(left, range.low < low, 5.0), (right, range.high > high, -5.0)] {
                if beyond {
                    picture.polyline(&class, &[(edge + inwards, y - 4.0), (edge, y), (edge + inwards, y + 4.0)]);
                }
            }
        }
        let class = if pale { format!("{colour} open") } else { colour };
        picture.dot(&class, (x.at(dot.value), y), 4.5, &about);
        picture.text("small soft", Anchor::Start, (right + 12.0, y + 4.0), &figures(dot));
    }
    picture.text("small soft", Anchor::Middle, ((left + right) / 2.0, bottom + 38.0), words.axis);
    picture.text("small soft", Anchor::Start, (20.0, height - 12.0), words.from);
    picture.finish()
}

/// Whether chance alone would leave the reference.
fn pale(dot: &Dot, reference: f64) -> bool {
    dot.interval.is_some_and(|range| range.low <= reference && reference <= range.high)
}

fn colour(series: usize) -> String {
    format!("s{}", series % SERIES)
}

/// A ratio and its interval in words, with as many decimals as the ratio asks for.
fn figures(dot: &Dot) -> String {
    let most = if dot.value > 0.0 { dot.value } else { dot.interval.map_or(0.0, |range| range.high) };
    let decimals = match most {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        value if value >= 0.1 => 2,
        _ => 3,
    };
    let short = |value: f64| if value.is_finite() { format!("{value:.decimals$}") } else { "∞".to_owned() };
    match dot.interval {
        Some(range) => format!("{} ({}–{})", short(dot.value), short(range.low), short(range.high)),
        None => short(dot.value),
    }
}

/// Where the names of the series that are drawn stand: series, line, and how far to the right.
fn legend(drawn: &[Dot], series: &[String], width: f64) -> Vec<(usize, f64, f64)> {
    let named = (0..series.len()).filter(|at| drawn.iter().any(|dot| dot.series == *at));
    let (mut line, mut x) = (0.0, 0.0);
    let mut places = Vec::new();
    for at in named {
        let long = 16.0 + width_of(&series[at], 11.0) + 18.0;
        if x > 0.0 && x + long > width {
            (line, x) = (line + 1.0, 0.0);
        }
        places.push((at, line, x));
        x += long;
    }
    if places.len() > 1 { places } else { Vec::new() }
}

/// The ends of the axis: at least half and twice the reference; all values; intervals, unless they are so wide that the rest would be
/// pressed together.
fn ends(drawn: &[Dot], reference: f64) -> (f64, f64) {
    let (mut low, mut high) = (reference / 2.0, reference * 2.0);
    for dot in drawn.iter().filter(|dot| dot.value > 0.0 && dot.value.is_finite()) {
        let range = dot.interval.unwrap_or(Interval::point(dot.value));
        low = low.min(range.low.max(dot.value / 4.0));
        high = high.max(range.high.min(dot.value * 4.0));
    }
    (low / 1.05, high * 1.05)
}

/// Round values between two: 1, 2 and 5 times powers of ten, of wide ranges the powers alone.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let steps: &[f64] = if high / low > 2e3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let powers = libm::floor(libm::log10(low)) as i32..=libm::ceil(libm::log10(high)) as i32;
    let all = powers.flat_map(|power| steps.iter().map(move |step| step * libm::pow(10.0, power.into())));
    all.filter(|tick| (low..=high).contains(tick)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(value: f64, low: f64, high: f64) -> Dot {
        let interval = Some(Interval { low, high });
        Dot { name: "a".into(), value, interval, series: 0, about: String::new() }
    }

    #[test]
    fn axes_hold_the_reference_and_every_value() {
        assert_eq!(ends(&[], 100.0), (50.0 / 1.05, 200.0 * 1.05));
        // An interval down to 0 or without end does not press the rest together.
        let (low, high) = ends(&[dot(0.2, 0.0, 0.5), dot(0.0, 0.0, 0.1), dot(8.0, 4.0, f64::INFINITY)], 1.0);
        assert!(low < 0.2 && low > 0.01 && high > 8.0 && high < 100.0, "{low} to {high}");
        assert_eq!(ticks(0.4, 11.0), [0.5, 1.0, 2.0, 5.0, 10.0]);
        assert_eq!(ticks(0.5, 5000.0), [1.0, 10.0, 100.0, 1000.0]);
    }

    #[test]
    fn rows_that_chance_would_leave_are_pale_and_open_ends_have_a_point() {
        let words = Words { title: "t", under: "", axis: "lift", series: &[], from: "" };
        let sure = draw(&[dot(2.0, 1.5, 2.5)], 1.0, words);
        assert!(!sure.contains("s0 thin") && !sure.contains("s0 open") && !sure.contains("<polyline"));
        let unsure = draw(&[dot(0.5, 0.0, 1.5)], 1.0, words);
        assert!(unsure.contains("s0 thin") && unsure.contains("s0 open") && unsure.contains("<polyline"));
    }

    #[test]
    fn sixty_rows_are_drawn_and_it_is_said_that_there_are_more() {
        let words = Words { title: "t", under: "", axis: "lift", series: &["x".into(), "y".into()], from: "" };
        let rows: Vec<Dot> = (0..70).map(|at| Dot { series: at % 2, ..dot(2.0, 1.5, 2.5) }).collect();
        let picture = draw(&rows, 1.0, words);
        assert!(picture.contains("60 of 70 rows") && picture.contains(">x</text>") && picture.contains(">y</text>"));
        assert!(!draw(&rows[..1], 1.0, words).contains(">x</text>"), "one series needs no legend");
        assert_eq!(draw(&[], 1.0, words).matches("<circle").count(), 0);
    }
}
