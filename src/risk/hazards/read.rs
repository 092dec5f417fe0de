//! A file of hazards as TOML, read value by value, so that each mistake is told with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{At, Cause, Hazards, Named, Own, PERIOD, WRITTEN, Who};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result};

const KEYS: &str = "period, default, [creators] or [groups.NAME]";
const GROUP_KEYS: &str = "members, column, only, shock or falls";

type Value<'t> = Spanned<DeValue<'t>>;

impl Hazards {
    /// Reads the text of a `--hazards` file; `file` is its name for messages.
    ///
    /// ```
    /// # use truereach::risk::Hazards;
    /// let hazards = Hazards::parse("period = \"3 months\"\n[creators]\n\"@lan\" = 0.02\n", "hazards.toml")?;
    /// assert_eq!(hazards.creators[0].chance, 0.02);
    /// # Ok::<(), truereach::Error>(())
    /// ```
    ///
    /// **Errors**: [`Error::Input`] with line and column for anything that is not such a file: a chance outside 0 to 1, a group
    /// without members or with one twice, a scenario in which nobody can fall.
    pub fn parse(text: &str, file: &str) -> Result<Hazards> {
        let reader = Reader { text, file };
        let table = DeTable::parse(text).map_err(|error| {
            let at = reader.location(error.span().unwrap_or_default());
            Error::input(at, "a file of hazards (TOML)", error.message())
        })?;
        let mut hazards = Hazards {
            period: PERIOD.into(),
            default: None,
            creators: Vec::new(),
            groups: Vec::new(),
            file: file.to_owned(),
        };
        for (key, value) in table.get_ref() {
            match &**key.get_ref() {
                "period" => hazards.period = reader.words(value, "what the chances are over, as \"3 months\"")?.name,
                "default" => hazards.default = Some(reader.chance(value)?),
                "creators" => hazards.creators = reader.creators(value)?,
                "groups" => hazards.groups = reader.groups(value)?,
                _ => return Err(reader.wrong(key.span(), KEYS)),
            }
        }
        reader.check(&hazards)?;
        Ok(hazards)
    }
}

struct Reader<'t> {
    text: &'t str,
    file: &'t str,
}

