//! Bytes of an input, decompressed and cut at line ends, for many workers at once.
//!
//! A plain file is read by all workers in parallel; gzip, zstd and standard input are decoded by whoever holds
//! the lock while the others parse. How a file is cut never shows in what is read from it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::csv;
use crate::base::{Error, Location, Result, Run};

/// Bytes a block aims at.
const BLOCK: usize = 2 << 20;
/// Bytes looked at to find out what a file is.
const HEAD: usize = 1 << 16;
/// A line longer than this is no line.
const LONGEST_LINE: usize = 64 << 20;

/// How an input is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
}

/// An opened input: its first bytes, and all of them block by block.
pub struct Blocks {
    name: String,
    compression: Compression,
    head: Vec<u8>,
    size: Option<u64>,
    reader: Reader,
}

enum Reader {
    /// Read at any place, by anybody.
    Random { file: File, length: u64, next: AtomicU64 },
    /// Read from front to back, by whoever holds the lock.
    Stream(Mutex<Stream>),
}

struct Stream {
    source: Box<dyn Read + Send>,
    carry: Vec<u8>,
    index: u64,
    read: u64,
    done: bool,
    /// What separates columns, where line ends inside quoted fields do not end a record.
    quoted: Option<u8>,
}

/// A run of whole lines.
#[derive(Debug)]
pub struct Block {
    /// Its place among the blocks of the input, from 0.
    pub index: u64,
    /// The lines.
    pub bytes: Vec<u8>,
}

