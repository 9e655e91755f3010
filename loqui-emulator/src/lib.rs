//! An emulator of Replicate's HTTP API on localhost, for tests of programs that call Chatterbox. It needs no token, no
//! money and no network.
//!
//! It follows the documented (<https://replicate.com/docs/reference/http>) and recorded behaviour: ids, dates, statuses,
//! error bodies, rate limits, data retention, signed links and webhooks. The audio is a tone, or speech with the feature
//! `voice` and [`Settings::voice`]. [`Faults`] make it fail in the ways the platform is known to fail. The [`Ledger`]
//! records what happened, for instance how many runs were paid.
//!
//! ```
//! use loqui_emulator::{Emulator, Fault};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::start().await?;
//! emulator.faults().next(Fault::DropAfterAccept);
//!
//! // Configure a client with REPLICATE_BASE_URL and REPLICATE_API_TOKEN.
//! println!("{} {}", emulator.base_url(), emulator.token());
//! # use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! # let authority = emulator.base_url().trim_start_matches("http://").trim_end_matches("/v1");
//! # let mut connection = tokio::net::TcpStream::connect(authority).await?;
//! # let body = r#"{"input": {"prompt": "Hello!"}}"#;
//! # let request = format!(
//! #     "POST /v1/models/resemble-ai/chatterbox/predictions HTTP/1.1\r\nHost: {authority}\r\n\
//! #     Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
//! #     emulator.token(), body.len());
//! # connection.write_all(request.as_bytes()).await?;
//! # let mut response = Vec::new();
//! # connection.read_to_end(&mut response).await?;
//! # assert!(response.is_empty());
//!
//! // The create was accepted although its response was lost: a second create would be paid as well.
//! let ledger = emulator.ledger();
//! assert_eq!(ledger.creates.len(), 1);
//! assert_eq!(ledger.creates[0].text, "Hello!");
//! emulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! Tests in other languages control it over HTTP, under `/emulator/` on the port of the API:
//! `GET /emulator/ledger`, `GET`, `POST` and `DELETE /emulator/faults` (a JSON list of [`Rule`]s),
//! `GET /emulator/catalogue` (all faults with their values and descriptions),
//! `POST /emulator/advance` (`{"seconds": 3600}`) and `POST /emulator/reset`.

#![forbid(unsafe_code)]

mod accept;
mod audio;
mod cancel_after;
mod clock;
mod emulator;
mod error;
mod faults;
mod ids;
mod ledger;
mod lifecycle;
mod limiter;
mod logs;
mod models;
mod object;
mod outgoing;
mod paging;
mod prefer;
mod problem;
mod recording;
mod reference;
mod routes;
mod serve;
mod settings;
mod signature;
mod speech;
mod state;
mod validate;
mod webhook;
mod worker;

pub use crate::emulator::{Builder, Emulator};
pub use crate::error::Error;
pub use crate::faults::{Fault, FaultError, FaultInfo, Faults, Rule, Times};
pub use crate::ledger::{Create, Delivery, Download, Leak, Ledger};
pub use crate::lifecycle::Status;
pub use crate::recording::recording;
pub use crate::settings::{Limits, RetryHint, Settings, SyncStatus};
