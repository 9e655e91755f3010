use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::catalogue::Catalogue;
use super::super::{known, terms};
use crate::Config;
use crate::seeded::tensors;

const DATA: &str = include_str!("../../../models.json");

#[test]
fn every_configuration_is_a_known_model_with_the_same_files_and_size() {
    let names: BTreeSet<_> = known().iter().map(super::super::catalogue::KnownModel::name).collect();
    assert_eq!(names, Config::names().collect());
    let (mut counts, mut sizes) = (Vec::new(), Vec::new());
    for model in known() {
        let config = Config::builtin(model.name()).unwrap();
        let [weights, tokenizer] = model.files() else {
            panic!("{}", model.name())
        };
        assert_eq!(Some(weights.origin().as_str()), config.weights_source());
        assert_eq!(tokenizer.origin(), config.tokenizer_source());
        let count: usize = tensors(&config)
            .iter()
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum();
        counts.push((model.name(), count as u64));
        sizes.push((model.name(), model.parameters()));
        assert!(config.language().starts_with(match model.language() {
            "de" => "german",
            "es" => "spanish",
            "nl" => "dutch",
            "pt" => "portuguese",
            other => other,
        }));
        assert!(model.attribution().to_string().contains("CC-BY-4.0"));
        assert!(!model.hashes_known(), "update docs/models.md");
    }
    assert_eq!(sizes, counts);
    assert!(terms().lines().any(|line| line.contains("consent")));
    assert!(terms().url().starts_with("https://"));
}

#[test]
fn the_data_file_is_checked() {
    assert_eq!(Catalogue::parse(DATA).unwrap().models(), known());
    for (from, to, named) in [
        (r#""format": 1"#, r#""format": 2"#, "format 2"),
        (r#""name": "dutch""#, r#""name": "../dutch""#, "invalid name"),
        (r#""name": "dutch""#, r#""name": "german""#, "listed twice"),
        (r#""name": "tokenizer.json""#, r#""name": "run.sh""#, "not weights"),
        ("languages/dutch/", "languages/../", "invalid path"),
        ("kyutai/pocket-tts\"", "pocket-tts\"", "invalid path"),
        ("db04f0e653473e5c7333c69686ac92b7460b0c1d", "main", "invalid revision"),
        (r#""parameters""#, r#""size""#, "size"),
    ] {
        let changed = DATA.replace(from, to);
        assert_ne!(changed, DATA, "{from}");
        let error = Catalogue::parse(&changed).unwrap_err();
        assert!(error.contains(named), "{to}: {error}");
    }
}

proptest! {
    #[test]
    fn damaged_data_files_do_not_panic(index in 0..DATA.len(), byte in any::<u8>(), end in 0..DATA.len()) {
        let mut bytes = DATA.as_bytes().to_vec();
        bytes[index] = byte;
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok(catalogue) = Catalogue::parse(&whole) {
            prop_assert!(catalogue.models().iter().all(|model| !model.name().contains('/')));
        }
        bytes.truncate(end);
        prop_assert!(Catalogue::parse(&String::from_utf8_lossy(&bytes)).is_err());
    }
}
