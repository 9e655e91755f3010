//! The error codes of the library, in one table.
//!
//! `cargo xtask generate` writes this table and that of the program to `tests/spec/errors.toml`.

use super::{ErrorKind, Retry};

/// A stable error code and its fixed properties.
///
/// The library's codes are the constants in [`code`]. A program defines codes of its own with [`Code::new`].
///
/// # Examples
///
/// ```
/// use loqui_core::error::Code;
/// use loqui_core::{Error, ErrorKind, Retry};
///
/// static QUOTA: Code = Code::new("app.quota", ErrorKind::Payment, Retry::Never, "Upgrade the plan.");
///
/// let error = Error::new(&QUOTA, "the plan allows 10 generations a day");
/// assert!(error.is(&QUOTA));
/// assert_eq!(error.hint(), Some("Upgrade the plan."));
/// ```
#[derive(Debug)]
pub struct Code {
    name: &'static str,
    kind: ErrorKind,
    retry: Retry,
    hint: Option<&'static str>,
}

impl Code {
    /// Defines a code: its name, its kind, whether retrying usually helps, and the default hint.
    pub const fn new(name: &'static str, kind: ErrorKind, retry: Retry, hint: &'static str) -> Self {
        Self {
            name,
            kind,
            retry,
            hint: Some(hint),
        }
    }

    /// Returns the name that every interface shows, for instance `sample.too_short`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the kind.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns whether retrying usually helps.
    pub const fn retry(&self) -> Retry {
        self.retry
    }

    /// Returns the default hint.
    pub const fn hint(&self) -> Option<&'static str> {
        self.hint
    }

    /// Finds a code of the library by its name, for instance to turn a stored error into an [`Error`](super::Error).
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
        /// The library's codes as constants.
        pub mod code {
            use super::{Code, ErrorKind, Retry};

            $(
                #[doc = concat!("`", $name, "`: ", $hint)]
                pub static $constant: Code = Code::new($name, ErrorKind::$kind, Retry::$retry, $hint);
            )*

            /// All codes of the library.
            pub static ALL: &[&Code] = &[$(&$constant),*];
        }
    };
}

