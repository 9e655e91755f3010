//! Units of measurement behind a number.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{NUMBER, is_one, pattern};

/// Sign, singular, plural. Longer signs come before their own beginnings.
const UNITS: &[(&str, &str, &str)] = &[
    ("sq ft", "square foot", "square feet"),
    ("kilometers", "kilometer", "kilometers"),
    ("km", "kilometer", "kilometers"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("nm", "nanometer", "nanometers"),
    ("µm", "micrometer", "micrometers"),
    ("kg", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"),
    ("µg", "microgram", "micrograms"),
    ("lbs", "pound", "pounds"),
    ("lb", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("ft", "foot", "feet"),
    ("yd", "yard", "yards"),
    ("mi", "mile", "miles"),
    ("ml", "milliliter", "milliliters"),
    ("mL", "milliliter", "milliliters"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("Hz", "hertz", "hertz"),
    ("kB", "kilobyte", "kilobytes"),
    ("KB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("KiB", "kibibyte", "kibibytes"),
    ("MiB", "mebibyte", "mebibytes"),
    ("GiB", "gibibyte", "gibibytes"),
    ("kbps", "kilobit per second", "kilobits per second"),
    ("Mbps", "megabit per second", "megabits per second"),
    ("Gbps", "gigabit per second", "gigabits per second"),
    ("fps", "frame per second", "frames per second"),
    ("dB", "decibel", "decibels"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("mAh", "milliamp hour", "milliamp hours"),
    ("kW", "kilowatt", "kilowatts"),
    ("MW", "megawatt", "megawatts"),
    ("GW", "gigawatt", "gigawatts"),
    ("hrs", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("mins", "minute", "minutes"),
    ("min", "minute", "minutes"),
    ("secs", "second", "seconds"),
    ("sec", "second", "seconds"),
    ("ms", "millisecond", "milliseconds"),
    ("°C", "degree Celsius", "degrees Celsius"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"),
    ("°", "degree", "degrees"),
    ("g", "gram", "grams"),
];

/// One-letter signs that mean something else without a space ("5m" may be millions, "80s" is a decade).
const SPACED_UNITS: &[(&str, &str, &str)] = &[
    ("m", "meter", "meters"),
    ("s", "second", "seconds"),
    ("h", "hour", "hours"),
    ("L", "liter", "liters"),
    ("l", "liter", "liters"),
    ("W", "watt", "watts"),
    ("V", "volt", "volts"),
];

/// What may stand behind the slash of "km/h".
const PER: &[(&str, &str)] = &[
    ("sec", "second"),
    ("s", "second"),
    ("min", "minute"),
    ("hour", "hour"),
    ("hr", "hour"),
    ("h", "hour"),
    ("day", "day"),
    ("week", "week"),
    ("month", "month"),
    ("year", "year"),
    ("yr", "year"),
    ("L", "liter"),
    ("l", "liter"),
    ("kg", "kilogram"),
];

static UNIT: LazyLock<Regex> = LazyLock::new(|| measured(UNITS, r"[\s-]?"));
static SPACED_UNIT: LazyLock<Regex> = LazyLock::new(|| measured(SPACED_UNITS, r"\s"));
static HEIGHT: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\b(\d)'\s?(\d{1,2})(?:["”]|\b)"#));
static SCALE_APART: LazyLock<Regex> = LazyLock::new(|| pattern(r"°\s([CF])\b"));

/// Spells out units: "5 GB", "10km", "100 km/h", "20 °C", "6'2"".
pub(super) fn rewrite(text: &str) -> String {
    let text = SCALE_APART.replace_all(text, "°$1");
    let text = HEIGHT.replace_all(&text, "$1 foot $2");
    let text = UNIT.replace_all(&text, |found: &Captures<'_>| say(found, UNITS));
    SPACED_UNIT
        .replace_all(&text, |found: &Captures<'_>| say(found, SPACED_UNITS))
        .into_owned()
}

/// Matches a number, a unit of the table, an optional square or cube and an optional "per".
fn measured(units: &[(&str, &str, &str)], gap: &str) -> Regex {
    let signs: Vec<_> = units.iter().map(|(sign, ..)| regex::escape(sign)).collect();
    let per: Vec<_> = PER.iter().map(|(sign, _)| *sign).collect();
    pattern(&format!(
        r"(^|[^\w.,])(-?{NUMBER}){gap}({})(²|³)?(?:/({}))?($|[^\w²³/'])",
        signs.join("|"),
        per.join("|")
    ))
}

fn say(found: &Captures<'_>, units: &[(&str, &str, &str)]) -> String {
    let number = &found[2];
    let unit = units
        .iter()
        .find(|(sign, ..)| *sign == &found[3])
        .map_or("", |(_, one, many)| if is_one(number) { one } else { many });
    let power = match found.get(4).map(|power| power.as_str()) {
        Some("²") => "square ",
        Some(_) => "cubic ",
        None => "",
    };
    let per = found
        .get(5)
        .and_then(|sign| PER.iter().find(|(known, _)| *known == sign.as_str()))
        .map(|(_, name)| format!(" per {name}"))
        .unwrap_or_default();
    format!("{}{number} {power}{unit}{per}{}", &found[1], &found[6])
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn units_are_spelled_out() {
        check(
            rewrite,
            &[
                ("5 GB", "5 gigabytes"),
                ("1 km, 10km.", "1 kilometer, 10 kilometers."),
                ("100 km/h and 3 m/s", "100 kilometers per hour and 3 meters per second"),
                (
                    "20°C, -5 °F, 90°",
                    "20 degrees Celsius, -5 degrees Fahrenheit, 90 degrees",
                ),
                ("20 m² or 5 cm³", "20 square meters or 5 cubic centimeters"),
                ("6'2\" tall", "6 foot 2 tall"),
                ("5m 80s 5G", "5m 80s 5G"),
                ("1,250.5 kg 60 W", "1,250.5 kilograms 60 watts"),
                ("a 10-mm gap", "a 10 millimeters gap"),
                ("5 min", "5 minutes"),
                ("3 mice", "3 mice"),
            ],
        );
    }
}
