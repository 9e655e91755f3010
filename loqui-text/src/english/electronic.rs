//! Web and mail addresses, paths, file names, handles, versions.

use super::context::Reading;
use super::number::{cardinal, in_name, one_by_one};
use crate::Class;

/// Known extensions of file names. Other words with a full stop inside may be host names, or lack a space.
const FILE_ENDINGS: &[(&str, &str)] = &[
    ("jpg", "jpeg"),
    ("pdf", "PDF"),
    ("html", "HTML"),
    ("htm", "HTM"),
    ("csv", "CSV"),
    ("xml", "XML"),
    ("json", "JSON"),
    ("png", "PNG"),
    ("gif", "GIF"),
    ("md", "MD"),
    ("txt", "TXT"),
    ("mp3", "MP three"),
    ("mp4", "MP four"),
    ("js", "JS"),
    ("ts", "TS"),
    ("css", "CSS"),
    ("php", "PHP"),
    ("sql", "SQL"),
    ("exe", "EXE"),
    ("docx", "doc X"),
    ("xlsx", "XLSX"),
    ("yaml", "yaml"),
    ("yml", "YML"),
    ("toml", "toml"),
];
/// Words in upper case by convention.
const SCHEMES: [&str; 6] = ["http", "https", "ftp", "file", "www", "ssh"];

/// Reads an address that fills `text`.
pub(super) fn read(text: &str) -> Option<Reading> {
    let electronic = |spoken: String| Some(Reading::new(Class::Electronic, spoken));
    if let Some(spoken) = ip(text) {
        return electronic(spoken);
    }
    if is_url(text) || is_mail(text) || is_host(text) || is_path(text) || is_file(text) {
        return electronic(spell(text, true));
    }
    if let Some(handle) = text.strip_prefix('@')
        && is_identifier(handle)
        && handle.chars().any(char::is_alphabetic)
    {
        return electronic(format!("at {}", spell(handle, true)));
    }
    if let Some(tag) = text.strip_prefix('#')
        && tag.chars().all(|c| c.is_alphanumeric() || c == '_')
        && tag.chars().any(char::is_alphabetic)
    {
        if matches!(tag.len(), 3 | 6)
            && tag.bytes().all(|byte| byte.is_ascii_hexdigit())
            && tag.bytes().any(|byte| byte.is_ascii_digit())
        {
            return electronic(format!("hash {}", spaced(tag)));
        }
        return electronic(format!("hashtag {}", words_of(tag)));
    }
    identifier(text)
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
}

/// Spells each letter and digit.
fn spaced(text: &str) -> String {
    let parts: Vec<String> = text
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                one_by_one(c.encode_utf8(&mut [0; 4]))
            } else {
                c.to_string()
            }
        })
        .collect();
    parts.join(" ")
}

/// "`VoiceOver2024`" in words.
fn words_of(tag: &str) -> String {
    let mut words = String::new();
    let mut last = ' ';
    for c in tag.chars() {
        if c.is_uppercase() && last.is_lowercase() || c == '_' {
            words.push(' ');
        }
        if c != '_' {
            words.push(c);
        }
        last = c;
    }
    spell(&words, false)
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.starts_with("www.") && text.len() > 6 || text.starts_with("mailto:");
    };
    !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') && !rest.is_empty()
}

fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else {
        return false;
    };
    let (host, path) = host.split_once('/').unwrap_or((host, ""));
    !user.is_empty()
        && user.chars().all(|c| c.is_alphanumeric() || "._%+-&'".contains(c))
        && host.contains('.')
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
        && path.chars().all(|c| c.is_ascii_graphic())
}

/// `example.com`, `docs.rs/serde`, `test2.uk`, `localhost:8080`. A full stop without the space after it does not make a
/// host name.
fn is_host(text: &str) -> bool {
    let (host, path) = match text.find(['/', '?']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let (name, port) = host
        .split_once(':')
        .map_or((host, None), |(name, port)| (name, Some(port)));
    if port.is_some_and(|port| port.is_empty() || port.len() > 5 || !port.bytes().all(|byte| byte.is_ascii_digit())) {
        return false;
    }
    if name == "localhost" {
        return port.is_some() || !path.is_empty();
    }
    let labels: Vec<&str> = name.split('.').collect();
    let valid = labels
        .iter()
        .all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    let [.., before, top] = labels.as_slice() else {
        return false;
    };
    let top_level = (2..=12).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_lowercase());
    let dotted_letters = labels.iter().all(|label| label.len() == 1);
    valid
        && top_level
        && !dotted_letters
        && (before.len() > 1
            || labels.len() > 2
            || !path.is_empty()
            || before.bytes().all(|byte| byte.is_ascii_lowercase()))
        && labels
            .iter()
            .any(|label| label.bytes().any(|byte| byte.is_ascii_alphabetic()))
        && path.bytes().all(|byte| byte.is_ascii_graphic())
        && !labels[0].bytes().all(|byte| byte.is_ascii_digit())
}

