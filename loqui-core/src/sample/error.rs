//! Turns trouble of this room into the errors and findings of the crate, once.

use super::report::Report;
use crate::audio::{Content, DecodeError};
use crate::engine::ModelInfo;
use crate::error::{Code, Error, code};
use crate::finding::{Finding, Severity};

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let mut this = Self::new(code_of(&error), error.to_string());
        if let Some(hint) = hint_of(&error) {
            this = this.with_hint(hint);
        }
        this
    }
}

fn code_of(error: &DecodeError) -> &'static Code {
    match error {
        DecodeError::TooLarge { .. } => &code::SAMPLE_TOO_LARGE,
        DecodeError::NoDecoder(_) | DecodeError::NoCodec { .. } => &code::SAMPLE_UNSUPPORTED_FORMAT,
        DecodeError::NotAudio(_) | DecodeError::Damaged { .. } | DecodeError::NoSound(_) => &code::SAMPLE_UNREADABLE,
    }
}

/// Better advice than the code's usual one, where what the file is says what went wrong.
fn hint_of(error: &DecodeError) -> Option<&'static str> {
    match error {
        DecodeError::NotAudio(Content::Empty) | DecodeError::NoSound(_) => {
            Some("Record or download it again: nothing was saved.")
        }
        DecodeError::NotAudio(Content::Html) => {
            Some("The download answered with a page: download the recording itself.")
        }
        DecodeError::NotAudio(Content::Unknown) => None,
        DecodeError::NotAudio(_) => Some("Choose a recording of a voice: WAV or MP3."),
        _ => None,
    }
}

/// What a report says about a file that cannot be decoded.
pub(super) fn finding_of(error: &DecodeError) -> Finding {
    let code = code_of(error);
    let hint = hint_of(error).or_else(|| code.hint()).unwrap_or_default();
    let finding = Finding::new(Severity::Error, code.name(), error.to_string(), hint);
    match error {
        DecodeError::TooLarge { bytes, limit } => finding.with_measure(*bytes as f64, *limit as f64, "bytes"),
        _ => finding,
    }
}

/// An error finding as an error.
pub(super) fn of_finding(finding: &Finding) -> Error {
    let code = Code::by_name(&finding.code).unwrap_or(&code::SAMPLE_UNREADABLE);
    Error::new(code, finding.message.clone()).with_hint(finding.hint.clone())
}

pub(super) fn too_short_for(model: &ModelInfo, seconds: f64) -> Error {
    Error::new(&code::SAMPLE_TOO_SHORT, too_short_message(model, seconds))
}

pub(super) fn too_short_message(model: &ModelInfo, seconds: f64) -> String {
    let least = model.min_reference_seconds;
    format!(
        "the recording gives {seconds:.1} s; {} needs at least {least} s",
        model.name
    )
}

/// The report on a file that could not even be read.
pub(super) fn refused(error: &Error) -> Report {
    let finding = Finding::new(
        Severity::Error,
        error.code(),
        error.message(),
        error.hint().unwrap_or_default(),
    );
    Report::default().conclude(vec![finding])
}
