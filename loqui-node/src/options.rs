//! A JavaScript object as options of the core.

use loqui_core::options::{self, FieldError, RequestMetadata};
use loqui_core::{Request, SpeakOptions};
use serde_json::{Map, Value};

/// Sets the options of an object on a request. Durations are in seconds and names in snake case, as everywhere but in
/// JavaScript.
pub(crate) fn set<O>(request: Request<O>, fields: &Map<String, Value>) -> napi::Result<Request<O>> {
    read(fields)
        .map(|(speak, metadata)| request.options(speak).metadata(metadata))
        .map_err(|error| napi::Error::new(napi::Status::InvalidArg, error.to_string()))
}

/// Reads the speak options of an object.
pub(crate) fn speak(fields: &Map<String, Value>) -> napi::Result<SpeakOptions> {
    let options = read(fields).map_err(|error| napi::Error::new(napi::Status::InvalidArg, error.to_string()))?;
    Ok(options.0)
}

fn read(fields: &Map<String, Value>) -> Result<(SpeakOptions, RequestMetadata), FieldError> {
    let known = [options::field_names::<RequestMetadata>(), &SpeakOptions::names()].concat();
    options::check_known(fields, &known)?;
    Ok((SpeakOptions::from_fields(fields)?, options::from_fields(fields)?))
}
