//! The findings about recordings: code, severity, unit, message and hint of each.
//!
//! The hint of a code that is also an error code is the hint of that error.

use std::ops::Range;

use super::ReferenceLimits;
use super::thresholds::{
    CLIPPED_ERROR_PER_SECOND, CLIPPED_ERROR_SHARE, CLIPPED_WARNING_PER_SECOND, DC_ERROR, DC_WARNING,
    LEADING_SILENCE_SECONDS, LENGTH, LITTLE_SPEECH_SHARE, LONG_PAUSE_SECONDS, LOUD_DBFS, LOUD_DBTP,
    MUSIC_PLATEAU_SHARE, MUSIC_STEP_SEMITONES, NARROW_ERROR_RATE_HZ, NARROW_WARNING_BAND_HZ, NARROW_WARNING_RATE_HZ,
    NOISY_ERROR_SNR_DB, NOISY_WARNING_FLOOR_DBFS, NOISY_WARNING_SNR_DB, NOT_SPEECH_SHARE, QUIET_DBFS,
    REFERENCE_SECONDS, REVERBERANT_RATIO, SILENT_LUFS, SPEAKERS_SIMILARITY,
};
use crate::audio::{Content, DecodeError, HeaderFault, channels};
use crate::error::{Code, Error, code};
use crate::finding::{Finding, FindingCode, Severity};

/// An error whose code and hint are those of `code`.
fn error(code: &Code, message: String) -> Finding {
    Finding::new(Severity::Error, code.name(), message, code.hint().unwrap_or_default())
}

/// A warning with the code and hint of an error.
fn milder(code: &Code, message: String) -> Finding {
    Finding::new(Severity::Warning, code.name(), message, code.hint().unwrap_or_default())
}

fn warning(code: FindingCode, message: String, hint: impl Into<String>) -> Finding {
    Finding::new(Severity::Warning, code, message, hint)
}

/// Rounds to whole milliseconds.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

