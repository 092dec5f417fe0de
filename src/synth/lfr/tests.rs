use super::*;
use crate::graph::Graph;

fn figure<'a>(made: &'a Made, name: &str) -> &'a Figure {
    made.figures.iter().find(|figure| figure.name == name).unwrap()
}

/// How many parts the communities fall into when only links within them are walked.
fn parts(made: &Made) -> (usize, usize) {
    let graph: &Graph = made.graph().unwrap();
    let home = |u: u32| made.network.attributes.number("community", u).unwrap() as u32;
    let mut seen = vec![false; graph.accounts()];
    let mut communities = std::collections::BTreeSet::new();
    let mut parts = 0;
    for begin in 0..graph.accounts() as u32 {
        communities.insert(home(begin));
        if std::mem::replace(&mut seen[begin as usize], true) {
            continue;
        }
        parts += 1;
        let mut open = vec![begin];
        while let Some(u) = open.pop() {
            for &v in graph.followers(u) {
                if home(v) == home(u) && !std::mem::replace(&mut seen[v as usize], true) {
                    open.push(v);
                }
            }
        }
    }
    (communities.len(), parts)
}

/// Exponents: the 95% interval at twice its width misses by chance once in 11,000. Mixing: rounding of 20,000 degrees
/// has a sd below 0.0003 of the links, parity and repeats below 0.01. Mean degree: sd of a degree about 30, five
/// standard errors 1.1, repeats below 1%.
#[test]
fn mixing_exponents_and_degrees_come_out_and_communities_hang_together() {
    for (mixing, degree_exponent, community_exponent) in
        [(0.1, 2.5, 1.5), (0.3, 2.1, 1.0), (0.5, 3.0, 2.0), (0.7, 2.5, 1.5)]
    {
        let params = Lfr { people: 20_000, mixing, degree_exponent, community_exponent, ..Lfr::default() };
        let made = params.run(&Run::new(4)).unwrap();
        assert!((figure(&made, "mixing").found - mixing).abs() < 0.01, "{:?}", made.figures);
        assert!((figure(&made, "mean degree").found - 20.0).abs() < 1.3, "{:?} {:?}", made.figures, made.counts);
        for (name, asked) in [("degree exponent", degree_exponent), ("community exponent", community_exponent)] {
            let figure = figure(&made, name);
            let half = figure.interval.unwrap().half_width();
            assert!((figure.found - asked).abs() < 2.0 * half && half < 0.3, "{figure:?} {:?}", made.counts);
        }
        let (communities, parts) = parts(&made);
        assert_eq!(parts, communities, "mixing {mixing}");
        assert_eq!(figure(&made, "of them connected").found as usize, communities);
        let lost = made.counts.unplaced + made.counts.repeats;
        assert!((lost as f64) < 0.02 * made.counts.drawn as f64, "{:?}", made.counts);
        assert_eq!(made.counts.self_loops, 0);
    }
}

/// The bounds of the paper's own benchmark, and mixings at which communities barely exist.
#[test]
fn bounds_hold_whatever_the_mixing() {
    for mixing in [0.0, 0.4, 0.95, 1.0] {
        let params = Lfr {
            people: 1000,
            max_degree: Some(50),
            min_community: Some(20),
            max_community: Some(100),
            mixing,
            ..Lfr::default()
        };
        let made = params.run(&Run::new(2)).unwrap();
        let column = made.network.attributes.get("community").unwrap();
        let mut sizes = std::collections::BTreeMap::new();
        (0..1000).for_each(|u| *sizes.entry(column.number(u).unwrap() as u32).or_insert(0u32) += 1);
        assert!(sizes.values().all(|size| (20..=100).contains(size)), "{sizes:?}");
        assert!(figure(&made, "largest degree").found <= 50.0);
        let (communities, parts) = parts(&made);
        if mixing < 1.0 {
            assert_eq!(parts, communities, "mixing {mixing}");
        }
        if mixing < 0.9 {
            assert!((figure(&made, "mixing").found - mixing).abs() < 0.02, "{:?}", made.figures);
        }
    }
}

#[test]
fn the_smallest_work_and_wrong_parameters_do_not() {
    for people in [0, 1] {
        let made = Lfr { people, ..Lfr::default() }.run(&Run::new(1)).unwrap();
        assert_eq!((made.graph().unwrap().accounts() as u64, made.graph().unwrap().edges()), (people, 0));
    }
    let tiny = Lfr { people: 2, mean_degree: 1.0, mixing: 0.0, ..Lfr::default() }.run(&Run::new(1)).unwrap();
    assert_eq!(tiny.graph().unwrap().edges(), 2);
    for (params, says) in [
        (Lfr { mixing: 1.1, ..Lfr::default() }, "--mixing"),
        (Lfr { people: 10, ..Lfr::default() }, "--mean-degree"),
        (Lfr { people: 10, max_degree: Some(10), ..Lfr::default() }, "--max-degree"),
        (Lfr { mean_degree: -3.0, ..Lfr::default() }, "--mean-degree"),
        (Lfr { min_community: Some(50), max_community: Some(20), ..Lfr::default() }, "--min-community"),
        (Lfr { max_community: Some(50), max_degree: Some(100), ..Lfr::default() }, "needs a community of 71"),
        (Lfr { max_community: Some(20_000), ..Lfr::default() }, "at most the number of people"),
        (Lfr { community_exponent: f64::INFINITY, ..Lfr::default() }, "--community-exponent"),
    ] {
        let error = params.run(&Run::new(1)).unwrap_err();
        assert!(error.to_string().contains(says) && error.exit_code() == 2, "{error}");
    }
}
