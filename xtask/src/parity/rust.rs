//! Reads the public names of Rust from the formatted sources: methods of inherent `impl` blocks, fields of structs, and the
//! exports of `lib.rs` as the type `crate`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Name;
use crate::place;
use crate::step::{Failure, at};

/// Returns the names of these types.
pub(super) fn names(types: &BTreeSet<String>) -> Result<BTreeSet<Name>, Failure> {
    let mut found = BTreeSet::new();
    for source in ["loqui-core/src", "loqui-emulator/src"] {
        walk(&place::root().join(source), types, &mut found)?;
    }
    let front = place::root().join("loqui-core/src/lib.rs");
    let text = fs::read_to_string(&front).map_err(at(&front))?;
    found.extend(front_page(&text).into_iter().map(|name| ("crate".to_owned(), name)));
    Ok(found)
}

fn walk(folder: &Path, types: &BTreeSet<String>, found: &mut BTreeSet<Name>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.is_dir() {
            walk(&path, types, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).map_err(at(&path))?;
            found.extend(members(&text).into_iter().filter(|(of, _)| types.contains(of)));
        }
    }
    Ok(())
}

/// Finds methods and fields by the layout of rustfmt.
fn members(text: &str) -> Vec<Name> {
    let mut found = Vec::new();
    let mut of = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("pub struct ").or_else(|| own_impl(line)) {
            of = Some(identifier(rest)).filter(|_| line.ends_with('{'));
        } else if line.starts_with('}') {
            of = None;
        } else if let (Some(of), Some(rest)) = (&of, line.strip_prefix("    pub ")) {
            let rest = ["const ", "async ", "unsafe "]
                .iter()
                .fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
            found.push((of.clone(), identifier(rest.strip_prefix("fn ").unwrap_or(rest))));
        }
    }
    found
}

/// Returns the text after `impl` or `impl<...>`, unless the block implements a trait.
fn own_impl(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("impl")?;
    if rest.contains(" for ") {
        return None;
    }
    match rest.strip_prefix('<') {
        Some(generic) => generic.split_once("> ").map(|(_, rest)| rest),
        None => rest.strip_prefix(' '),
    }
}

/// Returns the names that `pub use` and `pub mod` export.
fn front_page(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in text.split(';') {
        let statement = statement
            .rsplit_once("pub ")
            .map(|(_, statement)| statement)
            .unwrap_or_default();
        if let Some(module) = statement.strip_prefix("mod ") {
            found.push(identifier(module));
        } else if let Some(path) = statement.strip_prefix("use ") {
            let last = path.rsplit_once("::").map_or(path, |(_, last)| last);
            let last = last.trim_matches(|c: char| "{}".contains(c) || c.is_whitespace());
            found.extend(last.split(',').map(identifier).filter(|name| !name.is_empty()));
        }
    }
    found
}

fn identifier(text: &str) -> String {
    let text = text.trim_start();
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_methods_and_fields_are_found() {
        let text = "pub struct A {\n    pub b: u8,\n    c: u8,\n}\n\nimpl<T> A<T> {\n    pub async fn d(&self) {\n        \
                    let pub_e = 1;\n    }\n    fn f() {}\n}\n\nimpl From<u8> for A {\n    fn from(g: u8) {}\n}\n";
        let names: Vec<String> = members(text)
            .into_iter()
            .map(|(of, name)| format!("{of}.{name}"))
            .collect();
        assert_eq!(names, ["A.b", "A.d"]);
    }

    #[test]
    fn exports_are_public_uses_and_modules() {
        let text = "pub mod audio;\nmod hidden;\n#[cfg(x)]\npub mod log;\npub use a::{B,\n    C};\npub use d::e;\n";
        assert_eq!(front_page(text), ["audio", "log", "B", "C", "e"]);
    }
}