impl Reader<'_> {
    fn at(&self, span: Range<usize>) -> At {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        At { line, column: 1 + (before.len() - start) as u64 }
    }

    fn location(&self, span: Range<usize>) -> Location {
        let at = self.at(span);
        Location::file(self.file).line(at.line).column(at.column)
    }

    /// An error at a value: what should have stood there, and the text that does.
    fn wrong(&self, span: Range<usize>, expected: impl Into<String>) -> Error {
        let found = self.text.as_bytes().get(span.clone()).unwrap_or_default();
        let found = if found.starts_with(b"\"") { unquoted(found) } else { found };
        Error::input(self.location(span), expected, quoted(found))
    }

    fn named(&self, name: &str, span: Range<usize>) -> Named {
        Named { name: name.to_owned(), at: self.at(span) }
    }

    fn words(&self, value: &Value, expected: &str) -> Result<Named> {
        match value.get_ref().as_str().map(str::trim) {
            Some(text) if !text.is_empty() => Ok(self.named(text, value.span())),
            _ => Err(self.wrong(value.span(), expected)),
        }
    }

    fn chance(&self, value: &Value) -> Result<f64> {
        let number = match value.get_ref() {
            DeValue::Integer(whole) => {
                i64::from_str_radix(whole.as_str(), whole.radix()).ok().map(|whole| whole as f64)
            }
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            _ => None,
        };
        match number {
            Some(chance) if (0.0..=1.0).contains(&chance) => Ok(chance),
            _ => Err(self.wrong(value.span(), "a chance from 0 to 1").with_hint(WRITTEN)),
        }
    }

    fn table<'v, 't>(&self, value: &'v Value<'t>, expected: &str) -> Result<&'v DeTable<'t>> {
        value.get_ref().as_table().ok_or_else(|| self.wrong(value.span(), expected))
    }

    fn list(&self, value: &Value, expected: &str) -> Result<Vec<Named>> {
        let values = value.get_ref().as_array().ok_or_else(|| self.wrong(value.span(), expected))?;
        let mut names: Vec<Named> = Vec::new();
        for value in values.iter() {
            let name = self.words(value, expected)?;
            if names.iter().any(|other| other.name == name.name) {
                return Err(self.wrong(value.span(), "each name once").with_hint("leave the second one out"));
            }
            names.push(name);
        }
        match names.is_empty() {
            true => Err(self.wrong(value.span(), expected)),
            false => Ok(names),
        }
    }

    fn creators(&self, value: &Value) -> Result<Vec<Own>> {
        let table = self.table(value, "creators and their chances, as \"@lan\" = 0.02")?;
        let own = |(key, value): (&Spanned<_>, &Value)| {
            let key: &Spanned<std::borrow::Cow<str>> = key;
            Ok(Own { creator: key.get_ref().to_string(), chance: self.chance(value)?, at: self.at(key.span()) })
        };
        table.iter().map(own).collect()
    }

    fn groups(&self, value: &Value) -> Result<Vec<Cause>> {
        let table = self.table(value, "groups, each as [groups.NAME]")?;
        table.iter().map(|(key, value)| self.group(key.get_ref(), key.span(), value)).collect()
    }

    fn group(&self, name: &str, span: Range<usize>, value: &Value) -> Result<Cause> {
        let table = self.table(value, "a group, as [groups.NAME] with members or column, and shock")?;
        let (mut members, mut column, mut only, mut shock, mut falls) = (None, None, Vec::new(), None, 1.0);
        for (key, value) in table {
            match &**key.get_ref() {
                "members" => members = Some(self.list(value, "members, as [\"@lan\", \"@minh\"]")?),
                "column" => column = Some(self.words(value, "a column of the accounts table, as \"agency\"")?),
                "only" => only = self.list(value, "values of the column, as [\"agency 1\"]")?,
                "shock" => shock = Some(self.chance(value)?),
                "falls" => falls = self.chance(value)?,
                _ => return Err(self.wrong(key.span(), GROUP_KEYS)),
            }
        }
        let wrong = |expected: &str, found: &str, hint: &str| {
            Error::input(self.location(span.clone()), expected, format!("a group \"{name}\" {found}")).with_hint(hint)
        };
        let who = match (members, column) {
            (Some(members), None) if only.is_empty() => Who::Members(members),
            (Some(_), None) => return Err(wrong("only beside column", "with members and only", "leave only out")),
            (None, Some(column)) => Who::Column { column, only },
            (None, None) => {
                let hint = "members = [\"@lan\", \"@minh\"], or column = \"agency\"";
                return Err(wrong("members or column", "without members", hint));
            }
            (Some(_), Some(_)) => {
                return Err(wrong("members or column", "with both", "make two groups of it"));
            }
        };
        let shock = shock
            .ok_or_else(|| wrong("shock, the chance that something befalls the group", "without it", "shock = 0.01"))?;
        Ok(Cause { name: name.to_owned(), who, shock, falls, at: self.at(span) })
    }

    /// Refuses a scenario in which nobody can fall.
    fn check(&self, hazards: &Hazards) -> Result<()> {
        let wrong = |found: &str, hint: &str| {
            Err(Error::input(Location::file(self.file), "somebody who can fall", found).with_hint(hint))
        };
        if hazards.default.is_none() && hazards.creators.is_empty() && hazards.groups.is_empty() {
            return wrong("nobody named and no default", "default = 0.005 gives every creator a chance of 5 in 1,000");
        }
        if !hazards.can_hurt() {
            return wrong("chances of 0 alone: nobody can fall", "give at least one chance above 0");
        }
        Ok(())
    }
}

