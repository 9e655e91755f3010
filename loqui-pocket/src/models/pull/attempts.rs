//! Repetition of requests that failed for a reason that may pass.

use std::time::Duration;

use url::Url;

use super::super::Error;
use super::super::progress::{Progress, Reporter};
use super::Wanted;
use super::client::unexpected;

/// Failed attempts in a row, without a byte received, after which a download fails.
const MAX_FRUITLESS: u32 = 5;

/// Attempts after which a download fails, however much each received.
const MAX_ATTEMPTS: u32 = 100;

/// Longest pause between attempts.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// Counts failed attempts.
#[derive(Debug)]
pub(super) struct Attempts {
    file: String,
    pause: Duration,
    fruitless: u32,
    all: u32,
    url: Url,
}

impl Attempts {
    /// Starts to count. `pause` follows the first failed attempt.
    pub(super) fn new(wanted: &Wanted, pause: Duration) -> Self {
        Self {
            file: wanted.name.clone(),
            pause,
            fruitless: 0,
            all: 0,
            url: wanted.url.clone(),
        }
    }

    /// Forgets failed attempts, after one that received something.
    pub(super) fn reset(&mut self) {
        self.fruitless = 0;
    }

    /// Counts an attempt that may be repeated at once.
    pub(super) fn count(&mut self) -> Result<(), Error> {
        self.fruitless += 1;
        self.all += 1;
        if self.fruitless >= MAX_FRUITLESS || self.all >= MAX_ATTEMPTS {
            return Err(unexpected(&self.url, "it does not continue the file where it ended"));
        }
        Ok(())
    }

    /// Waits after an error that another attempt may not have. Returns any other error, and the last one.
    pub(super) async fn pause_after(&mut self, error: Error, reporter: &mut Reporter<'_>) -> Result<(), Error> {
        let Error::Unreachable { reason, .. } = &error else {
            return Err(error);
        };
        self.fruitless += 1;
        self.all += 1;
        if self.fruitless >= MAX_FRUITLESS || self.all >= MAX_ATTEMPTS {
            return Err(error);
        }
        reporter.report(&Progress::Retrying {
            file: self.file.clone(),
            reason: reason.clone(),
        })?;
        let pause = self.pause.saturating_mul(1 << (self.fruitless - 1).min(8));
        tokio::time::sleep(pause.min(MAX_PAUSE)).await;
        Ok(())
    }
}
