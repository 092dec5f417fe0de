//! The picture of followers by the day they came: a bar a day, what is usual as a line, bursts in colour.

use super::growth::round_steps;
use super::number::{brief, tidy};
use super::svg::{Anchor, Scale, Svg};

/// One day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// As 2025-01-31.
    pub day: String,
    /// Followers who came.
    pub count: f64,
    /// How many usually come.
    pub usual: Option<f64>,
    /// If it belongs to a burst: `unexplained`, `explained` or `unknown`.
    pub burst: Option<String>,
}

const WIDTH: f64 = 820.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 800.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 310.0;

/// Kinds of bursts, with their colours and words.
const KINDS: [(&str, &str, &str); 3] = [
    ("unexplained", "s1", "burst without unusual attention"),
    ("unknown", "s4", "burst; attention not observed"),
    ("explained", "s2", "burst on days of unusual attention"),
];

/// Draws the days of a creator; `from` says where the figures come from.
///
/// ```
/// use truereach::report::arrivals::{Day, draw};
/// let day = |day: &str, count, burst: Option<&str>| Day { day: day.into(), count, usual: Some(2.0), burst: burst.map(str::to_owned) };
/// let picture = draw(&[day("2025-01-01", 2.0, None), day("2025-01-02", 40.0, Some("unexplained"))], "anh", "");
/// assert!(picture.contains("without unusual attention"));
/// ```
pub fn draw(days: &[Day], creator: &str, from: &str) -> String {
    let title = format!("When the followers of {creator} came");
    let bursts: Vec<String> = days
        .iter()
        .filter_map(|day| day.burst.as_ref().map(|burst| format!("{}: {} ({burst})", day.day, tidy(day.count))))
        .collect();
    let about = if bursts.is_empty() { "no burst".to_owned() } else { bursts.join("; ") };
    let mut picture = Svg::new(WIDTH, HEIGHT, &title, &about);
    picture.text("big", Anchor::Start, (20.0, 32.0), &title);
    picture.text(
        "small soft",
        Anchor::Start,
        (20.0, 51.0),
        "followers a day, of those who still follow; the line is what is usual by the days around",
    );
    let mut x = 20.0;
    for (kind, class, words) in KINDS {
        if days.iter().any(|day| day.burst.as_deref() == Some(kind)) {
            picture.bar(class, (x, 66.0), (10.0, 10.0), 1.0, words);
            picture.text("small", Anchor::Start, (x + 15.0, 75.0), words);
            x += 250.0;
        }
    }
    let most = days.iter().map(|day| day.count).fold(1.0, f64::max);
    let y = Scale::linear(0.0, most, BOTTOM, TOP);
    for tick in round_steps(most, 4) {
        picture.line("grid", (LEFT, y.at(tick)), (RIGHT, y.at(tick)));
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(tick) + 4.0), &brief(tick));
    }
    let step = (RIGHT - LEFT) / days.len().max(1) as f64;
    let place = |at: usize| LEFT + step * at as f64;
    let mut usual: Vec<(f64, f64)> = Vec::new();
    for (at, day) in days.iter().enumerate() {
        let class =
            KINDS.iter().find(|(kind, ..)| day.burst.as_deref() == Some(kind)).map_or("s7", |(_, class, _)| class);
        if day.count > 0.0 {
            // A burst must be seen among hundreds of days.
            let wide = if day.burst.is_some() { step.max(3.0) } else { (step * 0.9).max(0.5) };
            let top = y.at(day.count);
            picture.bar(
                class,
                (place(at), top),
                (wide, BOTTOM - top),
                1.0,
                &format!("{}: {}", day.day, tidy(day.count)),
            );
        }
        usual.extend(day.usual.map(|rate| (place(at) + step / 2.0, y.at(rate))));
    }
    picture.polyline("s0", &usual);
    picture.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    let marks = days.len().min(6);
    for mark in 0..marks {
        let at = (days.len() - 1) * mark / (marks - 1).max(1);
        let anchor = match mark {
            0 => Anchor::Start,
            last if last + 1 == marks => Anchor::End,
            _ => Anchor::Middle,
        };
        picture.text("small soft", anchor, (place(at), BOTTOM + 18.0), &days[at].day);
    }
    picture.text("small soft", Anchor::Start, (20.0, HEIGHT - 14.0), from);
    picture.finish()
}
