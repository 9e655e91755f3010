//! The engine for Replicate's Chatterbox models.

mod uploads_in_use;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use uploads_in_use::UploadsInUse;
use url::Url;

use super::{ModelInfo, Order, Price, Reference, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, ErrorKind, Result, code};
use crate::finding::Finding;
use crate::options::VoiceSettings;
use crate::replicate::{
    Client, CreateError, MAX_INLINE_BYTES, Model, ModelChoice, NewPrediction, Prediction, Route, Status,
    earliest_creation, webhooks,
};

/// Speaks with a Chatterbox model at Replicate. Cheap to clone.
///
/// A model is selected by its name, with a version (`chatterbox:1b84...`) or with a deployment (`chatterbox@me/warm`). See
/// [`ModelChoice`].
///
/// ```
/// use loqui_core::engine::{ReplicateEngine, SpeechEngine as _};
/// use loqui_core::replicate::{Client, Route};
///
/// let engine = ReplicateEngine::new(Client::new("r8_...")?)
///     .with_route("chatterbox", Route::Deployment("me/chatterbox-warm".into()))?;
/// assert_eq!(engine.model(None)?.name, "resemble-ai/chatterbox");
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReplicateEngine {
    client: Client,
    routes: BTreeMap<&'static str, Route>,
    webhook: Option<Url>,
    deletes_uploads: bool,
    shared: Arc<SharedState>,
}

/// State shared by the clones of an engine.
#[derive(Debug, Default)]
struct SharedState {
    uploads: UploadsInUse,
    /// Versions of models that are not official.
    versions: Mutex<BTreeMap<&'static str, String>>,
}

impl ReplicateEngine {
    /// Creates an engine that uses this client.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            routes: BTreeMap::new(),
            webhook: None,
            deletes_uploads: false,
            shared: Arc::default(),
        }
    }

    /// Calls a model by a deployment or a version instead of its official endpoint.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    pub fn with_route(mut self, model: &str, route: Route) -> Result<Self> {
        self.routes.insert(&Model::by_name(model)?.name, route);
        Ok(self)
    }

    /// Requests a webhook at the end of every prediction, to the URL `hooks/replicate/TAKE` below this one.
    ///
    /// Verify the request with [`webhooks::verify`](crate::replicate::webhooks::verify) and pass it to
    /// [`Loqui::webhook`](crate::Loqui::webhook).
    #[must_use]
    pub fn with_webhook(mut self, webhook: Url) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Deletes an uploaded recording at Replicate when no take uses it any more. Otherwise Replicate deletes it after a day.
    /// The next take uploads it again.
    #[must_use]
    pub fn with_uploads_deleted(mut self) -> Self {
        self.deletes_uploads = true;
        self
    }

    /// Describes a model. Needs no token.
    ///
    /// # Errors
    ///
    /// `model.unknown`, and `model.no_reference` for a model that does not clone voices.
    pub fn model_info(name: Option<&str>) -> Result<ModelInfo> {
        let choice = parse_choice(name)?;
        let model = choice.model;
        model.require_reference_field()?;
        let mut info = ModelInfo::new(choice.to_string());
        info.target_characters = model.target_characters;
        info.max_characters = model.max_characters;
        info.languages.clone_from(&model.languages);
        info.plain_letters = model.languages.iter().all(|language| language == "en");
        info.reads_written = model.reads_written;
        info.tags = Some(model.tags.clone());
        info.price = Some(Price::new(model.price.usd_per_1000_characters, &model.price.as_of));
        info.min_reference_seconds = model.min_reference_seconds;
        info.max_output_seconds = Some(model.max_output_seconds);
        info.clones_voice = model.clones_voice();
        Ok(info)
    }

    /// Returns the client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    fn webhook(&self, order: &Order) -> Option<Url> {
        webhook_url(self.webhook.as_ref()?, order.take.as_deref()?)
    }

    fn route(&self, choice: &ModelChoice) -> Route {
        let model = choice.model;
        if let Some(route) = choice.route.as_ref().or_else(|| self.routes.get(model.name.as_str())) {
            return route.clone();
        }
        let versions = self.shared.versions.lock().unwrap_or_else(PoisonError::into_inner);
        match versions.get(model.name.as_str()) {
            Some(version) => Route::Version(version.clone()),
            None => Route::Official(model.name.clone()),
        }
    }

    /// Sends a prediction. If Replicate returns 404 because the model is not official, nothing was created: then it is called
    /// by its version, and so are later predictions.
    async fn send(&self, model: &'static Model, new: &NewPrediction) -> Result<Prediction, CreateError> {
        let sent = self.client.create(new).await;
        let Err(CreateError::Refused(refusal)) = &sent else {
            return sent;
        };
        if refusal.code() != code::REPLICATE_NOT_FOUND.name() || !matches!(new.route, Route::Official(_)) {
            return sent;
        }
        let Ok(Some(version)) = self.client.latest_version(&model.name).await else {
            return sent;
        };
        tracing::info!(
            model = model.name,
            "the model is not official: calling it by its version"
        );
        self.shared
            .versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(&model.name, version.clone());
        let mut by_version = new.clone();
        by_version.route = Route::Version(version);
        self.client.create(&by_version).await
    }

    /// Deletes an upload that is not in use any more, if the engine is configured to.
    async fn delete_unused(&self, reference: Option<Reference>) {
        let Some(reference) = reference.filter(|_| self.deletes_uploads) else {
            return;
        };
        if let Err(error) = self.client.forget_reference(reference.wav()).await {
            tracing::warn!(
                code = error.code(),
                "could not delete an upload; it expires within a day: {error}"
            );
        }
    }

    async fn remote(&self, prediction: &Prediction) -> Remote {
        if prediction.lost_its_reference() {
            self.client.discard_references();
        }
        if prediction.status.is_terminal() {
            self.delete_unused(self.shared.uploads.release(&prediction.id)).await;
        }
        match (&prediction.status, prediction.output_url()) {
            (Status::Canceled | Status::Aborted, _) => Remote::Cancelled,
            (Status::Failed, result) => {
                Remote::Failed(Arc::new(result.err().unwrap_or_else(|| failed_with_output(prediction))))
            }
            (_, Ok(output)) => Remote::Succeeded {
                output: output.to_owned(),
            },
            (_, Err(error)) if error.code() == code::REPLICATE_OUTPUT_EXPIRED.name() => Remote::Expired,
            (_, Err(error)) if prediction.is_done() => Remote::Failed(Arc::new(error)),
            (Status::Processing, Err(_)) => Remote::Running(prediction.progress()),
            (_, Err(_)) => Remote::Starting,
        }
    }
}

