//! Who brings the tail: what each creator and each common cause adds to the loss of the worst draws.

use serde::Serialize;

use super::scenario::Drawn;
use super::tail::Tail;
use crate::base::stats::ExactSum;
use crate::base::{Error, Result};

/// The loss of the worst draws, by creator and by common cause.
///
/// Formula: Euler's, `CVaR_v = sum_draws w_draw · credit_draw(v)` with [`Tail::weights`]: the mean over the worst draws of the
/// loss credited to v. **Input**: the losses of the draws and, for each, who is credited with how much of it (creators by place;
/// the credits of a draw add up to its loss), and who fell. **Returns**: in the unit of the losses; creators add up to CVaR.
/// Shocks of one draw overlap, so groups do not add up. **Guarantee**: of the draws, exact. **Cost**: the credits of the worst
/// draws. **Errors**: lengths that differ, a place that there is not, credits that do not add up to the loss.
/// **Determinism**: exact sums; the order of draws does not matter. **References**: Tasche (1999), arXiv:cond-mat/0104295.
///
/// ```
/// use truereach::risk::{Contributions, Drawn, Tail};
/// let losses: Vec<f64> = (0..1000).map(|draw| if draw < 30 { 100.0 } else { 0.0 }).collect();
/// let credits: Vec<Vec<(u32, f64)>> = losses.iter().map(|&loss| vec![(1, loss)]).collect();
/// let tail = Tail::of(&losses, 0.95)?;
/// let by = Contributions::of(&tail, &losses, &credits, &vec![Drawn::default(); 1000], 2, 0)?;
/// assert!(by.creators[0] == 0.0 && (by.creators[1] - 60.0).abs() < 1e-9);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Contributions {
    /// What each creator adds to CVaR, by place.
    pub creators: Vec<f64>,
    /// The share of CVaR that is lost in draws in which the shock of the group happened, by place.
    pub groups: Vec<f64>,
    /// So many creators of equal contributions would be as concentrated: 1/Σ share². `None` without a loss.
    pub effective: Option<f64>,
}

impl Contributions {
    /// Of the draws of a tail.
    pub fn of(
        tail: &Tail,
        losses: &[f64],
        credits: &[Vec<(u32, f64)>],
        drawn: &[Drawn],
        creators: usize,
        groups: usize,
    ) -> Result<Contributions> {
        let wrong = |problem: String| Err(Error::parameter("credits", problem));
        if credits.len() != losses.len() || drawn.len() != losses.len() {
            return wrong(format!("{} draws have {} credits and {} falls", losses.len(), credits.len(), drawn.len()));
        }
        let mut by_creator = vec![ExactSum::default(); creators];
        let mut by_group = vec![ExactSum::default(); groups];
        let mut all = ExactSum::default();
        for (draw, weight) in tail.weights(losses)?.into_iter().enumerate().filter(|(_, weight)| *weight > 0.0) {
            let sum = credits[draw].iter().map(|credit| credit.1).collect::<ExactSum>().value();
            if sum.is_nan() || (sum - losses[draw]).abs() > 1e-9 * losses[draw].max(1.0) {
                return wrong(format!("those of draw {draw} add up to {sum}, and its loss is {}", losses[draw]));
            }
            for &(place, credit) in &credits[draw] {
                match by_creator.get_mut(place as usize) {
                    Some(sum) => sum.add(weight * credit),
                    None => return wrong(format!("draw {draw} credits creator {place} of {creators}")),
                }
            }
            for &group in &drawn[draw].shocks {
                match by_group.get_mut(group as usize) {
                    Some(sum) => sum.add(weight * losses[draw]),
                    None => return wrong(format!("draw {draw} has the shock of group {group} of {groups}")),
                }
            }
            all.add(weight * losses[draw]);
        }
        let (by_creator, all) = (by_creator.iter().map(ExactSum::value).collect::<Vec<f64>>(), all.value());
        let share = |value: f64| if all > 0.0 { value / all } else { 0.0 };
        let squares: ExactSum = by_creator.iter().map(|&part| share(part) * share(part)).collect();
        let effective = (all > 0.0).then(|| 1.0 / squares.value());
        let by_group = by_group.iter().map(|sum| share(sum.value())).collect();
        Ok(Contributions { creators: by_creator, groups: by_group, effective })
    }

