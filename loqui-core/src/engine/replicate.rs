//! Replicate's Chatterbox models as an engine: what a generation needs, said in the words of the client.

mod uses;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use url::Url;
use uses::Uses;

use super::{ModelInfo, Order, Price, Reference, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, ErrorKind, Result, code};
use crate::finding::Finding;
use crate::options::SpeakOptions;
use crate::replicate::{
    Client, CreateError, MAX_INLINE_BYTES, Model, ModelChoice, NewPrediction, Prediction, Route, Status,
};

/// How far the clocks of this machine and of Replicate may be apart.
const CLOCK_SKEW: Duration = Duration::from_mins(1);
/// How many takes that webhooks told of are remembered for a search.
const MOST_TOLD: usize = 10_000;

/// Speaks with Chatterbox at Replicate. Cheap to clone.
///
/// A model can be asked for by its name, by its version (`chatterbox:1b84...`) or by a deployment of your own
/// (`chatterbox@me/warm`): see [`ModelChoice`].
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
    memory: Arc<Memory>,
}

/// What clones of an engine remember together.
#[derive(Debug, Default)]
struct Memory {
    uses: Uses,
    /// The predictions of takes, as webhooks told.
    told: Mutex<HashMap<String, String>>,
    /// The versions of models that were not found among the official ones.
    versions: Mutex<BTreeMap<&'static str, String>>,
}

