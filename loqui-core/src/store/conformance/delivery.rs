//! What workers take, what webhooks say, late answers and ceilings.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::fixtures::{
    ANN, BOB, LEASE, NONE, at, claim, claimed, fail, history, plain_take, recording, refused, request, submitted, write,
};
use crate::ledger::testing::in_state;
use crate::ledger::{StateKind, TakeRow};
use crate::store::{Ceiling, Change, Fence, GenerationStore, UsageFilter};

async fn submit_for(store: &dyn GenerationStore, owner: &str) -> i64 {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    let mut new = request(sample, "Hello there.");
    new.owner = Some(owner.to_owned());
    store.submit(new).await.expect("submitted").id
}

async fn next(store: &dyn GenerationStore, worker: &str, now: i64, limit: u32) -> Vec<i64> {
    let claimed = store.claim_next(worker, at(now), LEASE, limit).await.expect("answered");
    claimed.iter().map(|record| record.id).collect()
}

/// A worker gets what nobody alive holds, and may write it; others do not get it.
pub async fn a_worker_takes_what_nobody_holds(store: &dyn GenerationStore) {
    assert_eq!(next(store, ANN, 2, 10).await, NONE);
    let (held, _) = claimed(store).await;
    let (ended, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    let free = submitted(store).await;
    let records = store.claim_next(BOB, at(3), LEASE, 10).await.expect("answered");
    let [record] = &records[..] else {
        panic!("one is free, got {records:?}")
    };
    assert_eq!((record.id, record.epoch), (free.id, free.epoch + 1));
    assert_eq!(next(store, BOB, 4, 10).await, NONE, "it has it already");
    write(store, Fence::of(record), vec![fail(5)]).await;
    assert_eq!(next(store, BOB, 22, 10).await, [held.id], "Ann has died");
    assert!(!next(store, ANN, 100, 10).await.contains(&ended.id));
}

/// One owner's many generations do not keep another's one waiting, and what is running counts.
pub async fn owners_take_turns(store: &dyn GenerationStore) {
    let mut many = Vec::new();
    for _ in 0..6 {
        many.push(submit_for(store, "many").await);
    }
    let few = submit_for(store, "few").await;
    assert_eq!(next(store, ANN, 2, 2).await, [many[0], few]);
    let other = submit_for(store, "other").await;
    assert_eq!(
        next(store, BOB, 3, 2).await,
        [other, many[1]],
        "of many, one runs already"
    );
    assert_eq!(next(store, BOB, 3, 9).await, many[2..]);
}

/// Workers that look at the same moment share what there is: nothing is given out twice, nothing is left.
pub async fn workers_at_once_share_what_there_is(store: &dyn GenerationStore) {
    let mut ids = BTreeSet::new();
    for _ in 0..12 {
        ids.insert(submitted(store).await.id);
    }
    let workers: Vec<_> = (0..4).map(|number| format!("worker-{number}")).collect();
    let mut taken = Vec::new();
    for _ in 0..4 {
        let rounds = join_all(workers.iter().map(|worker| store.claim_next(worker, at(2), LEASE, 3))).await;
        for claimed in rounds {
            taken.extend(claimed.expect("answered").iter().map(|record| record.id));
        }
    }
    assert_eq!(taken.len(), 12, "{taken:?}");
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), ids);
}

/// What a webhook said of a take is found by whoever looks for it; the first word counts.
pub async fn a_hint_is_kept_with_its_take(store: &dyn GenerationStore) {
    let (_, fence) = claimed(store).await;
    let take = plain_take(fence, 0, 1);
    assert_eq!(store.hint(take.id()).await.expect("read"), None);
    write(store, fence, vec![Change::AddTake(take.clone())]).await;
    store.add_hint(take.id(), "p1").await.expect("noted");
    store.add_hint(take.id(), "p2").await.expect("noted");
    assert_eq!(store.hint(take.id()).await.expect("read").as_deref(), Some("p1"));
    assert_eq!(store.hint(plain_take(fence, 0, 2).id()).await.expect("read"), None);
    assert!(
        !store.holds_remote("p1").await.expect("answered"),
        "a hint is not the ledger"
    );
}

/// A take that was given up can be found again and put right, once, even after its generation has ended.
pub async fn a_late_answer_is_written_down_once(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    let given_up = |number: u32, misses: u32, second: i64| {
        let mut row = TakeRow::from(plain_take(fence, 0, number));
        row.misses = misses;
        row.looked_at = Some(at(second));
        in_state(row, StateKind::NeverCreated)
    };
    let takes = [
        given_up(1, 2, 30),
        given_up(2, 2, 20),
        given_up(3, 0, 25),
        given_up(4, 2, 90),
    ];
    let mut changes: Vec<_> = takes.iter().flat_map(history).collect();
    changes.push(Change::AddTake(plain_take(fence, 0, 5)));
    changes.push(fail(31));
    write(store, fence, changes).await;

    let found = store.given_up(at(10), at(60), 9).await.expect("read");
    assert_eq!(
        found,
        [takes[1].clone(), takes[0].clone()],
        "looked for in vain, longest ago first"
    );
    assert_eq!(
        store.given_up(at(10), at(60), 1).await.expect("read"),
        [takes[1].clone()]
    );
    let mut row = TakeRow::from(takes[0].clone());
    row.remote = Some("p-late".to_owned());
    row.cost_usd = 0.25;
    let late = in_state(row, StateKind::Failed);
    assert!(store.look_late(late.clone()).await.expect("written"));
    assert!(
        !store.look_late(late.clone()).await.expect("refused"),
        "it is put right already"
    );
    assert!(
        !store.look_late(plain_take(fence, 0, 5)).await.expect("refused"),
        "it was not given up"
    );
    assert!(
        !store.look_late(plain_take(fence, 0, 9)).await.expect("refused"),
        "there is none"
    );
    assert_eq!(store.takes(record.id).await.expect("read")[0], late);
    assert!(store.holds_remote("p-late").await.expect("answered"));
    let books = store.spending(&UsageFilter::default()).await.expect("read");
    assert_eq!((books[0].spent_nanos, books[0].takes), (250_000_000, 1));
    assert_eq!(
        store.given_up(at(10), at(60), 9).await.expect("read"),
        [takes[1].clone()]
    );
}

