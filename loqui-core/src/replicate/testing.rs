//! Shared by tests of the client: an emulator with a client, a virtual clock, a recording.

use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use loqui_emulator::{Emulator, Settings};

use super::{Client, ClientBuilder, Model, NewPrediction, Route};
use crate::clock::{Clock, later};
use crate::options::VoiceSettings;

/// A clock that starts at the current time and advances at once by each sleep.
#[derive(Debug)]
pub(crate) struct JumpingClock(Mutex<Timestamp>);

impl Default for JumpingClock {
    fn default() -> Self {
        Self(Mutex::new(Timestamp::now()))
    }
}

impl JumpingClock {
    pub(crate) fn jump(&self, duration: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = later(*now, duration);
    }
}

#[async_trait]
impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.jump(duration);
        tokio::task::yield_now().await;
    }
}

/// An emulator and a client for it.
pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) clock: Arc<JumpingClock>,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default(), |builder| builder).await
    }

    pub(crate) async fn with(settings: Settings, change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let emulator = Emulator::builder().settings(settings).start().await.unwrap();
        let clock = Arc::new(JumpingClock::default());
        let builder = Client::builder(emulator.token())
            .base_url(emulator.base_url())
            .clock(Arc::<JumpingClock>::clone(&clock));
        let client = change(builder).build().unwrap();
        Self {
            emulator,
            client,
            clock,
        }
    }

    /// Creates a prediction, waits for its end, and returns its id.
    pub(crate) async fn run(&self) -> String {
        let id = self.client.create(&hello(7)).await.unwrap().id;
        self.finish().await;
        id
    }

    /// Advances the emulator's time until all predictions have ended.
    pub(crate) async fn finish(&self) {
        self.emulator.advance(Duration::from_secs(20)).await;
    }
}

/// Returns a prediction of a short text.
pub(crate) fn hello(seed: u32) -> NewPrediction {
    let model = Model::by_name("chatterbox").unwrap();
    let input = model
        .input("Hello there.", None, &VoiceSettings::default(), Some(seed))
        .unwrap();
    NewPrediction::new(Route::Official(model.name.clone()), input)
}

/// Returns a recording of this length. A second has 48,000 bytes.
pub(crate) fn recording(seconds: u32) -> Bytes {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 24_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    for index in 0..seconds * 24_000 {
        let phase = f64::from(index) * 200.0 * std::f64::consts::TAU / 24_000.0;
        writer.write_sample((phase.sin() * 9000.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
    file.into_inner().into()
}
