//! The five log spectra and the pitch curve between the network and the waveform.
//!
//! This is the one place where a voice can be changed without vocoder artefacts; [`crate::adaptation`] does.

/// Samples per second of the waveform the frames describe.
pub(crate) const SAMPLE_RATE: usize = 24_000;
/// Length of a Fourier frame, in samples (50 ms).
pub(crate) const FRAME: usize = 1_200;
/// Distance between two frames, in samples (12.5 ms).
pub(crate) const HOP: usize = 300;
/// Frequency bins of a frame, 20 Hz apart.
pub(crate) const BINS: usize = FRAME / 2 + 1;

/// Values of one frame: five planes of [`BINS`].
pub(crate) const ROW: usize = 5 * BINS;

/// Describes a stretch of speech as frames 12.5 ms apart. One second of them takes 1 MB, so nobody holds those of a whole
/// sentence: see [`crate::rendering`].
#[derive(Debug, Clone)]
pub(crate) struct Spectra {
    /// Frame after frame, [`ROW`] values each, in the order of the fields of [`Frame`], as the network hands them over.
    rows: Vec<f32>,
    /// Fundamental frequency of each frame in Hz; low or zero where unvoiced.
    pub(crate) pitch_hz: Vec<f32>,
}

/// Borrows the planes of one frame, [`BINS`] values each. Magnitudes are natural logarithms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// Log magnitude of the voiced part, which filters the pulse train.
    pub(crate) harmonic: &'a [f32],
    /// Phase shift of the voiced part; `pi * tanh` of it is the angle in radians.
    pub(crate) harmonic_turn: &'a [f32],
    /// Log magnitude of the noise part.
    pub(crate) noise: &'a [f32],
    /// Log magnitude of the part with its own phase (clicks and bursts).
    pub(crate) free: &'a [f32],
    /// Phase of that part, in radians.
    pub(crate) free_phase: &'a [f32],
}

/// The planes of one frame, to be changed; the same fields as [`Frame`].
#[derive(Debug)]
pub(crate) struct Planes<'a> {
    pub(crate) harmonic: &'a mut [f32],
    pub(crate) harmonic_turn: &'a mut [f32],
    pub(crate) noise: &'a mut [f32],
    pub(crate) free: &'a mut [f32],
    pub(crate) free_phase: &'a mut [f32],
}

impl Spectra {
    /// Takes rows and pitch that belong together; nothing if the lengths do not fit.
    pub(crate) fn new(rows: Vec<f32>, pitch_hz: Vec<f32>) -> Option<Self> {
        (rows.len() == pitch_hz.len() * ROW).then_some(Self { rows, pitch_hz })
    }

    /// Iterates over the frames in time.
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

    /// Iterates over the frames in time, to change them.
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
    fn planes_are_told_apart_and_lengths_checked() {
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
