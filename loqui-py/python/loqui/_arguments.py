"""Checks and converts keyword arguments before they are passed to the native module."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable
from typing import Any, SupportsFloat, SupportsIndex

from ._options import KINDS, SpeakOptions


def _finite(value: SupportsFloat) -> float:
    number = float(value)
    if math.isfinite(number):
        return number
    raise ValueError(f"{number} is not finite")


# For each kind of option: the accepted type, its name in an error, and the conversion to JSON. Every type that converts
# to a number is accepted: those of numpy, Decimal and Fraction too.
_CONVERSIONS: dict[str, tuple[type, str, Callable[[Any], object]]] = {
    "text": (str, "a str", str),
    "number": (SupportsFloat, "a number", _finite),
    "seconds": (SupportsFloat, "a number of seconds", _finite),
    "integer": (SupportsIndex, "an int", operator.index),
    "flag": (bool, "a bool", bool),
}


def options_as_json(options: SpeakOptions) -> str:
    """Returns the options as a JSON object; options that are ``None`` are left out.

    Raises:
        TypeError: An option is unknown or has a value of another type.
        ValueError: A number is infinite or not a number.
    """
    fields: dict[str, object] = {}
    for name, value in options.items():
        if name not in KINDS:
            raise TypeError(f"unknown option {name}: use {', '.join(KINDS)}")
        accepted, words, convert = _CONVERSIONS[KINDS[name]]
        if value is None:
            continue
        if not isinstance(value, accepted):
            raise TypeError(f"{name} must be {words}, not {type(value).__name__}")
        try:
            fields[name] = convert(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return json.dumps(fields)
