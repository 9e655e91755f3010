use super::*;
use crate::adaptation::Change;
use crate::audio::Skipped;

const SENTENCE: &str = "The quick brown fox jumps over the lazy dog.";

fn speak(text: &str) -> Audio {
    Voice::shared().unwrap().speak(text, &Settings::default()).unwrap()
}

fn rms_dbfs(samples: &[f32]) -> f64 {
    let power = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / samples.len() as f64;
    10.0 * power.log10()
}

fn skipped(audio: &Audio) -> Vec<(&str, usize)> {
    audio
        .skipped()
        .iter()
        .map(|Skipped { text, start }| (text.as_str(), *start))
        .collect()
}

#[test]
fn a_sentence_has_a_plausible_length_level_and_silent_edges() {
    let audio = speak(SENTENCE);
    let seconds = audio.duration().as_secs_f64();
    assert!((2.3..3.4).contains(&seconds), "{seconds} s");
    let level = rms_dbfs(audio.samples());
    assert!((-32.0..-20.0).contains(&level), "{level} dBFS");
    assert!(
        audio.samples().iter().all(|sample| sample.abs() < 1.0),
        "clipped or not a number"
    );
    assert!(audio.skipped().is_empty());
    let edge = 960; // 40 ms
    assert!(rms_dbfs(&audio.samples()[..edge]) < -60.0, "starts in silence");
    assert!(
        rms_dbfs(&audio.samples()[audio.samples().len() - edge..]) < -60.0,
        "ends in silence"
    );
}

#[test]
fn samples_depend_only_on_text_and_settings() {
    let here = speak(SENTENCE);
    let threads: Vec<_> = (0..3).map(|_| std::thread::spawn(|| speak(SENTENCE))).collect();
    for thread in threads {
        assert!(thread.join().unwrap() == here, "another thread speaks differently");
    }
    let other_seed = Settings::default().with_seed(1);
    assert!(Voice::shared().unwrap().speak(SENTENCE, &other_seed).unwrap() != here);
}

#[test]
fn speed_changes_the_length_as_predicted() {
    let voice = Voice::shared().unwrap();
    let seconds = |speed| {
        let settings = Settings::default().with_speed(speed);
        let expected = voice.expected_seconds(SENTENCE, &settings).unwrap();
        let actual = voice.speak(SENTENCE, &settings).unwrap().duration().as_secs_f64();
        assert!(
            (expected - actual).abs() < 1e-6,
            "at speed {speed}: expected {expected} s, spoke {actual} s"
        );
        actual
    };
    let (slow, normal, fast) = (seconds(0.5), seconds(1.0), seconds(2.0));
    assert!((1.7..2.2).contains(&(slow / normal)), "{slow} s against {normal} s");
    assert!((1.6..2.2).contains(&(normal / fast)), "{normal} s against {fast} s");
}

/// Returns the median and the spread of the predicted pitch of a sentence, in semitones above 1 Hz.
fn melody(voice: &Voice, settings: &Settings) -> (f32, f32) {
    let words = &plan(SENTENCE, false).unwrap().sentences[0].words;
    let piece = &voice.parts.phonemes().unwrap().pronounce(words, MAX_PHONEMES).pieces[0];
    let hidden = voice
        .parts
        .acoustic
        .on_thread(|session| session.hidden(piece, 1.0).unwrap());
    let mut pitch: Vec<f32> = Change::new(voice.adaptation(), settings)
        .melody(&hidden.pitch_hz)
        .into_iter()
        .filter(|hz| *hz > 40.0)
        .map(|hz| 12.0 * hz.log2())
        .collect();
    pitch.sort_by(f32::total_cmp);
    let share = |share: f32| pitch[(share * (pitch.len() - 1) as f32) as usize];
    (share(0.5), share(0.9) - share(0.1))
}

#[test]
fn pitch_and_expressiveness_change_the_pitch_curve() {
    let (voice, plain) = (Voice::shared().unwrap(), Settings::default());
    let (middle, spread) = melody(&voice, &plain);
    let own = 12.0 * Adaptation::OWN_PITCH_HZ.log2();
    assert!((middle - own).abs() < 2.0, "{middle} and {own}");
    let (higher, same) = melody(&voice, &plain.with_pitch(5.0));
    assert!(
        (higher - middle - 5.0).abs() < 0.1 && (same - spread).abs() < 0.1,
        "{higher}, {same}"
    );
    let (_, flat) = melody(&voice, &plain.with_expressiveness(0.5));
    assert!((flat - spread / 2.0).abs() < 0.1, "{flat} of {spread}");
    let deep = voice.adapted(Adaptation::default().with_pitch(0.5));
    let (lower, _) = melody(&deep, &plain);
    assert!((middle - lower - 12.0).abs() < 0.3, "{lower}");
}

#[test]
fn an_adapted_voice_keeps_words_level_and_timing() {
    let plain = speak(SENTENCE);
    let adaptation = Adaptation::default()
        .with_pitch(0.6)
        .with_formants(0.88)
        .with_breath_db(3.0);
    let voice = Voice::shared().unwrap().adapted(adaptation);
    let changed = voice.speak(SENTENCE, &Settings::default()).unwrap();
    assert_eq!(changed.samples().len(), plain.samples().len());
    let difference = rms_dbfs(changed.samples()) - rms_dbfs(plain.samples());
    assert!(difference.abs() < 4.0, "{difference} dB");
    assert!(changed.samples().iter().all(|sample| sample.abs() < 1.0));
    let same = Voice::shared().unwrap().adapted(Adaptation::default());
    assert!(
        same.speak(SENTENCE, &Settings::default()).unwrap() == plain,
        "no change changes nothing"
    );

    let slow = Voice::shared().unwrap().adapted(Adaptation::default().with_pace(0.8));
    let expected = slow.expected_seconds(SENTENCE, &Settings::default()).unwrap();
    let actual = slow
        .speak(SENTENCE, &Settings::default())
        .unwrap()
        .duration()
        .as_secs_f64();
    assert!((expected - actual).abs() < 1e-6 && actual > 1.1 * plain.duration().as_secs_f64());
}

