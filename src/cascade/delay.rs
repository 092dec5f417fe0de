//! How long a post takes from one person to the next, and until when exposures count.

use std::f64::consts::SQRT_2;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::model::Model;
use crate::base::stats::normal_quantile;
use crate::base::{Error, Result, Status};

/// The law of the hours between a post and the moment when a follower sees it, and reshares it if at all.
///
/// Read from and shown as text: `exp:MEAN` (exponential) or `lognormal:MEDIAN,SIGMA` (sigma of the natural logarithm; 0: every
/// delay is the median).
///
/// ```
/// use truereach::cascade::Delay;
/// let delay: Delay = "lognormal:1,4.7".parse().unwrap();
/// assert_eq!(delay, Delay::LogNormal { median: 1.0, sigma: 4.7 });
/// assert_eq!(delay.cdf(1.0), 0.5);
/// assert!("exp:0".parse::<Delay>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Delay {
    /// `exp:MEAN`.
    Exponential {
        /// Hours, above 0.
        mean: f64,
    },
    /// `lognormal:MEDIAN,SIGMA`.
    LogNormal {
        /// Hours, above 0.
        median: f64,
        /// Standard deviation of the natural logarithm, at least 0.
        sigma: f64,
    },
}

/// Half of retweets came within an hour, 75% within a day, all but 10% within a month (Kwak, Lee, Park & Moon 2010); this law
/// gives 50, 75 and 92%.
impl Default for Delay {
    fn default() -> Self {
        Delay::LogNormal { median: 1.0, sigma: 4.7 }
    }
}

const LAWS: &str =
    "delays, in hours: exp:MEAN (as exp:6), lognormal:MEDIAN,SIGMA (as lognormal:1,4.7; sigma 0: always the median)";

fn wrong(problem: String) -> Error {
    Error::parameter("--delay", problem).with_hint(LAWS)
}

impl Delay {
    /// Refuses laws that cannot be meant.
    pub fn check(self) -> Result<()> {
        let (name, centre) = match self {
            Delay::Exponential { mean } => ("mean", mean),
            Delay::LogNormal { median, .. } => ("median", median),
        };
        if !(centre > 0.0 && centre.is_finite()) {
            return Err(wrong(format!("a {name} of {centre} hours is not a time above 0")));
        }
        match self {
            Delay::LogNormal { sigma, .. } if !(sigma >= 0.0 && sigma.is_finite()) => {
                Err(wrong(format!("a sigma of {sigma} is not a number of at least 0")))
            }
            _ => Ok(()),
        }
    }

    /// The chance that a delay is at most `hours`.
    pub fn cdf(self, hours: f64) -> f64 {
        match self {
            Delay::Exponential { mean } => -libm::expm1(-hours.max(0.0) / mean),
            Delay::LogNormal { median, sigma: 0.0 } => f64::from(u8::from(hours >= median)),
            Delay::LogNormal { median, sigma } => {
                0.5 * libm::erfc(-libm::log(hours.max(0.0) / median) / (sigma * SQRT_2))
            }
        }
    }

    /// The hours within which a delay lies with chance `p`, 0 <= p <= 1.
    #[inline]
    pub fn quantile(self, p: f64) -> f64 {
        match self {
            Delay::Exponential { mean } => -mean * libm::log1p(-p),
            Delay::LogNormal { median, sigma: 0.0 } => median,
            Delay::LogNormal { median, sigma } => median * libm::exp(sigma * normal_quantile(p)),
        }
    }

    /// In users' words.
    pub fn describe(self) -> String {
        match self {
            Delay::Exponential { mean } => format!("exponential, mean {mean} hours"),
            Delay::LogNormal { median, sigma: 0.0 } => format!("always {median} hours"),
            Delay::LogNormal { median, sigma } => format!("log-normal, median {median} hours, sigma {sigma}"),
        }
    }
}

