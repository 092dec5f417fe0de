//! Which edges an analysis sees: a window of time, a choice of layers, and a weight for each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::build::{self, key};
use super::csr::Graph;
use super::network::Network;
use crate::base::{Error, Result, Run, time};

/// The name of the follow layer.
pub const FOLLOW: &str = "follow";

/// Interaction types under their other names.
pub fn canonical_kind(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    match lower.as_str() {
        "rt" | "retweet" | "repost" | "reshare" | "shares" | "share" | "retweeted" => "share",
        "mt" | "mention" | "mentions" | "mentioned" => "mention",
        "re" | "reply" | "replies" | "replied" => "reply",
        "like" | "likes" | "liked" | "fav" | "favorite" | "favourite" | "heart" => "like",
        "comment" | "comments" | "commented" => "comment",
        "view" | "views" | "viewed" | "impression" | "impressions" => "view",
        "follow" | "follows" | "followed" | "subscribe" => "follow",
        "save" | "saves" | "saved" | "bookmark" => "save",
        "message" | "messages" | "dm" => "message",
        other => other,
    }
    .to_owned()
}

/// What to do with rows without a time when a window or a half-life needs one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Undated {
    /// They count in full.
    #[default]
    Keep,
    /// They do not count.
    Drop,
    /// They count half.
    Half,
}

/// The audience an analysis runs on: which layers make an edge `u -> v`, from when, and how much they weigh.
///
/// With follows alone and no weights asked for, the edges are the follow graph as it is. With interactions,
/// `W_uv = c_follow + sum_type c_type log1p(sum_events 2^(−(now − t)/half_life_type))` (MODELS.md section 1).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Audience {
    /// Layers that make an edge: follow, like, share, … [default: follow]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "LAYER,…", help_heading = "Audience"))]
    pub layers: Vec<String>,
    /// Use interactions of these types as a stand-in for follows ("proxy audience"; every figure is then labelled so)
    #[cfg_attr(
        feature = "cli",
        arg(long, value_delimiter = ',', value_name = "TYPE,…", conflicts_with = "layers", help_heading = "Audience")
    )]
    pub audience_from: Vec<String>,
    /// Weight of a layer, as share=2; layers not named weigh 1. Asking for one makes edges weighted
    #[cfg_attr(
        feature = "cli",
        arg(long, value_delimiter = ',', value_name = "LAYER=WEIGHT,…", help_heading = "Audience")
    )]
    pub layer_weight: Vec<String>,
    /// Days after which an interaction counts half: 30 for all types, or like=7,share=90
    #[cfg_attr(
        feature = "cli",
        arg(long, value_delimiter = ',', value_name = "DAYS|TYPE=DAYS,…", help_heading = "Audience")
    )]
    pub half_life: Vec<String>,
    /// Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or a number of seconds since 1970)
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", help_heading = "Audience"))]
    pub since: Option<String>,
    /// Only rows before this time
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", help_heading = "Audience"))]
    pub until: Option<String>,
    /// The "now" from which half-lives count back [default: the latest time in the data]
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", help_heading = "Audience"))]
    pub as_of: Option<String>,
    /// Rows without a time, when times matter
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Audience"))]
    pub undated: Undated,
    /// Ignore the weight column of the follow layer
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Audience"))]
    pub unweighted: bool,
}

/// [`Audience`] after its texts were read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighting {
    follow: Option<f64>,
    kinds: Vec<Option<KindWeight>>,
    since: i64,
    until: i64,
    windowed: bool,
    as_of: i64,
    undated: f64,
    unweighted: bool,
    weighted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct KindWeight {
    weight: f64,
    half_life: f64,
}

/// The edges an analysis runs on, and what to call them.
#[derive(Debug, Clone)]
pub struct AudienceGraph {
    /// The edges.
    pub graph: Graph,
    /// Set where the edges are a stand-in for follows: what they were made of. Printed beside every figure.
    pub proxy: Option<String>,
    /// Rows without a time that a window or half-life had to treat as `undated` says.
    pub undated: u64,
}

