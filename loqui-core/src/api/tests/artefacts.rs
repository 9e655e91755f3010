//! A recording is judged once, whatever speaks with it.

use std::path::Path;

use super::*;
use crate::engine::LocalEngine;
use crate::speech::verify::Checks;
use crate::store::{ArtefactValue, SampleArtefact};

/// Clones voices, and needs something computed from the reference.
#[derive(Debug, Default)]
struct Cloning {
    prepared: AtomicU32,
    voices: std::sync::Mutex<Vec<Option<Bytes>>>,
}

#[async_trait]
impl LocalEngine for Cloning {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "cloning"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        Ok(ModelInfo::new("model"))
    }

    fn voice_version(&self, model: &str) -> Option<String> {
        Some(format!("{model}-1"))
    }

    async fn prepare_voice(&self, _model: &str, reference: &Reference) -> Result<Bytes> {
        self.prepared.fetch_add(1, SeqCst);
        // As large as the state of a real model.
        Ok(reference.sha256().repeat(20_000).into())
    }

    async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
        self.voices.lock().unwrap().push(order.voice.clone());
        Ok(SpokenAudio::new(spoken()))
    }
}

/// A handle on a data directory, as another process would open it.
fn process(folder: &Path) -> (Loqui, Arc<Cloning>) {
    let engine = Arc::new(Cloning::default());
    let builder = Loqui::builder().data_dir(folder).engine(Arc::<Cloning>::clone(&engine));
    let loqui = builder.checks(Checks::default().with_similarity(true)).build();
    (loqui.unwrap(), engine)
}

/// Speaks with a file `count` times at once.
async fn speak(loqui: &Loqui, file: &Bytes, count: usize) {
    let spoken = futures::future::join_all((0..count).map(async |index| {
        let sample = loqui.read_sample(file.clone()).await?;
        loqui.speak(&sample, format!("Number {index}.")).await
    }));
    for speech in spoken.await {
        speech.unwrap();
    }
}

/// The judgement, the voiceprint and the voice of the engine.
#[cfg(feature = "analysis")]
const KINDS: u64 = 3;
#[cfg(not(feature = "analysis"))]
const KINDS: u64 = 2;

#[tokio::test]
async fn recording_is_judged_once_for_many_generations_of_two_processes() {
    let folder = tempfile::tempdir().unwrap();
    let file = Bytes::from(testing::voice("slt.mp3"));
    let (first, first_engine) = process(folder.path());
    speak(&first, &file, 8).await;
    assert_eq!(first.counts().artefacts_made, KINDS);
    assert_eq!(first_engine.prepared.load(SeqCst), 1);

    let (second, second_engine) = process(folder.path());
    speak(&second, &file, 5).await;
    let stored = second.samples(&SampleFilter::default()).await.unwrap();
    assert_eq!(stored.len(), 1);
    second
        .submit_with(stored[0].id, "Once more.")
        .await
        .unwrap()
        .wait()
        .await
        .unwrap();
    assert_eq!(second.counts().artefacts_made, 0);
    assert_eq!(second_engine.prepared.load(SeqCst), 0);
    let expected = Sample::from_bytes(file).unwrap().reference().sha256().repeat(20_000);
    for engine in [first_engine, second_engine] {
        let voices = engine.voices.lock().unwrap();
        assert!(voices.iter().all(|voice| voice.as_deref() == Some(expected.as_bytes())));
    }
}

#[tokio::test]
async fn stored_judgement_gives_the_same_sample() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["slt.mp3", "rms.wav", "heart.mp3"] {
        let file = Bytes::from(testing::voice(name));
        let anew = Sample::from_bytes(file.clone()).unwrap();
        let (first, _) = process(folder.path());
        first.add_sample(&anew).await.unwrap();
        let (second, _) = process(folder.path());
        let stored = second.read_sample(file).await.unwrap();
        assert_eq!(second.counts().artefacts_made, 0, "{name}");
        assert_eq!(stored.report(), anew.report());
        assert_eq!(stored.duration(), anew.duration());
        assert_eq!((stored.name(), stored.sha256()), (anew.name(), anew.sha256()));
        assert!(stored.reference().wav() == anew.reference().wav(), "{name}");

        // Another owner needs the reference again, cut from the recording by the stored excerpt.
        let added = second.add_sample(&stored).owner("bob").await.unwrap();
        let reference = second.audio_store().get(&added.reference).await.unwrap();
        assert!(reference.as_ref() == Some(anew.reference().wav()), "{name}");
    }
}

