//! `loqui models`: lists, downloads, adds, quantises and removes voice cloning models that run on this machine.

mod conditions;
mod failure;
mod list;
mod progress;

use std::ops::ControlFlow;
use std::path::PathBuf;

use loqui_core::Error;
use loqui_pocket::models::{
    AddOptions, Environment, Error as ModelsError, Installed, Models, Progress, PullOptions, Source,
};
use serde_json::json;

use super::CommonFlags;
use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;
use crate::settings::EngineFlags;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// List installed models, and published ones that can be pulled
    List {
        /// Also list published models that have newer versions
        #[arg(long)]
        all: bool,
        /// Compare the files of installed models with their recorded hashes
        #[arg(long)]
        verify: bool,
    },
    /// Download a model, verify it and install it; a second call continues an interrupted download
    Pull {
        /// Name of the model
        name: String,
        /// Address or folder with the files of the model [default: the model hub]
        #[arg(long, value_name = "URL|DIR")]
        from: Option<String>,
        #[command(flatten)]
        how: HowFlags,
    },
    /// Copy a model from a folder with model.safetensors and tokenizer.json or tokenizer.model
    Add {
        /// Folder with the files
        folder: PathBuf,
        /// Name of the installed model [default: the name of the folder]
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        how: HowFlags,
    },
    /// Remove a model and its unfinished downloads
    Remove {
        /// Name of the model
        name: String,
        /// Also forget the recorded hashes, which a later download must match
        #[arg(long)]
        forget_hashes: bool,
    },
    /// Make a model NAME-q8 with 8-bit weights, of about half the size
    Quantize {
        /// Name of an installed model
        name: String,
    },
    /// Print the folder of models, or of one model
    Path {
        /// Name of an installed model
        name: Option<String>,
    },
}

/// Flags of the installation.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct HowFlags {
    /// Accept the licence and the conditions of use, which are printed before the first installation
    #[arg(long)]
    accept_license: bool,
    /// Replace an installed model
    #[arg(long)]
    replace: bool,
    /// Language of a model that is not published, for example en
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
}

pub(super) async fn run(action: Action, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let settings = common.settings(&EngineFlags::default())?.for_stored_generations();
    let models = Models::new(settings.models_dir()).environment(Environment::read());
    let json = common.json;
    // Downloads, hashes and inference block their thread.
    let running = tokio::task::spawn_blocking(move || match action {
        Action::List { all, verify } => list::run(&models, all, verify, json),
        Action::Pull { name, from, how } => pull(&models, &name, from.as_deref(), &how, json),
        Action::Add { folder, name, how } => add(&models, &folder, name, &how, json),
        Action::Remove { name, forget_hashes } => remove(&models, &name, forget_hashes, json),
        Action::Quantize { name } => quantize(&models, &name, json),
        Action::Path { name } => path(&models, name.as_deref(), json),
    });
    match running.await {
        Ok(result) => result,
        Err(panic) => Err(Error::new(&code::INTERNAL, "the command ended early")
            .with_source(panic)
            .into()),
    }
}

fn pull(models: &Models, name: &str, from: Option<&str>, how: &HowFlags, json: bool) -> Result<ExitCode, Failure> {
    let source = match from {
        None => Source::Hub,
        Some(address) if address.contains("://") => Source::Address(address.to_owned()),
        Some(folder) => Source::Folder(folder.into()),
    };
    let mut options = PullOptions::default().source(source).replace(how.replace);
    options.language.clone_from(&how.language);
    let pulled = conditions::with(models, how.accept_license, json, |accept, progress| {
        models.pull(name, &options.clone().accept_terms(accept), progress)
    })?;
    if json {
        let mut value = json!(pulled.model);
        value["installed_now"] = pulled.installed_now.into();
        output::json(&value);
        return Ok(ExitCode::SUCCESS);
    }
    if !pulled.installed_now {
        output::print(&format!("{name} is installed already"));
    }
    print(&pulled.model);
    Ok(ExitCode::SUCCESS)
}

fn add(
    models: &Models,
    folder: &std::path::Path,
    name: Option<String>,
    how: &HowFlags,
    json: bool,
) -> Result<ExitCode, Failure> {
    let mut options = AddOptions::default().replace(how.replace);
    options.name = name;
    options.language.clone_from(&how.language);
    let model = conditions::with(models, how.accept_license, json, |accept, progress| {
        models.add(folder, &options.clone().accept_terms(accept), progress)
    })?;
    show(&model, json);
    Ok(ExitCode::SUCCESS)
}

fn remove(models: &Models, name: &str, forget_hashes: bool, json: bool) -> Result<ExitCode, Failure> {
    let bytes = models.remove(name, forget_hashes).map_err(failure::of)?;
    if json {
        output::json(&json!({ "name": name, "freed_bytes": bytes }));
    } else {
        output::print(&format!("{name} is removed ({})", list::size(bytes)));
    }
    Ok(ExitCode::SUCCESS)
}

fn quantize(models: &Models, name: &str, json: bool) -> Result<ExitCode, Failure> {
    let mut shown = progress::Shown::new(json);
    let model = models.quantize(name, &mut |progress| shown.show(progress));
    drop(shown);
    show(&model.map_err(failure::of)?, json);
    Ok(ExitCode::SUCCESS)
}

fn path(models: &Models, name: Option<&str>, json: bool) -> Result<ExitCode, Failure> {
    let path = match name {
        Some(name) => models.path(name).map_err(failure::of)?,
        None => models.folder().to_owned(),
    };
    if json {
        output::json(&json!({ "path": path }));
    } else {
        output::print(&path.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}

fn show(model: &Installed, json: bool) {
    if json {
        output::json(model);
    } else {
        print(model);
    }
}

fn print(model: &Installed) {
    output::print(&list::line(model));
    output::print(&format!("  {}", model.folder().display()));
    if let Some(attribution) = model.attribution() {
        output::print(&format!("  {attribution}"));
    }
}

/// A step that shows its progress.
type Step<'a, T> = dyn Fn(bool, &mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send)) -> Result<T, ModelsError> + 'a;
