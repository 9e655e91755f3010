//! The engine `cog` against Cog's own server with a small model.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use loqui_core::clock::Timestamp;
use loqui_core::cog::{Client, Predicted, data_uri};
use loqui_core::engine::{CogEngine, Order, Reference, Remote, SpeechEngine as _, StartError, Started};
use loqui_core::replicate::Model;
use loqui_core::{Loqui, Sample, VoiceSettings};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{root, told};

/// A running Cog server. Stops when dropped.
struct Container {
    address: String,
    _server: Child,
}

impl Container {
    async fn start() -> Self {
        let python = told("LOQUI_PEERS_PYTHON");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        // Cog starts its worker as `python`, which must be the interpreter that has Cog installed.
        let bin = Path::new(&python).parent().expect("a folder").display().to_string();
        #[expect(clippy::disallowed_methods, reason = "the rest of the path stays as it is")]
        let path = format!("{bin}:{}", std::env::var("PATH").unwrap_or_default());
        let mut server = Command::new(&python)
            .args(["-m", "cog.server.http", "--host", "127.0.0.1"])
            .current_dir(root().join("tests/peers/cog"))
            .env("PATH", path)
            .env("PORT", port.to_string())
            .env("COG_PREDICT_TYPE_STUB", "predict.py:Predictor")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let mut said = BufReader::new(server.stderr.take().expect("a pipe")).lines();
        loop {
            let line = said.next_line().await.expect("a pipe");
            if line
                .expect("the server ended before it was ready")
                .contains("Server ready")
            {
                break;
            }
        }
        // Keep reading the log, or the pipe fills up and blocks the server.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Self {
            address: format!("http://127.0.0.1:{port}"),
            _server: server,
        }
    }

    fn engine(&self) -> CogEngine {
        CogEngine::new(&self.address).expect("an address")
    }
}

async fn voice(name: &str) -> Vec<u8> {
    let path = root().join("tests/voices").join(name);
    tokio::fs::read(path).await.expect("a recording")
}

async fn order(text: &str) -> Order {
    let now = Timestamp::now();
    let (reference, patience) = (Reference::new(voice("slt.wav").await.into()), Duration::from_mins(1));
    let options = VoiceSettings::default();
    Order::new("chatterbox", text, 7, reference, options, now, now, patience)
}

async fn begun(engine: &CogEngine, text: &str) -> String {
    match engine.start(&order(text).await).await {
        Ok(Started::Remote(id)) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs Cog"]
async fn container_with_one_slot_speaks_a_long_script() {
    let container = Container::start().await;
    let loqui = Loqui::builder()
        .engine(Arc::new(container.engine()))
        .build()
        .expect("a handle");
    let sample = Sample::from_bytes(voice("slt.mp3").await).expect("a sample");
    // Each segment is about as long as the recording that the model returns. Four are sent in parallel.
    let text = "My grandmother kept a jar of buttons on the kitchen shelf, and every one of them had a story to tell. \
                The large green one came from a coat that crossed the sea in the worst winter of the century.\n\n"
        .repeat(5);
    let speech = loqui.speak(&sample, text).seed(3).await.expect("speech");
    assert!(speech.segments().len() >= 5, "{}", speech.segments().len());
    assert!(speech.duration() > Duration::from_secs(40), "{:?}", speech.duration());
    assert!(loqui.usage().await.expect("usage").total_usd.abs() < f64::EPSILON);
}

#[tokio::test]
#[ignore = "needs Cog"]
async fn prediction_runs_once_and_ends_with_its_connection() {
    let container = Container::start().await;
    let client = Client::new(&container.address).expect("an address");
    let reference = data_uri(&voice("slt.wav").await);
    let model = Model::by_name("chatterbox").expect("a model");
    let input = |text| {
        model
            .input(text, Some(&reference), &VoiceSettings::default(), Some(7))
            .expect("an input")
    };
    let (endless, short) = (input("[wait]"), input("Hello!"));
    let patience = Duration::from_mins(1);
    // A second request with the same id reports the running prediction.
    let first = async {
        loop {
            match client.predict("one", &endless, patience).await {
                Err(error) if error.code() == "cog.unavailable" => {}
                other => break other,
            }
        }
    };
    let second = async {
        while !matches!(client.predict("two", &short, patience).await, Err(error) if error.code() == "cog.unavailable")
        {
        }
        let again = client.predict("one", &endless, patience).await;
        assert!(matches!(again, Ok(Predicted::Running)), "{again:?}");
    };
    tokio::select! {
        ended = first => panic!("{ended:?}"),
        () = second => {}
    }
    // Closing the connection ended the prediction, so the slot is free again.
    let wav = loop {
        match client.predict("two", &short, patience).await {
            Ok(Predicted::Audio(wav)) => break wav,
            Err(error) if error.code() == "cog.unavailable" => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(wav, voice("slt.wav").await);
}

#[tokio::test]
#[ignore = "needs Cog"]
async fn failed_and_cancelled_predictions_are_distinguished() {
    let container = Container::start().await;
    let engine = container.engine();
    let failing = begun(&engine, "[fail]").await;
    engine.woken(&failing).await;
    let failed = engine.check(&failing).await.expect("a state");
    assert!(
        matches!(&failed, Remote::Failed(error) if error.message().contains("this text is too much for me")),
        "{failed:?}"
    );
    let endless = begun(&engine, "[wait]").await;
    assert!(matches!(engine.check(&endless).await, Ok(Remote::Running(None))));
    assert!(matches!(engine.cancel(&endless).await, Ok(Remote::Cancelled)));
    let next = begun(&engine, "Hello!").await;
    engine.woken(&next).await;
    assert!(matches!(engine.check(&next).await, Ok(Remote::Succeeded { .. })));
    drop(container);
    let refused = engine.start(&order("Hello!").await).await;
    assert!(matches!(refused, Err(StartError::NotCreated(error)) if error.code() == "cog.unreachable"));
}
