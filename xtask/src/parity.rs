//! `parity`: compares the public names of Rust, Python and Node with `tests/spec/api.toml`. It fails if a name is added,
//! removed or renamed in one language and the table is not updated.

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

/// Builds the bindings and compares.
pub(crate) fn parity(steps: &mut Steps) -> Result<(), Failure> {
    cargo::libraries(steps)?;
    python::setup(steps)?;
    node::setup(steps)?;
    compare(steps)
}

/// Compares with the bindings already built.
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
        println!("{TABLE}: all {} names match", listed[0].len());
        return Ok(());
    }
    Err(Failure::new(format!(
        "{TABLE} and the languages differ:\n{}",
        wrong.join("\n")
    )))
}

/// Returns the names that are only in the table or only in the language. Types that the table does not list are skipped.
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

/// Returns the names of each language in the table.
fn listed(table: &Table) -> Result<[BTreeSet<Name>; 3], Failure> {
    let mut names: [BTreeSet<Name>; 3] = Default::default();
    for entry in entries(table) {
        for row in rows(entry)? {
            if row.len() != LANGUAGES.len() {
                return Err(Failure::new(format!(
                    "{TABLE}: a row must have three names, not {row:?}"
                )));
            }
            for ((language, name), names) in LANGUAGES.iter().zip(&row).zip(&mut names) {
                for of in of(entry, language).filter(|_| !name.is_empty()) {
                    names.insert((of.to_owned(), name.clone()));
                }
            }
        }
    }
    Ok(names)
}

/// Returns the rows of a type: its own, and those of a generated table.
fn rows(entry: &Table) -> Result<Vec<Vec<String>>, Failure> {
    let own = entry.get("names").and_then(toml::Value::as_array).into_iter().flatten();
    let words = |row: &toml::Value| {
        let words = row.as_array().into_iter().flatten().filter_map(toml::Value::as_str);
        words.map(str::to_owned).collect()
    };
    let mut rows: Vec<Vec<String>> = own.map(words).collect();
    if let Some(name) = entry.get("generated").and_then(toml::Value::as_str) {
        let file = place::root().join(name);
        rows.extend(generated_rows(&fs::read_to_string(&file).map_err(at(&file))?));
    }
    Ok(rows)
}

/// Reads rows from the table of speak options. Rust has no setters for aliases.
fn generated_rows(table: &str) -> Vec<Vec<String>> {
    let row = |line: &str| {
        let (node, rest) = line.trim().split_once(": { field: '")?;
        let (field, rest) = rest.split_once('\'')?;
        let rust = if rest.contains("aliasOf") { "" } else { field };
        Some([rust, field, node].map(str::to_owned).to_vec())
    };
    table.lines().filter_map(row).collect()
}

fn types(table: &Table, language: &str) -> BTreeSet<String> {
    let types = entries(table).flat_map(|entry| of(entry, language));
    types.map(str::to_owned).collect()
}

fn entries(table: &Table) -> impl Iterator<Item = &Table> {
    let entries = table.get("type").and_then(toml::Value::as_array);
    entries.into_iter().flatten().filter_map(toml::Value::as_table)
}

/// Returns the names of a type in a language. The table separates several by spaces.
fn of<'a>(entry: &'a Table, language: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let names = entry.get(language).and_then(toml::Value::as_str);
    names.unwrap_or_default().split_whitespace()
}

/// Parses lines of a type and a name.
fn lines(text: &str) -> BTreeSet<Name> {
    let pairs = text.lines().filter_map(|line| line.trim().split_once(' '));
    pairs.map(|(of, name)| (of.to_owned(), name.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_and_missing_names_are_reported() {
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
    fn generated_rows_omit_aliases_in_rust() {
        let table = "module.exports = {\n  deadlineMs: { field: 'deadline', kind: 'milliseconds' },\n  \
                     timeoutMs: { field: 'timeout', kind: 'milliseconds', aliasOf: 'deadlineMs' },\n};\n";
        assert_eq!(
            generated_rows(table),
            [["deadline", "deadline", "deadlineMs"], ["", "timeout", "timeoutMs"]]
        );
    }

    #[test]
    fn a_row_may_omit_languages() {
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
