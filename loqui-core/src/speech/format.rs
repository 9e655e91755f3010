//! The format of a file of finished speech, by its name.

use std::path::Path;

use bytes::Bytes;

use crate::audio::wav;
use crate::error::{Error, Result, code};

/// How finished speech is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpeechFormat {
    /// Mono PCM16 WAV, with the word on its provenance.
    Wav,
    /// FLAC: the same samples in about half the bytes. Needs the feature `formats`.
    Flac,
}

/// Formats that people may ask for and do not get.
const OTHERS: &[&str] = &[
    "mp3", "ogg", "oga", "opus", "m4a", "mp4", "aac", "wma", "aif", "aiff", "webm",
];

impl SpeechFormat {
    /// The format that a file's name asks for; WAV where it asks for none.
    ///
    /// # Errors
    ///
    /// `output.format` for another audio format.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::speech::SpeechFormat;
    ///
    /// assert_eq!(SpeechFormat::of("hello.flac".as_ref())?, SpeechFormat::Flac);
    /// assert_eq!(SpeechFormat::of("hello".as_ref())?, SpeechFormat::Wav);
    /// assert_eq!(SpeechFormat::of("hello.mp3".as_ref()).unwrap_err().code(), "output.format");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("flac") if cfg!(feature = "formats") => Ok(Self::Flac),
            Some(other) if other == "flac" || OTHERS.contains(&other) => Err(Error::new(
                &code::OUTPUT_FORMAT,
                format!("speech is not written as {other}"),
            )),
            _ => Ok(Self::Wav),
        }
    }

    /// The file in this format.
    pub(crate) fn encode(self, file: Bytes) -> Result<Bytes> {
        match self {
            Self::Wav => Ok(file),
            Self::Flac => flac(&file),
        }
    }
}

#[cfg(feature = "formats")]
fn flac(file: &[u8]) -> Result<Bytes> {
    use flacenc::bitsink::ByteSink;
    use flacenc::component::BitRepr as _;
    use flacenc::error::Verify as _;
    use flacenc::source::MemSource;

    let broken = |message: String| Error::new(&code::INTERNAL, message);
    let clip = wav::read(file).ok_or_else(|| broken("the speech is not a WAV file".to_owned()))?;
    let samples: Vec<i32> = wav::pcm16(clip.samples())
        .chunks_exact(2)
        .map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])))
        .collect();
    let config = flacenc::config::Encoder::default()
        .into_verified()
        .map_err(|(_, error)| broken(format!("the FLAC encoder refuses its settings: {error:?}")))?;
    let source = MemSource::from_samples(&samples, 1, 16, clip.sample_rate() as usize);
    let mut stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .map_err(|error| broken(format!("the FLAC encoder failed: {error:?}")))?;
    // The format leaves the last, shorter block out of the count: a reader would take the file for one of another kind.
    stream
        .stream_info_mut()
        .set_block_sizes(config.block_size, config.block_size)
        .map_err(|error| broken(format!("the FLAC encoder refuses its block size: {error:?}")))?;
    let mut sink = ByteSink::new();
    stream
        .write(&mut sink)
        .map_err(|error| broken(format!("FLAC could not be written: {error:?}")))?;
    Ok(sink.as_slice().to_vec().into())
}

#[cfg(not(feature = "formats"))]
fn flac(file: &[u8]) -> Result<Bytes> {
    let _ = wav::read(file);
    Err(Error::new(&code::OUTPUT_FORMAT, "this build writes no FLAC"))
}

#[cfg(all(test, feature = "formats"))]
mod tests {
    use super::*;
    use crate::audio::testing::voice;
    use crate::audio::{Limits, decode};

    #[test]
    fn flac_holds_the_same_samples_in_fewer_bytes() {
        let file = voice("heart.wav");
        let encoded = SpeechFormat::Flac.encode(file.clone().into()).unwrap();
        assert!(
            encoded.len() < file.len() * 7 / 10,
            "{} of {}",
            encoded.len(),
            file.len()
        );
        let back = decode(&encoded, &Limits::default()).unwrap().mono();
        assert_eq!(back.sample_rate(), 24_000);
        assert_eq!(
            wav::pcm16(back.samples()),
            wav::pcm16(wav::read(&file).unwrap().samples())
        );
    }
}
