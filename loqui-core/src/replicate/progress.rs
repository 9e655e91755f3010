//! Progress of a run, read from its log.

/// Returns the progress of a run, from 0 to 1, or nothing if its log has no progress bar.
///
/// Chatterbox prints `tqdm` bars such as `Sampling:  12%|█▏   | 123/1000 [00:02<...]`, separated by line feeds or carriage
/// returns. Runs usually end before the bar is full, and a second, shorter bar may follow. The result is therefore a lower
/// bound: the highest progress of any bar. It never decreases while the log grows.
///
/// ```
/// use loqui_core::replicate::progress;
///
/// let log = "Sampling:   1%|▏   | 10/1000 [00:00<00:02]\rSampling:  25%|██▌  | 250/1000 [00:05<00:15]";
/// assert_eq!(progress(log), Some(0.25));
/// assert_eq!(progress("loading the model"), None);
/// ```
pub fn progress(log: &str) -> Option<f64> {
    log.split(['\r', '\n']).filter_map(bar).reduce(f64::max)
}

/// Reads `12%|...| 123/1000` from a line. The counts are more precise than the percentage.
fn bar(line: &str) -> Option<f64> {
    let (before, after) = line.split_once("%|")?;
    let digits = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let percent: u32 = before[digits..].parse().ok().filter(|percent| *percent <= 100)?;
    let counts = after.split_once('|').map(|(_, counts)| counts.trim_start());
    let share = counts.and_then(|counts| {
        let (current, rest) = counts.split_once('/')?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (current, total): (u64, u64) = (current.trim().parse().ok()?, rest[..end].parse().ok()?);
        (total > 0).then(|| (current as f64 / total as f64).min(1.0))
    });
    Some(share.unwrap_or_else(|| f64::from(percent) / 100.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bars_with_and_without_description_are_read() {
        assert_eq!(
            progress("Sampling:  12%|█▏        | 123/1000 [00:02<00:20, 43.1it/s]"),
            Some(0.123)
        );
        assert_eq!(progress("  0%|          | 0/10 [00:00<?, ?it/s]"), Some(0.0));
        assert_eq!(progress("50%|█████"), Some(0.5));
    }

    #[test]
    fn second_bar_does_not_decrease_progress() {
        assert_eq!(
            progress("90%|█████████ | 900/1000 [..]\n  0%|          | 0/2 [..]\n"),
            Some(0.9)
        );
    }

    #[test]
    fn text_without_a_bar_has_no_progress() {
        for log in ["", "100% done", "%|", "x%|", "4294967296%|", "999%| | 1/2"] {
            assert_eq!(progress(log), None, "{log}");
        }
    }

    proptest! {
        #[test]
        fn progress_never_decreases_while_a_log_grows(
            parts in proptest::collection::vec("(Sampling: +)?[0-9]{1,3}%\\|[# ]{0,5}\\| [0-9]{1,4}/[0-9]{1,4} |\\PC{0,12}", 0..12)
        ) {
            let mut log = String::new();
            let mut last = None;
            for part in parts {
                log.push_str(&part);
                log.push('\r');
                let now = progress(&log);
                prop_assert!(now >= last, "{now:?} after {last:?} in {log:?}");
                prop_assert!(now.is_none_or(|share| (0.0..=1.0).contains(&share)));
                last = now;
            }
        }
    }
}
