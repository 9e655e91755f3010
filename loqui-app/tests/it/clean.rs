//! Cleaning recordings, several recordings of one voice, and speakers, as users see them.

use std::path::Path;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::program::{Program, shared};
use crate::server::{Answer, Start};

/// Reads one of the sample voices: its samples and rate.
fn voice(name: &str) -> (Vec<f32>, u32) {
    let mut wav = hound::WavReader::open(shared(&format!("voices/{name}"))).unwrap();
    let samples = wav.samples::<i16>().map(|x| f32::from(x.unwrap()) / 32_768.0).collect();
    (samples, wav.spec().sample_rate)
}

fn write(path: &Path, samples: &[f32], sample_rate: u32) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for x in samples {
        wav.write_sample((x * 32_767.0) as i16).unwrap();
    }
    wav.finalize().unwrap();
}

/// A quiet voice in white noise at 10 dB.
fn write_noisy(path: &Path) {
    let (voice, rate) = voice("heart.wav");
    let power = |samples: &[f32]| samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
    let mut random = fastrand::Rng::with_seed(7);
    let noise: Vec<f32> = voice.iter().map(|_| random.f32() * 2.0 - 1.0).collect();
    let gain = (power(&voice) / power(&noise) / 10.0).sqrt();
    let noisy: Vec<f32> = voice.iter().zip(&noise).map(|(x, n)| 0.3 * (x + gain * n)).collect();
    write(path, &noisy, rate);
}

/// Two voices, one after the other.
fn write_dialogue(path: &Path) {
    let ((one, rate), (two, _)) = (voice("rms.wav"), voice("slt.wav"));
    let half = 6 * rate as usize;
    let pause = vec![0.0; rate as usize / 3];
    write(
        path,
        &[&one[..half], &pause, &two[..half], &pause, &one[half..]].concat(),
        rate,
    );
}

