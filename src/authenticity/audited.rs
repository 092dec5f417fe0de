//! What an audit found of every account.

use super::calibrate::Calibration;
use super::evidence::{Evidence, Used};
use super::labels::Labels;
use super::pattern::Pattern;
use super::signs::Signs;

/// An account without a pattern.
pub const NO_PATTERN: u32 = u32::MAX;

/// Known to be real; known not to be.
pub(super) const REAL: u8 = 1;
/// See [`REAL`].
pub(super) const FAKE: u8 = 2;

/// With this chance of being real and more nothing is held against a member of a pattern.
pub(super) const CLEARED: f64 = 0.9;

/// Chances are whole multiples of one over this.
pub(super) const GRAIN: f64 = 32_768.0;

/// What is known of every account.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// `a_u`: the chance that the account is a real person.
    pub real: Vec<f64>,
    /// Place of the pattern that decided, or [`NO_PATTERN`].
    pub pattern_of: Vec<u32>,
    /// The patterns: lockstep, bursts, copied lists, blocks.
    pub patterns: Vec<Pattern>,
    /// Bits of the evidence against each account, by the place in [`Evidence::ALL`].
    pub against: Vec<u8>,
    /// What came of each evidence.
    pub evidence: Vec<Used>,
    /// What a random sample of labelled accounts made of the chances, where there is one.
    pub calibration: Option<Calibration>,
    /// Log-likelihood ratios that accounts have beside their pattern, where there are any.
    pub(super) own: Option<Vec<f32>>,
    /// What is known of each account: [`REAL`], [`FAKE`], else 0; empty without labels.
    pub(super) known: Vec<u8>,
    /// Signs of life.
    pub(super) signs: Signs,
    /// The assumed share of those who are not real and show no pattern.
    pub(super) unseen: f64,
}

/// So many labelled accounts of either kind it takes to calibrate.
const ENOUGH: usize = 10;

impl Audited {
    /// Calibrates chances by accounts that were drawn at random.
    pub(super) fn calibrate(&mut self, held: &Labels) {
        if held.is_empty() {
            return;
        }
        let words = match (held.real.len(), held.fake.len()) {
            (real, fake) if real >= ENOUGH && fake >= ENOUGH => {
                let labelled = held.iter().map(|(u, real)| (self.real[u as usize], real)).collect();
                let calibration = Calibration::new(labelled);
                self.real.iter_mut().for_each(|real| *real = libm::round(calibration.of(*real) * GRAIN) / GRAIN);
                let steps = calibration.steps.len();
                self.calibration = Some(calibration);
                format!("; calibrated by {} labelled accounts, in {steps} steps", held.len())
            }
            (real, fake) => format!(
                "; not calibrated: of the accounts held back {real} are real and {fake} are not, and {ENOUGH} of each are needed"
            ),
        };
        self.evidence
            .iter_mut()
            .filter(|used| used.evidence == Evidence::Trust)
            .for_each(|used| used.because += &words);
    }

    /// What is known stays.
    pub(super) fn pin(&mut self, labels: &Labels) {
        self.known = vec![0; self.real.len()];
        for (u, real) in labels.iter() {
            (self.real[u as usize], self.known[u as usize]) = if real { (1.0, REAL) } else { (0.0, FAKE) };
            self.against[u as usize] = if real { 0 } else { self.against[u as usize] | Evidence::Trust.bit() };
        }
    }

    /// What chances rest on, in a sentence.
    pub fn assumption(&self) -> String {
        let used: Vec<&str> = self.evidence.iter().filter(|used| used.used).map(|used| used.evidence.name()).collect();
        format!(
            "who is real: from {}; accounts that show no pattern are taken for real but for {}% (0 to {}%), assumed; \
             patterns are consistent with bought followers, no proof",
            used.join(", "),
            significant(100.0 * self.unseen),
            significant(500.0 * self.unseen)
        )
    }

    /// Accounts that are real people, expected.
    pub fn people(&self) -> f64 {
        self.real.iter().fold(0.0, |sum, real| sum + real)
    }

    /// The evidence that speaks against an account.
    pub fn codes(&self, account: u32) -> impl Iterator<Item = Evidence> + '_ {
        let bits = self.against[account as usize];
        Evidence::ALL.into_iter().filter(move |evidence| bits & evidence.bit() != 0)
    }

    /// Whether anything was observed that could tell real accounts from others.
    pub fn is_observed(&self) -> bool {
        self.evidence.iter().any(|used| used.used && !matches!(used.evidence, Evidence::Signs | Evidence::Shape))
    }
}

/// A share in percent as people write it.
fn significant(percent: f64) -> String {
    format!("{:.2}", percent).trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A chance after a log-likelihood ratio against it.
pub(super) fn moved(chance: f64, llr: f64) -> f64 {
    let odds = chance / (1.0 - chance) * libm::exp(-llr);
    match odds.is_finite() {
        true => odds / (1.0 + odds),
        false => chance,
    }
}
