//! All tables read and put together: accounts, posts, offers, lookups, and the rows of follower lists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::accounts::Accounts;
use super::columns::{Columns, Fault};
use super::entry::{Entries, Entry};
use super::findings::{Findings, Oddity};
use super::fold::fold;
use super::folder::Source;
use super::followers::{self, Lists};
use super::meaning::{Kind, Mapped, map};
use super::rows::{Clash, Met, Place, Rows, Which};
use super::sheet::Sheet;
use super::whose::Fallback;
use crate::base::{Error, Result, Run};
use crate::graph::attributes::known;
use crate::graph::{Design, Names, Network, Tables};
use crate::io::ingest::OnError;
use crate::io::rows::{Batch, FAULTS_KEPT};
use crate::io::summary::{Skipped, Summary, TableSummary};

/// What tables say, before accounts have dense ids.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// What is known of accounts.
    pub accounts: Accounts,
    /// Posts.
    pub posts: Rows,
    /// Offers.
    pub offers: Rows,
    /// Lookups.
    pub lookups: Rows,
    /// Creators whose lists were read, with their place.
    pub lists: BTreeMap<Arc<str>, Place>,
}

impl Gathered {
    /// What older networks say.
    pub fn of(olds: &[&Network]) -> Result<Gathered> {
        let mut gathered = Gathered {
            accounts: Accounts::default(),
            posts: Rows::new(Which::Posts),
            offers: Rows::new(Which::Offers),
            lookups: Rows::new(Which::Lookups),
            lists: BTreeMap::new(),
        };
        for old in olds {
            gathered.accounts.add_network(old)?;
            let tables = [&mut gathered.posts, &mut gathered.offers, &mut gathered.lookups];
            for (rows, table) in tables.into_iter().zip(old.tables.all()) {
                rows.add_table(table, &old.names)?;
            }
        }
        Ok(gathered)
    }

