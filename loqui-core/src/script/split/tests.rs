use proptest::prelude::*;

use super::*;
use crate::script::Limits;
use crate::script::blocks::without_pauses;

const SENTENCE: &str = "The quick brown fox jumps over the lazy dog near the old river bank. ";

fn split_text(text: &str, limits: &Limits, language: Option<&str>, earlier: &[Segment]) -> Vec<Segment> {
    let options = ScriptOptions::new(*limits, language);
    split(
        text,
        &Reading::of(text, &options),
        &options,
        earlier,
        &Breaks::default(),
    )
}

/// What a plain English text without closing marks is read as.
fn in_words(text: &str) -> String {
    loqui_text::speak(text, &loqui_text::Locale::american()).text
}

fn cut(text: &str) -> Vec<Segment> {
    split_text(text, &Limits::default(), Some("en"), &[])
}

fn spoken(segments: &[Segment]) -> Vec<&str> {
    segments.iter().map(|segment| segment.spoken.as_str()).collect()
}

/// Checks the invariants of a split.
fn check(text: &str, segments: &[Segment], max: usize) {
    let mut end = 0;
    for (index, segment) in segments.iter().enumerate() {
        assert_eq!(segment.index as usize, index);
        assert!(
            segment.span.start >= end && segment.span.end > segment.span.start,
            "ordered"
        );
        let between = without_pauses(&text[end..segment.span.start]);
        assert!(
            !between.contains(char::is_alphanumeric),
            "text is lost between segments: {between:?}"
        );
        assert_eq!(segment.text, text[segment.span.clone()]);
        assert_eq!(segment.text, segment.text.trim());
        let characters = segment.spoken.chars().count();
        assert!(characters <= max, "{characters} characters: {:?}", segment.spoken);
        assert!(
            segment.spoken.chars().any(char::is_alphanumeric),
            "{:?}",
            segment.spoken
        );
        assert_eq!(segment.boundary == Boundary::End, index == segments.len() - 1);
        end = segment.span.end;
    }
    if !segments.is_empty() {
        assert!(
            !without_pauses(&text[end..]).contains(char::is_alphanumeric),
            "text is lost at the end"
        );
    }
}

#[test]
fn sentences_are_combined_up_to_the_target() {
    let text = SENTENCE.repeat(8);
    let segments = cut(&text);
    check(&text, &segments, 300);
    // Three sentences of 68 characters fit into 250.
    let sizes: Vec<_> = segments.iter().map(|s| s.spoken.matches("fox").count()).collect();
    assert_eq!(sizes, [3, 3, 2]);
    assert_eq!(segments[0].boundary, Boundary::Sentence);
}

#[test]
fn paragraphs_are_not_combined() {
    let segments = cut("This is the first paragraph.\n\nThis is the second one");
    assert_eq!(
        spoken(&segments),
        ["This is the first paragraph.", "This is the second one."]
    );
    assert_eq!(segments[0].boundary, Boundary::Paragraph);
}

#[test]
fn very_short_pieces_are_merged_with_a_neighbour() {
    let heading = "Chapter One\n\nIt was a bright cold day in April.";
    assert_eq!(
        spoken(&cut(heading)),
        ["Chapter One. It was a bright cold day in April."]
    );
    let tail = format!("{}\n\nThe end", SENTENCE.trim());
    assert_eq!(cut(&tail).len(), 1);
    let dialogue = "No.\n\nYes, and that is that for today.\n\nWhy?\n\nI said that this is all for today.";
    assert_eq!(
        spoken(&cut(dialogue)),
        [
            "No. Yes, and that is that for today.",
            "Why? I said that this is all for today."
        ]
    );
    assert_eq!(spoken(&cut("Hi!")), ["Hi!"]);
}

#[test]
fn unspeakable_characters_are_in_the_text_but_not_spoken() {
    let text = "😀 This is the first paragraph.\n\n* * *\n\nThis is the second one.\n\n🎉";
    let segments = cut(text);
    check(text, &segments, 300);
    assert_eq!(
        spoken(&segments),
        ["This is the first paragraph.", "This is the second one."]
    );
    assert_eq!(segments[0].text, "😀 This is the first paragraph.\n\n* * *");
}

