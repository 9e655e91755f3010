//! How often a fault occurs. Rules have a JSON form and a text form for the command line.

use std::fmt;
use std::str::FromStr;

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::table::Fault;

/// A fault, how often it occurs and with what probability.
///
/// JSON form: `{"fault": "create_throttled", "value": 5, "times": 3, "skip": 0, "chance": 1.0}`. Only `fault` is required;
/// `times` may be `"always"`. Text form: the name, followed by optional parts in this order: `:value`, `@skip`, `*times` (or
/// `*always`) and `%chance` in percent.
///
/// ```
/// use loqui_emulator::{Fault, Rule};
///
/// let rule: Rule = "create_throttled:5@2*3".parse()?;
/// assert_eq!(rule, Rule::new(Fault::CreateThrottled(5)).skipping(2).times(3));
/// let same: Rule =
///     serde_json::from_str(r#"{"fault": "create_throttled", "value": 5, "skip": 2, "times": 3}"#)?;
/// assert_eq!(rule, same);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RuleForm", into = "RuleForm")]
pub struct Rule {
    fault: Fault,
    times: Times,
    skip: u32,
    chance: f64,
}

/// How often a rule still applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Times {
    /// This many times.
    Count(u32),
    /// Until the rules are cleared.
    Always,
}

/// Why a fault or rule is invalid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// No fault has this name.
    #[error("there is no fault {name:?}: use one of {}", names().join(", "))]
    #[non_exhaustive]
    Unknown {
        /// The given name.
        name: String,
    },
    /// The fault takes another type of value.
    #[error("fault {name} takes {expected}, got {value}")]
    #[non_exhaustive]
    Value {
        /// Name of the fault.
        name: String,
        /// The expected type.
        expected: &'static str,
        /// The given value.
        value: Value,
    },
    /// A part of a rule is invalid.
    #[error("the {part} of a fault must be {expected}, got {actual:?}")]
    #[non_exhaustive]
    Part {
        /// Name of the part.
        part: &'static str,
        /// The accepted values.
        expected: &'static str,
        /// The given value.
        actual: String,
    },
}

fn names() -> Vec<&'static str> {
    Fault::catalogue().iter().map(|fault| fault.name).collect()
}

impl Rule {
    /// Creates a rule that applies once.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            times: Times::Count(1),
            skip: 0,
            chance: 1.0,
        }
    }

    /// Sets how often the rule applies.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self {
            times: Times::Count(count),
            ..self
        }
    }

    /// Applies the rule until the rules are cleared.
    #[must_use]
    pub fn always(self) -> Self {
        Self {
            times: Times::Always,
            ..self
        }
    }

    /// Skips the first `count` occasions.
    #[must_use]
    pub fn skipping(self, count: u32) -> Self {
        Self { skip: count, ..self }
    }

    /// Sets the probability with which the rule applies each time, from 0 to 1.
    #[must_use]
    pub fn with_chance(self, chance: f64) -> Self {
        Self {
            chance: chance.clamp(0.0, 1.0),
            ..self
        }
    }

    /// Returns the fault.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Returns true if the rule applies now, and counts it.
    pub(super) fn applies(&mut self, rng: &mut Rng) -> bool {
        if self.is_spent() {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if self.chance < 1.0 && rng.f64() >= self.chance {
            return false;
        }
        if let Times::Count(left) = &mut self.times {
            *left -= 1;
        }
        true
    }

    pub(super) fn is_spent(&self) -> bool {
        self.times == Times::Count(0)
    }
}