fn parse_moment(parameter: &str, text: &Option<String>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let parsed = time::parse(text, time::TimeUnit::S);
    parsed.map(Some).ok_or_else(|| {
        Error::parameter(parameter, format!("\"{text}\" is not a time"))
            .with_hint("write 2012-07-04, 2012-07-04T18:00:00Z, or seconds since 1970")
    })
}

/// Reads `name=number` pairs, or a bare number for all.
fn parse_pairs(parameter: &str, texts: &[String]) -> Result<(Option<f64>, BTreeMap<String, f64>)> {
    let mut all = None;
    let mut named = BTreeMap::new();
    for text in texts {
        let (name, number) = text.split_once('=').map_or((None, text.as_str()), |(name, number)| (Some(name), number));
        let value: f64 =
            number.trim().parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0).ok_or_else(|| {
                Error::parameter(parameter, format!("\"{text}\" is not a number of at least 0"))
                    .with_hint("write share=2")
            })?;
        match name {
            Some(name) => drop(named.insert(canonical_kind(name), value)),
            None => all = Some(value),
        }
    }
    Ok((all, named))
}

impl Audience {
    /// Reads and checks every text against the layers of this network, which must hold one that is looked at.
    pub fn check(&self, network: &Network) -> Result<Weighting> {
        let weighting = self.weigh(network)?;
        if weighting.follow.is_none() && weighting.kinds.iter().all(Option::is_none) {
            network.follow_graph()?;
        }
        Ok(weighting)
    }

    fn weigh(&self, network: &Network) -> Result<Weighting> {
        let canonical = |names: &[String]| names.iter().map(|name| canonical_kind(name)).collect::<Vec<_>>();
        let (flag, chosen) = match self.audience_from.is_empty() {
            false => ("--audience-from", canonical(&self.audience_from)),
            true => ("--layers", canonical(&self.layers)),
        };
        let known = |name: &String| (name == FOLLOW && network.follows.is_some()) || network.kinds.contains(name);
        let weights = parse_pairs("--layer-weight", &self.layer_weight)?;
        let half_lives = parse_pairs("--half-life", &self.half_life)?;
        for (parameter, name) in chosen
            .iter()
            .map(|name| (flag, name))
            .chain(weights.1.keys().map(|name| ("--layer-weight", name)))
            .chain(half_lives.1.keys().map(|name| ("--half-life", name)))
        {
            if !known(name) {
                let mut layers: Vec<&str> = network.kinds.iter().map(String::as_str).collect();
                if network.follows.is_some() {
                    layers.insert(0, FOLLOW);
                }
                return Err(Error::parameter(parameter, format!("this network has no layer \"{name}\""))
                    .with_hint(format!("it has: {}", layers.join(", "))));
            }
        }
        let used = |name: &str| match chosen.is_empty() {
            true => name == FOLLOW,
            false => chosen.iter().any(|chosen| chosen == name),
        };
        for (parameter, name) in weights
            .1
            .keys()
            .map(|name| ("--layer-weight", name))
            .chain(half_lives.1.keys().map(|name| ("--half-life", name)))
        {
            if !used(name) {
                return Err(Error::parameter(parameter, format!("layer {name} is not among the layers looked at"))
                    .with_hint("choose them: --layers follow,share"));
            }
        }
        if half_lives.1.contains_key(FOLLOW) {
            return Err(Error::parameter("--half-life", "a follow does not fade: half-lives are for interactions"));
        }
        if half_lives.0 == Some(0.0) || half_lives.1.values().any(|&days| days == 0.0) {
            return Err(Error::parameter("--half-life", "must be more than 0 days"));
        }
        let weight_of = |name: &str| weights.1.get(name).copied().or(weights.0).unwrap_or(1.0);
        let since = parse_moment("--since", &self.since)?;
        let until = parse_moment("--until", &self.until)?;
        if let (Some(since), Some(until)) = (since, until)
            && since >= until
        {
            return Err(Error::parameter("--since", "is not before --until"));
        }
        let latest = || latest_time(network).unwrap_or(0);
        let kinds: Vec<_> = network
            .kinds
            .iter()
            .map(|kind| {
                used(kind).then(|| KindWeight {
                    weight: weight_of(kind),
                    half_life: half_lives.1.get(kind).copied().or(half_lives.0).unwrap_or(f64::INFINITY)
                        * time::DAY as f64,
                })
            })
            .collect();
        let follow = (used(FOLLOW) && network.follows.is_some()).then(|| weight_of(FOLLOW));
        Ok(Weighting {
            follow,
            weighted: !self.layer_weight.is_empty() || kinds.iter().any(Option::is_some),
            kinds,
            since: since.unwrap_or(i64::MIN),
            until: until.unwrap_or(i64::MAX),
            windowed: since.is_some() || until.is_some(),
            as_of: parse_moment("--as-of", &self.as_of)?.unwrap_or_else(latest),
            undated: match self.undated {
                Undated::Keep => 1.0,
                Undated::Drop => 0.0,
                Undated::Half => 0.5,
            },
            unweighted: self.unweighted,
        })
    }

