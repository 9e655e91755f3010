//! Rule-based number formats of CLDR: numbers in the words of a language.
//!
//! The rules are those of [UTS 35, part 3](https://www.unicode.org/reports/tr35/tr35-numbers.html#Rule-Based_Number_Formatting).

use std::collections::HashMap;

use super::plural::Category;

/// The maximum depth of references between sets.
const DEEPEST: usize = 64;

/// A part of the text of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `←…←`: the number divided by the divisor of the rule.
    Quotient(Reference),
    /// `→…→`: the remainder.
    Remainder(Reference),
    /// `=…=`: the number itself.
    Same(Reference),
    /// `[…|…]`: the first if the remainder is not zero, otherwise the second.
    Optional(Vec<Self>, Vec<Self>),
    /// `$(cardinal,…)$`: the form of a word that goes with the quotient.
    Plural(Vec<(Category, String)>),
}

/// The rule set that a part refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reference {
    /// The set of the rule itself.
    Own,
    /// `→→→`: the remainder, with the previous rule; after a decimal point, the digits without spaces between them.
    Digits,
    Set(String),
    /// Digits as they are.
    Plain,
}

#[derive(Clone, Debug)]
struct Rule {
    base: u64,
    divisor: u64,
    parts: Vec<Part>,
}

/// A set of rules.
#[derive(Clone, Debug, Default)]
struct Set {
    rules: Vec<Rule>,
    negative: Option<Vec<Part>>,
    decimal: Option<Vec<Part>>,
    below_one: Option<Vec<Part>>,
}

/// All rule sets of a language.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    sets: HashMap<String, Set>,
}

impl Rules {
    /// Adds a rule to a set.
    pub(super) fn add(&mut self, set: &str, base: &str, body: &str) {
        let body = body.strip_prefix('\'').unwrap_or(body);
        let (parts, _) = parse(body);
        let set = self.sets.entry(set.to_owned()).or_default();
        match base {
            "-x" => set.negative = Some(parts),
            "x.x" => set.decimal = Some(parts),
            "0.x" => set.below_one = Some(parts),
            _ => {
                let (base, radix) = base.split_once('/').unwrap_or((base, "10"));
                let (Ok(base), Ok(radix)) = (base.replace(',', "").parse::<u64>(), radix.parse::<u64>()) else {
                    return;
                };
                let mut divisor = 1_u64;
                while radix > 1 && divisor.checked_mul(radix).is_some_and(|next| next <= base) {
                    divisor *= radix;
                }
                set.rules.push(Rule { base, divisor, parts });
            }
        }
    }

    pub(super) fn has(&self, set: &str) -> bool {
        self.sets.contains_key(set)
    }

    /// Writes a whole number in words.
    pub(super) fn whole(&self, set: &str, number: u64, plural: fn(u64) -> Category) -> String {
        let mut spoken = String::new();
        self.write(set, number, plural, 0, &mut spoken);
        tidy(&spoken)
    }

    /// Writes a decimal number in words.
    pub(super) fn decimal(&self, set: &str, whole: u64, digits: &str, plural: fn(u64) -> Category) -> String {
        let mut spoken = String::new();
        self.write_decimal(set, whole, digits, plural, 0, &mut spoken);
        tidy(&spoken)
    }

