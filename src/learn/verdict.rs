//! What a back-test found, in a form that is kept beside a snapshot and said with every later figure.

use serde::{Deserialize, Serialize};

use super::portfolio::PortfolioScore;
use super::posts::{LeftOut, Measure};
use super::scores::{Drawn, Score};

/// Name and version of what a [`Verdict`] holds.
pub const SCHEMA: &str = "truereach/backtest/2";

/// Whether intervals hold as often as they say.
///
/// The rule, on the intervals of 80 and of 95%: fewer than 30 posts or 10 creators are too few to say. An interval
/// fails if the share of posts it held is more than 5 points (80%) or 3 points (95%) from its level, and its level lies
/// outside the 95% interval of that share. The expected outcome fails if posts came on average to more than 1.1 times or
/// less than 0.9 times as much, and 1 lies outside the 95% interval of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Calibration {
    /// Both hold as often as they say.
    Calibrated,
    /// One holds less often.
    TooNarrow,
    /// None holds less often, but posts came to more or less than was expected of them on average.
    OffLevel,
    /// One holds more often, none less.
    TooWide,
    /// Too few posts to say.
    TooFew,
}

/// Posts and creators below which nothing is said, and how far the 80% and the 95% interval may be off.
const FEWEST: (u64, u64) = (30, 10);
const ROOM: [(usize, f64); 2] = [(1, 0.05), (2, 0.03)];
/// How far the mean of outcome over expected outcome may be from 1.
const LEVEL_ROOM: f64 = 0.1;

impl Calibration {
    /// In users' words, short enough for a cell.
    pub fn name(self) -> &'static str {
        match self {
            Calibration::Calibrated => "calibrated",
            Calibration::TooNarrow | Calibration::OffLevel | Calibration::TooWide => "NOT CALIBRATED",
            Calibration::TooFew => "too few posts to judge",
        }
    }

    /// Whether so many posts of so many creators are enough to judge by.
    pub(super) fn judges(posts: u64, creators: u64) -> bool {
        posts >= FEWEST.0 && creators >= FEWEST.1
    }

    /// Whether outcomes were so far from what was expected, on average, as chance does not explain.
    pub(super) fn is_off(over_expected: &Drawn) -> bool {
        let Drawn { value, interval } = over_expected;
        (value - 1.0).abs() > LEVEL_ROOM && !(interval.low..=interval.high).contains(&1.0)
    }

    /// By the rule.
    pub fn of(score: Option<&Score>) -> Calibration {
        let Some(score) = score.filter(|score| Self::judges(score.posts, score.creators)) else {
            return Calibration::TooFew;
        };
        let fails = |(which, room): (usize, f64), low: bool| {
            let coverage = &score.coverage[which];
            match low {
                true => coverage.held < coverage.level - room && coverage.interval.high < coverage.level,
                false => coverage.held > coverage.level + room && coverage.interval.low > coverage.level,
            }
        };
        if ROOM.iter().any(|&check| fails(check, true)) {
            Calibration::TooNarrow
        } else if Self::is_off(&score.over_expected) {
            Calibration::OffLevel
        } else if ROOM.iter().any(|&check| fails(check, false)) {
            Calibration::TooWide
        } else {
            Calibration::Calibrated
        }
    }
}

/// How a part of the posts fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What parts them: tier, platform, past posts.
    pub by: String,
    /// Which part.
    pub name: String,
    /// How it fared.
    pub score: Score,
}

/// What a back-test found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// [`SCHEMA`].
    pub schema: String,
    /// The checksum of the network, as `truereach info` prints it; empty until it is known.
    pub network: String,
    /// What was predicted: reach or views.
    pub measure: Measure,
    /// Whether intervals hold as often as they say.
    pub calibration: Calibration,
    /// The same as a sentence, to be said with every later figure of reach from posts.
    pub sentence: String,
    /// Times before which everything was known, in milliseconds since 1970.
    pub origins: Vec<i64>,
    /// Posts with an outcome and no time: they could not be used.
    pub undated: u64,
    /// Rows left out for another reason.
    pub left_out: Vec<LeftOut>,
    /// All posts predicted. `None` if there were none.
    pub all: Option<Score>,
    /// Parts of them.
    pub groups: Vec<Group>,
    /// The ways that a forecast is mixed from, where it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mixture: Vec<Mixed>,
    /// Sums over portfolios.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portfolios: Vec<PortfolioScore>,
}

/// A way to say what will become of a post, and its weight in the mixture: by how likely it made past outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixed {
    /// Its name.
    pub way: String,
    /// Its weight; all sum to 1.
    pub weight: f64,
}

impl Verdict {
    /// Of a document that was kept.
    ///
    /// **Errors**: a sentence, where it is of another version or damaged: such a verdict is to be made again.
    pub fn of_document(document: serde_json::Value) -> std::result::Result<Verdict, String> {
        match document["schema"].as_str() {
            Some(SCHEMA) => {}
            Some(other) => {
                return Err(format!("the back-test that was kept is {other}, not {SCHEMA}, and is not used"));
            }
            None => return Err(format!("the back-test that was kept is no {SCHEMA}, and is not used")),
        }
        serde_json::from_value(document)
            .map_err(|error| format!("the back-test that was kept cannot be read ({error}), and is not used"))
    }

    /// With the checksum of the network that it is about.
    pub fn about(mut self, checksum: u64) -> Self {
        self.network = format!("{checksum:016x}");
        self
    }
}

