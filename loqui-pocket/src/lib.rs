//! Zero-shot voice cloning on the CPU: speaks a text in the voice of a recording of a few seconds.
//!
//! Runs Kyutai's [Pocket TTS](https://github.com/kyutai-labs/pocket-tts) models from their own files. Speech comes in
//! frames of 80 ms, several times faster than it plays on one core.
//!
//! ```no_run
//! use loqui_pocket::{Model, Settings};
//!
//! # fn play(_: &[f32]) {}
//! # let samples: Vec<f32> = Vec::new();
//! let model = Model::load("models/english_18m_2026-10")?;
//! let voice = model.voice(&samples, 44_100)?;
//! for frame in model.speak(&voice, "Hello! This is my voice.", &Settings::default())? {
//!     play(frame?.samples());
//! }
//! # Ok::<(), loqui_pocket::Error>(())
//! ```
//!
//! - [`Model::load`] reads a folder with weights and a tokenizer. Damaged files, files of another model, and files that
//!   do not belong together are reported as errors that name the tensor.
//! - [`Model::voice`] encodes a sample once. [`Voice::to_bytes`] stores the result.
//! - [`Model::speak`] returns an iterator. Nothing runs in the background, and dropping it ends the work.
//! - [`quantize`] halves a file of weights.
//!
//! A [`Model`] may be shared between threads. Several texts can be spoken in parallel, each on the thread that advances
//! its iterator.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `models` | `models`: a folder of installed models with recorded hashes |
//! | `download` | downloads from the hub or another server |
//! | `testing` | `testing`: models with random weights, for tests |
//!
//! None is on by default.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod config;
mod error;
mod flow_lm;
mod kernel;
mod mimi;
mod model;
#[cfg(feature = "models")]
pub mod models;
mod nn;
mod noise;
#[cfg(test)]
mod parity;
mod sample;
#[cfg(any(test, feature = "testing"))]
mod seeded;
mod settings;
mod speech;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod tokenizer;
mod voice;
mod weights;

pub use config::Config;
pub use error::Error;
pub use model::{LoadOptions, Model};
pub use sample::{MAX_SAMPLE_SECONDS, MIN_SAMPLE_SECONDS};
pub use settings::{DEFAULT_MAX_TOKENS, Settings};
pub use speech::{Frame, Speech};
pub use voice::Voice;
pub use weights::{QuantizeReport, quantize};
