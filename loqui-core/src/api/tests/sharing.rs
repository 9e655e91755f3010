//! Audio that samples of several owners share.

use super::{World, voice};
use crate::store::{AudioStore, GenerationStore as _, NewSample};

/// Two owners have the same recording under the same keys. Each erases it, the second one after it was spoken with.
pub(crate) async fn last_erasure_deletes(audio: AudioStore) {
    let world = World { audio, ..World::new() };
    let loqui = world.loqui();
    let ann = loqui.add_sample(&voice()).owner("ann").await.unwrap();
    let mut copy = NewSample::new(
        "copy",
        &ann.sha256,
        &ann.original,
        &ann.reference,
        ann.seconds,
        ann.report.clone(),
        ann.created_at,
    );
    copy.owner = Some("bob".to_owned());
    let bob = world.store.add_sample(copy).await.unwrap();
    assert_ne!(ann.id, bob.id);
    let spoken = loqui.submit_with(ann.id, "Hello there.").owner("ann").await.unwrap();
    spoken.wait().await.unwrap();

    for _ in 0..2 {
        // A repeated call does not delete more.
        loqui.erase_sample(ann.id).await.unwrap();
        assert_eq!(loqui.recording(bob.id).await.unwrap(), *voice().original());
    }
    assert!(
        world.engine.forgotten.lock().unwrap().is_empty(),
        "the copy at the provider is in use"
    );
    spoken.erase().await.unwrap();
    let speaking = loqui.submit_with(bob.id, "Hello there.").owner("bob").await.unwrap();
    speaking.wait().await.unwrap();

    loqui.erase_sample(bob.id).await.unwrap();
    for key in [&bob.original, &bob.reference] {
        assert!(!world.audio.exists(key).await.unwrap(), "{key}");
    }
    assert_eq!(*world.engine.forgotten.lock().unwrap(), [voice().reference().sha256()]);
    speaking.wait().await.unwrap();
}

#[tokio::test]
async fn last_erasure_deletes_shared_audio_in_memory() {
    last_erasure_deletes(AudioStore::memory()).await;
}

#[tokio::test]
async fn last_erasure_deletes_shared_audio_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    last_erasure_deletes(AudioStore::local(folder.path()).unwrap()).await;
}

/// Owners that upload the same recording have files of their own, and one copy at the provider.
#[tokio::test]
async fn copy_at_the_provider_is_deleted_with_the_last_sample_of_a_recording() {
    let world = World::new();
    let loqui = world.loqui();
    let ann = loqui.add_sample(&voice()).owner("ann").await.unwrap();
    let bob = loqui.add_sample(&voice()).owner("bob").await.unwrap();
    assert_ne!(ann.original, bob.original);
    loqui.erase_sample(ann.id).await.unwrap();
    assert!(!world.audio.exists(&ann.original).await.unwrap());
    assert!(world.engine.forgotten.lock().unwrap().is_empty());
    loqui.erase_sample(bob.id).await.unwrap();
    assert_eq!(world.engine.forgotten.lock().unwrap().len(), 1);
}
