//! The grammar of the `Cancel-After` header: `30`, `30s`, `5m`, `1h30m45s`
//! (<https://replicate.com/docs/topics/predictions/create-a-prediction>).

use std::time::Duration;

const MIN: Duration = Duration::from_secs(5);
const MAX: Duration = Duration::from_hours(24);

/// Why a header is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CancelAfterError {
    #[error("must be a duration such as 30, 30s, 5m or 1h30m45s, got {0:?}")]
    Grammar(String),
    #[error("must be between 5s and 24h, got {} s", .0.as_secs())]
    Range(Duration),
}

/// Parses the value of the header.
pub(crate) fn parse(header: &str) -> Result<Duration, CancelAfterError> {
    let grammar = || CancelAfterError::Grammar(header.to_owned());
    let mut seconds: u64 = 0;
    let mut rest = header.trim();
    let mut last_unit = u64::MAX;
    if rest.is_empty() {
        return Err(grammar());
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| grammar())?;
        let unit = match tail.chars().next() {
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            // Only a single number may have no unit.
            None if last_unit == u64::MAX => 1,
            _ => return Err(grammar()),
        };
        if unit >= last_unit {
            return Err(grammar());
        }
        last_unit = unit;
        seconds = number
            .checked_mul(unit)
            .and_then(|part| seconds.checked_add(part))
            .ok_or_else(grammar)?;
        rest = tail.get(1..).unwrap_or_default();
    }
    let duration = Duration::from_secs(seconds);
    if (MIN..=MAX).contains(&duration) {
        Ok(duration)
    } else {
        Err(CancelAfterError::Range(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_parsed() {
        for (header, seconds) in [
            ("30", 30),
            ("30s", 30),
            ("5m", 300),
            ("2h", 7200),
            ("2h30m", 9000),
            ("1h30m45s", 5445),
            ("24h", 86400),
            ("5", 5),
        ] {
            assert_eq!(parse(header), Ok(Duration::from_secs(seconds)), "{header}");
        }
    }

    #[test]
    fn invalid_and_out_of_range_values_are_refused() {
        for header in [
            "",
            "soon",
            "5x",
            "m",
            "1s2h",
            "5m5m",
            "30s5",
            "-5",
            "1.5h",
            "99999999999999999999s",
            "5é",
        ] {
            assert!(matches!(parse(header), Err(CancelAfterError::Grammar(_))), "{header}");
        }
        for header in ["4s", "0", "24h1s", "25h"] {
            assert!(matches!(parse(header), Err(CancelAfterError::Range(_))), "{header}");
        }
    }
}
