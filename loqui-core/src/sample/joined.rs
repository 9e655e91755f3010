//! One sample from several recordings of a voice.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::measure::Signal;
use super::repair::Voice;
use super::thresholds::{LENGTH, REFERENCE_SECONDS};
use super::{Sample, analysis, findings, sha256};
use crate::audio::{Clip, Level, fold, resample, wav};
use crate::error::{Error, Result, code};
use crate::finding::Finding;

/// The minimum similarity of the voices of two recordings. The lower end of "possibly the same speaker in other conditions".
const SAME_VOICE: f64 = 0.75;
/// The least speech that a recording contributes, in seconds.
const LEAST_SPEECH: f64 = 1.0;
/// The pause between two recordings, in seconds.
const PAUSE: f64 = 0.15;
/// The fade at both ends of a part, in seconds.
const FADE: f64 = 0.01;
/// The loudness of all parts, in LUFS.
const LOUDNESS_LUFS: f64 = -23.0;
/// The largest sample of a part.
const PEAK: f32 = 0.9;
/// The highest sample rate of the result, in Hz.
const HIGHEST_RATE: u32 = 48_000;

/// One of several recordings of a voice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JoinedRecording {
    /// The name of the file.
    pub name: String,
    /// Its length, in seconds.
    pub duration_seconds: f64,
    /// The start of the excerpt that is used, in seconds. Absent if none is used.
    pub start_seconds: Option<f64>,
    /// The end of the excerpt that is used, in seconds.
    pub end_seconds: Option<f64>,
    /// The cosine similarity of its voice to that of the recording that is most like the others, 0 to 1.
    pub similarity: Option<f64>,
}

impl Sample {
    /// Makes one sample from several recordings of the same voice: the best stretches of all, as long as a reference may be.
    /// Recordings of another speaker and unusable ones are left out, and findings name them. A single recording is returned as
    /// it is.
    ///
    /// # Errors
    ///
    /// The error of the first recording if none is usable; `file.not_found` without a recording.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::Sample;
    ///
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/");
    /// let open = |name| Sample::from_bytes(std::fs::read(format!("{folder}{name}")).unwrap()).map(|sample| sample.with_name(name));
    /// let voice = Sample::join(&[open("slt.wav")?, open("slt.mp3")?])?;
    /// assert_eq!(voice.report().recordings.len(), 2);
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn join(recordings: &[Self]) -> Result<Self> {
        let first = match recordings {
            [] => return Err(Error::new(&code::FILE_NOT_FOUND, "no recording is given")),
            [one] => return Ok(one.clone()),
            [first, ..] => first,
        };
        let mut takes = recordings.iter().map(Take::of).collect::<Result<Vec<_>>>()?;
        let mut found = leave_out_unusable(&mut takes);
        found.extend(leave_out_other_speakers(&mut takes));
        if takes.iter().all(|take| take.signal.is_none()) {
            first.ensure_usable()?;
            return Err(Error::new(
                &code::SAMPLE_NO_SPEECH,
                "none of the recordings has enough speech",
            ));
        }
        share(&mut takes);
        let file = wav::write(&joined(&takes), None);
        let sha256 = sha256(&file);
        let sources = recordings.iter().flat_map(Self::files).collect();
        let infos = takes.iter().map(Take::info).collect();
        Ok(Self::judge(file, sha256)?
            .derived_from(sources)
            .with_name(first.name())
            .with_judgement(|judgement| {
                let report = std::mem::take(&mut judgement.report);
                let all = report.findings.iter().cloned().chain(found).collect();
                judgement.report = report.with_findings(all);
                judgement.report.recordings = infos;
            }))
    }
}

/// One of the recordings.
struct Take<'a> {
    sample: &'a Sample,
    /// Absent if it is left out.
    signal: Option<Signal>,
    voice: Voice,
    similarity: Option<f64>,
    snr_db: f64,
    /// The samples of its excerpt.
    excerpt: Range<usize>,
}

impl<'a> Take<'a> {
    fn of(sample: &'a Sample) -> Result<Self> {
        let signal = analysis::prepared(sample.original())?;
        Ok(Self {
            sample,
            voice: Voice::of(&signal.mono),
            similarity: None,
            snr_db: sample.report().measures.snr_db.unwrap_or_default(),
            excerpt: 0..0,
            signal: Some(signal),
        })
    }

    /// The reason why it cannot be used. Together with others it may be short.
    fn refusal(&self) -> Option<String> {
        let report = self.sample.report();
        let errors = report
            .findings
            .iter()
            .filter(|finding| finding.severity == crate::finding::Severity::Error);
        let lengths = [&code::SAMPLE_TOO_SHORT, &code::SAMPLE_NO_SPEECH];
        let mut errors = errors.filter(|finding| lengths.iter().all(|code| finding.code != *code.name()));
        if let Some(error) = errors.next() {
            return Some(error.message.clone());
        }
        let speech = report.measures.speech_seconds.unwrap_or_default();
        (speech < LEAST_SPEECH).then(|| format!("it has only {speech:.1} s of speech"))
    }

