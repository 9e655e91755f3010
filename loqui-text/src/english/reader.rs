//! The reader processes the chunks of a text once, in order, and finds the words of each token.

mod words;

use std::collections::VecDeque;
use std::ops::Range;

use super::abbreviation;
use super::chunk::{Chunk, Chunks, Kind, LONGEST_CORE};
use super::context::{Context, Reading};
use super::{capitals, composite, date, joining, roman, serial, window};
use crate::spoken::Sink;
use crate::{Class, Token};

/// The number of chunks of lookahead.
const AHEAD: usize = capitals::LONGEST_RUN + 2;

/// Reads an English text into a sink.
pub(crate) fn read(text: &str, british: bool, sink: &mut impl Sink) {
    let mut reader = Reader {
        text,
        british,
        chunks: Chunks::new(text),
        ahead: VecDeque::with_capacity(AHEAD),
        before: String::new(),
        before_that: String::new(),
        quoted: false,
        capitals: 0,
        sentence_start: true,
    };
    while reader.step(sink) {}
}

struct Reader<'a> {
    text: &'a str,
    british: bool,
    chunks: Chunks<'a>,
    ahead: VecDeque<Chunk<'a>>,
    /// The previous word, as written. Empty at the start of a sentence.
    before: String,
    before_that: String,
    /// Whether a straight double quote is open.
    quoted: bool,
    /// The number of next chunks that belong to a run of display capitals.
    capitals: usize,
    sentence_start: bool,
}

/// A token that was read, with the number of its chunks and its part of the last chunk's punctuation.
struct Found {
    reading: Reading,
    chunks: usize,
    /// Bytes of the last chunk's closing punctuation that belong to the token.
    taken: usize,
    may_end_sentence: bool,
    /// Whether a full stop follows the words, because the token's own full stop ended the sentence.
    point: bool,
}

impl Found {
    const fn new(reading: Reading, chunks: usize) -> Self {
        Self {
            reading,
            chunks,
            taken: 0,
            may_end_sentence: true,
            point: false,
        }
    }
}

