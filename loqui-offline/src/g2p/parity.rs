//! Compares all phonemes with `loqui-g2p`, which has the same rules.

use std::sync::LazyLock;

use loqui_g2p::{Dialect, OovFallback};

use super::lexicon::open;
use super::*;
use crate::acoustic::MAX_PHONEMES;

static OURS: LazyLock<G2p> = LazyLock::new(|| G2p::load().unwrap());
static THEIRS: LazyLock<loqui_g2p::G2p> =
    LazyLock::new(|| loqui_g2p::G2p::new(Dialect::American, OovFallback::Neural).unwrap());

/// The number of words in a text. The context affects the pronunciation of a word.
const TOGETHER: usize = 12;

#[track_caller]
fn same(text: &str) {
    assert_eq!(OURS.tokens(text), THEIRS.tokens(text), "{text}");
}

/// The share of the lines that are compared: 23,000 words, which takes some seconds.
const SHARE: usize = 8;

/// Compares texts on all cores.
fn all_same(texts: &[String]) {
    let share = texts
        .len()
        .div_ceil(thread::available_parallelism().map_or(1, Into::into));
    thread::scope(|scope| {
        for part in texts.chunks(share.max(1)) {
            scope.spawn(|| part.iter().for_each(|text| same(text)));
        }
    });
}

fn listed_words() -> Vec<String> {
    let (gold, silver) = open().unwrap();
    let mut words = gold.listed_words();
    words.extend(silver.listed_words());
    words
}

#[test]
fn dictionary_words_match_the_reference() {
    let mut words = listed_words();
    // Shuffle the words, because neighbours in the dictionary are similar.
    fastrand::Rng::with_seed(1).shuffle(&mut words);
    // All of them take some minutes. Set `SHARE` to 1 after changes of the rules.
    let lines = words.chunks(TOGETHER).step_by(SHARE).map(|words| words.join(" "));
    let lines: Vec<String> = lines.collect();
    assert!(lines.len() * SHARE * TOGETHER >= words.len());
    all_same(&lines);
}

#[test]
fn inflected_capitalized_and_misspelled_words_match_the_reference() {
    let words = listed_words();
    let mut random = fastrand::Rng::with_seed(2);
    let changed = |random: &mut fastrand::Rng| {
        let word = &words[random.usize(..words.len())];
        match random.u32(..16) {
            0 => format!("{word}s"),
            1 => format!("{word}ed"),
            2 => format!("{word}ing"),
            3 => format!("{word}'s"),
            4 => format!("{}'", word.to_uppercase()),
            5 => word.to_uppercase(),
            6 => format!("{}S", word.to_uppercase()),
            7 => format!("{}-{word}", words[random.usize(..words.len())]),
            8 => format!("{word}, to {word}"),
            9 => format!("{word}{}", random.u32(..3_000)),
            10 => format!("un{word}"),
            11 => word.chars().rev().collect(),
            12 => format!("the {word}."),
            13 => format!("a {word} in {word}"),
            14 => {
                let at = random.usize(..word.len());
                format!("{}x{}", &word[..at], &word[at..])
            }
            _ => strings::capitalize(word),
        }
    };
    let lines: Vec<String> = (0..400)
        .map(|_| {
            let line: Vec<String> = (0..TOGETHER).map(|_| changed(&mut random)).collect();
            line.join(" ")
        })
        .collect();
    all_same(&lines);
}

#[test]
fn sentences_match_the_reference() {
    let sentences = include_str!("../../tests/reference/sentences.txt");
    let lines: Vec<String> = sentences.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 200);
    all_same(&lines);
    // Also after screening, normalization and splitting.
    let ids: std::collections::HashMap<char, i32> =
        serde_json::from_str(include_str!("../../data/vocab.json")).unwrap();
    let phonemes = crate::phonemes::Phonemes::load().unwrap();
    for line in &lines {
        for sentence in crate::reading::plan(line, false).unwrap().sentences {
            same(&sentence.words);
            let pieces = phonemes.pronounce(&sentence.words, MAX_PHONEMES).pieces.concat();
            let expected = THEIRS.phonemize(&sentence.words);
            let expected: Vec<i32> = expected
                .trim_end()
                .chars()
                .filter_map(|c| ids.get(&c).copied())
                .collect();
            assert_eq!(pieces, expected, "{line}");
        }
    }
}

#[test]
fn numbers_signs_and_markup_match_the_reference() {
    for text in [
        "",
        " ",
        "  two  spaces \n and a line ",
        "It costs $5. It costs $1.05, £3.50, €0.99, $2,000,000.25, $1.005 and 5 $.",
        "-5 degrees, 1,234,567.89 metres, .5 of it, 3.14159, 1.2.3.4, 007, 1,000th",
        "In 1984, 2001, 1900, 2010 and the 1990s, the 3rd, 21st and 112th; '80s, 90's, 10ing",
        "B22 A320 A305 MP3 H2O R2D2 x2y 4x4 9:30 3:00 pm 10:05am 555-0123 #115 10/14 24/7",
        "U.S. and U.K., p.m., e.g. J.R.R. Tolkien, Ph.D. no. 5",
        "I am. I am an AM radio; AM I? An AN, A a. By BY by and by. Used to be used. USED.",
        "TO the end, to a to. IN in In, THE the apple The pear. Cats vs. dogs VS mice, Vs",
        "example.com/docs mail ana@example.com now & then + 5% = @home",
        "don't can't we'll they've o'clock rock'n'roll 'tis ’em ‘quoted’ “so” \"yes\" (well) [no]",
        "Wi-Fi café naïve Zürich well-known one-on-one — yes – no - maybe... what?! …",
        "[Kokoro](/kˈOkəɹO/) speaks [twice](-1) [5](#a#) [101](#&#) [101](#n#) [so](+2) [x](what) [un](0.5)done",
        "zorbulate Glorptastic SQL kg mph brrr hmm pfft WXYZ BBC NASA NATO iPhone McDonald's YouTube",
        "日本 Привет ١٢٣ ４２ ﬁne ½ ² Ünïcödé ß ßS",
        "read it daily; I read it yesterday; a live record to record live; the desert deserts",
        "James' Jesus' boss's boys' ANDREWS' cats' 'S s' ss",
        "walked nodded waited batted panicking running seeing freeing lying 5ed 5'd",
        "a-doin’ bed): :) ;-) <3 == -- _under_ snake_case camelCase PascalCase HTTPServer",
    ] {
        same(text);
    }
}

#[test]
fn arbitrary_characters_match_the_reference() {
    const PIECES: [&str; 40] = [
        "a", "The", "to", "used", "am", "I", "in", "vs.", "U.S.", "don't", "B22", "NASA", "Café", "1", "22", "1999",
        "3.5", "0", "1,000", "$", "€", "%", "&", "@", "#", "-", "—", ".", ",", "?", "'", "’", "\"", "(", ")", "/", "_",
        ":", " ", " ",
    ];
    let mut random = fastrand::Rng::with_seed(3);
    let texts: Vec<String> = (0..3_000)
        .map(|_| {
            (0..random.usize(1..12))
                .map(|_| PIECES[random.usize(..PIECES.len())])
                .collect()
        })
        .collect();
    all_same(&texts);
}
