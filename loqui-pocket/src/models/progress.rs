use std::ops::ControlFlow;

use super::Error;

/// What an operation does at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another process works on the same model.
    Waiting,
    /// A file is being received.
    #[non_exhaustive]
    Receiving {
        /// The file, for instance `model.safetensors`.
        file: String,
        /// Bytes received so far, including those of an earlier attempt.
        bytes: u64,
        /// Size of the file in bytes, if the server states it.
        total: Option<u64>,
    },
    /// A download broke off, and is continued after a pause.
    #[non_exhaustive]
    Retrying {
        /// The file.
        file: String,
        /// Why the download broke off.
        reason: String,
    },
    /// A file of the hub's cache is used in place.
    #[non_exhaustive]
    Cached {
        /// The file.
        file: String,
    },
    /// The files are being checked: hashes, tensors and tokenizer.
    Verifying,
}

/// Sends progress to the caller, who may stop the operation.
pub(super) struct Reporter<'a> {
    callback: &'a mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
}

impl<'a> Reporter<'a> {
    pub(super) fn new(callback: &'a mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send)) -> Self {
        Self { callback }
    }

    /// Reports progress.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if the caller stops the operation.
    pub(super) fn report(&mut self, progress: &Progress) -> Result<(), Error> {
        match (self.callback)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}
