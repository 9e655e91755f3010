//! The commands, with their descriptions and the functions that run them.

use std::iter;

use crate::step::{Failure, Steps};
use crate::{
    bench, cargo, ci, clients, deny, docs, features, generate, lint, node, package, parity, python, soak, test, version,
};

/// One command.
struct Entry {
    /// The words after `cargo xtask`.
    words: &'static str,
    does: &'static str,
    run: fn(&mut Steps) -> Result<(), Failure>,
}

const MENU: &[Entry] = &[
    Entry {
        words: "setup",
        does: "install the tools of the Python and Node packages",
        run: test::setup,
    },
    Entry {
        words: "test",
        does: "run all tests of Rust, Python and Node; installs their tools",
        run: test::test,
    },
    Entry {
        words: "test --all",
        does: "also run tests that need Postgres, a browser, S3 or the official clients",
        run: |steps| {
            test::test(steps)?;
            test::services(steps)?;
            test::peers(steps)
        },
    },
    Entry {
        words: "clients",
        does: "run clients of other services against the server, and write docs/clients.md",
        run: clients::clients,
    },
    Entry {
        words: "python",
        does: "build and test the Python package only",
        run: |steps| {
            cargo::libraries(steps)?;
            python::test(steps)
        },
    },
    Entry {
        words: "node",
        does: "build and test the Node package only",
        run: |steps| {
            cargo::libraries(steps)?;
            node::test(steps)
        },
    },
    Entry {
        words: "fmt",
        does: "format all crates",
        run: lint::format,
    },
    Entry {
        words: "lint",
        does: "check format, run clippy, and cargo-deny if installed",
        run: |steps| {
            lint::lint(steps)?;
            deny::deny_if_there(steps)
        },
    },
    Entry {
        words: "docs",
        does: "build the API reference; warnings are errors",
        run: docs::docs,
    },
    Entry {
        words: "deny",
        does: "check licences, versions and sources of the dependencies",
        run: deny::deny,
    },
    Entry {
        words: "features",
        does: "check the core with no feature, each feature alone, and all",
        run: features::features,
    },
    Entry {
        words: "generate",
        does: "write the generated files and the API snapshots",
        run: |steps| generate::generate(steps, false),
    },
    Entry {
        words: "generate --check",
        does: "fail if a generated file or a snapshot is stale, and show the diff",
        run: |steps| generate::generate(steps, true),
    },
    Entry {
        words: "parity",
        does: "compare the public names of the three languages with their table",
        run: parity::parity,
    },
    Entry {
        words: "soak jobs",
        does: "kill workers during 2,000 generations [--store S --workers N --count N]",
        run: soak::jobs,
    },
    Entry {
        words: "package",
        does: "build the wheel and the npm package and print their sizes",
        run: package::package,
    },
    Entry {
        words: "version",
        does: "print the version, and fail if a package has another one",
        run: |_| version::version(),
    },
    Entry {
        words: "bench faults",
        does: "compare the handling of each fault with the official clients",
        run: bench::faults,
    },
    Entry {
        words: "bench clients",
        does: "compare CPU time and memory with the official clients",
        run: bench::clients,
    },
    Entry {
        words: "bench backend",
        does: "compare `loqui serve` with FastAPI and Celery (needs redis-server)",
        run: bench::backend,
    },
    Entry {
        words: "bench languages",
        does: "compare the same work in Rust, Python and Node, and with the official clients",
        run: |steps| bench::languages(steps, &[]),
    },
    Entry {
        words: "soak cancel",
        does: "cancel 1,000 generations in each language and measure what remains",
        run: |steps| bench::languages(steps, &["--cancel"]),
    },
    Entry {
        words: "bench check",
        does: "compare checking 30 s of MP3 with librosa, Silero and ffmpeg (needs ffmpeg)",
        run: bench::check,
    },
    Entry {
        words: "bench offline",
        does: "compare the offline voice with hibari-tts, Piper, espeak-ng and flite",
        run: bench::offline,
    },
    Entry {
        words: "bench inflight",
        does: "measure memory, CPU time and events of 10,000 generations in one process",
        run: bench::inflight,
    },
    Entry {
        words: "bench artefacts",
        does: "measure the CPU time of worker and batch for each generation with one recording",
        run: bench::artefacts,
    },
    Entry {
        words: "bench cold",
        does: "measure the start-up time of the program",
        run: bench::cold,
    },
    Entry {
        words: "bench all",
        does: "print every table of docs/benchmarks/README.md (needs ffmpeg, redis-server)",
        run: bench::all,
    },
    Entry {
        words: "bench splitter",
        does: "compare sentence splitting in 18 languages with three libraries",
        run: bench::splitter,
    },
    Entry {
        words: "soak chaos",
        does: "run 1,000 generations with faults [--count N --at-once N --seed N]",
        run: |steps| soak::chaos(steps, &[]),
    },
    Entry {
        words: "soak length",
        does: "run texts of up to 200,000 characters, release build [--sizes N,N --engines E,E]",
        run: |steps| soak::length(steps, &[]),
    },
    Entry {
        words: "ci",
        does: "run all checks, like .ci/run",
        run: ci::ci,
    },
];

/// Runs a command; `None` if it is unknown.
pub(crate) fn choose(words: &str, steps: &mut Steps) -> Option<Result<(), Failure>> {
    type Soak = fn(&mut Steps, &[String]) -> Result<(), Failure>;
    let soaks: [(&str, Soak); 2] = [("soak chaos --", soak::chaos), ("soak length --", soak::length)];
    for (start, run) in soaks {
        if let Some(options) = words.strip_prefix(start) {
            let options: Vec<String> = format!("--{options}").split_whitespace().map(str::to_owned).collect();
            return Some(run(steps, &options));
        }
    }
    if let Some(options) = words.strip_prefix("soak jobs ") {
        let options: Vec<&str> = options.split(' ').collect();
        return Some(soak::jobs_with(steps, &options));
    }
    let entry = MENU.iter().find(|entry| entry.words == words)?;
    Some((entry.run)(steps))
}

/// Returns the list of commands.
pub(crate) fn text() -> String {
    let lines = MENU
        .iter()
        .map(|entry| format!("  {:<18}{}\n", entry.words, entry.does));
    iter::once("cargo xtask COMMAND\n\n".to_owned()).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_printed_once() {
        let text = text();
        for entry in MENU {
            let start = format!("  {:<18}", entry.words);
            assert_eq!(
                text.lines().filter(|line| line.starts_with(&start)).count(),
                1,
                "{}",
                entry.words
            );
        }
    }

    #[test]
    fn an_unknown_command_runs_nothing() {
        assert!(choose("tset", &mut Steps::new()).is_none());
    }
}
