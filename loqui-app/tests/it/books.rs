//! Books and documents: chapters, their files, and their levels.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{Program, Said, shared};
use crate::server::{Answer, Start};

#[path = "../../../benches/books/epub.rs"]
mod epub;

use epub::{Contents, make};

fn written(program: &Program, name: &str, bytes: &[u8]) -> String {
    std::fs::write(program.path(name), bytes).unwrap();
    name.to_owned()
}

fn titles(report: &Value) -> Vec<(String, u64)> {
    let chapters = report["chapters"].as_array().unwrap().iter();
    chapters
        .map(|chapter| {
            (
                chapter["title"].as_str().unwrap().to_owned(),
                chapter["level"].as_u64().unwrap(),
            )
        })
        .collect()
}

/// Checks that chapters follow each other without gaps and have a length.
#[track_caller]
fn covered(report: &Value) {
    let mut next = 0;
    for chapter in report["chapters"].as_array().unwrap() {
        assert_eq!(chapter["segments"][0], next, "{chapter}");
        next = chapter["segments"][1].as_u64().unwrap();
        assert!(chapter["duration_seconds"].as_f64().unwrap() > 0.0, "{chapter}");
    }
    assert_eq!(next as usize, report["segments"].as_array().unwrap().len());
}

async fn script(program: &Program, arguments: &[&str]) -> Said {
    program.run(&[&["script", "--json"], arguments].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn script_shows_the_chapters_of_books_of_all_kinds() {
    let program = Program::offline();
    for contents in [Contents::Navigation, Contents::Ncx, Contents::None] {
        let made = make(12, contents);
        // The format is that of the content, whatever the file is called.
        for name in ["book.epub", "book"] {
            let file = written(&program, name, &made.bytes);
            let said = script(&program, &["--script", &file]).await;
            assert_eq!(said.code, 0, "{said:?}");
            let report = said.json();
            let expected: Vec<(String, u64)> = made
                .chapters
                .iter()
                .map(|(title, level)| (title.clone(), u64::from(*level)))
                .collect();
            assert_eq!(titles(&report), expected);
            covered(&report);
            assert_eq!(
                (&report["title"], &report["authors"]),
                (&json!("A Long Book"), &json!(["Ann Author"]))
            );
            let spoken: String = report["segments"]
                .as_array()
                .unwrap()
                .iter()
                .map(|s| s["spoken"].as_str().unwrap())
                .collect();
            assert!(
                made.marks.iter().all(|word| spoken.contains(word.as_str())),
                "every word is spoken"
            );
            assert!(
                !spoken.contains("left out") && spoken.contains("The Night"),
                "notes and small capitals"
            );
        }
    }
    let said = program.run(&["script", "--script", "book.epub"]).await;
    assert!(said.stdout.contains("# Chapter 1. The harbour House\n"), "{said:?}");
    assert!(said.stderr.contains("a note is left out"), "{said:?}");
    let kept = script(&program, &["--script", "book.epub", "--keep", "notes"]).await;
    assert!(kept.stdout.contains("A note that is left out."), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn headings_of_texts_are_chapters() {
    let program = Program::offline();
    let markdown =
        "Some words before.\n\n# One *fine* day\n\nIt begins here and now.\n\n## Two\n\nIt ends here and now.\n";
    let html = "<h1>One <i>fine</i> day</h1><p>It begins here and now.</p><h2>Two</h2><p>It ends here and now.</p>";
    let file = written(&program, "a.md", markdown.as_bytes());
    let report = script(&program, &["--script", &file]).await.json();
    assert_eq!(
        titles(&report),
        [
            (String::new(), 1),
            ("One fine day".to_owned(), 1),
            ("Two".to_owned(), 2)
        ]
    );
    covered(&report);
    assert_eq!(report["segments"][0]["boundary"], "chapter");
    let file = written(&program, "a.html", html.as_bytes());
    let report = script(&program, &["--script", &file]).await.json();
    assert_eq!(titles(&report), [("One fine day".to_owned(), 1), ("Two".to_owned(), 2)]);
    let report = script(&program, &["Only words."]).await.json();
    assert_eq!(report["chapters"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_in_json_are_read_and_wrong_ones_are_refused() {
    let program = Program::offline();
    let document = json!({
        "version": 1, "title": "A talk", "parts": [
            { "title": "One", "paragraphs": ["It begins here, and goes on.", [{ "text": "SQL", "pronunciation": "sequel" }, " is old."]] },
            { "title": "Two", "level": 2, "silent_title": true, "paragraphs": [{ "text": "It ends here and now.", "pause": 2 }] },
        ],
    });
    let file = written(&program, "a.json", document.to_string().as_bytes());
    let report = script(&program, &["--script", &file]).await.json();
    assert_eq!(titles(&report), [("One".to_owned(), 1), ("Two".to_owned(), 2)]);
    let spoken: Vec<&str> = report["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["spoken"].as_str().unwrap())
        .collect();
    assert_eq!(
        spoken,
        [
            "One. It begins here, and goes on. sequel is old.",
            "It ends here and now."
        ]
    );
    let file = written(&program, "b.json", b"{\"version\": 9, \"parts\": []}");
    let said = program.run(&["script", "--script", &file]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.stderr.contains("[script.document]") && said.stderr.contains("version is 9"),
        "{said:?}"
    );
    let file = written(&program, "c.epub", b"PK\x03\x04 broken");
    let said = program
        .run(&["speak", "--sample", &shared("voices/heart.mp3"), "--script", &file])
        .await;
    assert!(said.stderr.contains("[script.book]"), "{said:?}");
    let said = program.run(&["script", "--format", "docx", "--script", "a.json"]).await;
    assert!(
        said.stderr.contains("[option.out_of_range]") && said.stderr.contains("epub"),
        "{said:?}"
    );
}

/// A short book with two chapters.
fn short_book() -> &'static str {
    "---\ntitle: A Short Book\nauthor: Ann Author\n---\n\n# The First Chapter of It\n\nIt begins here, with a few words.\n\n\
     # The Second Chapter of It\n\nIt goes on here, and then it ends.\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn books_are_spoken_with_chapters_in_one_file_or_in_a_folder() {
    let program = Program::offline();
    let sample = shared("voices/heart.mp3");
    let file = written(&program, "book.md", short_book().as_bytes());
    let said = program
        .run(&[
            "speak",
            "--sample",
            &sample,
            "--script",
            &file,
            "--seed",
            "3",
            "-o",
            "book.mp3",
            "--chapters-dir",
            "out",
            "--cue",
            "book.cue",
            "--manifest",
            "book.json",
            "--json",
        ])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    let info = said.json();
    assert_eq!(titles(&info).len(), 2);
    let second = info["chapters"][1]["start"].as_f64().unwrap();
    assert_eq!(info["chapters"][0]["end"], info["chapters"][1]["start"]);
    assert_eq!(info["chapters"][1]["end"], info["duration_seconds"]);
    let manifest: Value = serde_json::from_slice(&std::fs::read(program.path("book.json")).unwrap()).unwrap();
    assert_eq!(manifest["chapters"], info["chapters"]);

    let tag = std::fs::read(program.path("book.mp3")).unwrap();
    for text in ["The First Chapter of It", "CHAP", "CTOC", "A Short Book", "Ann Author"] {
        assert!(
            tag.windows(text.len()).any(|window| window == text.as_bytes()),
            "{text}"
        );
    }
    let cue = std::fs::read_to_string(program.path("book.cue")).unwrap();
    let frames = (second * 75.0).round() as u64;
    let index = format!(
        "INDEX 01 {:02}:{:02}:{:02}",
        frames / 75 / 60,
        frames / 75 % 60,
        frames % 75
    );
    assert!(cue.contains("FILE \"book.mp3\" MP3") && cue.contains(&index), "{cue}");

    let folder = program.path("out");
    let names = ["01 The First Chapter of It.mp3", "02 The Second Chapter of It.mp3"];
    let mut seconds = 0.0;
    for name in names {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        seconds += loqui_core::audio::decode_speech(&bytes).unwrap().seconds();
    }
    let pause = 1.2;
    let whole = info["duration_seconds"].as_f64().unwrap();
    assert!(
        (seconds + pause - whole).abs() < 0.1,
        "{seconds} + {pause}, not {whole}"
    );
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(
        (&manifest["title"], manifest["files"].as_array().unwrap().len()),
        (&json!("A Short Book"), 2)
    );
    assert!(folder.join("chapters.cue").exists());

    // The finished speech is written again at no cost, in all formats.
    let id = info["generation"].to_string();
    for name in ["book.opus", "book.flac", "book.m4b", "book.wav"] {
        let said = program.run(&["generations", "wait", &id, "-o", name, "--json"]).await;
        assert_eq!(said.code, 0, "{said:?}");
        let bytes = std::fs::read(program.path(name)).unwrap();
        let clip = loqui_core::audio::decode_speech(&bytes).unwrap();
        assert!(
            (clip.seconds() - whole).abs() < 0.2,
            "{name}: {} s, not {whole} s",
            clip.seconds()
        );
        let text = b"The Second Chapter of It";
        assert_eq!(
            bytes.windows(text.len()).any(|window| window == text),
            name != "book.wav",
            "{name}"
        );
    }
    only_the_folder(&program, &id, &folder).await;
    levels(&program, &id).await;
}

async fn only_the_folder(program: &Program, id: &str, folder: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
    let before = program.files().len();
    let said = program
        .run(&[
            "generations",
            "wait",
            id,
            "--chapters-dir",
            "out",
            "--audio-format",
            "flac",
        ])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(folder.join("02 The Second Chapter of It.flac").exists());
    assert_eq!(program.files().len(), before + 1, "no other file is written");
}

async fn levels(program: &Program, id: &str) {
    let said = program
        .run(&[
            "generations",
            "wait",
            id,
            "-o",
            "loud.flac",
            "--loudness",
            "-18",
            "--json",
        ])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    let report = said.json();
    let levels = &report["files"][0]["mastering"];
    assert!(
        (levels["loudness_lufs"].as_f64().unwrap() + 18.0).abs() < 0.3,
        "{levels}"
    );
    assert!(levels["true_peak_dbtp"].as_f64().unwrap() <= -0.9, "{levels}");
    let said = program
        .run(&[
            "generations",
            "wait",
            id,
            "--chapters-dir",
            "acx",
            "--acx",
            "--room-tone",
            "--json",
        ])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    for file in said.json()["files"].as_array().unwrap() {
        assert_eq!(file["mastering"]["acx"], true, "{file}");
    }
    for (arguments, code) in [
        (["-o", "a.mp3", "--loudness", "3"], "option.out_of_range"),
        (["-o", "a.mp3", "--cover", "book.md"], "output.cover"),
        (["--chapters-dir", "x", "--cue", "x.cue"], "usage"),
    ] {
        let said = program
            .run(&[&["generations", "wait", id][..], &arguments].concat())
            .await;
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(code), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_have_routes_and_limits_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("loqui.toml");
    std::fs::write(&settings, "max_document_characters = 40000").unwrap();
    let server = Start::offline()
        .with(&["--config", settings.to_str().unwrap()])
        .start()
        .await;
    let user = server.demo().await;
    let post = |query: &str, body: Vec<u8>| {
        Answer::of(user.request(Method::POST, &format!("/api/documents{query}")).body(body))
    };

    let made = make(6, Contents::Navigation);
    let answer = post("", made.bytes.clone()).await.accepted(200);
    assert_eq!(
        (&answer["title"], &answer["format"]),
        (&json!("A Long Book"), &json!("json"))
    );
    assert_eq!(answer["chapters"].as_array().unwrap().len(), made.chapters.len());
    let kept = post("?notes=true", made.bytes).await.accepted(200);
    assert!(kept["text"].as_str().unwrap().len() > answer["text"].as_str().unwrap().len());
    let markdown = post("?format=markdown", b"# One\n\nIt begins here.".to_vec())
        .await
        .accepted(200);
    assert_eq!(
        (&markdown["chapters"][0]["title"], &markdown["format"]),
        (&json!("One"), &json!("markdown"))
    );
    let error = post("", make(60, Contents::None).bytes).await.refused(422);
    assert_eq!(error["error"]["code"], "script.too_long", "{error}");
    post("", b"PK\x03\x04 broken".to_vec()).await.refused(422);

    // The text of a document may be longer than that of other generations.
    let sample = user.voice().await;
    let text = format!("# One\n\n{}", "It goes on here, with a few more words. ".repeat(130));
    let body = json!({ "sample_id": sample, "script_text": text, "format": "markdown" });
    user.post("/api/generation/create", &body).await.refused(422);
    let created = user.post("/api/documents/generations", &body).await.accepted(201);
    assert_eq!(created["status"], "PENDING", "{created}");
}
