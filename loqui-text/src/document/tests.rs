use super::*;
use crate::{Format, Plain};

fn example() -> Document {
    let mut document = Document::new("Two Parts");
    document.authors.push("A. Writer".to_owned());
    document.language = Some("en".to_owned());
    let mut opening = Part::new("Part One", 1);
    opening.paragraphs = vec![
        Paragraph::plain("It begins."),
        Paragraph {
            spans: vec![
                Span::new("He said "),
                Span::new("no").with(Attributes {
                    emphasis: true,
                    pause: Some(1.5),
                    ..Attributes::default()
                }),
                Span::new(" twice."),
            ],
        },
        Paragraph {
            spans: vec![Span::new("Good.").with(Attributes {
                voice: Some("anna".to_owned()),
                settings: BTreeMap::from([("exaggeration".to_owned(), 0.7)]),
                ..Attributes::default()
            })],
        },
    ];
    document.parts.push(opening);
    document.parts.push(Part::new("Two", 2).with_paragraph("It ends."));
    document
}

#[test]
fn json_form_survives_writing_and_reading() {
    let document = example();
    let json = document.to_json();
    assert!(json.starts_with("{\"version\":1,\"title\":\"Two Parts\""), "{json}");
    assert!(
        json.contains("\"It begins.\",[\"He said \",{\"text\":\"no\",\"emphasis\":true,\"pause\":1.5}"),
        "{json}"
    );
    assert_eq!(Document::from_json(&json).unwrap(), document);
}

#[test]
fn invalid_documents_are_refused_with_a_reason() {
    for (json, reason) in [
        ("{", "EOF"),
        ("[]", "version is missing"),
        ("7", "invalid type"),
        (r#"{"parts": []}"#, "version is missing"),
        (r#"{"version": 7, "parts": []}"#, "version is 7"),
        (r#"{"version": 1, "chapters": []}"#, "unknown field `chapters`"),
        (
            r#"{"version": 1, "parts": [{"paragraphs": [{"voice": "a"}]}]}"#,
            "missing field `text`",
        ),
        (
            r#"{"version": 1, "parts": [{"paragraphs": [{"text": "a", "tone": "b"}]}]}"#,
            "unknown field `tone`",
        ),
        (
            r#"{"version": 1, "parts": [{"paragraphs": [[["a"]]]}]}"#,
            "array within a paragraph",
        ),
    ] {
        let error = Document::from_json(json).unwrap_err().to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
    let nested = "[".repeat(100_000);
    assert!(Document::from_json(&format!("{{\"version\": 1, \"parts\": {nested}")).is_err());
}

#[test]
fn flat_form_has_marks_and_pauses() {
    let (text, marks) = example().to_text();
    assert_eq!(
        text,
        "Part One\n\nIt begins.\n\nHe said no [pause 1500ms]  twice.\n\nGood.\n\nTwo\n\nIt ends."
    );
    let marked: Vec<&str> = marks.iter().map(|(range, _)| &text[range.clone()]).collect();
    assert_eq!(marked, ["Part One", "no", "Good.", "Two"]);
}

#[test]
fn titles_that_are_not_spoken_mark_an_empty_range() {
    let mut document = Document::new("");
    let mut part = Part::new("Chapter 1", 1).with_paragraph("Text.");
    part.silent_title = true;
    document.parts.push(Part::new("Opening", 1).with_paragraph("Before."));
    document.parts.push(part);
    let (text, marks) = document.to_text();
    assert_eq!(text, "Opening\n\nBefore.\n\nText.");
    assert_eq!(marks[1].0, 18..18);
    let back = Document::from_text(&text, &marks);
    assert_eq!(back.parts, document.parts);
}

#[test]
fn headings_of_markdown_and_html_become_parts() {
    for (source, format) in [
        (
            "Before.\n\n# One *fine* day\n\nText\nmore.\n\nAgain.\n\nSub\n---\n\nEnd.",
            Format::Markdown,
        ),
        (
            "<p>Before.</p><h1>One <i>fine</i> day</h1><p>Text\nmore.</p><p>Again.</p><h2>Sub</h2>End.",
            Format::Html,
        ),
    ] {
        let plain = Plain::from_text(source, format);
        let document = Document::from_text(&plain.text, &plain.marks);
        let parts: Vec<_> = document
            .parts
            .iter()
            .map(|part| (part.title.as_deref(), part.level, part.paragraphs.len()))
            .collect();
        assert_eq!(
            parts,
            [(None, 0, 1), (Some("One fine day"), 1, 2), (Some("Sub"), 2, 1)],
            "{format:?}"
        );
    }
}
