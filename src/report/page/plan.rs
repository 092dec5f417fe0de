//! The plan: a line a creator, and how good the choice is.

use serde_json::Value;

use super::fall::bar;
use super::headline::head;
use super::number::{self, between, money, people, percent, percent_down};
use super::write::{Hole, Html};
use super::{Page, Pair, Rows};
use crate::base::stats::Interval;

/// The creators with what they cost and bring.
pub fn section(page: &Page<'_>, html: &mut Html) {
    let title = match page.findings.asked.chosen {
        true => Pair::new("The plan: whom to sign", "Phương án: ký với ai"),
        false => Pair::new("What each creator adds", "Mỗi nhà sáng tạo mang thêm bao nhiêu"),
    };
    page.section(html, "plan", title, |html| {
        let part = &page.findings.plan;
        let Some(rows) = part.rows() else {
            let sentence = Pair::new(
                "What each creator adds cannot be shown for this network.",
                "Không thể cho biết mỗi nhà sáng tạo mang thêm bao nhiêu với mạng này.",
            );
            return page.missing(html, part, sentence);
        };
        if part.unmet.is_some() {
            html.words(
                "p",
                &[("class", "alarm")],
                page.say(Pair::new(
                    "The search was stopped before it was sure: this is the best so far.",
                    "Việc tìm kiếm dừng trước khi chắc chắn: đây là kết quả tốt nhất đến lúc đó.",
                )),
            );
        }
        html.tag("div", &[("class", "wide")], |html| table(page, html, rows));
        let left = rows.table().summary.get("left_out").and_then(Value::as_array).map_or(0, Vec::len);
        if left > 0 {
            let sentence = Pair::new(
                "{n} creators could not be considered, for they have no price or no followers here.",
                "{n} nhà sáng tạo không được xét, vì không có giá hoặc không có người theo dõi ở đây.",
            );
            page_paragraph(page, html, sentence, left as f64);
        }
    });
}

fn page_paragraph(page: &Page<'_>, html: &mut Html, sentence: Pair, number: f64) {
    html.paragraph("note", sentence, page.language, &[("n", Hole::Words(people_whole(number, page)))]);
}

fn people_whole(number: f64, page: &Page<'_>) -> String {
    number::count(libm::round(number) as u64, page.language)
}

fn table(page: &Page<'_>, html: &mut Html, rows: Rows<'_>) {
    let language = page.language;
    let currency = rows.table().summary.get("currency").and_then(Value::as_str);
    let prices: Vec<Option<f64>> = (0..rows.len()).map(|row| price(page, rows, row)).collect();
    let priced = prices.iter().any(Option::is_some);
    let currency = currency.or_else(|| summary_text(&page.findings.curve, "currency"));
    html.tag("table", &[("class", "plan")], |html| {
        html.tag("caption", &[], |html| {
            html.text(page.say(Pair::new(
                "In people, with 95% ranges from the simulation alone; whoever adds most comes first",
                "Tính theo người, khoảng 95% chỉ gồm sai số mô phỏng; ai mang thêm nhiều nhất đứng trước",
            )));
            if let Some(code) = currency.filter(|_| priced) {
                html.text(&format!("; {}: {code}", page.say(Pair::new("prices", "giá"))));
            }
        });
        let mut heads = vec![Pair::new("Creator", "Nhà sáng tạo")];
        if priced {
            heads.push(Pair::new("Price", "Giá"));
        }
        heads.extend([
            Pair::new("Followers", "Người theo dõi"),
            Pair::new("Adds", "Mang thêm"),
            Pair::new("Together", "Cộng dồn"),
            Pair::new("Only here", "Chỉ qua người này"),
            Pair::new("Fair share", "Phần đóng góp"),
        ]);
        head(page, html, &heads);
        let credits = (0..rows.len()).filter_map(|row| rows.range(row, "credit_interval"));
        let most = credits.map(|range| range.high).fold(1e-9, f64::max);
        html.tag("tbody", &[], |html| {
            for (row, price) in prices.iter().enumerate() {
                html.tag("tr", &[], |html| {
                    html.tag("th", &[("scope", "row")], |html| {
                        html.words("span", &[("class", "place")], &(row + 1).to_string());
                        html.name(rows.text(row, "creator"));
                    });
                    if priced {
                        let price = price.map_or("–".into(), |price| number::money_exact(price, language));
                        html.words("td", &[("class", "number")], &price);
                    }
                    html.words("td", &[("class", "number")], &number::cell(rows.cell(row, "followers"), language));
                    ranged(page, html, rows, row, ("added", "added_interval"), None);
                    ranged(page, html, rows, row, ("together", "together_interval"), None);
                    ranged(page, html, rows, row, ("only", "only_interval"), None);
                    ranged(page, html, rows, row, ("credit", "credit_interval"), Some(most));
                });
            }
        });
    });
    page.status_note(html, rows);
}

