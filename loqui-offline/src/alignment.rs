//! Finds the words of a text in a recording of it, in any voice.
//!
//! The method is that of aeneas (<https://github.com/readbeyond/aeneas/blob/master/wiki/HOWITWORKS.md>): this voice speaks
//! the same text, the times of its words are known, and dynamic time warping (H. Sakoe, S. Chiba, "Dynamic programming
//! algorithm optimization for spoken word recognition", 1978, <https://doi.org/10.1109/TASSP.1978.1163055>) maps them to the
//! recording. Only the spectra of the voice are needed, not its samples.

mod features;
mod path;

use features::{Features, silences};
use path::Path;

use crate::acoustic::MAX_PHONEMES;
use crate::audio::SpokenWord;
use crate::error::Error;
use crate::parts::Parts;
use crate::phonemes::Pronunciation;
use crate::reading::plan;
use crate::settings::Settings;
use crate::spectra::{HOP, SAMPLE_RATE};
use crate::timeline::joined;
use crate::voice::Voice;

/// The longest recording, in seconds.
const LONGEST_SECONDS: usize = 120;

/// The distance around the boundary of two words in which a pause belongs to it, in seconds.
const PAUSE_REACH_SECONDS: f64 = 0.1;

/// The length of a frame, in seconds.
const FRAME_SECONDS: f64 = HOP as f64 / SAMPLE_RATE as f64;

impl Voice {
    /// Returns when each word of a text is spoken in a recording of it: in any voice, at any pace.
    ///
    /// `samples` are mono at 24 kHz, at most 120 s. Of the settings only [`Settings::in_words`] matters. Returns no words for
    /// a silent recording. The words are those of [`Audio::words`](crate::Audio::words), and all of them are returned, also
    /// words that the recording lacks.
    ///
    /// ```
    /// # fn main() -> Result<(), loqui_offline::Error> {
    /// use loqui_offline::{Adaptation, Settings, Voice};
    ///
    /// let (voice, settings) = (Voice::shared()?, Settings::default());
    /// let text = "The words of another voice.";
    /// let other = voice.adapted(Adaptation::default().with_pitch(0.6).with_pace(0.8)).speak(text, &settings)?;
    /// let words = voice.align(text, &settings, other.samples())?;
    /// assert_eq!(words.len(), 5);
    /// assert!((words[3].start - other.words()[3].start).abs() < 0.1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NothingToSay`], [`Error::Inference`], and [`Error::Unalignable`] for a recording that is too long or has
    /// samples that are not finite.
    pub fn align(&self, text: &str, settings: &Settings, samples: &[f32]) -> Result<Vec<SpokenWord>, Error> {
        check(samples)?;
        let parts = &self.parts;
        let own = Features::of_recording(samples, parts.renderer().bands);
        let Some(own) = own.spoken() else {
            return Ok(Vec::new());
        };
        let phonemes = parts.phonemes()?;
        let pronounced: Vec<Pronunciation> = plan(text, settings.in_words)?
            .sentences
            .iter()
            .map(|sentence| phonemes.pronounce(&sentence.words, MAX_PHONEMES))
            .collect();
        let pace = pace(parts, &pronounced, own.seconds())?;
        let (levels, words) = spoken(parts, &pronounced, pace)?;
        let Some(voice) = Features::of_levels(levels).spoken() else {
            return Ok(Vec::new());
        };
        let path = Path::between(&own, &voice);
        let words = words.into_iter().map(|word| SpokenWord {
            start: path.seconds(word.start),
            end: path.seconds(word.end),
            text: word.text,
        });
        Ok(at_pauses(in_order(words.collect()), &own))
    }
}

fn check(samples: &[f32]) -> Result<(), Error> {
    if samples.len() > LONGEST_SECONDS * SAMPLE_RATE {
        let seconds = samples.len() / SAMPLE_RATE;
        return Err(Error::Unalignable {
            reason: format!("it takes {seconds} s; the maximum is {LONGEST_SECONDS} s"),
        });
    }
    match samples.iter().find(|sample| !sample.is_finite()) {
        Some(sample) => Err(Error::Unalignable {
            reason: format!("it contains the value {sample}"),
        }),
        None => Ok(()),
    }
}

/// Returns the pace at which the voice takes about as long as the recording.
fn pace(parts: &Parts, pronounced: &[Pronunciation], seconds: f64) -> Result<f32, Error> {
    let mut expected = 0.0;
    for piece in pronounced.iter().flat_map(|sentence| &sentence.pieces) {
        expected += parts.acoustic.seconds(piece, 1.0)?;
    }
    Ok(((expected / seconds.max(0.1)) as f32).clamp(Settings::MIN_SPEED, Settings::MAX_SPEED))
}

/// Speaks the sentences. Returns the levels of the frames, and the words.
fn spoken(
    parts: &Parts,
    pronounced: &[Pronunciation],
    pace: f32,
) -> Result<(Vec<[f32; crate::bands::BANDS]>, Vec<SpokenWord>), Error> {
    let (mut levels, mut words) = (Vec::new(), Vec::new());
    for sentence in pronounced {
        for (index, piece) in sentence.pieces.iter().enumerate() {
            let (mut own, timeline) = parts.renderer().levels(piece, pace)?;
            let offset = levels.len() as f64 * FRAME_SECONDS;
            words.extend(timeline.words(&sentence.words, index, offset));
            levels.append(&mut own);
        }
    }
    Ok((levels, joined(words)))
}

/// Makes times increase. Words without a time of their own have the length 0.
fn in_order(mut words: Vec<SpokenWord>) -> Vec<SpokenWord> {
    let mut end = 0.0;
    for word in &mut words {
        word.start = word.start.max(end);
        word.end = word.end.max(word.start);
        end = word.end;
    }
    words
}

/// Ends and starts words at the pauses of the recording. A pause is silence, and its ends are more exact than the path.
fn at_pauses(mut words: Vec<SpokenWord>, recording: &Features) -> Vec<SpokenWord> {
    let pauses: Vec<(f64, f64)> = silences(recording)
        .map(|frames| (recording.time(frames.start), recording.time(frames.end)))
        .collect();
    for index in 1..words.len() {
        let (before, after) = words.split_at_mut(index);
        let (Some(last), Some(next)) = (before.last_mut(), after.first_mut()) else {
            continue;
        };
        let between = pauses.iter().filter(|(start, end)| {
            *start < next.start + PAUSE_REACH_SECONDS
                && *end > last.end - PAUSE_REACH_SECONDS
                && *start > last.start
                && *end < next.end
        });
        if let Some(&(start, end)) = between.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0))) {
            last.end = start;
            next.start = end;
        }
    }
    if let Some(first) = words.first_mut() {
        first.start = first.start.max(recording.time(0)).min(first.end);
    }
    if let Some(last) = words.last_mut() {
        last.end = recording.time(recording.frames()).max(last.start);
    }
    words
}

#[cfg(test)]
mod tests;
