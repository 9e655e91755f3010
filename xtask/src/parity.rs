//! `parity`: the public names of Rust, Python and Node, held against `tests/spec/api.toml`. A name that appears, vanishes
//! or is renamed in one language fails until the table says so.

mod rust;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use toml::Table;

use crate::step::{Failure, Steps, at, output};
use crate::{cargo, node, place, python, venv};

const TABLE: &str = "tests/spec/api.toml";

/// The columns of the table, in order.
const LANGUAGES: [&str; 3] = ["rust", "python", "node"];

/// A type and one of its names.
type Name = (String, String);

/// Builds what is needed and compares.
pub(crate) fn parity(steps: &mut Steps) -> Result<(), Failure> {
    cargo::libraries(steps)?;
    python::setup(steps)?;
    node::setup(steps)?;
    compare(steps)
}

/// Compares what is built already.
pub(crate) fn compare(steps: &mut Steps) -> Result<(), Failure> {
    python::place(steps)?;
    let file = place::root().join(TABLE);
    let text = fs::read_to_string(&file).map_err(at(&file))?;
    let table: Table = text
        .parse()
        .map_err(|error| Failure::new(format!("{TABLE}: {error}")))?;
    let listed = listed(&table)?;
    let found = [
        rust::names(&types(&table, "rust"))?,
        lines(&output(venv::python()?.arg("xtask/src/parity/names.py"))?),
        lines(&output(
            Command::new("node")
                .arg("xtask/src/parity/names.cjs")
                .current_dir(place::root()),
        )?),
    ];
    let mut wrong = Vec::new();
    for ((language, listed), found) in LANGUAGES.iter().zip(&listed).zip(&found) {
        wrong.extend(differences(language, listed, found));
    }
    if wrong.is_empty() {
        println!("{TABLE}: {} names are what they should be", listed[0].len());
        return Ok(());
    }
    Err(Failure::new(format!(
        "{TABLE} and the languages differ:\n{}",
        wrong.join("\n")
    )))
}

/// Names that are in one place only. What a type has that the table does not name at all is no concern of it.
fn differences(language: &str, listed: &BTreeSet<Name>, found: &BTreeSet<Name>) -> Vec<String> {
    let types: BTreeSet<&String> = listed.iter().map(|(of, _)| of).collect();
    let missing = listed
        .difference(found)
        .map(|(of, name)| format!("  {language}: {of}.{name} is in the table only"));
    let new = found
        .difference(listed)
        .filter(|(of, _)| types.contains(of))
        .map(|(of, name)| format!("  {language}: {of}.{name} is not in the table"));
    missing.chain(new).collect()
}

/// The names of each language as the table has them.
fn listed(table: &Table) -> Result<[BTreeSet<Name>; 3], Failure> {
    let mut names: [BTreeSet<Name>; 3] = Default::default();
    for entry in entries(table) {
        let rows = entry.get("names").and_then(toml::Value::as_array).into_iter().flatten();
        for row in rows {
            let row: Vec<&str> = row
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(toml::Value::as_str)
                .collect();
            if row.len() != LANGUAGES.len() {
                return Err(Failure::new(format!("{TABLE}: a row needs three names, not {row:?}")));
            }
            for ((language, name), names) in LANGUAGES.iter().zip(row).zip(&mut names) {
                for of in of(entry, language).filter(|_| !name.is_empty()) {
                    names.insert((of.to_owned(), name.to_owned()));
                }
            }
        }
    }
    Ok(names)
}

fn types(table: &Table, language: &str) -> BTreeSet<String> {
    let types = entries(table).flat_map(|entry| of(entry, language));
    types.map(str::to_owned).collect()
}

fn entries(table: &Table) -> impl Iterator<Item = &Table> {
    let entries = table.get("type").and_then(toml::Value::as_array);
    entries.into_iter().flatten().filter_map(toml::Value::as_table)
}

/// The type's names in a language; several are separated by spaces.
fn of<'a>(entry: &'a Table, language: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let names = entry.get(language).and_then(toml::Value::as_str);
    names.unwrap_or_default().split_whitespace()
}

/// Reads lines of a type and a name.
fn lines(text: &str) -> BTreeSet<Name> {
    let pairs = text.lines().filter_map(|line| line.trim().split_once(' '));
    pairs.map(|(of, name)| (of.to_owned(), name.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_too_many_and_a_name_too_few_are_both_told() {
        let listed = lines("Loqui speak\nLoqui gone");
        let found = lines("Loqui speak\nLoqui new\nOther thing");
        assert_eq!(
            differences("node", &listed, &found),
            [
                "  node: Loqui.gone is in the table only",
                "  node: Loqui.new is not in the table"
            ]
        );
    }

    #[test]
    fn a_row_names_the_same_thing_in_each_language_that_has_it() {
        let table: Table = r#"
            [[type]]
            rust = "Loqui"
            python = "Loqui AsyncLoqui"
            node = "Loqui"
            names = [["erase_sample", "erase_sample", "eraseSample"], ["resume", "", ""]]
        "#
        .parse()
        .unwrap();
        let [rust, python, node] = listed(&table).unwrap();
        assert_eq!(rust, lines("Loqui erase_sample\nLoqui resume"));
        assert_eq!(python, lines("Loqui erase_sample\nAsyncLoqui erase_sample"));
        assert_eq!(node, lines("Loqui eraseSample"));
    }
}
