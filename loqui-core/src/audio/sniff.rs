//! Detects the kind of a file from its first bytes. File names and declared media types are ignored.

use std::fmt;

use super::input::Input;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Content {
    /// RIFF WAVE, also RF64.
    Wav,
    /// MPEG layer III.
    Mp3,
    /// MPEG layer I or II.
    Mp2,
    /// FLAC, bare or in Ogg.
    Flac,
    /// Vorbis in Ogg.
    OggVorbis,
    /// Opus in Ogg.
    OggOpus,
    /// Another codec in Ogg.
    Ogg,
    /// Matroska or `WebM`. Browsers record it.
    WebM,
    /// The MP4 family. Phones record it.
    M4a,
    /// AAC without a container.
    Aac,
    /// AIFF or AIFC.
    Aiff,
    /// Windows Media.
    Wma,
    /// Adaptive multi-rate, from old phones.
    Amr,
    /// Apple's Core Audio.
    Caf,
    /// Sony Wave64.
    Wave64,
    /// Sun or `NeXT` audio: `.au` and `.snd`.
    Au,
    /// `WavPack`.
    WavPack,
    /// Monkey's Audio.
    Ape,
    /// Dolby Digital without a container.
    DolbyDigital,
    /// `RealAudio` or `RealVideo`.
    Real,
    /// A recording of a dictation machine of Olympus, Philips or Grundig.
    Dictation,
    /// A film in a container that is not read: MPEG program or transport stream, Flash.
    Film,
    /// MIDI notes.
    Midi,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// Another kind of picture.
    Picture,
    /// An AVI film.
    Avi,
    /// A PDF document.
    Pdf,
    /// A ZIP archive or an office document.
    Zip,
    /// Another kind of archive.
    Archive,
    /// A web page.
    Html,
    /// Text.
    Text,
    /// An empty file.
    Empty,
    /// None of the above.
    Unknown,
}

/// Whether a kind of content can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readable {
    /// There is a decoder.
    Yes,
    /// It is audio, but there is no decoder.
    NoDecoder,
    /// It is not audio.
    NotAudio,
    /// Unknown until decoding is tried.
    Perhaps,
}

impl Content {
    /// Returns the short name that reports use, for instance `mp3`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::Mp2 => "mp2",
            Self::Flac => "flac",
            Self::OggVorbis => "ogg-vorbis",
            Self::OggOpus => "ogg-opus",
            Self::Ogg => "ogg",
            Self::WebM => "webm",
            Self::M4a => "m4a",
            Self::Aac => "aac",
            Self::Aiff => "aiff",
            Self::Wma => "wma",
            Self::Amr => "amr",
            Self::Caf => "caf",
            Self::Wave64 => "w64",
            Self::Au => "au",
            Self::WavPack => "wavpack",
            Self::Ape => "ape",
            Self::DolbyDigital => "ac3",
            Self::Real => "real",
            Self::Dictation => "dss",
            Self::Film => "film",
            Self::Midi => "midi",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Picture => "picture",
            Self::Avi => "avi",
            Self::Pdf => "pdf",
            Self::Zip => "zip",
            Self::Archive => "archive",
            Self::Html => "html",
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the content with this short name if files with this extension have another one. Unknown extensions and those of
    /// several kinds contradict nothing.
    pub(crate) fn contradicting(name: &str, extension: &str) -> Option<Self> {
        // Each extension and the kinds that usually have it. All kinds of MPEG audio have the names of each other.
        const NAMES: [(&str, &[Content]); 16] = [
            ("wav", &[Content::Wav]),
            ("wave", &[Content::Wav]),
            ("mp3", &[Content::Mp3, Content::Mp2]),
            ("mp2", &[Content::Mp2, Content::Mp3]),
            ("flac", &[Content::Flac]),
            (
                "ogg",
                &[Content::OggVorbis, Content::OggOpus, Content::Ogg, Content::Flac],
            ),
            ("opus", &[Content::OggOpus]),
            ("m4a", &[Content::M4a]),
            ("mp4", &[Content::M4a]),
            ("mov", &[Content::M4a]),
            ("aac", &[Content::Aac]),
            ("webm", &[Content::WebM]),
            ("aiff", &[Content::Aiff]),
            ("aif", &[Content::Aiff]),
            ("caf", &[Content::Caf]),
            ("au", &[Content::Au]),
        ];
        let content = [
            Self::Wav,
            Self::Mp3,
            Self::Mp2,
            Self::Flac,
            Self::OggVorbis,
            Self::OggOpus,
            Self::WebM,
            Self::M4a,
            Self::Aac,
            Self::Aiff,
            Self::Caf,
            Self::Wave64,
            Self::Au,
        ]
        .into_iter()
        .find(|content| content.name() == name)?;
        let (_, usual) = NAMES.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known))?;
        (!usual.contains(&content)).then_some(content)
    }

    /// Returns whether this build can decode it.
    pub(crate) const fn readable(self) -> Readable {
        match self {
            Self::Wav | Self::Mp3 | Self::Wave64 | Self::Aiff | Self::Au | Self::Avi => Readable::Yes,
            Self::Flac
            | Self::OggVorbis
            | Self::OggOpus
            | Self::WebM
            | Self::M4a
            | Self::Aac
            | Self::Caf
            | Self::Mp2
                if cfg!(feature = "formats") =>
            {
                Readable::Yes
            }
            Self::Flac
            | Self::OggVorbis
            | Self::M4a
            | Self::Aac
            | Self::Mp2
            | Self::OggOpus
            | Self::Ogg
            | Self::WebM
            | Self::Wma
            | Self::Amr
            | Self::Caf
            | Self::WavPack
            | Self::Ape
            | Self::DolbyDigital
            | Self::Real
            | Self::Dictation
            | Self::Film => Readable::NoDecoder,
            Self::Midi
            | Self::Png
            | Self::Jpeg
            | Self::Picture
            | Self::Pdf
            | Self::Zip
            | Self::Archive
            | Self::Html
            | Self::Text
            | Self::Empty => Readable::NotAudio,
            Self::Unknown => Readable::Perhaps,
        }
    }
}

