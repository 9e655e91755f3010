//! Ordinals of other languages, and numbers before counters.

use super::data::Language;
use super::dates::{german_ordinal, numbered_month};
use super::rules::{Found, NUMBERING, digits_of, found, say};
use crate::Class;

/// The suffixes of ordinals in digits, and the rule set of each.
fn endings(code: &str) -> &'static [(&'static str, &'static str)] {
    match code {
        "fr" => &[
            ("ère", "feminine"),
            ("ere", "feminine"),
            ("re", "feminine"),
            ("er", "masculine"),
            ("ième", "masculine"),
            ("ème", "masculine"),
            ("eme", "masculine"),
            ("nde", "feminine"),
            ("nd", "masculine"),
            ("e", "masculine"),
        ],
        "es" | "pt" => &[
            (".º", "masculine"),
            (".ª", "feminine"),
            ("º", "masculine"),
            ("ª", "feminine"),
            ("°", "masculine"),
        ],
        "it" => &[("º", "masculine"), ("ª", "feminine"), ("°", "masculine")],
        "nl" => &[("ste", ""), ("de", ""), ("e", "")],
        "sv" => &[(":a", "neuter"), (":e", "neuter")],
        "ru" => &[
            ("-ый", "masculine"),
            ("-ой", "masculine"),
            ("-й", "masculine"),
            ("-ая", "feminine"),
            ("-я", "feminine"),
            ("-ое", "neuter"),
            ("-е", "neuter"),
            ("-ого", "neuter-genitive"),
            ("-го", "neuter-genitive"),
        ],
        "el" => &[("ος", "masculine"), ("ο", "neuter"), ("η", "feminine")],
        "hi" => &[("वां", "masculine"), ("वाँ", "masculine"), ("वीं", "feminine")],
        _ => &[],
    }
}

/// `1er`, `2.º`, `3e`, `3:e`, `3-й`, `3.` before a noun
pub(super) fn ordinal(text: &str, before: &str, language: &Language) -> Option<Found> {
    let digits = digits_of(text);
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    let rest = &text[digits.len()..];
    let code = language.profile.code;
    for (ending, gender) in endings(code) {
        let Some(behind) = rest.strip_prefix(ending) else {
            continue;
        };
        if behind.starts_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let set = if gender.is_empty() {
            "%spellout-ordinal".to_owned()
        } else {
            format!("%spellout-ordinal-{gender}")
        };
        let set = if language.rules.has(&set) {
            set
        } else {
            "%spellout-ordinal-masculine".to_owned()
        };
        return Some(found(
            Class::Ordinal,
            say(number, &set, language),
            digits.len() + ending.len(),
        ));
    }
    let noun = rest
        .strip_prefix(". ")
        .filter(|_| language.profile.ordinal_point && digits.len() <= 3)?;
    let small = noun.starts_with(char::is_lowercase);
    let led = matches!(
        before,
        "der"
            | "die"
            | "das"
            | "den"
            | "dem"
            | "des"
            | "am"
            | "im"
            | "vom"
            | "zum"
            | "zur"
            | "beim"
            | "ein"
            | "eine"
            | "einen"
            | "einem"
            | "seinen"
            | "seinem"
            | "ihren"
            | "ihrem"
            | "meinen"
            | "meinem"
            | "ins"
            | "det"
            | "denne"
            | "i"
            | "på"
    );
    if !(small && code != "de" || led && noun.starts_with(char::is_alphabetic)) {
        return None;
    }
    let spoken = match code {
        "de" => german_ordinal(number, before, language),
        "da" => say(number, "%spellout-ordinal-common", language),
        "no" | "pl" => say(number, "%spellout-ordinal-masculine", language),
        _ => say(number, "%spellout-ordinal", language),
    };
    Some(found(Class::Ordinal, spoken, digits.len() + 1))
}

/// Numbers before the counters of Chinese, Japanese and Korean.
pub(super) fn counted(text: &str, before: &str, language: &Language) -> Option<Found> {
    let digits = digits_of(text);
    let code = language.profile.code;
    let behind = &text[digits.len()..];
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= 4)?;
    let words = match code {
        "zh" if behind.starts_with('年') && digits.len() == 4 => say(number, "%spellout-numbering-year", language),
        "zh" if number == 2
            && !before.ends_with('第')
            && behind.starts_with(|c: char| "个位天只本次件张块岁瓶杯条辆家间名套遍周点".contains(c)) =>
        {
            "两".to_owned()
        }
        "ja" if behind.starts_with('年') && digits.len() == 4 => say(number, NUMBERING, language),
        "ko" if behind.starts_with('월') && (1..=12).contains(&number) => {
            return Some(found(
                Class::Date,
                numbered_month(number as usize - 1, language),
                digits.len() + '월'.len_utf8(),
            ));
        }
        "ko" => {
            let native = behind.trim_start();
            let hour = native.starts_with('시') && !native.starts_with("시간") && number <= 12;
            let counter = [
                "살", "개", "명", "마리", "권", "잔", "병", "시간", "달", "채", "벌", "그루", "대", "송이", "사람",
                "가지",
            ]
            .iter()
            .any(|counter| native.starts_with(counter) && !native.starts_with("개월"));
            let set = if (hour || counter) && (1..100).contains(&number) {
                "%spellout-cardinal-native-attributive"
            } else if native.starts_with(['년', '일', '분', '초', '원', '층', '번', '회', '호'])
                || native.starts_with("개월")
            {
                "%spellout-cardinal-sinokorean"
            } else {
                return None;
            };
            // A counter is a word of its own.
            let spoken = say(number, set, language);
            let joined = behind.starts_with(|c: char| !c.is_whitespace());
            let space = if joined { " " } else { "" };
            return Some(found(Class::Cardinal, format!("{spoken}{space}"), digits.len()));
        }
        _ => return None,
    };
    Some(found(Class::Cardinal, words, digits.len()))
}
