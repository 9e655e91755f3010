use super::*;
use crate::audio::testing::voice;

/// Two voices in turns of these lengths, in seconds, the first one first.
fn dialogue(first: &str, second: &str, turns: &[f64]) -> (Sample, Vec<f64>) {
    let voices = [first, second].map(|name| resample(wav::read(&voice(name)).unwrap(), 16_000));
    let mut at = [0, 0];
    let mut samples = Vec::new();
    for (index, seconds) in turns.iter().enumerate() {
        let who = index % 2;
        let length = (seconds * 16_000.0) as usize;
        let clip = voices[who].samples();
        let end = (at[who] + length).min(clip.len());
        samples.extend_from_slice(&clip[at[who]..end]);
        samples.extend(std::iter::repeat_n(0.0, 4_800));
        at[who] = end;
    }
    let file = wav::write(&Clip::new(samples, 16_000), None);
    let seconds = [0, 1].map(|who| turns.iter().skip(who).step_by(2).sum());
    (Sample::from_bytes(file).unwrap(), seconds.to_vec())
}

#[test]
fn each_of_two_speakers_is_found_and_chosen() {
    for (first, second) in [("rms.wav", "slt.wav"), ("slt.wav", "rms.wav"), ("heart.wav", "rms.wav")] {
        let (both, seconds) = dialogue(first, second, &[6.0, 6.0, 6.0, 6.0]);
        let speakers = both.speakers().unwrap();
        assert_eq!(speakers.len(), 2, "{first} {second}");
        for (speaker, expected) in speakers.iter().zip(seconds) {
            assert!(
                (speaker.seconds - expected).abs() < 2.5,
                "{first} {second}: {speakers:?}"
            );
        }
        for (number, own, other) in [(1, first, second), (2, second, first)] {
            let chosen = both.speaker(number).unwrap();
            assert_eq!(chosen.report().speaker, Some(number));
            assert_eq!(chosen.sources()[0].file, *both.original());
            let print = chosen.voiceprint().unwrap();
            let [own, other] =
                [own, other].map(|name| print.similarity(&crate::Voiceprint::of_bytes(&voice(name)).unwrap()));
            assert!(
                own > 0.85 && other < own - 0.1,
                "{first} {second} {number}: {own} {other}"
            );
        }
        let error = both.speaker(3).unwrap_err();
        assert_eq!(error.code(), "sample.no_speaker");
        assert_eq!(error.message(), "there is no speaker 3: the recording has 2 speakers");
    }
}

#[test]
fn recording_of_one_speaker_is_returned_as_it_is() {
    let one = Sample::from_bytes(voice("heart.wav")).unwrap();
    assert_eq!(one.speakers().unwrap().len(), 1);
    assert_eq!(one.speaker(1).unwrap().sha256(), one.sha256());
    assert_eq!(one.speaker(2).unwrap_err().code(), "sample.no_speaker");
    let silence = Sample::from_bytes(wav::write(&Clip::new(vec![0.0; 80_000], 16_000), None)).unwrap();
    assert_eq!(silence.speakers().unwrap_err().code(), "sample.no_speech");
}
