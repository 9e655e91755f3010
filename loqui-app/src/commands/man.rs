//! `loqui man`: writes manual pages.

use std::io;
use std::path::{Path, PathBuf};

use clap_mangen::Man;
use loqui_core::Error;
use serde_json::json;

use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder for the pages of all commands, for example ~/.local/share/man/man1 [default: print loqui(1) on stdout]
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<ExitCode, Failure> {
    let Some(folder) = &arguments.dir else {
        let mut page = Vec::new();
        Man::new(super::parser())
            .render(&mut page)
            .map_err(|source| unwritable(Path::new("stdout"), source))?;
        output::print(&String::from_utf8_lossy(&page));
        return Ok(ExitCode::SUCCESS);
    };
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        clap_mangen::generate_to(super::parser(), folder)?;
        let pages = std::fs::read_dir(folder)?;
        Ok(pages
            .filter_map(Result::ok)
            .filter(|page| page.file_name().to_string_lossy().starts_with("loqui"))
            .count())
    });
    let pages = written.map_err(|source| unwritable(folder, source))?;
    if json {
        output::json(&json!({ "folder": folder, "pages": pages }));
    } else {
        output::print(&format!("{} in {}", output::counted(pages, "page"), folder.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn unwritable(path: &Path, source: io::Error) -> Error {
    let message = format!("could not write manual pages to {}", path.display());
    Error::new(&code::OUTPUT_UNWRITABLE, message).with_source(source)
}
