//! A command-line flag for each speak option, made from the options' description.

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use loqui_core::SpeakOptions;
use loqui_core::options::{OptionInfo, OptionKind, describe};
use serde_json::{Map, Value};

/// The flags `--model`, `--seed` and so on: one for each field of [`SpeakOptions`].
#[derive(Clone, Debug, Default)]
pub(crate) struct SpeakFlags(SpeakOptions);

impl SpeakFlags {
    /// The options that were given.
    pub(crate) fn options(&self) -> &SpeakOptions {
        &self.0
    }
}

impl Args for SpeakFlags {
    fn augment_args(command: Command) -> Command {
        command.args(options().map(|option| flag(&option)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SpeakFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let fields: Map<String, Value> = options()
            .filter_map(|option| Some((option.name.to_owned(), value(&option, matches)?)))
            .collect();
        SpeakOptions::from_fields(&fields)
            .map(Self)
            .map_err(|error| clap::Error::raw(ErrorKind::ValueValidation, format!("{error}\n")))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn options() -> impl Iterator<Item = OptionInfo> {
    describe().into_iter().filter(OptionInfo::is_speak_option)
}

/// The option whose value is the content of a file.
const PRONUNCIATIONS: &str = "pronunciations";

/// The option that is set by its flag alone.
const EDITABLE: &str = "editable";

fn flag(option: &OptionInfo) -> Arg {
    if option.name == PRONUNCIATIONS {
        return Arg::new(PRONUNCIATIONS)
            .long("pronounce")
            .alias(PRONUNCIATIONS)
            .value_name("FILE")
            .value_parser(ValueParser::new(pronunciations))
            .help("File with pronunciations: one line per term, `term = respelling`");
    }
    if option.name == EDITABLE {
        return Arg::new(EDITABLE)
            .long(EDITABLE)
            .action(ArgAction::SetTrue)
            .help(option.description.trim_end_matches('.').to_owned());
    }
    let (parser, value_name) = match option.kind {
        OptionKind::Number => (ValueParser::new(finite), "X"),
        OptionKind::Integer => (clap::value_parser!(u32).into(), "N"),
        OptionKind::Flag => (clap::value_parser!(bool), "BOOL"),
        _ => (clap::value_parser!(String), option.name),
    };
    let value_name = match option.unit.as_deref() {
        Some("s") => "SECONDS",
        Some(unit) => unit,
        None => value_name,
    };
    let flag = Arg::new(option.name)
        .long(option.name.replace('_', "-"))
        .value_name(value_name.to_uppercase())
        .value_parser(parser)
        .allow_negative_numbers(true)
        .help(option.description.trim_end_matches('.').to_owned());
    match &option.alias {
        Some(alias) => flag.alias(alias.clone()),
        None => flag,
    }
}

fn value(option: &OptionInfo, matches: &ArgMatches) -> Option<Value> {
    let name = option.name;
    match option.kind {
        OptionKind::Number => matches.get_one::<f64>(name).map(|number| (*number).into()),
        OptionKind::Integer => matches.get_one::<u32>(name).map(|number| (*number).into()),
        OptionKind::Flag if name == EDITABLE => matches.get_flag(name).then(|| true.into()),
        OptionKind::Flag => matches.get_one::<bool>(name).map(|flag| (*flag).into()),
        _ => matches.get_one::<String>(name).map(|text| text.clone().into()),
    }
}

/// Reads a file of pronunciations.
fn pronunciations(path: &str) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("could not read {path}: {error}"))?;
    loqui_core::script::decode(&bytes).map_err(|error| error.to_string())
}

/// JSON has no infinities and no NaN, and no option takes them.
fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err("it must be finite".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<SpeakOptions, clap::Error> {
        let matches =
            SpeakFlags::augment_args(Command::new("speak").no_binary_name(true)).try_get_matches_from(words)?;
        SpeakFlags::from_arg_matches(&matches).map(|flags| flags.0)
    }

    #[test]
    fn every_option_has_a_flag() {
        let command = SpeakFlags::augment_args(Command::new("speak"));
        for option in options() {
            let flag = command.get_arguments().find(|flag| flag.get_id() == option.name);
            assert!(flag.is_some_and(|flag| flag.get_help().is_some()), "{}", option.name);
        }
        assert_eq!(command.get_arguments().count(), options().count());
    }

    #[test]
    fn flags_become_options() {
        let words = "--seed 7 --cfg-weight 0.3 --budget 1 --deadline 90 --max-takes 2 --reuse false --model turbo";
        let options = parse(&words.split(' ').collect::<Vec<_>>()).unwrap();
        assert_eq!((options.voice.seed, options.voice.cfg_weight), (Some(7), Some(0.3)));
        assert_eq!(options.voice.model.as_deref(), Some("turbo"));
        assert_eq!(options.limits.deadline, Some(std::time::Duration::from_secs(90)));
        assert_eq!((options.limits.max_takes, options.limits.reuse), (Some(2), Some(false)));
        assert_eq!(options.limits.budget_usd, Some(1.0));
        assert_eq!(parse(&[]).unwrap(), SpeakOptions::default());
    }

    #[test]
    fn pronunciations_come_from_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "SQL = sequel\n").unwrap();
        let path = file.path().to_str().unwrap();
        for flag in ["--pronounce", "--pronunciations"] {
            let options = parse(&[flag, path]).unwrap();
            assert_eq!(options.text.pronunciations.as_deref(), Some("SQL = sequel\n"));
        }
        let error = parse(&["--pronounce", "no such file"]).unwrap_err();
        assert!(error.to_string().contains("no such file"), "{error}");
    }

    #[test]
    fn unusable_values_are_refused() {
        for words in [
            ["--temperature", "nan"],
            ["--seed", "-1"],
            ["--deadline", "-1"],
            ["--budget", "inf"],
        ] {
            let error = parse(&words).unwrap_err();
            assert!(error.to_string().contains(&words[0][2..]), "{error}");
        }
    }
}
