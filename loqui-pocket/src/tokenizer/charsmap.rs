//! The replacement table of `SentencePiece`: a double-array trie whose values are offsets into a list of strings.

/// A compiled table. Lookups in a damaged table find nothing.
#[derive(Debug)]
pub(super) struct CharsMap {
    units: Vec<u32>,
    strings: Vec<u8>,
}

impl CharsMap {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let damaged = || "its table of characters is damaged".to_owned();
        let (size, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (units, strings) = rest
            .split_at_checked(u32::from_le_bytes(*size) as usize)
            .ok_or_else(damaged)?;
        let (units, odd) = units.as_chunks::<4>();
        if !odd.is_empty() {
            return Err(damaged());
        }
        Ok(Self {
            units: units.iter().map(|&unit| u32::from_le_bytes(unit)).collect(),
            strings: strings.to_vec(),
        })
    }

    /// Replaces the longest match at every position.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match self.longest(rest.as_bytes()) {
                Some((length, replacement)) if rest.is_char_boundary(length) => {
                    out.push_str(replacement);
                    length
                }
                _ => {
                    out.push(first);
                    first.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        out
    }

    /// Returns the length of the longest key at the start of `text`, and its replacement.
    fn longest(&self, text: &[u8]) -> Option<(usize, &str)> {
        let mut found = None;
        let mut unit = *self.units.first()?;
        let mut position = offset(unit);
        for (length, &byte) in (1..).zip(text) {
            position ^= byte as usize;
            unit = match self.units.get(position) {
                // The low byte is the label, and the top bit marks a value.
                Some(&unit) if unit & 0x8000_00ff == u32::from(byte) => unit,
                _ => break,
            };
            position ^= offset(unit);
            if unit & 0x100 != 0
                && let Some(&value) = self.units.get(position)
                && let Some(replacement) = self.string((value & 0x7fff_ffff) as usize)
            {
                found = Some((length, replacement));
            }
        }
        found
    }

    fn string(&self, start: usize) -> Option<&str> {
        let bytes = self.strings.get(start..)?;
        let end = bytes.iter().position(|&byte| byte == 0)?;
        std::str::from_utf8(&bytes[..end]).ok()
    }
}

/// Distance from a unit to its children.
fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 0x200) >> 6)) as usize
}
