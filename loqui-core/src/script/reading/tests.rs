use super::*;
use crate::script::{Limits, Script};

fn options(language: &str) -> ScriptOptions {
    ScriptOptions::new(Limits::default().with_plain_letters(true), Some(language))
}

fn segments(text: &str, options: &ScriptOptions) -> Vec<(String, String)> {
    let script = Script::read(text, options).unwrap();
    let segments = script.into_parts().0.into_iter();
    segments.map(|segment| (segment.text, segment.spoken)).collect()
}

fn spoken(text: &str, options: &ScriptOptions) -> Vec<String> {
    segments(text, options).into_iter().map(|(_, spoken)| spoken).collect()
}

#[test]
fn english_text_is_written_in_words() {
    let cases = [
        (
            "Dr. Lee paid $3.50 at 9:30 pm.",
            "Doctor Lee paid three dollars and fifty cents at nine thirty PM.",
        ),
        (
            "“50% off” – on 3/14/2026!",
            "\"fifty percent off\" - on March fourteenth, twenty twenty-six!",
        ),
        (
            "It’s 20 °C & 5 km…",
            "It's twenty degrees Celsius and five kilometers...",
        ),
        ("Naïve café 😀!", "Naive cafe!"),
        (
            "See https://example.com/a",
            "See HTTPS colon slash slash example dot com slash a.",
        ),
        ("The 2nd of Henry VIII", "The second of Henry the eighth."),
        ("[laugh] So?", "[laugh] So?"),
    ];
    for (written, expected) in cases {
        assert_eq!(spoken(written, &options("en")), [expected], "{written:?}");
    }
}

#[test]
fn other_languages_follow_their_own_conventions() {
    let mut german = options("de");
    german.limits.plain_letters = false;
    assert_eq!(
        spoken("Am 3. Oktober kostete es 5,32 €.", &german),
        ["Am dritten Oktober kostete es fünf Euro zweiunddreißig."]
    );
    assert_eq!(
        spoken("on 01/10/2024", &options("en-GB")),
        ["on the first of October twenty twenty-four."]
    );
    assert_eq!(
        spoken("on 01/10/2024", &options("en-US")),
        ["on January tenth, twenty twenty-four."]
    );
    assert_eq!(spoken("Je 17 hodin.", &options("cs")), ["Je 17 hodin."]);
}

