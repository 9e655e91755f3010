//! From spectra to samples: pure arithmetic, no network.

mod assemble;
mod istft;
mod noise;
mod pulses;

pub(crate) use assemble::waveform;
