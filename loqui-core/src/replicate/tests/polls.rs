use std::time::Duration;

use futures::future::join_all;
use loqui_emulator::{Fault, Settings};

use crate::replicate::WaitOptions;
use crate::replicate::testing::{Bench, hello};

/// Settings for an emulator whose time advances only when the test advances it.
fn frozen() -> Settings {
    let mut settings = Settings::default();
    settings.time_scale = 0.0;
    settings.queue = Duration::from_secs(1);
    settings
}

async fn created(bench: &Bench, count: u32) -> Vec<String> {
    let mut ids = Vec::new();
    for seed in 1..=count {
        ids.push(bench.client.create(&hello(seed)).await.unwrap().id);
    }
    ids
}

async fn poll_all(bench: &Bench, ids: &[String]) {
    for (id, seen) in ids
        .iter()
        .zip(join_all(ids.iter().map(|id| bench.client.poll(id))).await)
    {
        assert_eq!(&seen.unwrap().id, id);
    }
}

#[tokio::test]
async fn many_predictions_are_polled_in_pages() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let ids = created(&bench, 230).await;
    for _ in 0..10 {
        poll_all(&bench, &ids).await;
    }
    let ledger = bench.emulator.ledger();
    assert!(ledger.lists <= 60, "{} lists", ledger.lists);
    assert_eq!(ledger.polls, 0, "2,300 polls without a single read");
}

#[tokio::test]
async fn concurrent_searches_read_the_list_once() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let before = bench.client.clock().now() - Duration::from_mins(1);
    let ids = created(&bench, 230).await;
    let lists = bench.emulator.ledger().lists;
    let seeds: Vec<_> = (1..=230_u32).map(|seed| [("seed", seed.into())]).collect();
    let found = join_all(seeds.iter().map(|seed| bench.client.find(before, seed))).await;
    for (id, found) in ids.iter().zip(found) {
        let found = found.unwrap();
        assert_eq!(found.matches.iter().map(|found| &found.id).collect::<Vec<_>>(), [id]);
    }
    assert_eq!(bench.emulator.ledger().lists - lists, 3, "three pages of a hundred");
    let none = bench.client.find(before, &[("seed", 4_711.into())]).await.unwrap();
    assert_eq!((none.matches.len(), none.undecided), (0, 0));
}

#[tokio::test]
async fn pages_report_the_end_of_each_prediction() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let mut ids = created(&bench, 40).await;
    bench.emulator.faults().next(Fault::CudaError);
    ids.extend(created(&bench, 1).await);
    poll_all(&bench, &ids).await;
    bench.finish().await;
    let ends = join_all(ids.iter().map(|id| bench.client.poll(id))).await;
    let urls = ends
        .iter()
        .filter(|end| end.as_ref().unwrap().output_url().is_ok())
        .count();
    assert_eq!(urls, 40);
    let failed = ends.last().unwrap().as_ref().unwrap().output_url().unwrap_err();
    assert!(
        failed.to_string().contains("CUDA"),
        "an end without output is read on its own: {failed}"
    );
    assert!(bench.emulator.ledger().lists > 0);
}

#[tokio::test]
async fn failed_pages_are_replaced_by_single_reads() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let ids = created(&bench, 20).await;
    poll_all(&bench, &ids).await;
    bench.emulator.faults().times(Fault::RequestStatus(500), 4);
    poll_all(&bench, &ids).await;
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.polls, 20);
}

/// The batch task runs on the runtime of the first poll, which may end before other runtimes.
#[tokio::test]
async fn polls_continue_after_the_runtime_of_the_batch_task_ends() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let ids = created(&bench, 20).await;
    let (client, id) = (bench.client.clone(), ids[0].clone());
    let short_lived = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let is_ready = runtime.unwrap().block_on(async {
            let poll = std::pin::pin!(client.poll(&id));
            futures::poll!(poll).is_ready()
        });
        assert!(!is_ready, "the poll waits for a page");
    });
    short_lived.join().unwrap();
    let poll = tokio::time::timeout(Duration::from_secs(30), bench.client.poll(&ids[1])).await;
    assert_eq!(poll.unwrap().unwrap().id, ids[1]);
}

#[tokio::test]
async fn webhook_ends_the_wait_without_a_poll() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let id = bench.client.create(&hello(7)).await.unwrap().id;
    bench.finish().await;
    let ended = bench.client.prediction(&id).await.unwrap();
    let running = {
        let mut running = ended.clone();
        running.status = crate::replicate::Status::Processing;
        running.output = serde_json::Value::Null;
        running
    };
    let polls = bench.emulator.ledger().polls;
    bench.client.deliver(&running);
    bench.client.deliver(&ended);
    bench.client.deliver(&running);
    tokio::time::timeout(Duration::from_mins(1), bench.client.woken(&id))
        .await
        .unwrap();
    let delivered = bench.client.wait(&id, &WaitOptions::default()).await.unwrap();
    assert_eq!(delivered, ended);
    assert_eq!(bench.emulator.ledger().polls, polls);
}
