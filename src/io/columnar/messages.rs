//! Arrow IPC files and streams, message by message. Lengths are checked against the file before anything of that size is
//! made, since the decoders believe them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::{Buffer, MutableBuffer};
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Block, Message, root_as_footer, root_as_message};
use arrow_schema::SchemaRef;

type Result<T> = std::result::Result<T, String>;

/// What a message begins with, before its length.
const MARK: [u8; 4] = [0xff; 4];
/// What a file ends with.
const END: &[u8] = b"ARROW1";
/// The most bytes that one packed buffer may unpack to.
const LARGEST: i64 = 1 << 32;

/// What is known of a file or stream before its batches are read.
pub struct Messages {
    schema: SchemaRef,
    /// Of a file, where its dictionaries and batches are; a stream has them one after the other.
    blocks: Option<(Vec<Block>, Vec<Block>)>,
    /// Of a stream, where its first message behind the schema is.
    start: u64,
    length: u64,
}

/// A file or stream being read.
pub struct Reading<'a> {
    messages: &'a Messages,
    file: File,
    given: u64,
    dictionaries: Arc<HashMap<i64, ArrayRef>>,
}

/// A batch to be decoded, with the dictionaries that it names.
pub struct Batch {
    schema: SchemaRef,
    frame: Frame,
    dictionaries: Arc<HashMap<i64, ArrayRef>>,
}

/// A message as it stands in the file.
struct Frame {
    about: Vec<u8>,
    body: Buffer,
}

fn said(error: impl ToString) -> String {
    error.to_string()
}

impl Messages {
    /// Reads the names of columns, and of a file where everything is.
    pub fn open(mut file: File, stream: bool) -> Result<Messages> {
        let length = file.metadata().map_err(said)?.len();
        if stream {
            let frame = frame(&mut file, length)?.ok_or("no schema")?;
            let message = root_as_message(&frame.about).map_err(said)?;
            let schema = message.header_as_schema().ok_or("no schema at its beginning")?;
            let start = file.stream_position().map_err(said)?;
            return Ok(Messages { schema: schema_of(schema)?, blocks: None, start, length });
        }
        let mut end = [0; 10];
        file.seek(SeekFrom::End(-10)).map_err(|_| "too short to be whole")?;
        file.read_exact(&mut end).map_err(said)?;
        let [a, b, c, d, ..] = end;
        let size = i64::from(i32::from_le_bytes([a, b, c, d]));
        if &end[4..] != END || size < 0 || size as u64 + 10 > length {
            return Err("no footer at its end".into());
        }
        let mut footer = vec![0; size as usize];
        file.seek(SeekFrom::End(-10 - size)).map_err(said)?;
        file.read_exact(&mut footer).map_err(said)?;
        let footer = root_as_footer(&footer).map_err(said)?;
        let schema = schema_of(footer.schema().ok_or("no schema in its footer")?)?;
        let dictionaries = footer.dictionaries().iter().flatten().copied().collect();
        let batches = footer.recordBatches().iter().flatten().copied().collect();
        Ok(Messages { schema, blocks: Some((dictionaries, batches)), start: 0, length })
    }

    /// Names and types.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// How many batches, where that is known before they are read.
    pub fn batches(&self) -> Option<usize> {
        self.blocks.as_ref().map(|(_, batches)| batches.len())
    }

    /// Begins to read; of a file its dictionaries are read.
    pub fn start(&self, file: crate::base::Result<File>) -> Result<Mutex<Reading<'_>>> {
        let mut reading = Reading { messages: self, file: file.map_err(said)?, given: 0, dictionaries: Arc::default() };
        reading.file.seek(SeekFrom::Start(self.start)).map_err(said)?;
        for block in self.blocks.iter().flat_map(|(dictionaries, _)| dictionaries) {
            let frame = reading.frame_at(block)?;
            reading.learn(&frame)?;
        }
        Ok(Mutex::new(reading))
    }
}

fn schema_of(schema: arrow_ipc::Schema<'_>) -> Result<SchemaRef> {
    match schema.endianness().equals_to_target_endianness() {
        true => Ok(Arc::new(fb_to_schema(schema))),
        false => Err("numbers with their bytes in another order than here".into()),
    }
}

