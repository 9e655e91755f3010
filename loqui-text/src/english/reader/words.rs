//! Reads abbreviations, weekdays, states, and the streets of addresses.

use super::super::abbreviation::{self, Abbreviation, Needs};
use super::super::address;
use super::super::chunk::Kind;
use super::super::context::Reading;
use super::super::date;
use super::super::rules::{self, Rule};
use super::super::window;
use super::{Found, Reader};
use crate::Class;

/// The context of a possible abbreviation.
#[derive(Clone, Copy)]
struct Around<'a> {
    /// Whether a full stop follows.
    point: bool,
    /// The next word.
    next: &'a str,
    /// Whether the next word is a number.
    number: bool,
    /// Whether the next word starts with a capital letter.
    capital: bool,
}

impl Reader<'_> {
    /// `Mon.`, or `Mon` before a date or a time.
    pub(super) fn weekday(&self) -> Option<Found> {
        let chunk = &self.ahead[0];
        let word = chunk.core.as_ref();
        let name = date::weekday(word)?;
        if name.eq_ignore_ascii_case(word) || !word.starts_with(char::is_uppercase) {
            return None;
        }
        let point = chunk.trail.starts_with('.');
        let next = self.ahead.get(1).map_or("", |next| next.core.as_ref());
        let dated = next.starts_with(|c: char| c.is_ascii_digit()) || date::month(next).is_some();
        if !(point && word != "Sun" && word != "Sat" || dated) {
            return None;
        }
        let mut found = Found::new(Reading::new(Class::Date, name), 1);
        if point {
            found.taken = 1;
            found.may_end_sentence = self.ends_sentence(1);
            found.point = found.may_end_sentence;
        }
        Some(found)
    }

    /// `6th Ave` without a full stop.
    pub(super) fn numbered_street(&self) -> Option<Found> {
        let word = self.ahead[0].core.as_ref();
        let name = address::street(word).filter(|_| word.starts_with(char::is_uppercase))?;
        let ordinal = self.before.starts_with(|c: char| c.is_ascii_digit()) && self.before.ends_with(['t', 'd', 'h']);
        ordinal.then(|| Found::new(Reading::new(Class::Address, name), 1))
    }

    /// `CA 95051` and `Austin, TX`.
    pub(super) fn state(&self) -> Option<Found> {
        let chunk = &self.ahead[0];
        let name = address::state(&chunk.core)?;
        let next = self.ahead.get(1).map_or("", |next| next.core.as_ref());
        let start = chunk.range.start;
        let behind_comma = self.text[..start].trim_end().ends_with(',') && self.before.starts_with(char::is_uppercase);
        (address::is_zip(next)
            || behind_comma
                && !matches!(
                    chunk.core.as_ref(),
                    "IN" | "OR" | "OK" | "HI" | "ME" | "OH" | "MA" | "PA" | "AL"
                )
            || behind_comma && chunk.trail.starts_with([',', '.']))
        .then(|| Found::new(Reading::new(Class::Address, name), 1))
    }

    /// A house number and the street after it.
    pub(super) fn street(&self) -> Option<Found> {
        let first = &self.ahead[0];
        if !first.core.starts_with(|c: char| c.is_ascii_digit()) || first.core.len() > 6 || !first.trail.is_empty() {
            return None;
        }
        let mut words: Vec<&str> = vec![first.core.as_ref()];
        for (index, chunk) in self.ahead.iter().enumerate().skip(1).take(7) {
            if chunk.kind != Kind::Word || !chunk.lead.is_empty() || chunk.core.is_empty() {
                break;
            }
            words.push(chunk.core.as_ref());
            let title = matches!(chunk.core.as_ref(), "St" | "Mt" | "N" | "S" | "E" | "W") && index < 3;
            let street = address::street(&chunk.core).is_some()
                && self
                    .ahead
                    .get(index + 1)
                    .is_some_and(|next| address::direction(&next.core).is_some());
            if !(chunk.trail.is_empty() || chunk.trail == "." && (title || street)) {
                break;
            }
        }
        // "the 9th Cir." is a court.
        let court = words.get(1) == Some(&"Cir") && words[0].ends_with(|c: char| c.is_ascii_alphabetic());
        if words.len() < 3 || court {
            return None;
        }
        let (reading, chunks) = window::street(&words, &self.context(1))?;
        let last = &self.ahead[chunks - 1];
        let mut found = Found::new(reading, chunks);
        if last.trail.starts_with('.') && address::street(&last.core).is_some() {
            found.taken = 1;
            found.may_end_sentence = self.ends_sentence(chunks);
            found.point = found.may_end_sentence;
        }
        Some(found)
    }

    /// An abbreviation in a matching context.
    pub(super) fn abbreviation(&self) -> Option<Found> {
        let chunk = &self.ahead[0];
        let core = chunk.core.as_ref();
        let candidates = abbreviation::find(core);
        let around = self.around();
        if candidates.is_empty() {
            return self.cups_or_versus(core, &around);
        }
        let capitalised = core.starts_with(char::is_uppercase);
        if let Some(found) = self.cups_or_versus(core, &around) {
            return Some(found);
        }
        let is_title = candidates.iter().any(|known| known.needs == Needs::Capital);
        if capitalised && is_title && address::street(core).is_some() && (around.point || around.capital) {
            let context = self.context_behind(1, usize::from(around.point));
            if let Some(rule) = rules::decide(rules::STREET_OR_TITLE, core, &context) {
                return self.street_or_title(core, candidates, rule, around.point);
            }
        }
        let known = candidates.iter().find(|known| self.fits(known.needs, core, &around))?;
        let month = date::month(core).is_some();
        // "Jan. 15" is a date.
        if month && let Some(found) = self.windows() {
            return Some(found);
        }
        if month && matches!(core, "mar" | "Mar" | "may") {
            return None;
        }
        let mut spoken = match core {
            "v" if around.next.contains('.') => "version",
            "fl" | "Fl" if around.next.starts_with("oz") => "fluid",
            _ => known.spoken,
        }
        .to_owned();
        let small = !spoken.contains(' ') && spoken.chars().all(char::is_lowercase);
        if capitalised && small && (core.chars().skip(1).any(char::is_lowercase) || self.sentence_start) {
            let mut letters = spoken.chars();
            spoken = letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        }
        let mut found = Found::new(Reading::new(Class::Abbreviation, spoken), 1);
        if around.point {
            let ends = |etc| {
                if etc {
                    self.ends_sentence_with_unit(1)
                } else {
                    self.ends_sentence(1)
                }
            };
            found.taken = 1;
            found.may_end_sentence = known.ends && ends(core == "etc");
            found.point = found.may_end_sentence || self.ahead.len() == 1;
        }
        Some(found)
    }

    /// The context of a possible abbreviation.
    fn around(&self) -> Around<'_> {
        let chunk = &self.ahead[0];
        let point = chunk.trail.starts_with('.');
        let behind = &chunk.trail[usize::from(point)..];
        let next = self.ahead.get(1).filter(|next| next.kind == Kind::Word);
        let next = next.map_or("", |next| next.core.as_ref());
        let numeral = next.len() <= 6
            && next.bytes().all(|byte| b"IVXLCivxlc".contains(&byte))
            && crate::roman::value(&next.to_ascii_uppercase()).is_some();
        Around {
            point,
            next,
            number: matches!(behind, "" | ":")
                && (next.starts_with(|c: char| c.is_ascii_digit() || c == '+') || numeral),
            capital: behind.is_empty() && next.starts_with(char::is_uppercase),
        }
    }

    /// `2 c. flour` and `Roe v. Wade`
    fn cups_or_versus(&self, core: &str, around: &Around<'_>) -> Option<Found> {
        let reading = match core {
            "c" if around.point
                && around.next.starts_with(char::is_lowercase)
                && self.before.ends_with(|c: char| c.is_ascii_digit()) =>
            {
                let one = self.before == "1" || self.before.contains('/');
                Reading::new(Class::Measure, if one { "cup" } else { "cups" })
            }
            // "the 18th c."
            "c" if around.point
                && self.before.contains(|c: char| c.is_ascii_digit())
                && self.before.ends_with(['t', 'd', 'h']) =>
            {
                Reading::new(Class::Abbreviation, "century")
            }
            // "2 pt. cream"
            "pt" if around.point
                && around.next.starts_with(char::is_lowercase)
                && self.before.ends_with(|c: char| c.is_ascii_digit()) =>
            {
                let one = self.before == "1" || self.before.contains('/');
                Reading::new(Class::Measure, if one { "pint" } else { "pints" })
            }
            // "N. Korea", "S. Africa"
            "N" | "S" | "E" | "W"
                if around.point
                    && (REGIONS.contains(&around.next)
                        || around.capital
                            && self
                                .ahead
                                .get(2)
                                .is_some_and(|street| address::street(&street.core).is_some())) =>
            {
                Reading::new(Class::Abbreviation, abbreviation::side(core)?)
            }
            // "the 9th Cir." is a court, "Oak Cir." a street.
            "Cir"
                if around.point
                    && self.before.starts_with(|c: char| c.is_ascii_digit())
                    && self.before.ends_with(['t', 'd', 'h']) =>
            {
                Reading::new(Class::Abbreviation, "Circuit")
            }
            "v" if around.capital && self.before.starts_with(char::is_uppercase) => {
                Reading::new(Class::Abbreviation, "versus")
            }
            _ => return None,
        };
        let mut found = Found::new(reading, 1);
        found.taken = usize::from(around.point);
        found.may_end_sentence = false;
        Some(found)
    }

    fn street_or_title(
        &self,
        core: &str,
        candidates: &[Abbreviation],
        rule: &Rule<bool>,
        point: bool,
    ) -> Option<Found> {
        if rule.reading && !point && self.ahead.len() > 1 && !self.context(1).after.is_empty() {
            return None;
        }
        let spoken = if rule.reading {
            address::street(core)?
        } else {
            candidates.iter().find(|known| known.needs == Needs::Capital)?.spoken
        };
        let mut found = Found::new(Reading::new(Class::Abbreviation, spoken).because(rule.reason), 1);
        found.taken = usize::from(point);
        found.may_end_sentence = rule.reading && self.ends_sentence(1);
        found.point = point && found.may_end_sentence;
        Some(found)
    }

    fn fits(&self, needs: Needs, core: &str, around: &Around<'_>) -> bool {
        let Around {
            point,
            next,
            number,
            capital,
        } = *around;
        let capitalised = core.starts_with(char::is_uppercase);
        match needs {
            Needs::Capital => {
                let pair = matches!(next, "and" | "&") && matches!(core, "Mr" | "Mrs" | "Dr" | "Ms");
                let written = point || core.len() > 1 && !core.bytes().all(|byte| byte.is_ascii_uppercase());
                (capital || pair) && capitalised && written
            }
            Needs::PointAndCapital => {
                // "Lt. Gen. (ret.) Ruiz"
                let chained = abbreviation::is_title(&self.before);
                point && (capital || chained) && capitalised && !(core.len() == 2 && number)
            }
            Needs::Point => point && !(core.len() <= 3 && ambiguous(core) && !capitalised && self.ahead.len() == 1),
            Needs::Number => number && (point || core.len() > 2 || capitalised),
            // "Answer yes or no. 5 people came."
            Needs::PointAndNumber if core == "no" && matches!(self.before.as_str(), "or" | "say" | "said" | "says") => {
                false
            }
            Needs::PointAndNumber => {
                let digits = next.bytes().all(|byte| byte.is_ascii_digit());
                number && (point && (core.len() > 1 || numbered_letter(core, next)) || core == "No" && digits)
            }
            Needs::Nothing => true,
        }
    }
}

/// Countries and regions whose names have a direction.
const REGIONS: &[&str] = &[
    "Africa",
    "America",
    "Asia",
    "Carolina",
    "Dakota",
    "Europe",
    "Germany",
    "Ireland",
    "Korea",
    "Korean",
    "Macedonia",
    "Sudan",
    "Vietnam",
    "Virginia",
    "Yorkshire",
];

/// Abbreviations that are also short words. At the end of a text they are expanded only if they are capitalized.
fn ambiguous(core: &str) -> bool {
    matches!(
        core,
        "co" | "cos"
            | "ed"
            | "mon"
            | "wed"
            | "fri"
            | "dec"
            | "mass"
            | "dir"
            | "sat"
            | "sun"
            | "max"
            | "inst"
            | "dist"
            | "trans"
            | "wash"
            | "temp"
            | "mar"
    )
}

/// `p. 12`, `c. 1200`, `b. 1970`: single letters need a plausible number after them.
fn numbered_letter(letter: &str, number: &str) -> bool {
    match letter {
        "p" | "l" | "v" | "n" => true,
        "c" | "b" | "d" | "r" => {
            let digits = number.bytes().filter(|byte| *byte != b',');
            number.len() >= 3 && digits.take(3).all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}
