//! US dollars, exact to the nano-dollar. The price of a single character is about 25,000 nano-dollars.

const NANOS: f64 = 1e9;

/// US dollars as whole nano-dollars.
pub(crate) fn nanos(usd: f64) -> i64 {
    (usd * NANOS).round() as i64
}

/// Nano-dollars as US dollars.
pub(crate) fn usd(nanos: i64) -> f64 {
    nanos as f64 / NANOS
}

/// The sum rounded to the nano-dollar, without the rounding errors of floating point.
pub(crate) fn exact(sum: f64) -> f64 {
    usd(nanos(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "that they are the same is the point")]
    fn sums_have_no_rounding_errors() {
        assert_eq!(exact(21.0 * 0.025 / 1000.0), 0.000_525);
        assert_eq!(exact(0.1 + 0.2), 0.3);
        assert_eq!(usd(nanos(0.0001)), 0.0001);
    }
}
