//! Bytes to text.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The maximum share of control characters in text.
const CONTROLS_PER: usize = 50;
/// The number of bytes that are analyzed to detect UTF-16 without a byte order mark.
const PROBE: usize = 4096;

/// The bytes are not text in any encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableText;

impl UnreadableText {
    /// The code of this error.
    pub const CODE: &'static str = "script.unreadable";
    /// The suggested fix.
    pub const HINT: &'static str = "Save the script as UTF-8 text.";
}

impl std::fmt::Display for UnreadableText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the script is not text")
    }
}

impl std::error::Error for UnreadableText {}

/// A decoded text.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: &'static str,
    /// Whether some bytes had no meaning in the encoding.
    pub(super) replaced: bool,
}

/// Finds the encoding and decodes: by the byte order mark, as UTF-8, as UTF-16, by the statistics of the bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, UnreadableText> {
    let (encoding, skip) = Encoding::for_bom(bytes)
        .or_else(|| utf_16(bytes).map(|encoding| (encoding, 0)))
        .or_else(|| std::str::from_utf8(bytes).is_ok().then_some((UTF_8, 0)))
        .unwrap_or_else(|| {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            (detector.guess(None, Utf8Detection::Deny), 0)
        });
    let (text, replaced) = encoding.decode_without_bom_handling(&bytes[skip..]);
    let controls = text
        .chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{C}' | '\u{B}' | '\u{85}'))
        .count();
    let characters = text.chars().count();
    if controls > 0 && controls * CONTROLS_PER > characters {
        return Err(UnreadableText);
    }
    Ok(Decoded {
        text,
        encoding: encoding.name(),
        replaced,
    })
}

/// Decodes a page: by its byte order mark, as UTF-8, by the encoding that it declares, or as any text.
pub(crate) fn decode_page(bytes: &[u8]) -> Option<String> {
    let is_marked = Encoding::for_bom(bytes).is_some() || std::str::from_utf8(bytes).is_ok();
    let declared = (!is_marked).then(|| declared(bytes)).flatten();
    match declared {
        Some(encoding) => Some(encoding.decode(bytes).0.into_owned()),
        None => decode(bytes).ok().map(|decoded| decoded.text.into_owned()),
    }
}

/// Returns the encoding that the head of a page names: `encoding="..."` of XML, `charset=...` of HTML.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let at = ["encoding=", "charset="]
        .iter()
        .find_map(|name| Some(head.find(name)? + name.len()))?;
    let label = head[at..].trim_start_matches(['"', '\'']);
    let end = label
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
        .unwrap_or(label.len());
    Encoding::for_label(label[..end].as_bytes())
}

/// UTF-16 without a byte order mark: every other byte of Latin text is zero.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let probe = &bytes[..bytes.len().min(PROBE)];
    if probe.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |odd: usize| probe.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = probe.len() / 2;
    match (zeros(0) * 2 > half, zeros(1) * 2 > half) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}
