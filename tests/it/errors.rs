//! The error table matches the code, and its classes exist in Python and Node.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use loqui_core::Retry;
use loqui_core::error::code;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Table {
    error: Vec<Row>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    kind: String,
    retry: String,
    hint: Option<String>,
    python: String,
    node: String,
}

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn table() -> Vec<Row> {
    toml::from_str::<Table>(&read("tests/spec/errors.toml"))
        .expect("tests/spec/errors.toml is generated")
        .error
}

fn retry_name(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "never",
        Retry::Later => "later",
        other => panic!("a code cannot have {other:?} as its default"),
    }
}

#[test]
fn table_lists_every_error_code() {
    let table: BTreeMap<String, Row> = table().into_iter().map(|row| (row.code.clone(), row)).collect();
    let in_table: Vec<&str> = table.keys().map(String::as_str).collect();
    let mut in_code: Vec<&str> = code::ALL.iter().map(|code| code.name()).collect();
    in_code.sort_unstable();
    assert_eq!(in_table, in_code, "refresh the table: cargo xtask generate");

    for code in code::ALL {
        let row = &table[code.name()];
        let said = (row.kind.as_str(), row.retry.as_str(), row.hint.as_deref());
        let meant = (code.kind().name(), retry_name(code.retry()), code.hint());
        assert_eq!(said, meant, "{}; refresh the table: cargo xtask generate", code.name());
    }
}

#[test]
fn table_has_no_duplicate_codes() {
    let mut codes: Vec<String> = table().into_iter().map(|row| row.code).collect();
    let written = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), written);
}

#[test]
fn each_kind_maps_to_one_class() {
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
