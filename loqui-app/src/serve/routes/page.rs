//! The web page and the OpenAPI document. All files are embedded in the program.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::openapi::OpenApi;

use crate::serve::clients::prefix_of;
use crate::serve::state::App;

/// A file of the page.
struct File {
    path: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! files {
    ($($path:literal $kind:literal $name:literal;)*) => {
        &[$(File {
            path: $path,
            kind: $kind,
            bytes: include_bytes!(concat!("../../../web/", $name)),
        }),*]
    };
}

/// All files. Request paths are compared with this list and never opened as files.
const FILES: &[File] = files! {
    "/" "text/html; charset=utf-8" "index.html";
    "/docs" "text/html; charset=utf-8" "docs.html";
    "/web/style.css" "text/css; charset=utf-8" "style.css";
    "/web/icon.svg" "image/svg+xml" "icon.svg";
    "/web/app.js" "text/javascript; charset=utf-8" "app.js";
    "/web/api.js" "text/javascript; charset=utf-8" "api.js";
    "/web/account.js" "text/javascript; charset=utf-8" "account.js";
    "/web/voice.js" "text/javascript; charset=utf-8" "voice.js";
    "/web/capture.js" "text/javascript; charset=utf-8" "capture.js";
    "/web/recorder.js" "text/javascript; charset=utf-8" "recorder.js";
    "/web/wav.js" "text/javascript; charset=utf-8" "wav.js";
    "/web/waveform.js" "text/javascript; charset=utf-8" "waveform.js";
    "/web/script.js" "text/javascript; charset=utf-8" "script.js";
    "/web/speech.js" "text/javascript; charset=utf-8" "speech.js";
    "/web/player.js" "text/javascript; charset=utf-8" "player.js";
    "/web/live.js" "text/javascript; charset=utf-8" "live.js";
    "/web/library.js" "text/javascript; charset=utf-8" "library.js";
    "/web/docs.js" "text/javascript; charset=utf-8" "docs.js";
};

/// Returns the routes of the page and `/openapi.json`.
pub(super) fn routes(document: &OpenApi) -> Router<App> {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut router = Router::new().route(
        "/openapi.json",
        get(async move |State(app): State<App>, request: Request| {
            let prefix = prefix_of(request.extensions(), request.headers(), &app.settings);
            let mut document = document.clone();
            if !prefix.is_empty() {
                document["servers"] = json!([{ "url": prefix }]);
            }
            Json(document)
        }),
    );
    for file in FILES {
        let tag = format!("\"{}\"", &hex::encode(Sha256::digest(file.bytes))[..16]);
        router = router.route(
            file.path,
            get(async move |headers: HeaderMap| file.respond(&tag, &headers)),
        );
    }
    router
}

impl File {
    /// Returns the file, or status 304 if the browser has it.
    fn respond(&self, tag: &str, headers: &HeaderMap) -> Response {
        let known = headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|value| value.as_bytes() == tag.as_bytes());
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.bytes.into_response()
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(tag) = HeaderValue::from_str(tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}
