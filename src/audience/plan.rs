//! How many followers to look up, and which, so that a union is known to within some percent.

use serde::Serialize;

use super::incidence::Incidence;
use super::lists::Portfolio;
use super::strata::{Strata, Stratum};
use super::tails::student_quantile;
use super::union::Counted;
use super::worst::{Law, weighted_poisson, worst};
use super::{ALPHA, FEWEST};
use crate::base::seed::{Key, Stream};
use crate::base::stats::{ExactSum, Interval};
use crate::base::{Error, Result, Run};
use crate::graph::{Design, Network};

/// Which followers to look up so that the 95% interval of a union is at most so many percent to each side.
///
/// With strata i (creators whose followers are looked up), `R_i` followers outside the lists that count everybody,
/// `a_i = R_i sd_i(1/m)` and k_i followers looked up, the variance of the union is
/// `V0 + sum_i a_i² (1/k_i − 1/R_i)`, V0 that of `R_i` itself. The fewest lookups in all are `k_i` in proportion to `a_i`
/// (Neyman 1934), at least [`FEWEST`] a creator, at most the list, until `t √V = percent · U`. Means and deviations of 1/m
/// come from followers looked up before; else from what the lists share: the worst of all laws whose mean of m lies
/// within its limits; without any match in the lists, the worst of all.
///
/// **Input**: as [`super::Overlap`]. **Returns**: a union for all creators, or one a platform where people cannot be told
/// apart; a row a creator; and the questions to be answered.
/// **Guarantee**: a plan from followers looked up before keeps its half-width but for the error of their deviation; a plan
/// from lists alone is seldom wider than planned and often narrower. Tested on simulated markets.
/// **Cost**: one pass over the lists, `J²` a union. **Errors**: as [`super::Overlap`]; a percentage outside 0 to 100.
/// **Determinism**: followers are drawn by seed, creator and follower; the same at any number of threads.
/// **Symbols**: R `remaining`, a `Part::spread`, k `Part::needed`.
/// **References**: Karp & Luby 1983; Neyman 1934; Cochran 1977, section 5.5; Fay & Feuer 1997; Dinkelbach 1967.
///
/// ```
/// use truereach::{Run, audience::Plan, graph::{Network, build}};
/// let network = Network::from_graph(build::graph(4, &[(2, 0), (3, 0), (3, 1)]));
/// let plan = Plan { percent: 5.0 }.run(&network, &[0, 1], &Run::new(1))?;
/// assert!(plan.questions.is_empty(), "full lists are counted");
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Half the width of the 95% interval, in percent of the union.
    pub percent: f64,
}

/// A union to be known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// The platform, where there are several that cannot be joined.
    pub platform: Option<String>,
    /// How many creators it is of.
    pub creators: u64,
    /// Followers to look up besides those who were.
    pub look_up: u64,
    /// Half the width of its interval once they are, as a share of the union; `None` where lookups change nothing.
    pub half_width: Option<f64>,
    /// What the plan rests on, or why there is none.
    pub because: String,
}

/// What is to be done for a creator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Task {
    /// The creator.
    pub account: u32,
    /// How the follower list was drawn.
    pub design: Design,
    /// Followers listed.
    pub listed: u64,
    /// Followers in all, where known.
    pub followers: Option<f64>,
    /// Followers of the list who were looked up before, for every other creator that matters.
    pub looked_up: u64,
    /// Followers to look up besides.
    pub look_up: u64,
    /// Why so many, or why none.
    pub because: String,
}

/// A question to be answered: does this account follow this creator?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Question {
    /// The follower.
    pub account: u32,
    /// The creator.
    pub creator: u32,
}

/// What is to be looked up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Planned {
    /// The unions that will be known.
    pub targets: Vec<Target>,
    /// The creators, by account.
    pub tasks: Vec<Task>,
    /// The questions, by account and creator.
    pub questions: Vec<Question>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

/// A stratum of a plan.
struct Part<'a> {
    stratum: &'a Stratum,
    /// Followers outside the lists that count everybody.
    remaining: f64,
    /// `remaining` times the standard deviation of what a follower counts.
    spread: f64,
    /// Variance of `remaining` times the mean.
    fixed: f64,
    /// Looked up before, and those that can be at all.
    bounds: [f64; 2],
    needed: f64,
}

