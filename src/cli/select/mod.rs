//! `truereach select`: whom to sign.

mod careful;
mod frontier;
mod plan;
mod rivals;
mod robust;

pub use plan::money;

use std::time::{Duration, Instant};

use super::analyze::{parameters, read_priors};
use super::backtest;
use super::creators::{CreatorArgs, accounts};
use super::open::NetworkArgs;
use super::rank::open_graph;
use super::reach::warn_of_growth;
use super::term::{OutputArgs, Terminal};
use crate::base::{Error, Result};
use crate::cascade::{Model, Observed, Wave};
use crate::graph::{Audience, Network};
use crate::influence::{Brief, Plan, Select, Wishes};
use crate::io::tables::number::Numbers;
use crate::report::Provenance;

/// Choose the creators who together reach most people, for a number of creators, a budget, or both; within limits,
/// with a certificate of how much better any other choice could be.
///
/// Reach is exposure, not persuasion or sales; the certificate is about the model and these data, not about the
/// campaign's outcome.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach select datasets/lastfm-asia --count 10
  truereach select market.trg --budget 800M --at-most tier=mega:1 --at-least niche=beauty:3
  truereach select market.trg --budget 800M --must anh --exclusive bao:chi --beside @client.txt
  truereach select market.trg --budget 2B --frontier=20 -o frontier.csv
  truereach select market.trg --count 20 --robust
  truereach select market.trg --count 50 --model wc --certify 0.95
  truereach select market.trg --budget 200M --after observed.csv
  truereach select market.trg --budget 800M --hazards hazards.toml --brand acme --max-risk 20000
  truereach select market.trg --count 5 --only niche=beauty --weight authentic")]
pub struct SelectArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    #[command(flatten)]
    select: Select,
    /// At most so much money in all, as 800M, 1.2B or 800000000, in the currency of the prices
    #[arg(long, value_name = "AMOUNT", help_heading = "Portfolio")]
    budget: Option<String>,
    /// Creators in every portfolio: ids, or @FILE with one a line
    #[arg(long, value_delimiter = ',', value_name = "ID,…", help_heading = "Portfolio")]
    must: Vec<String>,
    /// Creators in none: ids, or @FILE with one a line
    #[arg(long, value_delimiter = ',', value_name = "ID,…", help_heading = "Portfolio")]
    never: Vec<String>,
    /// Two creators who cannot both be signed: ID:ID (repeatable)
    #[arg(long, value_delimiter = ',', value_name = "ID:ID", help_heading = "Portfolio")]
    exclusive: Vec<String>,
    /// Judge this portfolio too, on the same people: ids with commas, or @FILE with one a line (repeatable)
    #[arg(long, value_name = "ID,…", help_heading = "Portfolio")]
    beside: Vec<String>,
    /// A post is out: who posted and what was seen since, as account,status (posted, shared, exposed, not_exposed, not_shared);
    /// chooses whom to sign next, for people not reached yet
    #[arg(long, value_name = "FILE", help_heading = "Portfolio")]
    after: Option<std::path::PathBuf>,
    /// Judge beside it, too, what simple rules would sign: most followers, PageRank, cheapest per follower, chance
    #[arg(long, help_heading = "Portfolio")]
    rivals: bool,
    /// Show N budgets (or numbers of creators) up to the one given, each with the reach it buys [default with the flag: 20]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "20", help_heading = "Portfolio")]
    frontier: Option<u32>,
    /// Show how the plan does under draws of what is assumed and under other models [default with the flag:
    /// prior,ic:0.01,wc,lt], beside what would be chosen there
    #[arg(long, value_name = "MODEL,…", num_args = 0..=1, require_equals = true, value_delimiter = ',', default_missing_value = "prior,ic:0.01,wc,lt", conflicts_with_all = ["frontier", "after", "max_risk", "risk_aversion", "risk_frontier"], help_heading = "Portfolio")]
    robust: Option<Vec<Model>>,
    #[command(flatten)]
    caution: careful::CautionArgs,
    /// Stop after so many seconds with the best so far; --samples repeats such a run
    #[arg(long, value_name = "SECONDS", help_heading = "Stopping")]
    time_limit: Option<f64>,
    /// TOML file of what the model prior assumes: exposure by followers, resharing
    #[arg(long, value_name = "FILE", help_heading = "Cascade")]
    priors: Option<std::path::PathBuf>,
    #[command(flatten)]
    audience: Audience,
    #[command(flatten)]
    output: OutputArgs,
}

