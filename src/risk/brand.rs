//! Whose opinion counts for the brand.

use crate::base::{Error, Result};
use crate::cascade::Resolved;
use crate::graph::{Network, Weights};

/// The audience of a brand: what each account counts in it, `a_u` for its members (MODELS.md section 8), in whole units.
#[derive(Debug, Clone, PartialEq)]
pub struct Brand {
    weights: Weights,
    /// People in it, by weight.
    pub people: f64,
    /// In users' words.
    pub what: String,
}

impl Brand {
    /// The followers of an account, or everybody whom `resolved` counts; each by the weight there.
    ///
    /// **Errors**: an account that nobody follows, or nobody who counts.
    pub fn new(resolved: &Resolved<'_>, account: Option<u32>, people: &str, network: &Network) -> Result<Brand> {
        let graph = resolved.graph();
        let accounts = 0..graph.accounts() as u32;
        let (mut weights, what) = match account {
            None => (vec![1.0; graph.accounts()], people.to_owned()),
            Some(brand) => {
                let name = network.names.get(brand).into_owned();
                let mut weights = vec![0.0; graph.accounts()];
                graph.followers(brand).iter().for_each(|&u| weights[u as usize] = 1.0);
                if graph.followers(brand).is_empty() {
                    let problem =
                        format!("nobody in this network follows {name}: there is no audience that could turn");
                    return Err(Error::parameter("--brand", problem).with_hint(
                        "name a group instead, such as --people niche=beauty, or an account with followers",
                    ));
                }
                let what = match people {
                    EVERYBODY => format!("the followers of {name}"),
                    some => format!("the followers of {name} among {some}"),
                };
                (weights, what)
            }
        };
        accounts.for_each(|u| weights[u as usize] *= resolved.weight(u));
        if weights.iter().all(|weight| *weight == 0.0) {
            return Err(Error::parameter("--brand", format!("nobody counts among {what}")).with_hint(
                "are they all taken for not real (--authentic), or outside the people that count (--people)?",
            ));
        }
        let weights = Weights::new(&weights)?;
        let all = (0..weights.len() as u32).map(|u| weights.units(u)).sum::<u64>();
        Ok(Brand { people: weights.unit() * all as f64, weights, what })
    }

    /// The same audience where some accounts count nothing.
    ///
    /// **Errors**: nobody is left who counts.
    pub fn without(self, left_out: impl Fn(u32) -> bool) -> Result<Brand> {
        let of = |u| if left_out(u) { 0.0 } else { self.weights.of(u) };
        let weights: Vec<f64> = (0..self.weights.len() as u32).map(of).collect();
        let people = weights.iter().sum();
        Ok(Brand { weights: Weights::new(&weights)?, people, what: self.what })
    }

    /// What each account counts.
    pub fn into_weights(self) -> Weights {
        self.weights
    }

    /// What u counts, in units.
    #[inline]
    pub(crate) fn units(&self, u: u32) -> u64 {
        self.weights.units(u)
    }

    /// People a unit.
    pub(crate) fn unit(&self) -> f64 {
        self.weights.unit()
    }
}

/// What to call the audience where no part of it was asked for.
pub const EVERYBODY: &str = "everybody in this network";
