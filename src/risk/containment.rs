//! Whom to let speak for the truth after a scandal, and until when it helps.

mod choose;
mod found;
mod improve;
mod judge;
mod line_ups;
mod outbreak;
mod roots;
mod stage;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::choose::Saved;
use self::improve::{Improve, SHORT, in_order, most_followed};
use self::judge::Judge;
use self::line_ups::LineUps;
use self::roots::{Roots, Searcher};
use self::stage::{Scene, Stage};
use crate::base::{Error, Result, Run, par};
use crate::cascade::reach::checked_creators;
use crate::cascade::{Deadline, Resolved, World};
use crate::graph::Graph;

pub use self::found::{ByCount, ByDelay, Containment, Rival, Voice};
pub use self::outbreak::Outbreak;

/// Up to k voices for the truth, of those who can be had, who keep most people from turning negative after a scandal if they
/// speak after a delay; and how many they save, by their number and by the delay.
///
/// In one world let N(u) be the hours until the scandal comes to u if nobody speaks, and P_c(u) the hours that the truth takes
/// from voice c to u, both along edges that carry and through those who pass on. Whoever hears both sides believes the first, and
/// nobody changes sides. Where negative content is carried and reshared at least as often as positive (all factors of at least
/// 1), every edge that carries the truth carries the scandal, no later. Then with `d + P_c(u) < N(u)` every person on c's path to
/// u hears c first, and so does u, whoever else speaks: `saved(S) >= |{u not in S: min over c in S of d + P_c(u) < N(u) < ∞}|` in every
/// world, a coverage of people. Greedy choice saves at least 1 − 1/e of the best coverage on the people looked at. The coverage
/// leaves out people who are saved because the truth stops the scandal on its way to them (none if both sides are carried alike),
/// and because the voices themselves do not pass it on. With smaller factors it is a stand-in, and a note says so. So the choice is
/// then made better by exchanges among a short list, beginning with it or with those who have most followers, as long as two-sided
/// walks of the worlds of choosing say so by more than their standard error. Figures are from two-sided walks of fresh worlds, where it no longer
/// matters how the voices were chosen.
///
/// Voices speak whatever they have heard before: they are asked at once and pass nothing on until they speak. They do not count
/// as saved, else whoever follows the fallen would be a good voice for their own sake. Nobody counts from whom the scandal comes.
/// More voices never leave more people turned, in any world.
///
/// **Input**: a resolved model with a time limit, the [`Outbreak`], the candidates (those of the fallen among them are left out).
/// **Returns**: [`Containment`], people (or what they count by `--weight`) per scandal. **Guarantee**: 1 − 1/e on the coverage,
/// none on the people saved beyond; the rivals in the result show what simple rules save in the same worlds. 95% intervals of
/// simulation alone, paired by world. **Cost**: a world is walked once, its edges looked up once, and each line-up of voices takes
/// a pass over those; a search backwards for each person looked at; [`Contain::memory`]. **Errors**: no time limit; a delay not
/// before it; nobody fallen, no candidate, accounts outside the graph; a negativity under linear threshold. **Determinism**: equal
/// bits at any number of threads. **Symbols**: k `voices`, d `speak_after`, N without voices, P_c of a voice. **References**: Budak,
/// Agrawal & El Abbadi 2011 (WWW), eventual influence limitation; Nemhauser, Wolsey & Fisher 1978; Minoux 1978.
///
/// ```
/// use truereach::{Run, cascade::{Cascade, Model, Timing, sided::Temper}, graph::{Network, build}, risk::{Contain, containment::Outbreak}};
/// // 1 and 2 follow the fallen 0, and 3, who can speak.
/// let network = Network::from_graph(build::graph(4, &[(1, 0), (2, 0), (1, 3), (2, 3)]));
/// let timing = Timing { within: Some(24.0), delay: Some("exp:6".parse()?) };
/// let model = Cascade { timing, ..Model::Ic(1.0).into() }.resolve(network.follow_graph()?, &network, &Run::new(7))?;
/// let found = Contain { speak_after: 0.0, ..Contain::default() }
///     .run_resolved(&model, &Outbreak::new(&[0], &Temper::even(1.0, 1.0)?), &[3], &Run::new(7))?;
/// assert!((found.by_count[0].share - 0.5).abs() < 0.1);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Contain {
    /// How many voices
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5, value_name = "K", help_heading = "Containment"))]
    pub voices: u32,
    /// Hours after the scandal until they speak
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 6.0, value_name = "HOURS", help_heading = "Containment"))]
    pub speak_after: f64,
    /// Other such hours, to show as a curve
    #[cfg_attr(
        feature = "cli",
        arg(long, value_delimiter = ',', value_name = "HOURS,…", default_values_t = CURVE, help_heading = "Containment")
    )]
    pub curve: Vec<f64>,
    /// Choose the voices in so many worlds
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 200, value_name = "N", help_heading = "Containment"))]
    pub worlds: u64,
    /// Look at so many people at most in each of them, and a quarter as many for shorter delays of the curve
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 512, value_name = "N", help_heading = "Containment"))]
    pub roots: u32,
    /// Take the figures from so many worlds more
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 400, value_name = "N", help_heading = "Containment"))]
    pub judged: u64,
}

