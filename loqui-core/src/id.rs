//! The ids of the records in a store.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Identifies a generation in a store. The store assigns it. Printed, parsed and serialized as a plain number.
///
/// # Examples
///
/// ```
/// use loqui_core::GenerationId;
///
/// let id: GenerationId = "7".parse()?;
/// assert_eq!(id, GenerationId::new(7));
/// assert_eq!(id.to_string(), "7");
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenerationId(i64);

impl GenerationId {
    /// Wraps the number that a store has assigned.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// Returns the number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for GenerationId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for GenerationId {
    type Err = ParseIntError;

    /// Parses a decimal number.
    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// Identifies a sample in a store. The store assigns it. Printed, parsed and serialized as a plain number.
///
/// # Examples
///
/// ```
/// use loqui_core::SampleId;
///
/// let id: SampleId = "3".parse()?;
/// assert_eq!(id, SampleId::new(3));
/// assert_eq!(id.to_string(), "3");
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SampleId(i64);

impl SampleId {
    /// Wraps the number that a store has assigned.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// Returns the number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for SampleId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl fmt::Display for SampleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for SampleId {
    type Err = ParseIntError;

    /// Parses a decimal number.
    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_a_plain_number() {
        assert_eq!(serde_json::to_string(&GenerationId::new(7)).unwrap(), "7");
        assert_eq!(serde_json::from_str::<SampleId>("3").unwrap(), SampleId::new(3));
    }

    #[test]
    fn display_pads_as_a_number_does() {
        assert_eq!(
            format!("{:>4}|{:<4}|", GenerationId::new(7), SampleId::new(3)),
            "   7|3   |"
        );
    }
}
