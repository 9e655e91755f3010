//! Units of measurement: signs, names, powers and quotients.

use super::scan::Scan;

/// The sign, the singular, the plural, and whether a power makes it "square" and "cubic".
type Unit = (&'static str, &'static str, &'static str);

/// Units of length, whose powers are areas and volumes.
const LENGTHS: &[Unit] = &[
    ("m", "meter", "meters"),
    ("ft", "foot", "feet"),
    ("in", "inch", "inches"),
    ("yd", "yard", "yards"),
    ("yds", "yard", "yards"),
    ("mi", "mile", "miles"),
];

/// Units that take the prefixes of the SI.
const PREFIXED: &[Unit] = &[
    ("m", "meter", "meters"),
    ("g", "gram", "grams"),
    ("l", "liter", "liters"),
    ("L", "liter", "liters"),
    ("W", "watt", "watts"),
    ("Wh", "watt hour", "watt hours"),
    ("V", "volt", "volts"),
    ("A", "amp", "amps"),
    ("Ah", "amp hour", "amp hours"),
    ("Hz", "hertz", "hertz"),
    ("Pa", "pascal", "pascals"),
    ("J", "joule", "joules"),
    ("N", "newton", "newtons"),
    ("s", "second", "seconds"),
    ("B", "byte", "bytes"),
    ("b", "bit", "bits"),
    ("bit", "bit", "bits"),
    ("bps", "bit per second", "bits per second"),
    ("eV", "electronvolt", "electronvolts"),
    ("Ω", "ohm", "ohms"),
    ("F", "farad", "farads"),
    ("H", "henry", "henries"),
    ("T", "tesla", "teslas"),
    ("mol", "mole", "moles"),
    ("cal", "calorie", "calories"),
    ("bar", "bar", "bars"),
    ("Sv", "sievert", "sieverts"),
    ("Bq", "becquerel", "becquerels"),
    ("VA", "volt amp", "volt amps"),
    ("VDC", "volt DC", "volts DC"),
    ("VAC", "volt AC", "volts AC"),
    ("px", "pixel", "pixels"),
    ("t", "ton", "tons"),
];
const PREFIXES: &[(&str, &str)] = &[
    ("k", "kilo"),
    ("M", "mega"),
    ("G", "giga"),
    ("T", "tera"),
    ("P", "peta"),
    ("c", "centi"),
    ("d", "deci"),
    ("m", "milli"),
    ("μ", "micro"),
    ("u", "micro"),
    ("n", "nano"),
    ("p", "pico"),
    ("h", "hecto"),
    ("Ki", "kibi"),
    ("Mi", "mebi"),
    ("Gi", "gibi"),
    ("Ti", "tebi"),
];
/// Common signs with a prefix. Others are words: `pm`, `Ms`, `pt`.
const IN_USE: &[&str] = &[
    "km", "cm", "mm", "dm", "nm", "μm", "um", "kg", "mg", "μg", "ug", "ng", "ml", "mL", "cl", "cL", "dl", "dL", "hl",
    "μl", "μL", "kl", "kL", "kW", "MW", "GW", "TW", "mW", "kWh", "MWh", "GWh", "TWh", "kV", "mV", "MV", "mA", "μA",
    "kA", "mAh", "kHz", "MHz", "GHz", "THz", "kPa", "hPa", "MPa", "GPa", "kJ", "MJ", "GJ", "mJ", "kN", "mN", "MN",
    "ms", "μs", "ns", "ps", "kB", "MB", "GB", "TB", "PB", "kb", "Mb", "Gb", "Tb", "KiB", "MiB", "GiB", "TiB", "kbit",
    "Mbit", "Gbit", "kbps", "Mbps", "Gbps", "Tbps", "keV", "MeV", "GeV", "TeV", "meV", "kΩ", "MΩ", "mΩ", "μF", "nF",
    "pF", "uL", "mF", "mH", "μH", "nH", "mT", "μT", "mmol", "μmol", "nmol", "kmol", "kcal", "mbar", "kbar", "mSv",
    "μSv", "kBq", "MBq", "kVA", "MVA", "kt", "Mt", "Gt", "hg", "MPx", "pg", "pmol",
];
const OTHERS: &[Unit] = &[
    ("KB", "kilobyte", "kilobytes"),
    ("KHz", "kilohertz", "kilohertz"),
    ("KW", "kilowatt", "kilowatts"),
    ("KWh", "kilowatt hour", "kilowatt hours"),
    ("MP", "megapixel", "megapixels"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("fl oz", "fluid ounce", "fluid ounces"),
    ("gal", "gallon", "gallons"),
    ("gals", "gallon", "gallons"),
    ("qt", "quart", "quarts"),
    ("qts", "quart", "quarts"),
    ("pts", "points", "points"),
    ("tbsp", "tablespoon", "tablespoons"),
    ("tbsps", "tablespoon", "tablespoons"),
    ("tsp", "teaspoon", "teaspoons"),
    ("tsps", "teaspoon", "teaspoons"),
    ("doz", "dozen", "dozen"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("h", "hour", "hours"),
    ("min", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("sec", "second", "seconds"),
    ("secs", "second", "seconds"),
    ("msec", "millisecond", "milliseconds"),
    ("d", "day", "days"),
    ("bp", "basis point", "basis points"),
    ("wk", "week", "weeks"),
    ("wks", "week", "weeks"),
    ("mo", "month", "months"),
    ("mos", "month", "months"),
    ("yr", "year", "years"),
    ("yrs", "year", "years"),
    ("ha", "hectare", "hectares"),
    ("sqft", "square foot", "square feet"),
    ("sq ft", "square foot", "square feet"),
    ("sqm", "square meter", "square meters"),
    ("sq m", "square meter", "square meters"),
    ("sq km", "square kilometer", "square kilometers"),
    ("sq mi", "square mile", "square miles"),
    ("sq in", "square inch", "square inches"),
    ("sq yd", "square yard", "square yards"),
    ("cu ft", "cubic foot", "cubic feet"),
    ("cu m", "cubic meter", "cubic meters"),
    ("cu in", "cubic inch", "cubic inches"),
    ("cu yd", "cubic yard", "cubic yards"),
    ("cc", "CC", "CC"),
    ("mph", "mile per hour", "miles per hour"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("kmh", "kilometer per hour", "kilometers per hour"),
    ("kmph", "kilometer per hour", "kilometers per hour"),
    ("mpg", "mile per gallon", "miles per gallon"),
    ("kn", "knot", "knots"),
    ("kts", "knot", "knots"),
    ("rpm", "revolution per minute", "revolutions per minute"),
    ("bpm", "beat per minute", "beats per minute"),
    ("fps", "frame per second", "frames per second"),
    ("psi", "pound per square inch", "pounds per square inch"),
    ("ppm", "part per million", "parts per million"),
    ("ppb", "part per billion", "parts per billion"),
    ("dpi", "dot per inch", "dots per inch"),
    ("ppi", "pixel per inch", "pixels per inch"),
    ("mEq", "milliequivalent", "milliequivalents"),
    ("IU", "international unit", "international units"),
    ("dB", "decibel", "decibels"),
    ("dBA", "decibel", "decibels"),
    ("dBm", "decibel milliwatt", "decibel milliwatts"),
    ("hp", "horsepower", "horsepower"),
    ("bhp", "brake horsepower", "brake horsepower"),
    ("BTU", "BTU", "BTUs"),
    ("atm", "atmosphere", "atmospheres"),
    ("mmHg", "millimeter of mercury", "millimeters of mercury"),
    ("kgf", "kilogram force", "kilograms force"),
    ("Nm", "newton meter", "newton meters"),
    ("ct", "carat", "carats"),
    ("ly", "light year", "light years"),
    ("AU", "astronomical unit", "astronomical units"),
    ("lm", "lumen", "lumens"),
    ("lx", "lux", "lux"),
    ("cd", "candela", "candelas"),
    ("M", "molar", "molar"),
    ("vol%", "percent by volume", "percent by volume"),
    ("°C", "degree Celsius", "degrees Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("° C", "degree Celsius", "degrees Celsius"),
    ("° F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("°K", "degree Kelvin", "degrees Kelvin"),
    ("°N", "degree north", "degrees north"),
    ("°S", "degree south", "degrees south"),
    ("°E", "degree east", "degrees east"),
    ("°W", "degree west", "degrees west"),
    ("° N", "degree north", "degrees north"),
    ("° S", "degree south", "degrees south"),
    ("° E", "degree east", "degrees east"),
    ("° W", "degree west", "degrees west"),
    ("°", "degree", "degrees"),
    ("%", "percent", "percent"),
    ("pct", "percent", "percent"),
    ("‰", "per mille", "per mille"),
    // Bits per second are always written with a prefix.
    ("bps", "basis point", "basis points"),
    ("lbf", "pound force", "pounds force"),
];
/// Signs that are often words or names. They are units only directly after a number and at the end of the token: never
/// alone, and never after a slash without a number.
const NOT_ALONE: &[&str] = &["M", "F", "T", "H", "A", "B", "b", "N", "AU", "t", "J"];

/// Units of time, in the singular.
const TIMES: &[&str] = &["second", "minute", "hour", "day", "week", "month", "year"];

/// Units of an amount of something: "500 grams carrots", but "3 millimeter screws".
const AMOUNTS: &[&str] = &[
    "gram",
    "kilogram",
    "milligram",
    "microgram",
    "liter",
    "milliliter",
    "centiliter",
    "deciliter",
    "ounce",
    "fluid ounce",
    "pound",
    "teaspoon",
    "tablespoon",
    "cup",
    "gallon",
    "quart",
    "pint",
    "dozen",
    "carat",
    "ton",
    "CC",
    "mole",
    "millimole",
    "calorie",
    "kilocalorie",
    "point",
];

/// Signs that may be written in capitals. In capitals, other signs are acronyms: `GPA`, `MA`.
const IN_CAPITALS: &[&str] = &[
    "KG", "KM", "CM", "MM", "ML", "MG", "LB", "LBS", "OZ", "FT", "MPH", "KPH", "KWH", "MHZ", "GHZ", "HZ", "KHZ", "RPM",
    "PSI", "DPI", "FPS", "MBPS", "GBPS", "KBPS", "BPM", "PPM", "MIN", "MINS", "HR", "HRS", "SEC", "SECS", "GAL", "YDS",
    "SQFT", "TBSP", "TSP", "DB", "YRS", "KB",
];

/// Units by their full names, in the singular.
const NAMES: &[&str] = &[
    "meter",
    "metre",
    "kilometer",
    "kilometre",
    "centimeter",
    "centimetre",
    "millimeter",
    "millimetre",
    "gram",
    "kilogram",
    "milligram",
    "liter",
    "litre",
    "milliliter",
    "millilitre",
    "mile",
    "yard",
    "inch",
    "pound",
    "ounce",
    "ton",
    "tonne",
    "gallon",
    "quart",
    "pint",
    "cup",
    "acre",
    "hectare",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "decade",
    "century",
    "night",
    "degree",
    "watt",
    "kilowatt",
    "megawatt",
    "volt",
    "byte",
    "kilobyte",
    "megabyte",
    "gigabyte",
    "terabyte",
    "bit",
    "calorie",
    "person",
    "user",
    "seat",
    "page",
    "word",
    "item",
    "unit",
    "piece",
    "head",
    "capita",
    "vehicle",
    "bottle",
    "case",
    "box",
    "request",
    "call",
    "token",
    "character",
    "customer",
    "student",
    "game",
    "dollar",
    "euro",
    "microsecond",
    "millisecond",
    "nanosecond",
    "micrometer",
    "micron",
    "microgram",
    "joule",
    "newton",
    "amp",
    "ohm",
    "hertz",
    "megahertz",
    "gigahertz",
    "kilohertz",
    "share",
    "barrel",
    "bushel",
    "dose",
    "patient",
    "visit",
    "session",
    "lesson",
    "class",
    "ticket",
    "room",
    "column",
    "row",
];

/// The names of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) one: String,
    pub(super) many: String,
    /// Whether it is a unit of length.
    pub(super) length: bool,
    /// Whether it is written as a word and not as a sign.
    pub(super) word: bool,
}

impl Name {
    /// Returns true if it measures an amount of something.
    pub(super) fn is_amount(&self) -> bool {
        AMOUNTS.contains(&self.one.as_str())
    }

    /// Returns true if it is a unit of time.
    pub(super) fn is_time(&self) -> bool {
        TIMES.contains(&self.one.as_str())
    }

    /// A word that has no plural.
    pub(super) fn invariable(word: &str) -> Self {
        Self {
            one: word.to_owned(),
            many: word.to_owned(),
            length: false,
            word: false,
        }
    }
}

fn find(table: &[Unit], sign: &str) -> Option<Name> {
    table
        .iter()
        .find(|(known, ..)| *known == sign)
        .map(|(known, one, many)| Name {
            one: (*one).to_owned(),
            many: (*many).to_owned(),
            length: LENGTHS.iter().any(|(length, ..)| length == known),
            word: false,
        })
}

fn prefixed(sign: &str) -> Option<Name> {
    let known = IN_USE.iter().find(|known| **known == sign)?;
    PREFIXES.iter().find_map(|(prefix, name)| {
        let base = known.strip_prefix(prefix)?;
        let (base, one, many) = PREFIXED.iter().find(|(unit, ..)| *unit == base)?;
        Some(Name {
            one: format!("{name}{one}"),
            many: format!("{name}{many}"),
            length: *base == "m",
            word: false,
        })
    })
}

/// The singular of a unit that is written in full, if it is known.
fn named(word: &str) -> Option<Name> {
    let lower = word.to_lowercase();
    let singular = NAMES.iter().find(|name| {
        lower == **name
            || lower.strip_suffix('s') == Some(name)
            || lower
                .strip_suffix("es")
                .is_some_and(|stem| stem == **name && (stem.ends_with('x') || stem.ends_with("ch")))
            || name
                .strip_suffix('y')
                .is_some_and(|stem| lower.strip_suffix("ies") == Some(stem))
    });
    let (one, many) = match (singular, lower.as_str()) {
        (Some(one), _) => {
            let plural = if lower == **one {
                format!("{one}s")
            } else {
                lower.clone()
            };
            ((*one).to_owned(), plural)
        }
        (None, "feet" | "foot") => ("foot".to_owned(), "feet".to_owned()),
        (None, "people") => ("person".to_owned(), "people".to_owned()),
        _ => return None,
    };
    let length =
        one.ends_with("meter") || one.ends_with("metre") || matches!(one.as_str(), "foot" | "inch" | "mile" | "yard");
    Some(Name {
        one,
        many,
        length,
        word: true,
    })
}

/// Looks a single unit up: by its exact sign, by its sign in another case, by its name.
fn single(sign: &str) -> Option<Name> {
    if sign.is_empty() || sign.len() > 24 {
        return None;
    }
    let exact = |sign: &str| {
        prefixed(sign)
            .or_else(|| find(OTHERS, sign))
            .or_else(|| find(LENGTHS, sign))
            .or_else(|| find(PREFIXED, sign))
    };
    exact(sign).or_else(|| named(sign)).or_else(|| {
        let lower = sign.to_lowercase();
        if sign.bytes().all(|byte| byte.is_ascii_uppercase()) && !IN_CAPITALS.contains(&sign) {
            return None;
        }
        if sign.len() < 2 || lower == sign && sign.len() < 3 && lower != "hz" {
            return None;
        }
        let known = IN_USE
            .iter()
            .copied()
            .chain(OTHERS.iter().map(|(sign, ..)| *sign))
            .chain(LENGTHS.iter().map(|(sign, ..)| *sign))
            .chain(["Hz", "Pa", "Wh"])
            .filter(|known| known.eq_ignore_ascii_case(sign))
            .min_by_key(|known| known.bytes().filter(u8::is_ascii_uppercase).count().abs_diff(1))?;
        exact(known)
    })
}

/// Reads one factor of a unit, such as `m`, `m²`, `sq ft`.
fn factor(text: &str) -> Option<Name> {
    let (sign, power) = if let Some(sign) = text.strip_suffix("^2") {
        (sign, Some(2))
    } else if let Some(sign) = text.strip_suffix("^3") {
        (sign, Some(3))
    } else if let Some(sign) = text.strip_suffix("^-1").or_else(|| text.strip_suffix("^-2")) {
        let name = single(sign)?;
        return Some(name);
    } else {
        (text, None)
    };
    // "sq. ft." and "m.p.h."
    let initials = sign.contains('.') && sign.split('.').all(|part| part.len() <= 1);
    let squashed = if initials {
        sign.replace('.', "")
    } else {
        sign.replace(". ", " ")
    };
    let sign = squashed.trim_end_matches('.');
    if let Some(name) = single(sign) {
        return Some(raise(name, power));
    }
    // "m2" and "km3": without a superscript digit, for lengths only.
    let (sign, digit) = sign.split_at(sign.len().checked_sub(1).filter(|at| sign.is_char_boundary(*at))?);
    let power = match digit {
        "2" => 2,
        "3" => 3,
        _ => return None,
    };
    let name = single(sign).filter(|name| name.length && !name.word)?;
    Some(raise(name, Some(power)))
}

fn raise(name: Name, power: Option<u32>) -> Name {
    let Some(power) = power else {
        return name;
    };
    let with = |unit: &str| match (power, name.length) {
        (2, true) => format!("square {unit}"),
        (_, true) => format!("cubic {unit}"),
        (2, false) => format!("{unit} squared"),
        _ => format!("{unit} cubed"),
    };
    Name {
        one: with(&name.one),
        many: with(&name.many),
        ..name.clone()
    }
}

/// Reads a unit that fills `text`: `km/h`, `kg/m³`, `N·m`, `mg/dL`, `litres/day`. `behind_number` allows signs that
/// have another meaning without a number.
pub(super) fn unit(text: &str) -> Option<Name> {
    let mut parts = text.split('/');
    let first = parts.next()?;
    let mut name = product(first)?;
    let alone = !text.contains(['/', '·', '^']);
    if alone && NOT_ALONE.contains(&text.trim_end_matches('.')) {
        return None;
    }
    let first_is_time = TIMES.contains(&name.one.as_str());
    for below in parts {
        // "10 min/20 min" are two measures.
        if first_is_time && below.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let below = per_name(below)?;
        name.one = format!("{} per {below}", name.one);
        name.many = format!("{} per {below}", name.many);
        name.word = false;
    }
    Some(name)
}

/// A unit that is a letter with several meanings, after a number where no other meaning is possible.
pub(super) fn behind_power(text: &str) -> Option<Name> {
    single(text)
}

fn product(text: &str) -> Option<Name> {
    let mut factors = text.split('·');
    let mut name = factor(factors.next()?)?;
    for next in factors {
        let next = factor(next)?;
        name = Name {
            one: format!("{} {}", name.one, next.one),
            many: format!("{} {}", name.one, next.many),
            length: false,
            word: false,
        };
    }
    Some(name)
}

fn per_name(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let sign = text[digits..].trim_start();
        let unit = (!sign.starts_with(['°', '%'])).then(|| factor(sign))??;
        // "l/100km" and "g/24 h": other numbers begin a measure of their own.
        let time = TIMES.contains(&unit.one.as_str()) && digits <= 3;
        if !(time || matches!(&text[..digits], "10" | "100" | "1000")) {
            return None;
        }
        return Some(format!(
            "{} {}",
            super::number::cardinal(&text[..digits], false),
            unit.many
        ));
    }
    // "m/s²" is "per second squared", "kg/m²" is "per square meter".
    match text {
        "d" => return Some("day".to_owned()),
        "s^2" | "sec^2" | "s2" => return Some("second squared".to_owned()),
        _ => {}
    }
    product(text).map(|name| name.one)
}

/// The unit after the slash of "per": `h`, `mo`, `kg`, `m²`, `day`.
pub(super) fn per(text: &str) -> Option<String> {
    per_name(text)
}

/// Returns true if a word may be the unit of the number before it. A quick test for the tokeniser.
pub(super) fn may_be_unit(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    !word.is_empty()
        && word.len() <= 24
        && (unit(word).is_some_and(|name| !name.word) || matches!(word, "sq" | "cu" | "fl"))
}

/// Reads the unit of a number without a space, such as `5km`. The sign starts after the last digit.
pub(super) fn take_sign<'a>(scan: &mut Scan<'a>) -> &'a str {
    let rest = scan.rest();
    *scan = Scan::new("");
    rest
}
