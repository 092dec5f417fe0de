//! Pseudonyms: the names of ordinary accounts replaced by keyed hashes, those of creators kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use rayon::prelude::*;
use sha2::Sha256;

use super::ingest::Ingest;
use super::summary::Summary;
use super::tables::Accounts;
use crate::base::{Error, Result, Run};
use crate::graph::attributes::{Attributes, Column, NO_TEXT, Values, known};
use crate::graph::{Network, relabel};

/// The shortest key in bytes: as long as the hash, so that guessing it is no easier than guessing a hash.
pub const SHORTEST_KEY: usize = 32;

/// The longest key file that is read.
const LONGEST_KEY: u64 = 1 << 20;

/// What a pseudonym begins with, behind the platform.
pub const PREFIX: &str = "p:";

/// Platforms that stay readable in front of a pseudonym. A fixed list, so that a pseudonym depends on the name alone and
/// no part of a name is taken for a platform.
const PLATFORMS: &[&str] = &[
    "bilibili",
    "bluesky",
    "douyin",
    "facebook",
    "instagram",
    "kakao",
    "kuaishou",
    "lemon8",
    "line",
    "linkedin",
    "mastodon",
    "pinterest",
    "reddit",
    "shopee",
    "snapchat",
    "telegram",
    "threads",
    "tiktok",
    "twitch",
    "twitter",
    "vk",
    "wechat",
    "weibo",
    "x",
    "xiaohongshu",
    "youtube",
    "zalo",
];

/// Columns that ordinary accounts keep: counts, labels and dates that many share. Every other column may hold a display
/// name, a number to call or words of the person's own, so it is kept for creators alone.
const KEPT: &[&str] = &[
    known::PLATFORM,
    known::NICHE,
    known::COUNTRY,
    known::FOLLOWERS,
    known::FOLLOWING,
    known::POSTS,
    known::LIST_DATE,
    "followers_listed",
    "has_avatar",
    "created_at",
];

/// Replaces names of ordinary accounts by `p:` and the first 128 bits of HMAC-SHA-256 of the name, in hex.
///
/// Creators keep their names: accounts that a table names, that have an offer, a post or a stated list design. A platform
/// stays in front: `tiktok:anh` becomes `tiktok:p:…`. The hash is of the whole name, so one handle on two platforms is
/// two pseudonyms that nothing joins but a stated link.
///
/// **Guarantee**: the result is a function of the rows and the key; adding rows later under the same key gives the bytes
/// of pseudonymising everything at once, unless an ordinary account whose values were dropped is a creator later.
/// **Not guaranteed**: that nobody can be recognised. Who follows whom is itself telling, and whoever holds the key can
/// compute the pseudonym of any name. It is still personal data.
///
/// ```
/// let key = truereach::io::Pseudonyms::new(b"thirty-two bytes that nobody has")?;
/// assert_eq!(key.of("anh"), key.of("anh"));
/// assert!(key.of("tiktok:anh").starts_with("tiktok:p:"));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Clone)]
pub struct Pseudonyms {
    keyed: Hmac<Sha256>,
}

/// Shows the fingerprint, never the key.
impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonyms({:016x})", self.fingerprint())
    }
}

/// What pseudonymising left of a network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Accounts whose names are hashes.
    pub hashed: u64,
    /// Creators, who keep theirs.
    pub creators: u64,
    /// Values of ordinary accounts that were dropped, by column.
    pub dropped: BTreeMap<String, u64>,
}

impl Pseudonyms {
    /// With this key: at least [`SHORTEST_KEY`] bytes of anything.
    pub fn new(key: &[u8]) -> Result<Pseudonyms> {
        if key.len() < SHORTEST_KEY {
            let found = match key.len() {
                0 => "the key file is empty".to_owned(),
                length => format!("the key has {length} bytes"),
            };
            return Err(Error::parameter("--pseudonymise", format!("{found}; at least {SHORTEST_KEY} are needed"))
                .with_hint("make one: head -c 32 /dev/urandom > truereach.key"));
        }
        let keyed = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
            .map_err(|error| Error::parameter("--pseudonymise", error.to_string()))?;
        Ok(Pseudonyms { keyed })
    }

    /// With the key in a file, all its bytes; and a word of caution if others on this machine may read it.
    pub fn read(path: &Path) -> Result<(Pseudonyms, Option<String>)> {
        let failed = |error| Error::io(path, "read", error);
        let file = std::fs::File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        let mut key = Vec::new();
        file.take(LONGEST_KEY + 1).read_to_end(&mut key).map_err(failed)?;
        if key.len() as u64 > LONGEST_KEY {
            return Err(Error::parameter("--pseudonymise", format!("{} is no key: over 1 MiB", path.display()))
                .with_hint("32 random bytes are enough"));
        }
        let caution = others_may_read(&about).then(|| {
            format!("{} may be read by others on this machine; keep it to yourself: chmod 600", path.display())
        });
        Ok((Pseudonyms::new(&key)?, caution))
    }

