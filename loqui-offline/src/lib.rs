//! A small English text-to-speech voice in pure Rust. All data is compiled into the binary: no network access, no files.
//!
//! The steps: text normalization ([dates, money, units][self#supported-text]), phonemes (the dictionaries and rules of
//! misaki), spectra (the network `hibari`, 8 MB with eight-bit weights, on the runtime `rten`), and samples at 24 kHz.
//!
//! ```
//! use loqui_offline::{Settings, Voice};
//!
//! # fn main() -> Result<(), loqui_offline::Error> {
//! let voice = Voice::shared()?; // loaded on first use, then shared by all threads
//! let audio = voice.speak("Dinner is at 7:30pm. Bring $20!", &Settings::default().with_speed(1.1))?;
//!
//! assert_eq!(audio.sample_rate(), 24_000);
//! assert!(audio.duration().as_secs_f64() > 2.0);
//! let samples: Vec<f32> = audio.into_samples(); // mono, between -1 and 1
//! # assert!(samples.iter().all(|sample| sample.abs() < 1.0));
//! # Ok(())
//! # }
//! ```
//!
//! The same text and [`Settings`] give the same samples on one machine, on any thread. Different processor types may round
//! the eight-bit network differently.
//!
//! # Supported text
//!
//! American English in Latin letters: prose with numbers, dates, times, money, units, common abbreviations, e-mail and
//! web addresses, symbols such as `&` and `%`, and accented letters. Characters without an English reading (emoji, other
//! scripts) are skipped and listed in [`Audio::skipped`]. A text with nothing else is [`Error::NothingToSay`].
//!
//! # The voice
//!
//! The voice is that of a woman. An [`Adaptation`] changes its pitch, formants and pace. With the feature `matching`,
//! `Voice::matched_to` finds the adaptation that is most similar to a recording. The matched voice is not a clone
//! of the person in the recording.
//!
//! # Licences of the data
//!
//! The weights and the phoneme table come from `hibari-tts` 0.2.1 (Apache-2.0), the dictionaries from misaki 0.9.4
//! (Apache-2.0). Distribute `data/LICENSE`, `data/LICENSE-loqui-g2p` and `data/NOTICE` with every copy.

#![forbid(unsafe_code)]

mod acoustic;
mod adaptation;
mod alignment;
mod audio;
mod bands;
mod error;
mod g2p;
mod hidden;
#[cfg(feature = "matching")]
mod matching;
mod normalize;
mod parts;
mod phonemes;
mod reading;
mod rendering;
mod sentences;
mod settings;
mod spectra;
mod synthesis;
mod timeline;
mod voice;

pub use adaptation::Adaptation;
pub use audio::{Audio, Skipped, SpokenWord};
pub use error::{Cause, Error};
pub use reading::Sentences;
pub use settings::Settings;
#[cfg(feature = "matching")]
pub use voice::Match;
pub use voice::Voice;

/// Tests the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
