//! Writing a model in blocks of 8 bits.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use super::file::{SCALES, SafetensorsFile};
use super::header::Dtype;
use super::tensor::{Data, round, widen};
use super::writer::{Entry, write};
use crate::Error;
use crate::kernel::Q8_BLOCK;

/// Matrices with fewer rows stay in bfloat16: they decide where speech ends, and their size does not matter.
const MIN_ROWS: usize = 16;

/// The result of [`quantize`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuantizeReport {
    /// Size of the source in bytes.
    pub source_bytes: u64,
    /// Size of the result in bytes.
    pub result_bytes: u64,
    /// Number of matrices stored in 8 bits.
    pub matrices: usize,
}

/// Writes the weights in `source` to `target` with 8 bits a weight, which makes the file about half as large as one
/// in `bfloat16`.
///
/// Matrices are cut into blocks of 32 weights of a row, each with a scale of its own (`q8_0`). Convolution kernels and
/// vectors are stored in `bfloat16`. Arithmetic stays in single precision.
///
/// An existing `target` is replaced. It must not be the same file as `source`.
///
/// # Errors
/// [`Error::Io`], [`Error::Safetensors`], [`Error::Dtype`] for weights that are not `F32`, `F16` or `BF16`, and
/// [`Error::NotFinite`].
pub fn quantize(source: &Path, target: &Path) -> Result<QuantizeReport, Error> {
    let mut file = SafetensorsFile::open(source)?;
    let io = |source| Error::Io {
        path: target.to_owned(),
        source,
    };
    let mut entries = Vec::new();
    for (name, info) in file.tensors() {
        match Dtype::parse(&info.dtype) {
            Some(Dtype::F32 | Dtype::F16 | Dtype::Bf16) => {}
            _ => {
                return Err(Error::Dtype {
                    tensor: name.clone(),
                    dtype: info.dtype.clone(),
                });
            }
        }
        let entry = |suffix: &str, dtype, shape, part| Entry {
            name: format!("{name}{suffix}"),
            dtype,
            shape,
            bytes: (name.clone(), part),
        };
        match *info.shape.as_slice() {
            [rows, width] if rows >= MIN_ROWS && width > 0 => {
                entries.push(entry("", Dtype::I8, info.shape.clone(), Part::Bytes));
                let shape = vec![rows, width.div_ceil(Q8_BLOCK)];
                entries.push(entry(SCALES, Dtype::Bf16, shape, Part::Scales));
            }
            _ => entries.push(entry("", Dtype::Bf16, info.shape.clone(), Part::Rounded)),
        }
    }
    let mut out = BufWriter::new(File::create(target).map_err(io)?);
    let metadata = file.metadata().clone();
    write(&mut out, &entries, &metadata, |(name, part)| {
        part.produce(&mut file, name).map_err(Failure)
    })
    .map_err(|Failure(error)| match error {
        Error::Io { source, path } if path.as_os_str().is_empty() => io(source),
        error => error,
    })?;
    out.flush().map_err(io)?;
    let size = |path: &Path| {
        std::fs::metadata(path)
            .map(|data| data.len())
            .map_err(|source| Error::Io {
                path: path.to_owned(),
                source,
            })
    };
    Ok(QuantizeReport {
        source_bytes: size(source)?,
        result_bytes: size(target)?,
        matrices: entries.iter().filter(|entry| entry.dtype == Dtype::I8).count(),
    })
}

/// Lets the writer report its own errors; their path is filled in by the caller.
struct Failure(Error);

impl From<std::io::Error> for Failure {
    fn from(source: std::io::Error) -> Self {
        Self(Error::Io {
            path: Path::new("").to_owned(),
            source,
        })
    }
}

/// The part of a tensor that is written.
#[derive(Clone, Copy, Debug)]
enum Part {
    Bytes,
    Scales,
    Rounded,
}

impl Part {
    fn produce(self, file: &mut SafetensorsFile<BufReader<File>>, name: &str) -> Result<Vec<u8>, Error> {
        let tensor = file.tensor(name)?.ok_or_else(|| Error::Safetensors {
            name: file.name().to_owned(),
            reason: format!("tensor {name} disappeared"),
        })?;
        if let (Self::Rounded, Data::Bf16(bits)) = (self, &tensor.data) {
            return Ok(bits.iter().flat_map(|bits| bits.to_le_bytes()).collect());
        }
        let width = tensor.shape.last().copied().unwrap_or(1).max(1);
        let values = tensor.into_f32();
        Ok(match self {
            Self::Rounded => values.iter().flat_map(|&value| round(value).to_le_bytes()).collect(),
            Self::Bytes => blocks(&values, width)
                .flat_map(|(block, scale)| block.iter().map(move |&value| level(value, scale).cast_unsigned()))
                .collect(),
            Self::Scales => blocks(&values, width)
                .flat_map(|(_, scale)| round(scale).to_le_bytes())
                .collect(),
        })
    }
}

/// Cuts rows into blocks and returns each with its scale, which is a bfloat16 value.
fn blocks(values: &[f32], width: usize) -> impl Iterator<Item = (&[f32], f32)> {
    values.chunks(width).flat_map(|row| row.chunks(Q8_BLOCK)).map(|block| {
        let peak = block.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
        (block, widen(round(peak / 127.0)))
    })
}

fn level(value: f32, scale: f32) -> i8 {
    if scale > 0.0 {
        (value / scale).round().clamp(-127.0, 127.0) as i8
    } else {
        0
    }
}
