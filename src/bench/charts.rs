//! The picture of a benchmark: above, speed against accuracy; below, scaling over threads.

use super::harness::Row;
use super::report::{Report, si};
use crate::report::number::{count, significant};
use crate::report::svg::{Anchor, SERIES, Scale, Svg, apart, width_of};

const WIDTH: f64 = 800.0;
const LEFT: f64 = 122.0;
const RIGHT: f64 = 770.0;
/// Height of a row of stages that are exact, or of unknown accuracy.
const ROW: f64 = 19.0;
/// Height of the part with an axis of errors.
const ERRORS: f64 = 170.0;
/// Height of the chart of scaling.
const SCALING: f64 = 260.0;

/// A stage that passed: its rows by number of threads, and its colour.
struct Series<'a> {
    rows: Vec<&'a Row>,
    class: String,
}

impl Series<'_> {
    fn name(&self) -> &str {
        &self.rows[0].stage
    }

    fn accuracy(&self) -> &str {
        self.rows[0].accuracy.as_ref().map_or("", |accuracy| &accuracy.text)
    }

    fn error(&self) -> Option<f64> {
        self.rows[0].accuracy.as_ref().and_then(|accuracy| accuracy.error)
    }
}

/// Draws a report.
pub fn svg(report: &Report) -> String {
    let series = series(report);
    let failures = report.failures();
    let of = |kind: fn(Option<f64>) -> bool| series.iter().filter(|one| kind(one.error())).collect::<Vec<_>>();
    let exact = of(|error| error == Some(0.0));
    let close = of(|error| error.is_some_and(|error| error > 0.0));
    let unknown = of(|error| error.is_none());
    let band = |rows: usize| if rows == 0 { 0.0 } else { rows as f64 * ROW + 10.0 };
    let errors = if close.is_empty() { 0.0 } else { ERRORS };
    let top = 86.0 + 16.0 * failures.len() as f64;
    let bottom = top + band(exact.len()) + errors + band(unknown.len());
    let height = bottom + 90.0 + SCALING + 44.0;

    let mut picture = Svg::new(WIDTH, height, "truereach bench: speed against accuracy, and scaling", &about(&series));
    picture.text("big", Anchor::Start, (20.0, 32.0), "Speed against accuracy");
    let (accounts, edges) = (count(report.input.accounts), count(report.input.edges));
    let input = format!("{}: {accounts} accounts, {edges} follows", report.input.name);
    picture.text("small soft", Anchor::Start, (20.0, 51.0), &input);
    let machine = report.machine.processor.as_deref().unwrap_or("processor unknown");
    let runs = format!(
        "{machine}, {} threads; median of {} runs, thin lines from slowest to fastest",
        report.machine.threads, report.runs
    );
    picture.text("small soft", Anchor::Start, (20.0, 66.0), &runs);
    for (place, (stage, why)) in failures.iter().enumerate() {
        picture.text("alarm", Anchor::Start, (20.0, 88.0 + 16.0 * place as f64), &format!("FAILED {stage}: {why}"));
    }

    let x = speeds(report, &series);
    grid(&mut picture, &x, top, bottom);
    let mut y = top;
    for (name, rows, words) in [("exact", &exact, "exact"), ("unknown", &unknown, "truth unknown")] {
        if name == "unknown" {
            y += errors;
        }
        if !rows.is_empty() {
            picture.text("soft", Anchor::End, (LEFT - 10.0, y + 20.0), words);
            for (place, one) in rows.iter().enumerate() {
                let at = y + 5.0 + ROW * (place as f64 + 0.5);
                points(&mut picture, report, one, &x, at);
                beside(&mut picture, report, one, &x, at);
            }
            y += band(rows.len());
            if y < bottom {
                picture.line("axis", (LEFT, y), (RIGHT, y));
            }
        }
        if name == "exact" && !close.is_empty() {
            error_axis(&mut picture, report, &close, &x, y);
            if !unknown.is_empty() {
                picture.line("axis", (LEFT, y + errors), (RIGHT, y + errors));
            }
        }
    }
    let axis = "speed: follows of the network over seconds, each stage once →";
    picture.text("small soft", Anchor::Middle, ((LEFT + RIGHT) / 2.0, bottom + 36.0), axis);
    scaling(&mut picture, &series, bottom + 90.0);
    let from = format!(
        "{}, network {}, seed {}. Open dots: one thread; full dots: the most threads.",
        report.provenance["engine"].as_str().unwrap_or("truereach"),
        report.input.checksum,
        report.provenance["rng_seed"]
    );
    picture.text("small soft", Anchor::Start, (20.0, height - 16.0), &from);
    picture.finish()
}

