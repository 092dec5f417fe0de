//! How many people the next post of each creator reaches, from posts of the past.

use serde::{Deserialize, Serialize};

use super::fit::{Fit, Learned, Next, Said};
use super::law::Law;
use super::posts::{Account, LeftOut, Measure, Rows, platform_name};
use super::ratio::PeoplePerView;
use super::recommended::{Beyond, Part, beyond};
use super::spread;
use crate::base::stats::Interval;
use crate::base::{Figure, Result, Run, Status, par};
use crate::cascade::Priors;
use crate::graph::Network;
use crate::graph::network::Tiers;

/// Reach from posts: what a creator's next post will reach, learned from its past posts and those of similar creators.
/// Works without any follower list.
///
/// `y ~ Poisson(λ)`, `log λ = μ_v + β_format + δ_sponsored + σ_v ε`, ε standard normal, with a small chance of a wider
/// one (viral); `μ_v ~ N(m_p(log followers), τ_p²)`, m_p a line for each platform, bent at the middles of the tiers,
/// that never falls; `log σ_v ~ N(log s_p, ω²)`.
///
/// **Input**: the table of posts (reach, or views turned into people), followers as claimed or of full lists.
/// **Returns**: for each account that the creators table names, that posted or that offers posts: people reached by the
/// next ordinary and the next sponsored post, each as a mean with its 95% interval, and intervals that the next post
/// itself falls into with 50, 80 and 95%; the part of reach that followers cannot explain; what each rests on.
/// **Guarantee**: the expected reach never falls as followers grow, own posts and everything else equal. Intervals of
/// the next post hold as often as they say where the model fits; [`Backtest`](super::Backtest) says whether it does.
/// **Cost**: some 60,000 exponentials a post; 5,000 creators with 13 posts each take a few seconds. 2 KB a creator.
/// **Errors**: parameters out of range; a network without creators or posts.
/// **Determinism**: no randomness; the same bits at any number of threads, whatever accounts are called.
/// **Symbols**: μ level, σ spread, τ `around`, m [`Level`](super::level::Level), ω `differ`.
/// **References**: Efron & Morris 1975 (borrowing strength); Ayer et al. 1955 (lines that never fall); Patterson &
/// Thompson 1971 (spreads apart from levels).
///
/// ```
/// use truereach::{Run, graph::{Network, build}, learn::NextPost};
/// let mut network = Network::from_graph(build::graph(3, &[(1, 0), (2, 0)]));
/// network.tables.posts = truereach::learn::example::posts(&[(0, 120.0), (0, 80.0), (1, 7.0)]);
/// let forecasts = NextPost::default().run(&network, &Run::default())?;
/// let first = &forecasts.creators[0].ordinary;
/// assert!(first.expected.value.unwrap() > 50.0 && first.next80.unwrap().low < 100.0);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct NextPost {
    /// What is assumed of people per view
    #[cfg_attr(feature = "cli", command(flatten))]
    pub people_per_view: PeoplePerView,
    /// What is assumed of exposure where there are no posts
    #[cfg_attr(feature = "cli", arg(skip))]
    pub priors: Priors,
}

/// What is said of the next post of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextReach {
    /// Expected people: the mean over posts like it, with its 95% interval.
    pub expected: Figure,
    /// What the next post reaches with 50%.
    pub next50: Option<Interval>,
    /// With 80%.
    pub next80: Option<Interval>,
    /// With 95%.
    pub next95: Option<Interval>,
}

/// A creator's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The account.
    pub account: u32,
    /// Its platform; empty where nobody says.
    pub platform: String,
    /// Its followers, where known.
    pub followers: Option<f64>,
    /// Its own posts that the figures rest on.
    pub posts: u64,
    /// Its own rows that are averages over posts.
    pub averages: u64,
    /// The next ordinary post.
    pub ordinary: NextReach,
    /// The next sponsored post.
    pub sponsored: NextReach,
    /// People reached per follower, as far as followers can be the ones: assumed within its range.
    pub exposure: Figure,
    /// People reached beyond what followers can explain.
    pub recommended: Figure,
}

/// A platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformReach {
    /// Its name; empty for accounts without one.
    pub platform: String,
    /// Creators with posts.
    pub creators: u64,
    /// What was learned. `None` without posts.
    pub learned: Option<Learned>,
    /// The share of people reached who did not come from followers.
    pub recommended: Figure,
    /// The same as a sentence.
    pub sentence: String,
}