impl ReplicateEngine {
    /// An engine on this client.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            routes: BTreeMap::new(),
            webhook: None,
            deletes_uploads: false,
            memory: Arc::default(),
        }
    }

    /// Calls a model by another way than its official one: a deployment, or a version.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    pub fn with_route(mut self, model: &str, route: Route) -> Result<Self> {
        self.routes.insert(&Model::by_name(model)?.name, route);
        Ok(self)
    }

    /// Has Replicate call an address below this one at the end of every prediction: `hooks/replicate/` and the name of the
    /// take; see [`webhooks`](crate::replicate::webhooks) and [`Loqui::webhook`](crate::Loqui::webhook).
    #[must_use]
    pub fn with_webhook(mut self, webhook: Url) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Deletes an uploaded recording at Replicate as soon as no take needs it any more, instead of leaving it there for
    /// the day that Replicate keeps it. The next take uploads it again.
    #[must_use]
    pub fn with_uploads_deleted(mut self) -> Self {
        self.deletes_uploads = true;
        self
    }

    /// Describes a model without a token: its limits and its price.
    ///
    /// # Errors
    ///
    /// `model.unknown`, and `model.no_reference` for one that clones no voice.
    pub fn model_info(name: Option<&str>) -> Result<ModelInfo> {
        let choice = chosen(name)?;
        let model = choice.model;
        model.cloning()?;
        let mut info = ModelInfo::new(choice.to_string());
        info.target_characters = model.target_characters;
        info.max_characters = model.max_characters;
        info.languages.clone_from(&model.languages);
        info.plain_letters = model.languages.iter().all(|language| language == "en");
        info.price = Some(Price::new(model.price.usd_per_1000_characters, &model.price.as_of));
        info.min_reference_seconds = model.min_reference_seconds;
        info.max_output_seconds = Some(model.max_output_seconds);
        Ok(info)
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Takes in what a webhook said of a take: the take is looked at now, and found if the answer to its create was
    /// lost. The call must have been [verified](crate::replicate::webhooks::open). Saying it twice does no harm.
    pub fn delivered(&self, take: &str, prediction: &Prediction) {
        let mut told = self.memory.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST_TOLD {
            // Searches are over within the hour; a list finds what is forgotten here.
            told.clear();
        }
        told.insert(take.to_owned(), prediction.id.clone());
        drop(told);
        self.client.delivered(prediction);
    }

    fn told(&self, order: &Order) -> Option<String> {
        let told = self.memory.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(order.take.as_deref()?).cloned()
    }

    fn webhook(&self, order: &Order) -> Option<Url> {
        self.webhook.as_ref().zip(order.take.as_deref()).and_then(address)
    }

    fn route(&self, choice: &ModelChoice) -> Route {
        let model = choice.model;
        if let Some(route) = choice.route.as_ref().or_else(|| self.routes.get(model.name.as_str())) {
            return route.clone();
        }
        let versions = self.memory.versions.lock().unwrap_or_else(PoisonError::into_inner);
        match versions.get(model.name.as_str()) {
            Some(version) => Route::Version(version.clone()),
            None => Route::Official(model.name.clone()),
        }
    }

    /// Sends a prediction. Where the model is not found among the official ones nothing was created, so it is called by
    /// its version instead, and so are those that follow.
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
        tracing::info!(model = model.name, "not an official model: called by its version");
        self.memory
            .versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(&model.name, version.clone());
        let mut by_version = new.clone();
        by_version.route = Route::Version(version);
        self.client.create(&by_version).await
    }

    /// Deletes an upload that nobody needs any more, if that is asked for.
    async fn release(&self, reference: Option<Reference>) {
        let Some(reference) = reference.filter(|_| self.deletes_uploads) else {
            return;
        };
        if let Err(error) = self.client.forget_reference(reference.wav()).await {
            tracing::warn!(
                code = error.code(),
                "an upload was not deleted; it expires within a day: {error}"
            );
        }
    }

    async fn remote(&self, prediction: &Prediction) -> Remote {
        if prediction.lost_its_reference() {
            self.client.distrust_references();
        }
        if prediction.status.is_terminal() {
            self.release(self.memory.uses.end(&prediction.id)).await;
        }
        match (&prediction.status, prediction.output_url()) {
            (Status::Canceled | Status::Aborted, _) => Remote::Cancelled,
            (Status::Failed, result) => {
                Remote::Failed(Arc::new(result.err().unwrap_or_else(|| without_reason(prediction))))
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

/// A prediction that failed and has an output all the same: the status is believed.
fn without_reason(prediction: &Prediction) -> Error {
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

    fn check_options(&self, options: &SpeakOptions) -> Result<Vec<Finding>> {
        chosen(options.voice.model.as_deref())?.model.check(options)?;
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let choice = ModelChoice::parse(&order.model).map_err(StartError::Refused)?;
        let model = choice.model;
        // Everything that can be refused here is refused before the recording leaves this machine.
        let mut input = model
            .input(&order.text, None, &order.options, Some(order.seed))
            .map_err(StartError::Refused)?;
        let cancel_after = order
            .cancel_after
            .clamp(*NewPrediction::CANCEL_AFTER.start(), *NewPrediction::CANCEL_AFTER.end());
        let field = model.cloning().map_err(StartError::Refused)?;
        self.memory.uses.begin(order);
        let (wav, sum) = (order.reference.wav(), order.reference.sha256());
        let reference = match self.client.known_reference(wav, Some(sum), cancel_after).await {
            Ok(reference) => reference,
            Err(error) => {
                self.release(self.memory.uses.never_ran(order)).await;
                return Err(not_uploaded(error));
            }
        };
        input.insert(field.to_owned(), reference.into());

        let mut new = NewPrediction::new(self.route(&choice), input)
            .with_cancel_after(cancel_after)
            .with_send_by(order.send_by);
        new.webhook = self.webhook(order);
        match self.send(model, &new).await {
            Ok(prediction) => {
                self.memory.uses.runs(order, &prediction.id);
                Ok(Started::Remote(prediction.id))
            }
            // It may run: the recording stays until it is found, or expires.
            Err(CreateError::Unknown(error)) => Err(StartError::Unknown(error)),
            Err(CreateError::NotCreated(error)) => {
                self.release(self.memory.uses.never_ran(order)).await;
                Err(StartError::NotCreated(error))
            }
            Err(CreateError::Refused(error)) => {
                self.release(self.memory.uses.never_ran(order)).await;
                Err(StartError::Refused(error))
            }
        }
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Ok(self.remote(&self.client.look(remote).await?).await)
    }

    async fn woken(&self, remote: &str) {
        tokio::select! {
            () = self.client.woken(remote) => {}
            () = self.client.due(remote) => {}
        }
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        self.client.download(output).await
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        Ok(self.remote(&self.client.cancel(remote).await?).await)
    }

    async fn forget(&self, reference: &Reference) -> Result<()> {
        self.client.forget_reference(reference.wav()).await?;
        // What other processes uploaded, or this one before it was started anew.
        if reference.wav().len() > MAX_INLINE_BYTES {
            self.client.delete_files_like(reference.wav()).await?;
        }
        Ok(())
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        if let Some(id) = self.told(order) {
            self.client.claim(&id);
            self.memory.uses.runs(order, &id);
            return Ok(vec![id]);
        }
        let model = ModelChoice::parse(&order.model)?.model;
        let since = order
            .intended_at
            .saturating_sub(CLOCK_SKEW)
            .unwrap_or(order.intended_at);
        let (seed, text) = (Value::from(order.seed), Value::from(order.text.as_str()));
        let webhook = self.webhook(order).map(String::from);
        let judge = |prediction: &Prediction| match &prediction.input {
            Some(input) => Some(input.get("seed") == Some(&seed) && input.get(&model.text_field) == Some(&text)),
            // The address of a take's webhook belongs to it alone, and stays when the input is deleted. Another address
            // decides nothing: it may have been sent before the public address changed.
            None if self.client.is_claimed(&prediction.id) => Some(false),
            None => (webhook.is_some() && order.take.is_some() && prediction.webhook == webhook).then_some(true),
        };
        let found = self.client.find_where(since, judge).await?;
        if found.matches.is_empty() && found.undecided > 0 {
            // Inputs vanish after about an hour: "not found" would be a guess.
            let message = format!(
                "replicate has deleted the input of {} predictions of that time: nobody can say whether this one is among them",
                found.undecided
            );
            return Err(Error::new(&code::GENERATION_ANSWER_UNKNOWN, message));
        }
        let found: Vec<String> = found.matches.into_iter().map(|prediction| prediction.id).collect();
        if let [id] = found.as_slice() {
            self.client.claim(id);
            self.memory.uses.runs(order, id);
        }
        Ok(found)
    }
}

/// Where a webhook of this take goes to.
fn address((public, take): (&Url, &str)) -> Option<Url> {
    let mut address = public.clone();
    address
        .path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["hooks", "replicate", take]);
    Some(address)
}

/// The model of that name, or the usual one.
fn chosen(name: Option<&str>) -> Result<ModelChoice> {
    ModelChoice::parse(name.unwrap_or("chatterbox"))
}

/// The recording did not get there, so no create was sent: whether to try again depends on why.
fn not_uploaded(error: Error) -> StartError {
    match error.kind() {
        ErrorKind::Network | ErrorKind::RateLimited | ErrorKind::Provider => StartError::NotCreated(error),
        _ => StartError::Refused(error),
    }
}

#[cfg(test)]
mod tests;
