//! The conventions of each language for dates, times and amounts. Checked by hand against grammars and style guides.

/// The conventions of a language. In patterns `{d}`, `{m}`, `{y}`, `{h}` stand for the words of a day, month or minute, year
/// and hour.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) code: &'static str,
    /// The gender of a number before an unknown noun: `m`, `f`, `n`, `c`.
    pub(super) noun: char,
    /// The word between the ends of a range.
    pub(super) range: &'static str,
    /// The rule set of days of the month, and the word for the first if it is another.
    pub(super) day: &'static str,
    pub(super) first: &'static str,
    /// The rule set of years in a date.
    pub(super) year: &'static str,
    pub(super) date: &'static str,
    pub(super) date_without_year: &'static str,
    /// The rule sets of hours and minutes.
    pub(super) hour: &'static str,
    pub(super) minute: &'static str,
    pub(super) full_hour: &'static str,
    pub(super) time: &'static str,
    /// The text between the parts of an amount, and whether the smaller unit is named.
    pub(super) money: &'static str,
    pub(super) names_minor: bool,
    /// Whether the words of numbers have no spaces between them, as in scripts without spaces.
    pub(super) tight: bool,
    /// Words between a day, a month and a year in writing.
    pub(super) of: &'static [&'static str],
    /// Whether a full stop after digits makes an ordinal.
    pub(super) ordinal_point: bool,
    /// The name of the currency that a bare `kr`, `$` or `¥` means here.
    pub(super) local: &'static str,
}

const NUMBERING: &str = "%spellout-numbering";
const YEAR: &str = "%spellout-numbering-year";

const fn base(code: &'static str, range: &'static str) -> Profile {
    Profile {
        code,
        noun: 'm',
        range,
        day: NUMBERING,
        first: "",
        year: YEAR,
        date: "{d} {m} {y}",
        date_without_year: "{d} {m}",
        hour: NUMBERING,
        minute: NUMBERING,
        full_hour: "{h}",
        time: "{h} {m}",
        money: " ",
        names_minor: true,
        tight: false,
        of: &[],
        ordinal_point: false,
        local: "",
    }
}

const PROFILES: &[Profile] = &[
    Profile {
        hour: "%spellout-ordinal-feminine",
        full_hour: "الساعة {h}",
        time: "الساعة {h} و{m} دقيقة",
        money: " و",
        local: "SAR",
        ..base("ar", "إلى")
    },
    Profile {
        noun: 'c',
        day: "%spellout-ordinal-common",
        hour: NUMBERING,
        money: " og ",
        ordinal_point: true,
        local: "DKK",
        ..base("da", "til")
    },
    Profile {
        day: "%spellout-ordinal-r",
        hour: "%spellout-cardinal-masculine",
        full_hour: "{h} Uhr",
        time: "{h} Uhr {m}",
        names_minor: false,
        ordinal_point: true,
        ..base("de", "bis")
    },
    Profile {
        noun: 'n',
        day: "%spellout-cardinal-feminine",
        first: "πρώτη",
        hour: "%spellout-cardinal-feminine",
        time: "{h} και {m}",
        money: " και ",
        ..base("el", "έως")
    },
    Profile {
        date: "{d} de {m} de {y}",
        date_without_year: "{d} de {m}",
        hour: "%spellout-cardinal-feminine",
        minute: NUMBERING,
        money: " con ",
        of: &["de", "del"],
        ..base("es", "a")
    },
    Profile {
        noun: 'n',
        day: "%spellout-ordinal",
        ordinal_point: true,
        ..base("fi", "–")
    },
    Profile {
        first: "premier",
        hour: "%spellout-cardinal-feminine",
        minute: "%spellout-cardinal-feminine",
        full_hour: "{h} heures",
        time: "{h} heures {m}",
        names_minor: false,
        ..base("fr", "à")
    },
    Profile {
        day: "%spellout-cardinal-masculine",
        hour: NUMBERING,
        time: "{h} ו{m}",
        money: " ו",
        local: "ILS",
        ..base("he", "עד")
    },
    Profile {
        full_hour: "{h} बजे",
        time: "{h} बजकर {m} मिनट",
        local: "INR",
        ..base("hi", "से")
    },
    Profile {
        first: "primo",
        hour: NUMBERING,
        time: "{h} e {m}",
        money: " e ",
        ..base("it", "a")
    },
    Profile {
        date: "{y}年{m}{d}日",
        date_without_year: "{m}{d}日",
        full_hour: "{h}時",
        time: "{h}時{m}分",
        year: NUMBERING,
        tight: true,
        local: "JPY",
        ..base("ja", "から")
    },
    Profile {
        date: "{y}년 {m} {d}일",
        date_without_year: "{m} {d}일",
        day: "%spellout-cardinal-sinokorean",
        hour: "%spellout-cardinal-native-attributive",
        minute: "%spellout-cardinal-sinokorean",
        full_hour: "{h} 시",
        time: "{h} 시 {m} 분",
        year: "%spellout-cardinal-sinokorean",
        local: "KRW",
        ..base("ko", "에서")
    },
    Profile {
        full_hour: "pukul {h}",
        time: "pukul {h} {m} minit",
        local: "MYR",
        ..base("ms", "hingga")
    },
    Profile {
        full_hour: "{h} uur",
        time: "{h} uur {m}",
        names_minor: false,
        ..base("nl", "tot")
    },
    Profile {
        day: "%spellout-ordinal-masculine",
        money: " og ",
        ordinal_point: true,
        local: "NOK",
        ..base("no", "til")
    },
    Profile {
        day: "%spellout-ordinal-masculine-genitive",
        year: "%spellout-ordinal-masculine-genitive",
        date: "{d} {m} {y} roku",
        hour: "%spellout-ordinal-feminine",
        full_hour: "{h}",
        ordinal_point: true,
        local: "PLN",
        ..base("pl", "do")
    },
    Profile {
        first: "primeiro",
        date: "{d} de {m} de {y}",
        date_without_year: "{d} de {m}",
        hour: "%spellout-cardinal-feminine",
        full_hour: "{h} horas",
        time: "{h} horas e {m}",
        money: " e ",
        of: &["de", "do"],
        local: "BRL",
        ..base("pt", "a")
    },
    Profile {
        day: "%spellout-ordinal-neuter-genitive",
        year: "%spellout-ordinal-masculine-genitive",
        date: "{d} {m} {y} года",
        hour: "%spellout-cardinal-masculine",
        local: "RUB",
        ..base("ru", "до")
    },
    Profile {
        noun: 'c',
        day: "%spellout-ordinal-neuter",
        hour: NUMBERING,
        money: " och ",
        local: "SEK",
        ..base("sv", "till")
    },
    Profile {
        time: "{h} na dakika {m}",
        money: " na ",
        local: "KES",
        ..base("sw", "hadi")
    },
    Profile {
        ordinal_point: true,
        local: "TRY",
        ..base("tr", "ile")
    },
    Profile {
        date: "{y}年{m}{d}日",
        date_without_year: "{m}{d}日",
        full_hour: "{h}点",
        time: "{h}点{m}分",
        tight: true,
        local: "CNY",
        ..base("zh", "到")
    },
];

/// The conventions of a language.
pub(super) fn find(code: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.code == code)
}
