"""A checked recording of a voice."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

from . import _loqui
from ._types import Report


class Sample:
    """A recording that a voice is taken from: 5 to 30 seconds of clear speech, in WAV, MP3 and other formats.

    >>> Sample.from_bytes(b"not audio")
    Traceback (most recent call last):
    loqui.errors.InvalidInputError: this is not a recording: it is text [sample.unreadable]
    """

    __slots__ = ("__dict__", "_native")
    _native: _loqui.Sample

    def __init__(self, native: _loqui.Sample) -> None:
        self._native = native

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Sample:
        """Reads and checks a file.

        Raises:
            NotFoundError: ``file.not_found``.
            InvalidInputError: ``sample.unreadable``, ``sample.unsupported_format``, ``sample.too_large``.
        """
        return cls(_loqui.Sample.open(os.fspath(path)))

    @classmethod
    async def open_async(cls, path: str | os.PathLike[str]) -> Sample:
        """Reads and checks a file without blocking the event loop."""
        return cls(await _loqui.Sample.open_async(os.fspath(path)))

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> Sample:
        """Checks a recording in memory."""
        return cls(_loqui.Sample.from_bytes(bytes(data)))

    @cached_property
    def report(self) -> Report:
        """What the recording is like, and whether it can be used."""
        return Report._from_json(self._native.report())

    @property
    def duration(self) -> float:
        """How long it is, in seconds."""
        return self._native.duration()

    @property
    def usable(self) -> bool:
        """Whether a voice can be taken from it; if not, :attr:`report` says why."""
        return self.report.usable

    def __repr__(self) -> str:
        report = self.report
        return f"<Sample {report.format} {self.duration:.2f} s{'' if report.usable else ', not usable'}>"

    def __reduce__(self) -> Any:
        raise TypeError("a Sample cannot be pickled: keep the file and open it again")
