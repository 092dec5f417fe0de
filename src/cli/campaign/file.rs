//! Reading a campaign file, and saying where in it something is wrong.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{Amount, Campaign};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result};
use crate::io::tables::number::Numbers;

/// What a campaign file holds, for errors.
const EXPECTED: &str = "a campaign: title, client, brand, language, niche, budget, count, currency, creators, only, must, never, \
                        exclusive, at-most, at-least, [prices] and [risk]";

/// The text of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    file: String,
    text: String,
}

/// A step on the way to a value of a file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// Of a table, this key.
    Key(&'a str),
    /// Of a list, this place.
    At(usize),
}

impl Source {
    /// The place of a byte.
    fn location(&self, byte: usize) -> Location {
        let before = &self.text.as_bytes()[..byte.min(self.text.len())];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        Location::file(&self.file).line(line).column(1 + (before.len() - start) as u64)
    }

    /// The place of a value: as far along the way as the file goes.
    fn place(&self, way: &[Step<'_>]) -> Location {
        let Ok(document) = DeTable::parse(&self.text) else { return Location::file(&self.file) };
        let (mut span, mut table, mut list) = (None, Some(document.get_ref()), None);
        for step in way {
            let value = match step {
                Step::Key(key) => table.and_then(|table: &DeTable<'_>| {
                    table.iter().find(|(name, _)| name.get_ref() == key).map(|found| found.1)
                }),
                Step::At(place) => list.and_then(|list: &toml::de::DeArray<'_>| list.get(*place)),
            };
            let Some(value) = value else { break };
            span = Some(value.span().start);
            (table, list) = match value.get_ref() {
                DeValue::Table(inner) => (Some(inner), None),
                DeValue::Array(inner) => (None, Some(inner)),
                _ => (None, None),
            };
        }
        span.map_or_else(|| Location::file(&self.file), |byte| self.location(byte))
    }
}

impl Campaign {
    /// Reads a campaign; a file of chances is looked for in its folder.
    ///
    /// **Errors**: [`Error::Io`]; [`Error::Input`] with line and column for anything that is no campaign.
    pub fn read(path: &Path) -> Result<Campaign> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", error))?;
        let mut campaign = Campaign::parse(&text, &path.display().to_string())?;
        let folder = path.parent().unwrap_or(Path::new("."));
        campaign.risk.hazards = campaign.risk.hazards.map(|file| folder.join(file));
        Ok(campaign)
    }

