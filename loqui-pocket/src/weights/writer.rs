//! Writing safetensors.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::header::Dtype;

/// A tensor to write.
#[derive(Debug)]
pub(crate) struct Entry<B> {
    pub(crate) name: String,
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) bytes: B,
}

impl<B> Entry<B> {
    fn length(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.size()
    }
}

/// Writes a file whose tensors are produced one at a time by `produce`, which gets the `bytes` of each entry.
pub(crate) fn write<B, E: From<io::Error>>(
    out: &mut impl Write,
    entries: &[Entry<B>],
    metadata: &BTreeMap<String, String>,
    mut produce: impl FnMut(&B) -> Result<Vec<u8>, E>,
) -> Result<(), E> {
    let mut header = Map::new();
    if !metadata.is_empty() {
        header.insert("__metadata__".to_owned(), json!(metadata));
    }
    let mut offset = 0;
    for entry in entries {
        let end = offset + entry.length();
        header.insert(
            entry.name.clone(),
            json!({ "dtype": entry.dtype.name(), "shape": entry.shape, "data_offsets": [offset, end] }),
        );
        offset = end;
    }
    let mut header = Value::Object(header).to_string();
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    for entry in entries {
        let bytes = produce(&entry.bytes)?;
        debug_assert_eq!(bytes.len(), entry.length());
        out.write_all(&bytes)?;
    }
    Ok(())
}
