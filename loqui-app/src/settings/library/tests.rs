use std::time::Duration;

use super::*;

/// A setting that takes an address: how each source sets it, and how to read the effective value.
struct Case {
    name: &'static str,
    flag: Option<fn(&mut LibraryFlags, String)>,
    environment: fn(&mut Environment, String),
    file: Option<fn(&mut File, String)>,
    effective: fn(&LibrarySettings) -> Option<String>,
}

const CASES: [Case; 8] = [
    Case {
        name: "token",
        flag: Some(|flags, value| flags.token = Some(value)),
        environment: |environment, value| environment.token = Some(value),
        file: None,
        effective: |settings| settings.environment.token.clone(),
    },
    Case {
        name: "base_url",
        flag: Some(|flags, value| flags.base_url = Some(value)),
        environment: |environment, value| environment.base_url = Some(value),
        file: Some(|file, value| file.base_url = Some(value)),
        effective: |settings| settings.environment.base_url.clone(),
    },
    Case {
        name: "cog_url",
        flag: Some(|flags, value| flags.cog_url = Some(value)),
        environment: |environment, value| environment.cog_url = Some(value),
        file: Some(|file, value| file.cog_url = Some(value)),
        effective: |settings| settings.cog_url().map(str::to_owned),
    },
    Case {
        name: "public_url",
        flag: None,
        environment: |environment, value| environment.public_url = Some(value),
        file: Some(|file, value| file.public_url = Some(value)),
        effective: |settings| settings.environment.public_url.clone(),
    },
    Case {
        name: "database_url",
        flag: Some(|flags, value| flags.database_url = Some(value)),
        environment: |environment, value| environment.database_url = Some(value),
        file: Some(|file, value| file.database_url = Some(value)),
        effective: |settings| settings.environment.database_url.clone(),
    },
    Case {
        name: "storage_url",
        flag: Some(|flags, value| flags.storage_url = Some(value)),
        environment: |environment, value| environment.storage_url = Some(value),
        file: Some(|file, value| file.storage_url = Some(value)),
        effective: |settings| settings.environment.storage_url.clone(),
    },
    Case {
        name: "data_dir",
        flag: Some(|flags, value| flags.data_dir = Some(value.into())),
        environment: |environment, value| environment.data_dir = Some(value.into()),
        file: Some(|file, value| file.data_dir = Some(value.into())),
        effective: |settings| Some(settings.data_dir().display().to_string()),
    },
    Case {
        name: "models_dir",
        flag: Some(|flags, value| flags.models_dir = Some(value.into())),
        environment: |environment, value| environment.models_dir = Some(value.into()),
        file: Some(|file, value| file.models_dir = Some(value.into())),
        effective: |settings| Some(settings.models_dir().display().to_string()),
    },
];

fn merged(flags: &LibraryFlags, environment: Environment, file: &File) -> LibrarySettings {
    LibrarySettings::merge(flags, &EngineFlags::default(), environment, file).unwrap()
}

#[test]
fn flags_override_the_environment_which_overrides_the_file() {
    for case in CASES {
        // Bits: 1 flag, 2 environment, 4 file.
        for sources in 1..8 {
            let (mut flags, mut environment, mut file) =
                (LibraryFlags::default(), Environment::default(), File::default());
            let mut expected = None;
            if let (true, Some(set)) = (sources & 4 != 0, case.file) {
                set(&mut file, "/file".to_owned());
                expected = Some("/file");
            }
            if sources & 2 != 0 {
                (case.environment)(&mut environment, "/environment".to_owned());
                expected = Some("/environment");
            }
            if let (true, Some(set)) = (sources & 1 != 0, case.flag) {
                set(&mut flags, "/flag".to_owned());
                expected = Some("/flag");
            }
            let Some(expected) = expected else { continue };
            let effective = (case.effective)(&merged(&flags, environment, &file));
            assert_eq!(
                effective.as_deref(),
                Some(expected),
                "{}, sources {sources:03b}",
                case.name
            );
        }
    }
}

#[test]
fn blank_flag_counts_as_not_set() {
    for case in CASES {
        let Some(set) = case.flag else { continue };
        let (mut flags, mut environment) = (LibraryFlags::default(), Environment::default());
        set(&mut flags, String::new());
        (case.environment)(&mut environment, "/environment".to_owned());
        let effective = (case.effective)(&merged(&flags, environment, &File::default()));
        assert_eq!(effective.as_deref(), Some("/environment"), "{}", case.name);
    }
}

