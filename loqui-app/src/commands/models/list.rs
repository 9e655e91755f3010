//! `loqui models list`.

use loqui_pocket::models::{Installed, KnownModel, Listing, Models, known};
use serde_json::{Value, json};

use super::failure;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;

pub(super) fn run(models: &Models, all: bool, verify: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut listing = models.list().map_err(failure::of)?;
    if verify {
        for model in std::mem::take(&mut listing.installed) {
            match model.verify() {
                Ok(()) => listing.installed.push(model),
                Err(error) => listing.damaged.push((model.name().to_owned(), error)),
            }
        }
    }
    let installed = |name: &str| listing.installed.iter().any(|model| model.name() == name);
    let known: Vec<&KnownModel> = known()
        .iter()
        .filter(|model| !installed(model.name()) && (all || !model.superseded()))
        .collect();
    let code = if listing.damaged.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    if json {
        print_json(models, &listing, &known);
    } else {
        print(models, &listing, &known);
    }
    Ok(code)
}

fn print_json(models: &Models, listing: &Listing, known: &[&KnownModel]) {
    let damaged: Vec<Value> = listing
        .damaged
        .iter()
        .map(|(name, error)| json!({ "name": name, "code": error.code(), "message": error.to_string(), "hint": error.hint() }))
        .collect();
    let known: Vec<Value> = known
        .iter()
        .map(|model| {
            let files: Vec<Value> = model
                .files()
                .iter()
                .map(|file| {
                    json!({
                        "name": file.name(),
                        "repository": file.repository(),
                        "path": file.path(),
                        "revision": file.revision(),
                        "sha256": file.sha256(),
                    })
                })
                .collect();
            json!({
                "name": model.name(),
                "language": model.language(),
                "parameters": model.parameters(),
                "licence": model.attribution().licence,
                "superseded": model.superseded(),
                "files": files,
            })
        })
        .collect();
    output::json(&json!({
        "path": models.folder(),
        "installed": listing.installed,
        "damaged": damaged,
        "published": known,
    }));
}

fn print(models: &Models, listing: &Listing, known: &[&KnownModel]) {
    if listing.installed.is_empty() {
        output::print(&format!("no models in {}", models.folder().display()));
    } else {
        output::print(&format!("Installed in {}:", models.folder().display()));
    }
    for model in &listing.installed {
        output::print(&format!("  {}", line(model)));
    }
    for (name, error) in &listing.damaged {
        output::note(&format!(
            "error: {name}: {error} [{}]\n  hint: {}",
            error.code(),
            error.hint()
        ));
    }
    if !known.is_empty() {
        output::print("Published (loqui models pull NAME):");
    }
    for model in known {
        let hashes = if model.hashes_known() {
            "hash known"
        } else {
            "hash recorded at the first pull"
        };
        output::print(&format!(
            "  {:<28} {}  about {:>9}  {}  {hashes}",
            model.name(),
            model.language(),
            // Published weights have two bytes for each parameter.
            size(2 * model.parameters()),
            model.attribution().licence,
        ));
    }
}

/// Describes an installed model on one line.
pub(super) fn line(model: &Installed) -> String {
    let licence = model
        .attribution()
        .map_or("unknown licence", |attribution| &attribution.licence);
    let source = model.files().first().map_or("", |file| {
        if file.in_place {
            "in the hub's cache"
        } else {
            file.hash_origin.describe()
        }
    });
    let clones = if model.clones_voices() {
        ""
    } else {
        "  cannot clone voices"
    };
    format!(
        "{:<28} {}  {:>9}  {licence}  hash from {source}{clones}",
        model.name(),
        model.language().unwrap_or("--"),
        size(model.bytes()),
    )
}

/// Formats a number of bytes.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1_000))
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    }
}
