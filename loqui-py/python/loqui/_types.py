"""Immutable values: reports, events, estimates, usage."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Required, Self, TypedDict

from . import _display

if TYPE_CHECKING:
    from ._sample import Sample

Status = Literal["PENDING", "PROCESSING", "COMPLETED", "FAILED"]
Format = Literal["wav", "flac", "opus", "mp3", "m4b"]
Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about a recording, a script or a take.

    Attributes:
        code: Stable, for example ``sample.noisy``.
        severity: The severity. An ``error`` about a sample or a script stops the request before anything is paid.
        message: What was found, in one line.
        hint: How to fix it.
        value: The measured value, in ``unit``.
        limit: The limit that it was compared with, in ``unit``.
        unit: The unit, for example ``s`` or ``dBFS``.
        position: For findings about scripts: where it begins, in characters from 0.
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
class Measures:
    """The measurements of a recording. A value is ``None`` if it could not be measured.

    Attributes:
        speech_seconds: The amount of speech, in seconds.
        speech_ratio: The share of speech, 0 to 1.
        speech_by: How speech was detected: ``energy`` or ``network``. With ``energy``, music and voices are not measured.
        leading_silence_seconds: The silence before the first word, in seconds.
        longest_pause_seconds: The longest pause between words, in seconds.
        peak_dbfs: The largest sample of any channel, in dBFS.
        true_peak_dbtp: The largest peak between samples, in dBTP.
        rms_dbfs: The root mean square, in dBFS.
        loudness_lufs: The integrated loudness of the mono mix, in LUFS.
        dc_offset: The mean of all samples; full scale is 1.0.
        clipped_per_second: Clipped runs per second.
        snr_db: The signal-to-noise ratio of speech, in dB.
        noise_floor_dbfs: The noise between words, in dBFS.
        bandwidth_hz: The highest frequency that carries speech, in Hz.
        stereo_correlation: The correlation of left and right, -1 to 1; ``None`` for mono.
        modulation_ratio: The ratio of slow modulation of the level (syllables) to fast modulation (reverberation).
        voiced_seconds: The amount of voiced sound, in seconds.
        pitch_step_semitones: The median change of pitch in 10 ms, in semitones; small for held notes.
        held_note_share: The share of voiced stretches of 200 ms with a constant pitch, 0 to 1.
        speaker_similarity: The similarity of the two most different voices, 0 to 1.
        second_speaker_share: The share of speech of the second of those voices, 0 to 0.5.
        reference_start_seconds: The start of the part that engines receive, in seconds.
        reference_end_seconds: The end of the part that engines receive, in seconds.
        reference_reason: Why that part was chosen.
    """

    speech_seconds: float | None = None
    speech_ratio: float | None = None
    speech_by: str | None = None
    leading_silence_seconds: float | None = None
    longest_pause_seconds: float | None = None
    peak_dbfs: float | None = None
    true_peak_dbtp: float | None = None
    rms_dbfs: float | None = None
    loudness_lufs: float | None = None
    dc_offset: float | None = None
    clipped_per_second: float | None = None
    snr_db: float | None = None
    noise_floor_dbfs: float | None = None
    bandwidth_hz: float | None = None
    stereo_correlation: float | None = None
    modulation_ratio: float | None = None
    voiced_seconds: float | None = None
    pitch_step_semitones: float | None = None
    held_note_share: float | None = None
    speaker_similarity: float | None = None
    second_speaker_share: float | None = None
    reference_start_seconds: float | None = None
    reference_end_seconds: float | None = None
    reference_reason: str | None = None


@dataclass(frozen=True, slots=True)
class SoundMeasures:
    """The measurements that cleaning changes. A value is ``None`` if it could not be measured.

    Attributes:
        duration_seconds: The length, in seconds.
        loudness_lufs: The integrated loudness, in LUFS.
        true_peak_dbtp: The true peak, in dBTP.
        snr_db: The signal-to-noise ratio, in dB.
        noise_floor_dbfs: The noise between words, in dBFS.
        clipped_per_second: Clipped runs per second.
    """

    duration_seconds: float | None = None
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    snr_db: float | None = None
    noise_floor_dbfs: float | None = None
    clipped_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class CleaningStep:
    """One step of cleaning.

    Attributes:
        step: ``clipping``, ``rumble``, ``hum``, ``noise``, ``silence`` or ``level``.
        outcome: ``applied``, ``not_needed``, or ``left_out`` because it would have made the recording worse.
        reason: What it changed, or why it was not applied.
    """

    step: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What was done to clean a recording.

    Attributes:
        before: The recording as it was.
        after: The cleaned recording.
        similarity: The similarity of the voice before and after, 0 to 1. Removed noise lowers it as well.
        steps: All steps, in order.
    """

    before: SoundMeasures
    after: SoundMeasures
    similarity: float | None
    steps: tuple[CleaningStep, ...]

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Self:
        return cls(
            before=SoundMeasures(**fields["before"]),
            after=SoundMeasures(**fields["after"]),
            similarity=fields["similarity"],
            steps=tuple(CleaningStep(**step) for step in fields["steps"]),
        )


