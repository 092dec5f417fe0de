//! The stages that touch files: make the network, write it as text, read that back into a snapshot, open it. All in
//! a folder of their own that goes away.

use std::path::PathBuf;

use super::input::Input;
use super::measure::Watch;
use super::stage::{Accuracy, Made, Stage, Verdict, digest};
use crate::base::{Error, Result, Run};
use crate::graph::{Graph, Network};
use crate::io::Ingest;
use crate::io::columns::{Edges, Reading};
use crate::io::export::{Part, Shape, export};
use crate::io::snapshot::{self, Snapshot, checksum_of};

/// Making the network.
pub struct GenerateStage<'a> {
    pub input: &'a Input,
}

impl Stage for GenerateStage<'_> {
    fn name(&self) -> &'static str {
        "generate"
    }
    fn about(&self) -> &'static str {
        "the network itself, made from the seed"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let made_by =
            self.input.made_by.as_ref().ok_or_else(|| {
                Error::parameter("--stage", "generate is for networks made here, and this one was given")
            })?;
        let network = watch.time(|| made_by.make(run))?.network;
        let digest = checksum_of(&network, run)?;
        let judge = Box::new(move |_: &Run| {
            let mut verdict = Verdict::passed(Accuracy::exact("same bytes"));
            verdict.must(digest == self.input.checksum, || {
                format!("checksum {digest:016x}, not {:016x} as the first time", self.input.checksum)
            });
            check_rows(network.follow_graph()?, &mut verdict);
            Ok(verdict)
        });
        Ok(Made { digest, work: self.input.graph()?.edges() as f64, judge })
    }
}

/// Sorted, inside, and the two sides hold the same edges.
fn check_rows(graph: &Graph, verdict: &mut Verdict) {
    for rows in [graph.following_rows(), graph.follower_rows()] {
        if let Err(wrong) = rows.check(graph.accounts()) {
            verdict.must(false, || wrong);
        }
    }
    let accounts = 0..graph.accounts() as u32;
    let missing = accounts.flat_map(|u| graph.following(u).iter().map(move |&v| (u, v)));
    let one_sided = missing.filter(|&(u, v)| graph.followers(v).binary_search(&u).is_err()).count();
    verdict.must(one_sided == 0, || format!("{one_sided} follows stand on one side only"));
}

/// Where the stages that touch files do so.
pub struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    /// A new one.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("truereach-bench-").tempdir();
        Ok(Folder { folder: folder.map_err(|error| Error::io("the temporary folder", "write to", error))? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The follows as text, written once if they are not there yet.
    fn text(&self, input: &Input, run: &Run) -> Result<PathBuf> {
        let path = self.path("follows.csv");
        if !path.exists() {
            export(&input.network, Part::Follows, Shape::Csv, &path, true, run)?;
        }
        Ok(path)
    }

    /// The network as a snapshot, written once.
    fn snapshot(&self, input: &Input, run: &Run) -> Result<PathBuf> {
        let path = self.path("network.trg");
        if !path.exists() {
            snapshot::write(&input.network, &path, true, run)?;
        }
        Ok(path)
    }
}

/// Writing the follows as text.
pub struct WriteStage<'a> {
    pub input: &'a Input,
    pub folder: &'a Folder,
}

impl Stage for WriteStage<'_> {
    fn name(&self) -> &'static str {
        "write"
    }
    fn about(&self) -> &'static str {
        "the follows written as CSV and synced"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let path = self.folder.path("written.csv");
        let rows = watch.time(|| export(&self.input.network, Part::Follows, Shape::Csv, &path, true, run))?;
        let (digest, lines) = look_at(&path)?;
        let _ = std::fs::remove_file(&path);
        let edges = self.input.graph()?.edges();
        let judge = Box::new(move |_: &Run| {
            let mut verdict = Verdict::passed(Accuracy::exact("every edge a line"));
            let as_it_should = rows == edges && lines == edges + 1;
            verdict.must(as_it_should, || format!("{lines} lines and a count of {rows} for {edges} edges and a head"));
            Ok(verdict)
        });
        Ok(Made { digest, work: edges as f64, judge })
    }
}

/// Digest and number of lines of a file.
fn look_at(path: &std::path::Path) -> Result<(u64, u64)> {
    let fail = |error| Error::io(path, "read", error);
    let mut file = std::fs::File::open(path).map_err(fail)?;
    let (mut sums, mut lines, mut part) = (Vec::new(), 0, Vec::new());
    while std::io::Read::read_to_end(&mut std::io::Read::take(&mut file, 8 << 20), &mut part).map_err(fail)? > 0 {
        sums.push(digest(&[&part[..]]));
        lines += memchr::memchr_iter(b'\n', &part).count() as u64;
        part.clear();
    }
    Ok((digest(&[&sums[..]]), lines))
}

