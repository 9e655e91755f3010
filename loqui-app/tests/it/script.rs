//! `loqui script`, text formats, encodings, pronunciations and languages, from the command line and over HTTP.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use crate::program::{Program, Said, shared};
use crate::server::Start;

const GERMAN: &str =
    "Die Sitzung wurde am Dienstag auf das Ende des Monats verschoben, weil der Vorsitzende plötzlich krank war.";

/// Checks that a command failed with a code.
#[track_caller]
fn fails(said: &Said, code: &str) {
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains(&format!("[{code}]")), "{said:?}");
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn script_shows_what_is_written_and_spoken() {
    let program = Program::offline();
    let said = program
        .run(&[
            "script",
            "--json",
            "Dear {{name}}, meet Prof. Dr. Weber on p. 12 in <b>2024</b>.",
        ])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    let report = said.json();
    assert_eq!(report["language"], "en");
    let segment = &report["segments"][0];
    assert_eq!(segment["index"], 0);
    assert_eq!(segment["text"], "Dear name, meet Prof. Dr. Weber on p. 12 in 2024.");
    assert_eq!(
        segment["spoken"],
        "Dear name, meet Professor Doctor Weber on page twelve in twenty twenty-four."
    );
    assert_eq!(segment["boundary"], "end");
    let year = segment["readings"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (year["written"].as_str(), year["class"].as_str()),
        (Some("2024"), Some("date"))
    );
    assert!(year["reason"].is_string(), "{year}");
    assert_eq!(report["findings"][0]["code"], "script.placeholder");
    assert_eq!(report["findings"][0]["position"], 5);
    assert!(report["estimate"]["cost_usd"].as_f64().unwrap() > 0.0, "{report}");

    let said = program.run(&["script", "It costs $5."]).await;
    assert!(
        said.stdout
            .contains("1. It costs $5.\n   spoken: It costs five dollars.\n"),
        "{said:?}"
    );
    assert!(said.stdout.contains("$5 -> five dollars (money)"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn formats_encodings_and_pronunciations_come_from_files() {
    let program = Program::offline();
    let folder = tempfile::tempdir().unwrap();
    let spoken = async |arguments: &[&str]| {
        let said = program.run(&[&["script", "--json"][..], arguments].concat()).await;
        assert_eq!(said.code, 0, "{said:?}");
        said.json()["segments"][0]["spoken"].as_str().unwrap().to_owned()
    };
    let markdown = file(&folder, "a.md", b"See **the** [plan](https://example.org) for $5.");
    assert_eq!(spoken(&["--script", &markdown]).await, "See the plan for five dollars.");
    let subtitles = file(
        &folder,
        "a.srt",
        b"1\n00:00:01,000 --> 00:00:02,000\nHello there, my friend.\n",
    );
    assert_eq!(spoken(&["--script", &subtitles]).await, "Hello there, my friend.");
    let as_markdown = file(&folder, "notes", b"Some *bold* words here.");
    assert_eq!(
        spoken(&["--format", "markdown", "--script", &as_markdown]).await,
        "Some bold words here."
    );
    let latin = file(&folder, "latin.txt", b"It\x92s a caf\xE9 for 2.");
    assert_eq!(spoken(&["--script", &latin]).await, "It's a cafe for two.");
    let wide: Vec<u8> = "\u{FEFF}Hello wide world"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let wide = file(&folder, "wide.txt", &wide);
    assert_eq!(spoken(&["--script", &wide]).await, "Hello wide world.");
    let terms = file(&folder, "terms.txt", b"# names\nNguyen = win\nSQL = sequel\n");
    assert_eq!(
        spoken(&["--pronounce", &terms, "Ms. Nguyen knows SQL."]).await,
        "Miz win knows sequel."
    );
    assert_eq!(
        spoken(&["--language", "en-GB", "We met on 01/10/2024 in town."]).await,
        "We met on the first of October twenty twenty-four in town."
    );
    let binary = file(&folder, "a.bin", &(0..=255).cycle().take(4000).collect::<Vec<u8>>());
    fails(
        &program.run(&["script", "--script", &binary]).await,
        "script.unreadable",
    );
    fails(
        &program.run(&["script", "--format", "docx", "Hello."]).await,
        "option.out_of_range",
    );
    let broken = file(&folder, "broken.txt", b"no sign");
    fails(
        &program.run(&["script", "--pronounce", &broken, "Hello."]).await,
        "script.pronunciations",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn text_in_another_language_is_refused_unless_the_language_is_named() {
    let program = Program::offline();
    let heart = shared("voices/heart.wav");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.wav").to_str().unwrap().to_owned();
    let speak = ["speak", "--engine", "offline", "--sample", &heart, "-o", &out, GERMAN];
    let said = program.run(&speak).await;
    fails(&said, "script.wrong_language");
    assert!(said.stderr.contains("chatterbox-multilingual"), "{said:?}");
    let said = program.run(&[&speak[..], &["--language", "en"][..]].concat()).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("script.wrong_language"), "{said:?}");
    let said = program.run(&["estimate", GERMAN]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("script.wrong_language"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_show_the_words_and_accept_other_languages_with_a_finding() {
    let server = Start::offline().start().await;
    let user = server.demo().await;
    let text = json!({ "script_text": "Ms. Nguyen paid $5 on **Monday**.", "pronunciations": { "Nguyen": "win" } });
    let answer = user.post("/api/script", &text).await.accepted(200);
    assert_eq!(answer["segments"][0]["spoken"], "Miz win paid five dollars on Monday.");
    let answer = user
        .post("/api/estimate", &json!({ "script_text": GERMAN }))
        .await
        .accepted(200);
    assert_eq!(answer["findings"][0]["code"], "script.wrong_language");
    let sample = user.voice().await;
    let (_, done) = user.spoken(sample, GERMAN).await;
    assert_eq!(done["status"], "COMPLETED", "{done}");
}
