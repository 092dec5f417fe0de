//! The picture of containment: people kept from turning, by how soon voices answer and by how many.

use super::calibration::Words;
use super::growth::round_steps;
use super::number::{brief, percent, tidy};
use super::svg::{Anchor, Scale, Svg, width_of};
use crate::base::stats::Interval;

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saved {
    /// Hours of delay, or voices.
    pub at: f64,
    /// People who do not turn because of them.
    pub people: f64,
    /// Its interval.
    pub interval: Option<Interval>,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curves<'a> {
    /// By hours of delay, rising, for `voices` voices.
    pub by_delay: &'a [Saved],
    /// How many voices answer in the curve by delay.
    pub voices: u64,
    /// By number of voices, rising, for a delay of `hours`.
    pub by_voices: &'a [Saved],
    /// The delay in the curve by voices.
    pub hours: f64,
    /// People who turn if nobody answers.
    pub turned: f64,
}

const PLOT: f64 = 360.0;
const LEFT: f64 = 84.0;
const BETWEEN: f64 = 60.0;
const TOP: f64 = 112.0;
const BOTTOM: f64 = 380.0;

/// What the curves say: a title.
///
/// The rule: the first and the last point of the curve by delay; without two, the last by voices; that nobody is saved where
/// nobody is. All of it if it happens.
pub fn finding(curves: &Curves) -> String {
    let share = |point: &Saved| percent(if curves.turned > 0.0 { point.people / curves.turned } else { 0.0 });
    let all = || curves.by_delay.iter().chain(curves.by_voices);
    if curves.turned <= 0.0 || all().all(|point| point.people <= 0.0) {
        return "If it happens, these voices keep nobody from turning".into();
    }
    match (curves.by_delay, curves.by_voices.last()) {
        ([first, .., last], _) => format!(
            "If it happens, {} answering after {} keep {} from turning, after {} {}",
            voices(curves.voices as f64),
            hours(first.at),
            share(first),
            hours(last.at),
            share(last)
        ),
        (_, Some(last)) => format!(
            "If it happens, {} answering after {} keep {} from turning",
            voices(last.at),
            hours(curves.hours),
            share(last)
        ),
        ([only], None) => format!(
            "If it happens, {} answering after {} keep {} from turning",
            voices(curves.voices as f64),
            hours(only.at),
            share(only)
        ),
        ([], None) => "If it happens, these voices keep nobody from turning".into(),
    }
}

/// Draws both curves side by side on one scale, people on the left and their share of those who would turn on the right.
///
/// ```
/// use truereach::report::{calibration::Words, containment::{Curves, Saved, draw, finding}};
/// let point = |at, people| Saved { at, people, interval: None };
/// let (by_delay, by_voices) = ([point(1.0, 380.0), point(24.0, 90.0)], [point(1.0, 200.0), point(3.0, 380.0)]);
/// let curves = Curves { by_delay: &by_delay, voices: 3, by_voices: &by_voices, hours: 1.0, turned: 1000.0 };
/// let title = finding(&curves);
/// assert_eq!(title, "If it happens, 3 voices answering after 1 hour keep 38% from turning, after 24 hours 9%");
/// assert!(draw(&curves, Words { title: &title, under: "", from: "" }).contains("380 people, 38%"));
/// ```
pub fn draw(curves: &Curves, words: Words) -> String {
    let share = |people: f64| percent(if curves.turned > 0.0 { people / curves.turned } else { 0.0 });
    let told = |point: &Saved, at: String| {
        let range =
            point.interval.map_or_else(String::new, |range| format!(" ({} to {})", tidy(range.low), tidy(range.high)));
        format!("{at}: {} people{range}, {} of those who would turn", tidy(point.people), share(point.people))
    };
    let by_delay: Vec<String> = curves.by_delay.iter().map(|point| told(point, hours(point.at))).collect();
    let by_voices: Vec<String> = curves.by_voices.iter().map(|point| told(point, voices(point.at))).collect();
    let right = LEFT + 2.0 * PLOT + BETWEEN;
    let width = [(words.title, 17.0), (words.under, 11.0), (words.from, 11.0)];
    let width = width.iter().map(|(text, size)| 40.0 + width_of(text, *size)).fold(right + 64.0, f64::max);
    let height = BOTTOM + 78.0;
    let about = [&by_delay[..], &by_voices[..]].concat().join("; ");
    let mut picture = Svg::new(width, height, words.title, &about);
    picture.text("big", Anchor::Start, (20.0, 32.0), words.title);
    picture.text("small soft", Anchor::Start, (20.0, 53.0), words.under);
    let highest = curves
        .by_delay
        .iter()
        .chain(curves.by_voices)
        .map(|point| point.interval.map_or(point.people, |range| range.high.max(point.people)));
    let most = highest.fold(0.0, f64::max) * 1.12;
    let y = Scale::linear(0.0, most, BOTTOM, TOP);
    let panels = [
        (LEFT, curves.by_delay, &by_delay, format!("{} answer", voices(curves.voices as f64)), "hours of delay", "s0"),
        (
            LEFT + PLOT + BETWEEN,
            curves.by_voices,
            &by_voices,
            format!("the answer comes after {}", hours(curves.hours)),
            "voices that answer",
            "s2",
        ),
    ];
    picture.text("small soft", Anchor::Start, (20.0, TOP - 34.0), "people kept from turning");
    picture.text("small soft", Anchor::End, (right + 44.0, TOP - 34.0), "share of those who would turn");
    for tick in round_steps(most, 5) {
        for panel in &panels {
            picture.line("grid", (panel.0, y.at(tick)), (panel.0 + PLOT, y.at(tick)));
        }
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(tick) + 4.0), &brief(tick));
        if curves.turned > 0.0 {
            picture.text("small soft", Anchor::Start, (right + 8.0, y.at(tick) + 4.0), &share(tick));
        }
    }
    for (left, points, told, title, axis, class) in panels {
        picture.text("small", Anchor::Middle, (left + PLOT / 2.0, TOP - 14.0), &title);
        curve(&mut picture, points, told, &y, (left, class), &|people| {
            format!("{} people, {}", tidy(libm::round(people)), share(people))
        });
        picture.text("small soft", Anchor::Middle, (left + PLOT / 2.0, BOTTOM + 38.0), axis);
    }
    picture.text("small soft", Anchor::Start, (20.0, height - 14.0), words.from);
    picture.finish()
}