/// Reading text into a snapshot.
pub struct IngestStage<'a> {
    pub input: &'a Input,
    pub folder: &'a Folder,
}

impl Stage for IngestStage<'_> {
    fn name(&self) -> &'static str {
        "ingest"
    }
    fn about(&self) -> &'static str {
        "the CSV read, sorted both ways, and written as a snapshot, synced"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let text = self.folder.text(self.input, run)?;
        let target = self.folder.path("ingested.trg");
        // The text says follower and followee in its head; a network that looks undirected must not be folded.
        let reading = Reading { edges: Some(Edges::FollowerFollowee), ..Default::default() };
        let ingest = Ingest { reading, ..Default::default() };
        let network = watch.time(|| {
            let (network, _) = ingest.run(&[text], None, run)?;
            snapshot::write(&network, &target, true, run)?;
            Ok::<_, Error>(network)
        })?;
        let _ = std::fs::remove_file(&target);
        let digest = checksum_of(&network, run)?;
        let judge = Box::new(move |run: &Run| {
            let mut verdict = Verdict::passed(Accuracy::exact("every follow back"));
            same_follows(&self.input.network, network, &mut verdict, run)?;
            Ok(verdict)
        });
        Ok(Made { digest, work: self.input.graph()?.edges() as f64, judge })
    }
}

/// Whether `back` holds the follows of `network`: the same checksum where the network is follows alone, and always
/// the same rows by name. Text holds no account without a follow.
fn same_follows(network: &Network, mut back: Network, verdict: &mut Verdict, run: &Run) -> Result<()> {
    let (graph, again) = (network.follow_graph()?, back.follow_graph()?.clone());
    let place: Vec<Option<u32>> =
        (0..network.accounts() as u32).map(|u| back.names.find(&network.names.get(u))).collect();
    verdict.must(graph.edges() == again.edges(), || format!("{} edges came back of {}", again.edges(), graph.edges()));
    let bits = |weights: Option<&[f64]>, at: usize| weights.map(|weights| weights[at].to_bits());
    let whole = |u: u32| {
        let weights = graph.following_weights(u);
        let there = |(at, &v): (usize, &u32)| Some((place[v as usize]?, bits(weights, at)));
        let row: Option<Vec<_>> = graph.following(u).iter().enumerate().map(there).collect();
        let (Some(mut row), Some(at)) = (row, place[u as usize]) else { return graph.following(u).is_empty() };
        row.sort_unstable();
        let weights = again.following_weights(at);
        row.into_iter().eq(again.following(at).iter().enumerate().map(|(place, &v)| (v, bits(weights, place))))
    };
    let wrong = (0..network.accounts() as u32).filter(|&u| !whole(u)).count();
    verdict.must(wrong == 0, || format!("the follows of {wrong} accounts came back changed"));
    let bare = network.events.is_none() && network.attributes.columns.is_empty() && back.names == network.names;
    let edges_alone =
        network.follows.as_ref().is_some_and(|f| f.time.is_none() && f.sign.is_none() && f.terms.is_none());
    if bare && edges_alone {
        // How many rows there were, and what was stated about them, is no part of what is compared.
        back.rows = network.rows;
        (back.view, back.view_stated, back.tiers) = (network.view, network.view_stated, network.tiers);
        let (before, after) = (checksum_of(network, run)?, checksum_of(&back, run)?);
        verdict.must(before == after, || format!("checksum {after:016x} came back for {before:016x}"));
        if before == after {
            verdict.accuracy.text = "checksum equal".into();
        }
    }
    Ok(())
}

/// Opening a snapshot.
pub struct OpenStage<'a> {
    pub input: &'a Input,
    pub folder: &'a Folder,
}

impl Stage for OpenStage<'_> {
    fn name(&self) -> &'static str {
        "open"
    }
    fn about(&self) -> &'static str {
        "the snapshot opened, every checksum and invariant verified, ready to use"
    }
    fn unit(&self) -> &'static str {
        "B"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let path = self.folder.snapshot(self.input, run)?;
        let (network, size) = watch.time(|| {
            let snapshot = Snapshot::open(&path, false)?;
            Ok::<_, Error>((snapshot.network(run)?, snapshot.size()))
        })?;
        let digest = checksum_of(&network, run)?;
        let judge = Box::new(move |_: &Run| {
            let mut verdict = Verdict::passed(Accuracy::exact("checksum equal"));
            verdict.must(digest == self.input.checksum, || {
                format!("checksum {digest:016x}, not {:016x} as written", self.input.checksum)
            });
            Ok(verdict)
        });
        Ok(Made { digest, work: size as f64, judge })
    }
}
