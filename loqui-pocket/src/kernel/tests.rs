use rten_simd::isa::GenericIsa;

use super::product::apply_with;
use super::{Finish, Matrix, Q8_BLOCK, Rows};

/// A small repeatable sequence of values in -1..1.
fn noise(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / 8_388_608.0 - 1.0
        })
        .collect()
}

fn naive(left: Rows<'_>, weights: &[f32], outputs: usize, inputs: usize) -> Vec<f32> {
    let mut out = Vec::new();
    for row in 0..left.count {
        for output in 0..outputs {
            let sum: f64 = (0..inputs)
                .map(|k| f64::from(left.values[row * left.stride + k]) * f64::from(weights[output * inputs + k]))
                .sum();
            out.push(sum as f32);
        }
    }
    out
}

fn close(got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!(
            (got - want).abs() <= 1e-4 * want.abs().max(1.0),
            "{got} instead of {want}"
        );
    }
}

#[test]
fn a_product_of_any_size_agrees_with_the_definition_in_every_format() {
    for (rows, inputs, outputs) in [
        (1, 1, 1),
        (1, 7, 200),
        (3, 33, 16),
        (16, 64, 96),
        (13, 112, 40),
        (21, 130, 17),
    ] {
        let values = noise(rows * inputs, 1);
        let weights = noise(outputs * inputs, 2);
        let left = Rows::dense(&values, inputs);
        let mut out = vec![0.0; rows * outputs];

        Matrix::from_f32(&weights, outputs, inputs).apply(left, &mut out, Finish::default());
        close(&out, &naive(left, &weights, outputs, inputs));

        let bits: Vec<u16> = weights.iter().map(|w| (w.to_bits() >> 16) as u16).collect();
        let rounded: Vec<f32> = bits.iter().map(|&b| f32::from_bits(u32::from(b) << 16)).collect();
        Matrix::from_bf16(&bits, outputs, inputs).apply(left, &mut out, Finish::default());
        close(&out, &naive(left, &rounded, outputs, inputs));

        let bytes: Vec<i8> = weights.iter().map(|w| (w * 127.0) as i8).collect();
        let blocks = inputs.div_ceil(Q8_BLOCK);
        let scales: Vec<f32> = noise(outputs * blocks, 3).iter().map(|s| s / 127.0).collect();
        let expanded: Vec<f32> = (0..outputs * inputs)
            .map(|i| f32::from(bytes[i]) * scales[i / inputs * blocks + i % inputs / Q8_BLOCK])
            .collect();
        Matrix::from_q8(&bytes, &scales, outputs, inputs).apply(left, &mut out, Finish::default());
        close(&out, &naive(left, &expanded, outputs, inputs));
    }
}

#[test]
fn rows_may_overlap_and_the_result_may_be_scaled_and_added() {
    let (inputs, outputs) = (6, 18);
    let values = noise(14, 4);
    let weights = noise(outputs * inputs, 5);
    let (bias, scale) = (noise(outputs, 6), noise(outputs, 7));
    let left = Rows {
        values: &values,
        stride: 2,
        count: 5,
    };
    let before = noise(5 * outputs, 8);
    let mut out = before.clone();
    let finish = Finish {
        bias: Some(&bias),
        scale: Some(&scale),
        add: true,
    };
    Matrix::from_f32(&weights, outputs, inputs).apply(left, &mut out, finish);
    let want: Vec<f32> = naive(left, &weights, outputs, inputs)
        .iter()
        .enumerate()
        .map(|(i, product)| before[i] + (product + bias[i % outputs]) * scale[i % outputs])
        .collect();
    close(&out, &want);
}

#[test]
fn a_row_has_the_same_bits_alone_and_among_others() {
    let (rows, inputs, outputs) = (19, 70, 130);
    let values = noise(rows * inputs, 9);
    let matrix = Matrix::from_f32(&noise(outputs * inputs, 10), outputs, inputs);
    let mut together = vec![0.0; rows * outputs];
    matrix.map(&values, &mut together, Finish::default());
    for row in 0..rows {
        let mut alone = vec![0.0; outputs];
        matrix.map(&values[row * inputs..][..inputs], &mut alone, Finish::default());
        assert_eq!(alone, together[row * outputs..][..outputs]);
    }
}

#[test]
fn every_instruction_set_gives_the_same_product() {
    let (rows, inputs, outputs) = (13, 70, 50);
    let values = noise(rows * inputs, 11);
    let weights = noise(outputs * inputs, 12);
    let left = Rows::dense(&values, inputs);
    let bits: Vec<u16> = weights.iter().map(|w| (w.to_bits() >> 16) as u16).collect();
    let bytes: Vec<i8> = weights.iter().map(|w| (w * 127.0) as i8).collect();
    let scales = noise(outputs * inputs.div_ceil(Q8_BLOCK), 13);
    for matrix in [
        Matrix::from_f32(&weights, outputs, inputs),
        Matrix::from_bf16(&bits, outputs, inputs),
        Matrix::from_q8(&bytes, &scales, outputs, inputs),
    ] {
        let mut want = vec![0.0; rows * outputs];
        matrix.apply(left, &mut want, Finish::default());
        let check = |got: &mut [f32]| {
            close(got, &want);
            got.fill(0.0);
        };
        let mut out = vec![0.0; rows * outputs];
        apply_with(GenericIsa::new(), &matrix, left, &mut out);
        check(&mut out);
        #[cfg(target_arch = "x86_64")]
        if let Some(isa) = rten_simd::isa::Avx2Isa::new() {
            apply_with(isa, &matrix, left, &mut out);
            check(&mut out);
        }
    }
}
