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
        SpeakOptions::default(),
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
async fn every_model_speaks_with_the_reference_it_was_given() {
    for model in Model::all().iter().filter(|model| model.clones()) {
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
async fn a_lost_order_is_found_and_nothing_is_paid_twice() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let mine = order(&bench, "chatterbox-turbo", 7);
    started(&engine, &order(&bench, "chatterbox-turbo", 8)).await;
    bench.emulator.faults().next(Fault::DropAfterAccept);
    assert!(matches!(engine.start(&mine).await, Err(StartError::Unknown(_))));
    let found = engine.find_lost(&mine).await.unwrap();
    let ledger = bench.emulator.ledger();
    assert_eq!(found, [ledger.creates[1].prediction.clone()]);
    assert_eq!(ledger.creates.len(), 2);

    let never = order(&bench, "chatterbox-turbo", 9);
    assert!(engine.find_lost(&never).await.unwrap().is_empty());
    let mut other = mine.clone();
    other.text = "Something else.".to_owned();
    assert!(engine.find_lost(&other).await.unwrap().is_empty());
}

#[tokio::test]
async fn not_found_is_not_guessed_after_inputs_were_deleted() {
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
async fn what_would_be_refused_never_leaves_this_machine() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let mut order = order(&bench, "chatterbox", 7);
    order.options.voice.temperature = Some(9.0);
    assert!(
        matches!(engine.start(&order).await, Err(StartError::Refused(error)) if error.code() == "option.out_of_range")
    );
    assert_eq!(
        engine.check_options(&order.options).unwrap_err().code(),
        "option.out_of_range"
    );
    order.options = SpeakOptions::default();
    order.model = "someone/else".to_owned();
    assert!(matches!(engine.start(&order).await, Err(StartError::Refused(error)) if error.code() == "model.unknown"));
    assert_eq!(bench.emulator.ledger().requests, 0);
}

#[tokio::test]
async fn an_intent_that_has_grown_old_is_not_sent() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    let order = order(&bench, "chatterbox", 7);
    bench.clock.jump(Duration::from_secs(31));
    assert!(matches!(engine.start(&order).await, Err(StartError::NotCreated(_))));
    assert!(bench.emulator.ledger().creates.is_empty());
}

#[tokio::test]
async fn a_recording_that_does_not_get_there_costs_nothing() {
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
async fn an_upload_that_the_provider_lost_is_made_again() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    bench.emulator.faults().next(Fault::UploadLost);
    let id = started(&engine, &order(&bench, "chatterbox", 7)).await;
    bench.finish().await;
    let Remote::Failed(error) = engine.check(&id).await.unwrap() else {
        panic!("it cannot have been fetched")
    };
    assert!(error.retryable(), "{error:?}");
    let id = started(&engine, &order(&bench, "chatterbox", 8)).await;
    bench.finish().await;
    assert!(matches!(engine.check(&id).await.unwrap(), Remote::Succeeded { .. }));
    assert_eq!(bench.emulator.ledger().uploads, 2);
}

