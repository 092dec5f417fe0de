//! The picture of what a scenario may cost: how many draws lose nothing, and how much the others lose.

use super::calibration::Words;
use super::growth::round_steps;
use super::number::{brief, count, percent, tidy};
use super::svg::{Anchor, Scale, Svg, width_of};

/// What is marked in the losses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marks<'a> {
    /// The share of draws that are not the worst.
    pub alpha: f64,
    /// Value at risk.
    pub var: f64,
    /// The mean loss of the worst draws.
    pub cvar: f64,
    /// What a loss counts: people turned, or a currency.
    pub unit: &'a str,
}

const LEFT: f64 = 80.0;
const RIGHT: f64 = 720.0;
const STRIP: f64 = 88.0;
const TOP: f64 = 196.0;
const BOTTOM: f64 = 400.0;
const BINS: usize = 40;

/// Beyond this ratio of the largest loss to the smallest the axis is logarithmic.
const WIDE: f64 = 50.0;

/// What the losses say: a title.
///
/// The rule: no loss in any draw; else the mean of the worst share of the draws.
pub fn finding(marks: &Marks, losses: &[f64]) -> String {
    match losses.iter().any(|&loss| loss > 0.0) {
        false => "No draw of this scenario loses anything".into(),
        true => format!(
            "If it happens as assumed, the worst {} of draws lose {} {} on average",
            percent(1.0 - marks.alpha),
            whole(marks.cvar),
            marks.unit
        ),
    }
}

/// Draws the losses, one a draw of the scenario: a strip of the share without loss, and below it how often which loss is.
///
/// ```
/// use truereach::report::{calibration::Words, loss::{Marks, draw, finding}};
/// let losses: Vec<f64> = (0..1000).map(|at| if at < 970 { 0.0 } else { at as f64 }).collect();
/// let marks = Marks { alpha: 0.95, var: 0.0, cvar: 590.7, unit: "people" };
/// let words = Words { title: &finding(&marks, &losses), under: "3 months", from: "" };
/// assert!(draw(&losses, &marks, words).contains("97% of draws: no loss"));
/// ```
pub fn draw(losses: &[f64], marks: &Marks, words: Words) -> String {
    let mut above: Vec<f64> = losses.iter().copied().filter(|&loss| loss > 0.0).collect();
    above.sort_unstable_by(f64::total_cmp);
    let some = above.len() as f64 / losses.len().max(1) as f64;
    let named = [
        format!("{} of {} draws: no loss", percent(1.0 - some), count(losses.len() as u64)),
        format!("value at risk (in {} of draws the loss is no larger): {}", percent(marks.alpha), whole(marks.var)),
        format!("mean of the worst {}: {}", percent(1.0 - marks.alpha), whole(marks.cvar)),
    ];
    let width = [(words.title, 17.0), (words.under, 11.0), (words.from, 11.0)];
    let width = width.iter().map(|(text, size)| 40.0 + width_of(text, *size)).fold(RIGHT + 40.0, f64::max);
    let height = if above.is_empty() { STRIP + 84.0 } else { BOTTOM + 78.0 };
    let mut picture = Svg::new(width, height, words.title, &named.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), words.title);
    picture.text("small soft", Anchor::Start, (20.0, 53.0), words.under);
    strip(&mut picture, some, marks.alpha);
    if !above.is_empty() {
        bins(&mut picture, &above, losses.len() as f64, marks);
        let axis = format!("loss of a draw, {}; orange: larger than the value at risk", marks.unit);
        picture.text("small soft", Anchor::Middle, ((LEFT + RIGHT) / 2.0, BOTTOM + 38.0), &axis);
    }
    picture.text("small soft", Anchor::Start, (20.0, height - 12.0), words.from);
    picture.finish()
}

