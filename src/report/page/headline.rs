//! The top of the page: who asked what, the one sentence, three figures, and what the posts bring line by line.

use serde_json::Value;

use super::number::{self, about, about_between, between, money, people};
use super::write::{Hole, Html};
use super::{Page, Pair, Rows};
use crate::base::stats::Interval;

/// The figure of the one sentence.
pub struct Headline {
    /// People reached.
    pub people: f64,
    /// From so many to so many.
    pub range: Option<Interval>,
    /// With this chance, in percent: 80 for the next posts, 95 for what is not known of their mean.
    pub level: u32,
    /// Whether they are counted by how likely they are real people.
    pub real: bool,
    /// Whether they are counted by how much they care about the niche.
    pub niche: bool,
    /// Whether it is the part that is observed alone: the whole is at least so much.
    pub at_least: bool,
    /// Its status.
    pub status: String,
}

/// What the sentence says; nothing where reach is not known. Where fake accounts were looked for only now, reach counts
/// accounts, and the influence of all together is what counts people.
pub fn headline(page: &Page<'_>) -> Option<Headline> {
    let findings = page.findings;
    let kept = counts_real(page);
    if !kept && let Some(found) = looked_at(page) {
        return Some(found);
    }
    let rows = findings.reach.rows()?;
    let whole = rows.find("figure", "reach").filter(|&row| rows.number(row, "people").is_some());
    let row = whole.or_else(|| rows.find("figure", "direct"))?;
    let (next, interval) = (rows.range(row, "next_post"), rows.range(row, "interval"));
    Some(Headline {
        people: rows.number(row, "people")?,
        range: next.or(interval),
        level: if next.is_some() { 80 } else { 95 },
        real: kept,
        niche: findings.everybody.is_some(),
        at_least: whole.is_none(),
        status: rows.text(row, "status").to_owned(),
    })
}

/// Whether accounts count by the chance that they are real people in every answer, as an audit kept it.
fn counts_real(page: &Page<'_>) -> bool {
    page.findings.data.has_column("authentic")
}

/// The row of all creators together: the last.
fn looked_at(page: &Page<'_>) -> Option<Headline> {
    let rows = page.findings.influence.rows()?;
    let row = rows.len().checked_sub(1)?;
    // Where nobody was found to be fake, or nobody was looked for, reach says the same and more.
    rows.number(row, "not_authentic").filter(|people| *people > 0.0)?;
    Some(Headline {
        people: rows.number(row, "true_influence")?,
        range: rows.range(row, "interval"),
        level: 95,
        real: true,
        niche: page.findings.everybody.is_some(),
        at_least: false,
        status: rows.text(row, "status").to_owned(),
    })
}

/// Title, sentence, and what was asked.
pub fn header(page: &Page<'_>, html: &mut Html) {
    let asked = &page.findings.asked;
    html.tag("header", &[], |html| {
        if !asked.client.is_empty() {
            html.words("p", &[("class", "client")], &asked.client);
        }
        html.words("h1", &[], &page.title());
        if page.findings.not_calibrated() {
            html.tag("p", &[("class", "alarm"), ("role", "note")], |html| {
                html.words("strong", &[], page.say(Pair::new("NOT CALIBRATED.", "CHƯA HIỆU CHỈNH.")));
                html.text(page.say(Pair::new(
                    " On past data the ranges did not hold as often as they say: read every range below as too sure of itself.",
                    " Trên dữ liệu cũ, các khoảng không đúng thường xuyên như đã nêu: mọi khoảng dưới đây đều tự tin quá mức.",
                )));
            });
        }
        match headline(page) {
            Some(found) => {
                html.tag("p", &[("class", "sentence")], |html| sentence(page, &found, html));
                html.words("p", &[("class", "reading")], &reading(page, &found));
            }
            None => page.missing(
                html,
                &page.findings.reach,
                Pair::new(
                    "How many people these creators reach cannot be said from this network.",
                    "Mạng này không cho biết các nhà sáng tạo tiếp cận được bao nhiêu người.",
                ),
            ),
        }
        what_was_asked(page, html);
    });
}

