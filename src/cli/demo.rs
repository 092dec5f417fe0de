//! The network inside the program, so that the first command works anywhere.

use std::io::Write;

use super::open::{NetworkArgs, Opened};
use super::term::Terminal;
use crate::base::{Error, Result};

const FILES: [(&str, &[u8]); 3] = [
    ("network.toml", include_bytes!("../../datasets/lastfm-asia/network.toml")),
    ("lastfm_asia_edges.csv.gz", include_bytes!("../../datasets/lastfm-asia/lastfm_asia_edges.csv.gz")),
    ("lastfm_asia_target.csv", include_bytes!("../../datasets/lastfm-asia/lastfm_asia_target.csv")),
];

/// Reads it by the same path as any other folder.
pub fn open(terminal: &Terminal) -> Result<Opened> {
    let folder = tempfile::tempdir().map_err(|error| Error::io(std::env::temp_dir(), "write to", error))?;
    for (name, bytes) in FILES {
        let path = folder.path().join(name);
        let mut file = std::fs::File::create(&path).map_err(|error| Error::io(&path, "write", error))?;
        file.write_all(bytes).map_err(|error| Error::io(&path, "write", error))?;
    }
    let args = NetworkArgs { network: vec![folder.path().to_path_buf()], edges: None, trust: false };
    let mut opened = args.read(terminal)?;
    opened.name = "lastfm-asia".into();
    Ok(opened)
}
