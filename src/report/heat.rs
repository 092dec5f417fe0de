//! The picture of what each two creators share: a square of cells, those who share much beside one another.

use super::number::significant;
use super::svg::{Anchor, Svg, width_of};
use super::upset::clipped;

const CELL: f64 = 20.0;
const TOP: f64 = 84.0;

/// Draws shares from 0 to 1; `share(a, b)` is missing where nothing can be said or shown. `from` says where the figures come
/// from.
///
/// ```
/// let names = ["anh", "bao", "chi"].map(str::to_owned);
/// let share = |a: usize, b: usize| (a + b != 1).then_some(0.5);
/// let picture = truereach::report::heat::draw(&names, "of either audience", share, "a portfolio of three");
/// assert!(picture.contains("anh and chi: 50%"));
/// ```
pub fn draw(names: &[String], what: &str, share: impl Fn(usize, usize) -> Option<f64>, from: &str) -> String {
    let order = side_by_side(names.len(), |a, b| share(a, b).unwrap_or(0.0));
    let label = names.iter().map(|name| width_of(name, 13.0)).fold(60.0, f64::max).min(220.0);
    let left = 20.0 + label + 10.0;
    let side = CELL * names.len() as f64;
    let (width, height) = ((left + side + 30.0).max(580.0), TOP + side + 74.0);
    let about = format!("{} creators; common people {what}", names.len());
    let mut picture = Svg::new(width, height, "What each two share", &about);
    picture.text("big", Anchor::Start, (20.0, 32.0), "What each two share");
    let pairs = || (0..names.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    let most = pairs().filter_map(|(a, b)| share(a, b)).fold(0.0, f64::max);
    let percent = |share: f64| format!("{}%", significant(100.0 * share, 2));
    let scale = format!("common people {what}; full colour: {}; empty: not known or not shown", percent(most));
    picture.text("small soft", Anchor::Start, (20.0, 51.0), &scale);
    for (row, &a) in order.iter().enumerate() {
        let y = TOP + CELL * row as f64;
        picture.text("", Anchor::End, (left - 8.0, y + 14.5), &clipped(&names[a], label));
        for (column, &b) in order.iter().enumerate().filter(|(_, b)| **b != a) {
            let x = left + CELL * column as f64;
            if let Some(share) = share(a, b) {
                let strength = if most > 0.0 { 0.06 + 0.94 * share / most } else { 0.06 };
                let about = format!("{} and {}: {}", names[a], names[b], percent(share));
                picture.bar("s0", (x + 0.5, y + 0.5), (CELL - 1.0, CELL - 1.0), strength, &about);
            }
        }
    }
    // Columns are numbered as rows are named from above.
    for column in (0..order.len()).filter(|column| column % 5 == 4 || *column == 0) {
        let x = left + CELL * (column as f64 + 0.5);
        picture.text("small soft", Anchor::Middle, (x, TOP + side + 16.0), &(column + 1).to_string());
    }
    let words = "columns in the order of rows";
    picture.text("small soft", Anchor::Start, (left, TOP + side + 34.0), words);
    picture.text("small soft", Anchor::Start, (20.0, height - 14.0), from);
    picture.finish()
}

/// An order in which those who are alike stand together: groups of the highest mean likeness are joined, two at a time (average
/// linkage, Sokal & Michener 1958), each time with the ends that are most alike beside one another.
pub(super) fn side_by_side(count: usize, alike: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let mut groups: Vec<Vec<usize>> = (0..count).map(|one| vec![one]).collect();
    while groups.len() > 1 {
        let mut best = (f64::NEG_INFINITY, 0, 1);
        for a in 0..groups.len() {
            for b in a + 1..groups.len() {
                let all = groups[a].iter().flat_map(|&x| groups[b].iter().map(move |&y| (x, y)));
                let mean = all.map(|(x, y)| alike(x, y)).sum::<f64>() / (groups[a].len() * groups[b].len()) as f64;
                if mean > best.0 {
                    best = (mean, a, b);
                }
            }
        }
        let (_, a, b) = best;
        let mut second = groups.remove(b);
        let first = &mut groups[a];
        let ends = |first: &[usize], second: &[usize]| alike(first[first.len() - 1], second[0]);
        let turned = |group: &[usize]| group.iter().rev().copied().collect::<Vec<_>>();
        let ways = [
            (first.clone(), second.clone()),
            (first.clone(), turned(&second)),
            (turned(first), second.clone()),
            (turned(first), turned(&second)),
        ];
        let best = (0..4).rev().max_by(|&i, &j| ends(&ways[i].0, &ways[i].1).total_cmp(&ends(&ways[j].0, &ways[j].1)));
        (*first, second) = ways[best.unwrap_or(0)].clone();
        first.append(&mut second);
    }
    groups.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_are_alike_stand_together() {
        // 0, 2, 4 and 1, 3: two groups.
        let order = side_by_side(5, |a, b| if a % 2 == b % 2 { 0.5 } else { 0.1 });
        let turns = order.windows(2).filter(|pair| pair[0] % 2 != pair[1] % 2).count();
        assert_eq!(turns, 1, "{order:?}");
        assert_eq!(side_by_side(0, |_, _| 0.0), Vec::<usize>::new());
    }
}
