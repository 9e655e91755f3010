//! A stream of the bytes of a file.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, TryStreamExt as _};
use pyo3::prelude::*;
use tokio::sync::Mutex;

use crate::error::Raised;
use crate::runtime;

type Pieces = BoxStream<'static, Result<Bytes, loqui_core::Error>>;

/// A stream of the bytes of a file.
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

/// A cancelled wait loses nothing: the stream keeps the piece.
async fn next(audio: Audio) -> Result<Option<Vec<u8>>, Raised> {
    let piece = audio.0.lock().await.try_next().await?;
    Ok(piece.map(Vec::from))
}

#[pymethods]
impl Audio {
    /// Returns the next bytes, or nothing after the last ones.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Vec<u8>>> {
        runtime::wait(py, next(self.clone()))
    }

    fn next_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        runtime::awaitable(py, next(self.clone()))
    }
}
