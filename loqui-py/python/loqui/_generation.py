"""Handles of generations, blocking and asynchronous."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Never

from . import _loqui
from ._speech import Speech
from ._types import Edit, Event, Format, GenerationInfo, ProgressEstimate, SavedFile, Status


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

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        title: str | None = None,
        author: str | None = None,
        cover: str | os.PathLike[str] | None = None,
        loudness: float | None = None,
        acx: bool = False,
        room_tone: bool = False,
    ) -> None:
        """Streams the finished speech to a file with titles and chapters, in the format of its extension.

        Args:
            path: The file: ``.wav``, ``.mp3``, ``.opus``, ``.flac`` or ``.m4b``.
            title: The title in its tags. Default: that of the script.
            author: The author in its tags. Default: those of the script.
            cover: The picture on the cover, as JPEG or PNG.
            loudness: The loudness, in LUFS, with true peaks of at most -1 dBTP.
            acx: Whether to meet the requirements of ACX for audiobooks.
            room_tone: Whether pauses have a quiet room tone instead of digital silence.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``, ``output.cover``, ``option.out_of_range``.
            StorageError: ``output.unwritable``.
        """
        self._native.save(os.fspath(path), _export(title, author, cover, loudness, acx, room_tone))

    def save_chapters(
        self,
        folder: str | os.PathLike[str],
        *,
        format: Format = "mp3",
        title: str | None = None,
        author: str | None = None,
        cover: str | os.PathLike[str] | None = None,
        loudness: float | None = None,
        acx: bool = False,
        room_tone: bool = False,
    ) -> list[SavedFile]:
        """Writes each chapter of the finished speech to a file of its own in a folder.

        Args:
            folder: The folder. It is created.
            format: The format of the files.
            title: The title of the book in their tags. Default: that of the script.
            author: The author in their tags. Default: those of the script.
            cover: The picture on the cover, as JPEG or PNG.
            loudness: The loudness of each file, in LUFS, with true peaks of at most -1 dBTP.
            acx: Whether each file meets the requirements of ACX for audiobooks.
            room_tone: Whether pauses have a quiet room tone instead of digital silence.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``, ``output.cover``, ``option.out_of_range``.
            StorageError: ``output.unwritable``.
        """
        options = _export(title, author, cover, loudness, acx, room_tone)
        return SavedFile._list_from_json(self._native.save_chapters(os.fspath(folder), format, options))

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

    def edit(
        self, edits: Sequence[Edit], *, budget: float | None = None, idempotency_key: str | None = None
    ) -> Generation:
        """Edits a finished generation: makes a new one, which takes over everything that did not change.

        Only new text and sentences that are spoken again are paid. This generation never changes. Speak a script with
        ``editable=True`` to change single sentences.

        Args:
            edits: The changes, in order, for example ``[{"op": "change", "sentence": 3, "text": "Nobody came."}]``.
            budget: The most the edit may cost, in US dollars.
            idempotency_key: The same key returns the same generation.

        Raises:
            TypeError: An edit is unknown or incomplete.
            InvalidInputError: ``generation.not_finished``, ``generation.not_editable``, ``script.*``.
            NotFoundError: ``generation.no_sentence``.
        """
        return Generation(self._native.edit(json.dumps(list(edits)), budget, idempotency_key))

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

    async def save(
        self,
        path: str | os.PathLike[str],
        *,
        title: str | None = None,
        author: str | None = None,
        cover: str | os.PathLike[str] | None = None,
        loudness: float | None = None,
        acx: bool = False,
        room_tone: bool = False,
    ) -> None:
        """Streams the finished speech to a file with titles and chapters, in the format of its extension.

        Args:
            path: The file: ``.wav``, ``.mp3``, ``.opus``, ``.flac`` or ``.m4b``.
            title: The title in its tags. Default: that of the script.
            author: The author in its tags. Default: those of the script.
            cover: The picture on the cover, as JPEG or PNG.
            loudness: The loudness, in LUFS, with true peaks of at most -1 dBTP.
            acx: Whether to meet the requirements of ACX for audiobooks.
            room_tone: Whether pauses have a quiet room tone instead of digital silence.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``, ``output.cover``, ``option.out_of_range``.
            StorageError: ``output.unwritable``.
        """
        await self._native.save_async(os.fspath(path), _export(title, author, cover, loudness, acx, room_tone))

    async def save_chapters(
        self,
        folder: str | os.PathLike[str],
        *,
        format: Format = "mp3",
        title: str | None = None,
        author: str | None = None,
        cover: str | os.PathLike[str] | None = None,
        loudness: float | None = None,
        acx: bool = False,
        room_tone: bool = False,
    ) -> list[SavedFile]:
        """Writes each chapter of the finished speech to a file of its own in a folder.

        Args:
            folder: The folder. It is created.
            format: The format of the files.
            title: The title of the book in their tags. Default: that of the script.
            author: The author in their tags. Default: those of the script.
            cover: The picture on the cover, as JPEG or PNG.
            loudness: The loudness of each file, in LUFS, with true peaks of at most -1 dBTP.
            acx: Whether each file meets the requirements of ACX for audiobooks.
            room_tone: Whether pauses have a quiet room tone instead of digital silence.

        Raises:
            InvalidInputError: ``generation.not_finished``, ``output.format``, ``output.cover``, ``option.out_of_range``.
            StorageError: ``output.unwritable``.
        """
        options = _export(title, author, cover, loudness, acx, room_tone)
        return SavedFile._list_from_json(await self._native.save_chapters_async(os.fspath(folder), format, options))

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

    async def edit(
        self, edits: Sequence[Edit], *, budget: float | None = None, idempotency_key: str | None = None
    ) -> AsyncGeneration:
        """Edits a finished generation: makes a new one, which takes over everything that did not change.

        Only new text and sentences that are spoken again are paid. This generation never changes. Speak a script with
        ``editable=True`` to change single sentences.

        Args:
            edits: The changes, in order, for example ``[{"op": "change", "sentence": 3, "text": "Nobody came."}]``.
            budget: The most the edit may cost, in US dollars.
            idempotency_key: The same key returns the same generation.

        Raises:
            TypeError: An edit is unknown or incomplete.
            InvalidInputError: ``generation.not_finished``, ``generation.not_editable``, ``script.*``.
            NotFoundError: ``generation.no_sentence``.
        """
        return AsyncGeneration(await self._native.edit_async(json.dumps(list(edits)), budget, idempotency_key))

    async def erase(self) -> None:
        """Erases its text, takes and speech. Its cost stays part of the usage.

        Raises:
            InvalidInputError: ``generation.not_finished``: cancel it first.
        """
        await self._native.erase_async()


def _export(
    title: str | None,
    author: str | None,
    cover: str | os.PathLike[str] | None,
    loudness: float | None,
    acx: bool,
    room_tone: bool,
) -> str:
    """Returns the options of an export as JSON."""
    return json.dumps(
        {
            "title": title,
            "author": author,
            "cover": None if cover is None else os.fspath(cover),
            "loudness": loudness,
            "acx": acx,
            "room_tone": room_tone,
        }
    )
