use std::fmt;

use serde::{Deserialize, Serialize};

/// Who made a model and under which licence: what the licence requires to be named with the model and its speech.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Attribution {
    /// Title of the model, for instance `Pocket TTS (english)`.
    pub title: String,
    /// Author of the model.
    pub author: String,
    /// Page of the model.
    pub source: String,
    /// Name of the licence, for instance `CC-BY-4.0`.
    pub licence: String,
    /// Text of the licence.
    pub licence_url: String,
    /// What was changed in the weights after their publication. `None` for published weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<String>,
}

impl fmt::Display for Attribution {
    /// Writes one line, which fits into the metadata of a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} by {}, {}, licensed under {} ({})",
            self.title, self.author, self.source, self.licence, self.licence_url
        )?;
        match &self.changes {
            Some(changes) => write!(f, "; changes: {changes}"),
            None => Ok(()),
        }
    }
}
