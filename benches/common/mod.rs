//! Fixed inputs for the benches: shipped networks, and a made-up graph of any size with heavy tails.
#![allow(dead_code)]

use std::path::{Path, PathBuf};

use truereach::Run;
use truereach::base::seed::{Stream, generator};
use truereach::graph::{Graph, Network, build};
use truereach::io::Ingest;

/// A shipped network.
pub fn shipped(name: &str) -> Network {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name);
    Ingest::default().run(&[folder], None, &Run::default()).unwrap().0
}

/// `edges` pairs among `accounts` accounts: followees by a power law, followers at random; repeats merge.
pub fn skewed(accounts: u32, edges: usize) -> Graph {
    use rand::RngExt;
    let mut random = generator(42, Stream::Sample, 0);
    let pairs: Vec<_> = (0..edges)
        .map(|_| {
            let x: f64 = random.random();
            let followee = (libm::pow(x, 4.0) * f64::from(accounts)) as u32;
            (random.random_range(0..accounts), followee.min(accounts - 1))
        })
        .filter(|(u, v)| u != v)
        .collect();
    let run = Run::default();
    let chunks = pairs.chunks(1 << 17).map(<[_]>::to_vec).collect();
    build::finish(&run, build::plain(&run, accounts as usize, chunks).unwrap().following, None).unwrap()
}

/// A graph as an edge list in a temporary file, deleted with the folder.
pub fn as_text(graph: &Graph) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edges.txt");
    let network = Network::from_graph(graph.clone());
    let (part, shape) = (truereach::io::export::Part::Follows, truereach::io::export::Shape::Edges);
    truereach::io::export::export(&network, part, shape, &path, false, &Run::default()).unwrap();
    (folder, path)
}
