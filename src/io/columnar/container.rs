//! Which files hold columns, by their first bytes.

use crate::io::columns::Format;

/// Endings of files that hold columns.
pub const ENDINGS: &[&str] = &["parquet", "pq", "arrow", "arrows", "feather", "ipc"];

/// What holds the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Parquet.
    Parquet,
    /// An Arrow IPC file, also called Feather version 2.
    ArrowFile,
    /// An Arrow IPC stream.
    ArrowStream,
}

impl Container {
    /// The shape of such a file.
    pub fn format(self) -> Format {
        match self {
            Container::Parquet => Format::Parquet,
            Container::ArrowFile | Container::ArrowStream => Format::Arrow,
        }
    }

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Container::Parquet => "a Parquet file",
            Container::ArrowFile => "an Arrow file",
            Container::ArrowStream => "an Arrow stream",
        }
    }
}

/// What a file that begins so holds its columns in; `None` where it is none of these.
pub fn container(head: &[u8]) -> Option<Container> {
    match head {
        [b'P', b'A', b'R', b'1' | b'E', ..] => Some(Container::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Some(Container::ArrowFile),
        // A stream begins with a mark and the length of the schema, a positive number of 32 bits.
        [0xff, 0xff, 0xff, 0xff, _, _, _, 0..0x80, ..] => Some(Container::ArrowStream),
        _ => None,
    }
}
