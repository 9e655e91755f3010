//! Zero-shot voice cloning on the CPU: a few seconds of a voice and a text in, that voice speaking the text out.
#![forbid(unsafe_code)]

mod config;
mod error;
mod flow_lm;
mod kernel;
mod mimi;
mod model;
mod nn;
mod noise;
#[cfg(test)]
mod parity;
mod sample;
mod settings;
mod speech;
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