impl Reader<'_> {
    fn fill(&mut self, wanted: usize) {
        while self.ahead.len() < wanted {
            match self.chunks.next() {
                Some(chunk) => self.ahead.push_back(chunk),
                None => break,
            }
        }
    }

    /// Reads one token. Returns false at the end of the text.
    fn step(&mut self, sink: &mut impl Sink) -> bool {
        self.fill(window::MOST_CHUNKS + 2);
        let Some(chunk) = self.ahead.front() else {
            return false;
        };
        match chunk.kind {
            Kind::Tag => {
                let (range, glued) = (chunk.range.clone(), !chunk.spaced);
                let raw = chunk.raw;
                sink.token(token(range, Class::Tag, true), raw, glued);
                self.ahead.pop_front();
            }
            Kind::Pause(mark) => {
                let (range, spaced) = (chunk.range.clone(), chunk.spaced);
                if range.start > 0 {
                    let glued = mark == "..." && !spaced;
                    sink.punctuation(range, mark, glued);
                }
                self.ahead.pop_front();
                self.after_pause(mark);
            }
            Kind::Word => self.word(sink),
        }
        true
    }

    /// A word after an ellipsis starts a sentence; a word after a dash does not.
    fn after_pause(&mut self, mark: &str) {
        if mark == "..." {
            self.before.clear();
            self.before_that.clear();
        }
    }

    fn word(&mut self, sink: &mut impl Sink) {
        let chunk = &self.ahead[0];
        let lead = chunk.lead;
        let start = chunk.range.start;
        let mut glued = !chunk.spaced || chunk.range.start == 0;
        let after_dash =
            self.text[..chunk.range.start].ends_with(['—', '―']) || self.text[..chunk.range.start].ends_with("--");
        if after_dash {
            glued = false;
        }
        if lead.contains('"') {
            self.quoted = lead.matches('"').count() % 2 == 1 || self.quoted;
        }
        let mut opening = String::new();
        for c in lead.chars() {
            match c {
                '*' | '_' | '`' | '|' | '{' | '•' | '·' | '‣' | '^' | '!' | '¿' | '¡' => {}
                c => opening.push(c),
            }
        }
        if chunk.core.is_empty() {
            let closing: String = chunk
                .trail
                .chars()
                .filter(|c| !matches!(c, '*' | '_' | '`' | '|' | '}'))
                .collect();
            let mark = format!("{opening}{closing}");
            let range = chunk.range.clone();
            let emoticon = serial::operator(&self.text[range.clone()]) == Some("");
            let silent = chunk.raw.is_empty() && mark.is_empty() || emoticon;
            let trail = chunk.trail.to_owned();
            if !silent && !mark.is_empty() {
                let closes = glued || mark.starts_with([',', '.', ';', ':', '!', '?', ')', ']', '”', '’']);
                sink.punctuation(range, &mark, closes);
            }
            self.ahead.pop_front();
            self.close(&trail);
            return;
        }
        // "(123) 123-5678": the bracket belongs to the number.
        let found = self.find();
        let chunks = found.chunks;
        let first = &self.ahead[0];
        let last = &self.ahead[chunks - 1];
        let range = first.core_start()..last.core_end() + found.taken;
        let bracket = found.reading.class == Class::Telephone && opening.ends_with('(') && {
            let inside = &self.text[range.clone()];
            inside
                .find(')')
                .is_some_and(|close| inside.find('(').is_none_or(|open| close < open))
        };
        let mut range = range;
        if bracket {
            opening.pop();
            range.start -= 1;
        }
        if !opening.is_empty() {
            sink.punctuation(start..range.start, &opening, glued);
            glued = true;
        }
        let trail = &last.trail[found.taken..];
        let closing: String = trail
            .chars()
            .filter(|c| !matches!(c, '*' | '_' | '`' | '|' | '}'))
            .collect();
        let trail_range = range.end..last.range.end;
        let written = last.core.to_string();
        let previous = if chunks > 1 {
            self.ahead[chunks - 2].core.to_string()
        } else {
            self.before.clone()
        };
        let raw = &self.text[range.clone()];
        let spoken = found.reading.spoken;
        if spoken.is_empty() {
            sink.silent(range, raw);
        } else {
            let token = Token {
                range,
                class: found.reading.class,
                may_end_sentence: found.may_end_sentence,
                reason: found.reading.reason,
            };
            sink.token(token, &spoken, glued);
        }
        let has_point = closing.starts_with('.') || spoken.ends_with('.');
        let point = found.point && !has_point && !closing.starts_with(['!', '?', ',', ';', ':']);
        if point {
            sink.punctuation(trail_range.start..trail_range.start, ".", true);
        }
        if !closing.is_empty() {
            sink.punctuation(trail_range, &closing, true);
        }
        let trail = trail.to_owned();
        self.ahead.drain(..chunks);
        self.capitals = self.capitals.saturating_sub(chunks);
        self.before_that = previous;
        self.before = written;
        self.sentence_start = false;
        self.close(if point { "." } else { &trail });
    }

    /// Updates the state of the reader by the punctuation after a token.
    fn close(&mut self, trail: &str) {
        if trail.contains('"') {
            self.quoted = false;
        }
        let mut letters = self.before.chars();
        let initial = trail == "." && letters.next().is_some_and(char::is_uppercase) && letters.next().is_none();
        if trail.contains(['.', '!', '?', ';']) && !initial {
            self.before_that.clear();
            self.before.clear();
            self.sentence_start = trail.contains(['.', '!', '?']);
        }
    }

    /// The words around the first `chunks` chunks.
    fn context(&self, chunks: usize) -> Context<'_> {
        self.context_behind(chunks, 0)
    }

    /// As [`context`](Self::context), if `taken` bytes of the punctuation after the chunks belong to the token.
    fn context_behind(&self, chunks: usize, taken: usize) -> Context<'_> {
        let last = &self.ahead[chunks - 1];
        let trail = &last.trail[taken..];
        let next = self
            .ahead
            .get(chunks)
            .filter(|next| next.kind == Kind::Word && (next.spaced || next.raw.starts_with('-')));
        let broken = !trail.is_empty() || next.is_some_and(|next| !next.lead.is_empty());
        let ended = trail.contains(['!', '?', ';']) || trail.len() > 1 && trail.contains('.');
        let after = next.filter(|_| !ended).map_or("", |next| next.core.as_ref());
        Context {
            british: self.british,
            before: &self.before,
            before_that: self.before_that.to_lowercase(),
            left: self.before.to_lowercase(),
            after,
            right: after.to_lowercase(),
            broken,
        }
    }

    fn find(&mut self) -> Found {
        let chunk = &self.ahead[0];
        if chunk.core.len() > LONGEST_CORE {
            return Found::new(Reading::new(Class::Plain, visible(chunk.raw)), 1);
        }
        if chunk.is_letters() {
            return self.letters();
        }
        if let Some(numeral) = chunk.core.strip_suffix("'s")
            && numeral.len() <= 8
            && crate::roman::value(numeral).is_some()
            && let Some(reading) = roman::read(&chunk.core, &self.context(1), false)
        {
            return Found::new(reading, 1);
        }
        // "Acme Inc.'s"
        if let Some(stem) = chunk.core.strip_suffix(".'s") {
            let known = abbreviation::find(stem)
                .iter()
                .find(|known| known.needs == abbreviation::Needs::Point);
            if let Some(known) = known {
                let owner = format!("{}'s", known.spoken);
                return Found::new(Reading::new(Class::Abbreviation, owner), 1);
            }
        }
        if let Some(found) = self.abbreviation().or_else(|| self.street()).or_else(|| self.windows()) {
            return found;
        }
        let chunk = &self.ahead[0];
        Found::new(self.fallback(chunk), 1)
    }

    /// Reads a chunk that no grammar reads.
    fn fallback(&self, chunk: &Chunk<'_>) -> Reading {
        let core = chunk.core.as_ref();
        let plain = core
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '\'' | '-') || unicode_normalization::char::is_combining_mark(c));
        if plain && core.chars().any(char::is_alphabetic) {
            if self.capitals > 0 {
                return Reading::new(Class::Plain, capitals::lower(core, self.sentence_start));
            }
            return Reading::new(Class::Plain, visible(chunk.raw));
        }
        let mut signs = core.chars();
        if let (Some(sign), None) = (signs.next(), signs.next()) {
            return match sign {
                '-' | '–' => Reading::new(Class::Sign, "-"),
                '/' => Reading::new(Class::Sign, "slash"),
                '*' => Reading::new(Class::Sign, ""),
                '#' => Reading::new(Class::Sign, "number"),
                _ if sign.is_alphanumeric() => Reading::new(Class::Plain, core),
                _ => Reading::new(
                    serial::sign(sign).map_or(Class::Emoji, |_| Class::Sign),
                    serial::sign(sign).unwrap_or_default(),
                ),
            };
        }
        if let Some(words) = serial::operator(core) {
            return Reading::new(Class::Sign, words);
        }
        let spoken = composite::read(core);
        let class = if spoken.is_empty() {
            Class::Emoji
        } else if core.chars().any(|c| c.is_ascii_digit()) {
            Class::Serial
        } else if spoken == core {
            Class::Plain
        } else {
            Class::Sign
        };
        Reading::new(class, spoken)
    }

    /// Reads a chunk of letters.
    fn letters(&mut self) -> Found {
        if let Some(found) = self.abbreviation() {
            return found;
        }
        let chunk = &self.ahead[0];
        let word = chunk.core.as_ref();
        let styled = chunk.raw != word && chunk.raw.chars().all(|c| ('\u{2160}'..='\u{2188}').contains(&c));
        let numeral = word.len() <= 15 && word.bytes().all(|byte| b"IVXLCDMivxlcdm".contains(&byte));
        if numeral && let Some(reading) = roman::read(word, &self.context(1), styled) {
            return Found::new(reading, 1);
        }
        // "M4 x 12 mm"
        if word == "x"
            && self.before.ends_with(|c: char| c.is_ascii_digit())
            && self
                .ahead
                .get(1)
                .is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit()))
        {
            return Found::new(Reading::new(Class::Sign, "by"), 1);
        }
        // "I-95 N"
        if let Some(direction) = road_direction(word, &self.before) {
            return Found::new(Reading::new(Class::Address, direction), 1);
        }
        let month = date::month(word).is_some();
        let single = word.chars().count() == 1;
        let code = super::money::is_code(word) || matches!(word, "AD" | "Rs");
        let joined = || {
            self.ahead
                .get(1)
                .is_some_and(|next| joining::extends(word, chunk, next))
        };
        if (month || single || code)
            && joined()
            && let Some(found) = self.windows()
        {
            return found;
        }
        if let Some(found) = self
            .weekday()
            .or_else(|| self.state())
            .or_else(|| self.numbered_street())
        {
            return found;
        }
        let chunk = &self.ahead[0];
        let word = chunk.core.as_ref();
        let upper = word.chars().all(char::is_uppercase) && word.is_ascii();
        if upper && self.capitals == 0 && (word.len() > 1 || matches!(word, "A" | "I")) {
            self.fill(AHEAD);
            self.capitals = capitals::run(self.ahead.iter());
        }
        let chunk = &self.ahead[0];
        let word = chunk.core.as_ref();
        if upper && self.capitals > 0 {
            return Found::new(
                Reading::new(Class::Plain, capitals::lower(word, self.sentence_start)),
                1,
            );
        }
        if upper && capitals::is_stressed(word) {
            return Found::new(
                Reading::new(Class::Plain, capitals::lower(word, self.sentence_start)),
                1,
            );
        }
        let class = if upper && word.len() > 1 {
            Class::Acronym
        } else {
            Class::Plain
        };
        Found::new(Reading::new(class, word), 1)
    }

    /// Returns true if the sentence ends after a unit or a time of `chunks` chunks that has a full stop. A capitalized
    /// word after it starts a sentence, because it is not a name.
    fn ends_sentence_with_unit(&self, chunks: usize) -> bool {
        let next = self
            .ahead
            .get(chunks)
            .filter(|next| next.kind == Kind::Word && next.lead.is_empty());
        let capital = next.is_some_and(|next| {
            let word = next.core.as_ref();
            word.starts_with(char::is_uppercase) && date::weekday(word).is_none() && date::month(word).is_none()
        });
        let only = self.ahead[chunks - 1].trail.len() == 1;
        only && capital || self.ends_sentence(chunks)
    }

    /// Returns true if the sentence ends after an abbreviation of `chunks` chunks.
    fn ends_sentence(&self, chunks: usize) -> bool {
        let Some(next) = self.ahead.get(chunks) else {
            return true;
        };
        let closing = &self.ahead[chunks - 1].trail;
        if closing.len() > 1 && closing[1..].starts_with([',', ';', ':', '?', '!']) {
            return false;
        }
        let line_break = self.text[self.ahead[chunks - 1].range.end..next.range.start].contains('\n');
        next.kind == Kind::Word
            && (abbreviation::starts_sentence(&next.core) || line_break && next.core.starts_with(char::is_uppercase))
    }

    /// Tries the longest token that begins here first, then shorter ones.
    fn windows(&self) -> Option<Found> {
        let mut texts: Vec<String> = Vec::new();
        let mut text = self.ahead[0].core.to_string();
        // "(123) 123-5678"
        if self.ahead[0].lead.ends_with('(') && text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 20 {
            let closes = self.ahead[0].trail == ")" || text.contains(')');
            if closes {
                text.insert(0, '(');
            }
        }
        let bracket = text.starts_with('(') && !self.ahead[0].core.starts_with('(');
        texts.push(text.clone());
        for chunks in 1..window::MOST_CHUNKS.min(self.ahead.len()) {
            let last = &self.ahead[chunks - 1];
            let next = &self.ahead[chunks];
            if !joining::extends(&text, last, next) {
                break;
            }
            text.push_str(last.trail);
            text.push(' ');
            text.push_str(next.lead);
            text.push_str(&next.core);
            texts.push(text.clone());
        }
        for (index, text) in texts.iter().enumerate().rev() {
            let chunks = index + 1;
            let last = &self.ahead[index];
            let context = self.context(chunks);
            let dash = self.text[self.ahead[0].range.start..last.range.end].contains('–');
            if bracket {
                if (chunks > 1 || last.trail != ")")
                    && let Some(reading) = super::telephone::read(text, &context)
                {
                    return Some(Found::new(reading, chunks));
                }
                if chunks > 1 {
                    continue;
                }
            }
            let text = if bracket { &text[1..] } else { text };
            // The first mark after the token may belong to it.
            let mark = last.trail.chars().next().filter(|c| match c {
                '.' => last.core.ends_with(|c: char| c.is_alphabetic()),
                '"' => !self.quoted && last.core.ends_with(|c: char| c.is_ascii_digit()),
                '\'' | '′' | '″' | '’' | '”' => {
                    last.core.ends_with(|c: char| c.is_ascii_digit())
                        && !self.quoted
                        && (*c != '”' || last.core.contains(['\'', '′']))
                }
                _ => false,
            });
            if let Some(mark) = mark {
                let plain = match mark {
                    '′' | '’' => '\'',
                    '″' | '”' => '"',
                    other => other,
                };
                let behind = self.context_behind(chunks, mark.len_utf8());
                if let Some(reading) = window::classify(&format!("{text}{plain}"), chunks, &behind, dash) {
                    let electronic = reading.class == Class::Electronic;
                    if !electronic {
                        let mut found = Found::new(reading, chunks);
                        found.taken = mark.len_utf8();
                        if mark == '.' {
                            found.may_end_sentence = self.ends_sentence_with_unit(chunks);
                            found.point = found.may_end_sentence;
                        }
                        return Some(found);
                    }
                }
            }
            if let Some(reading) = window::classify(text, chunks, &context, dash) {
                return Some(Found::new(reading, chunks));
            }
        }
        None
    }
}

/// The direction of an interstate: `N` in `I-95 N`.
fn road_direction(letter: &str, road: &str) -> Option<&'static str> {
    let number = road.strip_prefix("I-").or_else(|| road.strip_prefix("US-"))?;
    let road = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    road.then(|| abbreviation::side(letter))?
}

fn token(range: Range<usize>, class: Class, may_end_sentence: bool) -> Token {
    Token {
        range,
        class,
        may_end_sentence,
        reason: None,
    }
}

/// Returns a word without invisible characters.
fn visible(word: &str) -> String {
    super::fold::readable(word)
}