/// The JSON form of a rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    fault: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(default)]
    times: TimesForm,
    #[serde(default)]
    skip: u32,
    #[serde(default = "certain")]
    chance: f64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum TimesForm {
    Count(u32),
    Word(AlwaysForm),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AlwaysForm {
    Always,
}

impl Default for TimesForm {
    fn default() -> Self {
        Self::Count(1)
    }
}

fn certain() -> f64 {
    1.0
}

impl TryFrom<RuleForm> for Rule {
    type Error = FaultError;

    fn try_from(form: RuleForm) -> Result<Self, FaultError> {
        if !(0.0..=1.0).contains(&form.chance) {
            return Err(FaultError::Part {
                part: "chance",
                expected: "from 0 to 1",
                actual: form.chance.to_string(),
            });
        }
        Ok(Self {
            fault: Fault::from_parts(&form.fault, form.value)?,
            times: match form.times {
                TimesForm::Count(count) => Times::Count(count),
                TimesForm::Word(AlwaysForm::Always) => Times::Always,
            },
            skip: form.skip,
            chance: form.chance,
        })
    }
}

impl From<Rule> for RuleForm {
    fn from(rule: Rule) -> Self {
        Self {
            fault: rule.fault.name().to_owned(),
            value: rule.fault.value(),
            times: match rule.times {
                Times::Count(count) => TimesForm::Count(count),
                Times::Always => TimesForm::Word(AlwaysForm::Always),
            },
            skip: rule.skip,
            chance: rule.chance,
        }
    }
}

impl FromStr for Rule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let name_end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(name_end);
        let (rest, chance) = part(rest, '%');
        let (rest, times) = part(rest, '*');
        let (rest, skip) = part(rest, '@');
        let (rest, value) = match rest.strip_prefix(':') {
            // A value that is not JSON is a text.
            Some(value) => (
                "",
                Some(serde_json::from_str(value).unwrap_or_else(|_| Value::from(value))),
            ),
            None => (rest, None),
        };
        if !rest.is_empty() {
            return Err(FaultError::Unknown {
                name: format!("{name}{rest}"),
            });
        }
        let mut rule = Self::new(Fault::from_parts(name, value)?);
        match times {
            Some("always") => rule = rule.always(),
            Some(count) => rule = rule.times(number(count, "count", "an integer or always")?),
            None => {}
        }
        if let Some(skip) = skip {
            rule = rule.skipping(number(skip, "skip", "an integer")?);
        }
        if let Some(percent) = chance {
            let value: f64 = number(percent, "chance", "from 0 to 100 percent")?;
            if !(0.0..=100.0).contains(&value) {
                return Err(FaultError::Part {
                    part: "chance",
                    expected: "from 0 to 100 percent",
                    actual: percent.to_owned(),
                });
            }
            rule = rule.with_chance(value / 100.0);
        }
        Ok(rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.fault.name())?;
        match self.fault.value() {
            Some(Value::String(text)) => write!(formatter, ":{text}")?,
            Some(value) => write!(formatter, ":{value}")?,
            None => {}
        }
        if self.skip > 0 {
            write!(formatter, "@{}", self.skip)?;
        }
        match self.times {
            Times::Count(1) => {}
            Times::Count(count) => write!(formatter, "*{count}")?,
            Times::Always => formatter.write_str("*always")?,
        }
        if self.chance < 1.0 {
            write!(formatter, "%{}", self.chance * 100.0)?;
        }
        Ok(())
    }
}

fn part(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.rsplit_once(mark) {
        Some((rest, part)) => (rest, Some(part)),
        None => (text, None),
    }
}

fn number<T: FromStr>(text: &str, part: &'static str, expected: &'static str) -> Result<T, FaultError> {
    text.parse().map_err(|_| FaultError::Part {
        part,
        expected,
        actual: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_forms_are_equivalent() {
        for text in [
            "drop_after_accept",
            "create_throttled:5@2*3",
            "payment_required@4*always",
            "download_truncated*always%20",
            "prediction_fails:out of memory: 12 GB",
        ] {
            let rule: Rule = text.parse().unwrap();
            assert_eq!(rule.to_string(), text);
            let json = serde_json::to_string(&rule).unwrap();
            assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule, "{json}");
        }
    }

    #[test]
    fn invalid_rules_are_refused() {
        for text in [
            "",
            "nothing",
            "drop_after_accept?",
            "drop_after_accept*soon",
            "null_output%120",
            "null_output:1",
        ] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
        for json in [
            r#"{"fault":"null_output","tmies":1}"#,
            r#"{"fault":"null_output","chance":2}"#,
            r#"{"fault":"null_output","times":"often"}"#,
        ] {
            assert!(serde_json::from_str::<Rule>(json).is_err(), "{json}");
        }
    }
}
