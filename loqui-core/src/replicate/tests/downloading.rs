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
async fn an_output_elsewhere_is_not_fetched() {
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
async fn redirects_are_followed_only_to_where_outputs_may_come_from() {
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
async fn a_broken_download_is_mended_or_fails_cleanly() {
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
        let mended = bench
            .client
            .download(&url)
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(mended, whole, "{fault:?}");
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
        // A cut half-way always leaves something that was not there before, so resuming wins in the end unless it is
        // cut before it can: only a run of faults longer than the attempts shows the clean failure.
        bench.emulator.faults().always(fault.clone());
        let result = bench.client.download(&url).await;
        bench.emulator.faults().clear();
        match result {
            Ok(mended) => assert_eq!((mended, &fault), (whole.clone(), &Fault::DownloadTruncated)),
            Err(error) => assert_eq!(error.code(), code, "{fault:?}"),
        }
    }
    let ledger = bench.emulator.ledger();
    assert_eq!((ledger.paid_runs(), ledger.leaks.len()), (1, 0));
}

#[tokio::test]
async fn a_cut_download_goes_on_where_it_was_cut() {
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
async fn a_download_without_end_is_given_up() {
    let bench = Bench::with(Settings::default(), |builder| builder.max_output_bytes(1 << 20)).await;
    let url = output(&bench).await;
    bench.emulator.faults().times(Fault::DownloadTooLarge(64), 4);
    let result = bench.client.download(&url).await.map(|wav| wav.len());
    assert_eq!(result.unwrap_err().code(), "replicate.output_broken");
    bench.client.download(&url).await.unwrap();
}

#[tokio::test]
async fn outputs_come_as_data_uris_and_lists_too() {
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
