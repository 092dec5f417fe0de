//! The picture of reach against risk: plans along a frontier, and where one is on it.

use super::calibration::Words;
use super::growth::round_steps;
use super::number::{brief, brief_step, percent, tidy};
use super::svg::{Anchor, Scale, Svg, width_of};

/// A plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What it is called.
    pub name: String,
    /// People reached.
    pub reach: f64,
    /// The mean loss of the worst draws.
    pub risk: f64,
    /// What it says when pointed at: its creators.
    pub about: String,
}

/// Which plans have a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Named {
    /// The plan that is looked at.
    pub here: Option<usize>,
    /// The plan without risk, or with the least.
    pub safe: Option<usize>,
}

const WIDTH: f64 = 780.0;
const HEIGHT: f64 = 480.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 744.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 400.0;

/// Of more plans than these, only those with a mark and the ends have their names beside them.
const NAMES: usize = 16;

/// What the plans say of the one that is looked at: a title.
///
/// The rule: one plan alone, and a plan without risk, are said to be that; else another plan with as much reach and at least 5% less risk; else the one with the most reach at half the risk or less;
/// else that there is none. All of it if it happens.
pub fn finding(plans: &[Plan], named: Named) -> String {
    let Some(here) = named.here.and_then(|at| plans.get(at)) else { return "Reach against risk, if it happens".into() };
    if here.risk <= 0.0 {
        return "This plan loses nobody in the worst draws".into();
    }
    if plans.len() == 1 {
        return "The reach and the risk of one plan, if it happens".into();
    }
    let less = |plan: &&Plan| plan.reach >= here.reach && plan.risk <= 0.95 * here.risk;
    if let Some(plan) = plans.iter().filter(less).min_by(|a, b| a.risk.total_cmp(&b.risk)) {
        return format!(
            "If it happens, {} risks {} less for as much reach",
            plan.name,
            percent(1.0 - plan.risk / here.risk)
        );
    }
    let half = |plan: &&Plan| plan.risk <= 0.5 * here.risk;
    match plans.iter().filter(half).max_by(|a, b| a.reach.total_cmp(&b.reach)) {
        Some(plan) if here.reach > 0.0 => {
            let (lost, less) = (percent(1.0 - plan.reach / here.reach), percent(1.0 - plan.risk / here.risk));
            format!("If it happens, {less} less risk costs {lost} of the reach")
        }
        _ => "If it happens, no plan here halves the risk".into(),
    }
}

/// Draws plans in their order along the frontier; `risk` says what is lost, as "people turned in the worst 5% of draws".
///
/// ```
/// use truereach::report::{calibration::Words, risk_frontier::{Named, Plan, draw, finding}};
/// let plan = |name: &str, reach, risk| Plan { name: name.into(), reach, risk, about: String::new() };
/// let plans = [plan("safe", 800.0, 0.0), plan("bold", 1000.0, 50.0)];
/// let named = Named { here: Some(1), safe: Some(0) };
/// assert_eq!(finding(&plans, named), "If it happens, 100% less risk costs 20% of the reach");
/// let words = Words { title: &finding(&plans, named), under: "", from: "" };
/// assert!(draw(&plans, named, "people turned", words).contains("you are here: bold"));
/// ```
pub fn draw(plans: &[Plan], named: Named, risk: &str, words: Words) -> String {
    let told: Vec<String> = plans
        .iter()
        .map(|plan| format!("{}: reach {}, risk {}", plan.name, tidy(plan.reach), tidy(plan.risk)))
        .collect();
    let width = [(words.title, 17.0), (words.under, 11.0), (words.from, 11.0)];
    let width = width.iter().map(|(text, size)| 40.0 + width_of(text, *size)).fold(WIDTH, f64::max);
    let mut picture = Svg::new(width, HEIGHT, words.title, &told.join("; "));
    picture.text("big", Anchor::Start, (20.0, 32.0), words.title);
    picture.text("small soft", Anchor::Start, (20.0, 53.0), words.under);
    let most = |of: fn(&Plan) -> f64| plans.iter().map(of).fold(0.0, f64::max);
    let (riskiest, largest) = (most(|plan| plan.risk) * 1.05, most(|plan| plan.reach));
    let least = plans.iter().map(|plan| plan.reach).fold(largest, f64::min);
    // A frontier is often flat: the axis begins at 0 only where plans reach down to half of the largest.
    let from = if least > 0.5 * largest && least < largest { least - 0.35 * (largest - least) } else { 0.0 };
    let highest = from + (largest - from) * 1.1;
    // Plans without risk stand beside the axis, not on it.
    let x = Scale::linear(0.0, riskiest, LEFT + 14.0, RIGHT);
    let y = Scale::linear(from, highest, BOTTOM, TOP);
    let ticks = steps_between(from, highest);
    let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(0.0);
    for tick in ticks {
        picture.line("grid", (LEFT, y.at(tick)), (RIGHT, y.at(tick)));
        picture.text("small soft", Anchor::End, (LEFT - 8.0, y.at(tick) + 4.0), &brief_step(tick, step));
    }
    for tick in round_steps(riskiest, 6) {
        picture.text("small soft", Anchor::Middle, (x.at(tick), BOTTOM + 18.0), &brief(tick));
    }
    picture.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    let starts = if from > 0.0 { format!("people reached, from {} up", brief(from)) } else { "people reached".into() };
    picture.text("small soft", Anchor::Start, (20.0, TOP - 12.0), &starts);
    let places: Vec<(f64, f64)> = plans.iter().map(|plan| (x.at(plan.risk), y.at(plan.reach))).collect();
    if places.len() > 1 {
        picture.polyline("s0", &places);
    }
    for (at, place) in places.iter().enumerate() {
        let about = format!("{}\n{}", told[at], plans[at].about);
        let (class, radius) = match at {
            at if named.here == Some(at) => ("s1", 7.0),
            at if named.safe == Some(at) => ("s2", 6.0),
            _ => ("s0", 4.0),
        };
        picture.dot(class, *place, radius, &about);
    }
    for (at, anchor, place, words) in labels(plans, named, &places) {
        picture.text(if named.here == Some(at) { "" } else { "small" }, anchor, place, &words);
    }
    picture.text("small soft", Anchor::Middle, ((LEFT + RIGHT) / 2.0, BOTTOM + 38.0), &format!("risk: {risk}"));
    picture.text("small soft", Anchor::Start, (20.0, HEIGHT - 14.0), words.from);
    picture.finish()
}

