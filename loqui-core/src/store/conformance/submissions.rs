//! Submitting and listing.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;

use super::fixtures::{ANN, NONE, at, claim, claimed, fail, read, recording, request, submitted, warning, write};
use crate::id::{GenerationId, SampleId};
use crate::ledger::{Event, Inherited, Lineage, NewGeneration, Stage, Status, VoiceRecord};
use crate::options::{RunLimits, VoiceSettings};
use crate::script::{Boundary, Segment};
use crate::store::{Fence, Filter, GenerationStore, GenerationStoreExt as _};

/// Every field of a submission is read back, and a new generation has the right initial state.
pub async fn submission_is_read_back_with_all_fields(store: &dyn GenerationStore) {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added");
    let mut new = request(sample.id, "Hello. It costs \u{a3}5!");
    new.owner = Some("7".to_owned());
    new.idempotency_key = Some("order-1".to_owned());
    new.options.voice = VoiceSettings {
        model: Some("resemble-ai/chatterbox".to_owned()),
        exaggeration: Some(0.75),
        cfg_weight: Some(0.25),
        temperature: Some(1.5),
        seed: Some(u32::MAX),
        language: Some("en".to_owned()),
        ..VoiceSettings::default()
    };
    new.options.limits = RunLimits {
        budget_usd: Some(2.5),
        deadline: Some(Duration::from_millis(90_500)),
        max_takes: Some(4),
        reuse: Some(true),
        ..RunLimits::default()
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
    assert_eq!(record.owner, new.owner);
    assert_eq!(record.idempotency_key, new.idempotency_key);
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
        message: "waiting in the queue".to_owned(),
    };
    assert_eq!(first, &expected);
}

/// Submissions with the same owner and key return the same generation, also if they are concurrent. Without a key, or
/// for another owner, each submission is a new generation.
pub async fn idempotency_key_submits_once(store: &dyn GenerationStore) {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    let submit = |owner: Option<&str>, key: Option<&str>| {
        let mut new = request(sample, "Hello.");
        new.owner = owner.map(str::to_owned);
        new.idempotency_key = key.map(str::to_owned);
        store.submit(new)
    };
    let first = submit(Some("ann"), Some("k")).await.expect("submitted");
    let again = join_all((0..20).map(|_| submit(Some("ann"), Some("k")))).await;
    for record in again {
        assert_eq!(record.expect("known"), first);
    }
    let mut ids = BTreeSet::from([first.id]);
    for (owner, key) in [
        (Some("bob"), Some("k")),
        (None, Some("k")),
        (Some("ann"), Some("l")),
        (Some("ann"), None),
        (Some("ann"), None),
    ] {
        ids.insert(submit(owner, key).await.expect("submitted").id);
    }
    assert_eq!(ids.len(), 6);
    assert_eq!(store.events(first.id, 0).await.expect("read").len(), 1);
}

/// A list is filtered by owner, sample and page.
pub async fn generations_are_listed_by_owner_sample_and_page(store: &dyn GenerationStore) {
    let mut ids = Vec::new();
    for (owner, sha256) in [("ann", "5a"), ("bob", "5b"), ("ann", "5b"), ("ann", "5a")] {
        let sample = store.add_sample(recording("voice", sha256)).await.expect("added").id;
        let mut new = request(sample, "Hello.");
        new.owner = Some(owner.to_owned());
        ids.push(store.submit(new).await.expect("submitted"));
    }
    let all = Filter::default();
    for (filter, places) in [
        (all.clone().with_owner("ann"), vec![3, 2, 0]),
        (all.clone().with_owner("ann").with_limit(2), vec![3, 2]),
        (all.clone().with_owner("ann").with_before(ids[2].id), vec![0]),
        (all.clone().with_owner("cid"), vec![]),
        (all.clone().with_sample(ids[1].sample), vec![2, 1]),
        (
            all.with_sample(ids[0].sample)
                .with_owner("ann")
                .with_status(Status::Pending),
            vec![3, 0],
        ),
    ] {
        let listed = store.generations(&filter).await.expect("listed");
        let expected: Vec<_> = places.into_iter().map(|place| ids[place].clone()).collect();
        assert_eq!(listed, expected, "{filter:?}");
    }
}