@dataclass(frozen=True, slots=True)
class JoinedRecording:
    """One of several recordings of a voice.

    Attributes:
        name: The name of the file.
        duration_seconds: Its length, in seconds.
        start_seconds: The start of the excerpt that is used, in seconds; ``None`` if none is used.
        end_seconds: The end of the excerpt that is used, in seconds.
        similarity: The similarity of its voice to that of the recording that is most like the others, 0 to 1.
    """

    name: str
    duration_seconds: float
    start_seconds: float | None
    end_seconds: float | None
    similarity: float | None


@dataclass(frozen=True, slots=True)
class SpeakerPart:
    """A part of a recording in which one speaker speaks.

    Attributes:
        start_seconds: Its start, in seconds.
        end_seconds: Its end, in seconds.
    """

    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker in a recording.

    Attributes:
        number: The number, from 1 in the order in which they start to speak.
        seconds: The length of their speech, in seconds.
        parts: Their parts of the recording.
        preview: Up to 5 s of their longest part, as a WAV file.
    """

    number: int
    seconds: float
    parts: tuple[SpeakerPart, ...]
    preview: bytes

    @classmethod
    def _of(cls, text: str, preview: bytes) -> Self:
        fields = json.loads(text)
        parts = tuple(SpeakerPart(**part) for part in fields["parts"])
        return cls(number=fields["number"], seconds=fields["seconds"], parts=parts, preview=preview)


@dataclass(frozen=True, slots=True)
class Report:
    """The result of checking a recording.

    Attributes:
        usable: Whether the recording can be used as a voice. False if a finding is an error.
        format: The container format, detected from the content, for example ``mp3``.
        duration_seconds: The decoded duration, in seconds.
        sample_rate: The sample rate, in Hz.
        channels: The number of channels.
        voice_channels: The channels that carry the voice, counted from 1. Their mean is used. Empty if the file cannot be
            decoded.
        measures: The measurements.
        findings: The findings, worst first.
        cleaning: What was done to clean the recording; ``None`` for one that was not cleaned.
        speaker: The number of the speaker that was chosen; ``None`` for a recording that was not divided.
        recordings: The recordings that were joined; empty for a single one.
    """

    usable: bool
    format: str
    duration_seconds: float | None
    sample_rate: int | None
    channels: int | None
    voice_channels: tuple[int, ...]
    measures: Measures
    findings: tuple[Finding, ...]
    cleaning: Cleaning | None = None
    speaker: int | None = None
    recordings: tuple[JoinedRecording, ...] = ()

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Self:
        voice_channels = tuple(fields.pop("voice_channels"))
        measures = Measures(**fields.pop("measures"))
        findings = tuple(Finding(**finding) for finding in fields.pop("findings"))
        cleaning = fields.pop("cleaning", None)
        recordings = tuple(JoinedRecording(**recording) for recording in fields.pop("recordings", ()))
        return cls(
            **fields,
            voice_channels=voice_channels,
            measures=measures,
            findings=findings,
            cleaning=cleaning and Cleaning._of(cleaning),
            recordings=recordings,
        )

    @classmethod
    def _from_json(cls, text: str) -> Self:
        return cls._of(json.loads(text))

    def _repr_html_(self) -> str:
        return _display.table(self)


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a generation.

    Attributes:
        generation: The ID of the generation.
        number: The number of the event within the generation, from 1, without gaps.
        at: When it happened, in UTC.
        status: The status after it.
        stage: The stage after it: ``queued``, ``speaking``, ``stitching`` (joining the segments) or ``done``.
        progress: How much is done, 0 to 100. It never decreases.
        message: A description, in one line.
    """

    generation: int
    number: int
    at: datetime
    status: Status
    stage: str
    progress: int
    message: str

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        return cls(**{**fields, "at": datetime.fromisoformat(fields["at"])})


