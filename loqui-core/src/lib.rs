//! Speaks a text of any length in the voice of a short recording.
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
//! A [`Sample`] is a checked recording of a voice. A script is the text. A [`Generation`] is one job: it speaks a
//! script in the voice of a sample. With a data directory, a generation continues after a crash, and no call is paid
//! twice. The finished audio is [`Speech`].
//!
//! The modules, in the order in which data passes through them:
//!
//! * [`audio`]: decodes, resamples and writes audio;
//! * [`sample`]: checks recordings;
//! * [`script`]: splits text into segments;
//! * [`engine`]: the engines that speak, and the traits for custom ones;
//! * [`replicate`]: Replicate's HTTP API, usable on its own;
//! * [`cog`]: the HTTP API of a model in a Cog container, usable on its own;
//! * [`ledger`]: records, take states and the plan;
//! * [`store`]: stores for records and audio, and the conformance suite for custom stores;
//! * [`speech`]: verifies, joins and encodes takes.
//!
//! Besides these: [`options`] has the speak options, [`error`] the errors and their codes, [`estimate`] size and cost
//! of a text, [`clock`] time and randomness, and [`log`] forwards log events.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
mod id;
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
#[cfg(test)]
mod tests;
#[cfg(any(feature = "replicate", feature = "s3"))]
mod tls;
mod usage;

#[doc(no_inline)]
pub use bytes::Bytes;
#[doc(no_inline)]
pub use jiff::Timestamp;
#[doc(no_inline)]
pub use jiff::civil::Date;
#[doc(no_inline)]
pub use tokio_util::sync::CancellationToken;
#[cfg(feature = "replicate")]
#[doc(no_inline)]
pub use url::Url;

pub use api::{
    AddSample, CancelOnDrop, Edit, EditRequest, Erased, Events, ExportFields, ExportOptions, ExportedFile, Generation,
    Loqui, LoquiBuilder, Manifest, ProvenanceInfo, Request, Speech, SpeechChunk, SpeechStream, Voice, generate_speech,
};
pub use config::Environment;
pub use counts::Counts;
pub use error::{Error, ErrorKind, Result, Retry};
pub use finding::{Finding, FindingCode, Severity};
pub use id::{GenerationId, SampleId};
pub use options::{DeliveryOptions, RequestMetadata, RunLimits, SpeakOptions, TextOptions, VoiceSettings};
pub use reconciliation::Reconciliation;
pub use sample::Sample;
#[cfg(feature = "analysis")]
pub use sample::{Likeness, Voiceprint};
pub use speech::{SubtitleCues, SubtitleFormat, SubtitleOptions, Word};
pub use usage::{DayUsage, ModelUsage, Usage};
