//! Takes the tensors of a model out of its file and checks that the file holds exactly that model.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;

use super::file::{SCALES, SafetensorsFile};
use super::tensor::Tensor;
use crate::Error;
use crate::kernel::{Matrix, Norm};

/// Hands out tensors by name and expected shape.
#[derive(Debug)]
pub(crate) struct Loader {
    file: SafetensorsFile<BufReader<File>>,
    config: String,
    used: HashSet<String>,
}

impl Loader {
    pub(crate) fn new(file: SafetensorsFile<BufReader<File>>, config: &str) -> Self {
        Self {
            file,
            config: config.to_owned(),
            used: HashSet::new(),
        }
    }

    /// Reads a tensor.
    pub(crate) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, Error> {
        let found = self.file.tensors().get(name).map(|info| info.shape.clone());
        match found {
            None => {
                return Err(Error::MissingTensor {
                    tensor: name.to_owned(),
                    config: self.config.clone(),
                });
            }
            Some(found) if found != shape => {
                return Err(Error::Shape {
                    tensor: name.to_owned(),
                    expected: shape.to_vec(),
                    found,
                    config: self.config.clone(),
                });
            }
            Some(_) => {}
        }
        self.used.insert(name.to_owned());
        let tensor = self.file.tensor(name)?;
        tensor.ok_or_else(|| Error::MissingTensor {
            tensor: name.to_owned(),
            config: self.config.clone(),
        })
    }

    /// Reads a vector in single precision.
    pub(crate) fn vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>, Error> {
        Ok(self.tensor(name, &[length])?.into_f32())
    }

    /// Reads a matrix of shape `[outputs, inputs]` and keeps the format of the file.
    pub(crate) fn matrix(&mut self, name: &str, outputs: usize, inputs: usize) -> Result<Matrix, Error> {
        Ok(self.tensor(name, &[outputs, inputs])?.into_matrix())
    }

    /// Reads a matrix of shape `[outputs, inputs]` and expands it: faster with many rows at a time.
    pub(crate) fn wide_matrix(&mut self, name: &str, outputs: usize, inputs: usize) -> Result<Matrix, Error> {
        let values = self.tensor(name, &[outputs, inputs])?.into_f32();
        Ok(Matrix::from_f32(&values, outputs, inputs))
    }

    /// Reads the weight and bias of a layer normalisation.
    pub(crate) fn norm(&mut self, name: &str, width: usize, epsilon: f32) -> Result<Norm, Error> {
        let weight = self.vector(&format!("{name}.weight"), width)?;
        let bias = self.vector(&format!("{name}.bias"), width)?;
        Ok(Norm {
            width,
            epsilon,
            affine: Some((weight, bias)),
        })
    }

    /// Reports whether a tensor is missing, or holds nothing but zeros, or a value that is not finite.
    pub(crate) fn is_blank(&mut self, name: &str) -> Result<bool, Error> {
        match self.file.tensor(name) {
            Ok(tensor) => Ok(tensor.is_none_or(|tensor| tensor.data.is_zero())),
            Err(Error::NotFinite { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Marks all tensors whose name starts with `prefix` as used, without reading them.
    pub(crate) fn skip(&mut self, prefix: &str) {
        let names = self.file.tensors().keys().filter(|name| name.starts_with(prefix));
        self.used.extend(names.cloned());
    }

    /// Checks that every tensor of the file was used.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let left = self.file.tensors().keys().find(|name| {
            let name = name.as_str();
            !self.used.contains(name) && !name.strip_suffix(SCALES).is_some_and(|name| self.used.contains(name))
        });
        match left {
            None => Ok(()),
            Some(tensor) => Err(Error::UnexpectedTensor {
                tensor: tensor.clone(),
                config: self.config,
            }),
        }
    }
}

/// Reorders a convolution kernel `[outputs, channels, taps]` to rows of `taps * channels` values.
pub(crate) fn taps_first(values: &[f32], channels: usize, taps: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(values.len());
    for kernel in values.chunks_exact(channels * taps) {
        for tap in 0..taps {
            out.extend((0..channels).map(|channel| kernel[channel * taps + tap]));
        }
    }
    out
}
