//! The words of a report, in English and Vietnamese, and which columns of the command line they are: one source for the
//! page and for docs/GLOSSARY.md.

use super::write::Html;
use super::{Language, Page, Pair};

/// A term.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// What a client calls it.
    pub term: Pair,
    /// What it means, in a sentence.
    pub about: Pair,
    /// Which verb and column it is.
    pub column: &'static str,
}

const fn term(column: &'static str, term: Pair, about: Pair) -> Term {
    Term { term, about, column }
}

/// All of them, in the order of the page.
pub const TERMS: [Term; 25] = [
    term(
        "reach: reach",
        Pair::new("people reached", "số người tiếp cận được"),
        Pair::new(
            "Different people before whom at least one of the posts comes; each counts once.",
            "Những người khác nhau có ít nhất một bài đăng đến trước mắt; mỗi người tính một lần.",
        ),
    ),
    term(
        "reach: impressions",
        Pair::new("views (impressions)", "lượt hiển thị"),
        Pair::new(
            "How often the posts are put before somebody; the same person may be counted several times.",
            "Số lần các bài đăng đến trước mắt người xem; một người có thể được tính nhiều lần.",
        ),
    ),
    term(
        "reach: direct",
        Pair::new("by the creators’ own posts", "qua bài của chính nhà sáng tạo"),
        Pair::new(
            "The part of the people reached who follow a creator and see the post there.",
            "Phần người tiếp cận được theo dõi nhà sáng tạo và thấy bài tại đó.",
        ),
    ),
    term(
        "reach: beyond followers",
        Pair::new("spread beyond followers", "lan toả ngoài người theo dõi"),
        Pair::new(
            "The part of the people reached only because others passed the post on.",
            "Phần người chỉ tiếp cận được nhờ người khác chia sẻ lại bài đăng.",
        ),
    ),
    term(
        "reach: sharers",
        Pair::new("people who pass it on", "số người chia sẻ lại"),
        Pair::new(
            "People reached who share the post with their own followers.",
            "Những người tiếp cận được chia sẻ lại bài cho người theo dõi của họ.",
        ),
    ),
    term(
        "influence: true_influence",
        Pair::new("real people", "người thật"),
        Pair::new(
            "People counted by how likely their accounts are real people, in the niche where one is named.",
            "Người được tính theo khả năng tài khoản là người thật, trong lĩnh vực nếu có nêu.",
        ),
    ),
    term(
        "influence: followers",
        Pair::new("different followers", "người theo dõi khác nhau"),
        Pair::new(
            "Followers of all creators together, each counted once.",
            "Người theo dõi của tất cả nhà sáng tạo, mỗi người tính một lần.",
        ),
    ),
    term(
        "influence: not_exposed",
        Pair::new("do not get to see the post", "không thấy bài đăng"),
        Pair::new(
            "Followers before whom the post does not come: platforms show a post to some of them only.",
            "Người theo dõi mà bài không đến được: nền tảng chỉ hiển thị bài cho một phần.",
        ),
    ),
    term(
        "reach: next_post",
        Pair::new("80% range", "khoảng 80%"),
        Pair::new(
            "Of ten such campaigns about eight should fall into it.",
            "Cứ mười chiến dịch như vậy thì khoảng tám nằm trong khoảng này.",
        ),
    ),
    term(
        "reach: interval",
        Pair::new("95% range", "khoảng 95%"),
        Pair::new(
            "What is not known of the average of many such campaigns: chance in the simulation and what is assumed.",
            "Điều chưa biết về trung bình của nhiều chiến dịch như vậy: sai số mô phỏng và các giả định.",
        ),
    ),
    term(
        "reach: worlds",
        Pair::new("simulation", "mô phỏng"),
        Pair::new(
            "Letting posts travel through the network many times by chance, and counting whom they come to.",
            "Cho bài đăng lan truyền ngẫu nhiên trong mạng nhiều lần, và đếm những người nhận được.",
        ),
    ),
    term(
        "select: added",
        Pair::new("adds", "mang thêm"),
        Pair::new(
            "People whom none of the creators listed before reaches.",
            "Những người mà không nhà sáng tạo nào đứng trước tiếp cận được.",
        ),
    ),
    term(
        "select: together",
        Pair::new("together", "cộng dồn"),
        Pair::new(
            "People whom the creators up to this one reach.",
            "Những người mà các nhà sáng tạo tính đến người này tiếp cận được.",
        ),
    ),
    term(
        "select: only",
        Pair::new("only here", "chỉ qua người này"),
        Pair::new(
            "People whom no other creator of the plan reaches: what leaving this one out loses.",
            "Những người không ai khác trong phương án tiếp cận được: phần mất đi nếu bỏ người này.",
        ),
    ),
    term(
        "select: credit",
        Pair::new("fair share", "phần đóng góp"),
        Pair::new(
            "All people reached, each shared out among the creators who reach them; the shares add up to the whole.",
            "Toàn bộ người tiếp cận được, mỗi người chia đều cho các nhà sáng tạo tiếp cận họ; cộng lại bằng tổng.",
        ),
    ),
    term(
        "select: ratio",
        Pair::new("quality of the plan", "chất lượng phương án"),
        Pair::new(
            "How much of what the best possible choice would reach this plan reaches at least.",
            "Phương án đạt ít nhất bao nhiêu phần so với lựa chọn tốt nhất có thể.",
        ),
    ),
    term(
        "select: swap",
        Pair::new("best swap", "đổi người tốt nhất"),
        Pair::new(
            "The exchange of one creator for another that would change the people reached for the best.",
            "Việc đổi một nhà sáng tạo lấy người khác làm số người tiếp cận tăng nhiều nhất.",
        ),
    ),
    term(
        "select: more",
        Pair::new("what more money brings", "thêm tiền được gì"),
        Pair::new(
            "People more for a tenth more budget, or for one creator more.",
            "Số người thêm được khi tăng ngân sách một phần mười, hoặc thêm một nhà sáng tạo.",
        ),
    ),
    term(
        "reach: money.cpr",
        Pair::new("cost per person reached", "chi phí mỗi người tiếp cận"),
        Pair::new(
            "What all creators ask, over the people reached.",
            "Tổng giá của các nhà sáng tạo chia cho số người tiếp cận được.",
        ),
    ),
    term(
        "overlap --sets: people",
        Pair::new("who follows exactly whom", "ai theo dõi đúng những ai"),
        Pair::new(
            "Followers sorted by which of these creators they follow, and no other of them.",
            "Người theo dõi được chia theo việc họ theo dõi những ai trong số này, và không ai khác trong số đó.",
        ),
    ),
    term(
        "risk: turned",
        Pair::new("would hear of it", "sẽ nghe đến"),
        Pair::new(
            "People of the audience who would hear what is said against a creator who falls.",
            "Những người trong khán giả sẽ nghe điều tiếng về nhà sáng tạo gặp bê bối.",
        ),
    ),
    term(
        "risk: reach_lost",
        Pair::new("lost to the plan", "phương án mất đi"),
        Pair::new(
            "People reached whom no other creator of the plan reaches, lost if this one falls.",
            "Số người tiếp cận mà không ai khác có được, mất đi nếu người này gặp bê bối.",
        ),
    ),
    term(
        "backtest: held80",
        Pair::new("back-test", "kiểm chứng trên dữ liệu cũ"),
        Pair::new(
            "Forecasting past posts from what lay before them, and counting how often the ranges held.",
            "Dự báo các bài cũ từ những gì có trước đó, và đếm xem các khoảng đúng bao nhiêu lần.",
        ),
    ),
    term(
        "status",
        Pair::new("measured, estimated, within limits, assumed", "đo được, ước lượng, trong giới hạn, giả định"),
        Pair::new(
            "What a figure rests on: a count in the data, an estimate from it, limits that the data set, or an assumption where the data says nothing.",
            "Cơ sở của một con số: đếm trong dữ liệu, ước lượng từ dữ liệu, giới hạn do dữ liệu đặt ra, hoặc giả định khi dữ liệu không nói gì.",
        ),
    ),
    term(
        "info: checksum; rng_seed",
        Pair::new("checksum, seed", "mã kiểm tra, số gốc ngẫu nhiên"),
        Pair::new(
            "Two numbers that tell these data and this run of chance from others: with both the same page can be made again.",
            "Hai con số phân biệt dữ liệu và lần chạy ngẫu nhiên này với các lần khác: có cả hai thì tạo lại được đúng trang này.",
        ),
    ),
];

