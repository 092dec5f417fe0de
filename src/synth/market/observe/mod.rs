//! The market seen through an agency's window: some hundred creators, their follower lists cut by the provider, tables
//! of posts and prices, nothing of whom anybody follows. Beside it the truth, in a document of its own.
//!
//! `choice` picks the creators, `lists` cuts their audiences, `platforms` says what each platform shows and
//! recommends, `posts` makes the table of posts, `next` the truth about the next one, `window` puts it all into a
//! network, `lookup` buys looked-up followers, `truth` is the document.

mod choice;
mod lists;
mod lookup;
mod next;
mod platforms;
mod posts;
mod truth;
mod window;

pub use lists::{Cut, FollowerList};
pub use platforms::{Format, Platform};
pub use truth::{AccountTruth, AgencyTruth, NextPost, PostTruth};

use serde::{Deserialize, Serialize};

use super::Made;
use crate::base::seed::{Key, Stream};
use crate::base::{Error, Result, Run};
use crate::graph::{Graph, Network};
use window::Window;

/// An agency that looks at a market: what it holds, and what it does not see.
///
/// Each of its creators is an account `platform:handle`. A follower is another account on every platform, and nothing
/// tells that two are one person. Lists longer than the limit are cut, at random or to the newest; shorter ones are
/// full. The reach of a post is the people who saw it in the network plus people to whom the platform recommended it,
/// `strength · ratio_platform · R0_v · f_format · e^(h_v + k_post + c_post)`, with the creator's share h and the post's
/// k normal so that their factors have mean 1, R0 the creator's true direct reach, c the content that moves the
/// followers too. Whoever would see an ordinary post sees a sponsored one with the chance s_v. Views are reach times
/// (1 + repeats).
///
/// **Input**: a market that was made. **Returns**: [`Observed`]: a [`Network`] (view `sampled`, or `lists` where no list
/// is cut) with tables of posts and offers, the lists in the order in which they were drawn, and the truth.
///
/// **Guarantee**: claimed followers are the true number; a full list is the whole audience, a newest-first one its
/// newest part, a random one uniform. Expected recommended people, views and the effect of sponsoring are exact; what
/// resharing adds has its standard error.
///
/// **Cost**: time in proportion to the market's follows (0.1 µs each) and to listed followers (1 µs each), and to
/// creators × worlds of the market (2 µs each); memory [`Agency::memory`].
///
/// **Errors**: [`Error::Parameter`] for what makes no sense or more creators than the market has, [`Error::Memory`].
/// **Determinism**: a function of the market, the parameters and the seed; equal bits at any number of threads.
///
/// **References**: MODELS.md sections 1, 4, 11; docs/SYNTH.md.
///
/// ```
/// use truereach::{Run, synth::Market, synth::market::Agency};
/// let run = Run::new(7);
/// let made = Market { people: 2000, worlds: 20, ..Market::default() }.run(&run)?;
/// let seen = Agency { observe_creators: 40, list_limit: 50, ..Agency::default() }.run(&made, &run)?;
/// let creator = &seen.truth.accounts[0];
/// assert_eq!(seen.true_audience(creator.account).map(<[u32]>::len), Some(creator.followers as usize));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Agency {
    /// Creators' accounts that the agency holds
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 300, value_name = "N", requires = "observe", help_heading = "Agency")
    )]
    pub observe_creators: u32,
    /// Longest follower list that the provider gives
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 5_000, value_name = "N", requires = "observe", help_heading = "Agency")
    )]
    pub list_limit: u32,
    /// How longer lists are cut
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, default_value_t, value_name = "NAME", requires = "observe", help_heading = "Agency")
    )]
    pub list_design: Cut,
    /// Share of posts whose time is missing
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 0.3, value_name = "SHARE", requires = "observe", help_heading = "Agency")
    )]
    pub missing_times: f64,
    /// Share of posts that somebody paid for
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 0.25, value_name = "SHARE", requires = "observe", help_heading = "Agency")
    )]
    pub sponsored: f64,
    /// Chance to see a sponsored post of whoever would see an ordinary one, for the median creator
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 0.75, value_name = "CHANCE", requires = "observe", help_heading = "Agency")
    )]
    pub sponsored_effect: f64,
    /// People reached by recommendation, as a multiple of what is usual on each platform
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 1.0, value_name = "FACTOR", requires = "observe", help_heading = "Agency")
    )]
    pub recommended: f64,
    /// Share of creators who have a second account, on another platform
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 0.1, value_name = "SHARE", requires = "observe", help_heading = "Agency")
    )]
    pub second_accounts: f64,
    /// Share of these whose two accounts the agency knows to be one person's
    #[cfg_attr(
        feature = "cli",
        arg(long, default_value_t = 0.5, value_name = "SHARE", requires = "observe", help_heading = "Agency")
    )]
    pub linked: f64,
}

impl Default for Agency {
    fn default() -> Self {
        Agency {
            observe_creators: 300,
            list_limit: 5_000,
            list_design: Cut::Mixed,
            missing_times: 0.3,
            sponsored: 0.25,
            sponsored_effect: 0.75,
            recommended: 1.0,
            second_accounts: 0.1,
            linked: 0.5,
        }
    }
}

