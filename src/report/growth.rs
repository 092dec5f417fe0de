//! The picture of an audience that grows, creator by creator, over their number or what they cost.

use super::number::{brief, tidy};
use super::svg::{Anchor, Scale, Svg};

/// One creator more.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Who.
    pub name: String,
    /// Creators, or money, up to here.
    pub size: f64,
    /// People up to here.
    pub people: f64,
    /// Whether more adds less from here on than on the average.
    pub knee: bool,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 730.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 370.0;

/// Draws a curve; `axis` names what sizes are, `from` says where the figures come from.
///
/// ```
/// use truereach::report::growth::{Point, draw};
/// let point = |name: &str, size, people, knee| Point { name: name.into(), size, people, knee };
/// let picture = draw(&[point("anh", 1.0, 30.0, true), point("bao", 2.0, 35.0, false)], "creators", "");
/// assert!(picture.contains("knee: anh"));
/// ```
pub fn draw(points: &[Point], axis: &str, from: &str) -> String {
    let told: Vec<String> =
        points.iter().map(|point| format!("{} ({}): {}", point.name, brief(point.size), tidy(point.people))).collect();
    let title = "How the audience grows";
    let mut picture = Svg::new(WIDTH, HEIGHT, title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), title);
    picture.text(
        "small soft",
        Anchor::Start,
        (20.0, 51.0),
        &format!("different people who follow one of them, over {axis}"),
    );
    let Some(last) = points.last() else { return picture.finish() };
    let (x, y) = (Scale::linear(0.0, last.size, LEFT, RIGHT), Scale::linear(0.0, last.people, BOTTOM, TOP));
    for tick in round_steps(last.people, 5) {
        picture.line("grid", (LEFT, y.at(tick)), (RIGHT, y.at(tick)));
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(tick) + 4.0), &brief(tick));
    }
    for tick in round_steps(last.size, 6) {
        picture.text("small soft", Anchor::Middle, (x.at(tick), BOTTOM + 18.0), &brief(tick));
    }
    picture.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    picture.line("ideal", (LEFT, BOTTOM), (RIGHT, TOP));
    let places: Vec<(f64, f64)> = points.iter().map(|point| (x.at(point.size), y.at(point.people))).collect();
    picture.polyline("s0", &[&[(LEFT, BOTTOM)], &places[..]].concat());
    // Dots of hundreds would be a thick line: some, and the knee.
    let step = points.len().div_ceil(60);
    for (at, point) in points.iter().enumerate() {
        if point.knee {
            picture.line("ideal", (places[at].0, places[at].1), (places[at].0, BOTTOM));
            picture.dot("s1", places[at], 6.0, &told[at]);
            let words = format!("knee: {}, {} people", point.name, tidy(point.people));
            let (anchor, dx) = if places[at].0 > 480.0 { (Anchor::End, -10.0) } else { (Anchor::Start, 10.0) };
            picture.text("", anchor, (places[at].0 + dx, places[at].1 + 20.0), &words);
        } else if at % step == 0 || at + 1 == points.len() {
            picture.dot("s0", places[at], 3.5, &told[at]);
        }
    }
    picture.text("small soft", Anchor::Middle, ((LEFT + RIGHT) / 2.0, BOTTOM + 38.0), axis);
    picture.text("small soft", Anchor::Start, (20.0, HEIGHT - 14.0), from);
    picture.finish()
}

/// Round values from 0 on, at most about `count` of them: steps of 1, 2 or 5 times a power of ten.
pub(super) fn round_steps(last: f64, count: usize) -> Vec<f64> {
    if !(last.is_finite() && last > 0.0) {
        return vec![0.0];
    }
    let rough = last / count as f64;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|&step| step >= rough);
    let step = step.unwrap_or(10.0 * power);
    (0..).map(|at| at as f64 * step).take_while(|&value| value <= last * (1.0 + 1e-9)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_steps() {
        assert_eq!(round_steps(10.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(round_steps(37_000.0, 5), [0.0, 10_000.0, 20_000.0, 30_000.0]);
        assert_eq!(round_steps(0.0, 5), [0.0]);
    }
}
