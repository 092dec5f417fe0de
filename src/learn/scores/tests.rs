use super::*;
use crate::base::seed::{Key, Stream};
use crate::base::stats::normal_quantile;

const NAMES: [&str; 2] = ["right", "shifted"];

fn normal(key: Key, item: u64) -> f64 {
    normal_quantile(key.unit(item).clamp(1e-12, 1.0 - 1e-12))
}

/// A log-normal prediction.
pub(crate) fn log_normal(mean: f64, sd: f64) -> Quantiles {
    let at = |level: f64| libm::expm1((mean + sd * normal_quantile(level)).max(0.0));
    let values = (0..super::super::baseline::LEVELS).map(|i| at((i as f64 + 0.5) / 49.0)).collect();
    Quantiles { values, intervals: LEVELS.map(|level| (at(0.5 - 0.5 * level), at(0.5 + 0.5 * level))) }
}

/// Creators with posts from a log-normal law of which the model's spread is this many times the true one.
pub(crate) fn world(seed: u64, creators: u32, origins: i64, spread: f64) -> Vec<Tested> {
    let mut all = Vec::new();
    for account in 0..creators {
        let key = Key::new(seed, Stream::Sample, account.into());
        let followers = libm::exp(8.0 + 2.0 * normal(key, 0));
        for origin in 0..origins {
            let mean = 0.8 * libm::log(followers) + 0.3 * normal(key, 1);
            let actual = libm::round(libm::expm1((mean + 0.7 * normal(key, 2 + origin as u64)).max(0.0)));
            let model = log_normal(mean, 0.7 * spread);
            all.push(Tested {
                account,
                origin: 10 * origin,
                time: 10 * origin + 1,
                actual,
                below: Law::new(&model).below(actual),
                expected: libm::exp(mean + 0.5 * 0.49) - 1.0,
                rivals: vec![log_normal(mean, 0.7), log_normal(mean + 0.5, 0.7)],
                model,
                past: 3,
                platform: 0,
                followers: Some(followers),
                sponsored: false,
            });
        }
    }
    all
}

pub(crate) fn score(tested: &[Tested]) -> Score {
    Score::of(&tested.iter().collect::<Vec<_>>(), &NAMES, 1).unwrap()
}

/// 1,500 posts of 300 creators: shares have standard errors below 0.013, of which four are tolerated (one in 16,000).
#[test]
fn the_true_law_is_found_right() {
    let found = score(&world(5, 300, 5, 1.0));
    assert_eq!((found.posts, found.creators), (1500, 300));
    for coverage in &found.coverage {
        assert!((coverage.held - coverage.level).abs() < 0.052, "{found:?}");
        assert!(coverage.band.low < coverage.level && coverage.level < coverage.band.high);
        assert!(coverage.band.high - coverage.band.low < 0.06, "{coverage:?}");
    }
    let slope = found.slope.unwrap();
    assert!((slope.value - 1.0).abs() < 0.06 && slope.interval.half_width() < 0.04, "{slope:?}");
    assert!(found.pit.iter().all(|tenth| (tenth - 0.1).abs() < 0.032), "{:?}", found.pit);
    assert!(found.middles.iter().enumerate().all(|(at, held)| (held - 0.05 * (at + 1) as f64).abs() < 0.052));
    assert!((0.8..1.0).contains(&found.ndcg.unwrap()) && found.spearman.unwrap() > 0.8, "{found:?}");
    // No better than itself, and better than what is shifted.
    let [same, shifted] = &found.rivals[..] else { panic!("{:?}", found.rivals) };
    assert_eq!((same.skill.value, same.skill.interval), (0.0, Interval::point(0.0)));
    assert_eq!((same.crps, same.log_score, same.ndcg), (found.crps, found.log_score, found.ndcg));
    assert_eq!(same.held.to_vec(), found.coverage.iter().map(|coverage| coverage.held).collect::<Vec<_>>());
    assert!(shifted.skill.interval.low > 0.05 && shifted.log_score < found.log_score - 0.1, "{shifted:?}");
    assert_eq!(found.skills()[1].against, "shifted");
    assert_eq!(found.rival("shifted"), Some(shifted));
    assert_eq!(found.rival("nobody"), None);
}

#[test]
fn predictions_that_are_overdone_have_a_slope_below_one() {
    let mut tested = world(6, 200, 2, 1.0);
    for one in &mut tested {
        let mean = libm::log1p(median(&one.model));
        one.model = log_normal(5.0 + 2.0 * (mean - 5.0), 0.7);
    }
    let slope = score(&tested).slope.unwrap();
    assert!((slope.value - 0.5).abs() < 0.05 && slope.interval.high < 0.6, "{slope:?}");
}

#[test]
fn neither_the_order_of_posts_nor_the_names_of_creators_matter() {
    let tested = world(7, 60, 3, 1.2);
    let found = score(&tested);
    let mut mixed = tested.clone();
    mixed.sort_by_key(|one| Key::new(3, Stream::Sample, one.account.into()).word(one.origin as u64));
    assert_eq!(score(&mixed), found);
    // Other numbers for the same creators: the same figures but for rounding, and other draws for the intervals.
    let renamed: Vec<Tested> =
        tested.iter().map(|one| Tested { account: (7 * one.account + 3) % 61, ..one.clone() }).collect();
    let other = score(&renamed);
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
    assert_eq!(found.spearman.map(f64::to_bits).is_some(), other.spearman.is_some());
    near(found.crps, other.crps);
    near(found.log_score, other.log_score);
    near(found.ndcg.unwrap(), other.ndcg.unwrap());
    near(found.slope.unwrap().value, other.slope.unwrap().value);
    found.pit.iter().zip(&other.pit).for_each(|(a, b)| near(*a, *b));
    let (a, b) = (found.rivals[1].skill, other.rivals[1].skill);
    near(a.value, b.value);
    assert!((a.interval.low - b.interval.low).abs() < 0.25 * a.interval.half_width().max(0.01), "{a:?} {b:?}");
}

#[test]
fn nothing_and_one_post() {
    assert_eq!(Score::of(&[], &NAMES, 1), None);
    let tested = world(8, 1, 1, 1.0);
    let found = score(&tested);
    assert_eq!((found.posts, found.creators, found.slope, found.spearman, found.ndcg), (1, 1, None, None, None));
    assert!(found.log_score.is_finite() && found.crps >= 0.0);
    assert_eq!(found.rivals[1].skill.interval, Interval::point(found.rivals[1].skill.value));
    // Nothing happened, as was said.
    let nothing = Quantiles { values: vec![0.0; 49], intervals: [(0.0, 0.0); 3] };
    let one =
        Tested { actual: 0.0, model: nothing.clone(), rivals: vec![nothing], below: (0.0, 1.0), ..tested[0].clone() };
    let found = Score::of(&[&one], &NAMES, 1).unwrap();
    assert_eq!((found.crps, found.coverage[0].held, found.rivals.len()), (0.0, 1.0, 1));
    assert_eq!(found.rivals[0].skill.value, 0.0, "a rival that is perfect cannot be beaten");
}