/// Formats a position in a recording, as players show it.
fn clock(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// Formats the length of a recording: in minutes from two minutes on.
fn length(seconds: f64) -> String {
    if seconds < 120.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// Turns a share into percent, rounded to a tenth.
fn percent(share: f64) -> f64 {
    (share * 1e3).round() / 10.0
}

pub(super) fn undecodable(failure: &DecodeError) -> Finding {
    let code = super::error::code_of(failure);
    let finding = match super::error::hint_of(failure) {
        Some(hint) => Finding::new(Severity::Error, code.name(), failure.to_string(), hint),
        None => error(code, failure.to_string()),
    };
    match failure {
        DecodeError::TooLarge { bytes, limit } => finding.with_measure(*bytes as f64, *limit as f64, "bytes"),
        _ => finding,
    }
}

/// The file could not be read.
pub(super) fn unreadable(cause: &Error) -> Finding {
    Finding::new(
        Severity::Error,
        cause.code(),
        cause.message(),
        cause.hint().unwrap_or_default(),
    )
}

pub(super) fn not_finite(samples: usize) -> Finding {
    let message = format!("{samples} samples are not finite or far above full scale");
    error(&code::SAMPLE_NOT_FINITE, message).with_measure(samples as f64, 0.0, "samples")
}

pub(super) fn truncated(seconds: f64, declared: Option<f64>) -> Finding {
    let hint = "Copy or download the recording again. The part that is there can be used.";
    match declared {
        Some(declared) if declared > seconds => {
            let message = format!("the file ends after {seconds:.1} s of the declared {declared:.1} s");
            warning(FindingCode::SampleTruncated, message, hint).with_measure(
                milliseconds(seconds),
                milliseconds(declared),
                "s",
            )
        }
        _ => warning(
            FindingCode::SampleTruncated,
            "the file ends in the middle of the audio".to_owned(),
            hint,
        ),
    }
}

pub(super) fn too_short(seconds: f64) -> Finding {
    let message = format!(
        "the recording lasts {seconds:.1} s; the minimum is {} s",
        LENGTH.minimum
    );
    error(&code::SAMPLE_TOO_SHORT, message).with_measure(milliseconds(seconds), LENGTH.minimum, "s")
}

/// The reference is too short for one model, at `seconds`.
pub(super) fn too_short_for(limits: &ReferenceLimits, seconds: f64) -> Finding {
    error(&code::SAMPLE_TOO_SHORT, limits.too_short_message(seconds)).with_measure(seconds, limits.min_seconds, "s")
}

/// The file was read as it is, and its header is wrong.
pub(super) fn wrong_header(fault: HeaderFault, seconds: f64) -> Finding {
    let message = match fault {
        HeaderFault::Stale { seconds: declared } => {
            format!("the header declares {declared:.1} s, but the file has {seconds:.1} s, which are used")
        }
        HeaderFault::NoSize => format!("the header does not declare a length; the file has {seconds:.1} s"),
        HeaderFault::Pieces(count) => format!("the file has {count} pieces of audio, which are joined"),
        HeaderFault::ByteRate(declared) => {
            format!("the header declares {declared} bytes per second, which contradicts the sample rate and is ignored")
        }
        HeaderFault::BlockSize(declared) => {
            format!("the header declares frames of {declared} bytes, which contradicts the sample size and is ignored")
        }
    };
    let hint = "No action needed. Other programs may read the file wrongly; save it again to repair it.";
    Finding::new(Severity::Note, FindingCode::SampleWrongHeader, message, hint)
}

pub(super) fn video() -> Finding {
    let message = "the file is a film; its sound is used".to_owned();
    Finding::new(Severity::Note, FindingCode::SampleVideo, message, "No action needed.")
}

pub(super) fn several_tracks(number: usize, of: usize) -> Finding {
    let message = format!("the file has {of} audio tracks; number {number} is used, which has the most speech");
    let hint = "No action needed. Save another track as a file of its own to use it.";
    Finding::new(Severity::Note, FindingCode::SampleSeveralTracks, message, hint)
}

/// The name of the file says that it is of another kind.
pub(super) fn wrong_extension(extension: &str, content: Content) -> Finding {
    let message = format!("the file is named .{extension}, but it is {content}");
    let hint = "No action needed. Other programs may not open the file under this name.";
    Finding::new(Severity::Note, FindingCode::SampleWrongExtension, message, hint)
}

pub(super) fn short(seconds: f64) -> Finding {
    let message = format!("the recording lasts only {seconds:.1} s");
    let hint = format!("Record {} s of speech for a closer clone.", LENGTH.good);
    warning(FindingCode::SampleShort, message, hint).with_measure(milliseconds(seconds), LENGTH.recommended, "s")
}

pub(super) fn short_speech(speech_seconds: f64) -> Finding {
    let message = format!("the recording has {speech_seconds:.1} s of speech");
    let hint = format!("Usable. {} s of speech give a closer clone.", LENGTH.good);
    Finding::new(Severity::Note, FindingCode::SampleShort, message, hint).with_measure(speech_seconds, LENGTH.good, "s")
}

/// `analyzed` is the part that was checked, in seconds. `capped` says that decoding stopped before the end.
pub(super) fn long(seconds: f64, analyzed: &Range<f64>, capped: bool) -> Finding {
    let more = if capped { "more than " } else { "" };
    let checked = if analyzed.end - analyzed.start < seconds - 0.5 {
        let (start, end) = (clock(analyzed.start), clock(analyzed.end));
        format!("the best part, from {start} to {end}, was checked, and ")
    } else {
        String::new()
    };
    let message = format!(
        "the recording lasts {more}{}; {checked}the model uses the best {REFERENCE_SECONDS} s",
        length(seconds)
    );
    let hint = format!("No action needed. Cut the recording yourself to choose the {REFERENCE_SECONDS} s.");
    warning(FindingCode::SampleLong, message, hint).with_measure(milliseconds(seconds), LENGTH.useful, "s")
}

/// `loudness_lufs` is absent where nothing is above the gate of the loudness measure.
pub(super) fn silent(loudness_lufs: Option<f64>) -> Finding {
    match loudness_lufs {
        Some(lufs) => error(
            &code::SAMPLE_SILENT,
            format!("the recording is almost silent ({lufs:.0} LUFS)"),
        )
        .with_measure(lufs, SILENT_LUFS, "LUFS"),
        None => error(&code::SAMPLE_SILENT, "the recording is silent".to_owned()),
    }
}

pub(super) fn quiet(rms_dbfs: f64) -> Finding {
    let message = format!("the recording is quiet ({rms_dbfs:.0} dBFS)");
    let hint = "Record closer to the microphone, or raise its gain.";
    warning(FindingCode::SampleQuiet, message, hint).with_measure(rms_dbfs, QUIET_DBFS, "dBFS")
}

pub(super) fn loud(rms_dbfs: f64) -> Finding {
    let message = format!("the recording is very loud ({rms_dbfs:.0} dBFS)");
    let hint = "Lower the gain of the microphone and record again without a limiter.";
    warning(FindingCode::SampleLoud, message, hint).with_measure(rms_dbfs, LOUD_DBFS, "dBFS")
}

pub(super) fn high_peak(true_peak_dbtp: f64) -> Finding {
    let message = format!("the true peak is {true_peak_dbtp:.1} dBTP");
    let hint = "No action needed. Leave 3 dB of headroom in the next recording.";
    Finding::new(Severity::Note, FindingCode::SampleLoud, message, hint).with_measure(true_peak_dbtp, LOUD_DBTP, "dBTP")
}

pub(super) fn dc_offset(offset: f64) -> Finding {
    let message = format!("the signal has a DC offset of {offset:.3} of full scale");
    if offset > DC_ERROR {
        error(&code::SAMPLE_DC_OFFSET, message).with_measure(offset, DC_ERROR, "full scale")
    } else {
        milder(&code::SAMPLE_DC_OFFSET, format!("{message}, which is removed")).with_measure(
            offset,
            DC_WARNING,
            "full scale",
        )
    }
}

pub(super) fn clipped(runs_per_second: f64) -> Finding {
    if runs_per_second > CLIPPED_ERROR_PER_SECOND {
        let message = format!("the peaks are clipped {runs_per_second:.0} times per second");
        error(&code::SAMPLE_CLIPPED, message).with_measure(runs_per_second, CLIPPED_ERROR_PER_SECOND, "1/s")
    } else {
        let message = format!("the peaks are clipped {runs_per_second:.1} times per second");
        milder(&code::SAMPLE_CLIPPED, message).with_measure(runs_per_second, CLIPPED_WARNING_PER_SECOND, "1/s")
    }
}

pub(super) fn clipped_share(share: f64) -> Finding {
    let message = format!("{:.1} % of the samples are clipped", percent(share));
    error(&code::SAMPLE_CLIPPED, message).with_measure(percent(share), percent(CLIPPED_ERROR_SHARE), "%")
}

pub(super) fn noisy(snr_db: f64) -> Finding {
    if snr_db < NOISY_ERROR_SNR_DB {
        let message = format!("the voice is only {snr_db:.0} dB above the noise");
        error(&code::SAMPLE_NOISY, message).with_measure(snr_db, NOISY_ERROR_SNR_DB, "dB")
    } else {
        let message = format!("the voice is {snr_db:.0} dB above the noise, which will be audible in the clone");
        milder(&code::SAMPLE_NOISY, message).with_measure(snr_db, NOISY_WARNING_SNR_DB, "dB")
    }
}

pub(super) fn noisy_pauses(floor_dbfs: f64) -> Finding {
    let message = format!("the noise between words is audible ({floor_dbfs:.0} dBFS)");
    milder(&code::SAMPLE_NOISY, message).with_measure(floor_dbfs, NOISY_WARNING_FLOOR_DBFS, "dBFS")
}

pub(super) fn low_sample_rate(hz: f64) -> Finding {
    if hz < NARROW_ERROR_RATE_HZ {
        let message = format!("the sample rate of {hz} Hz is too low for consonants");
        error(&code::SAMPLE_NARROW_BAND, message).with_measure(hz, NARROW_ERROR_RATE_HZ, "Hz")
    } else {
        let message = format!("the sample rate of {hz} Hz makes the voice dull");
        milder(&code::SAMPLE_NARROW_BAND, message).with_measure(hz, NARROW_WARNING_RATE_HZ, "Hz")
    }
}

pub(super) fn narrow_band(bandwidth_hz: f64) -> Finding {
    let message = format!("there is nothing above {bandwidth_hz:.0} Hz, as in a telephone recording");
    milder(&code::SAMPLE_NARROW_BAND, message).with_measure(bandwidth_hz, NARROW_WARNING_BAND_HZ, "Hz")
}

pub(super) fn no_speech(speech_seconds: f64, is_music: bool) -> Finding {
    let music = if is_music { "; it sounds like music" } else { "" };
    let message = format!(
        "there are only {speech_seconds:.1} s of speech; the minimum is {} s{music}",
        LENGTH.minimum
    );
    error(&code::SAMPLE_NO_SPEECH, message).with_measure(speech_seconds, LENGTH.minimum, "s")
}

pub(super) fn mostly_other_sound(speech_share: f64) -> Finding {
    let message = format!("only {:.0} % of the sound is speech", percent(speech_share));
    error(&code::SAMPLE_NO_SPEECH, message).with_measure(percent(speech_share), percent(NOT_SPEECH_SHARE), "%")
}

pub(super) fn little_speech(speech_share: f64) -> Finding {
    let message = format!("only {:.0} % of the recording is speech", percent(speech_share));
    let hint = "Cut out music, noise and pauses.";
    warning(FindingCode::SampleLittleSpeech, message, hint).with_measure(
        percent(speech_share),
        percent(LITTLE_SPEECH_SHARE),
        "%",
    )
}

pub(super) fn leading_silence(seconds: f64) -> Finding {
    let message = format!("the recording starts with {seconds:.1} s of silence, which is trimmed");
    let hint = "No action needed. Start to speak right away in the next recording.";
    warning(FindingCode::SampleLeadingSilence, message, hint).with_measure(seconds, LEADING_SILENCE_SECONDS, "s")
}

pub(super) fn long_pause(seconds: f64) -> Finding {
    let message = format!("the recording has a pause of {seconds:.1} s");
    let hint = "Speak without long pauses, or cut them out. The model learns them.";
    warning(FindingCode::SampleLongPause, message, hint).with_measure(seconds, LONG_PAUSE_SECONDS, "s")
}

/// The pitch step is absent if only the share of held notes indicates music.
pub(super) fn music(pitch_step_semitones: Option<f64>, held_note_share: f64) -> Finding {
    let message = "it sounds like singing or music: the pitch holds notes instead of gliding".to_owned();
    let hint = "Use speech without music. Ignore this if the recording is plain speech.";
    let finding = warning(FindingCode::SampleMusic, message, hint);
    match pitch_step_semitones {
        Some(step) => finding.with_measure(step, MUSIC_STEP_SEMITONES, "semitones in 10 ms"),
        None => finding.with_measure(held_note_share, MUSIC_PLATEAU_SHARE, "share of held notes"),
    }
}

pub(super) fn several_speakers(similarity: f64, second_share: f64) -> Finding {
    let message = format!(
        "more than one person seems to speak: {:.0} % of the speech is another voice",
        second_share * 100.0
    );
    let hint = "Choose one of the speakers by number, or cut out all but one. Otherwise the clone mixes their voices.";
    warning(FindingCode::SampleSeveralSpeakers, message, hint).with_measure(
        similarity,
        SPEAKERS_SIMILARITY,
        "similarity",
    )
}

/// One of several recordings is of another speaker.
pub(super) fn other_speaker(name: &str, similarity: f64, limit: f64) -> Finding {
    let message = format!("{name} is left out: another person seems to speak");
    let hint = "Leave it out, or make a voice of its own from it.";
    warning(FindingCode::SampleOtherSpeaker, message, hint).with_measure(similarity, limit, "similarity")
}

/// One of several recordings is unusable.
pub(super) fn left_out(name: &str, reason: &str) -> Finding {
    let message = format!("{name} is left out: {reason}");
    let hint = "No action needed. The voice is made from the other recordings.";
    warning(FindingCode::SampleLeftOut, message, hint)
}

pub(super) fn reverberant(ratio: f64) -> Finding {
    let message = format!("the room is reverberant: it blurs the syllables (modulation ratio {ratio:.1})");
    let hint = "Record in a room with curtains, carpets or clothes, closer to the microphone.";
    warning(FindingCode::SampleReverberant, message, hint).with_measure(
        ratio,
        REVERBERANT_RATIO,
        "slow / fast modulation",
    )
}

/// `used` names the channel that is used.
pub(super) fn out_of_phase(used: &str, correlation: Option<f64>) -> Finding {
    let message = format!("the channels have opposite phases and would cancel each other in mono; only {used} is used");
    let hint =
        "No action needed. Other programs may mix the channels to silence; invert one of them to repair the file.";
    let finding = warning(FindingCode::SampleOutOfPhase, message, hint);
    match correlation {
        Some(correlation) => finding.with_measure(correlation, channels::OPPOSITE, "correlation"),
        None => finding,
    }
}

/// Some channels are left out.
pub(super) fn one_channel(used: &str, others: &str) -> Finding {
    let message = format!("only {used} is used; {others}");
    Finding::new(
        Severity::Note,
        FindingCode::SampleOneChannel,
        message,
        "No action needed.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readme_states_the_limits_of_the_table() {
        let readme = include_str!("../../../README.md");
        for words in [
            format!("Use {} to {} seconds", LENGTH.recommended, LENGTH.useful),
            format!("| below {} s | refused (`sample.too_short`) |", LENGTH.minimum),
            format!("| below {} s | a warning (`sample.short`) |", LENGTH.recommended),
            format!("| less than {} s of speech | a note", LENGTH.good),
            format!(
                "| above {} s | a warning (`sample.long`): models use the best {REFERENCE_SECONDS} s |",
                LENGTH.useful
            ),
            format!("| above {} s | the best minute", LENGTH.analyzed),
            format!("up to {} h |", LENGTH.maximum / 3600.0),
        ] {
            assert!(readme.contains(&words), "the README lacks: {words}");
        }
    }

    /// The hints of error codes are static text. This test keeps them consistent with the table of limits.
    #[test]
    fn hints_about_the_length_state_the_limits_of_the_table() {
        let too_short = format!(
            "Record {} seconds of speech; {} is the recommended minimum.",
            LENGTH.good, LENGTH.recommended
        );
        let too_large = format!(
            "Cut the recording to its best {} to {} seconds.",
            LENGTH.good, LENGTH.useful
        );
        assert_eq!(code::SAMPLE_TOO_SHORT.hint(), Some(too_short.as_str()));
        assert_eq!(code::SAMPLE_TOO_LARGE.hint(), Some(too_large.as_str()));
    }
}
