//! Tests of the source stages.

use super::*;

fn plain(text: &str, format: Format) -> String {
    Plain::from_text(text, format).text
}

fn codes(text: &str, format: Format) -> Vec<&'static str> {
    Plain::from_text(text, format)
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn encodings_are_found() {
    let utf_16 = |text: &str, little: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    let with_mark: Vec<u8> = [0xFF, 0xFE].into_iter().chain(utf_16("Héllo", true)).collect();
    let cases: [(Vec<u8>, &str, &str); 6] = [
        ("Zoë".into(), "Zoë", "UTF-8"),
        ([&[0xEF, 0xBB, 0xBF], "Zoë".as_bytes()].concat(), "Zoë", "UTF-8"),
        (with_mark, "Héllo", "UTF-16LE"),
        (utf_16("plain words", true), "plain words", "UTF-16LE"),
        (utf_16("plain words", false), "plain words", "UTF-16BE"),
        (
            b"It\x92s a caf\xE9, na\xEFvely".to_vec(),
            "It’s a café, naïvely",
            "windows-1252",
        ),
    ];
    for (bytes, text, encoding) in cases {
        let plain = Plain::from_bytes(&bytes, Format::Plain).unwrap();
        assert_eq!((plain.text.as_str(), plain.encoding), (text, encoding));
    }
    let binary: Vec<u8> = (0..=255).cycle().take(4000).collect();
    assert_eq!(Plain::from_bytes(&binary, Format::Plain).unwrap_err(), UnreadableText);
}

