//! How what is said against one creator travels.

use crate::base::Result;
use crate::cascade::sided::{Negativity, Opening, SidedWalker, Temper, Turned};
use crate::cascade::{Groups, World};

/// A creator who falls: what is said against them starts with their own followers, and with their critics.
///
/// Negative content reaches a follower with `r_neg = min(1, r · nu · (1 − S_c)/(1 − mean S))` (MODELS.md section 8), S_c being the
/// resonance of the follower's community towards the creator, and the mean over the creator's audience: so nu is the mean
/// factor there, and whoever is against the creator already hears it sooner. Critics are those of hostile communities who have
/// spoken against the creator: the news reaches them wherever it broke, and they pass it on with their own chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Fall<'a> {
    /// The creator.
    pub creator: u32,
    /// How much farther it is carried, to whom.
    pub temper: Temper<'a>,
    /// Who knows of it from elsewhere, sorted.
    pub critics: Vec<u32>,
}

impl<'a> Fall<'a> {
    /// Where nothing is known of resonance: carried to everybody alike.
    pub fn even(creator: u32, negativity: Negativity) -> Result<Fall<'a>> {
        let temper = Temper::even(negativity.negativity, negativity.negative_sharing)?;
        Ok(Fall { creator, temper, critics: Vec::new() })
    }

    /// Where the resonance of each group is known; `unknown` is that of accounts in none, `audience` the creator's people by
    /// group (the last: in none), by which the mean is taken.
    pub fn resonating(
        creator: u32,
        negativity: Negativity,
        groups: &'a Groups,
        resonance: &[f64],
        unknown: f64,
        audience: &[f64],
    ) -> Result<Fall<'a>> {
        let all = resonance.iter().chain([&unknown]).zip(audience);
        let (sum, people) = all.fold((0.0, 0.0), |(sum, people), (s, of)| (sum + (1.0 - s) * of, people + of));
        let mean = if people > 0.0 { sum / people } else { 0.0 };
        // Where everybody is for the creator, nobody is more against them than others.
        let times = |s: f64| if mean > 1e-9 { ((1.0 - s) / mean).min(MOST) } else { 1.0 };
        let factor = |s: f64| (negativity.negativity * times(s)).min(LARGEST);
        let factors: Vec<f64> = resonance.iter().map(|&s| factor(s)).collect();
        let temper = Temper::by_group(groups, &factors, factor(unknown), negativity.negative_sharing)?;
        Ok(Fall { creator, temper, critics: Vec::new() })
    }

    /// Walks a world in which the creator falls.
    pub(crate) fn walk(&self, world: &World<'_>, walker: &mut SidedWalker) {
        let mut openings = vec![Opening::scandal(self.creator)];
        openings.extend(self.speaking(world));
        walker.walk(world, &self.temper, 1.0, &openings);
    }

    /// Whom the last walk turned: neither the creator nor critics, who were against before.
    pub(crate) fn turned<'w>(&'w self, walker: &'w SidedWalker) -> impl Iterator<Item = Turned> + 'w {
        walker.negatives().filter(|turned| !self.is_party(turned.account))
    }

    /// Whether an account is the creator or a critic.
    pub fn is_party(&self, account: u32) -> bool {
        account == self.creator || self.critics.binary_search(&account).is_ok()
    }

    /// The critics who pass the news on in a world.
    pub fn speaking(&self, world: &World<'_>) -> Vec<Opening> {
        let speaks = |&critic: &u32| critic != self.creator && world.shares_times(critic, self.temper.sharing());
        self.critics.iter().copied().filter(speaks).map(Opening::scandal).collect()
    }
}

/// A group is at most so many times as much against a creator as the audience in the mean.
const MOST: f64 = 20.0;

/// No factor is larger: chances are 1 long before.
const LARGEST: f64 = 1000.0;
