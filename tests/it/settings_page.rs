//! `docs/settings.md` lists exactly the environment variables that the code reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Variables that only tests read, or that one program sets for another.
const NOT_FOR_USERS: [&str; 2] = ["LOQUI_TEST_POSTGRES", "LOQUI_BUDGET_"];

#[test]
fn settings_page_lists_every_variable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut read = BTreeSet::new();
    for folder in ["loqui-core/src", "loqui-app/src"] {
        variables(&root.join(folder), &mut read);
    }
    let page = fs::read_to_string(root.join("docs/settings.md")).unwrap();
    let described: BTreeSet<String> = names(&page).collect();
    let missing: Vec<_> = read.difference(&described).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
    assert!(read.len() > 20, "{read:?}");
    let unknown: Vec<_> = described
        .difference(&read)
        .filter(|name| !name.starts_with("AWS_"))
        .collect();
    assert!(unknown.is_empty(), "not read by the code: {unknown:?}");
}

fn variables(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a name").path();
        if path.is_dir() {
            variables(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.extend(
                names(&fs::read_to_string(&path).expect("a text"))
                    .filter(|name| !NOT_FOR_USERS.contains(&name.as_str())),
            );
        }
    }
}

/// The names between quotes or back-ticks.
fn names(text: &str) -> impl Iterator<Item = String> {
    text.split(['"', '`'])
        .filter(|word| {
            ["LOQUI_", "REPLICATE_", "AWS_"]
                .iter()
                .any(|start| word.starts_with(start))
                && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        })
        .map(str::to_owned)
}
