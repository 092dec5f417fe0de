//! The picture of how often intervals held against how often they should, with what chance alone would leave.

use super::svg::{Anchor, Scale, Svg, width_of};
use crate::base::stats::Interval;

/// How often the intervals of one level held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// How often they should.
    pub level: f64,
    /// How often they did.
    pub held: f64,
    /// Where chance alone would leave that.
    pub band: Interval,
}

/// What stands around a picture of a back-test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Words<'a> {
    /// The title: what was found.
    pub title: &'a str,
    /// What was looked at, below the title.
    pub under: &'a str,
    /// Where the figures come from.
    pub from: &'a str,
}

const LEFT: f64 = 76.0;
const TOP: f64 = 78.0;
const SIDE: f64 = 380.0;
const BESIDE: f64 = 262.0;

/// Draws levels from left to right in their order, and says the levels of `named` in words.
///
/// ```
/// use truereach::base::stats::Interval;
/// use truereach::report::calibration::{Held, Words, draw};
/// let held = Held { level: 0.8, held: 0.71, band: Interval { low: 0.76, high: 0.84 } };
/// let words = Words { title: "80% intervals held 71%", under: "412 past posts", from: "" };
/// assert!(draw(&[held], &[0.8], words).contains("80%: 71%, too narrow"));
/// ```
pub fn draw(levels: &[Held], named: &[f64], words: Words) -> String {
    let told: Vec<String> = levels.iter().map(said).collect();
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    let width = (right + BESIDE).max(40.0 + width_of(words.title, 17.0)).max(40.0 + width_of(words.under, 11.0));
    let height = bottom + 78.0;
    let mut picture = Svg::new(width, height, words.title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), words.title);
    picture.text("small soft", Anchor::Start, (20.0, 53.0), words.under);
    let (x, y) = (Scale::linear(0.0, 1.0, LEFT, right), Scale::linear(0.0, 1.0, bottom, TOP));
    for tick in (0..=5).map(|at| 0.2 * f64::from(at)) {
        picture.line("grid", (x.at(tick), TOP), (x.at(tick), bottom));
        picture.line("grid", (LEFT, y.at(tick)), (right, y.at(tick)));
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(tick) + 4.0), &percent(tick));
        picture.text("small soft", Anchor::Middle, (x.at(tick), bottom + 18.0), &percent(tick));
    }
    for one in levels {
        let (low, high) = (y.at(one.band.low), y.at(one.band.high));
        let wide = SIDE / (levels.len() as f64 + 1.0).max(20.0);
        picture.bar("s7", (x.at(one.level) - wide / 2.0, high), (wide, low - high), 0.22, &said(one));
    }
    picture.line("ideal", (LEFT, bottom), (right, TOP));
    let places: Vec<(f64, f64)> = levels.iter().map(|one| (x.at(one.level), y.at(one.held))).collect();
    picture.polyline("s0", &places);
    for (at, one) in levels.iter().enumerate() {
        picture.dot(if is_off(one) { "s1" } else { "s0" }, places[at], 4.0, &told[at]);
    }
    picture.line("axis", (LEFT, bottom), (right, bottom));
    picture.line("axis", (LEFT, TOP), (LEFT, bottom));
    picture.text(
        "small soft",
        Anchor::Middle,
        ((LEFT + right) / 2.0, bottom + 38.0),
        "how often intervals should hold",
    );
    picture.text("small soft", Anchor::Start, (20.0, TOP - 8.0), "held");
    beside(&mut picture, levels, named, right + 26.0);
    picture.text("small soft", Anchor::Start, (20.0, height - 12.0), words.from);
    picture.finish()
}

/// What the picture says, in words.
fn beside(picture: &mut Svg, levels: &[Held], named: &[f64], x: f64) {
    let mut y = TOP + 14.0;
    let mut line = |class: &str, words: &str, step: f64| {
        picture.text(class, Anchor::Start, (x, y), words);
        y += step;
    };
    for one in levels.iter().filter(|one| named.iter().any(|level| (level - one.level).abs() < 1e-9)) {
        line(if is_off(one) { "alarm" } else { "" }, &verdict(one), 17.0);
        let band = format!("chance alone: {} to {}", percent(one.band.low), percent(one.band.high));
        line("small soft", &band, 25.0);
    }
    for words in [
        "below the dashed line: held too seldom,",
        "intervals are too narrow",
        "above it: held too often,",
        "intervals are wider than they need be",
    ] {
        line("small soft", words, 16.0);
    }
    y += 14.0;
    for (class, words) in [("s0", "within what chance leaves (grey)"), ("s1", "outside of it")] {
        if levels.iter().any(|one| is_off(one) == (class == "s1")) {
            picture.dot(class, (x + 5.0, y - 4.0), 4.0, words);
            picture.text("small", Anchor::Start, (x + 16.0, y), words);
            y += 18.0;
        }
    }
}

fn is_off(one: &Held) -> bool {
    !(one.band.low - 1e-9..=one.band.high + 1e-9).contains(&one.held)
}

fn verdict(one: &Held) -> String {
    let says = match is_off(one) {
        false => "as it should",
        true if one.held < one.level => "too narrow",
        true => "too wide",
    };
    format!("{}: {}, {says}", percent(one.level), percent(one.held))
}

fn said(one: &Held) -> String {
    let (low, high) = (percent(one.band.low), percent(one.band.high));
    format!("{} intervals held {} (chance alone: {low} to {high})", percent(one.level), percent(one.held))
}

/// A share in whole percent.
pub(super) fn percent(share: f64) -> String {
    // No minus before nothing.
    let whole = libm::round(100.0 * share) + 0.0;
    if whole < 0.0 { format!("−{:.0}%", -whole) } else { format!("{whole:.0}%") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words = Words { title: "t <&>", under: "", from: "" };

    fn held(level: f64, held: f64) -> Held {
        Held { level, held, band: Interval::around(level, 0.04) }
    }

    #[test]
    fn what_chance_does_not_explain_is_said() {
        let picture = draw(&[held(0.5, 0.52), held(0.8, 0.7), held(0.95, 0.999)], &[0.5, 0.8, 0.95], WORDS);
        for words in [
            "50%: 52%, as it should",
            "80%: 70%, too narrow",
            "95%: 100%, too wide",
            "outside of it",
            "t &lt;&amp;&gt;",
        ] {
            assert!(picture.contains(words), "{words}");
        }
        assert_eq!(picture.matches("<circle class=\"dot s1\"").count(), 3, "two dots and the legend");
        let right = draw(&[held(0.5, 0.52)], &[0.8], WORDS);
        assert!(!right.contains("outside of it") && !right.contains("alarm\" x"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_percents_are_short() {
        assert_eq!(draw(&[], &[0.8], WORDS).matches("<circle").count(), 0);
        assert_eq!([0.784, -0.001, -0.14, 1.0].map(percent), ["78%", "0%", "−14%", "100%"]);
    }
}
