//! Synthesizes samples from spectra, without a network.

mod assemble;
mod istft;
mod noise;
mod pulses;

pub(crate) use assemble::Assembly;
pub(crate) use istft::Transform;
pub(crate) use pulses::VOICED_FROM_HZ;
