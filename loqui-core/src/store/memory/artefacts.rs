//! The artefacts of samples in memory.

use super::state::State;
use crate::id::SampleId;
use crate::store::{PutArtefact, SampleArtefact};

impl State {
    pub(super) fn artefact(&self, sha256: &str, kind: &str) -> Option<SampleArtefact> {
        self.artefacts.get(&(sha256.to_owned(), kind.to_owned())).cloned()
    }

    pub(super) fn put_artefact(&mut self, new: SampleArtefact) -> PutArtefact {
        if !self.has_recording(&new.sha256, None) {
            return PutArtefact::refused();
        }
        let key = new.value.key().map(str::to_owned);
        let before = self.artefacts.insert((new.sha256.clone(), new.kind.clone()), new);
        let replaced = before.and_then(|before| before.value.key().map(str::to_owned));
        PutArtefact::kept(replaced.filter(|replaced| key.as_ref() != Some(replaced)))
    }

    /// Removes the artefacts of the recording of a sample unless another sample has it. Returns the keys of the large ones.
    pub(super) fn erase_artefacts(&mut self, id: SampleId) -> Vec<String> {
        let Some(sha256) = self.samples.get(&id).map(|sample| sample.record.sha256.clone()) else {
            return Vec::new();
        };
        if self.has_recording(&sha256, Some(id)) {
            return Vec::new();
        }
        let mut keys = Vec::new();
        self.artefacts.retain(|(of, _), artefact| {
            let stays = *of != sha256;
            if !stays {
                keys.extend(artefact.value.key().map(str::to_owned));
            }
            stays
        });
        keys
    }

    /// True if a sample other than `except` has this recording.
    fn has_recording(&self, sha256: &str, except: Option<SampleId>) -> bool {
        let mut samples = self.samples.values().filter(|sample| !sample.erased);
        samples.any(|sample| sample.record.sha256 == sha256 && Some(sample.record.id) != except)
    }
}
