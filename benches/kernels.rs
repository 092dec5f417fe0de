//! Rank and community kernels on fixed graphs. Throughput in edges.

mod common;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use truereach::Run;
use truereach::community::{LabelPropagation, Leiden, Louvain};
use truereach::rank::{Components, Connectivity, KCore, PageRank, Stop};

fn kernels(criterion: &mut Criterion) {
    let run = Run::default();
    let skewed = common::skewed(100_000, 2_000_000);
    let mut group = criterion.benchmark_group("kernels, 2M edges");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).throughput(Throughput::Elements(skewed.edges()));
    let pagerank = PageRank { stop: Stop::Change, tolerance: 1e-6, ..Default::default() };
    group.bench_function("PageRank to a change of 1e-6", |bench| bench.iter(|| pagerank.run(&skewed, &run).unwrap()));
    for connectivity in [Connectivity::Weak, Connectivity::Strong] {
        group.bench_function(format!("components, {connectivity:?}"), |bench| {
            bench.iter(|| Components { connectivity }.run(&skewed, &run).unwrap());
        });
    }
    group.bench_function("core numbers", |bench| bench.iter(|| KCore::default().run(&skewed, &run).unwrap()));
    group.finish();

    let network = common::shipped("lastfm-asia");
    let graph = network.follow_graph().unwrap();
    let mut group = criterion.benchmark_group("communities, lastfm-asia");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).throughput(Throughput::Elements(graph.edges()));
    group.bench_function("Leiden", |bench| bench.iter(|| Leiden::default().run(graph, &run).unwrap()));
    group.bench_function("Louvain", |bench| bench.iter(|| Louvain::default().run(graph, &run).unwrap()));
    group.bench_function("label propagation", |bench| {
        bench.iter(|| LabelPropagation::default().run(graph, &run).unwrap());
    });
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
