//! The speakers of a recording, and the speech of one of them.

mod turns;

use std::ops::Range;

use bytes::Bytes;
use loqui_analysis::{SAMPLE_RATE, SpeechDetector, Voiceprint};
use serde::Serialize;
use turns::Turns;

use super::thresholds::are_two_speakers;
use super::{Sample, sha256};
use crate::audio::{Clip, resample, wav};
use crate::error::{Error, Result, code};

/// The margins around the speech of a speaker, in seconds.
const BEFORE: f64 = 0.05;
const AFTER: f64 = 0.15;
/// A pause of the same speaker that is kept, in seconds.
const PAUSE: f64 = 0.6;
/// The fade at both ends of a part, in seconds.
const FADE: f64 = 0.005;
/// The maximum length of a preview, in seconds.
const PREVIEW: f64 = 5.0;

/// A speaker in a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Speaker {
    /// The number, from 1 in the order in which they start to speak.
    pub number: u32,
    /// The length of their speech, in seconds.
    pub seconds: f64,
    /// Their parts of the recording.
    pub parts: Vec<SpeakerPart>,
    /// Up to 5 s of their longest part, as a WAV file.
    #[serde(skip)]
    pub preview: Bytes,
}

/// A part of a recording in which one speaker speaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SpeakerPart {
    /// Its start, in seconds.
    pub start_seconds: f64,
    /// Its end, in seconds.
    pub end_seconds: f64,
}

impl Sample {
    /// Finds the speakers of the recording: one, or the two that differ most. Three or more are not separated, and neither are
    /// speakers who take turns within less than about five seconds. Takes about 20 ms per second of audio.
    ///
    /// # Errors
    ///
    /// `sample.no_speech`, and those of [`from_bytes`](Self::from_bytes).
    ///
    /// # Examples
    ///
    /// ```
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3");
    /// let sample = loqui_core::Sample::from_bytes(std::fs::read(path).unwrap())?;
    /// let speakers = sample.speakers()?;
    /// assert_eq!(speakers.len(), 1);
    /// assert!(speakers[0].preview.starts_with(b"RIFF"));
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn speakers(&self) -> Result<Vec<Speaker>> {
        let recording = Recording::of(self)?;
        let speakers = (1..).zip(&recording.parts).map(|(number, parts)| {
            let longest = parts.iter().max_by(|a, b| length(a).total_cmp(&length(b)));
            let preview = longest.map_or(0.0..0.0, |part| part.start..part.end.min(part.start + PREVIEW));
            Speaker {
                number,
                seconds: rounded(parts.iter().map(length).sum()),
                parts: parts
                    .iter()
                    .map(|part| SpeakerPart {
                        start_seconds: rounded(recording.start + part.start),
                        end_seconds: rounded(recording.start + part.end),
                    })
                    .collect(),
                preview: wav::write(&recording.joined(&[preview]), None),
            }
        });
        Ok(speakers.collect())
    }

    /// Returns a sample of the speech of one speaker, numbered as in [`speakers`](Self::speakers). The recording of a single
    /// speaker is returned as it is.
    ///
    /// # Errors
    ///
    /// `sample.no_speaker` if there is no speaker with this number, and those of [`speakers`](Self::speakers).
    pub fn speaker(&self, number: u32) -> Result<Self> {
        let recording = Recording::of(self)?;
        let count = recording.parts.len();
        let parts = (number as usize)
            .checked_sub(1)
            .and_then(|index| recording.parts.get(index));
        let parts = parts.ok_or_else(|| no_speaker(number, count))?;
        if count == 1 {
            return Ok(self.clone());
        }
        let file = wav::write(&recording.joined(parts), None);
        let sha256 = sha256(&file);
        let chosen = Self::judge(file, sha256)?;
        Ok(chosen
            .derived_from(self.files())
            .with_name(self.name())
            .with_judgement(|judgement| {
                judgement.report.speaker = Some(number);
            }))
    }
}

