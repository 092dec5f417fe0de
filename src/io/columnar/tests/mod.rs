//! Files of columns against CSV files of the same rows; what is wrong with a file; files of other programs.

mod damage;
mod equal;
mod folders;
mod tables;
mod types;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::base::{Result, Run};
use crate::graph::Network;
use crate::io::ingest::OnError;
use crate::io::snapshot::checksum_of;
use crate::io::{Ingest, Summary};

/// How columns go into a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Parquet { group: usize, dictionary: bool },
    File,
    Stream,
}

const EVERY: [Kind; 5] = [
    Kind::Parquet { group: 1 << 20, dictionary: true },
    Kind::Parquet { group: 7, dictionary: true },
    Kind::Parquet { group: 5, dictionary: false },
    Kind::File,
    Kind::Stream,
];

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect()).unwrap()
}

/// The bytes of a file of these batches.
fn bytes(batches: &[RecordBatch], kind: Kind) -> Vec<u8> {
    let schema = batches[0].schema();
    let mut bytes = Vec::new();
    match kind {
        Kind::Parquet { group, dictionary } => {
            let properties = WriterProperties::builder()
                .set_max_row_group_row_count(Some(group))
                .set_dictionary_enabled(dictionary)
                .build();
            let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).unwrap();
            batches.iter().for_each(|batch| writer.write(batch).unwrap());
            writer.close().unwrap();
        }
        Kind::File => {
            let mut writer = FileWriter::try_new(&mut bytes, &schema).unwrap();
            batches.iter().for_each(|batch| writer.write(batch).unwrap());
            writer.finish().unwrap();
        }
        Kind::Stream => {
            let mut writer = StreamWriter::try_new(&mut bytes, &schema).unwrap();
            batches.iter().for_each(|batch| writer.write(batch).unwrap());
            writer.finish().unwrap();
        }
    }
    bytes
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What identifies a network, and how it was read.
fn read(ingest: &Ingest, path: &Path, threads: usize) -> Result<(u64, Network, Summary)> {
    let run = Run::default().threads(threads)?;
    let (network, summary) = ingest.run(&[path.to_path_buf()], None, &run)?;
    Ok((checksum_of(&network, &run)?, network, summary))
}

fn skipping() -> Ingest {
    Ingest { on_error: Some(OnError::Skip), ..Ingest::default() }
}

/// The error of reading one file of these columns.
fn refusal(batch: &RecordBatch, kind: Kind) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "f", bytes(std::slice::from_ref(batch), kind));
    let error = read(&Ingest::default(), &path, 2).unwrap_err().to_string();
    error.replace(&path.display().to_string(), "f")
}
