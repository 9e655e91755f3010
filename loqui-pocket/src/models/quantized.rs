//! Installed models with 8-bit weights.

use std::ops::ControlFlow;

use super::install::Staging;
use super::installed::Installed;
use super::lock::ModelLock;
use super::progress::{Progress, Reporter};
use super::record::Record;
use super::{CONFIG, Error, Models, WEIGHTS, name};
use crate::{Config, quantize};

/// What is appended to the name.
const SUFFIX: &str = "-q8";

/// The statement of changes that the licence requires.
const CHANGES: &str = "weights quantised to 8 bits in blocks of 32, by Loqui";

impl Models {
    /// Makes a model `NAME-q8` whose weights have 8 bits, from an installed model. See [`quantize`](crate::quantize).
    ///
    /// An installed `NAME-q8` is replaced. `progress` is called between the steps and may stop the operation.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`Error::AlreadyQuantized`], [`Error::Damaged`], [`Error::NoSpace`], [`Error::Io`] and
    /// [`Error::Cancelled`].
    pub fn quantize(
        &self,
        name: &str,
        progress: &mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
    ) -> Result<Installed, Error> {
        self.get(name)?;
        let target = format!("{name}{SUFFIX}");
        name::check(&target)?;
        let mut reporter = Reporter::new(progress);
        let _reading = ModelLock::shared(self.folder(), name)?;
        let source = self.get(name)?;
        if source.quantized_from().is_some() {
            return Err(Error::AlreadyQuantized { name: name.to_owned() });
        }
        reporter.report(&Progress::Verifying)?;
        source.verify()?;
        let _lock = ModelLock::exclusive(self.folder(), &target)?;
        let staging = Staging::empty(self.folder(), &target)?;
        match Self::fill(&source, &staging) {
            Ok(mut record) => {
                record.language.clone_from(&source.record.language);
                record.quantized_from = Some(name.to_owned());
                record.attribution = source.attribution().cloned().map(|mut attribution| {
                    attribution.changes = Some(CHANGES.to_owned());
                    attribution
                });
                staging.finish(record, &mut reporter)
            }
            Err(error) => {
                staging.discard()?;
                Err(error)
            }
        }
    }

    fn fill(source: &Installed, staging: &Staging) -> Result<Record, Error> {
        let target = format!("{}{SUFFIX}", source.name());
        let path = |file: &str| source.folder().join(file);
        quantize(&path(WEIGHTS), &staging.path(WEIGHTS)).map_err(Error::model(&target))?;
        let mut files = vec![staging.local(WEIGHTS)?];
        for file in source.files().iter().filter(|file| file.name != WEIGHTS) {
            files.push(staging.copy(&path(&file.name), &file.name)?);
        }
        if let Some(config) = &source.record.config {
            // The name of the folder is no longer that of the configuration.
            let text = Config::builtin_json(config).map_err(Error::model(&target))?;
            files.push(staging.write(CONFIG, text.as_bytes())?);
        }
        Ok(Record::new(&target, files))
    }
}
