//! Arithmetic on rows of `f32`, with the instructions that the processor has.

mod formats;
mod packed;
mod product;
mod rowwise;
#[cfg(test)]
mod tests;

pub(crate) use packed::{LANES, Lane, Matrix, Q8_BLOCK};
pub(crate) use product::{Finish, Rows, Shape, multiply_columns, multiply_panels};
pub(crate) use rowwise::{Norm, elu, gelu, silu, softmax};