class VoiceOptions(TypedDict, total=False):
    """One of several voices of a script.

    Attributes:
        sample: A sample, or the ID of a stored sample.
        gain: How much louder the voice is than the others, which are equally loud, in dB.
        model: The model of this voice.
        exaggeration: How expressive this voice is.
        cfg_weight: How closely its pace follows the sample.
        temperature: How much its takes vary.
        seed: The seed of its takes.
        language: The language of its text.
    """

    sample: Required[Sample | int]
    gain: float | None
    model: str | None
    exaggeration: float | None
    cfg_weight: float | None
    temperature: float | None
    seed: int | None
    language: str | None


class Turn(TypedDict, total=False):
    """A turn of a dialogue.

    Attributes:
        text: The text to speak.
        voice: The label of the voice. Without one, the turn has the voice of the sample.
    """

    text: Required[str]
    voice: str


class Edit(TypedDict, total=False):
    """A change of a generation.

    Attributes:
        op: ``change``, ``insert``, ``delete``, ``move``, ``retake`` or ``pick``.
        sentence: The number of the sentence (:attr:`Segment.number`). Not for ``insert``.
        after: For ``insert`` and ``move``: the number of the sentence before; 0 for the beginning.
        text: For ``change`` and ``insert``: the text.
        voice: For ``change`` and ``insert``: the label of another voice.
        take: For ``pick``: the number of the take.
    """

    op: Required[Literal["change", "insert", "delete", "move", "retake", "pick"]]
    sentence: int
    after: int
    text: str
    voice: str | None
    take: int


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One of several voices of a generation.

    Attributes:
        label: The label in the script.
        sample: The ID of the sample.
        model: The full name of the model.
        gain_db: How much louder it is than the others, in dB.
    """

    label: str
    sample: int
    model: str
    gain_db: float


@dataclass(frozen=True, slots=True)
class TakeInfo:
    """A take of a segment that can be chosen.

    Attributes:
        take: Its number.
        kept: Whether it is part of the speech.
        duration_seconds: Its length, in seconds.
        seed: Its seed.
        similarity: The speaker similarity of take and sample, -1 to 1, if it was measured.
    """

    take: int
    kept: bool
    duration_seconds: float | None
    seed: int
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a segment with its time.

    Attributes:
        text: The word as written, with its punctuation. ``$5-10`` is one word, also if it is spoken as several ones.
        start: Where it begins in the speech, in seconds.
        end: Where it ends in the speech, in seconds.
        estimated: Whether the times are an estimate between two pauses, and neither known nor aligned.
    """

    text: str
    start: float
    end: float
    estimated: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a script, which the model speaks in one call. Each such call is a take.

    Attributes:
        index: Its position, from 0.
        text: The text as written.
        start: Where it begins in the speech, in seconds.
        end: Where it ends in the speech, in seconds.
        takes: The number of takes.
        seed: The seed of the take in use.
        prediction_id: The provider's ID of that take.
        similarity: The speaker similarity of take and sample, -1 to 1, if it was measured. For the offline voice, the
            similarity of the matched voice.
        words: The words with their times. Empty before the speech is finished, and in ``Generation.info()``.
        id: The number by which edits name the sentence, if the script was split by sentences.
        voice: The label of the voice, in a script with several voices.
        choices: The takes that can be chosen, if there are several.
    """

    index: int
    text: str
    start: float | None
    end: float | None
    takes: int
    seed: int | None
    prediction_id: str | None
    similarity: float | None
    id: int | None = None
    voice: str | None = None
    choices: tuple[TakeInfo, ...] = ()
    words: tuple[Word, ...] = field(default=(), repr=False)

    @property
    def number(self) -> int:
        """The number by which edits name it: its ``id``, or else its position, from 1."""
        return self.index + 1 if self.id is None else self.id

    @classmethod
    def _from_fields(cls, fields: dict[str, Any]) -> Self:
        choices = tuple(TakeInfo(**choice) for choice in fields.pop("choices", ()))
        words = tuple(Word(**word) for word in fields.pop("words"))
        return cls(**fields, choices=choices, words=words)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a script: what stands between two headings.

    Attributes:
        title: The title. Empty for a text before the first heading, if the script has no title.
        level: The level of the heading, 1 for the highest, up to 6.
        segments: The index of the first segment, and the index past the last one.
        start: Where it begins in the speech, in seconds.
        end: Where it ends in the speech, in seconds: where the next chapter begins.
    """

    title: str
    level: int
    segments: tuple[int, int]
    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """Why a generation failed.

    Attributes:
        code: Stable, for example ``generation.deadline``.
        message: What happened, in one line.
        hint: How to fix it.
        retryable: Whether a retry may succeed.
    """

    code: str
    message: str
    hint: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """The state of a generation.

    Attributes:
        generation: Its ID.
        status: Its status.
        stage: The current stage: ``queued``, ``speaking``, ``stitching`` (joining the segments) or ``done``.
        progress: How much is done, 0 to 100.
        engine: The name of the engine.
        model: The full name of the model.
        duration_seconds: The duration of the speech, in seconds.
        sample_rate: The sample rate of the speech, in Hz.
        cost_usd: The cost so far, in US dollars.
        takes: The number of takes.
        segments: The segments of the script.
        chapters: The chapters of the script. None without headings.
        warnings: Findings that did not stop it.
        error: Why it failed.
        output: The file that the program ``loqui`` wrote, in its ``--json`` output. Always ``None`` here.
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
    chapters: tuple[Chapter, ...]
    warnings: tuple[Finding, ...]
    error: ErrorInfo | None = None
    output: str | None = field(default=None, repr=False)
    parent: int | None = None
    voices: tuple[VoiceInfo, ...] = ()

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        segments = tuple(Segment._from_fields(segment) for segment in fields.pop("segments"))
        chapters = tuple(
            Chapter(**{**chapter, "segments": tuple(chapter["segments"])}) for chapter in fields.pop("chapters")
        )
        voices = tuple(VoiceInfo(**voice) for voice in fields.pop("voices", ()))
        warnings = tuple(Finding(**finding) for finding in fields.pop("warnings"))
        failure = fields.pop("error", None)
        error = None if failure is None else ErrorInfo(**failure)
        return cls(**fields, segments=segments, chapters=chapters, voices=voices, warnings=warnings, error=error)


@dataclass(frozen=True, slots=True)
class ProgressEstimate:
    """The progress of a generation.

    Attributes:
        segments: The number of segments.
        segments_done: The number of finished segments.
        seconds_done: The duration of the finished segments, in seconds.
        cost_usd: The cost so far, in US dollars.
        seconds_left: The estimated time left, in seconds. ``None`` before the first segment and after the last one.
    """

    segments: int
    segments_done: int
    seconds_done: float
    cost_usd: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The estimated size and cost of a text.

    Attributes:
        characters: The length of the text.
        segments: The number of segments, and so the least number of takes.
        duration_seconds: The estimated duration of the speech, in seconds.
        cost_usd: The cost with one take of each segment, in US dollars.
        price_basis: What the price is based on.
        prices_as_of: The date of the prices.
    """

    characters: int
    segments: int
    duration_seconds: float
    cost_usd: float
    price_basis: str
    prices_as_of: date | None

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        day = fields.pop("prices_as_of")
        return cls(**fields, prices_as_of=None if day is None else date.fromisoformat(day))


