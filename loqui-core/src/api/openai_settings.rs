//! The settings of the engine `openai`.

/// The settings of the environment.
#[derive(Clone, Default)]
#[cfg_attr(
    not(feature = "replicate"),
    expect(dead_code, reason = "this build has no HTTP client")
)]
pub(super) struct OpenAiSettings {
    pub(super) url: Option<String>,
    pub(super) key: Option<String>,
    pub(super) model: Option<String>,
    pub(super) server: Option<String>,
    pub(super) voices: Option<String>,
    pub(super) usd_per_1000_characters: Option<f64>,
}

#[cfg(feature = "replicate")]
impl OpenAiSettings {
    /// The engine, if an address is set.
    pub(super) fn engine(&self) -> crate::error::Result<Option<crate::engine::OpenAiEngine>> {
        let Some(url) = &self.url else { return Ok(None) };
        let mut engine = crate::engine::OpenAiEngine::new(url)?;
        if let Some(key) = &self.key {
            engine = engine.with_key(key);
        }
        if let Some(model) = &self.model {
            engine = engine.with_model(model);
        }
        match self.server.as_deref() {
            None | Some("auto") => {}
            Some(server) => engine = engine.with_server(server.parse()?),
        }
        if let Some(voices) = &self.voices {
            engine = engine.with_voices(voices_of(voices)?);
        }
        if let Some(usd) = self.usd_per_1000_characters {
            engine = engine.with_price(usd);
        }
        Ok(Some(engine))
    }
}

/// Reads `SAMPLE=VOICE,SAMPLE=VOICE`.
#[cfg(feature = "replicate")]
fn voices_of(text: &str) -> crate::error::Result<std::collections::BTreeMap<String, String>> {
    let pairs = text.split(',').filter(|pair| !pair.trim().is_empty()).map(|pair| {
        let (sample, voice) = pair.split_once('=').unwrap_or_default();
        let (sample, voice) = (sample.trim(), voice.trim());
        if sample.is_empty() || voice.is_empty() {
            let message =
                format!("the voices of the engine openai are {text:?}; they must be SAMPLE=VOICE,SAMPLE=VOICE");
            return Err(crate::error::Error::new(
                &crate::error::code::OPTION_OUT_OF_RANGE,
                message,
            ));
        }
        Ok((sample.to_owned(), voice.to_owned()))
    });
    pairs.collect()
}

#[cfg(all(test, feature = "replicate"))]
mod tests {
    use super::*;

    #[test]
    fn voices_are_pairs() {
        let voices = voices_of("anna = alloy, *=nova,").unwrap();
        assert_eq!(voices["anna"], "alloy");
        assert_eq!(voices["*"], "nova");
        for text in ["anna", "=alloy", "anna=", "anna:alloy"] {
            assert_eq!(voices_of(text).unwrap_err().code(), "option.out_of_range", "{text}");
        }
    }
}
