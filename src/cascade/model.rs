//! The presets of the exposure-share model, as people name them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Status};

/// Which chances of exposure and resharing a cascade uses.
///
/// Read from and shown as text: `prior`, `ic:P`, `wc`, `tv`, `edge`, `lt`.
///
/// ```
/// use truereach::cascade::Model;
/// assert_eq!("ic:0.05".parse::<Model>().unwrap(), Model::Ic(0.05));
/// assert_eq!(Model::Wc.to_string(), "wc");
/// assert!("ic:2".parse::<Model>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Model {
    /// `prior`: exposure by follower count from assumed ranges, resharing from interactions where there are any.
    #[default]
    Prior,
    /// `ic:P`: independent cascade, every edge with the same chance P.
    Ic(f64),
    /// `wc`: weighted cascade, `r_vu = 1/|D(u)|`, one over how many accounts u follows.
    Wc,
    /// `tv`: trivalency, each edge 0.1, 0.01 or 0.001, fixed by a hash of (v, u) that knows neither seed nor world.
    Tv,
    /// `edge`: the chance is the edge's weight.
    Edge,
    /// `lt`: linear threshold, u listens to at most one followee, v with chance `b_vu`: the edge's weight, or
    /// `1/|D(u)|` without weights.
    Lt,
}

const PRESETS: &str = "prior, ic:P (as ic:0.01), wc, tv, edge, lt";

impl Model {
    /// The status of figures under this model: exposure that is assumed makes them assumed; under a model that was named,
    /// or chances from the data, they are estimates.
    pub fn status(self) -> Status {
        match self {
            Model::Prior => Status::Assumed,
            _ => Status::Estimated,
        }
    }

    /// Refuses a probability that is none.
    pub fn check(self) -> Result<(), Error> {
        match self {
            Model::Ic(p) if !(0.0..=1.0).contains(&p) => {
                Err(Error::parameter("--model", format!("the probability {p} of ic is outside [0, 1]")))
            }
            _ => Ok(()),
        }
    }

    /// In users' words.
    pub fn describe(self) -> String {
        match self {
            Model::Prior => "prior (exposure by follower count, assumed)".into(),
            Model::Ic(p) => format!("independent cascade, chance {p} on every edge"),
            Model::Wc => "weighted cascade, 1 / accounts followed".into(),
            Model::Tv => "trivalency, 0.1, 0.01 or 0.001 on each edge".into(),
            Model::Edge => "independent cascade, chances from the edge weights".into(),
            Model::Lt => "linear threshold".into(),
        }
    }
}

impl FromStr for Model {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |problem: String| Error::parameter("--model", problem).with_hint(format!("models: {PRESETS}"));
        let (name, value) = match text.trim().split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (text.trim(), None),
        };
        let model = match name {
            "ic" => {
                let Some(value) = value else { return Err(wrong("ic needs its probability".into())) };
                let p: f64 =
                    value.trim().parse().map_err(|_| wrong(format!("\"{value}\" is not a probability in [0, 1]")))?;
                if !(0.0..=1.0).contains(&p) {
                    return Err(wrong(format!("the probability {p} of ic is outside [0, 1]")));
                }
                return Ok(Model::Ic(p));
            }
            "prior" => Model::Prior,
            "wc" => Model::Wc,
            "tv" => Model::Tv,
            "edge" => Model::Edge,
            "lt" => Model::Lt,
            "learned" => {
                let problem = "what truereach learn kept is used by the model prior, without another word";
                return Err(Error::parameter("--model", problem).with_hint("leave --model out"));
            }
            _ => return Err(wrong(format!("\"{text}\" is not a cascade model"))),
        };
        match value {
            Some(value) => Err(wrong(format!("{name} takes no value, found \"{value}\""))),
            None => Ok(model),
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Model::Prior => f.write_str("prior"),
            Model::Ic(p) => write!(f, "ic:{p}"),
            Model::Wc => f.write_str("wc"),
            Model::Tv => f.write_str("tv"),
            Model::Edge => f.write_str("edge"),
            Model::Lt => f.write_str("lt"),
        }
    }
}

impl TryFrom<String> for Model {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Model> for String {
    fn from(model: Model) -> String {
        model.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_reads_back_as_written() {
        for text in ["prior", "ic:0", "ic:0.01", "ic:1", "wc", "tv", "edge", "lt"] {
            let model: Model = text.parse().unwrap();
            assert_eq!(model.to_string(), text);
            assert_eq!(serde_json::from_str::<Model>(&serde_json::to_string(&model).unwrap()).unwrap(), model);
        }
    }

    #[test]
    fn nonsense_gets_one_sentence_and_the_list() {
        for (text, says) in [
            ("icc", "\"icc\" is not a cascade model"),
            ("ic", "needs its probability"),
            ("ic:x", "\"x\" is not a probability"),
            ("ic:1.5", "1.5 of ic is outside [0, 1]"),
            ("ic:NaN", "NaN of ic is outside [0, 1]"),
            ("ic:-1", "outside [0, 1]"),
            ("wc:3", "wc takes no value"),
            ("", "\"\" is not"),
        ] {
            let error = text.parse::<Model>().unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("models: prior, ic:P"), "{error}");
        }
    }
}
