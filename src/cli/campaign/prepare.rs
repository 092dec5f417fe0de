//! A campaign asked of the verbs: each question in the words of the command line, so that every figure is one that it prints.

use super::file::Step;
use super::names::LIST;
use super::{Amount, Campaign};
use crate::base::{Error, Result, Run};
use crate::cli::ask::{ACCOUNTS, Held, Listed, ask, is_of_unlinked, listed};
use crate::report::page::{Asked, Data, Findings, Part};
use crate::report::{Answer, Cell, Table};

/// Groups of followers that are asked for.
const SETS: usize = 40;

/// Half-widths that are tried for the waterfalls, one after the other: those of creators with a few followers are not known well.
const HALF_WIDTHS: [&str; 3] = ["0.02", "0.1", "0.5"];

/// Asks everything that a page shows of a campaign.
///
/// **Input**: the campaign; the network, its checksum and its name; the run with its seed, whose progress the verbs report to;
/// whether small counts are shown where a network is personal data.
///
/// **Returns**: the answers of the verbs, as they are. What a network cannot carry is a [`Part`] that says why not.
///
/// **Errors**: a campaign that is wrong, with its place in the file; a plan that cannot be made; cancelled or without memory.
///
/// **Determinism**: equal bytes at any number of threads.
pub fn prepare(campaign: &Campaign, held: &Held, run: &Run, small_cells: bool) -> Result<Findings> {
    campaign.check()?;
    let held = campaign.priced(held)?;
    let asking = Asking { campaign, held: &held, run, small_cells };
    let data = asking.card()?;
    let niche = campaign.niche.as_ref().and_then(|niche| asking.niche(niche, &data));
    let plan = asking.plan(niche.as_deref())?;
    let creators = match plan.table.as_ref().map(names) {
        Some(names) => names,
        None => asking.given()?,
    };
    let list = listed("--creators", &creators)?;
    let verdicts = asking.verdicts(&data);
    let reach = asking.part(&["reach"], &list, &asking.reach_words(niche.as_deref()))?;
    let mut findings = Findings {
        asked: asking.asked(&creators)?,
        influence: asking.influence(&list, niche.is_some())?,
        everybody: match niche {
            Some(_) => Some(asking.part(&["reach"], &list, &asking.reach_words(None))?),
            None => None,
        },
        curve: asking.people(&list, vec!["--curve".into()])?,
        sets: asking.people(&list, vec![format!("--sets={SETS}")])?,
        risk: asking.risk(&list)?,
        data,
        plan,
        verdicts,
        seed: run.seed(),
        reach,
    };
    findings.verdicts.extend(said_of_cascades(&findings));
    Ok(findings)
}

/// A campaign being asked.
struct Asking<'a> {
    campaign: &'a Campaign,
    held: &'a Held,
    run: &'a Run,
    small_cells: bool,
}

/// The creators of a plan, in its order.
fn names(table: &Table) -> Vec<String> {
    let at = table.columns.iter().position(|column| column.key == "creator");
    let name = |row: &Vec<Cell>| match row.get(at?)? {
        Cell::Text(name) => Some(name.clone()),
        _ => None,
    };
    table.rows.iter().filter_map(name).collect()
}

/// What a kept back-test on cascades says, which verbs put among their notes.
fn said_of_cascades(findings: &Findings) -> Option<String> {
    let notes = findings.reach.table.iter().flat_map(|table| &table.notes);
    notes.into_iter().find(|note| note.ends_with("(how many passed on what a creator started)")).cloned()
}