/// From at once to two days.
const CURVE: [f64; 7] = [0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0];

impl Default for Contain {
    fn default() -> Self {
        Contain { voices: 5, speak_after: 6.0, curve: CURVE.into(), worlds: 200, roots: 512, judged: 400 }
    }
}

/// The candidates, by place.
struct Named {
    candidates: Vec<u32>,
    /// By account.
    places: Vec<u32>,
}

impl Named {
    fn new(graph: &Graph, candidates: Vec<u32>) -> Self {
        let mut places = vec![u32::MAX; graph.accounts()];
        candidates.iter().zip(0..).for_each(|(&account, place)| places[account as usize] = place);
        Named { candidates, places }
    }

    /// Whether more than half of all accounts are candidates.
    fn are_most(&self) -> bool {
        2 * self.candidates.len() > self.places.len()
    }

    #[inline]
    fn place(&self, account: u32) -> Option<u32> {
        let place = self.places[account as usize];
        (place != u32::MAX).then_some(place)
    }
}

/// By hours of delay, who speaks then.
type Curve = Vec<(f64, Vec<u32>)>;

/// Worlds a task.
const WORLDS: usize = 4;

/// Beside the coins of sides in a world: who is looked at, and who speaks at random.
const LOOKED_AT: u64 = 2;
const RANDOM: u64 = 3;