fn series(report: &Report) -> Vec<Series<'_>> {
    let passed: Vec<&Row> = report.rows.iter().filter(|row| row.median_seconds.is_some_and(|t| t > 0.0)).collect();
    let groups = passed.chunk_by(|a, b| a.stage == b.stage).enumerate();
    groups.map(|(place, rows)| Series { rows: rows.to_vec(), class: format!("s{}", place % SERIES) }).collect()
}

/// All figures in words.
fn about(series: &[Series<'_>]) -> String {
    let one = |one: &Series<'_>| {
        let last = one.rows[one.rows.len() - 1];
        let rate = si(last.per_second.unwrap_or(f64::NAN));
        format!("{}: {rate} {} a second at {} threads, {}", one.name(), last.unit, last.threads, one.accuracy())
    };
    series.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Follows of the network a second: one scale for all stages.
fn speed(report: &Report, seconds: f64) -> f64 {
    report.input.edges.max(1) as f64 / seconds
}

fn speeds(report: &Report, series: &[Series<'_>]) -> Scale {
    let all = series.iter().flat_map(|one| &one.rows).flat_map(|row| &row.seconds).map(|&s| speed(report, s));
    let (low, high) = all.fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
    let (low, high) = if low < high { (low, high) } else { (1e6, 1e7) };
    let floor = libm::pow(10.0, libm::floor(libm::log10(low)));
    let ceil = libm::pow(10.0, libm::ceil(libm::log10(high)));
    Scale::log(floor, ceil.max(floor * 10.0), LEFT + 12.0, RIGHT - 12.0)
}

fn grid(picture: &mut Svg, x: &Scale, top: f64, bottom: f64) {
    for power in x.decades(9) {
        let value = libm::pow(10.0, f64::from(power));
        picture.line("grid", (x.at(value), top), (x.at(value), bottom));
        let label = format!("{}/s", si(value).replace(".00", "").replace("10.0", "10"));
        picture.text("small soft", Anchor::Middle, (x.at(value), bottom + 16.0), &label);
    }
    picture.line("axis", (LEFT, top), (RIGHT, top));
    picture.line("axis", (LEFT, bottom), (RIGHT, bottom));
}

/// The dots of a stage at one height, and how far its runs lie apart.
fn points(picture: &mut Svg, report: &Report, one: &Series<'_>, x: &Scale, y: f64) {
    let place = |row: &Row| x.at(speed(report, row.median_seconds.unwrap_or(1.0)));
    let ends = (place(one.rows[0]), place(one.rows[one.rows.len() - 1]));
    picture.line(&one.class, (ends.0, y), (ends.1, y));
    for (at, row) in one.rows.iter().enumerate() {
        let runs = row.seconds.iter().map(|&s| x.at(speed(report, s)));
        let (low, high) = runs.fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
        picture.line(&format!("{} thin", one.class), (low, y), (high, y));
        let last = at + 1 == one.rows.len();
        let class = if last { one.class.clone() } else { format!("{} open", one.class) };
        let rate = si(row.per_second.unwrap_or(f64::NAN));
        let about = format!("{}, {} threads: {rate} {}/s, {}", row.stage, row.threads, row.unit, one.accuracy());
        picture.dot(&class, (place(row), y), if last { 5.0 } else { 4.0 }, &about);
    }
}

/// Left and right ends of a stage's marks.
fn reach_of(report: &Report, one: &Series<'_>, x: &Scale) -> (f64, f64) {
    let all = one.rows.iter().flat_map(|row| &row.seconds).map(|&s| x.at(speed(report, s)));
    all.fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)))
}

