//! What can be away: the store of the records, the audio store, the network.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result as ObjectResult,
};

use crate::error::{Error, Result, code};

/// What is away at present.
#[derive(Debug, Default)]
pub(super) struct Away {
    pub(super) store: AtomicBool,
    pub(super) audio: AtomicBool,
    pub(super) network: AtomicBool,
}

impl Away {
    pub(super) fn store(&self) -> Result<()> {
        if self.store.load(Ordering::SeqCst) {
            return Err(Error::new(&code::STORE_UNAVAILABLE, "the database is away"));
        }
        Ok(())
    }

    pub(super) fn network(&self) -> Result<()> {
        if self.network.load(Ordering::SeqCst) {
            return Err(Error::new(&code::REPLICATE_UNREACHABLE, "the network is away"));
        }
        Ok(())
    }
}

/// Audio in memory that can be away.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) inner: InMemory,
    pub(super) away: Arc<Away>,
}

impl Objects {
    fn reach(&self) -> ObjectResult<()> {
        if self.away.audio.load(Ordering::SeqCst) {
            return Err(object_store::Error::Generic {
                store: "test",
                source: "the audio store is away".into(),
            });
        }
        Ok(())
    }
}

impl fmt::Display for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("test")
    }
}

#[async_trait]
impl ObjectStore for Objects {
    async fn put_opts(&self, to: &Path, bytes: PutPayload, options: PutOptions) -> ObjectResult<PutResult> {
        self.reach()?;
        self.inner.put_opts(to, bytes, options).await
    }

    async fn put_multipart_opts(
        &self,
        to: &Path,
        options: PutMultipartOptions,
    ) -> ObjectResult<Box<dyn MultipartUpload>> {
        self.reach()?;
        self.inner.put_multipart_opts(to, options).await
    }

    async fn get_opts(&self, from: &Path, options: GetOptions) -> ObjectResult<GetResult> {
        self.reach()?;
        self.inner.get_opts(from, options).await
    }

    async fn get_ranges(&self, from: &Path, ranges: &[Range<u64>]) -> ObjectResult<Vec<Bytes>> {
        self.reach()?;
        self.inner.get_ranges(from, ranges).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, ObjectResult<Path>>) -> BoxStream<'static, ObjectResult<Path>> {
        match self.reach() {
            Ok(()) => self.inner.delete_stream(paths),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, ObjectResult<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> ObjectResult<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> ObjectResult<()> {
        self.reach()?;
        self.inner.copy_opts(from, to, options).await
    }
}
