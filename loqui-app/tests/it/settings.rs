//! Each setting, from each source, at each consumer.

mod configuration;

use std::path::Path;

use configuration::{
    BASE_URL, COG_URL, Configuration, DATA_DIR, DATABASE_URL, ENGINE, PUBLIC_URL, REQUIRE_CONSENT, STORAGE_URL,
    Setting, Source, TOKEN,
};
use loqui_emulator::Emulator;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::program::{Program, Said, shared};
use crate::security::sign;
use crate::server::{Answer, form, heart};

/// An address without a listener.
const DEAD: &str = "http://127.0.0.1:9/v1";

fn speak<'a>(sample: &'a str, output: &'a str) -> [&'a str; 7] {
    ["speak", "--sample", sample, "Hello there.", "-o", output, "--json"]
}

/// Writes a file with one job.
fn write_job(program: &Program, id: &str) {
    let job =
        json!({ "id": id, "sample": shared("voices/heart.mp3"), "script": "Hello there.", "out": format!("{id}.wav") });
    std::fs::write(program.path("jobs.jsonl"), job.to_string()).unwrap();
}

/// Returns a check of `doctor`.
fn check(said: &Said, name: &str) -> serde_json::Value {
    let report = said.json();
    let checks = report["checks"].as_array().unwrap();
    checks
        .iter()
        .find(|check| check["name"] == name)
        .cloned()
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn provider_address_and_token_reach_every_consumer() {
    for (setting, source) in [
        (&BASE_URL, Source::Flag),
        (&BASE_URL, Source::Variable),
        (&BASE_URL, Source::File),
        (&TOKEN, Source::Flag),
    ] {
        let name = format!("{} by {source:?}", setting.variable);
        let emulator = Emulator::start().await.unwrap();
        let mut configuration = Configuration::at(&emulator);
        configuration.variables.retain(|(name, _)| *name != setting.variable);
        let (value, overridden) = match setting.variable {
            "REPLICATE_BASE_URL" => (emulator.base_url(), DEAD),
            _ => (emulator.token(), "r8_0000000000000000000000000000000000000"),
        };
        assert!(configuration.set_over(setting, source, value, overridden));
        let paid = || emulator.ledger().paid_runs();

        let program = configuration.program();
        let sample = shared("voices/heart.mp3");
        let said = configuration.run(&program, &speak(&sample, "a.wav")).await;
        assert_eq!((said.code, paid()), (0, 1), "{name}: speak: {said:?}");

        write_job(&program, "b");
        let said = configuration.run(&program, &["batch", "jobs.jsonl", "--json"]).await;
        assert_eq!((said.code, paid()), (0, 2), "{name}: batch: {said:?}");

        let said = configuration.run(&program, &["doctor", "--json"]).await;
        assert_eq!(check(&said, "token")["ok"], true, "{name}: doctor: {said:?}");

        let server = configuration.server(&[]).await;
        let ready = server.get("/readyz").await.accepted(200);
        assert_eq!(
            ready["checks"][3]["message"], "Replicate accepts the token",
            "{name}: {ready}"
        );
        let user = server.demo().await;
        let sample = user.voice().await;
        let (id, _) = user.spoken(sample, "Hello there.").await;
        assert_eq!(paid(), 3, "{name}: serve");
        // Without a configured key, the server requests it from the provider to verify a webhook.
        let now = jiff::Timestamp::now().as_second().to_string();
        let body = r#"{"id":"anotherprediction000000000","status":"succeeded"}"#;
        let signature = sign(&emulator.webhook_secret(), &now, body);
        let hook = server
            .request(Method::POST, &format!("/hooks/replicate/{id}-0-1"))
            .body(body)
            .header("webhook-id", "msg_1")
            .header("webhook-timestamp", &now)
            .header("webhook-signature", format!("v1,{signature}"));
        assert_eq!(Answer::of(hook).await.status, 204, "{name}: webhook");

        let server = configuration.server(&["--leave-to-workers"]).await;
        let user = server.demo().await;
        let sample = user.voice().await;
        user.create(sample, "Hello there.").await.accepted(201);
        let program = configuration.program().with_env(vec![(
            "LOQUI_DATA_DIR",
            server.folder.path().join("data").display().to_string(),
        )]);
        let arguments = configuration.arguments(server.folder.path());
        let arguments: Vec<&str> = ["worker"]
            .into_iter()
            .chain(arguments.iter().map(String::as_str))
            .collect();
        let mut worker = program.start(&arguments);
        assert_eq!(user.ended(1).await["status"], "COMPLETED", "{name}: worker");
        assert_eq!(paid(), 4, "{name}: worker");
        worker.kill().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn engine_reaches_every_command_that_starts_generations() {
    for source in [Source::Flag, Source::Variable, Source::File] {
        let emulator = Emulator::start().await.unwrap();
        let mut configuration = Configuration::at(&emulator);
        assert!(configuration.set_over(&ENGINE, source, "offline", "replicate"));
        let program = configuration.program();
        let sample = shared("voices/heart.mp3");
        let said = configuration.run(&program, &speak(&sample, "a.wav")).await;
        assert_eq!(said.json()["engine"], "offline", "{source:?}: {said:?}");
        write_job(&program, "b");
        let said = configuration.run(&program, &["batch", "jobs.jsonl"]).await;
        assert_eq!(said.code, 0, "{source:?}: {said:?}");
        let listed = program.run(&["generations", "list", "--json"]).await.json();
        assert_eq!(listed[0]["engine"], "offline", "{source:?}: {listed}");
        let server = configuration.server(&[]).await;
        let service = server.get("/api/monitoring/ai-service").await.accepted(200);
        assert_eq!(service["service"]["mode"], "offline", "{source:?}: {service}");
        assert!(emulator.ledger().creates.is_empty(), "{source:?}");

        let mut configuration = Configuration::default();
        assert!(configuration.set_over(&ENGINE, source, "cog", "offline"));
        let program = configuration.program();
        let said = configuration.run(&program, &["doctor", "--json"]).await;
        assert_eq!(check(&said, "cog")["ok"], false, "{source:?}: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn container_address_reaches_every_consumer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (requests, mut received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let size = stream.read(&mut request).await.unwrap_or_default();
            let line = String::from_utf8_lossy(&request[..size]);
            let _ = requests.send(line.split(' ').nth(1).unwrap_or_default().to_owned());
            let _ = stream
                .write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .await;
        }
    });
    for source in [Source::Flag, Source::Variable, Source::File] {
        let mut configuration = Configuration::default();
        configuration.set(&ENGINE, Source::File, "cog");
        assert!(configuration.set_over(&COG_URL, source, &address, "http://127.0.0.1:9"));
        let program = configuration.program();
        configuration.run(&program, &["doctor"]).await;
        assert!(received.try_recv().is_ok(), "{source:?}: doctor");
        while received.try_recv().is_ok() {}

        let folder = tempfile::tempdir().unwrap();
        let arguments = configuration.arguments(folder.path());
        let sample = shared("voices/heart.mp3");
        let command = speak(&sample, "a.wav");
        let arguments: Vec<&str> = command
            .into_iter()
            .chain(arguments.iter().map(String::as_str))
            .collect();
        let mut speaking = program.start(&arguments);
        received.recv().await.unwrap();
        speaking.kill().await.unwrap();
        while received.try_recv().is_ok() {}

        let server = configuration.server(&[]).await;
        let user = server.demo().await;
        let sample = user.voice().await;
        user.create(sample, "Hello there.").await.accepted(201);
        received.recv().await.unwrap();
        drop(server);
        while received.try_recv().is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn data_directory_reaches_every_command() {
    for source in [Source::Flag, Source::File] {
        let sample = shared("voices/heart.mp3");
        let speaking = speak(&sample, "a.wav");
        let commands: [(&[&str], &str); 7] = [
            (&speaking, "loqui.db"),
            (&["batch", "jobs.jsonl"], "loqui.db"),
            (&["samples", "list"], "loqui.db"),
            (&["generations", "list"], "loqui.db"),
            (&["usage"], "loqui.db"),
            (&["doctor"], "loqui.db"),
            (&["users", "list"], "loqui.db"),
        ];
        for (command, file) in commands {
            let folder = tempfile::tempdir().unwrap();
            let directory = folder.path().join("chosen");
            let mut configuration = Configuration::default();
            // A blank variable counts as unset.
            configuration.set(&DATA_DIR, Source::Variable, "");
            configuration.set(&ENGINE, Source::File, "offline");
            assert!(configuration.set(&DATA_DIR, source, directory.to_str().unwrap()));
            let program = configuration.program();
            write_job(&program, "b");
            let said = configuration.run(&program, command).await;
            assert!(directory.join(file).exists(), "{command:?} by {source:?}: {said:?}");
            assert!(!program.path("data").exists(), "{command:?} by {source:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("chosen");
        let mut configuration = Configuration::default();
        configuration.set(&DATA_DIR, Source::Variable, "");
        configuration.set(&DATA_DIR, source, directory.to_str().unwrap());
        let _server = configuration.server(&[]).await;
        assert!(directory.join("loqui.db").exists() && !directory.join("backend.db").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_reach_every_consumer() {
    for source in [Source::Flag, Source::Variable, Source::File] {
        let folder = tempfile::tempdir().unwrap();
        let (records, audio) = (folder.path().join("records.db"), folder.path().join("audio"));
        std::fs::create_dir(&audio).unwrap();
        let other = folder.path().join("other");
        let mut configuration = Configuration::default();
        configuration.set(&ENGINE, Source::File, "offline");
        let url = |path: &Path, scheme: &str| format!("{scheme}://{}", path.display());
        assert!(configuration.set_over(&DATABASE_URL, source, &url(&records, "sqlite"), &url(&other, "sqlite")));
        assert!(configuration.set_over(&STORAGE_URL, source, &url(&audio, "file"), &url(&other, "file")));
        let program = configuration.program();
        let sample = shared("voices/heart.mp3");
        let said = configuration.run(&program, &speak(&sample, "a.wav")).await;
        assert_eq!(said.code, 0, "{source:?}: {said:?}");
        assert!(
            records.exists() && audio.read_dir().unwrap().next().is_some(),
            "{source:?}"
        );
        write_job(&program, "b");
        configuration.run(&program, &["batch", "jobs.jsonl"]).await;
        for (command, expected) in [("generations", 2), ("samples", 1)] {
            let listed = configuration.run(&program, &[command, "list", "--json"]).await.json();
            assert_eq!(listed.as_array().unwrap().len(), expected, "{source:?}: {command}");
        }
        let usage = configuration.run(&program, &["usage", "--json"]).await.json();
        assert_eq!(usage["takes"], 2, "{source:?}: {usage}");
        let said = configuration.run(&program, &["doctor", "--json"]).await;
        for (name, path) in [("records", &records), ("audio", &audio)] {
            let message = check(&said, name)["message"].to_string();
            assert!(message.contains(path.to_str().unwrap()), "{source:?}: {message}");
        }
        let server = configuration.server(&[]).await;
        let user = server.demo().await;
        let sample = user.voice().await;
        assert_eq!(user.spoken(sample, "Hello there.").await.0, 3, "{source:?}");
        assert!(!program.path("data/loqui.db").exists() && !other.exists(), "{source:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn budgets_reach_every_consumer() {
    for (variable, file, for_owners) in [
        ("LOQUI_BUDGET_USD", "budget_usd", false),
        ("LOQUI_BUDGET_TOTAL_USD", "budget_total_usd", false),
        ("LOQUI_BUDGET_DAY_USD", "budget_day_usd", false),
        ("LOQUI_BUDGET_OWNER_USD", "budget_owner_usd", true),
        ("LOQUI_BUDGET_OWNER_DAY_USD", "budget_owner_day_usd", true),
    ] {
        let setting = Setting {
            flag: None,
            variable,
            file: Some(file),
        };
        for source in [Source::Variable, Source::File] {
            let emulator = Emulator::start().await.unwrap();
            let mut configuration = Configuration::at(&emulator);
            assert!(configuration.set_over(&setting, source, "0.000001", "100"));
            // Generations of the command line have no owner.
            if !for_owners {
                let program = configuration.program();
                let sample = shared("voices/heart.mp3");
                let said = configuration.run(&program, &speak(&sample, "a.wav")).await;
                assert_eq!(said.json()["error"]["code"], "generation.budget", "{file}: {said:?}");
                write_job(&program, "b");
                let said = configuration.run(&program, &["batch", "jobs.jsonl", "--json"]).await;
                assert_eq!(said.json()["error"]["code"], "generation.budget", "{file}: {said:?}");
            }
            let server = configuration.server(&[]).await;
            let user = server.demo().await;
            let sample = user.voice().await;
            let created = user.create(sample, "Hello there.").await;
            let error = if created.status == 201 {
                user.ended(1).await["error"].clone()
            } else {
                created.json()["error"].clone()
            };
            assert_eq!(error["code"], "generation.budget", "{file} by {source:?}");
            assert_eq!(emulator.ledger().paid_runs(), 0, "{file} by {source:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_required_at_every_consumer() {
    for source in [Source::Variable, Source::File] {
        let mut configuration = Configuration::default();
        configuration.set(&ENGINE, Source::File, "offline");
        assert!(configuration.set_over(&REQUIRE_CONSENT, source, "true", "false"));
        let program = configuration.program();
        let sample = shared("voices/heart.mp3");
        write_job(&program, "b");
        for command in [
            speak(&sample, "a.wav").as_slice(),
            &["batch", "jobs.jsonl", "--json"],
            &["samples", "add", &sample, "--json"],
        ] {
            let said = configuration.run(&program, command).await;
            assert_eq!(
                said.json()["error"]["code"],
                "sample.no_consent",
                "{source:?}: {said:?}"
            );
        }
        let server = configuration.server(&[]).await;
        let user = server.demo().await;
        let refused = user.send(form("My Voice", heart(), "a.wav")).await.refused(422);
        assert_eq!(refused["error"]["code"], "sample.no_consent", "{source:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn public_address_is_sent_with_predictions() {
    for source in [Source::Variable, Source::File] {
        let emulator = Emulator::start().await.unwrap();
        let mut configuration = Configuration::at(&emulator);
        assert!(configuration.set_over(&PUBLIC_URL, source, "http://127.0.0.1:9", "ftp://127.0.0.1"));
        let program = configuration.program();
        let sample = shared("voices/heart.mp3");
        let said = configuration.run(&program, &speak(&sample, "a.wav")).await;
        assert_eq!(said.code, 0, "{source:?}: {said:?}");
        let server = configuration.server(&[]).await;
        let user = server.demo().await;
        let sample = user.voice().await;
        user.spoken(sample, "Hello there.").await;
        let predictions: Vec<String> = emulator
            .ledger()
            .creates
            .iter()
            .map(|create| create.prediction.clone())
            .collect();
        assert_eq!(predictions.len(), 2);
        // The emulator delivers a webhook when the prediction starts or ends, whether or not it is received.
        while !predictions
            .iter()
            .all(|id| emulator.ledger().webhooks.iter().any(|hook| hook.prediction == *id))
        {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_the_server_come_from_every_source() {
    let setting = Setting {
        flag: Some("--max-script-characters"),
        variable: "LOQUI_MAX_SCRIPT_CHARACTERS",
        file: Some("max_script_characters"),
    };
    for source in [Source::Flag, Source::Variable, Source::File] {
        let mut configuration = Configuration::default();
        assert!(configuration.set_over(&setting, source, "5", "5000"));
        let server = configuration.server(&[]).await;
        let user = server.demo().await;
        let refused = user.create(1, "Hello there.").await.refused(422);
        assert!(refused["message"].to_string().contains("the maximum is 5"), "{refused}");
    }
}

/// Settings of the server, each with a value, another value in the sources that it overrides, and a check.
#[tokio::test(flavor = "multi_thread")]
async fn settings_for_browsers_and_clients_come_from_every_source() {
    let setting = |flag, variable, file| Setting {
        flag: Some(flag),
        variable,
        file: Some(file),
    };
    for source in [Source::Flag, Source::Variable, Source::File] {
        let mut configuration = Configuration::default();
        configuration.set(&ENGINE, Source::Variable, "offline");
        let base = setting("--base-path", "LOQUI_BASE_PATH", "base_path");
        assert!(configuration.set_over(&base, source, "/right", "/wrong"));
        let public = setting("--public-voices-of", "LOQUI_PUBLIC_VOICES_OF", "public_voices_of");
        assert!(configuration.set_over(&public, source, "testuser", "nobody"));
        // These are tables and lists in the file.
        let origins = setting("--cors-origins", "LOQUI_CORS_ORIGINS", "cors_origins");
        let aliases = setting("--voice-aliases", "LOQUI_VOICE_ALIASES", "voice_aliases");
        let credentials = Setting {
            flag: None,
            variable: "LOQUI_CORS_CREDENTIALS",
            file: Some("cors_credentials"),
        };
        if source == Source::File {
            configuration.file.push_str(
                "cors_origins = ['https://right.example']\nvoice_aliases = { alloy = 'My Voice' }\ncors_credentials = true\n",
            );
        } else {
            configuration.file.push_str(
                "cors_origins = ['https://wrong.example']\nvoice_aliases = { alloy = 'nobody' }\ncors_credentials = false\n",
            );
            configuration.set(&origins, source, "https://other.example,https://right.example");
            configuration.set(&aliases, source, "echo=nobody,alloy=My Voice");
            configuration.set(&credentials, Source::Variable, "true");
        }
        let server = configuration.server(&[]).await;
        let moved = server.get("/right").await;
        assert_eq!(moved.headers["location"], "/right/", "{source:?}");
        let user = server.demo().await;
        user.voice().await;
        let listed = server.get("/v1/audio/voices").await.accepted(200);
        assert_eq!(listed["voices"][0]["name"], "My Voice", "{source:?}");
        let body = json!({"voice": "alloy", "input": "Hi there.", "response_format": "wav"});
        let spoken = user.post("/v1/audio/speech", &body).await;
        assert_eq!(spoken.status, 200, "{source:?}: {spoken:?}");
        for (origin, is_allowed) in [("https://right.example", true), ("https://wrong.example", false)] {
            let answer = Answer::of(server.request(Method::GET, "/healthz").header("origin", origin)).await;
            let allowed = answer.headers.contains_key("access-control-allow-origin");
            assert_eq!(allowed, is_allowed, "{origin} by {source:?}");
            let has_credentials = answer.headers.contains_key("access-control-allow-credentials");
            assert!(has_credentials, "{source:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_setting_in_the_file_is_refused_by_every_command() {
    let configuration = Configuration {
        file: "tokn = \"r8\"\n".to_owned(),
        ..Configuration::default()
    };
    let program = configuration.program();
    for command in [["usage"].as_slice(), &["doctor"], &["users", "list"], &["serve"]] {
        let said = configuration.run(&program, command).await;
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains("unknown field `tokn`"), "{said:?}");
    }
}
