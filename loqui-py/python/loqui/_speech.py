"""Finished speech."""

from __future__ import annotations

import inspect
import os
from functools import cached_property
from typing import Literal, Never, cast

from . import _display, _files, _loqui, _player
from ._files import StrPath, Writable
from ._types import Finding, Format, GenerationInfo, Segment


class Speech:
    """Finished speech. A notebook shows it as an audio player."""

    __slots__ = ("__dict__", "_native")
    _native: _loqui.Speech

    def __init__(self, native: _loqui.Speech) -> None:
        self._native = native

    @cached_property
    def wav(self) -> bytes:
        """The WAV file: mono, 16 bit."""
        return self._native.wav()

    @cached_property
    def samples(self) -> memoryview[float]:
        """The samples from -1 to 1 as 32-bit floats, read-only. ``numpy.asarray`` does not copy them."""
        # The element type of a buffer is only known at run time.
        return cast("memoryview[float]", memoryview(self._native.samples()))

    @property
    def sample_rate(self) -> int:
        """The sample rate, in Hz."""
        return self._native.sample_rate()

    @property
    def duration(self) -> float:
        """Its duration, in seconds."""
        return round(self._native.duration(), 9)

    @cached_property
    def info(self) -> GenerationInfo:
        """The state of the generation that it belongs to."""
        return GenerationInfo._from_json(self._native.info())

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments of the script, with their times in the speech and those of their words."""
        return self.info.segments

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that did not stop the generation."""
        return self.info.warnings

    @property
    def cost_usd(self) -> float:
        """The cost, in US dollars."""
        return self.info.cost_usd

    def subtitles(
        self,
        format: Literal["srt", "vtt"] = "srt",
        cues: Literal["sentences", "phrases", "words"] = "sentences",
    ) -> str:
        """Returns subtitles as SRT or WebVTT, with the text as written in the script.

        A cue shows a sentence, a phrase or one word, in at most two lines of 42 characters. WebVTT has the time of each word.
        """
        if format not in ("srt", "vtt"):
            raise ValueError(f"format must be 'srt' or 'vtt', not {format!r}")
        if cues not in ("sentences", "phrases", "words"):
            raise ValueError(f"cues must be 'sentences', 'phrases' or 'words', not {cues!r}")
        return self._native.subtitles(format == "vtt", cues)

    def encode(self, format: Format) -> bytes:
        """Encodes the speech as ``mp3``, ``opus``, ``flac`` or ``wav`` and returns the bytes of the file.

        Raises:
            InvalidInputError: ``output.format``.
        """
        return self._native.encode(format)

    async def encode_async(self, format: Format) -> bytes:
        """Encodes the speech without blocking the event loop."""
        return await self._native.encode_async(format)

    def save(self, path: StrPath | Writable, *, format: Format | None = None) -> None:
        """Writes a file atomically, in the format of its extension: ``.mp3``, ``.opus`` or ``.ogg``, ``.flac``, else WAV.

        Args:
            path: A path, or an object with a ``write`` that takes bytes, such as ``io.BytesIO``.
            format: The format, for an object whose name does not say it. Default: WAV.

        Raises:
            TypeError: A format is passed with a path, or ``write`` takes text.
            StorageError: ``output.unwritable``.
            InvalidInputError: ``output.format``.
        """
        if isinstance(path, Writable):
            path.write(self.encode(_format(path, format)))
        else:
            self._native.save(_path(path, format))

    async def save_async(self, path: StrPath | Writable, *, format: Format | None = None) -> None:
        """Writes a file without blocking the event loop. A ``write`` that is asynchronous is awaited."""
        if isinstance(path, Writable):
            written = path.write(await self.encode_async(_format(path, format)))
            if inspect.isawaitable(written):
                await written
        else:
            await self._native.save_async(_path(path, format))

    def play(self) -> None:
        """Plays the speech on this machine, with a program such as ``afplay``, ``aplay`` or ``ffplay``. In a notebook, show the
        speech instead: it is an audio player.

        Raises:
            RuntimeError: There is no such program, or it failed.
        """
        _player.play(self.wav)

    def __repr__(self) -> str:
        count = len(self.segments)
        return f"<Speech {self.duration:.2f} s, {count} segment{'' if count == 1 else 's'}, {self.info.engine}>"

    def _repr_html_(self) -> str:
        return _display.player(self)

    def __reduce__(self) -> Never:
        raise TypeError("a Speech cannot be pickled: send its wav, or the ID of its generation")


def _path(path: object, format: Format | None) -> str:
    if format is not None:
        raise TypeError("format is for file objects: the extension of a path chooses the format")
    return os.fspath(cast("str", path))


def _format(file: object, format: Format | None) -> Format:
    """Returns the format of a file object: the one passed, that of its name, or WAV."""
    if format is not None:
        return format
    extension = os.path.splitext(_files.name_of(file) or "")[1].lower()
    by_name: dict[str, Format] = {".mp3": "mp3", ".opus": "opus", ".ogg": "opus", ".oga": "opus", ".flac": "flac"}
    return by_name.get(extension, "wav")
