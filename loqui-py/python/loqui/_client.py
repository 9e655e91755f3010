"""The library, opened: one client that blocks and one that is awaited."""

from __future__ import annotations

import inspect
import json
import os
from types import TracebackType
from typing import Never, Self, SupportsFloat, SupportsIndex, TypedDict, Unpack, cast

from . import _log, _loqui
from ._generation import AsyncGeneration, Generation
from ._sample import Sample
from ._speech import Speech
from ._types import Erased, Estimate, SampleInfo, Status, Usage


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
        owner: Whose it is, where several people share a store.
        consent: That the speaker has agreed, in words; it is written down with the sample.
        idempotency_key: Makes it safe to ask again: the same key of the same owner is the same generation.
        reuse: Whether segments that an earlier version of the script has in common are taken from there and not paid
            again; only those of an edited script if it is left out.
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
    owner: str | None
    consent: str | None
    idempotency_key: str | None
    reuse: bool | None


# What each option may be, and in words. Whatever counts as a number does: numpy's, Decimal, Fraction.
_TEXT, _NUMBER, _WHOLE, _FLAG = (str, "a str"), (SupportsFloat, "a number"), (SupportsIndex, "an int"), (bool, "a bool")
_OPTIONS: dict[str, tuple[type, str]] = {
    "model": _TEXT,
    "exaggeration": _NUMBER,
    "cfg_weight": _NUMBER,
    "temperature": _NUMBER,
    "seed": _WHOLE,
    "language": _TEXT,
    "budget": _NUMBER,
    "timeout": (SupportsFloat, "a number of seconds"),
    "max_takes": _WHOLE,
    "owner": _TEXT,
    "consent": _TEXT,
    "idempotency_key": _TEXT,
    "reuse": _FLAG,
}


def _all_options(given: SpeakOptions) -> SpeakOptions:
    for name, value in given.items():
        if name not in _OPTIONS:
            raise TypeError(f"unknown option {name}: use {', '.join(_OPTIONS)}")
        kind, words = _OPTIONS[name]
        if value is not None and not isinstance(value, kind):
            raise TypeError(f"{name} must be {words}, not {type(value).__name__}")
    return cast(SpeakOptions, {**dict.fromkeys(_OPTIONS), **given})


def _script(text: str) -> str:
    if isinstance(text, str):
        return text
    raise TypeError(f"the text must be a str, not {type(text).__name__}")


def _voice(sample: Sample | int) -> _loqui.Sample | int:
    if isinstance(sample, Sample):
        return sample._native
    if isinstance(sample, int):
        return sample
    hint = "await Sample.open_async(path)" if inspect.isawaitable(sample) else "use Sample.open(path)"
    raise TypeError(
        f"the sample must be a Sample or the number of one in the store, not {type(sample).__name__}: {hint}"
    )