impl Reading<'_> {
    /// How many batches were given out.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// The next batch.
    pub fn next(&mut self) -> Result<Option<Batch>> {
        let frame = match &self.messages.blocks {
            Some((_, batches)) => match batches.get(self.given as usize) {
                Some(block) => self.frame_at(block)?,
                None => return Ok(None),
            },
            None => loop {
                let Some(frame) = frame(&mut self.file, self.messages.length)? else { return Ok(None) };
                match frame.message()?.header_as_dictionary_batch() {
                    Some(_) => self.learn(&frame)?,
                    None => break frame,
                }
            },
        };
        self.given += 1;
        Ok(Some(Batch { schema: self.messages.schema.clone(), frame, dictionaries: self.dictionaries.clone() }))
    }

    fn frame_at(&mut self, block: &Block) -> Result<Frame> {
        let whole = u64::try_from(block.offset()).ok().filter(|&offset| offset < self.messages.length);
        let offset = whole.ok_or("a batch that is said to begin outside of it")?;
        self.file.seek(SeekFrom::Start(offset)).map_err(said)?;
        frame(&mut self.file, self.messages.length)?.ok_or_else(|| "a batch that is not there".into())
    }

    /// Reads a dictionary.
    fn learn(&mut self, frame: &Frame) -> Result<()> {
        let message = frame.message()?;
        let dictionary = message.header_as_dictionary_batch().ok_or("something else where a dictionary should be")?;
        let known = Arc::make_mut(&mut self.dictionaries);
        read_dictionary(&frame.body, dictionary, &self.messages.schema, known, &message.version()).map_err(said)
    }
}

impl Batch {
    /// The columns that are asked for.
    pub fn decode(self, columns: &[usize]) -> Result<RecordBatch> {
        let message = self.frame.message()?;
        let batch = message.header_as_record_batch().ok_or("something else where a batch should be")?;
        let (body, version) = (&self.frame.body, message.version());
        read_record_batch(body, batch, self.schema, &self.dictionaries, Some(columns), &version).map_err(said)
    }
}

/// The message at which a file stands; `None` at the end of a stream.
fn frame(file: &mut File, length: u64) -> Result<Option<Frame>> {
    let mut number = || -> Result<Option<[u8; 4]>> {
        let mut bytes = [0; 4];
        match file.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(said(error)),
        }
    };
    let size = match number()? {
        None => return Ok(None),
        Some(MARK) => number()?.ok_or("it ends within a message")?,
        Some(size) => size,
    };
    let size = i32::from_le_bytes(size);
    if size == 0 {
        return Ok(None);
    }
    let mut left = length.saturating_sub(file.stream_position().map_err(said)?);
    let mut take = |size: i64| match u64::try_from(size) {
        Ok(size) if size <= left => {
            left -= size;
            Ok(size as usize)
        }
        _ => Err("it ends within a message"),
    };
    let mut about = vec![0; take(i64::from(size))?];
    file.read_exact(&mut about).map_err(said)?;
    let size = take(root_as_message(&about).map_err(said)?.bodyLength())?;
    let mut body = MutableBuffer::from_len_zeroed(size);
    file.read_exact(&mut body).map_err(said)?;
    let frame = Frame { about, body: body.into() };
    frame.check()?;
    Ok(Some(frame))
}

impl Frame {
    fn message(&self) -> Result<Message<'_>> {
        root_as_message(&self.about).map_err(said)
    }

    /// Refuses lengths that do not fit into the message.
    fn check(&self) -> Result<()> {
        let message = self.message()?;
        let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
        let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
        let wrong = || Err("lengths that do not fit into it".to_owned());
        if batch.length() < 0 || batch.nodes().iter().flatten().any(|node| node.length() < 0 || node.null_count() < 0) {
            return wrong();
        }
        for buffer in batch.buffers().iter().flatten() {
            let (Ok(start), Ok(size)) = (usize::try_from(buffer.offset()), usize::try_from(buffer.length())) else {
                return wrong();
            };
            let Some(bytes) = start.checked_add(size).and_then(|end| self.body.get(start..end)) else { return wrong() };
            let unpacked = bytes.first_chunk().map_or(0, |&bytes| i64::from_le_bytes(bytes));
            if batch.compression().is_some() && unpacked > LARGEST {
                return wrong();
            }
        }
        Ok(())
    }
}
