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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "the results must be exactly equal")]
    fn sums_have_no_rounding_errors() {
        assert_eq!(exact(21.0 * 0.025 / 1000.0), 0.000_525);
        assert_eq!(exact(0.1 + 0.2), 0.3);
        assert_eq!(usd(nanos(0.0001)), 0.0001);
    }
}
