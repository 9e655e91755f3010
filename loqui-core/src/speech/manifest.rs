//! Everything about finished speech in one JSON document, to be kept beside it.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Provenance, Speech};
use crate::ledger::{GenerationInfo, SegmentInfo};

/// What finished speech says about itself.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Manifest<'a> {
    /// That it was made by a machine, and by which one.
    pub provenance: ProvenanceInfo,
    /// The SHA-256 of the WAV file, in hexadecimal.
    pub wav_sha256: String,
    /// How long it is, in seconds.
    pub duration_seconds: f64,
    /// The rate of the samples, in Hz.
    pub sample_rate: u32,
    /// The generation with its segments: text, times, takes, seeds, prediction ids, cost.
    #[serde(flatten)]
    generation: ManifestGeneration<'a>,
}

/// Where it comes from.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ProvenanceInfo {
    /// True: the voice is synthetic.
    pub ai_generated: bool,
    /// The program that made it, with its version.
    pub software: String,
    /// What the file says of itself.
    pub comment: String,
}

#[derive(Clone, Debug, Serialize)]
struct ManifestGeneration<'a> {
    generation: i64,
    engine: &'a str,
    model: &'a str,
    cost_usd: f64,
    takes: usize,
    segments: &'a [SegmentInfo],
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
                software: provenance.software,
                comment: provenance.comment,
            },
            wav_sha256: hex::encode(Sha256::digest(speech.wav())),
            duration_seconds: speech.duration().as_secs_f64(),
            sample_rate: speech.sample_rate(),
            generation: ManifestGeneration {
                generation: info.generation,
                engine: &info.engine,
                model: &info.model,
                cost_usd: info.cost_usd,
                takes: info.takes,
                segments: &info.segments,
                warnings: &info.warnings,
            },
        }
    }
}
