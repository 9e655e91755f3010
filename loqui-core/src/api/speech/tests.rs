use std::error::Error as _;

use super::*;
use crate::audio::SPEECH_RATE;
use crate::audio::testing::sine;
use crate::clock::Timestamp;
use crate::id::{GenerationId, SampleId};
use crate::ledger::{GenerationRecord, SpeechRecord, Stage, Status};
use crate::options::SpeakOptions;
use crate::script::{Limits, Script};
use crate::speech::{Provenance, SubtitleFormat};

const _: () = {
    const fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Speech>();
};

fn info() -> GenerationInfo {
    let text = "This is the first paragraph.\n\nThis is the second one.";
    let (segments, warnings) = Script::parse(text, &Limits::default(), None).unwrap().into_parts();
    let record = GenerationRecord {
        id: GenerationId::new(7),
        owner: None,
        idempotency_key: None,
        sample: SampleId::new(1),
        engine: "offline".to_owned(),
        model: "hibari".to_owned(),
        script: text.to_owned(),
        options: SpeakOptions::default(),
        segments,
        voices: Vec::new(),
        lineage: None,
        status: Status::Completed,
        stage: Stage::Done,
        progress: 100,
        cancel_requested: false,
        warnings,
        error: None,
        speech: Some(SpeechRecord::new("speech.wav", 2.0, vec![(0.0, 0.9), (1.35, 2.0)])),
        created_at: Timestamp::UNIX_EPOCH,
        opened_at: Timestamp::UNIX_EPOCH,
        completed_at: None,
        epoch: 1,
    };
    GenerationInfo::new(&record, &[])
}

fn file() -> Bytes {
    let origin = Provenance::of_speech("offline", "hibari", Timestamp::UNIX_EPOCH);
    wav::write(
        &Clip::new(sine(440.0, 0.5, 2.0, SPEECH_RATE), SPEECH_RATE),
        Some(&origin),
    )
}

#[test]
fn accessors_return_the_header_the_samples_and_the_generation() {
    let speech = Speech::new(file(), info()).unwrap();
    assert_eq!(speech.sample_rate(), 24_000);
    assert_eq!(speech.duration(), Duration::from_secs(2));
    assert_eq!(speech.samples().len(), 48_000);
    let decoded = speech.samples().as_ptr();
    assert_eq!(
        speech.clone().samples().as_ptr(),
        decoded,
        "clones share the decoded samples"
    );
    assert_eq!(
        (speech.generation_id(), speech.engine(), speech.model()),
        (GenerationId::new(7), "offline", "hibari")
    );
    assert_eq!(speech.segments().len(), 2);
    assert_eq!(
        wav::provenance(speech.wav()).unwrap().software,
        concat!("loqui ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn subtitles_have_the_text_and_the_times_of_the_segments() {
    let speech = Speech::new(file(), info()).unwrap();
    assert_eq!(
        speech.subtitles(SubtitleFormat::Vtt),
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.900\nThis is the first paragraph.\n\n\
         00:00:01.350 --> 00:00:02.000\nThis is the second one.\n\n"
    );
}

#[test]
fn invalid_files_are_rejected_with_the_reason() {
    let whole = file();
    let stereo = crate::audio::testing::WavBuilder::pcm16(&[0.0; 4], 2, 24_000).build();
    let cases = [
        (Bytes::from_static(b"not audio"), "it is not a WAV file"),
        (whole.slice(..1_000), "it ends after 1000 bytes; 96044 are expected"),
        (
            stereo.into(),
            "it has 2 channels of 16 bits at 24000 Hz; 1 channel of 16 bits is expected",
        ),
    ];
    for (file, expected) in cases {
        let error = Speech::new(file, info()).unwrap_err();
        assert_eq!(
            (error.code(), error.generation_id()),
            ("store.corrupt", Some(GenerationId::new(7)))
        );
        assert_eq!(error.source().unwrap().to_string(), expected);
    }
}

#[tokio::test]
async fn saving_as_wav_writes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("me.wav");
    let speech = Speech::new(file(), info()).unwrap();
    speech.save(&path).await.unwrap();
    assert_eq!(&std::fs::read(&path).unwrap(), speech.wav());
}
