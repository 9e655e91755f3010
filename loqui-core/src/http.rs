//! HTTP for all API clients: client construction, transport errors, retry delays, redaction and download checks.
//!
//! This module is independent of the provider. [`replicate`](crate::replicate) and [`cog`](crate::cog) build on it.

mod clients;
pub(crate) mod data_uri;
pub(crate) mod download;
mod exchange;
mod public_dns;
pub(crate) mod redact;
pub(crate) mod retry;

pub(crate) use clients::{HttpClients, Timeouts, build, client_builder};
pub(crate) use exchange::{HttpResponse, TransportError, exchange};
