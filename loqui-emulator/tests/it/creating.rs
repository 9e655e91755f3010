//! Creates: routes, versions, bodies, tokens.

use loqui_emulator::{Settings, Status};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bench, OFFICIAL, VERSION, answer, send};

#[tokio::test]
async fn create_returns_an_object_with_few_fields() {
    let bench = Bench::start().await;
    let created = bench.created(&json!({"prompt": "Hello!", "seed": 5})).await;
    assert_eq!(created["id"].as_str().unwrap().len(), 26);
    assert_eq!(created["model"], "resemble-ai/chatterbox");
    assert_eq!(created["version"], "hidden");
    assert_eq!(created["status"], "starting");
    assert_eq!(created["logs"], "");
    assert_eq!(created["input"], json!({"prompt": "Hello!", "seed": 5}));
    assert_eq!(
        created["created_at"].as_str().unwrap().len(),
        "2024-04-22T11:15:15.329Z".len()
    );
    let get = created["urls"]["get"].as_str().unwrap();
    assert_eq!(
        get,
        format!(
            "{}/predictions/{}",
            bench.emulator.base_url(),
            created["id"].as_str().unwrap()
        )
    );
    for absent in [
        "output",
        "data_removed",
        "metrics",
        "started_at",
        "completed_at",
        "deadline",
    ] {
        assert!(created.get(absent).is_none(), "{absent} in {created}");
    }
}

#[tokio::test]
async fn modern_object_has_all_fields() {
    let mut settings = Settings::default();
    settings.modern_object = true;
    let created = Bench::with(settings).await.created(&json!({"prompt": "Hello!"})).await;
    assert_eq!(created["output"], Value::Null);
    assert_eq!(created["data_removed"], false);
    assert_eq!(created["metrics"], json!({}));
}

