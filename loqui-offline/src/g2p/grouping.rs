//! Splits tokens into parts and groups the parts into words: "don't" has two tokens and is one word, "B22" is one token with
//! two parts.

use std::sync::LazyLock;

use fancy_regex::Regex;

use super::numbers::currency;
use super::strings::{is_alpha, last_char};
use super::tokens::Token;

static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^['‘’]+|\p{Lu}(?=\p{Lu}\p{Ll})|(?:^-)?(?:\d?[,.]?\d)+|[-_]+|['‘’]{2,}",
        r"|\p{L}*?(?:['‘’]\p{L})*?\p{Ll}(?=\p{Lu})|\p{L}+(?:['‘’]\p{L})*|[^-_\p{L}'‘’\d]|['‘’]+$",
    ))
    .expect("the pattern is a literal that compiles")
});

/// Punctuation that affects the speech.
const PUNCTUATION: &str = ";:,.!?—…\"“”";
const PUNCTUATION_TAGS: [&str; 10] = [".", ",", "-LRB-", "-RRB-", "``", "\"\"", "''", ":", "$", "#"];

/// A unit of pronunciation.
pub(super) enum Word {
    One(Token),
    /// Several tokens without spaces between them.
    Many(Vec<Token>),
}

/// Splits tokens into parts and groups parts without spaces between them.
pub(super) fn grouped(tokens: &[Token]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut money: Option<String> = None;
    for (index, token) in tokens.iter().enumerate() {
        let parts = parts(token);
        let texts: Vec<String> = parts.iter().map(|part| part.text.clone()).collect();
        for (place, mut part) in parts.into_iter().enumerate() {
            let is_last = place + 1 == texts.len();
            if part.alias.is_some() || part.phonemes.is_some() {
            } else if part.tag == "$" && currency(&part.text).is_some() {
                money = Some(part.text.clone());
                part.phonemes = Some(String::new());
            } else if let Some(sign) = sign(&part) {
                part.phonemes = Some(sign);
            } else if money.is_some() {
                if part.tag != "CD" {
                    money = None;
                } else if is_last && tokens.get(index + 1).is_none_or(|next| next.tag != "CD") {
                    part.currency.clone_from(&money);
                }
            } else if part.text == "2" && place > 0 && !is_last {
                let around = last_char(&texts[place - 1])
                    .into_iter()
                    .chain(texts[place + 1].chars().next());
                if is_alpha(&around.collect::<String>()) {
                    part.alias = Some("to".to_owned());
                }
            }
            add(&mut words, part);
        }
    }
    let single = |word| match word {
        Word::Many(mut parts) if parts.len() == 1 => Word::One(parts.remove(0)),
        word => word,
    };
    words.into_iter().map(single).collect()
}

fn add(words: &mut Vec<Word>, mut part: Token) {
    if part.alias.is_some() || part.phonemes.is_some() {
        words.push(Word::One(part));
        return;
    }
    if let Some(Word::Many(group)) = words.last_mut()
        && group.last().is_some_and(|last| last.whitespace.is_empty())
    {
        part.is_head = false;
        group.push(part);
    } else if part.whitespace.is_empty() {
        words.push(Word::Many(vec![part]));
    } else {
        words.push(Word::One(part));
    }
}

fn parts(token: &Token) -> Vec<Token> {
    if token.alias.is_some() || token.phonemes.is_some() {
        return vec![token.clone()];
    }
    let part = |text: &str| Token {
        text: text.to_owned(),
        tag: token.tag.clone(),
        is_head: true,
        num_flags: token.num_flags.clone(),
        stress: token.stress,
        ..Token::default()
    };
    let found = PART.find_iter(&token.text).filter_map(Result::ok);
    let mut parts: Vec<Token> = found.map(|found| part(found.as_str())).collect();
    if let Some(last) = parts.last_mut() {
        last.whitespace.clone_from(&token.whitespace);
    }
    parts
}

/// Returns the phoneme of a punctuation mark, or nothing for other tokens.
fn sign(part: &Token) -> Option<String> {
    if part.tag == ":" && (part.text == "-" || part.text == "–") {
        return Some("—".to_owned());
    }
    let is_word = part.text.chars().all(|c| c.is_ascii_alphabetic());
    if is_word || !PUNCTUATION_TAGS.contains(&part.tag.as_str()) {
        return None;
    }
    Some(match part.tag.as_str() {
        "-LRB-" => "(".to_owned(),
        "-RRB-" => ")".to_owned(),
        "``" => "\u{201c}".to_owned(),
        "\"\"" | "''" => "\u{201d}".to_owned(),
        _ => part.text.chars().filter(|c| PUNCTUATION.contains(*c)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_split_where_letters_digits_and_case_change() {
        let texts = |text: &str| -> Vec<String> {
            let token = Token {
                text: text.to_owned(),
                ..Token::default()
            };
            parts(&token).into_iter().map(|part| part.text).collect()
        };
        assert_eq!(texts("B22"), ["B", "22"]);
        assert_eq!(texts("iPhone"), ["i", "Phone"]);
        assert_eq!(texts("XMen"), ["X", "Men"]);
        assert_eq!(texts("fishin'"), ["fishin", "'"]);
        assert_eq!(texts("-1,234.5"), ["-1,234.5"]);
    }
}
