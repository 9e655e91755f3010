use super::*;

/// The words of a text that is spoken at a pace of 100 ms for each letter.
fn at_pace(spoken: &str) -> Vec<SpokenWord> {
    let mut at = 0.0;
    let words = spoken.split_whitespace().map(|word| {
        let start = at;
        at += 0.1 * word.chars().filter(|c| c.is_alphanumeric()).count() as f64;
        SpokenWord::new(word, start, at)
    });
    words.collect()
}

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

#[test]
fn a_written_word_has_the_time_of_all_its_spoken_words() {
    let spoken = "It costs five to ten dollars on January fifteenth, twenty twenty, Doctor Who.";
    let text = "It costs $5-10 on Jan. 15, 2020, Dr. Who.";
    let words = SegmentWords::of(text, spoken, Some("en"), &at_pace(spoken), false);
    assert_eq!(texts(&words.spoken), spoken.split_whitespace().collect::<Vec<_>>());
    assert_eq!(texts(&words.written), text.split_whitespace().collect::<Vec<_>>());
    let time = |text: &str| {
        let word = words.written.iter().find(|word| word.text == text).unwrap();
        (word.start, word.end)
    };
    let of = |first: &str, last: &str| {
        let find = |text: &str| words.spoken.iter().find(|word| word.text == text).unwrap();
        (find(first).start, find(last).end)
    };
    assert_eq!(time("$5-10"), of("five", "dollars"));
    assert_eq!(time("Jan."), of("January", "January"));
    assert_eq!(time("Dr."), of("Doctor", "Doctor"));
    assert_eq!(time("Who."), of("Who.", "Who."));
    let last = words.spoken.iter().find(|word| word.text == "twenty,").unwrap();
    assert!((time("2020,").1 - last.end).abs() < 1e-9);
    assert!(words.written.windows(2).all(|pair| pair[0].end <= pair[1].start));
    assert!(
        words
            .written
            .iter()
            .all(|word| !word.estimated && word.end > word.start)
    );
}

#[test]
fn respellings_and_words_that_the_engine_joins_keep_their_neighbours() {
    let spoken = "We query the sequel data base.";
    let timed = at_pace("we query the sequel database");
    let words = SegmentWords::of("We query the SQL database.", spoken, Some("en"), &timed, true);
    assert_eq!(texts(&words.written), ["We", "query", "the", "SQL", "database."]);
    for (written, timed) in words.written.iter().zip(&timed) {
        assert!(
            (written.start - timed.start).abs() < 1e-6 && (written.end - timed.end).abs() < 1e-6,
            "{written:?}"
        );
        assert!(written.estimated);
    }
}

#[test]
fn unspoken_words_have_no_length_and_other_languages_are_read_as_they_stand() {
    let words = SegmentWords::of("Hi 😀 there", "Hi there", Some("en"), &at_pace("Hi there"), false);
    assert_eq!(texts(&words.written), ["Hi 😀", "there"]);
    let spoken = "Dobrý den, pane Nováku.";
    let words = SegmentWords::of(spoken, spoken, Some("cs"), &at_pace(spoken), true);
    assert_eq!(texts(&words.written), ["Dobrý", "den,", "pane", "Nováku."]);
    let nothing = SegmentWords::of("Hi there", "Hi there", None, &[], false);
    assert!(nothing.written.iter().all(|word| (word.start, word.end) == (0.0, 0.0)));
    assert_eq!(SegmentWords::of("", "", None, &[], false), SegmentWords::default());
}

#[test]
fn letters_that_change_their_length_in_lower_case_keep_their_word() {
    let spoken = "İstanbul ve İzmir güzel.";
    let words = SegmentWords::of(spoken, spoken, Some("tr"), &at_pace(spoken), false);
    assert_eq!(texts(&words.written), ["İstanbul", "ve", "İzmir", "güzel."]);
    assert!(
        words
            .written
            .windows(2)
            .all(|pair| pair[0].end <= pair[1].start && pair[0].end > pair[0].start)
    );
}
