//! `docs/findings.md` lists exactly the codes of findings.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn findings_page_lists_every_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = fs::read_to_string(root.join("loqui-core/src/finding/code.rs")).unwrap();
    // A line of the table: `SampleShort "sample.short" "more speech gives a closer clone.";`
    let defined: BTreeSet<&str> = source
        .lines()
        .filter(|line| line.starts_with("    ") && line.ends_with("\";"))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert!(defined.len() > 40, "{defined:?}");
    let page = fs::read_to_string(root.join("docs/findings.md")).unwrap();
    let described: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(described, defined);
}
