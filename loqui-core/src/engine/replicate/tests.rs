use std::time::Duration;

use loqui_emulator::{Fault, Settings};

use super::*;
use crate::clock::{Clock as _, later};
use crate::engine::Reference;
use crate::replicate::testing::{Bench, recording};

fn engine(bench: &Bench) -> ReplicateEngine {
    ReplicateEngine::new(bench.client.clone())
}

fn order(bench: &Bench, model: &str, seed: u32) -> Order {
    Order::new(
        Model::by_name(model).unwrap().name.clone(),
        "Hello there.",
        seed,
        Reference::new(recording(10)),
        VoiceSettings::default(),
        bench.clock.now(),
        later(bench.clock.now(), Duration::from_secs(30)),
        Duration::from_mins(10),
    )
}

async fn started(engine: &ReplicateEngine, order: &Order) -> String {
    match engine.start(order).await.unwrap() {
        Started::Remote(id) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_cloning_model_uses_the_reference() {
    for model in Model::all().iter().filter(|model| model.clones_voice()) {
        let bench = Bench::start().await;
        let engine = engine(&bench);
        let id = started(&engine, &order(&bench, &model.name, 7)).await;
        assert!(matches!(
            engine.check(&id).await.unwrap(),
            Remote::Starting | Remote::Running(_)
        ));
        bench.finish().await;
        let Remote::Succeeded { output } = engine.check(&id).await.unwrap() else {
            panic!("{:?}", engine.check(&id).await);
        };
        assert_eq!(&engine.fetch(&output).await.unwrap()[..4], b"RIFF");
        let ledger = bench.emulator.ledger();
        assert_eq!(
            (ledger.paid_runs(), ledger.uploads, ledger.leaks.len()),
            (1, 1, 0),
            "{}",
            model.name
        );
        assert_eq!(
            (ledger.creates[0].seed, ledger.creates[0].text.as_str()),
            (Some(7), "Hello there.")
        );
    }
}

#[tokio::test]
async fn lost_order_is_found_without_a_second_create() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let lost = order(&bench, "chatterbox-turbo", 7);
    started(&engine, &order(&bench, "chatterbox-turbo", 8)).await;
    bench.emulator.faults().next(Fault::DropAfterAccept);
    assert!(matches!(engine.start(&lost).await, Err(StartError::Unknown(_))));
    let found = engine.find_lost(&lost).await.unwrap();
    let ledger = bench.emulator.ledger();
    assert_eq!(found, [ledger.creates[1].prediction.clone()]);
    assert_eq!(ledger.creates.len(), 2);

    let never = order(&bench, "chatterbox-turbo", 9);
    assert!(engine.find_lost(&never).await.unwrap().is_empty());
    let mut other = lost.clone();
    other.text = "Something else.".to_owned();
    assert!(engine.find_lost(&other).await.unwrap().is_empty());
}

#[tokio::test]
async fn search_fails_after_inputs_were_deleted() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let order = order(&bench, "chatterbox", 7);
    bench.emulator.faults().next(Fault::DropAfterAccept);
    assert!(engine.start(&order).await.is_err());
    bench.emulator.advance(Duration::from_hours(2)).await;
    let error = engine.find_lost(&order).await.unwrap_err();
    assert_eq!(error.code(), "generation.answer_unknown");
}

#[tokio::test]
async fn invalid_orders_are_refused_before_anything_is_sent() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let mut order = order(&bench, "chatterbox", 7);
    order.settings.temperature = Some(9.0);
    assert!(
        matches!(engine.start(&order).await, Err(StartError::Refused(error)) if error.code() == "option.out_of_range")
    );
    assert_eq!(
        engine.check_settings(&order.settings).unwrap_err().code(),
        "option.out_of_range"
    );
    order.settings = VoiceSettings::default();
    order.model = "someone/else".to_owned();
    assert!(matches!(engine.start(&order).await, Err(StartError::Refused(error)) if error.code() == "model.unknown"));
    assert_eq!(bench.emulator.ledger().requests, 0);
}

#[tokio::test]
async fn expired_order_is_not_sent() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let order = order(&bench, "chatterbox", 7);
    bench.clock.jump(Duration::from_secs(31));
    assert!(matches!(engine.start(&order).await, Err(StartError::NotCreated(_))));
    assert!(bench.emulator.ledger().creates.is_empty());
}

