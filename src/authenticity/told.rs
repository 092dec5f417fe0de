//! What came of each evidence, in words.

use super::audit::Audit;
use super::evidence::{Evidence, Used};
use super::pattern::{Kind, Pattern};
use super::signs::Signs;

/// What was said of each evidence so far.
pub(super) struct Told<'a> {
    pub audit: &'a Audit,
    pub evidence: Vec<Used>,
}

impl<'a> Told<'a> {
    pub fn new(audit: &'a Audit) -> Self {
        Told { audit, evidence: vec![] }
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
        let observed = (0..2).filter(|&sign| signs.observed(sign, None)).count();
        let because = match observed {
            0 => {
                "not observed: neither who follows the followers nor what they wrote and shared is in the data; groups \
                 cannot be told from innocent crowds, so none is condemned by what is assumed alone"
            }
            1 => "one of two: who is followed by somebody, and who wrote, shared or mentioned something",
            _ => "who is followed by somebody, and who wrote, shared or mentioned something",
        };
        self.add(Evidence::Signs, observed > 0, because.into(), 0, 0);
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
    pub fn count(&mut self, patterns: &[Pattern]) {
        for kind in Kind::ALL {
            let evidence = Evidence::from(kind);
            if self.evidence.iter().any(|used| used.evidence == evidence) {
                continue;
            }
            let of = |bought: bool| {
                let of = patterns
                    .iter()
                    .filter(|pattern| pattern.kind == kind && (pattern.verdict.bought() > 0.5) == bought);
                of.fold((0u64, 0u64), |(groups, members), pattern| (groups + 1, members + pattern.members.len() as u64))
            };
            let ((bad, against), (good, supports)) = (of(true), of(false));
            let because = format!("{} groups found, {bad} of them consistent with bought followers", bad + good);
            self.add(evidence, true, because, against, supports);
        }
        self.evidence.sort_by_key(|used| used.evidence);
    }
}
