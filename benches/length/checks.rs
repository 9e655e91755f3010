//! Checks of finished speech of any length.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use loqui_core::audio::{SPEECH_RATE, dbfs};
use loqui_core::ledger::{GenerationRecord, TakeRecord};
use loqui_emulator::Ledger;
use loqui_offline::{Settings, Voice};

/// The model's hard limit, in characters.
const MOST_CHARACTERS: usize = 300;
/// Precision of recorded times: half a sample.
const EXACT_SECONDS: f64 = 0.5 / SPEECH_RATE as f64;
/// Level below which a segment counts as missing.
const QUIETEST_DBFS: f64 = -40.0;
/// Tolerance of a take's duration, in seconds.
const TAKE_SECONDS: f64 = 0.001;

/// Descriptions of all problems. Empty means success.
pub(crate) type Wrong = Vec<String>;

/// Checks that the segments, in order, are the text, separated only by white space.
pub(crate) fn text(record: &GenerationRecord) -> Wrong {
    let mut wrong = Wrong::new();
    let mut at = 0;
    for segment in &record.segments {
        let between = record.script.get(at..segment.span.start);
        if between.is_none_or(|between| !between.trim().is_empty()) {
            wrong.push(format!("{between:?} before segment {} is in no segment", segment.index));
        }
        if record.script.get(segment.span.clone()) != Some(segment.text.as_str()) {
            wrong.push(format!("segment {} differs from the script", segment.index));
        }
        if segment.spoken.chars().count() > MOST_CHARACTERS {
            wrong.push(format!("segment {} is too long for the model", segment.index));
        }
        at = segment.span.end;
    }
    if !record.script[at..].trim().is_empty() {
        wrong.push("the end of the text is in no segment".to_owned());
    }
    wrong
}

/// Number of takes beyond the first of each segment.
pub(crate) fn retakes(record: &GenerationRecord, takes: &[TakeRecord]) -> usize {
    takes.len() - record.segments.len()
}

/// Checks that each segment has exactly one kept take, and that the provider's ledger also has every rejected take.
pub(crate) fn takes(record: &GenerationRecord, takes: &[TakeRecord], ledger: Option<&Ledger>) -> Wrong {
    let mut wrong = Wrong::new();
    for segment in &record.segments {
        let kept = |take: &&TakeRecord| take.segment == segment.index && take.is_kept();
        if takes.iter().filter(kept).count() != 1 {
            wrong.push(format!("segment {} does not have exactly one kept take", segment.index));
        }
    }
    let Some(ledger) = ledger else { return wrong };
    if ledger.creates.len() != record.segments.len() + retakes(record, takes) {
        let (creates, retakes) = (ledger.creates.len(), retakes(record, takes));
        wrong.push(format!(
            "{creates} creates for {} segments and {retakes} repeated takes",
            record.segments.len()
        ));
    }
    let mut said: HashMap<&str, usize> = HashMap::new();
    for create in &ledger.creates {
        *said.entry(&create.text).or_default() += 1;
    }
    for segment in &record.segments {
        if !said.contains_key(segment.spoken.as_str()) {
            wrong.push(format!("segment {} was never sent to the provider", segment.index));
        }
    }
    wrong
}

/// Checks that segments and pauses are contiguous up to the last sample, and that each segment is audible.
pub(crate) fn recording(record: &GenerationRecord, file: &Path) -> Wrong {
    let Some(speech) = &record.speech else {
        return vec!["there is no speech".to_owned()];
    };
    let mut wrong = Wrong::new();
    let mut end = 0.0;
    for (segment, (start, stop)) in record.segments.iter().zip(&speech.times) {
        if (start - end).abs() > EXACT_SECONDS {
            wrong.push(format!(
                "the start of segment {} is off by {:.4} s",
                segment.index,
                start - end
            ));
        }
        end = stop + segment.pause().as_secs_f64();
    }
    let last = speech.times.last().map_or(0.0, |(_, stop)| *stop);
    if (last - speech.seconds).abs() > EXACT_SECONDS || speech.times.len() != record.segments.len() {
        wrong.push(format!(
            "the segments end at {last} s, the speech at {} s",
            speech.seconds
        ));
    }
    match sounds(file, &speech.times) {
        Ok((samples, quiet)) => {
            let seconds = samples as f64 / f64::from(SPEECH_RATE);
            if (seconds - speech.seconds).abs() > EXACT_SECONDS {
                wrong.push(format!("the file has {seconds} s, the record {}", speech.seconds));
            }
            wrong.extend(quiet.iter().map(|index| format!("segment {index} is not audible")));
        }
        Err(error) => wrong.push(format!("the file is not a valid WAV file: {error}")),
    }
    wrong
}

/// Number of samples in a file, and its quiet ranges. Holds one second in memory.
fn sounds(file: &Path, times: &[(f64, f64)]) -> Result<(usize, Vec<usize>), hound::Error> {
    let mut reader = hound::WavReader::new(BufReader::new(File::open(file)?))?;
    let spec = reader.spec();
    if (spec.channels, spec.sample_rate, spec.bits_per_sample) != (1, SPEECH_RATE, 16) {
        return Err(hound::Error::Unsupported);
    }
    let place = |seconds: f64| (seconds * f64::from(SPEECH_RATE)).round() as usize;
    let mut samples = reader.samples::<i16>();
    let (mut at, mut quiet) = (0, Vec::new());
    for (index, (start, stop)) in times.iter().enumerate() {
        let mut power = 0.0;
        while at < place(*stop) {
            let Some(sample) = samples.next() else { break };
            let sample = f64::from(sample?) / 32768.0;
            if at >= place(*start) {
                power += sample * sample;
            }
            at += 1;
        }
        let length = place(*stop).saturating_sub(place(*start)).max(1);
        if dbfs((power / length as f64).sqrt()) < QUIETEST_DBFS {
            quiet.push(index);
        }
    }
    for sample in samples {
        sample?;
        at += 1;
    }
    Ok((at, quiet))
}

/// Checks that each take has the duration that the voice predicts for its phonemes.
pub(crate) fn words(record: &GenerationRecord, takes: &[TakeRecord], voice: &Voice) -> Wrong {
    lengths(record, takes, |spoken| {
        voice.expected_seconds(spoken, &Settings::default()).unwrap_or(f64::NAN)
    })
}

/// The same for the emulator's tone, whose duration follows the number of characters.
pub(crate) fn characters(record: &GenerationRecord, takes: &[TakeRecord]) -> Wrong {
    lengths(record, takes, |spoken| (spoken.chars().count() as f64 / 15.0).max(0.2))
}

fn lengths(record: &GenerationRecord, takes: &[TakeRecord], expected: impl Fn(&str) -> f64) -> Wrong {
    let mut wrong = Wrong::new();
    for segment in &record.segments {
        let kept = takes
            .iter()
            .find(|take| take.segment == segment.index && take.is_kept());
        let actual = kept.and_then(TakeRecord::seconds).unwrap_or_default();
        let expected = expected(&segment.spoken);
        let off = (actual - expected).abs();
        if off.is_nan() || off > TAKE_SECONDS {
            wrong.push(format!(
                "segment {} has {actual:.3} s, {expected:.3} s are expected",
                segment.index
            ));
        }
    }
    wrong
}
