//! The next joint post: not its mean, but where it falls itself.

use serde::{Deserialize, Serialize};

use super::content::Contents;
use super::draws::Draw;
use super::forward::Walker;
use super::prior::within;
use super::resolved::Resolved;
use super::world::World;
use crate::base::seed::{Key, Stream};
use crate::base::stats::{Interval, Tally};
use crate::base::{Result, Run, par};

/// The reach of the next joint post.
///
/// A post is drawn as parameters from their ranges, a content, and a world: everything that makes one post differ from the
/// mean. The content is a factor on exposure with mean 1, one for each creator and post; chances are capped at 1. Whoever
/// reshares passes on the mean of the creators' factors, weighted by their direct reach. A good post gains at every hop, so
/// that the mean over posts lies above `reach` where posts travel far, and below it where many chances are capped.
///
/// **Guarantee**: quantiles of the draws, contents one from each of as many slices of equal chance; with 400 posts the ends of
/// `p80` are themselves uncertain by some 5%. **Determinism**: worlds of their own, equal bits at any number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Next {
    /// The mean over the posts drawn.
    pub mean: f64,
    /// Half of the posts fall into this interval, a quarter below and a quarter above.
    pub p50: Interval,
    /// Eight of ten.
    pub p80: Interval,
    /// Nineteen of twenty.
    pub p95: Interval,
    /// Posts drawn, each in a world of its own.
    pub worlds: u64,
    /// The spread of contents: the middle of its range, or as given.
    pub content_sd: f64,
}

/// One next post as drawn.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct DrawnPost {
    /// The draw of parameters it belongs to, which decides all that is drawn once for its posts.
    pub draw: u32,
    /// What it counts among all posts; adds up to 1.
    pub weight: f64,
    /// People it reaches.
    pub reach: f64,
    /// Exposures with repeats.
    pub impressions: f64,
}

impl Next {
    /// Of posts that are not none.
    pub(crate) fn of(posts: &[DrawnPost], content_sd: f64) -> Next {
        let mut reaches: Vec<(f64, f64)> = posts.iter().map(|post| (post.reach, post.weight)).collect();
        reaches.sort_by(|a, b| a.0.total_cmp(&b.0));
        let middle = |share: f64| Interval {
            low: weighted_quantile(&reaches, (1.0 - share) / 2.0),
            high: weighted_quantile(&reaches, (1.0 + share) / 2.0),
        };
        Next {
            mean: reaches.iter().fold(0.0, |sum, (reach, weight)| sum + reach * weight),
            p50: middle(0.5),
            p80: middle(0.8),
            p95: middle(0.95),
            worlds: posts.len() as u64,
            content_sd,
        }
    }
}

/// The least of sorted (value, weight) up to which lies a share `q` of the weights, which add up to 1; NaN of nothing. Not
/// interpolated, for values may be infinite.
pub(crate) fn weighted_quantile(sorted: &[(f64, f64)], q: f64) -> f64 {
    let mut below = 0.0;
    for &(value, weight) in sorted {
        below += weight;
        // As much as sums of weights are rounded by.
        if below >= q - 1e-9 {
            return value;
        }
    }
    sorted.last().map_or(f64::NAN, |last| last.0)
}

/// What is asked of next posts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Draws of the parameters; 0: the middle of everything.
    pub draws: u32,
    /// Posts in all; `None`: as many as [`plan`] thinks fit.
    pub posts: Option<u64>,
    /// The spread of contents, if it is given.
    pub content_sd: Option<f64>,
}

/// Next posts under one model, with the variances within them.
#[derive(Debug, Clone)]
pub(crate) struct Posts {
    pub each: Vec<DrawnPost>,
    /// The mean variance of the reach given parameters and content.
    pub chance: f64,
    /// The mean variance, given parameters, of the expectation given the content too.
    pub content: f64,
    pub content_sd: f64,
}

/// The first world of next posts: no point and no draw comes so far.
const FIRST: u64 = 1 << 42;

/// Worlds of each content: the least that shows what chance does.
const WORLDS: u64 = 2;

/// Contents walked by one task, where each stands alone.
const CHUNK: usize = 8;

/// Items of the key of a draw: 0 to 2 are of [`Draw`].
const CONTENT: u64 = 3;
const SPREAD: u64 = 4;

/// How many draws of parameters, and how many posts in each, an even number: a quarter as many posts in all as worlds for the
/// point, but 4 to 20 a draw. Where parameters are given every content stands alone, and 128 to 1,000 posts do.
fn plan(asked: Asked, drawing: bool, worlds: u64) -> (u64, u64) {
    let draws = u64::from(asked.draws);
    match drawing {
        true => {
            let posts = asked.posts.map_or((worlds / 4 / draws).min(20), |posts| posts.div_ceil(draws));
            (draws, posts.max(2 * WORLDS).next_multiple_of(WORLDS))
        }
        false => (asked.posts.unwrap_or((worlds / 4).clamp(128, 1000)).div_ceil(WORLDS).max(2), WORLDS),
    }
}

