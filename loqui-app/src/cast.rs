//! The voices of a command: one for text without a label, and one for each label of the script.

use std::path::{Path, PathBuf};

use loqui_core::options::VoiceOptions;
use loqui_core::{Error, Generation, Loqui, Request, Sample, SampleId, Voice};
use serde_json::{Map, Value};

use crate::code;
use crate::failure::Failure;
use crate::recording::PreparationFlags;
use crate::{recording, voices};

/// The voices: recordings or kept samples.
#[derive(Debug, clap::Args)]
pub(crate) struct VoiceFlags {
    /// Recording of the voice: 5 to 30 seconds of clear speech; `-` reads it from stdin. Several make one voice
    #[arg(short, long = "sample", value_name = "FILE")]
    samples: Vec<PathBuf>,

    #[command(flatten)]
    preparation: PreparationFlags,

    /// Stored sample, by handle, name or id; see `loqui samples`. `LABEL=FILE` or `LABEL=NAME` gives a label of the script its
    /// voice, and may be given several times
    #[arg(short, long = "voice", value_name = "NAME")]
    voices: Vec<String>,

    /// Option of one of several voices, for example `bob.gain=-2` (dB) or `bob.exaggeration=0.7`. May be given several times
    #[arg(long = "voice-option", value_name = "LABEL.NAME=VALUE")]
    options: Vec<String>,
}

/// The source of a voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VoiceSource {
    /// A recording.
    File(PathBuf),
    /// Recordings of one voice, with what is done to them first.
    Prepared(Vec<PathBuf>, PreparationFlags),
    /// The name or id of a kept sample.
    Kept(String),
}

impl VoiceSource {
    /// A file if there is one of this name, otherwise a kept sample.
    pub(crate) fn of(written: &str) -> Self {
        if recording::is_stdin(Path::new(written)) || Path::new(written).is_file() {
            Self::File(written.into())
        } else {
            Self::Kept(written.to_owned())
        }
    }

    /// Reads the recording, or finds the kept sample.
    ///
    /// # Errors
    ///
    /// Those of [`recording::open`] and [`voices::find`].
    pub(crate) async fn open(&self, loqui: &Loqui) -> Result<OpenVoice, Failure> {
        match self {
            Self::File(path) => Ok(OpenVoice::Given(recording::open(loqui, path).await?)),
            Self::Prepared(paths, flags) => Ok(OpenVoice::Given(recording::open_all(loqui, paths, flags).await?)),
            Self::Kept(name) => match voices::find(loqui, name).await {
                Ok(kept) => Ok(OpenVoice::Kept(kept.id, kept.sha256)),
                // A path that does not exist.
                Err(failure) if failure.error().is(&code::SAMPLE_NOT_FOUND) && is_path(name) => {
                    Ok(OpenVoice::Given(recording::open(loqui, Path::new(name)).await?))
                }
                Err(failure) => Err(failure),
            },
        }
    }
}

fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some()
}

/// A voice that was found.
#[derive(Clone, Debug)]
pub(crate) enum OpenVoice {
    Given(Sample),
    /// A kept sample, with the hash of its recording.
    Kept(SampleId, String),
}

impl OpenVoice {
    pub(crate) fn voice(&self) -> Voice {
        match self {
            Self::Given(sample) => Voice::new(sample),
            Self::Kept(id, _) => Voice::stored(*id),
        }
    }

    /// The hash of the recording.
    pub(crate) fn sha256(&self) -> &str {
        match self {
            Self::Given(sample) => sample.sha256(),
            Self::Kept(_, sha256) => sha256,
        }
    }
}

/// The voices of a command.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    /// The voice of text without a label.
    pub(crate) default: Option<VoiceSource>,
    /// The voice of each label, with its options.
    pub(crate) named: Vec<(String, VoiceSource, VoiceOptions)>,
}

/// Voices that were found.
#[derive(Debug)]
pub(crate) struct OpenCast {
    default: Option<OpenVoice>,
    named: Vec<(String, Voice)>,
}

impl VoiceFlags {
    /// Returns the recordings of text without a label.
    fn recordings(&self) -> Result<Option<VoiceSource>, Failure> {
        match &*self.samples {
            [] if self.preparation.is_empty() => Ok(None),
            [] => Err(Failure::wrong_use(
                Error::new(
                    &code::USAGE,
                    "--clean and --speaker need a recording, not a stored sample",
                )
                .with_hint(
                    "Pass the recording with `--sample`, or store it cleaned with `loqui samples add FILE --clean`.",
                ),
            )),
            [one] if self.preparation.is_empty() => Ok(Some(VoiceSource::File(one.clone()))),
            several => Ok(Some(VoiceSource::Prepared(several.to_vec(), self.preparation))),
        }
    }

