//! Reading, checking and quantising weights.

mod file;
mod header;
mod loader;
mod quantize;
mod tensor;
#[cfg(test)]
pub(crate) mod tests;
mod writer;

pub(crate) use file::SafetensorsFile;
pub(crate) use header::Dtype;
pub(crate) use loader::{Loader, taps_first};
pub use quantize::{QuantizeReport, quantize};
#[cfg(any(test, feature = "testing"))]
pub(crate) use tensor::widen;
pub(crate) use tensor::{Tensor, round};
pub(crate) use writer::{Entry, write};
