//! What a community is: how closed it is, and which labels of its members stand out.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::partition::Communities;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, par};
use crate::graph::attributes::NO_TEXT;
use crate::graph::network::Tier;
use crate::graph::{Column, Graph, Network, Values, View};

/// A card of every community: how closed it is, and which values of the accounts table its members have more often than others.
///
/// ```text
/// conductance   φ_c = cut_c / min(vol_c, 2m − vol_c)
/// inside        follows of members to members / follows of members
/// lift          (k/n) / (K/N)
/// ```
///
/// **Input**: any graph; weights do not count. Follows count at both ends, whichever way they point: vol_c is the ends at members, cut_c
/// the follows between a member and somebody else, 2m all ends. Labels are the tier, and each column of texts that has 2 to
/// `label_values` different values with `label_accounts` accounts each on the average: others name accounts, they do not describe
/// them. A cell `a|b` counts for a and for b; values are the same in capitals or not. The tier of an account whose followers are not
/// in the data is not known.
/// **Returns**: [`CommunityCards`], one card a community in the order of ids. Conductance, from 0 to 1, is missing where nobody
/// outside, or nobody inside, has a tie; inside where no member follows anybody. Accounts without a value count neither in n nor in
/// N. Values that no member has are not listed.
/// **Guarantee**: the counts are exact. The interval is Wilson's of the share k/n over K/N, which is taken as known: what chance
/// would leave, were these members some of many alike. Each holds with 95% by itself, not all of them together.
/// **Cost**: one pass over the follows, one over the accounts a column; 12 bytes an account, 64 a value that a community has.
/// **Errors**: communities or accounts that are not those of the graph; too little memory.
/// **Determinism**: counts of whole numbers; the same bits at any number of threads.
/// **Symbols**: n members with any value of the column, k with this one; N and K the same of all accounts.
/// **References**: conductance: Leskovec, Lang, Dasgupta & Mahoney, Internet Mathematics 6 (2009) 29. Wilson, JASA 22 (1927) 209.
///
/// ```
/// use truereach::{Run, community::{Cards, Leiden}, graph::{Network, build}};
/// // Two pairs, and a follow between them.
/// let network = Network::from_graph(build::graph(4, &[(0, 1), (1, 0), (2, 3), (3, 2), (1, 2)]));
/// let graph = network.follow_graph()?;
/// let found = Leiden::default().run(graph, &Run::default())?;
/// let cards = Cards::default().run(&network, graph, &found, &Run::default())?.cards;
/// assert_eq!((cards[0].inside, cards[0].conductance), (Some(2.0 / 3.0), Some(0.2)));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Cards {
    /// A column of texts with more different values names accounts; it does not describe them
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Traits"))]
    pub label_values: usize,
    /// Nor does one with fewer accounts a value, on the average
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5, value_name = "N", help_heading = "Traits"))]
    pub label_accounts: u64,
}

impl Default for Cards {
    fn default() -> Self {
        Cards { label_values: 100, label_accounts: 5 }
    }
}

/// What [`Cards`] finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommunityCards {
    /// The columns that were read as labels.
    pub labels: Vec<Label>,
    /// The columns of texts that were not, and why.
    pub left_out: Vec<(String, String)>,
    /// One a community.
    pub cards: Vec<Card>,
}

/// A column that describes accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Accounts with any value, N.
    pub known: u64,
    /// Its values, and how many accounts have each, K.
    pub values: Vec<(String, u64)>,
}

/// One community.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    /// Its accounts.
    pub members: u64,
    /// The share of the ties at its members that leave it; of those at all others, where these are fewer.
    pub conductance: Option<f64>,
    /// The share of its members' follows that stay inside.
    pub inside: Option<f64>,
    /// Values of its members, by the lower end of the lift's interval, highest first.
    pub traits: Vec<Trait>,
}

/// How often the members of a community have a value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trait {
    /// Which of [`CommunityCards::labels`].
    pub label: u32,
    /// Which of its values.
    pub value: u32,
    /// Members with it, k.
    pub having: u64,
    /// Members with any value of the column, n.
    pub known: u64,
    /// k/n.
    pub share: f64,
    /// K/N, of all accounts.
    pub base: f64,
    /// The share over that of all accounts.
    pub lift: f64,
    /// Of the lift: what chance would leave.
    pub interval: Interval,
}

impl Trait {
    /// Whether members have it more often than chance would leave.
    pub fn stands_out(&self) -> bool {
        self.interval.low > 1.0
    }
}

