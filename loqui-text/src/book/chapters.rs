//! The chapters of a book: headings of its pages, and titles of its table of contents.

use super::contents::Entry;
use crate::{Paragraph, Part};

/// Adds the parts of a page. `entry` is what the table of contents says about the page, `title` the name of the page.
pub(super) fn add(parts: &mut Vec<Part>, page: Vec<Part>, entry: Option<&Entry>, title: Option<&str>) {
    let mut page = page.into_iter().map(spoken_title).collect();
    join_numbers(&mut page);
    if let Some(entry) = entry {
        name(&mut page, entry);
    } else if let (true, Some(first), Some(title)) = (parts.is_empty(), page.first_mut(), title) {
        // Text before the first heading of the book has the name of its page.
        if first.title.is_none() && !title.trim().is_empty() {
            silent(first, title, 1);
        }
    }
    for part in page {
        match parts.last_mut() {
            Some(last) if part.title.is_none() => last.paragraphs.extend(part.paragraphs),
            _ => parts.push(part),
        }
    }
}

/// Names the chapter that begins with a page as the table of contents does, unless it begins with a heading.
fn name(page: &mut Vec<Part>, entry: &Entry) {
    let repeats = |part: &Part| part.title.as_deref().is_some_and(|title| alike(title, &entry.title));
    let Some(first) = page.first() else { return };
    if first.title.is_some() {
        return;
    }
    if let Some(index) = page.iter().position(repeats) {
        // The heading stands behind a picture or a motto, which belong to the chapter.
        let heading = page.remove(index);
        if let (1, Some(first)) = (index, page.first_mut()) {
            first.paragraphs.extend(heading.title.map(Paragraph::plain));
            first.paragraphs.extend(heading.paragraphs);
        } else {
            page.insert(index, heading);
        }
    }
    if let Some(first) = page.first_mut() {
        silent(first, &entry.title, entry.level);
        *first = spoken_title(std::mem::take(first));
    }
}

fn silent(part: &mut Part, title: &str, level: u8) {
    part.title = Some(title.split_whitespace().collect::<Vec<_>>().join(" "));
    part.level = level;
    part.silent_title = true;
}

/// Speaks a title of the table of contents if the text begins with the same words.
fn spoken_title(mut part: Part) -> Part {
    let Some(title) = part.title.as_deref().filter(|_| part.silent_title) else {
        return part;
    };
    let mut spoken = String::new();
    for (index, paragraph) in part.paragraphs.iter().take(3).enumerate() {
        for span in &paragraph.spans {
            spoken.push(' ');
            spoken.push_str(&span.text);
        }
        if alike(title, &spoken) {
            part.paragraphs.drain(..=index);
            part.silent_title = false;
            break;
        }
    }
    part
}

/// Joins a heading that is only a number with the one behind it: "Chapter 1" and "The Beginning".
fn join_numbers(page: &mut Vec<Part>) {
    let mut index = 0;
    while index + 1 < page.len() {
        let number = page[index].paragraphs.is_empty() && page[index].title.as_deref().is_some_and(is_number);
        let name = page[index + 1].title.as_deref().is_some_and(|title| !is_number(title));
        let spoken = !page[index].silent_title && !page[index + 1].silent_title;
        if number && name && spoken {
            let behind = page.remove(index + 1);
            let part = &mut page[index];
            let title = behind.title.unwrap_or_default();
            part.title = part.title.take().map(|number| {
                let mark = if number.ends_with(|c: char| c.is_alphanumeric()) {
                    "."
                } else {
                    ""
                };
                format!("{number}{mark} {title}")
            });
            part.paragraphs = behind.paragraphs;
        }
        index += 1;
    }
}

/// Returns true for headings such as "Chapter 1", "IV" and "Part Two".
fn is_number(title: &str) -> bool {
    const KINDS: [&str; 10] = [
        "chapter",
        "part",
        "book",
        "section",
        "volume",
        "kapitel",
        "teil",
        "chapitre",
        "capítulo",
        "capitolo",
    ];
    const NUMBERS: [&str; 24] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "the",
    ];
    let words: Vec<String> = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let number = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_digit())
            || NUMBERS.contains(&word)
            || word
                .bytes()
                .all(|byte| matches!(byte, b'i' | b'v' | b'x' | b'l' | b'c' | b'd' | b'm'))
    };
    let mut words = words.iter().map(String::as_str).peekable();
    let is_named = words.next_if(|word| KINDS.contains(word)).is_some();
    let rest: Vec<&str> = words.collect();
    (1..=3).contains(&rest.len()) && rest.iter().all(|word| number(word)) && (is_named || rest.len() == 1)
}

/// Compares titles by their letters and digits.
fn alike(one: &str, other: &str) -> bool {
    let key = |title: &str| -> String {
        title
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    key(one) == key(other)
}
