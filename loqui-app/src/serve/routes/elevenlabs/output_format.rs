//! The names of output formats: `codec_samplerate_bitrate`.

use loqui_core::speech::{Codec, Encoder, Encoding, SpeechFormat};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::serve::api_error::{ApiError, FieldProblem};
use crate::serve::warnings::Warnings;

/// ElevenLabs' default.
const DEFAULT: &str = "mp3_44100_128";
/// The sample rates of `pcm_*` and `wav_*`, in Hz.
const SAMPLE_RATES: [u32; 7] = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/// The query of routes that return speech. Other parameters are accepted and reported.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SpeechQuery {
    /// `mp3_22050_32`, `mp3_24000_48`, `mp3_44100_32` to `mp3_44100_192` (default `mp3_44100_128`), `opus_48000_32` to
    /// `opus_48000_192`, `pcm_8000` to `pcm_48000`, `wav_8000` to `wav_48000`, `ulaw_8000` or `alaw_8000`.
    #[serde(default)]
    pub(super) output_format: Option<String>,
    /// Accepted without effect. Streamed speech always starts as early as possible.
    #[serde(default)]
    pub(super) optimize_streaming_latency: Option<String>,
    /// Accepted without effect. Generations are stored until they are deleted.
    #[serde(default)]
    pub(super) enable_logging: Option<String>,
}

impl SpeechQuery {
    /// Adds the parameters without effect.
    pub(super) fn warn(&self, warnings: &mut Warnings) {
        if self.optimize_streaming_latency.is_some() {
            warnings.ignored("optimize_streaming_latency");
        }
        if self
            .enable_logging
            .as_deref()
            .is_some_and(|it| it.eq_ignore_ascii_case("false"))
        {
            warnings.ignored("enable_logging");
        }
    }

    /// Returns the encoding.
    pub(super) fn encoding(&self) -> Result<Encoding, ApiError> {
        let name = self
            .output_format
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or(DEFAULT);
        encoding(name).ok_or_else(|| {
            let short: String = name.chars().take(60).collect();
            let message =
                format!("{short:?} is not supported; for example mp3_44100_128, opus_48000_64, pcm_24000, ulaw_8000");
            ApiError::fields(vec![FieldProblem::at(&["query", "output_format"], "choice", message)])
        })
    }
}

/// Returns the encoding with this name.
fn encoding(name: &str) -> Option<Encoding> {
    let mut parts = name.split('_');
    let codec = parts.next()?;
    let sample_rate: u32 = parts.next()?.parse().ok()?;
    let kbps: Option<u32> = match parts.next() {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    if parts.next().is_some() {
        return None;
    }
    let encoding = match (codec, sample_rate, kbps) {
        ("pcm", rate, None) if SAMPLE_RATES.contains(&rate) => Encoding::new(Codec::Pcm16),
        ("wav", rate, None) if SAMPLE_RATES.contains(&rate) => SpeechFormat::Wav.into(),
        ("ulaw", 8_000, None) => Encoding::new(Codec::MuLaw),
        ("alaw", 8_000, None) => Encoding::new(Codec::ALaw),
        ("mp3", 22_050 | 24_000 | 44_100, Some(kbps)) => {
            Encoding::from(SpeechFormat::Mp3).with_bit_rate(kbps.checked_mul(1000)?)
        }
        ("opus", 48_000, Some(kbps @ (32 | 64 | 96 | 128 | 192))) => {
            Encoding::from(SpeechFormat::Opus).with_bit_rate(kbps * 1000)
        }
        _ => return None,
    };
    let encoding = encoding.with_sample_rate(sample_rate).ok()?;
    // The encoder refuses bit rates that MP3 does not have.
    Encoder::new(encoding, None).ok().map(|_| encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_format_is_known() {
        let mut names: Vec<String> = ["mp3_22050_32", "mp3_24000_48", "ulaw_8000", "alaw_8000"]
            .map(str::to_owned)
            .into();
        names.extend([32, 64, 96, 128, 192].map(|kbps| format!("mp3_44100_{kbps}")));
        names.extend([32, 64, 96, 128, 192].map(|kbps| format!("opus_48000_{kbps}")));
        names.extend(SAMPLE_RATES.map(|rate| format!("pcm_{rate}")));
        names.extend(SAMPLE_RATES.map(|rate| format!("wav_{rate}")));
        for name in names {
            assert!(encoding(&name).is_some(), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "",
            "mp3",
            "mp3_44100",
            "mp3_44100_33",
            "mp3_44100_4294967295",
            "pcm_11025",
            "pcm_24000_16",
            "ulaw_16000",
            "opus_24000_32",
            "aac_44100_128",
            "mp3_44100_128_2",
        ] {
            assert!(encoding(name).is_none(), "{name}");
        }
    }
}
