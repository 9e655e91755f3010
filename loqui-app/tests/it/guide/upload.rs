//! Step 2: upload a recording.

use loqui_emulator::Emulator;
use reqwest::multipart::{Form, Part};

use crate::server::{Start, bytes, form, heart};

#[tokio::test(flavor = "multi_thread")]
async fn s018_to_s029_upload_responds_with_the_fields_of_the_guide() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let size = heart().len();
    let answer = user.upload("My Voice", heart(), "voice_sample.wav").await.accepted(201);
    assert_eq!(answer["sample_id"], 1);
    assert_eq!(answer["sample_name"], "My Voice");
    let path = answer["file_path"].as_str().unwrap();
    let name = path.strip_prefix("app/storage/samples/").unwrap();
    let (id, extension) = name.rsplit_once('.').unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok() && extension == "wav", "{path}");
    assert_eq!(answer["file_size"], size);
    assert!(answer["duration_seconds"].as_f64().unwrap() > 5.0);
    assert_eq!(answer["upload_type"], "uploaded");
    let at: jiff::Timestamp = answer["uploaded_at"].as_str().unwrap().parse().unwrap();
    assert!(jiff::Timestamp::now().duration_since(at).as_secs() < 60);
    // Fields beyond the guide (A2), and the report.
    assert_eq!(answer["file_name"], "voice_sample.wav");
    assert_eq!(answer["report"]["usable"], true);
    // The recording is stored unchanged (S27, S28).
    assert_eq!(user.get("/api/samples/1").await.accepted(200), answer);
    assert_eq!(user.get("/api/library/download/sample/1").await.body, heart());
    let again = user.upload("My Voice", heart(), "voice_sample.wav").await.accepted(201);
    assert_eq!(again["sample_id"], 2);
    assert_ne!(again["file_path"], answer["file_path"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn s005_s007_s216_format_is_detected_from_the_content() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let mp3 = user.upload("a", bytes("voices/heart.mp3"), "x.bin").await.accepted(201);
    let extension = |answer: &serde_json::Value| {
        answer["file_path"]
            .as_str()
            .unwrap()
            .rsplit('.')
            .next()
            .map(str::to_owned)
    };
    assert_eq!(extension(&mp3).as_deref(), Some("mp3"));
    assert_eq!(mp3["report"]["format"], "mp3");
    let recorded = Form::new()
        .part(
            "file",
            Part::bytes(heart()).file_name("r.webm").mime_str("audio/webm").unwrap(),
        )
        .text("upload_type", "recorded")
        .text("sample_name", "recorded");
    let recorded = user.send(recorded).await.accepted(201);
    assert_eq!(recorded["upload_type"], "recorded");
    assert_eq!(extension(&recorded).as_deref(), Some("wav"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s025_s203_unusable_files_are_refused_with_a_reason() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let text = user.upload("a", b"Dear diary".to_vec(), "x.wav").await.refused(400);
    assert_eq!(text["error"]["code"], "sample.unreadable");
    assert_eq!(text["report"]["usable"], false);
    let silence = user
        .upload("a", bytes("spec/samples/silence.wav"), "x.wav")
        .await
        .refused(422);
    assert_eq!(silence["error"]["code"], "sample.silent");
    assert_eq!(silence["report"]["findings"][0]["code"], "sample.silent");
    let short = user
        .upload("a", bytes("spec/samples/one_second.wav"), "x.wav")
        .await
        .refused(422);
    assert_eq!(short["error"]["code"], "sample.too_short");
    user.upload("a", Vec::new(), "x.wav").await.refused(400);
    assert_eq!(user.get("/api/samples/").await.accepted(200)["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s204_recording_above_the_size_limit_is_refused() {
    let server = Start::offline().with(&["--max-upload-bytes", "100000"]).start().await;
    let user = server.demo().await;
    for size in [100_001, 5_000_000] {
        let answer = user.upload("a", vec![0; size], "x.wav").await.refused(413);
        assert_eq!(answer["detail"], "File too large. Max size: 100000 bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s205_missing_and_invalid_form_fields_are_named() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let field = |answer: &serde_json::Value| answer["detail"][0]["loc"].to_string();
    let answer = user.send(Form::new().text("sample_name", "a")).await.refused(422);
    assert_eq!(field(&answer), r#"["body","file"]"#);
    let part = || Part::bytes(heart()).file_name("a.wav");
    let answer = user.send(Form::new().part("file", part())).await.refused(422);
    assert_eq!(field(&answer), r#"["body","sample_name"]"#);
    let answer = user
        .send(form("a", heart(), "a.wav").text("upload_type", "stolen"))
        .await
        .refused(422);
    assert_eq!(field(&answer), r#"["body","upload_type"]"#);
    for name in [String::new(), "a".repeat(101), "a\nb".to_owned()] {
        let answer = user.upload(&name, heart(), "a.wav").await.refused(422);
        assert_eq!(field(&answer), r#"["body","sample_name"]"#);
    }
    user.post("/api/samples/upload", &serde_json::json!({}))
        .await
        .refused(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn s215_replicate_receives_the_recording_as_a_file() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.spoken(sample, "Hello there, my friend.").await;
    let create = &emulator.ledger().creates[0];
    let shown = format!("{create:?}");
    assert!(shown.contains("Hello there, my friend."), "{shown}");
}