    fn seconds(&self) -> f64 {
        self.rate()
            .map_or(0.0, |rate| self.excerpt.len() as f64 / f64::from(rate))
    }

    fn rate(&self) -> Option<u32> {
        self.signal.as_ref().map(|signal| signal.mono.sample_rate())
    }

    fn info(&self) -> JoinedRecording {
        let rate = self.rate().filter(|_| !self.excerpt.is_empty());
        let start = self.signal.as_ref().map_or(0.0, Signal::start_seconds);
        let at =
            |sample: usize| rate.and_then(|rate| super::report::rounded(start + sample as f64 / f64::from(rate), 2));
        JoinedRecording {
            name: self.sample.name().to_owned(),
            duration_seconds: self.sample.duration().as_secs_f64(),
            start_seconds: at(self.excerpt.start),
            end_seconds: at(self.excerpt.end),
            similarity: self
                .similarity
                .and_then(|similarity| super::report::rounded(similarity, 3)),
        }
    }
}

fn leave_out_unusable(takes: &mut [Take<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for take in takes {
        if let Some(reason) = take.refusal() {
            found.push(findings::left_out(take.sample.name(), &reason));
            take.signal = None;
        }
    }
    found
}

/// Compares all voices with the one that is most like the others.
fn leave_out_other_speakers(takes: &mut [Take<'_>]) -> Vec<Finding> {
    let likeness = |a: &Take<'_>, b: &Take<'_>| a.voice.similarity(&b.voice).unwrap_or(1.0);
    let used = || takes.iter().enumerate().filter(|(_, take)| take.signal.is_some());
    let mut centre: Option<(f64, usize)> = None;
    for (index, take) in used() {
        let sum: f64 = used().map(|(_, other)| likeness(take, other)).sum();
        // The first of equals: of two recordings it is the one that was given first.
        if centre.is_none_or(|(most, _)| sum > most + 1e-6) {
            centre = Some((sum, index));
        }
    }
    let Some((_, centre)) = centre else {
        return Vec::new();
    };
    let similarities: Vec<Option<f64>> = takes
        .iter()
        .map(|take| take.voice.similarity(&takes[centre].voice))
        .collect();
    let mut found = Vec::new();
    for (take, similarity) in takes.iter_mut().zip(similarities) {
        take.similarity = similarity;
        if let Some(similarity) = similarity.filter(|similarity| *similarity < SAME_VOICE)
            && take.signal.is_some()
        {
            found.push(findings::other_speaker(take.sample.name(), similarity, SAME_VOICE));
            take.signal = None;
        }
    }
    found
}

/// Chooses an excerpt of each recording. The best recordings share the length of a reference; what a short one leaves is for
/// the others.
fn share(takes: &mut [Take<'_>]) {
    let most = (REFERENCE_SECONDS / LENGTH.minimum) as usize;
    let mut order: Vec<usize> = (0..takes.len())
        .filter(|index| takes[*index].signal.is_some())
        .collect();
    order.sort_by(|a, b| takes[*b].snr_db.total_cmp(&takes[*a].snr_db));
    order.truncate(most);
    let mut budget = REFERENCE_SECONDS - PAUSE * order.len().saturating_sub(1) as f64;
    choose(takes, &order, |_| REFERENCE_SECONDS);
    // The shortest first: what it leaves is shared by the rest.
    order.sort_by(|a, b| takes[*a].seconds().total_cmp(&takes[*b].seconds()));
    for place in 0..order.len() {
        let part = budget / (order.len() - place) as f64;
        if takes[order[place]].seconds() > part {
            choose(takes, &order[place..=place], |_| part);
        }
        budget -= takes[order[place]].seconds();
    }
}

fn choose(takes: &mut [Take<'_>], which: &[usize], seconds: impl Fn(usize) -> f64) {
    for index in which {
        let take = &mut takes[*index];
        if let Some(signal) = &take.signal {
            take.excerpt = signal.best_excerpt(seconds(*index));
        }
    }
}

/// Joins the excerpts in the order of the recordings, at equal loudness.
fn joined(takes: &[Take<'_>]) -> Clip {
    let rate = takes
        .iter()
        .filter_map(Take::rate)
        .max()
        .unwrap_or(HIGHEST_RATE)
        .min(HIGHEST_RATE);
    let mut samples: Vec<f32> = Vec::new();
    for take in takes {
        let Some(signal) = take.signal.as_ref().filter(|_| !take.excerpt.is_empty()) else {
            continue;
        };
        if !samples.is_empty() {
            samples.resize(samples.len() + (PAUSE * f64::from(rate)) as usize, 0.0);
        }
        let part = signal.mono.samples()[take.excerpt.clone()].to_vec();
        samples.extend(levelled(resample(Clip::new(part, signal.mono.sample_rate()), rate)));
    }
    Clip::new(samples, rate)
}

fn levelled(clip: Clip) -> Vec<f32> {
    let loudness = Level::of(&clip).loudness_lufs;
    let rate = f64::from(clip.sample_rate());
    let mut samples = clip.into_samples();
    let wanted = if loudness.is_finite() {
        10_f64.powf((LOUDNESS_LUFS - loudness) / 20.0) as f32
    } else {
        1.0
    };
    let gain = wanted.min(PEAK / fold::peak(&samples).max(1e-6));
    let fade = ((FADE * rate) as usize).min(samples.len() / 2);
    let count = samples.len();
    for (index, x) in samples.iter_mut().enumerate() {
        let edge = index.min(count - 1 - index).min(fade);
        *x *= gain * if fade > 0 { edge as f32 / fade as f32 } else { 1.0 };
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::voice;

    fn open(name: &str) -> Sample {
        Sample::from_bytes(voice(name)).unwrap().with_name(name)
    }

    fn part(name: &str, from: f64, to: f64, gain: f32) -> Sample {
        let clip = wav::read(&voice(name)).unwrap();
        let at = |seconds: f64| (seconds * f64::from(clip.sample_rate())) as usize;
        let samples = clip.samples()[at(from)..at(to)].iter().map(|x| x * gain).collect();
        let file = wav::write(&Clip::new(samples, clip.sample_rate()), None);
        Sample::from_bytes(file).unwrap().with_name(&format!("{name} {from}"))
    }

    #[test]
    fn reference_has_the_best_of_all_recordings_at_one_level() {
        let parts = [
            part("slt.wav", 0.0, 4.5, 1.0),
            part("slt.wav", 4.5, 9.0, 0.2),
            part("slt.wav", 8.5, 12.9, 0.6),
        ];
        let voice = Sample::join(&parts).unwrap();
        let report = voice.report();
        assert!(report.usable, "{report:?}");
        assert!(
            report.recordings.iter().all(|one| one.start_seconds.is_some()),
            "{report:?}"
        );
        let seconds = voice.duration().as_secs_f64();
        assert!((9.0..=15.1).contains(&seconds), "{seconds}");
        assert_eq!(voice.sources().len(), 3);
        assert_eq!(voice.name(), "slt.wav 0");
        assert_eq!(Sample::join(&parts).unwrap().sha256(), voice.sha256());
    }

    #[test]
    fn long_recordings_share_the_length_of_a_reference() {
        let voice = Sample::join(&[open("slt.wav"), open("slt.mp3")]).unwrap();
        assert!(voice.duration().as_secs_f64() <= 15.1, "{:?}", voice.duration());
        let used = |index: usize| {
            let one: &JoinedRecording = &voice.report().recordings[index];
            one.end_seconds.unwrap() - one.start_seconds.unwrap()
        };
        assert!(used(0) > 4.0 && used(1) > 4.0, "{:?}", voice.report().recordings);
    }

    #[cfg(feature = "analysis")]
    #[test]
    fn recordings_of_other_speakers_and_unusable_ones_are_named() {
        let silence = Sample::from_bytes(wav::write(&Clip::new(vec![0.0; 80_000], 16_000), None)).unwrap();
        let all = [
            open("slt.wav"),
            open("rms.wav"),
            silence.with_name("empty.wav"),
            open("slt.mp3"),
        ];
        let voice = Sample::join(&all).unwrap();
        let messages: Vec<String> = voice
            .report()
            .findings
            .iter()
            .map(|finding| finding.message.clone())
            .collect();
        assert!(
            messages.contains(&"rms.wav is left out: another person seems to speak".to_owned()),
            "{messages:?}"
        );
        assert!(
            messages
                .iter()
                .any(|message| message.starts_with("empty.wav is left out: ")),
            "{messages:?}"
        );
        let used: Vec<bool> = voice
            .report()
            .recordings
            .iter()
            .map(|one| one.start_seconds.is_some())
            .collect();
        assert_eq!(used, [true, false, false, true]);
    }

    #[test]
    fn one_recording_is_returned_as_it_is_and_none_is_an_error() {
        let one = open("slt.wav");
        assert_eq!(Sample::join(std::slice::from_ref(&one)).unwrap().sha256(), one.sha256());
        assert_eq!(Sample::join(&[]).unwrap_err().code(), "file.not_found");
        let silence = Sample::from_bytes(wav::write(&Clip::new(vec![0.0; 80_000], 16_000), None)).unwrap();
        assert_eq!(
            Sample::join(&[silence.clone(), silence]).unwrap_err().code(),
            "sample.silent"
        );
    }
}