impl SelectArgs {
    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        if let Some(path) = &self.priors {
            self.select.cascade.priors = read_priors(path)?;
        }
        self.select.limits.budget = self.budget.as_deref().map(amount).transpose()?;
        self.select.frontier = self.frontier.unwrap_or(0);
        self.select.check()?;
        self.caution.check(&self.select)?;
        let enough = until(self.time_limit)?;
        let (opened, made) = open_graph(&self.network, &self.audience, terminal)?;
        let (network, run) = (&opened.network, &terminal.run);
        if !network.view.has_followers() {
            return Err(Error::NotEstimable {
                figure: "A choice of creators by reach".into(),
                needs: format!(
                    "complete follower lists; this network shows {}. truereach overlap --pick N chooses by sampled lists",
                    network.view.describe()
                ),
            });
        }
        let mut wishes = self.wishes(network, terminal)?;
        let observed = self.observed(network, terminal)?;
        if let Some(observed) = &observed {
            posted(&mut wishes, &observed.posters, network)?;
        }
        let mut beside = Vec::new();
        for text in &self.beside {
            beside.push((text.clone(), portfolio(text, network, terminal)?));
        }
        if self.rivals {
            beside.extend(rivals::rivals(&self.select, &wishes, &made.graph, network, run)?);
        }
        let beyond = network.view.has_followings();
        let resolved = match beyond {
            true => self.select.cascade.resolve(&made.graph, network, run)?,
            false => self.select.cascade.resolve_direct(&made.graph, network, run)?,
        };
        let resolved = self.select.counting(resolved, network)?;
        if self.select.cascade.rho.is_some() && beyond {
            warn_of_growth(&resolved, terminal)?;
        }
        let wave = observed.as_ref().map(|observed| Wave::new(&resolved, observed, run)).transpose()?;
        if let Some(observed) = observed.as_ref().filter(|observed| !observed.statuses.is_empty()) {
            // What somebody would choose who knows the posters and did not look.
            let unseen = Observed { statuses: Vec::new(), ..observed.clone() };
            let blind = Wave::new(&resolved, &unseen, run)?;
            let brief = Brief { wave: Some(&blind), ..Brief::of(&wishes) };
            let plain = Select { frontier: 0, plain: true, ..self.select.clone() };
            let plan = plain.run_resolved(&resolved, network, &brief, &enough, run)?;
            let members = plan.best.members.iter().map(|member| member.account).collect();
            beside.push((plan::WITHOUT_LOOKING.into(), members));
        }
        let (beside, others): (Vec<String>, Vec<Vec<u32>>) = beside.into_iter().unzip();
        let careful = self.caution.ready(&self.select, &wishes, &resolved, &opened, terminal)?;
        let risk = careful.as_ref().map(|careful| careful.limit(&opened, &resolved, run));
        let caution = risk.as_ref().map(|risk| self.caution.caution(risk));
        let brief = Brief { others: &others, wave: wave.as_ref(), caution, ..Brief::of(&wishes) };
        let found = self.select.run_resolved(&resolved, network, &brief, &enough, run)?;
        let names = |accounts: &[u32]| -> Vec<String> {
            accounts.iter().map(|&account| network.names.get(account).into_owned()).collect()
        };
        let named = if self.creators.creators.is_empty() { Vec::new() } else { names(&wishes.candidates) };
        let own = others.iter().take(self.beside.len()).map(|portfolio| names(portfolio)).collect::<Vec<_>>();
        let seen = observed.as_ref().map(|observed| {
            let statuses = observed.statuses.iter().map(|&(account, status)| (names(&[account]), status.word()));
            serde_json::json!({ "posted": names(&observed.posters), "statuses": statuses.collect::<Vec<_>>() })
        });
        let parameters = serde_json::json!({
            "select": parameters(&self.select)?, "creators": named, "only": parameters(&self.creators.only)?,
            "must": names(&wishes.must), "never": names(&wishes.never), "exclusive": self.exclusive, "beside": own,
            "after": seen, "rivals": self.rivals, "robust": self.robust, "caution": self.caution.parameters()?, "audience": parameters(&self.audience)?,
        });
        let provenance = Provenance::new("select", parameters, terminal.seed, opened.checksum);
        let shown = plan::Shown {
            plan: &found,
            select: &self.select,
            network,
            graph: &made.graph,
            beside: &beside,
            beyond,
            hide_below: terminal.hide_below(),
        };
        let mut table = match (&self.robust, self.frontier) {
            _ if self.caution.wants_frontier() => careful::table(&shown, provenance),
            (Some(models), _) => robust::table(&shown, models, &resolved, (&made.graph, &wishes), provenance, run)?,
            (None, Some(_)) => frontier::table(&shown, provenance),
            (None, None) => plan::table(&shown, provenance),
        };
        if let Some(careful) = &careful {
            table.notes.splice(0..0, careful.words(&shown));
        }
        if let Some(verdict) = backtest::kept_on_cascades(&self.network, &opened, terminal)? {
            table.notes.insert(0, backtest::said_of_cascades(&verdict));
        }
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        terminal.give(&table, &self.output)?;
        not_converged(&found, &self.select)
    }

    /// What was seen of a post that is out; nothing without rows.
    fn observed<'n>(&self, network: &'n Network, terminal: &Terminal) -> Result<Option<Observed<'n>>> {
        let Some(path) = &self.after else { return Ok(None) };
        let rows = crate::io::observed::read(path, &network.names, &terminal.run)?;
        rows.notes.iter().for_each(|note| terminal.note(format!("note: {note}")));
        if rows.rows.is_empty() {
            terminal.note("note: nothing was observed: this is the plan from the start");
            return Ok(None);
        }
        let seen = rows.rows.iter().map(|seen| (seen.account, seen.status));
        Ok(Some(Observed::new(seen, Some(&network.names))))
    }

    /// Who can be signed, must be, must not be, and not together.
    fn wishes(&self, network: &Network, terminal: &Terminal) -> Result<Wishes> {
        let pair = |text: &String| -> Result<(u32, u32)> {
            let form = || Error::parameter("--exclusive", format!("\"{text}\" is not a pair ID:ID, such as anh:bao"));
            // Names may have colons of their own: the one that parts two known names.
            let parts = text.match_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..]));
            let known = |(a, b): (&str, &str)| Some((network.names.find(a.trim())?, network.names.find(b.trim())?));
            if let Some(pair) = parts.clone().find_map(known) {
                return Ok(pair);
            }
            let (a, b) = text.split_once(':').ok_or_else(form)?;
            Ok((network.account(a.trim())?, network.account(b.trim())?))
        };
        repeated("--creators", &self.creators.creators, terminal);
        repeated("--must", &self.must, terminal);
        Ok(Wishes {
            candidates: self.creators.candidates(network)?,
            must: accounts(&self.must, network)?,
            never: accounts(&self.never, network)?,
            exclusive: self.exclusive.iter().map(pair).collect::<Result<_>>()?,
        })
    }
}

