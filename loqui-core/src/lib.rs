//! Give it a few seconds of a voice and a text of any length; get that voice speaking it.
//!
//! ```
//! # #[cfg(all(feature = "offline", feature = "replicate"))] {
//! use loqui_core::{Loqui, Sample};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> loqui_core::Result<()> {
//! // With REPLICATE_API_TOKEN set, `Loqui::from_env()?` speaks in the voice of the sample.
//! let loqui = Loqui::builder().engine_named("offline").build()?;
//! # let me = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3");
//! # let hello = std::env::temp_dir().join(format!("loqui-doc-{}.wav", std::process::id()));
//! let sample = Sample::open(me).await?;
//! let speech = loqui.speak(&sample, "Hello! This is a test.").seed(1).await?;
//! speech.save(&hello).await?;
//! assert!(speech.duration().as_secs_f64() > 1.0);
//! # std::fs::remove_file(hello).ok();
//! # Ok(())
//! # }
//! # main().unwrap();
//! # }
//! ```
//!
//! A [`Sample`] is a checked recording of a voice. A script is the text. A [`Generation`] is one job: this sample
//! speaking this script; it survives a crash if it was given a data directory, and no word of it is paid twice. The
//! finished audio is [`Speech`].
//!
//! The rooms, in the order in which data walks through them:
//!
//! * [`audio`]: bytes to samples and back;
//! * [`sample`]: is this recording usable;
//! * [`script`]: text to segments;
//! * [`engine`]: who speaks: the trait, and what is given;
//! * [`replicate`]: Replicate's HTTP API, usable alone;
//! * [`cog`]: a model in a container of your own, usable alone;
//! * [`ledger`]: what is recorded of a generation, and the plan;
//! * [`store`]: where records and audio are kept, and the suite that every store passes;
//! * [`speech`]: takes to finished voice.

#![forbid(unsafe_code)]

mod api;
pub mod audio;
pub mod clock;
#[cfg(feature = "replicate")]
pub mod cog;
mod compute;
mod config;
mod counts;
pub mod engine;
pub mod error;
pub mod estimate;
mod finding;
#[cfg(feature = "replicate")]
mod http;
pub mod ledger;
pub mod log;
mod money;
pub mod options;
mod reconciliation;
#[cfg(feature = "replicate")]
pub mod replicate;
mod runtime;
pub mod sample;
pub mod script;
pub mod speech;
pub mod store;
#[cfg(any(feature = "replicate", feature = "s3"))]
mod tls;
mod usage;

pub use api::{
    AddSample, Erased, Events, Generation, Loqui, LoquiBuilder, Manifest, ProvenanceInfo, Request, Speech, SpeechChunk,
    SpeechStream, generate_speech,
};
pub use config::Environment;
pub use counts::Counts;
pub use error::{Error, ErrorKind, Result, Retry};
pub use finding::{Finding, FindingCode, Severity};
pub use options::{RequestMetadata, RunLimits, SpeakOptions, VoiceSettings};
pub use reconciliation::Reconciliation;
pub use sample::Sample;
#[cfg(feature = "analysis")]
pub use sample::{Likeness, Voiceprint};
pub use speech::SubtitleFormat;
pub use usage::{DayUsage, ModelUsage, Usage};
