//! A file that is heard while it is made.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, TryStreamExt as _};
use pyo3::prelude::*;
use tokio::sync::Mutex;

use crate::error::Raised;
use crate::runtime;

type Pieces = BoxStream<'static, Result<Bytes, loqui_core::Error>>;

/// Gives the pieces of a file.
#[pyclass(frozen, module = "loqui._loqui")]
#[derive(Clone)]
pub(crate) struct Audio(Arc<Mutex<Pieces>>);

impl From<Pieces> for Audio {
    fn from(pieces: Pieces) -> Self {
        Self(Arc::new(Mutex::new(pieces)))
    }
}

impl fmt::Debug for Audio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Audio")
    }
}

/// A wait that is cancelled loses nothing: the stream keeps what it was about to give.
async fn next(audio: Audio) -> Result<Option<Vec<u8>>, Raised> {
    let piece = audio.0.lock().await.try_next().await?;
    Ok(piece.map(Vec::from))
}

#[pymethods]
impl Audio {
    /// The bytes that come next; nothing after the last.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Vec<u8>>> {
        runtime::wait(py, next(self.clone()))
    }

    fn next_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, next(self.clone()))
    }
}
