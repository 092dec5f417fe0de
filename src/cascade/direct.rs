//! Direct reach: who hears the creators themselves, without any resharing. Exact, no sampling.

use super::draws::Draw;
use super::resolved::Resolved;

/// Expected people exposed by the creators' own posts, `R0(S)`.
///
/// `R0(v) = sum over followers u of r_vu w_u`; for a set, `sum over the union of w_u (1 − prod over v of (1 − r_vu))`.
/// Under linear threshold a person hears at most one followee, so the union's term is `sum over v of b_vu`.
/// A creator counts as a follower of the others.
///
/// **Input**: a resolved model; different accounts. **Returns**: people, between 0 and the summed followers.
/// **Guarantee**: exact up to rounding. **Cost**: one pass over the creators' followers; for several creators
/// a sort of them, 16 bytes each. **Determinism**: sums run in the order of the accounts.
///
/// ```
/// use truereach::{Run, cascade::{Model, Priors, direct_reach}, graph::{Network, build}};
/// // 2 and 3 follow both 0 and 1.
/// let network = Network::from_graph(build::graph(4, &[(2, 0), (3, 0), (2, 1), (3, 1)]));
/// let graph = network.follow_graph().unwrap();
/// let model = Model::Ic(0.5).resolve(graph, &network, None, &Priors::default(), &Run::new(1)).unwrap();
/// assert_eq!(direct_reach(&model, &[0]), 1.0);
/// assert_eq!(direct_reach(&model, &[0, 1]), 1.5);
/// ```
pub fn direct_reach(resolved: &Resolved<'_>, creators: &[u32]) -> f64 {
    of_draw(resolved, creators, None)
}

/// As [`direct_reach`] under drawn parameters.
pub(crate) fn of_draw(resolved: &Resolved<'_>, creators: &[u32], draw: Option<&Draw<'_>>) -> f64 {
    let graph = resolved.graph;
    if let &[v] = creators {
        return match draw {
            Some(draw) => draw.r(v) * resolved.weight_of(graph.followers(v)),
            None => resolved.audience(v),
        };
    }
    let mut sum = 0.0;
    each_of_draw(resolved, creators, draw, |u, chance| sum += chance * resolved.weight(u));
    sum
}

/// Calls `hear` with everybody who follows one of the creators and the chance that they hear one, in the order of the
/// accounts.
pub(crate) fn each(resolved: &Resolved<'_>, creators: &[u32], hear: impl FnMut(u32, f64)) {
    each_of_draw(resolved, creators, None, hear);
}

fn each_of_draw(resolved: &Resolved<'_>, creators: &[u32], draw: Option<&Draw<'_>>, mut hear: impl FnMut(u32, f64)) {
    // Sorted pairs instead of an array over all accounts: sets are small beside the network.
    let mut chances: Vec<(u32, f64)> = Vec::new();
    for &v in creators {
        let drawn = draw.map(|draw| draw.r(v));
        let row = resolved.graph.followers(v).iter().enumerate();
        chances.extend(row.map(|(place, &u)| (u, drawn.unwrap_or_else(|| resolved.r(v, place, u)))));
    }
    chances.sort_by_key(|&(u, _)| u);
    let one = |group: &[(u32, f64)]| match resolved.picks_one() {
        true => group.iter().fold(0.0, |sum, &(_, b)| sum + b).min(1.0),
        false => 1.0 - group.iter().fold(1.0, |missed, &(_, r)| missed * (1.0 - r)),
    };
    chances.chunk_by(|a, b| a.0 == b.0).for_each(|group| hear(group[0].0, one(group)));
}