#[test]
fn entities_and_tags_leave_plain_text() {
    let cases = [
        ("fish &amp; chips &#8212; &lt;b&gt;", "fish & chips — <b>"),
        ("one &amp;lt; two", "one &lt; two"),
        ("AT&T & R&D; a &unknown; b", "AT&T & R&D; a &unknown; b"),
        ("<b>bold</b> and <span class=\"x > y\">more</span>", "bold and more"),
        ("a < b and c > d, x<y", "a < b and c > d, x<y"),
        ("use Vec<String> here", "use Vec<String> here"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo.\n\n"),
        ("mail <jane@example.org> now", "mail jane@example.org now"),
        ("see <https://example.org/a>.", "see https://example.org/a."),
        ("wait<break time=\"1.5s\"/>go", "wait [pause 1500ms] go"),
        ("<sub alias=\"World Wide Web\">WWW</sub>!", "World Wide Web!"),
        ("<say-as interpret-as=\"characters\">ABC</say-as>", "A B C"),
        ("the <say-as interpret-as=\"ordinal\">3</say-as> man", "the 3rd man"),
        ("<!-- hidden -->seen", "seen"),
        ("if <foo bar", "if <foo bar"),
    ];
    for (written, expected) in cases {
        assert_eq!(plain(written, Format::Plain), expected, "{written:?}");
    }
    assert_eq!(
        codes("<prosody rate=\"slow\">so</prosody>", Format::Plain),
        ["script.ignored_markup"]
    );
    assert_eq!(codes("<wiggle/>so", Format::Plain), ["script.unknown_tag"]);
    assert_eq!(codes("so <b and on", Format::Plain), ["script.open_tag"]);
}

#[test]
fn html_pages_are_read_without_heads_scripts_and_pictures() {
    let page = "<!DOCTYPE html><html><head><title>T</title><style>p { x }</style></head><body>\n<h1>Hello</h1>\n\
                <p>Some   <i>words</i>\nhere.</p><script>var x = '<p>';</script><ul><li>one</li><li>two</li></ul>\
                <table><tr><td>a</td><td>b</td></tr></table><img src=x alt=y></body></html>";
    let read = Plain::from_text(page, Format::Html);
    assert_eq!(
        read.text.trim(),
        "Hello\n\nSome words here.\n\none\n\ntwo\n\na, b,\n\ny"
    );
    assert_eq!(read.title.as_deref(), Some("T"));
    assert_eq!(codes("<p>a<img src=x></p>", Format::Html), ["script.left_out"]);
}

#[test]
fn speech_documents_are_read() {
    let ssml = "<?xml version=\"1.0\"?>\n<speak version=\"1.1\">\n <p><s>One.</s> <s>Two.</s></p>\n</speak>";
    assert_eq!(plain(ssml, Format::Ssml).trim(), "One. Two.");
}

#[test]
fn markdown_becomes_prose() {
    let cases = [
        ("# Title\n\nSome **bold** and `code`.", "Title\n\nSome bold and code."),
        ("See [the docs](https://example.com/x).", "See the docs."),
        (
            "It cost $200-210 million at ~$3.20 each.",
            "It cost $200-210 million at ~$3.20 each.",
        ),
        ("Ask <jane@example.org>.", "Ask jane@example.org."),
        ("- one\n- two\n", "one\n\ntwo"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", "a, b\n\n1, 2"),
        ("a\n\n```rust\nfn main() {}\n```\n\nb", "a\n\nb"),
        ("![a dog](dog.png) runs", "a dog runs"),
        ("[![badge](b.png)](https://example.org) text", " text"),
        ("Fact.[^1]\n\n[^1]: Source.", "Fact."),
        ("fish &amp; chips &amp;lt;", "fish & chips &lt;"),
        ("---\ntitle: x\n---\n\nText", "Text"),
        ("hard\nwrapped text", "hard wrapped text"),
        ("> a quotation\n\nand on", "a quotation\n\nand on"),
        ("- [x] done", "done"),
        ("line<br>break", "line\nbreak"),
    ];
    for (written, expected) in cases {
        assert_eq!(plain(written, Format::Markdown), expected, "{written:?}");
    }
    assert_eq!(
        codes("```\nx\n```\n\n![](z)", Format::Markdown),
        ["script.left_out", "script.left_out"]
    );
}

#[test]
fn subtitles_lose_their_times() {
    let srt = "1\r\n00:00:01,000 --> 00:00:02,000\r\nHello <i>there</i>,\r\n\r\n2\r\n00:00:02,500 --> 00:00:04,000\r\n\
               my 2 friends.\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n- {\\an8}Who?\r\n- Me.\r\n";
    assert_eq!(plain(srt, Format::SubRip), "Hello there, my 2 friends.\nWho?\nMe.");
    let vtt = "WEBVTT - a title\n\nNOTE a remark\nof two lines\n\nintro\n00:01.000 --> 00:02.000 align:start\n\
               <v Ann>Hi &amp; bye</v>\n\n00:03.000 --> 00:04.000\n♪ la la ♪\n";
    assert_eq!(plain(vtt, Format::WebVtt), "Hi & bye  la la ");
}

#[test]
fn wrapped_lines_are_joined() {
    let cases = [
        (
            "The committee asked the members of the govern-\nment to answer before the end of the week in\nwriting.",
            "The committee asked the members of the government to answer before the end of the week in writing.",
        ),
        ("a well-\nknown fact", "a well-known fact"),
        ("COVID-\n19", "COVID-19"),
        ("co\u{AD}\nworker", "coworker"),
        ("Roses are red,\nviolets are blue.", "Roses are red,\nviolets are blue."),
        ("one paragraph\n\nanother", "one paragraph\n\nanother"),
        (
            "Here is a line that is long enough to be wrapped:\n- an item\n- another",
            "Here is a line that is long enough to be wrapped:\n- an item\n- another",
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(plain(written, Format::Plain), expected, "{written:?}");
    }
}

#[test]
fn marks_of_notes_are_not_read() {
    let cases = [
        ("as shown.[12] Then", "as shown. Then"),
        ("as shown [3, 4].", "as shown ."),
        ("a word¹ here", "a word here"),
        ("x² and 10⁻⁷ and km²", "x² and 10⁻⁷ and km²"),
        ("dagger† here", "dagger here"),
        ("[laugh] So [0]", "[laugh] So [0]"),
    ];
    for (written, expected) in cases {
        assert_eq!(plain(written, Format::Plain), expected, "{written:?}");
    }
}

#[test]
fn placeholders_are_findings() {
    for written in [
        "Dear {{ name }},",
        "Dear ${name},",
        "Dear [Your Name],",
        "Dear %(name)s,",
        "Dear [INSERT NAME],",
    ] {
        let read = Plain::from_text(written, Format::Plain);
        assert_eq!(read.findings.len(), 1, "{written:?}");
        assert_eq!(read.findings[0].code, "script.placeholder");
        assert_eq!(read.findings[0].range.start, 5, "{written:?}");
    }
    assert_eq!(plain("Dear {{ name }},", Format::Plain), "Dear  name ,");
}

#[test]
fn positions_are_mapped_to_the_source() {
    let source = "é &amp; <b>bold</b> govern-\nment [pause 1s] end";
    let read = Plain::from_text(source, Format::Plain);
    let characters: Vec<char> = source.chars().collect();
    for word in ["bold", "end", "&"] {
        let at = read.text.find(word).unwrap();
        let range = read.in_source(at..at + word.len());
        let found: String = characters[range].iter().collect();
        assert_eq!(found, if word == "&" { "&amp;" } else { word });
    }
    let at = read.text.find("government").unwrap();
    let range = read.in_source(at..at + 10);
    let found: String = characters[range].iter().collect();
    assert_eq!(found, "govern-\nment");
}

#[test]
fn hostile_input_is_read_in_bounded_time() {
    let many = |part: &str, count: usize| part.repeat(count);
    let inputs = [
        many("a", 500_000),
        many("<", 60_000),
        many("<b ", 60_000),
        many("<!--", 40_000),
        many("&amp;", 40_000),
        many("&", 100_000),
        many("{{", 60_000),
        many("[", 60_000),
        many("[1", 60_000),
        many("<sub alias=\"x\">", 6_000),
        many("<script>", 6_000),
        many("\u{202E}abc", 40_000),
        many("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", 20_000),
        many("a-\n", 60_000),
        many("*a **b _c ", 10_000),
    ];
    for input in &inputs {
        for format in [Format::Plain, Format::Html, Format::Markdown, Format::SubRip] {
            let read = Plain::from_text(input, format);
            assert!(read.findings.len() < 200, "{} findings", read.findings.len());
        }
    }
}