fn sentence(page: &Page<'_>, found: &Headline, html: &mut Html) {
    let language = page.language;
    let count = page.findings.asked.creators.len();
    let template = match (count, found.at_least) {
        (1, false) => Pair::new(
            "1 creator, with one post, reaches about {people}{range}{cost}.",
            "1 nhà sáng tạo, với một bài đăng, tiếp cận khoảng {people}{range}{cost}.",
        ),
        (1, true) => Pair::new(
            "1 creator, with one post, reaches at least about {people}{range}{cost}.",
            "1 nhà sáng tạo, với một bài đăng, tiếp cận ít nhất khoảng {people}{range}{cost}.",
        ),
        (_, false) => Pair::new(
            "{count} creators reach about {people}{range}{cost}.",
            "{count} nhà sáng tạo tiếp cận khoảng {people}{range}{cost}.",
        ),
        (_, true) => Pair::new(
            "{count} creators reach at least about {people}{range}{cost}.",
            "{count} nhà sáng tạo tiếp cận ít nhất khoảng {people}{range}{cost}.",
        ),
    };
    let who = match (found.real, found.niche) {
        (true, true) => Pair::new("{n} real people in {niche}", "{n} người thật quan tâm đến {niche}"),
        (true, false) => Pair::new("{n} real people", "{n} người thật"),
        (false, true) => Pair::new("{n} people in {niche}", "{n} người quan tâm đến {niche}"),
        (false, false) => Pair::new("{n} people", "{n} người"),
    };
    let niche = page.findings.asked.niche.as_deref().unwrap_or_default();
    let who = super::language::fill(page.say(who), &[("n", &about(found.people, language)), ("niche", niche)]);
    let range =
        found.range.map_or(String::new(), |range| format!("({}%: {})", found.level, about_between(range, language)));
    let who = if range.is_empty() { who } else { who + " " };
    let cost = cost(page).map_or(String::new(), |(amount, currency)| {
        let amount = money(amount, currency.as_deref(), language);
        super::language::fill(page.say(Pair::new(" for {amount}", " với chi phí {amount}")), &[("amount", &amount)])
    });
    html.say(
        page.say(template),
        &[
            ("count", Hole::Words(number::count(count as u64, language))),
            ("people", Hole::Words(who)),
            ("range", Hole::Kept(range)),
            ("cost", Hole::Words(cost)),
        ],
    );
}

/// How the range of the sentence is to be read.
fn reading(page: &Page<'_>, found: &Headline) -> String {
    let how = match found.level {
        80 => Pair::new(
            "One post each. Of ten such campaigns about eight should fall into the range. Reached means that a post was put before somebody, not that it persuaded or sold.",
            "Mỗi người một bài đăng. Cứ mười chiến dịch như vậy thì khoảng tám nằm trong khoảng này. Tiếp cận nghĩa là bài đăng đến trước mắt người xem, không phải là đã thuyết phục hay bán được hàng.",
        ),
        _ => Pair::new(
            "One post each. The range holds what is not known of the average campaign; a single campaign varies more. Reached means that a post was put before somebody, not that it persuaded or sold.",
            "Mỗi người một bài đăng. Khoảng này là điều chưa biết về chiến dịch trung bình; từng chiến dịch còn dao động nhiều hơn. Tiếp cận nghĩa là bài đăng đến trước mắt người xem, không phải là đã thuyết phục hay bán được hàng.",
        ),
    };
    let real = match found.real {
        true => "",
        false => page.say(Pair::new(
            " Nobody has checked yet who is real: every account counts as a person.",
            " Chưa kiểm tra ai là người thật: mỗi tài khoản được tính là một người.",
        )),
    };
    format!("{}{real}", page.say(how))
}

/// What all creators cost together, and in which currency.
pub fn cost(page: &Page<'_>) -> Option<(f64, Option<String>)> {
    let summary = |part: &super::Part| part.table.as_ref().map(|table| table.summary.clone());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let of_reach = summary(&page.findings.reach).and_then(|summary| {
        let money = summary.get("money")?;
        Some((money["cost"].as_f64()?, text(&money["currency"])))
    });
    of_reach.or_else(|| {
        let summary = summary(&page.findings.plan)?;
        Some((summary.get("plan")?["cost"].as_f64()?, summary.get("currency").and_then(text)))
    })
}

fn what_was_asked(page: &Page<'_>, html: &mut Html) {
    let (asked, data, language) = (&page.findings.asked, &page.findings.data, page.language);
    html.tag("dl", &[("class", "asked")], |html| {
        let mut line = |term: Pair, text: &str| {
            html.tag("div", &[], |html| {
                html.words("dt", &[], page.say(term));
                html.words("dd", &[], text);
            });
        };
        if let Some(budget) = asked.budget {
            let budget = money(budget, asked.currency.as_deref(), language);
            line(Pair::new("Budget", "Ngân sách"), &budget);
        }
        if let Some(count) = asked.count {
            line(Pair::new("Creators at most", "Số nhà sáng tạo tối đa"), &number::count(count.into(), language));
        }
        if !asked.only.is_empty() {
            line(Pair::new("Who could be signed", "Có thể ký với"), &asked.only.join(", "));
        }
        if !asked.chosen {
            line(
                Pair::new("Creators", "Nhà sáng tạo"),
                page.say(Pair::new("as given, none chosen", "theo danh sách có sẵn")),
            );
        }
        if let Some(brand) = &asked.brand {
            line(Pair::new("Brand", "Thương hiệu"), brand);
        }
        if let Some(niche) = &asked.niche {
            line(Pair::new("Niche", "Lĩnh vực"), niche);
        }
        line(Pair::new("Data", "Dữ liệu"), &data.name);
        if let (Some(from), Some(to)) = (data.text("from"), data.text("to")) {
            let days = format!("{} – {}", number::day(from, language), number::day(to, language));
            line(Pair::new("Data from", "Thời gian dữ liệu"), &days);
        }
    });
}

