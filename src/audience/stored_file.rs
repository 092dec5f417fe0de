//! Sketches as a file: a line that says what it is, then a line of JSON for each creator, hashes in hexadecimal digits.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use super::stored::{Sketched, Sketches};
use crate::base::{Error, Location, Result};

/// Name and version of the file.
const SCHEMA: &str = "truereach/sketches/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
    keep: u32,
    personal: bool,
    as_listed: bool,
    key: Option<String>,
    creators: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    creator: String,
    platform: Option<String>,
    linked: bool,
    below: String,
    people: String,
}

impl Sketches {
    /// Writes them. Equal sketches give equal bytes.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let head = Head {
            schema: SCHEMA.into(),
            keep: self.keep,
            personal: self.personal,
            as_listed: self.as_listed,
            key: self.key.map(|key| format!("{key:016x}")),
            creators: self.creators.len() as u64,
        };
        writeln!(out, "{}", serde_json::to_string(&head)?)?;
        for sketch in &self.creators {
            let mut people = String::with_capacity(16 * sketch.hashes.len());
            sketch.hashes.iter().for_each(|hash| people += &format!("{hash:016x}"));
            let line = Line {
                creator: sketch.creator.clone(),
                platform: sketch.platform.clone(),
                linked: sketch.linked,
                below: format!("{:016x}", sketch.below),
                people,
            };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
        Ok(())
    }

    /// Reads what [`Sketches::write`] wrote; `name` is the file's, for messages.
    ///
    /// **Errors**: another file, a line that is damaged or missing, with its place.
    pub fn read(input: &mut dyn BufRead, name: &str) -> Result<Sketches> {
        let mut lines = input.lines().enumerate().map(|(at, line)| {
            let at = Location::file(name).line(at as u64 + 1);
            match line {
                Ok(line) => Ok((at, line)),
                Err(error) => Err(Error::input(at, "text", error.to_string())),
            }
        });
        let hint = "make sketches with: truereach sketch make NETWORK -o FILE";
        let Some((at, first)) = lines.next().transpose()? else {
            return Err(Error::input(Location::file(name), "sketches", "an empty file").with_hint(hint));
        };
        let head: Head = match serde_json::from_str::<Head>(&first) {
            Ok(head) if head.schema == SCHEMA => head,
            Ok(head) => return Err(Error::input(at, SCHEMA, head.schema).with_hint(hint)),
            Err(error) => return Err(wrong(at, "the first line of sketches", &error).with_hint(hint)),
        };
        let key = match head.key.as_ref().map(|key| u64::from_str_radix(key, 16)).transpose() {
            Ok(key) => key,
            Err(error) => return Err(Error::input(at, "the fingerprint of a key", error.to_string())),
        };
        let mut sketches =
            Sketches { keep: head.keep, personal: head.personal, as_listed: head.as_listed, key, creators: Vec::new() };
        for line in lines {
            let (at, line) = line?;
            let line: Line =
                serde_json::from_str(&line).map_err(|error| wrong(at.clone(), "the sketch of a creator", &error))?;
            let sketch =
                sketch(line, head.keep).map_err(|(expected, found)| Error::input(at.clone(), expected, found))?;
            if sketches.creators.last().is_some_and(|last| last.creator >= sketch.creator) {
                return Err(Error::input(at, "creators in the order of their names, each once", sketch.creator));
            }
            sketches.creators.push(sketch);
        }
        if sketches.creators.len() as u64 != head.creators {
            let found = format!("{}: the file was cut short or added to", sketches.creators.len());
            return Err(Error::input(Location::file(name), format!("{} creators", head.creators), found));
        }
        Ok(sketches)
    }
}

fn wrong(at: Location, expected: &str, error: &serde_json::Error) -> Error {
    Error::input(at.column(error.column() as u64), expected, error.to_string())
}

/// A line as a sketch; else what was expected and what was found.
fn sketch(line: Line, keep: u32) -> std::result::Result<Sketched, (&'static str, String)> {
    let number = |digits: &[u8]| {
        let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let number = text.and_then(|text| u64::from_str_radix(text, 16).ok());
        number.ok_or_else(|| ("16 hexadecimal digits", String::from_utf8_lossy(digits).into_owned()))
    };
    let [below, people] = [line.below.as_bytes(), line.people.as_bytes()];
    if below.len() != 16 || !people.len().is_multiple_of(16) {
        return Err(("numbers of 16 hexadecimal digits", format!("{} and {} digits", below.len(), people.len())));
    }
    let hashes = people.chunks_exact(16).map(number).collect::<std::result::Result<Vec<u64>, _>>()?;
    let below = number(below)?;
    let rises = hashes.is_sorted_by(|a, b| a < b) && hashes.last().is_none_or(|&last| last < below);
    if !rises || hashes.len() > keep as usize {
        return Err(("rising hashes below the limit, no more than are kept", format!("{} hashes", hashes.len())));
    }
    Ok(Sketched { creator: line.creator, platform: line.platform, linked: line.linked, hashes, below })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Sketches {
        let one = |creator: &str, hashes: Vec<u64>, below: u64| Sketched {
            creator: creator.into(),
            platform: Some("tiktok".into()),
            linked: false,
            hashes,
            below,
        };
        Sketches {
            keep: 16,
            personal: true,
            as_listed: false,
            key: Some(9),
            creators: vec![one("anh", vec![1, 7], u64::MAX), one("bảo \"B\"", vec![], 3)],
        }
    }

    fn written() -> String {
        let mut bytes = Vec::new();
        some().write(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn sketches_are_read_back() {
        assert_eq!(Sketches::read(&mut written().as_bytes(), "f").unwrap(), some());
    }

    #[test]
    fn damage_is_told_with_its_place() {
        let text = written();
        for (from, to, says) in [
            (text.as_str(), "", "f: expected sketches, found an empty file"),
            ("sketches/1", "sketches/9", "f:1"),
            ("\"people\":\"0000000000000001", "\"people\":\"000000000000001", "f:2: expected numbers of 16"),
            ("00000000000000010000000000000007", "00000000000000070000000000000001", "f:2: expected rising"),
            ("0000000000000007", "000000000000000g", "f:2: expected 16 hexadecimal digits"),
            ("\"linked\":false,", "", "f:2:"),
            ("\"creators\":2", "\"creators\":3", "expected 3 creators, found 2"),
            ("anh", "chi", "f:3: expected creators in the order"),
        ] {
            let damaged = text.replacen(from, to, 1);
            assert_ne!(damaged, text);
            let error = Sketches::read(&mut damaged.as_bytes(), "f").unwrap_err().to_string();
            assert!(error.contains(says), "{says}: {error}");
        }
    }
}
