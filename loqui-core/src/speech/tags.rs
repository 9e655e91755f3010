//! What a file of speech says about itself: title, author, cover, chapters.

use std::time::Duration;

use crate::script::Cover;

/// The tags of a file with speech. WAV files have none of them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Tags {
    /// The title of the file: of the book, or of a chapter.
    pub title: Option<String>,
    /// The author.
    pub artist: Option<String>,
    /// The title of the book.
    pub album: Option<String>,
    /// The number of the file among the files of the book, from 1, and how many there are.
    pub track: Option<(u32, u32)>,
    /// The picture on the cover.
    pub cover: Option<Cover>,
    /// The chapters, in order, without gaps.
    pub chapters: Vec<ChapterMark>,
}

/// A chapter in a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChapterMark {
    /// The title. Players show the number of a chapter without one.
    pub title: String,
    /// The start in the file, in seconds.
    pub start: f64,
    /// The end in the file, in seconds.
    pub end: f64,
}

impl ChapterMark {
    /// Creates a mark with times in seconds.
    pub fn new(title: impl Into<String>, start: f64, end: f64) -> Self {
        Self {
            title: title.into(),
            start,
            end,
        }
    }
}

impl Tags {
    /// Creates tags with a title and an author.
    pub fn new(title: Option<String>, artist: Option<String>) -> Self {
        Self {
            album: title.clone(),
            title,
            artist,
            ..Self::default()
        }
    }

    /// Returns true if nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the tags for a file at another tempo: chapters come sooner in faster speech.
    #[cfg_attr(not(feature = "formats"), expect(dead_code, reason = "WAV has no tags"))]
    pub(super) fn at_speed(&self, speed: f64) -> Self {
        let mut tags = self.clone();
        for chapter in &mut tags.chapters {
            chapter.start /= speed;
            chapter.end /= speed;
        }
        tags
    }

    /// Returns the title of a chapter, or its number for one without a title.
    pub(super) fn chapter_title(&self, index: usize) -> String {
        match self.chapters.get(index) {
            Some(chapter) if !chapter.title.is_empty() => chapter.title.clone(),
            _ => (index + 1).to_string(),
        }
    }
}

/// Converts seconds, which may be slightly below zero after a calculation.
#[cfg_attr(not(feature = "formats"), expect(dead_code, reason = "WAV has no tags"))]
pub(super) fn time(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
