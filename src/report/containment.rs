//! The picture of containment: people kept from turning, by how soon voices answer and by how many.

use super::calibration::Words;
use super::growth::round_steps;
use super::number::{brief, brief_step, percent, significant, tidy};
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
            "If it happens, {} {} from turning, after {} {}",
            answering(curves.voices as f64, first.at),
            share(first),
            hours(last.at),
            share(last)
        ),
        (_, Some(last)) => format!("If it happens, {} {} from turning", answering(last.at, curves.hours), share(last)),
        ([only], None) => {
            format!("If it happens, {} {} from turning", answering(curves.voices as f64, only.at), share(only))
        }
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
        curve(&mut picture, points, told, &y, (left, class), axis.starts_with("hours"), &|people| {
            counted(people, &share(people))
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
    parts: bool,
    words: &dyn Fn(f64) -> String,
) {
    let right = left + PLOT;
    picture.line("axis", (left, BOTTOM), (right, BOTTOM));
    let Some(last) = points.last() else {
        picture.text("small soft", Anchor::Middle, ((left + right) / 2.0, (TOP + BOTTOM) / 2.0), "not asked for");
        return;
    };
    let x = Scale::linear(0.0, last.at, left, right - 8.0);
    let ticks = round_steps(last.at, 6);
    let step = ticks.get(1).copied().unwrap_or(0.0);
    for tick in ticks.into_iter().filter(|tick| parts || tick.fract() == 0.0) {
        let text = brief_step(tick, if parts { step } else { 1.0 });
        picture.text("small soft", Anchor::Middle, (x.at(tick), BOTTOM + 18.0), &text);
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
    // Both ends in words, above or below all that is drawn there, whichever is nearer.
    let lines: Vec<(f64, f64, f64)> = points
        .iter()
        .zip(&places)
        .map(|(point, &(x, here))| {
            let [high, low] = point.interval.map_or([here; 2], |range| [range.high, range.low].map(|end| y.at(end)));
            (x, high.min(here), low.max(here))
        })
        .collect();
    let beside = |at: usize, from: f64, to: f64| {
        let (above, below) = clear(&lines, from - 8.0, to + 8.0);
        let (above, below) = (above - 9.0, below + 18.0);
        let near = below - places[at].1 < places[at].1 - above;
        if near && below < BOTTOM - 4.0 || above < TOP { below } else { above }
    };
    let first = words(points[0].people);
    let wide = width_of(&first, 11.0);
    let from = places[0].0.min(right - wide).max(left + 4.0);
    let lower = beside(0, from, from + wide);
    picture.text("small", Anchor::Start, (from, lower), &first);
    if points.len() > 1 {
        let text = words(last.people);
        let wide = width_of(&text, 11.0);
        let mut height = beside(points.len() - 1, right - wide, right);
        // Both on one height in a narrow curve would meet.
        if from + width_of(&first, 11.0) > right - wide && (height - lower).abs() < 14.0 {
            height = lower - 15.0;
        }
        picture.text("small", Anchor::End, (right, height), &text);
    }
}

/// The highest and the lowest place between two places of lines through points (place, upper, lower).
fn clear(lines: &[(f64, f64, f64)], from: f64, to: f64) -> (f64, f64) {
    let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
    let mut add = |upper: f64, lower: f64| ends = (ends.0.min(upper), ends.1.max(lower));
    lines.iter().filter(|point| (from..=to).contains(&point.0)).for_each(|point| add(point.1, point.2));
    for pair in lines.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        for edge in [from, to] {
            if a.0 < edge && edge < b.0 {
                let share = (edge - a.0) / (b.0 - a.0);
                add(a.1 + share * (b.1 - a.1), a.2 + share * (b.2 - a.2));
            }
        }
    }
    ends
}

/// Who answers when, up to the verb.
fn answering(many: f64, after: f64) -> String {
    format!("{} answering after {} {}", voices(many), hours(after), if many == 1.0 { "keeps" } else { "keep" })
}

/// An amount of time in hours; less than one in minutes.
fn hours(hours: f64) -> String {
    let minutes = libm::round(60.0 * hours);
    match hours {
        1.0 => "1 hour".into(),
        _ if minutes == 1.0 => "1 minute".into(),
        _ if hours > 0.0 && minutes < 60.0 => format!("{minutes} minutes"),
        _ => {
            let number = significant(hours, 3);
            let short = number.trim_end_matches('0').trim_end_matches('.');
            format!("{} hours", if number.contains('.') { short } else { &number })
        }
    }
}

/// A number of voices.
fn voices(many: f64) -> String {
    if many == 1.0 { "1 voice".into() } else { format!("{} voices", tidy(many)) }
}

/// A number of people and their share.
fn counted(people: f64, share: &str) -> String {
    let whole = libm::round(people);
    let number = if whole >= 1e7 { brief(whole) } else { tidy(whole) };
    format!("{number} {}, {share}", if whole == 1.0 { "person" } else { "people" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: f64, people: f64) -> Saved {
        Saved { at, people, interval: Some(Interval::around(people, 0.1 * people)) }
    }

    fn curves<'a>(by_delay: &'a [Saved], by_voices: &'a [Saved], turned: f64) -> Curves<'a> {
        Curves { by_delay, voices: 1, by_voices, hours: 0.5, turned }
    }

    #[test]
    fn what_voices_save_is_said_with_its_condition() {
        let delay = [point(0.5, 300.0), point(6.0, 100.0)];
        let many = [point(1.0, 300.0), point(3.0, 420.0)];
        for (by_delay, by_voices, turned, says) in [
            (
                &delay[..],
                &many[..],
                1000.0,
                "If it happens, 1 voice answering after 30 minutes keeps 30% from turning, after 6 hours 10%",
            ),
            (&delay[1..], &[], 1000.0, "If it happens, 1 voice answering after 6 hours keeps 10% from turning"),
            (&[], &many, 1000.0, "If it happens, 3 voices answering after 30 minutes keep 42% from turning"),
            (&[], &[], 1000.0, "If it happens, these voices keep nobody from turning"),
            (&[point(1.0, 0.0)], &[], 1000.0, "If it happens, these voices keep nobody from turning"),
            (&delay, &many, 0.0, "If it happens, these voices keep nobody from turning"),
        ] {
            assert_eq!(finding(&curves(by_delay, by_voices, turned)), says);
        }
        assert_eq!(
            [1.0, 1.0 / 60.0, 1.5, 48.0, 0.0].map(hours),
            ["1 hour", "1 minute", "1.5 hours", "48 hours", "0 hours"]
        );
    }

    #[test]
    fn curves_of_all_kinds_are_drawn() {
        let words = Words { title: "<t>", under: "", from: "" };
        let rising: Vec<Saved> = (1..=200).map(|k| point(f64::from(k), f64::from(k))).collect();
        let one = [Saved { at: 3.0, people: 1.0, interval: None }];
        let zero = [point(0.0, 0.0)];
        for (by_delay, by_voices, turned) in [
            (&rising[..], &rising[..], 1e3),
            (&one, &[], 5.0),
            (&[], &[], 0.0),
            (&zero, &zero, 0.0),
            (&[point(1.0, 1e9), point(2.0, 9e8)], &one, 3e9),
        ] {
            let picture = draw(&curves(by_delay, by_voices, turned), words);
            assert!(picture.ends_with("</svg>\n") && !picture.contains("NaN") && !picture.contains("inf"));
            assert!(picture.contains("&lt;t&gt;"));
            assert_eq!(picture.contains("not asked for"), by_delay.is_empty() || by_voices.is_empty());
        }
        let picture = draw(&curves(&one, &rising, 5.0), words);
        assert!(picture.contains("1 person, 20%") && picture.matches("<polygon").count() == 1);
    }

    #[test]
    fn words_keep_clear_of_lines() {
        let lines = [(0.0, 10.0, 20.0), (10.0, 30.0, 40.0)];
        assert_eq!(clear(&lines, 2.0, 5.0), (14.0, 30.0));
        assert_eq!(clear(&lines, -1.0, 11.0), (10.0, 40.0));
    }
}
