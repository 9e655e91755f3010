//! Documents and their flat form: a text with marks.

use std::ops::Range;

use super::{Document, Mark, Paragraph, Part, Span};

/// The longest pause of a span, in seconds.
const LONGEST_PAUSE: f64 = 60.0;

impl Document {
    /// Returns the text of the document, titles and paragraphs separated by blank lines, and what its parts are.
    ///
    /// Positions of findings about a document are positions in this text.
    pub fn to_text(&self) -> (String, Vec<(Range<usize>, Mark)>) {
        let mut flat = Flat::default();
        for part in &self.parts {
            if let Some(title) = &part.title {
                let spoken = one_line(title);
                flat.paragraph();
                let start = flat.text.len();
                let title = part.silent_title.then(|| spoken.clone());
                if !part.silent_title {
                    flat.text.push_str(&spoken);
                }
                let level = part.level.clamp(1, 6);
                flat.marks
                    .push((start..flat.text.len(), Mark::Heading { level, title }));
                flat.open = part.silent_title;
            }
            for paragraph in &part.paragraphs {
                flat.add(paragraph);
            }
        }
        // A span is marked once its text is written, inside the marks around it.
        flat.marks
            .sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        (flat.text, flat.marks)
    }

    /// Builds a document from a text with marks: each heading begins a part, and blank lines separate paragraphs.
    pub fn from_text(text: &str, marks: &[(Range<usize>, Mark)]) -> Self {
        let mut document = Self {
            version: Self::VERSION,
            ..Self::default()
        };
        let mut part = Part::default();
        let mut from = 0;
        for (range, mark) in marks {
            let Mark::Heading { level, title } = mark else { continue };
            let range = range.start.max(from)..range.end.max(from);
            part.paragraphs.extend(paragraphs(text, from..range.start, marks));
            document.push(std::mem::take(&mut part));
            let heading = one_line(&text[range.clone()]);
            part = Part::new(title.clone().unwrap_or_else(|| heading.clone()), *level);
            part.silent_title = heading.is_empty();
            from = range.end;
        }
        part.paragraphs.extend(paragraphs(text, from..text.len(), marks));
        document.push(part);
        document
    }

    fn push(&mut self, part: Part) {
        if part.title.is_some() || !part.paragraphs.is_empty() {
            self.parts.push(part);
        }
    }

    /// Returns the number of characters of the titles and paragraphs.
    pub fn characters(&self) -> usize {
        let parts = self.parts.iter().map(|part| {
            let title = part.title.as_deref().map_or(0, |title| title.chars().count());
            let spans = part.paragraphs.iter().flat_map(|paragraph| &paragraph.spans);
            title + spans.map(|span| span.text.chars().count()).sum::<usize>()
        });
        parts.sum()
    }
}

/// The flat form while it is written.
#[derive(Default)]
struct Flat {
    text: String,
    marks: Vec<(Range<usize>, Mark)>,
    /// Whether the text is at the start of a paragraph.
    open: bool,
}

impl Flat {
    /// Begins a paragraph.
    fn paragraph(&mut self) {
        if !self.text.is_empty() && !self.open {
            self.text.push_str("\n\n");
        }
        self.open = false;
    }

    fn add(&mut self, paragraph: &Paragraph) {
        if paragraph.spans.iter().all(|span| span.text.trim().is_empty()) {
            return;
        }
        self.paragraph();
        for span in &paragraph.spans {
            let start = self.text.len();
            push_lines(&mut self.text, &span.text);
            if !span.attributes.is_empty() {
                self.marks
                    .push((start..self.text.len(), Mark::Span(span.attributes.clone())));
            }
            if let Some(pause) = span.attributes.pause.filter(|pause| *pause > 0.0) {
                let milliseconds = (pause.min(LONGEST_PAUSE) * 1000.0).round() as u64;
                self.text.push_str(&format!(" [pause {milliseconds}ms] "));
            }
        }
    }
}

/// Adds a text without blank lines, which would end the paragraph.
fn push_lines(out: &mut String, text: &str) {
    let mut first = true;
    for line in text.split(['\n', '\r', '\u{2029}']) {
        if !first && !line.trim().is_empty() && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        if first || !line.trim().is_empty() {
            out.push_str(line);
        }
        first = false;
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the paragraphs of a part of the text.
fn paragraphs(text: &str, part: Range<usize>, marks: &[(Range<usize>, Mark)]) -> Vec<Paragraph> {
    let mut found = Vec::new();
    let mut start = part.start;
    let mut at = part.start;
    for line in text[part.clone()].split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            found.extend(paragraph(text, start..at, marks));
            start = at;
        }
    }
    found.extend(paragraph(text, start..part.end, marks));
    found
}

fn paragraph(text: &str, range: Range<usize>, marks: &[(Range<usize>, Mark)]) -> Option<Paragraph> {
    let whole = &text[range.clone()];
    let trimmed = whole.trim();
    if trimmed.is_empty() {
        return None;
    }
    let start = range.start + (whole.len() - whole.trim_start().len());
    let end = start + trimmed.len();
    let mut spans = Vec::new();
    let mut from = start;
    let first = marks.partition_point(|(range, _)| range.end <= start);
    for (range, mark) in &marks[first..] {
        let Mark::Span(attributes) = mark else { continue };
        if range.start >= end {
            break;
        }
        let (begin, stop) = (range.start.max(from), range.end.min(end));
        if begin >= stop {
            continue;
        }
        if from < begin {
            spans.push(Span::new(&text[from..begin]));
        }
        let mut attributes = attributes.clone();
        // The pause stands in the text.
        attributes.pause = None;
        spans.push(Span::new(&text[begin..stop]).with(attributes));
        from = stop;
    }
    if from < end {
        spans.push(Span::new(&text[from..end]));
    }
    Some(Paragraph { spans })
}
