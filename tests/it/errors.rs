//! The classes in the table of errors exist in Python and Node. `loqui-app` compares the table with the code.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Table {
    error: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    kind: String,
    python: String,
    node: String,
}

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn table() -> Vec<Row> {
    toml::from_str::<Table>(&read("tests/spec/errors.toml"))
        .expect("a valid table")
        .error
}

#[test]
fn codes_are_unique() {
    let mut codes: Vec<String> = table().into_iter().map(|row| row.code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}

#[test]
fn each_kind_has_one_class() {
    let mut classes = HashMap::new();
    for row in table() {
        let class = (row.python.clone(), row.node.clone());
        let known = classes.entry(row.kind.clone()).or_insert_with(|| class.clone());
        assert_eq!(*known, class, "{}", row.code);
    }
}

#[test]
fn every_class_exists_in_python_and_node() {
    let python = read("loqui-py/python/loqui/errors.py");
    let node = read("loqui-node/lib/errors.js");
    for row in table() {
        assert!(
            python.contains(&format!("class {}(LoquiError)", row.python)),
            "{}: no class {} in Python",
            row.code,
            row.python
        );
        assert!(
            node.contains(&format!("class {} extends LoquiError", row.node)),
            "{}: no class {} in Node",
            row.code,
            row.node
        );
    }
}