#[test]
fn concatenated_sentences_equal_the_whole_text() {
    let text = "First one. Second one!\n\nA new paragraph.";
    let voice = Voice::shared().unwrap();
    let settings = Settings::default();
    let parts: Vec<Audio> = voice.sentences(text, &settings).collect::<Result<_, _>>().unwrap();
    assert_eq!(parts.len(), 3);
    let joined: Vec<f32> = parts.into_iter().flat_map(Audio::into_samples).collect();
    let whole = voice.speak(text, &settings).unwrap();
    assert!(
        joined == whole.samples(),
        "{} samples against {}",
        joined.len(),
        whole.samples().len()
    );
    let expected = voice.expected_seconds(text, &settings).unwrap();
    assert!((expected - whole.duration().as_secs_f64()).abs() < 1e-6);
}

#[test]
fn pauses_are_between_sentences_and_not_at_the_end() {
    let voice = Voice::shared().unwrap();
    let pause = std::time::Duration::from_secs(1);
    let seconds = |settings: &Settings| voice.expected_seconds("One. Two.\nThree.", settings).unwrap();
    let plain = Settings::default().with_paragraph_pause(std::time::Duration::ZERO);
    let added = seconds(&plain.with_sentence_pause(pause)) - seconds(&plain);
    assert!(
        (added - 1.0).abs() < 1e-6,
        "one sentence ends within a paragraph: {added} s"
    );
    let added = seconds(&plain.with_paragraph_pause(pause)) - seconds(&plain);
    assert!(
        (added - 1.0).abs() < 1e-6,
        "one paragraph ends within the text: {added} s"
    );
}

#[test]
fn one_word_and_a_long_text_are_spoken_completely() {
    let word = speak("Yes").duration().as_secs_f64();
    assert!((0.4..1.5).contains(&word), "{word} s");

    let text = "We walked along the river until the lights came on, and nobody said a word. ".repeat(13);
    let seconds = speak(&text).duration().as_secs_f64();
    let per_sentence = seconds / 13.0;
    assert!(
        (3.5..6.5).contains(&per_sentence),
        "{seconds} s for {} characters",
        text.len()
    );
}

#[test]
fn a_text_without_punctuation_is_spoken_completely() {
    let text = "and then the road went on and on ".repeat(20);
    let seconds = speak(&text).duration().as_secs_f64();
    assert!((25.0..50.0).contains(&seconds), "{seconds} s");
}

#[test]
fn skipped_parts_are_reported_with_their_position() {
    let audio = speak("🎉 Hello Привет мир. 日本! 🚀");
    assert_eq!(
        skipped(&audio),
        [("🎉", 0), ("Привет мир", 11), ("日本", 32), ("🚀", 40)]
    );
    assert!(audio.duration().as_secs_f64() > 0.4);
}

#[test]
fn a_text_without_speakable_parts_is_an_error() {
    let voice = Voice::shared().unwrap();
    for text in ["", "   \n\t ", "🎉🎉 🚀", "Привет, мир!", "...", "?!", "— \u{feff}"] {
        let error = voice.speak(text, &Settings::default()).unwrap_err();
        assert!(matches!(error, Error::NothingToSay { .. }), "{text:?}: {error}");
        let error = voice.expected_seconds(text, &Settings::default()).unwrap_err();
        assert!(matches!(error, Error::NothingToSay { .. }), "{text:?}: {error}");
    }
}

#[test]
fn invalid_settings_give_one_error_and_end_the_iterator() {
    let mut sentences = Voice::shared()
        .unwrap()
        .sentences("Hello.", &Settings::default().with_speed(3.0));
    assert!(matches!(sentences.next(), Some(Err(Error::SpeedOutOfRange { .. }))));
    assert!(sentences.next().is_none());
}

#[test]
fn unusual_texts_do_not_panic_or_clip() {
    let odd = [
        "a",
        "I",
        "&",
        "5",
        "$",
        "[x](/həlˈO/) [5](#a#) [](+2)",
        "%%% ### @@@ ok",
        "x\u{301}\u{301}\u{301}\u{301} y",
        "((((\"'\"'))))ok",
        "1e308 0x1F -0.0 ½ ٣",
        "\u{0}\u{1}bell\u{7}",
        "NaN inf null ʃ ꜩ",
        "99999999999999999999999999 1/0 0/0 13/13/2026 99:99pm",
    ];
    for text in odd {
        let audio = speak(text);
        assert!(!audio.samples().is_empty(), "{text:?}");
        assert!(audio.samples().iter().all(|sample| sample.abs() < 1.0), "{text:?}");
    }
}

#[test]
fn a_voice_can_be_used_from_several_threads() {
    fn shareable<T: Send + Sync + Clone + 'static>() {}
    fn movable<T: Send + 'static>() {}
    shareable::<Voice>();
    movable::<Sentences>();
    let (one, two) = (Voice::shared().unwrap(), Voice::shared().unwrap());
    assert!(Arc::ptr_eq(&one.parts, &two.parts));
}
