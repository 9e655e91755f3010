//! Writes finished speech to files: with titles, a cover and chapters, as one file or one per chapter, at a loudness.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use serde::{Deserialize, Serialize};

use super::Generation;
use crate::audio::{SPEECH_RATE, wav};
use crate::compute;
use crate::error::{Error, Result, code};
use crate::ledger::{GenerationRecord, SpeechRecord, chapter_infos};
use crate::runtime::provenance;
use crate::script::{self, Cover};
use crate::speech::{
    ChapterMark, Encoder, Encoding, Master, MasterSettings, Mastering, MasteringReport, Piece, SpeechFormat, Tags,
    encoded, save_stream,
};

/// The size of a piece of samples, in bytes: ten seconds.
const PIECE_BYTES: u64 = 480_000;
/// The longest title in the name of a file, in characters.
const LONGEST_NAME: usize = 80;

/// How finished speech is written to files.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ExportOptions {
    /// What the files say about themselves. What is absent comes from the script ([`Generation::tags`]).
    pub tags: Tags,
    /// The level.
    pub mastering: Mastering,
    /// The codec and its parameters; that of the file's extension if absent.
    pub encoding: Option<Encoding>,
}

impl ExportOptions {
    /// Sets the tags.
    #[must_use]
    pub fn with_tags(mut self, tags: Tags) -> Self {
        self.tags = tags;
        self
    }

    /// Sets the level.
    #[must_use]
    pub fn with_mastering(mut self, mastering: Mastering) -> Self {
        self.mastering = mastering;
        self
    }

    /// Sets the codec and its parameters.
    #[must_use]
    pub fn with_encoding(mut self, encoding: impl Into<Encoding>) -> Self {
        self.encoding = Some(encoding.into());
        self
    }
}

/// The options of an export as the fields of a JSON object, which the surfaces share.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ExportFields {
    /// The title.
    pub title: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// The file with the cover, as JPEG or PNG.
    pub cover: Option<PathBuf>,
    /// The loudness, in LUFS.
    pub loudness: Option<f64>,
    /// Whether the requirements of ACX are met.
    pub acx: bool,
    /// Whether pauses have a room tone.
    pub room_tone: bool,
}

impl ExportFields {
    /// Reads the cover, and returns the options.
    ///
    /// # Errors
    ///
    /// `output.cover` if the cover cannot be read; `option.out_of_range`.
    pub fn options(self) -> Result<ExportOptions> {
        let mut tags = Tags::new(self.title, self.author);
        tags.cover = self.cover.as_deref().map(read_cover).transpose()?;
        let mut mastering = Mastering::default().with_acx(self.acx).with_room_tone(self.room_tone);
        mastering.loudness_lufs = self.loudness;
        mastering.check()?;
        Ok(ExportOptions::default().with_tags(tags).with_mastering(mastering))
    }
}

/// Reads the picture of a cover.
fn read_cover(path: &Path) -> Result<Cover> {
    let refused = |message: String| Error::new(&code::OUTPUT_COVER, message);
    let bytes = std::fs::read(path)
        .map_err(|source| refused(format!("could not read the cover {}", path.display())).with_source(source))?;
    Cover::of(bytes).ok_or_else(|| refused(format!("{} is no JPEG or PNG picture", path.display())))
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExportedFile {
    /// The path.
    pub path: PathBuf,
    /// The title.
    pub title: Option<String>,
    /// The start of its speech in the whole speech, in seconds.
    pub start: f64,
    /// The length of the file, in seconds.
    pub duration_seconds: f64,
    /// The chapters in the file, with times in the file.
    #[serde(skip)]
    pub chapters: Vec<ChapterMark>,
    /// The levels, if mastering changed them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mastering: Option<MasteringReport>,
}

impl ExportedFile {
    fn of(path: &Path, part: Part, silence: (f64, f64), tags: Tags, mastering: Option<MasteringReport>) -> Self {
        Self {
            path: path.to_owned(),
            title: tags.title,
            start: part.start as f64 / f64::from(SPEECH_RATE),
            duration_seconds: part.seconds() + silence.0 + silence.1,
            chapters: tags.chapters,
            mastering,
        }
    }
}

/// A part of a speech, in samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    start: u64,
    end: u64,
}

impl Part {
    fn of(start: f64, end: f64) -> Self {
        let place = |seconds: f64| (seconds * f64::from(SPEECH_RATE)).round().max(0.0) as u64;
        Self {
            start: place(start),
            end: place(end).max(place(start)),
        }
    }

    fn samples(self) -> usize {
        (self.end - self.start) as usize
    }

    fn seconds(self) -> f64 {
        self.samples() as f64 / f64::from(SPEECH_RATE)
    }
}

impl Generation {
    /// Returns what a file with the speech says about itself: the title and the authors that the script names, and the chapters
    /// with their times.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `store.*`.
    pub async fn tags(&self) -> Result<Tags> {
        let record = self.record().await?;
        self.tags_of(&record)
    }