/// `/etc/hosts`, `~/.ssh`, `C:\Users`, `./run.sh`, `../shared`
fn is_path(text: &str) -> bool {
    let body = |rest: &str| {
        !rest.is_empty()
            && rest.chars().all(|c| c.is_alphanumeric() || "/._-+~@*\\".contains(c))
            && rest.chars().any(char::is_alphanumeric)
    };
    if let Some(rest) = text.strip_prefix('/') {
        return body(rest) && (rest.contains('/') || rest.chars().all(|c| c.is_ascii_lowercase() || "._-".contains(c)));
    }
    if ["~/", "./", "../"]
        .iter()
        .any(|start| text.strip_prefix(start).is_some_and(body))
    {
        return true;
    }
    let bytes = text.as_bytes();
    matches!(bytes, [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic()) && text.is_ascii()
        // "src/main.rs"
        || text.contains('/')
            && text.rsplit('/').next().is_some_and(is_file)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
}

fn is_file(text: &str) -> bool {
    let Some((name, ending)) = text.rsplit_once('.') else {
        return false;
    };
    FILE_ENDINGS.iter().any(|(known, _)| known.eq_ignore_ascii_case(ending))
        && !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || "._-()".contains(c))
}

/// `192.168.0.1`, with its port or mask.
fn ip(text: &str) -> Option<String> {
    let end = text.find([':', '/']).unwrap_or(text.len());
    let (address, rest) = text.split_at(end);
    let groups: Vec<&str> = address.split('.').collect();
    if groups.len() != 4
        || !groups
            .iter()
            .all(|group| group.len() <= 3 && group.parse::<u16>().is_ok())
    {
        return None;
    }
    let words: Vec<String> = groups.iter().map(|group| one_by_one(group)).collect();
    let tail = match rest.split_at_checked(1) {
        Some((":", port)) if port.parse::<u32>().is_ok() => format!(" colon {}", one_by_one(port)),
        Some(("/", mask)) if mask.parse::<u8>().is_ok() => format!(" slash {}", cardinal(mask, false)),
        None => String::new(),
        _ => return None,
    };
    Some(format!("{}{tail}", words.join(" dot ")))
}

/// Names in programs: `--flag`, `snake_case`, `foo()`, `v2.1.0`, `1.2.3`, `C++`, `C#`, `.NET`, `Node.js`.
fn identifier(text: &str) -> Option<Reading> {
    let electronic = |spoken: String| Some(Reading::new(Class::Electronic, spoken));
    if let Some(name) = text.strip_suffix("()") {
        return (is_identifier(name) && !name.is_empty()).then(|| Reading::new(Class::Electronic, spell_code(name)));
    }
    if let Some(flag) = text.strip_prefix("--") {
        let valid = flag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'=' || byte == b'_')
            && flag.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        return valid.then(|| Reading::new(Class::Electronic, format!("dash dash {}", spell_code(flag))));
    }
    if let Some(flag) = text.strip_prefix('-')
        && flag.len() == 1
        && flag.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return electronic(format!("dash {flag}"));
    }
    if let Some(name) = text.strip_prefix('.')
        && name.len() >= 2
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    {
        return electronic(format!("dot {name}"));
    }
    if let Some(letter) = text.strip_suffix('#')
        && matches!(letter.as_bytes(), [b'A'..=b'G'])
    {
        return electronic(format!("{letter} sharp"));
    }
    if let Some(version) = version(text) {
        return electronic(version);
    }
    if text.contains('_')
        && text
            .trim_matches('_')
            .split('_')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        return electronic(spell_code(text));
    }
    None
}

fn spell_code(text: &str) -> String {
    spell(&text.replace(['_', '-'], " "), false)
}

