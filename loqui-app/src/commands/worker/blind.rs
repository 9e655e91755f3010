//! For the control of the soak, and in debug builds only: an engine that never finds a create whose answer was lost. With it
//! the soak must see what is paid twice, or it would see nothing ever.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use loqui_core::engine::{ModelInfo, Order, Remote, ReplicateEngine, SpeechEngine, StartError, Started};
use loqui_core::ledger::Policy;
use loqui_core::{Error, Finding, Loqui, LoquiBuilder, SpeakOptions};

use crate::failure::Failure;

#[derive(Debug)]
struct Blind(ReplicateEngine);

/// A worker on the same store and audio that looks for nothing.
pub(super) fn worker(sighted: &Loqui, policy: Option<Policy>) -> Result<Loqui, Failure> {
    let mut builder = LoquiBuilder::from_env()
        .store(Arc::clone(sighted.store()))
        .audio_store(sighted.audio_store().clone());
    if let Some(policy) = policy {
        builder = builder.policy(policy);
    }
    if let Some(engine) = sighted.replicate() {
        builder = builder.engine(Arc::new(Blind(engine.clone())));
    }
    Ok(builder.build()?)
}

#[async_trait]
impl SpeechEngine for Blind {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo, Error> {
        self.0.model(name)
    }

    fn check_options(&self, options: &SpeakOptions) -> Result<Vec<Finding>, Error> {
        self.0.check_options(options)
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        self.0.start(order).await
    }

    async fn check(&self, remote: &str) -> Result<Remote, Error> {
        self.0.check(remote).await
    }

    async fn fetch(&self, output: &str) -> Result<Bytes, Error> {
        self.0.fetch(output).await
    }

    async fn cancel(&self, remote: &str) -> Result<Remote, Error> {
        self.0.cancel(remote).await
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }
}
