//! Chapters of a script.

use serde::{Deserialize, Serialize};

use super::{Segment, TextMark};

/// The start of a chapter. The first segment of the chapter has it ([`Segment::chapter`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChapterStart {
    /// The title. Empty for a text before the first heading, if the script has no title.
    pub title: String,
    /// The level of the heading: 1 for the highest, up to 6.
    pub level: u8,
}

impl ChapterStart {
    /// Creates the start of a chapter. A level outside 1 to 6 becomes the nearest of them.
    pub fn new(title: impl Into<String>, level: u8) -> Self {
        Self {
            title: title.into(),
            level: level.clamp(1, 6),
        }
    }
}

/// A chapter: what stands between two headings of any level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Chapter {
    /// The title.
    pub title: String,
    /// The level of the heading: 1 for the highest, up to 6.
    pub level: u8,
    /// The index of the first segment, and the index past the last one.
    pub segments: (u32, u32),
}

impl Chapter {
    /// Returns the number of segments.
    pub fn len(&self) -> usize {
        self.segments.1.saturating_sub(self.segments.0) as usize
    }

    /// Returns true if the chapter has no segments. No chapter of a script is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Returns the chapters of segments, in order. They cover all segments; a script without headings has none.
///
/// # Examples
///
/// ```
/// use loqui_core::script::{Limits, Script, ScriptOptions, TextFormat, chapters};
///
/// let mut options = ScriptOptions::new(Limits::default(), Some("en"));
/// options.format = TextFormat::Markdown;
/// let script = Script::read("# One\n\nIt begins here and now.\n\n## Two\n\nIt ends here and now.", &options)?;
/// let chapters = chapters(script.segments());
/// assert_eq!((chapters[1].title.as_str(), chapters[1].level, chapters[1].segments), ("Two", 2, (1, 2)));
/// # Ok::<(), loqui_core::Error>(())
/// ```
pub fn chapters(segments: &[Segment]) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let index = index as u32;
        if let Some(start) = &segment.chapter {
            chapters.push(Chapter {
                title: start.title.clone(),
                level: start.level,
                segments: (index, index),
            });
        }
        if let Some(last) = chapters.last_mut() {
            last.segments.1 = index + 1;
        }
    }
    // An edit may have removed the first segment of the script.
    if let Some(first) = chapters.first_mut() {
        first.segments.0 = 0;
    }
    chapters
}

/// Sets the chapters of segments whose spans are positions in `text`. `title` names the text before the first heading.
pub(super) fn set(segments: &mut [Segment], text: &str, marks: &[TextMark], title: Option<&str>) {
    let mut next = 0;
    for (range, mark) in marks {
        let loqui_text::Mark::Heading { level, title } = mark else {
            continue;
        };
        while segments
            .get(next)
            .is_some_and(|segment| segment.span.start < range.start)
        {
            next += 1;
        }
        if let Some(segment) = segments.get_mut(next) {
            let heading = title.as_deref().unwrap_or_else(|| &text[range.clone()]);
            let words: Vec<&str> = heading.split_whitespace().collect();
            segment.chapter = Some(ChapterStart::new(words.join(" "), *level));
        }
    }
    if segments.iter().any(|segment| segment.chapter.is_some())
        && let Some(first) = segments.first_mut()
        && first.chapter.is_none()
    {
        first.chapter = Some(ChapterStart::new(title.unwrap_or_default(), 1));
    }
}
