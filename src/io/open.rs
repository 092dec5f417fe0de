//! One way to open anything: a snapshot, a folder of tables or with a manifest, raw files.

use std::path::{Path, PathBuf};

use super::ingest::Ingest;
use super::snapshot::{self, Snapshot};
use super::summary::Summary;
use crate::base::{Error, Result, Run};
use crate::graph::Network;

/// A network and what identifies it.
#[derive(Debug)]
pub struct Opened {
    /// The network.
    pub network: Network,
    /// The snapshot's checksum; of raw files that of the snapshot they would make.
    pub checksum: u64,
    /// Of a compressed snapshot: bytes of the file that rows of follows take.
    pub packed: Option<u64>,
    /// Of raw files, which an ingest would spare the next time: how they were read.
    pub read: Option<Summary>,
}

/// Opens what `paths` name: one snapshot (recognised by its first bytes), or anything `ingest` reads. With `trust`
/// a snapshot's checksums are not verified.
pub fn open_with(paths: &[PathBuf], ingest: &Ingest, trust: bool, run: &Run) -> Result<Opened> {
    if let [path] = paths
        && snapshot::looks_like_snapshot(path)
    {
        if *ingest != Ingest::default() {
            return Err(Error::parameter(
                "--edges",
                format!("{} is a snapshot: its rows were read already", path.display()),
            )
            .with_hint("name the raw files, or ingest them again"));
        }
        let snapshot = Snapshot::open(path, trust)?;
        let network = snapshot.network(run)?;
        return Ok(Opened { network, checksum: snapshot.checksum(), packed: snapshot.packed(), read: None });
    }
    let (network, summary) = ingest.run(paths, None, run)?;
    let checksum = snapshot::checksum_of(&network, run)?;
    Ok(Opened { network, checksum, packed: None, read: Some(summary) })
}

/// Opens a snapshot, a folder of tables or with a `network.toml`, or a raw file, found out from its content.
///
/// ```
/// let network = truereach::open("datasets/lastfm-asia")?;
/// assert_eq!(network.accounts(), 7624);
/// # Ok::<(), truereach::Error>(())
/// ```
pub fn open(path: impl AsRef<Path>) -> Result<Network> {
    let paths = [path.as_ref().to_path_buf()];
    Ok(open_with(&paths, &Ingest::default(), false, &Run::default())?.network)
}
