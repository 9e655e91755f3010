//! Seeds: recordings and texts that the parsers accept.

use std::path::Path;

use crate::epub::{Contents, make};

/// Location of the seeds of an entry point.
#[derive(Clone, Copy)]
pub(crate) enum Seeds {
    /// The test recordings.
    Recordings,
    /// The test recordings whose names end so.
    Kinds(&'static [&'static str]),
    /// Recorded predictions of the provider.
    Bodies,
    /// Books of all kinds that the project makes.
    Books,
    /// A folder beside this file.
    Texts(&'static str),
}

/// The seeds. Long ones are truncated.
pub(crate) fn of(seeds: Seeds) -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = match seeds {
        Seeds::Bodies => return bodies(),
        Seeds::Books => {
            let books = [Contents::Navigation, Contents::Ncx, Contents::None].map(|contents| make(3, contents));
            assert!(
                books
                    .iter()
                    .all(|book| !book.chapters.is_empty() && !book.marks.is_empty()),
                "a text"
            );
            return books.map(|book| book.bytes).to_vec();
        }
        Seeds::Recordings | Seeds::Kinds(_) => ["spec/samples/kinds", "spec/samples", "voices"]
            .map(|folder| here.join("../tests").join(folder))
            .to_vec(),
        Seeds::Texts(folder) => vec![here.join("fuzz/seeds").join(folder)],
    };
    let mut paths: Vec<_> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .filter(|path| match seeds {
            Seeds::Kinds(ends) => ends.iter().any(|end| path.to_string_lossy().ends_with(end)),
            _ => true,
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| std::fs::read(path).ok())
        .map(|mut bytes| {
            bytes.truncate(130_000);
            bytes
        })
        .collect()
}

fn bodies() -> Vec<Vec<u8>> {
    let recorded = include_str!("../../loqui-core/src/replicate/tests/recorded/predictions.json");
    let recorded: serde_json::Map<String, serde_json::Value> = serde_json::from_str(recorded).unwrap_or_default();
    recorded.values().map(|body| body.to_string().into_bytes()).collect()
}
