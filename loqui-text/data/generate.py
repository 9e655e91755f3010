"""Writes src/world/cldr/*.txt from the JSON packages of Unicode CLDR.

    npm pack cldr-rbnf@48.2.0 cldr-dates-full@48.2.0 cldr-numbers-full@48.2.0 cldr-units-full@48.2.0
    (unpack each into FOLDER/<name>-48.2.0)
    python3 data/generate.py FOLDER

The data are licensed under Unicode-3.0, (c) Unicode, Inc.
"""

import json
import re
import sys
from pathlib import Path

VERSION = "48.2.0"
LANGUAGES = "ar da de el es fi fr he hi it ja ko ms nl no pl pt ru sv sw tr zh".split()
CURRENCIES = (
    "USD EUR GBP JPY CHF CNY INR KRW RUB PLN SEK NOK DKK BRL TRY ILS SAR AED EGP MYR KES TZS MXN CAD AUD ARS".split()
)
UNITS = {
    "km": "length-kilometer", "m": "length-meter", "cm": "length-centimeter", "mm": "length-millimeter",
    "kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram", "t": "mass-tonne", "l": "volume-liter",
    "ml": "volume-milliliter", "km/h": "speed-kilometer-per-hour", "m/s": "speed-meter-per-second",
    "°C": "temperature-celsius", "°F": "temperature-fahrenheit", "°": "angle-degree", "%": "concentr-percent",
    "min": "duration-minute", "h": "duration-hour", "s": "duration-second", "m²": "area-square-meter",
    "km²": "area-square-kilometer", "m³": "volume-cubic-meter", "ha": "area-hectare", "kW": "power-kilowatt",
    "kWh": "energy-kilowatt-hour", "GB": "digital-gigabyte", "MB": "digital-megabyte", "kB": "digital-kilobyte",
    "TB": "digital-terabyte", "GHz": "frequency-gigahertz", "MHz": "frequency-megahertz", "V": "electric-volt",
    "W": "power-watt",
}
# Rule sets that the program uses. What they refer to is kept too.
WANTED = re.compile(
    r"%spellout-(numbering.*|cardinal(-(masculine|feminine|neuter|common|reale|sinokorean|native-attributive))?"
    r"|ordinal(-(n|r|m|masculine|feminine|neuter|common|reale|sinokorean))?"
    r"|ordinal-(masculine|neuter)-genitive|ordinal-masculine-(prepositional|locative))$"
)
PLURALS = ["zero", "one", "two", "few", "many", "other"]


def load(folder, package, path):
    return json.loads((folder / f"{package}-{VERSION}" / "package" / path).read_text(encoding="utf-8"))


def closure(rules):
    wanted = [name for name in rules if WANTED.match(name)]
    seen = set()
    while wanted:
        name = wanted.pop()
        if name in seen or name not in rules:
            continue
        seen.add(name)
        for _, body in rules[name]:
            wanted += re.findall(r"%%?[a-z0-9-]+", body)
    return [name for name in rules if name in seen]


def forms(entry, prefix):
    return "|".join(f"{plural}={entry[prefix + plural]}" for plural in PLURALS if prefix + plural in entry)


def write(folder, language, target):
    lines = [f"# Unicode CLDR {VERSION}, Unicode-3.0. Written by data/generate.py."]
    numbers = load(folder, "cldr-numbers-full", f"main/{language}/numbers.json")["main"][language]["numbers"]
    symbols = numbers["symbols-numberSystem-latn"]
    lines += [f"decimal\t{symbols['decimal']}", f"group\t{symbols['group']}"]
    dates = load(folder, "cldr-dates-full", f"main/{language}/ca-gregorian.json")
    calendar = dates["main"][language]["dates"]["calendars"]["gregorian"]
    months = calendar["months"]
    for key, part in (("months", months["format"]["wide"]), ("months-short", months["format"]["abbreviated"]),
                      ("months-alone", months["stand-alone"]["wide"])):
        lines.append(key + "\t" + "|".join(part[str(month)] for month in range(1, 13)))
    currencies = load(folder, "cldr-numbers-full", f"main/{language}/currencies.json")
    currencies = currencies["main"][language]["numbers"]["currencies"]
    for code in CURRENCIES:
        entry = currencies[code]
        lines.append(f"currency\t{code}\t" + (forms(entry, "displayName-count-") or f"other={entry['displayName']}"))
    units = load(folder, "cldr-units-full", f"main/{language}/units.json")["main"][language]["units"]["long"]
    for sign, key in UNITS.items():
        entry = units[key]
        lines.append(f"unit\t{sign}\t{entry.get('gender', '')}\t" + forms(entry, "unitPattern-count-"))
    rules = load(folder, "cldr-rbnf", f"rbnf/{language}.json")["rbnf"]["rbnf"]["SpelloutRules"]
    for name in closure(rules):
        lines.append(f"set\t{name}")
        lines += [f"{base}\t{body.removesuffix(';')}" for base, body in rules[name]]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    folder = Path(sys.argv[1])
    target = Path(__file__).parent.parent / "src" / "world" / "cldr"
    for language in LANGUAGES:
        write(folder, language, target / f"{language}.txt")


main()
