//! Reads a duration as a number of seconds, or as stored records hold it: `{"secs": 1, "nanos": 0}`.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Seconds(f64),
    Stored(Duration),
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    match Option::<Form>::deserialize(deserializer) {
        Ok(None) => Ok(None),
        Ok(Some(Form::Stored(duration))) => Ok(Some(duration)),
        Ok(Some(Form::Seconds(seconds))) => Duration::try_from_secs_f64(seconds)
            .map(Some)
            .map_err(|error| D::Error::custom(format!("{seconds} seconds: {error}"))),
        Err(_) => Err(D::Error::custom("it must be a number of seconds")),
    }
}