/// People reached, cost, cost per person.
pub fn figures(page: &Page<'_>, html: &mut Html) {
    let language = page.language;
    page.section(html, "figures", Pair::new("In three figures", "Ba con số chính"), |html| {
        html.tag("div", &[("class", "cards")], |html| {
            let found = headline(page);
            let range =
                found.as_ref().and_then(|found| Some(format!("{}%: {}", found.level, between(found.range?, language))));
            let reached = match found.as_ref().is_some_and(|found| found.real) {
                true => Pair::new("Real people reached", "Số người thật tiếp cận được"),
                false => Pair::new("People reached", "Số người tiếp cận được"),
            };
            card(
                page,
                html,
                reached,
                found.as_ref().map(|found| people(found.people, language)),
                range,
                found.as_ref().map(|found| found.status.as_str()),
            );
            let cost = cost(page);
            let priced = cost.as_ref().map(|(amount, currency)| money(*amount, currency.as_deref(), language));
            let status = match &cost {
                Some(_) => Pair::new("the prices that the creators ask", "theo giá các nhà sáng tạo đưa ra"),
                None => Pair::new("not every creator has a price", "không phải nhà sáng tạo nào cũng có giá"),
            };
            card(page, html, Pair::new("Cost", "Chi phí"), priced, Some(page.say(status).to_owned()), None);
            let per = page
                .findings
                .reach
                .table
                .as_ref()
                .and_then(|table| table.summary.get("money"))
                .map(|money| &money["cpr"]);
            let per = per.and_then(|per| {
                Some((per["value"].as_f64()?, per["interval"]["low"].as_f64()?, per["interval"]["high"].as_f64()?))
            });
            let code = cost.as_ref().and_then(|cost| cost.1.as_deref());
            let value = per.map(|(value, ..)| {
                format!("{}{}", number::money_exact(value, language), number::currency_words(code, language))
            });
            let range = per.map(|(_, low, high)| format!("95%: {}", number::money_between((low, high), language)));
            let status = page.findings.reach.rows().filter(|_| per.is_some()).map(|rows| rows.text(0, "status"));
            card(page, html, Pair::new("Cost per person reached", "Chi phí mỗi người tiếp cận"), value, range, status);
        });
    });
}

fn card(
    page: &Page<'_>,
    html: &mut Html,
    label: Pair,
    value: Option<String>,
    range: Option<String>,
    status: Option<&str>,
) {
    html.tag("div", &[("class", "card")], |html| {
        html.words("p", &[("class", "label")], page.say(label));
        html.words(
            "p",
            &[("class", "value")],
            value.as_deref().unwrap_or(page.say(Pair::new("not known", "chưa biết"))),
        );
        if let Some(range) = range {
            html.words("p", &[("class", "range")], &range);
        }
        if let Some(status) = status {
            html.words("p", &[("class", "status")], &page.status(status));
        }
    });
}

/// The lines of what posts bring: the row of the answer, what a client calls it, and what it is.
const LINES: [(&str, Pair, Pair); 5] = [
    (
        "reach",
        Pair::new("People reached", "Số người tiếp cận được"),
        Pair::new("different people, each counted once", "người khác nhau, mỗi người tính một lần"),
    ),
    (
        "direct",
        Pair::new("of them by the creators’ own posts", "trong đó qua bài của chính nhà sáng tạo"),
        Pair::new("followers before whom the post comes", "người theo dõi thấy bài đăng"),
    ),
    (
        "beyond followers",
        Pair::new("of them by spread beyond followers", "trong đó nhờ lan toả ngoài người theo dõi"),
        Pair::new("through people who pass it on", "qua những người chia sẻ lại"),
    ),
    (
        "impressions",
        Pair::new("Views (impressions)", "Lượt hiển thị"),
        Pair::new(
            "repeats counted: one person may see it several times",
            "tính cả lặp lại: một người có thể thấy nhiều lần",
        ),
    ),
    (
        "sharers",
        Pair::new("People who pass it on", "Số người chia sẻ lại"),
        Pair::new("of those reached", "trong số người tiếp cận được"),
    ),
];

