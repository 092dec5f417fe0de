//! From followers to people reached: a line a step, each with its bar.

use super::number;
use super::write::Html;
use super::{Page, Pair, Rows};
use crate::base::stats::Interval;

/// A step: its column, what a client calls it, and whether it is a level (else it takes away, or adds).
pub(super) struct Step {
    key: &'static str,
    pub(super) name: Pair,
    pub(super) kind: Kind,
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// So many are there.
    Level,
    /// So many fewer.
    Less,
    /// So many more.
    More,
}

const fn step(key: &'static str, kind: Kind, name: Pair) -> Step {
    Step { key, kind, name }
}

pub(super) const STEPS: [Step; 11] = [
    step("claimed", Kind::Level, Pair::new("Followers, added up", "Tổng số người theo dõi")),
    step("not_observed", Kind::Less, Pair::new("not in the data", "không có trong dữ liệu")),
    step("duplicates", Kind::Less, Pair::new("follow several of them", "theo dõi nhiều người trong số họ")),
    step("followers", Kind::Level, Pair::new("Different followers", "Người theo dõi khác nhau")),
    step("not_authentic", Kind::Less, Pair::new("not real people, as it seems", "có vẻ không phải người thật")),
    step("not_exposed", Kind::Less, Pair::new("do not get to see the post", "không thấy bài đăng")),
    step("direct", Kind::Level, Pair::new("Followers reached", "Người theo dõi tiếp cận được")),
    step("beyond", Kind::More, Pair::new("spread beyond followers", "lan toả ngoài người theo dõi")),
    step("reach", Kind::Level, Pair::new("People reached", "Số người tiếp cận được")),
    step("outside_niche", Kind::Less, Pair::new("do not care about the niche", "không quan tâm đến lĩnh vực")),
    step("true_influence", Kind::Level, Pair::new("People reached who count", "Số người tiếp cận có giá trị")),
];

/// A step with its number: `None` where it is not shown.
pub(super) struct Shown {
    pub(super) step: &'static Step,
    pub(super) people: Option<f64>,
    /// The ends of its bar.
    pub(super) from: f64,
    pub(super) to: f64,
}

/// The steps of a row that are worth a line.
pub(super) fn steps(rows: Rows<'_>, row: usize) -> Vec<Shown> {
    let number = |key| rows.number(row, key);
    let same = |one, other| number(one).is_some() && number(one) == number(other);
    // Levels that say the same as their neighbours, and steps of nothing, need no line.
    let told = |step: &&Step| match step.key {
        "claimed" => !same("claimed", "followers"),
        "true_influence" => !same("true_influence", "reach"),
        key if step.kind != Kind::Level => number(key) != Some(0.0),
        _ => true,
    };
    let mut level = 0.0;
    STEPS
        .iter()
        .filter(told)
        .map(|step| {
            let people = number(step.key);
            let size = people.unwrap_or(0.0);
            let (from, to) = match step.kind {
                Kind::Level => (0.0, size),
                Kind::Less => (level - size, level),
                Kind::More => (level, level + size),
            };
            level = match (step.kind, people) {
                (Kind::Level, None) => level,
                (Kind::Less, _) => from,
                _ => to,
            };
            Shown { step, people, from: from.max(0.0), to: to.max(0.0) }
        })
        .collect()
}

/// The number of a step, with its sign.
pub(super) fn signed(page: &Page<'_>, rows: Rows<'_>, row: usize, step: &Step) -> String {
    let text = number::cell(rows.cell(row, step.key), page.language);
    match (step.kind, rows.number(row, step.key)) {
        (Kind::Less, Some(_)) => format!("−{text}"),
        (Kind::More, Some(_)) => format!("+{text}"),
        _ => text,
    }
}

/// The waterfall of all creators together, and its last step for each.
pub fn section(page: &Page<'_>, html: &mut Html) {
    page.section(
        html,
        "fall",
        Pair::new("From followers to people reached", "Từ người theo dõi đến người tiếp cận được"),
        |html| {
            let part = &page.findings.influence;
            let Some(rows) = part.rows().filter(|rows| !rows.is_empty()) else {
                let sentence = Pair::new(
                    "The way from followers to people reached cannot be shown for this network.",
                    "Không thể trình bày con đường từ người theo dõi đến người tiếp cận được với mạng này.",
                );
                return page.missing(html, part, sentence);
            };
            let row = rows.len() - 1;
            let shown = steps(rows, row);
            let range = rows.range(row, "interval");
            let most = shown.iter().map(|step| step.to).fold(range.map_or(1.0, |range| range.high), f64::max);
            html.tag("table", &[("class", "fall")], |html| {
                html.words(
                    "caption",
                    &[],
                    page.say(Pair::new(
                        "All creators together, one post each, in people",
                        "Tất cả nhà sáng tạo cùng nhau, mỗi người một bài, tính theo người",
                    )),
                );
                html.tag("tbody", &[], |html| {
                    let last = shown.len().saturating_sub(1);
                    for (at, step) in shown.iter().enumerate() {
                        let range = range.filter(|_| at == last);
                        line(page, html, (rows, row), step, range, most);
                    }
                });
            });
            html.tag("p", &[("class", "note")], |html| {
                if let Some(range) = range {
                    html.text(&format!("95%: {}. ", number::between(range, page.language)));
                }
                html.text(&format!(
                    "{}: {}. ",
                    page.say(Pair::new("Status", "Cơ sở")),
                    page.status(rows.text(row, "status"))
                ));
                if rows.number(row, "not_authentic") == Some(0.0) && !page.findings.data.has_column("authentic") {
                    html.text(page.say(Pair::new(
                        "Who is real was not checked: every account counts as a person.",
                        "Chưa kiểm tra ai là người thật: mỗi tài khoản được tính là một người.",
                    )));
                }
            });
            page.exact(html, Pair::new("In the engine’s words", "Nguyên văn của hệ thống"), &part.notes);
        },
    );
}

fn line(
    page: &Page<'_>,
    html: &mut Html,
    (rows, row): (Rows<'_>, usize),
    shown: &Shown,
    range: Option<Interval>,
    most: f64,
) {
    let class = match shown.step.kind {
        Kind::Level => "level",
        Kind::Less => "less",
        Kind::More => "more",
    };
    html.tag("tr", &[("class", class)], |html| {
        html.words("th", &[("scope", "row")], page.say(shown.step.name));
        html.tag("td", &[("class", "track")], |html| {
            if shown.people.is_some() {
                bar(html, class, (shown.from, shown.to), range, most);
            }
        });
        html.words("td", &[("class", "number")], &signed(page, rows, row, shown.step));
    });
}

/// A bar from one end to the other, with a whisker; `most` is the whole width.
pub(super) fn bar(html: &mut Html, class: &str, (from, to): (f64, f64), whisker: Option<Interval>, most: f64) {
    let percent = |value: f64| format!("{:.2}%", 100.0 * (value / most.max(1e-9)).clamp(0.0, 1.0));
    let style = format!("--at:{};--long:{}", percent(from), percent(to - from));
    html.tag("span", &[("class", "bars"), ("aria-hidden", "true")], |html| {
        html.words("span", &[("class", &format!("bar {class}")), ("style", &style)], "");
        if let Some(range) = whisker {
            let style = format!("--at:{};--long:{}", percent(range.low), percent(range.high - range.low));
            html.words("span", &[("class", "whisker"), ("style", &style)], "");
        }
    });
}