impl fmt::Display for Content {
    /// Formats the kind with its article, for instance `a PNG picture`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wav => "a WAV file",
            Self::Mp3 => "an MP3 file",
            Self::Mp2 => "an MP2 file",
            Self::Flac => "a FLAC file",
            Self::OggVorbis => "an Ogg Vorbis file",
            Self::OggOpus => "an Ogg Opus file",
            Self::Ogg => "an Ogg file with a rare codec",
            Self::WebM => "a WebM or Matroska file",
            Self::M4a => "an M4A or MP4 file",
            Self::Aac => "an AAC file",
            Self::Aiff => "an AIFF file",
            Self::Wma => "a Windows Media (WMA) file",
            Self::Amr => "an AMR file",
            Self::Caf => "a Core Audio (CAF) file",
            Self::Wave64 => "a Wave64 file",
            Self::Au => "an AU file",
            Self::WavPack => "a WavPack file",
            Self::Ape => "a Monkey's Audio (APE) file",
            Self::DolbyDigital => "a Dolby Digital (AC-3) file",
            Self::Real => "a RealMedia file",
            Self::Dictation => "a dictation (DSS) file",
            Self::Film => "a film of a rare kind",
            Self::Midi => "a MIDI file",
            Self::Png => "a PNG picture",
            Self::Jpeg => "a JPEG picture",
            Self::Picture => "a picture",
            Self::Avi => "an AVI film",
            Self::Pdf => "a PDF document",
            Self::Zip => "a ZIP archive or an office document",
            Self::Archive => "a compressed archive",
            Self::Html => "a web page",
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Unknown => "a file of an unknown kind",
        })
    }
}

/// Detects the kind of a file from its first bytes.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Content, sniff};
///
/// assert_eq!(sniff(b"\x89PNG\r\n\x1a\n...").to_string(), "a PNG picture");
/// assert_eq!(sniff(b"Dear diary"), Content::Text);
/// ```
pub fn sniff(bytes: &[u8]) -> Content {
    if bytes.is_empty() {
        return Content::Empty;
    }
    // Any kind of audio may have tags in front, most often MP3.
    let body = after_id3(bytes);
    kind(bytes, body, body.len() < bytes.len())
}

/// Detects the kind of a file, and returns where its first header is. Only the start of the file is read.
pub(crate) fn sniff_input(input: &Input<'_>) -> (Content, u64) {
    if input.len() == 0 {
        return (Content::Empty, 0);
    }
    let body = id3_end(|at| input.array(at));
    let head = input.bytes(0, MAX_JUNK + 64);
    match kind(&head, &input.bytes(body, 4096), body > 0) {
        Content::Unknown => after_junk(&head).map_or((Content::Unknown, 0), |rest| {
            (sniff(rest), (head.len() - rest.len()) as u64)
        }),
        // The readers of these have no use for tags.
        content @ (Content::Wav | Content::Wave64 | Content::Aiff | Content::Au | Content::Avi | Content::Caf) => {
            (content, body)
        }
        content => (content, 0),
    }
}