    /// The campaign of a text that is called `file` in errors. Whoever takes texts from elsewhere looks at
    /// [`super::Risk::hazards`], the only file it can name.
    pub fn parse(text: &str, file: &str) -> Result<Campaign> {
        let text = text.trim_start_matches('\u{feff}');
        let source = Source { file: file.to_owned(), text: text.to_owned() };
        let mut campaign: Campaign = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or_else(|| Location::file(file), |span| source.location(span.start));
            Error::input(at, EXPECTED, error.message())
        })?;
        campaign.source = Some(source);
        campaign.check()?;
        Ok(campaign)
    }

    /// Refuses what no campaign can mean, whatever the network.
    pub fn check(&self) -> Result<()> {
        let empty = |key: &'static str, list: &[String]| match list.iter().position(|name| name.trim().is_empty()) {
            Some(place) => Err(self.wrong(&[Step::Key(key), Step::At(place)], "a name", "an empty text")),
            None => Ok(()),
        };
        for (key, list) in [
            ("only", &self.only),
            ("must", &self.must),
            ("never", &self.never),
            ("at-most", &self.at_most),
            ("at-least", &self.at_least),
        ] {
            empty(key, list)?;
        }
        if let Some(creators) = &self.creators {
            empty("creators", creators)?;
            if creators.is_empty() {
                return Err(self
                    .wrong(&[Step::Key("creators")], "at least one creator", "an empty list")
                    .with_hint("leave creators out to choose from all of the network"));
            }
        }
        if !self.is_choice() && self.creators.is_none() && self.only.is_empty() {
            return Err(self.wrong(&[], "creators, a budget or a count", "none of them").with_hint(
                "creators = [\"@anh\", \"@bao\"] reports on these; budget = \"800M\" or count = 8 chooses",
            ));
        }
        if !self.is_choice() {
            for (key, given) in [
                ("must", !self.must.is_empty()),
                ("never", !self.never.is_empty()),
                ("exclusive", !self.exclusive.is_empty()),
                ("at-most", !self.at_most.is_empty()),
                ("at-least", !self.at_least.is_empty()),
            ] {
                if given {
                    return Err(self.wrong(
                        &[Step::Key(key)],
                        "a budget or a count beside it",
                        "neither: nothing is chosen",
                    ));
                }
            }
        }
        if self.count == Some(0) {
            return Err(self.wrong(&[Step::Key("count")], "at least 1 creator", "0"));
        }
        if let Some(budget) = &self.budget {
            self.amount(budget, &[Step::Key("budget")])?;
        }
        for (name, price) in &self.prices {
            self.amount(price, &[Step::Key("prices"), Step::Key(name)])?;
        }
        if self.risk.hazard.is_some() && self.risk.hazards.is_some() {
            return Err(self.wrong(&[Step::Key("risk"), Step::Key("hazard")], "hazard or hazards", "both"));
        }
        if let Some(chance) = self.risk.hazard.filter(|chance| !(0.0..=1.0).contains(chance)) {
            return Err(self.wrong(
                &[Step::Key("risk"), Step::Key("hazard")],
                "a chance from 0 to 1",
                chance.to_string(),
            ));
        }
        if let Some(negativity) =
            self.risk.negativity.filter(|negativity| !(*negativity >= 0.0 && negativity.is_finite()))
        {
            return Err(self.wrong(
                &[Step::Key("risk"), Step::Key("negativity")],
                "a number of at least 0",
                negativity.to_string(),
            ));
        }
        Ok(())
    }

    /// An amount as a number of at least 0.
    pub(super) fn amount(&self, amount: &Amount, way: &[Step<'_>]) -> Result<f64> {
        let wrong = |found: String| self.wrong(way, "an amount of money", found).with_hint("800M, 1.2B or 800000000");
        let number = match amount {
            Amount::Whole(number) => *number as f64,
            Amount::Number(number) => *number,
            Amount::Text(text) => match Numbers::default().read_as(text, true) {
                Ok(Some(number)) => number,
                Ok(None) => return Err(wrong("no amount".into())),
                Err(problem) => return Err(wrong(format!("{}: {problem}", quoted(text.as_bytes())))),
            },
        };
        match number >= 0.0 && number.is_finite() {
            true => Ok(number),
            false => Err(wrong(number.to_string())),
        }
    }

    /// Something that is wrong at a place of the file.
    pub(super) fn wrong(&self, way: &[Step<'_>], expected: impl Into<String>, found: impl Into<String>) -> Error {
        Error::input(self.place(way), expected, found)
    }

    /// The same of an error that came back from a verb, which knows its own words alone.
    pub(super) fn blamed(&self, error: Error) -> Error {
        let Error::Parameter { parameter, problem, hint } = &error else { return error };
        let way: &[Step<'_>] = match parameter.as_str() {
            "--budget" | "--price" | "--pay-in" => &[Step::Key("budget")],
            "--count" => &[Step::Key("count")],
            "--creators" => &[Step::Key("creators")],
            "--only" => &[Step::Key("only")],
            "--must" => &[Step::Key("must")],
            "--never" => &[Step::Key("never")],
            "--exclusive" => &[Step::Key("exclusive")],
            "--at-most" => &[Step::Key("at-most")],
            "--at-least" => &[Step::Key("at-least")],
            "--hazard" => &[Step::Key("risk"), Step::Key("hazard")],
            "--hazards" => &[Step::Key("risk"), Step::Key("hazards")],
            "--negativity" => &[Step::Key("risk"), Step::Key("negativity")],
            _ => &[],
        };
        let blamed = self.wrong(way, "a campaign that can be answered", problem.clone());
        match hint {
            Some(hint) => blamed.with_hint(hint.clone()),
            None => blamed,
        }
    }

    fn place(&self, way: &[Step<'_>]) -> Location {
        self.source.as_ref().map_or_else(|| Location::file("campaign"), |source| source.place(way))
    }
}
