//! When followers came: a creator's arrivals day by day, and bursts among them that no usual day explains.

use serde::{Deserialize, Serialize};

use crate::base::time::{DAY, MISSING};
use crate::base::{Error, Result, Run, par};
use crate::graph::network::Follows;

/// Bursts among the arrivals of followers.
///
/// Arrivals of d = 1, 3, 7 days are held against the 28 days before and after: with `med` the larger of the two medians of a
/// day, `mad` the median absolute deviation of both, and `mean` the mean of both without their four largest days, a span is
/// out of line if `count >= d med + 5`, `count > d med + 5 max(1.4826 mad sqrt(d), sqrt(d med))`, and a Poisson variable of
/// mean `d max(med, mean, 1/28)` is as large with a chance below 1e-7. Its days with more than the usual number are marked;
/// marked days that follow one another, one other day between them at most, are one burst.
///
/// **Input**: follows with times; rows without one are left out and counted. **Returns**: [`Bursts`]. **Cost**: one pass over
/// the follows and a sort of each creator's dates; 8 bytes a follow. **Errors**: memory. **Determinism**: equal bits at any
/// number of threads. **References**: MODELS.md section 2 (28-day median and MAD); Leys et al. 2013 (MAD as a scale).
///
/// ```
/// use truereach::authenticity::Arrivals;
/// let mut days = vec![3u32; 60];
/// days[40] = 50;
/// assert_eq!(Arrivals::default().bursts_of(&days), [(40, 40, 3.0)]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Arrivals {
    /// Days on either side that a day is held against.
    pub window: usize,
    /// Accounts with fewer dated followers are not looked at.
    pub least: usize,
    /// A day must exceed the median by so many arrivals.
    pub excess: u32,
    /// And by so many deviations.
    pub deviations: f64,
}

impl Default for Arrivals {
    fn default() -> Self {
        Arrivals { window: 28, least: 10, excess: 5, deviations: 5.0 }
    }
}

/// Days on which more followers came than usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Burst {
    /// The creator.
    pub creator: u32,
    /// The first day: days since 1970.
    pub from: i64,
    /// The last day.
    pub to: i64,
    /// Who came in these days, rising.
    pub members: Vec<u32>,
    /// How many would have come on usual days.
    pub expected: f64,
}

impl Burst {
    /// The part of its members that usual days do not explain.
    pub fn excess(&self) -> f64 {
        (1.0 - self.expected / self.members.len().max(1) as f64).max(0.0)
    }
}

/// What was found in the times of follows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bursts {
    /// The bursts, by creator and day.
    pub bursts: Vec<Burst>,
    /// Follows with a time.
    pub dated: u64,
    /// Follows without.
    pub undated: u64,
}

/// Bursts are looked for in spans of so many days: bought followers are often delivered over several.
const SPANS: [usize; 3] = [1, 3, 7];

/// No series is longer than this many days: dates of two centuries are wrong ones.
const MOST_DAYS: i64 = 40_000;

impl Arrivals {
    /// Looks at every creator's arrivals. `None`: the follows have no times.
    pub fn run(&self, follows: &Follows, run: &Run) -> Result<Option<Bursts>> {
        let Some(times) = &follows.time else { return Ok(None) };
        let graph = &follows.graph;
        let edges = graph.edges();
        run.check_memory("times of followers, by creator", 8 * edges)?;
        run.phase("arrivals of followers", Some(graph.accounts() as u64));
        let rows = graph.follower_rows().flat();
        let days = by_creator(follows, times);
        let ranges = par::chunks_by_degree(rows.offsets, 1 << 16);
        let found = par::map(run, &ranges, |range| {
            let mut bursts = Vec::new();
            for v in range.start as u32..range.end as u32 {
                let place = rows.range(v);
                if place.len() >= self.least {
                    self.of_creator(v, &rows.targets[place.clone()], &days[place], &mut bursts);
                }
            }
            Ok(bursts)
        })?;
        let undated = times.iter().filter(|&&time| time == MISSING).count() as u64;
        Ok(Some(Bursts { bursts: found.concat(), dated: edges - undated, undated }))
    }

