"""The shared cases: tests/spec/cases/speak.json."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from conftest import TESTS

import loqui
from loqui.errors import by_kind
from loqui.testing import Emulator

CASES = json.loads((TESTS / "spec" / "cases" / "speak.json").read_text())["cases"]


def settings(case: dict[str, Any], emulator: Emulator) -> dict[str, Any]:
    if case["engine"] == "offline":
        return {"engine": "offline"}
    return {"token": case.get("token", emulator.token), "base_url": emulator.base_url}


def text(case: dict[str, Any]) -> str:
    script: str = case["text"] * case.get("repeat", 1)
    return script


def check(case: dict[str, Any], emulator: Emulator, speech: loqui.Speech) -> None:
    expect = case["expect"]
    info = speech.info
    assert info.status == expect["status"]
    assert len(speech.segments) == expect["segments"]
    assert " ".join("".join(segment.text for segment in speech.segments).split()) != ""
    assert speech.sample_rate == 24_000
    assert speech.wav[:4] == b"RIFF"
    assert len(speech.samples) == round(speech.duration * speech.sample_rate)
    if "seconds" in expect:
        low, high = expect["seconds"]
        assert low <= speech.duration <= high
    if "warning" in expect:
        assert expect["warning"] in {warning.code for warning in speech.warnings}


def check_ledger(case: dict[str, Any], emulator: Emulator) -> None:
    assert len(emulator.ledger["creates"]) == case["expect"]["creates"]
    assert emulator.paid_runs == case["expect"]["paid"]
    assert emulator.ledger["leaks"] == []


def check_error(case: dict[str, Any], error: loqui.LoquiError) -> None:
    expect = case["expect"]
    assert error.code == expect["error"]
    assert type(error) is by_kind(expect["kind"])
    assert error.hint
    assert "\n" not in str(error)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_blocking(case: dict[str, Any], emulator: Emulator) -> None:
    for fault in case.get("faults", []):
        emulator.fault(fault)

    def speak() -> loqui.Speech:
        client = loqui.Loqui(**settings(case, emulator))
        sample = loqui.Sample.open(TESTS / case["sample"])
        return client.speak(sample, text(case), **case.get("options", {}))

    if "error" in case["expect"]:
        with pytest.raises(loqui.LoquiError) as raised:
            speak()
        check_error(case, raised.value)
    else:
        check(case, emulator, speak())
    check_ledger(case, emulator)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_async(case: dict[str, Any], emulator: Emulator) -> None:
    for fault in case.get("faults", []):
        emulator.fault(fault)

    async def speak() -> loqui.Speech:
        client = loqui.AsyncLoqui(**settings(case, emulator))
        sample = await loqui.Sample.open_async(TESTS / case["sample"])
        return await client.speak(sample, text(case), **case.get("options", {}))

    if "error" in case["expect"]:
        with pytest.raises(loqui.LoquiError) as raised:
            asyncio.run(speak())
        check_error(case, raised.value)
    else:
        check(case, emulator, asyncio.run(speak()))
    check_ledger(case, emulator)
