//! An opened file of columns: its names and types, and batches of the columns that are asked for, on all threads.

use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::container::{Container, container};
use super::messages::{Messages, Reading};
use crate::base::{Error, Location, Result, Run};
use crate::io::blocks::Blocks;

/// Rows that are turned into rows of the graph at a time.
const ROWS: usize = 1 << 16;

/// A file of columns, or a stream of them that was put aside to be read like one.
pub struct Columnar {
    name: String,
    place: Place,
    container: Container,
    schema: SchemaRef,
    parts: Parts,
}

enum Place {
    File(PathBuf),
    /// Standard input and packed files have no ends to begin at.
    Aside(tempfile::NamedTempFile),
}

/// What is read by one worker at a time.
enum Parts {
    Groups(ArrowReaderMetadata),
    Messages(Messages),
}

/// Whether to go on; or what went wrong, in which part.
type Step = std::result::Result<bool, (u64, Error)>;

/// Where something was read: the part, and the place in it.
type Order = (u64, u64);

/// What a worker makes of a batch, and whether nothing behind it matters.
pub struct Made<T> {
    pub made: T,
    pub last: bool,
}

impl Columnar {
    /// Opens what `blocks` begins to read, if it holds columns; else `blocks` comes back.
    pub fn open(path: &Path, blocks: Blocks, run: &Run) -> Result<std::result::Result<Columnar, Blocks>> {
        let Some(container) = container(blocks.head()) else { return Ok(Err(blocks)) };
        let name = blocks.name().to_owned();
        let place = match blocks.is_plain_file() {
            true => Place::File(path.to_path_buf()),
            false => Place::Aside(aside(&blocks, run)?),
        };
        let damaged = |why: String| damaged(&name, container, &why);
        let file = place.open(&name)?;
        let (schema, parts) = guarded(|| match container {
            Container::Parquet => {
                let metadata =
                    ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| error.to_string())?;
                Ok((metadata.schema().clone(), Parts::Groups(metadata)))
            }
            Container::ArrowFile | Container::ArrowStream => {
                let messages = Messages::open(file, container == Container::ArrowStream)?;
                Ok((messages.schema().clone(), Parts::Messages(messages)))
            }
        })
        .map_err(damaged)?;
        Ok(Ok(Columnar { name, place, container, schema, parts }))
    }

    /// The file as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What holds the columns.
    pub fn container(&self) -> Container {
        self.container
    }

    /// Names and types.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How many rows it has, where that is known before they are read.
    pub fn rows(&self) -> Option<u64> {
        match &self.parts {
            Parts::Groups(metadata) => u64::try_from(metadata.metadata().file_metadata().num_rows()).ok(),
            _ => None,
        }
    }

    /// How it is cut, in words.
    pub fn describe(&self) -> String {
        let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        match &self.parts {
            Parts::Groups(metadata) => format!(
                "a Parquet file of {} rows in {}",
                metadata.metadata().file_metadata().num_rows(),
                plural(metadata.metadata().num_row_groups(), "row group")
            ),
            Parts::Messages(messages) => match messages.batches() {
                None => "an Arrow stream".into(),
                Some(1) => "an Arrow file of 1 batch".into(),
                Some(batches) => format!("an Arrow file of {batches} batches"),
            },
        }
    }

    /// Where it is damaged, and how.
    pub fn damaged(&self, why: &str) -> Error {
        damaged(&self.name, self.container, why)
    }

    /// Asks for dictionaries of the texts in these columns, where the file keeps them as such throughout.
    pub fn keep_dictionaries(&mut self, columns: &[usize]) {
        let Parts::Groups(metadata) = &self.parts else { return };
        let mut fields: Vec<Field> = self.schema.fields().iter().map(|field| field.as_ref().clone()).collect();
        let mut any = false;
        for &column in columns {
            let texts = match fields.get(column).map(Field::data_type) {
                Some(DataType::Utf8 | DataType::Utf8View) => DataType::Utf8,
                Some(DataType::LargeUtf8) => DataType::LargeUtf8,
                _ => continue,
            };
            if has_dictionaries(metadata, column) {
                let dictionary = DataType::Dictionary(DataType::Int32.into(), texts.into());
                fields[column] = fields[column].clone().with_data_type(dictionary);
                any = true;
            }
        }
        if !any {
            return;
        }
        let schema = std::sync::Arc::new(Schema::new_with_metadata(fields, self.schema.metadata().clone()));
        let options = ArrowReaderOptions::new().with_schema(schema.clone());
        // Where that is not to be had, columns are read as they are.
        if let Ok(metadata) = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options) {
            self.schema = schema;
            self.parts = Parts::Groups(metadata);
        }
    }

    /// Hands batches of these columns (sorted, each once) to `work`, on all threads; what it makes of them comes back in
    /// the order of the file. Every worker has a `Memo` of its own.
    pub fn read<T: Send, M: Default>(
        &self,
        columns: &[usize],
        run: &Run,
        work: impl Fn(&RecordBatch, &mut M) -> Result<Made<T>> + Sync,
    ) -> Result<Vec<T>> {
        let next = AtomicU64::new(0);
        let stop_after = AtomicU64::new(u64::MAX);
        let done: Mutex<Vec<(Order, Result<Made<T>>)>> = Mutex::new(Vec::new());
        let keep = |at: Order, made: Result<Made<T>>| {
            let ends = made.as_ref().map_or(true, |made| made.last);
            done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((at, made));
            if ends {
                stop_after.fetch_min(at.0, Ordering::Relaxed);
            }
            ends
        };
        let messages = match &self.parts {
            Parts::Messages(messages) => Some(self.guard(|| messages.start(self.place.open(&self.name)))?),
            Parts::Groups(_) => None,
        };
        let worker = || {
            let mut memo = M::default();
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part > stop_after.load(Ordering::Relaxed) {
                    break;
                }
                let mut at = 0;
                let each = |part: u64, batch: RecordBatch| {
                    for start in (0..batch.num_rows()).step_by(ROWS) {
                        let rows = ROWS.min(batch.num_rows() - start);
                        let made = run.step(rows as u64).and_then(|()| work(&batch.slice(start, rows), &mut memo));
                        at += 1;
                        if keep((part, at), made) {
                            return false;
                        }
                    }
                    true
                };
                let read = match (&self.parts, &messages) {
                    (Parts::Groups(metadata), _) if part < metadata.metadata().num_row_groups() as u64 => {
                        self.group(metadata, part, columns, each)
                    }
                    (Parts::Messages(_), Some(messages)) => self.batch(messages, columns, each),
                    _ => Ok(false),
                };
                match read {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err((part, error)) => {
                        keep((part, u64::MAX), Err(error));
                        break;
                    }
                }
            }
        };
        run.install(|| {
            rayon::scope(|scope| (0..rayon::current_num_threads()).for_each(|_| scope.spawn(|_| worker())));
        });
        let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        done.sort_by_key(|(at, _)| *at);
        let mut all = Vec::with_capacity(done.len());
        for (_, made) in done {
            let made = made?;
            all.push(made.made);
            if made.last {
                // Everything before it was read; what stands behind it does not matter.
                break;
            }
        }
        Ok(all)
    }

    /// The batches of a row group; whether to go on.
    fn group(
        &self,
        metadata: &ArrowReaderMetadata,
        part: u64,
        columns: &[usize],
        mut each: impl FnMut(u64, RecordBatch) -> bool,
    ) -> Step {
        let at = |error| (part, error);
        let file = self.place.open(&self.name).map_err(at)?;
        let open = || {
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
            let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
            let builder = builder.with_projection(mask).with_row_groups(vec![part as usize]).with_batch_size(ROWS);
            builder.build().map_err(|error| error.to_string())
        };
        let mut reader = self.guard(open).map_err(at)?;
        let mut batch = || self.guard(|| reader.next().transpose().map_err(|error| error.to_string()));
        while let Some(batch) = batch().map_err(at)? {
            if !each(part, batch) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The next batch of an Arrow file or stream, for whoever asks first; whether to go on.
    fn batch(
        &self,
        messages: &Mutex<Reading<'_>>,
        columns: &[usize],
        mut each: impl FnMut(u64, RecordBatch) -> bool,
    ) -> Step {
        let next = {
            let mut messages = messages.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let part = messages.given();
            self.guard(|| messages.next()).map_err(|error| (part, error))?.map(|message| (part, message))
        };
        let Some((part, message)) = next else { return Ok(false) };
        let batch = self.guard(|| message.decode(columns)).map_err(|error| (part, error))?;
        Ok(each(part, batch))
    }

    fn guard<T>(&self, read: impl FnOnce() -> std::result::Result<T, String>) -> Result<T> {
        guarded(read).map_err(|why| self.damaged(&why))
    }
}

impl Place {
    /// The file with a position of its own.
    fn open(&self, name: &str) -> Result<File> {
        let opened = match self {
            Place::File(path) => File::open(path),
            Place::Aside(file) => file.reopen(),
        };
        opened.map_err(|error| Error::io(name, "open", error))
    }
}

/// Writes what comes in order into a file that is gone when it is closed.
fn aside(blocks: &Blocks, run: &Run) -> Result<tempfile::NamedTempFile> {
    let fail = |error| Error::io(blocks.name(), "put aside", error);
    let mut file = tempfile::Builder::new().prefix("truereach-").tempfile().map_err(fail)?;
    let mut buffer = Vec::new();
    while blocks.next_bytes(&mut buffer)? {
        run.step(0)?;
        file.write_all(&buffer).map_err(fail)?;
    }
    file.flush().map_err(fail)?;
    Ok(file)
}

/// Whether all pages of a column point into dictionaries.
fn has_dictionaries(metadata: &ArrowReaderMetadata, column: usize) -> bool {
    let leaves = metadata.parquet_schema();
    let mut of_column = (0..leaves.num_columns()).filter(|&leaf| leaves.get_column_root_idx(leaf) == column);
    let (Some(leaf), None) = (of_column.next(), of_column.next()) else { return false };
    metadata.metadata().row_groups().iter().all(|group| {
        let chunk = group.column(leaf);
        let by_mask = chunk.page_encoding_stats_mask().map(|mask| {
            mask.is_only(parquet::basic::Encoding::RLE_DICTIONARY)
                || mask.is_only(parquet::basic::Encoding::PLAIN_DICTIONARY)
        });
        let by_pages = || {
            chunk.page_encoding_stats().map(|pages| {
                pages.iter().filter(|page| page.page_type != parquet::basic::PageType::DICTIONARY_PAGE).all(|page| {
                    matches!(
                        page.encoding,
                        parquet::basic::Encoding::RLE_DICTIONARY | parquet::basic::Encoding::PLAIN_DICTIONARY
                    )
                })
            })
        };
        chunk.dictionary_page_offset().is_some() && by_mask.or_else(by_pages).unwrap_or(false)
    })
}

/// What `read` gives; a panic of the decoders, which trust lengths in damaged files, is an error like others.
fn guarded<T>(read: impl FnOnce() -> std::result::Result<T, String>) -> std::result::Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("lengths that do not fit its bytes".into()))
}

fn damaged(name: &str, container: Container, why: &str) -> Error {
    let hint = match why.to_lowercase() {
        why if why.contains("encrypt") => "files with encrypted columns are not read; write it again without",
        why if why.contains("disabled feature") => "write it again, packed with zstd, snappy, lz4 or gzip",
        _ => "the download or copy may have been cut short: fetch the file again",
    };
    let expected = match container {
        Container::Parquet => "a whole Parquet file",
        Container::ArrowFile => "a whole Arrow file",
        Container::ArrowStream => "a whole Arrow stream",
    };
    let why = why.lines().next().unwrap_or_default();
    Error::input(Location::file(name), expected, format!("one that cannot be read ({why})")).with_hint(hint)
}
