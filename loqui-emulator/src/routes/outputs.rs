//! The output origin: a public bucket with checksums and range requests.

use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use md5::{Digest as _, Md5};

use super::guard;
use crate::faults::{Fault, Stage};
use crate::ledger::{Download, Leak};
use crate::lifecycle::Status;
use crate::object;
use crate::problem;
use crate::state::{Platform, Prediction};

const MEGABYTE: u64 = 1_000_000;
/// The query that marks a redirect loop.
const LOOP_QUERY: &str = "again";

pub(super) async fn download(State(platform): State<Arc<Platform>>, request: Request) -> Response {
    // The body is not `Sync`, so it must not be held across an await.
    let (request, _) = request.into_parts();
    let path = request.uri.path().trim_start_matches('/').to_owned();
    record_leaks(&platform, &request);
    let now = platform.clock.now();
    let prediction = platform.state().prediction_by_output(&path).cloned();
    let available = prediction.as_ref().filter(|prediction| {
        prediction.phase(now).status == Status::Succeeded && !prediction.is_removed(now, platform.settings.retention)
    });
    let response = match available {
        Some(prediction) => serve(&platform, prediction, &request).await,
        // The response of the platform for an expired URL is not documented.
        None => StatusCode::NOT_FOUND.into_response(),
    };
    let host = request
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name).to_owned();
    platform.state().counts.downloads.push(Download {
        prediction: prediction.map(|prediction| prediction.id),
        strayed: platform.output_origin.host_str() != Some(&host),
        host,
        status: response.status().as_u16(),
    });
    response
}

/// Records a token that was sent to this origin.
fn record_leaks(platform: &Platform, request: &Parts) {
    let headers = &request.headers;
    let in_header = headers.contains_key(header::AUTHORIZATION)
        || headers
            .values()
            .any(|value| value.to_str().is_ok_and(|value| value.contains(&platform.token)));
    let in_url = request.uri.to_string().contains(&platform.token);
    for (place, leaked) in [("output_header", in_header), ("output_url", in_url)] {
        if leaked {
            let path = request.uri.path().to_owned();
            platform.state().counts.leaks.push(Leak {
                place: place.to_owned(),
                path,
            });
        }
    }
}

async fn serve(platform: &Arc<Platform>, prediction: &Prediction, request: &Parts) -> Response {
    let path = &prediction.output_path;
    if request.uri.query() == Some(LOOP_QUERY) {
        return redirect_loop(platform, path);
    }
    let fault = platform.faults.draw(Stage::Download, &prediction.subject());
    match fault {
        Some(Fault::DownloadStatus(status)) => return guard::status_code(status).into_response(),
        Some(Fault::DownloadHtml) => return problem::html(StatusCode::OK),
        Some(Fault::DownloadTooLarge(megabytes)) => return zeros(megabytes),
        // The fault applies once, so the redirect leads to the file.
        Some(Fault::DownloadRedirect) => return redirect(&format!("{}{path}", platform.output_origin)),
        Some(Fault::DownloadRedirectLoop) => return redirect_loop(platform, path),
        Some(Fault::DownloadRedirectOtherHost) => {
            return redirect(&object::on_other_host(platform, path));
        }
        _ => {}
    }
    let rendering = {
        let (platform, prediction) = (Arc::clone(platform), prediction.clone());
        tokio::task::spawn_blocking(move || platform.audio(&prediction))
    };
    let Ok(content) = rendering.await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    file(&content, &request.headers, fault.as_ref())
}

