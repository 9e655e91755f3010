//! Middleware that gives error responses the shape that clients of other services expect.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::api_error::ErrorDetails;
use super::auth::XI_API_KEY;

/// OpenAI's clients expect status 400 for invalid fields, and read the field from `error.param`.
pub(crate) async fn openai(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::UNPROCESSABLE_ENTITY {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// ElevenLabs' clients read `detail.status` and `detail.message`, or with status 422 a list of fields.
pub(crate) async fn elevenlabs(request: Request, next: Next) -> Response {
    in_elevenlabs_shape(next.run(request).await)
}

/// The shape for ElevenLabs' clients if the request is from one of them. Two services have a route with the same path.
pub(crate) async fn by_client(request: Request, next: Next) -> Response {
    let is_elevenlabs = request.headers().contains_key(XI_API_KEY);
    let response = next.run(request).await;
    if is_elevenlabs {
        in_elevenlabs_shape(response)
    } else {
        response
    }
}

fn in_elevenlabs_shape(mut response: Response) -> Response {
    let Some(details) = response.extensions_mut().remove::<ErrorDetails>() else {
        return response;
    };
    let body = json!({
        "detail": detail(&details),
        "error": details.object,
        "message": details.object["message"],
    });
    let (head, _) = response.into_parts();
    let mut response = (head.status, axum::Json(body)).into_response();
    for (name, value) in head.headers {
        if let Some(name) = name.filter(|name| *name != header::CONTENT_LENGTH) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Returns the object `detail` of an error.
pub(crate) fn detail(details: &ErrorDetails) -> Value {
    if details.fields.is_empty() {
        let status = status(details.object["code"].as_str().unwrap_or_default());
        json!({ "status": status, "message": details.object["message"] })
    } else {
        json!(details.fields)
    }
}

/// Returns ElevenLabs' name of an error. Errors without one have the name of Loqui's code.
pub(crate) fn status(code: &str) -> String {
    match code {
        "sample.not_found" => "voice_not_found".to_owned(),
        "generation.not_found" => "history_item_not_found".to_owned(),
        "model.unknown" => "model_not_found".to_owned(),
        "user.unauthorized" | "user.wrong_password" => "invalid_api_key".to_owned(),
        "user.quota" | "generation.budget" => "quota_exceeded".to_owned(),
        "request.busy" => "system_busy".to_owned(),
        "request.too_large" | "sample.too_large" => "upload_file_size_exceeded".to_owned(),
        other => other.replace('.', "_"),
    }
}