    /// Every account that a table names.
    pub fn names(&self) -> Vec<Box<[u8]>> {
        let tables = [&self.posts, &self.offers, &self.lookups];
        let mut names: Vec<&Arc<str>> = self.accounts.names().chain(self.lists.keys()).collect();
        tables.into_iter().for_each(|table| names.extend(table.accounts()));
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| Box::from(name.as_bytes())).collect()
    }

    /// The tables beside dense ids.
    pub fn tables(&self, names: &Names) -> Tables {
        Tables { posts: self.posts.table(names), offers: self.offers.table(names), lookups: self.lookups.table(names) }
    }

    /// Reads tables and adds them, in the order of their names. Returns the rows of follower lists.
    pub fn read(&mut self, mut sources: Vec<Source>, run: &Run, summary: &mut Summary) -> Result<Vec<Batch>> {
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        run.phase("reading tables", Some(sources.len() as u64));
        let read: Vec<Result<Vec<Read>>> = run.install(|| {
            sources
                .par_iter()
                .map(|source| {
                    run.step(1)?;
                    read(source, run)
                })
                .collect()
        });
        let mut batches = Vec::new();
        let mut said: BTreeSet<String> = sources.iter().flat_map(|source| source.reading.said()).collect();
        let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for (source, read) in sources.iter().zip(read) {
            for read in read? {
                summary.findings.extend(read.findings);
                said.retain(|header| !read.header.contains(header));
                let Some(own) = read.summary else { continue };
                let at = match &source.place.lists {
                    Some(folder) => *folders.entry(folder.clone()).or_insert_with(|| {
                        // What was decided of the first file says nothing of the others.
                        let name = folder.display().to_string();
                        let why = vec!["a file a creator, who is named by the file".to_owned()];
                        summary.tables.push(TableSummary { name, why, files: 0, rows: 0, skipped: 0, kind: own.kind });
                        summary.tables.len() - 1
                    }),
                    None => {
                        summary.tables.push(TableSummary { files: 0, rows: 0, skipped: 0, ..own.clone() });
                        summary.tables.len() - 1
                    }
                };
                let table = &mut summary.tables[at];
                table.files += 1;
                table.rows += own.rows;
                table.skipped += own.skipped;
                for fault in read.faults {
                    summary.leave_out(fault);
                }
                for entry in read.entries {
                    let creators = !entry.creators.is_empty();
                    let taken = self.add(entry, source.on_error, summary)?;
                    let table = &mut summary.tables[at];
                    match taken {
                        true => summary.creator_rows += u64::from(creators),
                        false => {
                            table.rows -= 1;
                            table.skipped += 1;
                        }
                    }
                }
                for (creator, at) in &read.lists.creators {
                    let place = Place { file: at.file.as_str().into(), line: 0 };
                    self.lists.entry(creator.clone()).or_insert(place);
                    if let Some(design) = source.reading.list_design {
                        self.design(creator, design, at.file.as_str());
                    }
                }
                batches.push(read.lists.batch);
            }
        }
        if let Some(header) = said.first() {
            return Err(Error::parameter("--column", format!("no table has a column \"{header}\"")));
        }
        let faulty = summary.tables.iter().find(|table| table.rows == 0 && table.skipped > 0);
        if let (Some(table), Some(first)) = (faulty, summary.skipped.first()) {
            let found = format!(
                "{} faulty ones; the first: {} (expected {}, found {})",
                table.skipped, first.at, first.expected, first.found
            );
            return Err(Error::input(crate::base::Location::file(&table.name), "a row that can be read", found));
        }
        Ok(batches)
    }

    /// The design that the user states, for a list of which no table says it.
    fn design(&mut self, creator: &Arc<str>, design: Design, file: &str) {
        if self.accounts.get(known::LIST_DESIGN, creator).is_none() {
            let mut cells = super::values::Cells::default();
            cells.set(known::LIST_DESIGN, design.name());
            self.accounts.add(creator, &cells, None, &Place { file: file.into(), line: 0 });
        }
    }

    /// Adds what a row says, all of it or nothing; whether it was added.
    fn add(&mut self, entry: Entry, on_error: OnError, summary: &mut Summary) -> Result<bool> {
        if let Some((about, clash)) = self.clash(&entry) {
            let hint = "an account has one row, and so has a post and an offer; correct the rows, or give the tables their dates";
            let fault = Fault::new(
                entry.at.clone(),
                format!("one value of {} for {about}", clash.column),
                format!("{} after {} at {}", clash.new, clash.old, clash.place),
            )
            .hint(hint);
            if on_error == OnError::Fail {
                return Err(fault.error());
            }
            summary.leave_out(fault);
            return Ok(false);
        }
        let mut met = Vec::new();
        entry.named.iter().for_each(|account| self.accounts.name(account));
        self.accounts.join(&entry.named);
        for account in &entry.creators {
            met.push(if self.accounts.mark(account) { Met::New } else { Met::Equal });
        }
        for known in &entry.accounts {
            met.push(self.accounts.add(&known.account, &known.cells, known.as_of, &entry.place));
        }
        met.extend(entry.posts.into_iter().map(|post| self.posts.add(post, entry.place.clone())));
        met.extend(entry.offers.into_iter().map(|offer| self.offers.add(offer, entry.place.clone())));
        met.extend(entry.lookup.map(|lookup| self.lookups.add(lookup, entry.place.clone())));
        if met.iter().all(|met| *met == Met::Equal) {
            let who = entry.named.first().map_or(String::new(), |account| account.to_string());
            summary.findings.note(Oddity::Equal, &entry.place, who);
        }
        Ok(true)
    }

    fn clash(&self, entry: &Entry) -> Option<(String, Clash)> {
        let accounts = entry.accounts.iter().find_map(|known| {
            let clash = self.accounts.clash(&known.account, &known.cells, known.as_of)?;
            Some((known.account.to_string(), clash))
        });
        let rows = entry.posts.iter().map(|row| (&self.posts, row, "a post of "));
        let rows = rows.chain(entry.offers.iter().map(|row| (&self.offers, row, "an offer of ")));
        let mut rows = rows.chain(entry.lookup.iter().map(|row| (&self.lookups, row, "a lookup of ")));
        accounts
            .or_else(|| rows.find_map(|(rows, row, what)| Some((format!("{what}{}", row.account), rows.clash(row)?))))
    }

    /// Accounts with posts, offers or lists that no accounts table names, where there is one.
    pub fn unnamed(&self, findings: &mut Findings) {
        if self.accounts.creators().is_empty() {
            return;
        }
        let mut places: BTreeMap<&Arc<str>, &Place> = BTreeMap::new();
        let rows = [&self.posts, &self.offers].into_iter().flat_map(Rows::each);
        rows.for_each(|row| {
            places.entry(row.account).or_insert(row.place());
        });
        self.lists.iter().for_each(|(creator, place)| {
            places.entry(creator).or_insert(place);
        });
        let mut unnamed: BTreeSet<(&str, &str, u64)> = BTreeSet::new();
        for (account, place) in places {
            if !self.accounts.creators().contains(account) {
                unnamed.insert((&place.file, account, place.line));
            }
        }
        for (file, account, line) in unnamed {
            findings.note(Oddity::Unnamed, Place { file: file.into(), line }, account);
        }
    }
}

