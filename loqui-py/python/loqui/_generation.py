"""Handles of generations, blocking and asynchronous."""

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
        """Its ID in the store."""
        return self._native.id()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

    def __reduce__(self) -> Never:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: send its id and call client.generation(id) there")


class Generation(_Base):
    """A handle of a generation: one job that speaks one script in the voice of one sample."""

    __slots__ = ()

    @property
    def status(self) -> Status:
        """Its current status."""
        return self.info().status

    def info(self) -> GenerationInfo:
        """Returns its current state, segments, cost and error. The segments have no words."""
        return GenerationInfo._from_json(self._native.info(words=False))

    def info_with_words(self) -> GenerationInfo:
        """Returns its state with the words of each segment and their times in the speech.

        The offline voice knows its words. For other engines English words are aligned at the first call, and those of other
        languages are estimated.
        """
        return GenerationInfo._from_json(self._native.info(words=True))

    def events(self, after: int = 0) -> Iterator[Event]:
        """Yields its events with a number above ``after`` when they happen, and ends after the last one."""
        while (text := self._native.next_event(after)) is not None:
            event = Event._from_json(text)
            after = event.number
            yield event

    def audio(self, format: Format = "wav") -> Iterator[bytes]:
        """Yields the bytes of an audio file while the speech is generated, each segment when all earlier ones are done.

        Args:
            format: ``wav``, ``mp3``, ``opus`` or ``flac``.

        Raises:
            LoquiError: The generation failed. The segments before the failure were yielded.
        """
        native = self._native.audio(format)
        while (piece := native.next()) is not None:
            yield piece

    def progress_estimate(self) -> ProgressEstimate:
        """Returns finished segments, cost so far, and the estimated time left."""
        return ProgressEstimate(**json.loads(self._native.progress_estimate()))

    def finish(self) -> GenerationInfo:
        """Waits for its end as :meth:`wait` does, without reading the speech into memory."""
        return GenerationInfo._from_json(self._native.finish())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Streams the finished speech to a file, in the format of its extension.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``.
            StorageError: ``output.unwritable``.
        """
        self._native.save(os.fspath(path))

    def wait(self, timeout: float | None = None) -> Speech:
        """Waits for its end. Ctrl-C or the timeout ends only the wait; the generation continues.

        Args:
            timeout: The maximum time to wait, in seconds. To stop the generation instead, set ``deadline`` on submission.

        Raises:
            TimeoutError: It has not ended in time.
            LoquiError: The generation failed.
        """
        return Speech(self._native.wait(timeout))

    def speech(self) -> Speech:
        """Returns the finished speech.

        Raises:
            InvalidInputError: ``generation.not_finished``.
        """
        return Speech(self._native.speech())

    def cancel(self) -> None:
        """Requests cancellation, here and at the provider. :meth:`wait` returns when the generation has ended."""
        self._native.cancel()

    def retry(self) -> None:
        """Restarts a failed generation. Finished segments are kept and cost nothing again.

        Raises:
            InvalidInputError: ``generation.not_failed``.
        """
        self._native.retry()

    def erase(self) -> None:
        """Erases its text, takes and speech. Its cost stays part of the usage.

        Raises:
            InvalidInputError: ``generation.not_finished``: cancel it first.
        """
        self._native.erase()


class AsyncGeneration(_Base):
    """A handle of a generation: one job that speaks one script in the voice of one sample."""

    __slots__ = ()

    async def status(self) -> Status:
        """Returns its current status."""
        return (await self.info()).status

    async def info(self) -> GenerationInfo:
        """Returns its current state, segments, cost and error. The segments have no words."""
        return GenerationInfo._from_json(await self._native.info_async(words=False))

    async def info_with_words(self) -> GenerationInfo:
        """Returns its state with the words of each segment and their times in the speech.

        The offline voice knows its words. For other engines English words are aligned at the first call, and those of other
        languages are estimated.
        """
        return GenerationInfo._from_json(await self._native.info_async(words=True))

    async def events(self, after: int = 0) -> AsyncIterator[Event]:
        """Yields its events with a number above ``after`` when they happen, and ends after the last one."""
        while (text := await self._native.next_event_async(after)) is not None:
            event = Event._from_json(text)
            after = event.number
            yield event

    async def audio(self, format: Format = "wav") -> AsyncIterator[bytes]:
        """Yields the bytes of an audio file while the speech is generated, each segment when all earlier ones are done.

        Args:
            format: ``wav``, ``mp3``, ``opus`` or ``flac``.

        Raises:
            LoquiError: The generation failed. The segments before the failure were yielded.
        """
        native = await self._native.audio_async(format)
        while (piece := await native.next_async()) is not None:
            yield piece

    async def progress_estimate(self) -> ProgressEstimate:
        """Returns finished segments, cost so far, and the estimated time left."""
        return ProgressEstimate(**json.loads(await self._native.progress_estimate_async()))

    async def finish(self) -> GenerationInfo:
        """Waits for its end as :meth:`wait` does, without reading the speech into memory."""
        return GenerationInfo._from_json(await self._native.finish_async())

    async def save(self, path: str | os.PathLike[str]) -> None:
        """Streams the finished speech to a file, in the format of its extension.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``.
            StorageError: ``output.unwritable``.
        """
        await self._native.save_async(os.fspath(path))

    async def wait(self, timeout: float | None = None) -> Speech:
        """Waits for its end. Cancelling the task or the timeout ends only the wait; the generation continues.

        Args:
            timeout: The maximum time to wait, in seconds. To stop the generation instead, set ``deadline`` on submission.

        Raises:
            TimeoutError: It has not ended in time.
            LoquiError: The generation failed.
        """
        return Speech(await self._native.wait_async(timeout))

    async def speech(self) -> Speech:
        """Returns the finished speech.

        Raises:
            InvalidInputError: ``generation.not_finished``.
        """
        return Speech(await self._native.speech_async())

    async def cancel(self) -> None:
        """Requests cancellation, here and at the provider. :meth:`wait` returns when the generation has ended."""
        await self._native.cancel_async()

    async def retry(self) -> None:
        """Restarts a failed generation. Finished segments are kept and cost nothing again.

        Raises:
            InvalidInputError: ``generation.not_failed``.
        """
        await self._native.retry_async()

    async def erase(self) -> None:
        """Erases its text, takes and speech. Its cost stays part of the usage.

        Raises:
            InvalidInputError: ``generation.not_finished``: cancel it first.
        """
        await self._native.erase_async()
