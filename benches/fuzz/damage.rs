//! Mutates an input.

/// Truncates, splices and overwrites, mostly near the start, where headers are.
pub(crate) fn damaged(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    const EXTREMES: [u32; 8] = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, u32::MAX, 0xffff];
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        if bytes.is_empty() {
            break;
        }
        let reach = if random.below(3) == 0 {
            bytes.len()
        } else {
            bytes.len().min(512)
        };
        let at = random.below(reach);
        match random.below(7) {
            0 => bytes.truncate(at + random.below(bytes.len() - at)),
            1 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len().max(1)).min(other.len());
                let length = random.below(2_000).min(other.len() - from);
                bytes.splice(at..at, other[from..from + length].iter().copied());
            }
            2 => {
                let value = EXTREMES[random.below(EXTREMES.len())];
                let value = if random.below(2) == 0 {
                    value.to_le_bytes()
                } else {
                    value.to_be_bytes()
                };
                for (slot, byte) in bytes[at..].iter_mut().zip(value) {
                    *slot = byte;
                }
            }
            3 => {
                let end = (at + random.below(300)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => bytes[at] = random.next() as u8,
        }
    }
    bytes
}

/// Reproducible random numbers (xorshift64, Marsaglia 2003).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
