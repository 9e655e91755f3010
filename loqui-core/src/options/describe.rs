//! The options as data, for surfaces that are generated: command-line flags, OpenAPI, Python and Node declarations, docs.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{DeliveryOptions, RequestMetadata, RunLimits, TextOptions, VoiceSettings, field_names};

/// The group of the fields that are not speak options.
const METADATA: &str = "RequestMetadata";

/// One option: its name, type and documentation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionInfo {
    /// The name in JSON, in Python and, with dashes, on the command line.
    pub name: &'static str,
    /// The struct that it is a field of, for example `VoiceSettings`.
    pub group: &'static str,
    /// The type of its value.
    pub kind: OptionKind,
    /// The unit of a number, for example `s` or `USD`.
    pub unit: Option<String>,
    /// The smallest allowed value, where it is the same for every engine.
    pub minimum: Option<f64>,
    /// A second name, kept for compatibility.
    pub alias: Option<String>,
    /// The documentation, in one paragraph of Markdown.
    pub description: String,
    /// The JSON Schema of its value.
    pub schema: Value,
}

impl OptionInfo {
    /// Whether it is a field of [`SpeakOptions`](super::SpeakOptions), and not metadata of a request.
    pub fn is_speak_option(&self) -> bool {
        self.group != METADATA
    }
}

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum OptionKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Flag,
}

/// Describes every option and the metadata of a request, in order of declaration.
///
/// ```
/// let names: Vec<_> = loqui_core::options::describe().into_iter().map(|option| option.name).collect();
/// assert_eq!(&names[..2], ["model", "exaggeration"]);
/// ```
pub fn describe() -> Vec<OptionInfo> {
    [
        of::<VoiceSettings>("VoiceSettings"),
        of::<RunLimits>("RunLimits"),
        of::<TextOptions>("TextOptions"),
        of::<DeliveryOptions>("DeliveryOptions"),
        of::<RequestMetadata>(METADATA),
    ]
    .concat()
}

fn of<T: JsonSchema + DeserializeOwned>(group: &'static str) -> Vec<OptionInfo> {
    let schema = schemars::schema_for!(T);
    let properties = schema.get("properties").and_then(Value::as_object);
    // JSON objects are not ordered; the names are.
    let named = field_names::<T>()
        .iter()
        .filter_map(|name| Some((*name, properties?.get(*name)?)));
    named.map(|(name, property)| option(name, group, property)).collect()
}

fn option(name: &'static str, group: &'static str, property: &Value) -> OptionInfo {
    let word = |key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
    // Optional values have the types `[TYPE, "null"]`.
    let kind = match property.pointer("/type/0").and_then(Value::as_str) {
        Some("number") => OptionKind::Number,
        Some("integer") => OptionKind::Integer,
        Some("boolean") => OptionKind::Flag,
        _ => OptionKind::Text,
    };
    let mut schema = property.clone();
    if let Some(fields) = schema.as_object_mut() {
        fields.retain(|key, _| !key.starts_with("x-") && key != "default");
    }
    OptionInfo {
        name,
        group,
        kind,
        unit: word("x-unit"),
        minimum: property.get("minimum").and_then(Value::as_f64),
        alias: word("x-alias"),
        description: word("description").unwrap_or_default().replace('\n', " "),
        schema,
    }
}
