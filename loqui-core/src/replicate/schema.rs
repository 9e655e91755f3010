//! Compares a model's published input schema with the model table. Free of charge.

use reqwest::Method;
use serde_json::Value;

use super::client::Client;
use super::failure;
use super::models::Model;
use super::predictions::split_name;
use crate::error::Result;

/// Size limit of a model description, which includes its schema and an example.
const CAP: usize = 4 << 20;
const WHAT: &str = "read a model";

/// A difference between a model's published input schema and this version's model table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaDrift {
    /// The input field.
    pub field: String,
    /// The value that this version expects.
    pub expected: String,
    /// The value that Replicate publishes.
    pub actual: String,
}

impl std::fmt::Display for SchemaDrift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: expected {}, got {}", self.field, self.expected, self.actual)
    }
}

impl Client {
    /// Returns the differences between a model's published input schema and the fields that this version sends.
    ///
    /// # Errors
    ///
    /// `replicate.not_found` if the model does not exist, and the errors of all API calls.
    pub async fn schema_drift(&self, model: &Model) -> Result<Vec<SchemaDrift>> {
        Ok(drift(model, &self.model_description(&model.name).await?))
    }

    /// Returns the id of a model's latest version. Models that are not official are called by their version
    /// (<https://replicate.com/docs/topics/models/official-models>).
    ///
    /// # Errors
    ///
    /// `replicate.not_found` if the model does not exist, and the errors of all API calls.
    pub async fn latest_version(&self, name: &str) -> Result<Option<String>> {
        let description = self.model_description(name).await?;
        let id = description
            .get("latest_version")
            .and_then(|version| version.get("id")?.as_str());
        Ok(id.map(str::to_owned))
    }

    async fn model_description(&self, name: &str) -> Result<Value> {
        let (owner, name) = split_name(name)?;
        let url = self.origin().join(&["models", owner, name]);
        let response = self.call(WHAT, CAP, || self.request(Method::GET, url.clone())).await?;
        serde_json::from_slice(&response.body).map_err(|_| failure::unreadable(WHAT, &response, "is not JSON"))
    }
}

fn drift(model: &Model, description: &Value) -> Vec<SchemaDrift> {
    let input = description.pointer("/latest_version/openapi_schema/components/schemas/Input");
    let Some(Value::Object(properties)) = input.and_then(|input| input.get("properties")) else {
        return vec![difference("input", "a published schema", "none")];
    };
    let mut drifts = Vec::new();
    let names = [&model.text_field]
        .into_iter()
        .chain(&model.reference_field)
        .chain(&model.language_field)
        .chain(model.ranges.keys())
        .chain(model.choices.keys())
        .chain(&model.texts)
        .map(String::as_str)
        .chain(["seed"]);
    for name in names {
        if !properties.contains_key(name) {
            drifts.push(difference(name, "a field", "no such field"));
        }
    }
    for (name, (least, greatest)) in &model.ranges {
        for (bound, ours) in [("minimum", least), ("maximum", greatest)] {
            // Bounds that the schema leaves out are checked by the model itself.
            let theirs = properties.get(name).and_then(|field| field.get(bound)?.as_f64());
            if let Some(theirs) = theirs.filter(|theirs| (theirs - ours).abs() > 1e-9) {
                drifts.push(difference(name, &format!("a {bound} of {ours}"), &theirs.to_string()));
            }
        }
    }
    let required = input.and_then(|input| input.get("required")?.as_array());
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if name != model.text_field {
            drifts.push(difference(name, "an optional field", "a required one"));
        }
    }
    drifts
}

fn difference(field: &str, expected: &str, actual: &str) -> SchemaDrift {
    SchemaDrift {
        field: field.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::replicate::testing::Bench;

    #[tokio::test]
    async fn model_table_matches_the_published_schemas() {
        let bench = Bench::start().await;
        for model in Model::all() {
            assert_eq!(bench.client.schema_drift(model).await.unwrap(), [], "{}", model.name);
        }
        assert!(bench.emulator.ledger().creates.is_empty(), "no prediction is created");
        let version = bench
            .client
            .latest_version("resemble-ai/chatterbox")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(version.len(), 64);
    }

    #[test]
    fn each_difference_is_reported() {
        let model = Model::by_name("chatterbox").unwrap();
        assert_eq!(drift(model, &json!({ "latest_version": null })).len(), 1);
        let published = json!({ "latest_version": { "openapi_schema": { "components": { "schemas": { "Input": {
            "required": ["prompt", "consent"],
            "properties": { "prompt": {}, "reference_audio": {}, "seed": {}, "exaggeration": { "maximum": 1 },
                            "cfg_weight": {}, "temperature": { "minimum": 0.05 }, "consent": {} }
        } } } } } });
        let drifts: Vec<String> = drift(model, &published).iter().map(ToString::to_string).collect();
        assert_eq!(
            drifts,
            [
                "audio_prompt: expected a field, got no such field",
                "exaggeration: expected a maximum of 2, got 1",
                "consent: expected an optional field, got a required one",
            ]
        );
    }
}
