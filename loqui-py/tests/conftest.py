"""Shared fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import loqui
from loqui.testing import Emulator

TESTS = Path(__file__).resolve().parents[2] / "tests"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REPLICATE_API_TOKEN", "REPLICATE_BASE_URL", "LOQUI_DATA_DIR", "LOQUI_BUDGET_USD", "LOQUI_COG_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def client(emulator: Emulator) -> loqui.Loqui:
    return loqui.Loqui(token=emulator.token, base_url=emulator.base_url)


@pytest.fixture
def async_client(emulator: Emulator) -> loqui.AsyncLoqui:
    return loqui.AsyncLoqui(token=emulator.token, base_url=emulator.base_url)


@pytest.fixture(scope="session")
def sample() -> loqui.Sample:
    return loqui.Sample.open(TESTS / "voices" / "heart.wav")