/// All draws as a strip: those without loss, those with one, and where the worst begin.
fn strip(picture: &mut Svg, some: f64, alpha: f64) {
    let x = Scale::linear(0.0, 1.0, LEFT, RIGHT);
    let none = format!("{} of draws: no loss", percent(1.0 - some));
    let lost = format!("{} of draws: a loss", percent(some));
    picture.bar("s7", (LEFT, STRIP), (x.at(1.0 - some) - LEFT, 14.0), 0.35, &none);
    picture.bar("s0", (x.at(1.0 - some), STRIP), (RIGHT - x.at(1.0 - some), 14.0), 1.0, &lost);
    picture.line("axis", (x.at(alpha), STRIP - 4.0), (x.at(alpha), STRIP + 18.0));
    picture.text("small", Anchor::Start, (LEFT, STRIP - 8.0), &none);
    picture.text("small", Anchor::End, (RIGHT, STRIP - 8.0), &lost);
    let from = format!("the worst {} of draws begin here", percent(1.0 - alpha));
    let (anchor, dx) = if alpha > 0.5 { (Anchor::End, -4.0) } else { (Anchor::Start, 4.0) };
    picture.text("small soft", anchor, (x.at(alpha) + dx, STRIP + 28.0), &from);
}

/// How often which loss above 0 is, in bins; `above` is sorted.
fn bins(picture: &mut Svg, above: &[f64], draws: f64, marks: &Marks) {
    let (least, most) = (above[0], above[above.len() - 1]);
    let log = most > WIDE * least;
    let (low, high) = match log {
        // Marks between nothing and the least loss stand on the axis too.
        true if marks.cvar > 0.0 => (least.min(marks.cvar) / 1.1, most * 1.1),
        true => (least / 1.1, most * 1.1),
        false => (0.0, most * 1.05),
    };
    let x = if log { Scale::log(low, high, LEFT, RIGHT) } else { Scale::linear(0.0, high, LEFT, RIGHT) };
    let edge = |at: usize| {
        let share = at as f64 / BINS as f64;
        if log { low * libm::pow(high / low, share) } else { high * share }
    };
    let up_to = |value: f64| above.partition_point(|&loss| loss < value);
    let filled: Vec<(f64, f64, usize, usize)> = (0..BINS)
        .map(|at| {
            let (from, to) = (edge(at), edge(at + 1));
            let range = up_to(from)..up_to(to);
            let beyond = above[range.clone()].iter().filter(|&&loss| loss > marks.var).count();
            (from, to, range.len(), beyond)
        })
        .collect();
    let tallest = filled.iter().map(|bin| bin.2).max().unwrap_or(1) as f64 / draws;
    let y = Scale::linear(0.0, tallest, BOTTOM, TOP);
    for tick in round_steps(tallest, 4) {
        picture.line("grid", (LEFT, y.at(tick)), (RIGHT, y.at(tick)));
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(tick) + 4.0), &percent(tick));
    }
    picture.text("small soft", Anchor::End, (LEFT - 8.0, TOP - 14.0), "of draws");
    for &(from, to, many, beyond) in filled.iter().filter(|bin| bin.2 > 0) {
        let about = format!("{} to {}: {} of draws", whole(from), whole(to), percent(many as f64 / draws));
        let (left, wide) = (x.at(from) + 0.5, x.at(to) - x.at(from) - 1.0);
        let (split, top) = (y.at(beyond as f64 / draws), y.at(many as f64 / draws));
        if beyond > 0 {
            picture.bar("s1", (left, split), (wide, BOTTOM - split), 0.9, &about);
        }
        if many > beyond {
            picture.bar("s0", (left, top), (wide, split - top), 0.9, &about);
        }
    }
    picture.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    let ticks = match log {
        true => x.decades(7).into_iter().map(|power| libm::pow(10.0, power.into())).collect(),
        false => round_steps(high, 6),
    };
    for tick in ticks {
        picture.text("small soft", Anchor::Middle, (x.at(tick), BOTTOM + 18.0), &brief(tick));
    }
    // The mean of the worst is never below the value at risk: its words stand higher, those of the value at risk to the left.
    let cvar = format!("mean of the worst {}: {}", percent(1.0 - marks.alpha), whole(marks.cvar));
    let var = format!("value at risk: {}", whole(marks.var));
    mark(picture, x.at(marks.cvar), TOP - 44.0, &cvar, x.at(marks.cvar) > (LEFT + RIGHT) / 2.0);
    match marks.var > 0.0 {
        true => mark(picture, x.at(marks.var), TOP - 26.0, &var, x.at(marks.var) - width_of(&var, 11.0) > 90.0),
        // Of nothing the axis has no place.
        false => backed(picture, (LEFT, TOP - 26.0), &format!("{var}, the worst draws begin without loss"), false),
    }
}

