use std::path::Path;

use super::file::SafetensorsFile;
use super::tensor::{Data, round, widen, widen_half};
use super::{QuantizeReport, quantize};
use crate::seeded::{tensors, tiny_folder};
use crate::{Config, Error, LoadOptions, Model};

const WEIGHTS: &str = "model.safetensors";

/// Loads a model from `bytes` in place of the weights of a folder.
fn load(folder: &Path, bytes: &[u8]) -> Result<Model, Error> {
    std::fs::write(folder.join(WEIGHTS), bytes).unwrap();
    Model::load(folder)
}

/// Replaces text in the header, keeping its length.
fn edit(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let index = bytes
        .windows(from.len())
        .position(|window| window == from.as_bytes())
        .unwrap();
    let mut changed = bytes.to_vec();
    changed[index..][..to.len()].copy_from_slice(to.as_bytes());
    changed
}

#[test]
fn damaged_weights_are_refused_with_the_reason() {
    let folder = tiny_folder();
    let bytes = std::fs::read(folder.path().join(WEIGHTS)).unwrap();
    let rejects = |bytes: &[u8], named: &str| {
        let message = load(folder.path(), bytes).unwrap_err().to_string();
        assert!(message.contains(named), "{message}");
    };
    rejects(&[], "shorter than the length of a header");
    rejects(&bytes[..7], "shorter than the length of a header");
    rejects(&bytes[..100], "the header is said to be");
    rejects(&bytes[..bytes.len() - 1], "is the file complete?");
    rejects(&u64::MAX.to_le_bytes(), "the header is said to be");
    rejects(&edit(&bytes, "{", "["), "the header cannot be parsed");
    rejects(
        &edit(&bytes, "flow_lm.emb_mean", "flow_lm.emb_meen"),
        "no tensor flow_lm.emb_mean",
    );
    rejects(&edit(&bytes, r#""F32""#, r#""F64""#), "has type F64");
    rejects(&edit(&bytes, r#""F32""#, r#""F16""#), "does not take");
    rejects(&edit(&bytes, r#""shape":[24,8]"#, r#""shape":[8,24]"#), "expects [");
}

#[test]
fn a_configuration_of_another_model_is_an_error() {
    let folder = tiny_folder();
    let text = std::fs::read_to_string(folder.path().join("config.json")).unwrap();
    for (from, to, named) in [
        (
            r#""num_layers": 2"#,
            r#""num_layers": 1"#,
            "does not use tensor flow_lm.transformer.layers.1.",
        ),
        (
            r#""num_layers": 2"#,
            r#""num_layers": 3"#,
            "no tensor flow_lm.transformer.layers.2.",
        ),
        (
            r#""type": "pointwise""#,
            r#""type": "lsd""#,
            "no tensor flow_lm.flow_net.time_embed.0.",
        ),
        (r#""rank": 8"#, r#""rank": 9"#, "expects"),
        (r#""z_dim": 16"#, r#""z_dim": 17"#, "expects"),
    ] {
        let config = Config::from_json("other", &text.replacen(from, to, 1)).unwrap();
        let error = Model::load_with(folder.path(), LoadOptions::default().config(config)).unwrap_err();
        assert!(error.to_string().contains(named), "{to}: {error}");
    }
}

#[test]
fn values_that_are_not_finite_are_refused() {
    let folder = tiny_folder();
    let mut bytes = std::fs::read(folder.path().join(WEIGHTS)).unwrap();
    let end = bytes.len();
    bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(matches!(load(folder.path(), &bytes), Err(Error::NotFinite { .. })));
}

/// Changes the header at random. Loading may fail or not, but must not panic and must end.
#[test]
fn random_headers_do_not_panic() {
    let folder = tiny_folder();
    let bytes = std::fs::read(folder.path().join(WEIGHTS)).unwrap();
    let header = 8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let mut state = 7_u64;
    let mut next = move |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let mut refused = 0;
    for _ in 0..400 {
        let mut changed = bytes.clone();
        for _ in 0..=next(4) {
            let index = next(header);
            changed[index] = match next(3) {
                0 => b"0123456789[]{},:\""[next(17)],
                1 => next(256) as u8,
                _ => changed[next(header)],
            };
        }
        if next(8) == 0 {
            changed.truncate(next(changed.len()));
        }
        refused += usize::from(load(folder.path(), &changed).is_err());
    }
    assert!(refused > 300, "{refused}");
}

#[test]
fn quantised_weights_are_smaller_and_close() {
    let folder = tiny_folder();
    let source = folder.path().join(WEIGHTS);
    let target = folder.path().join("q8.safetensors");
    let report = quantize(&source, &target).unwrap();
    let QuantizeReport {
        source_bytes,
        result_bytes,
        matrices,
    } = report;
    assert!(result_bytes < source_bytes, "{report:?}");
    assert!(matrices > 10, "{report:?}");

    let config = Config::of_folder(folder.path()).unwrap();
    let mut before = SafetensorsFile::open(&source).unwrap();
    let mut after = SafetensorsFile::open(&target).unwrap();
    for (name, shape) in tensors(&config) {
        let want = before.tensor(&name).unwrap().unwrap().into_f32();
        let tensor = after.tensor(&name).unwrap().unwrap();
        assert_eq!(tensor.shape, shape, "{name}");
        let peak = want.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let quantised = matches!(tensor.data, Data::Q8 { .. });
        assert_eq!(quantised, shape.len() == 2 && shape[0] >= 16, "{name}");
        for (got, want) in tensor.into_f32().iter().zip(&want) {
            assert!((got - want).abs() <= peak / 200.0, "{name}: {got} instead of {want}");
        }
    }
    let twice = quantize(&target, &folder.path().join("again.safetensors"));
    assert!(matches!(twice, Err(Error::Dtype { .. })), "{twice:?}");
}

#[test]
fn short_formats_are_converted_exactly() {
    assert_eq!(widen(0x3fc0).to_bits(), 1.5_f32.to_bits());
    assert_eq!(round(1.5), 0x3fc0);
    assert_eq!(round(f32::from_bits(0x3f80_8000)), 0x3f80, "ties to even");
    assert_eq!(round(f32::from_bits(0x3f81_8000)), 0x3f82, "ties to even");
    for (bits, value) in [
        (0x3c00, 1.0),
        (0xc000, -2.0),
        (0x7bff, 65_504.0),
        (0x0001, 5.960_464_5e-8),
        (0x83ff, -6.097_555e-5),
        (0x0000, 0.0_f32),
        (0x7c00, f32::INFINITY),
    ] {
        assert_eq!(widen_half(bits).to_bits(), value.to_bits(), "{bits:04x}");
    }
    assert!(widen_half(0x7e00).is_nan());
}
