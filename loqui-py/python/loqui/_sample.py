"""A checked recording of a voice."""

from __future__ import annotations

import os
import struct
from functools import cached_property
from typing import TYPE_CHECKING, Any, Never

from . import _files, _log, _loqui
from ._files import Source
from ._types import Report, Speaker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class Sample:
    """A checked recording of a voice: 5 to 30 seconds of clear speech, in WAV, MP3 and other formats.

    >>> Sample.from_bytes(b"not audio")
    Traceback (most recent call last):
    loqui.errors.InvalidInputError: this is text, not a recording [sample.unreadable]
    """

    __slots__ = ("__dict__", "_native")
    _native: _loqui.Sample

    def __init__(self, native: _loqui.Sample) -> None:
        if not isinstance(native, _loqui.Sample):
            raise TypeError("a Sample has no public constructor: use Sample.open(path) or Sample.from_bytes(data)")
        self._native = native

    @classmethod
    def open(cls, path: Source, *, clean: bool = False, speaker: int | None = None) -> Sample:
        """Reads and checks a file: a path, or an object with a ``read`` that returns bytes, such as an upload.

        >>> import io
        >>> Sample.open(io.BytesIO(b"not audio"))
        Traceback (most recent call last):
        loqui.errors.InvalidInputError: this is text, not a recording [sample.unreadable]

        Args:
            path: The file.
            clean: Clean the recording, as :meth:`clean`.
            speaker: Use only the speech of this speaker, numbered as by :meth:`speakers`.

        Raises:
            TypeError: The file yields text.
            NotFoundError: ``file.not_found``.
            InvalidInputError: ``sample.unreadable``, ``sample.unsupported_format``, ``sample.too_large``,
                ``sample.no_speaker``.
        """
        _log.follow()
        if isinstance(path, _files.Readable):
            return cls.from_bytes(_files.read(path))._named_like(path)._prepared(clean, speaker)
        return cls(_loqui.Sample.open(os.fspath(path)))._prepared(clean, speaker)

    @classmethod
    async def open_async(cls, path: Source, *, clean: bool = False, speaker: int | None = None) -> Sample:
        """Reads and checks a file without blocking the event loop. A ``read`` that is asynchronous is awaited."""
        _log.follow()
        if isinstance(path, _files.Readable):
            sample = (await cls.from_bytes_async(await _files.read_async(path)))._named_like(path)
        else:
            sample = cls(await _loqui.Sample.open_async(os.fspath(path)))
        return await sample._prepared_async(clean, speaker)

    @classmethod
    def from_bytes(
        cls, data: bytes | bytearray | memoryview, *, clean: bool = False, speaker: int | None = None
    ) -> Sample:
        """Checks a recording in memory: the bytes of a WAV, MP3 or other audio file.

        Args:
            data: The file.
            clean: Clean the recording, as :meth:`clean`.
            speaker: Use only the speech of this speaker, numbered as by :meth:`speakers`.

        Raises:
            InvalidInputError: ``sample.unreadable``, ``sample.unsupported_format``, ``sample.too_large``,
                ``sample.no_speaker``.
        """
        _log.follow()
        return cls(_loqui.Sample.from_bytes(bytes(data)))._prepared(clean, speaker)

    @classmethod
    async def from_bytes_async(
        cls, data: bytes | bytearray | memoryview, *, clean: bool = False, speaker: int | None = None
    ) -> Sample:
        """Checks a recording in memory without blocking the event loop."""
        _log.follow()
        sample = cls(await _loqui.Sample.from_bytes_async(bytes(data)))
        return await sample._prepared_async(clean, speaker)

    @classmethod
    def join(cls, samples: Iterable[Sample]) -> Sample:
        """Makes one sample from several recordings of the same voice: the best stretches of all.

        Recordings of another speaker and unusable ones are left out; findings of the :attr:`report` name them.

        Raises:
            InvalidInputError: None of the recordings is usable.
        """
        return cls(_loqui.Sample.prepare([sample._native for sample in samples], False, None))

    @classmethod
    async def join_async(cls, samples: Iterable[Sample]) -> Sample:
        """Makes one sample from several recordings without blocking the event loop."""
        return cls(await _loqui.Sample.prepare_async([sample._native for sample in samples], False, None))

    def clean(self) -> Sample:
        """Returns a sample of the cleaned recording: clipped peaks, rumble, hum, noise, silence and level are repaired.

        A step that would lose speech or change the voice is left out. ``report.cleaning`` lists all steps.
        """
        return self._prepared(clean=True, speaker=None)

    async def clean_async(self) -> Sample:
        """Cleans the recording without blocking the event loop."""
        return await self._prepared_async(clean=True, speaker=None)

    def speaker(self, number: int) -> Sample:
        """Returns a sample of the speech of one speaker, numbered as by :meth:`speakers`.

        Raises:
            InvalidInputError: ``sample.no_speaker``.
        """
        return self._prepared(clean=False, speaker=number)

    async def speaker_async(self, number: int) -> Sample:
        """Chooses a speaker without blocking the event loop."""
        return await self._prepared_async(clean=False, speaker=number)

    def speakers(self) -> list[Speaker]:
        """Finds the speakers: one, or the two that differ most, in the order in which they start to speak.

        Raises:
            InvalidInputError: ``sample.no_speech``.
        """
        return [Speaker._of(fields, preview) for fields, preview in self._native.speakers()]

    async def speakers_async(self) -> list[Speaker]:
        """Finds the speakers without blocking the event loop."""
        return [Speaker._of(fields, preview) for fields, preview in await self._native.speakers_async()]

    def to_wav(self) -> bytes:
        """Returns the recording as a mono WAV file of 16 bits, for example the cleaned recording."""
        return self._native.to_wav()

    def _prepared(self, clean: bool, speaker: int | None) -> Sample:
        if not clean and speaker is None:
            return self
        return Sample(_loqui.Sample.prepare([self._native], clean, speaker))

    async def _prepared_async(self, clean: bool, speaker: int | None) -> Sample:
        if not clean and speaker is None:
            return self
        return Sample(await _loqui.Sample.prepare_async([self._native], clean, speaker))

    @classmethod
    def from_numpy(cls, samples: NDArray[Any], sample_rate: int) -> Sample:
        """Checks decoded audio.

        Args:
            samples: One dimension, or two as frames by channels. Floats from -1 to 1, or integers over the full range
                of their type.
            sample_rate: In Hz.

        Raises:
            ValueError: The array has another shape or type.
            InvalidInputError: As :meth:`from_bytes`.
        """
        return cls.from_bytes(_wav(samples, sample_rate))

    @property
    def name(self) -> str:
        """Its name: the name of the file, or the start of its SHA-256."""
        return self._native.name()

    def with_name(self, name: str) -> Sample:
        """Returns the same sample with another name."""
        return Sample(self._native.with_name(name))

    def _named_like(self, file: object) -> Sample:
        name = _files.name_of(file)
        return self if name is None else self.with_name(name)

    @cached_property
    def report(self) -> Report:
        """The result of checking the recording."""
        return Report._from_json(self._native.report())

    @property
    def duration(self) -> float:
        """Its duration, in seconds."""
        return round(self._native.duration(), 9)

    @property
    def usable(self) -> bool:
        """Whether it can be used as a voice. If not, :attr:`report` says why."""
        return self.report.usable

    def __repr__(self) -> str:
        report = self.report
        return f"<Sample {self.name!r} {report.format} {self.duration:.2f} s{'' if report.usable else ', not usable'}>"

    def _repr_html_(self) -> str:
        return self.report._repr_html_()

    def __reduce__(self) -> Never:
        raise TypeError("a Sample cannot be pickled: keep the file and open it again")


def _wav(samples: NDArray[Any], sample_rate: int) -> bytes:
    """Returns the samples as a WAV file of 32-bit floats."""
    if samples.ndim not in (1, 2) or samples.dtype.kind not in "fiu":
        raise ValueError(
            f"samples must have 1 dimension, or 2 as frames by channels, of floats or integers, "
            f"not {samples.ndim} of {samples.dtype}"
        )
    floats = samples.astype("<f4")
    if samples.dtype.kind in "iu":
        half = 2.0 ** (8 * samples.dtype.itemsize - 1)
        floats = (samples / half - (1.0 if samples.dtype.kind == "u" else 0.0)).astype("<f4")
    data = floats.tobytes()
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    width = 4 * channels
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, channels, sample_rate, sample_rate * width, width, 32)
    chunks = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(chunks)) + chunks