    fn hash(&self, text: &str) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A number that tells keys apart and nothing about them.
    pub fn fingerprint(&self) -> u64 {
        let hash = self.hash("truereach fingerprint");
        u64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
    }

    /// The pseudonym of a name.
    pub fn of(&self, name: &str) -> String {
        use fmt::Write;
        let platform = name.split_once(':').filter(|(platform, _)| PLATFORMS.contains(platform));
        let mut out = platform.map_or(String::new(), |(platform, _)| format!("{platform}:"));
        out.push_str(PREFIX);
        for byte in &self.hash(name)[..16] {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }

    /// Reads `inputs` as [`Ingest::run`] does and pseudonymises; with `old`, adds to it. An `old` that is pseudonymised
    /// already must have been made with this key.
    pub fn ingest(
        &self,
        ingest: &Ingest,
        inputs: &[PathBuf],
        old: Option<&Network>,
        run: &Run,
    ) -> Result<(Network, Summary)> {
        let hashed = old.and_then(|old| old.pseudonymous.map(|fingerprint| (old, fingerprint)));
        let (network, mut summary, hidden) = match hashed {
            None => {
                let (network, summary) = ingest.run(inputs, old, run)?;
                let (network, hidden) = self.apply(&network, run)?;
                (network, summary, hidden)
            }
            Some((old, fingerprint)) => {
                if fingerprint != self.fingerprint() {
                    return Err(Error::parameter(
                        "--pseudonymise",
                        format!(
                            "this is key {:016x}, the network was made with key {fingerprint:016x}",
                            self.fingerprint()
                        ),
                    )
                    .with_hint("with another key the same people would get other names: use the key of before"));
                }
                let (new, summary) = ingest.run(inputs, None, run)?;
                let open = Open::of(&[&new, old]);
                let (new, mut hidden) = self.rename(&new, &open, Names::Plain, run)?;
                let (old, _) = self.rename(old, &open, Names::Hashed, run)?;
                let (mut network, summary) = ingest.merge(&new, &old, summary, run)?;
                network.pseudonymous = Some(self.fingerprint());
                hidden.creators = creators(&network).into_iter().filter(|&creator| creator).count() as u64;
                hidden.hashed = network.accounts() as u64 - hidden.creators;
                (network, summary, hidden)
            }
        };
        summary.notes.extend(hidden.words());
        Ok((network, summary))
    }

    /// Pseudonymises a network of plain names. Refused where nobody is known to be a creator.
    pub fn apply(&self, network: &Network, run: &Run) -> Result<(Network, Hidden)> {
        let (mut network, hidden) = self.rename(network, &Open::of(&[network]), Names::Plain, run)?;
        network.pseudonymous = Some(self.fingerprint());
        Ok((network, hidden))
    }

    /// Renames accounts and persons by one rule, and drops what ordinary accounts do not keep.
    fn rename(&self, network: &Network, open: &Open, given: Names, run: &Run) -> Result<(Network, Hidden)> {
        if open.names.is_empty() {
            return Err(Error::parameter(
                "--pseudonymise",
                "nobody here is known to be a creator, so nobody's name would be kept",
            )
            .with_hint("say who is: --accounts FILE, or a table of accounts, posts or offers"));
        }
        run.phase("pseudonyms", None);
        let creator = creators(network);
        let names = Renaming { key: self, open: &open.names, back: self.back(&open.names, given), given };
        let renamed: Vec<String> = run.install(|| {
            (0..network.accounts() as u32)
                .into_par_iter()
                .map(|account| names.of(&network.names.get(account), creator[account as usize]))
                .collect()
        });
        let keeps: Vec<bool> = renamed.iter().map(|name| open.names.contains(name)).collect();
        let persons = Renaming { key: self, open: &open.persons, back: self.back(&open.persons, given), given };
        let mut hidden = Hidden::default();
        hidden.creators = keeps.iter().filter(|&&keeps| keeps).count() as u64;
        hidden.hashed = keeps.len() as u64 - hidden.creators;
        let attributes = thinned(network, &keeps, &persons, &mut hidden)?;
        let network = relabel(&Network { attributes, ..network.clone() }, &renamed, run)?;
        Ok((network, hidden))
    }

    /// From pseudonym to name, of those whose names are open now: in an older network they may stand hashed.
    fn back(&self, open: &BTreeSet<String>, given: Names) -> BTreeMap<String, String> {
        match given {
            Names::Plain => BTreeMap::new(),
            Names::Hashed => open.iter().map(|name| (self.of(name), name.clone())).collect(),
        }
    }
}

/// How the names of a network come in.
#[derive(Clone, Copy, PartialEq)]
enum Names {
    /// As they are.
    Plain,
    /// Hashed but for creators.
    Hashed,
}

/// Names and persons that are shown.
struct Open {
    names: BTreeSet<String>,
    persons: BTreeSet<String>,
}

impl Open {
    /// Those of the creators of these networks.
    fn of(networks: &[&Network]) -> Open {
        let mut open = Open { names: BTreeSet::new(), persons: BTreeSet::new() };
        for network in networks {
            for (account, _) in creators(network).into_iter().enumerate().filter(|(_, creator)| *creator) {
                open.names.insert(network.names.get(account as u32).into_owned());
                open.persons
                    .extend(network.attributes.text(known::PERSON, account as u32).map(|text| text.into_owned()));
            }
        }
        open
    }
}

/// Whether each account is a creator: named by a table, with an offer, a post or a stated list design.
pub fn creators(network: &Network) -> Vec<bool> {
    let attribute = |name| network.attributes.get(name);
    let (table, design) = (attribute(known::CREATOR), attribute(known::LIST_DESIGN));
    let mut creator: Vec<bool> = (0..network.accounts() as u32)
        .map(|account| {
            table.is_some_and(|column| column.number(account).is_some())
                || design.is_some_and(|column| column.text(account).is_some())
        })
        .collect();
    for table in [&network.tables.posts, &network.tables.offers] {
        table.account.iter().for_each(|&account| creator[account as usize] = true);
    }
    creator
}

/// One rule for names of accounts and of persons.
struct Renaming<'a> {
    key: &'a Pseudonyms,
    open: &'a BTreeSet<String>,
    back: BTreeMap<String, String>,
    given: Names,
}

