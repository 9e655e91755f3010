"""Fixtures for the tests of programs that speak: pytest finds them by itself once the package is installed.

    def test_greeting(loqui_client, loqui_sample):
        assert loqui_client.speak(loqui_sample, "Hello!").duration > 0

Nothing leaves the machine, and nothing is paid.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import AsyncLoqui, Loqui, Sample
from .testing import Emulator, recording

__all__ = ["loqui_async_client", "loqui_client", "loqui_emulator", "loqui_sample"]


@pytest.fixture
def loqui_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Replicate's API on this machine; the environment points to it, so that ``Loqui()`` finds it as well."""
    with Emulator() as emulator:
        monkeypatch.setenv("REPLICATE_API_TOKEN", emulator.token)
        monkeypatch.setenv("REPLICATE_BASE_URL", emulator.base_url)
        monkeypatch.delenv("LOQUI_DATA_DIR", raising=False)
        yield emulator


@pytest.fixture
def loqui_client(loqui_emulator: Emulator) -> Iterator[Loqui]:
    """A client of the emulator, with its records in memory."""
    with Loqui() as client:
        yield client


@pytest.fixture
def loqui_async_client(loqui_emulator: Emulator) -> AsyncLoqui:
    """The same, awaited."""
    return AsyncLoqui()


@pytest.fixture(scope="session")
def loqui_sample() -> Sample:
    """A recording that passes every check: about ten seconds of the offline voice."""
    return recording()