/// A generation with several voices is read back with them, is listed for each of their samples, and uses them until it has
/// ended. A voice without its sample is refused.
pub async fn generation_with_several_voices_uses_all_their_samples(store: &dyn GenerationStore) {
    let mut samples = Vec::new();
    for sha256 in ["5a", "5b", "5c"] {
        samples.push(store.add_sample(recording("voice", sha256)).await.expect("added").id);
    }
    let [anna, bob, cid] = samples[..] else {
        unreachable!("three were added");
    };
    let voices = |of: &[SampleId]| -> Vec<VoiceRecord> {
        let voice = |(place, sample): (usize, &SampleId)| {
            let settings = VoiceSettings {
                exaggeration: Some(0.5 + place as f64),
                ..VoiceSettings::default()
            };
            let mut voice = VoiceRecord::new(format!("voice {place}"), *sample, "resemble-ai/chatterbox", settings);
            voice.gain_db = -1.5 * place as f64;
            voice
        };
        of.iter().enumerate().map(voice).collect()
    };
    let with = |of: &[SampleId]| NewGeneration {
        voices: voices(of),
        ..request(anna, "Hello. Hello yourself.")
    };
    let plain = store.submit(request(cid, "Hello.")).await.expect("submitted");
    let mut new = with(&[anna, bob, bob]);
    new.segments[0].voice = Some("voice 1".to_owned());
    new.segments[0].id = Some(3);
    let mut lineage = Lineage::new(plain.id, 4);
    lineage.takes = vec![Inherited::new(0, 2, Some(1)), Inherited::new(1, 0, None)];
    new.lineage = Some(lineage);
    let record = store.submit(new.clone()).await.expect("submitted");
    assert_eq!((&record.voices, &record.lineage), (&new.voices, &new.lineage));
    assert_eq!(record.segments, new.segments);
    assert_eq!(read(store, record.id).await, record);
    let missing = store.submit(with(&[anna, SampleId::new(4711)])).await;
    assert_eq!(missing.expect_err("refused").code(), "sample.not_found");

    for (sample, expected) in [(anna, vec![record.id]), (bob, vec![record.id]), (cid, vec![plain.id])] {
        let filter = Filter::default().with_sample(sample);
        assert_eq!(
            store.generation_ids(&filter).await.expect("listed"),
            expected,
            "{sample}"
        );
        assert_eq!(store.count_generations(&filter).await.expect("counted"), 1, "{sample}");
    }
    let claimed = claim(store, record.id, ANN, 2).await.expect("it is unclaimed");
    assert_eq!(claimed.voices, record.voices);
    for sample in [anna, bob] {
        let error = store.erase_sample(sample, at(3)).await.expect_err("it is in use");
        assert_eq!(
            (error.code(), error.generation_id()),
            ("sample.in_use", Some(record.id))
        );
    }
    write(store, Fence::of(&claimed), vec![fail(3)]).await;
    store.erase_sample(bob, at(4)).await.expect("it is not in use");
    let refused = store.submit(with(&[anna, bob])).await;
    assert_eq!(refused.expect_err("its sample is erased").code(), "sample.not_found");
    store.erase_generation(record.id, at(5)).await.expect("erased");
    let left = store.generation_ids(&Filter::default().with_sample(anna)).await;
    assert_eq!(left.expect("listed"), NONE);
}

/// A submission with an unknown sample is refused and changes nothing.
pub async fn submission_without_its_sample_is_refused(store: &dyn GenerationStore) {
    let error = store
        .submit(request(SampleId::new(4711), "Hello."))
        .await
        .expect_err("refused");
    assert_eq!(error.code(), "sample.not_found", "{error}");
    assert_eq!(store.unfinished().await.expect("listed"), NONE);
}

/// Ids are positive and increase (S211).
pub async fn ids_are_positive_and_increase(store: &dyn GenerationStore) {
    let mut last = GenerationId::new(0);
    for _ in 0..5 {
        let id = submitted(store).await.id;
        assert!(id > last, "{id} follows {last}");
        last = id;
    }
}

/// Concurrent callers each get an id and a record of their own.
pub async fn concurrent_submissions_get_distinct_ids(store: &dyn GenerationStore) {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    let scripts: Vec<_> = (0..50).map(|number| format!("Text {number}.")).collect();
    let records = join_all(scripts.iter().map(|script| store.submit(request(sample, script)))).await;
    let mut ids = BTreeSet::new();
    for (record, script) in records.into_iter().zip(&scripts) {
        let record = record.expect("submitted");
        assert_eq!(&record.script, script, "each caller gets its own record");
        assert_eq!(read(store, record.id).await, record);
        assert_eq!(store.events(record.id, 0).await.expect("read").len(), 1);
        ids.insert(record.id);
    }
    assert_eq!(ids.len(), 50);
}

/// Lists are newest first, filtered by status and limited.
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
            assert_eq!(read(store, record.id).await, record, "a list has complete records");
        }
    }
}

/// Scripts are kept character by character in any writing system.
pub async fn script_in_any_writing_system_is_kept(store: &dyn GenerationStore) {
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
