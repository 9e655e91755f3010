//! The manifest of finished speech: a JSON document to keep next to the audio file.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::speech::Speech;
use crate::audio::tidy_seconds;
use crate::id::GenerationId;
use crate::ledger::{ChapterInfo, GenerationInfo, SegmentInfo};
use crate::speech::Provenance;

/// The manifest of finished speech. Serialize it to JSON.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Manifest<'a> {
    /// The origin of the speech.
    pub provenance: ProvenanceInfo,
    /// The SHA-256 of the WAV file, in hexadecimal.
    pub wav_sha256: String,
    /// The length of the speech, in seconds.
    pub duration_seconds: f64,
    /// The sample rate, in Hz.
    pub sample_rate: u32,
    /// The generation with its segments: text, times, takes, seeds, prediction ids and cost.
    #[serde(flatten)]
    generation: ManifestGeneration<'a>,
}

/// The origin of the speech.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ProvenanceInfo {
    /// Always true: the voice is synthetic.
    pub ai_generated: bool,
    /// The program that made the speech, with its version.
    pub software: String,
    /// The comment in the audio file.
    pub comment: String,
    /// What the licence of the model requires to be named with the speech.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ManifestGeneration<'a> {
    generation: GenerationId,
    engine: &'a str,
    model: &'a str,
    cost_usd: f64,
    takes: usize,
    segments: &'a [SegmentInfo],
    chapters: &'a [ChapterInfo],
    warnings: &'a [crate::Finding],
}

impl<'a> Manifest<'a> {
    pub(super) fn of(speech: &'a Speech) -> Self {
        let info: &GenerationInfo = speech.info();
        let provenance = crate::audio::wav::provenance(speech.wav())
            .unwrap_or_else(|| Provenance::new("", format!("AI-generated speech, engine={}", info.engine)));
        Self {
            provenance: ProvenanceInfo {
                ai_generated: true,
                attribution: provenance.attribution().map(str::to_owned),
                software: provenance.software,
                comment: provenance.comment,
            },
            wav_sha256: hex::encode(Sha256::digest(speech.wav())),
            duration_seconds: tidy_seconds(speech.duration().as_secs_f64()),
            sample_rate: speech.sample_rate(),
            generation: ManifestGeneration {
                generation: info.generation,
                engine: &info.engine,
                model: &info.model,
                cost_usd: info.cost_usd,
                takes: info.takes,
                segments: &info.segments,
                chapters: &info.chapters,
                warnings: &info.warnings,
            },
        }
    }
}
