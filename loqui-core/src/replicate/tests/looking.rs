use std::time::Duration;

use futures::future::join_all;
use loqui_emulator::{Fault, Settings};

use crate::replicate::WaitOptions;
use crate::replicate::testing::{Bench, hello};

/// A platform whose time moves only with the test.
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

async fn look_at_all(bench: &Bench, ids: &[String]) {
    for (id, seen) in ids
        .iter()
        .zip(join_all(ids.iter().map(|id| bench.client.look(id))).await)
    {
        assert_eq!(&seen.unwrap().id, id);
    }
}

#[tokio::test]
async fn many_are_looked_at_in_pages() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let ids = created(&bench, 230).await;
    for _ in 0..10 {
        look_at_all(&bench, &ids).await;
    }
    let ledger = bench.emulator.ledger();
    assert!(ledger.lists <= 60, "{} lists", ledger.lists);
    assert_eq!(ledger.polls, 0, "2,300 looks without a single read");
}

/// A process that died leaves many takes whose answers were lost: who goes on with them reads the list once for all.
#[tokio::test]
async fn many_lost_ones_are_looked_for_in_one_reading() {
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
    let nobody = bench.client.find(before, &[("seed", 4_711.into())]).await.unwrap();
    assert_eq!((nobody.matches.len(), nobody.undecided), (0, 0));
}

#[tokio::test]
async fn pages_tell_the_end_of_each() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let mut ids = created(&bench, 40).await;
    bench.emulator.faults().next(Fault::CudaError);
    ids.extend(created(&bench, 1).await);
    look_at_all(&bench, &ids).await;
    bench.finish().await;
    let ends = join_all(ids.iter().map(|id| bench.client.look(id))).await;
    let urls = ends
        .iter()
        .filter(|end| end.as_ref().unwrap().output_url().is_ok())
        .count();
    assert_eq!(urls, 40);
    let failed = ends.last().unwrap().as_ref().unwrap().output_url().unwrap_err();
    assert!(
        failed.to_string().contains("CUDA"),
        "an end without output is read itself: {failed}"
    );
    assert!(bench.emulator.ledger().lists > 0);
}

#[tokio::test]
async fn pages_that_fail_are_replaced_by_single_looks() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let ids = created(&bench, 20).await;
    look_at_all(&bench, &ids).await;
    bench.emulator.faults().times(Fault::RequestStatus(500), 4);
    look_at_all(&bench, &ids).await;
    let ledger = bench.emulator.ledger();
    assert_eq!(ledger.polls, 20);
}

/// Who sees to the pages lives on the runtime of the first who looked, and others may outlive it.
#[tokio::test]
async fn a_runtime_that_ends_leaves_nobody_waiting() {
    let bench = Bench::with(frozen(), |builder| builder).await;
    let ids = created(&bench, 20).await;
    let (client, id) = (bench.client.clone(), ids[0].clone());
    let short_lived = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let looked = runtime.unwrap().block_on(async {
            let look = std::pin::pin!(client.look(&id));
            futures::poll!(look).is_ready()
        });
        assert!(!looked, "it waits for pages");
    });
    short_lived.join().unwrap();
    let look = tokio::time::timeout(Duration::from_secs(30), bench.client.look(&ids[1])).await;
    assert_eq!(look.unwrap().unwrap().id, ids[1]);
}

#[tokio::test]
async fn a_webhook_ends_the_wait_and_saves_the_look() {
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
    bench.client.delivered(&running);
    bench.client.delivered(&ended);
    bench.client.delivered(&running);
    tokio::time::timeout(Duration::from_mins(1), bench.client.woken(&id))
        .await
        .unwrap();
    let told = bench.client.wait(&id, &WaitOptions::default()).await.unwrap();
    assert_eq!(told, ended);
    assert_eq!(bench.emulator.ledger().polls, polls);
}