#[tokio::test]
async fn all_forms_of_versions_are_accepted() {
    let bench = Bench::start().await;
    let named = format!("resemble-ai/chatterbox:{VERSION}");
    for (version, shown) in [
        ("resemble-ai/chatterbox", "hidden"),
        (VERSION, VERSION),
        (named.as_str(), VERSION),
    ] {
        let body = json!({"version": version, "input": {"prompt": "Hello!"}});
        let (status, created) = answer(bench.call(Method::POST, "/predictions").json(&body)).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        assert_eq!(created["version"], shown);
    }
    for version in ["0", "resemble-ai/nothing", "resemble-ai/chatterbox:0"] {
        let body = json!({"version": version, "input": {"prompt": "Hello!"}});
        let (status, problem) = answer(bench.call(Method::POST, "/predictions").json(&body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["title"], "Invalid version or not permitted");
    }
    assert_eq!(bench.emulator.ledger().refused_creates["422"], 3);
}

#[tokio::test]
async fn community_models_and_deployments_have_their_own_endpoints() {
    let mut settings = Settings::default();
    settings.community_models = vec!["resemble-ai/chatterbox-multilingual".to_owned()];
    settings
        .deployments
        .insert("me/warm".to_owned(), "resemble-ai/chatterbox".to_owned());
    let bench = Bench::with(settings).await;
    let body = json!({"input": {"text": "Hallo", "language": "de"}});
    let community = "/models/resemble-ai/chatterbox-multilingual/predictions";
    let (status, _) = answer(bench.call(Method::POST, community).json(&body)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let body = json!({"input": {"prompt": "Hello!"}});
    let deployment = bench.call(Method::POST, "/deployments/me/warm/predictions").json(&body);
    let (status, created) = answer(deployment).await;
    assert_eq!(
        (status, &created["deployment"]),
        (StatusCode::CREATED, &json!("me/warm"))
    );
    assert_eq!(created["version"], VERSION);
    let (_, deployment) = answer(bench.call(Method::GET, "/deployments/me/warm")).await;
    assert_eq!(deployment["current_release"]["model"], "resemble-ai/chatterbox");
    let (status, _) = answer(bench.call(Method::GET, "/deployments/me/cold")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn invalid_bodies_have_the_recorded_messages() {
    let bench = Bench::start().await;
    let (status, problem) = answer(bench.create(&json!({"text": "Hello!"}))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        problem,
        json!({
            "title": "Input validation failed",
            "detail": "- input: prompt is required\n",
            "status": 422,
            "invalid_fields": [{"type": "required", "field": "input", "description": "prompt is required"}],
        })
    );
    let body = json!({"input": {"prompt": "Hi"}, "model": "x"});
    let (_, problem) = answer(bench.call(Method::POST, "/predictions").json(&body)).await;
    assert_eq!(
        problem["detail"],
        "- version is required\n- Additional property model is not allowed\n"
    );
    let (status, _) = answer(bench.call(Method::POST, OFFICIAL).body("{")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    for header in [("cancel-after", "soon"), ("cancel-after", "4s"), ("prefer", "wait=61")] {
        let request = bench.create(&json!({"prompt": "Hi"})).header(header.0, header.1);
        assert_eq!(answer(request).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{header:?}");
    }
    assert!(bench.emulator.ledger().creates.is_empty());
}

#[tokio::test]
async fn oversized_body_gets_an_html_page() {
    let mut settings = Settings::default();
    settings.max_body_bytes = 100_000;
    let bench = Bench::with(settings).await;
    let (status, page) = answer(bench.create(&json!({"prompt": "x".repeat(2_000_000)}))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.as_str().unwrap().starts_with("<html>"));
}

#[tokio::test]
async fn other_tokens_are_refused() {
    let bench = Bench::start().await;
    let url = format!("{}/account", bench.emulator.base_url());
    let get = |authorization: Option<String>| {
        let request = bench.client.get(&url);
        answer(match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        })
    };
    let token = bench.emulator.token().to_owned();
    assert_eq!(get(Some(format!("Bearer {token}"))).await.0, StatusCode::OK);
    assert_eq!(get(Some(format!("Token {token}"))).await.0, StatusCode::OK);
    let (status, problem) = get(None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(problem["detail"], "You did not pass an authentication token");
    for wrong in ["Bearer r8_wrong".to_owned(), format!("Basic {token}"), token] {
        let (status, problem) = get(Some(wrong)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(problem["detail"], "You did not pass a valid authentication token");
    }
}

#[tokio::test]
async fn free_endpoints_return_account_and_models() {
    let bench = Bench::start().await;
    let (_, account) = answer(bench.call(Method::GET, "/account")).await;
    assert_eq!(account["username"], "emulator");
    let (_, model) = answer(bench.call(Method::GET, "/models/resemble-ai/chatterbox")).await;
    let input = &model["latest_version"]["openapi_schema"]["components"]["schemas"]["Input"];
    assert_eq!(input["properties"]["cfg_weight"]["minimum"], 0.2);
    assert_eq!(model["latest_version"]["id"], VERSION);
    let path = format!("/models/resemble-ai/chatterbox/versions/{VERSION}");
    assert_eq!(answer(bench.call(Method::GET, &path)).await.1["id"], VERSION);
    let (_, versions) = answer(bench.call(Method::GET, "/models/resemble-ai/chatterbox-turbo/versions")).await;
    assert_eq!(versions["results"].as_array().unwrap().len(), 2);
    assert!(answer(bench.call(Method::GET, "/hardware")).await.1[0]["sku"].is_string());
    let response = send(bench.call(Method::GET, "/models/resemble-ai/nothing")).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert!(bench.emulator.ledger().creates.is_empty());
}

#[tokio::test]
async fn token_in_an_input_is_recorded_as_a_leak() {
    let bench = Bench::start().await;
    bench
        .created(&json!({"prompt": "Hi", "auth": bench.emulator.token()}))
        .await;
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.leaks[0].place, "create_body");
    assert_eq!(ledger.creates[0].status, Status::Starting);
}
