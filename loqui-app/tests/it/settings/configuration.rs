//! Settings in their sources, for processes.

use std::path::Path;

use loqui_emulator::Emulator;

use crate::program::{Program, Said};
use crate::server::{Server, Start};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    Flag,
    Variable,
    File,
}

/// The names of a setting in each source.
pub(super) struct Setting {
    pub(super) flag: Option<&'static str>,
    pub(super) variable: &'static str,
    pub(super) file: Option<&'static str>,
}

pub(super) const TOKEN: Setting = Setting {
    flag: Some("--token"),
    variable: "REPLICATE_API_TOKEN",
    file: None,
};
pub(super) const BASE_URL: Setting = Setting {
    flag: Some("--base-url"),
    variable: "REPLICATE_BASE_URL",
    file: Some("base_url"),
};
pub(super) const COG_URL: Setting = Setting {
    flag: Some("--cog-url"),
    variable: "LOQUI_COG_URL",
    file: Some("cog_url"),
};
pub(super) const ENGINE: Setting = Setting {
    flag: Some("--engine"),
    variable: "LOQUI_ENGINE",
    file: Some("engine"),
};
pub(super) const DATA_DIR: Setting = Setting {
    flag: Some("--data-dir"),
    variable: "LOQUI_DATA_DIR",
    file: Some("data_dir"),
};
pub(super) const DATABASE_URL: Setting = Setting {
    flag: Some("--database-url"),
    variable: "LOQUI_DATABASE_URL",
    file: Some("database_url"),
};
pub(super) const STORAGE_URL: Setting = Setting {
    flag: Some("--storage-url"),
    variable: "LOQUI_STORAGE_URL",
    file: Some("storage_url"),
};
pub(super) const PUBLIC_URL: Setting = Setting {
    flag: None,
    variable: "LOQUI_PUBLIC_URL",
    file: Some("public_url"),
};
pub(super) const REQUIRE_CONSENT: Setting = Setting {
    flag: None,
    variable: "LOQUI_REQUIRE_CONSENT",
    file: Some("require_consent"),
};

/// Settings in their sources, for a process.
#[derive(Default)]
pub(super) struct Configuration {
    pub(super) arguments: Vec<String>,
    pub(super) variables: Vec<(&'static str, String)>,
    pub(super) file: String,
}

impl Configuration {
    /// Sets a setting in one source. Returns false if the setting does not have this source.
    pub(super) fn set(&mut self, setting: &Setting, source: Source, value: &str) -> bool {
        match source {
            Source::Flag => match setting.flag {
                Some(flag) => self.arguments.extend([flag.to_owned(), value.to_owned()]),
                None => return false,
            },
            Source::Variable => {
                self.variables.retain(|(name, _)| *name != setting.variable);
                self.variables.push((setting.variable, value.to_owned()));
            }
            Source::File => {
                let Some(name) = setting.file else { return false };
                let is_literal = matches!(value, "true" | "false") || value.parse::<f64>().is_ok();
                let line = if is_literal {
                    format!("{name} = {value}\n")
                } else {
                    format!("{name} = {value:?}\n")
                };
                self.file.push_str(&line);
            }
        }
        true
    }

    /// Sets a setting in one source, and another value in every source that it overrides.
    pub(super) fn set_over(&mut self, setting: &Setting, source: Source, value: &str, overridden: &str) -> bool {
        let order = [Source::Flag, Source::Variable, Source::File];
        let position = order.iter().position(|it| *it == source).unwrap();
        for lower in &order[position + 1..] {
            self.set(setting, *lower, overridden);
        }
        self.set(setting, source, value)
    }

    /// Adds the token of an emulator.
    fn with_token(mut self, emulator: &Emulator) -> Self {
        self.set(&TOKEN, Source::Variable, emulator.token());
        self
    }

    /// Adds token and address of an emulator.
    pub(super) fn at(emulator: &Emulator) -> Self {
        let mut configuration = Self::default().with_token(emulator);
        configuration.set(&BASE_URL, Source::Variable, emulator.base_url());
        configuration
    }

    /// Returns the arguments of a command with the configuration file in `folder`.
    pub(super) fn arguments(&self, folder: &Path) -> Vec<String> {
        let path = folder.join("loqui.toml");
        std::fs::write(&path, &self.file).unwrap();
        let mut arguments = self.arguments.clone();
        arguments.extend(["--config".to_owned(), path.to_str().unwrap().to_owned()]);
        arguments
    }

    pub(super) fn program(&self) -> Program {
        Program::offline().with_env(self.variables.clone())
    }

    /// Runs a command with these settings.
    pub(super) async fn run(&self, program: &Program, command: &[&str]) -> Said {
        let folder = tempfile::tempdir().unwrap();
        let arguments = self.arguments(folder.path());
        let arguments: Vec<&str> = command
            .iter()
            .copied()
            .chain(arguments.iter().map(String::as_str))
            .collect();
        program.run(&arguments).await
    }

    /// Starts a server with these settings.
    pub(super) async fn server(&self, more: &[&str]) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let arguments = self.arguments(folder.path());
        let arguments: Vec<&str> = arguments
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        let mut start = Start::offline().with(&arguments);
        for (name, value) in &self.variables {
            start = start.with_env(name, value);
        }
        start.start_in(folder).await
    }
}
