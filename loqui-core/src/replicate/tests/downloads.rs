use loqui_emulator::{Fault, Settings};

use crate::replicate::testing::Bench;

async fn output(bench: &Bench) -> String {
    let id = bench.run().await;
    bench
        .client
        .prediction(&id)
        .await
        .unwrap()
        .output_url()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn output_on_another_host_is_not_downloaded() {
    for fault in [
        Fault::OutputOtherHost,
        Fault::OutputLookalikeHost,
        Fault::OutputPlainHttp,
        Fault::OutputPrivateAddress,
    ] {
        let bench = Bench::start().await;
        bench.emulator.faults().next(fault.clone());
        let url = output(&bench).await;
        let error = bench.client.download(&url).await.unwrap_err();
        assert_eq!(error.code(), "replicate.output_refused", "{fault:?} {url}");
        let ledger = bench.emulator.ledger();
        assert!(ledger.downloads.is_empty(), "{fault:?}: {:?}", ledger.downloads);
    }
}

#[tokio::test]
async fn redirects_are_followed_only_to_allowed_hosts() {
    for (fault, code) in [
        (Fault::DownloadRedirect, None),
        (Fault::DownloadRedirectOtherHost, Some("replicate.output_refused")),
        (Fault::DownloadRedirectLoop, Some("replicate.output_refused")),
    ] {
        let bench = Bench::start().await;
        let url = output(&bench).await;
        if code.is_some() {
            bench.emulator.faults().always(fault.clone());
        } else {
            bench.emulator.faults().times(fault.clone(), 3);
        }
        let result = bench.client.download(&url).await;
        assert_eq!(result.err().map(|error| error.code()), code, "{fault:?}");
        let ledger = bench.emulator.ledger();
        assert!(ledger.downloads.iter().all(|download| !download.strayed), "{fault:?}");
        assert!(ledger.leaks.is_empty());
        // Four attempts of at most four hops.
        assert!(ledger.downloads.len() <= 16, "{fault:?}");
    }
}

#[tokio::test]
async fn interrupted_download_is_completed_or_fails_with_its_error() {
    let bench = Bench::start().await;
    let url = output(&bench).await;
    let whole = bench.client.download(&url).await.unwrap();
    for fault in [
        Fault::DownloadTruncated,
        Fault::DownloadWrongMd5,
        Fault::DownloadStatus(503),
        Fault::DownloadStatus(429),
    ] {
        bench.emulator.faults().times(fault.clone(), 2);
        let completed = bench
            .client
            .download(&url)
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(completed, whole, "{fault:?}");
        assert!(bench.emulator.faults().armed().is_empty());
    }
    for (fault, code) in [
        (Fault::DownloadTruncated, "replicate.output_broken"),
        (Fault::DownloadWrongMd5, "replicate.output_broken"),
        (Fault::DownloadHtml, "replicate.output_broken"),
        (Fault::DownloadStatus(404), "replicate.output_expired"),
        (Fault::DownloadStatus(403), "replicate.output_expired"),
        (Fault::DownloadStatus(401), "replicate.output_refused"),
        (Fault::DownloadStatus(500), "replicate.unavailable"),
    ] {
        // A truncated download makes progress with each attempt, so it may complete.
        bench.emulator.faults().always(fault.clone());
        let result = bench.client.download(&url).await;
        bench.emulator.faults().clear();
        match result {
            Ok(completed) => assert_eq!((completed, &fault), (whole.clone(), &Fault::DownloadTruncated)),
            Err(error) => assert_eq!(error.code(), code, "{fault:?}"),
        }
    }
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.paid_runs(), ledger.leaks.len()), (1, 0));
}

#[tokio::test]
async fn interrupted_download_is_resumed() {
    let bench = Bench::start().await;
    let url = output(&bench).await;
    bench.emulator.faults().next(Fault::DownloadTruncated);
    bench.client.download(&url).await.unwrap();
    let statuses: Vec<u16> = bench
        .emulator
        .ledger()
        .downloads
        .iter()
        .map(|download| download.status)
        .collect();
    assert_eq!(statuses, [200, 206]);
}

#[tokio::test]
async fn oversized_download_is_refused() {
    let bench = Bench::with(Settings::default(), |builder| builder.max_output_bytes(1 << 20)).await;
    let url = output(&bench).await;
    bench.emulator.faults().times(Fault::DownloadTooLarge(64), 4);
    let result = bench.client.download(&url).await.map(|wav| wav.len());
    assert_eq!(result.unwrap_err().code(), "replicate.output_broken");
    bench.client.download(&url).await.unwrap();
}

#[tokio::test]
async fn output_may_be_a_data_uri_or_a_list() {
    for fault in [Fault::OutputDataUri, Fault::OutputArray] {
        let bench = Bench::start().await;
        bench.emulator.faults().next(fault.clone());
        let url = output(&bench).await;
        let wav = bench.client.download(&url).await.unwrap();
        assert_eq!(&wav[8..12], b"WAVE", "{fault:?}");
    }
    let bench = Bench::start().await;
    let error = bench
        .client
        .download("data:text/html;base64,PGh0bWw+")
        .await
        .unwrap_err();
    assert_eq!(error.code(), "replicate.output_broken");
    assert!(!format!("{error:?}").contains("PGh0"), "{error:?}");
}