/// What a creator asks: as the plan says; one that was chosen by number does not say it, and how followers add up does.
fn price(page: &Page<'_>, rows: Rows<'_>, row: usize) -> Option<f64> {
    rows.number(row, "price").or_else(|| {
        let curve = page.findings.curve.rows()?;
        curve.number(curve.find_exactly("creator", rows.text(row, "creator"))?, "price")
    })
}

fn summary_text<'a>(part: &'a super::Part, key: &str) -> Option<&'a str> {
    part.table.as_ref()?.summary.get(key)?.as_str()
}

/// A number over its range; with `most` a bar too.
fn ranged(page: &Page<'_>, html: &mut Html, rows: Rows<'_>, row: usize, (key, range): (&str, &str), most: Option<f64>) {
    let (number, range) = (rows.number(row, key), rows.range(row, range));
    html.tag("td", &[("class", "number")], |html| {
        html.text(&number::cell(rows.cell(row, key), page.language));
        if let Some(range) = range {
            html.text(" ");
            html.words("small", &[], &between(range, page.language));
        }
        if let (Some(most), Some(number)) = (most, number) {
            bar(html, "level", (0.0, number), range, most);
        }
    });
}

/// How many people more, and from how many to how many.
fn gain(value: &Value) -> Option<(f64, Interval)> {
    Some((value["people"].as_f64()?, Interval { low: value["low"].as_f64()?, high: value["high"].as_f64()? }))
}

/// How good the choice is, the best swap, and what more money would bring.
pub fn quality(page: &Page<'_>, html: &mut Html) {
    let Some(rows) = page.findings.plan.rows().filter(|_| page.findings.asked.chosen) else { return };
    let (summary, language) = (&rows.table().summary, page.language);
    let none = Value::Null;
    let of = |key: &str| summary.get(key).unwrap_or(&none);
    page.section(html, "quality", Pair::new("Quality of the plan", "Chất lượng phương án"), |html| {
        html.tag("ul", &[("class", "points")], |html| {
            if let Some(ratio) = of("plan")["ratio"].as_f64() {
                let failure = of("failure").as_f64().unwrap_or(0.0);
                let sentence = Pair::new(
                    "This plan reaches at least {share} of what the best possible choice within these limits would reach (sure with {chance}). That is about the choice, not about what the campaign will bring.",
                    "Phương án này đạt ít nhất {share} mức mà lựa chọn tốt nhất có thể trong các giới hạn này đạt được (chắc chắn {chance}). Điều này nói về việc lựa chọn, không phải về kết quả của chiến dịch.",
                );
                point(page, html, sentence, &[("share", Hole::Words(percent_down(ratio, language))), ("chance", Hole::Words(percent_down(1.0 - failure, language)))]);
            }
            swap(page, html, of("swap"));
            more(page, html, of("more"), of("currency").as_str());
            for wish in of("wishes").as_array().into_iter().flatten() {
                let Some((number, range)) = gain(&wish["gain_without"]) else { continue };
                let sentence = Pair::new("Your wish “{wish}” costs {n} people (95%: {range}).", "Yêu cầu “{wish}” làm giảm {n} người (95%: {range}).");
                let wish = wish["wish"].as_str().unwrap_or_default().to_owned();
                point(page, html, sentence, &[("wish", Hole::Name(wish)), ("n", Hole::Words(people(number, language))), ("range", Hole::Words(to(range, page)))]);
            }
        });
        page.exact(html, Pair::new("In the engine’s words", "Nguyên văn của hệ thống"), &rows.table().notes);
    });
}

