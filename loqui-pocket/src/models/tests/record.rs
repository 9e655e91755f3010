use proptest::prelude::*;

use super::super::record::{HashOrigin, Record, RecordedFile};

fn file(name: &str, bytes: u64, sha256: String) -> RecordedFile {
    RecordedFile {
        name: name.to_owned(),
        bytes,
        sha256,
        hash_origin: HashOrigin::Hub,
        from: "hf://a/b/c@d".to_owned(),
        in_place: false,
    }
}

fn record() -> Record {
    let hash = || "0".repeat(64);
    let mut record = Record::new(
        "tiny",
        vec![file("model.safetensors", 1, hash()), file("tokenizer.json", 2, hash())],
    );
    record.config = Some("english".to_owned());
    record
}

#[test]
fn unusable_lock_files_are_refused() {
    let valid = String::from_utf8(record().to_bytes()).unwrap();
    assert_eq!(Record::parse(valid.as_bytes()).unwrap(), record());
    for (from, to, named) in [
        (r#""format": 1"#, r#""format": 9"#, "format 9"),
        (r#""tokenizer.json""#, r#""../../bashrc""#, "unknown name"),
        (r#""tokenizer.json""#, r#""C:\\x""#, "unknown name"),
        (r#""tokenizer.json""#, r#""model.safetensors""#, "listed twice"),
        (r#""tokenizer.json""#, r#""config.json""#, "one tokenizer"),
        ("00000000", "0000000G", "not a hash"),
        ("00000000", "0000", "not a hash"),
        (r#""tiny""#, r#""../tiny""#, "invalid model name"),
        (r#""tiny""#, r#"".tiny""#, "invalid model name"),
        (r#""bytes": 1"#, r#""bytes": -1"#, "invalid value"),
        (r#""config": "english","#, "", "no configuration"),
        (r#""english""#, r#""\u001b[2J""#, "control characters"),
        (r#""format": 1,"#, r#""format": 1, "run": "sh","#, "unknown field"),
    ] {
        let changed = valid.replacen(from, to, 1);
        assert_ne!(changed, valid, "{from}");
        let error = Record::parse(changed.as_bytes()).unwrap_err();
        assert!(error.contains(named), "{to}: {error}");
    }
    let long = valid + &" ".repeat(70_000);
    assert!(Record::parse(long.as_bytes()).unwrap_err().contains("more than"));
}

prop_compose! {
    fn records()(
        name in "[A-Za-z0-9][A-Za-z0-9._-]{0,30}[a-z]",
        hashes in proptest::collection::vec("[0-9a-f]{64}", 3),
        bytes in any::<[u64; 3]>(),
        model in any::<bool>(),
        config in proptest::option::of("[a-z_0-9]{1,20}"),
        language in proptest::option::of("[a-z]{2}"),
        source in proptest::option::of("[a-z]{1,9}"),
        in_place in any::<bool>(),
    ) -> Record {
        let tokenizer = if model { "tokenizer.model" } else { "tokenizer.json" };
        let names = ["model.safetensors", tokenizer, "config.json"];
        let count = if config.is_none() { 3 } else { 2 };
        let mut files: Vec<_> = (0..count).map(|i| file(names[i], bytes[i], hashes[i].clone())).collect();
        files[0].in_place = in_place;
        let mut record = Record::new(&name, files);
        record.config = config;
        record.language = language;
        record.quantized_from = source;
        record
    }
}

proptest! {
    #[test]
    fn lock_files_are_read_as_written(record in records()) {
        prop_assert_eq!(Record::parse(&record.to_bytes()).unwrap(), record);
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Record::parse(&bytes).is_err());
    }

    #[test]
    fn damaged_lock_files_stay_inside_their_folder(
        record in records(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = record.to_bytes();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Ok(record) = Record::parse(&bytes) {
            for file in &record.files {
                prop_assert!(!file.name.contains(['/', '\\', ':']) && !file.name.starts_with('.'));
                prop_assert!(file.sha256.len() == 64);
            }
            prop_assert_eq!(Record::parse(&record.to_bytes()).unwrap(), record);
        }
    }
}