/// Round values between two.
fn steps_between(from: f64, to: f64) -> Vec<f64> {
    let steps = round_steps(to - from, 5);
    let step = steps.get(1).copied().unwrap_or(0.0);
    if step <= 0.0 {
        return vec![from];
    }
    let first = libm::ceil(from / step - 1e-9);
    (0..).map(|at| (first + f64::from(at)) * step).take_while(|&tick| tick <= to * (1.0 + 1e-9)).collect()
}

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// Where words stand: the plans with a mark first, then the ends, then the others, each where it meets no words and no dot
/// already there; whoever finds no place keeps its dot. Of marked plans the first place that keeps within the paper is taken.
fn labels(plans: &[Plan], named: Named, places: &[(f64, f64)]) -> Vec<(usize, Anchor, (f64, f64), String)> {
    let mut order: Vec<usize> = named.here.into_iter().chain(named.safe).collect();
    order.extend(plans.len().checked_sub(1));
    order.extend(0..if plans.len() <= NAMES { plans.len() } else { plans.len().min(1) });
    let dot = |&(x, y): &(f64, f64)| (x - 5.0, y - 5.0, x + 5.0, y + 5.0);
    let dots: Vec<Area> = places.iter().map(dot).collect();
    let line = traced(places);
    let mut taken: Vec<Area> = Vec::new();
    let mut placed: Vec<(usize, Anchor, (f64, f64), String)> = Vec::new();
    for at in order {
        let Some(&(x, y)) = places.get(at) else { continue };
        if placed.iter().any(|label| label.0 == at) {
            continue;
        }
        let marked = named.here == Some(at) || named.safe == Some(at);
        let words = said(&plans[at], at, named);
        let size = if named.here == Some(at) { 13.0 } else { 11.0 };
        let wide = width_of(&words, size);
        let right = (Anchor::Start, x + 11.0);
        let left = (Anchor::End, x - 11.0);
        let tries =
            [(right, y + 15.0), (left, y - 9.0), (right, y + 4.0), (left, y + 4.0), (right, y - 9.0), (left, y + 16.0)];
        // Marked ones may go further up and down; words nearer to the dot go first.
        let far = (1..=12).flat_map(|step| {
            let by = 15.0 * f64::from(step);
            [(right, y + 15.0 + by), (left, y - 9.0 - by), (left, y + 16.0 + by), (right, y - 9.0 - by)]
        });
        let area = |anchor: Anchor, x: f64, y: f64| match anchor {
            Anchor::End => (x - wide, y - size, x, y + 3.0),
            _ => (x, y - size, x + wide, y + 3.0),
        };
        let tries: Vec<_> = tries.into_iter().chain(far.filter(|_| marked)).collect();
        let fits = |&&((anchor, x), y): &&((Anchor, f64), f64), line: &[Area]| {
            let area = area(anchor, x, y);
            let inside = area.0 >= LEFT && area.2 <= RIGHT + 30.0 && area.1 >= TOP - 8.0 && area.3 <= BOTTOM;
            inside && taken.iter().chain(&dots).chain(line).all(|other| !meet(area, *other))
        };
        let found = tries.iter().find(|place| fits(place, &line));
        let found = found.or_else(|| tries.iter().find(|place| marked && fits(place, &[]))).copied();
        if let Some(((anchor, x), y)) = found {
            taken.push(area(anchor, x, y));
            placed.push((at, anchor, (x, y), words));
        }
    }
    placed
}

