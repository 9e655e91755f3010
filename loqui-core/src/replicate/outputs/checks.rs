//! Is a download whole, and is it a WAV file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use reqwest::header::HeaderMap;

use super::Broken;

/// The MD5 that the server gives for the whole file, in hexadecimal: from `x-goog-hash`, or from an `etag` that looks
/// like one (contract section 2.5).
pub(super) fn expected_md5(headers: &HeaderMap) -> Option<String> {
    let hashes = headers
        .get_all("x-goog-hash")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let google = hashes
        .flat_map(|value| value.split(','))
        .find_map(|part| part.trim().strip_prefix("md5="))
        .and_then(|md5| STANDARD.decode(md5).ok())
        .filter(|md5| md5.len() == 16)
        .map(hex::encode);
    google.or_else(|| {
        let etag = headers.get("etag")?.to_str().ok()?;
        let etag = etag.strip_prefix('"')?.strip_suffix('"')?;
        let is_md5 = etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_md5.then(|| etag.to_ascii_lowercase())
    })
}

/// Compares the content with what the server said of it.
pub(super) fn whole(content: &[u8], length: Option<u64>, md5: Option<&str>) -> Result<(), Broken> {
    let actual = content.len() as u64;
    if let Some(expected) = length
        && expected != actual
    {
        return Err(Broken::Length { expected, actual });
    }
    if let Some(expected) = md5 {
        let actual = hex::encode(Md5::digest(content));
        if actual != expected {
            let expected = expected.to_owned();
            return Err(Broken::Checksum { expected, actual });
        }
    }
    Ok(())
}

/// Looks at the first bytes of a WAV file.
pub(super) fn wav(content: &[u8]) -> Result<(), Broken> {
    let riff = matches!(content.get(..4), Some(b"RIFF" | b"RIFX" | b"RF64"));
    if riff && content.get(8..12) == Some(b"WAVE") && content.len() > 44 {
        return Ok(());
    }
    Err(Broken::NotAWav)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_checksum_is_read_from_either_header() {
        let recorded = "ba845a2109dcc497cd1acb916abea877";
        let etag = headers(&[("etag", "\"ba845a2109dcc497cd1acb916abea877\"")]);
        assert_eq!(expected_md5(&etag).as_deref(), Some(recorded));
        let google = headers(&[("x-goog-hash", "crc32c=t4Rqeg==, md5=uoRaIQncxJfNGsuRar6odw==")]);
        assert_eq!(expected_md5(&google).as_deref(), Some(recorded));
        let apart = headers(&[
            ("x-goog-hash", "crc32c=t4Rqeg=="),
            ("x-goog-hash", "md5=uoRaIQncxJfNGsuRar6odw=="),
        ]);
        assert_eq!(expected_md5(&apart).as_deref(), Some(recorded));
        for other in ["W/\"ba845a2109dcc497cd1acb916abea877\"", "\"ba845a2109dcc497-2\"", "x"] {
            assert_eq!(expected_md5(&headers(&[("etag", other)])), None, "{other}");
        }
    }

    #[test]
    fn damage_is_noticed() {
        let md5 = "900150983cd24fb0d6963f7d28e17f72"; // RFC 1321, section A.5: "abc"
        assert!(whole(b"abc", Some(3), Some(md5)).is_ok());
        assert!(matches!(
            whole(b"ab", Some(3), Some(md5)),
            Err(Broken::Length { expected: 3, actual: 2 })
        ));
        assert!(matches!(
            whole(b"abd", Some(3), Some(md5)),
            Err(Broken::Checksum { .. })
        ));
    }

    #[test]
    fn a_web_page_is_no_wav() {
        for bad in [
            &b"<html>"[..],
            b"",
            b"RIFF",
            b"RIFF\0\0\0\0WAVE",
            b"ID3\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(wav(bad).is_err());
        }
    }
}
