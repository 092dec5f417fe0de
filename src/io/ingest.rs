//! Files in, one network out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::assemble;
use super::blocks::Blocks;
#[cfg(feature = "parquet")]
use super::columnar;
use super::columns::{Delimiter, Edges, Format, Layout, Reading, canonical_kind};
use super::edges::RowReader;
use super::intern::Interner;
use super::manifest::Manifest;
use super::rows::{Batch, FAULTS_KEPT};
use super::sniff::{self, Sniffed};
use super::summary::{FileSummary, Skipped, Summary};
use super::tables::{Gathered, Source as Table, TableOptions, TableReading, audit, folder};
use super::tables::{Kind, Oddity};
use crate::base::{Error, Location, Result, Run};
use crate::graph::network::{Repeats, Tiers};
use crate::graph::transform::FOLLOW;
use crate::graph::{Network, View};

/// What to do with a row that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum OnError {
    /// Stop at the first, in the order of the files.
    #[default]
    Fail,
    /// Leave it out, count it, and list the first ones.
    Skip,
}

/// What to do with a row of an account with itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum SelfRows {
    /// Leave it out and count it: nobody is their own audience.
    #[default]
    Drop,
    /// An error.
    Error,
}

/// Reads edge lists, CSV, NDJSON, Parquet, Arrow, Matrix Market files, adjacency lists and the tables of agencies into one
/// network.
///
/// **Input**: any number of files, plain, gzip or zstd, `-` for standard input, folders of tables, of a
/// log in Parquet or Arrow files, or with a `network.toml`.
/// **Returns**: the network and a [`Summary`] that accounts for every line.
/// **Guarantee**: the network is a pure function of the set of rows: shuffled lines, other file splits and more
/// threads give the same bytes in the snapshot; adding files to an ingested network gives the same bytes as
/// ingesting everything at once.
/// **Cost**: one pass over the files on all cores, one sort of the rows; memory by [`crate::graph::Graph::memory`] and
/// [`crate::graph::Events::memory`] plus the rows while they are sorted (8 to 56 bytes a row), checked against `run`'s limit.
/// **Errors**: [`Error::Input`] with file, line and column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Ingest {
    /// How to read files that do not say it themselves.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub reading: Reading,
    /// Tables of accounts, posts, offers, links, lookups and followers.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub tables: TableOptions,
    /// Follows that repeat: add weights up exactly, count rows, keep the first, or stop
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Policies"))]
    pub duplicates: Repeats,
    /// Rows of an account with itself
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Policies"))]
    pub self_loops: SelfRows,
    /// Rows that cannot be read [default: fail; for a folder of tables without a network.toml: skip]
    #[cfg_attr(feature = "cli", arg(long, value_enum, help_heading = "Policies"))]
    pub on_error: Option<OnError>,
    /// How much of the world the data shows [default: detected]
    #[cfg_attr(feature = "cli", arg(long, value_enum, help_heading = "Policies"))]
    pub view: Option<View>,
}

/// One file to read.
struct Source {
    path: PathBuf,
    reading: Reading,
    /// What the path says of all rows.
    #[cfg(feature = "parquet")]
    constants: Vec<(String, Option<String>)>,
    /// The folder, of a log in many files.
    #[cfg(feature = "parquet")]
    log: Option<PathBuf>,
}

impl Source {
    fn file(path: PathBuf, reading: Reading) -> Source {
        Source {
            path,
            reading,
            #[cfg(feature = "parquet")]
            constants: Vec::new(),
            #[cfg(feature = "parquet")]
            log: None,
        }
    }
}

/// The rows of one file.
pub(super) struct FileRows {
    pub edges: Edges,
    /// Layer of rows without a type.
    pub layer: String,
    /// Rows of an older network: repeats among them have merged.
    pub merged: bool,
    pub batches: Vec<Batch>,
}