    /// Writes a negative number, given the words of its absolute value.
    pub(super) fn negative(&self, set: &str, absolute: &str) -> String {
        let parts = self.sets.get(set).and_then(|set| set.negative.as_ref());
        let Some(parts) = parts.or_else(|| self.sets.values().find_map(|set| set.negative.as_ref())) else {
            return absolute.to_owned();
        };
        let words: String = parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Remainder(_) => absolute,
                _ => "",
            })
            .collect();
        tidy(&words)
    }

    fn write(&self, name: &str, number: u64, plural: fn(u64) -> Category, depth: usize, out: &mut String) {
        let set = self.sets.get(name).filter(|_| depth < DEEPEST);
        let Some(set) = set else {
            out.push_str(&number.to_string());
            return;
        };
        let index = set.rules.partition_point(|rule| rule.base <= number);
        let Some(mut index) = index.checked_sub(1) else {
            out.push_str(&number.to_string());
            return;
        };
        let rule = &set.rules[index];
        // The roll-back rule: "two thousand" is not "twenty hundred".
        let both = |parts: &[Part]| {
            parts.iter().any(|part| matches!(part, Part::Quotient(_)))
                && parts.iter().any(|part| matches!(part, Part::Remainder(_)))
        };
        if both(&rule.parts) && rule.base % rule.divisor != 0 && number.is_multiple_of(rule.divisor) && index >= 1 {
            index -= 1;
        }
        self.apply(name, set, index, number, plural, depth, out);
    }

    #[expect(clippy::too_many_arguments, reason = "the inputs of a rule")]
    fn apply(
        &self,
        name: &str,
        set: &Set,
        index: usize,
        number: u64,
        plural: fn(u64) -> Category,
        depth: usize,
        out: &mut String,
    ) {
        let rule = &set.rules[index];
        let call = Call {
            name,
            number,
            quotient: number / rule.divisor,
            remainder: number % rule.divisor,
            plural,
            depth,
            index,
        };
        self.parts(&rule.parts, &call, out);
    }

    fn parts(&self, parts: &[Part], call: &Call<'_>, out: &mut String) {
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Quotient(reference) => self.refer(reference, call.quotient, call, out),
                Part::Remainder(reference) => self.refer(reference, call.remainder, call, out),
                Part::Same(reference) => self.refer(reference, call.number, call, out),
                Part::Optional(some, none) => self.parts(if call.remainder == 0 { none } else { some }, call, out),
                Part::Plural(forms) => out.push_str(form(forms, (call.plural)(call.quotient))),
            }
        }
    }

    fn refer(&self, reference: &Reference, number: u64, call: &Call<'_>, out: &mut String) {
        match reference {
            Reference::Digits if call.index > 0 && call.depth < DEEPEST => {
                if let Some(set) = self.sets.get(call.name) {
                    self.apply(call.name, set, call.index - 1, number, call.plural, call.depth + 1, out);
                }
            }
            Reference::Own | Reference::Digits => self.write(call.name, number, call.plural, call.depth + 1, out),
            Reference::Set(set) => self.write(set, number, call.plural, call.depth + 1, out),
            Reference::Plain => out.push_str(&number.to_string()),
        }
    }

    fn write_decimal(
        &self,
        name: &str,
        whole: u64,
        digits: &str,
        plural: fn(u64) -> Category,
        depth: usize,
        out: &mut String,
    ) {
        let set = self.sets.get(name).filter(|_| depth < DEEPEST);
        let parts = set.and_then(|set| set.below_one.as_ref().filter(|_| whole == 0).or(set.decimal.as_ref()));
        let Some(parts) = parts else {
            // "=%spellout-cardinal=" as the only rule.
            let only = set
                .and_then(|set| set.rules.first())
                .and_then(|rule| match rule.parts.as_slice() {
                    [Part::Same(Reference::Set(other))] => Some(other),
                    _ => None,
                });
            if let Some(other) = only {
                self.write_decimal(other, whole, digits, plural, depth + 1, out);
            } else {
                self.write(name, whole, plural, depth, out);
            }
            return;
        };
        if let [Part::Same(Reference::Set(other))] = parts.as_slice() {
            return self.write_decimal(other, whole, digits, plural, depth + 1, out);
        }
        let call = Call {
            name,
            number: whole,
            quotient: whole,
            remainder: whole,
            plural,
            depth,
            index: 0,
        };
        self.decimal_parts(parts, &call, digits, out);
    }

    fn decimal_parts(&self, parts: &[Part], call: &Call<'_>, digits: &str, out: &mut String) {
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Quotient(reference) => self.refer(reference, call.number, call, out),
                Part::Remainder(Reference::Set(set)) if self.is_fraction(set) => self.fraction(set, digits, call, out),
                Part::Remainder(reference) => {
                    let set = match reference {
                        Reference::Set(set) => set.as_str(),
                        _ => call.name,
                    };
                    let joiner = if *reference == Reference::Digits { "" } else { " " };
                    let words: Vec<String> = digits
                        .bytes()
                        .map(|digit| {
                            let mut word = String::new();
                            self.write(set, u64::from(digit - b'0'), call.plural, call.depth + 1, &mut word);
                            word
                        })
                        .collect();
                    out.push_str(&words.join(joiner));
                }
                Part::Optional(some, _) if call.number > 0 => self.decimal_parts(some, call, digits, out),
                Part::Optional(..) | Part::Same(_) => {}
                Part::Plural(forms) => out.push_str(form(forms, (call.plural)(call.number))),
            }
        }
    }

    /// Whether the bases of a set are denominators.
    fn is_fraction(&self, set: &str) -> bool {
        self.sets
            .get(set)
            .is_some_and(|set| set.rules.first().is_some_and(|rule| rule.base == 10))
    }

    fn fraction(&self, name: &str, digits: &str, call: &Call<'_>, out: &mut String) {
        let denominator = u32::try_from(digits.len())
            .ok()
            .and_then(|length| 10_u64.checked_pow(length));
        let set = self.sets.get(name);
        let rule = set.and_then(|set| set.rules.iter().find(|rule| Some(rule.base) == denominator));
        let (Some(rule), Ok(numerator)) = (rule, digits.parse::<u64>()) else {
            out.push_str(digits);
            return;
        };
        let call = Call {
            name,
            number: numerator,
            quotient: numerator,
            remainder: 0,
            ..*call
        };
        let zeros = digits.len() - digits.trim_start_matches('0').len();
        // "1,05": leading zeros are read separately if the fraction is read as a number.
        if zeros > 0 && rule.parts.len() <= 2 && !rule.parts.iter().any(|part| matches!(part, Part::Plural(_))) {
            for _ in 0..zeros.min(digits.len() - 1) {
                self.refer(&Reference::Set("%spellout-numbering".to_owned()), 0, &call, out);
                out.push(' ');
            }
        }
        self.parts(&rule.parts, &call, out);
    }
}