    /// As [`Audience::check`]; a network without follows, when no stand-in was asked for, is looked at through all of its
    /// interactions, if it has some: creators and posts alone are something to look at too.
    pub fn check_or_engagers(&self, network: &Network) -> Result<Weighting> {
        match network.follows.is_none() && self.layers.is_empty() && self.audience_from.is_empty() {
            true => Audience { layers: network.kinds.clone(), ..self.clone() }.weigh(network),
            false => self.check(network),
        }
    }

    /// The edges this audience stands for.
    ///
    /// **Cost**: nothing for the plain follow graph; otherwise one sort of the edges and events.
    pub fn graph(&self, network: &Network, run: &Run) -> Result<AudienceGraph> {
        let weighting = self.check(network)?;
        if weighting.follow.is_none() && weighting.kinds.iter().all(Option::is_none) {
            network.follow_graph()?;
        }
        let proxy = (weighting.follow.is_none()).then(|| {
            let types: Vec<&str> = network
                .kinds
                .iter()
                .zip(&weighting.kinds)
                .filter(|(_, used)| used.is_some())
                .map(|(kind, _)| kind.as_str())
                .collect();
            // A mention speaks to the audience of whoever mentions, not to the mentioner (docs/INGEST.md).
            let mention =
                if types.contains(&"mention") { "; whoever mentions is taken to hear, which rarely holds" } else { "" };
            format!("proxy audience from {} (not follows){mention}", types.join(", "))
        });
        let plain = !weighting.weighted && !weighting.windowed;
        if let (Some(follows), true) = (&network.follows, plain && weighting.follow.is_some()) {
            let graph = if self.unweighted { follows.graph.unweighted() } else { follows.graph.clone() };
            return Ok(AudienceGraph { graph, proxy, undated: 0 });
        }
        weighting.graph(network, run, proxy)
    }
}

/// The latest time of any row.
pub fn latest_time(network: &Network) -> Option<i64> {
    times(network).max()
}

/// The earliest time of any row.
pub fn earliest_time(network: &Network) -> Option<i64> {
    times(network).min()
}

fn times(network: &Network) -> impl Iterator<Item = i64> + '_ {
    let follows = network.follows.iter().flat_map(|follows| &follows.time);
    let events = network.events.iter().flat_map(|events| &events.time);
    follows.chain(events).flat_map(|column| column.iter().copied()).filter(|&moment| moment != time::MISSING)
}

impl Weighting {
    /// How much a row of this time counts in the window, before any half-life: 1, 0, or `undated`.
    pub fn share(&self, moment: i64) -> f64 {
        match moment {
            time::MISSING if self.windowed => self.undated,
            time::MISSING => 1.0,
            moment => f64::from(u8::from(self.since <= moment && moment < self.until)),
        }
    }

