//! What came of each evidence, in words.

use super::audit::Audit;
use super::evidence::{Evidence, Used};
use super::pattern::{Kind, Pattern};
use super::signs::{Sign, Signs};

/// What was said of each evidence so far.
pub(super) struct Told<'a> {
    pub audit: &'a Audit,
    pub evidence: Vec<Used>,
    /// Follows without a time, where others have one.
    pub undated: u64,
}

impl<'a> Told<'a> {
    pub fn new(audit: &'a Audit) -> Self {
        Told { audit, evidence: vec![], undated: 0 }
    }

    pub fn missing(&mut self, evidence: Evidence, because: &str) {
        self.add(evidence, false, because.into(), 0, 0);
    }

    pub fn add(&mut self, evidence: Evidence, used: bool, because: String, against: u64, supports: u64) {
        let (used, because) = match self.audit.uses(evidence) {
            true => (used, because),
            false => (false, "left out, as asked".into()),
        };
        self.evidence.push(Used { evidence, used, because, against, supports });
    }

    pub fn signs(&mut self, signs: &Signs) {
        let (seen, unseen): (Vec<Sign>, Vec<Sign>) =
            Sign::ALL.into_iter().partition(|&sign| signs.observed(sign as usize, Some(0)));
        let words = |signs: &[Sign]| signs.iter().map(|sign| sign.describe()).collect::<Vec<_>>().join("; who ");
        let because = match (seen.is_empty(), unseen.is_empty()) {
            (true, _) => {
                "not observed: who follows the followers, what they wrote and shared, and whom they followed before are not in \
                 the data; groups cannot be told from innocent crowds, and what is assumed alone condemns none"
                    .to_owned()
            }
            (_, true) => format!("who {}", words(&seen)),
            _ => format!("who {}; not observed: who {}", words(&seen), words(&unseen)),
        };
        self.add(Evidence::Signs, !seen.is_empty(), because, 0, 0);
    }

    pub fn shape(&mut self, own: Option<&[f32]>) {
        let Some(own) = own else {
            return self.missing(
                Evidence::Shape,
                "not observed: neither whom accounts follow besides nor profiles (following_claimed, posts_count) are given",
            );
        };
        let against = own.iter().filter(|llr| **llr > 0.0).count() as u64;
        let supports = own.iter().filter(|llr| **llr < 0.0).count() as u64;
        self.add(Evidence::Shape, true, Evidence::Shape.describe().into(), against, supports);
    }

    /// Groups of each kind, and whom they concern.
    pub fn count(&mut self, patterns: &[Pattern], real: &[f64], undated: u64) {
        for kind in Kind::ALL {
            let evidence = Evidence::from(kind);
            if self.evidence.iter().any(|used| used.evidence == evidence) {
                continue;
            }
            let (mut groups, mut bad, mut against, mut supports) = (0u64, 0u64, 0.0, 0.0);
            for pattern in patterns.iter().filter(|pattern| pattern.kind == kind) {
                let fake = pattern.members.iter().fold(0.0, |sum, &u| sum + 1.0 - real[u as usize]);
                groups += 1;
                bad += u64::from(2.0 * fake > pattern.members.len() as f64);
                (against, supports) = (against + fake, supports + pattern.members.len() as f64 - fake);
            }
            let mut because = format!("{groups} groups found, most members of {bad} consistent with bought followers");
            if undated > 0 && matches!(kind, Kind::Lockstep | Kind::Burst) {
                because += &format!("; {undated} follows have no time and are not looked at");
            }
            let (against, supports) = (libm::round(against) as u64, libm::round(supports) as u64);
            self.add(evidence, true, because, against, supports);
        }
        self.evidence.sort_by_key(|used| used.evidence);
    }
}