impl Ingest {
    /// Reads `inputs` into a network; with `old`, adds them to it.
    ///
    /// A pseudonymised network is added to by [`super::Pseudonyms::ingest`] alone, which has its key.
    pub fn run(&self, inputs: &[PathBuf], old: Option<&Network>, run: &Run) -> Result<(Network, Summary)> {
        if old.is_some_and(|old| old.pseudonymous.is_some()) {
            return Err(Error::parameter(
                "--into",
                "that network is pseudonymised; new rows need the key that it was made with",
            )
            .with_hint("add --pseudonymise KEYFILE"));
        }
        let mut summary = Summary::default();
        let mut view = self.view;
        let (sources, tables) = self.sources(inputs, &mut summary, &mut view, run)?;
        let mut gathered = Gathered::of(old.as_slice())?;
        let lists = gathered.read(tables, run, &mut summary)?;
        let mut files = Vec::new();
        let interner = Interner::default();
        if lists.iter().any(|batch| !batch.pairs.is_empty()) {
            let edges = Edges::FollowerFollowee;
            files.push(FileRows { edges, layer: FOLLOW.into(), merged: false, batches: lists });
        }
        for source in sources {
            files.push(self.read_file(&source, &interner, run, &mut summary)?);
        }
        if let Some(empty) = summary.files.iter().find(|file| file.lines == 0) {
            return Err(Error::input(Location::file(&empty.name), "rows", "names of columns only")
                .with_hint("is the export cut short?"));
        }
        if files.is_empty() && summary.tables.is_empty() && old.is_none() {
            if let (Some(folder), Some(passed)) = (inputs.first(), summary.findings.get(Oddity::Passed)) {
                let passed: Vec<String> =
                    passed.examples.iter().map(|file| format!("{} ({})", file.at, file.says)).collect();
                let at = Location::file(folder.display().to_string());
                let expected = "a table of accounts, posts, offers, links, lookups or followers";
                return Err(Error::input(at, expected, passed.join(", ")).with_hint(
                    "a folder of other files needs a network.toml that lists them (see datasets/README.md)",
                ));
            }
            return Err(Error::parameter("INPUT", "no file to read").with_hint("name edge lists, CSV or NDJSON files"));
        }
        let rules = assemble::Rules {
            repeats: self.duplicates,
            self_rows: self.self_loops,
            view,
            tiers: old.map_or_else(Tiers::default, |old| old.tiers),
            accounts: None,
        };
        let (network, mut summary) =
            assemble::network(files, interner, &gathered, old.as_slice(), &rules, run, summary)?;
        gathered.unnamed(&mut summary.findings);
        audit(&network, &gathered, &mut summary.findings);
        Ok((network, summary))
    }

    /// A network just read, and an older one that names its accounts alike: what reading both at once gives. `summary`
    /// is that of the new rows; it comes back with the totals of both.
    pub(super) fn merge(
        &self,
        new: &Network,
        old: &Network,
        mut summary: Summary,
        run: &Run,
    ) -> Result<(Network, Summary)> {
        let rules = assemble::Rules {
            repeats: self.duplicates,
            self_rows: self.self_loops,
            view: new.view_stated.then_some(new.view),
            tiers: old.tiers,
            accounts: None,
        };
        let both = [new, old];
        let gathered = Gathered::of(&both)?;
        let (network, total) =
            assemble::network(Vec::new(), Interner::default(), &gathered, &both, &rules, run, Summary::default())?;
        if old.rows.self_follows + old.rows.self_interactions > 0 {
            summary.notes.extend(total.notes);
        }
        let summary = Summary {
            accounts: total.accounts,
            follow_rows: total.follow_rows,
            follows: total.follows,
            follow_repeats: total.follow_repeats,
            interactions: total.interactions,
            equal_interactions: total.equal_interactions,
            ..summary
        };
        Ok((network, summary))
    }

    /// What becomes of rows that cannot be read, unless a planner's folder holds them.
    fn faults(&self) -> OnError {
        self.on_error.unwrap_or_default()
    }

