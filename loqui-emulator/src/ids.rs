//! Generated names: prediction ids, file ids, tokens and output paths. All come from a seeded generator.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use fastrand::Rng;

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Returns a prediction id: 26 characters of `[a-z0-9]`.
pub(crate) fn prediction(rng: &mut Rng) -> String {
    pick(rng, LOWER, 26)
}

/// Returns a file id: the base64 of a version 4 UUID, 48 characters.
pub(crate) fn file(rng: &mut Rng) -> String {
    BASE64_STANDARD.encode(uuid(rng))
}

/// Returns a token: `r8_` and 37 characters.
pub(crate) fn token(rng: &mut Rng) -> String {
    format!("r8_{}", pick(rng, MIXED, 37))
}

/// Returns the path of an output file, without a leading slash.
pub(crate) fn output_path(rng: &mut Rng) -> String {
    format!("{}/{}/output.wav", pick(rng, LOWER, 4), pick(rng, MIXED, 48))
}

/// Returns the id of a webhook, as Standard Webhooks defines it.
pub(crate) fn message(rng: &mut Rng) -> String {
    format!("msg_{}", pick(rng, MIXED, 27))
}

/// Returns a webhook secret: 24 bytes in base64.
pub(crate) fn secret(rng: &mut Rng) -> String {
    let bytes: [u8; 24] = std::array::from_fn(|_| rng.u8(..));
    BASE64_STANDARD.encode(bytes)
}

fn uuid(rng: &mut Rng) -> String {
    let high = (rng.u64(..) & !0xf000) | 0x4000;
    let low = (rng.u64(..) & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

fn pick(rng: &mut Rng, from: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(from[rng.usize(..from.len())])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_recorded_shapes() {
        let mut rng = Rng::with_seed(7);
        let id = prediction(&mut rng);
        assert_eq!(id.len(), 26);
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        let file = file(&mut rng);
        assert_eq!(file.len(), 48);
        let uuid = String::from_utf8(BASE64_STANDARD.decode(&file).unwrap()).unwrap();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert_eq!(token(&mut rng).len(), 40);
    }

    #[test]
    fn names_repeat_for_a_seed() {
        let ids = |seed| {
            let mut rng = Rng::with_seed(seed);
            (prediction(&mut rng), file(&mut rng), output_path(&mut rng))
        };
        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
    }
}
