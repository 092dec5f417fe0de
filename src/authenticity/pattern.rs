//! A pattern that many accounts share, and whether it was bought: judged by the signs of life of its members, all together.

use serde::{Deserialize, Serialize};

use super::signs::{SIGNS, Seen, Signs};

/// What accounts of a pattern have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// They arrived at several creators in the same days.
    Lockstep,
    /// They arrived at one creator on days on which far more came than usual.
    Burst,
    /// Their follow lists are nearly the same.
    Copies,
    /// They follow the same creators far more densely than follower counts explain.
    Block,
}

impl Pattern {
    /// Its first day.
    pub fn since(&self) -> Option<i64> {
        self.days.map(|days| days.0)
    }
}

impl Kind {
    /// All, those that speak loudest first.
    pub const ALL: [Kind; 4] = [Kind::Lockstep, Kind::Burst, Kind::Copies, Kind::Block];

    /// As it stands in tables: the reason code.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Lockstep => "lockstep",
            Kind::Burst => "burst",
            Kind::Copies => "copies",
            Kind::Block => "block",
        }
    }
}

/// A group of accounts that share a pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// What they share.
    pub kind: Kind,
    /// The creators whom they follow so, rising.
    pub creators: Vec<u32>,
    /// The days, counted from 1970, where times show it.
    pub days: Option<(i64, i64)>,
    /// The accounts, rising.
    pub members: Vec<u32>,
    /// The part of them that chance does not explain.
    pub excess: f64,
    /// Whether a post or mention that everybody could see explains it; `None`: not observed.
    pub explained: Option<bool>,
    /// Chance of an innocent reason, before the members were looked at: an assumption.
    pub innocent: f64,
    /// Chance that a network of the same follower counts has a block as dense, where that was computed.
    pub p: Option<f64>,
    /// Signs of life of the members.
    pub seen: Vec<Seen>,
    /// What was concluded.
    pub verdict: Verdict,
}

/// One way in which a pattern may have come about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Its chance, the members seen.
    pub chance: f64,
    /// The part of the members who are real.
    pub real: f64,
    /// How often those who are not show each sign of life, relative to people.
    pub lively: [f64; SIGNS],
}

/// How a pattern came about: innocently (the first way), or bought, with a part of the members being real all the same.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The ways; their chances add up to 1.
    pub ways: Vec<Way>,
    /// Which signs the members are judged by.
    pub judged: [bool; SIGNS],
}

/// Members go together: a crowd says no more about itself than so many independent people.
const INDEPENDENT: f64 = 100.0;

/// A crowd of people may be livelier or quieter than others by these factors.
const CROWDS: [f64; 6] = [0.6, 0.75, 0.9, 1.0, 1.15, 1.3];

/// Accounts that are not real show signs of life this often, relative to people: bots hardly ever, people's accounts that
/// were taken over more often.
const LIVELY: [f64; 6] = [0.0, 0.05, 0.1, 0.2, 0.35, 0.5];

impl Verdict {
    /// Judges a pattern. `real` are the shares of real members that are possible if it was bought, each with its weight.
    pub fn new(innocent: f64, real: &[(f64, f64)], seen: &[Seen]) -> Verdict {
        let (sure, total) = (innocent.clamp(0.0, 1.0), real.iter().fold(0.0, |sum, (_, weight)| sum + weight));
        let mut logs = Vec::with_capacity(1 + real.len());
        let mut ways = Vec::with_capacity(1 + real.len());
        let innocent =
            seen.iter().fold(libm::log(sure), |sum, seen| sum + mean(&CROWDS.map(|factor| likelihood(seen, factor))).0);
        logs.push(innocent);
        ways.push(Way { chance: 0.0, real: 1.0, lively: [1.0; SIGNS] });
        for &(share, weight) in real {
            let mut log = libm::log((1.0 - sure) * weight / total);
            let mut lively = [LIVELY[1]; SIGNS];
            for seen in seen {
                let found = LIVELY.map(|factor| likelihood(seen, share + (1.0 - share) * factor));
                let (level, weights) = mean(&found);
                log += level;
                lively[seen.sign as usize] =
                    LIVELY.iter().zip(weights).fold(0.0, |sum, (factor, weight)| sum + factor * weight);
            }
            logs.push(log);
            ways.push(Way { chance: 0.0, real: share, lively });
        }
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logs.iter().map(|log| libm::exp(log - most)).collect();
        let total: f64 = weights.iter().sum();
        ways.iter_mut().zip(weights).for_each(|(way, weight)| way.chance = weight / total);
        let mut judged = [false; SIGNS];
        seen.iter().for_each(|seen| judged[seen.sign as usize] = true);
        Verdict { ways, judged }
    }

