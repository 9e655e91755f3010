//! Submitting and listing.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;

use super::fixtures::{NONE, at, claimed, fail, read, recording, request, submitted, warning, write};
use crate::generation::{Event, Stage, Status};
use crate::options::SpeakOptions;
use crate::script::{Boundary, Segment};
use crate::store::{Filter, GenerationStore};

/// Nothing of a submission is lost, and what it begins with is right.
pub async fn a_submission_is_read_back_with_all_fields(store: &dyn GenerationStore) {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added");
    let mut new = request(sample.id, "Hello. It costs \u{a3}5!");
    new.options = SpeakOptions {
        model: Some("resemble-ai/chatterbox".to_owned()),
        exaggeration: Some(0.75),
        cfg_weight: Some(0.25),
        temperature: Some(1.5),
        seed: Some(u32::MAX),
        language: Some("en".to_owned()),
        budget_usd: Some(2.5),
        deadline: Some(Duration::from_millis(90_500)),
        max_takes: Some(4),
        reuse: Some(true),
    };
    let spoken = "It costs five pounds!";
    new.segments = vec![
        Segment::new(0, "Hello.".to_owned(), "Hello.".to_owned(), 0..6, Boundary::Sentence),
        Segment::new(
            1,
            "It costs \u{a3}5!".to_owned(),
            spoken.to_owned(),
            7..20,
            Boundary::End,
        ),
    ];
    new.warnings = vec![warning("sample.quiet")];

    let record = store.submit(new.clone()).await.expect("submitted");
    assert_eq!(record.sample, new.sample);
    assert_eq!(record.engine, new.engine);
    assert_eq!(record.model, new.model);
    assert_eq!(record.script, new.script);
    assert_eq!(record.options, new.options);
    assert_eq!(record.segments, new.segments);
    assert_eq!(record.warnings, new.warnings);
    assert_eq!(record.status, Status::Pending);
    assert_eq!(record.stage, Stage::Queued);
    assert_eq!(record.progress, 0);
    assert!(!record.cancel_requested);
    assert_eq!(record.error, None);
    assert_eq!(record.speech, None);
    assert_eq!(record.created_at, at(1));
    assert_eq!(record.opened_at, at(1));
    assert_eq!(record.completed_at, None);
    assert_eq!(read(store, record.id).await, record);
    assert_eq!(store.takes(record.id).await.expect("read"), []);

    let events = store.events(record.id, 0).await.expect("read");
    let [first] = &events[..] else {
        panic!("one event, got {events:?}");
    };
    let expected = Event {
        generation: record.id,
        number: 1,
        at: at(1),
        status: Status::Pending,
        stage: Stage::Queued,
        progress: 0,
        message: "Your request is in the queue".to_owned(),
    };
    assert_eq!(first, &expected);
}

/// A generation of a sample that is not there is refused, and leaves no trace.
pub async fn a_submission_needs_its_sample(store: &dyn GenerationStore) {
    let error = store.submit(request(4711, "Hello.")).await.expect_err("refused");
    assert_eq!(error.code(), "sample.not_found", "{error}");
    assert_eq!(store.unfinished().await.expect("listed"), NONE);
}

/// Ids are positive and rise (S211).
pub async fn ids_are_positive_and_rise(store: &dyn GenerationStore) {
    let mut last = 0;
    for _ in 0..5 {
        let id = submitted(store).await.id;
        assert!(id > last, "{id} follows {last}");
        last = id;
    }
}

/// Many callers at once each get an id and a record of their own.
pub async fn fifty_submissions_at_once_get_ids_of_their_own(store: &dyn GenerationStore) {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    let scripts: Vec<_> = (0..50).map(|number| format!("Text {number}.")).collect();
    let records = join_all(scripts.iter().map(|script| store.submit(request(sample, script)))).await;
    let mut ids = BTreeSet::new();
    for (record, script) in records.into_iter().zip(&scripts) {
        let record = record.expect("submitted");
        assert_eq!(&record.script, script, "each caller gets what it asked for");
        assert_eq!(read(store, record.id).await, record);
        assert_eq!(store.events(record.id, 0).await.expect("read").len(), 1);
        ids.insert(record.id);
    }
    assert_eq!(ids.len(), 50);
}

/// Lists are newest first, of one status if asked, and no longer than asked.
pub async fn generations_are_listed_newest_first_within_filter_and_limit(store: &dyn GenerationStore) {
    let one = submitted(store).await.id;
    let (failed, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    let three = submitted(store).await.id;

    let all = Filter::default();
    let pending = Filter::default().with_status(Status::Pending);
    let ended = Filter::default().with_status(Status::Failed);
    let completed = Filter::default().with_status(Status::Completed);
    for (filter, expected) in [
        (all.clone(), vec![three, failed.id, one]),
        (all.clone().with_limit(2), vec![three, failed.id]),
        (all.clone().with_limit(0), vec![]),
        (all.with_limit(u32::MAX), vec![three, failed.id, one]),
        (pending.clone(), vec![three, one]),
        (pending.with_limit(1), vec![three]),
        (ended, vec![failed.id]),
        (completed, vec![]),
    ] {
        let listed = store.generations(&filter).await.expect("listed");
        let ids: Vec<_> = listed.iter().map(|record| record.id).collect();
        assert_eq!(ids, expected, "{filter:?}");
        for record in listed {
            assert_eq!(read(store, record.id).await, record, "a list holds whole records");
        }
    }
}

/// Scripts are kept to the character, whatever the writing.
pub async fn a_script_in_any_writing_survives(store: &dyn GenerationStore) {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    for script in [
        "Grüße, 你好, שלום, नमस्ते",
        "e\u{301} is not é",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} and \u{10ffff}",
        "quotes ' \" ; -- % _ \\ \\u0000 {}[]",
        "line\nbreaks\r\n\tand \u{feff}marks\u{200b}",
        "a null \0 inside",
    ] {
        let record = store.submit(request(sample, script)).await.expect("submitted");
        let back = read(store, record.id).await;
        assert_eq!(back.script, script);
        assert_eq!(back.segments[0].text, script);
    }
}
