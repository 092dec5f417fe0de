//! What waiting gains: creators signed in two waves, the second once the first was watched, beside as many at once.
//!
//! Markets are made up from 20 seeds. On each, creators are signed at once; and half of them first, the others by what is seen
//! of worlds in which their posts went out (who passed them on). Both are judged in those very worlds, which no choice
//! knew. Differences between markets give the error.

use truereach::Run;
use truereach::base::stats::Z95;
use truereach::cascade::{Cascade, Model, Observed, Walker, Wave, World};
use truereach::graph::Observation;
use truereach::influence::{Brief, Limits, Select, Wishes};
use truereach::synth::Market;

/// Markets, worlds of each, and creators signed in all.
const MARKETS: u64 = 20;
const WORLDS: u64 = 2;
const SIGNED: u64 = 8;
/// People drawn for a choice.
const SAMPLES: u64 = 1 << 15;

fn main() {
    println!("model\trho\tonce\twaves\tgained\t95% from\tto\tmarkets");
    for (model, rho) in [(Model::Prior, None), (Model::Ic(0.05), Some(0.2)), (Model::Wc, Some(0.2))] {
        let pairs: Vec<(f64, f64)> = (1..=MARKETS).map(|seed| market(seed, model, rho)).collect();
        let n = MARKETS as f64;
        let mean = |value: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / n;
        let gained = mean(&|pair| pair.1 - pair.0);
        let squares = mean(&|pair| (pair.1 - pair.0 - gained).powi(2));
        let half = Z95 * (squares / (n - 1.0)).sqrt();
        let (once, waves) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
        println!(
            "{model}\t{}\t{once:.1}\t{waves:.1}\t{gained:.2}\t{:.2}\t{:.2}\t{MARKETS}",
            rho.map_or("learned".to_owned(), |rho| rho.to_string()),
            gained - half,
            gained + half
        );
    }
}

/// People reached at once, and in two waves: means over the worlds of a market.
fn market(seed: u64, model: Model, rho: Option<f64>) -> (f64, f64) {
    let run = Run::new(seed);
    let network = Market { people: 3_000, worlds: 2, ..Market::default() }.run(&run).unwrap().network;
    let graph = network.follow_graph().unwrap();
    let cascade = Cascade { rho: rho.map(Into::into), ..model.into() };
    let resolved = cascade.resolve(graph, &network, &run).unwrap();
    let wishes = Wishes { candidates: network.creators().unwrap(), ..Wishes::default() };
    let sign = |count: u64, wave: Option<&Wave<'_>>, never: &[u32]| -> Vec<u32> {
        let limits = Limits { count: Some(count), ..Limits::default() };
        let select = Select { limits, plain: true, draws: 0, samples: Some(SAMPLES), ..Select::default() };
        let wishes = Wishes {
            candidates: wishes.candidates.iter().copied().filter(|other| !never.contains(other)).collect(),
            ..Wishes::default()
        };
        let brief = Brief { wave, ..Brief::of(&wishes) };
        let plan = select.run_resolved(&resolved, &network, &brief, &|| false, &run).unwrap();
        plan.best.members.iter().map(|member| member.account).collect()
    };
    let once = sign(SIGNED, None, &[]);
    let first = sign(SIGNED / 2, None, &[]);
    let mut walker = Walker::new(graph.accounts());
    let (mut at_once, mut in_waves) = (0, 0);
    for index in 0..WORLDS {
        // Another seed than any choice's.
        let world = World::new(&resolved, seed + 1_000, index);
        at_once += walker.walk(&world, &once).reach();
        walker.walk(&world, &first);
        let shared = |u: &&u32| !first.contains(u) && world.shares(**u);
        let statuses = walker.reached().iter().filter(shared).map(|&u| (u, Observation::Shared)).collect();
        let observed = Observed { posters: first.clone(), statuses, names: None };
        let wave = Wave::new(&resolved, &observed, &run).unwrap();
        let both = [first.clone(), sign(SIGNED - SIGNED / 2, Some(&wave), &first)].concat();
        in_waves += walker.walk(&world, &both).reach();
    }
    (at_once as f64 / WORLDS as f64, in_waves as f64 / WORLDS as f64)
}