    /// Of accounts without a pattern, where this share is not real.
    pub(super) fn unseen(share: f64) -> Verdict {
        let way = Way { chance: 1.0, real: 1.0 - share, lively: [0.1; SIGNS] };
        Verdict { ways: vec![way], judged: [true; SIGNS] }
    }

    /// The chance that the pattern was bought.
    pub fn bought(&self) -> f64 {
        self.ways.iter().skip(1).fold(0.0, |sum, way| sum + way.chance)
    }

    /// The chance that a member is real, by its own signs of life; `since` is the first day of the pattern.
    pub fn real(&self, u: u32, signs: &Signs, since: Option<i64>) -> f64 {
        self.ways.iter().fold(0.0, |sum, way| sum + way.chance * self.of(way, u, signs, since)).clamp(0.0, 1.0)
    }
}

impl Verdict {
    /// The chance that a member is real if the pattern came about in this way.
    pub fn of(&self, way: &Way, u: u32, signs: &Signs, since: Option<i64>) -> f64 {
        if way.real == 1.0 || way.real == 0.0 {
            return way.real;
        }
        let (mut real, mut fake) = (way.real, 1.0 - way.real);
        for sign in 0..SIGNS {
            if self.judged[sign] && signs.observed(sign, since) {
                let common = signs.common(u, sign, since);
                let lively = way.lively[sign].max(0.02) * common;
                let of = |chance: f64| if signs.has(u, sign, since) { chance } else { 1.0 - chance };
                (real, fake) = (real * of(common), fake * of(lively));
            }
        }
        real / (real + fake)
    }
}

/// The log-likelihood of the signs seen where they are so many times as common as among people.
fn likelihood(seen: &Seen, factor: f64) -> f64 {
    if seen.members == 0 {
        return 0.0;
    }
    let members = seen.members as f64;
    let chance = (factor * seen.expected / members).clamp(1e-3, 0.999);
    let count = seen.count as f64;
    (count * libm::log(chance) + (members - count) * libm::log(1.0 - chance)) * (INDEPENDENT / members).min(1.0)
}

/// The log of the mean of likelihoods given as logs, and the weight of each.
fn mean<const N: usize>(logs: &[f64; N]) -> (f64, [f64; N]) {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = logs.map(|log| libm::exp(log - most));
    let total: f64 = weights.iter().sum();
    (most + libm::log(total / N as f64), weights.map(|weight| weight / total))
}

#[cfg(test)]
mod tests {
    use super::super::signs::Sign;
    use super::*;

    fn seen(count: u64, members: u64, common: f64) -> Seen {
        Seen { sign: Sign::Followed, count, members, expected: common * members as f64 }
    }

    #[test]
    fn a_crowd_as_lively_as_others_is_innocent_and_a_silent_one_is_not() {
        let of = |count| Verdict::new(0.5, &[(0.1, 1.0)], &[seen(count, 60, 0.5)]).bought();
        assert!(of(30) < 0.01, "{}", of(30));
        assert!(of(2) > 0.99, "{}", of(2));
        // Silence says nothing where hardly anybody is ever heard.
        let rare = Verdict::new(0.5, &[(0.0, 1.0)], &[seen(0, 20, 0.01)]).bought();
        assert!((rare - 0.5).abs() < 0.05, "{rare}");
        // Nothing seen: what was assumed.
        assert!((Verdict::new(0.9, &[(0.0, 2.0), (0.5, 1.0)], &[]).bought() - 0.1).abs() < 1e-12);
        let verdict = Verdict::new(0.9, &[(0.0, 2.0), (0.5, 1.0)], &[]);
        assert!((verdict.ways.iter().map(|way| way.chance).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn size_does_not_make_a_slightly_quiet_crowd_guilty() {
        // Three quarters of the usual signs among a million people.
        let verdict = Verdict::new(0.5, &[(0.0, 1.0)], &[seen(375_000, 1_000_000, 0.5)]);
        assert!(verdict.bought() < 0.05, "{}", verdict.bought());
    }
}