    /// The files behind the inputs: a folder stands for the files of its manifest, without one for the tables in it.
    fn sources(
        &self,
        inputs: &[PathBuf],
        summary: &mut Summary,
        view: &mut Option<View>,
        run: &Run,
    ) -> Result<(Vec<Source>, Vec<Table>)> {
        let (mut sources, mut tables) = (Vec::new(), Vec::new());
        let reading = &self.tables.reading;
        reading.check()?;
        let mut add = |found: folder::Found, tables: &mut Vec<Table>| {
            tables.extend(found.0);
            for (path, why) in found.1 {
                summary.findings.note(Oddity::Passed, path.display(), why);
            }
        };
        for (kind, path) in self.tables.named() {
            let found = match kind {
                Kind::Followers => folder::lists(path, reading, self.faults())?,
                kind => (vec![Table::named(path.clone(), Some(kind), reading.clone(), self.faults())], vec![]),
            };
            add(found, &mut tables);
        }
        let mut notes = Vec::new();
        for input in inputs {
            if !input.is_dir() {
                sources.push(Source::file(input.clone(), self.reading.clone()));
                continue;
            }
            let Some(manifest) = Manifest::of(input)? else {
                if let Some(log) = log_in(input, &self.reading, run)? {
                    notes.push(format!("{}: a log in {} files", input.display(), log.len()));
                    sources.extend(log);
                    continue;
                }
                let lenient = self.on_error.unwrap_or(OnError::Skip);
                let found = folder::tables(input, reading, lenient)?;
                if found.0.is_empty() {
                    let at = Location::file(input.display().to_string());
                    return Err(Error::input(at, "a folder with tables or a network.toml", "neither").with_hint(
                        "put tables of accounts, posts and offers there (CSV, xlsx), or a network.toml that lists the files \
                         (see datasets/README.md)",
                    ));
                }
                notes.push(format!("{}: a folder of tables, each known by its header", input.display()));
                add(found, &mut tables);
                continue;
            };
            notes.push(format!("{}: {}", input.display(), manifest.title));
            *view = view.or(manifest.view);
            for file in &manifest.files {
                let (path, reading) = (input.join(&file.path), self.reading.or(&file.reading));
                match if path.is_dir() { log_in(&path, &reading, run)? } else { None } {
                    Some(log) => sources.extend(log),
                    None => sources.push(Source::file(path, reading)),
                }
            }
            for table in manifest.tables() {
                let path = input.join(&table.path);
                let reading: TableReading = reading.or(&table.reading);
                reading.check()?;
                let found = match table.kind {
                    Some(Kind::Followers) => folder::lists(&path, &reading, self.faults())?,
                    kind => (vec![Table::named(path, kind, reading, self.faults())], vec![]),
                };
                add(found, &mut tables);
            }
        }
        summary.notes.extend(notes);
        Ok((sources, tables))
    }

