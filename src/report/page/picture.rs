//! The drawings in the client's words, as SVG: how reach grows, who follows exactly whom, from followers to people reached.
//! On the page each is an image of its own, so that its style and its texts stay inside it.

use std::fmt::Write;

use super::fall::{Kind, signed, steps};
use super::number::{about, cell, money, people};
use super::{Findings, Language, Page, Pair};
use crate::report::svg::{Anchor, Scale, width_of};
use crate::report::{Cell, Svg};

/// A drawing, and what it shows in words for those who cannot see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The SVG.
    pub svg: String,
    /// What it shows.
    pub told: String,
}

const WIDTH: f64 = 680.0;
const EDGE: f64 = 8.0;

/// All drawings there are, by the names of their files.
pub fn all(findings: &Findings, language: Language) -> Vec<(&'static str, Drawn)> {
    let named = [
        ("waterfall", waterfall(findings, language)),
        ("growth", growth(findings, language)),
        ("sets", sets(findings, language)),
    ];
    named.into_iter().filter_map(|(name, drawn)| Some((name, drawn?))).collect()
}

/// A drawing as the address of an image.
pub fn address(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len() * 5 / 4);
    out.push_str("data:image/svg+xml,");
    for byte in svg.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b' '
            | b'-'
            | b'.'
            | b'_'
            | b'/'
            | b':'
            | b'='
            | b','
            | b';'
            | b'('
            | b')'
            | b'!'
            | b'*' => {
                out.push(byte as char);
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// People reached as creators of the plan join, over what they cost or over their number.
pub fn growth(findings: &Findings, language: Language) -> Option<Drawn> {
    let rows = findings.plan.rows().filter(|rows| rows.len() > 1)?;
    let prices: Option<Vec<f64>> = (0..rows.len()).map(|row| rows.number(row, "price")).collect();
    let together: Option<Vec<f64>> = (0..rows.len()).map(|row| rows.number(row, "together")).collect();
    let together = together?;
    let mut spent = 0.0;
    let sizes: Vec<f64> = match &prices {
        None => (1..=rows.len()).map(|size| size as f64).collect(),
        Some(prices) => prices
            .iter()
            .map(|price| {
                spent += price;
                spent
            })
            .collect(),
    };
    let (most, widest) = (together.iter().copied().fold(1.0, f64::max), sizes.last().copied()?);
    let high = |row| rows.range(row, "together_interval").map_or(together[row], |range| range.high);
    let top = (0..rows.len()).map(high).fold(most, f64::max);
    let (left, right, above, below) = (86.0, WIDTH - 24.0, 14.0, 250.0);
    let (x, y) = (Scale::linear(0.0, widest, left, right), Scale::linear(0.0, top, below, above));
    let currency = findings.plan.table.as_ref().and_then(|table| table.summary.get("currency")?.as_str());
    let size = |value: f64| match prices {
        Some(_) => money(value, currency, language),
        None => about(value, language),
    };
    let told =
        language.of(Pair::new("People reached as creators join", "Số người tiếp cận khi thêm từng nhà sáng tạo"));
    let steps: Vec<String> = (0..rows.len())
        .map(|row| format!("{}: {} ({})", row + 1, people(together[row], language), size(sizes[row])))
        .collect();
    let mut picture = Svg::new(WIDTH, 300.0, told, &steps.join("; "));
    for tick in ticks(top, 5) {
        picture.line("grid", (left, y.at(tick)), (right, y.at(tick)));
        picture.text("small soft", Anchor::End, (left - 8.0, y.at(tick) + 4.0), &about(tick, language));
    }
    for tick in ticks(widest, 5) {
        picture.text(
            "small soft",
            Anchor::Middle,
            (x.at(tick), below + 18.0),
            &match prices {
                Some(_) => money(tick, None, language),
                None => about(tick, language),
            },
        );
    }
    picture.line("axis", (left, below), (right, below));
    let place = |row: usize| (x.at(sizes[row]), y.at(together[row]));
    let ends: Vec<(f64, f64, f64)> = (0..rows.len())
        .filter_map(|row| {
            rows.range(row, "together_interval").map(|range| (x.at(sizes[row]), y.at(range.low), y.at(range.high)))
        })
        .collect();
    picture.band("s0", &ends, 0.25);
    let mut line = vec![(left, below)];
    line.extend((0..rows.len()).map(place));
    picture.polyline("s0", &line);
    let mut last = f64::NEG_INFINITY;
    for (row, step) in steps.iter().enumerate() {
        let (at, height) = place(row);
        picture.dot("s0", (at, height), 3.5, &format!("{} {step}", rows.text(row, "creator")));
        // Numbers of places as far as they do not run into one another.
        if at - last > 16.0 {
            picture.text("small soft", Anchor::Middle, (at, height - 9.0), &(row + 1).to_string());
            last = at;
        }
    }
    let axis = match (&prices, currency) {
        (Some(_), Some(code)) => {
            format!("{}, {code}", language.of(Pair::new("what they cost together", "tổng chi phí")))
        }
        (Some(_), None) => language.of(Pair::new("what they cost together", "tổng chi phí")).to_owned(),
        (None, _) => language.of(Pair::new("number of creators", "số nhà sáng tạo")).to_owned(),
    };
    picture.text("small soft", Anchor::Middle, ((left + right) / 2.0, below + 38.0), &axis);
    Some(Drawn { svg: picture.finish(), told: format!("{told}. {}", steps.join("; ")) })
}

/// At most so many sets and creators are drawn.
const SETS: usize = 12;
const ROWS: usize = 10;
const STEP: f64 = 22.0;

/// The largest groups of people by exactly whom they follow.
pub fn sets(findings: &Findings, language: Language) -> Option<Drawn> {
    let rows = findings.sets.rows()?;
    let summary = &rows.table().summary;
    let names: Vec<&str> =
        summary.get("creators")?.as_array()?.iter().map(|one| one["creator"].as_str().unwrap_or_default()).collect();
    let members = summary.get("members")?.as_array()?;
    let group = |row: usize| -> Option<(Vec<usize>, f64)> {
        let places = members.get(row)?.as_array()?.iter().filter_map(|place| Some(place.as_u64()? as usize));
        Some((places.filter(|&place| place < names.len()).collect(), rows.number(row, "people")?))
    };
    let mut groups: Vec<(Vec<usize>, f64)> = Vec::new();
    let mut creators: Vec<usize> = Vec::new();
    for (members, people) in (0..rows.len()).filter_map(group) {
        let new: Vec<usize> = members.iter().copied().filter(|place| !creators.contains(place)).collect();
        if groups.len() < SETS && creators.len() + new.len() <= ROWS {
            creators.extend(new);
            groups.push((members, people));
        }
    }
    if groups.is_empty() {
        return None;
    }
    let label = creators.iter().map(|&place| width_of(names[place], 13.0)).fold(60.0, f64::max).min(190.0);
    let (left, above, tall) = (EDGE + label + 14.0, 22.0, 130.0);
    let wide = ((WIDTH - left - EDGE) / groups.len() as f64).min(56.0);
    let below = above + tall + 16.0;
    let told = language.of(Pair::new("Who follows exactly whom", "Ai theo dõi đúng những ai"));
    let who = |members: &[usize]| members.iter().map(|&place| names[place]).collect::<Vec<_>>().join(" + ");
    let sentences: Vec<String> =
        groups.iter().map(|(members, number)| format!("{}: {}", who(members), people(*number, language))).collect();
    let mut picture = Svg::new(WIDTH, below + STEP * creators.len() as f64 + 8.0, told, &sentences.join("; "));
    let most = groups.iter().map(|group| group.1).fold(1.0, f64::max);
    let up = Scale::linear(0.0, most, above + tall, above);
    let x = |at: usize| left + wide * (at as f64 + 0.5);
    let right = left + wide * groups.len() as f64;
    picture.line("axis", (left, above + tall), (right, above + tall));
    for (at, (_, number)) in groups.iter().enumerate() {
        let y = up.at(*number);
        picture.bar("s0", (x(at) - 9.0, y), (18.0, above + tall - y), 1.0, &sentences[at]);
        picture.text("small soft", Anchor::Middle, (x(at), y - 5.0), &short(*number, language));
    }
    for (line, &place) in creators.iter().enumerate() {
        let y = below + STEP * (line as f64 + 0.5);
        picture.text("", Anchor::Start, (EDGE, y + 4.5), &clipped(names[place], label));
        picture.line("grid", (left, y), (right, y));
    }
    for (at, (members, _)) in groups.iter().enumerate() {
        let mut lines: Vec<usize> =
            members.iter().filter_map(|place| creators.iter().position(|other| other == place)).collect();
        lines.sort_unstable();
        let y = |line: usize| below + STEP * (line as f64 + 0.5);
        if let (Some(&first), Some(&last)) = (lines.first(), lines.last())
            && first < last
        {
            picture.line("s0", (x(at), y(first)), (x(at), y(last)));
        }
        lines.iter().for_each(|&line| picture.dot("s0", (x(at), y(line)), 5.5, &sentences[at]));
    }
    Some(Drawn { svg: picture.finish(), told: format!("{told}. {}", sentences.join("; ")) })
}

/// From followers to people reached, of all creators together.
pub fn waterfall(findings: &Findings, language: Language) -> Option<Drawn> {
    let page = Page { findings, language };
    let rows = findings.influence.rows().filter(|rows| !rows.is_empty())?;
    let row = rows.len() - 1;
    let shown = steps(rows, row);
    let range = rows.range(row, "interval");
    let most = shown.iter().map(|step| step.to).fold(range.map_or(1.0, |range| range.high), f64::max);
    let told = language.of(Pair::new("From followers to people reached", "Từ người theo dõi đến người tiếp cận được"));
    let sentences: Vec<String> = shown
        .iter()
        .map(|step| format!("{}: {}", language.of(step.step.name), signed(&page, rows, row, step.step)))
        .collect();
    let (left, right, high) = (250.0, WIDTH - 90.0, 30.0);
    let mut picture = Svg::new(WIDTH, 16.0 + high * shown.len() as f64, told, &sentences.join("; "));
    let x = Scale::linear(0.0, most, left, right);
    for (line, step) in shown.iter().enumerate() {
        let y = 8.0 + high * (line as f64 + 0.5);
        let (class, words) = match step.step.kind {
            Kind::Level => ("s0", ""),
            Kind::Less => ("s1", "soft"),
            Kind::More => ("s2", "soft"),
        };
        picture.text(words, Anchor::End, (left - 12.0, y + 4.5), language.of(step.step.name));
        let mut end = x.at(step.to);
        if step.people.is_some() {
            picture.bar(
                class,
                (x.at(step.from), y - 9.0),
                ((end - x.at(step.from)).max(1.0), 18.0),
                1.0,
                &sentences[line],
            );
        }
        if let Some(range) = range.filter(|_| line + 1 == shown.len()) {
            picture.line("axis", (x.at(range.low), y), (x.at(range.high), y));
            end = end.max(x.at(range.high));
        }
        picture.text("small", Anchor::Start, (end + 8.0, y + 4.0), &signed(&page, rows, row, step.step));
    }
    Some(Drawn { svg: picture.finish(), told: format!("{told}. {}", sentences.join("; ")) })
}

/// Round values from 0 on: steps of 1, 2 or 5 times a power of ten.
fn ticks(last: f64, count: usize) -> Vec<f64> {
    if !(last.is_finite() && last > 0.0) {
        return vec![0.0];
    }
    let rough = last / count as f64;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|times| times * power)
        .into_iter()
        .find(|&step| step >= rough)
        .unwrap_or(10.0 * power);
    // Neither people nor creators come in parts.
    let step = step.max(1.0);
    (0..).map(|at| f64::from(at) * step).take_while(|&value| value <= last * (1.0 + 1e-9)).collect()
}

fn short(number: f64, language: Language) -> String {
    if number >= 1e6 { about(number, language) } else { cell(&Cell::people(number), language) }
}

fn clipped(name: &str, width: f64) -> String {
    if width_of(name, 13.0) <= width {
        return name.to_owned();
    }
    let letters = (width / (0.6 * 13.0)) as usize;
    name.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_steps_and_no_half_people() {
        assert_eq!(ticks(10.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks(2.0, 5), [0.0, 1.0, 2.0]);
        assert_eq!(ticks(0.0, 5), [0.0]);
    }

    #[test]
    fn an_address_holds_no_quote_and_no_tag() {
        let text = address("<svg a=\"b\">'é#%</svg>");
        assert_eq!(text, "data:image/svg+xml,%3Csvg a=%22b%22%3E%27%C3%A9%23%25%3C/svg%3E");
    }
}