#[tokio::test]
async fn every_end_is_told_apart() {
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
async fn a_cancelled_take_says_so() {
    let bench = Bench::start().await;
    let engine = engine(&bench);
    bench.emulator.faults().next(Fault::StuckInProcessing);
    let id = started(&engine, &order(&bench, "chatterbox", 7)).await;
    bench.emulator.advance(Duration::from_secs(20)).await;
    assert!(matches!(engine.check(&id).await.unwrap(), Remote::Running(_)));
    assert!(matches!(engine.cancel(&id).await.unwrap(), Remote::Cancelled));
}

#[tokio::test]
async fn a_model_can_be_called_by_its_deployment() {
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
async fn a_deployment_and_a_version_can_be_asked_for_in_the_models_name() {
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
async fn a_model_that_takes_no_recording_is_refused_before_anything_is_sent() {
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
async fn a_model_that_is_not_official_is_called_by_its_version() {
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
async fn a_webhook_finds_a_take_whose_answer_was_lost() {
    let bench = Bench::start().await;
    let engine = engine(&bench).with_webhook("https://example.com".parse().unwrap());
    let mine = order(&bench, "chatterbox", 7).with_take("7-0-1");
    bench.emulator.faults().next(Fault::DropAfterAccept);
    assert!(engine.start(&mine).await.is_err());
    bench.finish().await;
    let id = bench.emulator.ledger().creates[0].prediction.clone();
    let ended = bench.client.prediction(&id).await.unwrap();
    assert_eq!(
        ended.webhook.as_deref(),
        Some("https://example.com/hooks/replicate/7-0-1")
    );
    let lists = bench.emulator.ledger().lists;
    engine.clone().delivered("7-0-1", &ended);
    assert_eq!(engine.find_lost(&mine).await.unwrap(), std::slice::from_ref(&id));
    assert!(matches!(engine.check(&id).await.unwrap(), Remote::Succeeded { .. }));
    assert_eq!(bench.emulator.ledger().lists, lists, "nobody had to look");
}

#[tokio::test]
async fn the_address_of_the_webhook_decides_when_the_input_is_gone() {
    let bench = Bench::start().await;
    let engine = engine(&bench).with_webhook("https://example.com".parse().unwrap());
    let mine = order(&bench, "chatterbox", 7).with_take("7-0-1");
    bench.emulator.faults().next(Fault::DropAfterAccept);
    assert!(engine.start(&mine).await.is_err());
    bench.emulator.advance(Duration::from_hours(2)).await;
    let other = order(&bench, "chatterbox", 7).with_take("7-0-2");
    assert!(
        engine.find_lost(&other).await.is_err(),
        "another address decides nothing"
    );
    assert_eq!(engine.find_lost(&mine).await.unwrap().len(), 1);
    assert!(
        engine.find_lost(&other).await.unwrap().is_empty(),
        "it has an owner now"
    );
}

#[tokio::test]
async fn an_upload_is_deleted_after_its_last_use_if_that_is_asked_for() {
    let bench = Bench::start().await;
    let kind = engine(&bench).with_uploads_deleted();
    let one = started(&kind, &order(&bench, "chatterbox", 7)).await;
    let other = started(&kind, &order(&bench, "chatterbox", 8)).await;
    bench.finish().await;
    kind.check(&one).await.unwrap();
    assert_eq!(bench.emulator.ledger().deletes, 0, "the other may still need it");
    kind.check(&other).await.unwrap();
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.uploads, ledger.deletes), (1, 1));

    bench.emulator.faults().next(Fault::PaymentRequired);
    assert!(kind.start(&order(&bench, "chatterbox", 9)).await.is_err());
    let ledger = bench.emulator.ledger();
    assert_eq!(
        (ledger.uploads, ledger.deletes),
        (2, 2),
        "a take that never ran needs none"
    );

    let usual = engine(&bench);
    bench.clock.jump(Duration::from_mins(2));
    let id = started(&usual, &order(&bench, "chatterbox", 10)).await;
    bench.finish().await;
    usual.check(&id).await.unwrap();
    assert_eq!(bench.emulator.ledger().deletes, 2);
}

#[test]
fn models_are_described_with_limits_and_prices() {
    let engine = ReplicateEngine::new(Client::new("r8_x").unwrap());
    let turbo = engine.model(Some("chatterbox-turbo")).unwrap();
    assert_eq!((turbo.max_characters, turbo.max_output_seconds), (500, Some(40.0)));
    assert!(turbo.min_reference_seconds > 5.0);
    assert_eq!(engine.model(None).unwrap().name, "resemble-ai/chatterbox");
    assert_eq!(engine.model(Some("x")).unwrap_err().code(), "model.unknown");
    assert!(!format!("{engine:?}").contains("r8_"));
}
