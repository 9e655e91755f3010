"""Pytest fixtures; pytest discovers them once the package is installed.

    def test_greeting(loqui_client, loqui_sample):
        assert loqui_client.speak(loqui_sample, "Hello!").duration > 0

They need no network and cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import AsyncLoqui, Loqui, Sample
from .testing import Emulator, recording

__all__ = ["loqui_async_client", "loqui_client", "loqui_emulator", "loqui_sample"]


@pytest.fixture
def loqui_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator of Replicate's API. The environment points to it, so ``Loqui()`` uses it as well."""
    with Emulator() as emulator:
        monkeypatch.setenv("REPLICATE_API_TOKEN", emulator.token)
        monkeypatch.setenv("REPLICATE_BASE_URL", emulator.base_url)
        monkeypatch.delenv("LOQUI_DATA_DIR", raising=False)
        yield emulator


@pytest.fixture
def loqui_client(loqui_emulator: Emulator) -> Iterator[Loqui]:
    """A client of the emulator, with records in memory."""
    with Loqui() as client:
        yield client


@pytest.fixture
def loqui_async_client(loqui_emulator: Emulator) -> AsyncLoqui:
    """An asynchronous client of the emulator, with records in memory."""
    return AsyncLoqui()


@pytest.fixture(scope="session")
def loqui_sample() -> Sample:
    """A recording that passes every check: about ten seconds of the offline voice."""
    return recording()
