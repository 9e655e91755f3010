//! Invalid input: a message with a code and a hint, the exit code, no cost, no leftover files.

use loqui_emulator::Emulator;

use crate::program::{Program, Said, shared};

/// Checks the error code, the exit code and the shape of the message.
fn refused(said: &Said, code: &str, exit: i32) {
    assert_eq!(said.code, exit, "{code}: {said:?}");
    let error = said
        .stderr
        .lines()
        .find(|line| line.starts_with("error: "))
        .unwrap_or_default();
    assert!(error.ends_with(&format!("[{code}]")), "{code}: {said:?}");
    assert!(said.stderr.contains("\n  hint: "), "{code}: {said:?}");
    assert!(
        !said.stderr.contains("panicked") && !said.stderr.contains("backtrace"),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_input_is_refused_without_cost() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let heart = shared("voices/heart.mp3");
    std::fs::File::create(program.path("big.wav"))
        .unwrap()
        .set_len(5_000_000_000)
        .unwrap();
    std::fs::create_dir(program.path("folder")).unwrap();
    let before = program.files();

    let text = shared("spec/samples/text.wav");
    let empty = shared("spec/samples/empty.wav");
    let second = shared("spec/samples/one_second.wav");
    let silence = shared("spec/samples/silence.wav");
    let cases: [(&[&str], &str, i32); 15] = [
        (&["--sample", &text, "Hi!"], "sample.unreadable", 1),
        (&["--sample", &empty, "Hi!"], "sample.unreadable", 1),
        (&["--sample", &second, "Hi!"], "sample.too_short", 1),
        (&["--sample", &silence, "Hi!"], "sample.silent", 1),
        (&["--sample", "big.wav", "Hi!"], "sample.too_large", 1),
        (&["--sample", "missing.wav", "Hi!"], "file.not_found", 1),
        (&["--sample", &heart, ""], "script.empty", 1),
        (&["--sample", &heart, "  \n "], "script.empty", 1),
        (&["--sample", &heart, "🎤 🎉"], "script.unspeakable", 1),
        (&["--sample", &heart, "--script", "missing.txt"], "file.not_found", 1),
        (
            &["--sample", &heart, "Hi!", "-o", "big.wav/out.wav"],
            "output.unwritable",
            1,
        ),
        (
            &["--sample", &heart, "Hi!", "--manifest", "folder"],
            "output.unwritable",
            1,
        ),
        (&["--sample", &heart, "Hi!", "--engine", "parrot"], "engine.unknown", 2),
        (&["--sample", &heart, "Hi!", "--seed", "soon"], "usage", 2),
        (&["Hi!"], "script.voice_missing", 2),
    ];
    for (arguments, code, exit) in cases {
        let said = program.run(&[&["speak"], arguments].concat()).await;
        refused(&said, code, exit);
        assert_eq!(said.stdout, "", "{code}");
    }
    assert_eq!(program.files(), before);
    assert_eq!(emulator.ledger().creates.len(), 0);

    let said = program.run(&["speak", "--json", "--sample", &text, "Hi!"]).await;
    assert_eq!(said.json()["error"]["code"], "sample.unreadable");
    assert_eq!(said.json()["error"]["retryable"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_token_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator).with_token("r8_0000000000000000000000000000000000000");
    let said = program
        .run(&["speak", "--sample", &shared("voices/heart.mp3"), "Hi!", "-o", "out.wav"])
        .await;
    refused(&said, "replicate.unauthorized", 1);
    assert!(!said.stderr.contains("r8_"), "{said:?}");
    assert_eq!((program.files(), emulator.ledger().paid_runs()), (Vec::new(), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_voice_is_announced_and_never_replaces_a_chosen_engine() {
    let program = Program::offline();
    let heart = shared("voices/heart.mp3");
    let said = program
        .run(&["speak", "--sample", &heart, "Hello!", "-o", "out.wav"])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stderr.contains("offline voice") && said.stderr.contains("not the voice of the sample"),
        "{said:?}"
    );
    assert!(said.stdout.contains("offline voice"), "{said:?}");
    refused(
        &program
            .run(&["speak", "--engine", "replicate", "--sample", &heart, "Hello!"])
            .await,
        "replicate.missing_token",
        1,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_reports_which_recordings_are_usable() {
    let program = Program::offline();
    let (good, bad) = (shared("voices/rms.mp3"), shared("spec/samples/text.wav"));
    let said = program.run(&["check", &good]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let said = program.run(&["check", "--json", &good, &bad]).await;
    assert_eq!(said.code, 1, "{said:?}");
    let reports: Vec<serde_json::Value> = said
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&reports[0]["usable"], &reports[1]["usable"]),
        (&true.into(), &false.into())
    );
    assert_eq!(reports[0]["format"], "mp3");
    assert_eq!(reports[1]["findings"][0]["code"], "sample.unreadable");
    assert_eq!(reports[1]["file"], bad);
}

#[tokio::test(flavor = "multi_thread")]
async fn estimate_needs_no_token() {
    let said = Program::offline()
        .run(&["estimate", "--json", &"Hello there! ".repeat(385)])
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    let estimate = said.json();
    assert_eq!(estimate["characters"], 5005);
    assert!(estimate["segments"].as_u64().unwrap() > 16);
    assert!(
        (0.12..0.13).contains(&estimate["cost_usd"].as_f64().unwrap()),
        "{estimate}"
    );
    let said = Program::offline().run(&["estimate", "Привет, как дела?"]).await;
    assert!(said.stdout.starts_with("17 characters, 1 segment, about "), "{said:?}");
    assert!(said.stderr.starts_with("error: 13 of 13 letters are not"), "{said:?}");
    assert_eq!(said.code, 1, "`speak` would refuse the text: {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn program_without_arguments_prints_the_commands() {
    let said = Program::offline().run(&[]).await;
    assert_eq!(said.code, 2);
    assert_eq!(said.stdout, "");
    for command in ["speak", "check", "generations"] {
        assert!(said.stderr.contains(&format!("\n  {command} ")), "{said:?}");
    }
}
