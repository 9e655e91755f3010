//! Speech as server-sent events.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use loqui_core::Error;
use serde_json::{Value, json};

/// The media type of the response.
pub(super) const MEDIA_TYPE: &str = "text/event-stream";
/// The maximum size of the audio in an event, in bytes.
const PART: usize = 16 << 10;

/// Wraps the parts of a file in events. The last event has the number of characters as the number of input tokens.
pub(super) fn events(
    chunks: BoxStream<'static, Result<Bytes, Error>>,
    characters: usize,
) -> BoxStream<'static, Result<Bytes, Error>> {
    let deltas = chunks.flat_map(|chunk| {
        let events: Vec<Result<Bytes, Error>> = match chunk {
            Ok(bytes) => bytes
                .chunks(PART)
                .map(|part| {
                    let audio = BASE64_STANDARD.encode(part);
                    Ok(event(&json!({ "type": "speech.audio.delta", "audio": audio })))
                })
                .collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(events)
    });
    let usage = json!({ "input_tokens": characters, "output_tokens": 0, "total_tokens": characters });
    let done = event(&json!({ "type": "speech.audio.done", "usage": usage }));
    // After an error, the connection is aborted, so that this event is not sent.
    deltas.chain(stream::iter([Ok(done)])).boxed()
}

fn event(data: &Value) -> Bytes {
    format!("data: {data}\n\n").into()
}
