//! Shards in files, mapped.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use crate::base::{Error, Result, sealed};
use crate::graph::buffer::SharedBytes;
use crate::graph::shard::Shard;

/// Opens a shard: its arrays stay in the file. Its checksum is verified, and that no row points outside.
///
/// The file must not be changed while it is open.
pub fn open(path: &Path) -> Result<Shard> {
    Shard::decode(mapped(path)?, &path.display().to_string())
}

/// The digest of a file's bytes.
pub fn digest(path: &Path) -> Result<u64> {
    Ok(sealed::digest((*mapped(path)?).as_ref()))
}

fn mapped(path: &Path) -> Result<SharedBytes> {
    let file = File::open(path).map_err(|error| Error::io(path, "open", error))?;
    let size = file.metadata().map_err(|error| Error::io(path, "look at", error))?.len();
    if size == 0 {
        return Ok(Arc::new(Vec::new()));
    }
    // SAFETY: the map is read-only and lives as long as the shard's arrays. Whoever stores shards renames them into place
    // and never changes them afterwards.
    let map = unsafe { memmap2::Mmap::map(&file) }.map_err(|error| Error::io(path, "map", error))?;
    Ok(Arc::new(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_digest_is_that_of_its_bytes_and_what_is_no_shard_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for length in [0u32, 1, 70_000] {
            let bytes: Vec<u8> = (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            std::fs::write(file.path(), &bytes).unwrap();
            assert_eq!(digest(file.path()).unwrap(), sealed::digest(&bytes));
            assert!(open(file.path()).unwrap_err().to_string().contains("shard"));
        }
    }
}
