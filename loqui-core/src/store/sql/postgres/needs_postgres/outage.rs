//! Generations while the connections to the server are cut.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{PostgresStore, Schema, server};
use crate::api::Loqui;
use crate::clock::{Clock as _, System};
use crate::engine::SpeechEngine;
use crate::ledger::Status;
use crate::runtime::testing::{Steady, voice};
use crate::store::{AudioStore, Filter, GenerationStore, GenerationStoreExt as _};

/// A proxy in front of the server. While `open` is false it cuts every connection.
async fn proxy() -> (u16, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (open, is_open) = watch::channel(true);
    let target = url::Url::parse(&server()).unwrap();
    let target = format!("{}:{}", target.host_str().unwrap(), target.port().unwrap_or(5432));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (target, mut is_open) = (target.clone(), is_open.clone());
            tokio::spawn(async move {
                if !*is_open.borrow() {
                    return;
                }
                let Ok(mut database) = TcpStream::connect(target).await else {
                    return;
                };
                tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut database) => {}
                    _ = is_open.wait_for(|open| !open) => {}
                }
            });
        }
    });
    (port, open)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Postgres"]
async fn generations_go_on_after_the_connections_were_cut() {
    let schema = Schema::new().await;
    let (port, open) = proxy().await;
    let mut url = url::Url::parse(&schema.url()).unwrap();
    url.set_port(Some(port)).unwrap();
    let store = Arc::new(PostgresStore::open(url.as_str()).await.unwrap());
    let loqui = Loqui::builder()
        .engine(Arc::new(Steady(Duration::from_secs(1))) as Arc<dyn SpeechEngine>)
        .store(store as Arc<dyn GenerationStore>)
        .audio_store(AudioStore::memory())
        .build()
        .unwrap();
    let text = "One sentence. ".repeat(60);
    for _ in 0..40 {
        loqui.submit(&voice(), text.clone()).reuse(false).await.unwrap();
    }
    for _ in 0..2 {
        System.sleep(Duration::from_secs(1)).await;
        open.send_replace(false);
        System.sleep(Duration::from_secs(5)).await;
        open.send_replace(true);
    }
    let direct = schema.store().await;
    let all_ended = async {
        while direct.queue_depth().await.unwrap() != (0, 0) {
            System.sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(2), all_ended).await.unwrap();
    let completed = Filter::default().with_status(Status::Completed);
    assert_eq!(direct.count_generations(&completed).await.unwrap(), 40);
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn time_of_the_server_is_returned() {
    let schema = Schema::new().await;
    let time = schema.store().await.time().await.unwrap().unwrap();
    let difference = time.duration_since(System.now()).abs();
    assert!(difference.as_secs() < 60, "{difference:?}");
}
