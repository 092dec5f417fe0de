//! The picture of the kernels: what an edge costs as networks grow, a chart a family.

use super::kernels::{KernelRow, KernelsReport};
use super::report::si;
use crate::report::svg::{Anchor, SERIES, Scale, Svg, apart};

const WIDTH: f64 = 800.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 560.0;
/// Height of a family's chart, its axis included.
const CHART: f64 = 320.0;

/// A kernel in a family at the most threads: its rows, ascending by edges.
struct Line<'a> {
    rows: Vec<&'a KernelRow>,
    class: String,
}

/// Draws a report. Families of one size are points.
pub fn svg(report: &KernelsReport) -> String {
    let mut families: Vec<&str> = report.rows.iter().map(|row| row.family.as_str()).collect();
    families.dedup();
    let height = 84.0 + CHART * families.len() as f64 + 20.0;
    let mut picture = Svg::new(WIDTH, height, "truereach bench kernels: what an edge costs", &about(report));
    picture.text("big", Anchor::Start, (20.0, 32.0), "What an edge costs as networks grow");
    let machine = report.machine.processor.as_deref().unwrap_or("processor unknown");
    let words =
        format!("{machine}; nanoseconds an edge (and iteration, where a kernel iterates), medians, the most threads");
    picture.text("small soft", Anchor::Start, (20.0, 51.0), &words);
    for (place, family) in families.iter().enumerate() {
        chart(&mut picture, report, family, 84.0 + CHART * place as f64);
    }
    picture.finish()
}

fn lines<'a>(report: &'a KernelsReport, family: &str) -> Vec<Line<'a>> {
    let measured = |row: &&KernelRow| row.family == family && row.nanoseconds.is_some_and(|cost| cost > 0.0);
    let rows: Vec<&KernelRow> = report.rows.iter().filter(measured).collect();
    let threads = rows.iter().map(|row| row.row.threads).max();
    let mut kernels: Vec<&str> = Vec::new();
    for row in &rows {
        if !kernels.contains(&row.row.stage.as_str()) {
            kernels.push(&row.row.stage);
        }
    }
    let line = |(place, kernel): (usize, &&str)| {
        let own = rows.iter().filter(|row| row.row.stage == **kernel && Some(row.row.threads) == threads);
        let mut rows: Vec<&KernelRow> = own.copied().collect();
        rows.sort_by_key(|row| row.edges);
        Line { rows, class: format!("s{}", place % SERIES) }
    };
    kernels.iter().enumerate().map(line).collect()
}

/// All figures in words.
fn about(report: &KernelsReport) -> String {
    let one = |row: &KernelRow| {
        let cost = row.nanoseconds.map_or("failed".into(), |cost| format!("{} ns an edge", si(cost)));
        format!("{} on {}, {} threads: {cost}", row.row.stage, row.network, row.row.threads)
    };
    report.rows.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn chart(picture: &mut Svg, report: &KernelsReport, family: &str, top: f64) {
    let lines = lines(report, family);
    picture.text("soft", Anchor::Start, (20.0, top + 4.0), family);
    let (from, to) = (top + 16.0, top + CHART - 50.0);
    let all = || lines.iter().flat_map(|line| &line.rows);
    let costs = all().filter_map(|row| row.nanoseconds);
    let (low, high) = costs.fold((f64::INFINITY, 0.0f64), |(low, high), cost| (low.min(cost), high.max(cost)));
    let (fewest, most) =
        all().map(|row| row.edges.max(1) as f64).fold((f64::INFINITY, 0.0f64), |(a, b), e| (a.min(e), b.max(e)));
    if low > high {
        picture.text("soft", Anchor::Start, (LEFT, top + 40.0), "no kernel passed");
        return;
    }
    let floor = |value: f64| libm::pow(10.0, libm::floor(libm::log10(value)));
    let y = Scale::log(floor(low), floor(high) * 10.0, to, from);
    // One size stands in the middle of its chart.
    let x = match fewest < most {
        true => Scale::log(fewest, most, LEFT + 16.0, RIGHT - 16.0),
        false => Scale::log(fewest / 2.0, most * 2.0, LEFT, RIGHT),
    };
    for power in y.decades(6) {
        let value = libm::pow(10.0, f64::from(power));
        picture.line("grid", (LEFT, y.at(value)), (RIGHT, y.at(value)));
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(value) + 4.0), &format!("{} ns", si(value)));
    }
    picture.line("axis", (LEFT, to), (RIGHT, to));
    let mut networks: Vec<(&str, u64)> = Vec::new();
    for row in all() {
        if !networks.iter().any(|(name, _)| *name == row.network) {
            networks.push((&row.network, row.edges));
        }
    }
    for (name, edges) in networks {
        let at = x.at(edges.max(1) as f64);
        picture.text("small soft", Anchor::Middle, (at, to + 16.0), name);
        picture.text("small soft", Anchor::Middle, (at, to + 30.0), &format!("{} edges", si(edges as f64)));
    }
    let ends: Vec<f64> = lines.iter().map(|line| line.rows.last().map_or(to, |row| y.at(cost(row)))).collect();
    let places = apart(&ends, 15.0, from, to);
    for ((line, &end), &place) in lines.iter().zip(&ends).zip(&places) {
        let points: Vec<(f64, f64)> =
            line.rows.iter().map(|row| (x.at(row.edges.max(1) as f64), y.at(cost(row)))).collect();
        picture.polyline(&line.class, &points);
        for (row, &point) in line.rows.iter().zip(&points) {
            let about = format!("{} on {}: {} ns an edge", row.row.stage, row.network, si(cost(row)));
            picture.dot(&line.class, point, 4.0, &about);
        }
        let (Some(&(right, _)), Some(last)) = (points.last(), line.rows.last()) else { continue };
        picture.line(&format!("{} thin", line.class), (right + 7.0, end), (RIGHT + 14.0, place));
        let label = format!("{} · {} ns", last.row.stage, si(cost(last)));
        picture.text("small", Anchor::Start, (RIGHT + 18.0, place + 4.0), &label);
    }
}

fn cost(row: &KernelRow) -> f64 {
    row.nanoseconds.unwrap_or(f64::NAN)
}