#[tokio::test]
async fn judgement_of_another_version_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = Bytes::from(testing::voice("slt.mp3"));
    let (first, _) = process(folder.path());
    let sample = first.read_sample(file.clone()).await.unwrap();
    first.add_sample(&sample).await.unwrap();
    let stored = first.store().artefact(sample.sha256(), "judgement").await.unwrap();
    let mut old = stored.clone().unwrap();
    old.version = "0.networks.0123456789abcdef".to_owned();
    // An old program may have judged differently.
    old.value = match old.value {
        ArtefactValue::Inline(json) => {
            let text = String::from_utf8(json).unwrap();
            ArtefactValue::Inline(text.replace("\"usable\":true", "\"usable\":false").into_bytes())
        }
        large @ ArtefactValue::Audio(_) => large,
    };
    assert!(first.store().put_artefact(old).await.unwrap().kept);

    let (second, _) = process(folder.path());
    assert!(second.read_sample(file).await.unwrap().usable());
    assert_eq!(second.counts().artefacts_made, 1);
    let replaced: Option<SampleArtefact> = second.store().artefact(sample.sha256(), "judgement").await.unwrap();
    assert_eq!(
        replaced.map(|row| (row.version, row.value)),
        stored.map(|row| (row.version, row.value))
    );
}

#[tokio::test]
async fn erasing_the_last_sample_removes_what_was_computed() {
    let folder = tempfile::tempdir().unwrap();
    let file = Bytes::from(testing::voice("slt.mp3"));
    let (loqui, engine) = process(folder.path());
    speak(&loqui, &file, 1).await;
    let sample = loqui.read_sample(file.clone()).await.unwrap();
    let other = loqui.add_sample(&sample).owner("bob").await.unwrap();
    let large = loqui
        .store()
        .artefact(sample.sha256(), "voice/cloning/model")
        .await
        .unwrap();
    let large = large.unwrap().value.key().unwrap().to_owned();
    assert!(loqui.audio_store().exists(&large).await.unwrap());

    let own = loqui.store().sample_of(None, sample.sha256()).await.unwrap().unwrap();
    loqui.erase_sample(own.id).await.unwrap();
    assert!(
        loqui.audio_store().exists(&large).await.unwrap(),
        "bob has the recording"
    );
    loqui.erase_sample(other.id).await.unwrap();
    assert!(!loqui.audio_store().exists(&large).await.unwrap());
    for kind in ["judgement", "voiceprint", "voice/cloning/model"] {
        assert_eq!(loqui.store().artefact(sample.sha256(), kind).await.unwrap(), None);
    }
    // It is judged again when it comes again, and nothing is kept of a recording without a sample.
    let made = loqui.counts().artefacts_made;
    loqui.read_sample(file).await.unwrap();
    assert_eq!(loqui.counts().artefacts_made, made + 1);
    assert_eq!(
        loqui.store().artefact(sample.sha256(), "judgement").await.unwrap(),
        None
    );
    assert_eq!(engine.prepared.load(SeqCst), 1);
}

/// It is judged once, although nothing is stored.
#[tokio::test]
async fn unusable_recording_is_refused_from_memory_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (loqui, _) = process(folder.path());
    let silence = audio::wav::write(&Clip::new(vec![0.0; 240_000], SPEECH_RATE), None);
    for _ in 0..2 {
        let sample = loqui.read_sample(silence.clone()).await.unwrap();
        assert_eq!(
            loqui.speak(&sample, "Hello.").await.unwrap_err().code(),
            "sample.silent"
        );
    }
    assert_eq!(loqui.counts().artefacts_made, 1);
    assert_eq!(loqui.read_sample("text").await.unwrap_err().code(), "sample.unreadable");
}
