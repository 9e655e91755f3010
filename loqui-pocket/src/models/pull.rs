//! Downloads.

mod address;
mod attempts;
mod cache;
mod client;
mod hub;
mod space;
mod transfer;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use super::catalogue::{self, KnownModel};
use super::install::{Staging, remembered};
use super::installed::Installed;
use super::lock::ModelLock;
use super::progress::{Progress, Reporter};
use super::record::{HashOrigin, RecordedFile};
use super::{AddOptions, Error, Models, name};
use client::Client;

/// Largest file of a model that is not published, in bytes.
const MAX_BYTES: u64 = 8 << 30;

/// Pause between attempts to take the lock of a model.
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Where a model comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The hub: its cache on this machine, else a download.
    #[default]
    Hub,
    /// An `https` address of a folder with the files, or an `http` address of this machine. If the folder holds a
    /// [lock file](super::LOCK_FILE), its hashes are checked.
    Address(String),
    /// A folder of this machine.
    Folder(PathBuf),
}

/// How to pull a model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PullOptions {
    /// Where the model comes from.
    pub source: Source,
    /// Whether the caller accepts the [conditions](super::terms) of a published model.
    pub accept_terms: bool,
    /// Whether to replace an installed model.
    pub replace: bool,
    /// Language as an ISO 639-1 code, for a model that is not published.
    pub language: Option<String>,
    /// Pause after the first failed attempt. It doubles with each further one.
    pause: Duration,
}

impl Default for PullOptions {
    fn default() -> Self {
        Self {
            source: Source::default(),
            accept_terms: false,
            replace: false,
            language: None,
            pause: Duration::from_millis(500),
        }
    }
}

impl PullOptions {
    /// Sets where the model comes from.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// Accepts the conditions of a published model.
    #[must_use]
    pub fn accept_terms(mut self, accept: bool) -> Self {
        self.accept_terms = accept;
        self
    }

    /// Sets whether to replace an installed model.
    #[must_use]
    pub fn replace(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }

    /// Sets the language of a model that is not published.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Shortens the pauses between attempts.
    #[cfg(test)]
    pub(super) fn impatient(mut self) -> Self {
        self.pause = Duration::from_millis(1);
        self
    }

    /// Lengthens the pauses between attempts.
    #[cfg(test)]
    pub(super) fn patient(mut self) -> Self {
        self.pause = Duration::from_millis(400);
        self
    }
}

/// The result of a pull.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pulled {
    /// The installed model.
    pub model: Installed,
    /// Whether this call installed it. Otherwise it was installed and undamaged before, or another process did it.
    pub installed_now: bool,
}

/// What is known about a file before it is received.
#[derive(Clone, Debug, Default)]
struct Expected {
    bytes: Option<u64>,
    sha256: Option<(String, HashOrigin)>,
    /// Id that git gives to the content.
    git_blob: Option<String>,
}

/// A file to receive.
#[derive(Clone, Debug)]
struct Wanted {
    name: String,
    url: url::Url,
    from: String,
    expected: Expected,
    max_bytes: u64,
    /// Page with the access form.
    form: Option<String>,
}

