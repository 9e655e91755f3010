//! The result of judging a recording, in a form that is stored: a program that has it does not judge the recording again.

use serde::{Deserialize, Serialize};

use super::measure::Signal;
use super::report::Report;

/// The report on a recording, and the excerpt that engines receive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Judgement {
    pub(super) report: Report,
    /// The length of the recording, in seconds.
    pub(super) seconds: f64,
    pub(super) excerpt: Excerpt,
}

/// The excerpt of a recording that engines receive. Together with the recording it gives the reference, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Excerpt {
    /// The first frame, and the one after the last.
    pub(super) frames: std::ops::Range<u64>,
    /// The channels whose mean is the voice, counted from 0.
    pub(super) channels: Vec<u16>,
    /// The DC offset that is removed, full scale is 1.0.
    pub(super) offset: f32,
    /// The length of the reference, in seconds.
    pub(super) reference_seconds: f64,
}

impl Judgement {
    /// The version of [`Judgement`] and of everything that leads to it.
    ///
    /// The fingerprint of the source covers decoding, measures, checks, thresholds and findings. [`DEPENDENCIES`] covers
    /// what is in other crates.
    pub(crate) fn version() -> String {
        let networks = if cfg!(feature = "analysis") {
            "networks"
        } else {
            "energy"
        };
        format!("{DEPENDENCIES}.{networks}.{FINGERPRINT:016x}")
    }

    pub(super) fn of(signal: &Signal, reference_seconds: f64) -> Self {
        let excerpt = signal.excerpt();
        Self {
            report: Report::of(signal),
            seconds: signal.seconds,
            excerpt: Excerpt {
                frames: signal.start + excerpt.start as u64..signal.start + excerpt.end as u64,
                channels: signal.voice_channels.clone(),
                offset: signal.offset,
                reference_seconds,
            },
        }
    }
}

/// Raised when the same recording gets another judgement because of another crate: a decoder, the resampler, a network.
const DEPENDENCIES: u32 = 2;

/// Includes the bytes of source files, for the fingerprint.
macro_rules! sources {
    ($($path:literal)*) => {
        &[$(($path, include_bytes!($path))),*]
    };
}

/// The files of this crate that decide about a judgement. They are hashed when the crate is compiled and
/// are not part of the program.
const SOURCES: &[(&str, &[u8])] = sources! {
    "checks.rs"
    "checks/bandwidth.rs"
    "checks/clipping.rs"
    "checks/duration.rs"
    "checks/integrity.rs"
    "checks/level.rs"
    "checks/music.rs"
    "checks/noise.rs"
    "checks/pauses.rs"
    "checks/reverberation.rs"
    "checks/speakers.rs"
    "checks/speech.rs"
    "checks/stereo.rs"
    "findings.rs"
    "judgement.rs"
    "measure.rs"
    "measure/bandwidth.rs"
    "measure/clipping.rs"
    "measure/envelope.rs"
    "measure/networks.rs"
    "measure/noise.rs"
    "measure/reverberation.rs"
    "measure/speech.rs"
    "measure/window.rs"
    "reference.rs"
    "report.rs"
    "thresholds.rs"
    "../audio/channels.rs"
    "../audio/clipping.rs"
    "../audio/companding.rs"
    "../audio/containers.rs"
    "../audio/containers/aiff.rs"
    "../audio/containers/au.rs"
    "../audio/containers/avi.rs"
    "../audio/containers/caf.rs"
    "../audio/containers/riff.rs"
    "../audio/containers/wave64.rs"
    "../audio/decode.rs"
    "../audio/decode/adpcm.rs"
    "../audio/decode/codec.rs"
    "../audio/decode/container.rs"
    "../audio/decode/gsm.rs"
    "../audio/decode/opus.rs"
    "../audio/decode/pcm.rs"
    "../audio/decode/raw.rs"
    "../audio/decode/sink.rs"
    "../audio/decode/stream.rs"
    "../audio/decode/tracks.rs"
    "../audio/fold.rs"
    "../audio/level.rs"
    "../audio/loudness.rs"
    "../audio/resample.rs"
    "../audio/sniff.rs"
    "../audio/survey.rs"
    "../audio/voice.rs"
    "../audio/wav.rs"
};

const FINGERPRINT: u64 = fingerprint(SOURCES);

/// The 64-bit FNV-1a hash of the files. It detects changes; it need not resist attacks.
const fn fingerprint(files: &[(&str, &[u8])]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut file = 0;
    while file < files.len() {
        let bytes = files[file].1;
        let mut index = 0;
        while index < bytes.len() {
            // The same on systems where a checkout has other line ends.
            if bytes[index] != b'\r' {
                hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            }
            index += 1;
        }
        file += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A rule in a file that the fingerprint lacks would change without invalidating stored judgements.
    #[test]
    fn fingerprint_covers_every_file_that_measures_or_judges() {
        let covered: BTreeSet<&str> = SOURCES.iter().map(|(path, _)| *path).collect();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sample");
        for part in ["checks", "measure"] {
            for entry in fs::read_dir(folder.join(part)).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let path = format!("{part}/{name}");
                assert!(covered.contains(path.as_str()), "{path} is missing in the list");
            }
        }
    }

    #[test]
    fn any_change_of_a_file_changes_the_fingerprint() {
        let of = |text: &'static [u8]| fingerprint(&[("a", text)]);
        assert_ne!(of(b"LIMIT: f64 = 0.5;"), of(b"LIMIT: f64 = 0.6;"));
        assert_eq!(of(b"a\r\nb"), of(b"a\nb"));
    }

    #[test]
    fn judgement_survives_storage() {
        let file = crate::audio::testing::voice("slt.mp3");
        let judged = crate::Sample::from_bytes(file).unwrap();
        let stored = serde_json::to_vec(judged.judgement()).unwrap();
        let restored: Judgement = serde_json::from_slice(&stored).unwrap();
        assert_eq!(&restored, judged.judgement());
    }
}
