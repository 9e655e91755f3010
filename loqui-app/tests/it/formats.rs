//! All output formats.

use crate::program::{Program, shared};

#[tokio::test(flavor = "multi_thread")]
async fn file_extension_selects_the_format() {
    let program = Program::offline();
    let sample = shared("voices/heart.mp3");
    let mut lengths = Vec::new();
    for (name, start) in [
        ("out.wav", "RIFF"),
        ("out.flac", "fLaC"),
        ("out.opus", "OggS"),
        ("out.ogg", "OggS"),
        ("out.mp3", "ID3"),
    ] {
        let said = program
            .run(&[
                "speak",
                "--sample",
                &sample,
                "Say it as a file.",
                "--seed",
                "7",
                "-o",
                name,
                "--json",
            ])
            .await;
        assert_eq!(said.code, 0, "{said:?}");
        let file = std::fs::read(program.path(name)).unwrap();
        assert!(file.starts_with(start.as_bytes()), "{name}");
        lengths.push(loqui_core::audio::decode_speech(&file).unwrap().seconds());
    }
    assert!(
        lengths.iter().all(|length| (length - lengths[0]).abs() < 0.001),
        "{lengths:?}"
    );

    let said = program
        .run(&["speak", "--sample", &sample, "Hi!", "-o", "out.aac"])
        .await;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.stderr.contains("output.format") && said.stderr.contains(".opus"),
        "{said:?}"
    );
    assert_eq!(program.files().len(), 5);
}
