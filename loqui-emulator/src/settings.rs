//! How the emulated platform behaves when nothing goes wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Error;

/// Sets times, limits and shapes. The default suits tests: a run takes about 60 ms.
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
    /// Time every prediction waits in `starting`. Default 10 ms.
    pub queue: Duration,
    /// Extra time in `starting` for the first prediction of each model: its cold boot. Default 0.
    pub boot: Duration,
    /// Time a prediction runs, whatever its text. Default 50 ms.
    pub run: Duration,
    /// Time a prediction runs for each second of its audio, on top of `run`. Default 0.
    pub run_per_audio_second: Duration,
    /// How much faster than real time the platform's clock goes: 1 is real time (the default),
    /// 3600 makes an hour of retention pass in a second, 0 stands still until
    /// [`Emulator::advance`](crate::Emulator::advance).
    pub time_scale: f64,
    /// Time after which inputs, outputs and logs are removed. Default 1 h (contract section 2.3).
    pub retention: Duration,
    /// Time after which an uploaded file is removed. Default 24 h (contract section 3).
    pub file_expiry: Duration,
    /// Answers creates with the fuller object of today's documentation (`output`, `data_removed`,
    /// `started_at`, `completed_at` and `metrics` present) instead of the recorded lean one.
    pub modern_object: bool,
    /// What a create with `Prefer: wait` shows when its output came in time.
    pub sync_status: SyncStatus,
    /// Where a 429 puts its hint of how long to wait.
    pub retry_hint: RetryHint,
    /// Request limits.
    pub limits: Limits,
    /// Largest file that can be uploaded, in bytes. Default 100 MB (contract section 3).
    pub max_file_bytes: usize,
    /// Answers a file that is too large as the edge in front of the platform does: a web page.
    pub html_413: bool,
    /// Largest JSON body, in bytes; more is answered by a web page with status 413. Default 50 MB.
    pub max_body_bytes: usize,
    /// Time after which a new prediction shows in the list. Default 0.
    pub list_lag: Duration,
    /// Results on one page of a list. Default 100.
    pub page_size: usize,
    /// Fetches the reference audio from its URL before running, and fails the prediction if that
    /// does not work. Default true.
    pub fetch_references: bool,
    /// Writes the `Sampling:` progress bars into the logs. Default true.
    pub sampling_bars: bool,
    /// Speaks the text with the offline voice instead of a tone; needs the feature `voice`, and costs some milliseconds
    /// of computing for each second of audio. Default false.
    pub voice: bool,
    /// Models that can be called only by version, as community models are, in the form
    /// `owner/name`. Default none: all four Chatterbox models count as official.
    pub community_models: Vec<String>,
    /// Deployments, from `owner/name` to the `owner/name` of the model behind. Default none.
    pub deployments: BTreeMap<String, String>,
    /// The account's name. Default `emulator`.
    pub username: String,
}

/// Says what a create with `Prefer: wait` shows when its output came in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncStatus {
    /// `processing`, with the output already there, as recorded from the platform.
    #[default]
    Processing,
    /// The terminal status with all its fields.
    Terminal,
}

/// Says where a 429 puts its hint of how long to wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryHint {
    /// In the sentence and in the body's `retry_after`, as seen live.
    #[default]
    Body,
    /// In the sentence and in a `Retry-After` header, in seconds.
    Header,
    /// In the sentence and in a `Retry-After` header, as an HTTP date.
    Date,
    /// In the sentence only, as documented.
    Sentence,
}

/// Sets how many requests a minute the platform takes (contract section 5.2).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Creates a minute. Default 600.
    pub creates_per_minute: u32,
    /// Other requests a minute. Default 3000.
    pub others_per_minute: u32,
    /// Takes only 6 creates a minute, one at a time, as with less than 5 dollars of credit.
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
    /// Returns settings with the pace of the real platform: a short queue, a cold boot for the
    /// first run of a model, and about 0.3 s of work for each second of audio.
    ///
    /// The last figure is one measured run of chatterbox-turbo, 4.4 s for 14.14 s of audio
    /// (contract section 1.1); queue and boot are round guesses.
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
            return setting("limits", "1 or more requests a minute", format!("{:?}", self.limits));
        }
        Ok(())
    }
}