impl Plan {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        match self.percent > 0.0 && self.percent < 100.0 {
            true => Ok(()),
            false => Err(Error::parameter(
                "--plan-sample",
                format!("{} is not a percentage between 0 and 100", self.percent),
            )),
        }
    }

    /// Plans lookups for the union of these creators.
    pub fn run(&self, network: &Network, accounts: &[u32], run: &Run) -> Result<Planned> {
        self.check()?;
        let portfolio = Portfolio::new(network, accounts)?;
        let counted = Counted::new(&portfolio, None, run)?;
        let groups: Vec<Vec<usize>> = match portfolio.joined {
            true => vec![(0..portfolio.len()).collect()],
            false => (0..portfolio.platforms.len()).map(|at| portfolio.on(at)).collect(),
        };
        let mut planned = Planned { targets: vec![], tasks: vec![], questions: vec![], notes: portfolio.notes.clone() };
        for (at, places) in groups.iter().enumerate() {
            let name = || portfolio.platforms[at].clone().unwrap_or_else(|| "no platform".into());
            let platform = (!portfolio.joined).then(name);
            self.plan(&counted, places, platform, &mut planned, run)?;
        }
        planned.tasks.sort_by_key(|task| task.account);
        planned.questions.sort_unstable();
        planned.questions.dedup();
        Ok(planned)
    }

    /// Plans for one union.
    fn plan(
        &self,
        counted: &Counted,
        places: &[usize],
        platform: Option<String>,
        planned: &mut Planned,
        run: &Run,
    ) -> Result<()> {
        let portfolio = counted.portfolio;
        let (known, unknown): (Vec<usize>, Vec<usize>) =
            places.iter().partition(|&&place| portfolio.creators[place].size().is_some());
        let [full, random, dark] = counted.by_design(&known);
        let few = |place: &usize| portfolio.creators[*place].list.listed < FEWEST;
        let (short, random): (Vec<usize>, Vec<usize>) = random.into_iter().partition(few);
        let mut left: Vec<(usize, String)> =
            unknown.iter().map(|&place| (place, "needs the number of followers (followers_claimed)".into())).collect();
        left.extend(short.iter().map(|&place| (place, format!("fewer than {FEWEST} followers are listed"))));
        // One list that stands for nobody can be met by followers of the others; two cannot, for they meet each other.
        let (apart, sampled) = match dark.as_slice() {
            [_] => (dark.clone(), [full.clone(), random.clone()].concat()),
            _ => (full.clone(), random.clone()),
        };
        if dark.len() > 1 || sampled.is_empty() {
            left.extend(dark.iter().map(|&place| (place, stands_for_nobody(portfolio.creators[place].list.design))));
        }
        let task = |place: usize, because: String| {
            let creator = &portfolio.creators[place];
            let list = creator.list;
            let (account, design, listed, followers) = (creator.account, list.design, list.listed, creator.size());
            Task { account, design, listed, followers, looked_up: 0, look_up: 0, because }
        };
        let strata = Strata::new(portfolio, apart.clone(), sampled.clone());
        planned.tasks.extend(left.iter().map(|(place, because)| task(*place, because.clone())));
        let covered = places.len() - left.len();
        let mut target =
            Target { platform, creators: covered as u64, look_up: 0, half_width: None, because: String::new() };
        let resting = |place: &usize| match dark.contains(place) {
            true => "its number of followers is known; followers of the others are looked up for it".to_owned(),
            false => "the list is full: everybody is counted".to_owned(),
        };
        if left.iter().all(|(other, _)| !apart.contains(other)) {
            planned.tasks.extend(apart.iter().map(|place| task(*place, resting(place))));
        }
        if strata.strata.iter().all(|stratum| stratum.certain.is_some()) {
            target.because = match (covered, strata.strata.len()) {
                (0, _) => "no list stands for all followers: lookups would not tell of them".into(),
                (_, 0) => "all lists are full: nobody needs to be looked up".into(),
                _ => "one random list against full ones: nobody needs to be looked up".into(),
            };
            let why = |stratum: &Stratum| task(stratum.place, "against full lists nobody needs to be looked up".into());
            planned.tasks.extend(strata.strata.iter().map(why));
            planned.targets.push(target);
            return Ok(());
        }
        let base = match dark.as_slice() {
            [one] if !sampled.is_empty() => portfolio.creators[*one].size().unwrap_or(0.0),
            _ => Incidence::new(portfolio, &full, run)?.union(|_| true) as f64,
        };
        let laws = laws(portfolio, &strata, run)?;
        let parts: Vec<(f64, Vec<Law>)> =
            strata.strata.iter().zip(&laws).map(|(stratum, laws)| (stratum.remaining(), laws.clone())).collect();
        let chosen = worst(base, &parts);
        let all = strata.strata.iter().map(|stratum| stratum.size).collect::<ExactSum>().value();
        let mut parts: Vec<Part> =
            strata.strata.iter().zip(&chosen).map(|(stratum, law)| part(stratum, *law, all)).collect();
        let added = parts.iter().zip(&chosen).map(|(part, law)| part.remaining * law.mean);
        let sizes = known.iter().filter(|place| apart.contains(place) || sampled.contains(place));
        let largest = sizes.filter_map(|&place| portfolio.creators[place].size()).fold(0.0, f64::max);
        let union = (base + added.collect::<ExactSum>().value()).max(largest);
        let half = allocate(&mut parts, self.percent / 100.0 * union);
        let pilots = strata.strata.iter().filter(|stratum| is_pilot(stratum)).count();
        let rests = match (pilots, parts.len()) {
            (0, _) => "the worst that agrees with what the lists share".to_owned(),
            (some, all) if some == all => "followers looked up before".into(),
            (some, all) => format!("followers of {some} of {all} creators looked up before, else the worst"),
        };
        target.half_width = Some(half / union);
        target.because = match half / union <= self.percent / 100.0 * (1.0 + 1e-9) {
            true => format!("planned from {rests}"),
            false => format!("planned from {rests}; the lists are too short for ±{}%", self.percent),
        };
        let open = |part: &&Part| part.needed < FEWEST as f64 && part.needed < part.remaining;
        let open: Vec<usize> = parts.iter().filter(open).map(|part| part.stratum.place).collect();
        if !open.is_empty() {
            target.half_width = None;
            let names = portfolio.named(&open);
            target.because = format!("limits only: too few of the list of {names} are on no full list");
        }
        let key = Key::new(run.seed(), Stream::LookUp, 0);
        for part in &parts {
            let stratum = part.stratum;
            let drawn = draw(portfolio, part, &strata, key);
            let because = match (part.needed >= part.bounds[1], drawn.is_empty()) {
                (_, true) => "enough were looked up".to_owned(),
                (true, _) => "everybody on the list: it is short".into(),
                (false, _) => format!("drawn at random from the {} listed", stratum.listed[1]),
            };
            let (looked_up, look_up) = (part.bounds[0] as u64, drawn.len() as u64);
            target.look_up += look_up;
            planned.tasks.push(Task { looked_up, look_up, ..task(stratum.place, because) });
            for (account, person) in drawn {
                let creators =
                    strata.met_by(portfolio, stratum.place).filter(|&other| portfolio.follows(person, other).is_none());
                let of = |other: usize| portfolio.creators[other].account;
                planned.questions.extend(creators.map(|other| Question { account, creator: of(other) }));
            }
        }
        planned.targets.push(target);
        Ok(())
    }
}