impl Renaming<'_> {
    /// The name that goes out; `stands` says that an older network shows it already.
    fn of(&self, name: &str, stands: bool) -> String {
        match self.given {
            Names::Plain if self.open.contains(name) => name.to_owned(),
            Names::Plain => self.key.of(name),
            Names::Hashed if stands => name.to_owned(),
            Names::Hashed => self.back.get(name).cloned().unwrap_or_else(|| name.to_owned()),
        }
    }
}

/// The attributes without what ordinary accounts do not keep, and persons renamed.
fn thinned(network: &Network, keeps: &[bool], persons: &Renaming<'_>, hidden: &mut Hidden) -> Result<Attributes> {
    let creator = creators(network);
    let mut same = Vec::new();
    let mut thinner = Vec::new();
    for column in &network.attributes.columns {
        let gone = |account: usize| !keeps[account] && column.text(account as u32).is_some();
        if column.name == known::PERSON {
            let renamed = |(account, &stands): (usize, &bool)| {
                column.text(account as u32).map(|person| persons.of(&person, stands))
            };
            thinner.push(Column::texts(&column.name, creator.iter().enumerate().map(renamed)));
        } else if KEPT.contains(&column.name.as_str()) || !(0..keeps.len()).any(gone) {
            same.push(column.clone());
        } else {
            let number = (0..keeps.len()).filter(|&account| gone(account)).count() as u64;
            hidden.dropped.insert(column.name.clone(), number);
            thinner.push(without(column, keeps));
        }
    }
    // What is left of a column may be numbers where there were texts: it is read again, as if the rest had never been
    // there, so that rows added later find the column that they would have made.
    let left = Network { attributes: Attributes { columns: thinner }, ..network.clone() };
    let mut table = Accounts::default();
    table.add_network(&left)?;
    same.extend(table.attributes(&network.names).columns);
    same.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Attributes { columns: same })
}

/// A column in which only some accounts have values.
fn without(column: &Column, keeps: &[bool]) -> Column {
    let values = match &column.values {
        Values::Number(numbers) => {
            let left = numbers.iter().zip(keeps).map(|(&number, &keeps)| if keeps { number } else { f64::NAN });
            Values::Number(left.collect::<Vec<_>>().into())
        }
        Values::Text { codes, dictionary } => {
            let left = codes.iter().zip(keeps).map(|(&code, &keeps)| if keeps { code } else { NO_TEXT });
            Values::Text { codes: left.collect::<Vec<_>>().into(), dictionary: dictionary.clone() }
        }
    };
    Column { name: column.name.clone(), values }
}

impl Hidden {
    /// A sentence each, for people.
    pub fn words(&self) -> Vec<String> {
        let accounts = |number: u64| format!("{number} ordinary account{}", if number == 1 { "" } else { "s" });
        let mut words = vec![format!(
            "names of {} replaced by keyed hashes; {} creators keep theirs",
            accounts(self.hashed),
            self.creators
        )];
        if !self.dropped.is_empty() {
            let columns: Vec<String> =
                self.dropped.iter().map(|(column, number)| format!("{column} ({number})")).collect();
            words.push(format!("dropped from ordinary accounts: {}", columns.join(", ")));
        }
        words
    }
}

/// Whether others than the owner may read the file.
#[cfg(unix)]
fn others_may_read(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.is_file() && about.permissions().mode() & 0o077 != 0
}

/// Whether others than the owner may read the file: not known here.
#[cfg(not(unix))]
fn others_may_read(_: &std::fs::Metadata) -> bool {
    false
}
