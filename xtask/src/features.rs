//! `features`: checks the core with no feature, with each feature alone, and with all.

use std::fs;

use crate::step::{Failure, Steps, at};
use crate::{lint, place};

/// Checks the core with each of these selections of features.
pub(crate) fn features(steps: &mut Steps) -> Result<(), Failure> {
    let file = place::root().join("loqui-core/Cargo.toml");
    let manifest = fs::read_to_string(&file).map_err(at(&file))?;
    lint::core(steps, &["--no-default-features"])?;
    for feature in features_in(&manifest) {
        if feature != "default" {
            lint::core(steps, &["--no-default-features", "--features", feature])?;
        }
    }
    lint::core(steps, &[])?;
    lint::core(steps, &["--all-features"])
}

/// Returns the names in the table `[features]`.
fn features_in(manifest: &str) -> Vec<&str> {
    manifest
        .lines()
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once(" = [")?.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_from_their_table_only() {
        let manifest = "[package]\nkeywords = [\"x\"]\n\n[features]\ndefault = [\"a\"]\n# b = [\na = [\n    \"dep:x\",\n]\n\n[dependencies]\nc = [1]\n";
        assert_eq!(features_in(manifest), ["default", "a"]);
    }

    #[test]
    fn the_core_has_features_to_check() {
        let manifest = fs::read_to_string(place::root().join("loqui-core/Cargo.toml")).unwrap();
        assert!(features_in(&manifest).contains(&"replicate"));
    }
}