/// `v2.1.0`, `1.2.3`, `2.0.0-beta.1`
fn version(text: &str) -> Option<String> {
    let (prefix, numbers) = match text.as_bytes() {
        [b'v' | b'V', b'0'..=b'9', ..] => ("version ", &text[1..]),
        [b'0'..=b'9', ..] => ("", text),
        _ => return None,
    };
    let (numbers, rest) = numbers
        .split_once('-')
        .map_or((numbers, None), |(numbers, rest)| (numbers, Some(rest)));
    let parts: Vec<&str> = numbers.split('.').collect();
    let digits = parts
        .iter()
        .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !digits || prefix.is_empty() && !(3..=4).contains(&parts.len()) || parts.len() > 4 {
        return None;
    }
    if rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()) || !is_identifier(rest)) {
        return None;
    }
    let words: Vec<String> = parts
        .iter()
        .map(|part| {
            if part.len() > 1 && part.starts_with('0') {
                one_by_one(part)
            } else {
                cardinal(part, false)
            }
        })
        .collect();
    let rest = rest
        .map(|rest| format!(" {}", spell(rest, false).replace(" dot ", " ")))
        .unwrap_or_default();
    Some(format!("{prefix}{}{rest}", words.join(" point ")))
}

/// `3.11`, `22.04`, `3.11+`: the numbers of a release are read as numbers, not as a decimal.
pub(super) fn release(text: &str) -> Option<String> {
    let (numbers, later) = text.strip_suffix('+').map_or((text, ""), |numbers| (numbers, " plus"));
    let (major, minor) = numbers.split_once('.')?;
    let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(major) || !digits(minor) {
        return None;
    }
    let minor = if minor.len() > 1 && minor.starts_with('0') {
        one_by_one(minor)
    } else {
        cardinal(minor, false)
    };
    Some(format!("{} point {minor}{later}", cardinal(major, false)))
}

/// Inserts the names of the marks between the words. Digits are read one by one, round thousands as a number.
pub(super) fn spell(text: &str, marks: bool) -> String {
    let mut spoken: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let end;
        if c.is_ascii_digit() {
            end = run(|c| c.is_ascii_digit());
            let digits = &rest[..end];
            let round = digits.len() > 3 && digits.ends_with("000") && !digits.starts_with('0');
            spoken.push(if !marks || round {
                in_name(digits, round)
            } else {
                one_by_one(digits)
            });
        } else if c.is_alphanumeric() || c == '\'' {
            end = run(|c| (c.is_alphanumeric() || c == '\'') && !c.is_ascii_digit());
            spoken.push(word(&rest[..end], text));
        } else {
            end = c.len_utf8();
            if let Some(name) = mark(c) {
                spoken.push(name.to_owned());
            }
        }
        rest = &rest[end..];
    }
    spoken.join(" ")
}

fn word(word: &str, whole: &str) -> String {
    let lower = word.to_ascii_lowercase();
    if SCHEMES.contains(&lower.as_str()) && (whole.contains("://") || lower == "www") {
        return if lower == "file" || lower == "ssh" {
            lower
        } else {
            lower.to_ascii_uppercase()
        };
    }
    if whole.ends_with(word) && whole.strip_suffix(word).is_some_and(|before| before.ends_with('.')) {
        if let Some((_, said)) = FILE_ENDINGS.iter().find(|(ending, _)| *ending == lower) {
            return (*said).to_owned();
        }
        // Country codes are spelled.
        if lower.len() == 2
            && word.chars().all(|c| c.is_ascii_lowercase())
            && !matches!(
                lower.as_str(),
                "io" | "me" | "so" | "is" | "it" | "be" | "to" | "no" | "in"
            )
        {
            return lower.to_ascii_uppercase();
        }
    }
    word.to_owned()
}

pub(super) const fn mark(c: char) -> Option<&'static str> {
    Some(match c {
        '.' => "dot",
        '/' => "slash",
        '-' => "dash",
        '_' => "underscore",
        '@' => "at",
        '?' => "question mark",
        '=' => "equals",
        '&' => "ampersand",
        '#' => "hash",
        '%' => "percent",
        '+' => "plus",
        ':' => "colon",
        '~' => "tilde",
        '\\' => "backslash",
        '*' => "star",
        '!' => "exclamation mark",
        ',' => "comma",
        ';' => "semicolon",
        '$' => "dollar",
        _ => return None,
    })
}
