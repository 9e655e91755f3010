//! Scripts with several voices and edits, on the command line, in batches and over HTTP.

use loqui_emulator::Emulator;
use serde_json::{Value, json};

use crate::program::{Program, shared};
use crate::server::Start;

const PLAY: &str = "# A play

[anna]: Good morning to you, Bob. How are you feeling today?

[bob]: I am very well, thank you for asking me.
[Anna]: That is very good to hear.
";

fn write_play(program: &Program) {
    std::fs::write(program.path("play.md"), PLAY).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_missing_voices_are_named_with_their_flags() {
    let program = Program::offline();
    write_play(&program);
    let heart = shared("voices/heart.mp3");
    let anna = format!("anna={heart}");
    let said = program.run(&["speak", "--script", "play.md", "--voice", &anna]).await;
    assert_eq!(said.code, 2, "{said:?}");
    for part in [
        "[script.voice_missing]",
        "\"bob\"",
        "A play",
        "--voice bob=FILE",
        "--sample FILE",
    ] {
        assert!(said.stderr.contains(part), "{part}: {said:?}");
    }
    let said = program.run(&["speak", "--script", "play.md", "-s", &heart]).await;
    assert!(said.stderr.contains("\"anna\" and \"bob\""), "{said:?}");
    let said = program.run(&["generations", "list", "--json"]).await;
    assert_eq!(said.json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn script_shows_the_voice_of_each_segment() {
    let program = Program::offline();
    write_play(&program);
    let said = program.run(&["script", "--script", "play.md", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let segments = said.json()["segments"].clone();
    let voices: Vec<&Value> = segments
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| &segment["voice"])
        .collect();
    assert_eq!(voices, [&Value::Null, &json!("anna"), &json!("bob"), &json!("Anna")]);
    assert_eq!(segments[1]["boundary"], "turn");
    let said = program.run(&["script", "--script", "play.md"]).await;
    assert!(said.stdout.contains("2. [anna] Good morning"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn play_is_spoken_and_edited_on_the_command_line() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    write_play(&program);
    let (heart, slt, rms) = (
        shared("voices/heart.mp3"),
        shared("voices/slt.mp3"),
        shared("voices/rms.mp3"),
    );
    let kept = program.run(&["samples", "add", &rms, "--name", "him"]).await;
    assert_eq!(kept.code, 0, "{kept:?}");
    let anna = format!("anna={slt}");
    let words = [
        "speak",
        "--script",
        "play.md",
        "-s",
        &heart,
        "-v",
        &anna,
        "-v",
        "bob=him",
        "--voice-option",
        "bob.gain=-2",
        "--editable",
        "-o",
        "play.wav",
        "--json",
    ];
    let said = program.run(&words).await;
    assert_eq!(said.code, 0, "{said:?}");
    let spoken = said.json();
    let segments = spoken["segments"].as_array().unwrap();
    let shown: Vec<(&Value, &Value)> = segments
        .iter()
        .map(|segment| (&segment["id"], &segment["voice"]))
        .collect();
    assert_eq!(
        shown,
        [
            (&json!(1), &Value::Null),
            (&json!(2), &json!("anna")),
            (&json!(3), &json!("anna")),
            (&json!(4), &json!("bob")),
            (&json!(5), &json!("anna")),
        ]
    );
    assert_eq!(spoken["voices"][1]["gain_db"], -2.0);
    assert_eq!(emulator.ledger().paid_runs(), 5);

    let id = spoken["generation"].to_string();
    let edit = |more: &[&str]| {
        let words = [&["generations", "edit", &id, "--json", "-o", "new.wav"], more].concat();
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let program = &program;
        async move { program.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).await }
    };
    let said = edit(&["--sentence", "4", "I am not well at all, as you can see."]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(emulator.ledger().paid_runs(), 6);
    let edited = said.json();
    assert_eq!(edited["parent"], spoken["generation"]);
    assert_eq!(edited["segments"][3]["text"], "I am not well at all, as you can see.");
    assert_eq!(edited["segments"][3]["voice"], "bob");
    assert_eq!(edited["takes"], 1);
    assert!(std::fs::metadata(program.path("new.wav")).unwrap().len() > 10_000);

    for (words, code) in [
        (&["--sentence", "9", "Text."][..], "[generation.no_sentence]"),
        (&["--pick", "2"], "[usage]"),
        (&[], "[usage]"),
        (&["--insert", "1", "[cid]: Who is there?"], "[script.voice_missing]"),
    ] {
        let said = edit(words).await;
        assert!(said.code > 0 && said.stderr.contains(code), "{words:?}: {said:?}");
    }
    let said = edit(&["--retake", "1", "--delete", "2", "--move", "5", "1"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(emulator.ledger().paid_runs(), 7);
    let retaken = said.json();
    let order: Vec<&Value> = retaken["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| &segment["id"])
        .collect();
    assert_eq!(order, [&json!(1), &json!(5), &json!(3), &json!(4)]);
    assert_eq!(retaken["segments"][0]["choices"].as_array().unwrap().len(), 2);
    let said = program
        .run(&["generations", "show", &retaken["generation"].to_string()])
        .await;
    assert!(
        said.stdout.contains("take 1:") && said.stdout.contains("anna: "),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn batch_speaks_turns_in_several_voices_and_continues() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let job = json!({
        "voices": {
            "anna": shared("voices/slt.mp3"),
            "bob": {"sample": shared("voices/rms.mp3"), "gain": -2, "exaggeration": 0.7},
        },
        "turns": [
            {"voice": "anna", "text": "Good morning to you, Bob."},
            {"voice": "bob", "text": "Good morning to you, Anna."},
        ],
        "out": "turns.wav",
    });
    std::fs::write(program.path("jobs.jsonl"), job.to_string()).unwrap();
    for _ in 0..2 {
        let said = program.run(&["batch", "jobs.jsonl", "--json"]).await;
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(emulator.ledger().paid_runs(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_are_spoken_and_edited_over_http() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    let user = server.demo().await;
    let anna = user.voice().await;
    let rms = std::fs::read(shared("voices/rms.mp3")).unwrap();
    let bob = user.upload("Bob", rms, "rms.mp3").await.accepted(201)["sample_id"].clone();
    let turns = json!([
        {"voice": "anna", "text": "Good morning to you, Bob."},
        {"voice": "bob", "text": "Good morning to you, Anna."},
    ]);
    let body = json!({
        "turns": turns, "editable": true, "model_name": "A play",
        "voices": {"anna": anna, "bob": {"sample_id": bob, "gain": -2}},
    });
    let created = user.post("/api/generation/script", &body).await.accepted(201);
    assert_eq!(
        (&created["status"], &created["model_name"]),
        (&json!("PENDING"), &json!("A play"))
    );
    let id = created["audio_id"].as_i64().unwrap();
    assert_eq!(user.ended(id).await["status"], "COMPLETED");
    assert_eq!(emulator.ledger().paid_runs(), 2);
    let info = user.get(&format!("/api/generation/{id}/segments")).await.accepted(200);
    assert_eq!(info["segments"][1]["voice"], "bob");
    assert_eq!(info["segments"][1]["id"], 2);

    let missing = json!({"turns": turns, "voices": {"anna": anna}});
    let refused = user.post("/api/generation/script", &missing).await.refused(422);
    assert_eq!(refused["error"]["code"], "script.voice_missing");
    for body in [
        json!({"turns": turns, "voices": {"anna": 99, "bob": bob}}),
        json!({"turns": turns, "voices": {"anna": "x", "bob": bob}}),
        json!({"turns": [], "voices": {"anna": anna}}),
        json!({"voices": {"anna": anna}}),
        json!({"turns": turns}),
    ] {
        let answer = user.post("/api/generation/script", &body).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{body}");
    }

    let edits = json!({"edits": [{"op": "change", "sentence": 2, "text": "Good evening to you, Anna."}]});
    let edited = user
        .post(&format!("/api/generation/{id}/edits"), &edits)
        .await
        .accepted(201);
    let new = edited["audio_id"].as_i64().unwrap();
    assert_ne!(new, id);
    assert_eq!(user.ended(new).await["status"], "COMPLETED");
    assert_eq!(emulator.ledger().paid_runs(), 3);
    let wrong = json!({"edits": [{"op": "burn", "sentence": 2}]});
    user.post(&format!("/api/generation/{id}/edits"), &wrong)
        .await
        .refused(422);
    let other = json!({"edits": [{"op": "retake", "sentence": 7}]});
    let refused = user
        .post(&format!("/api/generation/{id}/edits"), &other)
        .await
        .refused(404);
    assert_eq!(refused["error"]["code"], "generation.no_sentence");

    // The recording of any voice takes its speech with it.
    let deleted = user.delete(&format!("/api/samples/{bob}")).await;
    assert_eq!(deleted.status.as_u16(), 204);
    user.get(&format!("/api/generation/{id}")).await.refused(404);
}
