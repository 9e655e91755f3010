//! Maps from the output of a stage to its input.

use std::ops::Range;

use super::Plain;
use crate::Finding;

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
}

/// A text that the stages process, with its maps.
#[derive(Debug)]
pub(super) struct Draft {
    text: String,
    map: Map,
    findings: Vec<Finding>,
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
        }
    }

    /// Processes the text with a stage.
    pub(super) fn stage(&mut self, stage: impl FnOnce(&str, &mut Output)) {
        let mut output = Output::default();
        stage(&self.text, &mut output);
        for (range, mut finding) in output.findings {
            finding.range = self.map.resolve(&self.text, range);
            self.findings.push(finding);
        }
        self.text = output.text;
        self.map.stages.insert(0, output.stage);
    }

    pub(super) fn finish(mut self) -> Plain {
        self.findings.sort_by_key(|finding| finding.range.start);
        Plain {
            text: self.text,
            encoding: "UTF-8",
            findings: self.findings,
            map: self.map,
        }
    }
}