fn file(content: &Bytes, headers: &HeaderMap, fault: Option<&Fault>) -> Response {
    let digest = Md5::digest(content);
    let etag = format!("\"{}\"", hex::encode(digest));
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // With another `If-Range`, the response is the whole file.
    let range = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|tag| tag == etag));
    let (status, range) = match range.map(|range| parse_range(range, content.len())) {
        Some(RequestedRange::Part(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Some(RequestedRange::Unsatisfiable) => {
            let content_range = format!("bytes */{}", content.len());
            return (
                StatusCode::RANGE_NOT_SATISFIABLE,
                [(header::CONTENT_RANGE, content_range)],
            )
                .into_response();
        }
        Some(RequestedRange::Whole) | None => (StatusCode::OK, 0..content.len()),
    };
    let content_range = format!(
        "bytes {}-{}/{}",
        range.start,
        range.end.saturating_sub(1),
        content.len()
    );
    let part = content.slice(range);
    let length = part.len();
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "audio/wav")
        .header(header::CONTENT_LENGTH, length)
        .header(header::CACHE_CONTROL, "public,max-age=3600")
        .header(header::ETAG, etag)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header("x-goog-hash", format!("md5={}", BASE64_STANDARD.encode(digest)));
    if status == StatusCode::PARTIAL_CONTENT {
        response = response.header(header::CONTENT_RANGE, content_range);
    }
    response
        .body(body(part, fault))
        .expect("all header values are visible ASCII")
}

fn body(part: Bytes, fault: Option<&Fault>) -> Body {
    match fault {
        Some(Fault::DownloadTruncated) => {
            // Sends half of the file, then closes the connection with an error. The yield lets the first half be sent.
            let half = part.slice(..part.len() / 2);
            Body::from_stream(stream::once(async { Ok(half) }).chain(stream::once(async {
                tokio::task::yield_now().await;
                Err(std::io::Error::other("truncated by a fault"))
            })))
        }
        Some(Fault::DownloadWrongMd5) => {
            let mut wrong = part.to_vec();
            // Changes the last byte, so that the WAV header stays valid.
            if let Some(last) = wrong.last_mut() {
                *last ^= 0xff;
            }
            wrong.into()
        }
        _ => part.into(),
    }
}

/// Redirects to a URL that redirects to itself.
fn redirect_loop(platform: &Platform, path: &str) -> Response {
    redirect(&format!("{}{path}?{LOOP_QUERY}", platform.output_origin))
}

fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// Returns this many megabytes of zeros, generated while they are sent.
fn zeros(megabytes: u64) -> Response {
    let megabyte = Bytes::from(vec![0_u8; MEGABYTE as usize]);
    let chunks = (0..megabytes).map(move |_| Ok::<_, std::convert::Infallible>(megabyte.clone()));
    let length = megabytes.saturating_mul(MEGABYTE).to_string();
    let headers = [
        (header::CONTENT_TYPE, "audio/wav".to_owned()),
        (header::CONTENT_LENGTH, length),
    ];
    (headers, Body::from_stream(stream::iter(chunks))).into_response()
}

#[derive(Debug, PartialEq, Eq)]
enum RequestedRange {
    Whole,
    Part(Range<usize>),
    Unsatisfiable,
}

/// Parses a `Range` header with one range. Other headers are ignored, as RFC 9110 allows.
fn parse_range(header: &str, length: usize) -> RequestedRange {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return RequestedRange::Whole;
    };
    let range = match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), Ok(last)) if last < first => return RequestedRange::Whole,
        (Ok(first), Ok(last)) => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..length,
        (Err(_), Ok(suffix)) if first.trim().is_empty() => length.saturating_sub(suffix)..length,
        _ => return RequestedRange::Whole,
    };
    if range.start >= range.end {
        RequestedRange::Unsatisfiable
    } else {
        RequestedRange::Part(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_rfc_9110() {
        assert_eq!(parse_range("bytes=0-9", 100), RequestedRange::Part(0..10));
        assert_eq!(parse_range("bytes=90-", 100), RequestedRange::Part(90..100));
        assert_eq!(parse_range("bytes=-10", 100), RequestedRange::Part(90..100));
        assert_eq!(parse_range("bytes=50-500", 100), RequestedRange::Part(50..100));
        assert_eq!(parse_range("bytes=100-", 100), RequestedRange::Unsatisfiable);
        assert_eq!(parse_range("bytes=-0", 100), RequestedRange::Unsatisfiable);
        for header in ["bytes=9-0", "bytes=0-1,5-6", "bytes=a-b", "lines=0-9", "bytes=-"] {
            assert_eq!(parse_range(header, 100), RequestedRange::Whole, "{header}");
        }
    }
}