/// The rule that is applied, with its number.
#[derive(Clone, Copy)]
struct Call<'a> {
    name: &'a str,
    number: u64,
    quotient: u64,
    remainder: u64,
    plural: fn(u64) -> Category,
    depth: usize,
    /// The place of the rule in its set.
    index: usize,
}

/// The form for a category, or the last one.
pub(super) fn form(forms: &[(Category, String)], category: Category) -> &str {
    forms
        .iter()
        .find(|(known, _)| *known == category)
        .or_else(|| forms.iter().find(|(known, _)| *known == Category::Other))
        .or_else(|| forms.last())
        .map_or("", |(_, form)| form)
}

/// Reads `one{…}other{…}` or `one=…|other=…`.
pub(super) fn forms(text: &str) -> Vec<(Category, String)> {
    let pairs: Vec<(&str, &str)> = if text.contains('{') && !text.contains('=') {
        text.split_terminator('}')
            .filter_map(|pair| pair.split_once('{'))
            .collect()
    } else {
        text.split('|').filter_map(|pair| pair.split_once('=')).collect()
    };
    pairs
        .into_iter()
        .filter_map(|(name, form)| Some((Category::from_name(name)?, form.to_owned())))
        .collect()
}

/// Parses the body of a rule up to a closing bracket or a bar. Returns the rest.
fn parse(body: &str) -> (Vec<Part>, &str) {
    let mut parts = Vec::new();
    let mut rest = body;
    let mut text = String::new();
    let flush = |text: &mut String, parts: &mut Vec<Part>| {
        if !text.is_empty() {
            parts.push(Part::Text(std::mem::take(text)));
        }
    };
    while let Some(c) = rest.chars().next() {
        match c {
            ']' | '|' => break,
            '[' => {
                flush(&mut text, &mut parts);
                let (some, tail) = parse(&rest[1..]);
                let (none, tail) = match tail.strip_prefix('|') {
                    Some(tail) => parse(tail),
                    None => (Vec::new(), tail),
                };
                parts.push(Part::Optional(some, none));
                rest = tail.strip_prefix(']').unwrap_or(tail);
            }
            '←' | '→' | '=' => {
                flush(&mut text, &mut parts);
                let tail = &rest[c.len_utf8()..];
                let Some(end) = tail.find(c) else {
                    rest = tail;
                    continue;
                };
                let name = &tail[..end];
                let mut behind = &tail[end + c.len_utf8()..];
                let reference = match name {
                    "" if c == '→' && behind.starts_with('→') => {
                        behind = &behind[c.len_utf8()..];
                        Reference::Digits
                    }
                    "" => Reference::Own,
                    set if set.starts_with('%') => Reference::Set(set.to_owned()),
                    _ => Reference::Plain,
                };
                parts.push(match c {
                    '←' => Part::Quotient(reference),
                    '→' => Part::Remainder(reference),
                    _ => Part::Same(reference),
                });
                rest = behind;
            }
            '$' if rest.starts_with("$(") => {
                flush(&mut text, &mut parts);
                let end = rest.find(")$").unwrap_or(rest.len());
                let inner = &rest[2..end];
                parts.push(Part::Plural(forms(
                    inner.split_once(',').map_or("", |(_, forms)| forms),
                )));
                rest = rest.get(end + 2..).unwrap_or_default();
            }
            // A soft hyphen shows where a word may be cut.
            '\u{AD}' => rest = &rest[c.len_utf8()..],
            _ => {
                text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    flush(&mut text, &mut parts);
    (parts, rest)
}

fn tidy(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
