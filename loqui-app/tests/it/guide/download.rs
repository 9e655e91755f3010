//! Step 6: download the speech.

use loqui_emulator::{Emulator, Fault};

use crate::server::{Start, TEXT};

#[tokio::test(flavor = "multi_thread")]
async fn s070_to_s076_download_is_the_wav_file() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let (id, _) = user.spoken(sample, TEXT).await;
    let answer = user.get(&format!("/api/library/download/generated/{id}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "audio/wav");
    assert!(
        answer.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("My Voice Model.wav")
    );
    let reader = hound::WavReader::new(std::io::Cursor::new(answer.body)).unwrap();
    let spec = reader.spec();
    assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (24_000, 1, 16));
    assert!(reader.duration() > 24_000);
    let subtitles = user.get(&format!("/api/generation/{id}/subtitles")).await;
    assert!(
        String::from_utf8(subtitles.body)
            .unwrap()
            .contains("Hello! This is a test")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s202_download_requires_a_completed_generation() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(Fault::SlowRun(60_000));
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.create(sample, TEXT).await.accepted(201);
    let answer = user.get("/api/library/download/generated/1").await.refused(409);
    assert_eq!(answer["error"]["code"], "generation.not_finished");
    // A15: a running generation cannot be deleted; a cancelled one can.
    let answer = user.delete("/api/generation/1").await.refused(400);
    assert_eq!(answer["detail"], "Cannot delete audio that is currently processing");
    user.post("/api/generation/1/cancel", &serde_json::json!({}))
        .await
        .accepted(200);
    let ended = user.ended(1).await;
    assert_eq!(
        (&ended["status"], &ended["error"]["code"]),
        (&"FAILED".into(), &"generation.cancelled".into())
    );
    assert_eq!(user.delete("/api/generation/1").await.status, 204);
    user.get("/api/generation/status/1").await.refused(404);
}
