//! Whom to sign: the portfolio of creators that reaches most people for its number, its money and its rules.

mod bounds;
mod candidates;
mod cover;
mod dual;
mod optimum;
mod pool;
mod rules;
mod search;

#[doc(hidden)]
pub mod trial {
    use super::*;
    use crate::base::{Result, Run};
    use crate::cascade::Resolved;
    pub fn go(resolved: &Resolved<'_>, k: u64, certify: Option<f64>, tolerance: f64, failure: f64, run: &Run) -> Result<String> {
        let all = resolved.graph().accounts();
        let candidates = candidates::Candidates::new(all, (0..all as u32).collect());
        let walks = pool::Walks::new(resolved, true, run);
        let rules = rules::Rules { count: Some(k), ..Default::default() };
        let stopping = optimum::Stopping { certify, tolerance, samples: std::env::var("SAMPLES").ok().map(|s| s.parse().unwrap()), most_samples: 1 << 26, failure };
        let found = optimum::optimum(&walks, &candidates, &rules, &stopping, &|| false, run)?;
        let ids: Vec<String> = found.chosen.iter().map(|c| c.to_string()).collect();
        Ok(format!("samples {} ratio {:.4} reach {:.1} sentinels {} set {:.1} conv {}\n{}", found.samples, found.ratio, found.share * all as f64, found.sentinels, found.mean_set, found.converged, ids.join(" ")))
    }
}