#[test]
fn no_sentence_ends_at_an_abbreviation() {
    // Short segments, so that every sentence is one.
    let mut short = options("en");
    short.limits = short.limits.with_segments(1, 300);
    let cases: [(&str, &[&str]); 6] = [
        ("Take Hwy. 9 to the old town.", &["Take Highway nine to the old town."]),
        (
            "It is on p. 12 of the long book.",
            &["It is on page twelve of the long book."],
        ),
        (
            "We asked Prof. Dr. Weber about it. He had no answer for us.",
            &["We asked Professor Doctor Weber about it.", "He had no answer for us."],
        ),
        (
            "Read Ch. 3 before the next week. See also Fig. 4 and No. 5.",
            &[
                "Read Chapter three before the next week.",
                "See also Figure four and Number five.",
            ],
        ),
        (
            "They left at 5 p.m. The road was empty by then.",
            &["They left at five PM.", "The road was empty by then."],
        ),
        (
            "She works for Acme Inc. It is a good place to be.",
            &["She works for Acme Incorporated.", "It is a good place to be."],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(spoken(text, &short), expected, "{text:?}");
    }
}

#[test]
fn segments_show_what_is_written_without_markup() {
    let mut markdown = options("en");
    markdown.format = crate::script::TextFormat::Markdown;
    let found = segments(
        "# The plan\n\nWe **need** 3 things: see [the list](https://example.org/x).",
        &markdown,
    );
    assert_eq!(
        found,
        [(
            "The plan\n\nWe need 3 things: see the list.".to_owned(),
            "The plan. We need three things: see the list.".to_owned()
        )]
    );
}

#[test]
fn positions_of_segments_lead_to_the_source() {
    let source = "Fish &amp; chips are <b>good</b> for you and me.\n\nThey cost $5 in the town by the sea.";
    let script = Script::read(source, &options("en")).unwrap();
    let [first, second] = script.segments() else {
        panic!("{:?}", script.segments())
    };
    assert_eq!(first.text, "Fish & chips are good for you and me.");
    assert_eq!(
        &source[first.span.clone()],
        "Fish &amp; chips are <b>good</b> for you and me."
    );
    assert_eq!(&source[second.span.clone()], "They cost $5 in the town by the sea.");
}

#[test]
fn tokens_are_divided_only_if_they_are_longer_than_a_segment() {
    let mut tight = options("en");
    tight.limits = tight.limits.with_segments(40, 60);
    for part in spoken(
        &"we paid $5 - $10 on SEPT. 15, 2024 at 5:30 p.m. and ".repeat(6),
        &tight,
    ) {
        assert!(!part.starts_with("dollars") && !part.contains("SEPT"), "{part}");
    }
    let number = "9".repeat(30);
    let parts = spoken(&format!("It is {number} or so."), &tight);
    assert!(parts.len() > 1, "{parts:?}");
    let whole = loqui_text::speak(&number, &Locale::american()).text;
    let words = |text: &str| text.split([' ', ',']).filter(|word| !word.is_empty()).count();
    let found: usize = parts.iter().map(|part| words(part)).sum();
    assert_eq!(found, words(&whole) + 4, "{parts:?}");
}

#[test]
fn pronunciations_replace_whole_words_last() {
    let mut options = options("en");
    options.pronunciations = loqui_text::Pronunciations::parse(
        "Nguyen = win\nnew york = noo yawk\nDr. = docter\nfive = fiver\nGIF = /dʒɪf/",
    )
    .unwrap();
    assert_eq!(
        spoken("Dr. Nguyen saw 5 GIFs and a GIF in New York.", &options),
        ["docter win saw fiver GIFs and a GIF in noo yawk."]
    );
    options.reads_ipa = true;
    assert_eq!(spoken("a GIF, here", &options), ["a /dʒɪf/, here."]);
    let mut german = ScriptOptions::new(Limits::default(), Some("de"));
    german.pronunciations = loqui_text::Pronunciations::parse("jeans = dschiens").unwrap();
    assert_eq!(
        spoken("Die Jeans kostet 5 Euro. Das ist viel.", &german),
        ["Die dschiens kostet fünf Euro. Das ist viel."]
    );
}

#[test]
fn models_that_read_themselves_get_the_text_as_written() {
    let mut options = options("en");
    options.reads_written = true;
    assert_eq!(spoken("It’s $5 at 9:30 pm.", &options), ["It's $5 at 9:30 pm."]);
}

#[test]
fn readings_say_what_a_token_stands_for_and_why() {
    let script = Script::read("In 2024 he paid $5.", &options("en")).unwrap();
    let readings = script.readings(0);
    assert_eq!((readings[0].written.as_str(), readings[0].class), ("2024", "date"));
    assert!(readings[0].reason.is_some());
    assert_eq!(
        (readings[1].spoken.as_str(), readings[1].class),
        ("five dollars", "money")
    );
}

#[test]
fn list_items_are_read_by_themselves() {
    assert_eq!(
        spoken("Buy these at the market:\n- 5 apples\n- 2 kg of flour", &options("en")),
        ["Buy these at the market: five apples. two kilograms of flour."]
    );
}

/// An edit changes the words of its own sentence only.
#[test]
fn an_edit_leaves_the_words_of_other_sentences() {
    let parts: Vec<String> = (0..40)
        .map(|n| {
            format!(
                "On 3/{}/2024 the \"old\" Dr. Lee walked {n} miles up St. James St. and back again.",
                n % 28 + 1
            )
        })
        .collect();
    let first = Script::read(&parts.join(" "), &options("en")).unwrap();
    for change in ["SHORT.", "He said \"no", "At 5 p.m. it was done (all of it"] {
        let mut edited = parts.clone();
        edited[20] = change.to_owned();
        let again = Script::read_edited(&edited.join(" "), &options("en"), first.segments()).unwrap();
        let new = again
            .segments()
            .iter()
            .filter(|segment| !first.segments().iter().any(|old| old.spoken == segment.spoken))
            .count();
        assert!(new <= 2, "{new} new segments after {change:?}");
    }
}