    pub(super) fn tags_of(&self, record: &GenerationRecord) -> Result<Tags> {
        let speech = self.finished(record)?;
        let (title, authors) = script::about(&record.script, record.options.text.text_format()?);
        let artist = Some(authors.join(", ")).filter(|names| !names.is_empty());
        let mut tags = Tags::new(title, artist);
        tags.chapters = chapter_infos(record)
            .into_iter()
            .map(|chapter| {
                let start = chapter.start.unwrap_or_default();
                ChapterMark::new(chapter.title, start, chapter.end.unwrap_or(speech.seconds))
            })
            .collect();
        Ok(tags)
    }

    fn finished<'r>(&self, record: &'r GenerationRecord) -> Result<&'r SpeechRecord> {
        record.speech.as_ref().ok_or_else(|| self.not_finished(record))
    }

    /// Writes the finished speech to one file with titles, a cover and chapters, in the format of its extension. It is never in
    /// memory as a whole.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future leaves no file behind under this name; a temporary file beside it may remain.
    ///
    /// # Errors
    ///
    /// `generation.not_finished`, `output.unwritable`, `output.format`, `option.out_of_range`, `store.*`.
    pub async fn export(&self, path: impl AsRef<Path>, options: &ExportOptions) -> Result<ExportedFile> {
        let path = path.as_ref();
        options.mastering.check()?;
        let record = self.record().await?;
        let encoding = match options.encoding {
            Some(encoding) => encoding,
            None => SpeechFormat::of(path)?.into(),
        };
        let tags = completed(options.tags.clone(), self.tags_of(&record)?);
        let part = Part::of(0.0, self.finished(&record)?.seconds);
        self.write(path, &record, part, encoding, tags, &options.mastering)
            .await
    }

    /// Writes each chapter of the finished speech to a file of its own in a folder, named by its number and its title. The folder
    /// is created. A speech without chapters becomes one file.
    ///
    /// # Errors
    ///
    /// Those of [`export`](Self::export).
    pub async fn export_chapters(
        &self,
        folder: impl AsRef<Path>,
        format: SpeechFormat,
        options: &ExportOptions,
    ) -> Result<Vec<ExportedFile>> {
        options.mastering.check()?;
        let record = self.record().await?;
        let speech = self.finished(&record)?;
        let book = completed(options.tags.clone(), self.tags_of(&record)?);
        let infos = chapter_infos(&record);
        let mut parts: Vec<(String, f64, f64)> = Vec::new();
        for chapter in &infos {
            // The pause behind the last segment is not part of the file.
            let last = speech.times.get((chapter.segments.1 as usize).saturating_sub(1));
            let end = last.map_or(speech.seconds, |(_, end)| *end);
            parts.push((chapter.title.clone(), chapter.start.unwrap_or_default(), end));
        }
        if parts.is_empty() {
            parts.push((book.title.clone().unwrap_or_default(), 0.0, speech.seconds));
        }
        let count = parts.len() as u32;
        let digits = count.to_string().len().max(2);
        let encoding = options.encoding.unwrap_or_else(|| format.into());
        let folder = folder.as_ref();
        tokio::fs::create_dir_all(folder).await.map_err(|source| {
            let message = format!("could not create the folder {}", folder.display());
            Error::new(&code::OUTPUT_UNWRITABLE, message).with_source(source)
        })?;
        let mut files = Vec::new();
        for (index, (title, start, end)) in parts.into_iter().enumerate() {
            let number = index as u32 + 1;
            let name = file_name(number, digits, &title);
            let tags = Tags {
                title: Some(if title.is_empty() { number.to_string() } else { title }),
                artist: book.artist.clone(),
                album: book.album.clone().or_else(|| book.title.clone()),
                track: Some((number, count)),
                cover: book.cover.clone(),
                chapters: Vec::new(),
            };
            let path = folder.join(format!("{name}.{}", format.name()));
            let part = Part::of(start, end);
            files.push(
                self.write(&path, &record, part, encoding, tags, &options.mastering)
                    .await?,
            );
        }
        Ok(files)
    }

    /// Writes a part of the speech.
    async fn write(
        &self,
        path: &Path,
        record: &GenerationRecord,
        part: Part,
        encoding: Encoding,
        mut tags: Tags,
        mastering: &Mastering,
    ) -> Result<ExportedFile> {
        let speech = self.finished(record)?;
        let (settings, report) = self.settings(speech, part, mastering).await?;
        let (head, tail) = settings.as_ref().map_or((0.0, 0.0), MasterSettings::silence_seconds);
        for (index, chapter) in tags.chapters.iter_mut().enumerate() {
            chapter.start += if index == 0 { 0.0 } else { head };
            chapter.end += head;
        }
        let silence = [head, tail].map(|seconds| (seconds * f64::from(SPEECH_RATE)).round() as usize);
        let samples = part.samples() + silence.iter().sum::<usize>();
        if settings.is_none() && encoding == SpeechFormat::Wav.into() && part == Part::of(0.0, speech.seconds) {
            // WAV has no tags: the stored file is the result.
            let file = self.reader(record).await?.stream;
            save_stream(path, file.map(|bytes| bytes.map(Piece::Next)).boxed()).await?;
            return Ok(ExportedFile::of(path, part, (head, tail), tags, report));
        }
        let origin = provenance(record, record.completed_at.unwrap_or(record.created_at));
        let encoder = Encoder::tagged(encoding, Some(&origin), &tags)?;
        let encoder = encoder.with_samples(samples).rewindable();
        let pcm16 = self.samples(speech, part);
        let pcm16 = match &settings {
            Some(settings) => mastered(pcm16, Master::new(settings)),
            None => pcm16,
        };
        save_stream(path, encoded(pcm16, encoder)).await?;
        Ok(ExportedFile::of(path, part, (head, tail), tags, report))
    }

    /// Finds the settings with which the target is reached: what the limiter removes is known only afterwards.
    async fn settings(
        &self,
        speech: &SpeechRecord,
        part: Part,
        mastering: &Mastering,
    ) -> Result<(Option<MasterSettings>, Option<MasteringReport>)> {
        if mastering.is_none() {
            return Ok((None, None));
        }
        let mut settings = mastering.begin();
        let mut passes = 0;
        loop {
            let mut master = Master::new(&settings);
            let mut pcm16 = self.samples(speech, part);
            while let Some(piece) = pcm16.next().await {
                let piece = piece?;
                master = blocking(move || {
                    master.push(&piece);
                    master
                })
                .await?;
            }
            let (_, levels) = master.finish();
            passes += 1;
            match mastering.next(&settings, &levels, passes) {
                Some(better) => settings = better,
                None => return Ok((Some(settings), Some(mastering.report(&settings, levels)))),
            }
        }
    }

    /// Reads the samples of a part, 16-bit little-endian.
    fn samples(&self, speech: &SpeechRecord, part: Part) -> BoxStream<'static, Result<Bytes>> {
        let whole = (speech.seconds * f64::from(SPEECH_RATE)).round() as u64;
        let head = wav::head_length(whole as usize) as u64;
        let bytes = head + 2 * part.start..head + 2 * part.end.min(whole);
        let state = (self.clone(), speech.audio.clone(), bytes);
        let pieces = futures::stream::try_unfold(state, |(generation, key, left)| async move {
            if left.is_empty() {
                return Ok(None);
            }
            let end = left.end.min(left.start + PIECE_BYTES);
            let piece = generation.runtime().audio.range(&key, left.start..end).await?;
            let piece = piece.ok_or_else(|| generation.speech_missing())?;
            Ok(Some((piece, (generation, key, end..left.end))))
        });
        pieces.boxed()
    }
}

