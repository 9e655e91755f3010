//! Joins the kept takes into the speech that users get.

use bytes::Bytes;

use super::record::SpeechRecord;
use super::steps::Steps;
use super::take::{TakeRecord, TakeState};
use crate::audio;
use crate::error::{Error, Result, code};
use crate::script::Boundary;
use crate::speech::{self, Provenance};

/// Joins the kept takes in the order of the script and stores the result.
///
/// # Errors
///
/// `store.unavailable`, and `store.corrupt` if a take's audio is gone.
pub(crate) async fn stitch(steps: &Steps, takes: &[TakeRecord]) -> Result<SpeechRecord> {
    let generation = &steps.generation;
    let mut parts: Vec<(Bytes, Boundary)> = Vec::with_capacity(generation.segments.len());
    for segment in &generation.segments {
        let kept = takes
            .iter()
            .find(|take| take.segment == segment.index && take.state == TakeState::Kept);
        let key = kept.and_then(|take| take.audio.as_deref()).unwrap_or_default();
        let wav = steps.audio.get(key).await?.ok_or_else(|| {
            Error::new(
                &code::STORE_CORRUPT,
                format!("the audio of segment {} is missing", segment.index + 1),
            )
        })?;
        parts.push((wav, segment.boundary));
    }
    let provenance = Provenance::of_speech(&generation.engine, &generation.model, steps.clock.now());
    let (wav, times, seconds) = tokio::task::spawn_blocking(move || join(parts, &provenance))
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "joining the takes was broken off").with_source(source))??;
    let key = format!("generations/{}/speech.wav", generation.id);
    steps.audio.put(&key, wav).await?;
    Ok(SpeechRecord::new(key, seconds, times))
}

type Joined = (Bytes, Vec<(f64, f64)>, f64);

fn join(parts: Vec<(Bytes, Boundary)>, provenance: &Provenance) -> Result<Joined> {
    let takes = parts
        .into_iter()
        .map(|(wav, boundary)| Ok((audio::decode_speech(&wav)?, boundary)))
        .collect::<Result<Vec<_>>>()?;
    let joined = speech::stitch(&takes)?;
    let wav = audio::wav::write(&joined.clip, Some(provenance));
    Ok((wav, joined.times, joined.clip.seconds()))
}