    fn graph(&self, network: &Network, run: &Run, proxy: Option<String>) -> Result<AudienceGraph> {
        let accounts = network.accounts();
        let follow_edges = network.follows.as_ref().filter(|_| self.follow.is_some()).map_or(0, |f| f.graph.edges());
        let most = follow_edges + network.events.as_ref().map_or(0, |events| events.len() as u64);
        run.check_memory("weighing the audience", Graph::memory(accounts as u64, most, true) + 32 * most)?;
        let (mut undated, mut rows_seen) = (0u64, 0u64);
        let mut pairs: Vec<build::Keyed<f64>> = Vec::new();
        if let (Some(follows), Some(weight)) = (&network.follows, self.follow) {
            for u in 0..accounts as u32 {
                let range = follows.graph.following_rows().range(u);
                for at in range {
                    let moment = follows.time.as_ref().map_or(time::MISSING, |column| column[at]);
                    rows_seen += 1;
                    undated += u64::from(self.windowed && moment == time::MISSING);
                    let share = self.share(moment);
                    if share > 0.0 {
                        let own = match &follows.graph.following_rows().weights {
                            Some(weights) if !self.unweighted => weights[at],
                            _ => 1.0,
                        };
                        pairs.push((key(u, follows.graph.following_rows().targets[at]), weight * own * share));
                    }
                }
            }
        }
        if let Some(events) = &network.events {
            for u in 0..accounts as u32 {
                let range = events.range(u);
                let mut sums = vec![0.0f64; self.kinds.len()];
                let mut at = range.start;
                while at < range.end {
                    let to = events.to[at];
                    sums.fill(0.0);
                    let mut any = false;
                    while at < range.end && events.to[at] == to {
                        let event = events.get(at);
                        at += 1;
                        let Some(kind) = self.kinds[event.kind as usize] else { continue };
                        rows_seen += 1;
                        let dated = event.time != time::MISSING;
                        let needs_time = self.windowed || kind.half_life.is_finite();
                        undated += u64::from(needs_time && !dated);
                        let share = match dated {
                            true => self.share(event.time) * decay(self.as_of - event.time, kind.half_life),
                            false if needs_time => self.undated,
                            false => 1.0,
                        };
                        if share > 0.0 {
                            sums[event.kind as usize] += share;
                            any = true;
                        }
                    }
                    if any {
                        let weight = sums.iter().zip(&self.kinds).fold(0.0, |sum, (&amount, kind)| {
                            sum + kind.map_or(0.0, |kind| kind.weight * libm::log1p(amount))
                        });
                        pairs.push((key(u, to), weight));
                    }
                }
            }
        }
        run.step(0)?;
        if self.windowed && undated == rows_seen {
            return Err(Error::parameter("--since", "no row has a time, so that no window can be cut")
                .with_hint("leave --since and --until out, or ingest the data with a time column"));
        }
        if self.windowed && pairs.is_empty() {
            return Err(Error::parameter("--since", "no row lies in this window").with_hint(format!(
                "the data runs from {} to {}",
                earliest_time(network).map(time::show).unwrap_or_default(),
                latest_time(network).map(time::show).unwrap_or_default()
            )));
        }
        // At most two terms a pair (follow, interactions): a + b is the same either way round.
        let merged = build::with_columns(run, accounts, vec![pairs], f64::total_cmp, |_, same| {
            Ok(same.iter().map(|p| p.1).sum())
        })?;
        let halved = self.windowed && self.undated == 0.5 && undated > 0;
        let keep_weights = halved || self.weighted || network.follows.as_ref().is_some_and(|f| f.graph.is_weighted());
        let weights = (keep_weights && (halved || self.weighted || !self.unweighted)).then_some(merged.columns);
        Ok(AudienceGraph { graph: build::finish(run, merged.following, weights)?, proxy, undated })
    }
}

/// `2^(−age/half_life)`; rows after "now" count as of now.
fn decay(age: i64, half_life: f64) -> f64 {
    if half_life.is_infinite() { 1.0 } else { libm::exp2(-(age.max(0) as f64) / half_life) }
}

/// The network as the window shows it: events outside are gone, undated ones stay unless they are to be dropped. The
/// follow layer is left to [`Audience::graph`].
pub fn in_window(network: &Network, weighting: &Weighting, run: &Run) -> Result<Network> {
    let mut shown = network.clone();
    if let (Some(events), true) = (&network.events, weighting.windowed) {
        let inside = events.iter().filter(|(_, _, event)| weighting.share(event.time) > 0.0);
        let rows = inside.map(|(u, v, event)| (key(u, v), event)).collect();
        shown.events = Some(super::events::Events::build(run, network.accounts(), vec![rows])?);
    }
    Ok(shown)
}

