//! The negative control of the soak test, in debug builds only: an engine that never finds a prediction whose create
//! response was lost. With this engine, the soak test must detect double payments.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use loqui_core::engine::{ModelInfo, Order, Remote, ReplicateEngine, SpeechEngine, StartError, Started};
use loqui_core::ledger::Policy;
use loqui_core::{Error, Finding, Loqui, VoiceSettings};

use crate::commands::CommonFlags;
use crate::failure::Failure;

#[derive(Debug)]
struct Blind(ReplicateEngine);

/// Builds a worker on the same store and audio that never searches for lost predictions.
pub(super) fn worker(common: &CommonFlags, loqui: &Loqui, policy: Option<Policy>) -> Result<Loqui, Failure> {
    let settings = common.settings_for_stored_generations()?;
    let mut builder = settings
        .builder()
        .store(Arc::clone(loqui.store()))
        .audio_store(loqui.audio_store().clone());
    if let Some(policy) = policy {
        builder = builder.policy(policy);
    }
    if let Some(engine) = loqui.replicate() {
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

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>, Error> {
        self.0.check_settings(settings)
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
