//! The clock, the memory, and what many runs say together. The only place of the library that reads a clock.

use std::time::Instant;

/// Times a kernel and sees the most memory the process held meanwhile.
#[derive(Debug, Default)]
pub struct Watch {
    /// Seconds inside [`Watch::time`].
    pub seconds: f64,
    /// Bytes resident when the kernel began.
    pub before: Option<u64>,
    /// The most bytes resident while it ran.
    pub peak: Option<u64>,
}

impl Watch {
    /// Runs `kernel` and adds what it took.
    pub fn time<R>(&mut self, kernel: impl FnOnce() -> R) -> R {
        let known = forget_peak();
        self.before = self.before.or_else(|| known.then(|| status("VmRSS:")).flatten());
        let begun = Instant::now();
        let made = kernel();
        self.seconds += begun.elapsed().as_secs_f64();
        if known {
            self.peak = self.peak.max(status("VmHWM:"));
        }
        made
    }
}

/// Sets the high-water mark of this process's memory back to what it holds now. False where the system cannot.
fn forget_peak() -> bool {
    cfg!(target_os = "linux") && std::fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// A line of the process's status, in bytes. Missing elsewhere than on Linux, never zero.
fn status(name: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// The processor and how many of it this process may use.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Machine {
    /// The processor's name, where the system tells.
    pub processor: Option<String>,
    /// How many threads can run at once.
    pub threads: usize,
    /// Operating system and architecture.
    pub system: String,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let line = info.lines().find(|line| line.starts_with("model name"));
        let name = line.and_then(|line| line.split_once(':')).map(|(_, name)| name.trim().to_owned());
        Machine {
            processor: name,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}

/// The middle of the values; the mean of the two middle ones for an even number. `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (!sorted.is_empty()).then(|| crate::base::stats::quantile(&sorted, 0.5))
}

/// How far the farthest value is from the median, as a share of it. `None` of fewer than two.
pub fn spread(values: &[f64]) -> Option<f64> {
    let middle = median(values).filter(|&middle| middle > 0.0 && values.len() > 1)?;
    let farthest = values.iter().map(|value| (value - middle).abs()).fold(0.0, f64::max);
    Some(farthest / middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_spreads_match_hand_values() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
        assert_eq!(spread(&[2.0, 1.0, 5.0]), Some(1.5));
        assert_eq!(spread(&[1.0]), None);
        assert_eq!(spread(&[0.0, 0.0]), None);
    }

    #[test]
    fn the_watch_sees_memory_where_the_system_tells() {
        let mut watch = Watch::default();
        let taken = watch.time(|| vec![1u8; 64 << 20]);
        assert_eq!(taken.len(), 64 << 20);
        assert!(watch.seconds > 0.0);
        match (watch.before, watch.peak) {
            (Some(before), Some(peak)) => assert!(before > 0 && peak > 32 << 20, "{before} {peak}"),
            (None, None) => {}
            other => panic!("half known: {other:?}"),
        }
    }
}
