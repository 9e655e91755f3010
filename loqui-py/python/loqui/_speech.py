"""Finished speech."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Literal, Never, cast

from . import _display, _loqui
from ._types import Finding, Format, GenerationInfo, Segment


class Speech:
    """A script, spoken. A notebook shows it as a player."""

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
        """The samples from -1 to 1 as 32-bit floats, read-only; ``numpy.asarray`` takes them without copying."""
        # The type of what a buffer holds is known only when it is looked at.
        return cast("memoryview[float]", memoryview(self._native.samples()))

    @property
    def sample_rate(self) -> int:
        """The rate, in Hz."""
        return self._native.sample_rate()

    @property
    def duration(self) -> float:
        """How long it is, in seconds."""
        return self._native.duration()

    @cached_property
    def info(self) -> GenerationInfo:
        """The generation it came from."""
        return GenerationInfo._from_json(self._native.info())

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The script, piece by piece, with the times at which it is heard."""
        return self.info.segments

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What was noticed on the way."""
        return self.info.warnings

    @property
    def cost_usd(self) -> float:
        """What it cost, in US dollars."""
        return self.info.cost_usd

    def subtitles(self, format: Literal["srt", "vtt"] = "srt") -> str:
        """Returns subtitles as SRT or WebVTT, with the words as they stand in the script."""
        if format not in ("srt", "vtt"):
            raise ValueError(f"format must be 'srt' or 'vtt', not {format!r}")
        return self._native.subtitles(format == "vtt")

    def encode(self, format: Format) -> bytes:
        """Returns the file in another format: ``mp3``, ``opus``, ``flac`` or ``wav``.

        Raises:
            InvalidInputError: ``output.format``.
        """
        return self._native.encode(format)

    async def encode_async(self, format: Format) -> bytes:
        """Returns the file in another format without blocking the event loop."""
        return await self._native.encode_async(format)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a file in the format that its name asks for: ``.mp3``, ``.opus`` or ``.ogg``, ``.flac``, else WAV.
        There is either the whole file or none.

        Raises:
            StorageError: ``output.unwritable``.
            InvalidInputError: ``output.format``.
        """
        self._native.save(os.fspath(path))

    async def save_async(self, path: str | os.PathLike[str]) -> None:
        """Writes a file without blocking the event loop."""
        await self._native.save_async(os.fspath(path))

    def __repr__(self) -> str:
        count = len(self.segments)
        return f"<Speech {self.duration:.2f} s, {count} segment{'' if count == 1 else 's'}, {self.info.engine}>"

    def _repr_html_(self) -> str:
        return _display.player(self)

    def __reduce__(self) -> Never:
        raise TypeError("a Speech cannot be pickled: send its wav, or the number of its generation")
