//! The picture of who follows exactly whom: bars of sets, and below each the creators that make it (UpSet: Lex et al. 2014).

use super::number::{count, tidy};
use super::svg::{Anchor, Scale, Svg, width_of};

/// People who follow exactly these creators, by place.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The creators.
    pub creators: Vec<usize>,
    /// How many people.
    pub people: f64,
}

/// At most so many sets and creators are drawn.
const BARS: usize = 30;
const ROWS: usize = 30;

const STEP: f64 = 24.0;
const TOP: f64 = 84.0;
const TALL: f64 = 190.0;
const SIDE: f64 = 110.0;

/// Draws the largest sets; `creators` are names and audiences, where they may be shown; `from` says where the figures come
/// from.
///
/// ```
/// use truereach::report::upset::{Bar, draw};
/// let creators = [("anh".to_owned(), Some(30.0)), ("bao".to_owned(), None)];
/// let bars = [Bar { creators: vec![0], people: 25.0 }, Bar { creators: vec![0, 1], people: 5.0 }];
/// assert!(draw(&bars, &creators, "a portfolio of two").contains("anh and bao"));
/// ```
pub fn draw(bars: &[Bar], creators: &[(String, Option<f64>)], from: &str) -> String {
    let audience = |creator: usize| creators[creator].1.unwrap_or(0.0);
    // The largest audiences of those in the largest sets; sets with anybody else are not drawn.
    let mut rows: Vec<usize> = bars.iter().take(BARS).flat_map(|bar| bar.creators.iter().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.sort_by(|&a, &b| audience(b).total_cmp(&audience(a)).then(a.cmp(&b)));
    rows.truncate(ROWS);
    let row_of = |creator: &usize| rows.iter().position(|row| row == creator);
    let drawn: Vec<&Bar> =
        bars.iter().filter(|bar| bar.creators.iter().all(|creator| row_of(creator).is_some())).take(BARS).collect();
    let names = |bar: &Bar| {
        let names: Vec<&str> = bar.creators.iter().map(|&creator| creators[creator].0.as_str()).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.concat(),
        }
    };

    let label = rows.iter().map(|&row| width_of(&creators[row].0, 13.0)).fold(60.0, f64::max).min(260.0);
    let left = 20.0 + SIDE + 14.0 + label + 16.0;
    let width = (left + STEP * drawn.len() as f64 + 40.0).max(560.0);
    let below = TOP + TALL + 26.0;
    let height = below + STEP * rows.len() as f64 + 44.0;
    let told: Vec<String> = drawn.iter().map(|bar| format!("{}: {}", names(bar), tidy(bar.people))).collect();
    let mut picture = Svg::new(width, height, "Who follows exactly whom", &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), "Who follows exactly whom");
    let shown = format!("people by the creators they follow, {} of the largest sets", count(drawn.len() as u64));
    picture.text("small soft", Anchor::Start, (20.0, 51.0), &shown);

    let most = drawn.iter().map(|bar| bar.people).fold(0.0, f64::max);
    let up = Scale::linear(0.0, most, TOP + TALL, TOP);
    let x = |at: usize| left + STEP * (at as f64 + 0.5);
    picture.line("axis", (left, TOP + TALL), (left + STEP * drawn.len() as f64, TOP + TALL));
    for (at, bar) in drawn.iter().enumerate() {
        let y = up.at(bar.people);
        picture.bar("s0", (x(at) - 8.0, y), (16.0, TOP + TALL - y), 1.0, &told[at]);
        // Words on the heads of bars would run into one another: every third, and the first.
        if at % 3 == 0 {
            picture.text("small soft", Anchor::Middle, (x(at), y - 5.0), &tidy(bar.people));
        }
    }

    let largest = rows.iter().map(|&row| audience(row)).fold(0.0, f64::max);
    let across = Scale::linear(0.0, largest, 0.0, SIDE);
    picture.text("small soft", Anchor::End, (20.0 + SIDE, below - 8.0), "audience");
    for (place, &row) in rows.iter().enumerate() {
        let y = below + STEP * (place as f64 + 0.5);
        let (name, audience) = &creators[row];
        if let Some(audience) = *audience {
            let (long, about) = (across.at(audience), format!("{name}: {} followers", tidy(audience)));
            picture.bar("s7", (20.0 + SIDE - long, y - 6.0), (long, 12.0), 0.8, &about);
        }
        picture.text("", Anchor::Start, (20.0 + SIDE + 14.0, y + 4.5), &clipped(name, label));
        picture.line("grid", (left, y), (left + STEP * drawn.len() as f64, y));
    }
    for (at, bar) in drawn.iter().enumerate() {
        let mut places: Vec<usize> = bar.creators.iter().filter_map(row_of).collect();
        places.sort_unstable();
        let y = |place: usize| below + STEP * (place as f64 + 0.5);
        if let (Some(&first), Some(&last)) = (places.first(), places.last())
            && first < last
        {
            picture.line("s0", (x(at), y(first)), (x(at), y(last)));
        }
        places.iter().for_each(|&place| picture.dot("s0", (x(at), y(place)), 6.0, &told[at]));
    }
    picture.text("small soft", Anchor::Start, (20.0, height - 16.0), from);
    picture.finish()
}

/// A name cut to a width.
pub(super) fn clipped(name: &str, width: f64) -> String {
    if width_of(name, 13.0) <= width {
        return name.to_owned();
    }
    let letters = (width / (0.6 * 13.0)) as usize;
    name.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}