/// One curve with its band, its ends in words.
fn curve(
    picture: &mut Svg,
    points: &[Saved],
    told: &[String],
    y: &Scale,
    (left, class): (f64, &str),
    words: &dyn Fn(f64) -> String,
) {
    let right = left + PLOT;
    picture.line("axis", (left, BOTTOM), (right, BOTTOM));
    let Some(last) = points.last() else {
        picture.text("small soft", Anchor::Middle, ((left + right) / 2.0, (TOP + BOTTOM) / 2.0), "not asked for");
        return;
    };
    let x = Scale::linear(0.0, last.at, left, right - 8.0);
    for tick in round_steps(last.at, 6).into_iter().filter(|tick| tick.fract() == 0.0 || last.at < 3.0) {
        picture.text("small soft", Anchor::Middle, (x.at(tick), BOTTOM + 18.0), &brief(tick));
    }
    let ends: Vec<(f64, f64, f64)> = points
        .iter()
        .filter_map(|point| point.interval.map(|range| (x.at(point.at), y.at(range.low), y.at(range.high))))
        .collect();
    match ends[..] {
        [(x, low, high)] => picture.line(&format!("{class} thin"), (x, low), (x, high)),
        [] => {}
        _ => picture.band(class, &ends, 0.18),
    }
    let places: Vec<(f64, f64)> = points.iter().map(|point| (x.at(point.at), y.at(point.people))).collect();
    if places.len() > 1 {
        picture.polyline(class, &places);
    }
    let step = points.len().div_ceil(40);
    for at in (0..points.len()).filter(|at| at % step == 0 || at + 1 == points.len()) {
        picture.dot(class, places[at], 3.5, &told[at]);
    }
    // Both ends in words, above what is drawn there.
    let above = |at: usize| points[at].interval.map_or(places[at].1, |range| y.at(range.high)).min(places[at].1) - 9.0;
    picture.text(
        "small",
        Anchor::Start,
        (places[0].0.min(right - 130.0).max(left + 4.0), above(0)),
        &words(points[0].people),
    );
    if points.len() > 1 {
        let at = points.len() - 1;
        picture.text("small", Anchor::End, (right, above(at)), &words(points[at].people));
    }
}

/// An amount of time in hours.
fn hours(hours: f64) -> String {
    if hours == 1.0 { "1 hour".into() } else { format!("{} hours", tidy(hours)) }
}

/// A number of voices.
fn voices(many: f64) -> String {
    if many == 1.0 { "1 voice".into() } else { format!("{} voices", tidy(many)) }
}
