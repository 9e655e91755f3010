//! Keeps the words that an engine knows in a chunk of the WAV file of its take, so that they are copied and erased with it.
//! Programs that do not know the chunk skip it.

use bytes::Bytes;

use super::SpokenWord;
use crate::audio::riff;

/// The name of the chunk. Its content is JSON: an array of [`SpokenWord`].
const CHUNK: [u8; 4] = *b"lqwd";

/// Adds words to a WAV file. Other files, and files without words, are returned unchanged.
pub(crate) fn embed(wav: Bytes, words: &[SpokenWord]) -> Bytes {
    let whole = wav.len() as u64;
    let declared = wav
        .get(4..8)
        .map(|size| u32::from_le_bytes([size[0], size[1], size[2], size[3]]));
    // The sizes of a file that was streamed are not known, and a chunk behind them would not be found.
    let is_complete = wav.starts_with(b"RIFF") && declared.is_some_and(|size| u64::from(size) + 8 == whole);
    let Some(json) = (!words.is_empty() && is_complete)
        .then(|| serde_json::to_vec(words).ok())
        .flatten()
    else {
        return wav;
    };
    let mut file = wav.to_vec();
    if file.len() % 2 == 1 {
        file.push(0);
    }
    file.extend_from_slice(&CHUNK);
    file.extend_from_slice(&(json.len() as u32).to_le_bytes());
    file.extend_from_slice(&json);
    if json.len() % 2 == 1 {
        file.push(0);
    }
    let Ok(size) = u32::try_from(file.len() - 8) else {
        return wav;
    };
    file[4..8].copy_from_slice(&size.to_le_bytes());
    file.into()
}

/// Returns the words in a WAV file; none if it has no valid ones.
pub(crate) fn embedded(wav: &[u8]) -> Vec<SpokenWord> {
    let found = riff::find(wav, CHUNK).and_then(|json| serde_json::from_slice::<Vec<SpokenWord>>(json).ok());
    let is_valid = |words: &Vec<SpokenWord>| {
        words
            .iter()
            .all(|word| word.start.is_finite() && word.end.is_finite() && word.start <= word.end)
    };
    found.filter(is_valid).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{Clip, decode_speech, wav};

    #[test]
    fn words_are_read_back_and_do_not_change_the_audio() {
        let words = vec![SpokenWord::new("five", 0.1, 0.4), SpokenWord::new("dollars.", 0.4, 1.0)];
        for origin in [None, Some(wav::Provenance::new("loqui", "odd"))] {
            let file = wav::write(&Clip::new(vec![0.25; 24_001], 24_000), origin.as_ref());
            let with_words = embed(file.clone(), &words);
            assert_eq!(embedded(&with_words), words);
            assert_eq!(wav::provenance(&with_words), origin);
            assert_eq!(decode_speech(&with_words).unwrap(), decode_speech(&file).unwrap());
            assert_eq!(wav::read(&with_words), wav::read(&file));
            assert!(embedded(&file).is_empty());
            assert_eq!(embed(file.clone(), &[]), file);
        }
    }

    #[test]
    fn other_files_are_unchanged() {
        let words = [SpokenWord::new("hi", 0.0, 1.0)];
        for file in ["", "RIFF", "ID3 something", "RIFF\u{10}\0\0\0WAVE"] {
            let file = Bytes::from(file);
            assert_eq!(embed(file.clone(), &words), file);
            assert!(embedded(&file).is_empty());
        }
    }
}
