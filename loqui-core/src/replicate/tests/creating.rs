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
async fn a_prediction_runs_from_create_to_wav() {
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

/// The heart of it: whatever happens to the answer, one create is sent, and it can be found again if it was accepted.
#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_prediction_is_found_by_its_seed() {
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
async fn without_a_connection_nothing_was_created() {
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
async fn a_throttled_create_was_not_created_and_holds_all_others_back() {
    let bench = Bench::with(Settings::default(), |builder| builder.patience(Duration::ZERO)).await;
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
        panic!("it was not sent");
    };
    assert!(matches!(error.retry(), Retry::After(_)));
    assert_eq!(
        bench.emulator.ledger().requests,
        requests,
        "the second did not even leave"
    );
    bench.clock.jump(wait);
    bench.client.create(&hello(3)).await.unwrap();
    assert_eq!(bench.emulator.ledger().creates.len(), 1);
}

#[tokio::test]
async fn little_credit_slows_creates_down_instead_of_failing_them() {
    let mut settings = Settings::default();
    settings.limits.low_credit = true;
    // The platform stands still while the client's clock jumps: so it must not be asked before its window ends.
    let bench = Bench::with(settings, |builder| builder.patience(Duration::from_mins(5))).await;
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
async fn a_wrong_token_is_refused_and_not_shown() {
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
async fn missing_credit_stops_creates_for_a_while_but_not_polls() {
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
async fn what_the_provider_refuses_is_told_in_its_words() {
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
async fn versions_and_deployments_are_called_their_own_way() {
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
async fn a_create_that_is_late_is_not_sent() {
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
async fn every_create_carries_its_end() {
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
