//! Text to a ready graph, and opening its snapshot. Throughput in edges.

mod common;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use truereach::Run;
use truereach::io::{Ingest, Snapshot, snapshot};

fn ingest(criterion: &mut Criterion) {
    let graph = common::skewed(100_000, 2_000_000);
    let (folder, path) = common::as_text(&graph);
    let run = Run::default();
    let mut group = criterion.benchmark_group("ingest");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).throughput(Throughput::Elements(graph.edges()));
    group.bench_function("edge list, 2M edges", |bench| {
        bench.iter(|| Ingest::default().run(std::slice::from_ref(&path), None, &run).unwrap());
    });
    let (network, _) = Ingest::default().run(std::slice::from_ref(&path), None, &run).unwrap();
    let snapshot = folder.path().join("graph.trg");
    snapshot::write(&network, &snapshot, true, &run).unwrap();
    group.bench_function("open the snapshot", |bench| bench.iter(|| Snapshot::open(&snapshot, false).unwrap()));
    group.bench_function("open, verify and load it", |bench| {
        bench.iter(|| Snapshot::open(&snapshot, false).unwrap().network(&run).unwrap());
    });
    group.finish();
}

criterion_group!(benches, ingest);
criterion_main!(benches);