fn stands_for_nobody(design: Design) -> String {
    let list = match design {
        Design::NewestFirst => "the newest followers are not like the others",
        Design::Engagers => "who engages is not like the other followers",
        _ => "nobody knows how the list was cut",
    };
    format!("{list}: lookups would not tell of all; needs a full or random list")
}

/// Whether followers looked up before say how much 1/m varies.
fn is_pilot(stratum: &Stratum) -> bool {
    stratum.values.len() as u64 >= FEWEST && stratum.is_known()
}

/// What followers of each stratum may count: one law where enough were looked up, else all that agree with the lists.
fn laws(portfolio: &Portfolio, strata: &Strata, run: &Run) -> Result<Vec<Vec<Law>>> {
    let most = strata.strata.len();
    let means = means(portfolio, strata, run)?;
    let steps = 32;
    let law = |(stratum, mean): (&Stratum, Interval)| {
        if is_pilot(stratum) {
            let counts = stratum.counts(f64::INFINITY, 0, 1.0 / most as f64, !strata.apart.is_empty());
            let deviation = libm::sqrt(counts.variance * stratum.values.len() as f64);
            return vec![Law { mean: counts.mean, deviation }];
        }
        (0..=steps)
            .map(|step| {
                let at = f64::from(step) / f64::from(steps);
                match strata.is_apart_listed(portfolio) {
                    true => Law::of_inverse(mean.low + (mean.high - mean.low) * at, most),
                    false => Law::of_share(at),
                }
            })
            .collect()
    };
    Ok(strata.strata.iter().zip(means).map(law).collect())
}

