//! The jobs of a batch: one JSON object per line, or CSV. All lines are checked before the first job starts.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

use loqui_core::options::{self, FieldError, VoiceOptions};
use loqui_core::script::TextFormat;
use loqui_core::{Error, SpeakOptions};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::table;
use crate::cast::VoiceSource;
use crate::code;
use crate::failure::Failure;
use crate::{script, target};

/// One job.
#[derive(Debug, PartialEq)]
pub(super) struct Job {
    /// The id of the line; unique in the file.
    pub(super) id: String,
    /// The recording, unless `voice` names a stored sample.
    pub(super) sample: Option<PathBuf>,
    pub(super) voice: Option<String>,
    /// The voices of the labels in the script.
    pub(super) voices: Vec<JobVoice>,
    pub(super) script: Option<String>,
    pub(super) script_file: Option<PathBuf>,
    pub(super) out: PathBuf,
    /// The output path as the line has it.
    pub(super) given_out: String,
    pub(super) options: SpeakOptions,
}

/// The voice of a label.
#[derive(Debug, PartialEq)]
pub(super) struct JobVoice {
    pub(super) label: String,
    pub(super) source: VoiceSource,
    pub(super) options: VoiceOptions,
}

/// The fields of a line that are not speak options.
#[derive(Deserialize)]
struct Line {
    id: Option<String>,
    sample: Option<PathBuf>,
    voice: Option<String>,
    voices: Option<BTreeMap<String, Value>>,
    script: Option<String>,
    turns: Option<Value>,
    script_file: Option<PathBuf>,
    out: String,
}

impl Job {
    /// Returns the idempotency key: a hash of everything that was requested.
    /// `voices` are the hashes of the recordings of the labels.
    pub(super) fn key(&self, engine: &str, sha256: &str, voices: &[String], text: &str) -> Result<String, Failure> {
        let json = |written: serde_json::Result<String>| {
            written.map_err(|source| {
                Error::new(&code::INTERNAL, "options could not be written as JSON").with_source(source)
            })
        };
        let options = json(serde_json::to_string(&self.options))?;
        let mut digest = Sha256::new();
        let mut add = |part: &str| {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        };
        for part in [&self.id, engine, sha256, text, &options] {
            add(part);
        }
        for (voice, sha256) in self.voices.iter().zip(voices) {
            add(&voice.label);
            add(sha256);
            add(&json(serde_json::to_string(&voice.options.settings))?);
            add(&voice.options.gain_db.to_string());
        }
        Ok(format!("batch-{}", hex::encode(digest.finalize())))
    }
}

/// Reads the jobs of a file; `-` is stdin. Relative paths start at the folder of the file.
pub(super) async fn read(file: &Path) -> Result<Vec<Job>, Failure> {
    let (text, folder) = if file == Path::new("-") {
        (script::read_text(Path::new("-")).await?, PathBuf::new())
    } else {
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        (script::read_text(file).await?, folder)
    };
    let lines = if is_table(file, &text) {
        table::read(&text).map_err(|(line, why)| invalid(file, line, &why))?
    } else {
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let fields = serde_json::from_str(line).map_err(|error| invalid(file, index + 1, &error.to_string()))?;
            lines.push((index + 1, fields));
        }
        lines
    };
    let (mut jobs, mut ids, mut outs) = (Vec::new(), HashSet::new(), HashSet::new());
    for (line, fields) in lines {
        let job = parse(&fields, &folder).map_err(|why| invalid(file, line, &why))?;
        if !ids.insert(job.id.clone()) {
            return Err(invalid(file, line, &format!("the id {:?} is used twice", job.id)));
        }
        if !outs.insert(plain(&job.out)) {
            let why = format!("another job writes {} too", job.out.display());
            return Err(invalid(file, line, &why));
        }
        jobs.push(job);
    }
    Ok(jobs)
}

/// Returns whether the jobs are in CSV: by the extension of the file, otherwise by the first character.
fn is_table(file: &Path, text: &str) -> bool {
    let extension = file
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("csv" | "tsv") => true,
        None => !text.trim_start().is_empty() && !text.trim_start().starts_with('{'),
        Some(_) => false,
    }
}

