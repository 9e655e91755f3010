//! The web page and the OpenAPI document. All files are embedded in the program.

use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::openapi::OpenApi;

use crate::serve::clients::prefix_of;
use crate::serve::state::App;

/// A file of the page.
struct File {
    /// Its path in `web/`.
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! files {
    ($($name:literal)*) => {
        &[$(File { name: $name, bytes: include_bytes!(concat!("../../../web/", $name)) }),*]
    };
}

/// All files of `web/`. Request paths are compared with this list and never opened as files.
const FILES: &[File] = files! {
    "app.js"
    "base.css"
    "boot.js"
    "docs.html"
    "icon-192.png"
    "icon-512.png"
    "icon.svg"
    "index.html"
    "manifest.webmanifest"
    "studio.css"
    "studio.js"
    "account/programs.js"
    "account/sign-in.js"
    "account/snippets.js"
    "docs/page.js"
    "docs/route.js"
    "docs/schema.js"
    "docs/try.js"
    "lib/api.js"
    "lib/dom.js"
    "lib/events.js"
    "lib/format.js"
    "lib/keep.js"
    "lib/sole.js"
    "lib/text.js"
    "lib/theme.js"
    "lib/views.js"
    "lib/words.js"
    "library/items.js"
    "library/library.js"
    "library/row.js"
    "script/cast.js"
    "script/document.js"
    "script/draft.js"
    "script/editor.js"
    "script/estimate.js"
    "script/findings.js"
    "script/history.js"
    "script/import.js"
    "script/intake.js"
    "script/parts.js"
    "script/row.js"
    "script/rows.js"
    "script/sentences.js"
    "script/speakers.js"
    "script/zip.js"
    "settings/presets.js"
    "settings/settings.js"
    "sound/cues.js"
    "sound/dock.js"
    "sound/downloads.js"
    "sound/draw.js"
    "sound/job.js"
    "sound/live.js"
    "sound/make.js"
    "sound/peaks.js"
    "sound/player.js"
    "sound/wav.js"
    "sound/wave.js"
    "texts/de.js"
    "texts/en.js"
    "voice/add.js"
    "voice/capture.js"
    "voice/card.js"
    "voice/recorder.js"
    "voice/report.js"
    "voice/trim.js"
    "voice/voices.js"
    "voices/heart.mp3"
    "voices/rms.mp3"
};

/// All files as they are sent.
static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| FILES.iter().map(Asset::new).collect());

/// A file as it is sent.
struct Asset {
    file: &'static File,
    /// Identifies the content.
    tag: String,
    /// The content as gzip, from the first request that accepts it. Only text becomes smaller.
    gzip: OnceLock<Option<Bytes>>,
}

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
    for asset in ASSETS.iter() {
        let path = match asset.file.name {
            "index.html" => "/".to_owned(),
            "docs.html" => "/docs".to_owned(),
            name => format!("/web/{name}"),
        };
        router = router.route(&path, get(async move |headers: HeaderMap| asset.respond(&headers)));
    }
    router
}

impl File {
    /// Returns the media type, and whether it is text.
    fn kind(&self) -> (&'static str, bool) {
        match self.name.rsplit('.').next().unwrap_or_default() {
            "html" => ("text/html; charset=utf-8", true),
            "css" => ("text/css; charset=utf-8", true),
            "js" => ("text/javascript; charset=utf-8", true),
            "webmanifest" => ("application/manifest+json", true),
            "svg" => ("image/svg+xml", true),
            "png" => ("image/png", false),
            "mp3" => ("audio/mpeg", false),
            _ => ("application/octet-stream", false),
        }
    }
}

impl Asset {
    fn new(file: &'static File) -> Self {
        Self {
            file,
            tag: hex::encode(Sha256::digest(file.bytes)).chars().take(16).collect(),
            gzip: OnceLock::new(),
        }
    }

    /// Returns the file, or status 304 if the browser has it.
    fn respond(&self, request: &HeaderMap) -> Response {
        let (kind, _) = self.file.kind();
        let gzip = self.gzip().filter(|_| lists(request, &header::ACCEPT_ENCODING, "gzip"));
        let tag = format!("\"{}{}\"", self.tag, if gzip.is_some() { "-gzip" } else { "" });
        let known = lists(request, &header::IF_NONE_MATCH, &tag);
        let mut response = match &gzip {
            _ if known => StatusCode::NOT_MODIFIED.into_response(),
            Some(bytes) => bytes.clone().into_response(),
            None => self.file.bytes.into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if gzip.is_some() && !known {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }

    /// Returns the content as gzip, if it is text.
    fn gzip(&self) -> Option<Bytes> {
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(self.file.bytes).ok()?;
            encoder.finish().ok().map(Bytes::from)
        };
        let (_, is_text) = self.file.kind();
        self.gzip
            .get_or_init(|| if is_text { compress() } else { None })
            .clone()
    }
}

/// Whether a header with a list of values contains this one. A weight of 0 excludes a value.
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(wanted) && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0"))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn files_in(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                files_in(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name);
            }
        }
    }

    #[test]
    fn every_file_of_the_page_is_embedded() {
        let mut found = BTreeSet::new();
        files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("web"), "", &mut found);
        let listed: BTreeSet<String> = FILES.iter().map(|file| file.name.to_owned()).collect();
        assert_eq!(listed, found);
        for file in FILES {
            assert_ne!(file.kind().0, "application/octet-stream", "{}", file.name);
        }
    }

    /// The page may transfer 250 kB. Voices are loaded only on request.
    #[test]
    fn page_transfers_at_most_250_kilobytes() {
        let sent: usize = ASSETS
            .iter()
            .filter(|asset| !asset.file.name.starts_with("voices/"))
            .map(|asset| asset.gzip().map_or(asset.file.bytes.len(), |gzip| gzip.len()))
            .sum();
        assert!(sent <= 250_000, "{sent} bytes");
    }

    #[test]
    fn text_is_compressed_for_browsers_that_accept_it() {
        let script = ASSETS.iter().find(|asset| asset.file.name == "app.js").unwrap();
        let ask = |pairs: &[(HeaderName, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(name.clone(), value.parse().unwrap());
            }
            script.respond(&headers)
        };
        let compressed = ask(&[(header::ACCEPT_ENCODING, "br, gzip;q=0.8")]);
        assert_eq!(compressed.headers()[header::CONTENT_ENCODING], "gzip");
        let plain = ask(&[(header::ACCEPT_ENCODING, "gzip;q=0")]);
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        assert_ne!(plain.headers()[header::ETAG], compressed.headers()[header::ETAG]);
        let tag = compressed.headers()[header::ETAG].to_str().unwrap();
        let again = ask(&[(header::ACCEPT_ENCODING, "gzip"), (header::IF_NONE_MATCH, tag)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
}