/// A line through places as small areas.
fn traced(places: &[(f64, f64)]) -> Vec<Area> {
    let between = |pair: &[(f64, f64)]| {
        let (from, to) = (pair[0], pair[1]);
        let steps = libm::ceil(libm::hypot(to.0 - from.0, to.1 - from.1) / 4.0).max(1.0);
        (0..=steps as usize).map(move |at| {
            let share = at as f64 / steps;
            let (x, y) = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            (x - 2.0, y - 2.0, x + 2.0, y + 2.0)
        })
    };
    places.windows(2).flat_map(between).collect()
}

fn said(plan: &Plan, at: usize, named: Named) -> String {
    let name = short(&plan.name);
    match (named.here == Some(at), named.safe == Some(at)) {
        (true, true) => format!("you are here, with the least risk: {name}"),
        (true, false) => format!("you are here: {name}"),
        (false, true) if plan.risk <= 0.0 => format!("without risk: {name}"),
        (false, true) => format!("least risk: {name}"),
        (false, false) => name,
    }
}

/// At most so many letters of a name.
fn short(name: &str) -> String {
    match name.chars().count() > 32 {
        true => name.chars().take(31).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

fn meet(a: Area, b: Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words = Words { title: "t", under: "", from: "" };

    fn plan(name: &str, reach: f64, risk: f64) -> Plan {
        Plan { name: name.into(), reach, risk, about: "<a> & b".into() }
    }

    #[test]
    fn what_less_risk_costs_is_said() {
        let here = |at| Named { here: Some(at), safe: None };
        let plans = [plan("a", 900.0, 0.0), plan("b", 1000.0, 40.0), plan("c", 980.0, 90.0), plan("d", 1010.0, 95.0)];
        assert_eq!(finding(&plans, here(2)), "If it happens, b risks 56% less for as much reach");
        assert_eq!(finding(&plans, here(3)), "If it happens, 58% less risk costs 0.99% of the reach");
        assert_eq!(finding(&plans, here(0)), "This plan loses nobody in the worst draws");
        assert_eq!(finding(&plans[2..], here(0)), "If it happens, no plan here halves the risk");
        assert_eq!(finding(&plans[1..2], here(0)), "The reach and the risk of one plan, if it happens");
        assert_eq!(finding(&plans, here(9)), "Reach against risk, if it happens");
    }

    #[test]
    fn words_never_meet_and_marked_plans_are_always_named() {
        for many in [1usize, 2, 5, 16, 60] {
            for bend in [0.0, 0.3, 1.0, 3.0] {
                let plans: Vec<Plan> = (0..many)
                    .map(|at| {
                        let share = at as f64 / many as f64;
                        plan(&format!("plan {at}"), 1e6 * (1.0 + libm::pow(share, bend)), 5e4 * share)
                    })
                    .collect();
                let named = Named { here: Some(many / 2), safe: Some(0) };
                let picture = draw(&plans, named, "people", WORDS);
                assert!(picture.contains("you are here") && !picture.contains("NaN"), "{many} {bend}");
                let (x, y) = (Scale::linear(0.0, 5e4, LEFT, RIGHT), Scale::linear(0.0, 2.2e6, BOTTOM, TOP));
                let places: Vec<(f64, f64)> = plans.iter().map(|plan| (x.at(plan.risk), y.at(plan.reach))).collect();
                let areas: Vec<Area> = labels(&plans, named, &places)
                    .into_iter()
                    .map(|(_, anchor, (x, y), words)| {
                        let wide = width_of(&words, 11.0);
                        if anchor == Anchor::End { (x - wide, y - 10.0, x, y) } else { (x, y - 10.0, x + wide, y) }
                    })
                    .collect();
                let met = |a: usize| areas[..a].iter().any(|b| meet(areas[a], *b));
                assert!(!(0..areas.len()).any(met), "{many} {bend}");
            }
        }
    }

    #[test]
    fn plans_without_risk_reach_or_number_are_drawn() {
        for plans in [
            vec![],
            vec![plan("a", 0.0, 0.0)],
            vec![plan("a", 5.0, 0.0), plan("b", 5.0, 0.0)],
            vec![plan("a", 1e9, 1e6), plan("b", 1.1e9, 1.5e9)],
        ] {
            let picture = draw(&plans, Named { here: Some(0), safe: Some(1) }, "people", WORDS);
            assert!(picture.ends_with("</svg>\n") && !picture.contains("NaN") && !picture.contains("inf"));
            assert!(!picture.contains("<a>"));
        }
        assert_eq!(steps_between(961.0, 1121.0), [1000.0, 1050.0, 1100.0]);
        assert_eq!(steps_between(0.0, 0.0), [0.0]);
    }
}