impl Asking<'_> {
    fn ask(&self, words: &[String]) -> Result<Answer> {
        ask(words, Some(self.held), self.run, self.small_cells)
    }

    /// The data card.
    fn card(&self) -> Result<Data> {
        let answer = self.ask(&["info".into(), "--json".into()])?;
        let card = serde_json::from_str(&answer.text).map_err(|error| Error::parameter("info", error.to_string()))?;
        Ok(Data { name: base_name(&self.held.name), checksum: format!("{:016x}", self.held.checksum), card })
    }

    /// The column that says how much everybody cares about a niche, if there is one.
    fn niche(&self, niche: &str, data: &Data) -> Option<String> {
        Some(format!("niche:{niche}")).filter(|column| data.has_column(column))
    }

    /// What kept back-tests say of the network.
    fn verdicts(&self, data: &Data) -> Vec<String> {
        data.text("backtest").map(str::to_owned).into_iter().collect()
    }

    /// The creators that the campaign names, where no plan can be made of them.
    fn given(&self) -> Result<Vec<String>> {
        match &self.campaign.creators {
            Some(names) => self.campaign.known("creators", names, &self.held.network),
            None => Err(self.campaign.wrong(&[Step::Key("only")], "creators who can be reported on", "none")),
        }
    }

    /// Whom to sign; of creators who are given, what each adds.
    fn plan(&self, weight: Option<&str>) -> Result<Part> {
        let (campaign, network) = (self.campaign, &self.held.network);
        let creators =
            campaign.creators.as_ref().map(|names| campaign.known("creators", names, network)).transpose()?;
        let mut words: Vec<String> = campaign.only.iter().map(|condition| format!("--only={condition}")).collect();
        words.extend(weight.map(|column| format!("--weight={column}")));
        words.extend(campaign.budget.as_ref().map(|budget| format!("--budget={}", text(budget))));
        words.extend(campaign.count.map(|count| format!("--count={count}")));
        words.extend(self.pay_in());
        words.extend(campaign.at_most.iter().map(|quota| format!("--at-most={quota}")));
        words.extend(campaign.at_least.iter().map(|quota| format!("--at-least={quota}")));
        words.extend(campaign.pairs(network)?);
        let list = listed("--creators", creators.as_deref().unwrap_or_default())?;
        let must = match (&creators, campaign.is_choice()) {
            (Some(creators), false) => {
                words.push(format!("--count={}", creators.len()));
                listed("--must", creators)?
            }
            _ => listed("--must", &campaign.known("must", &campaign.must, network)?)?,
        };
        let never = listed("--never", &campaign.known("never", &campaign.never, network)?)?;
        if !campaign.is_choice() && creators.is_none() {
            return self.all_that_meet(words);
        }
        let mut shown = vec!["select".to_owned()];
        if creators.is_some() {
            shown.push(format!("--creators=@{LIST}"));
        }
        shown.extend(words.iter().cloned());
        for (flag, names) in [("--must", &campaign.must), ("--never", &campaign.never)] {
            shown.extend(names.iter().map(|name| format!("{flag}={name}")));
        }
        if !campaign.is_choice() {
            shown.push(format!("--must=@{LIST}"));
        }
        let asked =
            [vec!["select".to_owned()], list.words.clone(), words, must.words.clone(), never.words.clone()].concat();
        match self.ask(&asked) {
            Ok(answer) => Ok(part(shown, answer)),
            Err(error) if campaign.is_choice() => Err(campaign.blamed(error)),
            Err(error) => absent(shown, error),
        }
    }

    /// Creators who meet the conditions, all of them: how many they are is asked first.
    fn all_that_meet(&self, words: Vec<String>) -> Result<Part> {
        let reads = |error| self.campaign.blamed(error);
        let all = [
            vec!["overlap".to_owned(), "--curve".into(), ACCOUNTS.into()],
            words.iter().filter(|word| word.starts_with("--only")).cloned().collect(),
        ]
        .concat();
        let answer = self.ask(&all).map_err(reads)?;
        let creators = answer.tables.first().map(names).unwrap_or_default();
        let (list, must) = (listed("--creators", &creators)?, listed("--must", &creators)?);
        let count = format!("--count={}", creators.len());
        let shown = vec!["select".to_owned(), format!("--creators=@{LIST}"), format!("--must=@{LIST}"), count.clone()];
        let rest: Vec<String> = words.into_iter().filter(|word| !word.starts_with("--only")).collect();
        let asked = [vec!["select".to_owned(), count], list.words.clone(), must.words.clone(), rest].concat();
        match self.ask(&asked) {
            Ok(answer) => Ok(part(shown, answer)),
            Err(error) => Err(reads(error)),
        }
    }

    /// Prices in the currency of the campaign alone, where it names one and the data do.
    fn pay_in(&self) -> Option<String> {
        let currency = self.campaign.currency.as_ref()?;
        let priced = self.campaign.budget.is_some();
        priced.then(|| format!("--pay-in={currency}"))
    }

    fn reach_words(&self, weight: Option<&str>) -> Vec<String> {
        weight.map(|column| format!("--weight={column}")).into_iter().collect()
    }

    /// The waterfalls, as exact as they can be had.
    fn influence(&self, list: &Listed, niche: bool) -> Result<Part> {
        let niche: Vec<String> =
            self.campaign.niche.iter().filter(|_| niche).map(|niche| format!("--niche={niche}")).collect();
        let mut last = Part::default();
        for half_width in HALF_WIDTHS {
            let words = [niche.clone(), vec![format!("--half-width={half_width}")]].concat();
            let (part, error) = self.try_part(&["influence"], list, &words)?;
            last = part;
            if !matches!(&error, Some(Error::Parameter { parameter, .. }) if parameter == "--half-width") {
                break;
            }
        }
        Ok(last)
    }

    /// How followers are shared, an account a person where nobody said who has accounts on several platforms.
    fn people(&self, list: &Listed, words: Vec<String>) -> Result<Part> {
        let (part, error) = self.try_part(&["overlap"], list, &words)?;
        if !error.as_ref().is_some_and(is_of_unlinked) {
            return Ok(part);
        }
        let words = [words, vec![ACCOUNTS.into()]].concat();
        Ok(Part { accounts_are_people: true, ..self.part(&["overlap"], list, &words)? })
    }

    fn risk(&self, list: &Listed) -> Result<Part> {
        let (campaign, risk) = (self.campaign, &self.campaign.risk);
        let mut words = Vec::new();
        if let Some(brand) = &campaign.brand {
            let brand = campaign.name(&[Step::Key("brand")], brand, &self.held.network)?;
            words.push(format!("--brand={brand}"));
        }
        words.extend(risk.hazard.map(|chance| format!("--hazard={chance}")));
        words.extend(risk.hazards.as_ref().map(|file| format!("--hazards={}", file.display())));
        words.extend(risk.negativity.map(|negativity| format!("--negativity={negativity}")));
        let (part, error) = self.try_part(&["risk"], list, &words)?;
        match error {
            // What the campaign itself says of risk is the campaign's to mend.
            Some(error @ Error::Parameter { .. }) if matches!(&error, Error::Parameter { parameter, .. } if ["--hazard", "--hazards", "--negativity"].contains(&parameter.as_str())) => {
                Err(campaign.blamed(error))
            }
            Some(error @ (Error::Input { .. } | Error::Io { .. })) if risk.hazards.is_some() => Err(error),
            _ => Ok(part),
        }
    }

    fn part(&self, verb: &[&str], list: &Listed, words: &[String]) -> Result<Part> {
        Ok(self.try_part(verb, list, words)?.0)
    }

    /// An answer, or a part that says why there is none, with the error.
    fn try_part(&self, verb: &[&str], list: &Listed, words: &[String]) -> Result<(Part, Option<Error>)> {
        let verb: Vec<String> = verb.iter().map(|&word| word.to_owned()).collect();
        let shown = [verb.clone(), vec![format!("--creators=@{LIST}")], words.to_vec()].concat();
        let asked = [verb, list.words.clone(), words.to_vec()].concat();
        match self.ask(&asked) {
            Ok(answer) => Ok((part(shown, answer), None)),
            Err(error @ (Error::Cancelled | Error::Memory { .. })) => Err(error),
            Err(error) => {
                Ok((Part { command: shown, missing: Some(one_line(&error)), ..Part::default() }, Some(error)))
            }
        }
    }

    fn asked(&self, creators: &[String]) -> Result<Asked> {
        let campaign = self.campaign;
        let budget =
            campaign.budget.as_ref().map(|budget| campaign.amount(budget, &[Step::Key("budget")])).transpose()?;
        Ok(Asked {
            title: campaign.title.clone(),
            client: campaign.client.clone(),
            brand: campaign.brand.clone(),
            niche: campaign.niche.clone(),
            budget,
            count: campaign.count,
            currency: campaign.currency.clone(),
            chosen: campaign.is_choice(),
            only: campaign.only.clone(),
            own_prices: campaign.prices.len(),
            creators: creators.to_vec(),
        })
    }
}

/// An amount as the command line takes it.
fn text(amount: &Amount) -> String {
    match amount {
        Amount::Whole(number) => number.to_string(),
        Amount::Number(number) => number.to_string(),
        Amount::Text(text) => text.clone(),
    }
}

fn part(command: Vec<String>, answer: Answer) -> Part {
    Part {
        command,
        table: answer.tables.into_iter().next(),
        missing: None,
        notes: answer.notes,
        unmet: answer.unmet,
        accounts_are_people: false,
    }
}

fn absent(command: Vec<String>, error: Error) -> Result<Part> {
    match error {
        Error::Cancelled | Error::Memory { .. } => Err(error),
        error => Ok(Part { command, missing: Some(one_line(&error)), ..Part::default() }),
    }
}

/// An error in one line, its hint behind it.
fn one_line(error: &Error) -> String {
    error.to_string().split('\n').map(str::trim).collect::<Vec<_>>().join("; ")
}

/// The last part of a path: a page names no folder of a machine.
fn base_name(name: &str) -> String {
    let parts =
        name.split(' ').map(|path| path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path));
    parts.collect::<Vec<_>>().join(" ")
}
