//! Joins the kept takes into the finished speech, with one take in memory at a time.

use std::collections::HashMap;

use super::steps::Steps;
use crate::audio::{self, Clip, SPEECH_RATE, wav};
use crate::clock::Timestamp;
use crate::compute;
use crate::error::{Error, Result, code};
use crate::ledger::{GenerationRecord, SpeechRecord, TakeRecord};
use crate::script::Segment;
use crate::speech::{
    self, Delivery, Loudness, Provenance, Stitcher, VoiceLevel, VoiceTake, common_level_dbfs, voice_levels,
};

/// The most samples that stay in memory between the two passes: 40 seconds, 4 MB. The rest of a longer text is read and
/// decoded twice, which takes little time compared with speaking it.
const CACHED_SAMPLES: usize = 1_000_000;

/// Joins the kept takes in the order of the script and stores the result piece by piece.
///
/// There are two passes, because the level and the header of the file depend on the loudness and the length of all takes.
///
/// # Errors
///
/// `store.unavailable`, and `store.corrupt` if a take's audio is missing.
pub(crate) async fn stitch(steps: &Steps, takes: &[TakeRecord]) -> Result<SpeechRecord> {
    let generation = &steps.generation;
    let _permit = steps.runtime.shared.limits.join().await;
    let parts = Parts::of(generation, takes);
    let mut levels = Levels::new(generation);
    let (mut samples, mut cached) = (0, Vec::new());
    let last = generation.segments.len().saturating_sub(1);
    let delivery = Delivery::from(&generation.options.delivery);
    samples += speech::samples_in(delivery.leading_silence) + delivery.trailing_samples();
    for (index, segment) in generation.segments.iter().enumerate() {
        let wav = parts.load(steps, segment).await?;
        let voice = levels.voice_of(segment);
        let (clip, measured) = blocking(move || {
            let clip = audio::decode_speech(&wav)?;
            let measured = Measured::of(&clip, voice)?;
            Ok((clip, measured))
        })
        .await?;
        samples += delivery.take_samples(measured.samples());
        levels.measured.push(measured);
        if index < last {
            samples += delivery.pause_samples(segment.pause());
        }
        if samples <= CACHED_SAMPLES {
            cached.push(clip);
        }
    }
    let provenance = provenance(generation, steps.runtime.clock.now());
    let (head, tail) = wav::frame(samples, SPEECH_RATE, Some(&provenance));
    let key = format!("generations/{}/speech.wav", generation.id);
    let mut file = steps.runtime.audio.writer(&key)?;
    file.write(head).await?;
    let (stitcher, of_voices) = levels.stitcher();
    let mut stitcher = stitcher.with_delivery(delivery);
    let mut cached = cached.into_iter();
    for segment in &generation.segments {
        let part = match cached.next() {
            Some(clip) => Part::Decoded(clip),
            None => Part::Encoded(parts.load(steps, segment).await?),
        };
        let pause = segment.pause();
        let level = levels.voice_of(segment).and_then(|voice| of_voices.get(voice).copied());
        let (joined, back) = blocking(move || {
            let clip = part.clip()?;
            let joined = match level {
                Some(level) => stitcher.push_at(&clip, pause, level)?,
                None => stitcher.push(&clip, pause)?,
            };
            Ok((wav::pcm16(&joined), stitcher))
        })
        .await?;
        stitcher = back;
        file.write(joined).await?;
    }
    if delivery.trailing_samples() > 0 {
        file.write(wav::pcm16(&vec![0.0; delivery.trailing_samples()])).await?;
    }
    file.write(tail).await?;
    file.finish().await?;
    let seconds = samples as f64 / f64::from(SPEECH_RATE);
    Ok(SpeechRecord::new(key, seconds, stitcher.finish()))
}