/// The sentence of a verdict.
pub fn sentence(calibration: Calibration, score: Option<&Score>) -> String {
    let Some(score) = score else {
        return "no past post could be predicted: how often intervals hold is not known".into();
    };
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let held = |which: usize| {
        let coverage = &score.coverage[which];
        format!(
            "{}% intervals held {}% of {} past posts ({}–{}%)",
            percent(coverage.level),
            percent(coverage.held),
            score.posts,
            percent(coverage.interval.low),
            percent(coverage.interval.high)
        )
    };
    // The one that fails is named; the 80% interval if both do.
    let worst = ROOM
        .iter()
        .find(|(which, room)| {
            let coverage = &score.coverage[*which];
            let off = (coverage.held - coverage.level).abs() > *room;
            let less = coverage.held < coverage.level;
            off && less == (calibration == Calibration::TooNarrow)
                && !(coverage.interval.low..=coverage.interval.high).contains(&coverage.level)
        })
        .map_or(1, |(which, _)| *which);
    match calibration {
        Calibration::Calibrated => held(1),
        Calibration::TooNarrow => format!("NOT CALIBRATED: {}", held(worst)),
        Calibration::OffLevel => {
            let Drawn { value, interval } = score.over_expected;
            format!(
                "NOT CALIBRATED: {} past posts came to {value:.2} times what was expected ({:.2}–{:.2})",
                score.posts, interval.low, interval.high
            )
        }
        Calibration::TooWide => format!("NOT CALIBRATED, wider than they need be: {}", held(worst)),
        Calibration::TooFew => format!("too few posts to judge: {}", held(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scores::Coverage;
    use super::*;
    use crate::base::stats::Interval;

    fn score(held: [f64; 3], half: f64, posts: u64, over: f64) -> Score {
        let coverage = [0.5, 0.8, 0.95].iter().zip(held);
        let coverage = coverage.map(|(&level, held)| {
            let band = Interval::around(level, half);
            Coverage { level, held, interval: Interval::around(held, half), band }
        });
        Score {
            posts,
            creators: 40,
            coverage: coverage.collect(),
            width: 1.0,
            crps: 0.3,
            log_score: -5.0,
            error: 0.4,
            slope: None,
            spearman: None,
            ndcg: None,
            over_expected: Drawn { value: over, interval: Interval::around(over, 0.08) },
            pit: vec![0.1; 10],
            middles: (1..20).map(|at| 0.05 * f64::from(at)).collect(),
            rivals: vec![],
        }
    }

    #[test]
    fn a_document_of_another_version_is_told_from_one_of_this() {
        let score = score([0.5, 0.8, 0.95], 0.03, 412, 1.0);
        let verdict = Verdict {
            schema: SCHEMA.into(),
            network: String::new(),
            measure: Measure::Reach,
            calibration: Calibration::Calibrated,
            sentence: sentence(Calibration::Calibrated, Some(&score)),
            origins: vec![1],
            undated: 0,
            left_out: vec![],
            all: Some(score),
            groups: vec![],
            mixture: vec![],
            portfolios: vec![],
        };
        let mut document = serde_json::to_value(&verdict).unwrap();
        assert_eq!(Verdict::of_document(document.clone()), Ok(verdict));
        document["schema"] = "truereach/backtest/1".into();
        assert!(Verdict::of_document(document.clone()).unwrap_err().contains("truereach/backtest/1, not"));
        document["schema"] = SCHEMA.into();
        document["all"]["crps"] = "little".into();
        assert!(Verdict::of_document(document).unwrap_err().contains("cannot be read"));
        assert!(Verdict::of_document(serde_json::json!([1])).is_err());
    }

    #[test]
    fn the_rule_is_kept_and_the_sentence_says_which() {
        for (held, half, posts, calibration, says) in [
            (
                [0.5, 0.81, 0.95],
                0.034,
                412,
                Calibration::Calibrated,
                "80% intervals held 81% of 412 past posts (78–84%)",
            ),
            ([0.3, 0.55, 0.9], 0.04, 412, Calibration::TooNarrow, "NOT CALIBRATED: 80% intervals held 55% of 412"),
            ([0.5, 0.79, 0.88], 0.03, 412, Calibration::TooNarrow, "NOT CALIBRATED: 95% intervals held 88%"),
            ([0.7, 0.93, 0.99], 0.02, 412, Calibration::TooWide, "NOT CALIBRATED, wider than they need be: 80%"),
            ([0.5, 0.7, 0.95], 0.15, 412, Calibration::Calibrated, "80% intervals held 70%"),
            ([0.1, 0.1, 0.1], 0.04, 20, Calibration::TooFew, "too few posts to judge"),
        ] {
            let score = score(held, half, posts, 1.05);
            let found = Calibration::of(Some(&score));
            assert_eq!(found, calibration, "{held:?}");
            let text = sentence(found, Some(&score));
            assert!(text.starts_with(says), "{text}");
        }
        // The expected outcome is judged too, after intervals that hold too seldom.
        for (held, over, says) in [
            (
                [0.5, 0.81, 0.95],
                1.18,
                "NOT CALIBRATED: 412 past posts came to 1.18 times what was expected (1.10–1.26)",
            ),
            ([0.7, 0.93, 0.99], 0.8, "NOT CALIBRATED: 412 past posts came to 0.80 times"),
            ([0.3, 0.55, 0.9], 1.5, "NOT CALIBRATED: 80% intervals held 55%"),
            ([0.5, 0.81, 0.95], 1.09, "80% intervals held 81%"),
        ] {
            let score = score(held, 0.03, 412, over);
            let text = sentence(Calibration::of(Some(&score)), Some(&score));
            assert!(text.starts_with(says), "{text}");
        }
        assert_eq!(Calibration::of(None), Calibration::TooFew);
    }
}
