//! Test vectors shared by Rust, Python and Node: `tests/spec/cases/speak.json`.

use std::path::Path;

use loqui_core::{Error, Loqui, Sample, SpeakOptions, Speech};
use loqui_emulator::Emulator;
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    engine: String,
    token: Option<String>,
    sample: String,
    text: String,
    #[serde(default = "once")]
    repeat: usize,
    #[serde(default)]
    options: SpeakOptions,
    #[serde(default)]
    faults: Vec<String>,
    expect: Expect,
}

fn once() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    status: Option<String>,
    segments: Option<usize>,
    seconds: Option<(f64, f64)>,
    warning: Option<String>,
    error: Option<String>,
    kind: Option<String>,
    creates: usize,
    paid: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_cases_give_the_expected_results() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(folder.join("spec/cases/speak.json")).unwrap();
    let Cases { cases } = serde_json::from_str(&file).unwrap();
    assert!(cases.len() > 20);
    for case in &cases {
        let emulator = Emulator::start().await.unwrap();
        for fault in &case.faults {
            emulator.faults().add(fault.parse().unwrap());
        }
        check(case, speak(case, folder, &emulator).await);
        let ledger = emulator.ledger();
        assert_eq!(ledger.creates.len(), case.expect.creates, "{}", case.name);
        assert_eq!(ledger.paid_runs(), case.expect.paid, "{}", case.name);
        assert!(ledger.leaks.is_empty(), "{}: {:?}", case.name, ledger.leaks);
    }
}

async fn speak(case: &Case, folder: &Path, emulator: &Emulator) -> Result<Speech, Error> {
    let token = case.token.clone().unwrap_or_else(|| emulator.token().to_owned());
    let loqui = match case.engine.as_str() {
        "offline" => Loqui::builder().engine_named("offline"),
        _ => Loqui::builder().token(token).base_url(emulator.base_url()),
    };
    let sample = Sample::open(folder.join(&case.sample)).await?;
    loqui
        .build()?
        .speak(&sample, case.text.repeat(case.repeat))
        .options(case.options.clone())
        .await
}

fn check(case: &Case, result: Result<Speech, Error>) {
    let Case { name, expect, .. } = case;
    match result {
        Err(error) => {
            assert_eq!(Some(error.code()), expect.error.as_deref(), "{name}: {error:?}");
            assert_eq!(Some(error.kind().name()), expect.kind.as_deref(), "{name}");
            assert!(error.hint().is_some() && !error.to_string().contains('\n'), "{name}");
        }
        Ok(speech) => {
            assert_eq!(Some(speech.info().status.name()), expect.status.as_deref(), "{name}");
            assert_eq!(Some(speech.segments().len()), expect.segments, "{name}");
            assert_eq!(speech.sample_rate(), 24_000, "{name}");
            let seconds = speech.duration().as_secs_f64();
            let (low, high) = expect.seconds.unwrap_or((0.3, f64::MAX));
            assert!((low..=high).contains(&seconds), "{name}: {seconds} s");
            let joined: String = speech
                .segments()
                .iter()
                .flat_map(|segment| segment.text.split_whitespace())
                .collect();
            let script: String = case.text.repeat(case.repeat).split_whitespace().collect();
            assert_eq!(joined, script, "{name}: the segments hold the whole script");
            if let Some(warning) = &expect.warning {
                assert!(
                    speech.warnings().iter().any(|found| found.code == **warning),
                    "{name}: {:?}",
                    speech.warnings()
                );
            }
        }
    }
}