/// Returns one path for all spellings of a file: `e.wav` and `./e.wav` are the same.
fn plain(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

fn parse(fields: &Map<String, Value>, folder: &Path) -> Result<Job, String> {
    let (line, options) = read_fields(fields).map_err(|error| error.to_string())?;
    let id = line.id.unwrap_or_else(|| line.out.clone());
    if id.is_empty() {
        return Err("the id is empty".to_owned());
    }
    if line.out.is_empty() || target::is_stdout(Path::new(&line.out)) {
        return Err("out must be the name of a file".to_owned());
    }
    let voices = voices(line.voices.unwrap_or_default(), folder)?;
    let has_default = line.sample.is_some() || line.voice.is_some();
    if (line.sample.is_some() && line.voice.is_some()) || (!has_default && voices.is_empty()) {
        return Err("either sample or voice is needed, or voices for the labels of the script".to_owned());
    }
    let texts = [line.script.is_some(), line.turns.is_some(), line.script_file.is_some()];
    if texts.into_iter().filter(|given| *given).count() != 1 {
        return Err("either script, turns or script_file is needed".to_owned());
    }
    let mut options = options;
    let mut script = line.script;
    if let Some(turns) = line.turns {
        script = Some(json!({ "turns": turns }).to_string());
        options.text.format = Some(TextFormat::Document.name().to_owned());
    }
    Ok(Job {
        id,
        sample: line.sample.map(|sample| folder.join(sample)),
        voice: line.voice,
        voices,
        script,
        script_file: line.script_file.map(|file| folder.join(file)),
        out: folder.join(&line.out),
        given_out: line.out,
        options,
    })
}

/// Reads the voices of labels: the name of a file or of a kept sample, or an object with `sample` or `voice` and options.
fn voices(fields: BTreeMap<String, Value>, folder: &Path) -> Result<Vec<JobVoice>, String> {
    let mut voices = Vec::new();
    for (label, value) in fields {
        let wrong = |why: &str| format!("voices.{label}: {why}");
        let (source, options) = match value {
            Value::String(name) => {
                let file = folder.join(&name);
                let source = if file.is_file() {
                    VoiceSource::File(file)
                } else {
                    VoiceSource::Kept(name)
                };
                (source, VoiceOptions::default())
            }
            Value::Object(mut fields) => {
                let source = match (fields.remove("sample"), fields.remove("voice")) {
                    (Some(Value::String(file)), None) => VoiceSource::File(folder.join(file)),
                    (None, Some(Value::String(name))) => VoiceSource::Kept(name),
                    _ => return Err(wrong("either sample or voice is needed")),
                };
                let options = VoiceOptions::from_fields(&fields).map_err(|error| wrong(&error.to_string()))?;
                (source, options)
            }
            _ => return Err(wrong("it must be a name or an object")),
        };
        voices.push(JobVoice { label, source, options });
    }
    Ok(voices)
}

fn read_fields(fields: &Map<String, Value>) -> Result<(Line, SpeakOptions), FieldError> {
    let known = [options::field_names::<Line>(), &SpeakOptions::names()].concat();
    options::check_known(fields, &known)?;
    Ok((options::from_fields(fields)?, SpeakOptions::from_fields(fields)?))
}

fn invalid(file: &Path, line: usize, why: &str) -> Failure {
    let name = if file == Path::new("-") {
        "stdin".into()
    } else {
        file.display().to_string()
    };
    Failure::wrong_use(
        Error::new(&code::USAGE, format!("{name}, line {line}: {why}")).with_hint(
            r#"A line looks like {"id": "a1", "sample": "me.wav", "script": "Hello!", "out": "a1.wav"}; CSV has a header line with these names. No job was started."#,
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(fields: &str) -> Result<Job, String> {
        let line = format!(r#"{{"id": "a", "sample": "me.wav", "out": "a.wav", {fields}}}"#);
        parse(&serde_json::from_str(&line).unwrap(), Path::new("jobs"))
    }

    #[test]
    fn relative_paths_start_at_the_folder_of_the_file() {
        let job = job(r#""script_file": "a.txt", "seed": 7"#).unwrap();
        assert_eq!(job.sample.as_deref(), Some(Path::new("jobs/me.wav")));
        assert_eq!(job.script_file.as_deref(), Some(Path::new("jobs/a.txt")));
        assert_eq!(job.out, Path::new("jobs/a.wav"));
        assert_eq!(job.options.voice.seed, Some(7));
    }

    #[test]
    fn unknown_and_unusable_fields_are_refused() {
        for (fields, why) in [
            (
                r#""script": "Hi!", "volume": 11"#,
                "volume: unknown; known are id, sample",
            ),
            (r#""script": "Hi!", "seed": "7""#, "seed: invalid type"),
            (r#""script": "Hi!", "script_file": "a.txt""#, "either"),
            (r#""seed": 1"#, "either"),
            (r#""script": "Hi!", "timeout": -1"#, "timeout"),
            (
                r#""script": "Hi!", "deadline": "soon""#,
                "deadline: it must be a number of seconds",
            ),
        ] {
            let refused = job(fields).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }

    #[test]
    fn spellings_of_a_path_are_one() {
        for path in ["./e.wav", "e.wav", "x/../e.wav", "./x/.././e.wav"] {
            assert_eq!(plain(Path::new(path)), std::path::absolute("e.wav").unwrap(), "{path}");
        }
    }

    #[test]
    fn output_is_the_default_id() {
        let line = serde_json::json!({"voice": "anna", "script": "Hi!", "out": "a.wav"});
        let job = parse(line.as_object().unwrap(), Path::new("")).unwrap();
        assert_eq!(
            (job.id.as_str(), job.sample, job.voice.as_deref()),
            ("a.wav", None, Some("anna"))
        );
    }

    #[test]
    fn labels_have_voices_of_their_own() {
        let line = serde_json::json!({
            "voices": { "anna": "me", "bob": { "sample": "b.wav", "gain": -2, "exaggeration": 0.7 } },
            "turns": [{ "voice": "anna", "text": "Hi!" }, { "voice": "bob", "text": "Hello." }],
            "out": "a.wav",
        });
        let job = parse(line.as_object().unwrap(), Path::new("jobs")).unwrap();
        assert_eq!(job.voices[0].source, VoiceSource::Kept("me".to_owned()));
        assert_eq!(job.voices[1].source, VoiceSource::File("jobs/b.wav".into()));
        assert!((job.voices[1].options.gain_db + 2.0).abs() < 1e-9);
        assert_eq!(job.options.text.format.as_deref(), Some("json"));
        assert!(job.script.unwrap().contains("Hello."));
        for fields in [
            r#""script": "Hi!", "voices": {"anna": 7}"#,
            r#""script": "Hi!", "voices": {"anna": {"gain": 1}}"#,
            r#""script": "Hi!", "voices": {"anna": {"voice": "me", "volume": 1}}"#,
        ] {
            let line = format!(r#"{{"sample": "me.wav", "out": "a.wav", {fields}}}"#);
            let refused = parse(&serde_json::from_str(&line).unwrap(), Path::new("")).unwrap_err();
            assert!(refused.contains("voices.anna"), "{refused}");
        }
    }

    #[test]
    fn key_depends_on_everything_that_was_requested() {
        let (first, other) = ("0a", "0b");
        let (plain, seeded) = (
            job(r#""script": "Hi!""#).unwrap(),
            job(r#""script": "Hi!", "seed": 7"#).unwrap(),
        );
        let key = |job: &Job, engine, sha256, text| job.key(engine, sha256, &[], text).unwrap();
        let known = key(&plain, "offline", first, "Hi!");
        assert_eq!(key(&plain, "offline", first, "Hi!"), known);
        for changed in [
            key(&plain, "replicate", first, "Hi!"),
            key(&plain, "offline", other, "Hi!"),
            key(&plain, "offline", first, "Hi?"),
            key(&seeded, "offline", first, "Hi!"),
        ] {
            assert_ne!(changed, known);
        }
    }
}
