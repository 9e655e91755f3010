//! Who speaks. An engine turns one segment into sound; the generation around it keeps the ledger.

#[cfg(feature = "replicate")]
mod cog;
#[cfg(feature = "offline")]
mod offline;
mod order;
#[cfg(feature = "replicate")]
mod replicate;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
#[cfg(feature = "replicate")]
pub use cog::CogEngine;
#[cfg(feature = "offline")]
pub use offline::OfflineEngine;
pub use order::Order;
#[cfg(feature = "replicate")]
pub use replicate::ReplicateEngine;

pub use crate::sample::Reference;

use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::money;
use crate::options::SpeakOptions;
use crate::sample::ReferenceLimits;
use crate::script;

/// The code of the finding that says how like the sample a voice is after it was matched.
pub(crate) const MATCHED: &str = "voice.matched";

/// What a model can do and costs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Its full name, for instance `resemble-ai/chatterbox`.
    pub name: String,
    /// Segments are packed up to about this many characters.
    pub target_characters: usize,
    /// No segment is ever longer than this many characters.
    pub max_characters: usize,
    /// The languages it speaks, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// What it costs; free if absent.
    pub price: Option<Price>,
    /// The shortest reference recording it takes, in seconds.
    pub min_reference_seconds: f64,
    /// The length that it cuts off at without saying so, in seconds.
    pub max_output_seconds: Option<f64>,
    /// It knows the plain letters only: accents come off an English text before it is sent.
    pub plain_letters: bool,
    /// So many takes of one generation it speaks at once; more would only cost memory. As many as the policy allows if
    /// absent.
    pub parallel: Option<usize>,
}

impl ModelInfo {
    /// Describes a model with the limits every Chatterbox has; change the fields that differ.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            target_characters: 250,
            max_characters: 300,
            languages: vec!["en".to_owned()],
            price: None,
            min_reference_seconds: 3.0,
            max_output_seconds: None,
            plain_letters: false,
            parallel: None,
        }
    }

    /// Returns what the model requires of a reference.
    pub fn reference_limits(&self) -> ReferenceLimits {
        ReferenceLimits::new(&self.name, self.min_reference_seconds)
    }

    /// Returns the limits of the segments that the model can speak.
    pub fn script_limits(&self) -> script::Limits {
        script::Limits::default()
            .with_segments(self.target_characters, self.max_characters)
            .with_plain_letters(self.plain_letters)
    }

    /// The language of a text: the one that was asked for, else the only one it speaks.
    pub fn language<'a>(&'a self, asked: Option<&'a str>) -> Option<&'a str> {
        asked.or(match self.languages.as_slice() {
            [only] => Some(only),
            _ => None,
        })
    }
}

/// What a model costs, and when that was looked up.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Price {
    /// US dollars for 1,000 characters of text sent.
    pub usd_per_1000_characters: f64,
    /// The day the price was looked up, as `YYYY-MM-DD`.
    pub as_of: String,
}

impl Price {
    /// A price of this many US dollars for 1,000 characters, looked up on that day (`YYYY-MM-DD`).
    pub fn new(usd_per_1000_characters: f64, as_of: impl Into<String>) -> Self {
        Self {
            usd_per_1000_characters,
            as_of: as_of.into(),
        }
    }

    /// What this many characters cost, in US dollars.
    pub fn of(&self, characters: usize) -> f64 {
        money::exact(characters as f64 * self.usd_per_1000_characters / 1000.0)
    }
}

/// What `start` came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Started {
    /// It runs elsewhere under this id.
    Remote(String),
    /// It was spoken at once.
    Audio {
        /// A WAV file.
        wav: Bytes,
        /// What was noticed while speaking.
        findings: Vec<Finding>,
    },
}

/// Why `start` did not come to anything; what is known about payment decides what may follow.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// Nothing was created: the same take may be sent again, after the error's `retry()`.
    NotCreated(Error),
    /// It may have been created: only [`SpeechEngine::find_lost`] leads on.
    Unknown(Error),
    /// The provider said no: sending it again is in vain.
    Refused(Error),
}

/// How a take runs elsewhere.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Remote {
    /// Waiting for a machine, or a status this version does not know.
    Starting,
    /// Being spoken; the share done from 0 to 1 where it is known, as a lower bound.
    Running(Option<f64>),
    /// Done; `output` is what [`SpeechEngine::fetch`] takes.
    Succeeded {
        /// The address of the audio.
        output: String,
    },
    /// The provider failed; `error.retryable()` says whether another take may help.
    Failed(std::sync::Arc<Error>),
    /// It was stopped, by us or somebody else.
    Cancelled,
    /// It succeeded, but the audio is gone.
    Expired,
}

/// Speaks segments.
///
/// # Contract
///
/// * [`start`](Self::start) sends one order once. It never repeats a request that may have been received.
/// * An engine that speaks by itself answers [`Started::Audio`] and may leave the remote calls unanswered:
///   they are only called with ids that it gave.
/// * Every call ends in bounded time.
#[async_trait]
pub trait SpeechEngine: fmt::Debug + Send + Sync + 'static {
    /// The engine's name in records and JSON, for instance `replicate`.
    fn name(&self) -> &str;

    /// The model of that name; the engine's usual one for `None`.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    fn model(&self, name: Option<&str>) -> Result<ModelInfo>;

    /// Checks options before anything is stored or paid; what has no meaning for it comes back as a finding.
    ///
    /// # Errors
    ///
    /// `option.out_of_range`, `option.unsupported`, `script.wrong_language`, `engine.language`.
    fn check_options(&self, options: &SpeakOptions) -> Result<Vec<Finding>>;

    /// Sends one order, once.
    async fn start(&self, order: &Order) -> Result<Started, StartError>;

    /// How the take of this id is doing.
    async fn check(&self, remote: &str) -> Result<Remote>;

    /// Resolves once there is reason to look at this take before its turn: somebody has told that it has ended, or such takes
    /// usually have by now. An engine that knows neither never resolves, as this default.
    async fn woken(&self, remote: &str) {
        let _ = remote;
        std::future::pending::<()>().await;
    }

    /// Fetches the audio of a take that succeeded: a WAV file.
    async fn fetch(&self, output: &str) -> Result<Bytes>;

    /// Asks to stop; answers how it stands afterwards, which may be a success that is paid for.
    async fn cancel(&self, remote: &str) -> Result<Remote>;

    /// Looks for an order whose answer was lost, by its seed and text: the ids of all that match, oldest first. Some may
    /// belong to other takes.
    async fn find_lost(&self, order: &Order) -> Result<Vec<String>>;

    /// Deletes the copies of a recording that it has sent elsewhere: the recording is being erased. An engine that sends
    /// none has nothing to do.
    async fn forget(&self, _reference: &Reference) -> Result<()> {
        Ok(())
    }
}
