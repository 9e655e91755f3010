//! The dependencies between the top-level modules of the crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Adds the modules that the files of one module name as `crate::MODULE` or `use crate::{MODULE, ...}`.
fn scan(module: &str, path: &Path, modules: &BTreeSet<String>, graph: &mut Graph) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            scan(module, &entry.unwrap().path(), modules, graph);
        }
        return;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let uses = graph.entry(module.to_owned()).or_default();
    for (start, _) in text.match_indices("crate::") {
        // Not the end of another name, for instance `my_crate::`.
        if text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[start + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(list) => top_level_names(list),
            None => vec![first_name(rest)],
        };
        uses.extend(
            names
                .into_iter()
                .filter(|name| *name != module && modules.contains(name)),
        );
    }
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first name of each item of `a, b::{c, d}, e};`.
fn top_level_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (index, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(first_name(list[start..index].trim_start()));
                return names;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(first_name(list[start..index].trim_start()));
                start = index + 1;
            }
            _ => {}
        }
    }
    names
}

/// Returns a path from a module back to itself.
fn cycle(graph: &Graph) -> Option<Vec<String>> {
    fn visit(name: &str, path: &mut Vec<String>, done: &mut BTreeSet<String>, graph: &Graph) -> Option<Vec<String>> {
        if let Some(start) = path.iter().position(|earlier| earlier == name) {
            return Some(path[start..].to_vec());
        }
        if done.contains(name) {
            return None;
        }
        path.push(name.to_owned());
        let found = graph[name].iter().find_map(|next| visit(next, path, done, graph));
        path.pop();
        done.insert(name.to_owned());
        found
    }
    let mut done = BTreeSet::new();
    graph
        .keys()
        .find_map(|name| visit(name, &mut Vec::new(), &mut done, graph))
}

fn graph() -> Graph {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = std::fs::read_dir(&source).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = entries.collect();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let modules: BTreeSet<String> = files
        .iter()
        .map(|path| name(path))
        .filter(|name| name != "lib" && name != "main")
        .collect();
    let mut graph = Graph::new();
    for path in &files {
        let module = name(path);
        if modules.contains(&module) {
            scan(&module, path, &modules, &mut graph);
        }
    }
    graph
}

#[test]
fn no_import_cycles() {
    let graph = graph();
    assert!(
        graph["commands"].contains("serve") && graph["serve"].contains("settings"),
        "{graph:?}"
    );
    assert_eq!(cycle(&graph), None);
}

#[test]
fn cycle_is_found() {
    let edge = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect());
    let graph = Graph::from([edge("a", &["b"]), edge("b", &["c"]), edge("c", &["b"])]);
    assert_eq!(cycle(&graph), Some(vec!["b".to_owned(), "c".to_owned()]));
    assert_eq!(top_level_names("a, b::{c, d}, e::f};"), ["a", "b", "e"]);
}