impl Blocks {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path, run: &Run) -> Result<Blocks> {
        if path == Path::new("-") {
            return Blocks::from_reader("<stdin>", Box::new(Patient::new(io::stdin(), run)), None);
        }
        let name = path.display().to_string();
        let open = |error| {
            let error: io::Error = error;
            let missing = error.kind() == io::ErrorKind::NotFound;
            let refusal = Error::io(path, "open", error);
            if missing {
                Error::input(Location::file(&name), "a file", "none of this name")
                    .with_hint("check the path; the current folder is where relative paths start")
            } else {
                refusal
            }
        };
        let file = File::open(path).map_err(open)?;
        let about = file.metadata().map_err(|error| Error::io(path, "look at", error))?;
        if about.is_dir() {
            return Err(Error::input(Location::file(&name), "a file", "a folder without a network.toml")
                .with_hint("name the files in it, or write a network.toml that lists them (see datasets/README.md)"));
        }
        if about.is_file() {
            Blocks::from_file(name, file, about.len())
        } else {
            Blocks::from_reader(&name, Box::new(Patient::new(file, run)), None)
        }
    }

    fn from_file(name: String, mut file: File, length: u64) -> Result<Blocks> {
        if length == 0 {
            return Err(empty(&name));
        }
        let mut magic = [0u8; 4];
        let got = read_full(&mut file, &mut magic).map_err(|error| Error::io(&name, "read", error))?;
        io::Seek::seek(&mut file, io::SeekFrom::Start(0)).map_err(|error| Error::io(&name, "read", error))?;
        if compression(&magic[..got]) != Compression::Plain {
            return Blocks::from_reader(&name, Box::new(file), Some(length));
        }
        let mut head = vec![0u8; HEAD.min(length as usize)];
        let got = read_full(&mut file, &mut head).map_err(|error| Error::io(&name, "read", error))?;
        head.truncate(got);
        let reader = Reader::Random { file, length, next: AtomicU64::new(0) };
        Ok(Blocks { name, compression: Compression::Plain, head, size: Some(length), reader })
    }

    /// Reads from any reader, decompressing what is compressed.
    pub fn from_reader(name: &str, mut source: Box<dyn Read + Send>, size: Option<u64>) -> Result<Blocks> {
        let mut magic = [0u8; 4];
        let got = read_full(&mut source, &mut magic).map_err(|error| damaged(name, Compression::Plain, 0, error))?;
        if got == 0 {
            return Err(empty(name));
        }
        let compression = compression(&magic[..got]);
        let whole = io::Cursor::new(magic[..got].to_vec()).chain(source);
        let mut source: Box<dyn Read + Send> = match compression {
            Compression::Plain => Box::new(whole),
            Compression::Gzip => {
                Box::new(flate2::read::MultiGzDecoder::new(io::BufReader::with_capacity(1 << 18, whole)))
            }
            Compression::Zstd => {
                Box::new(zstd::stream::read::Decoder::new(whole).map_err(|error| Error::io(name, "read", error))?)
            }
        };
        let mut head = vec![0u8; HEAD];
        let got = read_full(&mut source, &mut head).map_err(|error| damaged(name, compression, 0, error))?;
        head.truncate(got);
        if got == 0 {
            return Err(empty(name));
        }
        let stream = Stream { source, carry: head.clone(), index: 0, read: got as u64, done: got < HEAD, quoted: None };
        Ok(Blocks { name: name.into(), compression, head, size, reader: Reader::Stream(Mutex::new(stream)) })
    }

    /// The input as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is compressed.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// The first bytes, decompressed.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Size on disk, where known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether it is a file that is not packed, which can be read at any place.
    pub fn is_plain_file(&self) -> bool {
        matches!(self.reader, Reader::Random { .. })
    }

    /// The next bytes, unpacked, wherever lines end; false behind the last. Only for inputs that are read from front to back.
    pub fn next_bytes(&self, buffer: &mut Vec<u8>) -> Result<bool> {
        let Reader::Stream(stream) = &self.reader else { return Ok(false) };
        let mut stream = stream.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        buffer.clear();
        buffer.append(&mut stream.carry);
        if buffer.is_empty() && !stream.done {
            buffer.resize(BLOCK, 0);
            let got = read_full(&mut stream.source, buffer)
                .map_err(|error| damaged(&self.name, self.compression, stream.read, error))?;
            buffer.truncate(got);
            stream.read += got as u64;
            stream.done = got < BLOCK;
        }
        Ok(!buffer.is_empty())
    }

    /// From now on line ends inside quoted fields do not cut.
    pub fn keep_quoted_lines_whole(mut self, delimiter: u8) -> Blocks {
        self.reader = match self.reader {
            Reader::Random { file, .. } => Reader::Stream(Mutex::new(Stream {
                source: Box::new(RewoundFile { file, at: 0 }),
                carry: Vec::new(),
                index: 0,
                read: 0,
                done: false,
                quoted: Some(delimiter),
            })),
            Reader::Stream(stream) => {
                let mut stream = stream.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
                stream.quoted = Some(delimiter);
                Reader::Stream(Mutex::new(stream))
            }
        };
        self
    }

    /// The next block, for whichever worker asks first. `buffer` is reused.
    pub fn next(&self, buffer: Vec<u8>) -> Result<Option<Block>> {
        match &self.reader {
            Reader::Random { file, length, next } => {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let start = index * BLOCK as u64;
                if start >= *length {
                    return Ok(None);
                }
                let bytes = read_lines_of(file, *length, start, buffer)
                    .map_err(|error| Error::io(&self.name, "read", error))?;
                if bytes.len() > LONGEST_LINE {
                    return Err(self.endless_line(start));
                }
                Ok(Some(Block { index, bytes }))
            }
            Reader::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                self.next_of(&mut stream, buffer)
            }
        }
    }

    fn next_of(&self, stream: &mut Stream, mut buffer: Vec<u8>) -> Result<Option<Block>> {
        buffer.clear();
        buffer.append(&mut stream.carry);
        loop {
            if !stream.done && buffer.len() < BLOCK {
                let had = buffer.len();
                buffer.resize(had + BLOCK, 0);
                let got = read_full(&mut stream.source, &mut buffer[had..])
                    .map_err(|error| damaged(&self.name, self.compression, stream.read, error))?;
                buffer.truncate(had + got);
                stream.read += got as u64;
                stream.done = got < BLOCK;
            }
            if buffer.is_empty() {
                return Ok(None);
            }
            let cut = match stream.done {
                true => Some(buffer.len()),
                false => match stream.quoted {
                    Some(delimiter) => csv::last_record_end(&buffer, delimiter),
                    None => memchr::memrchr(b'\n', &buffer).map(|at| at + 1),
                },
            };
            if let Some(cut) = cut {
                stream.carry = buffer.split_off(cut);
                let index = stream.index;
                stream.index += 1;
                return Ok(Some(Block { index, bytes: buffer }));
            }
            if buffer.len() > LONGEST_LINE {
                return Err(self.endless_line(stream.read));
            }
            // No line ends yet: read on.
            let had = buffer.len();
            buffer.resize(had + BLOCK, 0);
            let got = read_full(&mut stream.source, &mut buffer[had..])
                .map_err(|error| damaged(&self.name, self.compression, stream.read, error))?;
            buffer.truncate(had + got);
            stream.read += got as u64;
            stream.done = got < BLOCK;
        }
    }

    fn endless_line(&self, byte: u64) -> Error {
        Error::input(Location::file(&self.name).byte(byte), "line ends", format!("a line of over {LONGEST_LINE} bytes"))
            .with_hint("this does not look like a text file of rows")
    }
}

/// A pipe or terminal read by a thread of its own, so that Ctrl-C need not wait for whoever writes to it.
struct Patient {
    parts: Receiver<io::Result<Vec<u8>>>,
    part: io::Cursor<Vec<u8>>,
    run: Run,
}

impl Patient {
    fn new(mut source: impl Read + Send + 'static, run: &Run) -> Patient {
        let (sender, parts) = sync_channel(4);
        std::thread::spawn(move || {
            loop {
                let mut part = vec![0; 1 << 18];
                let got = match source.read(&mut part) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    got => got,
                };
                let ends = !matches!(got, Ok(1..));
                let part = got.map(|got| {
                    part.truncate(got);
                    part
                });
                if sender.send(part).is_err() || ends {
                    break;
                }
            }
        });
        Patient { parts, part: io::Cursor::default(), run: run.clone() }
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let got = self.part.read(buffer)?;
            if got > 0 || buffer.is_empty() {
                return Ok(got);
            }
            self.run.step(0).map_err(io::Error::other)?;
            match self.parts.recv_timeout(Duration::from_millis(50)) {
                Ok(part) => self.part = io::Cursor::new(part?),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
    }
}

