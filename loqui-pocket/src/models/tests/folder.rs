use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::super::lock::ModelLock;
use super::super::{AddOptions, Environment, Error, Models, Progress};
use super::{entries, models, quiet, speaks};
use crate::seeded::tiny_folder;

fn tiny() -> AddOptions {
    AddOptions::default().name("tiny").language("en")
}

fn with_tiny() -> (tempfile::TempDir, Models) {
    let (folder, models) = models();
    models.add(tiny_folder().path(), &tiny(), &mut quiet).unwrap();
    (folder, models)
}

#[test]
fn a_model_is_added_listed_loaded_and_removed() {
    let (_folder, models) = models();
    assert!(models.list().unwrap().installed.is_empty());
    assert_eq!(models.get("tiny").unwrap_err().code(), "pocket.unknown_model");
    assert_eq!(models.get("english").unwrap_err().code(), "pocket.not_installed");

    let source = tiny_folder();
    let added = models.add(source.path(), &tiny(), &mut quiet).unwrap();
    assert!(added.clones_voices() && added.attribution().is_none());
    drop(source);
    let listed = models.list().unwrap();
    assert_eq!(listed.installed.len(), 1);
    assert_eq!(listed.installed[0].name(), "tiny");
    assert_eq!(models.path("tiny").unwrap(), models.folder().join("tiny"));
    assert_eq!(models.for_language("en").unwrap().unwrap().name(), "tiny");
    assert!(models.for_language("fr").unwrap().is_none());
    speaks(&models, "tiny");
    let size: u64 = ["model.safetensors", "tokenizer.model", "config.json"]
        .iter()
        .map(|file| fs::metadata(added.folder().join(file)).unwrap().len())
        .sum();
    assert_eq!(added.bytes(), size);

    assert!(models.remove("tiny", false).unwrap() >= size);
    assert_eq!(models.remove("tiny", false).unwrap_err().code(), "pocket.unknown_model");
    assert_eq!(entries(&models), Vec::<String>::new());
}

#[test]
fn a_second_model_of_a_name_needs_replace() {
    let (_folder, models) = with_tiny();
    let again = models.add(tiny_folder().path(), &tiny(), &mut quiet);
    assert_eq!(again.unwrap_err().code(), "pocket.exists");
    models
        .add(tiny_folder().path(), &tiny().replace(true), &mut quiet)
        .unwrap();
    speaks(&models, "tiny");
}

/// Damages the folder of a model.
type Damage<'a> = &'a dyn Fn(&std::path::Path);

