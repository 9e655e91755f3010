//! The command line as people type it: what each call prints, and its exit code.

use std::process::{Output, Stdio};

use loqui_emulator::{Emulator, Fault};
use tokio::process::Child;

use crate::program::{Program, shared};

/// What stdin has.
#[derive(Clone, Copy, Debug)]
enum Input {
    Nothing,
    Text(&'static str),
    File(&'static str),
}
use Input::{File, Nothing, Text};

/// The results of a call are on stdout, and notices and errors on stderr.
#[derive(Debug)]
struct Call {
    line: &'static str,
    input: Input,
    code: i32,
    /// What stdout contains; `RIFF` for audio. Empty if stdout is empty.
    stdout: &'static [&'static str],
    stderr: &'static [&'static str],
}

fn call(
    line: &'static str,
    input: Input,
    code: i32,
    stdout: &'static [&'static str],
    stderr: &'static [&'static str],
) -> Call {
    Call {
        line,
        input,
        code,
        stdout,
        stderr,
    }
}

/// Splits a line as a shell does.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

async fn run(program: &Program, line: &str, input: Input) -> Output {
    let words = words(line);
    assert_eq!(words[0], "loqui", "{line}");
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let bytes = match input {
        Nothing => Vec::new(),
        Text(text) => text.as_bytes().to_vec(),
        File(name) => std::fs::read(program.path(name)).unwrap(),
    };
    program.feed(&arguments, &bytes).await
}

#[track_caller]
fn check(call: &Call, output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let shown: String = stdout.chars().take(2_000).collect();
    let found = format!(
        "{call:?}\ncode {:?}\nstdout {shown}\nstderr {stderr}",
        output.status.code()
    );
    assert_eq!(output.status.code(), Some(call.code), "{found}");
    assert_eq!(call.stdout.is_empty(), stdout.is_empty(), "{found}");
    for part in call.stdout {
        assert!(stdout.contains(part), "{part:?} is not on stdout: {found}");
    }
    for part in call.stderr {
        assert!(stderr.contains(part), "{part:?} is not on stderr: {found}");
    }
    assert!(!stderr.contains('\x1b'), "escape codes on stderr: {found}");
    if !call.stdout.iter().any(|part| ["RIFF", "OggS"].contains(part)) {
        assert!(!stdout.contains('\x1b'), "escape codes on stdout: {found}");
    }
    if call.code != 0 && !call.stdout.iter().any(|part| part.contains("Usage")) {
        assert!(
            stderr.contains("error: ") || call.stderr.iter().any(|part| part.contains("Usage")),
            "{found}"
        );
    }
}

const CSV: &str = "id,voice,text,out\na,anna,\"Hello, you.\",csv/a.wav\nb,anna,Bye.,csv/b.wav\n";
const JSONL: &str = r#"{"voice": "anna", "script": "Hello!", "out": "jsonl.wav"}"#;
const TWICE: &str = r#"{"sample": "me.mp3", "script": "Hi!", "out": "e.wav"}
{"sample": "me.mp3", "script": "Hi!", "out": "./e.wav"}"#;

