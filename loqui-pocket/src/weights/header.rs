//! The header of a [safetensors](https://github.com/huggingface/safetensors#format) file.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Deserialize;

/// Longest header that is read, in bytes. The released models have about 100 KB.
const MAX_HEADER: u64 = 16 << 20;

/// Number formats of the files this crate reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dtype {
    F32,
    F16,
    Bf16,
    I8,
    I64,
}

impl Dtype {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "F32" => Self::F32,
            "F16" => Self::F16,
            "BF16" => Self::Bf16,
            "I8" => Self::I8,
            "I64" => Self::I64,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
            Self::I8 => "I8",
            Self::I64 => "I64",
        }
    }

    /// Bytes of one value.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::I64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::I8 => 1,
        }
    }
}

/// The position, type and shape of a tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Info {
    /// Type as the file names it. Unknown types are allowed for tensors that are not read.
    pub(crate) dtype: String,
    pub(crate) shape: Vec<usize>,
    /// First byte, from the start of the file.
    pub(crate) start: u64,
    pub(crate) bytes: u64,
}

/// All tensors of a file, and its free-form metadata.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) tensors: BTreeMap<String, Info>,
    pub(crate) metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RawInfo {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

#[derive(Deserialize)]
struct RawHeader {
    #[serde(default, rename = "__metadata__")]
    metadata: BTreeMap<String, String>,
    #[serde(flatten)]
    tensors: BTreeMap<String, RawInfo>,
}

impl Header {
    /// Reads and checks the header of a file of `length` bytes.
    pub(crate) fn read(source: &mut impl Read, length: u64) -> Result<Self, String> {
        let mut size = [0; 8];
        source
            .read_exact(&mut size)
            .map_err(|_| format!("it is {length} bytes long, shorter than the length of a header"))?;
        let size = u64::from_le_bytes(size);
        let available = length.saturating_sub(8);
        if size > MAX_HEADER || size > available {
            return Err(format!(
                "the header is said to be {size} bytes long, of a file of {length}"
            ));
        }
        let mut text = vec![0; size as usize];
        source
            .read_exact(&mut text)
            .map_err(|error| format!("the header cannot be read: {error}"))?;
        let raw: RawHeader =
            serde_json::from_slice(&text).map_err(|error| format!("the header cannot be parsed: {error}"))?;
        let data = available - size;
        let mut tensors = BTreeMap::new();
        for (name, raw) in raw.tensors {
            let info = raw
                .check(data, 8 + size)
                .map_err(|reason| format!("tensor {name}: {reason}"))?;
            tensors.insert(name, info);
        }
        Ok(Self {
            tensors,
            metadata: raw.metadata,
        })
    }
}

impl RawInfo {
    fn check(self, data: u64, base: u64) -> Result<Info, String> {
        let [start, end] = self.data_offsets;
        if start > end || end > data {
            return Err(format!(
                "bytes {start} to {end} are outside of the {data} bytes of data; is the file complete?"
            ));
        }
        let values = self
            .shape
            .iter()
            .try_fold(1_u64, |product, &size| product.checked_mul(size))
            .ok_or_else(|| format!("shape {:?} overflows", self.shape))?;
        if let Some(dtype) = Dtype::parse(&self.dtype)
            && values.checked_mul(dtype.size() as u64) != Some(end - start)
        {
            return Err(format!(
                "shape {:?} of {} does not take {} bytes",
                self.shape,
                self.dtype,
                end - start
            ));
        }
        let shape = self
            .shape
            .iter()
            .map(|&size| usize::try_from(size))
            .collect::<Result<_, _>>();
        Ok(Info {
            dtype: self.dtype,
            shape: shape.map_err(|_| "the shape does not fit this machine".to_owned())?,
            start: base + start,
            bytes: end - start,
        })
    }
}
