//! The files of a log: Parquet or Arrow by their first bytes, and folders of them, also partitioned as `date=2026-01-01/`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;

use crate::base::{Error, Location, Result};

/// How a file is written.
pub enum Form {
    /// Parquet, with what its end says.
    Parquet(Box<ArrowReaderMetadata>),
    /// An Arrow IPC file of so many batches.
    File(usize),
    /// An Arrow IPC stream.
    Stream,
}

/// A file of the log.
pub struct LogFile {
    pub path: PathBuf,
    pub form: Form,
    pub schema: SchemaRef,
    /// What the names of its folders say: `date=2026-01-01/`; `None` for the partition of rows without one.
    pub partitions: Vec<(String, Option<String>)>,
    /// Rows, known or guessed from the size.
    pub rows: u64,
}

/// What stands in the place of a value in the name of a folder.
const NULL_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

/// Opens every file that is named or stands in a folder named.
pub fn open(inputs: &[PathBuf]) -> Result<Vec<LogFile>> {
    let mut files = Vec::new();
    for input in inputs {
        if input.is_dir() {
            let before = files.len();
            walk(input, &mut Vec::new(), &mut files)?;
            if files.len() == before {
                let found = Error::input(
                    Location::file(input.display().to_string()),
                    "a folder that holds Parquet or Arrow files",
                    "none",
                );
                return Err(found);
            }
            continue;
        }
        let file = open_file(input, Vec::new())?.ok_or_else(|| {
            Error::input(Location::file(input.display().to_string()), "a Parquet or Arrow IPC file", "other content")
                .with_hint("a file begins with PAR1 or ARROW1; turn CSV into Parquet first")
        })?;
        files.push(file);
    }
    if files.is_empty() {
        return Err(Error::parameter("LOG", "name a Parquet or Arrow file, or a folder of them"));
    }
    Ok(files)
}

/// Opens the files of a folder and of its folders, in the order of their names. Names that begin with `_` or `.` are those
/// of other programs, and files of other content stand beside logs.
fn walk(folder: &Path, partitions: &mut Vec<(String, Option<String>)>, files: &mut Vec<LogFile>) -> Result<()> {
    let entries = std::fs::read_dir(folder).map_err(|error| Error::io(folder, "list", error))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| Error::io(folder, "list", error))?.path());
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(['_', '.']) {
            continue;
        }
        if !path.is_dir() {
            files.extend(open_file(&path, partitions.clone())?);
            continue;
        }
        let before = partitions.len();
        if let Some((key, value)) = name.split_once('=') {
            partitions.push((decoded(key), (value != NULL_PARTITION).then(|| decoded(value))));
        }
        walk(&path, partitions, files)?;
        partitions.truncate(before);
    }
    Ok(())
}

/// `%3A` in the name of a folder is a colon.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let escaped = escaped.filter(|_| byte == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        out.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Opens a file, if it is of a form that is read.
fn open_file(path: &Path, partitions: Vec<(String, Option<String>)>) -> Result<Option<LogFile>> {
    let file = opened(path)?;
    let bytes = file.metadata().map_err(|error| Error::io(path, "open", error))?.len();
    let mut start = Vec::new();
    (&file).take(8).read_to_end(&mut start).map_err(|error| Error::io(path, "read", error))?;
    drop(file);
    let (form, schema, rows) = match &start[..] {
        [b'P', b'A', b'R', b'1', ..] => parquet(path)?,
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => {
            let reader =
                FileReader::try_new(BufReader::new(opened(path)?), None).map_err(|error| arrow(path, &error))?;
            (Form::File(reader.num_batches()), reader.schema(), bytes / 16)
        }
        [0xff, 0xff, 0xff, 0xff, ..] => {
            let reader = StreamReader::try_new(BufReader::new(opened(path)?), None);
            (Form::Stream, reader.map_err(|error| arrow(path, &error))?.schema(), bytes / 16)
        }
        _ => return Ok(None),
    };
    Ok(Some(LogFile { path: path.to_path_buf(), form, schema, partitions, rows }))
}

fn parquet(path: &Path) -> Result<(Form, SchemaRef, u64)> {
    // The file's own types, not those of the program that wrote it: a text is a text, whether that program kept a dictionary.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let read = ArrowReaderMetadata::load(&opened(path)?, options).map_err(|error| broken(path, &error))?;
    let viewed = Schema::new(read.schema().fields().iter().map(|field| viewed(field)).collect::<Vec<_>>());
    let options = ArrowReaderOptions::new().with_schema(viewed.into());
    let read = ArrowReaderMetadata::try_new(read.metadata().clone(), options).map_err(|error| broken(path, &error))?;
    let rows = read.metadata().file_metadata().num_rows().max(0) as u64;
    let schema = read.schema().clone();
    Ok((Form::Parquet(Box::new(read)), schema, rows))
}

/// Texts as views: a short one stands in the view itself, so that no row is copied.
fn viewed(field: &Field) -> Field {
    match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => field.clone().with_data_type(DataType::Utf8View),
        _ => field.clone(),
    }
}

/// The file, open to be read from its start.
pub fn opened(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| Error::io(path, "open", error))
}

/// What is wrong with a Parquet file.
pub fn broken(path: &Path, error: &ParquetError) -> Error {
    Error::input(Location::file(path.display().to_string()), "a whole Parquet file", error.to_string())
        .with_hint("it may be cut short: write or fetch it again")
}

/// What is wrong with an Arrow file.
pub fn arrow(path: &Path, error: &ArrowError) -> Error {
    Error::input(Location::file(path.display().to_string()), "a whole Arrow IPC file", error.to_string())
        .with_hint("it may be cut short: write or fetch it again")
}
