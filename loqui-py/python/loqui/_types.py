"""Plain values: what the library says about recordings, generations and texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from . import _display

Status = Literal["PENDING", "PROCESSING", "COMPLETED", "FAILED"]
Format = Literal["wav", "flac", "opus", "mp3"]
Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed.

    Attributes:
        code: Stable, for instance ``sample.noisy``.
        severity: How bad it is; an ``error`` stops before anything is paid.
        message: One line that says what was found.
        hint: What to do about it.
        value: What was measured, in ``unit``.
        limit: What it was held against, in ``unit``.
        unit: For instance ``s`` or ``dBFS``.
        position: Where it begins in the script, in characters from 0; for findings of scripts.
    """

    code: str
    severity: Severity
    message: str
    hint: str
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a recording is like, and whether a voice can be taken from it.

    Attributes:
        usable: False if a finding is an error.
        format: The container as its bytes say, for instance ``mp3``.
        duration_seconds: The length of what could be decoded.
        sample_rate: In Hz.
        channels: How many.
        measures: What was measured, by name with its unit, for instance ``snr_db``.
        findings: What was noticed.
    """

    usable: bool
    format: str
    duration_seconds: float | None
    sample_rate: int | None
    channels: int | None
    measures: dict[str, float | str | None]
    findings: tuple[Finding, ...]

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        findings = tuple(Finding(**finding) for finding in fields.pop("findings"))
        return cls(**fields, findings=findings)

    def _repr_html_(self) -> str:
        return _display.table(self)


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a generation.

    Attributes:
        generation: The generation.
        number: Its number within the generation, from 1, without gaps.
        at: When, as RFC 3339 in UTC.
        status: The status after it.
        stage: The stage after it.
        progress: How much is done, 0 to 100; never falls.
        message: One line for people.
    """

    generation: int
    number: int
    at: str
    status: Status
    stage: str
    progress: int
    message: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of the script.

    Attributes:
        index: Its place, from 0.
        text: The words as they were written.
        start: When it begins in the speech, in seconds.
        end: When it ends in the speech, in seconds.
        takes: How many takes were made.
        seed: The seed of the take that is heard.
        prediction_id: The provider's id of that take.
        similarity: How like the sample it sounds, -1 to 1, where it was measured; of the offline voice, what it
            came to when it was matched.
    """

    index: int
    text: str
    start: float | None
    end: float | None
    takes: int
    seed: int | None
    prediction_id: str | None
    similarity: float | None


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """Everything that is known of a generation.

    Attributes:
        generation: Its number.
        status: Where it stands.
        stage: What is being done.
        progress: How much is done, 0 to 100.
        engine: The engine's name.
        model: The model's full name.
        duration_seconds: How long the speech is.
        sample_rate: The rate of the speech, in Hz.
        cost_usd: What it costs so far.
        takes: How many takes were made.
        segments: The script, piece by piece.
        warnings: What was noticed.
        error: Why it failed: ``code``, ``message``, ``hint``, ``retryable``.
        output: The file it was written to, where a program did so.
    """

    generation: int
    status: Status
    stage: str
    progress: int
    engine: str
    model: str
    duration_seconds: float | None
    sample_rate: int
    cost_usd: float
    takes: int
    segments: tuple[Segment, ...]
    warnings: tuple[Finding, ...]
    error: dict[str, Any] | None = None
    output: str | None = field(default=None, repr=False)

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        segments = tuple(Segment(**segment) for segment in fields.pop("segments"))
        warnings = tuple(Finding(**finding) for finding in fields.pop("warnings"))
        return cls(**fields, segments=segments, warnings=warnings)


@dataclass(frozen=True, slots=True)
class ProgressEstimate:
    """How far a generation has come.

    Attributes:
        segments: How many segments the script has.
        segments_done: How many of them are spoken.
        seconds_done: How long the spoken ones are.
        cost_usd: What it costs so far.
        seconds_left: How long it will take from now at this pace; ``None`` before the first segment and after the last.
    """

    segments: int
    segments_done: int
    seconds_done: float
    cost_usd: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a text would come to.

    Attributes:
        characters: The length of the text.
        segments: How many takes it needs at least.
        duration_seconds: About how long the speech will be.
        cost_usd: What it costs if every first take is good.
        price_basis: What the price goes by.
        prices_as_of: The day the price was looked up.
    """

    characters: int
    segments: int
    duration_seconds: float
    cost_usd: float
    price_basis: str
    prices_as_of: str | None


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What was spent on one day.

    Attributes:
        day: The day (UTC), as ``2026-11-24``.
        total_usd: What was spent.
        takes: How many takes were made.
        characters: How many characters they said.
    """

    day: str
    total_usd: float
    takes: int
    characters: int


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What was spent on one model.

    Attributes:
        engine: The engine's name.
        model: The model's full name.
        total_usd: What was spent.
        takes: How many takes were made.
        characters: How many characters they said.
    """

    engine: str
    model: str
    total_usd: float
    takes: int
    characters: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What was spent.

    Attributes:
        total_usd: What was spent.
        reserved_usd: What is set aside for takes whose end is not known yet.
        by_day: The same by day, oldest first; days without takes are left out.
        by_model: The same by engine and model.
        takes: How many takes were made.
        characters: How many characters they said.
    """

    total_usd: float
    reserved_usd: float
    by_day: tuple[DayUsage, ...]
    by_model: tuple[ModelUsage, ...]
    takes: int
    characters: int

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        by_day = tuple(DayUsage(**day) for day in fields.pop("by_day"))
        by_model = tuple(ModelUsage(**model) for model in fields.pop("by_model"))
        return cls(**fields, by_day=by_day, by_model=by_model)


@dataclass(frozen=True, slots=True)
class SampleInfo:
    """A sample in the store.

    Attributes:
        id: Its number: give it to ``speak`` and ``submit`` instead of a sample.
        name: What people call it.
        sha256: The SHA-256 of the recording, in hexadecimal.
        seconds: How long the recording is.
        created_at: When it was added, as RFC 3339 in UTC.
        owner: Whose it is, where several people share a store.
        consent: That the speaker has agreed: ``statement`` and ``at``.
        report: What was found out about it when it was added.
    """

    id: int
    name: str
    sha256: str
    seconds: float
    created_at: str
    owner: str | None
    consent: dict[str, str] | None
    report: dict[str, Any] = field(repr=False)

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Self:
        return cls(**{name: fields[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Attributes:
        sample: The sample.
        generations: The generations whose words and speech are gone.
    """

    sample: int | None
    generations: tuple[int, ...]

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        return cls(fields["sample"], tuple(fields["generations"]))
