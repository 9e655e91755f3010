//! Several calls for one model: at once, and one after the other.

use std::fs;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::super::lock::ModelLock;
use super::super::super::{Progress, PullOptions, Source};
use super::{Answer, Fixture, WEIGHTS, models, quiet, speaks, tiny_folder};

#[test]
fn of_two_pulls_at_once_one_downloads_and_both_succeed() {
    let fixture = Fixture::new();
    let waiting = Arc::new(AtomicUsize::new(0));
    let (content, seen) = (fixture.weights.clone(), Arc::clone(&waiting));
    // The first download does not end before the second call waits for it.
    fixture.server.on(WEIGHTS, move |request| {
        if seen.load(Ordering::SeqCst) == 0 {
            return Answer::file(request, &content, "v1").cut_after(1_000);
        }
        Answer::file(request, &content, "v1")
    });
    let pull = || {
        let mut progress = |progress: &Progress| {
            if *progress == Progress::Waiting {
                waiting.fetch_add(1, Ordering::SeqCst);
            }
            ControlFlow::Continue(())
        };
        fixture
            .models
            .pull("tiny", &fixture.options().patient(), &mut progress)
            .unwrap()
    };
    let installed: Vec<bool> = std::thread::scope(|scope| {
        let threads = [scope.spawn(pull), scope.spawn(pull)];
        threads.map(|thread| thread.join().unwrap().installed_now).into()
    });
    assert_eq!(installed.iter().filter(|now| **now).count(), 1, "{installed:?}");
    assert_eq!(fixture.server.count("GET", "/tiny/tokenizer.model"), 1);
    speaks(&fixture.models, "tiny");
}

#[test]
fn waiting_for_another_process_can_be_cancelled() {
    let fixture = Fixture::new();
    let _lock = ModelLock::exclusive(fixture.models.folder(), "tiny").unwrap();
    let mut cancel = |progress: &Progress| match progress {
        Progress::Waiting => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let error = fixture
        .models
        .pull("tiny", &fixture.options(), &mut cancel)
        .unwrap_err();
    assert_eq!(error.code(), "pocket.cancelled");
    assert!(fixture.server.requests().is_empty());
}

#[test]
fn a_damaged_model_is_repaired_by_a_pull() {
    let fixture = Fixture::new();
    fixture.succeeds();
    let path = fixture.models.path("tiny").unwrap().join("model.safetensors");
    fs::write(&path, "rubbish").unwrap();
    fixture.succeeds();
    // The hash of the first download is still known.
    let mut other = fixture.weights.clone();
    *other.last_mut().unwrap() ^= 1;
    fixture.server.file(WEIGHTS, other);
    fs::remove_file(&path).unwrap();
    let error = fixture.pull().unwrap_err();
    assert_eq!(error.code(), "pocket.hash_mismatch");
    assert!(error.to_string().contains("the first download states"), "{error}");
    fixture.models.remove("tiny", true).unwrap();
    fixture.pull().unwrap();
}

#[test]
fn a_folder_is_a_source_as_well() {
    let (_folder, models) = models();
    let source = tiny_folder();
    let options = PullOptions::default().source(Source::Folder(source.path().into()));
    assert!(models.pull("tiny", &options, &mut quiet).unwrap().installed_now);
    assert!(!models.pull("tiny", &options, &mut quiet).unwrap().installed_now);
    speaks(&models, "tiny");
}

/// The call blocks, but works wherever blocking does.
#[test]
fn a_pull_inside_of_a_runtime_does_not_panic() {
    let fixture = Fixture::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { fixture.succeeds() });
}