#[tokio::test]
async fn nothing_is_created_after_a_failed_upload() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    bench.emulator.faults().times(Fault::UploadStatus(503), 4);
    let result = engine.start(&order(&bench, "chatterbox", 7)).await;
    assert!(
        matches!(&result, Err(StartError::NotCreated(error)) if error.retryable()),
        "{result:?}"
    );
    bench.emulator.faults().next(Fault::UploadTooLarge);
    let result = engine.start(&order(&bench, "chatterbox", 7)).await;
    assert!(
        matches!(&result, Err(StartError::Refused(error)) if error.code() == "replicate.too_large"),
        "{result:?}"
    );
    assert!(bench.emulator.ledger().creates.is_empty());
}

#[tokio::test]
async fn upload_that_the_provider_lost_is_repeated() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    bench.emulator.faults().next(Fault::UploadLost);
    let id = started(&engine, &order(&bench, "chatterbox", 7)).await;
    bench.finish().await;
    let Remote::Failed(error) = engine.check(&id).await.unwrap() else {
        panic!("the reference does not exist")
    };
    assert!(error.retryable(), "{error:?}");
    let id = started(&engine, &order(&bench, "chatterbox", 8)).await;
    bench.finish().await;
    assert!(matches!(engine.check(&id).await.unwrap(), Remote::Succeeded { .. }));
    assert_eq!(bench.emulator.ledger().uploads, 2);
}

#[tokio::test]
async fn each_end_has_its_state() {
    for (fault, expected) in [
        (Fault::CudaError, "Failed"),
        (Fault::NullOutput, "Expired"),
        (Fault::DataRemoved, "Expired"),
        (Fault::OutputArray, "Succeeded"),
        (Fault::UnknownStatus, "Succeeded"),
    ] {
        let bench = Bench::start().await;
        let engine = engine(&bench);
        bench.emulator.faults().next(fault.clone());
        let id = started(&engine, &order(&bench, "chatterbox", 7)).await;
        bench.finish().await;
        let remote = format!("{:?}", engine.check(&id).await.unwrap());
        assert!(remote.starts_with(expected), "{fault:?}: {remote}");
    }
}

#[tokio::test]
async fn cancelled_take_is_reported_as_cancelled() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    bench.emulator.faults().next(Fault::StuckInProcessing);
    let id = started(&engine, &order(&bench, "chatterbox", 7)).await;
    bench.emulator.advance(Duration::from_secs(20)).await;
    assert!(matches!(engine.check(&id).await.unwrap(), Remote::Running(_)));
    assert!(matches!(engine.cancel(&id).await.unwrap(), Remote::Cancelled));
}

#[tokio::test]
async fn model_can_be_called_by_a_deployment() {
    let mut settings = Settings::default();
    settings
        .deployments
        .insert("me/warm".into(), "resemble-ai/chatterbox".into());
    let bench = Bench::with(settings, |builder| builder).await;
    let warm = engine(&bench)
        .with_route("chatterbox", Route::Deployment("me/warm".into()))
        .unwrap();
    started(&warm, &order(&bench, "chatterbox", 7)).await;
    assert_eq!(bench.emulator.ledger().creates.len(), 1);
}

#[tokio::test]
async fn model_name_may_have_a_deployment_or_version() {
    let mut settings = Settings::default();
    settings
        .deployments
        .insert("me/warm".into(), "resemble-ai/chatterbox".into());
    let bench = Bench::with(settings, |builder| builder).await;
    let engine = engine(&bench);
    let version = bench
        .client
        .latest_version("resemble-ai/chatterbox")
        .await
        .unwrap()
        .unwrap();
    for name in ["chatterbox@me/warm".to_owned(), format!("chatterbox:{version}")] {
        let info = engine.model(Some(&name)).unwrap();
        let mut order = order(&bench, "chatterbox", 7);
        order.model = info.name;
        let id = started(&engine, &order).await;
        assert_eq!(bench.emulator.ledger().creates.last().unwrap().prediction, id);
    }
    assert_eq!(
        engine.model(Some("chatterbox@warm")).unwrap_err().code(),
        "model.unknown"
    );
}

#[tokio::test]
async fn model_without_voice_cloning_is_refused() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let error = engine.model(Some("chatterbox-pro")).unwrap_err();
    assert_eq!(error.code(), "model.no_reference");
    let refused = engine.start(&order(&bench, "resemble-ai/chatterbox-pro", 7)).await;
    assert!(matches!(refused, Err(StartError::Refused(_))));
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.creates.len(), ledger.uploads), (0, 0));
}

#[tokio::test]
async fn model_that_is_not_official_is_called_by_its_version() {
    let mut settings = Settings::default();
    settings.community_models = vec!["resemble-ai/chatterbox-multilingual".into()];
    let bench = Bench::with(settings, |builder| builder).await;
    let engine = engine(&bench);
    started(&engine, &order(&bench, "chatterbox-multilingual", 7)).await;
    started(&engine, &order(&bench, "chatterbox-multilingual", 8)).await;
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.creates.len(), ledger.refused_creates["404"]), (2, 1));
}

