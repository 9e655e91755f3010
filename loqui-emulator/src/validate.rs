//! Validation of inputs against a model's schema and of request bodies.
//!
//! Error types and messages are those of recorded responses, or follow their pattern.

use serde_json::{Map, Value};

use crate::problem::InvalidField;

/// Checks `input` against the schema of a model. Unknown fields are allowed, as on the platform.
pub(crate) fn input(schema: &Value, input: &Map<String, Value>) -> Vec<InvalidField> {
    let schemas = &schema["components"]["schemas"];
    let mut faults = Vec::new();
    for name in schemas["Input"]["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !input.contains_key(name) {
            faults.push(missing_field("input", name));
        }
    }
    for (name, property) in schemas["Input"]["properties"].as_object().into_iter().flatten() {
        if let Some(value) = input.get(name)
            && let Some((kind, description)) = check(schemas, name, property, value)
        {
            faults.push(InvalidField {
                kind,
                field: format!("input.{name}"),
                description,
            });
        }
    }
    faults
}

/// Checks the members of the body of a create.
pub(crate) fn members(body: &Map<String, Value>, required: &[&str], optional: &[&str]) -> Vec<InvalidField> {
    let missing = required
        .iter()
        .filter(|name| !body.contains_key(**name))
        .map(|name| missing_field("", name));
    let extra = body
        .keys()
        .filter(|name| !required.contains(&name.as_str()) && !optional.contains(&name.as_str()));
    missing
        .chain(extra.map(|name| InvalidField {
            kind: "additional_property_not_allowed",
            field: String::new(),
            description: format!("Additional property {name} is not allowed"),
        }))
        .collect()
}

/// Returns the error for a member of the wrong type.
pub(crate) fn wrong_type(field: &str, expected: &str, value: &Value) -> InvalidField {
    InvalidField {
        kind: "invalid_type",
        field: field.to_owned(),
        description: type_mismatch(expected, value),
    }
}

fn missing_field(field: &str, name: &str) -> InvalidField {
    InvalidField {
        kind: "required",
        field: field.to_owned(),
        description: format!("{name} is required"),
    }
}

fn check(schemas: &Value, name: &str, property: &Value, value: &Value) -> Option<(&'static str, String)> {
    if value.is_null() && property["nullable"] == true {
        return None;
    }
    if let Some(choices) = choices(schemas, property) {
        return (!choices.contains(value)).then(|| {
            let choices: Vec<String> = choices.iter().map(Value::to_string).collect();
            (
                "enum",
                format!("{name} must be one of the following: {}", choices.join(", ")),
            )
        });
    }
    let expected = property["type"].as_str()?;
    let fits = match expected {
        "string" => value.is_string(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => true,
    };
    if !fits {
        return Some(("invalid_type", type_mismatch(expected, value)));
    }
    if property["format"] == "uri"
        && !value
            .as_str()
            .is_some_and(|text| text.starts_with("data:") || url::Url::parse(text).is_ok())
    {
        return Some(("format", "Does not match format 'uri'".to_owned()));
    }
    let number = value.as_f64()?;
    if let Some(minimum) = property["minimum"].as_f64().filter(|&minimum| number < minimum) {
        return Some(("number_gte", format!("Must be greater than or equal to {minimum}")));
    }
    let maximum = property["maximum"].as_f64().filter(|&maximum| number > maximum)?;
    Some(("number_lte", format!("Must be less than or equal to {maximum}")))
}

fn choices<'a>(schemas: &'a Value, property: &'a Value) -> Option<&'a Vec<Value>> {
    let reference = property["allOf"][0]["$ref"].as_str()?.rsplit('/').next()?;
    schemas[reference]["enum"].as_array()
}

fn type_mismatch(expected: &str, value: &Value) -> String {
    let given = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("Invalid type. Expected: {expected}, given: {given}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::models;

    fn faults(model: &str, value: &Value) -> Vec<(&'static str, String, String)> {
        let model = models::by_name("resemble-ai", model).unwrap();
        input(&model.openapi_schema, value.as_object().unwrap())
            .into_iter()
            .map(|field| (field.kind, field.field, field.description))
            .collect()
    }

    fn fault(kind: &'static str, field: &str, description: &str) -> (&'static str, String, String) {
        (kind, field.to_owned(), description.to_owned())
    }

    #[test]
    fn valid_and_unknown_fields_are_accepted() {
        let good = json!({"prompt": "Hi", "audio_prompt": "data:audio/wav;base64,AA==", "seed": 7, "cfg_weight": 1, "colour": "red"});
        assert_eq!(faults("chatterbox", &good), []);
        assert_eq!(
            faults(
                "chatterbox-turbo",
                &json!({"text": "Hi", "seed": null, "voice": "Andy"})
            ),
            []
        );
    }

    #[test]
    fn invalid_fields_have_the_recorded_messages() {
        assert_eq!(
            faults("chatterbox", &json!({"text": "Hi"})),
            [fault("required", "input", "prompt is required")]
        );
        assert_eq!(
            faults(
                "chatterbox",
                &json!({"prompt": "Hi", "cfg_weight": 2, "exaggeration": 0.1})
            ),
            [
                fault("number_lte", "input.cfg_weight", "Must be less than or equal to 1"),
                fault(
                    "number_gte",
                    "input.exaggeration",
                    "Must be greater than or equal to 0.25"
                ),
            ]
        );
        assert_eq!(
            faults("chatterbox-pro", &json!({"prompt": "Hi", "pitch": "loud"})),
            [fault(
                "enum",
                "input.pitch",
                "pitch must be one of the following: \"x-low\", \"low\", \"medium\", \"high\", \"x-high\""
            )]
        );
    }

    #[test]
    fn wrong_types_are_refused() {
        let wrong = json!({"prompt": 5, "seed": 1.5, "audio_prompt": "voice.wav"});
        let kinds: Vec<&str> = faults("chatterbox", &wrong).iter().map(|fault| fault.0).collect();
        assert_eq!(kinds, ["format", "invalid_type", "invalid_type"]);
    }

    #[test]
    fn missing_and_additional_members_are_refused() {
        let body = json!({"input": {}, "model": "x"});
        let found = members(body.as_object().unwrap(), &["version", "input"], &["webhook"]);
        let descriptions: Vec<&str> = found.iter().map(|field| field.description.as_str()).collect();
        assert_eq!(
            descriptions,
            ["version is required", "Additional property model is not allowed"]
        );
    }
}
