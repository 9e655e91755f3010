//! Reads pronunciations as lines of a dictionary, or as an object of terms and respellings.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Lines(String),
    Terms(BTreeMap<String, String>),
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<Form>::deserialize(deserializer) {
        Ok(None) => Ok(None),
        Ok(Some(Form::Lines(lines))) => Ok(Some(lines)),
        Ok(Some(Form::Terms(terms))) => {
            if terms
                .iter()
                .any(|(term, said)| term.contains(['=', '\n']) || said.contains('\n'))
            {
                return Err(D::Error::custom("a term has no = and no line end"));
            }
            let lines = terms.iter().map(|(term, said)| format!("{term} = {said}"));
            Ok(Some(lines.collect::<Vec<_>>().join("\n")))
        }
        Err(_) => Err(D::Error::custom(
            "it must be lines of text, or an object of terms and respellings",
        )),
    }
}
