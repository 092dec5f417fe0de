//! The picture of who is for a creator and who against: creators by communities, two colours away from a pale middle.

use super::heat::side_by_side;
use super::number::tidy;
use super::svg::{Anchor, Svg, width_of};
use super::upset::clipped;
use crate::base::stats::Interval;

const WIDE: f64 = 30.0;
const HIGH: f64 = 22.0;
const TOP: f64 = 128.0;

/// What one community says of one creator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Square {
    /// Resonance, from −1 to 1.
    pub s: f64,
    /// Its 95% interval.
    pub interval: Interval,
    /// People for or against.
    pub voices: f64,
}

impl Square {
    /// Whether it may as well be on the other side of 0.
    fn is_open(&self) -> bool {
        self.interval.low <= 0.0 && self.interval.high >= 0.0
    }

    /// Blue for, orange against, which the colour-blind can tell apart on light and on dark paper.
    fn class(&self) -> &'static str {
        if self.s < 0.0 { "s1" } else { "s0" }
    }

    fn strength(&self) -> f64 {
        0.12 + 0.88 * self.s.abs().min(1.0)
    }
}

/// Draws resonance of `creators` (rows) by `communities` (columns, those that judge alike beside one another);
/// `square(creator, community)` is missing where nobody spoke. `from` says where the figures come from.
///
/// ```
/// use truereach::{base::stats::Interval, report::resonance::{self, Square}};
/// let (creators, camps) = (["anh".to_owned()], ["north", "south"].map(str::to_owned));
/// let of = |_, camp| (camp == 0).then_some(Square { s: -0.5, interval: Interval::around(-0.5, 0.2), voices: 12.0 });
/// let picture = resonance::draw(&creators, &camps, of, "signed comments of a week");
/// assert!(picture.contains("anh, north: -0.50 (-0.70 to -0.30), 12 people for or against"));
/// ```
pub fn draw(
    creators: &[String],
    communities: &[String],
    square: impl Fn(usize, usize) -> Option<Square>,
    from: &str,
) -> String {
    let order = side_by_side(communities.len(), |a, b| alike(creators.len(), &square, a, b));
    let label = creators.iter().map(|name| width_of(name, 13.0)).fold(60.0, f64::max).min(220.0);
    let left = 20.0 + label + 10.0;
    let right = (left + WIDE * order.len() as f64 + 30.0).max(640.0);
    let listed = listed(communities, &order, right - 40.0);
    let below = TOP + HIGH * creators.len() as f64;
    let height = below + 34.0 + 17.0 * listed.len() as f64 + 30.0;
    let about = told(creators, communities, &square);
    let mut picture = Svg::new(right, height, "Who is for and who against", &about);
    picture.text("big", Anchor::Start, (20.0, 32.0), "Who is for and who against");
    let condition =
        "people for less people against, over both: −1 all against, 1 all for; interactions with a sign only";
    picture.text("small soft", Anchor::Start, (20.0, 51.0), condition);
    legend(&mut picture);
    for (column, _) in order.iter().enumerate() {
        let x = left + WIDE * (column as f64 + 0.5);
        picture.text("small soft", Anchor::Middle, (x, TOP - 8.0), &(column + 1).to_string());
    }
    for (row, creator) in creators.iter().enumerate() {
        let y = TOP + HIGH * row as f64;
        picture.text("", Anchor::End, (left - 8.0, y + 15.5), &clipped(creator, label));
        for (column, &community) in order.iter().enumerate() {
            let at = (left + WIDE * column as f64, y);
            match square(row, community) {
                Some(one) => paint(&mut picture, at, &one, &title(creator, &communities[community], &one)),
                None => picture.line("grid", (at.0 + 12.0, y + 11.0), (at.0 + 18.0, y + 11.0)),
            }
        }
    }
    let mut y = below + 30.0;
    for line in &listed {
        picture.text("small soft", Anchor::Start, (20.0, y), line);
        y += 17.0;
    }
    picture.text("small soft", Anchor::Start, (20.0, height - 14.0), from);
    picture.finish()
}

/// A square with its colour, hatched where it may as well be on the other side.
fn paint(picture: &mut Svg, at: (f64, f64), square: &Square, about: &str) {
    let size = (WIDE - 2.0, HIGH - 2.0);
    let strength = if square.is_open() { 0.5 * square.strength() } else { square.strength() };
    picture.bar(square.class(), (at.0 + 1.0, at.1 + 1.0), size, strength, about);
    if square.is_open() {
        hatch(picture, (at.0 + 1.0, at.1 + 1.0), size);
    }
}

fn hatch(picture: &mut Svg, at: (f64, f64), size: (f64, f64)) {
    // Lines from the lower edge to the upper one, cut at the sides.
    let mut from = 7.0 - size.1;
    while from < size.0 {
        let (low, high) = (from.max(0.0), (from + size.1).min(size.0));
        let y = |x: f64| at.1 + size.1 - (x - from);
        picture.line("axis thin", (at.0 + low, y(low)), (at.0 + high, y(high)));
        from += 7.0;
    }
}

