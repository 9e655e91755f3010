//! The examples at the end of each help page.

use clap::Command;

/// The examples of a command, by its path below `loqui`.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            r#"loqui speak -s me.wav "Hello! This is my voice.""#,
            "loqui check me.wav",
            "loqui doctor",
            "loqui help speak",
        ],
    ),
    (
        "speak",
        &[
            r#"loqui speak -s me.wav "Hello! This is my voice." -o hello.wav"#,
            "loqui speak -s me.wav --script book.md -o book.mp3 --subtitles book.srt --budget 2",
            r#"loqui speak -s one.wav -s two.m4a --clean "Hello!""#,
            "loqui speak -v anna --script one.txt --script two.txt -o speech/",
            "echo Hello | loqui speak -v anna -o - | ffplay -nodisp -autoexit -",
            r#"ffmpeg -i film.mkv -t 15 -f wav - | loqui speak -s - "Hello!""#,
            "loqui speak -v anna --script book.txt -o - --stream | mpv -",
            "loqui speak --script play.md -v anna=me.wav -v bob=him -o play.mp3",
        ],
    ),
    (
        "check",
        &[
            "loqui check me.wav",
            "loqui check recordings/ --json",
            "loqui check me.wav --model chatterbox-turbo --plot me.png",
            "loqui check interview.mp3 --speakers previews/",
            "ffmpeg -i film.mkv -t 15 -f wav - | loqui check -",
        ],
    ),
    (
        "clean",
        &[
            "loqui clean me.wav -o me-clean.wav",
            "loqui clean interview.mp3 --speaker 2 -o guest.wav",
            "loqui clean me.wav -o me-clean.wav --json",
        ],
    ),
    (
        "estimate",
        &[
            "loqui estimate --script book.txt",
            r#"loqui estimate "Hello! This is my voice." --model chatterbox-turbo"#,
            "pandoc book.docx -t plain | loqui estimate",
        ],
    ),
    (
        "script",
        &[
            r#"loqui script "Dr. Weber paid $5 on 3 May.""#,
            "loqui script --script book.md --pronounce names.txt",
            r#"loqui script --language en-GB --json "It opens at 9:30.""#,
        ],
    ),
    (
        "batch",
        &[
            "loqui batch jobs.jsonl --concurrency 4",
            "loqui batch jobs.csv",
            r#"echo '{"voice": "anna", "script": "Hello!", "out": "hello.wav"}' | loqui batch"#,
        ],
    ),
    (
        "generations",
        &["loqui generations list", "loqui generations wait 7 -o out.wav"],
    ),
    (
        "generations list",
        &[
            "loqui generations list",
            "loqui generations list --status failed --limit 10",
        ],
    ),
    (
        "generations show",
        &["loqui generations show 7", "loqui generations show 7 --json"],
    ),
    (
        "generations wait",
        &[
            "loqui generations wait 7",
            "loqui generations wait 7 -o - --audio-format mp3 | mpv -",
        ],
    ),
    ("generations cancel", &["loqui generations cancel 7"]),
    ("generations retry", &["loqui generations retry 7 -o out.wav"]),
    (
        "generations edit",
        &[
            r#"loqui generations edit 7 --sentence 3 "Nobody came." -o new.wav"#,
            "loqui generations edit 7 --retake 3",
            "loqui generations edit 8 --pick 3=1",
        ],
    ),
    ("generations erase", &["loqui generations erase 7"]),
    (
        "samples",
        &["loqui samples add me.wav --name anna", "loqui samples list"],
    ),
    (
        "samples list",
        &["loqui samples list", "loqui samples list --limit 10 --json"],
    ),
    (
        "samples add",
        &[
            r#"loqui samples add me.wav --name anna --consent "I am the speaker""#,
            "loqui samples add one.wav two.m4a --name anna --clean",
            "ffmpeg -i film.mkv -t 15 -f wav - | loqui samples add - --name anna",
        ],
    ),
    (
        "samples show",
        &["loqui samples show anna", "loqui samples show 3 --json"],
    ),
    (
        "samples erase",
        &["loqui samples erase anna", "loqui samples erase 3 --speech"],
    ),
    (
        "models",
        &[
            "loqui models list",
            "HF_TOKEN=hf_... loqui models pull english_18m_2026-10",
            "loqui models quantize english",
        ],
    ),
    ("models list", &["loqui models list", "loqui models list --verify"]),
    (
        "models pull",
        &[
            "HF_TOKEN=hf_... loqui models pull english_18m_2026-10",
            "loqui models pull english --from https://voices.example.com/models/english",
        ],
    ),
    ("models add", &["loqui models add ~/Downloads/english --accept-license"]),
    ("models remove", &["loqui models remove english"]),
    ("models quantize", &["loqui models quantize english"]),
    ("models path", &["loqui models path", "loqui models path english"]),
    ("usage", &["loqui usage", "loqui usage --since 2026-01-01 --json"]),
    (
        "worker",
        &["LOQUI_DATABASE_URL=postgres://db/loqui loqui worker --concurrency 50"],
    ),
    ("emulator", &["loqui emulator", "loqui emulator --list-faults"]),
    ("serve", &["loqui serve --demo-user", "loqui serve --addr 0.0.0.0:8000"]),
    (
        "mcp",
        &[
            "loqui mcp",
            "loqui mcp --budget 2 --output ~/speech",
            "loqui mcp --http 127.0.0.1:8808 --engine offline",
        ],
    ),
    ("users", &["loqui users add anna", "loqui users list"]),
    (
        "users add",
        &["loqui users add anna --email anna@example.com --key < password.txt"],
    ),
    ("users list", &["loqui users list", "loqui users list --json"]),
    ("users disable", &["loqui users disable anna"]),
    ("users enable", &["loqui users enable anna"]),
    (
        "backup",
        &[
            "loqui backup loqui.tar",
            "loqui backup - | ssh host 'cat > loqui.tar'",
            "loqui backup records.tar --records-only",
        ],
    ),
    (
        "restore",
        &[
            "loqui restore loqui.tar",
            "loqui restore loqui.tar --data-dir /var/lib/loqui --force",
        ],
    ),
    ("doctor", &["loqui doctor", "loqui doctor --engine cog --json"]),
    (
        "completions",
        &[
            "loqui completions bash > ~/.local/share/bash-completion/completions/loqui",
            "loqui completions zsh > ~/.zfunc/_loqui",
            "loqui completions fish > ~/.config/fish/completions/loqui.fish",
            "loqui completions powershell >> $PROFILE",
        ],
    ),
    ("man", &["loqui man ~/.local/share/man/man1", "loqui man | man -l -"]),
];