#[test]
fn long_sentences_are_split_at_clauses_then_at_words_then_within_words() {
    let clauses = "a clause of some length goes here, ".repeat(20) + "end.";
    let segments = cut(&clauses);
    check(&clauses, &segments, 300);
    assert!(
        segments[..segments.len() - 1]
            .iter()
            .all(|s| s.boundary == Boundary::Clause && s.spoken.ends_with(','))
    );

    let words = "word ".repeat(100);
    let segments = cut(&words);
    check(&words, &segments, 300);
    assert!(
        segments[0].spoken.ends_with("word,"),
        "a part of a sentence ends with a comma"
    );
    let lengths: Vec<_> = segments.iter().map(|s| s.spoken.len()).collect();
    assert!(
        lengths.iter().max().unwrap() - lengths.iter().min().unwrap() < 20,
        "lengths are about equal: {lengths:?}"
    );

    let word = "a".repeat(1000);
    check(&word, &cut(&word), 300);
    let chinese = "天气很好".repeat(200);
    check(&chinese, &cut(&chinese), 300);
    let stacked = format!("a{}", "\u{300}".repeat(1000));
    check(&stacked, &cut(&stacked), 300);
}

#[test]
fn numbers_and_units_are_spelled_out_together_in_split_sentences() {
    let text = format!("{}it cost 5 km and $3.50 at 9:30 pm", "and so on it went ".repeat(20));
    let segments = cut(&text);
    check(&text, &segments, 300);
    let joined = spoken(&segments).join(" ");
    assert!(
        joined.contains("five kilometers and three dollars and fifty cents at nine thirty PM"),
        "{joined}"
    );
}

#[test]
fn an_edited_text_keeps_unchanged_segments() {
    let sentences: Vec<String> = (0..60)
        .map(|n| {
            in_words(&format!(
                "This is sentence {n} of a rather long paragraph, said slowly."
            ))
        })
        .collect();
    let first = cut(&sentences.join(" "));
    let known = spoken(&first);
    let edit = |change: &dyn Fn(&mut Vec<String>)| {
        let mut edited = sentences.clone();
        change(&mut edited);
        let text = edited.join(" ");
        let after = split_text(&text, &Limits::default(), Some("en"), &first);
        check(&text, &after, 300);
        spoken(&after).iter().filter(|text| !known.contains(text)).count()
    };
    assert_eq!(edit(&|_| {}), 0);
    assert_eq!(edit(&|text| text[30] = "A much shorter one.".to_owned()), 1);
    assert!(edit(&|text| text[30] = "It became longer. ".repeat(12)) <= 3);
    assert_eq!(
        edit(&|text| text.insert(0, "A new beginning of this text.".to_owned())),
        1
    );
    assert!(edit(&|text| drop(text.drain(10..14))) <= 2);
    let twice = |text: &mut Vec<String>| {
        text[3] = "One.".to_owned();
        text[50] = "Two.".to_owned();
    };
    assert!(edit(&twice) <= 2);
}