/// Detects the kind of a file from its start and from what follows its tags.
fn kind(head: &[u8], body: &[u8], tagged: bool) -> Content {
    magic(body)
        .or_else(|| tagged.then_some(Content::Mp3))
        .or_else(|| text(head))
        .unwrap_or(Content::Unknown)
}

fn magic(bytes: &[u8]) -> Option<Content> {
    let at = |offset: usize, pattern: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(pattern));
    let starts = |pattern: &[u8]| at(0, pattern);
    Some(match () {
        () if (starts(b"RIFF") || starts(b"RF64") || starts(b"BW64")) && at(8, b"WAVE") => Content::Wav,
        () if starts(b"RIFF") && at(8, b"AVI ") => Content::Avi,
        () if starts(b"RIFF") && at(8, b"WEBP") => Content::Picture,
        () if starts(b"fLaC") => Content::Flac,
        () if starts(b"OggS") => ogg(bytes),
        () if starts(b"\x1a\x45\xdf\xa3") => Content::WebM,
        () if at(4, b"ftyp") && (at(8, b"hei") || at(8, b"mif1") || at(8, b"avif")) => Content::Picture,
        () if at(4, b"ftyp") => Content::M4a,
        // Early QuickTime files have no `ftyp` and start with any atom.
        () if at(4, b"moov") || at(4, b"mdat") || at(4, b"wide") => Content::M4a,
        () if starts(b"FORM") && at(8, b"AIF") => Content::Aiff,
        () if starts(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") => Content::Wma,
        () if starts(b"#!AMR") => Content::Amr,
        () if starts(b"caff") => Content::Caf,
        () if starts(b"riff\x2e\x91\xcf\x11") => Content::Wave64,
        () if starts(b".snd\0") || starts(b"dns.") => Content::Au,
        () if starts(b"wvpk") => Content::WavPack,
        () if starts(b"MAC \x96") || starts(b"MAC \x8c") || (starts(b"MAC ") && at(5, b"\x0f")) => Content::Ape,
        () if starts(b"\x0b\x77") => Content::DolbyDigital,
        () if starts(b".RMF\0") || starts(b".ra\xfd") => Content::Real,
        () if at(1, b"dss") || at(1, b"ds2") => Content::Dictation,
        () if starts(b"FLV\x01") || starts(b"\0\0\x01\xba") => Content::Film,
        () if starts(b"\x47") && at(188, b"\x47") && at(376, b"\x47") => Content::Film,
        () if starts(b"MThd") => Content::Midi,
        () if starts(b"\x89PNG\r\n\x1a\n") => Content::Png,
        () if starts(b"\xff\xd8\xff") => Content::Jpeg,
        () if starts(b"GIF8") || starts(b"II*\0") || starts(b"MM\0*") => Content::Picture,
        () if starts(b"%PDF") => Content::Pdf,
        () if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") => Content::Zip,
        () if starts(b"\x1f\x8b") || starts(b"7z\xbc\xaf") || starts(b"Rar!") || starts(b"\xfd7zXZ") => {
            Content::Archive
        }
        () => return mpeg(bytes),
    })
}

/// The maximum length of junk before a recording, as broken downloads and unknown tags leave it.
const MAX_JUNK: usize = 1 << 16;

/// Returns the part of a file from the first unmistakable audio header on.
///
/// MP3 and AAC have no such header. Their decoders search for the first frame.
pub(crate) fn after_junk(bytes: &[u8]) -> Option<&[u8]> {
    (1..bytes.len().min(MAX_JUNK)).map(|at| &bytes[at..]).find(|rest| {
        let riff = rest.starts_with(b"RIFF") && rest.get(8..).is_some_and(|kind| kind.starts_with(b"WAVEfmt "));
        let flac = rest.starts_with(b"fLaC\0\0\0\x22") || rest.starts_with(b"fLaC\x80\0\0\x22");
        riff || flac || rest.starts_with(b"OggS\0\x02")
    })
}

/// Returns the part of a file after its `ID3v2` tags.
pub(crate) fn after_id3(bytes: &[u8]) -> &[u8] {
    let array = |at: u64| bytes.get(usize::try_from(at).ok()?..)?.first_chunk().copied();
    bytes.get(id3_end(array) as usize..).unwrap_or_default()
}