impl Summary {
    /// Notes a row left out, with its text if it is among the first.
    fn leave_out(&mut self, fault: Fault) {
        let at = fault.at.to_string();
        if self.skipped.len() < FAULTS_KEPT {
            self.skipped.push(Skipped { at, expected: fault.expected, found: fault.found });
        }
    }
}

/// What one sheet gives.
#[derive(Default)]
struct Read {
    /// `None` of a sheet that is no table of ours.
    summary: Option<TableSummary>,
    entries: Vec<Entry>,
    lists: Lists,
    faults: Vec<Fault>,
    findings: Findings,
    /// Its header, folded.
    header: Vec<String>,
}

/// Reads the sheets of a file. In a folder that nobody described, a sheet that is no table of ours is passed over.
fn read(source: &Source, run: &Run) -> Result<Vec<Read>> {
    let sheets = Sheet::read(&source.path, run)?;
    let mut read = Vec::new();
    for sheet in &sheets {
        match map(sheet, &source.stated(sheet)?) {
            Ok(mapped) => {
                let header = sheet.header.iter().map(|name| fold(name)).collect();
                read.push(Read { header, ..read_sheet(sheet, &mapped, source)? });
            }
            Err(Error::Input { expected, found, .. }) if source.kind.is_none() && source.on_error == OnError::Skip => {
                let mut passed = Read::default();
                passed.findings.note(Oddity::Passed, file_of(sheet), format!("expected {expected}, found {found}"));
                read.push(passed);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// The file, and the tab of a workbook.
fn file_of(sheet: &Sheet) -> String {
    match &sheet.tab {
        Some(tab) => format!("{} [{tab}]", sheet.file),
        None => sheet.file.clone(),
    }
}

fn read_sheet(sheet: &Sheet, mapped: &Mapped, source: &Source) -> Result<Read> {
    let mut findings = Findings::default();
    let columns = Columns::new(sheet, mapped, &source.reading, &mut findings);
    let fallback = Fallback::of(mapped, source);
    let file: Arc<str> = file_of(sheet).into();
    let mut faults = Vec::new();
    let mut refuse = |fault: Fault| match source.on_error {
        OnError::Fail => Err(fault.error()),
        OnError::Skip => {
            faults.push(fault);
            Ok(())
        }
    };
    let mut why = mapped.why.clone();
    why.extend(columns.says());
    let (mut entries, mut lists) = (Vec::new(), Lists::default());
    if mapped.kind == Kind::Followers {
        lists = followers::read(&columns, source.place.creator.as_deref(), fallback, &mut refuse)?;
    } else {
        let reader = Entries { columns: &columns, fallback, as_of: source.place.as_of, file: file.clone() };
        for row in 0..sheet.rows.len() {
            match reader.read(row, &mut findings) {
                Ok(entry) => entries.push(entry),
                Err(fault) => refuse(fault)?,
            }
        }
        if let Some(day) = source.place.as_of {
            why.push(format!("taken as of {}, by the file's name", &crate::base::time::show(day)[..10]));
        }
    }
    if fallback.by_place {
        let platform = source.place.platform.unwrap_or_default();
        why.push(format!("platform {platform}, by the file's place or name, where the table does not say it"));
    }
    let skipped = faults.len() as u64;
    let summary = TableSummary {
        name: file.to_string(),
        kind: mapped.kind,
        why,
        files: 1,
        rows: sheet.rows.len() as u64 - skipped,
        skipped,
    };
    Ok(Read { summary: Some(summary), entries, lists, faults, findings, header: vec![] })
}
