//! The entry points and the properties that each result must have.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use loqui_core::audio::{Limits, decode, sniff, wav};
use loqui_core::replicate::{ModelChoice, progress, webhooks};
use loqui_core::sample::{Voiceprint, check};
use loqui_core::script::{self, BookOptions, Document, Script, ScriptFile, TextFormat};
use sha2::Sha256;

use crate::seeds::Seeds;

/// One entry point.
pub(crate) struct Entry {
    /// Name on the command line.
    pub(crate) name: &'static str,
    pub(crate) seeds: Seeds,
    pub(crate) feed: fn(&[u8]),
}

pub(crate) const ENTRIES: [Entry; 22] = [
    recording("sniff", |bytes| assert!(!sniff(bytes).name().is_empty())),
    recording("wav", |bytes| drop(wav::read(bytes))),
    recording("decode", |bytes| drop(decode(bytes, &Limits::default()))),
    kinds("riff", &["adpcm.wav", "gsm.wav", "rf64.wav", "alaw.wav", "pcm8.wav"]),
    kinds("wave64", &[".w64"]),
    kinds("au", &[".au"]),
    kinds("aiff", &[".aiff", ".aifc"]),
    kinds("caf", &[".caf"]),
    kinds("avi", &[".avi"]),
    kinds("film", &[".mov", ".mp4", ".webm", "centre.opus"]),
    recording("check", |bytes| {
        let report = check(bytes);
        assert!(
            report.usable || report.first_error().is_some(),
            "an unusable file has an error finding"
        );
    }),
    recording("voiceprint", |bytes| drop(Voiceprint::of_bytes(bytes))),
    Entry {
        name: "prediction",
        seeds: Seeds::Bodies,
        feed: prediction,
    },
    text("webhook", "calls", webhook),
    text("log", "logs", |bytes| {
        let share = progress(&String::from_utf8_lossy(bytes));
        assert!(
            share.is_none_or(|share| (0.0..=1.0).contains(&share)),
            "a progress from 0 to 1"
        );
    }),
    text("model", "models", |bytes| {
        drop(ModelChoice::parse(&String::from_utf8_lossy(bytes)));
    }),
    text("script", "texts", script),
    Entry {
        name: "book",
        seeds: Seeds::Books,
        feed: book,
    },
    text("document", "documents", |bytes| page(bytes, TextFormat::Document)),
    text("markdown", "documents", |bytes| page(bytes, TextFormat::Markdown)),
    text("html", "documents", |bytes| page(bytes, TextFormat::Html)),
    text("spoken", "texts", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        drop(loqui_text::speak(&text, &loqui_text::Locale::american()));
        drop(
            loqui_offline::Voice::shared()
                .and_then(|voice| voice.expected_seconds(&text, &loqui_offline::Settings::default())),
        );
    }),
];

const fn recording(name: &'static str, feed: fn(&[u8])) -> Entry {
    Entry {
        name,
        seeds: Seeds::Recordings,
        feed,
    }
}

/// Decoding of one kind of file, whose reader gets all inputs.
const fn kinds(name: &'static str, ends: &'static [&'static str]) -> Entry {
    Entry {
        name,
        seeds: Seeds::Kinds(ends),
        feed: |bytes| drop(decode(bytes, &Limits::default())),
    }
}

const fn text(name: &'static str, folder: &'static str, feed: fn(&[u8])) -> Entry {
    Entry {
        name,
        seeds: Seeds::Texts(folder),
        feed,
    }
}

/// Prediction JSON in a signed webhook, so that the body is parsed.
fn prediction(body: &[u8]) {
    const KEY: &[u8] = b"a key of thirty-two bytes or so.";
    const TIME: i64 = 1_700_000_000;
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(KEY) else {
        unreachable!("every length is a key");
    };
    mac.update(format!("msg_1.{TIME}.").as_bytes());
    mac.update(body);
    let time = TIME.to_string();
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let headers = [
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", time.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    let secret = format!("whsec_{}", STANDARD.encode(KEY)).as_str().into();
    let now = jiff::Timestamp::from_second(TIME).unwrap_or_default();
    if let Ok(delivery) = webhooks::open(&secret, headers, body, now) {
        let prediction = delivery.prediction;
        assert!(!prediction.id.is_empty(), "a prediction has an id");
        assert!(prediction.progress().is_none_or(|share| (0.0..=1.0).contains(&share)));
        if let Ok(url) = prediction.output_url() {
            assert!(!url.is_empty(), "an output has a URL");
        }
        drop(format!("{prediction:?}"));
    }
}

/// Headers, an empty line and a body, without a valid signature.
fn webhook(bytes: &[u8]) {
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]);
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
    let now = jiff::Timestamp::from_second(1_614_265_330).unwrap_or_default();
    let body = bytes.get(end + 2..).unwrap_or_default();
    // The seed is a published test vector and may pass unmodified.
    if webhooks::verify(&secret, headers, body, now).is_ok() {
        assert_eq!(body, br#"{"test": 2432232314}"#, "only signed content is accepted");
    }
}

/// A book is refused, or its document survives writing and reading.
fn book(bytes: &[u8]) {
    for options in [
        BookOptions::default(),
        BookOptions::default().with_notes(true).with_front_matter(true),
    ] {
        let Ok(file) = ScriptFile::read(bytes, Some("epub"), None, &options) else {
            continue;
        };
        let document = Document::from_json(&file.text).map(|document| document.to_json());
        assert_eq!(document.ok().as_deref(), Some(file.text.as_str()), "a document");
        page(file.text.as_bytes(), file.format);
    }
}

/// The segments of a text with chapters are in order, and the chapters cover them.
fn page(bytes: &[u8], format: TextFormat) {
    let text = String::from_utf8_lossy(bytes);
    let mut options = script::ScriptOptions::new(script::Limits::default(), Some("en"));
    options.format = format;
    let Ok(script) = Script::read(&text, &options) else {
        return;
    };
    let mut next = 0;
    for chapter in script.chapters() {
        assert_eq!(chapter.segments.0, next, "chapters without gaps");
        assert!(!chapter.is_empty() && (1..=6).contains(&chapter.level), "{chapter:?}");
        next = chapter.segments.1;
    }
    assert!(next == 0 || next as usize == script.segments().len(), "all segments");
    let limit = options.limits.max_characters;
    assert!(
        script
            .segments()
            .iter()
            .all(|segment| segment.spoken.chars().count() <= limit),
        "short enough"
    );
}

/// Segments cover the text in order and respect the model's limit, and editing keeps unchanged segments.
fn script(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let limits = script::Limits::default();
    for language in [None, Some("en"), Some("ja"), Some("ar")] {
        let options = script::ScriptOptions::new(limits, language);
        let Ok(script) = Script::read(&text, &options) else {
            continue;
        };
        let mut end = 0;
        for segment in script.segments() {
            assert!(
                segment.span.start >= end && segment.span.end > segment.span.start,
                "in order"
            );
            assert!(segment.spoken.chars().count() <= limits.max_characters, "short enough");
            assert!(text.get(segment.span.clone()).is_some(), "a span of characters");
            end = segment.span.end;
        }
        let again = Script::read_edited(&text, &options, script.segments());
        assert_eq!(
            again.map(|again| again.segments().len()).ok(),
            Some(script.segments().len())
        );
        let spans = script::sentences(&text, language);
        assert!(
            spans.iter().all(|span| text.get(span.clone()).is_some()),
            "spans of characters"
        );
    }
}
