//! What a network can be asked, figure by figure: with which status it is given, what it rests on, and what one more
//! column or list would buy. docs/DATA.md prints the same for every kind of list; a test holds both together.

use serde::Serialize;

use crate::base::Status;
use crate::graph::attributes::known;
use crate::graph::tables::post;
use crate::graph::{Design, Network, View};

/// A kind of figure, and how far this network carries it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ability {
    /// The figure, in users' words.
    pub figure: &'static str,
    /// The status it has here.
    pub status: Status,
    /// What it rests on; for what is not estimable, what would make it possible.
    pub because: &'static str,
    /// What one more column or list would buy, where that is more.
    pub more: Option<&'static str>,
}

/// Something that can be done with a network, or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Use {
    /// What, in users' words.
    pub what: &'static str,
    /// Whether this network has what it takes.
    pub possible: bool,
    /// What it rests on, or what it would need.
    pub because: &'static str,
}

/// What the data holds, as far as it decides what can be said.
struct Facts {
    view: View,
    /// Creators with a list, by design, in the order of [`Design::ALL`].
    lists: [u64; 5],
    /// Whether every creator with a list has a known number of followers.
    sized: bool,
    claimed: bool,
    outcomes: bool,
    dated: bool,
    lookups: bool,
    links: bool,
    platforms: usize,
    followings: bool,
}

impl Facts {
    fn of(network: &Network) -> Facts {
        let has = |name: &str| network.attributes.get(name).is_some_and(|column| column.given() > 0);
        let mut facts = Facts {
            view: network.view,
            lists: [0; 5],
            sized: true,
            claimed: has(known::FOLLOWERS),
            outcomes: network.tables.posts.has(post::REACH) || network.tables.posts.has(post::VIEWS),
            dated: network.tables.posts.has(post::TIME),
            lookups: !network.tables.lookups.is_empty(),
            links: has(known::PERSON),
            platforms: network.platforms(),
            followings: has(known::FOLLOWING),
        };
        let listed = |&v: &u32| network.list(v).listed > 0;
        let creators = network.creators().unwrap_or_else(|| (0..network.accounts() as u32).collect());
        for v in creators.into_iter().filter(listed) {
            let list = network.list(v);
            let at = Design::ALL.iter().position(|design| *design == list.design).unwrap_or(4);
            facts.lists[at] += 1;
            facts.sized &= list.size.is_some();
        }
        facts
    }

    /// The least that some list says: the design that decides what holds for all. `None` without lists.
    fn weakest(&self) -> Option<Design> {
        Design::ALL.into_iter().zip(self.lists).filter(|(_, lists)| *lists > 0).map(|(design, _)| design).next_back()
    }
}

/// The figures that a network can be asked for, in the order of the data card.
pub fn abilities(network: &Network) -> Vec<Ability> {
    let facts = Facts::of(network);
    let mut all = vec![
        followers(&facts),
        reach(&facts),
        recommended(&facts),
        beyond(&facts),
        ranks(&facts),
        communities(&facts),
        pairs(&facts),
        union(&facts),
    ];
    if facts.view == View::Lists {
        all.push(weighted_cascade(&facts));
    }
    if facts.platforms > 1 {
        all.push(across(&facts));
    }
    all.extend([resharing(network), engagement(network, &facts), backtest(&facts)]);
    all
}

/// What can be done with a network besides, in the order of the data card.
pub fn uses(network: &Network) -> Vec<Use> {
    let has = |column: &str| network.attributes.get(column).is_some_and(|column| column.given() > 0);
    let one = |what, possible, yes, no| Use { what, possible, because: if possible { yes } else { no } };
    let claimed = has(known::FOLLOWERS);
    vec![
        one("windows, half-lives, bursts", has_times(network), "from the times given", "needs a time column"),
        one("for and against", has_signs(network), "from the signs given", "needs a sign column"),
        one(
            "filter by niche",
            has(known::NICHE),
            "from the accounts table",
            "needs a niche column in the accounts table",
        ),
        one(
            "claimed against observed followers",
            claimed && network.follows.is_some(),
            "from the accounts table and the lists",
            if claimed { "needs follower lists" } else { "needs followers_claimed in the accounts table" },
        ),
        one(
            "plans under a budget",
            has(known::PRICE) || !network.tables.offers.is_empty(),
            "from the prices given",
            "needs offers, or a price column in the accounts table",
        ),
    ]
}

fn plain(figure: &'static str, status: Status, because: &'static str) -> Ability {
    Ability { figure, status, because, more: None }
}

fn followers(facts: &Facts) -> Ability {
    let (status, because) = match (facts.view.has_followers(), facts.claimed) {
        (true, _) => (Status::Measured, "from who follows whom"),
        (false, true) => (Status::Measured, "as the platforms claim them"),
        (false, false) => (Status::NotEstimable, "needs complete follower lists, or followers_claimed"),
    };
    plain("followers", status, because)
}

fn reach(facts: &Facts) -> Ability {
    let figure = "reach of the next post";
    let posts = Some("posts with reach or views would measure exposure instead");
    let of = |status, because, more| Ability { figure, status, because, more };
    match (facts.outcomes, facts.view.has_followers() || facts.claimed) {
        (true, true) => of(Status::Estimated, "from past posts; creators without any from similar ones", None),
        (true, false) => of(
            Status::Estimated,
            "from past posts, of creators who have some",
            Some("followers_claimed would give a figure for creators without posts"),
        ),
        (false, true) => of(Status::Assumed, "followers times an assumed exposure", posts),
        (false, false) => of(Status::NotEstimable, "needs posts with reach or views, or follower counts", None),
    }
}

