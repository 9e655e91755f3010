//! The models, read from their schemas in `data/`.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use serde_json::Value;

/// A model with its schema.
#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) run_count: u64,
    /// Version ids, newest first.
    pub(crate) versions: Vec<String>,
    /// Input field of the text.
    pub(crate) text_field: String,
    /// Input field of the reference URL.
    pub(crate) reference_field: Option<String>,
    /// The reference must be longer than this, in seconds.
    #[serde(default)]
    pub(crate) reference_longer_than_seconds: f64,
    pub(crate) openapi_schema: Value,
}

impl Model {
    /// Returns `owner/name`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

static MODELS: LazyLock<Vec<Arc<Model>>> = LazyLock::new(|| {
    [
        include_str!("../data/chatterbox.json"),
        include_str!("../data/chatterbox-turbo.json"),
        include_str!("../data/chatterbox-pro.json"),
        include_str!("../data/chatterbox-multilingual.json"),
    ]
    .into_iter()
    .map(|text| Arc::new(serde_json::from_str(text).expect("the schemas are part of the crate and tested")))
    .collect()
});

/// Returns a model by its name.
pub(crate) fn by_name(owner: &str, name: &str) -> Option<Arc<Model>> {
    MODELS
        .iter()
        .find(|model| model.owner == owner && model.name == name)
        .map(Arc::clone)
}

/// Returns a model by one of its version ids.
pub(crate) fn by_version(version: &str) -> Option<Arc<Model>> {
    MODELS
        .iter()
        .find(|model| model.versions.iter().any(|known| known == version))
        .map(Arc::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_have_the_fields_that_the_models_name() {
        for model in MODELS.iter() {
            let input = &model.openapi_schema["components"]["schemas"]["Input"];
            assert_eq!(input["required"][0], *model.text_field, "{}", model.name);
            assert_eq!(input["properties"][&model.text_field]["type"], "string");
            if let Some(reference) = &model.reference_field {
                assert_eq!(input["properties"][reference]["format"], "uri");
            }
            assert!(model.versions.iter().all(|version| version.len() == 64));
        }
    }

    #[test]
    fn models_are_found_by_name_and_version() {
        let model = by_name("resemble-ai", "chatterbox").unwrap();
        assert_eq!(by_version(&model.versions[0]).unwrap().name, "chatterbox");
        assert!(by_name("resemble-ai", "kokoro").is_none());
        assert!(by_version("0").is_none());
    }
}
