"""The library, opened: one client that blocks and one that is awaited."""

from __future__ import annotations

import json
import os
from typing import Any, TypedDict, Unpack

from . import _loqui
from ._generation import AsyncGeneration, Generation
from ._sample import Sample
from ._speech import Speech
from ._types import Estimate, Status


class SpeakOptions(TypedDict, total=False):
    """How to speak; everything may be left out.

    Attributes:
        model: For instance ``resemble-ai/chatterbox`` or ``chatterbox-turbo``.
        exaggeration: How expressive, 0.25 to 2 (0.5 is neutral).
        cfg_weight: How closely the pace follows the sample, 0.2 to 1 (0.5).
        temperature: How varied, 0.05 to 5 (0.8).
        seed: Makes the result repeatable; 1 or more.
        language: The language of the script, as an ISO 639-1 code.
        budget: The most it may cost, in US dollars.
        timeout: How long the generation may take, in seconds; then it is stopped.
        max_takes: How often a segment may be taken before the generation fails (3).
    """

    model: str | None
    exaggeration: float | None
    cfg_weight: float | None
    temperature: float | None
    seed: int | None
    language: str | None
    budget: float | None
    timeout: float | None
    max_takes: int | None


_OPTIONS: SpeakOptions = {
    "model": None,
    "exaggeration": None,
    "cfg_weight": None,
    "temperature": None,
    "seed": None,
    "language": None,
    "budget": None,
    "timeout": None,
    "max_takes": None,
}


def _all_options(given: SpeakOptions) -> SpeakOptions:
    if unknown := given.keys() - _OPTIONS.keys():
        raise TypeError(f"unknown option {', '.join(sorted(unknown))}: use {', '.join(_OPTIONS)}")
    return {**_OPTIONS, **given}


class _Base:
    __slots__ = ("_native",)

    def __init__(
        self,
        token: str | None = None,
        engine: str | None = None,
        base_url: str | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        budget: float | None = None,
    ) -> None:
        """Opens the library.

        Args:
            token: The token of a Replicate account (default: ``REPLICATE_API_TOKEN``).
            engine: ``replicate`` (default) or ``offline``.
            base_url: The API's address with ``/v1`` (default: ``REPLICATE_BASE_URL``).
            data_dir: Keeps records and audio here (default: ``LOQUI_DATA_DIR``); in memory without it, so that a
                generation is lost with its process.
            budget: The most that one generation may cost unless it says otherwise, in US dollars.

        Raises:
            AuthenticationError: ``replicate.missing_token``.
            InvalidInputError: ``engine.unknown``.
        """
        self._native = _loqui.Client(token, engine, base_url, None if data_dir is None else os.fspath(data_dir), budget)

    @property
    def engine(self) -> str:
        """The engine that speaks."""
        return self._native.engine()

    def estimate(self, text: str, *, model: str | None = None) -> Estimate:
        """Says what a text would come to: segments, seconds, cost. Nothing is sent."""
        return Estimate(**json.loads(self._native.estimate(text, model)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.engine}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: open one in each process")


class Loqui(_Base):
    """Speaks scripts in the voices of samples.

    >>> client = Loqui(engine="offline")
    >>> client.engine
    'offline'
    """

    __slots__ = ()

    def speak(self, sample: Sample, text: str, **options: Unpack[SpeakOptions]) -> Speech:
        """Speaks a text in the voice of a sample and waits for the speech. Ctrl-C cancels it.

        Raises:
            InvalidInputError: ``sample.*``, ``script.*`` or ``option.*``; nothing was paid.
            LoquiError: See :mod:`loqui.errors`.
        """
        return Speech(self._native.speak(sample._native, text, _all_options(options)))

    def submit(self, sample: Sample, text: str, **options: Unpack[SpeakOptions]) -> Generation:
        """Starts a generation and returns at once."""
        return Generation(self._native.submit(sample._native, text, _all_options(options)))

    def generation(self, id: int) -> Generation:
        """Returns the generation of that number.

        Raises:
            NotFoundError: ``generation.not_found``.
        """
        return Generation(self._native.generation(id))

    def generations(self, *, status: Status | None = None, limit: int | None = None) -> list[Generation]:
        """Returns the generations in the store, newest first."""
        return [Generation(native) for native in self._native.generations(status, limit)]


class AsyncLoqui(_Base):
    """Speaks scripts in the voices of samples, without blocking the event loop."""

    __slots__ = ()

    async def speak(self, sample: Sample, text: str, **options: Unpack[SpeakOptions]) -> Speech:
        """Speaks a text in the voice of a sample. Cancelling the task cancels the generation.

        Raises:
            InvalidInputError: ``sample.*``, ``script.*`` or ``option.*``; nothing was paid.
            LoquiError: See :mod:`loqui.errors`.
        """
        return Speech(await self._native.speak_async(sample._native, text, _all_options(options)))

    async def submit(self, sample: Sample, text: str, **options: Unpack[SpeakOptions]) -> AsyncGeneration:
        """Starts a generation and returns at once."""
        return AsyncGeneration(await self._native.submit_async(sample._native, text, _all_options(options)))

    async def generation(self, id: int) -> AsyncGeneration:
        """Returns the generation of that number.

        Raises:
            NotFoundError: ``generation.not_found``.
        """
        return AsyncGeneration(await self._native.generation_async(id))

    async def generations(self, *, status: Status | None = None, limit: int | None = None) -> list[AsyncGeneration]:
        """Returns the generations in the store, newest first."""
        return [AsyncGeneration(native) for native in await self._native.generations_async(status, limit)]