fn steps(report: &Value, outcome: &str) -> Vec<String> {
    let steps = report["cleaning"]["steps"].as_array().unwrap().iter();
    steps
        .filter(|step| step["outcome"] == outcome)
        .map(|step| step["step"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn noisy_recording_is_offered_and_cleaned_and_kept() {
    let program = Program::offline();
    write_noisy(&program.path("my me.wav"));
    let checked = program.run(&["check", "my me.wav"]).await;
    assert!(
        checked.stdout.contains("loqui clean 'my me.wav' -o 'my me-clean.wav'"),
        "{checked:?}"
    );
    let original = std::fs::read(program.path("my me.wav")).unwrap();
    let cleaned = program
        .run(&["clean", "my me.wav", "-o", "out/clean.wav", "--json"])
        .await;
    assert_eq!(cleaned.code, 0, "{cleaned:?}");
    let report = cleaned.json();
    assert_eq!(report["output"], "out/clean.wav");
    assert_eq!(steps(&report, "applied"), ["noise", "level"], "{report}");
    let change = |name: &str| {
        let value = |when: &str| report["cleaning"][when][name].as_f64().unwrap();
        value("after") - value("before")
    };
    assert!(change("snr_db") > 8.0, "{report}");
    assert!(change("loudness_lufs") > 5.0, "{report}");
    assert!(report["cleaning"]["similarity"].as_f64().unwrap() > 0.6, "{report}");
    assert_eq!(std::fs::read(program.path("my me.wav")).unwrap(), original);

    let again = program.run(&["check", "out/clean.wav"]).await;
    assert_eq!(again.code, 0, "{again:?}");
    assert!(!again.stdout.contains("sample.noisy"), "{again:?}");
    let same = program.run(&["check", "--clean", "my me.wav", "--json"]).await.json();
    assert_eq!(same["cleaning"], report["cleaning"]);
    let to_stdout = program.feed(&["clean", "-", "-o", "-"], &original).await;
    assert_eq!(to_stdout.stdout, std::fs::read(program.path("out/clean.wav")).unwrap());

    let refused = program.run(&["clean", "my me.wav", "-o", "my me.wav"]).await;
    assert_eq!(refused.code, 2, "{refused:?}");
    assert_eq!(std::fs::read(program.path("my me.wav")).unwrap(), original);
}

#[tokio::test]
async fn cleaned_voice_is_kept_beside_the_original_and_spoken() {
    let program = Program::offline();
    write_noisy(&program.path("me.wav"));
    let noisy = program.run(&["samples", "add", "me.wav", "--json"]).await;
    let clean = program
        .run(&["samples", "add", "me.wav", "--clean", "--json"])
        .await
        .json();
    assert_eq!(steps(&clean["report"], "applied"), ["noise", "level"]);
    let again = program
        .run(&["samples", "add", "me.wav", "--clean", "--json"])
        .await
        .json();
    assert_eq!(again["sample"], clean["sample"]);
    if noisy.code == 0 {
        assert_eq!(
            (&noisy.json()["handle"], &clean["handle"]),
            (&"me".into(), &"me-2".into())
        );
    }
    let handle = clean["handle"].as_str().unwrap();
    let spoken = program.run(&["speak", "-v", handle, "Hello!", "-o", "a.wav"]).await;
    assert_eq!(spoken.code, 0, "{spoken:?}");
    let refused = program.run(&["speak", "-v", handle, "--clean", "Hello!"]).await;
    assert_eq!(refused.code, 2, "{refused:?}");
}

#[tokio::test]
async fn several_recordings_make_one_voice() {
    let program = Program::offline();
    let (one, two, other) = (
        shared("voices/slt.wav"),
        shared("voices/slt.mp3"),
        shared("voices/rms.wav"),
    );
    let added = program
        .run(&["samples", "add", &one, &two, &other, "--name", "Anna", "--json"])
        .await;
    assert_eq!(added.code, 0, "{added:?}");
    let added = added.json();
    assert_eq!((&added["name"], &added["handle"]), (&"Anna".into(), &"anna".into()));
    let recordings = added["report"]["recordings"].as_array().unwrap();
    let used: Vec<bool> = recordings.iter().map(|one| !one["start_seconds"].is_null()).collect();
    assert_eq!(used, [true, true, false]);
    let findings = added["report"]["findings"].as_array().unwrap();
    let named = findings
        .iter()
        .find(|finding| finding["code"] == "sample.other_speaker")
        .unwrap();
    assert!(named["message"].as_str().unwrap().contains("rms.wav"), "{named}");

    let twin = program
        .run(&["samples", "add", &one, "--name", "anna", "--json"])
        .await
        .json();
    assert_eq!(twin["handle"], "anna-2");
    let shown = program.run(&["samples", "show", "anna-2", "--json"]).await.json();
    assert_eq!(shown["sample"], twin["sample"]);
    let spoken = program
        .run(&["speak", "-s", &one, "-s", &two, "Hello!", "-o", "a.wav"])
        .await;
    assert_eq!(spoken.code, 0, "{spoken:?}");
}

#[tokio::test]
async fn one_of_two_speakers_is_previewed_and_chosen() {
    let program = Program::offline();
    write_dialogue(&program.path("talk.wav"));
    let found = program
        .run(&["check", "talk.wav", "--speakers", "who", "--json"])
        .await
        .json();
    let speakers = found["speakers"].as_array().unwrap();
    assert_eq!(speakers.len(), 2, "{found}");
    for speaker in speakers {
        let preview = std::fs::read(program.path(speaker["preview"].as_str().unwrap())).unwrap();
        assert!(preview.starts_with(b"RIFF"));
    }
    for number in ["1", "2"] {
        let one = program
            .run(&[
                "samples",
                "add",
                "talk.wav",
                "--speaker",
                number,
                "--name",
                number,
                "--json",
            ])
            .await
            .json();
        assert_eq!(one["report"]["speaker"].to_string(), number);
        let codes = one["report"]["findings"].to_string();
        assert!(!codes.contains("sample.several_speakers"), "{one}");
    }
    let missing = program.run(&["check", "talk.wav", "--speaker", "3"]).await;
    assert!(missing.stderr.contains("sample.no_speaker"), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_cleaned_and_joined_and_have_handles() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let folder = tempfile::tempdir().unwrap();
    write_noisy(&folder.path().join("me.wav"));
    write_dialogue(&folder.path().join("talk.wav"));
    let part = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Part::bytes(std::fs::read(path).unwrap()).file_name(name)
    };
    let (noisy, talk) = (folder.path().join("me.wav"), folder.path().join("talk.wav"));
    let form = || {
        Form::new()
            .text("sample_name", "My Voice")
            .text("upload_type", "uploaded")
    };
    let cleaned = user
        .send(form().text("clean", "true").part("file", part(&noisy)))
        .await
        .accepted(201);
    assert_eq!(steps(&cleaned["report"], "applied"), ["noise", "level"]);
    assert_eq!(
        (&cleaned["sample_name"], &cleaned["handle"]),
        (&"My Voice".into(), &"my-voice".into())
    );
    let kept = format!("/v1/voices/{0}/samples/{0}/audio", cleaned["sample_id"]);
    assert_eq!(user.get(&kept).await.body, std::fs::read(&noisy).unwrap());

    let twice = user
        .send(form().text("clean", "true").part("file", part(&noisy)))
        .await
        .accepted(201);
    assert_eq!(
        (&twice["sample_name"], &twice["handle"]),
        (&"My Voice".into(), &"my-voice-2".into())
    );
    let joined = form()
        .part("file", part(Path::new(&shared("voices/slt.wav"))))
        .part("file", part(Path::new(&shared("voices/slt.mp3"))));
    let joined = user.send(joined).await.accepted(201);
    assert_eq!(joined["report"]["recordings"].as_array().unwrap().len(), 2);
    let guest = user
        .send(form().text("speaker", "2").part("file", part(&talk)))
        .await
        .accepted(201);
    assert_eq!(guest["report"]["speaker"], 2);
    let refused = user
        .send(form().text("clean", "perhaps").part("file", part(&talk)))
        .await;
    refused.refused(422);

    let body =
        serde_json::json!({"model": "tts-1", "input": "Hello!", "voice": "my-voice-2", "response_format": "wav"});
    let request = user.request(Method::POST, "/v1/audio/speech").json(&body);
    let spoken = Answer::of(request).await;
    assert_eq!(spoken.status, 200);
    assert!(spoken.body.starts_with(b"RIFF"));
}