fn recommended(facts: &Facts) -> Ability {
    let counts = facts.view.has_followers() || facts.claimed;
    let (status, because) = match (facts.outcomes, counts) {
        (true, true) => (Status::Bounded, "what followers cannot explain of the reach of past posts"),
        (true, false) => (Status::NotEstimable, "needs follower counts"),
        (false, _) => (Status::NotEstimable, "needs posts with reach or views"),
    };
    plain("reach by recommendation", status, because)
}

fn beyond(facts: &Facts) -> Ability {
    let (status, because) = match facts.view.has_followings() {
        true => (Status::Assumed, "from whom the followers reach in turn; exposure is assumed"),
        false => (Status::NotEstimable, "not observed: needs whom the followers follow"),
    };
    plain("spread beyond followers", status, because)
}

fn ranks(facts: &Facts) -> Ability {
    let (status, because) = match facts.view.has_followings() {
        true => (Status::Measured, "from the whole graph"),
        false => (Status::NotEstimable, "needs whom the followers follow"),
    };
    plain("PageRank, TunkRank, core numbers", status, because)
}

fn communities(facts: &Facts) -> Ability {
    let (status, because) = match facts.view {
        View::Whole => (Status::Measured, "from the whole graph"),
        View::Lists => (Status::Measured, "of shared audiences, by Barber's bipartite modularity"),
        _ => (Status::NotEstimable, "needs complete follower lists"),
    };
    plain("communities", status, because)
}

fn pairs(facts: &Facts) -> Ability {
    let figure = "overlap of two audiences";
    let of = |status, because, more| Ability { figure, status, because, more };
    let random = "random samples of at least a few thousand followers would give an estimate";
    match (facts.weakest(), facts.sized) {
        (None, _) if facts.claimed => of(Status::Bounded, "from the claimed counts: none to all of the smaller", None),
        (None, _) => of(Status::NotEstimable, "needs follower lists", None),
        (Some(Design::Full), _) => of(Status::Measured, "by counting who is in both lists", None),
        (Some(Design::Random), true) => of(Status::Estimated, "from those found in both samples, 10 or more", None),
        (Some(_), true) => of(Status::Bounded, "lists that are no random sample give limits only", Some(random)),
        (Some(_), false) => of(Status::NotEstimable, "needs followers_claimed beside the cut lists", None),
    }
}

fn union(facts: &Facts) -> Ability {
    let figure = "unique audience of several";
    let of = |status, because, more| Ability { figure, status, because, more };
    let lookups = "looking up 100 random followers a creator would give an estimate: overlap --plan-sample";
    match (facts.weakest(), facts.sized) {
        (None, _) if facts.claimed => of(Status::Bounded, "from the claimed counts: full overlap to none", None),
        (None, _) => of(Status::NotEstimable, "needs follower lists", None),
        (Some(Design::Full), _) => of(Status::Measured, "by counting everybody once", None),
        (Some(Design::Random), true) if facts.lookups => {
            of(Status::Estimated, "from looked-up followers: in how many lists each of them is", None)
        }
        (Some(Design::Random), true) => of(Status::Bounded, "from the pairs found in samples", Some(lookups)),
        (Some(_), true) => of(Status::Bounded, "from the claimed counts: full overlap to none", Some(lookups)),
        (Some(_), false) => of(Status::NotEstimable, "needs followers_claimed beside the cut lists", None),
    }
}

fn weighted_cascade(facts: &Facts) -> Ability {
    let (status, because) = match facts.followings {
        true => (Status::Estimated, "from how many accounts the followers follow, as claimed"),
        false => (Status::NotEstimable, "needs following_claimed of the followers"),
    };
    plain("direct reach under weighted cascade", status, because)
}

fn across(facts: &Facts) -> Ability {
    let figure = "people across platforms";
    match facts.links {
        true => plain(figure, Status::Bounded, "from the links given; of the rest from none to all"),
        false => Ability {
            more: Some("a table of platform, account, person would join those that it names"),
            ..plain(figure, Status::Bounded, "from full overlap to none: no links were given")
        },
    }
}

fn resharing(network: &Network) -> Ability {
    let figure = "resharing once exposed";
    let items = network.events.as_ref().is_some_and(|events| events.item.is_some());
    match items && network.kinds.iter().any(|kind| kind == "share") {
        true => plain(figure, Status::Estimated, "from shares of posts"),
        false => Ability {
            more: Some("shares that name their post (an item column) would measure it"),
            ..plain(figure, Status::Assumed, "1 in 100, with a range")
        },
    }
}

fn engagement(network: &Network, facts: &Facts) -> Ability {
    let figure = "interactions per follower";
    match (network.events.is_some(), facts.view.has_followers() || facts.claimed) {
        (true, true) => plain(figure, Status::Measured, "from the interactions given"),
        (true, false) => plain(figure, Status::NotEstimable, "needs follower lists or claimed counts"),
        (false, _) => plain(figure, Status::NotEstimable, "needs interactions (likes, comments, shares)"),
    }
}

fn backtest(facts: &Facts) -> Ability {
    let figure = "how good the forecast is";
    match facts.outcomes && facts.dated {
        true => plain(figure, Status::Measured, "by a back-test on the dated posts: truereach backtest"),
        false => plain(figure, Status::NotEstimable, "needs posts with a time and reach or views"),
    }
}

/// Whether follows or interactions have times.
fn has_times(network: &Network) -> bool {
    network.follows.as_ref().is_some_and(|follows| follows.time.is_some())
        || network.events.as_ref().is_some_and(|events| events.time.is_some())
}

fn has_signs(network: &Network) -> bool {
    network.follows.as_ref().is_some_and(|follows| follows.sign.is_some())
        || network.events.as_ref().is_some_and(|events| events.sign.is_some())
}