impl Cards {
    /// Looks at every community.
    pub fn run(
        &self,
        network: &Network,
        graph: &Graph,
        communities: &Communities,
        run: &Run,
    ) -> Result<CommunityCards> {
        for accounts in [communities.labels.len(), network.accounts()] {
            if accounts != graph.accounts() {
                let problem = format!("are of {accounts} accounts, the graph has {}", graph.accounts());
                return Err(Error::parameter("communities", problem));
            }
        }
        let (readings, left_out) = self.readings(network);
        run.check_memory("the cards of communities", memory(graph.accounts(), communities.count, &readings))?;
        let mut cards = ties(graph, communities, run)?;
        let members = communities.members();
        let mut offsets = vec![0u64];
        offsets.extend(communities.sizes.iter().scan(0, |sum, &size| {
            *sum += size;
            Some(*sum)
        }));
        let ranges = par::chunks_by_degree(&offsets, 1 << 14);
        run.phase("traits", Some(communities.count as u64));
        par::each(run, &ranges, par::split(&mut cards, &ranges), |range, cards| {
            let mut counts: Vec<Vec<u64>> = readings.iter().map(|one| vec![0; one.label.values.len()]).collect();
            for (members, card) in members[range].iter().zip(cards) {
                card.traits = traits(members, &readings, &mut counts);
            }
        })?;
        Ok(CommunityCards { labels: readings.into_iter().map(|one| one.label).collect(), left_out, cards })
    }

    /// The columns that describe accounts, and those that do not.
    fn readings<'a>(&self, network: &'a Network) -> (Vec<Reading<'a>>, Vec<(String, String)>) {
        let (mut readings, mut left_out) = (Vec::new(), Vec::new());
        let texts = network.attributes.columns.iter().filter(|column| matches!(column.values, Values::Text { .. }));
        for column in texts {
            // As everywhere, the tier is that of the followers.
            let reading = match column.name == TIER {
                true => Err("tiers are by followers".to_owned()),
                false => self.reading(column),
            };
            match reading {
                Ok(reading) => readings.push(reading),
                Err(why) => left_out.push((column.name.clone(), why)),
            }
        }
        let tiers = Reading::tiers(network);
        if tiers.label.values.iter().filter(|value| value.1 > 0).count() > 1 {
            readings.push(tiers);
        }
        (readings, left_out)
    }

    fn reading<'a>(&self, column: &'a Column) -> std::result::Result<Reading<'a>, String> {
        let Values::Text { codes, dictionary } = &column.values else { return Err("numbers".into()) };
        let mut values: Vec<String> = Vec::new();
        let mut place = HashMap::<String, u32, foldhash::fast::FixedState>::default();
        let mut parts = Vec::new();
        for code in 0..dictionary.len() as u32 {
            let text = dictionary.get(code);
            let mut these: Vec<u32> = Vec::new();
            for part in text.split('|').map(str::trim).filter(|part| !part.is_empty()) {
                let at = *place.entry(part.to_lowercase()).or_insert(values.len() as u32);
                if at as usize == values.len() {
                    values.push(part.to_owned());
                }
                if !these.contains(&at) {
                    these.push(at);
                }
            }
            if values.len() > self.label_values {
                return Err(format!("more than {} values", self.label_values));
            }
            parts.push(these);
        }
        let values = values.into_iter().map(|value| (value, 0)).collect();
        let label = Label { name: column.name.clone(), known: 0, values };
        let reading = Reading { label, codes: Cow::Borrowed(codes), parts }.counted();
        let values = &reading.label.values;
        match values.len() {
            0 => Err("no value".into()),
            1 => Err(format!("one value, {}", values[0].0)),
            different if reading.memberships() < self.label_accounts * different as u64 => {
                Err(format!("{different} values, fewer than {} accounts each", self.label_accounts))
            }
            _ => Ok(reading),
        }
    }
}

const TIER: &str = "tier";

/// A label column as it is read: a code an account, values a code.
struct Reading<'a> {
    label: Label,
    codes: Cow<'a, [u32]>,
    parts: Vec<Vec<u32>>,
}