    fn of_creator(&self, creator: u32, followers: &[u32], days: &[i64], found: &mut Vec<Burst>) {
        let mut dated: Vec<(i64, u32)> =
            days.iter().zip(followers).filter(|(day, _)| **day != MISSING).map(|(&day, &u)| (day, u)).collect();
        if dated.len() < self.least {
            return;
        }
        dated.sort_unstable();
        // A date centuries away is a wrong one, and must not hide the others.
        let middle = dated[dated.len() / 2].0;
        dated.retain(|(day, _)| (day - middle).abs() < MOST_DAYS / 2);
        let (first, last) = (dated[0].0, dated[dated.len() - 1].0);
        let mut counts = vec![0u32; (last - first + 1) as usize];
        dated.iter().for_each(|(day, _)| counts[(day - first) as usize] += 1);
        for (from, to, expected) in self.bursts_of(&counts) {
            let (from, to) = (first + from as i64, first + to as i64);
            let start = dated.partition_point(|&(day, _)| day < from);
            let end = dated.partition_point(|&(day, _)| day <= to);
            let mut members: Vec<u32> = dated[start..end].iter().map(|&(_, u)| u).collect();
            members.sort_unstable();
            found.push(Burst { creator, from, to, members, expected });
        }
    }

    /// The bursts of one creator.
    pub fn of(&self, creator: u32, follows: &Follows, run: &Run) -> Result<Vec<Burst>> {
        let Some(times) = &follows.time else { return Ok(vec![]) };
        run.step(0)?;
        let days = of_one(follows, times, creator);
        let mut found = Vec::new();
        self.of_creator(creator, follows.graph.followers(creator), &days, &mut found);
        Ok(found)
    }

    /// How many usually come on a day of a series; `None` where too little lies around it.
    pub fn usual_rate(&self, counts: &[u32], day: usize) -> Option<f64> {
        self.usual(counts, day..day + 1).map(|usual| usual.rate)
    }

    /// The bursts in a series of days: first and last day, and how many arrivals usual days explain.
    pub fn bursts_of(&self, counts: &[u32]) -> Vec<(usize, usize, f64)> {
        let mut marked = vec![false; counts.len()];
        for days in SPANS {
            self.mark(counts, days, &mut marked);
        }
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for day in (0..counts.len()).filter(|&day| marked[day]) {
            match runs.last_mut() {
                Some((_, to)) if day - *to <= 2 => *to = day,
                _ => runs.push((day, day)),
            }
        }
        // What is usual around the whole burst: its own days would raise it.
        let expected = |(from, to): (usize, usize)| {
            let usual = self.usual(counts, from..to + 1).map_or(0.0, |usual| usual.rate);
            (from, to, usual * (to + 1 - from) as f64)
        };
        runs.into_iter().map(expected).collect()
    }

    /// Marks the days of every span of so many days that is out of line; those of them on which more came than usual.
    fn mark(&self, counts: &[u32], days: usize, marked: &mut [bool]) {
        if counts.len() < days {
            return;
        }
        let mut sum: u32 = counts[..days - 1].iter().sum();
        for first in 0..=counts.len() - days {
            sum += counts[first + days - 1];
            if sum >= self.excess
                && let Some(usual) = self.usual(counts, first..first + days)
                && self.is_out_of_line(sum, days, &usual)
            {
                for day in first..first + days {
                    marked[day] |= f64::from(counts[day]) > usual.rate;
                }
            }
            sum -= counts[first];
        }
    }

    fn is_out_of_line(&self, count: u32, days: usize, usual: &Usual) -> bool {
        let (count, days) = (f64::from(count), days as f64);
        let median = usual.median * days;
        // Deviations of single days add up as independent ones do.
        let scale = (1.4826 * usual.mad * libm::sqrt(days)).max(libm::sqrt(median));
        count >= median + f64::from(self.excess)
            && count > median + self.deviations * scale
            // Where nobody ever came, one arrival a month is thought usual.
            && log_poisson_tail(count, (usual.rate * days).max(days / 28.0)) < libm::log(1e-7)
    }