/// A text without the quotation marks around it: messages have their own.
fn unquoted(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "period = \"3 months\"\ndefault = 0.005\n[creators]\n\"@lan\" = 0.02\n\"@minh\" = 1e-2\n\
                         [groups.agency-1]\nmembers = [\"@lan\", \"@minh\"]\nshock = 0.01\nfalls = 0.7\n\
                         [groups.agencies]\ncolumn = \"agency\"\nonly = [\"agency 1\"]\nshock = 1\n";

    #[test]
    fn a_whole_file_is_read() {
        let hazards = Hazards::parse(WHOLE, "h.toml").unwrap();
        assert_eq!((&hazards.period[..], hazards.default), ("3 months", Some(0.005)));
        let own: Vec<(&str, f64)> = hazards.creators.iter().map(|own| (&own.creator[..], own.chance)).collect();
        assert_eq!(own, [("@lan", 0.02), ("@minh", 0.01)]);
        let [column, members] = &hazards.groups[..] else { panic!("two groups") };
        assert_eq!((&members.name[..], members.shock, members.falls), ("agency-1", 0.01, 0.7));
        assert_eq!((&column.name[..], column.shock, column.falls), ("agencies", 1.0, 1.0));
        let Who::Members(names) = &members.who else { panic!("members") };
        assert_eq!((&names[1].name[..], names[1].at), ("@minh", At { line: 7, column: 20 }));
        assert_eq!(Hazards::parse("default=1", "h").unwrap().period, PERIOD);
        assert_eq!(serde_json::to_value(&hazards).unwrap()["groups"][1]["who"]["members"][0], "@lan");
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, says) in [
            ("default = 1.5", "h.toml:1:11: expected a chance from 0 to 1, found \"1.5\"\n  hint: 2 in 100 is"),
            ("\n default = -0.1", "h.toml:2:12: expected a chance from 0 to 1, found \"-0.1\""),
            ("default = nan", "found \"nan\""),
            ("default = \"2%\"", "h.toml:1:11: expected a chance from 0 to 1, found \"2%\""),
            ("default = 2", "found \"2\""),
            ("[creators]\n\"@lan\" = inf", "h.toml:2:10: expected a chance from 0 to 1, found \"inf\""),
            ("[creators]\na = 0.1\na = 0.2", "h.toml:3:1: expected a file of hazards (TOML), found duplicate key"),
            ("hazard = 0.1", "h.toml:1:1: expected period, default, [creators] or [groups.NAME], found \"hazard\""),
            ("default = ", "h.toml:1:"),
            ("creators = 0.2", "expected creators and their chances"),
            ("period = 3\ndefault = 0.1", "h.toml:1:10: expected what the chances are over"),
            ("period = \" \"\ndefault = 0.1", "expected what the chances are over"),
            ("groups = 1", "expected groups, each as [groups.NAME]"),
            ("[groups]\na = 0.1", "expected a group, as [groups.NAME]"),
            ("[groups.a]\nmembers = []\nshock = 0.1", "h.toml:2:11: expected members, as"),
            ("[groups.a]\nmembers = [1]\nshock = 0.1", "h.toml:2:12: expected members, as"),
            ("[groups.a]\nmembers = [\"x\", \"y\", \"x\"]", "h.toml:2:22: expected each name once, found \"x\""),
            ("[groups.a]\nshock = 0.1", "h.toml:1:9: expected members or column, found a group \"a\" without members"),
            ("[groups.a]\nmembers = [\"x\"]\ncolumn = \"y\"\nshock = 0.1", "with both"),
            ("[groups.a]\nmembers = [\"x\"]\nonly = [\"y\"]\nshock = 0.1", "expected only beside column"),
            ("[groups.a]\nmembers = [\"x\"]", "expected shock, the chance that something befalls the group, found"),
            ("[groups.a]\nmembers = [\"x\"]\nshok = 0.1", "h.toml:3:1: expected members, column, only, shock or falls"),
            ("", "h.toml: expected somebody who can fall, found nobody named and no default\n  hint: default = 0.005"),
            ("[creators]\n[groups]", "found nobody named and no default"),
            ("default = 0\n[creators]\nx = 0.0", "found chances of 0 alone: nobody can fall"),
            ("[groups.a]\nmembers = [\"x\"]\nshock = 0.1\nfalls = 0", "nobody can fall"),
        ] {
            let error = Hazards::parse(text, "h.toml").unwrap_err();
            assert!(error.to_string().contains(says), "{text:?}: {error}");
            assert_eq!(error.exit_code(), 1);
        }
    }

    #[test]
    fn a_single_chance_is_everybodys() {
        assert_eq!(Hazards::same(0.01).unwrap().default, Some(0.01));
        for wrong in [0.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
            let error = Hazards::same(wrong).unwrap_err().to_string();
            assert!(error.contains("--hazard: ") && error.contains("is not a chance"), "{error}");
        }
    }
}
