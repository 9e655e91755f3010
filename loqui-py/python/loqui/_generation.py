"""Generations: one that is waited for, and one that is awaited."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from typing import Never

from . import _loqui
from ._speech import Speech
from ._types import Event, Format, GenerationInfo, ProgressEstimate, Status


class _Base:
    __slots__ = ("_native",)

    def __init__(self, native: _loqui.Generation) -> None:
        self._native = native

    @property
    def id(self) -> int:
        """Its number in the store."""
        return self._native.id()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

    def __reduce__(self) -> Never:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: send its id, and ask a client for it there")


class Generation(_Base):
    """One job: this sample speaking this script."""

    __slots__ = ()

    @property
    def status(self) -> Status:
        """Where it stands, read now."""
        return self.info().status

    def info(self) -> GenerationInfo:
        """Returns everything that is known of it."""
        return GenerationInfo._from_json(self._native.info())

    def events(self, after: int = 0) -> Iterator[Event]:
        """Yields its changes from the one after that number on, and ends after the last."""
        while (text := self._native.next_event(after)) is not None:
            event = Event(**json.loads(text))
            after = event.number
            yield event

    def audio(self, format: Format = "wav") -> Iterator[bytes]:
        """Yields its speech as a file, piece by piece, while it is made: each segment as soon as all before it are spoken.

        Args:
            format: ``wav``, ``mp3``, ``opus`` or ``flac``.

        Raises:
            LoquiError: What it failed with, after what was spoken before.
        """
        native = self._native.audio(format)
        while (piece := native.next()) is not None:
            yield piece

    def progress_estimate(self) -> ProgressEstimate:
        """Returns how far it has come: segments, seconds, money, and the time that is left at this pace."""
        return ProgressEstimate(**json.loads(self._native.progress_estimate()))

    def finish(self) -> GenerationInfo:
        """Waits for its end as :meth:`wait` does, without reading the speech into memory: for books."""
        return GenerationInfo._from_json(self._native.finish())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the finished speech to a file, in the format that its name asks for; it is never in memory as a whole.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``.
            StorageError: ``output.unwritable``.
        """
        self._native.save(os.fspath(path))

    def wait(self, timeout: float | None = None) -> Speech:
        """Waits for its end. Ctrl-C and the timeout stop the waiting only.

        Args:
            timeout: How long to wait, in seconds. The generation goes on when it has passed.

        Raises:
            TimeoutError: It has not ended in that time.
            LoquiError: What it failed with.
        """
        return Speech(self._native.wait(timeout))

    def speech(self) -> Speech:
        """Returns the finished speech.

        Raises:
            InvalidInputError: ``generation.not_finished``.
        """
        return Speech(self._native.speech())

    def cancel(self) -> None:
        """Asks to stop it, here and at the provider; :meth:`wait` tells when it has ended."""
        self._native.cancel()

    def retry(self) -> None:
        """Starts it anew after it has failed; segments that were good are kept and not paid again.

        Raises:
            InvalidInputError: ``generation.not_failed``.
        """
        self._native.retry()

    def erase(self) -> None:
        """Erases its words, takes and speech; what was spent on it stays in the books.

        Raises:
            InvalidInputError: ``generation.not_finished``: cancel it first.
        """
        self._native.erase()


class AsyncGeneration(_Base):
    """One job: this sample speaking this script."""

    __slots__ = ()

    async def status(self) -> Status:
        """Returns where it stands."""
        return (await self.info()).status

    async def info(self) -> GenerationInfo:
        """Returns everything that is known of it."""
        return GenerationInfo._from_json(await self._native.info_async())

    async def events(self, after: int = 0) -> AsyncIterator[Event]:
        """Yields its changes from the one after that number on, and ends after the last."""
        while (text := await self._native.next_event_async(after)) is not None:
            event = Event(**json.loads(text))
            after = event.number
            yield event

    async def audio(self, format: Format = "wav") -> AsyncIterator[bytes]:
        """Yields its speech as a file, piece by piece, while it is made: each segment as soon as all before it are spoken.

        Args:
            format: ``wav``, ``mp3``, ``opus`` or ``flac``.

        Raises:
            LoquiError: What it failed with, after what was spoken before.
        """
        native = await self._native.audio_async(format)
        while (piece := await native.next_async()) is not None:
            yield piece

    async def progress_estimate(self) -> ProgressEstimate:
        """Returns how far it has come: segments, seconds, money, and the time that is left at this pace."""
        return ProgressEstimate(**json.loads(await self._native.progress_estimate_async()))

    async def finish(self) -> GenerationInfo:
        """Waits for its end as :meth:`wait` does, without reading the speech into memory: for books."""
        return GenerationInfo._from_json(await self._native.finish_async())

    async def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the finished speech to a file, in the format that its name asks for; it is never in memory as a whole.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``.
            StorageError: ``output.unwritable``.
        """
        await self._native.save_async(os.fspath(path))

    async def wait(self, timeout: float | None = None) -> Speech:
        """Waits for its end. Cancelling the task and the timeout stop the waiting only.

        Args:
            timeout: How long to wait, in seconds. The generation goes on when it has passed.

        Raises:
            TimeoutError: It has not ended in that time.
            LoquiError: What it failed with.
        """
        return Speech(await self._native.wait_async(timeout))

    async def speech(self) -> Speech:
        """Returns the finished speech.

        Raises:
            InvalidInputError: ``generation.not_finished``.
        """
        return Speech(await self._native.speech_async())

    async def cancel(self) -> None:
        """Asks to stop it, here and at the provider; :meth:`wait` tells when it has ended."""
        await self._native.cancel_async()

    async def retry(self) -> None:
        """Starts it anew after it has failed; segments that were good are kept and not paid again.

        Raises:
            InvalidInputError: ``generation.not_failed``.
        """
        await self._native.retry_async()

    async def erase(self) -> None:
        """Erases its words, takes and speech; what was spent on it stays in the books.

        Raises:
            InvalidInputError: ``generation.not_finished``: cancel it first.
        """
        await self._native.erase_async()
