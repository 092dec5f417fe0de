//! Checked first, timed afterwards: how a stage becomes rows of figures.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::measure::{Watch, median, spread};
use super::stage::{Accuracy, Stage};
use crate::base::run::Progress;
use crate::base::{Error, Result, Run};

/// A stage at a number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The stage.
    pub stage: String,
    /// What it does.
    pub about: String,
    /// Threads.
    pub threads: usize,
    /// Why the stage failed its check. Then there is no figure.
    pub failure: Option<String>,
    /// Seconds of each run, in order.
    pub seconds: Vec<f64>,
    /// Their median.
    pub median_seconds: Option<f64>,
    /// How far the farthest run is from the median, as a share of it.
    pub spread: Option<f64>,
    /// What the throughput counts.
    pub unit: String,
    /// How much of it was done in a run.
    pub work: Option<f64>,
    /// Work over the median.
    pub per_second: Option<f64>,
    /// How many times as fast as with one thread.
    pub speedup: Option<f64>,
    /// Bytes resident when a run began, at the most.
    pub before_bytes: Option<u64>,
    /// The most bytes resident during a run, network included.
    pub peak_bytes: Option<u64>,
    /// How good the result is.
    pub accuracy: Option<Accuracy>,
    /// The hash of the result: equal at all numbers of threads.
    pub digest: Option<String>,
}

impl Row {
    fn failed(stage: &dyn Stage, threads: usize, why: &str) -> Self {
        Row {
            stage: stage.name().into(),
            about: stage.about().into(),
            threads,
            failure: Some(why.into()),
            seconds: Vec::new(),
            median_seconds: None,
            spread: None,
            unit: stage.unit().into(),
            work: None,
            per_second: None,
            speedup: None,
            before_bytes: None,
            peak_bytes: None,
            accuracy: None,
            digest: None,
        }
    }
}

/// Nobody watches a timed run.
struct Unwatched;