impl Contain {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        for (flag, number) in [
            ("--voices", u64::from(self.voices)),
            ("--worlds", self.worlds),
            ("--roots", self.roots.into()),
            ("--judged", self.judged),
        ] {
            if number == 0 {
                return Err(Error::parameter(flag, "must be at least 1"));
            }
        }
        let delays =
            std::iter::once(("--speak-after", self.speak_after)).chain(self.curve.iter().map(|&h| ("--curve", h)));
        for (flag, hours) in delays {
            if !(hours >= 0.0 && hours.is_finite()) {
                return Err(Error::parameter(flag, format!("{hours} is not a number of hours of at least 0")));
            }
        }
        Ok(())
    }

    /// Bytes that a run may take beside the graph, where the fallen and so many voices have `followers` and a thread looks
    /// up the edges of these. Under models where everybody reshares, `followers` are all edges.
    pub fn memory(&self, accounts: u64, followers: u64, threads: u64) -> u64 {
        // People looked at meet some few candidates each.
        let roots = self.worlds * u64::from(self.roots) * (16 + 8 * 16) * 5 / 4;
        let judged = self.judged * 8 * (u64::from(self.voices) + self.curve.len() as u64 + 5);
        4 * accounts + threads * (Stage::memory(accounts, followers) + Searcher::BYTES * accounts) + 2 * roots + judged
    }

    /// Chooses the voices and judges them, with a model resolved before.
    pub fn run_resolved(
        &self,
        resolved: &Resolved<'_>,
        scandal: &Outbreak<'_>,
        candidates: &[u32],
        run: &Run,
    ) -> Result<Containment> {
        self.check()?;
        let limit = self.limit(resolved)?;
        let fallen = checked_creators(resolved.graph(), scandal.fallen)?;
        let scandal = &Outbreak { fallen: &fallen, ..scandal.clone() };
        if resolved.picks_one() && !(scandal.temper.is_even() && scandal.temper.most() == 1.0) {
            return Err(Error::parameter("--negativity", "cannot be had under linear threshold").with_hint(
                "there each person hears one followee at most; --negative-sharing can be had, or another --model",
            ));
        }
        let mut notes = Vec::new();
        let named = self.named(resolved, scandal, candidates, &mut notes)?;
        self.say(resolved, scandal, &mut notes);
        self.check_memory(resolved, &fallen, &named, run)?;
        let mut curve = self.curve.clone();
        curve.sort_by(f64::total_cmp);
        curve.dedup();
        if let Some(late) = curve.iter().find(|hours| **hours >= limit.within) {
            notes.push(format!("voices after {late} hours or more save nobody in time"));
        }
        curve.retain(|hours| *hours < limit.within);
        let tools = par::Tools::new();
        let least = curve.iter().copied().fold(self.speak_after, f64::min);
        let roots = self.look(resolved, scandal, (limit, least), &named, &tools, run)?;
        let first = Judge { resolved, scandal, limit, candidates: &named.candidates, first: 0, worlds: self.worlds };
        let (chosen, curve) = self.choose(&roots, &named, first, &curve, &tools, run)?;
        if chosen.len() < self.voices as usize {
            notes.push(format!("only {} of the candidates save anybody more", chosen.len()));
        }
        let followed = most_followed(resolved.graph(), &named.candidates, self.voices as usize);
        let line_ups = LineUps::new(self.speak_after, chosen, curve, followed);
        let fresh = Judge { first: self.worlds, worlds: self.judged, ..first };
        let judged = fresh.judge(&line_ups.all, &tools, run)?;
        Ok(Containment {
            model: resolved.model().to_string(),
            assumptions: resolved.notes().to_vec(),
            notes,
            seed: run.seed(),
            speak_after: self.speak_after,
            within: limit.within,
            candidates: named.candidates.len() as u64,
            worlds: self.worlds,
            looked_at: roots.len() as u64,
            judged: self.judged,
            ..line_ups.figures(&judged)
        })
    }

    /// The choice, and one for each delay of the curve: greedy on the coverage, then by exchanges.
    fn choose(
        &self,
        roots: &Roots,
        named: &Named,
        judge: Judge<'_>,
        curve: &[f64],
        tools: &par::Tools<Stage>,
        run: &Run,
    ) -> Result<(Vec<u32>, Curve)> {
        let (saved, count) = (Saved::new(roots, named.candidates.len()), self.voices as usize);
        let everybody = || 0..named.candidates.len() as u32;
        let at = |places: &[(u32, f64)]| -> Vec<u32> {
            places.iter().map(|&(place, _)| named.candidates[place as usize]).collect()
        };
        let ranked = at(&saved.greedy(everybody(), count + SHORT, self.speak_after));
        let covering = ranked[..ranked.len().min(count)].to_vec();
        let own = |&hours: &f64| match hours == self.speak_after {
            true => (hours, covering.clone()),
            false => (hours, at(&saved.greedy(everybody(), count, hours))),
        };
        let curve: Curve = curve.iter().map(own).collect();
        let Some(improve) = Improve::new(judge, &ranked, count, self.speak_after) else {
            return Ok((covering, curve));
        };
        let chosen = improve.exchange(covering.clone(), tools, run)?;
        if chosen == covering {
            return Ok((covering, curve));
        }
        // In the order of the coverage, those first whom it would choose.
        let places = chosen.iter().filter_map(|&account| named.place(account));
        let order: Vec<u32> = saved.greedy(places, count, self.speak_after).iter().map(|&(place, _)| place).collect();
        let chosen = in_order(&order, &chosen, named);
        let curve = improve.curve(curve, &chosen, tools, run)?;
        Ok((chosen, curve))
    }

    /// The time limit, if the voices speak before it.
    fn limit(&self, resolved: &Resolved<'_>) -> Result<Deadline> {
        let limit = resolved.deadline().ok_or_else(|| {
            Error::parameter("--within", "whether a voice is in time needs hours, and so a time limit")
                .with_hint("add --within 168 (a week), and --delay for the hours from one person to the next")
        })?;
        if self.speak_after >= limit.within {
            let problem =
                format!("voices that speak after {} hours save nobody within {}", self.speak_after, limit.within);
            return Err(
                Error::parameter("--speak-after", problem).with_hint("let them speak earlier, or raise --within")
            );
        }
        Ok(limit)
    }

    /// The candidates who can speak.
    fn named(
        &self,
        resolved: &Resolved<'_>,
        scandal: &Outbreak<'_>,
        candidates: &[u32],
        notes: &mut Vec<String>,
    ) -> Result<Named> {
        let graph = resolved.graph();
        if let Some(outside) = candidates.iter().find(|&&c| c as usize >= graph.accounts()) {
            let problem = format!("account {outside} is not among the {} of this network", graph.accounts());
            return Err(Error::parameter("--creators", problem));
        }
        let mut left: Vec<u32> = candidates.to_vec();
        left.sort_unstable();
        left.dedup();
        let before = left.len();
        left.retain(|candidate| scandal.fallen.binary_search(candidate).is_err());
        if left.is_empty() {
            return Err(Error::parameter("--creators", "nobody is left who could speak for the truth"));
        }
        if left.len() < before {
            notes.push(format!("{} of the candidates are among the fallen, and left out", before - left.len()));
        }
        if left.len() < self.voices as usize {
            notes.push(format!("{} voices were asked for, and there are {} candidates", self.voices, left.len()));
        }
        Ok(Named::new(graph, left))
    }

    /// What the figures rest on.
    fn say(&self, resolved: &Resolved<'_>, scandal: &Outbreak<'_>, notes: &mut Vec<String>) {
        let temper = scandal.temper;
        notes.push(
            "who hears both sides believes the first to come, and nobody changes sides (assumed); voices pass nothing on \
             before they speak, speak whatever they have heard, and do not count as saved themselves"
                .into(),
        );
        let accounts = 0..resolved.graph().accounts() as u32;
        if temper.sharing() < 1.0 || accounts.map(|u| temper.factor(u)).any(|factor| factor < 1.0) {
            notes.push(
                "some negative content is carried less far than the truth: the choice of voices counts on people who may turn \
                 before they could pass the truth on; the people saved do not rest on that"
                    .into(),
            );
        }
    }

    fn check_memory(&self, resolved: &Resolved<'_>, fallen: &[u32], named: &Named, run: &Run) -> Result<()> {
        let graph = resolved.graph();
        let followers = |v: &u32| graph.followers(*v).len() as u64;
        let mut largest: Vec<u64> = named.candidates.iter().map(followers).collect();
        largest.sort_unstable_by_key(|&count| std::cmp::Reverse(count));
        let voices = self.voices as usize * (self.curve.len() + 3);
        let rows = fallen.iter().map(followers).sum::<u64>() + largest.iter().take(voices).sum::<u64>();
        let rows = if resolved.is_silent() { rows } else { (2 * rows).min(graph.edges()) };
        let rows = if resolved.always_shares() { graph.edges() } else { rows };
        let needed = self.memory(graph.accounts() as u64, rows, run.thread_count() as u64);
        run.check_memory("choosing voices", needed)
    }

    /// Looks at people whom the scandal turns, in every world.
    fn look(
        &self,
        resolved: &Resolved<'_>,
        scandal: &Outbreak<'_>,
        (limit, least): (Deadline, f64),
        named: &Named,
        tools: &par::Tools<Stage>,
        run: &Run,
    ) -> Result<Roots> {
        run.phase("looking for voices", Some(self.worlds));
        let searchers = par::Tools::new();
        let parts = par::map(run, &par::chunks(self.worlds as usize, WORLDS), |range| {
            let mut roots = Roots::default();
            tools.with(Stage::default, |stage| {
                searchers.with(Searcher::default, |searcher| {
                    for index in range {
                        let world = World::new(resolved, run.seed(), index as u64);
                        let scene = Scene { world: &world, temper: scandal.temper, limit };
                        stage.open(scene, &scandal.openings(&world));
                        let drawn = (self.roots as usize, world.sides().of(LOOKED_AT));
                        searcher.search(scene, stage, named, (self.speak_after, least), drawn, &mut roots);
                    }
                });
            });
            Ok(roots)
        })?;
        let mut roots = Roots::default();
        parts.iter().for_each(|part| roots.append(part));
        Ok(roots)
    }
}
