//! How reach grows as creators join, and who follows exactly whom.

use super::picture::{self, Drawn};
use super::write::Html;
use super::{Page, Pair};

/// Two pictures with their sentences.
pub fn section(page: &Page<'_>, html: &mut Html) {
    page.section(html, "audiences", Pair::new("How the audience grows, and who is shared", "Khán giả tăng thế nào, và ai trùng nhau"), |html| {
        if let Some(drawn) = picture::growth(page.findings, page.language) {
            let words = Pair::new(
                "People reached as the creators of the plan join, in its order. Where the line bends, more creators bring less. The band is the 95% range of the simulation.",
                "Số người tiếp cận khi lần lượt thêm các nhà sáng tạo theo thứ tự phương án. Chỗ đường cong uốn, thêm người mang lại ít hơn. Dải màu là khoảng 95% của mô phỏng.",
            );
            figure(page, html, &drawn, words);
        }
        match picture::sets(page.findings, page.language) {
            Some(drawn) => {
                let words = Pair::new(
                    "Followers by exactly whom of these creators they follow, the largest groups. Dots under a bar say whom; joined dots are people who follow all of them.",
                    "Người theo dõi chia theo việc họ theo dõi đúng những ai, các nhóm lớn nhất. Các chấm dưới cột cho biết là ai; các chấm nối nhau là người theo dõi tất cả những người đó.",
                );
                figure(page, html, &drawn, words);
                if page.findings.sets.accounts_are_people {
                    html.words("p", &[("class", "note")], page.say(Pair::new(
                        "Assumed: an account is a person. The creators are on several platforms, and nobody said who has accounts on more than one.",
                        "Giả định: mỗi tài khoản là một người. Các nhà sáng tạo ở nhiều nền tảng, và không ai cho biết người nào có tài khoản ở nhiều nơi.",
                    )));
                }
            }
            None if page.findings.asked.creators.len() > 1 => page.missing(
                html,
                &page.findings.sets,
                Pair::new("Who is shared between these creators cannot be shown for this network.", "Không thể cho biết ai trùng nhau giữa các nhà sáng tạo này với mạng này."),
            ),
            None => {}
        }
    });
}

fn figure(page: &Page<'_>, html: &mut Html, drawn: &Drawn, words: Pair) {
    html.tag("figure", &[], |html| {
        html.tag("div", &[("class", "wide")], |html| {
            html.single("img", &[("class", "drawn"), ("alt", &drawn.told), ("src", &picture::address(&drawn.svg))]);
        });
        html.words("figcaption", &[], page.say(words));
    });
}