/// The steps of observing, each with a stream of its own. Part of the output contract.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
enum Step {
    Choice = 0,
    Lists = 1,
    Names = 2,
    Creators = 3,
    Posts = 4,
    Next = 5,
    Lookups = 6,
}

impl Step {
    fn key(self, seed: u64) -> Key {
        Key::new(seed, Stream::MarketAgency, self as u64)
    }
}

/// What an agency holds, and what is behind it. Accounts are places in the order of `network.names`.
#[derive(Debug, Clone)]
pub struct Observed {
    /// What the agency holds.
    pub network: Network,
    /// What is behind it.
    pub truth: AgencyTruth,
    /// The follower lists, in the order of `truth.accounts`.
    pub lists: Vec<FollowerList>,
    /// All follows of the market.
    graph: Graph,
    window: Window,
}

impl Agency {
    /// Refuses what makes no sense, with one sentence.
    pub fn check(&self) -> Result<()> {
        let wrong = |name: &str, problem: String| Err(Error::parameter(format!("--{name}"), problem));
        if self.observe_creators == 0 {
            return wrong("observe-creators", "an agency without creators sees nothing; at least 1".into());
        }
        if self.list_limit == 0 {
            return wrong("list-limit", "a list of nobody is no list; at least 1".into());
        }
        let shares = [
            ("missing-times", self.missing_times),
            ("sponsored", self.sponsored),
            ("second-accounts", self.second_accounts),
            ("linked", self.linked),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return wrong(name, format!("{share} is not a share between 0 and 1"));
            }
        }
        if !(self.sponsored_effect > 0.0 && self.sponsored_effect <= 1.0) {
            return wrong("sponsored-effect", format!("{} is not above 0 and at most 1", self.sponsored_effect));
        }
        if !(0.0..=1000.0).contains(&self.recommended) {
            return wrong("recommended", format!("{} is not between 0 and 1000", self.recommended));
        }
        Ok(())
    }

    /// Bytes needed at most: 100 a listed follower, 1 a follow of the market, 60 an account of it, 12 an account and
    /// thread.
    pub fn memory(&self, made: &Made, threads: usize) -> u64 {
        let listed = u64::from(self.observe_creators) * u64::from(self.list_limit);
        let follows = made.network.follows.as_ref().map_or(0, |follows| follows.graph.edges());
        100 * listed.min(follows) + follows + (60 + 12 * threads as u64) * made.network.accounts() as u64
    }

    /// Looks at a market.
    pub fn run(&self, made: &Made, run: &Run) -> Result<Observed> {
        self.check()?;
        run.check_memory("Looking at this market", self.memory(made, run.thread_count()))?;
        let graph = made.network.follow_graph()?.clone();
        let (truth, seed) = (&made.truth, run.seed());
        run.phase("cutting follower lists", Some(u64::from(self.observe_creators)));
        let chosen = choice::choose(self, truth, Step::Choice.key(seed))?;
        let cut = lists::cut(self, &made.network, &chosen, Step::Lists.key(seed), run)?;
        let traits = posts::traits(self, truth, &chosen, Step::Creators.key(seed));
        let happened = posts::posts(self, truth, &chosen, &traits, Step::Posts.key(seed));
        let beyond = next::beyond(made, &graph, &chosen, Step::Next.key(seed), run)?;
        let window = Window::new(made, chosen, cut, &happened, seed);
        let (network, lists, _) = window.network(&[], run)?;
        let truth = truth::agency_truth(self, made, &window, &traits, happened, &beyond, &network, seed);
        Ok(Observed { network, truth, lists, graph, window })
    }
}

impl Observed {
    /// What is true of a creator's account; `None` for an account that is none of the agency's creators.
    pub fn creator(&self, account: u32) -> Option<&AccountTruth> {
        let at = self.truth.accounts.binary_search_by_key(&account, |creator| creator.account).ok()?;
        Some(&self.truth.accounts[at])
    }

    /// Everybody who follows a creator, sorted: accounts of the market, so that people can be told apart over
    /// platforms. `None` for an account that is none of the agency's creators.
    pub fn true_audience(&self, account: u32) -> Option<&[u32]> {
        Some(self.graph.followers(self.creator(account)?.market))
    }

    /// The listed ones of [`Observed::true_audience`], in the order in which the list was drawn.
    pub fn listed_people(&self, account: u32) -> Option<&[u32]> {
        let at = self.truth.accounts.binary_search_by_key(&account, |creator| creator.account).ok()?;
        Some(&self.window.lists[at].followers)
    }

    /// How many people follow at least one of these creators. `None` if one is none of the agency's.
    pub fn true_union(&self, accounts: &[u32]) -> Option<u64> {
        let mut all: Vec<u32> = Vec::new();
        for &account in accounts {
            all.extend(self.true_audience(account)?);
        }
        all.sort_unstable();
        all.dedup();
        Some(all.len() as u64)
    }
}
