//! The commands of the menu: their names, what they do, and which room does it.

use std::iter;

use crate::step::{Failure, Steps};
use crate::{
    bench, cargo, ci, deny, docs, features, generate, lint, node, package, parity, python, soak, test, version,
};

/// One line of the menu.
struct Entry {
    /// The words to type after `cargo xtask`.
    words: &'static str,
    does: &'static str,
    run: fn(&mut Steps) -> Result<(), Failure>,
}

const MENU: &[Entry] = &[
    Entry {
        words: "setup",
        does: "get the tools of the Python and the Node package",
        run: test::setup,
    },
    Entry {
        words: "test",
        does: "all tests of Rust, Python and Node, with their own set-up",
        run: test::test,
    },
    Entry {
        words: "test --all",
        does: "the same, then tests that need Postgres, a browser, S3 or the official clients",
        run: |steps| {
            test::test(steps)?;
            test::services(steps)?;
            test::peers(steps)
        },
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
        does: "format every crate",
        run: lint::format,
    },
    Entry {
        words: "lint",
        does: "format, clippy, and cargo-deny if it is there",
        run: |steps| {
            lint::lint(steps)?;
            deny::deny_if_there(steps)
        },
    },
    Entry {
        words: "docs",
        does: "build the reference; a warning is a failure",
        run: docs::docs,
    },
    Entry {
        words: "deny",
        does: "licences, versions and origins of the dependencies",
        run: deny::deny,
    },
    Entry {
        words: "features",
        does: "the core with no feature, each alone, and all",
        run: features::features,
    },
    Entry {
        words: "generate",
        does: "write the files that are made from the code",
        run: |steps| generate::generate(steps, false),
    },
    Entry {
        words: "generate --check",
        does: "fail if one of those files is stale",
        run: |steps| generate::generate(steps, true),
    },
    Entry {
        words: "parity",
        does: "compare the public names of the three languages with their table",
        run: parity::parity,
    },
    Entry {
        words: "soak jobs",
        does: "workers die on 2,000 generations [--store S --workers N --count N]",
        run: soak::jobs,
    },
    Entry {
        words: "package",
        does: "build the wheel and the npm package, print all sizes",
        run: package::package,
    },
    Entry {
        words: "version",
        does: "the one version that every package must have, printed",
        run: |_| version::version(),
    },
    Entry {
        words: "bench faults",
        does: "what we and the official clients do about each fault",
        run: bench::faults,
    },
    Entry {
        words: "bench clients",
        does: "computing time and memory beside the official clients",
        run: bench::clients,
    },
    Entry {
        words: "bench backend",
        does: "`loqui serve` beside the usual build, FastAPI with Celery (needs redis-server)",
        run: bench::backend,
    },
    Entry {
        words: "bench languages",
        does: "the same work from Rust, Python and Node, and with the official clients",
        run: |steps| bench::languages(steps, &[]),
    },
    Entry {
        words: "soak cancel",
        does: "1,000 generations given up at any moment in each language: what is left",
        run: |steps| bench::languages(steps, &["--cancel"]),
    },
    Entry {
        words: "bench check",
        does: "a check of 30 s of MP3 beside librosa, Silero and ffmpeg (needs ffmpeg)",
        run: bench::check,
    },
    Entry {
        words: "bench offline",
        does: "the offline voice beside hibari-tts, Piper, espeak-ng and flite",
        run: bench::offline,
    },
    Entry {
        words: "bench inflight",
        does: "10,000 generations in flight in one process: memory, processor time, events",
        run: bench::inflight,
    },
    Entry {
        words: "bench cold",
        does: "the program from a standing start, to its version and to a spoken sentence",
        run: bench::cold,
    },
    Entry {
        words: "bench all",
        does: "every table of docs/benchmarks/README.md in one run (needs ffmpeg, redis-server)",
        run: bench::all,
    },
    Entry {
        words: "bench splitter",
        does: "where sentences end in 18 languages, beside three others",
        run: bench::splitter,
    },
    Entry {
        words: "soak chaos",
        does: "1,000 generations while all goes wrong [--count N --at-once N --seed N]",
        run: |steps| soak::chaos(steps, &[]),
    },
    Entry {
        words: "soak length",
        does: "texts up to 200,000 characters, release build [--sizes N,N --engines E,E]",
        run: |steps| soak::length(steps, &[]),
    },
    Entry {
        words: "ci",
        does: "all of it, as .ci/run does",
        run: ci::ci,
    },
];

/// Runs what was typed; `None` means that the menu has no such line.
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

/// The menu as it is printed.
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
