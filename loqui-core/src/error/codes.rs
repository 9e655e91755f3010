//! Every code this crate can answer with, in one table.
//!
//! `tests/spec/errors.toml` says the same for the other languages; a test compares the two.

use super::{ErrorKind, Retry};

/// A stable error code with what is always true of it.
#[derive(Debug)]
pub struct Code {
    name: &'static str,
    kind: ErrorKind,
    retry: Retry,
    hint: Option<&'static str>,
}

impl Code {
    /// The code as it is written everywhere, for instance `sample.too_short`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The kind it belongs to.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether trying again usually helps.
    pub const fn retry(&self) -> Retry {
        self.retry
    }

    /// The usual advice.
    pub const fn hint(&self) -> Option<&'static str> {
        self.hint
    }

    /// Finds a code by its name: how a stored error becomes an [`Error`](super::Error) again.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        code::ALL.iter().copied().find(|code| code.name == name)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Code {}

macro_rules! codes {
    ($($constant:ident $name:literal $kind:ident $retry:ident $hint:literal;)*) => {
        /// The codes as constants.
        pub mod code {
            use super::{Code, ErrorKind, Retry};

            $(
                #[doc = concat!("`", $name, "`: ", $hint)]
                pub static $constant: Code = Code {
                    name: $name,
                    kind: ErrorKind::$kind,
                    retry: Retry::$retry,
                    hint: Some($hint),
                };
            )*

            /// Every code there is.
            pub static ALL: &[&Code] = &[$(&$constant),*];
        }
    };
}

