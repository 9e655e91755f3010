//! Batches: a second run skips finished jobs, continues interrupted ones, and pays nothing twice.

use loqui_emulator::{Emulator, Fault};
use serde_json::{Value, json};

use crate::program::{Program, Said, shared};

/// Writes the file of jobs.
fn write(program: &Program, jobs: &[Value]) {
    let lines: Vec<String> = jobs.iter().map(Value::to_string).collect();
    std::fs::write(program.path("jobs.jsonl"), lines.join("\n")).unwrap();
}

fn job(id: &str, sample: &str, script: &str) -> Value {
    json!({ "id": id, "sample": shared(sample), "script": script, "out": format!("{id}.wav") })
}

/// Returns the output lines sorted by id.
fn results(said: &Said) -> Vec<Value> {
    let mut lines: Vec<Value> = said
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    lines.sort_by_key(|line| line["id"].to_string());
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn second_run_skips_finished_jobs_and_retries_failed_ones() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    std::fs::write(program.path("c.txt"), "From a file.").unwrap();
    let mut jobs = vec![
        job("a", "voices/heart.mp3", "The first."),
        job("b", "voices/missing.mp3", "The second."),
        json!({ "id": "c", "sample": shared("voices/heart.mp3"), "script_file": "c.txt", "out": "c.wav", "seed": 7 }),
    ];
    write(&program, &jobs);
    let said = program
        .run(&["batch", "jobs.jsonl", "--json", "--concurrency", "2"])
        .await;
    assert_eq!(said.code, 1, "{said:?}");
    let lines = results(&said);
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["COMPLETED", "FAILED", "COMPLETED"]);
    assert_eq!(lines[1]["error"]["code"], "file.not_found");
    assert_eq!(lines[1]["generation"], Value::Null);
    assert_eq!(lines[0]["error"], Value::Null);
    assert_eq!(emulator.ledger().creates.len(), 2);
    let first = std::fs::read(program.path("a.wav")).unwrap();

    jobs[1]["sample"] = shared("voices/slt.mp3").into();
    write(&program, &jobs);
    std::fs::remove_file(program.path("a.wav")).unwrap();
    let said = program.run(&["batch", "jobs.jsonl", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let again = results(&said);
    assert_eq!((&again[0], &again[2]), (&lines[0], &lines[2]));
    assert_eq!(again[1]["status"], "COMPLETED");
    assert_eq!(
        emulator.ledger().creates.len(),
        3,
        "only the one that had failed was spoken"
    );
    assert_eq!(
        std::fs::read(program.path("a.wav")).unwrap(),
        first,
        "written again from the store"
    );

    jobs[0]["script"] = "Changed.".into();
    write(&program, &jobs);
    let said = program.run(&["batch", "jobs.jsonl"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(emulator.ledger().creates.len(), 4, "a changed job is a new one");
    assert_ne!(std::fs::read(program.path("a.wav")).unwrap(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_batch_continues_without_paying_twice() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().next(Fault::SlowRun(4_000));
    let program = Program::at(&emulator);
    let ids = ["1", "2", "3", "4"];
    let jobs = ids.map(|id| job(id, "voices/heart.mp3", &format!("Number {id}.")));
    write(&program, &jobs);
    let mut running = program.start(&["batch", "jobs.jsonl"]);
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(10));
    while emulator.ledger().polls == 0 {
        ticks.tick().await;
    }
    running.kill().await.unwrap();

    let said = program.run(&["batch", "jobs.jsonl", "--json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let lines = results(&said);
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| line["status"] == "COMPLETED"), "{lines:?}");
    assert_eq!((emulator.ledger().creates.len(), emulator.ledger().paid_runs()), (4, 4));
}

/// Counts the values that a process computed from recordings.
fn computed(said: &Said) -> Vec<&str> {
    let lines = said.stderr.lines();
    let mut kinds: Vec<_> = lines
        .filter(|line| line.contains("computed an artefact of a recording"))
        .filter_map(|line| line.split("kind=\"").nth(1)?.split('"').next())
        .collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test(flavor = "multi_thread")]
async fn recording_is_judged_once_for_all_jobs_of_two_processes() {
    let emulator = Emulator::start().await.unwrap();
    let log = [
        ("RUST_LOG", "loqui_core=debug".to_owned()),
        ("NO_COLOR", "1".to_owned()),
    ];
    let program = Program::at(&emulator).with_env(log.to_vec());
    let copy = program.path("copy.mp3");
    std::fs::copy(shared("voices/heart.mp3"), &copy).unwrap();
    let of = |first: u32, sample: &str| -> Vec<Value> {
        let ids = first..first + 4;
        ids.map(|id| json!({ "id": id.to_string(), "sample": sample, "script": format!("Number {id}."), "out": format!("{id}.wav") }))
            .collect()
    };
    // Two names of one recording.
    let jobs = [of(0, &shared("voices/heart.mp3")), of(4, "copy.mp3")].concat();
    write(&program, &jobs);
    let said = program.run(&["batch", "jobs.jsonl"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(computed(&said), ["judgement", "voiceprint"], "{said:?}");

    write(&program, &of(8, "copy.mp3"));
    let said = program.run(&["batch", "jobs.jsonl"]).await;
    assert_eq!((said.code, computed(&said)), (0, vec![]), "{said:?}");
    let words = ["speak", "--sample", "copy.mp3", "Once more.", "-o", "more.wav"];
    let said = program.run(&words).await;
    assert_eq!((said.code, computed(&said)), (0, vec![]), "{said:?}");

    let said = program.run(&["samples", "erase", "1"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let said = program.run(&words).await;
    assert_eq!(computed(&said), ["judgement", "voiceprint"], "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn file_with_an_invalid_line_starts_no_job() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let good = job("a", "voices/heart.mp3", "Hello!");
    let twice = job("a", "voices/slt.mp3", "Hello!");
    let mut unknown = job("b", "voices/heart.mp3", "Hello!");
    unknown["volume"] = 11.into();
    let mut same = job("b", "voices/heart.mp3", "Hello!");
    same["out"] = "a.wav".into();
    for (bad, word) in [(twice, "twice"), (unknown, "volume"), (same, "another job")] {
        write(&program, &[good.clone(), bad]);
        let said = program.run(&["batch", "jobs.jsonl"]).await;
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(word) && said.stderr.contains("line 2"), "{said:?}");
    }
    let said = program.run(&["batch", "missing.jsonl"]).await;
    assert!(said.code == 1 && said.stderr.contains("[file.not_found]"), "{said:?}");
    assert_eq!(emulator.ledger().creates.len(), 0);
}
