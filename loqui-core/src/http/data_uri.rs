//! Base64 `data:` URIs (RFC 2397): recordings in requests and audio in responses.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

/// Decodes base64 with or without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a data URI cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DataUriError {
    #[error("the data URI is not valid base64")]
    Invalid,
    #[error("the data URI holds more than {cap} bytes")]
    TooLong { cap: usize },
}

/// Returns a WAV file as a data URI.
pub(crate) fn of_wav(wav: &[u8]) -> String {
    format!("data:audio/wav;base64,{}", STANDARD.encode(wav))
}

/// Returns true if the text is a data URI.
pub(crate) fn is_data_uri(text: &str) -> bool {
    text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// Decodes a base64 data URI of up to `cap` bytes.
pub(crate) fn decode(uri: &str, cap: usize) -> Result<Bytes, DataUriError> {
    let (head, content) = uri.split_once(',').ok_or(DataUriError::Invalid)?;
    let is_base64 = head
        .rsplit(';')
        .next()
        .is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
    if !is_data_uri(uri) || !is_base64 {
        return Err(DataUriError::Invalid);
    }
    if content.len() / 4 * 3 > cap {
        return Err(DataUriError::TooLong { cap });
    }
    LENIENT
        .decode(content.trim())
        .map(Bytes::from)
        .map_err(|_| DataUriError::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_decoded_with_or_without_padding() {
        for uri in [
            "data:audio/wav;base64,UklGRg==",
            "DATA:;BASE64,UklGRg",
            "data:audio/wav;codec=1;base64,UklGRg==",
        ] {
            assert!(is_data_uri(uri));
            assert_eq!(decode(uri, 100).unwrap(), &b"RIFF"[..], "{uri}");
        }
        assert_eq!(decode(&of_wav(b"RIFF"), 100).unwrap(), &b"RIFF"[..]);
    }

    #[test]
    fn invalid_and_oversized_uris_are_refused() {
        for uri in [
            "data:audio/wav;base64",
            "data:audio/wav,RIFF",
            "data:;base64,****",
            "https://example.com/a;base64,UklGRg==",
        ] {
            assert_eq!(decode(uri, 100), Err(DataUriError::Invalid), "{uri}");
        }
        assert_eq!(
            decode("data:;base64,UklGRg==", 3),
            Err(DataUriError::TooLong { cap: 3 })
        );
        assert!(!is_data_uri("https://replicate.delivery/data:"));
    }
}