/// The label of a stage on its own row: to the right of its marks, or to the left where there is no room.
fn beside(picture: &mut Svg, report: &Report, one: &Series<'_>, x: &Scale, y: f64) {
    let (low, high) = reach_of(report, one, x);
    let label = format!("{} · {}", one.name(), one.accuracy());
    match high + 10.0 + width_of(&label, 12.0) < RIGHT {
        true => picture.text("small", Anchor::Start, (high + 10.0, y + 4.0), &label),
        false => picture.text("small", Anchor::End, (low - 10.0, y + 4.0), &label),
    }
}

/// The stages whose error is known and not nothing, on an axis of errors.
fn error_axis(picture: &mut Svg, report: &Report, close: &[&Series<'_>], x: &Scale, top: f64) {
    let errors = close.iter().filter_map(|one| one.error());
    let smallest = errors.fold(1.0f64, f64::min).max(1e-16);
    let floor = libm::pow(10.0, libm::floor(libm::log10(smallest))).min(1e-2);
    let y = Scale::log(floor, 1.0, top + 22.0, top + ERRORS - 22.0);
    for power in y.decades(6) {
        let value = libm::pow(10.0, f64::from(power));
        picture.line("grid", (LEFT, y.at(value)), (RIGHT, y.at(value)));
        let label = match power {
            -3..=0 => format!("{}%", significant(100.0 * value, 1)),
            _ => format!("1e{power}"),
        };
        picture.text("small soft", Anchor::End, (LEFT - 10.0, y.at(value) + 4.0), &label);
    }
    picture.text("soft", Anchor::End, (LEFT - 52.0, top + ERRORS / 2.0), "error");
    // Labels of stages whose marks and words would meet move apart, with a thin line to their marks.
    let heights: Vec<f64> = close.iter().map(|one| y.at(one.error().unwrap_or(1.0))).collect();
    let places = apart(&heights, 15.0, top + 14.0, top + ERRORS - 10.0);
    // All labels stand in one column beside the outermost marks, where no mark of another stage can lie under them.
    let labels: Vec<String> = close.iter().map(|one| format!("{} · {}", one.name(), one.accuracy())).collect();
    let widest = labels.iter().map(|label| width_of(label, 12.0)).fold(0.0, f64::max);
    let reaches: Vec<(f64, f64)> = close.iter().map(|one| reach_of(report, one, x)).collect();
    let first = reaches.iter().map(|reach| reach.0).fold(RIGHT, f64::min);
    let last = reaches.iter().map(|reach| reach.1).fold(LEFT, f64::max);
    let right = last + 26.0 + widest < RIGHT;
    let (anchor, to) = if right { (Anchor::Start, last + 22.0) } else { (Anchor::End, first - 22.0) };
    for (at, (&height, &place)) in heights.iter().zip(&places).enumerate() {
        let from = if right { reaches[at].1 + 7.0 } else { reaches[at].0 - 7.0 };
        picture.line(&format!("{} thin", close[at].class), (from, height), (to, place));
        picture.text("small", anchor, (if right { to + 4.0 } else { to - 4.0 }, place + 4.0), &labels[at]);
    }
    for (one, &height) in close.iter().zip(&heights) {
        points(picture, report, one, x, height);
    }
}

/// How many times as fast with more threads.
fn scaling(picture: &mut Svg, series: &[Series<'_>], top: f64) {
    picture.text("big", Anchor::Start, (20.0, top), "Scaling over threads");
    let lines: Vec<(&Series<'_>, Vec<(f64, f64)>)> = series
        .iter()
        .map(|one| (one, one.rows.iter().filter_map(|row| Some((row.threads as f64, row.speedup?))).collect()))
        .filter(|(_, points): &(_, Vec<_>)| points.len() > 1)
        .collect();
    let most = lines.iter().flat_map(|(_, points)| points).map(|point| point.0).fold(1.0, f64::max);
    if lines.is_empty() {
        let words = "Measured at one number of threads: nothing to compare. Ask for more: --threads-list 1,2";
        picture.text("soft", Anchor::Start, (20.0, top + 28.0), words);
        return;
    }
    let (from, to) = (top + 30.0, top + SCALING - 20.0);
    let fastest = lines.iter().flat_map(|(_, points)| points).map(|point| point.1).fold(most, f64::max);
    let slowest = lines.iter().flat_map(|(_, points)| points).map(|point| point.1).fold(1.0, f64::min);
    let x = Scale::log(1.0, most, LEFT, RIGHT - 150.0);
    let y = Scale::linear(libm::floor(slowest * 2.0) / 2.0, libm::ceil(fastest * 2.0) / 2.0, to, from);
    let step = if fastest > 4.0 { libm::ceil(fastest / 4.0) } else { 0.5 };
    let mut tick = step * libm::floor(slowest / step);
    while tick <= fastest + step {
        if y.at(tick) > from - 1.0 && (tick == 0.0 || y.at(tick) < y.at(tick - step)) {
            picture.line("grid", (LEFT, y.at(tick)), (x.at(most), y.at(tick)));
            let label = format!("×{}", significant(tick, 2));
            picture.text("small soft", Anchor::End, (LEFT - 10.0, y.at(tick) + 4.0), &label);
        }
        tick += step;
    }
    picture.line("axis", (LEFT, to), (x.at(most), to));
    let threads: std::collections::BTreeSet<u64> =
        lines.iter().flat_map(|(_, points)| points).map(|point| point.0 as u64).collect();
    for threads in threads {
        let at = x.at(threads as f64);
        picture.line("grid", (at, from), (at, to));
        let words = if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
        picture.text("small soft", Anchor::Middle, (at, to + 16.0), &words);
    }
    let ideal: Vec<(f64, f64)> = (0..=32)
        .map(|at| libm::pow(most, f64::from(at) / 32.0))
        .map(|threads| (x.at(threads), y.at(threads)))
        .collect();
    picture.polyline("ideal", &ideal);
    let mut ends: Vec<f64> = lines.iter().map(|(_, points)| y.at(points[points.len() - 1].1)).collect();
    ends.push(y.at(most));
    let places = apart(&ends, 15.0, from - 4.0, to - 6.0);
    for (((one, points), &end), &place) in lines.iter().zip(&ends).zip(&places) {
        let placed: Vec<(f64, f64)> = points.iter().map(|point| (x.at(point.0), y.at(point.1))).collect();
        picture.polyline(&one.class, &placed);
        for (point, (threads, speedup)) in placed.iter().zip(points).skip(1) {
            let about = format!("{}: ×{speedup:.2} with {threads} threads", one.name());
            picture.dot(&one.class, *point, 4.0, &about);
        }
        let right = x.at(points[points.len() - 1].0);
        picture.line(&format!("{} thin", one.class), (right + 6.0, end), (right + 20.0, place));
        let label = format!("{} ×{:.2}", one.name(), points[points.len() - 1].1);
        picture.text("small", Anchor::Start, (right + 24.0, place + 4.0), &label);
    }
    let (end, place) = (y.at(most), places[places.len() - 1]);
    picture.line("ideal", (x.at(most) + 6.0, end), (x.at(most) + 20.0, place));
    picture.text("small soft", Anchor::Start, (x.at(most) + 24.0, place + 4.0), "ideal");
}
