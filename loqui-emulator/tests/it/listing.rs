//! The list of predictions.

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bench, answer, frozen};

fn seeds(page: &Value) -> Vec<i64> {
    page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["input"]["seed"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn pages_are_newest_first_with_absolute_links() {
    let mut settings = frozen();
    settings.page_size = 2;
    let bench = Bench::with(settings).await;
    for seed in 1..=5 {
        bench.created(&json!({"prompt": "Hi", "seed": seed})).await;
    }
    let follow = |url: String| answer(bench.client.get(url).bearer_auth(bench.emulator.token()));
    let (_, first) = answer(bench.call(Method::GET, "/predictions")).await;
    assert_eq!((seeds(&first), &first["previous"]), (vec![5, 4], &Value::Null));
    let next = first["next"].as_str().unwrap();
    assert!(
        next.starts_with(&format!("{}/predictions?cursor=", bench.emulator.base_url())),
        "{next}"
    );
    let (_, second) = follow(next.to_owned()).await;
    assert_eq!(seeds(&second), [3, 2]);
    let (_, third) = follow(second["next"].as_str().unwrap().to_owned()).await;
    assert_eq!((seeds(&third), &third["next"]), (vec![1], &Value::Null));
    let (_, back) = follow(third["previous"].as_str().unwrap().to_owned()).await;
    assert_eq!(seeds(&back), [3, 2]);
    assert_eq!(bench.emulator.ledger().lists, 4);
}

#[tokio::test]
async fn filters_apply_to_all_pages() {
    let mut settings = frozen();
    settings.page_size = 1;
    let bench = Bench::with(settings).await;
    let mut created = Vec::new();
    for seed in 1..=4 {
        let at = bench.created(&json!({"prompt": "Hi", "seed": seed})).await["created_at"].clone();
        created.push(at.as_str().unwrap().parse::<Timestamp>().unwrap());
        bench.seconds(10).await;
    }
    let query = [
        ("created_after", created[1].to_string()),
        ("created_before", created[3].to_string()),
    ];
    let (_, first) = answer(bench.call(Method::GET, "/predictions").query(&query)).await;
    assert_eq!(seeds(&first), [3]);
    let next = bench
        .client
        .get(first["next"].as_str().unwrap())
        .bearer_auth(bench.emulator.token());
    let (_, second) = answer(next).await;
    assert_eq!((seeds(&second), &second["next"]), (vec![2], &Value::Null));
}

#[tokio::test]
async fn invalid_parameters_and_unknown_ids_are_refused() {
    let bench = Bench::start().await;
    for query in ["created_after=yesterday", "cursor=nothing"] {
        let (status, _) = answer(bench.call(Method::GET, &format!("/predictions?{query}"))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    let (status, problem) = answer(bench.call(Method::GET, "/predictions/nothing")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["detail"], "The requested resource could not be found.");
}