fn no_speaker(number: u32, count: usize) -> Error {
    let who = if count == 1 {
        "one speaker".to_owned()
    } else {
        format!("{count} speakers")
    };
    Error::new(
        &code::SAMPLE_NO_SPEAKER,
        format!("there is no speaker {number}: the recording has {who}"),
    )
}

fn length(part: &Range<f64>) -> f64 {
    part.end - part.start
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}

/// A recording with the parts of its speakers, in seconds, in the order in which they start to speak.
struct Recording {
    /// The start of `clip` in the file, in seconds.
    start: f64,
    clip: Clip,
    parts: Vec<Vec<Range<f64>>>,
}

impl Recording {
    fn of(sample: &Sample) -> Result<Self> {
        let signal = super::analysis::prepared(sample.original())?;
        let (start, clip) = (signal.start_seconds(), signal.mono);
        let narrow = resample(clip.clone(), SAMPLE_RATE);
        let speech = SpeechDetector::default().detect(narrow.samples()).map_err(|error| {
            Error::new(&code::SAMPLE_NO_SPEECH, "the speakers of the recording cannot be found").with_source(error)
        })?;
        if speech.segments().is_empty() {
            return Err(Error::new(&code::SAMPLE_NO_SPEECH, "nobody speaks in the recording"));
        }
        let print = Voiceprint::of_speech(narrow.samples(), &speech).ok();
        let split = print
            .and_then(|print| print.speakers())
            .filter(|split| are_two_speakers(split.similarity().into(), split.minority_share().into()));
        let parts = Turns::new(narrow.samples(), speech.segments()).of_each(split.as_ref());
        Ok(Self { start, clip, parts })
    }

    /// Joins parts of the recording, with margins and fades.
    fn joined(&self, parts: &[Range<f64>]) -> Clip {
        let rate = self.clip.sample_rate();
        let others = self.parts.iter().flatten().filter(|other| !parts.contains(other));
        let others: Vec<&Range<f64>> = others.collect();
        let mut samples: Vec<f32> = Vec::new();
        for span in merged(parts, &others) {
            // Half of a pause belongs to the speaker on its other side.
            let before = others
                .iter()
                .map(|other| other.end)
                .filter(|end| *end <= span.start + 0.01);
            let after = others
                .iter()
                .map(|other| other.start)
                .filter(|start| *start >= span.end - 0.01);
            let earliest = before.fold(0.0, f64::max);
            let latest = after.fold(self.clip.seconds(), f64::min);
            let start = (span.start - BEFORE).max(f64::midpoint(earliest.min(span.start), span.start));
            let end = (span.end + AFTER).min(f64::midpoint(latest.max(span.end), span.end));
            let at = |seconds: f64| ((seconds * f64::from(rate)).max(0.0) as usize).min(self.clip.len());
            let mut part = self.clip.samples()[at(start)..at(end).max(at(start))].to_vec();
            fade(&mut part, (FADE * f64::from(rate)) as usize);
            samples.extend(part);
        }
        Clip::new(samples, rate)
    }
}

/// Joins parts with a short pause between them in which nobody else speaks.
fn merged(parts: &[Range<f64>], others: &[&Range<f64>]) -> Vec<Range<f64>> {
    let mut spans: Vec<Range<f64>> = Vec::new();
    for part in parts {
        let free = |from: f64| !others.iter().any(|other| other.start < part.start && other.end > from);
        match spans.last_mut() {
            Some(last) if part.start - last.end < PAUSE && free(last.end) => last.end = part.end,
            _ => spans.push(part.clone()),
        }
    }
    spans
}

fn fade(samples: &mut [f32], length: usize) {
    let length = length.min(samples.len() / 2);
    let count = samples.len();
    for n in 0..length {
        let gain = n as f32 / length as f32;
        samples[n] *= gain;
        samples[count - 1 - n] *= gain;
    }
}

#[cfg(test)]
mod tests;
