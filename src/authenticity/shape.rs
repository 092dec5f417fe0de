//! The shape of an account: whom it follows, who follows it, what its profile says.

use crate::base::{Result, Run, par};
use crate::graph::attributes::known;
use crate::graph::{Graph, Network};

/// Following more accounts than this, ten times as many as follow back, is what nobody does by reading.
const MANY: f64 = 1_500.0;
const RATIO: f64 = 10.0;

/// Log-likelihood ratios, documented defaults: many follows and hardly a follower; a profile without a post; one with posts
/// and followers.
const CROWDED: f64 = 1.5;
const EMPTY: f64 = 0.7;
const LIVED_IN: f64 = -0.7;

/// The log-likelihood ratio against each account from its shape, 0 where it says nothing. `None` where the network shows
/// neither whom accounts follow nor profiles.
pub fn shape(network: &Network, graph: Option<&Graph>, run: &Run) -> Result<Option<Vec<f32>>> {
    let column = |name: &str| network.attributes.get(name);
    let (following, followers, posts) = (column(known::FOLLOWING), column(known::FOLLOWERS), column(known::POSTS));
    let whole = network.view.has_followings().then_some(graph).flatten();
    if whole.is_none() && following.is_none() && posts.is_none() {
        return Ok(None);
    }
    let given = |column: Option<&crate::graph::Column>, u: u32| column.and_then(|column| column.number(u));
    let ranges = par::chunks(network.accounts(), par::CHUNK);
    let parts = par::map(run, &ranges, |range| {
        Ok(range
            .map(|u| {
                let u = u as u32;
                let follows = given(following, u).or_else(|| whole.map(|graph| graph.following(u).len() as f64));
                let followed = given(followers, u).or_else(|| whole.map(|graph| graph.followers(u).len() as f64));
                let mut against = 0.0;
                if let (Some(follows), Some(followed)) = (follows, followed)
                    && follows > MANY
                    && followed * RATIO < follows
                {
                    against += CROWDED;
                }
                against += match (given(posts, u), given(followers, u)) {
                    (Some(0.0), _) => EMPTY,
                    (Some(_), Some(followed)) if followed > 0.0 => LIVED_IN,
                    _ => 0.0,
                };
                against as f32
            })
            .collect::<Vec<f32>>())
    })?;
    Ok(Some(parts.concat()))
}
