//! The native half of `Emulator`.

use std::sync::Arc;

use loqui_emulator::{Emulator as Running, FaultError, Rule, Settings};
use napi::bindgen_prelude::{Buffer, spawn_blocking};
use napi_derive::napi;
use tokio::sync::Mutex;

use crate::failure::json;

/// An emulator of Replicate's API.
#[napi]
pub struct Emulator {
    running: Arc<Mutex<Option<Running>>>,
    base_url: String,
    token: String,
    webhook_secret: String,
}

fn closed() -> napi::Error {
    napi::Error::from_reason("the emulator is closed")
}

#[napi]
impl Emulator {
    #[napi]
    pub async fn start(voice: bool) -> napi::Result<Emulator> {
        let mut settings = Settings::default();
        settings.voice = voice;
        let running = Running::builder()
            .settings(settings)
            .start()
            .await
            .map_err(|error| napi::Error::from_reason(error.to_string()))?;
        Ok(Emulator {
            base_url: running.base_url().to_owned(),
            token: running.token().to_owned(),
            webhook_secret: running.webhook_secret(),
            running: Arc::new(Mutex::new(Some(running))),
        })
    }

    #[napi]
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    #[napi]
    pub fn token(&self) -> String {
        self.token.clone()
    }

    #[napi]
    pub fn webhook_secret(&self) -> String {
        self.webhook_secret.clone()
    }

    /// Adds a fault, for example `drop_after_accept`.
    #[napi]
    pub async fn fault(&self, rule: String) -> napi::Result<()> {
        let parsed: Rule = rule
            .parse()
            .map_err(|error: FaultError| napi::Error::new(napi::Status::InvalidArg, error.to_string()))?;
        self.running
            .lock()
            .await
            .as_ref()
            .ok_or_else(closed)?
            .faults()
            .add(parsed);
        Ok(())
    }

    #[napi]
    pub async fn clear_faults(&self) -> napi::Result<()> {
        self.running.lock().await.as_ref().ok_or_else(closed)?.faults().clear();
        Ok(())
    }

    #[napi]
    pub async fn ledger(&self) -> napi::Result<serde_json::Value> {
        json(&self.running.lock().await.as_ref().ok_or_else(closed)?.ledger())
    }

    #[napi]
    pub async fn paid_runs(&self) -> napi::Result<u32> {
        Ok(self
            .running
            .lock()
            .await
            .as_ref()
            .ok_or_else(closed)?
            .ledger()
            .paid_runs() as u32)
    }

    #[napi]
    pub async fn close(&self) {
        if let Some(running) = self.running.lock().await.take() {
            running.shutdown().await;
        }
    }
}

/// Returns a WAV file that passes every check.
#[napi]
pub async fn recording() -> napi::Result<Buffer> {
    let spoken = spawn_blocking(loqui_emulator::recording).await;
    let wav = spoken.map_err(|error| napi::Error::from_reason(error.to_string()))?;
    wav.map(|wav| Buffer::from(wav.to_vec()))
        .ok_or_else(|| napi::Error::from_reason("this build has no offline voice"))
}
