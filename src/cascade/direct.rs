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
/// a sort of them, 16 bytes each, or where they are many 8 bytes an account. **Determinism**: sums run in the order of the accounts.
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
    let graph = resolved.graph;
    let picks_one = resolved.picks_one();
    // Of those who follow several: chances that add up, or the chance that each is missed.
    let (none, join): (f64, fn(f64, f64) -> f64) =
        if picks_one { (0.0, |sum, b| sum + b) } else { (1.0, |missed, r| missed * (1.0 - r)) };
    let heard = |joined: f64| if picks_one { joined.min(1.0) } else { 1.0 - joined };
    let followers: usize = creators.iter().map(|&v| graph.followers(v).len()).sum();
    let rows = creators.iter().flat_map(|&v| {
        let drawn = draw.map(|draw| draw.r(v));
        let row = graph.followers(v).iter().enumerate();
        row.map(move |(place, &u)| (u, drawn.unwrap_or_else(|| resolved.r(v, place, u))))
    });
    if followers > graph.accounts() / DENSE {
        let mut joined = vec![f64::NAN; graph.accounts()];
        for (u, chance) in rows {
            let before = &mut joined[u as usize];
            *before = join(if before.is_nan() { none } else { *before }, chance);
        }
        let followed = joined.into_iter().zip(0..).filter(|(joined, _)| !joined.is_nan());
        followed.for_each(|(joined, u)| hear(u, heard(joined)));
        return;
    }
    // Most sets are small beside the network: then sorted pairs instead of an array over all accounts.
    let mut chances: Vec<(u32, f64)> = rows.collect();
    chances.sort_by_key(|&(u, _)| u);
    chances.chunk_by(|a, b| a.0 == b.0).for_each(|group| {
        hear(group[0].0, heard(group.iter().fold(none, |joined, &(_, chance)| join(joined, chance))))
    });
}

/// From one follower in so many accounts on, an array over all accounts is faster than sorting.
const DENSE: usize = 16;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Result, Run};
    use crate::cascade::{Cascade, Model};
    use crate::graph::{Network, build};

    /// Small sets are sorted and large ones are not: both are what the formula says, person by person.
    #[test]
    fn small_and_large_sets_are_summed_alike() -> Result<()> {
        const ACCOUNTS: u32 = 4_000;
        let follows: Vec<(u32, u32)> = (0..400u32)
            .flat_map(|u| {
                [(u + 3, 0), (u * 9 % 3_900 + 4, 1)].into_iter().chain((u % 5 == 0).then_some((u * 2 + 7, 2)))
            })
            .collect();
        let network = Network::from_graph(build::graph(ACCOUNTS as usize, &follows));
        let (graph, run) = (network.follow_graph()?, Run::new(1));
        let sets: [&[u32]; 4] = [&[2, 3], &[0, 2], &[0, 1, 2], &[2, 1, 0]];
        let followers = |set: &[u32]| set.iter().map(|&v| graph.followers(v).len()).sum::<usize>();
        let dense = sets.map(|set| followers(set) > ACCOUNTS as usize / DENSE);
        assert_eq!(dense, [false, true, true, true], "both ways are looked at");
        for model in [Model::default(), Model::Ic(0.3), Model::Wc, Model::Lt] {
            let resolved = Cascade::from(model).resolve(graph, &network, &run)?;
            for set in sets {
                let chance = |u: u32| {
                    let places = set.iter().filter_map(|&v| Some((v, graph.followers(v).binary_search(&u).ok()?)));
                    let chances: Vec<f64> = places.map(|(v, place)| resolved.r(v, place, u)).collect();
                    match resolved.picks_one() {
                        true => chances.iter().sum::<f64>().min(1.0),
                        false => 1.0 - chances.iter().map(|r| 1.0 - r).product::<f64>(),
                    }
                };
                let expected: f64 = (0..ACCOUNTS).map(chance).sum();
                let found = direct_reach(&resolved, set);
                assert!((found - expected).abs() < 1e-9 * expected, "{model:?} {set:?}: {found} {expected}");
            }
        }
        Ok(())
    }
}