/// Adds the examples to a command and all its subcommands.
pub(super) fn add(program: Command) -> Command {
    with(program, "")
}

fn with(command: Command, path: &str) -> Command {
    let command = match EXAMPLES.iter().find(|(of, _)| *of == path) {
        Some((_, lines)) => command.after_help(format!("Examples:\n  {}", lines.join("\n  "))),
        None => command,
    };
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    names.into_iter().fold(command, |command, name| {
        let below = format!("{path} {name}").trim_start().to_owned();
        command.mut_subcommand(name, |subcommand| with(subcommand, &below))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn paths(command: &Command, path: &str, into: &mut BTreeSet<String>) {
        into.insert(path.to_owned());
        for below in command.get_subcommands() {
            paths(below, format!("{path} {}", below.get_name()).trim_start(), into);
        }
    }

    /// The words of the call of `loqui` in a line for a shell.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quote = None;
        for c in line.chars() {
            match (quote, c) {
                (Some(open), _) if open == c => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, ' ') => words.push(String::new()),
                _ => words.last_mut().unwrap().push(c),
            }
        }
        let start = words.iter().position(|word| word == "loqui").unwrap();
        let call = words.into_iter().skip(start);
        call.take_while(|word| !["|", ">", ">>", "<"].contains(&word.as_str()))
            .collect()
    }

    #[test]
    fn every_command_has_examples() {
        let mut all = BTreeSet::new();
        paths(&super::super::parser(), "", &mut all);
        let with_examples: BTreeSet<String> = EXAMPLES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(all, with_examples);
    }

    #[test]
    fn every_example_is_a_valid_call() {
        for (path, lines) in EXAMPLES {
            for line in *lines {
                let words = words(line);
                assert!(
                    path.is_empty() || words[1..].join(" ").starts_with(path),
                    "{path}: {line}"
                );
                if let Err(error) = super::super::parser().try_get_matches_from(words) {
                    assert!(!error.use_stderr(), "{line}: {error}");
                }
            }
        }
    }
}
