//! The flags for finished files: titles, cover, chapters, loudness.

use std::path::{Path, PathBuf};

use loqui_core::script::Cover;
use loqui_core::speech::{CueFile, SpeechFormat, cue_sheet};
use loqui_core::{Error, ExportFields, ExportOptions, ExportedFile, Generation};
use serde::Serialize;

use crate::failure::Failure;
use crate::target::{self, OutputFlags, Target};
use crate::{code, output};

/// The flags of commands that write finished speech.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Files of books")]
pub(crate) struct ExportFlags {
    /// Also write each chapter to a file of its own in this folder, with a cue sheet and a manifest. The format is that of
    /// --audio-format [default: mp3]. Without -o, only the folder is written
    #[arg(long, value_name = "DIR")]
    chapters_dir: Option<PathBuf>,

    /// Also write a cue sheet with the chapters, beside the file of -o
    #[arg(long, value_name = "OUT.cue")]
    cue: Option<PathBuf>,

    /// Title in the tags of the files [default: that of the script]
    #[arg(long)]
    title: Option<String>,

    /// Author in the tags of the files [default: that of the script]
    #[arg(long)]
    author: Option<String>,

    /// Picture on the cover, as JPEG or PNG [default: that of the book]
    #[arg(long, value_name = "FILE")]
    cover: Option<PathBuf>,

    /// Bring each file to this loudness in LUFS, with true peaks of at most -1 dBTP, for example -18
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true, conflicts_with = "acx")]
    loudness: Option<f64>,

    /// Meet the requirements of ACX in each file: RMS -23 to -18 dB, peak -3 dB, noise floor -60 dB
    #[arg(long)]
    acx: bool,

    /// Fill pauses with a quiet room tone instead of digital silence
    #[arg(long)]
    room_tone: bool,
}

/// The manifest of a folder with chapters.
#[derive(Serialize)]
struct Manifest<'a> {
    title: Option<&'a str>,
    author: Option<&'a str>,
    generation: loqui_core::GenerationId,
    ai_generated: bool,
    files: &'a [ExportedFile],
}

impl ExportFlags {
    /// Returns whether only the folder with chapters is written.
    pub(crate) fn only_chapters(&self, has_output: bool) -> bool {
        self.chapters_dir.is_some() && !has_output
    }

    /// Checks the flags, before anything is paid.
    pub(crate) fn check(&self, speeches: usize, target: &Target) -> Result<(), Failure> {
        let changes_level = !self.options(None)?.mastering.is_none();
        let refused = |message: &str, hint: &str| {
            Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(hint.to_owned()))
        };
        let is_used = self.chapters_dir.is_some() || self.cue.is_some();
        if speeches > 1 && is_used {
            return Err(refused(
                "--chapters-dir and --cue need a single text",
                "Speak one text at a time.",
            ));
        }
        if self.cue.is_some() && !matches!(target, Target::File(..)) {
            return Err(refused(
                "--cue needs the name of the audio file",
                "Name it with `-o book.mp3`.",
            ));
        }
        if target.is_stdout() && changes_level {
            return Err(refused(
                "--loudness, --acx and --room-tone need a file",
                "The level is known only when all of it is spoken. Write to a file.",
            ));
        }
        for path in [&self.cue].into_iter().flatten() {
            target::check(path)?;
        }
        if let Some(folder) = &self.chapters_dir {
            target::check(&folder.join("manifest.json"))?;
        }
        Ok(())
    }

    /// Returns how files are written. `cover` is the picture of the book.
    pub(crate) fn options(&self, cover: Option<Cover>) -> Result<ExportOptions, Failure> {
        let mut fields = ExportFields::default();
        fields.title.clone_from(&self.title);
        fields.author.clone_from(&self.author);
        fields.cover.clone_from(&self.cover);
        fields.loudness = self.loudness;
        fields.acx = self.acx;
        fields.room_tone = self.room_tone;
        let mut options = fields.options().map_err(Failure::wrong_use)?;
        options.tags.cover = options.tags.cover.or(cover);
        Ok(options)
    }

    /// Writes the folder with chapters and the cue sheet, and describes what was written.
    pub(crate) async fn write(
        &self,
        generation: &Generation,
        options: &ExportOptions,
        audio_format: Option<SpeechFormat>,
        whole: Option<&ExportedFile>,
    ) -> Result<Vec<ExportedFile>, Failure> {
        let (title, author) = self.names(generation).await?;
        let (title, author) = (title.as_deref(), author.as_deref());
        if let (Some(path), Some(whole)) = (&self.cue, whole) {
            let file = CueFile::new(
                name_of(&whole.path),
                SpeechFormat::of(&whole.path)?,
                whole.chapters.clone(),
            );
            target::write(path, cue_sheet(title, author, &[file]), generation.id()).await?;
        }
        let Some(folder) = &self.chapters_dir else {
            return Ok(Vec::new());
        };
        target::make_folder(&folder.join("manifest.json")).await?;
        let format = audio_format.unwrap_or(SpeechFormat::Mp3);
        let files = generation.export_chapters(folder, format, options).await?;
        let manifest = Manifest {
            title,
            author,
            generation: generation.id(),
            ai_generated: true,
            files: &files,
        };
        let json = serde_json::to_vec_pretty(&manifest).map_err(|source| {
            Error::new(&code::INTERNAL, "the manifest could not be written as JSON").with_source(source)
        })?;
        target::write(&folder.join("manifest.json"), json, generation.id()).await?;
        let tracks: Vec<CueFile> = files
            .iter()
            .map(|file| {
                let title = file.title.clone().unwrap_or_default();
                let track = loqui_core::speech::ChapterMark::new(title, 0.0, file.duration_seconds);
                CueFile::new(name_of(&file.path), format, vec![track])
            })
            .collect();
        target::write(
            &folder.join("chapters.cue"),
            cue_sheet(title, author, &tracks),
            generation.id(),
        )
        .await?;
        Ok(files)
    }

    async fn names(&self, generation: &Generation) -> Result<(Option<String>, Option<String>), Failure> {
        if self.chapters_dir.is_none() && self.cue.is_none() {
            return Ok((None, None));
        }
        let known = generation.tags().await?;
        Ok((self.title.clone().or(known.title), self.author.clone().or(known.artist)))
    }
}

