//! Random access to the tensors of a safetensors file or buffer.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use super::header::{Dtype, Header, Info};
use super::tensor::{Data, Tensor, widen, widen_half};
use crate::Error;
use crate::kernel::Q8_BLOCK;

/// Suffix of the tensor that holds the scales of a block-quantised matrix.
pub(crate) const SCALES: &str = ".q8_scales";

/// An open safetensors file.
#[derive(Debug)]
pub(crate) struct SafetensorsFile<R> {
    name: String,
    source: R,
    header: Header,
}

impl SafetensorsFile<BufReader<File>> {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let failure = |source| Error::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failure)?;
        let length = file.metadata().map_err(failure)?.len();
        Self::new(path.display().to_string(), BufReader::new(file), length)
    }
}

impl<'a> SafetensorsFile<Cursor<&'a [u8]>> {
    pub(crate) fn from_bytes(name: &str, bytes: &'a [u8]) -> Result<Self, Error> {
        Self::new(name.to_owned(), Cursor::new(bytes), bytes.len() as u64)
    }
}

impl<R: Read + Seek> SafetensorsFile<R> {
    fn new(name: String, mut source: R, length: u64) -> Result<Self, Error> {
        match Header::read(&mut source, length) {
            Ok(header) => Ok(Self { name, source, header }),
            Err(reason) => Err(Error::Safetensors { name, reason }),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn tensors(&self) -> &BTreeMap<String, Info> {
        &self.header.tensors
    }

    pub(crate) fn metadata(&self) -> &BTreeMap<String, String> {
        &self.header.metadata
    }

    /// Reads a tensor of finite numbers, or returns `None` if there is none of that name.
    pub(crate) fn tensor(&mut self, tensor: &str) -> Result<Option<Tensor>, Error> {
        let read = self.read(tensor)?;
        if read.as_ref().is_some_and(|tensor| !tensor.data.is_finite()) {
            return Err(Error::NotFinite {
                tensor: tensor.to_owned(),
            });
        }
        Ok(read)
    }

    /// Reads the values of a tensor in single precision, finite or not. A missing tensor has none.
    pub(crate) fn values(&mut self, tensor: &str) -> Result<Vec<f32>, Error> {
        Ok(self.read(tensor)?.map(Tensor::into_f32).unwrap_or_default())
    }

    fn read(&mut self, tensor: &str) -> Result<Option<Tensor>, Error> {
        let Some(info) = self.header.tensors.get(tensor).cloned() else {
            return Ok(None);
        };
        let data = match Dtype::parse(&info.dtype) {
            Some(Dtype::F32) => {
                let bytes = self.bytes(&info)?;
                Data::F32(
                    bytes
                        .as_chunks::<4>()
                        .0
                        .iter()
                        .map(|&b| f32::from_le_bytes(b))
                        .collect(),
                )
            }
            Some(Dtype::Bf16) => Data::Bf16(self.halves(&info)?),
            Some(Dtype::F16) => Data::F32(self.halves(&info)?.into_iter().map(widen_half).collect()),
            Some(Dtype::I8) => self.blocks(tensor, &info)?,
            Some(Dtype::I64) | None => {
                return Err(Error::Dtype {
                    tensor: tensor.to_owned(),
                    dtype: info.dtype,
                });
            }
        };
        Ok(Some(Tensor {
            shape: info.shape,
            data,
        }))
    }

    /// Reads whole numbers, or returns `None` if there is no such tensor of that type.
    pub(crate) fn integers(&mut self, tensor: &str) -> Result<Option<Vec<i64>>, Error> {
        match self.header.tensors.get(tensor).cloned() {
            Some(info) if info.dtype == Dtype::I64.name() => {
                let bytes = self.bytes(&info)?;
                Ok(Some(
                    bytes
                        .as_chunks::<8>()
                        .0
                        .iter()
                        .map(|&b| i64::from_le_bytes(b))
                        .collect(),
                ))
            }
            _ => Ok(None),
        }
    }

    fn halves(&mut self, info: &Info) -> Result<Vec<u16>, Error> {
        let bytes = self.bytes(info)?;
        Ok(bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&b| u16::from_le_bytes(b))
            .collect())
    }

    /// Reads a block-quantised matrix with its scales.
    fn blocks(&mut self, tensor: &str, info: &Info) -> Result<Data, Error> {
        let name = format!("{tensor}{SCALES}");
        let &[rows, width] = info.shape.as_slice() else {
            return Err(Error::Dtype {
                tensor: tensor.to_owned(),
                dtype: info.dtype.clone(),
            });
        };
        let shape = vec![rows, width.div_ceil(Q8_BLOCK)];
        match self.header.tensors.get(&name).cloned() {
            Some(scales) if scales.dtype == Dtype::Bf16.name() && scales.shape == shape => Ok(Data::Q8 {
                bytes: self.bytes(info)?.into_iter().map(u8::cast_signed).collect(),
                scales: self.halves(&scales)?.into_iter().map(widen).collect(),
            }),
            _ => Err(Error::Safetensors {
                name: self.name.clone(),
                reason: format!("tensor {tensor} is quantised, but {name} is not a BF16 tensor of shape {shape:?}"),
            }),
        }
    }

    /// Reads the bytes of a tensor. The header was checked against the length of the file.
    pub(crate) fn bytes(&mut self, info: &Info) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; info.bytes as usize];
        self.source
            .seek(SeekFrom::Start(info.start))
            .and_then(|_| self.source.read_exact(&mut bytes))
            .map_err(|source| Error::Io {
                path: self.name.clone().into(),
                source,
            })?;
        Ok(bytes)
    }
}