fn to(range: Interval, page: &Page<'_>) -> String {
    let word = page.say(Pair::new("to", "đến"));
    format!("{} {word} {}", people(range.low, page.language), people(range.high, page.language))
}

fn point(page: &Page<'_>, html: &mut Html, sentence: Pair, holes: &[(&str, Hole)]) {
    html.tag("li", &[], |html| html.say(page.say(sentence), holes));
}

fn swap(page: &Page<'_>, html: &mut Html, swap: &Value) {
    let (Some(out), Some(into), Some((number, range))) =
        (swap["out"].as_str(), swap["in"].as_str(), gain(&swap["gain"]))
    else {
        return;
    };
    let sentence = match range.low > 0.0 {
        true => Pair::new(
            "Best swap: {in} instead of {out} would reach {n} people more (95%: {range}).",
            "Đổi người tốt nhất: {in} thay cho {out} sẽ tiếp cận thêm {n} người (95%: {range}).",
        ),
        false => Pair::new(
            "No single swap is surely better. The closest: {in} instead of {out} would change the people reached by {n} (95%: {range}).",
            "Không có cách đổi một người nào chắc chắn tốt hơn. Gần nhất: {in} thay cho {out} làm số người tiếp cận thay đổi {n} (95%: {range}).",
        ),
    };
    let holes = [
        ("in", Hole::Name(into.to_owned())),
        ("out", Hole::Name(out.to_owned())),
        ("n", Hole::Words(people(number, page.language))),
        ("range", Hole::Words(to(range, page))),
    ];
    point(page, html, sentence, &holes);
}

fn more(page: &Page<'_>, html: &mut Html, more: &Value, currency: Option<&str>) {
    let (Some(size), Some((number, range))) = (more["size"].as_f64(), gain(&more["gain"])) else { return };
    let language = page.language;
    let price = more["price_per_person"].as_f64();
    let sentence = match (page.findings.asked.budget, price) {
        (Some(_), Some(_)) => Pair::new(
            "What more money brings: a tenth more budget ({size}) would reach {n} people more (95%: {range}), at {price} a person.",
            "Thêm tiền được gì: thêm một phần mười ngân sách ({size}) sẽ tiếp cận thêm {n} người (95%: {range}), {price} mỗi người.",
        ),
        (Some(_), None) => Pair::new(
            "What more money brings: a tenth more budget ({size}) would reach nobody more.",
            "Thêm tiền được gì: thêm một phần mười ngân sách ({size}) không tiếp cận thêm được ai.",
        ),
        (None, _) => Pair::new(
            "One creator more would reach {n} people more (95%: {range}).",
            "Thêm một nhà sáng tạo sẽ tiếp cận thêm {n} người (95%: {range}).",
        ),
    };
    let exact = |amount: f64| {
        format!("{}{}", number::money_exact(amount, language), number::currency_words(currency, language))
    };
    let holes = [
        ("size", Hole::Words(money(size, currency, language))),
        ("n", Hole::Words(people(number, language))),
        ("range", Hole::Words(to(range, page))),
        ("price", Hole::Words(price.map_or(String::new(), exact))),
    ];
    point(page, html, sentence, &holes);
}

/// A share as a cell, in percent.
pub fn share(rows: Rows<'_>, row: usize, key: &str, page: &Page<'_>) -> String {
    match rows.number(row, key) {
        Some(share) => percent(share, page.language),
        None => number::cell(rows.cell(row, key), page.language),
    }
}
