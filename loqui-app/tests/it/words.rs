//! When words are spoken: in JSON, subtitles and manifests, from the command line and over HTTP.

use loqui_emulator::Emulator;
use serde_json::{Value, json};

use crate::program::{Program, Said, shared};
use crate::server::Start;

const TEXT: &str = "It costs $5-10, they say. Really?";
const WRITTEN: [&str; 6] = ["It", "costs", "$5-10,", "they", "say.", "Really?"];

async fn speak(program: &Program, more: &[&str]) -> Said {
    let voice = shared("voices/heart.wav");
    let said = program
        .run(&[&["speak", "-s", &voice, "--json"][..], more].concat())
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    said
}

/// The words of all segments. Checks that they are in order and within their segment.
#[track_caller]
fn words(segments: &Value) -> Vec<(String, f64, f64, bool)> {
    let mut found: Vec<(String, f64, f64, bool)> = Vec::new();
    for segment in segments.as_array().unwrap() {
        let number = |value: &Value, name: &str| value[name].as_f64().unwrap();
        for word in segment["words"].as_array().unwrap() {
            let (start, end) = (number(word, "start"), number(word, "end"));
            assert!(
                number(segment, "start") <= start && end <= number(segment, "end") + 1e-3,
                "{segment}"
            );
            assert!(
                start <= end && found.last().is_none_or(|last| last.2 <= start),
                "{segment}"
            );
            let text = word["text"].as_str().unwrap().to_owned();
            found.push((text, start, end, word["estimated"].as_bool().unwrap()));
        }
    }
    found
}

fn texts(words: &[(String, f64, f64, bool)]) -> Vec<&str> {
    words.iter().map(|word| word.0.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_have_times_in_json_subtitles_and_manifest() {
    let program = Program::offline();
    let outputs = ["--subtitles", "a.vtt", "--manifest", "a.json", "-o", "a.wav"];
    let info = speak(&program, &[&[TEXT][..], &outputs].concat()).await.json();
    let known = words(&info["segments"]);
    assert_eq!(texts(&known), WRITTEN);
    assert!(known.iter().all(|word| !word.3 && word.2 - word.1 > 0.05), "{known:?}");
    // "five to ten dollars" is longer than "costs".
    assert!(known[2].2 - known[2].1 > 2.0 * (known[1].2 - known[1].1), "{known:?}");

    let manifest: Value = serde_json::from_slice(&std::fs::read(program.path("a.json")).unwrap()).unwrap();
    assert_eq!(manifest["segments"], info["segments"]);
    let vtt = std::fs::read_to_string(program.path("a.vtt")).unwrap();
    let time = format!("<00:{:06.3}>$5-10,", (known[2].1 * 1000.0).round() / 1000.0);
    assert!(vtt.contains(&time), "{vtt} {time}");
    assert_eq!(vtt.matches(" --> ").count(), 2, "{vtt}");

    let again = ["--subtitles", "w.srt", "--cues", "words", "-o", "a.wav"];
    speak(&program, &[&[TEXT][..], &again].concat()).await;
    let srt = std::fs::read_to_string(program.path("w.srt")).unwrap();
    let cues: Vec<&str> = srt
        .trim_end()
        .split("\n\n")
        .map(|cue| cue.rsplit('\n').next().unwrap())
        .collect();
    assert_eq!(cues, WRITTEN);

    let shown = program.run(&["generations", "show", "1", "--json"]).await.json();
    assert_eq!(shown["segments"], info["segments"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_paid_takes_are_aligned_and_those_of_other_languages_estimated() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let info = speak(&program, &[TEXT]).await.json();
    let aligned = words(&info["segments"]);
    assert_eq!(texts(&aligned), WRITTEN);
    assert!(aligned.iter().all(|word| !word.3), "{aligned:?}");
    let shown = program.run(&["generations", "show", "1", "--json"]).await.json();
    assert_eq!(shown["segments"], info["segments"]);

    let german = [
        "--model",
        "chatterbox-multilingual",
        "--language",
        "de",
        "Guten Tag, liebe Leute, es kostet 5 €.",
    ];
    let info = speak(&program, &german).await.json();
    let estimated = words(&info["segments"]);
    assert_eq!(
        texts(&estimated),
        ["Guten", "Tag,", "liebe", "Leute,", "es", "kostet", "5", "€."]
    );
    assert!(estimated.iter().all(|word| word.3), "{estimated:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tempo_and_silence_change_the_speech_and_its_times() {
    let program = Program::offline();
    let plain = speak(&program, &[TEXT, "--seed", "1"]).await.json();
    let seconds = |info: &Value| info["duration_seconds"].as_f64().unwrap();
    let options = [
        "--speed",
        "2",
        "--leading-silence",
        "1",
        "--trailing-silence",
        "0.5",
        "--seed",
        "1",
        "--reuse",
        "true",
    ];
    let fast = speak(&program, &[&[TEXT][..], &options].concat()).await.json();
    assert!((seconds(&fast) - seconds(&plain) / 2.0 - 1.5).abs() < 0.01, "{fast}");
    let (slow, fast) = (words(&plain["segments"]), words(&fast["segments"]));
    for (slow, fast) in slow.iter().zip(&fast) {
        assert!((fast.1 - 1.0 - slow.1 / 2.0).abs() < 0.005, "{slow:?} {fast:?}");
    }
    for refused in [
        ["--speed", "3"],
        ["--leading-silence", "-1"],
        ["--trailing-silence", "61"],
    ] {
        let said = program
            .run(&[&["speak", "-s", &shared("voices/heart.wav"), TEXT][..], &refused].concat())
            .await;
        assert!(said.stderr.contains("[option.out_of_range]"), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_read_over_http() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    let (id, _) = user.spoken(sample, TEXT).await;
    let answer = user.get(&format!("/api/generation/{id}/segments")).await.accepted(200);
    let known = words(&answer["segments"]);
    assert_eq!(texts(&known), WRITTEN);
    let subtitles = |query: &str| format!("/api/generation/{id}/subtitles?{query}");
    let vtt = user.get(&subtitles("format=vtt")).await;
    assert!(String::from_utf8(vtt.body).unwrap().contains(">$5-10,"));
    let srt = user.get(&subtitles("cues=words")).await;
    assert_eq!(
        String::from_utf8(srt.body).unwrap().matches(" --> ").count(),
        WRITTEN.len()
    );
    user.get(&subtitles("cues=letters")).await.refused(422);
    user.get("/api/generation/99/segments").await.refused(404);

    let body = json!({"sample_id": sample, "script_text": TEXT, "speed": 0.5});
    let slow = user.post("/api/generation/create", &body).await.accepted(201);
    let slow = slow["audio_id"].as_i64().unwrap();
    user.ended(slow).await;
    let answer = user
        .get(&format!("/api/generation/{slow}/segments"))
        .await
        .accepted(200);
    let slow = words(&answer["segments"]);
    let last = |words: &[(String, f64, f64, bool)]| words.last().unwrap().2;
    assert!((last(&slow) / last(&known) - 2.0).abs() < 0.05, "{slow:?} {known:?}");
}
