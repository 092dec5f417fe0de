//! What the data lacks: the figures that the data card gives with less than a measurement, in the client's words.

use serde_json::Value;

use super::headline::head;
use super::write::Html;
use super::{Page, Pair};

/// Figures of the data card that a client asks about, and what they are called for them; others stay on the card.
const FIGURES: [(&str, Pair); 8] = [
    ("reach of the next post", Pair::new("people reached by the next post", "số người tiếp cận của bài tiếp theo")),
    (
        "reach by recommendation",
        Pair::new("people reached by a platform’s recommendation", "số người tiếp cận nhờ nền tảng gợi ý"),
    ),
    ("spread beyond followers", Pair::new("spread beyond followers", "lan toả ngoài người theo dõi")),
    ("overlap of two audiences", Pair::new("shared audience of two creators", "khán giả chung của hai nhà sáng tạo")),
    (
        "unique audience of several",
        Pair::new("different people who follow several creators", "số người khác nhau theo dõi nhiều nhà sáng tạo"),
    ),
    ("people across platforms", Pair::new("people on several platforms", "người dùng ở nhiều nền tảng")),
    ("resharing once exposed", Pair::new("how often people pass a post on", "mức độ chia sẻ lại")),
    ("how good the forecast is", Pair::new("how often the ranges hold", "các khoảng đúng thường xuyên đến đâu")),
];

/// What figures rest on and what more data would buy, as the card says it, in the client's words.
const BECAUSE: [(&str, Pair); 13] = [
    (
        "followers times an assumed exposure",
        Pair::new(
            "from followers and an assumed share who see it",
            "từ số người theo dõi và tỷ lệ thấy bài được giả định",
        ),
    ),
    (
        "posts with reach or views would measure exposure instead",
        Pair::new(
            "past posts with their reach or views would measure it",
            "các bài trước đây kèm số người tiếp cận hoặc lượt xem sẽ đo được",
        ),
    ),
    (
        "from past posts; creators without any from similar ones",
        Pair::new(
            "from past posts; creators without any from similar ones",
            "từ các bài trước đây; người chưa có bài thì theo người tương tự",
        ),
    ),
    (
        "needs posts with reach or views",
        Pair::new(
            "needs past posts with their reach or views",
            "cần các bài trước đây kèm số người tiếp cận hoặc lượt xem",
        ),
    ),
    (
        "from whom the followers reach in turn; exposure is assumed",
        Pair::new(
            "from who follows the followers; who sees a post is assumed",
            "từ những ai theo dõi người theo dõi; ai thấy bài là giả định",
        ),
    ),
    (
        "not observed: needs whom the followers follow",
        Pair::new("needs to know whom the followers follow", "cần biết người theo dõi còn theo dõi ai"),
    ),
    (
        "from full overlap to none: no links were given",
        Pair::new(
            "somewhere between all the same people and none: no links were given",
            "từ trùng hoàn toàn đến không trùng: chưa có liên kết tài khoản",
        ),
    ),
    (
        "a table of platform, account, person would join those that it names",
        Pair::new(
            "a table of who has which accounts would join them",
            "một bảng ai có những tài khoản nào sẽ nối được họ",
        ),
    ),
    ("from shares of posts", Pair::new("from shares of posts in the data", "từ lượt chia sẻ trong dữ liệu")),
    ("1 in 100, with a range", Pair::new("1 in 100, with a range", "1 trên 100, kèm khoảng")),
    (
        "shares that name their post (an item column) would measure it",
        Pair::new("shares that name their post would measure it", "lượt chia sẻ có ghi rõ bài đăng sẽ đo được"),
    ),
    (
        "needs posts with a time and reach or views",
        Pair::new(
            "needs past posts with their time and their reach or views",
            "cần các bài trước đây kèm thời gian và số người tiếp cận hoặc lượt xem",
        ),
    ),
    (
        "what followers cannot explain of the reach of past posts",
        Pair::new(
            "what followers cannot explain of the reach of past posts",
            "phần tiếp cận của bài cũ mà người theo dõi không giải thích được",
        ),
    ),
];

/// The table of what is not measured.
pub fn lacks(page: &Page<'_>, html: &mut Html) {
    let abilities = page.findings.data.card["abilities"].as_array();
    let lacking: Vec<(&Value, Pair)> = abilities
        .into_iter()
        .flatten()
        .filter(|ability| ability["status"] != "measured")
        .filter_map(|ability| {
            let figure = FIGURES.iter().find(|(figure, _)| ability["figure"] == *figure)?;
            Some((ability, figure.1))
        })
        .collect();
    html.words("h3", &[], page.say(Pair::new("What the data lacks", "Dữ liệu còn thiếu gì")));
    if lacking.is_empty() {
        html.words(
            "p",
            &[],
            page.say(Pair::new("Everything that this page needs is measured.", "Mọi thứ trang này cần đều đo được.")),
        );
        return;
    }
    html.tag("div", &[("class", "wide")], |html| {
        html.tag("table", &[("class", "texts")], |html| {
            html.words(
                "caption",
                &[],
                page.say(Pair::new(
                    "Figures that are not measured, and what would make them better",
                    "Những con số chưa đo được, và điều gì sẽ làm chúng tốt hơn",
                )),
            );
            head(
                page,
                html,
                &[
                    Pair::new("Figure", "Con số"),
                    Pair::new("Status", "Cơ sở"),
                    Pair::new("Rests on, or needs", "Dựa trên, hoặc cần"),
                ],
            );
            html.tag("tbody", &[], |html| {
                for (ability, figure) in lacking {
                    html.tag("tr", &[], |html| {
                        html.words("th", &[("scope", "row")], page.say(figure));
                        html.words("td", &[], &page.status(ability["status"].as_str().unwrap_or_default()));
                        html.tag("td", &[], |html| {
                            because(page, html, ability["because"].as_str());
                            if let Some(more) = ability["more"].as_str() {
                                html.text("; ");
                                because(page, html, Some(more));
                            }
                        });
                    });
                }
            });
        });
    });
}

/// What the card says, in the client's words where there are any, else as it says it.
fn because(page: &Page<'_>, html: &mut Html, said: Option<&str>) {
    let Some(said) = said else { return };
    match BECAUSE.iter().find(|(words, _)| *words == said) {
        Some((_, pair)) => html.text(page.say(*pair)),
        None => html.words("span", &[("lang", "en")], said),
    }
}