/// Returns the error for a failed prediction that has an output.
fn failed_with_output(prediction: &Prediction) -> Error {
    Error::new(&code::REPLICATE_PREDICTION_FAILED, "the prediction failed at replicate").with_request_id(&prediction.id)
}

#[async_trait]
impl SpeechEngine for ReplicateEngine {
    fn name(&self) -> &'static str {
        "replicate"
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        Self::model_info(name)
    }

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        parse_choice(settings.model.as_deref())?.model.check(settings)?;
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let choice = ModelChoice::parse(&order.model).map_err(StartError::Refused)?;
        let model = choice.model;
        // All checks come before the upload of the recording.
        let mut input = model
            .input(&order.text, None, &order.settings, Some(order.seed))
            .map_err(StartError::Refused)?;
        let cancel_after = order
            .cancel_after
            .clamp(*NewPrediction::CANCEL_AFTER.start(), *NewPrediction::CANCEL_AFTER.end());
        let field = model.require_reference_field().map_err(StartError::Refused)?;
        self.shared.uploads.begin(order);
        let (wav, sha256) = (order.reference.wav(), order.reference.sha256());
        let reference = match self.client.known_reference(wav, Some(sha256), cancel_after).await {
            Ok(reference) => reference,
            Err(error) => {
                self.delete_unused(self.shared.uploads.release_order(order)).await;
                return Err(upload_failed(error));
            }
        };
        input.insert(field.to_owned(), reference.into());

        let mut new = NewPrediction::new(self.route(&choice), input)
            .with_cancel_after(cancel_after)
            .with_send_by(order.send_by);
        new.webhook = self.webhook(order);
        match self.send(model, &new).await {
            Ok(prediction) => {
                self.shared.uploads.assign(order, &prediction.id);
                Ok(Started::Remote(prediction.id))
            }
            // The prediction may run: the upload stays until it is found, or expires.
            Err(CreateError::Unknown(error)) => Err(StartError::Unknown(error)),
            Err(CreateError::NotCreated(error)) => {
                self.delete_unused(self.shared.uploads.release_order(order)).await;
                Err(StartError::NotCreated(error))
            }
            Err(CreateError::Refused(error)) => {
                self.delete_unused(self.shared.uploads.release_order(order)).await;
                Err(StartError::Refused(error))
            }
        }
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Ok(self.remote(&self.client.poll(remote).await?).await)
    }

    async fn woken(&self, remote: &str) {
        tokio::select! {
            () = self.client.woken(remote) => {}
            () = self.client.expected_end(remote) => {}
        }
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        self.client.download(output).await
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        Ok(self.remote(&self.client.cancel(remote).await?).await)
    }

    fn deliver(&self, take: &str, seed: u32, payload: &Value) -> Result<String> {
        let prediction = webhooks::read(payload)?;
        let stated = prediction.input.as_ref().and_then(|input| input.get("seed")?.as_u64());
        if stated.is_some_and(|stated| stated != u64::from(seed)) {
            let message = format!("the webhook is not about the take {take}: it has another seed");
            return Err(Error::new(&code::WEBHOOK_INVALID, message));
        }
        self.client.claim(&prediction.id);
        self.shared.uploads.assign_take(take, seed, &prediction.id);
        self.client.deliver(&prediction);
        Ok(prediction.id)
    }

    async fn forget(&self, reference: &Reference) -> Result<()> {
        self.client.forget_reference(reference.wav()).await?;
        // Uploads of other processes, or of this one before a restart.
        if reference.wav().len() > MAX_INLINE_BYTES {
            self.client.delete_files_like(reference.wav()).await?;
        }
        Ok(())
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        let model = ModelChoice::parse(&order.model)?.model;
        let (seed, text) = (Value::from(order.seed), Value::from(order.text.as_str()));
        let webhook = self.webhook(order).map(String::from);
        let matches = |prediction: &Prediction| match &prediction.input {
            Some(input) => {
                let has_seed = order.seed == 0 || input.get("seed") == Some(&seed);
                Some(has_seed && input.get(&model.text_field) == Some(&text))
            }
            // The webhook URL is unique for each take and remains after the input is deleted. A different URL is no proof of
            // a different take, because the public URL of this machine may have changed.
            None if self.client.is_claimed(&prediction.id) => Some(false),
            None => (webhook.is_some() && order.take.is_some() && prediction.webhook == webhook).then_some(true),
        };
        let found = self
            .client
            .find_where(earliest_creation(order.intended_at), matches)
            .await?;
        if found.matches.is_empty() && found.undecided > 0 {
            // One of the predictions without input may be the lost one.
            let message = format!(
                "replicate has deleted the input of {} predictions of that time; one of them may be the lost one",
                found.undecided
            );
            return Err(Error::new(&code::GENERATION_ANSWER_UNKNOWN, message));
        }
        let found: Vec<String> = found.matches.into_iter().map(|prediction| prediction.id).collect();
        if let [id] = found.as_slice()
            && order.seed != 0
        {
            self.client.claim(id);
            self.shared.uploads.assign(order, id);
        }
        Ok(found)
    }
}

/// Returns the URL for webhooks about a take.
fn webhook_url(public: &Url, take: &str) -> Option<Url> {
    let mut url = public.clone();
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["hooks", "replicate", take]);
    Some(url)
}

/// Parses a model name; the default model for `None`.
fn parse_choice(name: Option<&str>) -> Result<ModelChoice> {
    ModelChoice::parse(name.unwrap_or("chatterbox"))
}

/// Returns the error for a failed upload, after which no create was sent.
fn upload_failed(error: Error) -> StartError {
    match error.kind() {
        ErrorKind::Network | ErrorKind::RateLimited | ErrorKind::Provider => StartError::NotCreated(error),
        _ => StartError::Refused(error),
    }
}

#[cfg(test)]
mod tests;