/// What is said of all creators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecasts {
    /// The creators, by account.
    pub creators: Vec<Forecast>,
    /// The platforms, by name.
    pub platforms: Vec<PlatformReach>,
    /// Rows that counted for nothing.
    pub left_out: Vec<LeftOut>,
    /// What is assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// What else a reader must know, a sentence each.
    pub notes: Vec<String>,
}

impl Forecast {
    /// Takes back that its expected reach is an estimate: past posts contradict the law behind it.
    fn doubt(&mut self, law: &Law) {
        for said in [&mut self.ordinary.expected, &mut self.sponsored.expected] {
            if said.status == Status::Estimated {
                said.status = Status::Assumed;
                said.because = format!("{}; past posts came to {}", said.because, law.words()).into();
            }
        }
    }
}

impl Forecasts {
    /// What is said of an account.
    pub fn of(&self, account: u32) -> Option<&Forecast> {
        self.creators.binary_search_by_key(&account, |forecast| forecast.account).ok().map(|at| &self.creators[at])
    }
}

/// 1 post, 2 posts.
fn some(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

impl NextPost {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        self.people_per_view.check()?;
        self.priors.check()
    }

    /// Bytes that a run takes besides the network: 2 KB a creator, 64 a post, and tables of 2 MB.
    pub fn memory(creators: u64, posts: u64) -> u64 {
        2048 * creators + 64 * posts + (2 << 20)
    }

    /// Says what every creator's next post will reach.
    pub fn run(&self, network: &Network, run: &Run) -> Result<Forecasts> {
        self.check()?;
        let rows = Rows::of(network, Measure::People, &self.people_per_view)?;
        run.check_memory("Reach from posts", NextPost::memory(rows.accounts.len() as u64, rows.posts() as u64))?;
        run.phase("reach from posts", None);
        let likelihood = spread::likelihood();
        let fit = Fit::learn(&rows, &network.tiers, &likelihood, run)?;
        let law = Law::of(&rows, &fit, run)?;
        let parts = par::map(run, &par::chunks(rows.accounts.len(), 16), |range| {
            let each = range.map(|at| self.forecast(&rows, &rows.accounts[at], &fit, &network.tiers));
            Ok(each.collect::<Vec<_>>())
        })?;
        let (mut creators, mut explained) = (Vec::new(), vec![Vec::new(); rows.platforms.len()]);
        for (account, (forecast, part)) in rows.accounts.iter().zip(parts.into_iter().flatten()) {
            explained[account.platform as usize].extend(part);
            creators.push(forecast);
        }
        let contradicted = law.filter(Law::is_contradicted);
        if let Some(law) = &contradicted {
            creators.iter_mut().for_each(|creator| creator.doubt(law));
        }
        let platforms: Vec<PlatformReach> = rows
            .platforms
            .iter()
            .zip(explained)
            .enumerate()
            .map(|(at, (platform, parts))| {
                let Beyond { share, sentence } = beyond(platform, &parts, &rows.ratios[at]);
                let known = fit.creators[at];
                PlatformReach {
                    platform: platform.clone(),
                    creators: known as u64,
                    learned: (known > 0).then(|| fit.learned(at as u32)),
                    recommended: share,
                    sentence,
                }
            })
            .collect();
        let (assumptions, mut notes) = self.words(&rows, &fit, &creators);
        notes.extend(contradicted.map(|law| {
            format!(
                "posts do not vary as the model says: {} past posts, each against others of its creator, came to {}; a few \
                 that go far may be behind it, as feeds make them. So the expected reach is assumed, not estimated, and \
                 its interval does not hold",
                law.posts,
                law.words()
            )
        }));
        Ok(Forecasts { creators, platforms, left_out: rows.left_out, assumptions, notes })
    }

    /// What is assumed, and what a reader must know.
    fn words(&self, rows: &Rows, fit: &Fit, creators: &[Forecast]) -> (Vec<String>, Vec<String>) {
        let (mut assumptions, mut notes) = (Vec::new(), Vec::new());
        let turned = rows.accounts.iter().any(|account| account.posts.iter().any(|past| past.converted));
        if turned && rows.ratios.iter().any(|ratio| ratio.assumed) {
            assumptions.push(self.people_per_view.words());
        }
        if creators
            .iter()
            .any(|creator| creator.exposure.is_given() || creator.ordinary.expected.status == Status::Assumed)
        {
            assumptions.push(self.priors.exposure_words());
        }
        if rows.posts() > 0 && fit.singles.iter().all(|&singles| singles == 0) {
            assumptions.push(
                "how much posts vary: as log-normal with a spread of about 0.55; every row given is an average over \
                 posts, which does not show it"
                    .into(),
            );
        }
        if rows.posts() > 0 && fit.contrasts == 0 {
            assumptions.push(
                "a sponsored post reaches as many as an ordinary one, between half and twice; no creator has posts of \
                 both kinds"
                    .into(),
            );
        }
        if fit.singles.iter().any(|&singles| singles > 0) {
            assumptions.push(
                "how posts of a creator vary: log-normally around one level, now and then much wider; where a few posts go \
                 much farther, as feeds may make them, the expected reach is too low and its interval too narrow"
                    .into(),
            );
        }
        for LeftOut { why, posts } in &rows.left_out {
            notes.push(format!("{} left out: {why}", some(*posts, "post")));
        }
        (assumptions, notes)
    }

    fn forecast(&self, rows: &Rows, account: &Account, fit: &Fit, tiers: &Tiers) -> (Forecast, Option<Part>) {
        let at = account.platform as usize;
        let name = platform_name(&rows.platforms[at]);
        let averages = account.posts.iter().filter(|past| past.average).count() as u64;
        let posts = account.posts.len() as u64 - averages;
        let paid = account.posts.iter().filter(|past| past.sponsored).count();
        let exposure = account.followers.map(|followers| self.priors.exposure(followers, tiers));
        let carried = fit.creators[at] > 0 && (!account.posts.is_empty() || account.followers.is_some());
        let own = carried.then(|| fit.own(account));
        let say = |sponsored: bool| -> NextReach {
            let Some(own) = &own else { return self.without_posts(account, exposure, &name) };
            let said = own.next(Next { format: None, sponsored });
            let known = if sponsored { paid > 0 } else { paid < account.posts.len() };
            let apart = account.posts.is_empty() && !sponsored || known || fit.contrasts > 0;
            let because = match (posts, averages) {
                (0, 0) => format!(
                    "from similar creators: no post of its own; {} on {name} with posts",
                    some(fit.creators[at] as u64, "creator")
                ),
                (0, rows) => format!("from {} over own posts", some(rows, "average")),
                (posts, 0) => format!("from {} of its own", some(posts, "post")),
                (posts, rows) => format!("from {} of its own and {}", some(posts, "post"), some(rows, "average")),
            };
            let because = match (apart, sponsored) {
                (false, true) => {
                    format!("{because}; no creator has sponsored and ordinary posts: taken as ordinary ones")
                }
                (false, false) => {
                    format!("{because}, all sponsored; no creator has both kinds: taken as ordinary ones")
                }
                (true, true) if !known => {
                    format!(
                        "{because}; the step to sponsored posts from {} of others",
                        some(fit.contrasts, "sponsored post")
                    )
                }
                _ => because,
            };
            said_figure(&said, apart, because)
        };
        let (ordinary, sponsored) = (say(false), say(true));
        let part = Part::of(account, &ordinary.expected, exposure);
        let needs_posts = "posts of its own with reach or views";
        let refuse = |needs: &'static str| (Figure::not_estimable(needs), Figure::not_estimable(needs));
        let (seen, recommended) = match (&part, account.posts.is_empty()) {
            (Some(part), _) => (part.exposure(), part.recommended()),
            (None, true) => refuse(needs_posts),
            (None, false) => refuse("how many followers it has"),
        };
        let forecast = Forecast {
            account: account.account,
            platform: rows.platforms[at].clone(),
            followers: account.followers,
            posts,
            averages,
            ordinary,
            sponsored,
            exposure: seen,
            recommended,
        };
        (forecast, part)
    }

    /// Where no post on the platform says anything: followers and an assumption, or nothing.
    fn without_posts(&self, account: &Account, exposure: Option<(f64, Interval)>, name: &str) -> NextReach {
        let expected = match (account.followers, exposure) {
            (Some(followers), Some((share, range))) => Figure::assumed(
                share * followers,
                Interval { low: range.low * followers, high: range.high * followers },
                format!(
                    "no post on {name} is known: {:.0}% of followers assumed (range {:.0}–{:.0}%)",
                    share * 100.0,
                    range.low * 100.0,
                    range.high * 100.0
                ),
            ),
            _ => Figure::not_estimable("posts with reach or views, or a follower count"),
        };
        NextReach { expected, next50: None, next80: None, next95: None }
    }
}

fn said_figure(said: &Said, estimated: bool, because: String) -> NextReach {
    let status = if estimated { Status::Estimated } else { Status::Assumed };
    let expected = Figure { value: Some(said.mean), interval: Some(said.interval), status, because: because.into() };
    let next = |level: f64| {
        let (low, high) = said.next.interval(level);
        Some(Interval { low, high })
    };
    NextReach { expected, next50: next(0.5), next80: next(0.8), next95: next(0.95) }
}
