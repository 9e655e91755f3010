//! A single function that reads a recording and writes the speech to a file.

use std::path::{Path, PathBuf};

use super::Loqui;
use crate::config::Environment;
use crate::error::{Error, Result, code};

/// Speaks a text in the voice of a recording and writes a new WAV file. Returns its path, its length in seconds and its size
/// in bytes.
///
/// The handle is built from the environment, as by [`Loqui::from_env`]. The file gets a random name in the folder
/// `generated`, below `LOQUI_DATA_DIR` or else below the current folder. `model_name` is a label for the voice: it is stored
/// with the sample and does not change the sound.
///
/// # Cancellation safety
///
/// Dropping the future cancels the generation after the grace period; no file is written.
///
/// # Errors
///
/// Those of [`Loqui::from_env`], [`Loqui::open_sample`] and [`Loqui::speak`]; `output.unwritable`.
pub async fn generate_speech(
    sample_path: impl AsRef<Path>,
    text: &str,
    model_name: &str,
) -> Result<(PathBuf, f64, u64)> {
    let loqui = Loqui::from_env()?;
    let folder = Environment::read().data_dir.unwrap_or_default().join("generated");
    generate_into(&loqui, &folder, sample_path.as_ref(), text, model_name).await
}

async fn generate_into(
    loqui: &Loqui,
    folder: &Path,
    sample: &Path,
    text: &str,
    model_name: &str,
) -> Result<(PathBuf, f64, u64)> {
    let mut sample = loqui.open_sample(sample).await?;
    if !model_name.is_empty() {
        sample = sample.with_name(model_name);
    }
    tokio::fs::create_dir_all(folder).await.map_err(|source| {
        let message = format!("could not create the folder {}", folder.display());
        Error::new(&code::OUTPUT_UNWRITABLE, message).with_source(source)
    })?;
    let speech = loqui.speak(&sample, text).await?;
    let random = &loqui.runtime.random;
    let name =
        uuid::Builder::from_random_bytes(((u128::from(random.next()) << 64) | u128::from(random.next())).to_be_bytes());
    let path = folder.join(format!("{}.wav", name.into_uuid()));
    speech.save(&path).await?;
    Ok((path, speech.duration().as_secs_f64(), speech.wav().len() as u64))
}

#[cfg(all(test, feature = "offline"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_call_writes_a_file_with_a_new_name() {
        let folder = tempfile::tempdir().unwrap();
        let loqui = Loqui::builder().engine_named("offline").build().unwrap();
        let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/voices/heart.mp3");
        let generated = folder.path().join("generated");
        let (path, seconds, bytes) = generate_into(&loqui, &generated, &voice, "Hello!", "Test Model")
            .await
            .unwrap();
        assert_eq!(path.parent(), Some(generated.as_path()));
        assert!(uuid::Uuid::try_parse(path.file_stem().unwrap().to_str().unwrap()).is_ok());
        assert_eq!(std::fs::metadata(&path).unwrap().len(), bytes);
        assert!((0.2..5.0).contains(&seconds), "{seconds}");
        let (other, ..) = generate_into(&loqui, &generated, &voice, "Hello!", "Test Model")
            .await
            .unwrap();
        assert_ne!(other, path);
    }
}
