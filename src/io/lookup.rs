//! One account of a snapshot, read from where it stands and from nowhere else.
//!
//! Nothing is read in proportion to the file, so nothing was verified before: everything that is followed here is
//! checked as it is followed, and a file that does not fit together is refused.

use std::ops::Range;

use bytemuck::Pod;

use super::header::NamesKind;
use super::snapshot::Snapshot;
use crate::base::{Error, Result};
use crate::graph::Buffer;
use crate::graph::names::parse_number;

/// An account and its rows.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its number.
    pub id: u32,
    /// Who follows it, sorted. Empty without a follow layer.
    pub followers: Row,
    /// Whom it follows, sorted.
    pub following: Row,
}

/// A part of a row array, mapped or unpacked.
#[derive(Debug, Clone, Default)]
pub struct Row {
    targets: Buffer<u32>,
    range: Range<usize>,
}

impl std::ops::Deref for Row {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.targets[self.range.clone()]
    }
}

impl From<Vec<u32>> for Row {
    fn from(row: Vec<u32>) -> Row {
        Row { range: 0..row.len(), targets: row.into() }
    }
}

/// Names as they stand in the file.
struct Stored {
    sorted: Sorted,
    /// Where accounts are not in the order of their names: the place of each account, the account at each place.
    arranged: Option<(Buffer<u32>, Buffer<u32>)>,
}

enum Sorted {
    Numbers(Buffer<u64>),
    Text { offsets: Buffer<u64>, bytes: Buffer<u8> },
}

impl Sorted {
    fn text(&self, at: usize) -> Option<&[u8]> {
        match self {
            Sorted::Numbers(_) => None,
            Sorted::Text { offsets, bytes } => {
                bytes.get(usize::try_from(*offsets.get(at)?).ok()?..usize::try_from(*offsets.get(at + 1)?).ok()?)
            }
        }
    }
}

impl Snapshot {
    /// The account of this name, with its rows. Milliseconds, whatever the size of the file: checksums are not
    /// verified, but what is read is checked, so that a damaged file gives an error or what it says. A compressed snapshot
    /// holds whom accounts follow: who follows one is found by a pass over all rows.
    pub fn account(&self, name: &str) -> Result<Option<Account>> {
        let names = self.stored_names()?;
        let Some(id) = self.find(&names, name)? else { return Ok(None) };
        let (mut followers, mut following) = (Row::default(), Row::default());
        if let Some(about) = self.header().follows {
            if self.packed().is_some() {
                let (index, bytes) = (self.unverified("following.index")?, self.unverified("following.gaps")?);
                let gaps = self.gaps(&index, &bytes, &about)?;
                let packed = |row: std::result::Result<Vec<u32>, String>| {
                    row.map(Row::from).map_err(|_| self.unfit("following.gaps"))
                };
                following = packed(gaps.row(id))?;
                followers = if about.symmetric { following.clone() } else { packed(gaps.sources(id))? };
            } else {
                following = self.row("following", id)?;
                followers = if about.symmetric { following.clone() } else { self.row("followers", id)? };
            }
        }
        Ok(Some(Account { name: name.to_owned(), id, followers, following }))
    }

    /// The name of an account, such as one in a row of [`Snapshot::account`].
    pub fn account_name(&self, id: u32) -> Result<String> {
        let names = self.stored_names()?;
        let place = match &names.arranged {
            Some((place, _)) => place.get(id as usize).copied(),
            None => Some(id),
        };
        place
            .and_then(|place| match &names.sorted {
                Sorted::Numbers(numbers) => numbers.get(place as usize).map(u64::to_string),
                texts => texts.text(place as usize).map(|text| String::from_utf8_lossy(text).into_owned()),
            })
            .ok_or_else(|| self.unfit("names"))
    }

    fn stored_names(&self) -> Result<Stored> {
        let sorted = match self.header().names {
            NamesKind::Numbers => Sorted::Numbers(self.unverified("names.numbers")?),
            NamesKind::Text => {
                Sorted::Text { offsets: self.unverified("names.offsets")?, bytes: self.unverified("names.bytes")? }
            }
        };
        let arranged = match self.arranged {
            true => Some((self.unverified("names.place")?, self.unverified("names.id")?)),
            false => None,
        };
        Ok(Stored { sorted, arranged })
    }

    fn find(&self, names: &Stored, name: &str) -> Result<Option<u32>> {
        let Some(place) = self.place(&names.sorted, name)? else { return Ok(None) };
        match &names.arranged {
            None => Ok(u32::try_from(place).ok()),
            Some((_, id)) => id.get(place).map(|&id| Some(id)).ok_or_else(|| self.unfit("names")),
        }
    }