/// What colours mean.
fn legend(picture: &mut Svg) {
    let mut x = 20.0;
    let y = 68.0;
    let square = |s: f64, half: f64| Square { s, interval: Interval::around(s, half), voices: 0.0 };
    picture.text("small soft", Anchor::Start, (x, y + 15.0), "against");
    x += 46.0;
    for s in [-1.0, -0.5, -0.1, 0.1, 0.5, 1.0] {
        paint(picture, (x, y), &square(s, 0.0), &format!("{s}"));
        x += WIDE;
    }
    picture.text("small soft", Anchor::Start, (x + 6.0, y + 15.0), "for");
    x += 46.0;
    paint(picture, (x, y), &square(0.4, 1.0), "the interval spans 0");
    picture.text("small soft", Anchor::Start, (x + WIDE + 6.0, y + 15.0), "hatched: may be either");
    x += WIDE + 150.0;
    picture.line("grid", (x + 12.0, y + 11.0), (x + 18.0, y + 11.0));
    picture.text("small soft", Anchor::Start, (x + WIDE, y + 15.0), "nobody spoke");
}

fn title(creator: &str, community: &str, square: &Square) -> String {
    // No minus before what rounds to 0.
    let number = |s: f64| format!("{:.2}", libm::round(100.0 * s) / 100.0 + 0.0);
    format!(
        "{creator}, {community}: {} ({} to {}), {} people for or against",
        number(square.s),
        number(square.interval.low),
        number(square.interval.high),
        tidy(square.voices)
    )
}

/// How alike two communities judge the creators of whom both spoke, from 0 to 1; none such: as strangers.
fn alike(creators: usize, square: impl Fn(usize, usize) -> Option<Square>, a: usize, b: usize) -> f64 {
    let both = (0..creators).filter_map(|creator| Some((square(creator, a)?.s, square(creator, b)?.s)));
    let (count, apart) = both.fold((0.0, 0.0), |(count, apart), (a, b)| (count + 1.0, apart + (a - b).abs()));
    if count > 0.0 { 1.0 - apart / (2.0 * count) } else { 0.5 }
}

/// Which number is which community, in lines of a width.
fn listed(communities: &[String], order: &[usize], width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (column, &community) in order.iter().enumerate() {
        let one = format!("{} {}", column + 1, clipped(&communities[community], 220.0));
        match lines.last_mut() {
            Some(line) if width_of(line, 11.0) + width_of(&one, 11.0) + 20.0 < width => {
                line.push_str(" · ");
                line.push_str(&one);
            }
            _ => lines.push(one),
        }
    }
    lines
}

/// In words: how many creators divide communities for sure.
fn told(creators: &[String], communities: &[String], square: &impl Fn(usize, usize) -> Option<Square>) -> String {
    let sure = |creator: usize, against: bool| {
        let known = (0..communities.len()).filter_map(|community| square(creator, community));
        let mut sure = known.filter(|square| !square.is_open());
        sure.any(|square| (square.s < 0.0) == against)
    };
    let divide = (0..creators.len()).filter(|&creator| sure(creator, true) && sure(creator, false)).count();
    format!(
        "{} creators by {} communities; {divide} of them have one community for and another against, beyond the intervals",
        creators.len(),
        communities.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(s: f64, half: f64) -> Option<Square> {
        Some(Square { s, interval: Interval::around(s, half), voices: 9.0 })
    }

    #[test]
    fn colours_hatching_and_emptiness_say_what_they_mean() {
        let names = ["a", "b"].map(str::to_owned);
        let of = |creator, community| match (creator, community) {
            (0, 0) => square(0.9, 0.05),
            (0, 1) => square(-0.8, 0.1),
            (1, 0) => square(-0.1, 0.6),
            _ => None,
        };
        let picture = draw(&names, &names, of, "x");
        let plain = draw(&names, &names, |_, _| None, "x");
        let count = |text: &str, what: &str| text.matches(what).count();
        assert_eq!(count(&picture, "class=\"dot s1\"") - count(&plain, "class=\"dot s1\""), 2);
        assert!(count(&picture, "axis thin") > count(&plain, "axis thin"));
        assert_eq!(count(&plain, "class=\"grid\"") - count(&picture, "class=\"grid\""), 3);
        assert!(picture.contains("1 of them have one community for and another against"));
        assert!(picture.contains("b, a: -0.10 (-0.70 to 0.50), 9 people for or against"));
    }

    #[test]
    fn names_are_escaped_and_nothing_is_drawn_of_nothing() {
        let nasty = ["<script>&".to_owned()];
        let picture = draw(&nasty, &nasty, |_, _| square(0.5, 0.1), "<b>");
        assert!(!picture.contains("<script") && !picture.contains("<b>"));
        assert!(draw(&[], &[], |_, _| None, "").contains("0 creators by 0 communities"));
    }

    #[test]
    fn communities_that_judge_alike_stand_together() {
        let judge = |_creator: usize, community: usize| square([0.9, -0.9][community % 2], 0.1);
        let order = side_by_side(6, |a, b| alike(3, judge, a, b));
        assert_eq!(order.windows(2).filter(|pair| pair[0] % 2 != pair[1] % 2).count(), 1, "{order:?}");
    }
}