/// The provenance of the speech of a generation, with the attribution that its submission recorded.
pub(crate) fn provenance(generation: &GenerationRecord, made: Timestamp) -> Provenance {
    let provenance = Provenance::of_speech(&generation.engine, &generation.model, made);
    match generation.attribution() {
        Some(attribution) => provenance.with_attribution(attribution),
        None => provenance,
    }
}

/// The audio of a take.
enum Part {
    Decoded(Clip),
    Encoded(bytes::Bytes),
}

impl Part {
    fn clip(self) -> Result<Clip> {
        match self {
            Self::Decoded(clip) => Ok(clip),
            Self::Encoded(wav) => audio::decode_speech(&wav),
        }
    }
}

/// The keys of the kept takes, by segment.
struct Parts<'a>(HashMap<u32, &'a str>);

impl<'a> Parts<'a> {
    fn of(generation: &GenerationRecord, takes: &'a [TakeRecord]) -> Self {
        let mut keys = HashMap::with_capacity(generation.segments.len());
        for take in takes.iter().filter(|take| take.is_kept()) {
            if let Some(key) = take.audio() {
                keys.entry(take.segment).or_insert(key);
            }
        }
        Self(keys)
    }

    async fn load(&self, steps: &Steps, segment: &Segment) -> Result<bytes::Bytes> {
        let key = self.0.get(&segment.index).copied().unwrap_or_default();
        steps.runtime.audio.get(key).await?.ok_or_else(|| {
            Error::new(
                &code::STORE_CORRUPT,
                format!("the audio of segment {} is missing", segment.index + 1),
            )
        })
    }
}

/// The levels of the takes: one common level, or one for each of several voices.
struct Levels<'a> {
    /// The labels of the voices; none for text without a label. Empty for a generation in one voice.
    labels: Vec<Option<&'a str>>,
    gains_db: Vec<f64>,
    measured: Vec<Measured>,
}

/// The measures of a take.
enum Measured {
    Alone(Loudness, usize),
    OfVoice(VoiceTake),
}

impl Measured {
    fn of(clip: &Clip, voice: Option<usize>) -> Result<Self> {
        Ok(if let Some(voice) = voice {
            Self::OfVoice(VoiceTake::measure(voice, clip)?)
        } else {
            let (loudness, samples) = speech::measure(clip)?;
            Self::Alone(loudness, samples)
        })
    }

    /// The length of the take after trimming.
    fn samples(&self) -> usize {
        match self {
            Self::Alone(_, samples) => *samples,
            Self::OfVoice(take) => take.samples,
        }
    }
}

impl<'a> Levels<'a> {
    fn new(generation: &'a GenerationRecord) -> Self {
        let (mut labels, mut gains_db) = (Vec::new(), Vec::new());
        if !generation.voices.is_empty() {
            labels.push(None);
            gains_db.push(0.0);
        }
        for voice in &generation.voices {
            labels.push(Some(voice.label.as_str()));
            gains_db.push(voice.gain_db);
        }
        Self {
            labels,
            gains_db,
            measured: Vec::with_capacity(generation.segments.len()),
        }
    }

    /// The voice of a segment; none if there is only one.
    fn voice_of(&self, segment: &Segment) -> Option<usize> {
        let label = segment.voice.as_deref();
        let known = self.labels.iter().position(|known| *known == label);
        known.or_else(|| (!self.labels.is_empty()).then_some(0))
    }

    /// The stitcher, and the level of each voice.
    fn stitcher(&self) -> (Stitcher, Vec<VoiceLevel>) {
        let (mut alone, mut of_voices) = (Vec::new(), Vec::new());
        for measured in &self.measured {
            match measured {
                Measured::Alone(loudness, _) => alone.push(*loudness),
                Measured::OfVoice(take) => of_voices.push(*take),
            }
        }
        let stitcher = match common_level_dbfs(&alone) {
            Some(level) => Stitcher::new().with_level(level),
            None => Stitcher::new(),
        };
        (stitcher, voice_levels(&of_voices, &self.gains_db))
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    compute::run(work)
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "joining the takes was aborted").with_source(source))?
}
