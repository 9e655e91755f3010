use super::cues::{LINE_CHARACTERS, LINES};
use super::*;

const SPOKEN: &str = "When the lights went out, we lit candles, told stories, and discovered that the evening was better \
                      without the television. Yes. Really.";

/// The words of a text at a pace of 0.1 s for each character, with a pause of half a second at each comma.
fn words(text: &str) -> Vec<Word> {
    let mut at = 0.0;
    let words = text.split_whitespace().map(|word| {
        let start = at;
        at += 0.1 * word.chars().count() as f64;
        let end = at;
        at += if word.ends_with(',') { 0.5 } else { 0.0 };
        Word::new(word, start, end)
    });
    words.collect()
}

/// The texts of the cues in an SRT file.
fn shown(srt: &str) -> Vec<String> {
    let blocks = srt.trim_end().split("\n\n");
    blocks
        .map(|block| block.split('\n').skip(2).collect::<Vec<_>>().join("\n"))
        .collect()
}

fn srt(text: &str, cues: SubtitleCues) -> Vec<String> {
    let words = words(text);
    let options = SubtitleOptions::from(SubtitleFormat::Srt).with_cues(cues);
    let end = words.last().map_or(0.0, |word| word.end);
    shown(&subtitles(
        options,
        [TimedText::from((text, 0.0, end)).with_words(&words)],
    ))
}

#[test]
fn cues_have_times_and_in_srt_numbers() {
    let texts = || [("One & <two>", 0.0, 1.0), ("three --> four", 3_661.2, 3_662.0)];
    assert_eq!(
        subtitles(SubtitleFormat::Srt, texts()),
        "1\n00:00:00,000 --> 00:00:01,000\nOne & <two>\n\n2\n01:01:01,200 --> 01:01:02,000\nthree -> four\n\n"
    );
    assert_eq!(
        subtitles(SubtitleFormat::Vtt, texts()),
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nOne &amp; &lt;two&gt;\n\n\
         01:01:01.200 --> 01:01:02.000\nthree --&gt; four\n\n"
    );
}

#[test]
fn long_texts_share_their_time_among_cues_without_losing_words() {
    let text = "The quick brown fox jumps over the lazy dog.\n\n".repeat(6);
    for kind in [SubtitleCues::Sentences, SubtitleCues::Phrases] {
        let cues = cues::cues(&(text.as_str(), 10.0, 30.0).into(), kind);
        assert!(cues.len() >= 3);
        assert!((cues[0].start - 10.0).abs() < 1e-9);
        assert!((cues[cues.len() - 1].end - 30.0).abs() < 1e-9);
        for pair in cues.windows(2) {
            assert!((pair[0].end - pair[1].start).abs() < 1e-9);
        }
    }
    let shown = srt(&text, SubtitleCues::Sentences);
    assert_eq!(
        shown.join(" ").split_whitespace().collect::<Vec<_>>(),
        text.split_whitespace().collect::<Vec<_>>()
    );
}

#[test]
fn cues_are_divided_between_phrases() {
    assert_eq!(
        srt(SPOKEN, SubtitleCues::Sentences),
        [
            "When the lights went out,\nwe lit candles, told stories,",
            "and discovered that the evening\nwas better without the television.",
            "Yes. Really.",
        ]
    );
    assert_eq!(
        srt(SPOKEN, SubtitleCues::Phrases),
        [
            "When the lights went out,",
            "we lit candles,",
            "told stories,",
            "and discovered that the evening\nwas better without the television.",
            "Yes. Really.",
        ]
    );
    assert_eq!(srt("Well, no.", SubtitleCues::Words), ["Well,", "no."]);
}

#[test]
fn lines_are_within_the_limits_and_do_not_end_with_a_leading_word() {
    let text = "It was the kind of silence that makes you listen harder and after a while she could hear the beating of her \
                own heart and the wind in the tops of the trees and a distant thunder behind the hills of the old country";
    let cues = srt(text, SubtitleCues::Sentences);
    assert_eq!(
        cues.join(" ").split_whitespace().collect::<Vec<_>>(),
        text.split_whitespace().collect::<Vec<_>>()
    );
    for cue in &cues {
        assert!(cue.lines().count() <= LINES, "{cue}");
        for line in cue.lines() {
            assert!(line.chars().count() <= LINE_CHARACTERS, "{line}");
            let last = line.rsplit(' ').next().unwrap();
            assert!(!["the", "of", "a", "and", "in", "her"].contains(&last), "{line}");
        }
    }
}

#[test]
fn webvtt_has_the_times_of_words() {
    let words = words("Well, I know.");
    let text = TimedText::from(("Well, I know.", 0.0, 2.0)).with_words(&words);
    assert_eq!(
        subtitles(SubtitleFormat::Vtt, [text]),
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.600\nWell, <00:01.000>I <00:01.100>know.\n\n"
    );
    let late: Vec<Word> = words
        .iter()
        .map(|word| Word::new(&word.text, word.start + 3_600.0, word.end + 3_600.0))
        .collect();
    let text = TimedText::from(("Well, I know.", 3_600.0, 3_602.0)).with_words(&late);
    assert!(subtitles(SubtitleFormat::Vtt, [text]).contains("<01:00:01.000>I"));
    // Words without a length have no time of their own: times in a cue increase.
    let flat: Vec<Word> = words.iter().map(|word| Word::new(&word.text, 1.0, 1.0)).collect();
    let text = TimedText::from(("Well, I know.", 1.0, 1.0)).with_words(&flat);
    assert!(!subtitles(SubtitleFormat::Vtt, [text]).contains('<'));
}

#[test]
fn texts_without_spaces_break_between_graphemes() {
    let text = "e\u{301}天".repeat(60);
    let shown = shown(&subtitles(SubtitleFormat::Srt, [(text.as_str(), 0.0, 1.0)]));
    assert!(shown.len() > 1);
    assert_eq!(shown.concat().replace('\n', ""), text);
    for line in shown.iter().flat_map(|cue| cue.lines()) {
        assert!(line.chars().count() <= LINE_CHARACTERS && !line.starts_with('\u{301}'));
    }
}

#[test]
fn blank_text_has_no_cue_and_signs_have_one() {
    assert_eq!(subtitles(SubtitleFormat::Srt, [(" \n ", 0.0, 1.0)]), "");
    assert_eq!(shown(&subtitles(SubtitleFormat::Srt, [(" … ", 0.0, 1.0)])), ["…"]);
}