/// Fills in what is absent.
fn completed(mut tags: Tags, known: Tags) -> Tags {
    tags.title = tags.title.or(known.title);
    tags.artist = tags.artist.or(known.artist);
    tags.album = tags.album.or_else(|| tags.title.clone());
    if tags.chapters.is_empty() {
        tags.chapters = known.chapters;
    }
    tags
}

/// Applies mastering to a stream of samples.
fn mastered(samples: BoxStream<'static, Result<Bytes>>, master: Master) -> BoxStream<'static, Result<Bytes>> {
    let pieces = futures::stream::unfold(Some((samples, master)), |state| async move {
        let (mut samples, mut master) = state?;
        match samples.next().await {
            Some(Ok(piece)) => {
                let done = blocking(move || {
                    let out = wav::pcm16(&master.push(&piece));
                    (out, master)
                });
                match done.await {
                    Ok((out, master)) => Some((Ok(out), Some((samples, master)))),
                    Err(error) => Some((Err(error), None)),
                }
            }
            Some(Err(error)) => Some((Err(error), None)),
            None => Some((Ok(wav::pcm16(&master.finish().0)), None)),
        }
    });
    pieces.boxed()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    compute::run(work)
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "mastering was aborted").with_source(source))
}

/// Returns the name of the file of a chapter without its extension: `03 A Title`.
fn file_name(number: u32, digits: usize, title: &str) -> String {
    let safe = title.chars().map(|c| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        c if c.is_control() || c.is_whitespace() => ' ',
        c => c,
    });
    let safe: String = safe.take(LONGEST_NAME).collect();
    let words: Vec<&str> = safe.split_whitespace().collect();
    let words = words.join(" ");
    let words = words.trim_end_matches(['.', ' ']);
    let separator = if words.is_empty() { "" } else { " " };
    format!("{number:0digits$}{separator}{words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_safe_and_sorted() {
        assert_eq!(
            file_name(3, 2, "What: is \"it\"?\n Really..."),
            "03 What- is -it-- Really"
        );
        assert_eq!(file_name(3, 3, "../x"), "003 ..-x");
        assert_eq!(file_name(12, 2, ""), "12");
        assert_eq!(file_name(1, 2, &"é".repeat(200)).chars().count(), 83);
    }
}
