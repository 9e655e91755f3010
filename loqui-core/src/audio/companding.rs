//! The 8-bit logarithmic codes of telephony: mu-law and A-law (ITU-T G.711, <https://www.itu.int/rec/T-REC-G.711>).

/// The offset of mu-law, which gives each segment the same number of steps.
const MU_BIAS: i32 = 0x84;
/// The largest magnitude that mu-law represents.
const MU_CLIP: i32 = 32_635;

/// Encodes a 16-bit sample as mu-law.
pub(crate) fn mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(MU_CLIP) + MU_BIAS;
    // The highest bit of the magnitude, from bit 7 on.
    let exponent = 24 - magnitude.leading_zeros();
    let mantissa = (magnitude >> (exponent + 3)) & 0x0F;
    !(sign | (exponent as u8) << 4 | mantissa as u8)
}

/// Encodes a 16-bit sample as A-law.
pub(crate) fn a_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    // Negative values round towards minus infinity, so that both signs have the same steps.
    let magnitude = if sample < 0 {
        !i32::from(sample)
    } else {
        i32::from(sample)
    } >> 3;
    let code = if magnitude < 32 {
        magnitude >> 1
    } else {
        let exponent = 27 - magnitude.leading_zeros();
        (exponent << 4).cast_signed() | ((magnitude >> exponent) & 0x0F)
    };
    (sign | code as u8) ^ 0x55
}

/// Decodes a code of mu-law to a 16-bit sample.
pub(crate) fn from_mu_law(code: u8) -> i32 {
    let code = !code;
    let magnitude = ((i32::from(code & 0x0F) << 3) + MU_BIAS) << ((code & 0x70) >> 4);
    let value = magnitude - MU_BIAS;
    if code & 0x80 == 0 { value } else { -value }
}

/// Decodes a code of A-law to a 16-bit sample.
pub(crate) fn from_a_law(code: u8) -> i32 {
    let code = code ^ 0x55;
    let (exponent, mantissa) = (i32::from(code & 0x70) >> 4, i32::from(code & 0x0F));
    let magnitude = match exponent {
        0 => (mantissa << 4) + 8,
        _ => ((mantissa << 4) + 0x108) << (exponent - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes() {
        assert_eq!(
            (mu_law(0), mu_law(-1), mu_law(i16::MAX), mu_law(i16::MIN)),
            (0xFF, 0x7F, 0x80, 0x00)
        );
        assert_eq!(
            (a_law(0), a_law(-1), a_law(i16::MAX), a_law(i16::MIN)),
            (0xD5, 0x55, 0xAA, 0x2A)
        );
    }

    #[test]
    fn every_code_decodes_to_itself() {
        for code in 0..=u8::MAX {
            // mu-law has two codes for zero.
            if code != 0x7F {
                assert_eq!(mu_law(from_mu_law(code) as i16), code, "mu-law {code:#x}");
            }
            assert_eq!(a_law(from_a_law(code) as i16), code, "A-law {code:#x}");
        }
    }

    #[test]
    fn error_stays_within_half_a_step() {
        for sample in (i16::MIN..=i16::MAX).step_by(7) {
            let exact = i32::from(sample);
            let limit = exact.abs() / 32 + 16;
            let mu = (from_mu_law(mu_law(sample)) - exact).abs();
            let a = (from_a_law(a_law(sample)) - exact).abs();
            assert!(mu <= limit.max(exact.abs() - 32_124), "mu-law {sample}: {mu}");
            assert!(a <= limit.max(exact.abs() - 32_256), "A-law {sample}: {a}");
        }
    }
}