    /// Each creator's share of the tail, by place; zeros without a loss.
    pub fn shares(&self) -> Vec<f64> {
        let all = self.creators.iter().copied().collect::<ExactSum>().value();
        self.creators.iter().map(|&part| if all > 0.0 { part / all } else { 0.0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Run;
    use crate::risk::scenario::{Group, Scenario};

    type Credits = Vec<(u32, f64)>;

    /// Six creators who lose different people, and two shocks.
    fn drawn(count: usize) -> (Vec<f64>, Vec<Credits>, Vec<Drawn>) {
        let people = [300.0, 120.0, 500.0, 80.0, 650.0, 210.0];
        let group = |name: &str, members: Vec<u32>| Group { name: name.into(), members, shock: 0.03, falls: 0.6 };
        let groups = vec![group("a", vec![0, 1, 2]), group("b", vec![2, 3])];
        let scenario = Scenario::new((0..6).collect(), vec![0.01; 6], groups, "".into()).unwrap();
        let drawn = scenario.draws(count, &Run::new(5)).unwrap();
        let credits: Vec<Vec<(u32, f64)>> = drawn
            .iter()
            .map(|drawn| drawn.fallen.iter().map(|&place| (place, people[place as usize])).collect())
            .collect();
        let losses =
            credits.iter().map(|credits: &Vec<(u32, f64)>| credits.iter().map(|credit| credit.1).sum()).collect();
        (losses, credits, drawn)
    }

    #[test]
    fn contributions_add_up_to_the_tail() {
        let (losses, credits, drawn) = drawn(4000);
        for alpha in [0.5, 0.9, 0.95, 0.99] {
            let tail = Tail::of(&losses, alpha).unwrap();
            let by = Contributions::of(&tail, &losses, &credits, &drawn, 6, 2).unwrap();
            let all: f64 = by.creators.iter().sum();
            assert!((all - tail.cvar).abs() < 1e-9 * tail.cvar, "{all} {}", tail.cvar);
            assert!((by.shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let effective = by.effective.unwrap();
            assert!((1.0..=6.0).contains(&effective), "{effective}");
            assert!(by.groups.iter().all(|share| (0.0..=1.0).contains(share)));
        }
    }

    #[test]
    fn the_tail_moves_as_euler_says_when_one_creators_losses_grow() {
        let (losses, credits, drawn) = drawn(4000);
        let tail = Tail::of(&losses, 0.95).unwrap();
        let by = Contributions::of(&tail, &losses, &credits, &drawn, 6, 2).unwrap();
        // Losses of one a little larger: the derivative from above is at least the contribution, from below at most; where VaR
        // is no atom of several mixtures both are the same.
        for place in 0..6u32 {
            let grown = |by: f64| {
                let of = |&(who, people): &(u32, f64)| if who == place { people * (1.0 + by) } else { people };
                let losses: Vec<f64> = credits.iter().map(|credits| credits.iter().map(of).sum()).collect();
                (Tail::of(&losses, 0.95).unwrap().cvar - tail.cvar) / by
            };
            let (below, above) = (grown(-1e-6), grown(1e-6));
            let part = by.creators[place as usize];
            assert!(below - 1e-3 <= part && part <= above + 1e-3, "{place}: {below} {part} {above}");
        }
    }

    #[test]
    fn draws_at_the_value_at_risk_share_what_is_left() {
        // 100 draws, half are looked at: 40 lose 2 by creator 0, 60 lose 1 by creator 1, of whom 10 in 60 count.
        let losses: Vec<f64> = (0..100).map(|draw| if draw < 40 { 2.0 } else { 1.0 }).collect();
        let credits: Vec<Vec<(u32, f64)>> = losses.iter().map(|&loss| vec![(u32::from(loss == 1.0), loss)]).collect();
        let drawn: Vec<Drawn> =
            (0..100).map(|draw| Drawn { fallen: vec![], shocks: if draw < 20 { vec![0] } else { vec![] } }).collect();
        let tail = Tail::of(&losses, 0.5).unwrap();
        let by = Contributions::of(&tail, &losses, &credits, &drawn, 2, 1).unwrap();
        assert!((tail.cvar - 1.8).abs() < 1e-12);
        assert!((by.creators[0] - 1.6).abs() < 1e-12 && (by.creators[1] - 0.2).abs() < 1e-12, "{by:?}");
        assert!((by.groups[0] - 0.8 / 1.8).abs() < 1e-12);
        assert!((by.effective.unwrap() - 1.0 / ((1.6f64 / 1.8).powi(2) + (0.2f64 / 1.8).powi(2))).abs() < 1e-12);
    }

    #[test]
    fn nothing_lost_is_nobodys_and_what_does_not_add_up_is_refused() {
        let losses = [0.0; 400];
        let tail = Tail::of(&losses, 0.95).unwrap();
        let none = vec![Vec::new(); 400];
        let calm = vec![Drawn::default(); 400];
        let by = Contributions::of(&tail, &losses, &none, &calm, 2, 1).unwrap();
        assert_eq!((&by.creators[..], by.effective, &by.shares()[..]), (&[0.0, 0.0][..], None, &[0.0, 0.0][..]));
        let credits = vec![vec![(0, 1.0)]; 400];
        let error = Contributions::of(&tail, &losses, &credits, &calm, 2, 1).unwrap_err().to_string();
        assert!(error.contains("add up to 1, and its loss is 0"), "{error}");
        assert!(Contributions::of(&tail, &losses, &vec![vec![(2, 0.0)]; 400], &calm, 2, 1).is_err());
        assert!(Contributions::of(&tail, &losses[1..], &none, &calm, 2, 1).is_err());
        assert!(Contributions::of(&tail, &[1.0; 400], &none, &calm, 2, 1).is_err());
        let shock = vec![Drawn { fallen: vec![], shocks: vec![3] }; 400];
        assert!(Contributions::of(&tail, &losses, &none, &shock, 2, 1).is_err());
    }
}
