//! Warnings about requests, in the response header `x-loqui-warning`.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use loqui_core::{Finding, FindingCode};

/// The header of warnings.
pub(crate) const WARNING: HeaderName = HeaderName::from_static("x-loqui-warning");
/// The maximum length of a warning.
const MAX_LENGTH: usize = 500;

/// What a client should know about a request that was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Warnings(Vec<String>);

impl Warnings {
    /// Adds a message.
    pub(crate) fn add(&mut self, message: impl Into<String>) {
        self.0.push(message.into());
    }

    /// Adds that a field of the request has no effect.
    pub(crate) fn ignored(&mut self, field: &str) {
        self.add(format!("{field} has no effect"));
    }

    /// Adds the warnings of another list.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds the options that the engine ignored.
    pub(crate) fn of_engine(&mut self, findings: &[Finding]) {
        let ignored = findings
            .iter()
            .filter(|finding| finding.code == FindingCode::OptionIgnored);
        self.0.extend(ignored.map(|finding| finding.message.clone()));
    }

    /// Writes the warnings into a response, one header for each.
    pub(crate) fn write(&self, response: &mut Response) {
        for message in &self.0 {
            let plain: String = message
                .chars()
                .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
                .take(MAX_LENGTH)
                .collect();
            if let Ok(value) = HeaderValue::from_str(&plain) {
                response.headers_mut().append(WARNING, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_one_header_each_without_control_characters() {
        let mut warnings = Warnings::default();
        warnings.ignored("instructions");
        warnings.add("a\r\nb: ä");
        let mut response = Response::default();
        warnings.write(&mut response);
        let values: Vec<_> = response.headers().get_all(WARNING).iter().collect();
        assert_eq!(values, ["instructions has no effect", "a??b: ?"]);
    }
}
