use super::Tokenizer;
use crate::parity::golden;

fn model(name: &str) -> Vec<u8> {
    std::fs::read(golden(name)).unwrap()
}

#[test]
fn a_tokenizer_of_another_size_is_refused() {
    let error = Tokenizer::parse(&model("identity.model"), false, 4000).unwrap_err();
    assert_eq!(error, "it has 520 entries, but the configuration expects 4000");
}

#[test]
fn an_error_names_the_unsupported_rule() {
    let text = String::from_utf8(model("identity.json")).unwrap();
    for (from, to, named) in [
        (r#""type": "Metaspace""#, r#""type": "ByteLevel""#, "ByteLevel"),
        (r#""type": "Replace""#, r#""type": "Bert""#, "Bert"),
        (r#""type": "Unigram""#, r#""type": "WordPiece""#, "WordPiece"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let error = Tokenizer::parse(changed.as_bytes(), true, 520).unwrap_err();
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn byte_pair_merges_are_applied_in_their_order() {
    let file = r#"{
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        "model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": true,
            "vocab": {"<unk>": 0, "<0xC3>": 1, "<0xA9>": 2, "▁": 3, "a": 4, "b": 5, "ab": 6, "▁a": 7, "▁ab": 8, "bb": 9},
            "merges": ["a b", ["▁", "ab"], ["▁", "a"], ["b", "b"]]}
    }"#;
    let tokenizer = Tokenizer::parse(file.as_bytes(), true, 10).unwrap();
    assert_eq!(tokenizer.encode("ab abb é"), [8, 8, 5, 3, 1, 2]);
    assert_eq!(tokenizer.decode(&[8, 8, 5, 3, 1, 2]), "ab abb é");
}

#[test]
fn runs_of_unknown_characters_become_one_token() {
    let file = r#"{
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
        "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁", -1.0], ["a", -2.0], ["▁a", -1.5]]}
    }"#;
    let tokenizer = Tokenizer::parse(file.as_bytes(), true, 4).unwrap();
    assert_eq!(tokenizer.encode("a xyz a"), [3, 1, 0, 3]);
}

/// Changes a few bytes of a file at a time. Reading and tokenizing must not panic.
#[test]
fn damaged_files_do_not_panic() {
    let mut state = 1_u64;
    let mut next = move |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % limit
    };
    for (name, json) in [
        ("identity.model", false),
        ("identity.json", true),
        ("nmt_nfkc.model", false),
    ] {
        let bytes = model(name);
        let rounds = if name == "nmt_nfkc.model" { 60 } else { 300 };
        for _ in 0..rounds {
            let mut changed = bytes.clone();
            for _ in 0..=next(8) {
                let index = next(changed.len());
                changed[index] = next(256) as u8;
            }
            if next(4) == 0 {
                changed.truncate(next(changed.len()));
            }
            if let Ok(tokenizer) = Tokenizer::parse(&changed, json, 520) {
                let tokens = tokenizer.encode("Hello, 3.14 Ünïcode ﬁ ① \u{200b} world… 日本");
                assert!(tokens.iter().all(|&token| token < 520));
                let _ = tokenizer.decode(&tokens);
            }
        }
    }
}
