//! Pages of prose and how they are read. `tests/pages/NAME.spoken` holds what is spoken for `tests/pages/NAME`, one segment per
//! line. Each was read by a person; a change of these files needs the same.

use std::path::{Path, PathBuf};

use super::*;

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension != "spoken"));
    pages.sort();
    pages
}

fn reading(page: &Path) -> (PathBuf, String) {
    let name = page.file_name().unwrap().to_str().unwrap();
    let language = if name.contains(".en-GB.") { "en-GB" } else { "en" };
    let mut options = ScriptOptions::new(Limits::default(), Some(language));
    options.format = TextFormat::from_extension(name.rsplit('.').next().unwrap());
    let text = decode(&std::fs::read(page).unwrap()).unwrap();
    let script = Script::read(&text, &options).unwrap();
    let lines: Vec<&str> = script
        .segments()
        .iter()
        .map(|segment| segment.spoken.as_str())
        .collect();
    (page.with_file_name(format!("{name}.spoken")), lines.join("\n") + "\n")
}

#[test]
fn pages_are_read_as_before() {
    let pages = pages();
    assert!(pages.len() >= 19, "{} pages", pages.len());
    for page in pages {
        let (file, spoken) = reading(&page);
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        for (spoken, expected) in spoken.lines().zip(expected.lines()) {
            assert_eq!(spoken, expected, "{}", page.display());
        }
        assert_eq!(spoken, expected, "{}", page.display());
    }
}
