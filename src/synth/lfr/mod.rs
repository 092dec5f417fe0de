//! LFR: planted communities with skewed degrees and skewed sizes.

mod homes;
mod inner;
mod outer;

use serde::{Deserialize, Serialize};

use self::homes::Homes;
use super::made::{CHUNK, Figure, Made, Plan};
use super::power::PowerLaw;
use super::sbm::usual_most;
use super::{Step, check_number, check_people, check_share};
use crate::base::tail::count_tail;
use crate::base::{Error, Result, Run};
use crate::graph::csr::MAX_ACCOUNTS;

/// LFR benchmark: communities of skewed sizes among accounts of skewed degrees, a given share of links leaving home.
///
/// Degrees by `P(k) ~ k^-g1` up to the largest, with exactly the mean asked for in expectation; sizes of communities by
/// `P(s) ~ s^-g2` between the bounds. An account of degree k has `(1 − mixing) k` links at home, rounded up or down
/// by chance so that the mean holds, and lives in a community large enough for them.
///
/// **Input**: the parameters alone.
/// **Returns**: an undirected network, each link stored both ways; the community of each account in the column
/// `community`, numbered from 0, the largest first.
/// **Guarantee**: no link is drawn with oneself, no inner link twice. Every community is connected by construction, where
/// `mixing < 1` and its members have links enough: its inner links begin with a random tree that respects the degrees,
/// and later exchanges leave the tree alone. Members with no inner link get one, and where a community has fewer inner
/// ends than a tree needs, outer ones are made inner: counted in a note. Mixing is met up to these, to rounding and
/// to ends that found no place (counted). The distribution is not even over all such networks.
/// **Cost**: some ten words a link; [`Lfr::memory`]: 48 bytes a link, 80 an account.
/// **Errors**: no power law has such a mean, bounds of sizes that cannot hold the people or the inner links, memory.
/// **Determinism**: the same bytes at any number of threads.
/// **Symbols**: mixing mu; exponents tau_1, tau_2 in the paper.
/// **References**: Lancichinetti, Fortunato & Radicchi 2008.
///
/// ```
/// use truereach::{Run, synth::Lfr};
/// let made = Lfr { people: 1000, mixing: 0.3, ..Lfr::default() }.run(&Run::new(7))?;
/// let mixing = made.figures.iter().find(|figure| figure.name == "mixing").unwrap().found;
/// assert!((mixing - 0.3).abs() < 0.03, "{mixing}");
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Lfr {
    /// Accounts
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "10000", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub people: u64,
    /// Links an account
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", default_value = "20", allow_negative_numbers = true))]
    pub mean_degree: f64,
    /// Largest degree [default: sqrt(mean degree × people)]
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", allow_negative_numbers = true, value_parser = super::parse::small))]
    pub max_degree: Option<u32>,
    /// Exponent of the power law of the degrees
    #[cfg_attr(feature = "cli", arg(long, value_name = "G", default_value = "2.5", allow_negative_numbers = true))]
    pub degree_exponent: f64,
    /// Exponent of the power law of the sizes of communities
    #[cfg_attr(feature = "cli", arg(long, value_name = "G", default_value = "1.5", allow_negative_numbers = true))]
    pub community_exponent: f64,
    /// Share of each account's links that leave its community
    #[cfg_attr(feature = "cli", arg(long, value_name = "MU", default_value = "0.3", allow_negative_numbers = true))]
    pub mixing: f64,
    /// Smallest community [default: the mean degree, at least 10]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", allow_negative_numbers = true, value_parser = super::parse::small))]
    pub min_community: Option<u32>,
    /// Largest community [default: half more than the largest degree needs, at least 5 times the smallest]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", allow_negative_numbers = true, value_parser = super::parse::small))]
    pub max_community: Option<u32>,
}

impl Default for Lfr {
    fn default() -> Self {
        Lfr {
            people: 10_000,
            mean_degree: 20.0,
            max_degree: None,
            degree_exponent: 2.5,
            community_exponent: 1.5,
            mixing: 0.3,
            min_community: None,
            max_community: None,
        }
    }
}