/// The glossary of the page.
pub(super) fn section(page: &Page<'_>, html: &mut Html) {
    page.section(html, "glossary", Pair::new("Words on this page", "Các từ trong trang này"), |html| {
        html.tag("dl", &[("class", "glossary")], |html| {
            for term in TERMS {
                html.tag("div", &[], |html| {
                    html.words("dt", &[], page.say(term.term));
                    html.words("dd", &[], page.say(term.about));
                });
            }
        });
    });
}

/// docs/GLOSSARY.md, word for word.
pub fn markdown() -> String {
    let mut out = String::from(
        "# The words of a report\n\n\
         What `truereach report` calls its figures, in English and Vietnamese, and which column of the command line each is. \
         This page is made from `src/report/page/glossary.rs`; a test holds both equal.\n\n\
         | English | Tiếng Việt | column | meaning | nghĩa |\n|---|---|---|---|---|\n",
    );
    for term in TERMS {
        let [en, vi] = Language::ALL.map(|language| (language.of(term.term), language.of(term.about)));
        out.push_str(&format!("| {} | {} | `{}` | {} | {} |\n", en.0, vi.0, term.column, en.1, vi.1));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_made_from_the_same_words() {
        let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/GLOSSARY.md")).unwrap();
        assert!(written == markdown(), "docs/GLOSSARY.md is out of date; it should be:\n{}", markdown());
    }

    #[test]
    fn terms_are_told_once() {
        let mut terms: Vec<&str> = TERMS.iter().map(|term| term.term.en).collect();
        terms.sort_unstable();
        terms.dedup();
        assert_eq!(terms.len(), TERMS.len());
    }
}
