//! A small English text-to-speech voice with everything inside: no network, no files, no C library.
//!
//! Text is spelled out ([dates, money, units][self#what-it-reads]), turned into phonemes (misaki's dictionaries and rules), then into spectra
//! by an eight-bit network of 8 MB (`hibari` on the pure-Rust runtime `rten`), and from those into samples at 24 kHz.
//!
//! ```
//! use loqui_offline::{Settings, Voice};
//!
//! # fn main() -> Result<(), loqui_offline::Error> {
//! let voice = Voice::shared()?; // loads on first use, then shared by all threads
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
//! The same text and [`Settings`] give the same samples on one machine, on any thread. Between processor types the last
//! bits may differ, because the eight-bit network is rounded differently.
//!
//! # What it reads
//!
//! American English in Latin letters: prose with numbers, dates, times, money, units, common abbreviations, e-mail and
//! web addresses, symbols such as `&` and `%`, and accented letters. What has no reading in English (emoji, other
//! scripts) is left out of the sound and listed in [`Audio::skipped`]; a text with nothing else is
//! [`Error::NothingToSay`].
//!
//! # Whose voice it is
//!
//! Its own, a woman's. An [`Adaptation`] moves its pitch, formants and pace; with the feature `matching`,
//! `Voice::matched_to` finds the one that comes nearest to a recording. The voice is then matched in pitch, formants and
//! tone, and remains another voice: it is never that of the person in the recording.
//!
//! # Licences of what is inside
//!
//! The weights and the phoneme table come from `hibari-tts` 0.2.1 (Apache-2.0), the dictionaries from
//! misaki 0.9.4 (Apache-2.0); `data/LICENSE`, `data/LICENSE-loqui-g2p` and `data/NOTICE` belong to every copy.

#![forbid(unsafe_code)]

mod acoustic;
mod adaptation;
mod audio;
mod bands;
mod error;
mod g2p;
mod hidden;
#[cfg(feature = "matching")]
mod matching;
mod normalize;
mod phonemes;
mod reading;
mod rendering;
mod sentences;
mod settings;
mod spectra;
mod synthesis;
mod voice;

pub use adaptation::Adaptation;
pub use audio::{Audio, Skipped};
pub use error::{Cause, Error};
#[cfg(feature = "matching")]
pub use matching::Match;
pub use reading::Sentences;
pub use settings::Settings;
pub use voice::Voice;

/// Runs the example of the page that package sites show.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