#[test]
fn what_is_not_a_model_is_not_added() {
    let cases: [(&str, Damage<'_>, &str); 6] = [
        (
            "weights",
            &|f| fs::remove_file(f.join("model.safetensors")).unwrap(),
            "no model.safetensors",
        ),
        (
            "tokenizer",
            &|f| fs::remove_file(f.join("tokenizer.model")).unwrap(),
            "no tokenizer.json",
        ),
        (
            "config",
            &|f| fs::remove_file(f.join("config.json")).unwrap(),
            "unknown configuration",
        ),
        (
            "truncated",
            &|f| {
                let path = f.join("model.safetensors");
                let bytes = fs::read(&path).unwrap();
                fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
            },
            "is the file complete?",
        ),
        (
            "other",
            &|f| {
                let path = f.join("config.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&path, text.replace(r#""num_layers": 2"#, r#""num_layers": 1"#)).unwrap();
            },
            "belongs to another model",
        ),
        (
            "words",
            &|f| fs::write(f.join("tokenizer.model"), "words").unwrap(),
            "invalid tokenizer",
        ),
    ];
    for (name, damage, named) in cases {
        let (_folder, models) = models();
        let source = tiny_folder();
        damage(source.path());
        let error = models.add(source.path(), &tiny(), &mut quiet).unwrap_err();
        assert_eq!(error.code(), "pocket.invalid_model", "{name}: {error}");
        assert!(error.to_string().contains(named), "{name}: {error}");
        assert_eq!(entries(&models), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn names_are_plain_folder_names() {
    let (_folder, models) = models();
    for name in [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        ".hidden",
        "x.",
        "ü",
        &"a".repeat(65),
    ] {
        let source = tiny_folder();
        let added = models.add(source.path(), &AddOptions::default().name(name), &mut quiet);
        assert_eq!(added.unwrap_err().code(), "pocket.invalid_name", "{name}");
        assert_eq!(models.get(name).unwrap_err().code(), "pocket.invalid_name", "{name}");
        assert_eq!(
            models.remove(name, true).unwrap_err().code(),
            "pocket.invalid_name",
            "{name}"
        );
    }
    assert!(!models.folder().exists());
}

#[test]
fn a_quantised_model_is_one_of_its_own() {
    let (_folder, models) = with_tiny();
    let small = models.quantize("tiny", &mut quiet).unwrap();
    assert_eq!((small.name(), small.quantized_from()), ("tiny-q8", Some("tiny")));
    assert!(small.bytes() < models.get("tiny").unwrap().bytes());
    assert_eq!(
        models.quantize("tiny-q8", &mut quiet).unwrap_err().code(),
        "pocket.already_quantized"
    );
    assert_eq!(
        models.quantize("mini", &mut quiet).unwrap_err().code(),
        "pocket.unknown_model"
    );
    models.remove("tiny", false).unwrap();
    speaks(&models, "tiny-q8");
}

#[test]
fn changed_files_are_found() {
    let (_folder, models) = with_tiny();
    let path = models.path("tiny").unwrap().join("model.safetensors");
    let bytes = fs::read(&path).unwrap();
    let damaged = |named: &str| {
        let error = models.get("tiny").unwrap().load().unwrap_err();
        assert_eq!(error.code(), "pocket.damaged");
        assert!(error.to_string().contains(named), "{error}");
    };
    fs::write(&path, &bytes[..100]).unwrap();
    damaged("has 100 of");
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    fs::write(&path, other).unwrap();
    damaged("has the hash");
    fs::remove_file(&path).unwrap();
    damaged("is missing");
    fs::write(&path, bytes).unwrap();
    models.get("tiny").unwrap().verify().unwrap();
    speaks(&models, "tiny");
}

#[test]
fn one_damaged_lock_file_does_not_hide_other_models() {
    let (_folder, models) = with_tiny();
    let broken = models.folder().join("broken");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("model.lock.json"), "{").unwrap();
    // A copy under another name is not the model of that name.
    let copy = models.folder().join("copy");
    fs::create_dir(&copy).unwrap();
    fs::copy(
        models.path("tiny").unwrap().join("model.lock.json"),
        copy.join("model.lock.json"),
    )
    .unwrap();
    fs::create_dir(models.folder().join("notes")).unwrap();
    let listing = models.list().unwrap();
    assert_eq!(listing.installed.len(), 1);
    let damaged: Vec<_> = listing
        .damaged
        .iter()
        .map(|(name, error)| (name.as_str(), error.code()))
        .collect();
    assert_eq!(damaged, [("broken", "pocket.damaged"), ("copy", "pocket.damaged")]);
    models.remove("broken", false).unwrap();
    assert!(!broken.exists());
}

#[test]
fn an_installed_folder_is_added_with_its_hashes() {
    let (_folder, models) = with_tiny();
    models.quantize("tiny", &mut quiet).unwrap();
    let (_other, second) = super::models();
    let source = models.path("tiny-q8").unwrap();
    let added = second.add(&source, &AddOptions::default(), &mut quiet).unwrap();
    assert_eq!(added.quantized_from(), Some("tiny"));
    assert_eq!(added.language(), Some("en"));
    assert_eq!(added.files(), models.get("tiny-q8").unwrap().files());

    let path = source.join("config.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text + " ").unwrap();
    let error = second
        .add(&source, &AddOptions::default().name("x"), &mut quiet)
        .unwrap_err();
    assert_eq!(error.code(), "pocket.hash_mismatch");
    assert!(!second.folder().join("x").exists());
}

#[test]
fn conditions_are_accepted_once() {
    let (_folder, models) = models();
    let add = |accept| {
        let options = AddOptions::default().name("english").accept_terms(accept);
        models.add(tiny_folder().path(), &options, &mut quiet)
    };
    let error = add(false).unwrap_err();
    assert_eq!(error.code(), "pocket.terms_not_accepted");
    let Error::TermsNotAccepted { terms, .. } = &error else {
        panic!("{error}")
    };
    assert!(error.hint().contains(terms.url()));
    assert!(!models.folder().exists());
    let model = add(true).unwrap();
    assert_eq!(model.attribution().unwrap().author, "Kyutai");
    let notice = fs::read_to_string(model.folder().join("NOTICE.txt")).unwrap();
    assert!(notice.contains("CC-BY-4.0") && notice.contains("consent"), "{notice}");
    models.remove("english", false).unwrap();
    add(false).unwrap();
    let small = models.quantize("english", &mut quiet).unwrap();
    assert!(small.attribution().unwrap().to_string().contains("quantised to 8 bits"));
    let order: Vec<_> = models
        .list()
        .unwrap()
        .installed
        .iter()
        .map(|model| model.name().to_owned())
        .collect();
    assert_eq!(order, ["english", "english-q8"]);
}

#[test]
fn an_operation_can_be_cancelled_and_repeated() {
    let (_folder, models) = models();
    let mut cancel = |_: &Progress| ControlFlow::Break(());
    let error = models.add(tiny_folder().path(), &tiny(), &mut cancel).unwrap_err();
    assert_eq!(error.code(), "pocket.cancelled");
    assert!(models.list().unwrap().installed.is_empty());
    models.add(tiny_folder().path(), &tiny(), &mut quiet).unwrap();
    speaks(&models, "tiny");
}

#[test]
fn operations_on_one_model_wait_for_each_other() {
    let (_folder, models) = models();
    let lock = ModelLock::exclusive(models.folder(), "tiny").unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            models.add(tiny_folder().path(), &tiny(), &mut quiet).unwrap();
            sender.send(()).unwrap();
        });
        let early = receiver.recv_timeout(std::time::Duration::from_millis(200));
        assert!(early.is_err() && models.list().unwrap().installed.is_empty());
        drop(lock);
        receiver.recv().unwrap();
    });
    speaks(&models, "tiny");
}

#[test]
fn a_crash_before_the_installation_leaves_nothing_that_counts() {
    let (_folder, models) = models();
    let partial = models.folder().join(".partial/tiny");
    fs::create_dir_all(&partial).unwrap();
    fs::write(partial.join("tokenizer.json"), "rubbish").unwrap();
    fs::write(partial.join("model.safetensors.part"), "rubbish").unwrap();
    assert!(models.list().unwrap().installed.is_empty());
    models.add(tiny_folder().path(), &tiny(), &mut quiet).unwrap();
    speaks(&models, "tiny");
    assert!(!entries(&models).iter().any(|name| name.starts_with(".partial")));
}

#[test]
fn the_environment_is_that_of_the_hub_tools() {
    let read = |pairs: &[(&str, &str)]| {
        let read = |name: &str| {
            let pair = pairs.iter().find(|(known, _)| *known == name)?;
            Some(pair.1.to_owned())
        };
        Environment::from_variables(read, Some("/users/a".into()))
    };
    let cache = |pairs: &[(&str, &str)]| read(pairs).hub_cache.unwrap();
    assert_eq!(cache(&[]), PathBuf::from("/users/a/.cache/huggingface/hub"));
    assert_eq!(cache(&[("XDG_CACHE_HOME", "/c")]), PathBuf::from("/c/huggingface/hub"));
    assert_eq!(
        cache(&[("HF_HOME", "/h"), ("XDG_CACHE_HOME", "/c")]),
        PathBuf::from("/h/hub")
    );
    assert_eq!(cache(&[("HF_HUB_CACHE", "/x"), ("HF_HOME", "/h")]), PathBuf::from("/x"));
    let set = read(&[
        ("HF_TOKEN", " hf_secret "),
        ("HF_ENDPOINT", ""),
        ("HF_HUB_OFFLINE", "1"),
    ]);
    assert_eq!(set.hub_token.as_deref(), Some("hf_secret"));
    assert_eq!(set.hub_endpoint, None);
    assert!(set.offline && !read(&[("HF_HUB_OFFLINE", "0")]).offline);
    assert!(!format!("{set:?}").contains("secret"));
}
