//! The picture of where outcomes fell in what was predicted: tenths of the predicted distribution, each with as many
//! outcomes if it is right.

use super::calibration::{Words, percent};
use super::growth::round_steps;
use super::svg::{Anchor, Scale, Svg, width_of};
use crate::base::stats::Interval;

const LEFT: f64 = 76.0;
const RIGHT: f64 = 676.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 350.0;

/// What the shares say: the title of the picture.
///
/// The rule: both outer parts above the band of chance, or one of them; both below it; then any part outside.
pub fn finding(shares: &[f64], band: Interval) -> String {
    let (Some(&low), Some(&high)) = (shares.first(), shares.last()) else { return "No outcomes".into() };
    let off = shares.iter().filter(|share| is_off(**share, band)).count();
    let many = |share: f64| share > band.high + 1e-9;
    let few = |share: f64| share < band.low - 1e-9;
    match (many(low), many(high)) {
        (true, true) => "Outcomes fell at both ends too often: predictions are too narrow".into(),
        (true, false) => "Outcomes fell at the lower end of what was predicted too often".into(),
        (false, true) => "Outcomes fell at the upper end of what was predicted too often".into(),
        _ if few(low) && few(high) => "Outcomes fell at the ends too seldom: predictions are too wide".into(),
        _ if off > 0 => format!("Outcomes fell unevenly: {off} of {} parts are more than chance leaves", shares.len()),
        _ => "Outcomes fell evenly over what was predicted".into(),
    }
}

fn is_off(share: f64, band: Interval) -> bool {
    !(band.low - 1e-9..=band.high + 1e-9).contains(&share)
}

/// Draws the shares of outcomes in equal parts of the predicted distribution; `band` is where chance alone would leave each.
///
/// ```
/// use truereach::base::stats::Interval;
/// use truereach::report::{calibration::Words, pit::{draw, finding}};
/// let (shares, band) = ([0.3, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.3], Interval { low: 0.07, high: 0.13 });
/// let words = Words { title: &finding(&shares, band), under: "412 past posts", from: "" };
/// assert!(draw(&shares, band, words).contains("too narrow"));
/// ```
pub fn draw(shares: &[f64], band: Interval, words: Words) -> String {
    let parts = shares.len().max(1) as f64;
    let edge = |at: usize| percent(at as f64 / parts);
    let told: Vec<String> = shares
        .iter()
        .enumerate()
        .map(|(at, share)| format!("{} to {}: {} of outcomes", edge(at), edge(at + 1), percent(*share)))
        .collect();
    let width = (RIGHT + 24.0).max(40.0 + width_of(words.title, 17.0)).max(40.0 + width_of(words.under, 11.0));
    let height = BOTTOM + 76.0;
    let mut picture = Svg::new(width, height, words.title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), words.title);
    picture.text("small soft", Anchor::Start, (20.0, 53.0), words.under);
    let most = shares.iter().copied().fold(band.high.max(0.2), f64::max) * 1.12;
    let (x, y) = (Scale::linear(0.0, parts, LEFT, RIGHT), Scale::linear(0.0, most, BOTTOM, TOP));
    for tick in round_steps(most, 5) {
        picture.line("grid", (LEFT, y.at(tick)), (RIGHT, y.at(tick)));
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(tick) + 4.0), &percent(tick));
    }
    for (at, share) in shares.iter().enumerate() {
        let class = if is_off(*share, band) { "s1" } else { "s0" };
        let (from, to, top) = (x.at(at as f64) + 3.0, x.at(at as f64 + 1.0) - 3.0, y.at(*share));
        picture.bar(class, (from, top), (to - from, BOTTOM - top), 0.85, &told[at]);
    }
    // Over the bars: what they are held against.
    let (low, high) = (y.at(band.low), y.at(band.high));
    let about = format!("chance alone: {} to {}", percent(band.low), percent(band.high));
    picture.bar("s7", (LEFT, high), (RIGHT - LEFT, low - high), 0.28, &about);
    picture.line("ideal", (LEFT, y.at(1.0 / parts)), (RIGHT, y.at(1.0 / parts)));
    for (at, share) in shares.iter().enumerate() {
        picture.text("small", Anchor::Middle, (x.at(at as f64 + 0.5), y.at(*share) - 5.0), &percent(*share));
    }
    for at in 0..=shares.len() {
        picture.text("small soft", Anchor::Middle, (x.at(at as f64), BOTTOM + 18.0), &edge(at));
    }
    picture.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    let axis = "part of the predicted distribution, from its lowest to its highest outcomes";
    picture.text("small soft", Anchor::Middle, ((LEFT + RIGHT) / 2.0, BOTTOM + 38.0), axis);
    let grey = format!("share of outcomes; grey: {about}");
    picture.text("small soft", Anchor::Start, (20.0, TOP - 14.0), &grey);
    picture.text("small soft", Anchor::Start, (20.0, height - 12.0), words.from);
    picture.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAND: Interval = Interval { low: 0.07, high: 0.13 };

    #[test]
    fn shapes_are_said_in_words() {
        let with = |low: f64, high: f64| {
            let mut shares = [(1.0 - low - high) / 8.0; 10];
            (shares[0], shares[9]) = (low, high);
            finding(&shares, BAND)
        };
        for (low, high, says) in [
            (0.1, 0.1, "evenly"),
            (0.3, 0.3, "too narrow"),
            (0.02, 0.02, "too wide"),
            (0.3, 0.1, "lower end"),
            (0.1, 0.2, "upper end"),
            (0.01, 0.1, "1 of 10 parts"),
        ] {
            assert!(with(low, high).contains(says), "{low} {high}: {}", with(low, high));
        }
        assert_eq!(finding(&[], BAND), "No outcomes");
    }

    #[test]
    fn parts_outside_the_band_have_another_colour_and_nothing_is_borne() {
        let words = Words { title: "<t>", under: "", from: "" };
        let mut shares = [0.1; 10];
        (shares[0], shares[5]) = (0.15, 0.05);
        let picture = draw(&shares, BAND, words);
        assert_eq!(picture.matches("<rect class=\"dot s1\"").count(), 2);
        assert_eq!(picture.matches("<rect class=\"dot s0\"").count(), 8);
        assert!(picture.contains("0% to 10%: 15% of outcomes") && picture.contains("&lt;t&gt;"));
        assert!(draw(&[], BAND, words).ends_with("</svg>\n"));
    }
}
