mod catalogue;
mod folder;
#[cfg(feature = "download")]
mod pull;
mod record;
#[cfg(feature = "download")]
mod server;

use std::ops::ControlFlow;

use super::{Models, Progress};
use crate::Settings;

/// Ignores progress.
fn quiet(_: &Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn models() -> (tempfile::TempDir, Models) {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path().join("models"));
    (folder, models)
}

/// Loads an installed model and speaks with a new voice.
fn speaks(models: &Models, name: &str) {
    let model = models.get(name).unwrap().load().unwrap();
    let sample: Vec<f32> = crate::seeded::uniform("voice", 24_000).map(|x| 0.2 * x).collect();
    let voice = model.voice(&sample, 24_000).unwrap();
    let mut speech = model.speak(&voice, "Hello.", &Settings::default()).unwrap();
    assert_eq!(speech.next().unwrap().unwrap().len(), 1_920);
}

/// Names of everything in the folder of models, without the files for coordination.
fn entries(models: &Models) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![models.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(models.folder()).unwrap().to_str().unwrap().to_owned();
            if name.starts_with(".locks") || name.starts_with(".accepted") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}