/// The calls, in the order in which they run in one folder.
#[expect(clippy::too_many_lines, reason = "one table")]
fn calls() -> Vec<Call> {
    vec![
        // Help.
        call(
            "loqui",
            Nothing,
            2,
            &[],
            &["Clone a voice", "Usage: loqui", "Examples:", "speak"],
        ),
        call("loqui --version", Nothing, 0, &["loqui 0."], &[]),
        call(
            "loqui help speak",
            Nothing,
            0,
            &[
                "Usage: loqui speak",
                "Examples:",
                "-s, --sample",
                "-v, --voice",
                "-q, --quiet",
            ],
            &[],
        ),
        call("loqui speak --help", Nothing, 0, &["echo Hello | loqui speak"], &[]),
        call("loqui samples", Nothing, 2, &[], &["Usage: loqui samples", "add"]),
        call("loqui completions bash", Nothing, 0, &["_loqui()", "--sample"], &[]),
        call(
            "loqui completions tcsh",
            Nothing,
            2,
            &[],
            &["See `loqui completions --help`."],
        ),
        call("loqui man", Nothing, 0, &[".TH loqui 1"], &[]),
        call("loqui man pages", Nothing, 0, &["in pages"], &[]),
        // Mistakes in words.
        call(
            "loqui fly",
            Nothing,
            2,
            &[],
            &["unrecognized subcommand 'fly'", "[usage]", "See `loqui --help`."],
        ),
        call(
            "loqui speak --smaple me.mp3 Hi!",
            Nothing,
            2,
            &[],
            &["--smaple", "--sample", "See `loqui speak --help`."],
        ),
        call(
            "loqui samples add me.mp3 --nmae anna",
            Nothing,
            2,
            &[],
            &["--nmae", "See `loqui samples add --help`."],
        ),
        call(
            "loqui speak Hello",
            Nothing,
            2,
            &[],
            &["--sample FILE", "--voice NAME", "[script.voice_missing]"],
        ),
        call(
            "loqui speak -s me.mp3 -v anna Hello",
            Nothing,
            2,
            &[],
            &["several voices are given"],
        ),
        call(
            "loqui speak -s me.mp3 Hello there friend",
            Nothing,
            2,
            &[],
            &["3 texts of one word", "quotes"],
        ),
        call(
            "loqui speak -s me.mp3",
            Nothing,
            2,
            &[],
            &["no text is given", "[script.empty]"],
        ),
        call("loqui speak -s me.mp3", Text("  \n"), 2, &[], &["no text is given"]),
        call(
            "loqui speak -s me.mp3 'Hi!' -o a.aac",
            Nothing,
            2,
            &[],
            &["[output.format]", ".opus"],
        ),
        call(
            "loqui speak -s me.mp3 'Hi!' -o a.mp3 --audio-format wav",
            Nothing,
            2,
            &[],
            &["a.mp3", "--audio-format"],
        ),
        call(
            "loqui speak -s me.mp3 'Hi!' --stream",
            Nothing,
            2,
            &[],
            &["--stream", "-o -"],
        ),
        call(
            "loqui speak -s - -",
            Text("Hi!"),
            2,
            &[],
            &["the recording and the text", "stdin"],
        ),
        call("loqui speak -s -", File("me.mp3"), 2, &[], &["no text is given"]),
        call("loqui speak -s - --script -", File("me.mp3"), 2, &[], &["stdin"]),
        call(
            "loqui speak -s me.mp3 'One text.' 'Two texts.' -o one.wav",
            Nothing,
            2,
            &[],
            &["2 texts", "out/"],
        ),
        call(
            "loqui speak -s me.mp3 'Hi!' -o me.mp3/x.wav",
            Nothing,
            1,
            &[],
            &["me.mp3 is not a folder", "[output.unwritable]"],
        ),
        call(
            "loqui speak -v anna 'Hi!'",
            Nothing,
            1,
            &[],
            &["there is no sample \"anna\"", "loqui samples add"],
        ),
        // Speech to files.
        call(
            "loqui speak -s me.mp3 'Hello there.'",
            Nothing,
            0,
            &["loqui-1.wav (", "offline voice"],
            &["offline voice"],
        ),
        call(
            "loqui speak -q -s me.mp3 'Hello there.' -o deep/er/hello.mp3",
            Nothing,
            0,
            &["deep/er/hello.mp3 ("],
            &[],
        ),
        call("loqui generations wait 1", Nothing, 0, &["loqui-1-2.wav ("], &[]),
        call(
            "loqui generations wait 1 -o loqui-1.wav",
            Nothing,
            0,
            &["loqui-1.wav ("],
            &[],
        ),
        call("loqui speak -s me.mp3", Text("Piped text.\n"), 0, &["loqui-3.wav"], &[]),
        call(
            "loqui speak -s me.mp3 --script - --json",
            Text("Piped text.\n"),
            0,
            &["\"output\":\"loqui-4.wav\"", "\"COMPLETED\""],
            &[],
        ),
        call(
            "loqui speak -s me.mp3 'First text.' 'Second text.' -o both/",
            Nothing,
            0,
            &["both/loqui-5.wav", "both/loqui-6.wav"],
            &[],
        ),
        call(
            "loqui speak -s me.mp3 --script one.txt --script two.md -o both --audio-format flac",
            Nothing,
            0,
            &["both/one.flac", "both/two.flac"],
            &[],
        ),
        call(
            "loqui speak -s me.mp3 'Hi there.' -o t.wav --subtitles -",
            Nothing,
            0,
            &[" --> ", "Hi there."],
            &["t.wav ("],
        ),
        // Speech to stdout.
        call(
            "loqui speak -s me.mp3 'Hello there.' -o -",
            Nothing,
            0,
            &["RIFF", "WAVE"],
            &["stdout (", "offline voice"],
        ),
        call(
            "loqui speak -s me.mp3 -o - -q",
            Text("Hello there."),
            0,
            &["RIFF"],
            &["stdout ("],
        ),
        call(
            "loqui speak -s me.mp3 'Hello there.' -o - --audio-format opus",
            Nothing,
            0,
            &["OggS"],
            &[],
        ),
        call(
            "loqui speak -s me.mp3 'Hello there.' -o - --json",
            Nothing,
            0,
            &["RIFF"],
            &["\"output\":\"stdout\""],
        ),
        call(
            "loqui speak -s me.mp3 'Hello there.' -o - --stream",
            Nothing,
            0,
            &["RIFF"],
            &["stdout ("],
        ),
        call(
            "loqui speak -s missing.wav 'Hi!' -o - --json",
            Nothing,
            1,
            &[],
            &["\"file.not_found\"", "[file.not_found]"],
        ),
        call("loqui generations wait 1 -o -", Nothing, 0, &["RIFF"], &["stdout ("]),
        // A recording from stdin.
        call(
            "loqui speak -s - 'Hello there.' -o in.wav",
            File("me.mp3"),
            0,
            &["in.wav ("],
            &[],
        ),
        call(
            "loqui speak -s - 'Hello there.' -o in.wav",
            Text("not audio"),
            1,
            &[],
            &["[sample.unreadable]"],
        ),
        call("loqui check -", File("me.mp3"), 0, &["-: "], &[]),
        call("loqui samples add - --name Bob", File("bob.mp3"), 0, &["Bob"], &[]),
        // Stored samples.
        call("loqui samples add me.mp3 --name anna", Nothing, 0, &["anna"], &[]),
        call("loqui samples list", Nothing, 0, &["anna", "Bob"], &[]),
        call("loqui samples show ANNA", Nothing, 0, &["    1 ", "anna"], &[]),
        call(
            "loqui speak -v anna 'Hello there.' -o v.wav",
            Nothing,
            0,
            &["v.wav ("],
            &[],
        ),
        call(
            "loqui speak -v 1 'Hello there.' -o v.wav",
            Nothing,
            0,
            &["v.wav ("],
            &[],
        ),
        call(
            "loqui speak -v bib 'Hello there.'",
            Nothing,
            1,
            &[],
            &["there is no sample \"bib\"", "anna", "bob"],
        ),
        call("loqui samples add slt.mp3 --name anna", Nothing, 0, &["anna"], &[]),
        call("loqui samples show anna", Nothing, 0, &["    1 ", "anna"], &[]),
        call("loqui samples show anna-2", Nothing, 0, &["    4 ", "anna-2"], &[]),
        call(
            "loqui samples show ANNA",
            Nothing,
            2,
            &[],
            &["2 samples are named \"ANNA\"", "anna-2 (anna", "handle"],
        ),
        call("loqui samples add slt.mp3 --name carla", Nothing, 0, &["carla"], &[]),
        // Estimates and scripts.
        call(
            "loqui estimate 'Hello there.'",
            Nothing,
            0,
            &["12 characters, 1 segment"],
            &[],
        ),
        call(
            "loqui estimate -v anna",
            Text("Hello there."),
            0,
            &["12 characters"],
            &[],
        ),
        call(
            "loqui estimate 'Привет, как дела?'",
            Nothing,
            1,
            &["17 characters"],
            &["error: "],
        ),
        call(
            "loqui script -s me.mp3 'It costs $5.'",
            Nothing,
            0,
            &["five dollars"],
            &[],
        ),
        // Batches.
        call(
            "loqui batch jobs.csv",
            Nothing,
            0,
            &["a: csv/a.wav", "b: csv/b.wav"],
            &[],
        ),
        call("loqui batch", Text(JSONL), 0, &["jsonl.wav: jsonl.wav"], &[]),
        call("loqui batch -", Text(CSV), 0, &["a: csv/a.wav"], &[]),
        call(
            "loqui batch",
            Text(TWICE),
            2,
            &[],
            &["stdin, line 2: another job writes", "[usage]"],
        ),
        call(
            "loqui batch",
            Text("id,voice,out\na,anna,-\n"),
            2,
            &[],
            &["line 2: out must be"],
        ),
        // The log has no colours in a file.
        call(
            "loqui --verbose --verbose speak --data-dir fresh -s me.mp3 'Hello there.' -o log.wav",
            Nothing,
            0,
            &["log.wav"],
            &["DEBUG"],
        ),
        call("loqui usage", Nothing, 0, &["total"], &[]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_print_what_people_expect() {
    let program = Program::offline();
    for (name, file) in [("me.mp3", "heart.mp3"), ("bob.mp3", "rms.mp3"), ("slt.mp3", "slt.mp3")] {
        std::fs::copy(shared(&format!("voices/{file}")), program.path(name)).unwrap();
    }
    std::fs::write(program.path("one.txt"), "The first text.").unwrap();
    std::fs::write(program.path("two.md"), "The *second* text.").unwrap();
    std::fs::write(program.path("jobs.csv"), CSV).unwrap();
    let calls = calls();
    assert!(calls.len() >= 50, "{}", calls.len());
    for call in &calls {
        let before = call.line.contains("wait 1 -o loqui-1.wav").then(|| {
            std::fs::write(program.path("loqui-1.wav"), "old").unwrap();
        });
        let output = run(&program, call.line, call.input).await;
        check(call, &output);
        if call.line.ends_with("-q") || call.line.contains(" -q ") {
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(!stderr.contains('%') && !stderr.contains("Using"), "{stderr}");
        }
        if before.is_some() {
            assert_ne!(
                std::fs::read(program.path("loqui-1.wav")).unwrap(),
                b"old",
                "an explicit output overwrites"
            );
        }
        if call.stdout.contains(&"RIFF") {
            let seconds = loqui_core::audio::decode_speech(&output.stdout).unwrap().seconds();
            assert!(seconds > 0.3, "{}: {seconds} s", call.line);
        }
    }
    assert!(program.path("pages/loqui-samples-add.1").exists());
    let flac = std::fs::read(program.path("both/two.flac")).unwrap();
    assert!(flac.starts_with(b"fLaC"));
    // Nothing was written under the names of stdin and stdout.
    assert!(!program.files().contains(&"-".to_owned()), "{:?}", program.files());
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_to_do_before_anything_is_paid() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    std::fs::copy(shared("voices/heart.mp3"), program.path("me.mp3")).unwrap();
    for call in [
        call(
            "loqui speak -s me.mp3 'Hello!' --budget 0.00001",
            Nothing,
            1,
            &[],
            &["the budget of $0.00001", "[generation.budget]"],
        ),
        call(
            "loqui speak -s me.mp3 'Привет, как дела?' -o a.wav",
            Nothing,
            1,
            &[],
            &["[script.wrong_language]"],
        ),
        call("loqui speak -s me.mp3", Nothing, 2, &[], &["no text is given"]),
    ] {
        let output = run(&program, call.line, call.input).await;
        check(&call, &output);
    }
    assert_eq!(emulator.ledger().creates.len(), 0);
}

#[cfg(unix)]
async fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().await.unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn closed_pipe_is_quiet() {
    let program = Program::offline();
    let heart = shared("voices/heart.mp3");
    let mut command = program.command(&["speak", "-q", "-s", &heart, "Hello!", "-o", "-"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let (code, stderr) = ended(child).await;
    assert_eq!(code, Some(141), "{stderr}");
    assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");

    let mut command = program.command(&["generations", "list"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(ended(child).await, (Some(0), String::new()));
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn paid_speech_that_cannot_be_written_is_named() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let heart = shared("voices/heart.mp3");
    let mut command = program.command(&["speak", "-s", &heart, "Hello!", "-o", "-"]);
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let (code, stderr) = ended(child).await;
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("[output.unwritable]"), "{stderr}");
    assert!(stderr.contains("`loqui generations wait 1 -o OUT.wav`"), "{stderr}");
    assert_eq!(emulator.ledger().paid_runs(), 1);
    let said = program.run(&["generations", "wait", "1", "-o", "late.wav"]).await;
    assert_eq!((said.code, emulator.ledger().paid_runs()), (0, 1), "{said:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn interrupted_commands_end_with_130() {
    let emulator = Emulator::start().await.unwrap();
    let program = Program::at(&emulator);
    let heart = shared("voices/heart.mp3");
    let job = serde_json::json!({"sample": heart, "script": "Hello!", "out": "b.wav"});
    std::fs::write(program.path("jobs.jsonl"), job.to_string()).unwrap();
    let calls: [(&[&str], &str); 2] = [
        (&["speak", "-s", &heart, "Hello!"], "loqui generations wait 1"),
        (&["batch", "jobs.jsonl"], "Run the same command again"),
    ];
    for (number, (arguments, hint)) in calls.into_iter().enumerate() {
        emulator.faults().next(Fault::SlowRun(60_000));
        let mut command = program.command(arguments);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(10));
        while emulator.ledger().creates.len() <= number || emulator.ledger().polls == 0 {
            ticks.tick().await;
        }
        let id = child.id().unwrap().to_string();
        std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
        let (code, stderr) = ended(child).await;
        assert_eq!(code, Some(130), "{stderr}");
        assert!(
            stderr.contains(hint) && stderr.contains("[generation.not_finished]"),
            "{stderr}"
        );
    }
}
