//! The process that speaks one text and reports its peak memory.

use std::path::{Path, PathBuf};

use loqui_core::{GenerationId, LoquiBuilder, Result, Sample};

use crate::{VOICE, text};

/// File name of the speech.
pub(crate) const SPEECH: &str = "speech.wav";
/// File name of the records.
pub(crate) const RECORDS: &str = "loqui.db";

/// Result line of the process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) generation: GenerationId,
    /// Peak memory in KiB (`VmHWM`).
    pub(crate) peak_kib: u64,
    pub(crate) seconds: f64,
}

impl Told {
    pub(crate) fn read(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        Some(Self {
            generation: words.next()?.parse().ok()?,
            peak_kib: words.next()?.parse().ok()?,
            seconds: words.next()?.parse().ok()?,
        })
    }

    fn line(self) -> String {
        format!("{} {} {:.1}", self.generation, self.peak_kib, self.seconds)
    }
}

/// Speaks a text of the given length. The environment locates the provider.
pub(crate) async fn speak(engine: &str, characters: usize, folder: &Path) -> Result<String> {
    let started = std::time::Instant::now();
    let loqui = LoquiBuilder::from_env();
    let loqui = loqui.engine_named(engine).data_dir(folder).build()?;
    let sample = Sample::open(VOICE).await?;
    let generation = loqui.submit(&sample, text::book(characters)).await?;
    generation.finish().await?;
    generation.save(path(folder, SPEECH)).await?;
    let told = Told {
        generation: generation.id(),
        peak_kib: peak_kib(),
        seconds: started.elapsed().as_secs_f64(),
    };
    Ok(told.line())
}

pub(crate) fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}

/// Peak memory of this process in KiB; 0 without `/proc`.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