    /// The place of a name among the sorted names.
    fn place(&self, names: &Sorted, name: &str) -> Result<Option<usize>> {
        if let Sorted::Numbers(numbers) = names {
            return Ok(parse_number(name.as_bytes()).and_then(|number| numbers.binary_search(&number).ok()));
        }
        let (mut low, mut high) = (0, self.header().accounts as usize);
        while low < high {
            let middle = low + (high - low) / 2;
            let found = names.text(middle).ok_or_else(|| self.unfit("names"))?;
            match found.cmp(name.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
            }
        }
        Ok(None)
    }

    /// A row, known to lie in its array, to rise and to name accounts.
    fn row(&self, side: &str, id: u32) -> Result<Row> {
        let offsets: Buffer<u64> = self.unverified(&format!("{side}.offsets"))?;
        let targets: Buffer<u32> = self.unverified(&format!("{side}.targets"))?;
        let offset = |at: usize| offsets.get(at).and_then(|&offset| usize::try_from(offset).ok());
        let range = offset(id as usize).zip(offset(id as usize + 1)).map(|(start, end)| start..end);
        let range = range.filter(|range| {
            targets.get(range.clone()).is_some_and(|row| {
                row.is_sorted_by(|a, b| a < b)
                    && row.last().is_none_or(|&last| u64::from(last) < self.header().accounts)
            })
        });
        Ok(Row { range: range.ok_or_else(|| self.unfit(side))?, targets })
    }

    fn unverified<T: Pod>(&self, name: &str) -> Result<Buffer<T>> {
        self.mapped(name)?.ok_or_else(|| self.wrong(name, "the section is missing"))
    }

    fn unfit(&self, section: &str) -> Error {
        self.wrong(section, "its entries do not fit together")
            .with_hint("the file was damaged after it was written: truereach verify says where")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Run;
    use crate::graph::{Layout, Names, Network, arrange, build};
    use crate::io::snapshot;

    fn network(text: bool) -> Network {
        let mut network = Network::from_graph(build::graph(5, &[(0, 2), (1, 2), (2, 4), (4, 0)]));
        if text {
            network.names = Names::from_sorted([b"anh".as_slice(), b"bao", b"chi", b"dung", b"yen"].into_iter());
        }
        network
    }

    #[test]
    fn one_account_is_what_the_whole_network_says() {
        let folder = tempfile::tempdir().unwrap();
        for (text, layout) in [false, true].into_iter().flat_map(|t| [(t, Layout::Names), (t, Layout::Followers)]) {
            let (network, path) = (network(text), folder.path().join("n.trg"));
            let network = arrange(network, layout, &Run::default()).unwrap();
            snapshot::write(&network, &path, true, &Run::default()).unwrap();
            let snapshot = Snapshot::open(&path, false).unwrap();
            let graph = network.follow_graph().unwrap();
            for id in 0..5 {
                let name = network.names.get(id);
                assert_eq!(snapshot.account_name(id).unwrap(), name);
                let account = snapshot.account(&name).unwrap().unwrap();
                assert_eq!((account.id, &account.name[..]), (id, &name[..]));
                assert_eq!(
                    (&account.followers[..], &account.following[..]),
                    (graph.followers(id), graph.following(id))
                );
            }
            assert!(snapshot.account("nobody").unwrap().is_none());
            assert!(snapshot.account_name(5).is_err());
        }
    }

    /// Every byte of the arrays altered in turn: an account is found or not or refused, and never a panic.
    #[test]
    fn a_damaged_file_never_panics() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n.trg");
        let mut refused = 0;
        for text in [false, true] {
            snapshot::write(&network(text), &path, true, &Run::default()).unwrap();
            let whole = std::fs::read(&path).unwrap();
            let header = u64::from_le_bytes(whole[16..24].try_into().unwrap()) as usize;
            for at in (64 + header).next_multiple_of(64)..whole.len() {
                for flip in [1, 0x80] {
                    let mut bytes = whole.clone();
                    bytes[at] ^= flip;
                    std::fs::write(&path, &bytes).unwrap();
                    let snapshot = Snapshot::open(&path, false).unwrap();
                    for name in ["0", "4", "anh", "yen"] {
                        match snapshot.account(name) {
                            Err(_) => refused += 1,
                            Ok(found) => assert!(found.is_none_or(|found| found.followers.iter().all(|&v| v < 5))),
                        }
                    }
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }
}
