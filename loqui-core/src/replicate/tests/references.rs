use std::time::Duration;

use loqui_emulator::{Fault, Settings};

use crate::replicate::MAX_INLINE_BYTES;
use crate::replicate::testing::{Bench, recording};

const JOB: Duration = Duration::from_mins(10);

#[tokio::test]
async fn small_recording_is_sent_inside_the_input() {
    let bench = Bench::start().await;
    let small = recording(5);
    assert!(small.len() <= MAX_INLINE_BYTES);
    let reference = bench.client.reference(&small, JOB).await.unwrap();
    assert!(reference.starts_with("data:audio/wav;base64,UklGR"));
    assert_eq!(bench.emulator.ledger().requests, 0);
}

#[tokio::test]
async fn large_recording_is_uploaded_once_for_concurrent_callers() {
    let bench = Bench::start().await;
    let large = recording(8);
    let all = (0..8).map(|_| bench.client.reference(&large, JOB));
    let urls = futures::future::try_join_all(all).await.unwrap();
    assert!(urls.iter().all(|url| url == &urls[0] && url.starts_with("http")));
    assert_eq!(bench.emulator.ledger().uploads, 1);
    bench.client.reference(&recording(9), JOB).await.unwrap();
    assert_eq!(bench.emulator.ledger().uploads, 2);
}

#[tokio::test]
async fn upload_is_renewed_before_it_expires() {
    let bench = Bench::start().await;
    let large = recording(8);
    bench.client.reference(&large, JOB).await.unwrap();
    bench.clock.jump(Duration::from_hours(23));
    bench.client.reference(&large, JOB).await.unwrap();
    assert_eq!(bench.emulator.ledger().uploads, 1);
    bench.client.reference(&large, Duration::from_hours(1)).await.unwrap();
    assert_eq!(
        bench.emulator.ledger().uploads,
        2,
        "the first upload expires within the hour"
    );
}

#[tokio::test]
async fn forget_reference_deletes_the_upload() {
    let bench = Bench::start().await;
    let large = recording(8);
    bench.client.reference(&large, JOB).await.unwrap();
    bench.client.forget_reference(&large).await.unwrap();
    bench.client.forget_reference(&large).await.unwrap();
    assert_eq!(bench.emulator.ledger().deletes, 1);
    bench.client.reference(&large, JOB).await.unwrap();
    assert_eq!(bench.emulator.ledger().uploads, 2);
}

#[tokio::test]
async fn all_uploads_with_the_same_content_are_deleted() {
    let mut settings = Settings::default();
    settings.page_size = 2;
    let bench = Bench::with(settings, |builder| builder).await;
    let (voice, other) = (recording(8), recording(9));
    for content in [&voice, &other, &other, &voice, &other] {
        let uploading = bench.client.upload(content.clone(), "reference.wav", "audio/wav");
        uploading.await.unwrap();
    }
    assert_eq!(bench.client.delete_files_like(&voice).await.unwrap(), 2);
    assert_eq!(bench.emulator.ledger().deletes, 2);
    assert_eq!(bench.client.delete_files_like(&voice).await.unwrap(), 0);
    assert_eq!(bench.client.delete_files_like(&other).await.unwrap(), 3);
}

#[tokio::test]
async fn failed_upload_is_retried_and_oversized_upload_is_not() {
    let bench = Bench::start().await;
    let large = recording(8);
    bench.emulator.faults().times(Fault::UploadStatus(503), 2);
    bench.client.reference(&large, JOB).await.unwrap();
    for html in [false, true] {
        let mut settings = Settings::default();
        settings.max_file_bytes = 300_000;
        settings.html_413 = html;
        let bench = Bench::with(settings, |builder| builder).await;
        let error = bench.client.reference(&large, JOB).await.unwrap_err();
        assert_eq!(error.code(), "replicate.too_large");
        assert_eq!(bench.emulator.ledger().uploads, 0);
    }
}
