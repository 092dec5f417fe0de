//! How much memory may be used, as people write it, and the check made before any big allocation.

use std::fmt;

use super::error::{Error, Result};

/// A number of bytes, printed as people read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
        let mut value = self.0 as f64;
        let mut unit = 0;
        while value >= 1024.0 && unit + 1 < UNITS.len() {
            value /= 1024.0;
            unit += 1;
        }
        match unit {
            0 => write!(f, "{} B", self.0),
            _ => write!(f, "{value:.1} {}", UNITS[unit]),
        }
    }
}

/// Reads `4GiB`, `512M`, `1.5 GB` or `50%` (of the memory that is free now).
pub fn parse(text: &str) -> Result<u64> {
    let wrong = || {
        Error::parameter("--memory", format!("\"{text}\" is not an amount of memory"))
            .with_hint("write 4GiB, 512MB or 50%")
    };
    let trimmed = text.trim();
    let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let number: f64 = trimmed[..split].parse().map_err(|_| wrong())?;
    let unit = trimmed[split..].trim().to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" | "b" => 1.0,
        "k" | "kib" => 1024.0,
        "m" | "mib" => 1048576.0,
        "g" | "gib" => 1073741824.0,
        "t" | "tib" => 1099511627776.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "%" if number <= 100.0 => {
            let free =
                available().ok_or_else(|| wrong().with_hint("this system does not tell how much memory is free"))?;
            free as f64 / 100.0
        }
        _ => return Err(wrong()),
    };
    let bytes = number * factor;
    if bytes.is_finite() && bytes >= 1.0 { Ok(bytes as u64) } else { Err(wrong()) }
}

/// The memory this process may still take: the smaller of what the machine has available and what its
/// control group leaves. `None` where the system does not tell.
pub fn available() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    let read = |path: &str| -> Option<u64> { std::fs::read_to_string(path).ok()?.trim().parse().ok() };
    let group = read("/sys/fs/cgroup/memory.max")
        .zip(read("/sys/fs/cgroup/memory.current"))
        .map(|(most, used)| most.saturating_sub(used));
    Some((kib * 1024).min(group.unwrap_or(u64::MAX)))
}

/// Refuses work that would need more than is allowed.
pub fn check(what: impl Into<String>, needed: u64, allowed: Option<u64>) -> Result<()> {
    match allowed {
        Some(allowed) if needed > allowed => Err(Error::Memory { what: what.into(), needed, allowed }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(parse("4GiB").unwrap(), 4 << 30);
        assert_eq!(parse("1.5 gb").unwrap(), 1_500_000_000);
        assert_eq!(parse("512M").unwrap(), 512 << 20);
        for wrong in ["", "lots", "-1G", "4 parsecs", "200%", "0"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn too_much_is_refused_with_both_figures() {
        let error = check("PageRank", 3 << 30, Some(1 << 30)).unwrap_err().to_string();
        assert!(error.contains("3.0 GiB") && error.contains("1.0 GiB"), "{error}");
        assert!(check("PageRank", 3 << 30, None).is_ok());
    }
}
