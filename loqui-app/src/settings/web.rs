//! Values of settings about browsers, proxies and voices.

use std::collections::BTreeMap;

use loqui_core::Error;

use crate::code;
use crate::failure::Failure;

/// A web origin: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    /// Parses an origin such as `https://app.example.com`.
    ///
    /// # Errors
    ///
    /// `usage` for a wildcard, a path, or another scheme than http and https.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim().trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_host = |host: &str| {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
        };
        if host.is_some_and(is_host) {
            // Browsers send origins in lower case.
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(wrong(
            format!("{text:?} is not an origin"),
            "Name each origin exactly, for instance https://app.example.com. A wildcard is not allowed.",
        ))
    }

    /// Returns the origin as browsers send it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The path below which a proxy publishes the server, for instance `/voice`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BasePath(String);

impl BasePath {
    /// Parses a path. `/` is no base path.
    ///
    /// # Errors
    ///
    /// `usage` for what is not a path of letters, digits and `-._~`.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, Failure> {
        let text = text.trim().trim_end_matches('/');
        if text.is_empty() {
            return Ok(None);
        }
        let is_part = |part: &str| {
            !part.is_empty()
                && !matches!(part, "." | "..")
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        match text.strip_prefix('/') {
            Some(path) if path.split('/').all(is_part) => Ok(Some(Self(text.to_owned()))),
            _ => Err(wrong(
                format!("{:?} is not a base path", text.chars().take(60).collect::<String>()),
                "Use a path such as /voice.",
            )),
        }
    }

    /// Returns the path, with a slash at its start and none at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the rest of a path below this one, which starts with a slash.
    pub(crate) fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&self.0).filter(|rest| rest.starts_with('/'))
    }
}

/// Parses aliases of voices, each `ALIAS=VOICE`.
///
/// # Errors
///
/// `usage` for text without an equals sign, an alias or a voice.
pub(super) fn voice_aliases(pairs: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    pairs
        .iter()
        .filter(|pair| !pair.trim().is_empty())
        .map(|pair| {
            pair.split_once('=')
                .map(|(alias, voice)| (alias.trim().to_owned(), voice.trim().to_owned()))
                .filter(|(alias, voice)| !alias.is_empty() && !voice.is_empty())
                .ok_or_else(|| {
                    wrong(
                        format!("{pair:?} is not an alias of a voice"),
                        "Use ALIAS=VOICE, for instance alloy=anna.",
                    )
                })
        })
        .collect()
}

fn wrong(message: String, hint: &'static str) -> Failure {
    Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        for (text, expected) in [
            ("https://app.example.com", "https://app.example.com"),
            (" HTTP://LocalHost:3000/ ", ""),
            ("http://LocalHost:3000/", "http://localhost:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            match Origin::parse(text) {
                Ok(origin) => assert_eq!(origin.as_str(), expected),
                Err(_) => assert_eq!(expected, "", "{text}"),
            }
        }
        for text in [
            "*",
            "https://*",
            "app.example.com",
            "https://a/b",
            "https://",
            "null",
            "ftp://a",
            "https://a b",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn base_paths_are_stripped_at_slashes() {
        let base = BasePath::parse("/voice/").unwrap().unwrap();
        assert_eq!(base.as_str(), "/voice");
        assert_eq!(base.strip("/voice/v1/models"), Some("/v1/models"));
        assert_eq!(
            (base.strip("/voices"), base.strip("/voice"), base.strip("/")),
            (None, None, None)
        );
        assert_eq!(BasePath::parse("/").unwrap(), None);
        for text in ["voice", "/a//b", "/../a", "/a b", "/a?b", "//evil.example"] {
            assert!(BasePath::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn aliases_have_a_name_and_a_voice() {
        let pairs = ["alloy=anna".to_owned(), " echo = My Voice ".to_owned(), String::new()];
        let aliases = voice_aliases(&pairs).unwrap();
        assert_eq!(aliases["echo"], "My Voice");
        assert_eq!(aliases.len(), 2);
        assert!(voice_aliases(&["alloy".to_owned()]).is_err());
        assert!(voice_aliases(&["=anna".to_owned()]).is_err());
    }
}
