//! Replicate's Chatterbox models as an engine: what a generation needs, said in the words of the client.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use url::Url;

use super::{ModelInfo, Order, Price, Reference, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, ErrorKind, Result, code};
use crate::finding::Finding;
use crate::options::SpeakOptions;
use crate::replicate::{Client, CreateError, Model, NewPrediction, Prediction, Route, Status};

/// How far the clocks of this machine and of Replicate may be apart.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// Speaks with Chatterbox at Replicate.
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
}

impl ReplicateEngine {
    /// An engine on this client. Share the client: its pace is per token.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            routes: BTreeMap::new(),
            webhook: None,
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

    /// Has Replicate call this address at the end of every prediction; see [`webhooks`](crate::replicate::webhooks).
    #[must_use]
    pub fn with_webhook(mut self, webhook: Url) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Describes a model without a token: its limits and its price.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    pub fn model_info(name: Option<&str>) -> Result<ModelInfo> {
        let model = chosen(name)?;
        let mut info = ModelInfo::new(&model.name);
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

    fn remote(&self, prediction: &Prediction) -> Remote {
        if prediction.lost_its_reference() {
            self.client.distrust_references();
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
        chosen(options.model.as_deref())?.check(options)?;
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let model = Model::by_name(&order.model).map_err(StartError::Refused)?;
        // Everything that can be refused here is refused before the recording leaves this machine.
        let mut input = model
            .input(&order.text, None, &order.options, Some(order.seed))
            .map_err(StartError::Refused)?;
        let cancel_after = order
            .cancel_after
            .clamp(*NewPrediction::CANCEL_AFTER.start(), *NewPrediction::CANCEL_AFTER.end());
        let reference = self
            .client
            .reference(order.reference.wav(), cancel_after)
            .await
            .map_err(not_uploaded)?;
        input.insert(model.reference_field.clone(), reference.into());

        let route = self.routes.get(model.name.as_str());
        let route = route.cloned().unwrap_or_else(|| Route::Official(model.name.clone()));
        let mut new = NewPrediction::new(route, input)
            .with_cancel_after(cancel_after)
            .with_send_by(order.send_by);
        new.webhook.clone_from(&self.webhook);
        match self.client.create(&new).await {
            Ok(prediction) => Ok(Started::Remote(prediction.id)),
            Err(CreateError::NotCreated(error)) => Err(StartError::NotCreated(error)),
            Err(CreateError::Unknown(error)) => Err(StartError::Unknown(error)),
            Err(CreateError::Refused(error)) => Err(StartError::Refused(error)),
        }
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Ok(self.remote(&self.client.prediction(remote).await?))
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        self.client.download(output).await
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        Ok(self.remote(&self.client.cancel(remote).await?))
    }

    async fn forget(&self, reference: &Reference) -> Result<()> {
        self.client.forget_reference(reference.wav()).await
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        let model = Model::by_name(&order.model)?;
        let since = order
            .intended_at
            .saturating_sub(CLOCK_SKEW)
            .unwrap_or(order.intended_at);
        let fields = [
            ("seed", Value::from(order.seed)),
            (model.text_field.as_str(), Value::from(order.text.as_str())),
        ];
        let found = self.client.find(since, &fields).await?;
        if found.matches.is_empty() && found.undecided > 0 {
            // Inputs vanish after about an hour: "not found" would be a guess.
            let message = format!(
                "replicate has deleted the input of {} predictions of that time: nobody can say whether this one is among them",
                found.undecided
            );
            return Err(Error::new(&code::GENERATION_ANSWER_UNKNOWN, message));
        }
        Ok(found.matches.into_iter().map(|prediction| prediction.id).collect())
    }
}

/// The model of that name, or the usual one.
fn chosen(name: Option<&str>) -> Result<&'static Model> {
    Model::by_name(name.unwrap_or("chatterbox"))
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
