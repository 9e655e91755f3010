//! The `Prefer` header: how long a create waits for its output
//! (<https://replicate.com/docs/topics/predictions/create-a-prediction#sync-mode>).

use std::time::Duration;

const MAX_SECONDS: u64 = 60;

/// The requested wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) duration: Duration,
    /// The value of `Preference-Applied`: `wait` or `wait=10`.
    pub(crate) applied: String,
}

/// Why a header is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Prefer must be wait or wait=n with n from 1 to 60, got {0:?}")]
pub(crate) struct PreferError(String);

/// Parses the value of the header. Other preferences than `wait` are ignored (RFC 7240).
pub(crate) fn parse(header: &str) -> Result<Option<Wait>, PreferError> {
    for preference in header.split([',', ';']).map(str::trim) {
        if preference == "wait" {
            return Ok(Some(Wait {
                duration: Duration::from_secs(MAX_SECONDS),
                applied: "wait".to_owned(),
            }));
        }
        if let Some(seconds) = preference.strip_prefix("wait=") {
            return match seconds.parse() {
                Ok(seconds @ 1..=MAX_SECONDS) => Ok(Some(Wait {
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
    fn both_forms_are_parsed_and_others_are_ignored() {
        assert_eq!(parse("wait").unwrap().unwrap().duration, Duration::from_mins(1));
        let ten = parse("respond-async, wait=10").unwrap().unwrap();
        assert_eq!(
            (ten.duration, ten.applied.as_str()),
            (Duration::from_secs(10), "wait=10")
        );
        assert_eq!(parse("respond-async"), Ok(None));
    }

    #[test]
    fn out_of_range_values_are_refused() {
        for header in ["wait=0", "wait=61", "wait=99", "wait=", "wait=soon", "wait=-1"] {
            assert!(parse(header).is_err(), "{header}");
        }
    }
}
