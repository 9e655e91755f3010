"""Cleaned recordings, several recordings of one voice, and speakers."""

from __future__ import annotations

import asyncio
import io
import random
import wave
from array import array
from pathlib import Path

import pytest

import loqui

VOICES = Path(__file__).parents[2] / "tests" / "voices"


def frames(name: str) -> array[int]:
    with wave.open(str(VOICES / name)) as file:
        return array("h", file.readframes(file.getnframes()))


def wav(samples: array[int], rate: int) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return data.getvalue()


def noisy() -> bytes:
    voice = frames("heart.wav")
    noise = random.Random(7)
    return wav(array("h", [int(x / 4 + noise.uniform(-400, 400)) for x in voice]), 24_000)


def dialogue() -> bytes:
    one, two = frames("rms.wav"), frames("slt.wav")
    return wav(one[: 6 * 16_000] + array("h", [0] * 5_000) + two[: 6 * 16_000], 16_000)


def test_cleaning_reports_each_step_and_values_before_and_after() -> None:
    sample = loqui.Sample.from_bytes(noisy(), clean=True)
    cleaning = sample.report.cleaning
    assert cleaning is not None
    outcomes = {step.step: step.outcome for step in cleaning.steps}
    assert outcomes["noise"] == "applied", cleaning
    assert cleaning.before.snr_db is not None
    assert cleaning.after.snr_db is not None
    assert cleaning.after.snr_db > cleaning.before.snr_db + 6
    assert sample.to_wav().startswith(b"RIFF")
    plain = loqui.Sample.from_bytes(noisy())
    assert plain.report.cleaning is None
    assert plain.clean().to_wav() == sample.to_wav()
    assert asyncio.run(plain.clean_async()).report == sample.report


def test_several_recordings_are_joined_and_others_are_named(client: loqui.Loqui) -> None:
    voice = loqui.Sample.join(loqui.Sample.open(VOICES / name) for name in ("slt.wav", "slt.mp3", "rms.wav"))
    used = [recording.start_seconds is not None for recording in voice.report.recordings]
    assert used == [True, True, False]
    assert "sample.other_speaker" in [finding.code for finding in voice.report.findings]
    first = client.add_sample(voice.with_name("Anna"))
    second = client.add_sample(loqui.Sample.open(VOICES / "slt.wav").with_name("anna"))
    assert (first.handle, second.handle) == ("anna", "anna-2")


def test_one_of_two_speakers_is_chosen() -> None:
    both = loqui.Sample.from_bytes(dialogue())
    speakers = both.speakers()
    assert [speaker.number for speaker in speakers] == [1, 2]
    assert all(speaker.preview.startswith(b"RIFF") and speaker.parts for speaker in speakers)
    assert asyncio.run(both.speakers_async()) == speakers
    assert both.speaker(2).report.speaker == 2
    with pytest.raises(loqui.errors.InvalidInputError) as raised:
        both.speaker(3)
    assert raised.value.code == "sample.no_speaker"
