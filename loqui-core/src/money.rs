//! Amounts in US dollars, stored as whole nano-dollars. One character costs about 25,000 nano-dollars.

const NANOS: f64 = 1e9;

/// Converts US dollars to whole nano-dollars.
pub(crate) fn nanos(usd: f64) -> i64 {
    (usd * NANOS).round() as i64
}

/// Converts nano-dollars to US dollars.
pub(crate) fn usd(nanos: i64) -> f64 {
    nanos as f64 / NANOS
}

/// Rounds a sum to the nano-dollar, which removes the rounding errors of floating point.
pub(crate) fn exact(sum: f64) -> f64 {
    usd(nanos(sum))
}

/// Formats an amount for people: four decimals, and two significant digits for a smaller amount, so that no amount but
/// zero reads as zero.
///
/// # Examples
///
/// ```
/// use loqui_core::estimate::dollars;
///
/// assert_eq!(dollars(0.1251), "$0.1251");
/// assert_eq!(dollars(0.000_01), "$0.00001");
/// assert_eq!(dollars(0.0), "$0");
/// ```
pub fn dollars(usd: f64) -> String {
    if usd == 0.0 {
        return "$0".to_owned();
    }
    if usd.abs() >= 0.001 {
        return format!("${usd:.4}");
    }
    let decimals = (1.0 - usd.abs().log10().floor()).clamp(4.0, 20.0) as usize;
    let digits = format!("{usd:.decimals$}");
    format!("${}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_amounts_do_not_read_as_zero() {
        for (usd, shown) in [
            (12.5, "$12.5000"),
            (0.001, "$0.0010"),
            (0.000_526, "$0.00053"),
            (0.000_1, "$0.0001"),
            (0.000_01, "$0.00001"),
            (0.000_000_025, "$0.000000025"),
            (0.0, "$0"),
        ] {
            assert_eq!(dollars(usd), shown);
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the results must be exactly equal")]
    fn sums_have_no_rounding_errors() {
        assert_eq!(exact(21.0 * 0.025 / 1000.0), 0.000_525);
        assert_eq!(exact(0.1 + 0.2), 0.3);
        assert_eq!(usd(nanos(0.0001)), 0.0001);
    }
}