    /// Reads the flags.
    ///
    /// # Errors
    ///
    /// `usage`.
    pub(crate) fn cast(&self) -> Result<Cast, Failure> {
        let mut cast = Cast {
            default: self.recordings()?,
            named: Vec::new(),
        };
        for written in &self.voices {
            match written.split_once('=') {
                Some((label, source)) => {
                    let (label, source) = (label.trim(), source.trim());
                    if cast.named.iter().any(|(known, _, _)| is_same(known, label)) {
                        return Err(wrong(format!("the voice {label:?} is given twice")));
                    }
                    if source.is_empty() {
                        return Err(wrong(format!("the voice {label:?} has no recording: {written}")));
                    }
                    cast.named
                        .push((label.to_owned(), VoiceSource::of(source), VoiceOptions::default()));
                }
                None if cast.default.is_some() => {
                    return Err(wrong("several voices are given for text without a label".to_owned()));
                }
                None => cast.default = Some(VoiceSource::Kept(written.clone())),
            }
        }
        let mut options: Vec<(String, Map<String, Value>)> = Vec::new();
        for written in &self.options {
            let (label, name, value) =
                option(written).ok_or_else(|| wrong(format!("{written:?} is not LABEL.NAME=VALUE")))?;
            match options.iter_mut().find(|(known, _)| is_same(known, label)) {
                Some((_, fields)) => drop(fields.insert(name, value)),
                None => options.push((label.to_owned(), Map::from_iter([(name, value)]))),
            }
        }
        for (label, fields) in options {
            let named = cast.named.iter_mut().find(|(known, _, _)| is_same(known, &label));
            let (_, _, own) =
                named.ok_or_else(|| wrong(format!("--voice-option is for {label:?}, which has no voice")))?;
            *own =
                VoiceOptions::from_fields(&fields).map_err(|error| wrong(format!("--voice-option {label}.{error}")))?;
        }
        Ok(cast)
    }
}

impl Cast {
    /// Names the recording if stdin has it.
    pub(crate) fn reads_stdin(&self) -> Option<&'static str> {
        let named = self.named.iter().map(|(_, source, _)| source);
        self.default
            .iter()
            .chain(named)
            .any(|source| match source {
                VoiceSource::File(path) => recording::is_stdin(path),
                VoiceSource::Prepared(paths, _) => paths.iter().any(|path| recording::is_stdin(path)),
                VoiceSource::Kept(_) => false,
            })
            .then_some("the recording")
    }

    /// Reads the recordings, and finds the kept samples.
    ///
    /// # Errors
    ///
    /// Those of [`recording::open`] and [`voices::find`].
    pub(crate) async fn open(&self, loqui: &Loqui) -> Result<OpenCast, Failure> {
        let default = match &self.default {
            Some(source) => Some(source.open(loqui).await?),
            None => None,
        };
        let mut named = Vec::new();
        for (label, source, options) in &self.named {
            let voice = source.open(loqui).await?.voice().options(options.clone());
            named.push((label.clone(), voice));
        }
        Ok(OpenCast { default, named })
    }
}

impl OpenCast {
    /// Makes a request to speak a text with these voices.
    pub(crate) fn submit(&self, loqui: &Loqui, text: String) -> Request<Generation> {
        let request = match &self.default {
            Some(OpenVoice::Given(sample)) => loqui.submit(sample, text),
            Some(OpenVoice::Kept(id, _)) => loqui.submit_with(*id, text),
            None => loqui.submit_script(text),
        };
        self.named
            .iter()
            .fold(request, |request, (label, voice)| request.voice(label, voice.clone()))
    }
}

/// Makes a missing voice a wrong use of the command.
pub(crate) fn refused(error: Error) -> Failure {
    if error.is(&code::SCRIPT_VOICE_MISSING) {
        Failure::wrong_use(error)
    } else {
        error.into()
    }
}

/// Splits `bob.gain=-2`. A value that is no number is text.
fn option(written: &str) -> Option<(&str, String, Value)> {
    let (path, value) = written.split_once('=')?;
    let (label, name) = path.rsplit_once('.')?;
    let value = serde_json::from_str(value)
        .ok()
        .filter(Value::is_number)
        .unwrap_or_else(|| value.into());
    (!label.is_empty()).then(|| (label.trim(), name.replace('-', "_"), value))
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn wrong(message: String) -> Failure {
    let hint = "A voice looks like `--voice anna=me.wav`, an option of it like `--voice-option anna.gain=-2`. \
                Text without a label has the voice of `--sample FILE` or `--voice NAME`.";
    Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(sample: Option<&str>, voices: &[&str], options: &[&str]) -> VoiceFlags {
        VoiceFlags {
            samples: sample.map(PathBuf::from).into_iter().collect(),
            preparation: PreparationFlags::default(),
            voices: voices.iter().map(|voice| (*voice).to_owned()).collect(),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        }
    }

    #[test]
    fn labels_have_voices_of_their_own() {
        let cast = flags(
            Some("me.wav"),
            &["anna=7", "Old Bob=him"],
            &["old bob.gain=-2", "anna.model=turbo"],
        );
        let cast = cast.cast().unwrap();
        assert!(matches!(cast.default, Some(VoiceSource::File(_))));
        assert_eq!(cast.named.len(), 2);
        assert!((cast.named[1].2.gain_db + 2.0).abs() < 1e-9);
        assert_eq!(cast.named[0].2.settings.model.as_deref(), Some("turbo"));
        let cast = flags(None, &["anna"], &[]).cast().unwrap();
        assert!(matches!(cast.default, Some(VoiceSource::Kept(name)) if name == "anna"));
    }

    #[test]
    fn voices_that_cannot_be_meant_are_refused() {
        for (sample, voices, options) in [
            (Some("me.wav"), &["anna"][..], &[][..]),
            (None, &["anna", "bob"], &[]),
            (None, &["anna=1", "Anna=2"], &[]),
            (None, &["anna="], &[]),
            (None, &["anna=1"], &["bob.gain=1"]),
            (None, &["anna=1"], &["anna.volume=1"]),
            (None, &["anna=1"], &["gain=1"]),
        ] {
            assert!(flags(sample, voices, options).cast().is_err(), "{voices:?} {options:?}");
        }
    }
}
