//! Numbers as people read them.

/// A count with separators: 1,132,004.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of people or views: whole from 100 on, with separators; three digits below.
pub fn people(value: f64) -> String {
    match value {
        v if v.is_nan() => String::new(),
        v if v.is_infinite() => "∞".into(),
        v if v.abs() >= 99.95 => {
            let whole = count(libm::round(v.abs()) as u64);
            if v < 0.0 { format!("-{whole}") } else { whole }
        }
        v if v.abs() >= 9.995 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// A number to so many significant digits, without exponent where it stays short.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { people(value) };
    }
    if value == libm::trunc(value) && value.abs() < 1e15 {
        return format!("{value}");
    }
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    if (-5..15).contains(&magnitude) {
        let decimals = (digits as i32 - 1 - magnitude).max(0) as usize;
        format!("{value:.decimals$}")
    } else {
        format!("{value:.*e}", digits - 1)
    }
}

/// A number of people that need not be an estimate: whole ones as they are.
pub fn tidy(value: f64) -> String {
    if value.fract() == 0.0 && (0.0..1e15).contains(&value) { count(value as u64) } else { people(value) }
}

/// A round number in few letters, for an axis: 250K, 1.5M, 2B.
pub fn brief(value: f64) -> String {
    let (scale, letter) = match value.abs() {
        value if value >= 1e9 => (1e9, "B"),
        value if value >= 1e6 => (1e6, "M"),
        value if value >= 1e4 => (1e3, "K"),
        _ => return tidy(value),
    };
    let tenths = libm::round(10.0 * value / scale) / 10.0;
    if tenths.fract() == 0.0 { format!("{tenths:.0}{letter}") } else { format!("{tenths:.1}{letter}") }
}

/// As [`brief`], with as many decimals as tell it from its neighbours on an axis of this step: 1.05B.
pub fn brief_step(value: f64, step: f64) -> String {
    let (scale, letter) = match value.abs() {
        value if value >= 1e9 => (1e9, "B"),
        value if value >= 1e6 => (1e6, "M"),
        value if value >= 1e4 => (1e3, "K"),
        _ => (1.0, ""),
    };
    if step.is_nan() || step <= 0.0 || (scale == 1.0 && step >= 1.0) {
        return brief(value);
    }
    let decimals = (0..6).find(|&decimals| {
        let steps = step / scale * libm::pow(10.0, f64::from(decimals));
        (steps - libm::round(steps)).abs() < 1e-6 * steps
    });
    format!("{:.*}{letter}", decimals.unwrap_or(6) as usize, value / scale)
}

/// A share in percent, small ones to two digits: 38%, 4.2%, 0.35%.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let decimals = match percent.abs() {
        whole if whole >= 9.95 || whole == 0.0 || whole.is_nan() => 0,
        few if few >= 0.995 => 1,
        part if part >= 0.0995 => 2,
        _ => 3,
    };
    let text = format!("{percent:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    match text {
        "0" if percent > 0.0 => "under 0.001%".into(),
        // What rounds to all of it is not all of it.
        "100" if percent < 100.0 => "over 99%".into(),
        _ => format!("{text}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1132), "1,132");
        assert_eq!(count(76_200_000), "76,200,000");
        assert_eq!(people(1234.4), "1,234");
        assert_eq!(people(99.97), "100");
        assert_eq!(people(12.34), "12.3");
        assert_eq!(people(0.301), "0.30");
        assert_eq!(people(f64::INFINITY), "∞");
        assert_eq!(significant(0.00123456, 4), "0.001235");
        assert_eq!(significant(123456.0, 3), "123456");
        assert_eq!(significant(20.0, 6), "20");
        assert_eq!(significant(1.5e-9, 3), "1.50e-9");
    }

    #[test]
    fn steps_of_an_axis_are_told_apart() {
        let of = |values: [f64; 2], step: f64| values.map(|value| brief_step(value, step));
        assert_eq!(of([1.05e9, 1.1e9], 5e7), ["1.05B", "1.10B"]);
        assert_eq!(of([80e3, 90e3], 1e4), ["80K", "90K"]);
        assert_eq!(of([0.0, 0.5], 0.5), ["0.0", "0.5"]);
        assert_eq!(of([1000.0, 2000.0], 1000.0), ["1,000", "2,000"]);
        assert_eq!(of([0.0, 1e6], 0.0), ["0", "1M"]);
    }

    #[test]
    fn small_shares_keep_two_digits_and_almost_all_is_not_all() {
        let shares = [0.0, 0.384, 0.042, 0.05, 0.0035, 1e-5, 1e-9, 0.9999, 1.0].map(percent);
        let read = ["0%", "38%", "4.2%", "5%", "0.35%", "0.001%", "under 0.001%", "over 99%", "100%"];
        assert_eq!(shares, read);
    }

    #[test]
    fn axes_and_whole_people_are_short() {
        assert_eq!([tidy(0.0), tidy(1234.0), tidy(0.5)], ["0".to_owned(), "1,234".into(), people(0.5)]);
        assert_eq!([0.0, 5_000.0, 20_000.0, 1.5e6, 2e9].map(brief), ["0", "5,000", "20K", "1.5M", "2B"]);
    }
}
