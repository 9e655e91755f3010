//! The engine for a server with OpenAI's speech route.

mod address;
mod server;
mod speech;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod voices;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use address::Address;
use async_trait::async_trait;
use bytes::Bytes;
pub use server::OpenAiServer;
use server::Routes;
use tokio::sync::OnceCell;
use voices::Uploads;

use super::{ModelInfo, Order, Price, Reference, Remote, SpeechEngine, SpokenAudio, StartError, Started};
use crate::error::{Error, Result, code};
use crate::finding::{Finding, FindingCode, Severity};
use crate::http;
use crate::options::VoiceSettings;
use crate::replicate::Model;

/// The result of a call.
type Spoken = std::result::Result<Bytes, speech::CallError>;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The model that is asked for by default. Servers with one model ignore the name.
const MODEL: &str = "tts-1";
/// A server usually has one graphics card, which speaks one segment at a time.
const PARALLEL: usize = 2;

/// Speaks with any server that has OpenAI's speech route, `POST /v1/audio/speech`, and with the two self-hosted servers of
/// Chatterbox. Clones share what was uploaded.
///
/// The recording is uploaded once, if the server takes recordings ([`OpenAiServer`]). Otherwise each sample needs a voice of the
/// server ([`with_voices`](Self::with_voices)); one without is an error. Calls are free unless
/// [`with_price`](Self::with_price) says otherwise. With a price, a call whose response is lost is held: the server has no
/// list in which it could be looked up.
///
/// ```
/// use std::sync::Arc;
/// use loqui_core::Loqui;
/// use loqui_core::engine::OpenAiEngine;
///
/// let engine = OpenAiEngine::new("http://gpu-box:8004")?;
/// let loqui = Loqui::builder().engine(Arc::new(engine)).build()?;
/// assert_eq!(loqui.engine(), "openai");
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Clone)]
pub struct OpenAiEngine {
    address: Address,
    http: reqwest::Client,
    key: Option<Arc<str>>,
    model: Arc<str>,
    server: Option<OpenAiServer>,
    voices: Arc<BTreeMap<String, String>>,
    price: Option<f64>,
    /// The kind of the server, found out at the first call unless it was set.
    found: Arc<OnceCell<OpenAiServer>>,
    uploads: Arc<Uploads>,
}

impl OpenAiEngine {
    /// Creates an engine for the server at this address, with or without `/v1` at its end. Sends nothing.
    ///
    /// # Errors
    ///
    /// `openai.url`.
    pub fn new(address: &str) -> Result<Self> {
        let address = Address::parse(address)?;
        // A server may close an idle connection just as a request leaves, and then nobody knows whether it arrived.
        let builder = http::client_builder(&["http/1.1"], !address.is_encrypted(), CONNECT_TIMEOUT)?
            .http1_only()
            .pool_max_idle_per_host(0);
        Ok(Self {
            http: http::build(builder)?,
            address,
            key: None,
            model: MODEL.into(),
            server: None,
            voices: Arc::default(),
            price: None,
            found: Arc::default(),
            uploads: Arc::default(),
        })
    }

    /// Sets the key, which is sent as `Authorization: Bearer KEY`.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into().into());
        self
    }

    /// Sets the model that is asked for by default, for instance `gpt-4o-mini-tts`.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<String>) -> Self {
        self.model = model.into().into();
        self
    }

    /// Sets the kind of the server. By default it is found out from the description of its routes.
    #[must_use]
    pub fn with_server(mut self, server: OpenAiServer) -> Self {
        self.server = Some(server);
        self
    }

    /// Maps names of samples to voices of the server; `*` stands for all other samples. These samples are not uploaded. With any
    /// mapping the engine does not claim to clone voices, so takes are not compared with the sample.
    #[must_use]
    pub fn with_voices(mut self, voices: BTreeMap<String, String>) -> Self {
        self.voices = Arc::new(voices);
        self
    }

    /// Sets the price, in US dollars per 1,000 characters.
    #[must_use]
    pub fn with_price(mut self, usd_per_1000_characters: f64) -> Self {
        self.price = Some(usd_per_1000_characters).filter(|usd| *usd > 0.0);
        self
    }

    /// Checks that the server answers, and returns its kind.
    ///
    /// # Errors
    ///
    /// `openai.unreachable`, `openai.unauthorized`, `openai.failed`.
    pub async fn ready(&self) -> Result<OpenAiServer> {
        let found = server::find(self.routes()).await?;
        Ok(self.server.unwrap_or(found))
    }

    /// The kind of the server.
    async fn server(&self) -> Result<OpenAiServer> {
        if let Some(server) = self.server {
            return Ok(server);
        }
        let found = self.found.get_or_try_init(|| server::find(self.routes()));
        found.await.copied()
    }

    fn routes(&self) -> Routes<'_> {
        Routes {
            http: &self.http,
            address: &self.address,
            key: self.key.as_deref(),
        }
    }

    /// The voice that the mapping names for a sample.
    fn mapped(&self, order: &Order) -> Option<&str> {
        let name = order.sample_name.as_deref().unwrap_or_default();
        let voice = self.voices.get(name).or_else(|| self.voices.get("*"));
        voice.map(String::as_str)
    }

    /// Speaks with the uploaded recording.
    async fn speak_uploaded(&self, order: &Order, server: OpenAiServer) -> std::result::Result<Spoken, StartError> {
        if server == OpenAiServer::Plain {
            let message = format!(
                "the server at {} takes no recordings, and no voice is set for the sample {:?}",
                self.address,
                order.sample_name.as_deref().unwrap_or_default()
            );
            return Err(StartError::Refused(Error::new(&code::OPENAI_NO_VOICE, message)));
        }
        let routes = self.routes();
        let voice = self
            .uploads
            .voice(routes, server, &order.reference)
            .await
            .map_err(not_sent)?;
        let spoken = speech::call(routes, server, order, &voice).await;
        if !matches!(spoken, Err(speech::CallError::UnknownVoice(_))) {
            return Ok(spoken);
        }
        // The server has lost its files, and has spoken nothing.
        self.uploads.forget(&order.reference);
        let voice = self
            .uploads
            .voice(routes, server, &order.reference)
            .await
            .map_err(not_sent)?;
        Ok(speech::call(routes, server, order, &voice).await)
    }
}