    fn read_file(&self, source: &Source, interner: &Interner, run: &Run, summary: &mut Summary) -> Result<FileRows> {
        let blocks = Blocks::open(&source.path, run)?;
        #[cfg(feature = "parquet")]
        let blocks = match columnar::Columnar::open(&source.path, blocks, run)? {
            Ok(file) => return self.read_columns(source, file, interner, run, summary),
            Err(blocks) => blocks,
        };
        let mut sniffed = sniff::sniff(&blocks, &source.reading, self.faults() == OnError::Skip)?;
        let blocks = match &sniffed.parser {
            sniff::Parser::Rows(RowReader {
                quotes: true,
                layout: Layout { delimiter: Delimiter::Byte(byte), .. },
                ..
            }) => blocks.keep_quoted_lines_whole(*byte),
            _ => blocks,
        };
        run.phase(&format!("reading {}", blocks.name()), blocks.size());
        let mut batches = read_blocks(&blocks, &sniffed, interner, run)?;
        let mut file = FileSummary {
            name: blocks.name().to_owned(),
            format: sniffed.format,
            edges: Edges::FollowerFollowee,
            why: Vec::new(),
            lines: batches.iter().map(|batch| batch.lines).sum(),
            comments: batches.iter().map(|batch| batch.comments).sum(),
            headers: 0,
            inner_lines: batches.iter().map(|batch| batch.inner_lines).sum(),
            rows: 0,
            skipped: batches.iter().map(|batch| batch.faulty).sum(),
        };
        let at = |line: u64, column: u64| match column {
            0 => Location::file(&file.name).line(line),
            column => Location::file(&file.name).line(line).column(column),
        };
        self.report_faults(&batches, at, summary)?;
        settle_header(&mut batches, &mut sniffed, &file)?;
        file.edges = settle_direction(&batches, &mut sniffed, source)?;
        file.rows = match sniffed.format {
            Format::Adjacency => file.lines - file.comments - file.skipped,
            _ => batches.iter().map(|batch| batch.pairs.len() as u64).sum(),
        };
        file.headers = file.lines - file.comments - file.inner_lines - file.skipped - file.rows;
        if file.rows + file.skipped == 0 {
            let at = Location::file(&file.name);
            return Err(Error::input(at, "rows", "a header only").with_hint("is the export cut short?"));
        }
        if let Some((_, rows)) = sniffed.header
            && rows != file.rows
        {
            let found = file.rows;
            summary.notes.push(format!("{}: its size line promises {rows} rows, {found} were found", file.name));
        }
        file.why = std::mem::take(&mut sniffed.why);
        let layer = canonical_kind(source.reading.layer.as_deref().unwrap_or(FOLLOW));
        let rows = FileRows { edges: file.edges, layer, merged: false, batches };
        summary.files.push(file);
        Ok(rows)
    }

    /// Reads a file of columns: rows as a CSV file of the same columns has them.
    #[cfg(feature = "parquet")]
    fn read_columns(
        &self,
        source: &Source,
        mut columns: columnar::Columnar,
        interner: &Interner,
        run: &Run,
        summary: &mut Summary,
    ) -> Result<FileRows> {
        let skip = self.faults() == OnError::Skip;
        let reader = columnar::Reader::new(&mut columns, &source.constants, &source.reading, skip)?;
        run.phase(&format!("reading {}", columns.name()), columns.rows());
        let held = AtomicU64::new(0);
        let took = |batch: &Batch| {
            let total = held.fetch_add(batch.memory(), Ordering::Relaxed) + batch.memory();
            run.check_memory("holding the rows while they are sorted", total + interner.memory())
        };
        let batches = reader.read(&columns, run, interner, took)?;
        self.report_faults(&batches, |row, column| reader.at(columns.name(), row, column), summary)?;
        let mut why = vec![format!("{}; its columns are {}", columns.describe(), reader.header().join(", "))];
        sniff::describe(reader.layout(), Some(reader.header()), &mut why);
        let edges = source.reading.edges.unwrap_or(Edges::FollowerFollowee);
        why.push(match source.reading.edges {
            Some(edges) => format!("rows are {edges}, as was said"),
            None => "rows are follower,followee, the default".into(),
        });
        let file = FileSummary {
            name: columns.name().to_owned(),
            format: columns.container().format(),
            edges,
            why,
            lines: batches.iter().map(|batch| batch.lines).sum(),
            comments: 0,
            headers: 0,
            rows: batches.iter().map(|batch| batch.pairs.len() as u64).sum(),
            inner_lines: 0,
            skipped: batches.iter().map(|batch| batch.faulty).sum(),
        };
        let layer = canonical_kind(source.reading.layer.as_deref().unwrap_or(FOLLOW));
        summary.add_file(file, source.log.as_deref());
        Ok(FileRows { edges, layer, merged: false, batches })
    }

