//! The style sheets of a book, for the classes in small capitals.

use std::collections::BTreeSet;

use super::Reader;
use super::package::Package;

/// The most style sheets that are read.
const MOST_SHEETS: usize = 50;
/// The most classes.
const MOST_CLASSES: usize = 1000;

impl Reader<'_> {
    /// Returns the classes of elements in small capitals.
    pub(super) fn small_caps(&mut self, package: &Package) -> BTreeSet<String> {
        let mut classes = BTreeSet::new();
        for path in package.styles.iter().take(MOST_SHEETS) {
            // A missing style sheet does not matter.
            if let Ok(Some(sheet)) = self.text(path) {
                classes.extend(small_classes(&sheet));
            }
            if classes.len() > MOST_CLASSES {
                break;
            }
        }
        classes
    }
}

/// Returns the classes of the rules with `small-caps`. Only rules for one class are read: those below another element may not
/// apply.
fn small_classes(sheet: &str) -> Vec<String> {
    let mut classes = Vec::new();
    for rule in sheet.split('}') {
        let Some((selectors, body)) = rule.split_once('{') else {
            continue;
        };
        if !body.to_ascii_lowercase().contains("small-caps") {
            continue;
        }
        for selector in selectors.split(',') {
            let last = selector.split_ascii_whitespace().last().unwrap_or_default();
            if let Some((_, class)) = last.split_once('.')
                && class.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
                && selector.split_ascii_whitespace().count() == 1
            {
                classes.push(class.to_owned());
            }
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_small_capitals_are_found() {
        let sheet =
            "p { margin: 0 } .sc, span.lead{font-variant: small-caps} h1 .x { font-variant:small-caps } .b{color:red}";
        assert_eq!(small_classes(sheet), ["sc", "lead"]);
    }
}
