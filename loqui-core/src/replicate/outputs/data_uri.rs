//! Outputs that are inside the answer: `data:` URIs, as Replicate gave them for a while in 2024.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::Broken;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// True for a data URI.
pub(super) fn is_one(output: &str) -> bool {
    output
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// Decodes a data URI in base64, up to `cap` bytes.
pub(super) fn decode(output: &str, cap: usize) -> Result<Bytes, Broken> {
    let (head, content) = output.split_once(',').ok_or(Broken::DataUri)?;
    let encoded = head
        .rsplit(';')
        .next()
        .is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
    if !encoded {
        return Err(Broken::DataUri);
    }
    if content.len() / 4 * 3 > cap {
        return Err(Broken::TooLong { cap });
    }
    LENIENT
        .decode(content.trim())
        .map(Bytes::from)
        .map_err(|_| Broken::DataUri)
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
            assert!(is_one(uri));
            assert_eq!(decode(uri, 100).unwrap(), &b"RIFF"[..], "{uri}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for uri in ["data:audio/wav;base64", "data:audio/wav,RIFF", "data:;base64,****"] {
            assert!(matches!(decode(uri, 100), Err(Broken::DataUri)), "{uri}");
        }
        assert!(matches!(
            decode("data:;base64,UklGRg==", 3),
            Err(Broken::TooLong { cap: 3 })
        ));
        assert!(!is_one("https://replicate.delivery/data:"));
    }
}
