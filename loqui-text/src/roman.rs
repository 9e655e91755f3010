//! Roman numerals where the word in front says that they are numerals.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::dates::ordinal;
use super::pattern;

/// Read as a plain number behind these: "Chapter four".
const COUNTED: &str = "[Cc]hapter|[Pp]art|[Aa]ct|[Ss]cene|[Ss]ection|[Vv]olume|[Bb]ook|[Pp]hase|[Aa]rticle|World War|Mark|\
                       [Tt]ype|[Ll]evel|[Ss]tage|[Cc]lass|[Gg]rade|Super Bowl|Apollo|[Ee]pisode|[Rr]ound|Rocky|Title";
/// Read as "the eighth" behind these.
const NAMES: &str = "Pope|King|Queen|Henry|Louis|Edward|George|William|Charles|James|Richard|Elizabeth|Napoleon|Pius|\
                     Benedict|Leo|Paul|Ramses|Frederick|Philip|Alexander|Nicholas|Peter|Catherine|Ivan|Victor|Gustav|\
                     Christian|Ferdinand|Mary|Innocent|Clement|Gregory|Otto|Albert|Leopold";

static COUNT: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b({COUNTED})\s([IVXLC]+)\b")));
static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b({NAMES})\s([IVXLC]+)\b('(?:[^s]|$))?")));

/// Writes such numerals with digits.
pub(super) fn rewrite(text: &str) -> String {
    let text = COUNT.replace_all(text, |found: &Captures<'_>| match value(&found[2]) {
        Some(number) => format!("{} {number}", &found[1]),
        None => found[0].to_owned(),
    });
    NAME.replace_all(&text, |found: &Captures<'_>| match (value(&found[2]), found.get(3)) {
        // "King I've known" is no numeral.
        (Some(number), None) => format!("{} the {}", &found[1], ordinal(number)),
        _ => found[0].to_owned(),
    })
    .into_owned()
}

/// Reads a numeral below 400; nothing if it is not written the one right way.
fn value(numeral: &str) -> Option<usize> {
    let worth = |letter: char| match letter {
        'I' => 1,
        'V' => 5,
        'X' => 10,
        'L' => 50,
        _ => 100,
    };
    let letters: Vec<usize> = numeral.chars().map(worth).collect();
    let mut total = 0;
    for (index, &letter) in letters.iter().enumerate() {
        if letters.get(index + 1).is_some_and(|&next| next > letter) {
            total -= letter.cast_signed();
        } else {
            total += letter.cast_signed();
        }
    }
    let number = usize::try_from(total).ok().filter(|number| *number < 400)?;
    (write(number) == numeral).then_some(number)
}

fn write(mut number: usize) -> String {
    const PARTS: [(usize, &str); 9] = [
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut numeral = String::new();
    for (worth, letters) in PARTS {
        while number >= worth {
            numeral.push_str(letters);
            number -= worth;
        }
    }
    numeral
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numerals_are_read_in_their_places() {
        check(
            rewrite,
            &[
                ("Chapter IV", "Chapter 4"),
                ("World War II ended", "World War 2 ended"),
                ("Henry VIII's wives", "Henry the 8th's wives"),
                ("Louis XIV of France", "Louis the 14th of France"),
                ("Chapter IIII and Part IC", "Chapter IIII and Part IC"),
                ("the King I've met", "the King I've met"),
                ("I saw IV drips", "I saw IV drips"),
            ],
        );
    }
}
