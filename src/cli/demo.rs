//! The network inside the program, so that the first command works anywhere.

use std::io::Write;

use super::define::DefineArgs;
use super::open::Opened;
use super::term::Terminal;
use crate::base::{Error, Result};
use crate::io::{self, Ingest};

const FILES: [(&str, &[u8]); 3] = [
    ("network.toml", include_bytes!("../../datasets/lastfm-asia/network.toml")),
    ("lastfm_asia_edges.csv.gz", include_bytes!("../../datasets/lastfm-asia/lastfm_asia_edges.csv.gz")),
    ("lastfm_asia_target.csv", include_bytes!("../../datasets/lastfm-asia/lastfm_asia_target.csv")),
];

/// Reads it by the same path as any other folder.
pub fn open(define: &DefineArgs, terminal: &Terminal) -> Result<Opened> {
    let folder = tempfile::tempdir().map_err(|error| Error::io(std::env::temp_dir(), "write to", error))?;
    for (name, bytes) in FILES {
        let path = folder.path().join(name);
        let mut file = std::fs::File::create(&path).map_err(|error| Error::io(&path, "write", error))?;
        file.write_all(bytes).map_err(|error| Error::io(&path, "write", error))?;
    }
    let paths = [folder.path().to_path_buf()];
    let io::Opened { mut network, checksum, .. } = io::open_with(&paths, &Ingest::default(), false, &terminal.run)?;
    terminal.guard(&network);
    define.add(&mut network, terminal)?;
    Ok(Opened {
        network,
        checksum,
        packed: None,
        name: "lastfm-asia".into(),
        niches: None,
        kept: Vec::new(),
        learned: None,
    })
}