impl Lfr {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        check_people(self.people)?;
        check_share("--mixing", self.mixing)?;
        let exponent = |flag, g: f64| check_number(flag, g, (0.0..=20.0).contains(&g), "from 0 to 20");
        exponent("--degree-exponent", self.degree_exponent)?;
        exponent("--community-exponent", self.community_exponent)?;
        if self.people <= 1 {
            return Ok(());
        }
        let most = self.most();
        if u64::from(most) >= self.people {
            let text = format!("must be below the number of people ({}), not {most}", self.people);
            return Err(Error::parameter("--max-degree", text));
        }
        PowerLaw::with_mean(self.degree_exponent, self.mean_degree, most)?;
        let (low, high) = self.bounds();
        if low == 0 || low > high {
            let text = format!("must be from 1 to the largest community ({high}), not {low}");
            return Err(Error::parameter("--min-community", text));
        }
        if u64::from(high) > self.people {
            let text = format!("must be at most the number of people ({}), not {high}", self.people);
            return Err(Error::parameter("--max-community", text));
        }
        let needed = libm::ceil((1.0 - self.mixing) * f64::from(most)) + 1.0;
        if f64::from(high) < needed {
            let text = format!("a degree of {most} with a mixing of {} needs a community of {needed}", self.mixing);
            return Err(Error::parameter("--max-community", text)
                .with_hint("a larger --max-community or --mixing, or a smaller --max-degree"));
        }
        Ok(())
    }

    fn most(&self) -> u32 {
        self.max_degree.unwrap_or_else(|| usual_most(self.people, self.mean_degree))
    }

    /// The smallest and the largest community.
    fn bounds(&self) -> (u32, u32) {
        let people = self.people.min(MAX_ACCOUNTS) as u32;
        let low = self.min_community.unwrap_or_else(|| {
            let usual = (self.mean_degree.clamp(10.0, 1e9) as u32).min(people);
            self.max_community.map_or(usual, |high| usual.min(high.max(1)))
        });
        let needed = libm::ceil((1.0 - self.mixing) * f64::from(self.most())) as u32 + 1;
        let high = self.max_community.unwrap_or_else(|| (needed + needed / 2).max(low.saturating_mul(5)).min(people));
        (low, high)
    }

    /// Bytes at the peak: 80 an account, 48 a link.
    pub fn memory(&self) -> u64 {
        let links = (self.mean_degree.max(0.0) * self.people as f64 / 2.0) as u64;
        Plan::memory(self.people, links, true)
            .saturating_add(self.people.saturating_mul(52))
            .saturating_add(links.saturating_mul(16))
    }

    /// Draws the network.
    pub fn run(&self, run: &Run) -> Result<Made> {
        self.check()?;
        run.check_memory("LFR", self.memory())?;
        if self.people <= 1 {
            let plan = Plan { people: self.people, chunks: 0, expected: 0, undirected: true };
            let mut made = plan.run(run, |_, _| ())?;
            made.plant(vec![0.0; self.people as usize]);
            return Ok(made);
        }
        let law = PowerLaw::with_mean(self.degree_exponent, self.mean_degree, self.most())?;
        let mut degrees = law.degrees(run, Step::Degrees, self.people as usize)?;
        let bounds = self.bounds();
        let mut homes = Homes::draw(run, &degrees, self.mixing, self.community_exponent, bounds)?;
        let inner = inner::draw(run, &degrees, &mut homes)?;
        degrees.iter_mut().zip(&homes.inner).for_each(|(degree, &inner)| *degree -= inner.min(*degree));
        let outer = outer::draw(run, &degrees, &homes.of)?;

        let lists: Vec<&[(u32, u32)]> =
            inner.links.iter().map(Vec::as_slice).chain(outer.links.chunks(CHUNK as usize)).collect();
        let expected = lists.iter().map(|list| list.len() as u64).sum();
        let plan = Plan { people: self.people, chunks: lists.len() as u64, expected, undirected: true };
        let mut made = plan.run(run, |chunk, out| {
            lists[chunk as usize].iter().for_each(|&(u, v)| out.push(u, v));
        })?;
        made.counts.unplaced = inner.unplaced + outer.unplaced;
        made.counts.drawn += made.counts.unplaced;
        self.report(&mut made, &law, &homes, &inner, run)?;
        made.plant(homes.of.iter().map(|&home| f64::from(home)).collect());
        Ok(made)
    }

    fn report(&self, made: &mut Made, law: &PowerLaw, homes: &Homes, inner: &inner::Inner, run: &Run) -> Result<()> {
        made.measure_degrees(Some(self.mean_degree), Some(self.most().into()))?;
        let mut exponent = |name, asked: f64, values: &[f64], low: u32, high: u32| {
            let tail = count_tail(values, low.into(), Some(high.into()));
            let interval = Some(tail.interval.shifted(1.0));
            made.figures.push(Figure { name, asked: Some(asked), found: tail.exponent + 1.0, interval });
        };
        let degrees: Vec<f64> = made
            .network
            .follow_graph()
            .map(|graph| (0..graph.accounts() as u32).map(|v| graph.followers(v).len() as f64).collect())?;
        exponent("degree exponent", self.degree_exponent, &degrees, law.pure_from(), self.most());
        let sizes: Vec<f64> = homes.sizes.iter().map(|&size| size.into()).collect();
        let (low, high) = self.bounds();
        exponent("community exponent", self.community_exponent, &sizes, low, high);
        let mixing = made.measure_mixing(run, |u| homes.of[u as usize])?;
        made.figures.push(Figure::new("mixing", self.mixing, mixing));
        made.figures.push(Figure::new("communities", None, sizes.len() as f64));
        made.figures.push(Figure::new("of them connected", sizes.len() as f64, inner.connected as f64));
        if inner.moved > 0 {
            made.notes.push(format!(
                "{} ends of links were kept at home beyond the mixing asked for, so that communities hang together",
                inner.moved
            ));
        }
        if homes.cut > 0 {
            made.notes.push(format!("{} inner links did not fit any community and lead outside", homes.cut));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
