//! The jobs of a batch: one JSON object per line. All lines are checked before the first job starts.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use loqui_core::options::{self, FieldError};
use loqui_core::{Error, Sample, SpeakOptions};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::code;
use crate::failure::Failure;
use crate::script;

/// One job.
#[derive(Debug, PartialEq)]
pub(super) struct Job {
    /// The id of the line; unique in the file.
    pub(super) id: String,
    pub(super) sample: PathBuf,
    pub(super) script: Option<String>,
    pub(super) script_file: Option<PathBuf>,
    pub(super) out: PathBuf,
    /// The output path as the line has it.
    pub(super) given_out: String,
    pub(super) options: SpeakOptions,
}

/// The fields of a line that are not speak options.
#[derive(Deserialize)]
struct Line {
    id: String,
    sample: PathBuf,
    script: Option<String>,
    script_file: Option<PathBuf>,
    out: String,
}

impl Job {
    /// Returns the idempotency key: a hash of everything that was requested.
    pub(super) fn key(&self, engine: &str, sample: &Sample, text: &str) -> Result<String, Failure> {
        let options = serde_json::to_string(&self.options).map_err(|source| {
            Error::new(&code::INTERNAL, "options could not be written as JSON").with_source(source)
        })?;
        let mut digest = Sha256::new();
        for part in [&self.id, engine, sample.sha256(), text, &options] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Ok(format!("batch-{}", hex::encode(digest.finalize())))
    }
}

/// Reads the jobs of a file; `-` is stdin. Relative paths start at the folder of the file.
pub(super) async fn read(file: &Path) -> Result<Vec<Job>, Failure> {
    let (text, folder) = if file == Path::new("-") {
        (script::read(Some("-".to_owned()), None).await?.text, PathBuf::new())
    } else {
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        (script::read(None, Some(file)).await?.text, folder)
    };
    let (mut jobs, mut ids, mut outs) = (Vec::new(), HashSet::new(), HashSet::new());
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let job = parse(line, &folder).map_err(|why| invalid(file, index, &why))?;
        if !ids.insert(job.id.clone()) {
            return Err(invalid(file, index, &format!("the id {:?} is used twice", job.id)));
        }
        if !outs.insert(job.out.clone()) {
            let why = format!("another job writes {} too", job.out.display());
            return Err(invalid(file, index, &why));
        }
        jobs.push(job);
    }
    Ok(jobs)
}

fn parse(line: &str, folder: &Path) -> Result<Job, String> {
    let fields: Map<String, Value> = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let (line, options) = read_fields(&fields).map_err(|error| error.to_string())?;
    if line.id.is_empty() {
        return Err("the id is empty".to_owned());
    }
    if line.script.is_some() == line.script_file.is_some() {
        return Err("either script or script_file is needed".to_owned());
    }
    Ok(Job {
        id: line.id,
        sample: folder.join(line.sample),
        script: line.script,
        script_file: line.script_file.map(|file| folder.join(file)),
        out: folder.join(&line.out),
        given_out: line.out,
        options,
    })
}

fn read_fields(fields: &Map<String, Value>) -> Result<(Line, SpeakOptions), FieldError> {
    let known = [options::field_names::<Line>(), &SpeakOptions::names()].concat();
    options::check_known(fields, &known)?;
    Ok((options::from_fields(fields)?, SpeakOptions::from_fields(fields)?))
}

fn invalid(file: &Path, index: usize, why: &str) -> Failure {
    Failure::wrong_use(
        Error::new(&code::USAGE, format!("{}, line {}: {why}", file.display(), index + 1)).with_hint(
            r#"A line looks like {"id": "a1", "sample": "me.wav", "script": "Hello!", "out": "a1.wav"}. No job was started."#,
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(fields: &str) -> Result<Job, String> {
        let line = format!(r#"{{"id": "a", "sample": "me.wav", "out": "a.wav", {fields}}}"#);
        parse(&line, Path::new("jobs"))
    }

    #[test]
    fn relative_paths_start_at_the_folder_of_the_file() {
        let job = job(r#""script_file": "a.txt", "seed": 7"#).unwrap();
        assert_eq!(job.sample, Path::new("jobs/me.wav"));
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
    fn key_depends_on_everything_that_was_requested() {
        let sample = |value: f32| {
            let clip = loqui_core::audio::Clip::new(vec![value; 24_000], 24_000);
            Sample::from_bytes(loqui_core::audio::wav::write(&clip, None)).unwrap()
        };
        let (first, other) = (sample(0.1), sample(0.2));
        let (plain, seeded) = (
            job(r#""script": "Hi!""#).unwrap(),
            job(r#""script": "Hi!", "seed": 7"#).unwrap(),
        );
        let key = |job: &Job, engine, sample, text| job.key(engine, sample, text).unwrap();
        let known = key(&plain, "offline", &first, "Hi!");
        assert_eq!(key(&plain, "offline", &first, "Hi!"), known);
        for changed in [
            key(&plain, "replicate", &first, "Hi!"),
            key(&plain, "offline", &other, "Hi!"),
            key(&plain, "offline", &first, "Hi?"),
            key(&seeded, "offline", &first, "Hi!"),
        ] {
            assert_ne!(changed, known);
        }
    }
}
