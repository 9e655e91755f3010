//! The top-level modules of this crate depend on each other without cycles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Every Rust file below a folder, without tests.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["tests", "testing", "simulation"].contains(&name.as_str()) || name.starts_with("needs_") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The code of a file without comments and without the test module at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first name of each path behind `crate::`, with those of `crate::{a, b::c}`.
fn imports(code: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            found.push(name(rest));
            continue;
        };
        let mut depth = 0;
        let mut starts = vec![0];
        for (place, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts.push(place + 1),
                _ => {}
            }
        }
        found.extend(starts.into_iter().map(|start| name(&group[start..])));
    }
    found
}

/// Which top-level module imports which others.
fn graph(source: &Path) -> Graph {
    let modules: BTreeSet<String> = files(source)
        .iter()
        .filter(|path| path.parent() == Some(source))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "lib")
        .collect();
    // `crate::Error` stands for `crate::error::Error`.
    let mut exports = BTreeMap::new();
    for item in code(&source.join("lib.rs")).split("pub use ").skip(1) {
        let item = item.split(';').next().unwrap();
        let (module, names) = item.split_once("::").unwrap();
        for name in names.trim_matches(['{', '}']).split(',') {
            exports.insert(name.trim().to_owned(), module.to_owned());
        }
    }
    let mut graph = Graph::new();
    for path in files(source) {
        let relative = path.strip_prefix(source).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
        let module = first.trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let imported = graph.entry(module.clone()).or_default();
        for name in imports(&code(&path)) {
            let name = exports.get(&name).cloned().unwrap_or(name);
            if modules.contains(&name) && name != module {
                imported.insert(name);
            }
        }
    }
    graph
}

/// The modules that remain when those without imports are removed again and again: those of cycles, and those above them.
fn unresolved(mut graph: Graph) -> Graph {
    loop {
        let leaves: Vec<String> = graph
            .iter()
            .filter(|(_, imported)| imported.is_empty())
            .map(|(module, _)| module.clone())
            .collect();
        if leaves.is_empty() {
            return graph;
        }
        for leaf in leaves {
            graph.remove(&leaf);
            for imported in graph.values_mut() {
                imported.remove(&leaf);
            }
        }
    }
}

/// Leaves only the modules of cycles: those above them, which no other module imports, are removed as well.
fn cycles(source: &Path) -> Graph {
    let mut graph = unresolved(graph(source));
    loop {
        let imported: BTreeSet<String> = graph.values().flatten().cloned().collect();
        let before = graph.len();
        graph.retain(|module, _| imported.contains(module));
        if graph.len() == before {
            return graph;
        }
    }
}

/// Modules whose cycle is dissolved together with the move of `Speech` into `api`. Must become empty.
const PENDING: &[&str] = &["ledger", "speech"];

#[test]
fn no_import_cycles() {
    let mut cycles = cycles(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    cycles.retain(|module, _| !PENDING.contains(&module.as_str()));
    assert!(cycles.is_empty(), "these modules import each other: {cycles:#?}");
}

#[test]
fn cycle_of_two_modules_is_found() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::Thing;\n"),
        ("a.rs", "use crate::{c, b::Other};\n"),
        ("b.rs", "fn other(_: crate::Thing) {}\n"),
        (
            "c.rs",
            "// crate::a is only a comment\n#[cfg(test)]\nmod tests {\n    use crate::a;\n}\n",
        ),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let found = cycles(folder.path());
    assert_eq!(found.keys().collect::<Vec<_>>(), ["a", "b"]);
}