    /// What is usual around these days; `None` where too little lies around them.
    fn usual(&self, counts: &[u32], days: std::ops::Range<usize>) -> Option<Usual> {
        let before = &counts[days.start.saturating_sub(self.window)..days.start];
        let after = &counts[days.end..(days.end + self.window).min(counts.len())];
        // A side of under a week says little; a creator's first and last days are judged by the other.
        let enough = |side: &[u32]| side.len() >= 7;
        let sides: Vec<&[u32]> = [before, after].into_iter().filter(|side| enough(side)).collect();
        let median = sides
            .iter()
            .map(|side| middle(side))
            .fold(None, |most: Option<f64>, one| Some(most.map_or(one, |most| most.max(one))))?;
        let mut around: Vec<u32> = sides.concat();
        around.sort_unstable();
        let trimmed = &around[..around.len() - 4.min(around.len() / 4)];
        let mean = trimmed.iter().map(|&count| f64::from(count)).sum::<f64>() / trimmed.len() as f64;
        let mut off: Vec<f64> = around.iter().map(|&count| (f64::from(count) - median).abs()).collect();
        off.sort_by(f64::total_cmp);
        Some(Usual { median, mad: off[off.len() / 2], rate: median.max(mean) })
    }
}

struct Usual {
    median: f64,
    mad: f64,
    rate: f64,
}

fn middle(counts: &[u32]) -> f64 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    f64::from(sorted[sorted.len() / 2])
}

/// The logarithm of the chance that a Poisson variable is `count` or more, bounded from above by Chernoff's
/// `exp(count − rate − count ln(count / rate))`, for counts above the mean.
pub(super) fn log_poisson_tail(count: f64, rate: f64) -> f64 {
    if count > rate { count - rate - count * libm::log(count / rate) } else { 0.0 }
}

/// The day of each follow, in the order of follower rows.
fn by_creator(follows: &Follows, times: &[i64]) -> Vec<i64> {
    let (following, followers) = (follows.graph.following_rows().flat(), follows.graph.follower_rows().flat());
    // Follower rows are sorted by follower, so walking the followers upwards fills each of them from the front.
    let mut next: Vec<u64> = followers.offsets.to_vec();
    let mut days = vec![MISSING; times.len()];
    for u in 0..follows.graph.accounts() as u32 {
        for place in following.range(u) {
            let at = &mut next[following.targets[place] as usize];
            days[*at as usize] = match times[place] {
                MISSING => MISSING,
                time => time.div_euclid(DAY),
            };
            *at += 1;
        }
    }
    days
}

/// The day of each follow of one creator, in the order of its followers.
fn of_one(follows: &Follows, times: &[i64], creator: u32) -> Vec<i64> {
    let following = follows.graph.following_rows().flat();
    let day = |&u: &u32| match following.row(u).binary_search(&creator) {
        Ok(at) if times[following.range(u).start + at] != MISSING => {
            times[following.range(u).start + at].div_euclid(DAY)
        }
        _ => MISSING,
    };
    follows.graph.followers(creator).iter().map(day).collect()
}

/// Arrivals day by day of one creator: the first day, and the counts. `None` without dated followers.
pub fn series(follows: &Follows, creator: u32) -> Result<Option<(i64, Vec<u32>)>> {
    let Some(times) = &follows.time else { return Ok(None) };
    let mut days = of_one(follows, times, creator);
    days.retain(|&day| day != MISSING);
    days.sort_unstable();
    let (Some(&first), Some(&last)) = (days.first(), days.last()) else { return Ok(None) };
    if last - first >= MOST_DAYS {
        return Err(Error::NotEstimable {
            figure: "Arrivals by day".into(),
            needs: format!("dates within {MOST_DAYS} days; these span {}", last - first),
        });
    }
    let mut counts = vec![0u32; (last - first + 1) as usize];
    days.iter().for_each(|day| counts[(day - first) as usize] += 1);
    Ok(Some((first, counts)))
}