impl Reading<'_> {
    fn tiers(network: &Network) -> Self {
        let tier = |account: u32| {
            let followers = network.follower_count(account)?;
            // Whose list was not drawn has no follower in the data, and perhaps many.
            let unknown = network.view != View::Whole && followers == 0.0;
            (!unknown).then(|| network.tiers.of(followers) as u32)
        };
        let codes: Vec<u32> = (0..network.accounts() as u32).map(|one| tier(one).unwrap_or(NO_TEXT)).collect();
        let values = Tier::ALL.map(|tier| (tier.name().to_owned(), 0)).to_vec();
        let label = Label { name: TIER.into(), known: 0, values };
        let parts = (0..Tier::ALL.len() as u32).map(|tier| vec![tier]).collect();
        Reading { label, codes: Cow::Owned(codes), parts }.counted()
    }

    /// Values of an account.
    fn of(&self, account: u32) -> &[u32] {
        match self.codes[account as usize] {
            NO_TEXT => &[],
            code => &self.parts[code as usize],
        }
    }

    /// With how many accounts have what.
    fn counted(mut self) -> Self {
        let mut codes = vec![0u64; self.parts.len()];
        self.codes.iter().filter(|&&code| code != NO_TEXT).for_each(|&code| codes[code as usize] += 1);
        for (parts, accounts) in self.parts.iter().zip(codes) {
            self.label.known += if parts.is_empty() { 0 } else { accounts };
            parts.iter().for_each(|&value| self.label.values[value as usize].1 += accounts);
        }
        self
    }

    fn memberships(&self) -> u64 {
        self.label.values.iter().map(|value| value.1).sum()
    }
}

/// Bytes: members, follows inside and tiers of each account; the traits that there can be.
fn memory(accounts: usize, communities: usize, readings: &[Reading]) -> u64 {
    let most = |one: &Reading| one.memberships().min((communities * one.label.values.len()) as u64);
    12 * accounts as u64 + size_of::<Trait>() as u64 * readings.iter().map(most).sum::<u64>()
}

/// Cards without traits.
fn ties(graph: &Graph, communities: &Communities, run: &Run) -> Result<Vec<Card>> {
    let labels = &communities.labels;
    let mut inside = vec![0u32; labels.len()];
    run.phase("conductance", Some(labels.len() as u64));
    let ranges = par::chunks_by_degree(&graph.following_rows().offsets, 1 << 16);
    par::fill(run, &ranges, &mut inside, |range, part| {
        for (u, inside) in range.zip(part) {
            let home = labels[u];
            *inside = graph.following(u as u32).iter().filter(|&&v| labels[v as usize] == home).count() as u32;
        }
    })?;
    // Follows by members, of members, from member to member.
    let mut sums = vec![[0u64; 3]; communities.count];
    for (v, &label) in labels.iter().enumerate() {
        let sum = &mut sums[label as usize];
        sum[0] += graph.following(v as u32).len() as u64;
        sum[1] += graph.followers(v as u32).len() as u64;
        sum[2] += u64::from(inside[v]);
    }
    let ends: u64 = sums.iter().map(|sum| sum[0] + sum[1]).sum();
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    Ok(sums
        .iter()
        .zip(&communities.sizes)
        .map(|(&[by, of, inside], &members)| {
            let volume = by + of;
            Card {
                members,
                conductance: share(volume - 2 * inside, volume.min(ends - volume)),
                inside: share(inside, by),
                traits: Vec::new(),
            }
        })
        .collect())
}

/// The traits of some accounts; `counts` is zero before and after.
fn traits(members: &[u32], readings: &[Reading], counts: &mut [Vec<u64>]) -> Vec<Trait> {
    let mut traits = Vec::new();
    for (label, (reading, counts)) in readings.iter().zip(counts).enumerate() {
        let (mut known, mut had) = (0u64, Vec::new());
        for values in members.iter().map(|&account| reading.of(account)) {
            known += u64::from(!values.is_empty());
            for &value in values {
                if counts[value as usize] == 0 {
                    had.push(value);
                }
                counts[value as usize] += 1;
            }
        }
        for value in had {
            let having = std::mem::take(&mut counts[value as usize]);
            let share = having as f64 / known as f64;
            let base = reading.label.values[value as usize].1 as f64 / reading.label.known as f64;
            let Interval { low, high } = Interval::wilson(share, known as f64);
            let (lift, interval) = (share / base, Interval { low: low / base, high: high / base });
            traits.push(Trait { label: label as u32, value, having, known, share, base, lift, interval });
        }
    }
    traits.sort_by(|a, b| {
        let order = b.interval.low.total_cmp(&a.interval.low).then(b.lift.total_cmp(&a.lift));
        order.then((a.label, a.value).cmp(&(b.label, b.value)))
    });
    traits
}
