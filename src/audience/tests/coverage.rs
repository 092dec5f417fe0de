use super::world::{Cut, World};
use crate::audience::Overlap;
use crate::base::{Figure, Run, Status};
use crate::graph::Design;
use rand::RngExt;

#[derive(Default, Debug)]
struct Tally {
    given: [u32; 5],
    hit: [u32; 5],
    low: [u32; 5],
    err: f64,
}
impl Tally {
    fn add(&mut self, figure: &Figure, truth: f64) {
        let at = figure.status as usize;
        self.given[at] += 1;
        if let Some(interval) = figure.interval {
            self.hit[at] += u32::from(interval.low <= truth + 1e-6 && truth <= interval.high + 1e-6);
            self.low[at] += u32::from(interval.low > truth + 1e-6);
        }
    }
    fn show(&self, what: &str) {
        for (at, status) in ["measured", "estimated", "bounded"].iter().enumerate() {
            if self.given[at] > 0 {
                eprintln!(
                    "{what} {status}: {} given, covered {:.2}%, low miss {:.2}%",
                    self.given[at],
                    100.0 * f64::from(self.hit[at]) / f64::from(self.given[at]),
                    100.0 * f64::from(self.low[at]) / f64::from(self.given[at])
                );
            }
        }
    }
}

#[test]
#[ignore]
fn explore() {
    for mode in 0..7 {
        let (mut union, mut pairs, mut alone, mut single) =
            (Tally::default(), Tally::default(), Tally::default(), Tally::default());
        let n: u64 = std::env::var("N").map_or(200, |n| n.parse().unwrap());
        for seed in 0..n {
            let creators = 2 + (seed % 9) as usize;
            let mut world = World::new(1000 + seed, 6000, creators, 60.0);
            let cuts: Vec<Cut> = (0..creators)
                .map(|at| {
                    let share = 0.01 * libm::pow(50.0, world.random.random::<f64>());
                    let looked_up = 20 + world.random.random_range(0..100);
                    let random = Cut { design: Design::Random, share: share.max(0.1), looked_up };
                    match mode {
                        0 => random,
                        1 => Cut { looked_up: 0, ..random },
                        2 if at % 2 == 0 => Cut { design: Design::Full, share: 1.0, looked_up: 0 },
                        2 => random,
                        3 if at == 0 => Cut { looked_up: 0, ..random },
                        3 => Cut { design: Design::Full, share: 1.0, looked_up: 0 },
                        4 if at == 0 => Cut { design: Design::NewestFirst, share, looked_up },
                        4 if at % 2 == 1 => Cut { design: Design::Full, share: 1.0, looked_up },
                        4 => random,
                        5 if at % 3 == 0 => Cut { design: Design::NewestFirst, share, looked_up: 0 },
                        5 if at % 3 == 1 => Cut { design: Design::Full, share: 1.0, looked_up: 0 },
                        5 => random,
                        _ => Cut { looked_up: 12, ..random },
                    }
                })
                .collect();
            let network = world.cut(&cuts);
            let run = Run::new(1);
            let found = Overlap { pairs: true, ..Default::default() }.run(&network, &world.accounts(), &run).unwrap();
            union.add(&found.union, world.union(0..creators));
            for pair in &found.pairs {
                let [a, b] = pair.accounts.map(|a| (a - 6000) as usize);
                pairs.add(&pair.common, world.common(a, b));
            }
            for at in 0..creators {
                let rest = world.union((0..creators).filter(|&o| o != at));
                alone.add(&found.creators[at].exclusive, world.union(0..creators) - rest);
            }
            let _ = &mut single;
        }
        eprintln!("mode {mode}");
        union.show("  union");
        pairs.show("  pairs");
        alone.show("  exclusive");
    }
}
