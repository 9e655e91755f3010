//! The five log spectra and the pitch curve between the network and the waveform.
//!
//! [`crate::adaptation`] changes the voice here, without the artefacts of a vocoder.

/// The sample rate of the waveform, in Hz.
pub(crate) const SAMPLE_RATE: usize = 24_000;
/// The length of a frame, in samples (50 ms).
pub(crate) const FRAME: usize = 1_200;
/// The distance between two frames, in samples (12.5 ms).
pub(crate) const HOP: usize = 300;
/// The number of frequency bins of a frame, 20 Hz apart.
pub(crate) const BINS: usize = FRAME / 2 + 1;

/// The number of values of one frame: five planes of [`BINS`].
pub(crate) const ROW: usize = 5 * BINS;

/// The spectra of a part of a sentence, 12.5 ms apart. One second takes 1 MB, so a whole sentence is never in memory; see
/// [`crate::rendering`].
#[derive(Debug, Clone)]
pub(crate) struct Spectra {
    /// [`ROW`] values per frame, in the order of the fields of [`Frame`], as the network returns them.
    rows: Vec<f32>,
    /// The fundamental frequency of each frame in Hz, low or zero where unvoiced.
    pub(crate) pitch_hz: Vec<f32>,
}

/// The planes of one frame, [`BINS`] values each. Magnitudes are natural logarithms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The log magnitude of the voiced part, which filters the pulse train.
    pub(crate) harmonic: &'a [f32],
    /// The phase shift of the voiced part. `pi * tanh` of it is the angle in radians.
    pub(crate) harmonic_turn: &'a [f32],
    /// The log magnitude of the noise part.
    pub(crate) noise: &'a [f32],
    /// The log magnitude of the part with its own phase (clicks and bursts).
    pub(crate) free: &'a [f32],
    /// The phase of that part, in radians.
    pub(crate) free_phase: &'a [f32],
}

/// The mutable planes of one frame, with the fields of [`Frame`].
#[derive(Debug)]
pub(crate) struct Planes<'a> {
    pub(crate) harmonic: &'a mut [f32],
    pub(crate) harmonic_turn: &'a mut [f32],
    pub(crate) noise: &'a mut [f32],
    pub(crate) free: &'a mut [f32],
    pub(crate) free_phase: &'a mut [f32],
}

impl Spectra {
    /// Combines rows and pitch. Returns nothing if the lengths do not match.
    pub(crate) fn new(rows: Vec<f32>, pitch_hz: Vec<f32>) -> Option<Self> {
        (rows.len() == pitch_hz.len() * ROW).then_some(Self { rows, pitch_hz })
    }

    /// Iterates over the frames.
    pub(crate) fn frames(&self) -> impl ExactSizeIterator<Item = Frame<'_>> {
        self.rows.chunks_exact(ROW).map(|row| {
            let plane = |index: usize| &row[index * BINS..(index + 1) * BINS];
            Frame {
                harmonic: plane(0),
                harmonic_turn: plane(1),
                noise: plane(2),
                free: plane(3),
                free_phase: plane(4),
            }
        })
    }

    /// Iterates over the mutable frames.
    pub(crate) fn frames_mut(&mut self) -> impl ExactSizeIterator<Item = Planes<'_>> {
        self.rows.chunks_exact_mut(ROW).map(|row| {
            let (harmonic, rest) = row.split_at_mut(BINS);
            let (harmonic_turn, rest) = rest.split_at_mut(BINS);
            let (noise, rest) = rest.split_at_mut(BINS);
            let (free, free_phase) = rest.split_at_mut(BINS);
            Planes {
                harmonic,
                harmonic_turn,
                noise,
                free,
                free_phase,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_separated_and_lengths_are_checked() {
        let row: Vec<f32> = (0..ROW).map(|index| (index / BINS) as f32).collect();
        let spectra = Spectra::new([row.clone(), row.clone()].concat(), vec![100.0; 2]).unwrap();
        assert_eq!(spectra.frames().len(), 2);
        let frame = spectra.frames().last().unwrap();
        let planes = [
            frame.harmonic,
            frame.harmonic_turn,
            frame.noise,
            frame.free,
            frame.free_phase,
        ];
        for (index, plane) in planes.iter().enumerate() {
            assert_eq!(plane.len(), BINS);
            assert!(plane.iter().all(|value| *value as usize == index));
        }
        assert!(Spectra::new(row, vec![100.0; 2]).is_none());
    }
}