impl FromStr for Delay {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |part: &str| {
            let part = part.trim();
            part.parse::<f64>().map_err(|_| wrong(format!("\"{part}\" is not a number")))
        };
        let (name, values) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        let delay = match (name, values.split_once(',')) {
            ("exp", None) => Delay::Exponential { mean: number(values)? },
            ("exp", Some(_)) => return Err(wrong(format!("exp takes one number, its mean, found \"{values}\""))),
            ("lognormal", Some((median, sigma))) => Delay::LogNormal { median: number(median)?, sigma: number(sigma)? },
            ("lognormal", None) => {
                return Err(wrong(format!("lognormal takes two numbers, median and sigma, found \"{values}\"")));
            }
            _ => return Err(wrong(format!("\"{text}\" is not a law of delays"))),
        };
        delay.check()?;
        Ok(delay)
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delay::Exponential { mean } => write!(f, "exp:{mean}"),
            Delay::LogNormal { median, sigma } => write!(f, "lognormal:{median},{sigma}"),
        }
    }
}

impl TryFrom<String> for Delay {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Delay> for String {
    fn from(delay: Delay) -> String {
        delay.to_string()
    }
}

/// Only what comes to people within some hours of the post counts; by default everything.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Timing {
    /// Count the people whom the post comes to within this many hours [default: whenever it comes]
    #[cfg_attr(feature = "cli", arg(long, value_name = "HOURS", help_heading = "Cascade"))]
    pub within: Option<f64>,
    /// With --within: hours from one person to the next, exp:MEAN or lognormal:MEDIAN,SIGMA [default: lognormal:1,4.7, assumed]
    #[cfg_attr(feature = "cli", arg(long, value_name = "LAW", help_heading = "Cascade"))]
    pub delay: Option<Delay>,
}

impl Timing {
    /// Refuses times that make no sense.
    pub fn check(self) -> Result<()> {
        self.deadline().map(drop)
    }

    /// The time limit; `None` without one.
    pub fn deadline(self) -> Result<Option<Deadline>> {
        match (self.within, self.delay) {
            (None, None) => Ok(None),
            (None, Some(delay)) => {
                Err(Error::parameter("--delay", format!("{delay} says nothing without a time limit"))
                    .with_hint("add --within HOURS"))
            }
            (Some(within), delay) => {
                if !(within > 0.0 && within.is_finite()) {
                    return Err(Error::parameter("--within", format!("{within} is not a number of hours above 0")));
                }
                let law = delay.unwrap_or_default();
                law.check()?;
                Ok(Some(Deadline { within, delay: law, assumed: delay.is_none() }))
            }
        }
    }

    /// The status of figures under this model and time limit, and what they rest on.
    pub fn status(self, model: Model) -> (Status, &'static str) {
        let assumed = self.within.is_some() && self.delay.is_none();
        match (model.status(), assumed) {
            (Status::Assumed, true) => (Status::Assumed, "exposure and delays are assumed, not measured"),
            (Status::Assumed, false) => (Status::Assumed, "exposure is assumed, not measured"),
            (_, true) => (Status::Assumed, "delays are assumed, not measured"),
            (status, false) => (status, "under the model named"),
        }
    }

    /// What to add to the name of a figure: " within 24 hours", or nothing.
    pub fn suffix(self) -> String {
        self.within.map(|within| format!(" within {within} hours")).unwrap_or_default()
    }
}

/// A time limit: an exposure counts if its delays from the post on add up to at most `within`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadline {
    /// Hours since the creators posted.
    pub within: f64,
    /// The delay of every edge, independent of all others.
    pub delay: Delay,
    /// Whether the law of delays was assumed.
    pub assumed: bool,
}

/// Sums of delays may pass the limit by this share: three delays of 0.1 hours are within 0.3, whatever rounding says.
const SLACK: f64 = 1e-12;

/// The largest number below 1: a delay is finite.
const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

impl Deadline {
    /// G: the chance that one delay is within the limit.
    pub fn arrives(self) -> f64 {
        self.delay.cdf(self.within)
    }

    /// The latest sum of delays that counts.
    pub(crate) fn latest(self) -> f64 {
        self.within * (1.0 + SLACK)
    }

    /// The hours that the post takes along an edge that carries within the limit: the quantile `p` of all delays.
    /// Never beyond the limit, also where the quantile is rounded: what carries comes from a creator in time.
    #[inline]
    pub(crate) fn hours(self, p: f64) -> f64 {
        self.delay.quantile(p.min(BELOW_ONE)).min(self.within)
    }