    /// Under `fail` the first fault in the order of the file is the error; under `skip` the first ones are kept.
    /// `at` is where a line, or a row of columns, and a column of it are.
    fn report_faults(&self, batches: &[Batch], at: impl Fn(u64, u64) -> Location, summary: &mut Summary) -> Result<()> {
        let mut before = 0;
        for batch in batches {
            for fault in &batch.faults {
                let at = at(before + fault.line + 1, fault.column);
                if self.faults() == OnError::Fail {
                    let error = Error::input(at, fault.expected.clone(), fault.found.clone());
                    return Err(match &fault.hint {
                        Some(hint) => error.with_hint(hint.clone()),
                        None => error.with_hint("--on-error skip leaves such rows out and counts them"),
                    });
                }
                if summary.skipped.len() < FAULTS_KEPT {
                    summary.skipped.push(Skipped {
                        at: at.to_string(),
                        expected: fault.expected.clone(),
                        found: fault.found.clone(),
                    });
                }
            }
            before += batch.lines;
        }
        Ok(())
    }
}

/// The files of a folder that is one log.
#[cfg(feature = "parquet")]
fn log_in(folder: &Path, reading: &Reading, run: &Run) -> Result<Option<Vec<Source>>> {
    let source = |file: columnar::FileOfLog| Source {
        path: file.path,
        reading: reading.clone(),
        constants: file.constants,
        log: Some(folder.to_path_buf()),
    };
    Ok(columnar::log(folder, reading, run)?.map(|files| files.into_iter().map(source).collect()))
}

#[cfg(not(feature = "parquet"))]
fn log_in(_: &Path, _: &Reading, _: &Run) -> Result<Option<Vec<Source>>> {
    Ok(None)
}

/// Reads all blocks of a file on all threads; batches in the order of the file.
fn read_blocks(blocks: &Blocks, sniffed: &Sniffed, interner: &Interner, run: &Run) -> Result<Vec<Batch>> {
    let done: Mutex<Vec<(u64, Result<Batch>)>> = Mutex::new(Vec::new());
    let stop_after = AtomicU64::new(u64::MAX);
    let held = AtomicU64::new(0);
    let stops_at_faults = match &sniffed.parser {
        sniff::Parser::Rows(reader) => !reader.skip_faults,
        sniff::Parser::Objects(reader) => !reader.skips_faults(),
    };
    let worker = || {
        let mut buffer = Vec::new();
        let mut reached = 0;
        loop {
            let step = blocks.next(std::mem::take(&mut buffer)).and_then(|block| match block {
                None => Ok(None),
                Some(block) => {
                    run.step(block.bytes.len() as u64)?;
                    reached = block.index;
                    let mut batch = sniffed.parser.read(&block.bytes, block.index == 0);
                    batch.pairs.share(interner)?;
                    let total = held.fetch_add(batch.memory(), Ordering::Relaxed) + batch.memory();
                    run.check_memory("holding the rows while they are sorted", total + interner.memory())?;
                    buffer = block.bytes;
                    Ok(Some((block.index, batch)))
                }
            });
            let (index, result) = match step {
                Ok(None) => break,
                Ok(Some((index, batch))) => (index, Ok(batch)),
                Err(error) => (reached + 1, Err(error)),
            };
            let ends = result.as_ref().map_or(true, |batch| stops_at_faults && batch.faulty > 0);
            done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((index, result));
            if ends {
                stop_after.fetch_min(index, Ordering::Relaxed);
            }
            if stop_after.load(Ordering::Relaxed) <= index {
                break;
            }
        }
    };
    run.install(|| {
        rayon::scope(|scope| (0..rayon::current_num_threads()).for_each(|_| scope.spawn(|_| worker())));
    });
    let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by_key(|(index, _)| *index);
    let mut batches = Vec::with_capacity(done.len());
    for (_, result) in done {
        let batch = result?;
        let faulty = stops_at_faults && batch.faulty > 0;
        batches.push(batch);
        if faulty {
            // Everything before the first fault was read; what stands after it does not matter.
            break;
        }
    }
    Ok(batches)
}