/// A line down to the axis, with words beside its head.
fn mark(picture: &mut Svg, x: f64, y: f64, words: &str, to_the_left: bool) {
    picture.line("ideal", (x, y - 9.0), (x, BOTTOM));
    backed(picture, (x + if to_the_left { -6.0 } else { 6.0 }, y), words, to_the_left);
}

/// Words on paper of their own, so that no line runs through them.
fn backed(picture: &mut Svg, (x, y): (f64, f64), words: &str, ends: bool) {
    let wide = 0.92 * width_of(words, 11.0);
    let (anchor, from) = if ends { (Anchor::End, x - wide) } else { (Anchor::Start, x) };
    picture.bar("paper", (from, y - 10.0), (wide, 13.0), 1.0, words);
    picture.text("small", anchor, (x, y), words);
}

/// A loss as people read it: whole where it is large.
fn whole(value: f64) -> String {
    if value >= 1e7 { brief(value) } else { tidy(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words = Words { title: "<t>", under: "u & v", from: "" };

    fn marks(var: f64, cvar: f64) -> Marks<'static> {
        Marks { alpha: 0.95, var, cvar, unit: "people" }
    }

    #[test]
    fn draws_without_loss_have_a_share_of_their_own() {
        let losses: Vec<f64> = (0..1000).map(|at| if at < 930 { 0.0 } else { 10.0 + f64::from(at) }).collect();
        let picture = draw(&losses, &marks(969.0, 984.5), WORDS);
        for words in [
            "93% of draws: no loss",
            "7% of draws: a loss",
            "value at risk: 969",
            "mean of the worst 5%: 985",
            "&lt;t&gt;",
        ] {
            assert!(picture.contains(words), "{words}");
        }
        assert!(picture.contains("dot s1") && !picture.contains("NaN") && !picture.contains("<script"));
        assert_eq!(
            finding(&marks(969.0, 984.5), &losses),
            "If it happens as assumed, the worst 5% of draws lose 985 people on average"
        );
    }

    #[test]
    fn losses_of_all_kinds_are_drawn() {
        let kinds: [(Vec<f64>, Marks); 6] = [
            (vec![0.0; 100], marks(0.0, 0.0)),
            (vec![], marks(0.0, 0.0)),
            (vec![5.0; 100], marks(5.0, 5.0)),
            (vec![0.0, 0.001, 1e9], marks(1e9, 1e9)),
            (vec![0.0, 0.0, 7.0], marks(0.0, 2.5)),
            (vec![0.0, 100.0, 1e6], marks(0.0, 0.5)),
        ];
        for (losses, marks) in kinds {
            let picture = draw(&losses, &marks, WORDS);
            assert!(
                picture.ends_with("</svg>\n") && !picture.contains("NaN") && !picture.contains("inf"),
                "{losses:?}"
            );
            // Every draw with a loss is in a bar.
            let above = losses.iter().filter(|&&loss| loss > 0.0).count();
            assert_eq!(picture.matches("of draws</title>").count() > 0, above > 0, "{losses:?}");
        }
        assert_eq!(finding(&marks(0.0, 0.0), &[0.0]), "No draw of this scenario loses anything");
    }
}
