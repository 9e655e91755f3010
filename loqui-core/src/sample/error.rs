//! The errors of this module, mapped to the public error type.

use super::ReferenceLimits;
use crate::audio::{Content, DecodeError};
use crate::error::{Code, Error, code};
use crate::finding::Finding;

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let mut this = Self::new(code_of(&error), error.to_string());
        if let Some(hint) = hint_of(&error) {
            this = this.with_hint(hint);
        }
        this
    }
}

pub(super) fn code_of(error: &DecodeError) -> &'static Code {
    match error {
        DecodeError::TooLarge { .. } => &code::SAMPLE_TOO_LARGE,
        DecodeError::NoDecoder(_) | DecodeError::NoCodec { .. } => &code::SAMPLE_UNSUPPORTED_FORMAT,
        DecodeError::NotAudio(_) | DecodeError::Damaged { .. } | DecodeError::NoSound(_) => &code::SAMPLE_UNREADABLE,
    }
}

/// A hint that is more specific than that of the code, where the kind of file explains the mistake.
pub(super) fn hint_of(error: &DecodeError) -> Option<&'static str> {
    match error {
        DecodeError::NotAudio(Content::Empty) | DecodeError::NoSound(_) => {
            Some("Record or download it again: nothing was saved.")
        }
        DecodeError::NotAudio(Content::Html) => {
            Some("The download returned a web page. Download the recording itself.")
        }
        DecodeError::NotAudio(Content::Unknown) => None,
        DecodeError::NotAudio(_) => Some("Choose a recording of a voice: WAV or MP3."),
        DecodeError::NoDecoder(_) | DecodeError::NoCodec { .. } => {
            Some("Convert the recording to WAV or MP3, for example with ffmpeg: ffmpeg -i RECORDING voice.wav")
        }
        _ => None,
    }
}

/// Turns a finding of severity error into an error.
pub(super) fn of_finding(finding: &Finding) -> Error {
    let code = Code::by_name(finding.code.as_str()).unwrap_or(&code::SAMPLE_UNREADABLE);
    Error::new(code, finding.message.clone()).with_hint(finding.hint.clone())
}

pub(super) fn too_short_for(limits: &ReferenceLimits, seconds: f64) -> Error {
    Error::new(&code::SAMPLE_TOO_SHORT, limits.too_short_message(seconds))
}
