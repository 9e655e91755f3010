//! Maps from the output of a stage to its input.

use std::ops::Range;

use super::Plain;
use crate::{Finding, Mark};

/// A copied run is cut after this many bytes, so that a look-up inside it is short.
const LONGEST_RUN: usize = 4096;

/// Where one run of the output comes from, in bytes. Copied runs map byte by byte; others stand for their whole input.
#[derive(Clone, Debug)]
struct Run {
    output: usize,
    input: Range<usize>,
    copied: bool,
}

/// The runs of one stage, in order of the output.
#[derive(Clone, Debug, Default)]
struct Stage {
    runs: Vec<Run>,
}

impl Stage {
    fn find(&self, at: usize) -> Option<&Run> {
        let index = self.runs.partition_point(|run| run.output <= at);
        self.runs.get(index.checked_sub(1)?)
    }

    fn start(&self, at: usize) -> usize {
        self.find(at).map_or(0, |run| {
            if run.copied {
                (run.input.start + (at - run.output)).min(run.input.end)
            } else {
                run.input.start
            }
        })
    }

    /// Returns the input position of the end of a part that ends before `at`.
    fn end(&self, at: usize) -> usize {
        self.find(at.saturating_sub(1)).map_or(0, |run| {
            if run.copied {
                (run.input.start + (at - run.output)).min(run.input.end)
            } else {
                run.input.end
            }
        })
    }
}

impl Stage {
    /// Returns where a part of the input stands in the output, which has `length` bytes.
    fn forward(&self, range: &Range<usize>, length: usize) -> Range<usize> {
        let runs = &self.runs;
        let first = runs.partition_point(|run| run.input.end.max(run.input.start + 1) <= range.start);
        let start = runs.get(first).map_or(length, |run| {
            run.output
                + if run.copied {
                    range.start.saturating_sub(run.input.start)
                } else {
                    0
                }
        });
        if range.is_empty() {
            return start..start;
        }
        let behind = runs.partition_point(|run| run.input.start < range.end);
        let end = behind.checked_sub(1).map_or(0, |last| {
            let run = &runs[last];
            if run.copied {
                run.output + (range.end.min(run.input.end) - run.input.start)
            } else {
                runs.get(behind).map_or(length, |next| next.output)
            }
        });
        start.min(length)..end.clamp(start.min(length), length)
    }
}

/// The maps of all stages.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    /// From the last stage to the first.
    stages: Vec<Stage>,
    /// Scalar values in front of every block of [`LONGEST_RUN`] bytes of the source, and the source.
    counts: Vec<usize>,
    pub(super) source: String,
}

impl Map {
    /// Moves a range of bytes of the plain text to scalar values of the source.
    pub(super) fn resolve(&self, text: &str, range: Range<usize>) -> Range<usize> {
        let bytes = self.resolve_bytes(text, range);
        self.scalar(bytes.start)..self.scalar(bytes.end)
    }

    /// Moves a range of bytes of the plain text to bytes of the source.
    pub(super) fn resolve_bytes(&self, text: &str, range: Range<usize>) -> Range<usize> {
        let start = range.start.min(text.len());
        let end = range.end.clamp(start, text.len());
        let (mut from, mut to) = (start, end);
        for stage in &self.stages {
            let begin = stage.start(from);
            to = if to > from { stage.end(to).max(begin) } else { begin };
            from = begin;
        }
        from..to
    }

    fn scalar(&self, byte: usize) -> usize {
        let byte = byte.min(self.source.len());
        let block = byte / LONGEST_RUN;
        let start = block * LONGEST_RUN;
        let bytes = &self.source.as_bytes()[start..byte];
        self.counts[block] + count(bytes)
    }
}

/// Scalar values that begin in these bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

/// The output of a stage.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) text: String,
    stage: Stage,
    /// Findings with their positions in the stage's input, in bytes.
    findings: Vec<(Range<usize>, Finding)>,
    /// What parts of the output are, in bytes of the output.
    marks: Vec<(Range<usize>, Mark)>,
    /// The title that the source gives itself.
    pub(super) title: Option<String>,
    /// The authors that the source names.
    pub(super) authors: Vec<String>,
}

impl Output {
    /// Copies a part of the input.
    pub(super) fn copy(&mut self, input: &str, range: Range<usize>) {
        let mut start = range.start;
        while start < range.end {
            let mut end = range.end.min(start + LONGEST_RUN);
            while !input.is_char_boundary(end) {
                end -= 1;
            }
            let joins = self.stage.runs.last().is_some_and(|last| {
                last.copied && last.input.end == start && last.input.len() + (end - start) <= LONGEST_RUN
            });
            match self.stage.runs.last_mut() {
                Some(last) if joins => last.input.end = end,
                _ => self.stage.runs.push(Run {
                    output: self.text.len(),
                    input: start..end,
                    copied: true,
                }),
            }
            self.text.push_str(&input[start..end]);
            start = end;
        }
    }

