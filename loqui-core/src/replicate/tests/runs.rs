use std::time::Duration;

use loqui_emulator::{Fault, Settings};

use crate::replicate::testing::{Bench, hello, recording};
use crate::replicate::{Model, NewPrediction, RunOptions};

/// The client's clock advances alone, so predictions end as soon as they are created.
async fn bench() -> Bench {
    let mut settings = Settings::default();
    settings.queue = Duration::ZERO;
    settings.run = Duration::ZERO;
    Bench::with(settings, |builder| builder.timeout(Duration::from_millis(1_500))).await
}

fn without_seed() -> NewPrediction {
    let mut new = hello(1);
    new.input.remove("seed");
    new
}

#[tokio::test]
async fn run_pays_once_with_any_recoverable_fault() {
    for fault in [
        Fault::DropAfterAccept,
        Fault::DropBeforeAccept,
        Fault::ErrorAfterAccept(502),
        Fault::GarbledAfterAccept,
        Fault::DelayAfterAccept(4_000),
        Fault::CreateStatus(500),
        Fault::CreateHtml(503),
        Fault::CreateThrottled(7),
        Fault::RequestGarbled,
        Fault::RequestStatus(500),
        Fault::RequestThrottled(30),
        Fault::RequestDropped,
        Fault::StartTimeout,
        Fault::CudaError,
        Fault::Interrupted,
        Fault::UnknownStatus,
        Fault::MissingOptionalFields,
        Fault::NanosecondDates,
        Fault::OutputDataUri,
        Fault::OutputArray,
        Fault::DownloadTruncated,
        Fault::DownloadWrongMd5,
        Fault::DownloadStatus(404),
        Fault::DownloadStatus(401),
        Fault::DownloadHtml,
        Fault::DownloadTooLarge(4096),
        Fault::DownloadRedirect,
        Fault::DownloadRedirectOtherHost,
        Fault::DownloadRedirectLoop,
    ] {
        let bench = bench().await;
        bench.emulator.faults().next(fault.clone());
        let run = bench.client.run(&without_seed(), &RunOptions::default()).await;
        let run = run.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(&run.wav[..4], b"RIFF");
        let ledger = bench.emulator.ledger();
        let strayed = ledger.downloads.iter().filter(|download| download.strayed).count();
        assert_eq!(
            (ledger.paid_runs(), ledger.leaks.len(), strayed),
            (1, 0, 0),
            "{fault:?}"
        );
        assert_eq!(ledger.faults.values().sum::<u64>(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn failed_run_pays_at_most_once() {
    for (fault, code, paid) in [
        (Fault::PaymentRequired, "replicate.insufficient_credit", 0),
        (Fault::BillingRequired, "replicate.insufficient_credit", 0),
        (Fault::VersionDisabled, "replicate.invalid_input", 0),
        (Fault::CreateUnauthorized, "replicate.unauthorized", 0),
        (
            Fault::PredictionFails("Input validation failed".into()),
            "replicate.prediction_failed",
            0,
        ),
        (Fault::NullOutput, "replicate.output_expired", 1),
        (Fault::DataRemoved, "replicate.output_expired", 1),
        (Fault::OutputOtherHost, "replicate.output_refused", 1),
        (Fault::OutputLookalikeHost, "replicate.output_refused", 1),
        (Fault::OutputPlainHttp, "replicate.output_refused", 1),
        (Fault::OutputPrivateAddress, "replicate.output_refused", 1),
        (Fault::StuckInStarting, "replicate.timed_out", 0),
    ] {
        let bench = bench().await;
        bench.emulator.faults().next(fault.clone());
        let error = bench.client.run(&hello(7), &RunOptions::default()).await.unwrap_err();
        assert_eq!(error.code(), code, "{fault:?}");
        let ledger = bench.emulator.ledger();
        assert!(ledger.creates.len() <= 1, "{fault:?}");
        assert_eq!((ledger.paid_runs(), ledger.leaks.len()), (paid, 0), "{fault:?}");
    }
}

#[tokio::test]
async fn runs_with_the_same_seed_are_separate_predictions() {
    let bench = bench().await;
    bench.client.run(&hello(7), &RunOptions::default()).await.unwrap();
    bench.emulator.faults().next(Fault::DropAfterAccept);
    let second = bench.client.run(&hello(7), &RunOptions::default()).await.unwrap();
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.paid_runs(), 2);
    assert_eq!(second.prediction.id, ledger.creates[1].prediction);
}

#[tokio::test]
async fn delayed_list_does_not_cause_a_second_create() {
    let mut settings = Settings::default();
    settings.time_scale = 0.0;
    settings.list_lag = Duration::from_secs(20);
    settings.queue = Duration::ZERO;
    settings.run = Duration::ZERO;
    let bench = Bench::with(settings, |builder| builder).await;
    bench.emulator.faults().next(Fault::DropAfterAccept);
    let client = bench.client.clone();
    let running = tokio::spawn(async move { client.run(&hello(7), &RunOptions::default()).await });
    // The client's clock advances with each lookup, the emulator's clock only here.
    while bench.emulator.ledger().lists < 3 {
        tokio::task::yield_now().await;
    }
    bench.emulator.advance(Duration::from_secs(21)).await;
    running.await.unwrap().unwrap();
    assert_eq!(bench.emulator.ledger().creates.len(), 1);
}

#[tokio::test]
async fn each_cloning_model_accepts_a_reference() {
    let bench = bench().await;
    for model in Model::all().iter().filter(|model| model.clones_voice()) {
        let reference = bench
            .client
            .reference(&recording(10), Duration::from_mins(1))
            .await
            .unwrap();
        let input = model
            .input("Hello.", Some(&reference), &crate::VoiceSettings::default(), None)
            .unwrap();
        model.check_input(&input).unwrap();
        bench
            .client
            .run(&model.prediction(input), &RunOptions::default())
            .await
            .unwrap();
    }
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.paid_runs(), ledger.uploads), (3, 1));
}

#[tokio::test]
async fn model_with_built_in_voices_needs_no_reference() {
    let bench = bench().await;
    let model = Model::by_name("chatterbox-pro").unwrap();
    let mut input = model
        .input("Hello.", None, &crate::VoiceSettings::default(), None)
        .unwrap();
    input.insert("voice".to_owned(), "Orion".into());
    model.check_input(&input).unwrap();
    let run = bench.client.run(&model.prediction(input), &RunOptions::default()).await;
    assert_eq!(&run.unwrap().wav[..4], b"RIFF");
    assert_eq!(bench.emulator.ledger().paid_runs(), 1);
}
