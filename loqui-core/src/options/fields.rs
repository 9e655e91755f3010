//! Reads a struct from a JSON object that may have other fields, with errors that name the field.
//!
//! `#[serde(flatten)]` cannot do either: it loses the name of a field whose value has the wrong type, and it does not
//! combine with `deny_unknown_fields`.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde_json::{Map, Value};

/// A field of a JSON object that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
#[non_exhaustive]
pub struct FieldError {
    /// The name of the field.
    pub field: String,
    /// The problem.
    pub message: String,
    /// Whether the field is required and was left out.
    pub missing: bool,
}

impl FieldError {
    /// Builds an error.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
            missing: false,
        }
    }
}

/// Refuses fields that are not known.
///
/// # Errors
///
/// A [`FieldError`] that names the first unknown field and lists the known ones.
///
/// ```
/// use loqui_core::options::check_known;
///
/// let fields = serde_json::json!({ "seeed": 7 });
/// let error = check_known(fields.as_object().expect("an object"), &["model", "seed"]).unwrap_err();
/// assert_eq!(error.to_string(), "seeed: unknown; known are model, seed");
/// ```
pub fn check_known(fields: &Map<String, Value>, known: &[&str]) -> Result<(), FieldError> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(FieldError::new(
            unknown,
            format!("unknown; known are {}", known.join(", ")),
        )),
        None => Ok(()),
    }
}

/// Reads `T` from the fields it knows and ignores all others.
///
/// # Errors
///
/// A [`FieldError`] that names the field whose value does not fit, or that is missing.
pub fn from_fields<T: DeserializeOwned>(fields: &Map<String, Value>) -> Result<T, FieldError> {
    let own: Map<String, Value> = field_names::<T>()
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), fields.get(*name)?.clone())))
        .collect();
    let read = |fields: Map<String, Value>| serde_path_to_error::deserialize(Value::Object(fields));
    read(own).map_err(|error: serde_path_to_error::Error<serde_json::Error>| {
        let (field, message) = (error.path().to_string(), error.into_inner().to_string());
        // serde names the field of these two errors in the message only.
        let named = |start: &str| message.strip_prefix(start)?.split('`').next();
        if let Some(missing) = named("missing field `") {
            return FieldError {
                missing: true,
                ..FieldError::new(missing, "the field is required")
            };
        }
        match named("duplicate field `") {
            Some(duplicate) => FieldError::new(duplicate, "given twice, by different names"),
            None => FieldError::new(field, message),
        }
    })
}

/// Returns the names of the fields of a struct that derives `Deserialize`, aliases included, in order of declaration.
/// Flattened fields are not included.
pub fn field_names<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut names: &[&str] = &[];
    // It fails by design: the deserializer has no value and only records the requested field names.
    let _ = T::deserialize(Names(&mut names));
    names
}

/// Records the field names that a struct passes to its deserializer.
struct Names<'a>(&'a mut &'static [&'static str]);

/// The outcome of [`Names`], which never yields a value.
#[derive(Debug)]
struct NoValue;

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no value")
    }
}

impl std::error::Error for NoValue {}

impl serde::de::Error for NoValue {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = NoValue;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, NoValue> {
        Err(NoValue)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, NoValue> {
        *self.0 = fields;
        Err(NoValue)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
