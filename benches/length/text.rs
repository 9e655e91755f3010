//! Generates reproducible English text of any length, in paragraphs with many kinds of sentences.

const PEOPLE: &[&str] = &[
    "Anna",
    "Mr. Webb",
    "Dr. Okafor",
    "the old captain",
    "her brother",
    "Mrs. Lindqvist",
    "the night porter",
    "Tomas",
    "a girl from the harbour",
    "the baker's son",
    "Professor Ito",
    "nobody in the village",
];
const PLACES: &[&str] = &[
    "the north gate",
    "a narrow kitchen",
    "the railway bridge",
    "St. Mary's square",
    "the second floor",
    "an empty theatre",
    "the far end of the pier",
    "a garden behind the mill",
    "the reading room",
    "the foot of the hill",
];
const THINGS: &[&str] = &[
    "a brass lamp",
    "the wrong letter",
    "three loaves of bread",
    "an unpaid bill",
    "a map of the coast",
    "the last ticket",
    "a box of matches",
    "somebody else's coat",
    "the key to the cellar",
    "a photograph without a face",
];
const DEEDS: &[&str] = &[
    "carried",
    "found",
    "refused",
    "remembered",
    "sold",
    "painted",
    "hid",
    "returned",
    "borrowed",
    "dropped",
    "wanted",
    "asked for",
];
const TIMES: &[&str] = &[
    "Before breakfast",
    "On the fourth of May",
    "At 7:45 p.m.",
    "Late in the autumn",
    "After the storm",
    "In 1931",
    "Once more",
    "Every second Sunday",
    "Towards evening",
    "When the lights went out",
];
const REASONS: &[&str] = &[
    "because the road was under water",
    "although it cost $12.50",
    "while the others slept",
    "as if it mattered",
    "since there were only 3 left",
    "before anyone could object",
    "without a word",
    "which was about 40% true",
];

/// A text of at most the given number of characters, and only slightly fewer.
pub(crate) fn book(characters: usize) -> String {
    let mut text = String::new();
    let mut dice = Dice(characters as u64 ^ 0x5EED);
    let mut left = 3;
    loop {
        let sentence = sentence(&mut dice);
        let gap = match (text.is_empty(), left) {
            (true, _) => "",
            (_, 0) => "\n\n",
            _ => " ",
        };
        if left == 0 {
            left = 2 + dice.below(7);
        }
        left -= 1;
        if text.len() + gap.len() + sentence.len() > characters {
            return text;
        }
        text += gap;
        text += &sentence;
    }
}

/// One sentence.
pub(crate) fn sentence(dice: &mut Dice) -> String {
    let (who, whom) = (dice.of(PEOPLE), dice.of(PEOPLE));
    let (what, place) = (dice.of(THINGS), dice.of(PLACES));
    let (did, when, why) = (dice.of(DEEDS), dice.of(TIMES), dice.of(REASONS));
    let plain = match dice.below(8) {
        0 => format!("{who} {did} {what}."),
        1 => format!("{when}, {who} {did} {what} near {place}."),
        2 => format!("“{what}?” asked {who}. “Not here, not at {place}!”"),
        3 => format!("{who} {did} {what} {why}, and {whom} stood by {place}, waiting for an answer that did not come."),
        4 => format!("Why had {who} {did} {what}?"),
        5 => format!(
            "It was {}.{} miles to {place}; {who} walked all the same, {why}.",
            1 + dice.below(30),
            dice.below(10)
        ),
        6 => format!("{when} {whom} saw {who} at {place} ({what} under one arm), and that was the end of it."),
        _ => format!("{who} said that {whom} {did} {what}, that {place} was closed, and that it would rain {why}."),
    };
    capitalised(&plain)
}

fn capitalised(text: &str) -> String {
    let at = text.find(char::is_alphabetic).unwrap_or(0);
    let (before, rest) = text.split_at(at);
    let first = rest.chars().next().map_or(0, char::len_utf8);
    format!("{before}{}{}", rest[..first].to_uppercase(), &rest[first..])
}

/// Reproducible choices (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count
    }

    fn of(&mut self, list: &[&'static str]) -> &'static str {
        list[self.below(list.len())]
    }
}