/// Texts without white space between sentences and between words.
#[test]
fn an_edited_text_without_spaces_keeps_unchanged_segments() {
    let digits = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let chinese: Vec<String> = (0..60)
        .map(|n| {
            let (tens, ones) = (digits[n / 10], digits[n % 10]);
            format!("这是很长的一段话里的第{tens}组第{ones}句，说得很慢，大家都听得清楚明白。")
        })
        .collect();
    let endless: Vec<String> = (0..60)
        .map(|n| {
            format!(
                "这是没有标点的第{}组第{}部分大家都听得清楚",
                digits[n / 10],
                digits[n % 10]
            )
        })
        .collect();
    for (sentences, new) in [(&chinese, "换了一句新的话来说。"), (&endless, "换了")] {
        let first = split_text(&sentences.concat(), &Limits::default(), Some("zh"), &[]);
        let known = spoken(&first);
        let edit = |change: &dyn Fn(&mut Vec<String>)| {
            let mut edited = sentences.clone();
            change(&mut edited);
            let text = edited.concat();
            let after = split_text(&text, &Limits::default(), Some("zh"), &first);
            check(&text, &after, 300);
            spoken(&after).iter().filter(|text| !known.contains(text)).count()
        };
        assert_eq!(edit(&|_| {}), 0);
        let changed = edit(&|text| text[30] = new.to_owned());
        assert!((1..=2).contains(&changed), "{changed} of {}", first.len());
        let longer = edit(&|text| text.insert(0, new.to_owned()));
        assert!((1..=2).contains(&longer), "{longer} of {}", first.len());
    }
    // A segment that became part of a longer sentence is not kept.
    let sentence = "他从很远的地方走了很久的路终于在下雨的那天晚上来了。";
    let first = split_text(sentence, &Limits::default(), Some("zh"), &[]);
    let before = "昨天我们大家都没有想到而且谁也没有事先听说过的是";
    for longer in [
        format!("{before}{sentence}"),
        format!("{sentence}」"),
        format!("{sentence}。"),
    ] {
        let after = split_text(&longer, &Limits::default(), Some("zh"), &first);
        assert_eq!(after.len(), 1, "{longer}");
        assert_eq!(after[0].text, longer);
    }
}

#[test]
fn explicit_pauses_are_kept_and_not_spoken() {
    let text =
        "One moment please. [pause 2s] Well [pause:500ms] no.\n\n[pause] * * *\n\n<break time='3s'/>The end of it.";
    let segments = cut(text);
    check(text, &segments, 300);
    let said: Vec<_> = segments
        .iter()
        .map(|segment| (segment.spoken.as_str(), segment.pause().as_millis()))
        .collect();
    assert_eq!(
        said,
        [
            ("One moment please.", 2000),
            ("Well,", 500),
            ("no.", 4000),
            ("The end of it.", 0)
        ]
    );
    assert!(cut("[pause]").is_empty());
}

#[test]
fn list_items_get_a_closing_mark() {
    assert_eq!(
        spoken(&cut("Please buy:\n- milk\n- fresh eggs")),
        ["Please buy: milk. fresh eggs."]
    );
}

#[test]
fn limits_of_zero_count_as_the_minimum() {
    let limits = Limits::default().with_segments(0, 0);
    let text = SENTENCE.repeat(3);
    check(&text, &split_text(&text, &limits, None, &[]), SMALLEST_MAX_CHARACTERS);
}

#[test]
fn no_text_is_lost_in_a_long_script() {
    let text: String = (0..)
        .map(|n| format!("Sentence number {n} of the script. "))
        .scan(0, |length, sentence| {
            *length += sentence.len();
            (*length <= 5000).then_some(sentence)
        })
        .collect();
    let segments = cut(&text);
    check(&text, &segments, 300);
    let joined = spoken(&segments).join(" ");
    assert_eq!(joined, in_words(text.trim()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_text_is_covered_within_the_limits(text in "\\PC{0,400}", target in 0_usize..80, max in 0_usize..80) {
        let limits = Limits::default().with_segments(target, max);
        check(&text, &split_text(&text, &limits, None, &[]), max.max(SMALLEST_MAX_CHARACTERS));
    }

    #[test]
    fn text_of_difficult_parts_is_covered_within_the_limits(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "word", "Dr.", "U.S.", " ", " ", "\n\n", "\n- ", ". ", "\"", "?!", "… ", "😀", "* * *", "，", "。", "今天",
                "e\u{301}", "[pause]", "<break time=\"2s\"/>", "$5", "½", "\u{200D}", "\u{FEFF}", "—", " – ", "(", ")", ";", "5", "ﬃ", "\u{2029}", "نعم؟", "है।", "\r\n", "a.b.c",
            ]),
            0..120,
        ),
        max in SMALLEST_MAX_CHARACTERS..90,
    ) {
        let text = parts.concat();
        let limits = Limits::default().with_segments(max, max);
        check(&text, &split_text(&text, &limits, Some("en"), &[]), max);
    }
}
