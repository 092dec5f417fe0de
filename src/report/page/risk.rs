//! The page on risk: what it would cost if a creator fell.

use serde_json::Value;

use super::headline::head;
use super::number::{self, between, people, percent};
use super::plan::share;
use super::write::{Hole, Html};
use super::{Page, Pair, Rows};
use crate::base::stats::Interval;

/// Creators with a line of their own; the file of the answer has all.
const LINES: usize = 12;

/// Who would turn, creator by creator, and how bad the worst cases are.
pub fn section(page: &Page<'_>, html: &mut Html) {
    page.section(html, "risk", Pair::new("Risk: if a creator fell", "Rủi ro: nếu một nhà sáng tạo gặp bê bối"), |html| {
        let part = &page.findings.risk;
        let Some(rows) = part.rows().filter(|rows| !rows.is_empty()) else {
            let sentence = Pair::new("What a fall would cost cannot be said from this network.", "Mạng này không cho biết một vụ bê bối sẽ gây thiệt hại bao nhiêu.");
            return page.missing(html, part, sentence);
        };
        html.words("p", &[], page.say(Pair::new(
            "Nothing here says how likely a scandal is. Every figure holds if it happens: how many people of the audience would hear what is said against the creator, and how many people the plan would lose.",
            "Phần này không nói bê bối có khả năng xảy ra đến đâu. Mọi con số chỉ đúng nếu điều đó xảy ra: bao nhiêu người trong khán giả sẽ nghe điều tiếng về nhà sáng tạo, và phương án mất bao nhiêu người.",
        )));
        worst(page, html, rows);
        scenario(page, html, rows.table().summary.get("portfolio"));
        html.tag("div", &[("class", "wide")], |html| table(page, html, rows));
        if rows.len() > LINES {
            let sentence = Pair::new("{n} further creators, with less to lose, are left out here.", "{n} nhà sáng tạo khác, ít rủi ro hơn, không được liệt kê.");
            let left = number::count((rows.len() - LINES) as u64, page.language);
            html.paragraph("note", sentence, page.language, &[("n", Hole::Words(left))]);
        }
        let exact = [&rows.table().notes[..], &rows.table().assumptions[..]].concat();
        page.exact(html, Pair::new("In the engine’s words", "Nguyên văn của hệ thống"), &exact);
    });
}

fn worst(page: &Page<'_>, html: &mut Html, rows: Rows<'_>) {
    let (Some(turned), Some(range)) = (rows.number(0, "turned"), rows.range(0, "turned_interval")) else { return };
    let lost = rows.number(0, "reach_lost");
    let sentence = match lost {
        Some(_) => Pair::new(
            "Worst single case: if {name} fell, {n} people of the audience would hear of it (95%: {range}), and the plan would reach {lost} people fewer.",
            "Trường hợp đơn lẻ xấu nhất: nếu {name} gặp bê bối, {n} người trong khán giả sẽ nghe đến (95%: {range}), và phương án mất {lost} người tiếp cận.",
        ),
        None => Pair::new(
            "Worst single case: if {name} fell, {n} people of the audience would hear of it (95%: {range}).",
            "Trường hợp đơn lẻ xấu nhất: nếu {name} gặp bê bối, {n} người trong khán giả sẽ nghe đến (95%: {range}).",
        ),
    };
    let holes = [
        ("name", Hole::Name(rows.text(0, "creator").to_owned())),
        ("n", Hole::Words(people(turned, page.language))),
        ("range", Hole::Words(between(range, page.language))),
        ("lost", Hole::Words(lost.map_or(String::new(), |lost| people(lost, page.language)))),
    ];
    html.paragraph("", sentence, page.language, &holes);
}

/// How bad the worst cases are, under chances that the campaign gave.
fn scenario(page: &Page<'_>, html: &mut Html, portfolio: Option<&Value>) {
    let Some(portfolio) = portfolio else {
        return html.words("p", &[("class", "missing")], page.say(Pair::new(
            "How bad the worst cases are needs the chance of a fall, which is yours to give: hazard under [risk] in the campaign file.",
            "Để biết trường hợp xấu nhất tệ đến đâu cần khả năng xảy ra bê bối, do bạn cung cấp: hazard trong mục [risk] của tệp chiến dịch.",
        )));
    };
    let (tail, language) = (&portfolio["tail"], page.language);
    let (Some(chance), Some(alpha), Some(mean), Some(cvar)) =
        (tail["chance-of-loss"].as_f64(), tail["alpha"].as_f64(), tail["mean"].as_f64(), tail["cvar"].as_f64())
    else {
        return;
    };
    let range = portfolio["cvar_interval"]
        .as_array()
        .and_then(|ends| Some(Interval { low: ends.first()?.as_f64()?, high: ends.get(1)?.as_f64()? }));
    let sentence = Pair::new(
        "With the chances you gave: somebody falls in {chance} of campaigns; the average campaign turns {mean} people, the worst {worst} turn {cvar} on average{range}.",
        "Với khả năng bạn đưa ra: có người gặp bê bối trong {chance} số chiến dịch; trung bình mỗi chiến dịch có {mean} người quay lưng, {worst} trường hợp xấu nhất trung bình {cvar}{range}.",
    );
    let holes = [
        ("chance", Hole::Words(percent(chance, language))),
        ("mean", Hole::Words(people(mean, language))),
        ("worst", Hole::Words(percent(1.0 - alpha, language))),
        ("cvar", Hole::Words(people(cvar, language))),
        ("range", Hole::Words(range.map_or(String::new(), |range| format!(" (95%: {})", between(range, language))))),
    ];
    html.paragraph("", sentence, language, &holes);
}

fn table(page: &Page<'_>, html: &mut Html, rows: Rows<'_>) {
    let language = page.language;
    let chances = rows.has("chance");
    html.tag("table", &[], |html| {
        html.words(
            "caption",
            &[],
            page.say(Pair::new(
                "If this one fell: in people, with 95% ranges",
                "Nếu người này gặp bê bối: tính theo người, khoảng 95%",
            )),
        );
        let mut heads = vec![
            Pair::new("Creator", "Nhà sáng tạo"),
            Pair::new("Would hear of it", "Sẽ nghe đến"),
            Pair::new("Of the audience", "Trong khán giả"),
            Pair::new("Lost to the plan", "Phương án mất đi"),
        ];
        if chances {
            heads.extend([
                Pair::new("May fall (yours)", "Khả năng (bạn đưa ra)"),
                Pair::new("Part of the worst", "Phần trong tệ nhất"),
            ]);
        }
        head(page, html, &heads);
        html.tag("tbody", &[], |html| {
            for row in 0..rows.len().min(LINES) {
                html.tag("tr", &[], |html| {
                    html.tag("th", &[("scope", "row")], |html| html.name(rows.text(row, "creator")));
                    for (key, range) in [
                        ("turned", Some("turned_interval")),
                        ("exposure", None),
                        ("reach_lost", Some("reach_lost_interval")),
                    ] {
                        html.tag("td", &[("class", "number")], |html| {
                            match key {
                                "exposure" => html.text(&share(rows, row, key, page)),
                                _ => html.text(&number::cell(rows.cell(row, key), language)),
                            }
                            if let Some(range) = range.and_then(|range| rows.range(row, range)) {
                                html.text(" ");
                                html.words("small", &[], &between(range, language));
                            }
                        });
                    }
                    if chances {
                        html.words("td", &[("class", "number")], &share(rows, row, "chance", page));
                        html.words("td", &[("class", "number")], &share(rows, row, "part", page));
                    }
                });
            }
        });
    });
    page.status_note(html, rows);
}
