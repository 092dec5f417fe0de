//! Cascades: worlds of the 50 most followed accounts, and the whole main table. Throughput in worlds or creators.

mod common;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use truereach::Run;
use truereach::analyze::Analyze;
use truereach::cascade::{Model, Reach, TunkRank};

fn cascade(criterion: &mut Criterion) {
    let run = Run::default();
    let network = common::shipped("soc-slashdot0902");
    let graph = network.follow_graph().unwrap();
    let mut most: Vec<u32> = (0..graph.accounts() as u32).collect();
    most.sort_by_key(|&v| (std::cmp::Reverse(graph.followers(v).len()), v));
    most.truncate(50);
    let mut group = criterion.benchmark_group("cascade, Slashdot");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for (model, worlds) in [(Model::Wc, 256), (Model::Prior, 256)] {
        let reach = Reach { cascade: model.into(), worlds: Some(worlds), draws: 0, ..Default::default() };
        group.throughput(Throughput::Elements(worlds));
        group.bench_function(format!("{model}: {worlds} worlds of the 50 most followed"), |bench| {
            bench.iter(|| reach.run(graph, &network, &most, &run).unwrap());
        });
    }
    group.bench_function("TunkRank, prior", |bench| {
        bench.iter(|| TunkRank::default().run(graph, &network, &run).unwrap());
    });
    group.finish();

    let small = common::shipped("lastfm-asia");
    let mut group = criterion.benchmark_group("analyze, lastfm-asia");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).throughput(Throughput::Elements(small.accounts() as u64));
    group.bench_function("every account", |bench| {
        let analyze = Analyze { top: 0, ..Default::default() };
        bench.iter(|| analyze.run(&small, &run).unwrap());
    });
    group.finish();
}

criterion_group!(benches, cascade);
criterion_main!(benches);