/// Draws next posts of `creators`, sorted and different; `worlds` were walked for the point. `None` if none are asked for.
pub(crate) fn draw_posts(
    resolved: &Resolved<'_>,
    creators: &[u32],
    asked: Asked,
    worlds: u64,
    walkers: &par::Tools<Walker>,
    run: &Run,
) -> Result<Option<Posts>> {
    if asked.posts == Some(0) {
        return Ok(None);
    }
    let drawing = asked.draws > 0 && resolved.has_ranges();
    let (groups, posts) = plan(asked, drawing, worlds);
    let [low, middle, high] = asked.content_sd.map_or(resolved.content.0, |sd| [sd; 3]);
    let varies = high > 0.0 && !resolved.picks_one();
    let (slots, each) = if varies { (posts / WORLDS, WORLDS) } else { (1, posts) };
    run.check_memory("drawing next posts", 64 * groups * posts)?;
    run.phase("drawing next posts", Some(groups));
    let key = Key::new(run.seed(), Stream::Parameters, 0).of(CONTENT);
    let contents = Contents::new(resolved, creators, groups * slots, key);
    let group = |group: u64, walker: &mut Walker| {
        let draw = if drawing { Draw::new(resolved, run.seed(), group) } else { None };
        let position = Key::new(run.seed(), Stream::Parameters, group).of(SPREAD).unit(0);
        let sd = if asked.draws > 0 { within(low, middle, high, position) } else { middle };
        let mut walks = Vec::with_capacity(posts as usize);
        for slot in group * slots..(group + 1) * slots {
            let content = varies.then(|| contents.draw(slot, sd));
            for index in slot * each..(slot + 1) * each {
                let world = World::new(resolved, run.seed(), FIRST + index);
                let walk = walker.walk(&world.with(draw.as_ref()).about(content.as_ref()), creators);
                walks.push((walk.reach(), walk.impressions));
            }
        }
        walks
    };
    let chunks = par::chunks(groups as usize, if drawing { 1 } else { CHUNK });
    let drawn = par::map(run, &chunks, |range| {
        let new = || Walker::new(resolved.graph().accounts());
        Ok(walkers.with(new, |walker| range.map(|at| group(at as u64, walker)).collect::<Vec<_>>()))
    })?;
    let drawn = drawn.concat();
    let unit = resolved.unit();
    let (chance, content) = match drawing {
        true => variances(&drawn, each as usize),
        // One draw of all parameters: they are given.
        false => variances(&[drawn.concat()], if varies { each } else { groups * posts } as usize),
    };
    let weight = 1.0 / (groups * posts) as f64;
    let post = |group: usize, &(reach, impressions): &(u64, u64)| DrawnPost {
        draw: group as u32,
        weight,
        reach: unit * reach as f64,
        impressions: unit * impressions as f64,
    };
    Ok(Some(Posts {
        each: drawn
            .iter()
            .enumerate()
            .flat_map(|(group, walks)| walks.iter().map(move |walk| post(group, walk)))
            .collect(),
        chance: unit * unit * chance,
        content: unit * unit * content,
        content_sd: if varies { middle } else { 0.0 },
    }))
}

/// The variances within contents and between those of a group, in units; `each` walks in a row are of one content.
fn variances(groups: &[Vec<(u64, u64)>], each: usize) -> (f64, f64) {
    let (mut within, mut contents, mut between, mut freedom) = (0.0, 0.0, 0.0, 0.0);
    for walks in groups {
        let means: Vec<f64> = walks
            .chunks(each)
            .map(|walks| {
                let mut tally = Tally::default();
                walks.iter().for_each(|walk| tally.add(walk.0));
                within += tally.variance();
                contents += 1.0;
                tally.mean()
            })
            .collect();
        let mean = means.iter().fold(0.0, |sum, x| sum + x) / means.len().max(1) as f64;
        between += means.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
        freedom += means.len().saturating_sub(1) as f64;
    }
    let chance = if contents > 0.0 { within / contents } else { 0.0 };
    let content = if freedom > 0.0 { (between / freedom - chance / each as f64).max(0.0) } else { 0.0 };
    (chance, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_drawn() {
        let values = [(1.0, 0.25), (2.0, 0.25), (3.0, 0.25), (f64::INFINITY, 0.25)];
        for (q, value) in
            [(0.0, 1.0), (0.25, 1.0), (0.26, 2.0), (0.75, 3.0), (0.9, f64::INFINITY), (1.0, f64::INFINITY)]
        {
            assert_eq!(weighted_quantile(&values, q), value, "{q}");
        }
        assert!(weighted_quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn posts_per_draw_are_even_and_enough() {
        let asked = Asked { draws: 100, posts: None, content_sd: None };
        for (worlds, posts) in [(64, 4), (1024, 4), (2048, 6), (4000, 10), (1 << 30, 20)] {
            assert_eq!(plan(asked, true, worlds), (100, posts), "{worlds}");
        }
        assert_eq!(plan(Asked { posts: Some(1001), ..asked }, true, 0), (100, 12));
        for (worlds, groups) in [(64, 64), (1024, 128), (1 << 30, 500)] {
            assert_eq!(plan(asked, false, worlds), (groups, 2), "{worlds}");
        }
        assert_eq!(plan(Asked { draws: 0, posts: Some(1), ..asked }, false, 64), (2, 2));
    }

    /// Two groups by hand: pairs (1, 3), (5, 5); (2, 2), (2, 4).
    #[test]
    fn variances_by_hand() {
        let pairs = |values: [u64; 4]| values.map(|reach| (reach, 0)).to_vec();
        let (chance, content) = variances(&[pairs([1, 3, 5, 5]), pairs([2, 2, 2, 4])], 2);
        // Within: 2, 0, 0, 2. Between means 2 and 5: 4.5; 2 and 3: 0.5; in all 5 for 2 degrees of freedom.
        assert_eq!((chance, content), (1.0, 2.5 - 0.5));
    }
}
