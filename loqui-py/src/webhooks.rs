//! The native half of `loqui.webhooks`.

use loqui_core::clock::Timestamp;
use loqui_core::replicate::webhooks;
use pyo3::prelude::*;

use crate::error::Raised;

/// Verifies signature and age of a delivery. Returns its ID and when it was sent, as RFC 3339.
#[pyfunction]
pub(crate) fn verify_webhook(secret: &str, headers: Vec<(String, String)>, body: &[u8]) -> PyResult<(String, String)> {
    let (id, sent_at) = webhooks::verify(&secret.into(), headers, body, Timestamp::now()).map_err(Raised::from)?;
    Ok((id, sent_at.to_string()))
}