/// Limits of the mean of m among the followers of each stratum who are on no full list, from how many of them are on other
/// lists: `1 + sum over matches of 1 / (n_i s_j)`.
fn means(portfolio: &Portfolio, strata: &Strata, run: &Run) -> Result<Vec<Interval>> {
    let places: Vec<usize> =
        strata.apart.iter().chain(strata.strata.iter().map(|stratum| &stratum.place)).copied().collect();
    let first = strata.apart.len();
    let share = |at: usize| portfolio.creators[places[at]].list.fraction().unwrap_or(0.0);
    let weight = |i: usize, j: usize| 1.0 / (strata.strata[i - first].listed[1].max(1) as f64 * share(j));
    let mut sums = vec![[0.0; 2]; places.len()];
    let lists = Incidence::new(portfolio, &places, run)?;
    let creators = |row: &[u64]| row.iter().map(|&entry| entry as u32 as usize).collect::<Vec<_>>();
    for row in lists.people().map(creators).filter(|row| row.len() > 1 && row[0] >= first) {
        for &i in &row {
            for &j in row.iter().filter(|&&j| j != i) {
                sums[i][0] += weight(i, j);
                sums[i][1] += weight(i, j) * weight(i, j);
            }
        }
    }
    let most = strata.strata.len() as f64;
    let limits = |i: usize| {
        let others = (first..places.len()).filter(|&j| j != i && share(j) > 0.0);
        let largest = others.map(|j| weight(i, j)).fold(0.0, f64::max);
        let [sum, squares] = sums[i];
        let shared = weighted_poisson(sum, squares, largest, ALPHA);
        Interval { low: (1.0 + shared.low).min(most), high: (1.0 + shared.high).min(most) }
    };
    Ok((first..places.len()).map(limits).collect())
}

fn part(stratum: &Stratum, law: Law, all: f64) -> Part<'_> {
    let remaining = stratum.remaining();
    let share = stratum.share(stratum.size / all);
    let fixed = share.variance * (stratum.size * law.mean) * (stratum.size * law.mean);
    let known = stratum.values.iter().filter(|value| value[0] == value[1]).count() as f64;
    let can = (stratum.listed[1] as f64).max(known);
    Part { stratum, remaining, spread: remaining * law.deviation, fixed, bounds: [known, can], needed: known }
}

/// Gives each part as many lookups as the half-width asked for needs; returns the half-width that comes out.
fn allocate(parts: &mut [Part], half: f64) -> f64 {
    let least = |part: &Part| (FEWEST as f64).max(part.bounds[0]).min(part.bounds[1]);
    let half_of = |parts: &[Part]| {
        // What each part is uncertain of, and the degrees of freedom that this leaves (Satterthwaite 1946).
        let one = |part: &Part| part.spread * part.spread * (1.0 / part.needed - 1.0 / part.remaining).max(0.0);
        let doubt = |part: &Part| one(part) * one(part) / (part.needed - 1.0).max(1.0);
        let sum = |of: &dyn Fn(&Part) -> f64| parts.iter().map(of).collect::<ExactSum>().value();
        let sampled = sum(&one);
        let freedom = if sampled > 0.0 { sampled * sampled / sum(&doubt) } else { f64::INFINITY };
        student_quantile(freedom, 1.0 - ALPHA / 2.0) * libm::sqrt(sampled + sum(&|part| part.fixed))
    };
    let mut set = |rate: f64| {
        for part in parts.iter_mut() {
            part.needed =
                libm::ceil((rate * part.spread).min(part.bounds[1])).clamp(least(part), part.bounds[1]).max(1.0);
        }
        half_of(parts)
    };
    let fewest = set(0.0);
    if fewest <= half {
        return fewest;
    }
    let everybody = set(f64::MAX);
    if everybody > half {
        return everybody;
    }
    let (mut low, mut high) = (1e-12, 1e12);
    for _ in 0..200 {
        let middle = libm::sqrt(low * high);
        if set(middle) <= half { high = middle } else { low = middle }
    }
    set(high)
}

/// The listed followers to look up, each with the person behind them: of those outside full lists of whom not all is
/// known, drawn at random.
fn draw(portfolio: &Portfolio, part: &Part, strata: &Strata, key: Key) -> Vec<(u32, u32)> {
    let place = part.stratum.place;
    let key = key.of(u64::from(portfolio.creators[place].account));
    let open = |person: u32| strata.met_by(portfolio, place).any(|other| portfolio.follows(person, other).is_none());
    let outside = |person: u32| {
        let full = strata.apart.iter().filter(|&&other| portfolio.creators[other].is_full());
        full.into_iter().all(|&other| portfolio.follows(person, other) == Some(false))
    };
    let mut people: Vec<(u32, u32)> =
        portfolio.listed(place).filter(|&(_, person)| outside(person) && open(person)).collect();
    people.sort_by_key(|&(_, person)| (key.word(u64::from(person)), person));
    people.dedup_by_key(|&mut (_, person)| person);
    people.truncate((part.needed - part.bounds[0]).max(0.0) as usize);
    people
}
