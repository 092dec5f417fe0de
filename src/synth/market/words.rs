//! The words of the market: niches, platforms, and handles as people in Viet Nam write them. Handles are put together
//! from syllables, a word of the niche and a number; they name nobody.

use super::super::draw::Draw;

/// The niches, with the share of all interest that each has.
pub const NICHES: [(&str, f64); 10] = [
    ("tech", 0.10),
    ("beauty", 0.14),
    ("cuisine", 0.14),
    ("fashion", 0.12),
    ("travel", 0.10),
    ("gaming", 0.12),
    ("parenting", 0.07),
    ("finance", 0.06),
    ("sports", 0.07),
    ("music", 0.08),
];

/// The platforms, with the share of creators that each has (an assumption).
pub const PLATFORMS: [(&str, f64); 4] = [("tiktok", 0.40), ("facebook", 0.30), ("youtube", 0.18), ("instagram", 0.12)];

const FIRST: [&str; 24] = [
    "an", "bao", "bich", "chau", "chi", "dung", "giang", "ha", "hanh", "hoa", "huong", "khanh", "khoi", "lam", "linh",
    "long", "mai", "minh", "my", "nam", "nga", "ngoc", "nhi", "phuong",
];
const SECOND: [&str; 20] = [
    "anh", "bach", "cam", "dan", "diep", "duong", "hai", "han", "hieu", "kim", "lan", "ly", "ngan", "nguyen", "quynh",
    "thao", "trang", "tu", "vy", "yen",
];
const TOPIC: [[&str; 3]; 10] = [
    ["congnghe", "review", "tech"],
    ["beauty", "lamdep", "makeup"],
    ["angi", "bep", "monngon"],
    ["mac.dep", "style", "outfit"],
    ["dulich", "travel", "phuot"],
    ["game", "stream", "mobile"],
    ["mebe", "bim.sua", "nuoicon"],
    ["taichinh", "dautu", "tietkiem"],
    ["bongda", "gym", "chay"],
    ["nhac", "cover", "acoustic"],
];

/// A handle for a creator of this niche, without promise that it is new.
pub fn handle(niche: u8, draw: &mut Draw) -> String {
    let first = draw.pick(&FIRST).unwrap_or_default();
    let second = draw.pick(&SECOND).unwrap_or_default();
    let topic = draw.pick(&TOPIC[niche as usize]).unwrap_or_default();
    let number = draw.below(1000);
    match draw.below(4) {
        0 => format!("@{first}{second}.{topic}{number}"),
        1 => format!("@{topic}.{first}{second}{number}"),
        2 => format!("@{first}.{second}_{topic}{number:02}"),
        _ => format!("@{topic}_{first}{number:03}"),
    }
}
