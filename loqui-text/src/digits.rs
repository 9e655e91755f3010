//! Digits of every script as the ten that the rules here know.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

static OTHER: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\p{Nd}--0-9]"));

/// Writes full-width, Arabic, Devanagari and all other decimal digits as `0` to `9`: nobody reads them otherwise.
pub(super) fn rewrite(text: &str) -> String {
    if text.is_ascii() || !OTHER.is_match(text) {
        return text.to_owned();
    }
    text.chars().map(plain).collect()
}

/// Unicode keeps decimal digits in runs that begin with a zero, so the place in the run is the value.
fn plain(c: char) -> char {
    if !is_other(c) {
        return c;
    }
    let before = (1..=c as u32).map_while(|back| char::from_u32(c as u32 - back).filter(|c| is_other(*c)));
    char::from_digit(before.count() as u32 % 10, 10).unwrap_or(c)
}

fn is_other(c: char) -> bool {
    OTHER.is_match(c.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::super::{check, in_words, spell_out};
    use super::*;

    #[test]
    fn digits_of_all_scripts_are_digits() {
        check(
            rewrite,
            &[
                ("0123456789", "0123456789"),
                ("０１２３４５６７８９", "0123456789"),
                ("٠١٢٣٤٥٦٧٨٩ ۰۹ ०९", "0123456789 09 09"),
                ("𝟎𝟗𝟘𝟡𝟿", "09099"),
                ("½ ² Ⅻ ௰", "½ ² Ⅻ ௰"),
            ],
        );
    }

    /// Such digits once ended the program.
    #[test]
    fn they_are_spelled_out_like_others() {
        assert_eq!(in_words("１２ and ४"), "twelve and four");
        assert_eq!(spell_out("￥５００ on ٣/٤/٢٠٢٥"), spell_out("￥500 on 3/4/2025"));
    }
}