/// A first row of two numbers is a size line `n m` if m rows follow and n accounts could name them all.
fn settle_header(batches: &mut [Batch], sniffed: &mut Sniffed, file: &FileSummary) -> Result<()> {
    if !sniffed.maybe_header {
        return Ok(());
    }
    let rows: u64 = batches.iter().map(|batch| batch.pairs.len() as u64).sum();
    let Some(first) = batches.iter().find(|batch| !batch.pairs.is_empty()) else { return Ok(()) };
    let Some((accounts, promised)) = first.pairs.numbers(0) else { return Ok(()) };
    if promised + 1 != rows || rows < 2 {
        return Ok(());
    }
    let largest = batches
        .iter()
        .flat_map(|batch| (0..batch.pairs.len()).filter_map(|at| batch.pairs.numbers(at)))
        .skip(1)
        .map(|(from, to)| from.max(to))
        .max()
        .unwrap_or(0);
    if largest > accounts.saturating_mul(2) {
        // Ids far beyond n: the first row is a row after all.
        return Ok(());
    }
    if let Some(first) = batches.iter_mut().find(|batch| !batch.pairs.is_empty()) {
        first.drop_first();
    }
    sniffed.header = Some((accounts, promised));
    sniffed.why.push(format!("the first row, {accounts} {promised}, gives the size: {promised} rows follow"));
    if sniffed.edges.is_none() {
        let line = batches.first().map_or(1, |batch| batch.first_line + 1);
        return Err(Error::parameter(
            "--edges",
            format!(
                "{}:{line}: two columns under a size line {accounts} {promised} may mean either direction",
                file.name
            ),
        )
        .with_hint("say which: --edges follower,followee, --edges source,reached or --edges undirected"));
    }
    Ok(())
}

/// The direction the user gave, else the file's, else by its probabilities, else follower,followee.
fn settle_direction(batches: &[Batch], sniffed: &mut Sniffed, source: &Source) -> Result<Edges> {
    if let Some(edges) = sniffed.edges {
        if source.reading.edges.is_some() {
            sniffed.why.push(format!("rows are {edges}, as was said"));
        } else {
            sniffed.why.push(format!("rows are {edges}"));
        }
        return Ok(edges);
    }
    if sniffed.maybe_probability {
        let weights = || batches.iter().flat_map(|batch| batch.weight.iter().copied());
        if weights().all(|p| (0.0..=1.0).contains(&p)) && weights().any(|p| p > 0.0 && p < 1.0) {
            sniffed.why.push(
                "column 3 lies in [0,1] everywhere, so it is a probability and influence flows along the row: rows are \
                 source,reached (else say --edges follower,followee)"
                    .into(),
            );
            return Ok(Edges::SourceReached);
        }
    }
    sniffed.why.push("rows are follower,followee, the default".into());
    Ok(Edges::FollowerFollowee)
}

/// Names of the layers of rows: those of their types, else the file's.
pub(super) fn kinds_of(files: &[FileRows], olds: &[&Network]) -> Result<Vec<String>> {
    let mut kinds: BTreeSet<String> = olds.iter().flat_map(|old| old.kinds.iter().cloned()).collect();
    for file in files {
        for batch in &file.batches {
            if batch.kind.is_empty() {
                if !batch.pairs.is_empty() {
                    kinds.insert(file.layer.clone());
                }
            } else {
                let names = batch.kinds.texts().iter().map(|text| canonical_kind(&String::from_utf8_lossy(text)));
                kinds.extend(names);
            }
        }
    }
    kinds.remove(FOLLOW);
    if kinds.len() > 255 {
        return Err(Error::Limit {
            what: "interaction types".into(),
            limit: 255,
            found: kinds.len() as u64,
            hint: Some("is --type the right column?".into()),
        });
    }
    Ok(kinds.into_iter().collect())
}

/// Counts by name.
pub(super) type Counts = BTreeMap<String, u64>;