/// A write that takes the books above a ceiling is refused as a whole; one that reaches it is not.
pub async fn a_ceiling_is_never_exceeded(store: &dyn GenerationStore) {
    let day = jiff::civil::date(2026, 1, 1);
    let fence_of = |owner: &'static str| async move {
        let id = submit_for(store, owner).await;
        Fence::of(&claim(store, id, ANN, 2).await.expect("nobody holds it"))
    };
    let (ann, bob) = (fence_of("ann").await, fence_of("bob").await);
    let write_take = |fence: Fence, number: u32, usd: f64, ceiling: Ceiling| {
        let mut take = plain_take(fence, 0, number);
        take.cost_usd = usd;
        store.write(fence, vec![Change::AddTake(take), Change::Within(ceiling)])
    };
    write_take(ann, 1, 0.3, Ceiling::new(0.3))
        .await
        .expect("it is reached, not exceeded");
    for ceiling in [
        Ceiling::new(0.399),
        Ceiling::new(0.399).with_owner("ann"),
        Ceiling::new(0.399).with_day(day),
        Ceiling::new(0.399).with_owner("ann").with_day(day),
    ] {
        let error = write_take(ann, 2, 0.1, ceiling).await.expect_err("it is exceeded");
        assert_eq!(
            (error.code(), error.generation_id()),
            ("generation.budget", Some(ann.generation))
        );
    }
    assert_eq!(
        store.takes(ann.generation).await.expect("read").len(),
        1,
        "nothing of it was written"
    );
    for (number, ceiling) in [
        (1, Ceiling::new(0.1).with_owner("bob")),
        (2, Ceiling::new(0.1).with_day(jiff::civil::date(2026, 1, 2))),
    ] {
        write_take(bob, number, 0.1, ceiling)
            .await
            .expect("others and other days do not count");
    }
}

/// Many who spend at once do not exceed a ceiling together.
pub async fn many_at_once_keep_the_ceiling_together(store: &dyn GenerationStore) {
    let mut fences = Vec::new();
    for _ in 0..10 {
        fences.push(claimed(store).await.1);
    }
    let writes = fences.iter().map(|fence| {
        let mut take = plain_take(*fence, 0, 1);
        take.cost_usd = 0.1;
        store.write(*fence, vec![Change::AddTake(take), Change::Within(Ceiling::new(0.45))])
    });
    let done = join_all(writes).await;
    assert_eq!(done.iter().filter(|result| result.is_ok()).count(), 4);
    let books = store.spending(&UsageFilter::default()).await.expect("read");
    assert_eq!(books.iter().map(|row| row.reserved_nanos).sum::<i64>(), 400_000_000);
}

/// Whoever listens to many asks for all of them at once.
pub async fn the_last_events_of_many_are_read_at_once(store: &dyn GenerationStore) {
    assert_eq!(store.last_events(&[]).await.expect("read"), []);
    let quiet = submitted(store).await.id;
    let (ended, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    let (erased, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    assert!(store.erase_generation(erased.id, at(4)).await.expect("erased"));
    let mut found = store
        .last_events(&[ended.id, 4711, erased.id, quiet])
        .await
        .expect("read");
    found.sort_unstable();
    assert_eq!(found, [(quiet, 1), (ended.id, 2)]);
}

/// What ended long ago is found, until it is erased.
pub async fn what_ended_long_ago_is_found(store: &dyn GenerationStore) {
    let mut ids = Vec::new();
    for second in [30, 10, 20] {
        let (record, fence) = claimed(store).await;
        write(store, fence, vec![fail(second)]).await;
        ids.push(record.id);
    }
    submitted(store).await;
    assert_eq!(store.ended_before(at(30), 9).await.expect("read"), [ids[1], ids[2]]);
    assert_eq!(store.ended_before(at(31), 1).await.expect("read"), [ids[1]]);
    assert!(store.erase_generation(ids[1], at(40)).await.expect("erased"));
    assert_eq!(store.ended_before(at(31), 9).await.expect("read"), [ids[2], ids[0]]);
    let fence = Fence {
        generation: ids[1],
        epoch: 1,
    };
    refused(store, fence, vec![fail(41)]).await;
}
