//! A stream of the bytes of a file.

use bytes::Bytes;
use futures::stream::{BoxStream, TryStreamExt as _};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use tokio::sync::Mutex;

use crate::failure::{Outcome, outcome};

type Pieces = BoxStream<'static, Result<Bytes, loqui_core::Error>>;

/// A stream of the bytes of a file.
#[napi]
pub struct Audio {
    pieces: Mutex<Pieces>,
}

impl From<Pieces> for Audio {
    fn from(pieces: Pieces) -> Self {
        Self {
            pieces: Mutex::new(pieces),
        }
    }
}

#[napi]
impl Audio {
    /// Returns the next bytes, or `null` after the last ones. A cancelled wait loses nothing.
    #[napi]
    pub async fn next(&self) -> Outcome<Option<Buffer>> {
        let piece = self.pieces.lock().await.try_next().await;
        outcome(piece.map(|piece| piece.map(|bytes| Vec::from(bytes).into())))
    }
}
