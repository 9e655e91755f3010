//! Samples and usage.

use loqui_emulator::Emulator;

use crate::program::{Program, shared};

#[tokio::test(flavor = "multi_thread")]
async fn samples_are_added_shown_and_erased() {
    let program = Program::offline();
    let file = shared("voices/heart.mp3");
    let added = program
        .run(&["samples", "add", &file, "--consent", "I am the speaker", "--json"])
        .await;
    assert_eq!(added.code, 0, "{added:?}");
    let added = added.json();
    assert_eq!((&added["sample"], &added["name"]), (&1.into(), &"heart.mp3".into()));
    assert_eq!(added["consent"]["statement"], "I am the speaker");
    assert_eq!(added["report"]["usable"], true);
    let listed = program.run(&["samples", "list", "--json"]).await.json();
    assert_eq!(listed, serde_json::json!([added]));
    assert_eq!(program.run(&["samples", "show", "1", "--json"]).await.json(), added);

    let spoken = program
        .run(&[
            "speak",
            "--engine",
            "offline",
            "--sample",
            &file,
            "Hello there.",
            "-o",
            "a.wav",
        ])
        .await;
    assert_eq!(spoken.code, 0, "{spoken:?}");
    let erased = program.run(&["samples", "erase", "1", "--speech", "--json"]).await;
    assert_eq!(erased.json(), serde_json::json!({"sample": 1, "generations": [1]}));
    assert_eq!(
        program.run(&["samples", "list", "--json"]).await.json(),
        serde_json::json!([])
    );
    let gone = program.run(&["samples", "show", "1", "--json"]).await;
    assert_eq!(
        (gone.code, &gone.json()["error"]["code"]),
        (1, &"sample.not_found".into())
    );
    let gone = program.run(&["generations", "show", "1", "--json"]).await;
    assert_eq!(
        (gone.code, &gone.json()["error"]["code"]),
        (1, &"generation.not_found".into())
    );
    let left = std::fs::read_dir(program.path("data/audio")).unwrap();
    for entry in left {
        let folder = entry.unwrap().path();
        assert_eq!(files_below(&folder), 0, "{}", folder.display());
    }
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_equals_what_the_provider_was_paid() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let nothing = program.run(&["usage", "--json"]).await.json();
    assert_eq!((&nothing["total_usd"], &nothing["takes"]), (&0.0.into(), &0.into()));
    let text = "Every word is paid once.";
    let spoken = program
        .run(&["speak", "--sample", &shared("voices/heart.mp3"), text, "-o", "a.wav"])
        .await;
    assert_eq!(spoken.code, 0, "{spoken:?}");
    let usage = program.run(&["usage", "--json"]).await.json();
    assert_eq!((&usage["takes"], &usage["characters"]), (&1.into(), &text.len().into()));
    assert_eq!(usage["by_model"][0]["model"], "resemble-ai/chatterbox");
    assert_eq!(usage["by_day"][0]["total_usd"], usage["total_usd"]);
    assert!(usage["total_usd"].as_f64().unwrap() > 0.0);

    let erased = program.run(&["generations", "erase", "1", "--json"]).await;
    assert_eq!(erased.json()["generations"], serde_json::json!([1]));
    assert_eq!(
        program.run(&["generations", "list", "--json"]).await.json(),
        serde_json::json!([])
    );
    assert_eq!(
        program.run(&["usage", "--json"]).await.json(),
        usage,
        "the usage remains"
    );
    let before = program.run(&["usage", "--until", "2020-01-01", "--json"]).await.json();
    assert_eq!(before["takes"], 0);
    assert_eq!(program.run(&["usage", "--since", "yesterday"]).await.code, 2);
}
