//! Credit distribution: how far people's acts carried, straight from the log, without any chance or simulation.

use super::traces::Traces;
use crate::base::{Error, Result, Run, par};

/// Credit distribution (Goyal, Bonchi & Lakshmanan 2011): how many acts an account, or a set of accounts, is to be given credit
/// for.
///
/// An act of u shares its credit out among its possible causes alike, `gamma_wu = 1/d`; v has of u's act
/// `Gamma_vu = sum over causes w of Gamma_vw gamma_wu`, `Gamma_vv = 1`. Per act that u is known for,
/// `kappa_vu = (sum over cascades of Gamma_vu) / A_u`, and the credit of a set is `sum over u of kappa_Su`.
///
/// **Input**: a log on a graph. **Returns**: people, those of the set counted as well: each member adds the share of its acts
/// it did, 1. **Guarantee**: monotone and submodular in the set. **Cost**: one pass over the causes. **Determinism**: the same
/// bits at any number of threads.
///
/// **References**: Goyal, Bonchi & Lakshmanan 2011, equations 5 to 8, with equal direct credits.
#[derive(Debug, Clone, Copy)]
pub struct Credit<'t, 'a>(pub &'t Traces<'a>);

impl Credit<'_, '_> {
    /// The credit of every account alone; missing accounts, which never acted, have 0.
    pub fn of_all(&self, run: &Run) -> Result<Vec<f64>> {
        let traces = self.0;
        let mut all = vec![0.0; traces.graph.accounts()];
        all.iter_mut().zip(&traces.acted).for_each(|(credit, &acted)| *credit = f64::from(u8::from(acted > 0)));
        let spans = self.spans();
        // Within a cascade from the last act back: what follows from an act, its own worth included.
        let parts = par::map(run, &par::chunks(spans.len(), 256), |range| {
            let mut found = Vec::new();
            for span in &spans[range] {
                let mut worth = vec![0.0; span.len()];
                let mut starter = 0.0;
                let order = self.order(span);
                for act in span.clone().rev() {
                    let u = traces.acts.actor[act];
                    let own = worth[act - span.start];
                    found.push((u, own));
                    let causes = traces.acts.pairs(act);
                    let share = (own + 1.0 / f64::from(traces.acted[u as usize])) / causes.len().max(1) as f64;
                    for &pair in causes {
                        match order.act(traces.pairs.source[pair as usize]) {
                            Some(before) => worth[before] += share,
                            None => starter += share,
                        }
                    }
                }
                found.push((self.starter(span), starter));
            }
            Ok(found)
        })?;
        // The starter of nobody's acts has no credit to be added to.
        for (u, credit) in parts.into_iter().flatten().filter(|(_, credit)| *credit > 0.0) {
            all[u as usize] += credit;
        }
        Ok(all)
    }

    /// The credit of a set.
    ///
    /// **Errors**: an account outside the network.
    pub fn of_set(&self, set: &[u32]) -> Result<f64> {
        let traces = self.0;
        let accounts = traces.graph.accounts();
        let mut member = vec![false; accounts];
        for &v in set {
            let inside = member.get_mut(v as usize);
            *inside.ok_or_else(|| Error::parameter("account", format!("{v} is outside the network")))? = true;
        }
        let mut sum = (0..accounts).filter(|&v| member[v] && traces.acted[v] > 0).count() as f64;
        for span in self.spans() {
            let starts = member.get(self.starter(&span) as usize) == Some(&true);
            let mut credit = vec![0.0; span.len()];
            let order = self.order(&span);
            for act in span.clone() {
                let u = traces.acts.actor[act] as usize;
                if member[u] {
                    credit[act - span.start] = 1.0;
                    continue;
                }
                let causes = traces.acts.pairs(act);
                let of = |&pair: &u32| match order.act(traces.pairs.source[pair as usize]) {
                    Some(before) => credit[before],
                    None => f64::from(u8::from(starts)),
                };
                let found = causes.iter().map(of).fold(0.0, |a, b| a + b) / causes.len().max(1) as f64;
                credit[act - span.start] = found;
                sum += found / f64::from(traces.acted[u]);
            }
        }
        Ok(sum)
    }

    /// The acts of each cascade that has any.
    fn spans(&self) -> Vec<std::ops::Range<usize>> {
        let mut from = 0;
        let cascades = self.0.acts.cascade.chunk_by(|a, b| a == b);
        let span = |chunk: &[u32]| {
            from += chunk.len();
            from - chunk.len()..from
        };
        cascades.map(span).collect()
    }

    fn starter(&self, span: &std::ops::Range<usize>) -> u32 {
        self.0.cascades.get(self.0.acts.cascade[span.start] as usize).starter()
    }

    fn order(&self, span: &std::ops::Range<usize>) -> Order {
        let mut places: Vec<(u32, u32)> = self.0.acts.actor[span.clone()].iter().copied().zip(0..).collect();
        places.sort_unstable();
        Order(places)
    }
}

/// Who acted as the how-manieth after the starter.
struct Order(Vec<(u32, u32)>);

impl Order {
    /// The act of a cause; `None` if it is the starter's.
    fn act(&self, v: u32) -> Option<usize> {
        self.0.binary_search_by_key(&v, |place| place.0).ok().map(|at| self.0[at].1 as usize)
    }
}
