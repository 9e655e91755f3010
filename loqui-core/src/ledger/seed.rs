//! The seeds of takes.

/// The largest seed that every model takes: 31 bits.
const MAX_SEED: u32 = i32::MAX as u32;

/// Returns the seed of a take: 1 or more, at most 31 bits. A chosen seed, the segment and the number of the take
/// determine it. Without a chosen seed it comes from `random`.
pub(super) fn seed_of(chosen: Option<u32>, segment: u32, number: u32, random: u64) -> u32 {
    let Some(seed) = chosen else {
        return (random % u64::from(MAX_SEED)) as u32 + 1;
    };
    if segment == 0 && number == 1 {
        return seed.clamp(1, MAX_SEED);
    }
    // SplitMix64's mixing steps (https://doi.org/10.1145/2714064.2660195): neighbouring numbers give unrelated seeds.
    let mut mixed = (u64::from(seed) << 32) ^ (u64::from(segment) << 12) ^ u64::from(number);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) % u64::from(MAX_SEED)) as u32 + 1
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn derived_seeds_differ_and_are_never_zero() {
        let seeds: HashSet<u32> = (0..200)
            .flat_map(|segment| (1..4).map(move |number| seed_of(Some(7), segment, number, 0)))
            .collect();
        assert_eq!(seeds.len(), 600);
        assert!(!seeds.contains(&0));
        assert_eq!(
            seed_of(Some(7), 0, 1, 0),
            7,
            "a single segment speaks with the chosen seed"
        );
    }

    #[test]
    fn random_seeds_are_31_bits_and_never_zero() {
        for random in [0, 1, u64::MAX, u64::from(MAX_SEED), u64::from(MAX_SEED) - 1] {
            assert!((1..=MAX_SEED).contains(&seed_of(None, 3, 2, random)), "{random}");
        }
    }
}
