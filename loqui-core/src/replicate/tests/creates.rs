use std::time::Duration;

use loqui_emulator::{Fault, Settings};
use serde_json::Value;

use crate::clock::{Clock as _, since};
use crate::error::Retry;
use crate::replicate::testing::{Bench, hello};
use crate::replicate::{Client, CreateError, Route, WaitOptions};

fn seed(seed: u32) -> [(&'static str, Value); 2] {
    [("seed", seed.into()), ("prompt", "Hello there.".into())]
}

#[tokio::test]
async fn prediction_runs_from_create_to_wav() {
    let bench = Bench::start().await;
    let created = bench.client.create(&hello(7)).await.unwrap();
    assert!(!created.is_done());
    bench.finish().await;
    let ended = bench.client.wait(&created.id, &WaitOptions::default()).await.unwrap();
    let wav = bench.client.download(ended.output_url().unwrap()).await.unwrap();
    assert_eq!(&wav[..4], b"RIFF");
    let ledger = bench.emulator.ledger();
    assert_eq!(
        (ledger.paid_runs(), ledger.downloads.len(), ledger.leaks.len()),
        (1, 1, 0)
    );
}

/// One create is sent whatever happens to its response, and it can be found if it was accepted.
#[tokio::test]
async fn prediction_with_a_lost_response_is_found_by_its_seed() {
    for (fault, accepted) in [
        (Fault::DropAfterAccept, true),
        (Fault::ErrorAfterAccept(500), true),
        (Fault::ErrorAfterAccept(502), true),
        (Fault::ErrorAfterAccept(503), true),
        (Fault::DelayAfterAccept(2_000), true),
        (Fault::DropBeforeAccept, false),
        (Fault::CreateStatus(500), false),
        (Fault::CreateHtml(503), false),
    ] {
        let bench = Bench::with(Settings::default(), |builder| {
            builder.timeout(Duration::from_millis(700))
        })
        .await;
        let since = bench.clock.now();
        bench.client.create(&hello(1)).await.unwrap();
        bench.emulator.faults().next(fault.clone());
        let error = bench.client.create(&hello(2)).await.unwrap_err();
        assert!(matches!(error, CreateError::Unknown(_)), "{fault:?}: {error:?}");
        let found = bench
            .client
            .find(since - Duration::from_mins(1), &seed(2))
            .await
            .unwrap();
        assert_eq!(
            (found.matches.len(), found.undecided),
            (usize::from(accepted), 0),
            "{fault:?}"
        );
        let ledger = bench.emulator.ledger();
        let creates = ledger.creates.iter().filter(|create| create.seed == Some(2)).count();
        assert_eq!(creates, usize::from(accepted), "{fault:?}");
        assert_eq!(
            ledger.refused_creates.values().sum::<u64>(),
            u64::from(!accepted),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn create_without_a_connection_is_not_created() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let client = Client::builder("r8_x")
        .base_url(format!("http://{free}/v1"))
        .build()
        .unwrap();
    let error = client.create(&hello(1)).await.unwrap_err();
    assert!(
        matches!(&error, CreateError::NotCreated(error) if error.code() == "replicate.unreachable"),
        "{error:?}"
    );
}

#[tokio::test]
async fn throttled_create_is_not_created_and_delays_other_creates() {
    let bench = Bench::with(Settings::default(), |builder| builder.max_queue_wait(Duration::ZERO)).await;
    bench.emulator.faults().next(Fault::CreateThrottled(5));
    let CreateError::NotCreated(error) = bench.client.create(&hello(1)).await.unwrap_err() else {
        panic!("a 429 creates nothing");
    };
    assert_eq!(error.code(), "replicate.rate_limited");
    let Retry::After(wait) = error.retry() else {
        panic!("{error:?}")
    };
    assert!((5.0..8.0).contains(&wait.as_secs_f64()), "{wait:?}");

    let requests = bench.emulator.ledger().requests;
    let CreateError::NotCreated(error) = bench.client.create(&hello(2)).await.unwrap_err() else {
        panic!("the create was sent");
    };
    assert!(matches!(error.retry(), Retry::After(_)));
    assert_eq!(
        bench.emulator.ledger().requests,
        requests,
        "the second create was not sent"
    );
    bench.clock.jump(wait);
    bench.client.create(&hello(3)).await.unwrap();
    assert_eq!(bench.emulator.ledger().creates.len(), 1);
}

#[tokio::test]
async fn low_credit_slows_creates_down() {
    let mut settings = Settings::default();
    settings.limits.low_credit = true;
    // The client's clock advances alone, so the emulator's clock is advanced before each create.
    let bench = Bench::with(settings, |builder| builder.max_queue_wait(Duration::from_mins(5))).await;
    bench.client.create(&hello(1)).await.unwrap();
    let error = bench.client.create(&hello(2)).await.unwrap_err();
    assert!(matches!(error, CreateError::NotCreated(_)), "{error:?}");
    let start = bench.clock.now();
    for number in 3..6 {
        bench.emulator.advance(Duration::from_secs(15)).await;
        bench.client.create(&hello(number)).await.unwrap();
    }
    assert!(
        since(start, bench.clock.now()) > Duration::from_secs(20),
        "one every ten seconds"
    );
    assert_eq!(bench.emulator.ledger().refused_creates.values().sum::<u64>(), 1);
}

#[tokio::test]
async fn invalid_token_is_refused_and_not_shown() {
    let bench = Bench::with(Settings::default(), |builder| builder).await;
    let wrong = "r8_wrongwrongwrongwrongwrongwrongwrongwro";
    let client = Client::builder(wrong)
        .base_url(bench.emulator.base_url())
        .build()
        .unwrap();
    let error = client.create(&hello(1)).await.unwrap_err();
    assert!(!format!("{error:?} {client:?} {:?}", Client::builder(wrong)).contains("wrongwrong"));
    assert!(
        matches!(&error, CreateError::Refused(error) if error.code() == "replicate.unauthorized"),
        "{error:?}"
    );
    assert_eq!(client.account().await.unwrap_err().code(), "replicate.unauthorized");
    assert_eq!(bench.client.account().await.unwrap(), "emulator");
}

#[tokio::test]
async fn missing_credit_blocks_creates_but_not_polls() {
    for fault in [Fault::PaymentRequired, Fault::BillingRequired] {
        let bench = Bench::start().await;
        let paid = bench.client.create(&hello(1)).await.unwrap();
        bench.emulator.faults().next(fault);
        for number in 2..4 {
            let error = bench.client.create(&hello(number)).await.unwrap_err();
            assert!(
                matches!(&error, CreateError::Refused(error) if error.code() == "replicate.insufficient_credit"),
                "{error:?}"
            );
        }
        let refused = bench.emulator.ledger().refused_creates;
        assert_eq!(refused.values().sum::<u64>(), 1, "the second was not sent");
        bench.finish().await;
        assert!(bench.client.prediction(&paid.id).await.unwrap().is_done());
        bench.clock.jump(Duration::from_mins(1));
        bench.client.create(&hello(4)).await.unwrap();
    }
}

#[tokio::test]
async fn refusal_has_the_message_of_the_provider() {
    let bench = Bench::start().await;
    let mut hot = hello(1);
    hot.input.insert("temperature".into(), 99.into());
    let error = bench.client.create(&hot).await.unwrap_err();
    let CreateError::Refused(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.code(), "replicate.invalid_input");
    assert!(error.to_string().contains("temperature"), "{error}");

    let mut other = hello(1);
    other.route = Route::Official("someone/else".into());
    let error = bench.client.create(&other).await.unwrap_err();
    assert!(
        matches!(&error, CreateError::Refused(error) if error.code() == "replicate.not_found"),
        "{error:?}"
    );

    bench.emulator.faults().next(Fault::VersionDisabled);
    let error = bench.client.create(&hello(1)).await.unwrap_err();
    assert!(matches!(&error, CreateError::Refused(_)), "{error:?}");
    assert!(bench.emulator.ledger().creates.is_empty());
}

#[tokio::test]
async fn versions_and_deployments_have_their_own_endpoints() {
    let mut settings = Settings::default();
    settings.community_models = vec!["resemble-ai/chatterbox".into()];
    settings
        .deployments
        .insert("me/warm".into(), "resemble-ai/chatterbox".into());
    let bench = Bench::with(settings, |builder| builder).await;
    let version = "1b8422bc49635c20d0a84e387ed20879c0dd09254ecdb4e75dc4bec10ff94e97";
    for route in [
        Route::Version(version.into()),
        Route::Version(format!("resemble-ai/chatterbox:{version}")),
        Route::Deployment("me/warm".into()),
    ] {
        let mut new = hello(1);
        new.route = route.clone();
        let created = bench.client.create(&new).await;
        assert!(created.is_ok(), "{route:?}: {created:?}");
    }
    assert!(
        matches!(bench.client.create(&hello(1)).await, Err(CreateError::Refused(_))),
        "not an official model"
    );
}

#[tokio::test]
async fn late_create_is_not_sent() {
    let bench = Bench::start().await;
    let late = hello(1).with_send_by(bench.clock.now() - Duration::from_secs(1));
    let error = bench.client.create(&late).await.unwrap_err();
    assert!(matches!(error, CreateError::NotCreated(_)), "{error:?}");
    let long = hello(1).with_cancel_after(Duration::from_secs(4));
    let error = bench.client.create(&long).await.unwrap_err();
    assert!(
        matches!(&error, CreateError::Refused(error) if error.code() == "option.out_of_range"),
        "{error:?}"
    );
    assert_eq!(bench.emulator.ledger().requests, 0);
}

#[tokio::test]
async fn each_create_sends_cancel_after() {
    let bench = Bench::start().await;
    bench.emulator.faults().next(Fault::StuckInStarting);
    let new = hello(1).with_cancel_after(Duration::from_secs(90));
    let id = bench.client.create(&new).await.unwrap().id;
    bench.emulator.advance(Duration::from_secs(89)).await;
    assert!(!bench.client.prediction(&id).await.unwrap().is_done());
    bench.emulator.advance(Duration::from_secs(2)).await;
    let ended = bench.client.prediction(&id).await.unwrap();
    assert_eq!(ended.output_url().unwrap_err().code(), "replicate.prediction_cancelled");
}