codes! {
    SAMPLE_UNREADABLE "sample.unreadable" InvalidInput Never "Export the recording as WAV or MP3 and try again.";
    SAMPLE_UNSUPPORTED_FORMAT "sample.unsupported_format" InvalidInput Never "Convert the recording to WAV or MP3.";
    SAMPLE_TOO_LARGE "sample.too_large" InvalidInput Never "Cut the recording to its best 10 to 30 seconds.";
    SAMPLE_TOO_SHORT "sample.too_short" InvalidInput Never "Record 10 seconds of speech; 5 is the recommended minimum.";
    SAMPLE_SILENT "sample.silent" InvalidInput Never "Check the microphone, and record again closer to it.";
    SAMPLE_CLIPPED "sample.clipped" InvalidInput Never "Lower the microphone's gain and record again.";
    SAMPLE_NOISY "sample.noisy" InvalidInput Never "Record again in a quieter place, closer to the microphone.";
    SAMPLE_NARROW_BAND "sample.narrow_band" InvalidInput Never "Record with a sample rate of at least 16 kHz.";
    SAMPLE_NO_SPEECH "sample.no_speech" InvalidInput Never "Use a recording of one person speaking.";
    SAMPLE_NO_SPEAKER "sample.no_speaker" InvalidInput Never "List the speakers of the recording, and choose one of their numbers.";
    SAMPLE_DC_OFFSET "sample.dc_offset" InvalidInput Never "Check the sound card or the cable and record again.";
    SAMPLE_NOT_FINITE "sample.not_finite" InvalidInput Never "Export the recording again as 16-bit WAV.";
    SAMPLE_IN_USE "sample.in_use" InvalidInput Later "Wait for the generations that use the sample, or cancel them.";
    SAMPLE_NO_CONSENT "sample.no_consent" InvalidInput Never "Record the consent of the speaker with the sample.";
    SAMPLE_NOT_FOUND "sample.not_found" NotFound Never "Check the number, name or path of the sample.";

    SCRIPT_EMPTY "script.empty" InvalidInput Never "Provide text to speak.";
    SCRIPT_TOO_LONG "script.too_long" InvalidInput Never "Split the text into several generations.";
    SCRIPT_UNSPEAKABLE "script.unspeakable" InvalidInput Never "Write the text in letters; emoji and symbols cannot be spoken.";
    SCRIPT_WRONG_LANGUAGE "script.wrong_language" InvalidInput Never "Choose a model that supports this language.";
    SCRIPT_UNREADABLE "script.unreadable" InvalidInput Never "Save the script as UTF-8 text.";
    SCRIPT_VOICE_MISSING "script.voice_missing" InvalidInput Never "Give each label of the script a recording or a kept sample.";
    SCRIPT_DOCUMENT "script.document" InvalidInput Never "Write the document as docs/documents.md describes.";
    SCRIPT_BOOK "script.book" InvalidInput Never "Provide a book in EPUB format with text.";
    SCRIPT_PRONUNCIATIONS "script.pronunciations" InvalidInput Never "Write one line per term: term = respelling";

    OPTION_OUT_OF_RANGE "option.out_of_range" InvalidInput Never "Use a value inside the range.";
    OPTION_UNSUPPORTED "option.unsupported" InvalidInput Never "Remove the option, or choose a model that supports it.";

    ENGINE_UNKNOWN "engine.unknown" InvalidInput Never "Use replicate, pocket, offline, cog or openai.";
    ENGINE_UNAVAILABLE "engine.unavailable" InvalidInput Never "Enable the Cargo feature of this engine, or choose another engine.";
    ENGINE_FAILED "engine.failed" Provider Later "Try again, and report it if it persists.";
    ENGINE_LANGUAGE "engine.language" InvalidInput Never "The offline voice supports English only. Use chatterbox-multilingual on Replicate.";

    MODEL_UNKNOWN "model.unknown" InvalidInput Never "Use resemble-ai/chatterbox, chatterbox-turbo or chatterbox-multilingual.";
    MODEL_NO_REFERENCE "model.no_reference" InvalidInput Never "Use chatterbox, chatterbox-turbo or chatterbox-multilingual, which clone the voice of a recording.";

    REPLICATE_MISSING_TOKEN "replicate.missing_token" Authentication Never "Set REPLICATE_API_TOKEN, or choose the engine offline.";
    REPLICATE_BASE_URL "replicate.base_url" InvalidInput Never "Use an https address, or an http address of this machine, without user name and query.";
    REPLICATE_UNAUTHORIZED "replicate.unauthorized" Authentication Never "Check REPLICATE_API_TOKEN, or create a new token in the account settings of Replicate.";
    REPLICATE_INSUFFICIENT_CREDIT "replicate.insufficient_credit" Payment Never "Add credit to the Replicate account, wait a few minutes, then retry.";
    REPLICATE_RATE_LIMITED "replicate.rate_limited" RateLimited Later "Retry later. Replicate limits accounts with little credit to 6 requests per minute.";
    REPLICATE_INVALID_INPUT "replicate.invalid_input" InvalidInput Never "Correct the field that Replicate reports.";
    REPLICATE_NOT_FOUND "replicate.not_found" NotFound Never "Check the name of the model or the id of the prediction.";
    REPLICATE_TOO_LARGE "replicate.too_large" InvalidInput Never "Send a shorter recording.";
    REPLICATE_UNREACHABLE "replicate.unreachable" Network Later "Check the network and REPLICATE_BASE_URL, then try again.";
    REPLICATE_ANSWER_LOST "replicate.answer_lost" Network Later "The request may have been received. Look for the prediction before you send it again.";
    REPLICATE_UNAVAILABLE "replicate.unavailable" Provider Later "Replicate is unavailable. Try again later.";
    REPLICATE_BAD_ANSWER "replicate.bad_answer" Provider Never "Replicate sent an unexpected response. Try again, and report it if it persists.";
    REPLICATE_PREDICTION_FAILED "replicate.prediction_failed" Provider Later "Try again. If the model keeps failing, choose chatterbox-turbo.";
    REPLICATE_PREDICTION_CANCELLED "replicate.prediction_cancelled" Provider Later "The prediction was cancelled at Replicate or reached a time limit there. Try again.";
    REPLICATE_TIMED_OUT "replicate.timed_out" Deadline Later "Increase the time limit, or try again later. The model may be starting.";
    REPLICATE_OUTPUT_EXPIRED "replicate.output_expired" Provider Later "Replicate deletes outputs after one hour. Generate the speech again.";
    REPLICATE_OUTPUT_REFUSED "replicate.output_refused" Provider Never "The address of the output does not belong to Replicate. Nothing was downloaded.";
    REPLICATE_OUTPUT_BROKEN "replicate.output_broken" Provider Later "The download is incomplete or is not audio. Try again.";

    POCKET_UNKNOWN_MODEL "pocket.unknown_model" InvalidInput Never "Use a published model, or add a folder with the files of the model.";
    POCKET_INVALID_NAME "pocket.invalid_name" InvalidInput Never "Use up to 64 letters, digits, dots, hyphens and underscores.";
    POCKET_NOT_INSTALLED "pocket.not_installed" NotFound Never "Pull the model first.";
    POCKET_EXISTS "pocket.exists" InvalidInput Never "Remove the installed model first, or choose another name.";
    POCKET_TERMS_NOT_ACCEPTED "pocket.terms_not_accepted" InvalidInput Never "Read the conditions of the model and accept them.";
    POCKET_ACCESS_DENIED "pocket.access_denied" Authentication Never "Accept the access form of the model at the hub, and set HF_TOKEN to a token of that account.";
    POCKET_NOT_FOUND "pocket.not_found" NotFound Never "Check the address of the model.";
    POCKET_ADDRESS "pocket.address" InvalidInput Never "Use an https address without user name and query, or an http address of this machine.";
    POCKET_UNREACHABLE "pocket.unreachable" Network Later "Check the network and pull again. The download continues where it ended.";
    POCKET_UNEXPECTED_ANSWER "pocket.unexpected_answer" Provider Never "Check the address. A proxy may have answered instead of the server.";
    POCKET_HASH_MISMATCH "pocket.hash_mismatch" Provider Never "Pull again. If it persists, do not use the file: it is not the one that was published.";
    POCKET_DAMAGED "pocket.damaged" Storage Never "Pull or add the model again.";
    POCKET_INVALID_MODEL "pocket.invalid_model" InvalidInput Never "Check that weights, tokenizer and configuration belong to one model.";
    POCKET_ALREADY_QUANTIZED "pocket.already_quantized" InvalidInput Never "Quantise the model that it was made from, or use it as it is.";
    POCKET_NO_SPACE "pocket.no_space" Storage Never "Free space on the disk, or choose another folder for models.";
    POCKET_STORAGE "pocket.storage" Storage Never "Check the permissions of the folder of models.";
    POCKET_OFFLINE "pocket.offline" InvalidInput Never "Unset HF_HUB_OFFLINE, or add the model from a folder.";
    POCKET_CANCELLED "pocket.cancelled" Cancelled Never "Pull again to continue.";

    OPENAI_URL "openai.url" InvalidInput Never "Set LOQUI_OPENAI_URL to the address of the server, for instance http://gpu-box:8004.";
    OPENAI_UNREACHABLE "openai.unreachable" Network Later "Check that the server is running and that LOQUI_OPENAI_URL is its address.";
    OPENAI_UNAUTHORIZED "openai.unauthorized" Authentication Never "Set LOQUI_OPENAI_KEY to a key of the server.";
    OPENAI_UNAVAILABLE "openai.unavailable" RateLimited Later "The server is loading its model or is busy. Try again later.";
    OPENAI_NO_VOICE "openai.no_voice" InvalidInput Never "Set LOQUI_OPENAI_VOICES, for instance `anna=alloy` or `*=alloy`, or use a server that takes recordings.";
    OPENAI_REFUSED "openai.refused" InvalidInput Never "Check the model and the options. The message is that of the server.";
    OPENAI_FAILED "openai.failed" Provider Later "Read the log of the server, then try again.";
    OPENAI_ANSWER_LOST "openai.answer_lost" Network Later "The server may have spoken and charged the text.";
    OPENAI_BAD_ANSWER "openai.bad_answer" Provider Never "Check that LOQUI_OPENAI_URL is the address of a server with the speech route of OpenAI.";

    COG_URL "cog.url" InvalidInput Never "Set LOQUI_COG_URL to the address of the container, for instance http://gpu-box:5000.";
    COG_UNREACHABLE "cog.unreachable" Network Later "Check that the container is running and that LOQUI_COG_URL is its address.";
    COG_UNAVAILABLE "cog.unavailable" Provider Later "The container is loading its model or is busy. Try again later.";
    COG_BROKEN "cog.broken" Provider Never "The model did not start. Read the log of the container.";
    COG_PREDICTION_FAILED "cog.prediction_failed" Provider Later "Read the log of the container, then try again.";
    COG_BAD_ANSWER "cog.bad_answer" Provider Never "Check that LOQUI_COG_URL is the address of a Cog container with a Chatterbox model.";

    WEBHOOK_INVALID "webhook.invalid" Authentication Never "Check the webhook secret, and pass the unmodified body and headers.";

    GENERATION_NOT_FOUND "generation.not_found" NotFound Never "Check the number of the generation.";
    GENERATION_CANCELLED "generation.cancelled" Cancelled Never "Retry the generation to continue it.";
    GENERATION_DEADLINE "generation.deadline" Deadline Later "Increase the deadline, or retry the generation. Finished segments are kept.";
    GENERATION_BUDGET "generation.budget" Payment Never "Raise the budget or shorten the script.";
    GENERATION_TAKES_EXHAUSTED "generation.takes_exhausted" Provider Later "Retry the generation, or change the text of the segment.";
    GENERATION_LATE_ANSWER "generation.late_answer" Provider Never "The provider started the prediction too late. It was cancelled, and its cost is recorded.";
    GENERATION_KEY_REUSED "generation.key_reused" InvalidInput Never "Use a new idempotency key for a different request.";
    GENERATION_NOT_FINISHED "generation.not_finished" InvalidInput Later "Wait until the status is COMPLETED.";
    GENERATION_NOT_EDITABLE "generation.not_editable" InvalidInput Never "Speak the script again with the option editable.";
    GENERATION_NO_SENTENCE "generation.no_sentence" NotFound Never "Check the numbers of the sentences and takes of the generation.";
    GENERATION_NOT_FAILED "generation.not_failed" InvalidInput Never "Only failed generations can be retried.";
    GENERATION_ANSWER_UNKNOWN "generation.answer_unknown" Provider Never "Check the predictions in your Replicate account. It is unknown whether this one was created.";

    STORE_UNAVAILABLE "store.unavailable" Storage Later "Check that the data directory exists, is writable and has space.";
    STORE_CONFLICT "store.conflict" Storage Later "Another process owns the generation. Wait for that process.";
    STORE_CORRUPT "store.corrupt" Storage Never "Restore the data directory from a backup, or use a new one.";
    STORE_NO_DATABASE "store.no_database" Storage Never "Keep the records in SQLite or Postgres: set a data directory or the address of a database.";
    STORE_NOT_EMPTY "store.not_empty" InvalidInput Never "Restore into an empty data directory or database, or allow the restore to replace the records.";
    STORE_IN_USE "store.in_use" Storage Later "Stop all programs that use the records, and try again.";
    STORE_TOO_NEW "store.too_new" Storage Never "Upgrade Loqui, or use another data directory.";

    OUTPUT_UNWRITABLE "output.unwritable" Storage Never "Choose a folder that exists and is writable.";
    OUTPUT_FORMAT "output.format" InvalidInput Never "Use the file extension .wav, .flac, .opus, .mp3 or .m4b.";
    OUTPUT_COVER "output.cover" InvalidInput Never "Provide the cover as a JPEG or PNG file.";
    FILE_NOT_FOUND "file.not_found" NotFound Never "Check the path.";
    FILE_UNREADABLE "file.unreadable" Storage Never "Check the file's permissions.";

    INTERNAL "internal" Internal Never "This is a bug in Loqui. Please report it.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_can_be_found_by_name() {
        let names: HashSet<_> = code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), code::ALL.len());
        for code in code::ALL {
            assert_eq!(Code::by_name(code.name()), Some(*code));
        }
    }

    /// The library does not know which program shows its hints.
    #[test]
    fn hints_name_no_command_line_and_no_route() {
        for code in code::ALL {
            let hint = code.hint().unwrap_or_default();
            assert!(
                !hint.contains("`loqui ") && !hint.contains(" --") && !hint.contains(" /"),
                "{hint}"
            );
        }
    }
}
