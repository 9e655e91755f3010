//! Texts of any length: plain English, no sentence twice.

const WORDS: &[&str] = &[
    "river", "morning", "letter", "garden", "window", "winter", "silver", "market", "harbour", "teacher", "stone",
    "music", "forest", "bridge", "yellow", "paper", "summer", "travel", "quiet", "island", "kitchen", "mountain",
    "village", "friend", "story", "evening", "shadow", "bottle", "corner", "doctor", "engine", "flower", "ladder",
    "mirror", "number", "orange", "pocket", "rabbit", "ticket", "violin",
];
const LINKS: &[&str] = &[
    "and the",
    "near a",
    "with the",
    "under a",
    "beyond the",
    "without a",
    "after the",
];

/// A text of paragraphs with about so many characters, never more.
pub(crate) fn book(characters: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        let sentence = sentence(number);
        let gap = match number {
            0 => "",
            _ if number % 7 == 0 => "\n\n",
            _ => " ",
        };
        if text.len() + gap.len() + sentence.len() > characters {
            break;
        }
        text += gap;
        text += &sentence;
    }
    text
}

/// The sentence of that number.
pub(crate) fn sentence(number: usize) -> String {
    let pick = |list: &[&'static str], salt: usize| {
        let mixed = (number * 7 + salt + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        list[mixed % list.len()]
    };
    let mut words = vec!["The".to_owned(), pick(WORDS, 0).to_owned()];
    for part in 1..3 + number % 4 {
        words.push(pick(LINKS, part * 2).to_owned());
        words.push(pick(WORDS, part * 2 + 1).to_owned());
    }
    let last = pick(WORDS, 90);
    format!("{} met the {last}.", words.join(" "))
}