/// Interactions that each account received in the window, of all types (an undated one counts as `--undated` says), and
/// from how many different accounts.
pub fn interactions_received(network: &Network, weighting: &Weighting) -> Option<(Vec<f64>, Vec<u64>)> {
    let events = network.events.as_ref()?;
    // Shares are 0, 1/2 and 1, whose sums are exact.
    let mut received = vec![0.0; network.accounts()];
    let mut senders = vec![0u64; network.accounts()];
    for u in 0..network.accounts() as u32 {
        let mut last = None;
        for at in events.range(u) {
            let share = weighting.share(events.time.as_ref().map_or(time::MISSING, |column| column[at]));
            if share > 0.0 {
                let to = events.to[at];
                received[to as usize] += share;
                senders[to as usize] += u64::from(last != Some(to));
                last = Some(to);
            }
        }
    }
    Some((received, senders))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::events::{Event, Events};

    fn network() -> Network {
        let mut network = Network::from_graph(build::graph(3, &[(0, 1), (1, 2)]));
        network.kinds = vec!["like".into(), "share".into()];
        let event = |time, kind| Event { time, kind, ..Event::default() };
        let rows = vec![
            (key(0, 1), event(10 * time::DAY, 1)),
            (key(0, 1), event(9 * time::DAY, 1)),
            (key(2, 1), event(time::MISSING, 0)),
        ];
        network.events = Some(Events::build(&Run::default(), 3, vec![rows]).unwrap());
        network
    }

    fn layers(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn weights_follow_the_formula() {
        let run = Run::default();
        let audience = Audience {
            layers: layers("follow,share"),
            layer_weight: layers("share=2"),
            half_life: layers("1"),
            ..Default::default()
        };
        let graph = audience.graph(&network(), &run).unwrap().graph;
        assert_eq!(graph.edges(), 2);
        // now = day 10: events count 1 and 1/2.
        assert_eq!(graph.following_weights(0).unwrap(), [1.0 + 2.0 * libm::log1p(1.5)]);
        assert_eq!(graph.following_weights(1).unwrap(), [1.0]);
    }

    #[test]
    fn a_proxy_says_that_it_is_one() {
        let run = Run::default();
        let audience = Audience { audience_from: layers("like"), ..Default::default() };
        let made = audience.graph(&network(), &run).unwrap();
        assert!(made.proxy.unwrap().contains("like"));
        assert_eq!(made.graph.followers(1), [2]);
        let windowed = Audience { since: Some("1970-01-05".into()), undated: Undated::Drop, ..audience };
        let error = windowed.graph(&network(), &run).unwrap_err().to_string();
        assert!(error.contains("no row has a time"), "{error}");
        let both = Audience { audience_from: layers("like,retweet"), undated: Undated::Half, ..windowed };
        let made = both.graph(&network(), &run).unwrap();
        assert_eq!((made.graph.edges(), made.undated), (2, 1));
        assert_eq!(made.graph.following_weights(2).unwrap(), [libm::log1p(0.5)]);
    }

    #[test]
    fn unknown_layers_and_times_are_refused() {
        let run = Run::default();
        let wrong = [
            Audience { layers: layers("boosts"), ..Default::default() },
            Audience { since: Some("tomorrow".into()), ..Default::default() },
            Audience { since: Some("10".into()), until: Some("5".into()), ..Default::default() },
            Audience { layer_weight: layers("share=-1"), ..Default::default() },
            Audience { half_life: layers("0"), ..Default::default() },
        ];
        for audience in wrong {
            assert_eq!(audience.graph(&network(), &run).unwrap_err().exit_code(), 2);
        }
    }

    #[test]
    fn received_counts_events_and_senders() {
        let network = network();
        let weighting = Audience::default().check(&network).unwrap();
        let (received, senders) = interactions_received(&network, &weighting).unwrap();
        assert_eq!((received[1], senders[1]), (3.0, 2));
    }
}