/// How the speech of a generation is written.
#[derive(Debug)]
pub(crate) struct Delivery<'a> {
    pub(crate) output: &'a OutputFlags,
    pub(crate) export: &'a ExportFlags,
    pub(crate) target: &'a Target,
    /// The name of a file in a folder, without extension.
    pub(crate) name: Option<&'a str>,
    /// The picture on the cover of the book.
    pub(crate) cover: Option<Cover>,
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// The name of the output: a file, a folder, or stdout.
    pub(crate) name: String,
    /// The files of chapters, and files whose level was changed.
    pub(crate) files: Vec<ExportedFile>,
}

impl Delivery<'_> {
    /// Writes the speech, and everything that belongs to it.
    pub(crate) async fn deliver(&self, generation: &Generation) -> Result<Delivered, Failure> {
        let options = self.export.options(self.cover.clone())?;
        let format = self.output.audio_format();
        if self.export.only_chapters(self.output.is_given()) {
            let files = self.export.write(generation, &options, format, None).await?;
            let folder = self.export.chapters_dir.as_deref().unwrap_or_else(|| Path::new("."));
            return Ok(Delivered {
                name: folder.display().to_string(),
                files,
            });
        }
        let written = self.target.write(generation, self.name, &options).await?;
        let chapters = self
            .export
            .write(generation, &options, format, written.file.as_ref())
            .await?;
        let mut files: Vec<ExportedFile> = written
            .file
            .into_iter()
            .filter(|file| file.mastering.is_some())
            .collect();
        files.extend(chapters);
        Ok(Delivered {
            name: written.name,
            files,
        })
    }
}

/// Prints the levels of files, and a warning for those that do not meet the requirements of ACX.
pub(crate) fn print_levels(files: &[ExportedFile]) {
    for file in files {
        let Some(report) = &file.mastering else { continue };
        let levels = &report.levels;
        let acx = match report.acx {
            Some(true) => ", meets ACX",
            Some(false) => ", does not meet ACX",
            None => "",
        };
        output::note(&format!(
            "{}: {:.1} LUFS, true peak {:.1} dBTP, RMS {:.1} dB, noise floor {:.1} dB{acx}",
            file.path.display(),
            levels.loudness_lufs,
            levels.true_peak_dbtp,
            levels.rms_dbfs,
            levels.noise_floor_dbfs.max(-192.0),
        ));
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
