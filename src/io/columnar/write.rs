//! Columns as Parquet and Arrow files. Equal columns give equal bytes: nothing in them says when or where they were made.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::container::Container;

/// Rows of a row group.
pub const GROUP: usize = 1 << 20;
/// Rows of a batch: of texts of any length no more than a column of them holds.
pub const BATCH: usize = 1 << 16;

/// Takes batches of columns and writes them to `out` as they come.
pub struct Columns<'a> {
    schema: SchemaRef,
    writer: Writer,
    written: Written,
    out: &'a mut dyn Write,
}

enum Writer {
    Parquet(Box<ArrowWriter<Written>>),
    Arrow(Box<FileWriter<Written>>),
}

/// What a writer has written and nobody has fetched. Writers want to own where they write to.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Columns<'a> {
    /// Begins a file of columns of these names and types.
    pub fn new(schema: Schema, container: Container, out: &'a mut dyn Write) -> io::Result<Columns<'a>> {
        let schema = Arc::new(schema);
        let written = Written::default();
        let writer = match container {
            Container::Parquet => {
                let level = ZstdLevel::try_new(3).map_err(io::Error::other)?;
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .set_created_by("truereach".into())
                    .set_max_row_group_row_count(Some(GROUP))
                    .build();
                let writer = ArrowWriter::try_new(written.clone(), schema.clone(), Some(properties));
                Writer::Parquet(writer.map_err(io::Error::other)?.into())
            }
            Container::ArrowFile | Container::ArrowStream => {
                let writer = FileWriter::try_new(written.clone(), &schema);
                Writer::Arrow(writer.map_err(io::Error::other)?.into())
            }
        };
        Ok(Columns { schema, writer, written, out })
    }

    /// Adds rows.
    pub fn add(&mut self, columns: Vec<ArrayRef>) -> io::Result<()> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns).map_err(io::Error::other)?;
        match &mut self.writer {
            Writer::Parquet(writer) => writer.write(&batch).map_err(io::Error::other)?,
            Writer::Arrow(writer) => writer.write(&batch).map_err(io::Error::other)?,
        }
        self.pass_on()
    }

    /// Writes what stands at the end of such a file.
    pub fn finish(mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Parquet(writer) => writer.finish().map(drop).map_err(io::Error::other)?,
            Writer::Arrow(writer) => writer.finish().map_err(io::Error::other)?,
        }
        self.pass_on()
    }

    fn pass_on(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Parquet(writer) => writer.sync()?,
            Writer::Arrow(writer) => writer.flush().map_err(io::Error::other)?,
        }
        let bytes = std::mem::take(&mut *self.written.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        self.out.write_all(&bytes)
    }
}
