//! Behaviour of the emulator without faults.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Error;

/// Times, limits and response formats. With the defaults, which are meant for tests, a prediction takes about 60 ms.
///
/// ```
/// use std::time::Duration;
/// use loqui_emulator::Settings;
///
/// let mut settings = Settings::default();
/// settings.run = Duration::from_millis(5);
/// settings.limits.low_credit = true;
/// ```
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, each with its own name"
)]
#[non_exhaustive]
pub struct Settings {
    /// Time that each prediction spends in `starting`. Default: 10 ms.
    pub queue: Duration,
    /// Additional time in `starting` for the first prediction of each model (cold boot). Default: 0.
    pub boot: Duration,
    /// Running time of a prediction, independent of its text. Default: 50 ms.
    pub run: Duration,
    /// Running time per second of audio, in addition to `run`. Default: 0.
    pub run_per_audio_second: Duration,
    /// Speed of the emulator's clock relative to real time. With 3600, an hour passes in a second. With 0, time passes only
    /// with [`Emulator::advance`](crate::Emulator::advance). Default: 1.
    pub time_scale: f64,
    /// Time after which inputs, outputs and logs are removed. Default: 1 h
    /// (<https://replicate.com/docs/topics/predictions/data-retention>).
    pub retention: Duration,
    /// Time after which an uploaded file is removed. Default: 24 h.
    pub file_expiry: Duration,
    /// Includes `output`, `data_removed`, `started_at`, `completed_at` and `metrics` in the response to a create, as
    /// documented. Recorded responses lack them. Default: false.
    pub modern_object: bool,
    /// Status in the response to a create with `Prefer: wait` whose output was ready in time.
    pub sync_status: SyncStatus,
    /// Where a 429 states the delay.
    pub retry_hint: RetryHint,
    /// Request limits.
    pub limits: Limits,
    /// Size limit of an uploaded file, in bytes. Default: 100 MB.
    pub max_file_bytes: usize,
    /// Returns an HTML page for a file above the limit, as the proxy in front of the platform does. Default: false.
    pub html_413: bool,
    /// Size limit of a JSON body, in bytes. A larger one gets an HTML page with status 413. Default: 50 MB.
    pub max_body_bytes: usize,
    /// Delay before a new prediction appears in the list. Default: 0.
    pub list_lag: Duration,
    /// Results per page of a list. Default: 100.
    pub page_size: usize,
    /// Fetches the reference audio from its URL before running. The prediction fails if that fails. Default: true.
    pub fetch_references: bool,
    /// Writes `Sampling:` progress bars to the logs. Default: true.
    pub sampling_bars: bool,
    /// Speaks the text with the offline voice instead of a tone. Needs the feature `voice` and some milliseconds of
    /// computation per second of audio. Default: false.
    pub voice: bool,
    /// Models that can be called by version only, like community models, as `owner/name`. Default: none; all four Chatterbox
    /// models are official.
    pub community_models: Vec<String>,
    /// Deployments, from `owner/name` to the `owner/name` of their model. Default: none.
    pub deployments: BTreeMap<String, String>,
    /// Name of the account. Default: `emulator`.
    pub username: String,
}

/// Status in the response to a create with `Prefer: wait` whose output was ready in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncStatus {
    /// `processing` with the output, as recorded from the platform.
    #[default]
    Processing,
    /// The terminal status with all its fields.
    Terminal,
}

/// Where a 429 states the delay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryHint {
    /// In `detail` and in `retry_after` of the body, as recorded.
    #[default]
    Body,
    /// In `detail` and in a `Retry-After` header, in seconds.
    Header,
    /// In `detail` and in a `Retry-After` header, as an HTTP date.
    Date,
    /// In `detail` only, as documented.
    Sentence,
}

/// Rate limits (<https://replicate.com/docs/topics/predictions/rate-limits>).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Creates per minute. Default: 600.
    pub creates_per_minute: u32,
    /// Other requests per minute. Default: 3000.
    pub others_per_minute: u32,
    /// Allows 6 creates per minute without a burst, as for accounts with low credit. Default: false.
    pub low_credit: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            creates_per_minute: 600,
            others_per_minute: 3000,
            low_credit: false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue: Duration::from_millis(10),
            boot: Duration::ZERO,
            run: Duration::from_millis(50),
            run_per_audio_second: Duration::ZERO,
            time_scale: 1.0,
            retention: Duration::from_hours(1),
            file_expiry: Duration::from_hours(24),
            modern_object: false,
            sync_status: SyncStatus::default(),
            retry_hint: RetryHint::default(),
            limits: Limits::default(),
            max_file_bytes: 100_000_000,
            html_413: false,
            max_body_bytes: 50_000_000,
            list_lag: Duration::ZERO,
            page_size: 100,
            fetch_references: true,
            sampling_bars: true,
            voice: false,
            community_models: Vec::new(),
            deployments: BTreeMap::new(),
            username: "emulator".to_owned(),
        }
    }
}

impl Settings {
    /// Returns settings with realistic times: a short queue, a cold boot for the first prediction of a model, and 0.3 s of
    /// running time per second of audio.
    ///
    /// The running time is from one prediction of chatterbox-turbo, 4.4 s for 14.14 s of audio. Queue and boot are estimates.
    #[must_use]
    pub fn realistic() -> Self {
        Self {
            queue: Duration::from_millis(300),
            boot: Duration::from_secs(10),
            run: Duration::from_millis(500),
            run_per_audio_second: Duration::from_millis(300),
            ..Self::default()
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let setting = |name, expected, actual| Err(Error::Setting { name, expected, actual });
        if !(self.time_scale.is_finite() && self.time_scale >= 0.0) {
            return setting("time_scale", "a finite number from 0 up", self.time_scale.to_string());
        }
        if self.page_size == 0 {
            return setting("page_size", "1 or more", self.page_size.to_string());
        }
        if self.limits.creates_per_minute == 0 || self.limits.others_per_minute == 0 {
            return setting("limits", "1 or more requests per minute", format!("{:?}", self.limits));
        }
        Ok(())
    }
}