/// Takes those whose post is out from those who can be signed.
fn posted(wishes: &mut Wishes, posters: &[u32], network: &Network) -> Result<()> {
    if let Some(&poster) = posters.iter().find(|poster| wishes.must.contains(poster)) {
        let problem = format!("the post of {} is out already", network.names.get(poster));
        return Err(Error::parameter("--must", problem).with_hint("a budget is what is left for others"));
    }
    wishes.candidates.retain(|candidate| !posters.contains(candidate));
    Ok(())
}

/// An amount of money as people write it.
fn amount(text: &str) -> Result<f64> {
    match Numbers::default().read_as(text, true) {
        Ok(Some(amount)) => Ok(amount),
        Ok(None) => Err(Error::parameter("--budget", "no amount was given")),
        Err(problem) => Err(Error::parameter("--budget", format!("\"{text}\": expected an amount, found {problem}"))
            .with_hint("800M, 1.2B or 800000000")),
    }
}

/// Asked between two looks: whether the time is over.
fn until(seconds: Option<f64>) -> Result<impl Fn() -> bool> {
    let limit = match seconds {
        None => None,
        Some(seconds) if seconds > 0.0 && seconds < 1e9 => Some(Duration::from_secs_f64(seconds)),
        Some(seconds) => {
            return Err(Error::parameter("--time-limit", format!("{seconds} is not a number of seconds above 0")));
        }
    };
    let begun = Instant::now();
    Ok(move || limit.is_some_and(|limit| begun.elapsed() >= limit))
}

/// A portfolio named in one text.
fn portfolio(text: &str, network: &Network, terminal: &Terminal) -> Result<Vec<u32>> {
    let texts: Vec<String> = text.split(',').map(str::to_owned).collect();
    repeated("--beside", &texts, terminal);
    accounts(&texts, network)
}

/// Says who is named twice; they count once.
fn repeated(flag: &str, texts: &[String], terminal: &Terminal) {
    let mut sorted: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
    sorted.sort_unstable();
    let mut twice: Vec<&str> = sorted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    twice.dedup();
    if !twice.is_empty() {
        terminal.note(format!("note: {flag} names {} more than once; counted once", twice.join(", ")));
    }
}

fn not_converged(plan: &Plan, select: &Select) -> Result<()> {
    if plan.converged {
        return Ok(());
    }
    let reached = match select.certify {
        Some(asked) => format!(
            "the plan is certified to reach {:.1}% of the best, and {:.1}% was asked, after {} samples",
            100.0 * plan.best.ratio,
            100.0 * asked,
            plan.samples
        ),
        None => format!("more samples might still reach more: stopped after {}", plan.samples),
    };
    Err(Error::NotConverged(format!(
        "{reached}; raise --time-limit or --max-samples; --samples {} gives this plan again",
        plan.samples
    )))
}