@dataclass(frozen=True, slots=True)
class TokenReading:
    """A token that is not spoken as it is written.

    Attributes:
        written: The token as written.
        spoken: The words for it. Empty if it is left out.
        class_: What it stands for, for example ``date``. The key is ``class`` in JSON.
        reason: Why an ambiguous token is read this way.
    """

    written: str
    spoken: str
    class_: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptSegment:
    """What is written and what is spoken in one segment.

    Attributes:
        index: The index in the script, from 0.
        text: The text as written, without markup.
        spoken: The text as sent to the engine.
        boundary: The boundary after the segment: ``word``, ``clause``, ``sentence``, ``paragraph``, ``chapter`` or
            ``end``.
        pause_seconds: The pause after the segment, in seconds.
        readings: The tokens that are not spoken as they are written.
        voice: The label of the voice, in a script with several voices.
    """

    index: int
    text: str
    spoken: str
    boundary: str
    pause_seconds: float
    readings: tuple[TokenReading, ...]
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptChapter:
    """A chapter of a script, and how long it will be.

    Attributes:
        title: The title. Empty for a text before the first heading, if the script has no title.
        level: The level of the heading, 1 for the highest, up to 6.
        segments: The index of the first segment, and the index past the last one.
        duration_seconds: The estimated duration with its pauses, in seconds.
    """

    title: str
    level: int
    segments: tuple[int, int]
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class Script:
    """What is written and what is spoken, segment by segment.

    Attributes:
        language: The language in which the text is read, for example ``en-GB``.
        segments: The segments, in order.
        findings: What may sound wrong.
        chapters: The chapters, in order. None without headings.
        title: The title that the script gives itself.
        authors: The authors that the script names.
    """

    language: str | None
    segments: tuple[ScriptSegment, ...]
    findings: tuple[Finding, ...]
    chapters: tuple[ScriptChapter, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        segments = []
        for segment in fields["segments"]:
            readings = [
                TokenReading(reading["written"], reading["spoken"], reading["class"], reading.get("reason"))
                for reading in segment.pop("readings")
            ]
            segments.append(ScriptSegment(**segment, readings=tuple(readings)))
        findings = tuple(Finding(**finding) for finding in fields["findings"])
        chapters = tuple(
            ScriptChapter(**{**chapter, "segments": tuple(chapter["segments"])}) for chapter in fields["chapters"]
        )
        title, authors = fields.get("title"), tuple(fields.get("authors", ()))
        return cls(fields["language"], tuple(segments), findings, chapters, title, authors)


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """What a file with a script contains. Pass its text and its format to ``speak``.

    Attributes:
        text: The text to speak. A book has become a document in JSON.
        format: The format of the text, as the option ``format``.
        findings: What was left out of a book, and what is damaged in it.
    """

    text: str
    format: str
    findings: tuple[Finding, ...]

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        return cls(fields["text"], fields["format"], tuple(Finding(**finding) for finding in fields["findings"]))


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of a file whose loudness was set.

    Attributes:
        loudness_lufs: The integrated loudness, in LUFS.
        true_peak_dbtp: The true peak, in dBTP.
        peak_dbfs: The largest sample, in dBFS.
        rms_dbfs: The RMS level of the whole file, in dBFS.
        noise_floor_dbfs: The RMS level of the quietest half second, in dBFS.
        gain_db: The gain, in dB.
        acx: Whether the requirements of ACX are met, if they were asked for.
    """

    loudness_lufs: float
    true_peak_dbtp: float
    peak_dbfs: float
    rms_dbfs: float
    noise_floor_dbfs: float
    gain_db: float
    acx: bool | None = None


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file with a chapter.

    Attributes:
        path: The path.
        title: The title.
        start: Where its speech begins in the whole speech, in seconds.
        duration_seconds: The duration of the file, in seconds.
        mastering: The levels, if the loudness was set.
    """

    path: str
    title: str | None
    start: float
    duration_seconds: float
    mastering: Levels | None = None

    @classmethod
    def _list_from_json(cls, text: str) -> list[Self]:
        files = []
        for fields in json.loads(text):
            levels = fields.pop("mastering", None)
            files.append(cls(**fields, mastering=None if levels is None else Levels(**levels)))
        return files


@dataclass(frozen=True, slots=True)
class DayUsage:
    """The usage of one day.

    Attributes:
        day: The day, in UTC.
        total_usd: The cost, in US dollars.
        takes: The number of takes.
        characters: The number of characters spoken.
    """

    day: date
    total_usd: float
    takes: int
    characters: int

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "day": date.fromisoformat(fields["day"])})


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """The usage of one model.

    Attributes:
        engine: The name of the engine.
        model: The full name of the model.
        total_usd: The cost, in US dollars.
        takes: The number of takes.
        characters: The number of characters spoken.
    """

    engine: str
    model: str
    total_usd: float
    takes: int
    characters: int


