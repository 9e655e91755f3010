//! Keyword arguments as options of the core.

use std::time::Duration;

use loqui_core::options::{self, FieldError, RequestMetadata};
use loqui_core::{Request, SpeakOptions};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use serde_json::{Map, Value};

/// The keyword arguments of `speak` and `submit`.
#[derive(Debug)]
pub(crate) struct Options {
    speak: SpeakOptions,
    metadata: RequestMetadata,
}

impl Options {
    /// Reads the options from a JSON object.
    pub(crate) fn read(json: &str) -> PyResult<Self> {
        let fields: Map<String, Value> =
            serde_json::from_str(json).map_err(|error| PyTypeError::new_err(error.to_string()))?;
        read(&fields).map_err(|error| PyTypeError::new_err(error.to_string()))
    }

    /// Returns the speak options.
    pub(crate) fn speak(&self) -> &SpeakOptions {
        &self.speak
    }

    /// Sets the options on a request.
    pub(crate) fn set<O>(self, request: Request<O>) -> Request<O> {
        request.options(self.speak).metadata(self.metadata)
    }
}

fn read(fields: &Map<String, Value>) -> Result<Options, FieldError> {
    let known = [options::field_names::<RequestMetadata>(), &SpeakOptions::names()].concat();
    options::check_known(fields, &known)?;
    Ok(Options {
        speak: SpeakOptions::from_fields(fields)?,
        metadata: options::from_fields(fields)?,
    })
}

/// Converts a number of seconds to a duration.
pub(crate) fn seconds(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|error| PyValueError::new_err(format!("{seconds} seconds: {error}")))
}