    /// In users' words, a sentence.
    pub fn describe(self) -> String {
        let source = match self.assumed {
            true => {
                "assumed, not measured (half of retweets within an hour, 75% within a day: Kwak et al. 2010), and not \
                 varied in intervals; set it with --delay"
            }
            false => "given",
        };
        format!(
            "only what comes within {} hours of the post counts; hours from one person to the next: {}, {source}",
            self.within,
            self.delay.describe()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_reads_back_as_written() {
        for text in ["exp:6", "exp:0.5", "lognormal:1,4.7", "lognormal:0.25,0"] {
            let delay: Delay = text.parse().unwrap();
            assert_eq!(delay.to_string(), text);
            assert_eq!(serde_json::from_str::<Delay>(&serde_json::to_string(&delay).unwrap()).unwrap(), delay);
        }
        assert_eq!(" lognormal: 2 , 1 ".parse::<Delay>().unwrap().to_string(), "lognormal:2,1");
    }

    #[test]
    fn nonsense_gets_one_sentence_and_the_list() {
        for (text, says) in [
            ("expo:3", "\"expo:3\" is not a law of delays"),
            ("", "\"\" is not a law"),
            ("exp", "\"\" is not a number"),
            ("exp:x", "\"x\" is not a number"),
            ("exp:1,2", "exp takes one number"),
            ("exp:0", "a mean of 0 hours is not a time above 0"),
            ("exp:-1", "a mean of -1 hours"),
            ("exp:inf", "a mean of inf hours"),
            ("exp:NaN", "a mean of NaN hours"),
            ("lognormal:1", "lognormal takes two numbers"),
            ("lognormal:0,1", "a median of 0 hours"),
            ("lognormal:1,-1", "a sigma of -1 is not a number of at least 0"),
            ("lognormal:1,NaN", "a sigma of NaN"),
            ("lognormal:1,2,3", "\"2,3\" is not a number"),
        ] {
            let error = text.parse::<Delay>().unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("delays, in hours: exp:MEAN"), "{error}");
        }
        let timing = |within, delay| Timing { within, delay }.deadline().unwrap_err().to_string();
        let exponential = Some(Delay::Exponential { mean: 6.0 });
        for (error, says) in [
            (timing(None, exponential), "--delay: exp:6 says nothing without a time limit"),
            (timing(Some(0.0), None), "--within: 0 is not a number of hours above 0"),
            (timing(Some(-3.0), None), "--within: -3"),
            (timing(Some(f64::INFINITY), None), "--within: inf"),
            (timing(Some(f64::NAN), exponential), "--within: NaN"),
            (timing(Some(1.0), Some(Delay::Exponential { mean: -1.0 })), "--delay: a mean of -1"),
        ] {
            assert!(error.contains(says), "{error}");
        }
        assert_eq!(Timing::default().deadline().unwrap(), None);
    }

    #[test]
    fn quantiles_undo_chances() {
        for text in ["exp:6", "exp:1e-9", "lognormal:1,4.7", "lognormal:30,0.2"] {
            let delay: Delay = text.parse().unwrap();
            let mut before = 0.0;
            for step in 1..1000 {
                let p = f64::from(step) / 1000.0;
                let hours = delay.quantile(p);
                assert!((delay.cdf(hours) - p).abs() < 1e-12, "{text} {p}");
                assert!(hours > before);
                before = hours;
            }
            assert_eq!((delay.quantile(0.0), delay.cdf(0.0), delay.cdf(f64::MAX)), (0.0, 0.0, 1.0), "{text}");
            let limited = Deadline { within: 2.0, delay, assumed: false };
            assert!(limited.hours(1.0) <= 2.0);
            assert!(Deadline { within: 1e300, ..limited }.hours(1.0) < 1e20, "a delay is finite");
        }
        let fixed: Delay = "lognormal:3,0".parse().unwrap();
        assert_eq!((fixed.cdf(2.999), fixed.cdf(3.0), fixed.quantile(0.0), fixed.quantile(0.9)), (0.0, 1.0, 3.0, 3.0));
    }

    #[test]
    fn known_values() {
        let exponential: Delay = "exp:6".parse().unwrap();
        assert!((exponential.cdf(24.0) - 0.981_684_361_111_265_8).abs() < 1e-15);
        // Half within an hour, three quarters within a day, nine tenths within a month.
        for (hours, share) in [(1.0, 0.5), (24.0, 0.75), (720.0, 0.9)] {
            assert!((Delay::default().cdf(hours) - share).abs() < 0.02, "{hours}");
        }
    }
}
