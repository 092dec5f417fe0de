//! The picture of a group of accounts against a look-alike: who follows whom, a cell a follow, side by side.

use super::number::count;
use super::svg::{Anchor, Svg};

/// Who follows whom in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What the group is.
    pub title: String,
    /// What it is like, a line each: signs of life.
    pub under: Vec<String>,
    /// A row a follower, a column a creator: whether they follow.
    pub follows: Vec<Vec<bool>>,
    /// Members in all; more than there are rows where only some are drawn.
    pub members: u64,
}

const TOP: f64 = 142.0;
const SIDE: f64 = 320.0;
const GAP: f64 = 60.0;

/// Draws blocks side by side, each of its own colour; `from` says where the figures come from.
///
/// ```
/// use truereach::report::blocks::{Block, draw};
/// let block = |title: &str, follows| Block { title: title.into(), under: vec![], follows, members: 2 };
/// let picture = draw(&[block("group 3", vec![vec![true, true], vec![true, false]])], "");
/// assert!(picture.contains("3 of 4 follows"));
/// ```
pub fn draw(blocks: &[Block], from: &str) -> String {
    let title = "Who follows whom in the group, and in a crowd that looks like it";
    let full = |block: &Block| -> (u64, u64) {
        let cells = block.follows.iter().flatten();
        (cells.clone().filter(|follows| **follows).count() as u64, cells.count() as u64)
    };
    let told: Vec<String> = blocks
        .iter()
        .map(|block| {
            let (some, all) = full(block);
            format!("{}: {} of {} follows", block.title, count(some), count(all))
        })
        .collect();
    let width = 40.0 + (SIDE + GAP) * blocks.len().max(1) as f64;
    let mut picture = Svg::new(width.max(560.0), TOP + SIDE + 70.0, title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), title);
    picture.text("small soft", Anchor::Start, (20.0, 51.0), "a row a follower, a column a creator, a mark a follow");
    for (at, block) in blocks.iter().enumerate() {
        let left = 20.0 + (SIDE + GAP) * at as f64;
        picture.text("", Anchor::Start, (left, 78.0), &block.title);
        for (line, words) in block.under.iter().take(3).enumerate() {
            picture.text("small soft", Anchor::Start, (left, 95.0 + 15.0 * line as f64), words);
        }
        let columns = block.follows.first().map_or(1, Vec::len).max(1);
        let (wide, high) = (SIDE / columns as f64, SIDE / block.follows.len().max(1) as f64);
        for (line, row) in block.follows.iter().enumerate() {
            for (column, _) in row.iter().enumerate().filter(|(_, follows)| **follows) {
                let place = (left + wide * column as f64, TOP + high * line as f64);
                picture.bar(&format!("s{}", 1 - at.min(1)), place, (wide * 0.94, high * 0.94), 1.0, &block.title);
            }
        }
        picture.line("axis", (left, TOP), (left, TOP + SIDE));
        picture.line("axis", (left, TOP + SIDE), (left + SIDE, TOP + SIDE));
        let shown = block.follows.len() as u64;
        let (some, all) = full(block);
        let mut words = format!("{} of {} follows", count(some), count(all));
        if shown < block.members {
            words += &format!("; {} of {} members", count(shown), count(block.members));
        }
        picture.text("small", Anchor::Start, (left, TOP + SIDE + 18.0), &words);
    }
    picture.text("small soft", Anchor::Start, (20.0, TOP + SIDE + 54.0), from);
    picture.finish()
}
