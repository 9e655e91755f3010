//! The native half of `webhooks`.

use loqui_core::clock::Timestamp;
use loqui_core::replicate::webhooks;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::failure::{Outcome, outcome};

/// A verified delivery.
#[napi(object)]
pub struct Verified {
    pub id: String,
    pub sent_at: String,
}

/// One header of a request.
#[napi(object)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// Verifies signature and age of a delivery.
#[napi(catch_unwind)]
pub fn verify_webhook(secret: String, headers: Vec<Header>, body: Buffer) -> Outcome<Verified> {
    let headers = headers.into_iter().map(|header| (header.name, header.value));
    let verified = webhooks::verify(&secret.into(), headers, &body, Timestamp::now());
    outcome(verified.map(|(id, sent_at)| Verified {
        id,
        sent_at: sent_at.to_string(),
    }))
}
