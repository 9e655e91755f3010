//! The `Prefer` header: how long a create waits for its output (contract section 2.2).

use std::time::Duration;

const LONGEST: u64 = 60;

/// A wait the caller asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) duration: Duration,
    /// What `Preference-Applied` repeats: `wait` or `wait=10`.
    pub(crate) applied: String,
}

/// Says why a header was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Prefer must be wait or wait=n with n from 1 to 60, got {0:?}")]
pub(crate) struct PreferError(String);

/// Reads a header's value. Preferences other than `wait` are left alone, as RFC 7240 asks.
pub(crate) fn parse(header: &str) -> Result<Option<Wait>, PreferError> {
    for preference in header.split([',', ';']).map(str::trim) {
        if preference == "wait" {
            return Ok(Some(Wait {
                duration: Duration::from_secs(LONGEST),
                applied: "wait".to_owned(),
            }));
        }
        if let Some(seconds) = preference.strip_prefix("wait=") {
            return match seconds.parse() {
                Ok(seconds @ 1..=LONGEST) => Ok(Some(Wait {
                    duration: Duration::from_secs(seconds),
                    applied: format!("wait={seconds}"),
                })),
                _ => Err(PreferError(header.to_owned())),
            };
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_two_forms_and_leaves_others_alone() {
        assert_eq!(parse("wait").unwrap().unwrap().duration, Duration::from_mins(1));
        let ten = parse("respond-async, wait=10").unwrap().unwrap();
        assert_eq!(
            (ten.duration, ten.applied.as_str()),
            (Duration::from_secs(10), "wait=10")
        );
        assert_eq!(parse("respond-async"), Ok(None));
    }

    #[test]
    fn is_strict_about_the_range() {
        for header in ["wait=0", "wait=61", "wait=99", "wait=", "wait=soon", "wait=-1"] {
            assert!(parse(header).is_err(), "{header}");
        }
    }
}
