//! How sure all this is: whether it was right before, what is assumed, what the data lacks, and how to get the same again.

use serde_json::Value;

use super::headline::headline;
use super::number::{self, percent};
use super::write::{Hole, Html};
use super::{Page, Pair, lacks};

/// The box of confidence.
pub fn section(page: &Page<'_>, html: &mut Html) {
    page.section(html, "sure", Pair::new("How sure is this?", "Chắc chắn đến đâu?"), |html| {
        backtest(page, html);
        assumptions(page, html);
        lacks::lacks(page, html);
        again(page, html);
    });
}

fn backtest(page: &Page<'_>, html: &mut Html) {
    let verdicts = &page.findings.verdicts;
    html.words("h3", &[], page.say(Pair::new("Was it right before?", "Trước đây có đúng không?")));
    if verdicts.is_empty() {
        let dated = page.findings.data.ability("how good the forecast is") == Some("measured");
        let sentence = match dated {
            true => Pair::new(
                "Not back-tested. This network holds dated posts: a back-test (truereach backtest) would say how often the ranges held in the past.",
                "Chưa kiểm chứng trên dữ liệu cũ. Mạng này có bài đăng kèm thời gian: kiểm chứng (truereach backtest) sẽ cho biết các khoảng đúng thường xuyên đến đâu.",
            ),
            false => Pair::new(
                "Not back-tested: how often the ranges hold is not known. It would take past posts with their time and their reach or views.",
                "Chưa kiểm chứng trên dữ liệu cũ: chưa biết các khoảng đúng thường xuyên đến đâu. Cần các bài đăng trước đây kèm thời gian và số người tiếp cận hoặc lượt xem.",
            ),
        };
        html.words("p", &[("class", "missing")], page.say(sentence));
        return;
    }
    let sentence = match page.findings.not_calibrated() {
        true => Pair::new(
            "Back-tested on past data, and NOT CALIBRATED. Word for word:",
            "Đã kiểm chứng trên dữ liệu cũ, và CHƯA HIỆU CHỈNH. Nguyên văn:",
        ),
        false => Pair::new("Back-tested on past data. Word for word:", "Đã kiểm chứng trên dữ liệu cũ. Nguyên văn:"),
    };
    html.words("p", &[], page.say(sentence));
    html.tag("ul", &[("lang", "en"), ("class", "verdicts")], |html| {
        verdicts.iter().for_each(|verdict| html.words("li", &[], verdict))
    });
    html.words("p", &[("class", "note")], page.say(Pair::new(
        "A back-test on single posts says nothing sure about several creators together, whose reach on this page comes from who follows whom.",
        "Kiểm chứng trên từng bài không nói chắc được về nhiều nhà sáng tạo cùng nhau; số người tiếp cận ở trang này tính từ việc ai theo dõi ai.",
    )));
}

/// What is assumed, in the client's words; the engine's own words behind.
fn assumptions(page: &Page<'_>, html: &mut Html) {
    let findings = page.findings;
    html.words("h3", &[], page.say(Pair::new("What is assumed", "Những gì được giả định")));
    html.tag("ul", &[("class", "points")], |html| {
        exposure(page, html);
        let point = |html: &mut Html, sentence: Pair| html.words("li", &[], page.say(sentence));
        match findings.data.ability("resharing once exposed") {
            Some("estimated") => point(html, Pair::new("How often people pass a post on is taken from shares in the data, given how many saw them as assumed above.", "Mức độ chia sẻ lại được lấy từ lượt chia sẻ trong dữ liệu, theo số người xem đã giả định ở trên.")),
            _ => point(html, Pair::new("Of a hundred people who see a post about one passes it on (between 0.3 and 3).", "Cứ một trăm người thấy bài thì khoảng một người chia sẻ lại (từ 0,3 đến 3).")),
        }
        let found = headline(page);
        if found.as_ref().is_some_and(|found| found.level == 80) {
            point(html, Pair::new("Posts of the same creator differ: some reach far more people than others. The 80% range holds that.", "Các bài của cùng một nhà sáng tạo khác nhau: có bài tiếp cận nhiều người hơn hẳn. Khoảng 80% đã gồm điều đó."));
        }
        match (findings.data.has_column("authentic"), found.as_ref().is_some_and(|found| found.real)) {
            (true, _) => point(html, Pair::new("Accounts count by how likely they are real people, as an audit of the data found. Patterns are consistent with bought followers; they are no proof.", "Mỗi tài khoản được tính theo khả năng là người thật, theo kết quả kiểm tra dữ liệu. Các dấu hiệu phù hợp với người theo dõi mua; đó không phải bằng chứng.")),
            (false, true) => point(html, Pair::new("Who is real was judged from patterns in the data while this page was made; patterns are no proof. The plan itself, the views and the costs still count accounts: an audit of the network (truereach audit) beforehand makes them count people.", "Ai là người thật được đánh giá từ các dấu hiệu trong dữ liệu khi tạo trang này; dấu hiệu không phải bằng chứng. Phương án, lượt hiển thị và chi phí vẫn tính theo tài khoản: kiểm tra mạng trước (truereach audit) sẽ giúp tính theo người.")),
            (false, false) => point(html, Pair::new("Every account is taken for a real person: nobody has checked.", "Mỗi tài khoản được coi là một người thật: chưa ai kiểm tra.")),
        }
        if findings.asked.niche.is_some() {
            match findings.everybody.is_some() {
                true => point(html, Pair::new("People count by how much they care about the niche, as learned from people who are labelled.", "Mỗi người được tính theo mức độ quan tâm đến lĩnh vực, học từ những người đã được gắn nhãn.")),
                false => point(html, Pair::new("Who cares about the niche is not known here, so everybody reached counts (truereach niche learn finds it).", "Chưa biết ai quan tâm đến lĩnh vực, nên mọi người tiếp cận được đều được tính (truereach niche learn sẽ tìm ra).")),
            }
        }
        if findings.asked.own_prices > 0 {
            let sentence = Pair::new("{n} prices come from the campaign file and stand before those in the data.", "{n} mức giá lấy từ tệp chiến dịch và được dùng thay cho giá trong dữ liệu.");
            let count = number::count(findings.asked.own_prices as u64, page.language);
            html.tag("li", &[], |html| html.say(page.say(sentence), &[("n", Hole::Words(count))]));
        }
    });
    let mut exact: Vec<String> = Vec::new();
    for (_, part) in findings.parts() {
        let said = part.table.iter().flat_map(|table| table.assumptions.iter().chain(&table.notes));
        for sentence in said.chain(&part.notes) {
            if !exact.contains(sentence) {
                exact.push(sentence.clone());
            }
        }
    }
    page.exact(html, Pair::new("The exact assumptions and notes", "Các giả định và ghi chú nguyên văn"), &exact);
}

