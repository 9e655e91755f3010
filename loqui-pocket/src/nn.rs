//! Layers that the language model and the codec share. Values are rows of channels, one row for each step of time.

mod attention;
mod conv;
mod rope;
mod transformer;

pub(crate) use attention::KvCache;
pub(crate) use conv::{Conv, ConvShape, ConvState, Upconv};
pub(crate) use transformer::{Scratch, Transformer, TransformerShape};
