//! Renders the output of the network to samples, a group of frames at a time.

use crate::acoustic::{Acoustic, Session};
use crate::adaptation::{Adaptation, Change, band_levels};
use crate::bands::{BANDS, Bands};
use crate::error::Error;
use crate::hidden::Hidden;
use crate::settings::Settings;
use crate::spectra::{Frame, Spectra};
use crate::synthesis::Assembly;
use crate::timeline::Timeline;

/// The number of frames at a time: one second, whose spectra take 1 MB. The last layer needs three times that while it
/// runs.
const STRETCH: usize = 80;

/// Renders sentences with changes.
#[derive(Clone, Copy)]
pub(crate) struct Renderer<'a> {
    pub(crate) acoustic: &'a Acoustic,
    pub(crate) bands: &'a Bands,
}

impl Renderer<'_> {
    /// Speaks a sentence with a change. Returns samples at 24 kHz, and when its phonemes are spoken. The same seed gives the
    /// same samples.
    pub(crate) fn speak(
        self,
        phonemes: &[i32],
        pace: f32,
        change: &Change,
        seed: u64,
    ) -> Result<(Vec<f32>, Timeline), Error> {
        self.acoustic.on_thread(|session| {
            let hidden = session.hidden(phonemes, pace)?;
            Ok((
                self.assembled(&session, &hidden, change, seed)?,
                Timeline::of(&hidden, pace),
            ))
        })
    }

    /// Returns the levels of each audible frame of a sentence of the unchanged voice, in dB, and when its phonemes are
    /// spoken. This takes a third less time than the samples.
    pub(crate) fn levels(self, phonemes: &[i32], pace: f32) -> Result<(Vec<[f32; BANDS]>, Timeline), Error> {
        self.acoustic.on_thread(|session| {
            let hidden = session.hidden(phonemes, pace)?;
            let change = Change::new(&Adaptation::default(), &Settings::default());
            let mut levels = Vec::with_capacity(hidden.pitch_hz.len());
            self.by_stretches(&session, STRETCH, &hidden, &change, |frame, pitch| {
                levels.push(band_levels(frame, pitch, self.bands));
            })?;
            levels.drain(..hidden.unheard);
            Ok((levels, Timeline::of(&hidden, pace)))
        })
    }

    /// Renders a sentence as [`Renderer::speak`] does.
    #[cfg(feature = "matching")]
    pub(crate) fn waveform(self, hidden: &Hidden, change: &Change, seed: u64) -> Result<Vec<f32>, Error> {
        self.acoustic
            .on_thread(|session| self.assembled(&session, hidden, change, seed))
    }

    /// Calls a function with each changed frame of a sentence and its pitch in Hz.
    #[cfg(feature = "matching")]
    pub(crate) fn each_frame(
        self,
        hidden: &Hidden,
        change: &Change,
        take: impl FnMut(Frame<'_>, f32) + Send,
    ) -> Result<(), Error> {
        self.acoustic
            .on_thread(|session| self.by_stretches(&session, STRETCH, hidden, change, take))
    }

    fn assembled(self, session: &Session<'_>, hidden: &Hidden, change: &Change, seed: u64) -> Result<Vec<f32>, Error> {
        let mut assembly = Assembly::new(&change.melody(&hidden.pitch_hz), seed);
        self.by_stretches(session, STRETCH, hidden, change, |frame, _| assembly.add(frame))?;
        Ok(assembly.finish(hidden.unheard))
    }

    fn by_stretches(
        self,
        session: &Session<'_>,
        stretch: usize,
        hidden: &Hidden,
        change: &Change,
        mut take: impl FnMut(Frame<'_>, f32),
    ) -> Result<(), Error> {
        let pitch_hz = change.melody(&hidden.pitch_hz);
        let frames = pitch_hz.len();
        for start in (0..frames).step_by(stretch) {
            let end = (start + stretch).min(frames);
            // The change of a frame depends on its neighbours.
            let around = start.saturating_sub(Change::REACH)..(end + Change::REACH).min(frames);
            let rows = session.rows(hidden, around.clone())?;
            let mut spectra =
                Spectra::new(rows, pitch_hz[around.clone()].to_vec()).ok_or_else(|| Error::Inference {
                    phonemes: hidden.phonemes,
                    source: format!("the number of rows does not match {} frames", around.len()).into(),
                })?;
            change.apply(&mut spectra, self.bands);
            let wanted = spectra.frames().zip(&spectra.pitch_hz).skip(start - around.start);
            for (frame, pitch) in wanted.take(end - start) {
                take(frame, *pitch);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::Voice;

    /// A change of all properties, with level-dependent gains.
    fn full_change() -> Change {
        let mut adaptation = Adaptation::default()
            .with_pitch(0.7)
            .with_formants(0.9)
            .with_breath_db(2.0);
        adaptation.tone.middle_db = [-20.0; BANDS];
        adaptation.tone.stretch = [0.4; BANDS];
        Change::new(&adaptation, &Settings::default())
    }

    #[test]
    fn the_group_size_does_not_change_the_samples() {
        let voice = Voice::shared().unwrap();
        let renderer = voice.parts.renderer();
        let phonemes = voice.parts.phonemes().unwrap();
        let pieces = phonemes.pronounce("Not one sample is any different.", 300).pieces;
        renderer.acoustic.on_thread(|session| {
            let hidden = session.hidden(&pieces[0], 1.0).unwrap();
            let rendered = |stretch| {
                let mut all = Vec::new();
                renderer
                    .by_stretches(&session, stretch, &hidden, &full_change(), |frame, pitch| {
                        all.extend([frame.harmonic, frame.noise, frame.free, frame.free_phase, &[pitch]].concat());
                    })
                    .unwrap();
                all
            };
            let frames = hidden.pitch_hz.len();
            let whole = rendered(frames);
            assert!(frames > 2 * STRETCH, "{frames}");
            for stretch in [1, 7, STRETCH] {
                assert!(rendered(stretch) == whole, "{stretch} frames at a time");
            }
        });
    }
}
