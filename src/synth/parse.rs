//! How the generators' numbers are written on the command line.

/// A whole number of at least 0: `1000000`, `1_000_000` or `1e6`.
pub fn whole(text: &str) -> Result<u64, String> {
    let bare = text.replace('_', "");
    if let Ok(number) = bare.parse::<u64>() {
        return Ok(number);
    }
    match bare.parse::<f64>() {
        Ok(number) if number >= 0.0 && number.fract() == 0.0 && number < 1e18 => Ok(number as u64),
        _ => Err("must be a whole number of at least 0".into()),
    }
}

/// As [`whole`], at most what 32 bits hold.
pub fn small(text: &str) -> Result<u32, String> {
    whole(text)?.try_into().map_err(|_| format!("must be at most {}", u32::MAX))
}
