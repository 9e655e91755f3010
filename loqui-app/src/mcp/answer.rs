//! The results of tools: text for the agent, the same as JSON, and links to files.

use loqui_core::Error;
use loqui_core::ledger::ErrorRecord;
use loqui_core::options::FieldError;
use rmcp::model::{CallToolResult, ContentBlock, Resource};
use serde_json::{Value, json};

use crate::code;

/// The result of a tool that has succeeded.
#[derive(Debug)]
pub(super) struct Answer {
    /// What the agent reads.
    pub(super) text: String,
    /// The same as JSON.
    pub(super) json: Value,
    /// The link to the speech.
    pub(super) link: Option<Resource>,
}

impl Answer {
    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
            link: None,
        }
    }
}

impl From<Answer> for CallToolResult {
    fn from(answer: Answer) -> Self {
        let text = ContentBlock::text(answer.text);
        let link = answer.link.map(ContentBlock::resource_link);
        let mut result = Self::success([text].into_iter().chain(link).collect());
        result.structured_content = Some(answer.json);
        result
    }
}

/// Returns the result of a tool that has failed, with code, message and hint.
pub(super) fn failed(error: &Error) -> CallToolResult {
    let mut text = loqui_core::error::report(error);
    if error.retryable() {
        text.push_str("\n  The same call may succeed later.");
    }
    let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
    result.structured_content = Some(json!({
        "error": ErrorRecord::from(error),
        "generation": error.generation_id(),
    }));
    result
}

/// Converts the error of an argument.
#[expect(clippy::needless_pass_by_value, reason = "passed to `map_err`")]
pub(super) fn invalid(error: FieldError) -> Error {
    let message = if error.missing {
        format!("the argument {} is missing", error.field)
    } else {
        format!("the argument {} is invalid: {}", error.field, error.message)
    };
    Error::new(&code::REQUEST_INVALID, message).with_hint("Follow the schema of the tool.")
}
