//! Logs of a prediction: `tqdm` progress bars of the sampling loop.

use std::time::Duration;

/// Speech tokens per second of audio, and the maximum number of tokens.
const TOKENS_PER_SECOND: f64 = 25.0;
const MAX_TOKENS: u32 = 1000;

/// Returns the logs after `elapsed` of a run of length `total` that generates `audio`.
///
/// Each state of the bar starts with a carriage return. The bar counts to 1,000 and usually ends early.
pub(crate) fn sampling(elapsed: Duration, total: Duration, audio: Duration) -> String {
    const STATES: u32 = 8;
    let share = if total.is_zero() {
        1.0
    } else {
        elapsed.as_secs_f64() / total.as_secs_f64()
    };
    let shown = (share * f64::from(STATES)).floor().min(f64::from(STATES)) as u32;
    let tokens = (audio.as_secs_f64() * TOKENS_PER_SECOND).ceil();
    let mut logs = String::new();
    for state in 0..=shown {
        let done = ((tokens * f64::from(state) / f64::from(STATES)) as u32).min(MAX_TOKENS);
        logs.push('\r');
        logs.push_str(&bar(done, total.as_secs_f64() * f64::from(state) / f64::from(STATES)));
    }
    if shown == STATES {
        logs.push('\n');
    }
    logs
}

fn bar(done: u32, seconds: f64) -> String {
    let percent = done * 100 / MAX_TOKENS;
    let cells = done * 80 / MAX_TOKENS;
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][(cells % 8) as usize];
    let filled = format!("{}{partial}", "█".repeat((cells / 8) as usize));
    let speed = if seconds > 0.0 { f64::from(done) / seconds } else { 0.0 };
    let left = if speed > 0.0 {
        f64::from(MAX_TOKENS - done) / speed
    } else {
        0.0
    };
    format!(
        "Sampling: {percent:3}%|{filled:<10}| {done}/{MAX_TOKENS} [{}<{}, {speed:.1}it/s]",
        minutes(seconds),
        minutes(left)
    )
}

fn minutes(seconds: f64) -> String {
    let seconds = seconds as u64;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn logs_only_grow() {
        let mut last = String::new();
        for step in 0..=20 {
            let logs = sampling(SECOND * step / 20, SECOND, SECOND * 10);
            assert!(logs.starts_with(last.trim_end()), "{logs:?} after {last:?}");
            last = logs;
        }
        assert_eq!(last.matches('\r').count(), 9);
        assert!(
            last.ends_with("Sampling:  25%|██▌       | 250/1000 [00:01<00:03, 250.0it/s]\n"),
            "{last:?}"
        );
    }
}