@dataclass(frozen=True, slots=True)
class Usage:
    """The cost of all takes, in total, by day and by model.

    Attributes:
        total_usd: The cost, in US dollars.
        reserved_usd: The amount reserved for takes that have not ended.
        by_day: The usage of each day, oldest first. Days without takes are left out.
        by_model: The usage of each engine and model.
        takes: The number of takes.
        characters: The number of characters spoken.
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
        by_day = tuple(DayUsage._of(day) for day in fields.pop("by_day"))
        by_model = tuple(ModelUsage(**model) for model in fields.pop("by_model"))
        return cls(**fields, by_day=by_day, by_model=by_model)


@dataclass(frozen=True, slots=True)
class Consent:
    """The speaker's consent.

    Attributes:
        statement: The statement, in words.
        at: When it was recorded, in UTC.
    """

    statement: str
    at: datetime

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Self:
        return cls(fields["statement"], datetime.fromisoformat(fields["at"]))


@dataclass(frozen=True, slots=True)
class SampleInfo:
    """A stored sample.

    Attributes:
        id: Its ID. ``speak`` and ``submit`` take it in place of a sample.
        name: Its name. It may repeat.
        handle: Its name for command lines and other programs: unique for its owner.
        sha256: The SHA-256 of the recording, in hexadecimal.
        seconds: The duration of the recording, in seconds.
        created_at: When it was stored, in UTC.
        owner: Its owner, if several users share a store.
        consent: The speaker's consent.
        report: The result of checking it.
    """

    id: int
    name: str
    handle: str
    sha256: str
    seconds: float
    created_at: datetime
    owner: str | None
    consent: Consent | None
    report: Report = field(repr=False)

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Self:
        consent = fields["consent"]
        return cls(
            id=fields["id"],
            name=fields["name"],
            handle=fields["handle"],
            sha256=fields["sha256"],
            seconds=fields["seconds"],
            created_at=datetime.fromisoformat(fields["created_at"]),
            owner=fields["owner"],
            consent=None if consent is None else Consent._of(consent),
            report=Report._of(fields["report"]),
        )


@dataclass(frozen=True, slots=True)
class Erased:
    """The objects that a call erased.

    Attributes:
        sample: The ID of the sample.
        generations: The IDs of the generations whose text and speech were erased.
    """

    sample: int | None
    generations: tuple[int, ...]

    @classmethod
    def _from_json(cls, text: str) -> Self:
        fields = json.loads(text)
        return cls(fields["sample"], tuple(fields["generations"]))