/// Returns the end of the `ID3v2` tags at the start of a file (<https://id3.org/id3v2.4.0-structure>).
fn id3_end(bytes_at: impl Fn(u64) -> Option<[u8; 10]>) -> u64 {
    let mut end = 0;
    // Some writers add several tags.
    for _ in 0..4 {
        let Some([b'I', b'D', b'3', _, _, flags, a, b, c, d]) = bytes_at(end) else {
            break;
        };
        let size = [a, b, c, d]
            .iter()
            .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        end += 10 + size + footer;
    }
    end
}

/// Detects the codec from the first packet, which follows the page header and the segment table (RFC 3533, section 6,
/// <https://www.rfc-editor.org/rfc/rfc3533#section-6>).
fn ogg(bytes: &[u8]) -> Content {
    let table = bytes.get(26).map_or(0, |segments| usize::from(*segments));
    let packet = bytes.get(27 + table..).unwrap_or_default();
    match packet {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => Content::OggVorbis,
        [0x7f, b'F', b'L', b'A', b'C', ..] => Content::Flac,
        _ if packet.starts_with(b"OpusHead") => Content::OggOpus,
        _ => Content::Ogg,
    }
}

/// Detects an MPEG or ADTS frame header: eleven or twelve set bits, then fields with forbidden values.
fn mpeg(bytes: &[u8]) -> Option<Content> {
    let [0xff, second, third, ..] = *bytes else { return None };
    if second & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    if layer == 0 {
        return (second & 0xf6 == 0xf0 && third >> 2 & 15 < 13).then_some(Content::Aac);
    }
    let (bitrate, rate) = (third >> 4, third >> 2 & 3);
    if version == 1 || bitrate == 15 || rate == 3 {
        return None;
    }
    Some(if layer == 1 { Content::Mp3 } else { Content::Mp2 })
}

/// Detects text: valid UTF-8 without control characters, apart from a character that is cut at the end.
fn text(bytes: &[u8]) -> Option<Content> {
    let head = &bytes[..bytes.len().min(4096)];
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some(Content::Text);
    }
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    if valid.is_empty()
        || valid
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
    {
        return None;
    }
    let start = valid.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).as_bytes();
    let html = [&b"<!doctype html"[..], b"<html"];
    let is_html = html
        .iter()
        .any(|tag| start.len() >= tag.len() && start[..tag.len()].eq_ignore_ascii_case(tag));
    Some(if is_html { Content::Html } else { Content::Text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_file_kinds_are_detected() {
        for (bytes, expected) in [
            (&b""[..], Content::Empty),
            (b"hello", Content::Text),
            ("Gr\u{fc}\u{df}e".as_bytes(), Content::Text),
            (b"\n <!DOCTYPE HTML><html>", Content::Html),
            (b"\x89PNG\r\n\x1a\n", Content::Png),
            (b"\xff\xd8\xff\xe0", Content::Jpeg),
            (b"PK\x03\x04", Content::Zip),
            (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Content::Wma),
            (b"RIFF\0\0\0\0WAVE", Content::Wav),
            (b"RF64\xff\xff\xff\xffWAVE", Content::Wav),
            (b"\0\0\0\x20ftypM4A ", Content::M4a),
            (b"\x1a\x45\xdf\xa3", Content::WebM),
            (b".snd\0\0\0\x18", Content::Au),
            (b"wvpk", Content::WavPack),
            (b"\x02dss", Content::Dictation),
            (b"\xff\xfb\x90\x00", Content::Mp3),
            (b"\xff\xfd\x90\x00", Content::Mp2),
            (b"\xff\xf1\x50\x80", Content::Aac),
            (b"\x00\x01\x02\x03", Content::Unknown),
        ] {
            assert_eq!(sniff(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn content_after_tags_is_detected() {
        let tag = |body: &[u8]| [b"ID3\x03\0\0\0\0\0\x04abcd", body].concat();
        assert_eq!(sniff(&tag(b"fLaC")), Content::Flac);
        assert_eq!(sniff(&tag(b"RIFF\0\0\0\0WAVE")), Content::Wav);
        assert_eq!(sniff(&tag(b"\xff\xfb\x90\x00")), Content::Mp3);
        assert_eq!(sniff(&tag(b"")), Content::Mp3);
    }

    #[test]
    fn codec_inside_ogg_is_detected() {
        let page = |packet: &[u8]| [&b"OggS"[..], &[0; 22], &[1, 19], packet].concat();
        assert_eq!(sniff(&page(b"OpusHead")), Content::OggOpus);
        assert_eq!(sniff(&page(b"\x01vorbis")), Content::OggVorbis);
        assert_eq!(sniff(&page(b"Speex   ")), Content::Ogg);
        assert_eq!(sniff(b"OggS"), Content::Ogg);
    }
}
