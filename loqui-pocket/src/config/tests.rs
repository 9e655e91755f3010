use super::Config;
use crate::Error;

#[test]
fn every_builtin_configuration_is_valid() {
    assert!(Config::names().count() >= 27);
    for name in Config::names() {
        let config = Config::builtin(name).unwrap();
        assert_eq!(config.sample_rate(), 24_000, "{name}");
        assert_eq!(config.frame_samples(), 1_920, "{name}");
        assert!(
            config.weights_source().unwrap().starts_with("hf://kyutai/pocket-tts/"),
            "{name}"
        );
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let message = Config::builtin("klingon").unwrap_err().to_string();
    assert!(
        message.contains("klingon") && message.contains("english_7m_2026-10"),
        "{message}"
    );
}

#[test]
fn numbers_that_do_not_fit_together_are_refused() {
    let (_, text) = super::BUILTIN
        .iter()
        .find(|(name, _)| *name == "english_7m_2026-10")
        .unwrap();
    for (from, to, named) in [
        (r#""num_heads": 8"#, r#""num_heads": 7"#, "heads"),
        (r#""num_kv_heads": 2"#, r#""num_kv_heads": 3"#, "cannot share"),
        (r#""d_model": 224"#, r#""d_model": 0"#, "d_model"),
        (r#""d_model": 224"#, r#""d_model": 99999999999"#, "d_model"),
        (r#""frame_rate": 12.5"#, r#""frame_rate": 0.0"#, "frame_rate"),
        (r#""frame_rate": 12.5"#, r#""frame_rate": 13"#, "frame_rate"),
        (r#""outer_dim": 128"#, r#""outer_dim": 64"#, "outer_dim"),
        (r#""pad_mode": "constant""#, r#""pad_mode": "reflect""#, "pad_mode"),
        (r#""compress": 2"#, r#""compress": 0"#, "compress"),
        (r#""channels": 1"#, r#""channels": 2"#, "channels"),
        (r#""type": "drifting""#, r#""type": "sideways""#, "sideways"),
        (r#""z_dim": 64"#, r#""z_dimension": 64"#, "z_dimension"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(&changed, text, "{from}");
        match Config::from_json("test", &changed) {
            Err(Error::Config { reason, .. }) => assert!(reason.contains(named), "{to}: {reason}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}

/// Changes a configuration at random. Parsing may fail or not, but must not panic.
#[test]
fn random_configurations_do_not_panic() {
    let mut state = 5_u64;
    let mut next = move |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let mut valid = 0;
    for _ in 0..3_000 {
        let (name, text) = super::BUILTIN[next(super::BUILTIN.len())];
        let mut bytes = text.as_bytes().to_vec();
        let digits: Vec<usize> = (0..bytes.len())
            .filter(|&index| bytes[index].is_ascii_digit())
            .collect();
        for _ in 0..=next(3) {
            bytes[digits[next(digits.len())]] = b"0123456789999"[next(13)];
        }
        if let Ok(config) = Config::from_json(name, &String::from_utf8(bytes).unwrap()) {
            assert!(config.frame_samples() > 0);
            valid += 1;
        }
    }
    assert!(valid > 100, "{valid}");
}