impl Progress for Unwatched {
    fn phase(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}

/// Measures every stage at every number of threads.
///
/// First the stage runs once at each number of threads: all digests must be equal, and the judge looks at the result.
/// A stage that fails has rows without figures. Then come the timed runs, the numbers of threads in turn, so that a
/// slow minute of the machine hits all alike; each must give the same digest again.
///
/// **Errors**: a cancelled run, and parameters that a stage refuses. Any other error of a stage is its failure.
pub fn measure(stages: &[Box<dyn Stage + '_>], threads: &[usize], runs: u32, run: &Run) -> Result<Vec<Row>> {
    let at: Vec<(usize, Run)> =
        threads.iter().map(|&threads| Ok((threads, run.clone().threads(threads)?))).collect::<Result<_>>()?;
    let mut rows = Vec::new();
    for stage in stages {
        match measured(&**stage, &at, runs, run) {
            Ok(measured) => rows.extend(measured),
            Err(error @ (Error::Cancelled | Error::Parameter { .. })) => return Err(error),
            Err(error) => {
                rows.extend(threads.iter().map(|&threads| Row::failed(&**stage, threads, &error.to_string())))
            }
        }
    }
    Ok(rows)
}

fn measured(stage: &dyn Stage, at: &[(usize, Run)], runs: u32, run: &Run) -> Result<Vec<Row>> {
    let failed = |why: String| Ok(at.iter().map(|(threads, _)| Row::failed(stage, *threads, &why)).collect());
    let mut first: Option<(usize, u64, f64, Accuracy)> = None;
    for (threads, run_at) in at {
        let made = stage.run(run_at, &mut Watch::default())?;
        match &first {
            None => {
                let (digest, work) = (made.digest, made.work);
                let verdict = (made.judge)(run)?;
                if let Some(why) = verdict.failure {
                    return failed(why);
                }
                first = Some((*threads, digest, work, verdict.accuracy));
            }
            Some((one, digest, ..)) if *digest != made.digest => {
                return failed(format!("its result differs between {one} and {threads} threads"));
            }
            Some(_) => {}
        }
    }
    let Some((_, digest, work, accuracy)) = first else { return Ok(Vec::new()) };

    run.phase(&format!("timing {}", stage.name()), Some(u64::from(runs) * at.len() as u64));
    let mut watches: Vec<Vec<Watch>> = at.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        for ((threads, run_at), watches) in at.iter().zip(&mut watches) {
            let mut watch = Watch::default();
            let again = stage.run(&run_at.clone().progress(Arc::new(Unwatched)), &mut watch)?.digest;
            if again != digest {
                return failed(format!("its result differs between two runs ({threads} threads)"));
            }
            watches.push(watch);
            run.step(1)?;
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for ((threads, _), watches) in at.iter().zip(watches) {
        let seconds: Vec<f64> = watches.iter().map(|watch| watch.seconds).collect();
        let middle = median(&seconds);
        let alone = rows.first().filter(|row| row.threads == 1).map_or(middle, |row| row.median_seconds);
        let over = |amount: Option<f64>| amount.zip(middle).filter(|(_, middle)| *middle > 0.0).map(|(a, m)| a / m);
        rows.push(Row {
            failure: None,
            median_seconds: middle,
            spread: spread(&seconds),
            work: Some(work),
            per_second: over(Some(work)),
            speedup: over(alone).filter(|_| at[0].0 == 1),
            before_bytes: watches.iter().filter_map(|watch| watch.before).max(),
            peak_bytes: watches.iter().filter_map(|watch| watch.peak).max(),
            accuracy: Some(accuracy.clone()),
            digest: Some(format!("{digest:016x}")),
            seconds,
            ..Row::failed(stage, *threads, "")
        });
    }
    Ok(rows)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::bench::stage::{Made, Verdict};

    /// What a stage of the tests does wrong.
    #[derive(Clone, Copy, PartialEq)]
    pub enum Fault {
        None,
        Judge,
        Threads,
        Runs,
        Error,
    }

    /// A stage that does nothing, rightly or wrongly.
    pub struct Planted(pub Fault, pub std::sync::atomic::AtomicU64);

    impl Planted {
        pub fn boxed(fault: Fault) -> Box<dyn Stage> {
            Box::new(Planted(fault, Default::default()))
        }
    }

    impl Stage for Planted {
        fn name(&self) -> &'static str {
            "planted"
        }
        fn about(&self) -> &'static str {
            "nothing"
        }
        fn unit(&self) -> &'static str {
            "things"
        }
        fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
            let before = self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            watch.time(|| std::thread::sleep(std::time::Duration::from_micros(200)));
            if self.0 == Fault::Error {
                return Err(Error::NotEstimable { figure: "Nothing".into(), needs: "something".into() });
            }
            let digest = match self.0 {
                Fault::Threads => run.thread_count() as u64,
                Fault::Runs => before / 3,
                _ => 7,
            };
            let failure = (self.0 == Fault::Judge).then(|| "the sum is 2, not 1".to_owned());
            let judge = Box::new(|_: &Run| Ok(Verdict { failure, accuracy: Accuracy::exact("all right") }));
            Ok(Made { digest, work: 10.0, judge })
        }
    }

    #[test]
    fn a_stage_that_passes_has_every_figure() {
        let rows = measure(&[Planted::boxed(Fault::None)], &[1, 2], 3, &Run::new(1)).unwrap();
        assert_eq!(rows.iter().map(|row| row.threads).collect::<Vec<_>>(), [1, 2]);
        for row in &rows {
            assert_eq!(
                (row.seconds.len(), row.failure.as_ref(), row.digest.as_deref()),
                (3, None, Some("0000000000000007"))
            );
            assert_eq!(row.per_second.unwrap(), 10.0 / row.median_seconds.unwrap());
            assert!(row.spread.is_some() && row.speedup.is_some() && row.accuracy.is_some());
        }
        assert_eq!(rows[0].speedup, Some(1.0));
        let without_one = measure(&[Planted::boxed(Fault::None)], &[2], 1, &Run::new(1)).unwrap();
        assert_eq!((without_one[0].speedup, without_one[0].spread), (None, None));
    }

    #[test]
    fn a_stage_that_fails_has_a_reason_and_no_figure() {
        for (fault, says) in [
            (Fault::Judge, "the sum is 2, not 1"),
            (Fault::Threads, "differs between 1 and 2 threads"),
            (Fault::Runs, "differs between two runs"),
            (Fault::Error, "Nothing cannot be computed"),
        ] {
            let rows = measure(&[Planted::boxed(fault)], &[1, 2], 2, &Run::new(1)).unwrap();
            assert_eq!(rows.len(), 2);
            for row in rows {
                assert!(row.failure.as_ref().is_some_and(|why| why.contains(says)), "{row:?}");
                assert!(row.seconds.is_empty() && row.median_seconds.is_none() && row.per_second.is_none());
                assert!(row.accuracy.is_none() && row.peak_bytes.is_none() && row.speedup.is_none());
            }
        }
    }
}