/// How many followers see a post, from the parameters that the answer records.
fn exposure(page: &Page<'_>, html: &mut Html) {
    let Some(table) = &page.findings.reach.table else { return };
    let points = &table.provenance.parameters["reach"]["cascade"]["priors"]["points"];
    let point = |value: Option<&Value>| {
        let of = |key: &str| value?[key].as_f64();
        Some((of("followers")?, of("r")?, of("low")?, of("high")?))
    };
    let (Some(first), Some(last)) = (point(points.get(0)), point(points.as_array().and_then(|points| points.last())))
    else {
        return;
    };
    let language = page.language;
    let seen = |(_, share, low, high): (f64, f64, f64, f64)| {
        format!("{} ({}–{})", percent(share, language), percent(low, language), percent(high, language))
    };
    let sentence = Pair::new(
        "A post comes before {small} of the followers of an account with up to {few}, and {large} from {many} on.",
        "Một bài đăng đến với {small} người theo dõi của tài khoản có đến {few} người theo dõi, và {large} từ {many} trở lên.",
    );
    let holes = [
        ("small", Hole::Words(seen(first))),
        ("few", Hole::Words(number::people(first.0, language))),
        ("large", Hole::Words(seen(last))),
        ("many", Hole::Words(number::people(last.0, language))),
    ];
    html.tag("li", &[], |html| html.say(page.say(sentence), &holes));
}

/// Versions, seed, checksum, commands: what it takes to get the same page again.
fn again(page: &Page<'_>, html: &mut Html) {
    let findings = page.findings;
    html.words("h3", &[], page.say(Pair::new("To get the same again", "Để có lại kết quả này")));
    html.tag("dl", &[("class", "again")], |html| {
        let mut line = |term: Pair, text: &str| {
            html.tag("div", &[], |html| {
                html.words("dt", &[], page.say(term));
                html.tag("dd", &[], |html| html.words("code", &[], text));
            });
        };
        line(Pair::new("Version", "Phiên bản"), findings.engine());
        line(Pair::new("Network’s checksum", "Mã kiểm tra của mạng"), &findings.data.checksum);
        line(Pair::new("Seed", "Số gốc ngẫu nhiên"), &findings.seed.to_string());
    });
    html.tag("details", &[], |html| {
        html.words("summary", &[], page.say(Pair::new("The commands", "Các lệnh")));
        html.words("p", &[], page.say(Pair::new(
            "creators.txt holds the creators of this page, one a line; it lies in the folder of this report.",
            "creators.txt gồm các nhà sáng tạo của trang này, mỗi dòng một người; tệp nằm trong thư mục của báo cáo.",
        )));
        html.tag("ul", &[("lang", "en")], |html| {
            for (_, part) in findings.parts() {
                let command: Vec<String> = part.command.iter().map(|word| quoted(word)).collect();
                if !command.is_empty() {
                    html.tag("li", &[], |html| html.words("code", &[], &format!("truereach {}", command.join(" "))));
                }
            }
        });
    });
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=.,:/@%+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// The last line.
pub fn footer(page: &Page<'_>, html: &mut Html) {
    html.tag("footer", &[], |html| {
        let findings = page.findings;
        html.text(&format!(
            "{} · {} {} · {} {}",
            findings.engine(),
            page.say(Pair::new("network", "mạng")),
            findings.data.checksum,
            page.say(Pair::new("seed", "số gốc")),
            findings.seed
        ));
    });
}
