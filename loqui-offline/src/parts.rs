//! The dictionaries and networks of the voice, loaded once per process.

use std::sync::{Arc, OnceLock};

use crate::acoustic::Acoustic;
use crate::bands::Bands;
use crate::error::Error;
#[cfg(feature = "matching")]
use crate::matching::Rehearsal;
use crate::phonemes::Phonemes;
use crate::rendering::Renderer;

/// The immutable data that all voices of a process share.
pub(crate) struct Parts {
    dictionaries: OnceLock<Result<Phonemes, Arc<Error>>>,
    pub(crate) acoustic: Acoustic,
    bands: Bands,
    #[cfg(feature = "matching")]
    rehearsal: OnceLock<Rehearsal>,
}

impl Parts {
    /// Loads the network. The dictionaries are loaded by a thread, because they take longest and are needed last.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] if the network is invalid.
    pub(crate) fn load() -> Result<Arc<Self>, Error> {
        let parts = Arc::new(Self {
            dictionaries: OnceLock::new(),
            acoustic: Acoustic::load()?,
            bands: Bands::new(),
            #[cfg(feature = "matching")]
            rehearsal: OnceLock::new(),
        });
        let loading = Arc::clone(&parts);
        // If the thread cannot be started, the first text loads the dictionaries. It also returns any error.
        let _ = std::thread::Builder::new()
            .name("loqui-dictionaries".to_owned())
            .spawn(move || loading.phonemes().is_ok());
        Ok(parts)
    }

    pub(crate) fn renderer(&self) -> Renderer<'_> {
        Renderer {
            acoustic: &self.acoustic,
            bands: &self.bands,
        }
    }

    /// Returns the dictionaries. Waits while another thread loads them, or loads them here.
    pub(crate) fn phonemes(&self) -> Result<&Phonemes, Error> {
        self.dictionaries
            .get_or_init(|| Phonemes::load().map_err(Arc::new))
            .as_ref()
            .map_err(|source| Error::Pronunciation(Box::new(Arc::clone(source))))
    }

    /// Returns the rehearsal, which is made once per process.
    #[cfg(feature = "matching")]
    pub(crate) fn rehearsal(&self) -> Result<&Rehearsal, Error> {
        if let Some(rehearsal) = self.rehearsal.get() {
            return Ok(rehearsal);
        }
        let made = Rehearsal::make(self.renderer())?;
        Ok(self.rehearsal.get_or_init(|| made))
    }
}