class _Base:
    __slots__ = ("_opened",)

    def __init__(
        self,
        token: str | None = None,
        engine: str | None = None,
        base_url: str | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        budget: float | None = None,
        require_consent: bool = False,
        cog_url: str | None = None,
    ) -> None:
        """Opens the library. Clients are cheap and share one runtime; several threads may use one.

        Args:
            token: The token of a Replicate account (default: ``REPLICATE_API_TOKEN``).
            engine: ``replicate`` (default), ``offline``, or ``cog`` for a container of your own.
            base_url: The API's address with ``/v1`` (default: ``REPLICATE_BASE_URL``).
            data_dir: Keeps records and audio here (default: ``LOQUI_DATA_DIR``); in memory without it, so that a
                generation is lost with its process.
            budget: The most that one generation may cost unless it says otherwise, in US dollars.
            require_consent: Refuses samples whose speaker is not said to have agreed (default:
                ``LOQUI_REQUIRE_CONSENT``).
            cog_url: Where a container with a Chatterbox model answers, for instance ``http://gpu-box:5000`` (default:
                ``LOQUI_COG_URL``).

        Raises:
            AuthenticationError: ``replicate.missing_token``.
            InvalidInputError: ``engine.unknown``, ``cog.url``.
        """
        self._opened: _loqui.Client | None = None
        _log.follow()
        folder = None if data_dir is None else os.fspath(data_dir)
        self._opened = _loqui.Client(token, engine, base_url, folder, budget, require_consent, cog_url)

    @property
    def _native(self) -> _loqui.Client:
        if self._opened is None:
            raise RuntimeError(f"the {type(self).__name__} is closed")
        return self._opened

    @property
    def engine(self) -> str:
        """The engine that speaks."""
        return self._native.engine()

    def estimate(self, text: str, *, model: str | None = None) -> Estimate:
        """Says what a text would come to: segments, seconds, cost. Nothing is sent."""
        return Estimate(**json.loads(self._native.estimate(text, model)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self._opened is None else self.engine}>"

    def __reduce__(self) -> Never:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: open one in each process")


def _wanted(
    status: Status | None, limit: int | None, owner: str | None, sample: int | None, before: int | None
) -> _loqui._Wanted:
    return {"status": status, "limit": limit, "owner": owner, "sample": sample, "before": before}


class Loqui(_Base):
    """Speaks scripts in the voices of samples. ``with`` closes it at the end of the block.

    >>> client = Loqui(engine="offline")
    >>> client.engine
    'offline'
    """

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the store; generations that were submitted go on."""
        self._opened = None

    def speak(self, sample: Sample | int, text: str, **options: Unpack[SpeakOptions]) -> Speech:
        """Speaks a text in the voice of a sample, and waits for the speech. Ctrl-C cancels the generation.

        Args:
            sample: A recording, or the number of one in the store.
            text: What to speak, of any length.
            **options: See :class:`SpeakOptions`.

        Raises:
            InvalidInputError: ``sample.*``, ``script.*`` or ``option.*``; nothing was paid.
            LoquiError: See :mod:`loqui.errors`.
        """
        _log.follow()
        return Speech(self._native.speak(_voice(sample), _script(text), _all_options(options)))

    def submit(self, sample: Sample | int, text: str, **options: Unpack[SpeakOptions]) -> Generation:
        """Writes a generation down, starts it and returns at once; it takes what :meth:`speak` takes."""
        _log.follow()
        return Generation(self._native.submit(_voice(sample), _script(text), _all_options(options)))

    def generation(self, id: int) -> Generation:
        """Returns the generation of that number.

        Raises:
            NotFoundError: ``generation.not_found``.
        """
        return Generation(self._native.generation(id))

    def generations(
        self,
        *,
        status: Status | None = None,
        limit: int | None = None,
        owner: str | None = None,
        sample: int | None = None,
        before: int | None = None,
    ) -> list[Generation]:
        """Returns the generations in the store, newest first.

        Args:
            status: Only those that stand there.
            limit: At most this many.
            owner: Only those of this owner.
            sample: Only those that speak with the sample of this number.
            before: Only those with a smaller number: how a list is read page by page.
        """
        found = self._native.generations(_wanted(status, limit, owner, sample, before))
        return [Generation(native) for native in found]

    def add_sample(self, sample: Sample, *, owner: str | None = None, consent: str | None = None) -> SampleInfo:
        """Keeps a sample in the store, so that generations can be asked for with its number.

        Args:
            sample: The recording; the same one of the same owner is kept once.
            owner: Whose it is, where several people share a store.
            consent: That the speaker has agreed, in words.

        Raises:
            InvalidInputError: ``sample.*``.
        """
        return SampleInfo._of(json.loads(self._native.add_sample(sample._native, owner, consent)))

    def samples(self, *, owner: str | None = None, limit: int | None = None) -> list[SampleInfo]:
        """Returns the samples in the store, newest first."""
        return [SampleInfo._of(fields) for fields in json.loads(self._native.samples(owner, limit))]

    def sample(self, id: int) -> SampleInfo:
        """Returns the sample of that number.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return SampleInfo._of(json.loads(self._native.sample(id)))

    def recording(self, id: int) -> bytes:
        """Returns the recording of a sample in the store, as it was given.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return self._native.recording(id)

    def resume(self) -> list[int]:
        """Goes on with every generation that was interrupted; returns their numbers."""
        return self._native.resume()

    def erase_sample(self, id: int, *, speech: bool = False) -> Erased:
        """Erases a sample: its recording here and its copies at the provider.

        Args:
            id: The number of the sample.
            speech: Erase all speech that was made with it, too.

        Raises:
            NotFoundError: ``sample.not_found``.
            InvalidInputError: ``sample.in_use`` while a generation speaks with it.
        """
        return Erased._from_json(self._native.erase_sample(id, speech))

    def usage(self) -> Usage:
        """Returns what was spent, by day and by model; also on what was erased since."""
        return Usage._from_json(self._native.usage())


class AsyncLoqui(_Base):
    """Speaks scripts in the voices of samples, without blocking the event loop.

    ``async with`` closes it at the end of the block.
    """

    __slots__ = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Lets go of the store; generations that were submitted go on."""
        self._opened = None

    async def speak(self, sample: Sample | int, text: str, **options: Unpack[SpeakOptions]) -> Speech:
        """Speaks a text in the voice of a sample, and waits for the speech. Cancelling the task cancels the generation.

        Args:
            sample: A recording, or the number of one in the store.
            text: What to speak, of any length.
            **options: See :class:`SpeakOptions`.

        Raises:
            InvalidInputError: ``sample.*``, ``script.*`` or ``option.*``; nothing was paid.
            LoquiError: See :mod:`loqui.errors`.
        """
        _log.follow()
        return Speech(await self._native.speak_async(_voice(sample), _script(text), _all_options(options)))

    async def submit(self, sample: Sample | int, text: str, **options: Unpack[SpeakOptions]) -> AsyncGeneration:
        """Writes a generation down, starts it and returns at once; it takes what :meth:`speak` takes."""
        _log.follow()
        return AsyncGeneration(await self._native.submit_async(_voice(sample), _script(text), _all_options(options)))

    async def generation(self, id: int) -> AsyncGeneration:
        """Returns the generation of that number.

        Raises:
            NotFoundError: ``generation.not_found``.
        """
        return AsyncGeneration(await self._native.generation_async(id))

    async def generations(
        self,
        *,
        status: Status | None = None,
        limit: int | None = None,
        owner: str | None = None,
        sample: int | None = None,
        before: int | None = None,
    ) -> list[AsyncGeneration]:
        """Returns the generations in the store, newest first.

        Args:
            status: Only those that stand there.
            limit: At most this many.
            owner: Only those of this owner.
            sample: Only those that speak with the sample of this number.
            before: Only those with a smaller number: how a list is read page by page.
        """
        found = await self._native.generations_async(_wanted(status, limit, owner, sample, before))
        return [AsyncGeneration(native) for native in found]

    async def add_sample(self, sample: Sample, *, owner: str | None = None, consent: str | None = None) -> SampleInfo:
        """Keeps a sample in the store, so that generations can be asked for with its number.

        Args:
            sample: The recording; the same one of the same owner is kept once.
            owner: Whose it is, where several people share a store.
            consent: That the speaker has agreed, in words.

        Raises:
            InvalidInputError: ``sample.*``.
        """
        return SampleInfo._of(json.loads(await self._native.add_sample_async(sample._native, owner, consent)))

    async def samples(self, *, owner: str | None = None, limit: int | None = None) -> list[SampleInfo]:
        """Returns the samples in the store, newest first."""
        return [SampleInfo._of(fields) for fields in json.loads(await self._native.samples_async(owner, limit))]

    async def sample(self, id: int) -> SampleInfo:
        """Returns the sample of that number.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return SampleInfo._of(json.loads(await self._native.sample_async(id)))

    async def recording(self, id: int) -> bytes:
        """Returns the recording of a sample in the store, as it was given.

        Raises:
            NotFoundError: ``sample.not_found``.
        """
        return await self._native.recording_async(id)

    async def resume(self) -> list[int]:
        """Goes on with every generation that was interrupted; returns their numbers."""
        return await self._native.resume_async()

    async def erase_sample(self, id: int, *, speech: bool = False) -> Erased:
        """Erases a sample: its recording here and its copies at the provider.

        Args:
            id: The number of the sample.
            speech: Erase all speech that was made with it, too.

        Raises:
            NotFoundError: ``sample.not_found``.
            InvalidInputError: ``sample.in_use`` while a generation speaks with it.
        """
        return Erased._from_json(await self._native.erase_sample_async(id, speech))

    async def usage(self) -> Usage:
        """Returns what was spent, by day and by model; also on what was erased since."""
        return Usage._from_json(await self._native.usage_async())


async def generate_speech(
    sample_path: str | os.PathLike[str], text: str, model_name: str
) -> tuple[str, float, int]:
    """Speaks a text in the voice of a file, and writes a new WAV file.

    The library is opened from the environment, and the file gets a random name in the folder ``generated``, below
    ``LOQUI_DATA_DIR`` or else below the current folder.

    Args:
        sample_path: The recording.
        text: What to speak.
        model_name: What people call the voice; it is kept with the sample and changes nothing about the sound.

    Returns:
        The path of the file, the seconds it lasts, and its size in bytes.

    Raises:
        LoquiError: As :meth:`AsyncLoqui.speak`.
    """
    _log.follow()
    return await _loqui.generate_speech(os.fspath(sample_path), text, model_name)
