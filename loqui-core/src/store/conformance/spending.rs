//! Spending and its ceilings.

use futures::future::join_all;
use jiff::civil::date;

use super::fixtures::{ANN, at, claim, claimed, fail, history, plain_take, recording, request, submit_for, write};
use crate::ledger::testing::in_state;
use crate::ledger::{StateKind, TakeRecord, TakeRow};
use crate::store::{Ceiling, Change, Fence, GenerationStore, GenerationStoreExt as _, Spending, UsageFilter};

/// Submits a generation of this owner and claims it.
async fn claimed_of(store: &dyn GenerationStore, owner: Option<&str>, model: &str) -> Fence {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    let mut new = request(sample, "Hello.");
    new.owner = owner.map(str::to_owned);
    model.clone_into(&mut new.model);
    let id = store.submit(new).await.expect("submitted").id;
    Fence::of(&claim(store, id, ANN, 2).await.expect("it is unclaimed"))
}

fn take(fence: Fence, number: u32, kind: StateKind, cost_usd: f64) -> TakeRecord {
    in_state(row(fence, number, cost_usd), kind)
}

fn row(fence: Fence, number: u32, cost_usd: f64) -> TakeRow {
    let mut row = TakeRow::new(fence.generation, 0, number, number, fence.epoch, at(3));
    row.cost_usd = cost_usd;
    row.characters = 40;
    row
}

async fn listed(store: &dyn GenerationStore, filter: UsageFilter) -> Vec<Spending> {
    store.spending(&filter).await.expect("read")
}

fn numbers(row: &Spending) -> (i64, i64, i64, i64) {
    (row.spent_nanos, row.reserved_nanos, row.takes, row.characters)
}

/// An intent reserves its cost; later states spend or release it, exact to the nano-dollar.
pub async fn spending_follows_every_take(store: &dyn GenerationStore) {
    assert_eq!(listed(store, UsageFilter::default()).await, []);
    let fence = claimed_of(store, None, "model").await;
    let one = |state, cost_usd| take(fence, 1, state, cost_usd);
    write(store, fence, vec![Change::AddTake(one(StateKind::Intended, 0.001))]).await;
    let mut expected = vec![(0, 1_000_000, 0, 0)];
    for (state, cost_usd, numbers) in [
        (StateKind::Unanswered, 0.001, (0, 1_000_000, 0, 0)),
        (StateKind::Running, 0.001, (1_000_000, 0, 1, 40)),
        (StateKind::Succeeded, 0.001, (1_000_000, 0, 1, 40)),
        (StateKind::Stored, 0.001, (1_000_000, 0, 1, 40)),
        (StateKind::Kept, 0.000_999_999, (999_999, 0, 1, 40)),
    ] {
        write(store, fence, vec![Change::UpdateTake(one(state, cost_usd))]).await;
        expected.push(numbers);
    }
    let rows = listed(store, UsageFilter::default()).await;
    let [row] = &rows[..] else {
        panic!("one row, got {rows:?}")
    };
    assert_eq!(Some(&numbers(row)), expected.last());
    assert_eq!(
        (row.owner.as_deref(), row.day, row.model.as_str()),
        (None, date(2026, 1, 1), "model")
    );

    let both = vec![
        Change::AddTake(take(fence, 2, StateKind::Intended, 0.002)),
        Change::UpdateTake(take(fence, 2, StateKind::NeverCreated, 0.0)),
        fail(4),
    ];
    write(store, fence, both).await;
    let rows = listed(store, UsageFilter::default()).await;
    assert_eq!((rows[0].spent_nanos, rows[0].reserved_nanos), (999_999, 0));
    assert!(store.erase_generation(fence.generation, at(5)).await.expect("erased"));
    assert_eq!(
        listed(store, UsageFilter::default()).await,
        rows,
        "erasing keeps the spending"
    );
}

/// Spending is summed by owner, day and model, and filtered by owner and day.
pub async fn spending_is_listed_by_owner_and_day(store: &dyn GenerationStore) {
    for (owner, model, days) in [
        (Some("ann"), "one", 0),
        (Some("ann"), "two", 1),
        (Some("bob"), "one", 1),
        (None, "one", 2),
    ] {
        let fence = claimed_of(store, owner, model).await;
        let mut row = row(fence, 1, 0.5);
        row.intended_at = at(3 + days * 86_400);
        write(store, fence, history(&in_state(row, StateKind::Running))).await;
    }
    let all = UsageFilter::default();
    for (filter, expected) in [
        (
            all.clone(),
            vec![
                (None, 3, "one"),
                (Some("ann"), 1, "one"),
                (Some("ann"), 2, "two"),
                (Some("bob"), 2, "one"),
            ],
        ),
        (
            all.clone().with_owner("ann"),
            vec![(Some("ann"), 1, "one"), (Some("ann"), 2, "two")],
        ),
        (all.clone().with_since(date(2026, 1, 3)), vec![(None, 3, "one")]),
        (all.clone().with_until(date(2026, 1, 1)), vec![(Some("ann"), 1, "one")]),
        (all.with_owner("cid"), vec![]),
    ] {
        let rows = listed(store, filter.clone()).await;
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.owner.as_deref(), row.day.day(), row.model.as_str()))
            .collect();
        assert_eq!(found, expected, "{filter:?}");
        assert!(
            rows.iter().all(|row| numbers(row) == (500_000_000, 0, 1, 40)),
            "{rows:?}"
        );
    }
}

/// A write that would exceed a ceiling is refused as a whole; one that reaches it is not.
pub async fn ceiling_is_never_exceeded(store: &dyn GenerationStore) {
    let day = date(2026, 1, 1);
    let fence_of = |owner: &'static str| async move {
        let id = submit_for(store, owner).await;
        Fence::of(&claim(store, id, ANN, 2).await.expect("it is unclaimed"))
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
        "a refused write changes nothing"
    );
    for (number, ceiling) in [
        (1, Ceiling::new(0.1).with_owner("bob")),
        (2, Ceiling::new(0.1).with_day(date(2026, 1, 2))),
    ] {
        write_take(bob, number, 0.1, ceiling)
            .await
            .expect("other owners and days do not count");
    }
}

/// Concurrent writes do not exceed a ceiling together.
pub async fn concurrent_writes_respect_the_ceiling_together(store: &dyn GenerationStore) {
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
    let rows = store.spending(&UsageFilter::default()).await.expect("read");
    assert_eq!(rows.iter().map(|row| row.reserved_nanos).sum::<i64>(), 400_000_000);
}