#[async_trait]
impl SpeechEngine for OpenAiEngine {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        let name = name.map_or(&*self.model, str::trim);
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(Error::new(
                &code::MODEL_UNKNOWN,
                format!("{name:?} is not a name of a model"),
            ));
        }
        let mut info = ModelInfo::new(name);
        // What the server speaks is not known. These are the languages of its most capable model.
        info.languages
            .clone_from(&Model::by_name("chatterbox-multilingual")?.languages);
        info.clones_voice = self.voices.is_empty();
        info.parallel = Some(PARALLEL);
        info.price = self.price.map(|usd| Price::new(usd, "the settings"));
        info.finds_lost_takes = false;
        Ok(info)
    }

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        self.model(settings.model.as_deref())?;
        let Some(server) = self.server.or_else(|| self.found.get().copied()) else {
            return Ok(Vec::new());
        };
        let set = settings.parameters().map(|(name, _)| name);
        let seed = settings.seed.map(|_| "seed");
        let ignored = set.chain(seed).filter(|name| !server.has_option(name));
        Ok(ignored.map(ignored_option).collect())
    }

    async fn start(&self, order: &Order) -> std::result::Result<Started, StartError> {
        let server = self.server().await.map_err(not_sent)?;
        let call = match self.mapped(order) {
            // Every kind of server has OpenAI's route, which knows all its voices.
            Some(voice) => speech::call(self.routes(), OpenAiServer::Plain, order, voice).await,
            None => self.speak_uploaded(order, server).await?,
        };
        match call {
            Ok(wav) => Ok(Started::Audio(SpokenAudio::new(wav))),
            Err(error) => Err(error.into_start_error()),
        }
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Ok(Remote::Failed(Arc::new(no_takes(remote))))
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        Err(no_takes(output))
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        self.check(remote).await
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>> {
        if self.price.is_none() {
            // Speaking again costs nothing.
            return Ok(Vec::new());
        }
        let message = format!("the server at {} has no list of calls", self.address);
        Err(Error::new(&code::GENERATION_ANSWER_UNKNOWN, message))
    }

    async fn forget(&self, reference: &Reference) -> Result<()> {
        self.uploads.forget(reference);
        let server = self.server().await?;
        voices::delete(self.routes(), server, reference).await
    }
}

/// Nothing was spoken. An outage is waited for; any other error would occur again.
fn not_sent(error: Error) -> StartError {
    if error.retryable() {
        StartError::NotCreated(error)
    } else {
        StartError::Refused(error)
    }
}

fn ignored_option(name: &'static str) -> Finding {
    Finding::new(
        Severity::Warning,
        FindingCode::OptionIgnored,
        format!("the server has no option {name}"),
        "Leave the option out.",
    )
}

fn no_takes(id: &str) -> Error {
    let message = format!("the engine openai runs no takes at a provider, so it has no take {id:?}");
    Error::new(&code::INTERNAL, message)
}

impl fmt::Debug for OpenAiEngine {
    /// Omits the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiEngine")
            .field("address", &self.address)
            .field("model", &self.model)
            .field("server", &self.server)
            .field("price", &self.price)
            .finish_non_exhaustive()
    }
}
