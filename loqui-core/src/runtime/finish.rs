//! Joins the kept takes into the finished speech, with one take in memory at a time.

use super::steps::Steps;
use crate::audio::{self, Clip, SPEECH_RATE, wav};
use crate::clock::Timestamp;
use crate::compute;
use crate::error::{Error, Result, code};
use crate::ledger::{GenerationRecord, SpeechRecord, TakeRecord};
use crate::script::Segment;
use crate::speech::{self, Delivery, Provenance, Stitcher, common_level_dbfs};

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
    let mut loudness = Vec::with_capacity(generation.segments.len());
    let (mut samples, mut cached) = (0, Vec::new());
    let last = generation.segments.len().saturating_sub(1);
    let delivery = Delivery::from(&generation.options.delivery);
    samples += speech::samples_in(delivery.leading_silence) + delivery.trailing_samples();
    for (index, segment) in generation.segments.iter().enumerate() {
        let wav = load(steps, takes, segment).await?;
        let (clip, measured) = blocking(move || {
            let clip = audio::decode_speech(&wav)?;
            let measured = speech::measure(&clip)?;
            Ok((clip, measured))
        })
        .await?;
        loudness.push(measured.0);
        samples += delivery.take_samples(measured.1);
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
    let mut stitcher = Stitcher::new().with_delivery(delivery);
    if let Some(level) = common_level_dbfs(&loudness) {
        stitcher = stitcher.with_level(level);
    }
    let mut cached = cached.into_iter();
    for segment in &generation.segments {
        let part = match cached.next() {
            Some(clip) => Part::Decoded(clip),
            None => Part::Encoded(load(steps, takes, segment).await?),
        };
        let pause = segment.pause();
        let (joined, back) = blocking(move || {
            let joined = stitcher.push(&part.clip()?, pause)?;
            Ok((wav::pcm16(&joined), stitcher))
        })
        .await?;
        stitcher = back;
        file.write(joined).await?;
    }
    file.write(wav::pcm16(&vec![0.0; delivery.trailing_samples()])).await?;
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

async fn load(steps: &Steps, takes: &[TakeRecord], segment: &Segment) -> Result<bytes::Bytes> {
    let kept = takes
        .iter()
        .find(|take| take.segment == segment.index && take.is_kept());
    let key = kept.and_then(TakeRecord::audio).unwrap_or_default();
    steps.runtime.audio.get(key).await?.ok_or_else(|| {
        Error::new(
            &code::STORE_CORRUPT,
            format!("the audio of segment {} is missing", segment.index + 1),
        )
    })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    compute::run(work)
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "joining the takes was aborted").with_source(source))?
}