#[test]
fn numbers_of_the_environment_override_the_file() {
    let file: File = toml::from_str(
        "budget_usd = 1\nbudget_total_usd = 1\nbudget_day_usd = 1\nbudget_owner_usd = 1\nbudget_owner_day_usd = 1\n\
         keep_days = 1\nkeep_takes_days = 1\ncancel_grace_seconds = 86400\n\
         require_consent = true\nconsent_declared = true\n",
    )
    .unwrap();
    let amounts = |environment: &Environment| {
        [
            environment.budget_usd,
            environment.budget_total_usd,
            environment.budget_day_usd,
            environment.budget_owner_usd,
            environment.budget_owner_day_usd,
            environment.keep_generations.map(|age| age.as_secs_f64() / 86_400.0),
            environment.keep_takes.map(|age| age.as_secs_f64() / 86_400.0),
            environment.cancel_grace.map(|age| age.as_secs_f64() / 86_400.0),
        ]
    };
    let flags = LibraryFlags::default();
    let from_file = merged(&flags, Environment::default(), &file);
    assert_eq!(amounts(&from_file.environment), [Some(1.0); 8]);
    let consent = |settings: &LibrarySettings| {
        (
            settings.environment.require_consent,
            settings.environment.consent_declared,
        )
    };
    assert_eq!(consent(&from_file), (Some(true), Some(true)));

    let mut environment = Environment::default();
    environment.budget_usd = Some(2.0);
    environment.budget_total_usd = Some(2.0);
    environment.budget_day_usd = Some(2.0);
    environment.budget_owner_usd = Some(2.0);
    environment.budget_owner_day_usd = Some(2.0);
    environment.keep_generations = Some(Duration::from_hours(48));
    environment.keep_takes = Some(Duration::from_hours(48));
    environment.cancel_grace = Some(Duration::from_hours(48));
    environment.require_consent = Some(false);
    environment.consent_declared = Some(false);
    let overridden = merged(&flags, environment, &file);
    assert_eq!(amounts(&overridden.environment), [Some(2.0); 8]);
    assert_eq!(consent(&overridden), (Some(false), Some(false)));
    assert_eq!(consent(&overridden.with_consent_declared()), (Some(false), Some(true)));
}

#[test]
fn engine_flag_overrides_the_file() {
    let file: File = toml::from_str("engine = 'cog'").unwrap();
    let chosen = |flag: Option<&str>, file: &File| {
        let flag = EngineFlags {
            engine: flag.map(str::to_owned),
        };
        LibrarySettings::merge(&LibraryFlags::default(), &flag, Environment::default(), file).map(|it| it.engine())
    };
    assert_eq!(chosen(Some("offline"), &file).unwrap(), Engine::Offline);
    assert_eq!(chosen(None, &file).unwrap(), Engine::Cog);
    assert_eq!(chosen(None, &File::default()).unwrap(), Engine::Auto);
    let unknown = chosen(Some("parrot"), &file).unwrap_err();
    assert!(unknown.error().is(&code::ENGINE_UNKNOWN));
}

#[test]
fn auto_is_replicate_with_a_token_then_pocket_with_a_model_then_offline() {
    let (empty, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = tempfile::tempdir().unwrap();
    loqui_pocket::testing::write_model_folder(source.path()).unwrap();
    let options = loqui_pocket::models::AddOptions::default().name("tiny").language("en");
    loqui_pocket::models::Models::new(folder.path())
        .add(source.path(), &options, &mut |_| std::ops::ControlFlow::Continue(()))
        .unwrap();
    let available = |token, models| Available { token, models };
    for (token, models, name, notice) in [
        (true, folder.path(), "replicate", None),
        (
            false,
            folder.path(),
            "pocket",
            Some("No REPLICATE_API_TOKEN is set: using the engine pocket"),
        ),
        (
            false,
            empty.path(),
            "offline",
            Some("No REPLICATE_API_TOKEN is set and no model is installed: using the offline voice"),
        ),
    ] {
        assert_eq!(Engine::Auto.name(available(token, models)), name);
        let printed = Engine::Auto.notice(available(token, models));
        assert_eq!(printed.is_some(), notice.is_some(), "{name}");
        assert!(
            printed.unwrap_or_default().starts_with(notice.unwrap_or_default()),
            "{name}"
        );
    }
    // An engine that was chosen stays, with or without a model.
    assert_eq!(Engine::Pocket.name(available(true, empty.path())), "pocket");
    assert_eq!(Engine::Offline.name(available(true, folder.path())), "offline");
}

#[test]
fn debug_output_contains_no_secret() {
    let flags = LibraryFlags {
        token: Some("r8_secret".to_owned()),
        database_url: Some("postgres://anna:secret@host/db".to_owned()),
        ..LibraryFlags::default()
    };
    let settings = merged(&flags, Environment::default(), &File::default());
    assert!(!format!("{flags:?} {settings:?}").contains("secret"));
}