codes! {
    SAMPLE_UNREADABLE "sample.unreadable" InvalidInput Never "Export the recording as WAV or MP3 and try again.";
    SAMPLE_UNSUPPORTED_FORMAT "sample.unsupported_format" InvalidInput Never "Convert the recording to WAV or MP3.";
    SAMPLE_TOO_LARGE "sample.too_large" InvalidInput Never "Cut the recording to its best 10 to 30 seconds.";
    SAMPLE_TOO_SHORT "sample.too_short" InvalidInput Never "Record 10 seconds of speech; 5 is the recommended minimum.";
    SAMPLE_TOO_LONG "sample.too_long" InvalidInput Never "Cut the recording to its best 10 to 30 seconds.";
    SAMPLE_SILENT "sample.silent" InvalidInput Never "Check the microphone and record again, closer to it.";
    SAMPLE_CLIPPED "sample.clipped" InvalidInput Never "Lower the microphone's gain and record again.";
    SAMPLE_NOISY "sample.noisy" InvalidInput Never "Record again in a quieter room, closer to the microphone.";
    SAMPLE_NARROW_BAND "sample.narrow_band" InvalidInput Never "Record with a sample rate of at least 16 kHz.";
    SAMPLE_NO_SPEECH "sample.no_speech" InvalidInput Never "Use a recording of somebody speaking.";
    SAMPLE_DC_OFFSET "sample.dc_offset" InvalidInput Never "Check the sound card or the cable and record again.";
    SAMPLE_NOT_FINITE "sample.not_finite" InvalidInput Never "Export the recording again as 16-bit WAV.";
    SAMPLE_IN_USE "sample.in_use" InvalidInput Later "Wait for the generations that speak with it, or cancel them.";
    SAMPLE_NO_CONSENT "sample.no_consent" InvalidInput Never "Ask the speaker, and say with the sample that they agreed.";
    SAMPLE_NOT_FOUND "sample.not_found" NotFound Never "Check the sample's name or path.";

    SCRIPT_EMPTY "script.empty" InvalidInput Never "Give some text to speak.";
    SCRIPT_TOO_LONG "script.too_long" InvalidInput Never "Split the text over several generations.";
    SCRIPT_UNSPEAKABLE "script.unspeakable" InvalidInput Never "Write it in letters; emoji and symbols cannot be spoken.";
    SCRIPT_WRONG_LANGUAGE "script.wrong_language" InvalidInput Never "Choose a model that speaks this language.";
    SCRIPT_UNREADABLE "script.unreadable" InvalidInput Never "Save the script as UTF-8 text.";

    OPTION_OUT_OF_RANGE "option.out_of_range" InvalidInput Never "Use a value inside the range.";
    OPTION_UNSUPPORTED "option.unsupported" InvalidInput Never "Leave this option out, or choose a model that has it.";

    ENGINE_UNKNOWN "engine.unknown" InvalidInput Never "Use replicate, offline or cog.";
    ENGINE_UNAVAILABLE "engine.unavailable" InvalidInput Never "Build with the feature that holds this engine, or choose another.";
    ENGINE_FAILED "engine.failed" Provider Later "Try again; if it persists, report it.";
    ENGINE_LANGUAGE "engine.language" InvalidInput Never "The offline voice speaks English only: use Replicate's chatterbox-multilingual.";

    MODEL_UNKNOWN "model.unknown" InvalidInput Never "Use resemble-ai/chatterbox, chatterbox-turbo or chatterbox-multilingual.";
    MODEL_NO_REFERENCE "model.no_reference" InvalidInput Never "Use chatterbox, chatterbox-turbo or chatterbox-multilingual, which speak in the voice of a recording.";

    REPLICATE_MISSING_TOKEN "replicate.missing_token" Authentication Never "Set REPLICATE_API_TOKEN, or choose the offline engine.";
    REPLICATE_BASE_URL "replicate.base_url" InvalidInput Never "Use an https address, or an http one on this machine, without user name and query.";
    REPLICATE_UNAUTHORIZED "replicate.unauthorized" Authentication Never "Check REPLICATE_API_TOKEN: make a new token in your account settings at Replicate.";
    REPLICATE_INSUFFICIENT_CREDIT "replicate.insufficient_credit" Payment Never "Add credit to the Replicate account, wait a few minutes, then retry.";
    REPLICATE_RATE_LIMITED "replicate.rate_limited" RateLimited Later "Wait a little; accounts with little credit are limited to 6 a minute.";
    REPLICATE_INVALID_INPUT "replicate.invalid_input" InvalidInput Never "Correct the field that Replicate names.";
    REPLICATE_NOT_FOUND "replicate.not_found" NotFound Never "Check the model's or the prediction's name.";
    REPLICATE_TOO_LARGE "replicate.too_large" InvalidInput Never "Send a shorter recording.";
    REPLICATE_UNREACHABLE "replicate.unreachable" Network Later "Check the network and REPLICATE_BASE_URL, then try again.";
    REPLICATE_ANSWER_LOST "replicate.answer_lost" Network Later "The request may have arrived: look for the prediction before sending it again.";
    REPLICATE_UNAVAILABLE "replicate.unavailable" Provider Later "Replicate has trouble: try again later.";
    REPLICATE_BAD_ANSWER "replicate.bad_answer" Provider Never "Replicate answered something unexpected: try again, and report it if it persists.";
    REPLICATE_PREDICTION_FAILED "replicate.prediction_failed" Provider Later "Try again; if the model keeps failing, choose chatterbox-turbo.";
    REPLICATE_PREDICTION_CANCELLED "replicate.prediction_cancelled" Provider Later "Somebody or a time limit stopped it at Replicate: try again.";
    REPLICATE_TIMED_OUT "replicate.timed_out" Deadline Later "Give it more time, or try again later: the model may be starting.";
    REPLICATE_OUTPUT_EXPIRED "replicate.output_expired" Provider Later "Replicate deletes outputs after an hour: generate again.";
    REPLICATE_OUTPUT_REFUSED "replicate.output_refused" Provider Never "The output's address is not Replicate's: nothing was downloaded.";
    REPLICATE_OUTPUT_BROKEN "replicate.output_broken" Provider Later "The download was incomplete or is not audio: try again.";

    COG_URL "cog.url" InvalidInput Never "Set LOQUI_COG_URL to the address of the container, for instance http://gpu-box:5000.";
    COG_UNREACHABLE "cog.unreachable" Network Later "Check that the container runs and that LOQUI_COG_URL is its address.";
    COG_UNAVAILABLE "cog.unavailable" Provider Later "The container is loading its model, or is busy with others: try again later.";
    COG_BROKEN "cog.broken" Provider Never "Read the container's own log: its model did not start.";
    COG_PREDICTION_FAILED "cog.prediction_failed" Provider Later "Read the container's own log, then try again.";
    COG_BAD_ANSWER "cog.bad_answer" Provider Never "Check that a Chatterbox container of Cog answers at LOQUI_COG_URL.";

    WEBHOOK_INVALID "webhook.invalid" Authentication Never "Check the webhook secret, and pass the raw body and headers.";

    GENERATION_NOT_FOUND "generation.not_found" NotFound Never "Check the number: `loqui generations list` shows all.";
    GENERATION_CANCELLED "generation.cancelled" Cancelled Never "It was cancelled: retry it to go on.";
    GENERATION_DEADLINE "generation.deadline" Deadline Later "Give it more time, or retry it: finished segments are kept.";
    GENERATION_BUDGET "generation.budget" Payment Never "Raise the budget or shorten the script.";
    GENERATION_TAKES_EXHAUSTED "generation.takes_exhausted" Provider Later "Every take of a segment failed: retry, or change the text of that segment.";
    GENERATION_LATE_ANSWER "generation.late_answer" Provider Never "The provider began it long after it was asked: it was stopped there, and is in the books.";
    GENERATION_KEY_REUSED "generation.key_reused" InvalidInput Never "Use a new idempotency key for another request.";
    GENERATION_NOT_FINISHED "generation.not_finished" InvalidInput Later "Wait until it is COMPLETED.";
    GENERATION_NOT_FAILED "generation.not_failed" InvalidInput Never "Only failed generations can be retried.";
    GENERATION_ANSWER_UNKNOWN "generation.answer_unknown" Provider Never "Look at the predictions in your Replicate account: it could not be decided whether this one was made.";

    STORE_UNAVAILABLE "store.unavailable" Storage Later "Check that the data directory exists, is writable and has space.";
    STORE_CONFLICT "store.conflict" Storage Later "Another process works on it: wait for it.";
    STORE_CORRUPT "store.corrupt" Storage Never "Restore the data directory from a copy, or start with a new one.";
    STORE_TOO_NEW "store.too_new" Storage Never "Use a newer loqui, or another data directory.";

    OUTPUT_UNWRITABLE "output.unwritable" Storage Never "Choose a folder that exists and that you may write to.";
    OUTPUT_FORMAT "output.format" InvalidInput Never "Name the file with .wav, .flac, .opus or .mp3.";
    FILE_NOT_FOUND "file.not_found" NotFound Never "Check the path.";
    FILE_UNREADABLE "file.unreadable" Storage Never "Check the file's permissions.";

    USER_UNAUTHORIZED "user.unauthorized" Authentication Never "Sign in, and send the token or an API key as `Authorization: Bearer ...`.";
    USER_WRONG_PASSWORD "user.wrong_password" Authentication Never "Check user name and password.";
    USER_INACTIVE "user.inactive" Authentication Never "Ask whoever runs the server to enable the user.";
    USER_EXISTS "user.exists" InvalidInput Never "Choose another user name or address.";
    USER_NOT_FOUND "user.not_found" NotFound Never "`loqui users list` shows all users.";
    USER_REGISTRATION_CLOSED "user.registration_closed" Authentication Never "Ask whoever runs the server for a user.";
    USER_TOO_MANY_ATTEMPTS "user.too_many_attempts" RateLimited Later "Wait a few minutes before the next attempt.";
    USER_QUOTA "user.quota" RateLimited Later "Wait until something has ended, or delete what is not needed any more.";

    REQUEST_INVALID "request.invalid" InvalidInput Never "Correct the fields that are named; /docs shows what is expected.";
    REQUEST_UNKNOWN_ROUTE "request.unknown_route" NotFound Never "See /docs for all routes.";
    REQUEST_WRONG_METHOD "request.wrong_method" InvalidInput Never "Use a method that the header Allow names.";
    REQUEST_TOO_LARGE "request.too_large" InvalidInput Never "Send less.";
    REQUEST_TIMED_OUT "request.timed_out" Deadline Later "Try again; for long work, poll its status instead.";
    REQUEST_BUSY "request.busy" RateLimited Later "Try again in a moment.";

    USAGE "usage" InvalidInput Never "See `loqui --help`.";

    INTERNAL "internal" Internal Never "This is a defect of Loqui: please report it.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_unique_and_found_by_its_name() {
        let names: HashSet<_> = code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), code::ALL.len());
        for code in code::ALL {
            assert_eq!(Code::by_name(code.name()), Some(*code));
        }
    }
}
