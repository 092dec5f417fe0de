//! More followers never mean less, everything else equal: not in the expected reach, not at an end of an interval.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::{World, fitted, market_world, model_world, network};
use crate::base::Run;
use crate::graph::attributes::known;
use crate::graph::{Network, Values};
use crate::learn::count::Likelihood;
use crate::learn::fit::{Fit, Next, Said};
use crate::learn::posts::{Account, Past, Rows};
use crate::learn::{NextPost, spread};

/// Quantiles of counts are found to 2e-5 of themselves; everything else is exact but for rounding.
const ROUNDING: f64 = 1e-6;
const COUNTS: f64 = 5e-5;

fn likelihood() -> &'static Likelihood {
    static MADE: OnceLock<Likelihood> = OnceLock::new();
    MADE.get_or_init(spread::likelihood)
}

/// Models learned from two worlds; the second is not as the model assumes.
fn models() -> &'static [(Rows, Fit<'static>); 2] {
    static MADE: OnceLock<[(Rows, Fit<'static>); 2]> = OnceLock::new();
    let learn = |world: World| fitted(&network(&world.0, &world.1), likelihood());
    MADE.get_or_init(|| [learn(model_world(11, 150)), learn(market_world(12, 150))])
}

/// Two follower counts, the first below the second; many of them on both sides of a tier's border.
fn pair() -> impl Strategy<Value = (f64, f64)> {
    let border = (0..4, 0.0..30.0f64, 1.0..30.0f64).prop_map(|(power, below, above)| {
        let border = libm::pow(10.0, f64::from(power) + 3.0);
        (border - libm::floor(below) - 1.0, border + libm::floor(above) - 1.0)
    });
    let any = (0.0..7.5f64, 0.0..2.0f64).prop_map(|(from, up)| {
        let followers = |log: f64| libm::floor(libm::pow(10.0, log)) - 1.0;
        (followers(from), followers(from + up))
    });
    prop_oneof![border, any]
}

/// Posts of any kind: none, a few, many; small counts and large, such that agree and such that do not.
fn posts() -> impl Strategy<Value = Vec<Past>> {
    let count = prop_oneof![0.0..30.0f64, (1.0..7.0f64).prop_map(|log| libm::pow(10.0, log))];
    let past = (count, any::<bool>(), 0..3u32, 0..8u32).prop_map(|(count, sponsored, format, average)| Past {
        count: libm::floor(count),
        time: None,
        format: (format < 2).then_some(format),
        sponsored,
        average: average == 0,
        converted: false,
    });
    prop_oneof![Just(vec![]), prop::collection::vec(past.clone(), 1..4), prop::collection::vec(past, 4..12)]
}

fn check(less: &Said, more: &Said) -> Result<(), TestCaseError> {
    let rises = |name: &str, a: f64, b: f64, room: f64| {
        prop_assert!(b >= a * (1.0 - room), "{name} falls from {a} to {b}");
        Ok(())
    };
    rises("the mean", less.mean, more.mean, ROUNDING)?;
    rises("the low end", less.interval.low, more.interval.low, ROUNDING)?;
    rises("the high end", less.interval.high, more.interval.high, ROUNDING)?;
    for level in [0.1, 0.5, 0.9, 0.975, 0.025] {
        rises("a quantile of the next post", less.next.quantile(level), more.next.quantile(level), COUNTS)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_next_post_never_reaches_less_for_more_followers(
        which in 0..2usize,
        platform in 0..2u32,
        sponsored in any::<bool>(),
        (less, more) in pair(),
        posts in posts(),
    ) {
        let (_, fit) = &models()[which];
        let account = |followers| Account { account: 0, platform, followers: Some(followers), posts: posts.clone() };
        let next = Next { format: None, sponsored };
        check(&fit.next(&account(less), next), &fit.next(&account(more), next))?;
    }
}

fn raise(network: &Network, account: usize, followers: f64) -> Network {
    let mut raised = network.clone();
    let column = raised.attributes.columns.iter_mut().find(|column| column.name == known::FOLLOWERS).unwrap();
    let Values::Number(values) = &column.values else { unreachable!("followers are numbers") };
    let mut values = values.to_vec();
    values[account] = followers;
    column.values = Values::Number(values.into());
    raised
}

/// Through everything, with the model learned anew: a creator without posts teaches it nothing, so nothing else moves;
/// also where a platform has no post at all and exposure is assumed.
#[test]
fn more_followers_never_mean_less_through_the_whole_run() {
    let (mut who, rows, _) = model_world(13, 30);
    let blank = [who.len(), who.len() + 1];
    who.extend([("tiktok", 0.0), ("zalo", 0.0)]);
    let network = network(&who, &rows);
    let mut followers = vec![0.0, 1.0, 100.0, 5e6];
    followers.extend([1e3, 1e4, 1e5, 1e6].into_iter().flat_map(|border| [border - 1.0, border]));
    followers.sort_by(f64::total_cmp);
    let mut before = [[0.0; 4]; 2];
    for count in followers {
        let raised = blank.iter().fold(network.clone(), |network, &account| raise(&network, account, count));
        let found = NextPost::default().run(&raised, &Run::new(1)).unwrap();
        for (account, before) in blank.into_iter().zip(&mut before) {
            let (said, forecast) = (&found.creators[account].ordinary, &found.creators[account]);
            let expected = said.expected.interval.unwrap();
            let direct = forecast.exposure.value.unwrap_or(0.0) * count;
            let now = [said.expected.value.unwrap(), expected.low, expected.high, direct];
            for (before, now) in before.iter().zip(now) {
                assert!(now >= before * (1.0 - ROUNDING), "{account}, {count} followers: {before} then {now}");
            }
            *before = now;
        }
    }
}