    /// Replaces a part of the input by other words.
    pub(super) fn replace(&mut self, range: Range<usize>, words: &str) {
        if words.is_empty() {
            return;
        }
        self.stage.runs.push(Run {
            output: self.text.len(),
            input: range,
            copied: false,
        });
        self.text.push_str(words);
    }

    /// Ends a paragraph, or a line, unless one has just ended.
    pub(super) fn line_end(&mut self, at: usize, mark: &str) {
        let wanted = mark.len();
        let written = self.text.len() - self.text.trim_end_matches('\n').len();
        if !self.text.is_empty() && written < wanted {
            self.replace(at..at, &mark[written..]);
        }
    }

    /// Notes a finding on a part of the input.
    pub(super) fn note(&mut self, range: Range<usize>, finding: Finding) {
        self.findings.push((range, finding));
    }

    /// Marks a part of the output. Later stages move the mark with its text.
    pub(super) fn mark(&mut self, output: Range<usize>, mark: Mark) {
        self.marks.push((output, mark));
    }
}

/// A text that the stages process, with its maps.
#[derive(Debug)]
pub(super) struct Draft {
    text: String,
    map: Map,
    findings: Vec<Finding>,
    marks: Vec<(Range<usize>, Mark)>,
    title: Option<String>,
    authors: Vec<String>,
}

impl Draft {
    pub(super) fn new(source: String) -> Self {
        let mut counts = vec![0];
        let mut total = 0;
        for block in source.as_bytes().chunks(LONGEST_RUN) {
            total += count(block);
            counts.push(total);
        }
        Self {
            text: source.clone(),
            map: Map {
                stages: Vec::new(),
                counts,
                source,
            },
            findings: Vec::new(),
            marks: Vec::new(),
            title: None,
            authors: Vec::new(),
        }
    }

    /// Marks parts of the source.
    pub(super) fn with_marks(mut self, marks: Vec<(Range<usize>, Mark)>) -> Self {
        self.marks = marks;
        self
    }

    /// Sets the title and the authors.
    pub(super) fn described(mut self, title: Option<String>, authors: Vec<String>) -> Self {
        (self.title, self.authors) = (title, authors);
        self
    }

    /// Processes the text with a stage.
    pub(super) fn stage(&mut self, stage: impl FnOnce(&str, &mut Output)) {
        let mut output = Output::default();
        stage(&self.text, &mut output);
        for (range, mut finding) in std::mem::take(&mut output.findings) {
            finding.range = self.map.resolve(&self.text, range);
            self.findings.push(finding);
        }
        for (range, _) in &mut self.marks {
            *range = output.stage.forward(range, output.text.len());
        }
        self.marks.append(&mut output.marks);
        self.title = self.title.take().or(output.title);
        self.authors.append(&mut output.authors);
        self.text = output.text;
        self.map.stages.insert(0, output.stage);
    }

    pub(super) fn finish(mut self) -> Plain {
        self.findings.sort_by_key(|finding| finding.range.start);
        let text = self.text;
        let mut marks: Vec<(Range<usize>, Mark)> = self
            .marks
            .into_iter()
            .filter_map(|(range, mark)| Some((placed(&text, range, &mark)?, mark)))
            .collect();
        marks.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        without_doubles(&mut marks);
        Plain {
            text,
            encoding: "UTF-8",
            findings: self.findings,
            marks,
            title: self.title,
            authors: self.authors,
            map: self.map,
        }
    }
}

/// Returns the range of a mark without the white space at its ends. A mark without text is dropped, except for a heading with
/// a title of its own, which stands before the next word.
fn placed(text: &str, range: Range<usize>, mark: &Mark) -> Option<Range<usize>> {
    let end = text.floor_char_boundary(range.end.min(text.len()));
    let start = text.floor_char_boundary(range.start.min(end));
    let part = &text[start..end];
    if !part.trim().is_empty() {
        let begin = start + (part.len() - part.trim_start().len());
        return Some(begin..begin + part.trim().len());
    }
    let rest = &text[end..];
    let next = end + (rest.len() - rest.trim_start().len());
    matches!(mark, Mark::Heading { title: Some(_), .. }).then_some(next..next)
}

/// Drops headings that are not spoken where another heading begins.
fn without_doubles(marks: &mut Vec<(Range<usize>, Mark)>) {
    let starts: Vec<(usize, bool)> = marks
        .iter()
        .filter(|(_, mark)| matches!(mark, Mark::Heading { .. }))
        .map(|(range, _)| (range.start, range.is_empty()))
        .collect();
    let mut next = 0;
    marks.retain(|(range, mark)| {
        if !matches!(mark, Mark::Heading { .. }) {
            return true;
        }
        next += 1;
        let spoken_before = starts[..next - 1]
            .iter()
            .rev()
            .take_while(|(start, _)| *start == range.start)
            .any(|(_, silent)| !silent);
        let another_behind = starts.get(next).is_some_and(|(start, _)| *start == range.start);
        !range.is_empty() || !spoken_before && !another_behind
    });
}
