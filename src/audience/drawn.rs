//! From whose list somebody who was looked up was drawn. Nobody writes it down; and who is on several lists had several
//! chances, so that those found on a list do not stand for it: they follow more creators than the others.

use crate::base::seed::{Key, Stream};
use crate::base::stats::ExactSum;

/// Rounds of the fit, at most, and the change of a rate at which it ends.
const ROUNDS: usize = 1000;
const SETTLED: f64 = 1e-10;

/// For each of these people who were looked up, on whose lists they were drawn; `lists` says on which each of them is, and
/// `listed` how many people are on each list.
///
/// If from list v everybody is drawn with the chance q_v, somebody on the lists L is looked up with
/// `π = 1 − prod over L of (1 − q_v)`. The likeliest q solve `sum over those looked up on v of 1/π = n_v` (expectation and
/// maximisation: `q_v <- q_v / n_v · sum 1/π`, Dempster, Laird & Rubin 1977). Given that somebody was looked up, the lists
/// that drew them are drawn again from the law that this leaves. Then those drawn on a list are a random part of it, and
/// independent between lists, as they were.
pub fn attribute(people: &[u32], lists: &[Vec<usize>], listed: &[u64]) -> Vec<Vec<usize>> {
    let rates = rates(lists, listed);
    let key = Key::new(0, Stream::Drawn, 0);
    let drawn = |(&person, lists): (&u32, &Vec<usize>)| {
        let coins = key.of(u64::from(person));
        let mut drawn = Vec::new();
        for (at, &list) in lists.iter().enumerate() {
            // While nobody has drawn them, somebody of the rest has.
            let chance = match drawn.is_empty() {
                true => rates[list] / reached(&lists[at..], &rates),
                false => rates[list],
            };
            if coins.unit(list as u64) < chance {
                drawn.push(list);
            }
        }
        drawn
    };
    people.iter().zip(lists).map(drawn).collect()
}

/// The chance to be drawn on one of these lists.
fn reached(lists: &[usize], rates: &[f64]) -> f64 {
    1.0 - lists.iter().fold(1.0, |missed, &list| missed * (1.0 - rates[list]))
}

/// The chance to be drawn, for each list.
fn rates(lists: &[Vec<usize>], listed: &[u64]) -> Vec<f64> {
    let mut rates = vec![0.0; listed.len()];
    lists.iter().flatten().for_each(|&list| rates[list] += 1.0 / listed[list].max(1) as f64);
    for _ in 0..ROUNDS {
        let mut sums = vec![ExactSum::default(); listed.len()];
        for lists in lists {
            let chance = reached(lists, &rates);
            lists.iter().for_each(|&list| sums[list].add(1.0 / chance));
        }
        let next = rates.iter().zip(&sums).zip(listed);
        let next: Vec<f64> =
            next.map(|((rate, sum), &all)| (rate / all.max(1) as f64 * sum.value()).min(1.0)).collect();
        let change = rates.iter().zip(&next).fold(0.0f64, |most, (a, b)| most.max((a - b).abs()));
        rates = next;
        if change < SETTLED {
            break;
        }
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tests::world::World;
    use crate::base::seed::generator;

    /// Three lists of 300 out of 600 people; 60 of each are looked up. Returns, for the first list, how many of those
    /// attributed to it and of those found on it are on another list too, and how many there are.
    fn shares(seed: u64) -> [[f64; 2]; 2] {
        let mut random = generator(seed, Stream::Sample, 1);
        // Other people each time: their coins are theirs.
        let all: Vec<u32> = (0..600).map(|person| 600 * seed as u32 + person).collect();
        let members: Vec<Vec<u32>> = (0..3).map(|_| World::some(&mut random, &all, 300)).collect();
        let mut people: Vec<u32> = members.iter().flat_map(|list| World::some(&mut random, list, 60)).collect();
        people.sort_unstable();
        people.dedup();
        let on = |person: u32| (0..3).filter(|&at| members[at].contains(&person)).collect::<Vec<usize>>();
        let lists: Vec<Vec<usize>> = people.iter().map(|&person| on(person)).collect();
        let drawn = attribute(&people, &lists, &[300; 3]);
        let count = |held: &dyn Fn(usize) -> bool| {
            let here: Vec<usize> = (0..people.len()).filter(|&at| held(at)).collect();
            [here.iter().filter(|&&at| lists[at].len() > 1).count() as f64, here.len() as f64]
        };
        [count(&|at| drawn[at].contains(&0)), count(&|at| lists[at].contains(&0))]
    }

    #[test]
    fn those_attributed_to_a_list_stand_for_it() {
        // 3 in 4 of the first list are on another one. 200 draws of 60: the mean share has a standard deviation of 0.0040;
        // five of them are passed by chance once in 1.7 million.
        let found: Vec<[[f64; 2]; 2]> = (0..200).map(shares).collect();
        let mean = |which: usize| {
            let sum = |at: usize| found.iter().fold(0.0, |sum, one| sum + one[which][at]);
            (sum(0) / sum(1), sum(1) / found.len() as f64)
        };
        let ((attributed, size), (on_list, _)) = (mean(0), mean(1));
        assert!((attributed - 0.75).abs() < 0.02, "{attributed}");
        assert!((size - 60.0).abs() < 2.5, "{size}");
        assert!(on_list > 0.80, "those found on the list are too well connected: {on_list}");
    }

    #[test]
    fn one_list_drew_everybody_on_it_alone() {
        let drawn = attribute(&[3, 5], &[vec![0], vec![1]], &[10, 1]);
        assert_eq!(drawn, [vec![0], vec![1]]);
        let both = attribute(&[7], &[vec![0, 1]], &[1, 1]);
        assert!(!both[0].is_empty(), "somebody drew them");
    }
}
