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
