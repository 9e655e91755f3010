//! `version`: checks that every package has the version of the workspace.

use std::fs;

use toml::Table;

use crate::place;
use crate::step::{Failure, at};

/// Prints the version, or fails with the package that has another one.
pub(crate) fn version() -> Result<(), Failure> {
    let [cargo, npm] = ["Cargo.toml", "loqui-node/package.json"].map(|name| place::root().join(name));
    let manifest = fs::read_to_string(&cargo).map_err(at(&cargo))?;
    let package = fs::read_to_string(&npm).map_err(at(&npm))?;
    println!("{}", agreed(&manifest, &package)?);
    Ok(())
}

/// Returns the version of the workspace, if the dependencies between its crates and the npm package have it too. The Python
/// package reads it from the workspace.
fn agreed(manifest: &str, package: &str) -> Result<String, Failure> {
    let manifest: Table = manifest
        .parse()
        .map_err(|error| Failure::new(format!("Cargo.toml: {error}")))?;
    let workspace = &manifest["workspace"];
    let version = workspace["package"]["version"].as_str().unwrap_or_default();
    let wrong = |name: &str, other: &str| Failure::new(format!("{name} has version {other}, the workspace {version}"));
    for (name, dependency) in workspace["dependencies"].as_table().into_iter().flatten() {
        let Some(wanted) = dependency.get("path").and_then(|_| dependency.get("version")?.as_str()) else {
            continue;
        };
        if wanted != version {
            return Err(wrong(name, wanted));
        }
    }
    let npm = package
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"version\": \"")?.split('"').next())
        .unwrap_or_default();
    if npm != version {
        return Err(wrong("loqui-node/package.json", npm));
    }
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "[workspace.package]\nversion = \"1.2.3\"\n\n[workspace.dependencies]\nserde = \"1\"\nloqui-core = { path = \"loqui-core\", version = \"1.2.3\" }\n";
    const NPM: &str = "{\n  \"name\": \"loqui-node\",\n  \"version\": \"1.2.3\"\n}\n";

    #[test]
    fn the_common_version_is_returned() {
        assert_eq!(agreed(CARGO, NPM).unwrap(), "1.2.3");
    }

    #[test]
    fn an_error_names_the_package_with_another_version() {
        let says = |cargo: &str, npm: &str| agreed(cargo, npm).unwrap_err().to_string();
        assert!(says(CARGO, &NPM.replace("1.2.3", "1.2.4")).starts_with("loqui-node/package.json has version 1.2.4"));
        let older = CARGO.replace(
            "\"loqui-core\", version = \"1.2.3\"",
            "\"loqui-core\", version = \"1.2.2\"",
        );
        assert!(says(&older, NPM).starts_with("loqui-core has version 1.2.2"));
    }
}