#[tokio::test]
async fn webhook_reports_a_take_whose_response_was_lost() {
    let bench = Bench::start().await;
    let engine = engine(&bench)
        .with_webhook("https://example.com".parse().unwrap())
        .with_uploads_deleted();
    let lost = order(&bench, "chatterbox", 7).with_take("7-0-1");
    bench.emulator.faults().next(Fault::DropAfterAccept);
    assert!(engine.start(&lost).await.is_err());
    bench.finish().await;
    let id = bench.emulator.ledger().creates[0].prediction.clone();
    let ended = bench.client.prediction(&id).await.unwrap();
    assert_eq!(
        ended.webhook.as_deref(),
        Some("https://example.com/hooks/replicate/7-0-1")
    );

    let payload = |seed: u32| {
        let output = ended.output_url().unwrap();
        serde_json::json!({ "id": id, "status": "succeeded", "output": output, "input": { "seed": seed } })
    };
    let refused = |payload: &Value| engine.deliver("7-0-1", 7, payload).unwrap_err().code();
    assert_eq!(refused(&payload(8)), "webhook.invalid", "another seed");
    assert_eq!(
        refused(&serde_json::json!({ "status": "succeeded" })),
        "webhook.invalid"
    );
    let polls = bench.emulator.ledger().polls;
    for _ in 0..2 {
        assert_eq!(engine.clone().deliver("7-0-1", 7, &payload(7)).unwrap(), id);
    }
    engine.woken(&id).await;
    assert!(matches!(engine.check(&id).await.unwrap(), Remote::Succeeded { .. }));
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.polls, polls, "answered from the webhook");
    assert_eq!(
        (ledger.uploads, ledger.deletes),
        (1, 1),
        "the upload is deleted after its use"
    );
}

#[tokio::test]
async fn webhook_url_identifies_a_take_after_its_input_was_deleted() {
    let bench = Bench::start().await;
    let engine = engine(&bench).with_webhook("https://example.com".parse().unwrap());
    let lost = order(&bench, "chatterbox", 7).with_take("7-0-1");
    bench.emulator.faults().next(Fault::DropAfterAccept);
    assert!(engine.start(&lost).await.is_err());
    bench.emulator.advance(Duration::from_hours(2)).await;
    let other = order(&bench, "chatterbox", 7).with_take("7-0-2");
    assert!(engine.find_lost(&other).await.is_err(), "another URL is no proof");
    assert_eq!(engine.find_lost(&lost).await.unwrap().len(), 1);
    assert!(
        engine.find_lost(&other).await.unwrap().is_empty(),
        "the prediction is claimed"
    );
}

#[tokio::test]
async fn upload_is_deleted_after_its_last_use_if_configured() {
    let bench = Bench::start().await;
    let deleting = engine(&bench).with_uploads_deleted();
    let one = started(&deleting, &order(&bench, "chatterbox", 7)).await;
    let other = started(&deleting, &order(&bench, "chatterbox", 8)).await;
    bench.finish().await;
    deleting.check(&one).await.unwrap();
    assert_eq!(bench.emulator.ledger().deletes, 0, "the other take may use it");
    deleting.check(&other).await.unwrap();
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.uploads, ledger.deletes), (1, 1));

    bench.emulator.faults().next(Fault::PaymentRequired);
    assert!(deleting.start(&order(&bench, "chatterbox", 9)).await.is_err());
    let ledger = bench.emulator.ledger();
    assert_eq!(
        (ledger.uploads, ledger.deletes),
        (2, 2),
        "a take that was not created does not use it"
    );

    let default = engine(&bench);
    bench.clock.jump(Duration::from_mins(2));
    let id = started(&default, &order(&bench, "chatterbox", 10)).await;
    bench.finish().await;
    default.check(&id).await.unwrap();
    assert_eq!(bench.emulator.ledger().deletes, 2);
}

#[test]
fn models_have_limits_and_prices() {
    let engine = ReplicateEngine::new(Client::new("r8_x").unwrap());
    let turbo = engine.model(Some("chatterbox-turbo")).unwrap();
    assert_eq!((turbo.max_characters, turbo.max_output_seconds), (500, Some(40.0)));
    assert!(turbo.min_reference_seconds > 5.0 && turbo.clones_voice);
    assert_eq!(engine.model(None).unwrap().name, "resemble-ai/chatterbox");
    assert_eq!(engine.model(Some("x")).unwrap_err().code(), "model.unknown");
    assert!(!format!("{engine:?}").contains("r8_"));
}