impl Models {
    /// Installs a model from the hub, another server or a folder. An installed and undamaged model is kept, without
    /// network access.
    ///
    /// The call blocks the thread until the model is installed, and may be made from an asynchronous task as far as
    /// that allows blocking. `progress` is called often and may stop the operation. A stopped or failed download
    /// continues with the next call. Files are verified before they are installed: by size and hash, and by loading
    /// the model. If another process pulls the same model, the call waits and uses its result.
    ///
    /// # Errors
    /// [`Error::UnknownModel`], [`Error::InvalidName`], [`Error::TermsNotAccepted`], [`Error::AccessDenied`],
    /// [`Error::NotFound`], [`Error::Address`], [`Error::Unreachable`], [`Error::UnexpectedAnswer`],
    /// [`Error::HashMismatch`], [`Error::HashChanged`], [`Error::InvalidModel`], [`Error::NoSpace`], [`Error::Io`],
    /// [`Error::Offline`] and [`Error::Cancelled`]. Nothing is installed then.
    pub fn pull(
        &self,
        name: &str,
        options: &PullOptions,
        progress: &mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
    ) -> Result<Pulled, Error> {
        name::check(name)?;
        if matches!(options.source, Source::Hub) && catalogue::find(name).is_none() && self.read(name)?.is_none() {
            return Err(catalogue::missing(name));
        }
        if !options.replace
            && let Some(model) = self.usable(name)
        {
            return Ok(Pulled {
                model,
                installed_now: false,
            });
        }
        // A runtime of its own on a thread of its own, so that callers need none and may have one.
        let pulling = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(Error::io(self.folder()))?;
            runtime.block_on(self.pull_now(name, options, &mut Reporter::new(progress)))
        };
        std::thread::scope(|scope| {
            let thread = scope.spawn(pulling);
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Returns an installed model if all of its files are as installed.
    fn usable(&self, name: &str) -> Option<Installed> {
        let model = self.read(name).ok().flatten()?;
        model.verify().is_ok().then_some(model)
    }

    async fn pull_now(&self, name: &str, options: &PullOptions, reporter: &mut Reporter<'_>) -> Result<Pulled, Error> {
        if let Source::Folder(folder) = &options.source {
            let add = AddOptions {
                name: Some(name.to_owned()),
                language: options.language.clone(),
                accept_terms: options.accept_terms,
                replace: true,
            };
            return Ok(Pulled {
                model: self.add(folder, &add, &mut |progress| match reporter.report(progress) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                })?,
                installed_now: true,
            });
        }
        // Before the conditions: an unusable address needs no consent.
        let client = self.client(&options.source)?;
        self.require_terms(name, options.accept_terms)?;
        let mut waited = false;
        let _lock = loop {
            if let Some(lock) = ModelLock::try_exclusive(self.folder(), name)? {
                break lock;
            }
            waited = true;
            reporter.report(&Progress::Waiting)?;
            tokio::time::sleep(LOCK_PAUSE).await;
        };
        if (waited || !options.replace)
            && let Some(model) = self.usable(name)
        {
            return Ok(Pulled {
                model,
                installed_now: false,
            });
        }
        let staging = Staging::open(self.folder(), name)?;
        let record = match &options.source {
            Source::Address(_) => self.pull_address(name, &client, options, &staging, reporter).await?,
            _ => self.pull_hub(name, &client, options, &staging, reporter).await?,
        };
        Ok(Pulled {
            model: staging.finish(record, reporter)?,
            installed_now: true,
        })
    }

    fn client(&self, source: &Source) -> Result<Client, Error> {
        if let Source::Address(address) = source {
            Client::new(address, None)
        } else {
            let endpoint = self.hub.hub_endpoint.as_deref().unwrap_or_else(|| catalogue::hub());
            Client::new(endpoint, self.hub.hub_token.as_deref())
        }
    }

    /// Receives a file, unless an earlier attempt did.
    async fn receive(
        &self,
        model: &str,
        client: &Client,
        wanted: &Wanted,
        options: &PullOptions,
        staging: &Staging,
        reporter: &mut Reporter<'_>,
    ) -> Result<RecordedFile, Error> {
        let mut expected = wanted.expected.clone();
        if let Some(earlier) = remembered::find(self.folder(), model, &wanted.name, &wanted.from) {
            match &expected.sha256 {
                Some((stated, _)) if *stated != earlier.sha256 => {
                    return Err(Error::HashChanged {
                        file: wanted.name.clone(),
                        recorded: earlier.sha256,
                        stated: stated.clone(),
                    });
                }
                Some(_) => {}
                None => expected.sha256 = Some((earlier.sha256, earlier.hash_origin)),
            }
        }
        let mut transfer = transfer::Transfer {
            client,
            wanted: &Wanted {
                expected,
                ..wanted.clone()
            },
            staging,
            pause: options.pause,
        };
        transfer.run(reporter).await
    }
}

/// Returns the upper limit for a file of a model.
fn max_bytes(known: Option<&KnownModel>) -> u64 {
    known.map_or(MAX_BYTES, KnownModel::max_bytes)
}