/// Reach, views and spread, a line each.
pub fn lines(page: &Page<'_>, html: &mut Html) {
    let Some(rows) = page.findings.reach.rows() else { return };
    const CAPTION: Pair = Pair::new(
        "One post of each creator; reach, views and spread are different things",
        "Mỗi nhà sáng tạo một bài; tiếp cận, hiển thị và lan toả là những đại lượng khác nhau",
    );
    const STARS: Pair = Pair::new(
        "Ranges marked * hold the chance in the simulation alone; what is assumed moves these figures along with the people reached.",
        "Khoảng có dấu * chỉ gồm sai số của mô phỏng; các giả định làm những con số này thay đổi cùng với số người tiếp cận.",
    );
    page.section(html, "lines", Pair::new("What the posts bring", "Các bài đăng mang lại gì"), |html| {
        html.tag("div", &[("class", "wide")], |html| {
            html.tag("table", &[], |html| {
                html.words("caption", &[], page.say(CAPTION));
                let heads = [
                    Pair::new("What", "Đại lượng"),
                    Pair::new("Estimate", "Ước lượng"),
                    Pair::new("95% range", "Khoảng 95%"),
                    Pair::new("Status", "Cơ sở"),
                ];
                head(page, html, &heads);
                html.tag("tbody", &[], |html| {
                    for (figure, name, about) in LINES {
                        // Where the sentence counts real people and these lines accounts, they are called so.
                        let accounts = figure == "reach" && looked_at(page).is_some() && !counts_real(page);
                        let (name, about) = match (accounts, page.findings.everybody.is_some()) {
                            (true, _) => ACCOUNTS,
                            (false, true) if figure == "reach" => IN_NICHE,
                            _ => (name, about),
                        };
                        line(page, html, rows, figure, name, about);
                    }
                    if let Some(rows) = page.findings.everybody.as_ref().and_then(|part| part.rows()) {
                        line(page, html, rows, "reach", EVERYBODY.0, EVERYBODY.1);
                    }
                });
            });
        });
        html.words("p", &[("class", "note")], page.say(STARS));
    });
}

/// What reach is where it counts accounts.
const ACCOUNTS: (Pair, Pair) = (
    Pair::new("Accounts reached", "Số tài khoản tiếp cận được"),
    Pair::new(
        "real people or not; those who seem real are in the sentence above",
        "là người thật hay không; số có vẻ là người thật ở câu đầu trang",
    ),
);

/// What reach is where it counts by how much people care.
const IN_NICHE: (Pair, Pair) = (
    Pair::new("People reached in the niche", "Số người tiếp cận trong lĩnh vực"),
    Pair::new("each counts by how much they care about it", "mỗi người tính theo mức độ quan tâm"),
);

/// Reach of everybody, where all other lines count a niche.
const EVERYBODY: (Pair, Pair) = (
    Pair::new("People reached, whatever they care about", "Số người tiếp cận, bất kể quan tâm"),
    Pair::new(
        "those above count by how much they care about the niche",
        "các dòng trên tính theo mức độ quan tâm đến lĩnh vực",
    ),
);

/// The heads of a table's columns.
pub fn head(page: &Page<'_>, html: &mut Html, heads: &[Pair]) {
    html.tag("thead", &[], |html| {
        html.tag("tr", &[], |html| {
            for (at, head) in heads.iter().enumerate() {
                let class = if at == 0 { "" } else { "number" };
                html.words("th", &[("scope", "col"), ("class", class)], page.say(*head));
            }
        });
    });
}

fn line(page: &Page<'_>, html: &mut Html, rows: Rows<'_>, figure: &str, name: Pair, about: Pair) {
    let Some(row) = rows.find("figure", figure) else { return };
    let language = page.language;
    let range = match (rows.range(row, "interval"), rows.range(row, "sim_error")) {
        (Some(range), _) => between(range, language),
        (None, Some(range)) if range.low < range.high => format!("{} *", between(range, language)),
        _ => "–".into(),
    };
    let class = if name.en.starts_with("of them") { "part" } else { "" };
    html.tag("tr", &[("class", class)], |html| {
        html.tag("th", &[("scope", "row")], |html| {
            html.text(page.say(name));
            html.text(" ");
            html.words("small", &[], page.say(about));
        });
        html.words("td", &[("class", "number")], &number::cell(rows.cell(row, "people"), language));
        html.words("td", &[("class", "number")], &range);
        html.words("td", &[("class", "number")], &page.status(rows.text(row, "status")));
    });
}