/// A file read from its start whatever its own position.
struct RewoundFile {
    file: File,
    at: u64,
}

impl Read for RewoundFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = read_at(&self.file, buffer, self.at)?;
        self.at += got as u64;
        Ok(got)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// All lines that begin in `[start, start + BLOCK)`.
fn read_lines_of(file: &File, length: u64, start: u64, mut buffer: Vec<u8>) -> io::Result<Vec<u8>> {
    // One byte more in front tells whether a line begins at `start`.
    let from = start.saturating_sub(1);
    let end = start + BLOCK as u64;
    let mut wanted = (end.min(length) - from) as usize + 256;
    buffer.clear();
    loop {
        let had = buffer.len();
        buffer.resize(wanted, 0);
        let mut filled = had;
        while filled < wanted {
            match read_at(file, &mut buffer[filled..], from + filled as u64) {
                Ok(0) => break,
                Ok(got) => filled += got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        buffer.truncate(filled);
        let at_end = filled < wanted;
        // The last line to keep begins before `end`, so it ends at the first line end at or after `end − 1`.
        let last = (end - 1 - from) as usize;
        let stop = if last >= filled { None } else { memchr::memchr(b'\n', &buffer[last..]).map(|at| last + at + 1) };
        if let Some(stop) = stop.or(at_end.then_some(filled)) {
            buffer.truncate(stop);
            break;
        }
        if wanted > LONGEST_LINE + BLOCK {
            break;
        }
        wanted += BLOCK;
    }
    if start > 0 {
        let first = memchr::memchr(b'\n', &buffer).map_or(buffer.len(), |at| at + 1);
        // A line that begins at or after `end` belongs to the next block.
        if from + first as u64 >= end {
            buffer.clear();
        } else {
            buffer.drain(..first);
        }
    }
    Ok(buffer)
}

fn compression(magic: &[u8]) -> Compression {
    match magic {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Compression::Zstd,
        _ => Compression::Plain,
    }
}

fn read_full(source: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn empty(name: &str) -> Error {
    Error::input(Location::file(name), "rows", "an empty file")
}

fn damaged(name: &str, compression: Compression, after: u64, error: io::Error) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(own) => return own,
        Err(error) => error,
    };
    let kind = match compression {
        Compression::Plain => return Error::io(name, "read", error),
        Compression::Gzip => "gzip",
        Compression::Zstd => "zstd",
    };
    let found = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the file ends early".to_owned(),
        _ => error.to_string(),
    };
    Error::input(
        Location::file(name),
        format!("whole {kind} data"),
        format!("{found}, after {after} bytes were unpacked"),
    )
    .with_hint("the download or copy may have been cut short: fetch the file again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn all(blocks: &Blocks) -> Vec<u8> {
        let mut parts = Vec::new();
        while let Some(block) = blocks.next(Vec::new()).unwrap() {
            parts.push((block.index, block.bytes));
        }
        parts.sort();
        for (_, bytes) in &parts[..parts.len().saturating_sub(1)] {
            assert!(bytes.is_empty() || bytes.ends_with(b"\n"), "blocks end at line ends");
        }
        parts.into_iter().flat_map(|(_, bytes)| bytes).collect()
    }

    /// Lines of many lengths, some longer than a block, with and without a final line end.
    #[test]
    fn every_byte_comes_once_and_lines_stay_whole() {
        for tail in ["", "last"] {
            let mut text = Vec::new();
            for line in 0..200_000u32 {
                text.extend(format!("{line} {}\n", "x".repeat((line % 37) as usize)).bytes());
            }
            text.extend(vec![b'y'; BLOCK * 2 + 17]);
            text.push(b'\n');
            text.resize((text.len() / BLOCK + 1) * BLOCK - 1, b'z');
            text.push(b'\n');
            text.extend(tail.bytes());
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("rows.txt");
            std::fs::write(&path, &text).unwrap();
            assert!(all(&Blocks::open(&path, &Run::default()).unwrap()) == text);
            assert!(all(&Blocks::open(&path, &Run::default()).unwrap().keep_quoted_lines_whole(b',')) == text);
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gz.write_all(&text).unwrap();
            std::fs::write(&path, gz.finish().unwrap()).unwrap();
            let packed = Blocks::open(&path, &Run::default()).unwrap();
            assert_eq!(packed.compression(), Compression::Gzip);
            assert!(all(&packed) == text);
            std::fs::write(&path, zstd::encode_all(&text[..], 1).unwrap()).unwrap();
            assert!(all(&Blocks::open(&path, &Run::default()).unwrap()) == text);
        }
    }
}
