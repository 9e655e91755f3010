"""Streaming, file formats and edited scripts."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path

import pytest

import loqui
from loqui.testing import Emulator

TEXT = "The first part is long enough to stand alone, and so is every other one of them.\n\n" * 4
STARTS = {"wav": b"RIFF", "flac": b"fLaC", "opus": b"OggS", "mp3": b"ID3"}


def seconds(wav: bytes) -> float:
    data = wav.index(b"data")
    return (len(wav) - data - 8) / 48_000


def test_audio_streams_while_the_generation_runs(client: loqui.Loqui, sample: loqui.Sample) -> None:
    generation = client.submit(sample, TEXT)
    pieces = generation.audio()
    first = next(pieces)
    assert first.startswith(b"RIFF") and b"AI-generated speech" in first[:200]
    assert generation.progress_estimate().segments == 4
    rest = list(pieces)
    assert len(rest) >= 3
    speech = generation.wait()
    assert seconds(b"".join([first, *rest])) == pytest.approx(speech.duration, abs=0.001)
    progress_estimate = generation.progress_estimate()
    assert (progress_estimate.segments_done, progress_estimate.seconds_left) == (4, None)
    assert progress_estimate.seconds_done > 10 and progress_estimate.cost_usd > 0


def test_asynchronous_streaming_yields_the_whole_speech(
    async_client: loqui.AsyncLoqui, sample: loqui.Sample
) -> None:
    async def run() -> tuple[float, float]:
        generation = await async_client.submit(sample, TEXT)
        whole = b"".join([piece async for piece in generation.audio("wav")])
        assert (await generation.progress_estimate()).segments_done == 4
        info = await generation.finish()
        return seconds(whole), info.duration_seconds or 0.0

    heard, written = asyncio.run(run())
    assert heard == pytest.approx(written, abs=0.01)


@pytest.mark.parametrize("format", ["wav", "flac", "opus", "mp3"])
def test_speech_is_written_in_every_format(
    format: loqui.Format, client: loqui.Loqui, sample: loqui.Sample, tmp_path: Path
) -> None:
    generation = client.submit(sample, "Once more, in every format.")
    assert generation.finish().status == "COMPLETED"
    path = tmp_path / f"out.{format}"
    generation.save(path)
    speech = generation.speech()
    encoded = speech.encode(format)
    for file in (path.read_bytes(), encoded, b"".join(generation.audio(format))):
        assert file.startswith(STARTS[format])
        assert loqui.Sample.from_bytes(file).duration == pytest.approx(speech.duration, abs=0.1)
    assert loqui.Sample.from_bytes(encoded).duration == pytest.approx(speech.duration, abs=0.001)
    assert asyncio.run(speech.encode_async(format)) == encoded
    speech.save(tmp_path / f"again.{format}")
    assert (tmp_path / f"again.{format}").read_bytes() == encoded


def test_an_unsupported_format_is_refused(client: loqui.Loqui, sample: loqui.Sample, tmp_path: Path) -> None:
    generation = client.submit(sample, "Hello!")
    speech = generation.wait()
    for call in (
        lambda: speech.encode("aac"),  # type: ignore[arg-type]
        lambda: speech.save(tmp_path / "out.m4a"),
        lambda: generation.save(tmp_path / "out.m4a"),
        lambda: next(generation.audio("midi")),  # type: ignore[arg-type]
    ):
        with pytest.raises(loqui.errors.InvalidInputError) as raised:
            call()
        assert raised.value.code == "output.format"
        assert ".opus" in (raised.value.hint or "")


def test_an_edited_script_pays_for_changed_segments_only(
    client: loqui.Loqui, emulator: Emulator, sample: loqui.Sample
) -> None:
    text = "\n\n".join(f"This is paragraph number {n}, and no other paragraph is like it." for n in range(4))
    client.speak(sample, text)
    client.speak(sample, text.replace("number 2", "number twenty-two"))
    assert emulator.paid_runs == 5
    client.speak(sample, text, reuse=False)
    assert emulator.paid_runs == 9
    client.speak(sample, text, reuse=True)
    assert emulator.paid_runs == 9


def test_a_failed_generation_ends_the_stream_with_its_error(
    client: loqui.Loqui, emulator: Emulator, sample: loqui.Sample
) -> None:
    emulator.fault("prediction_fails*always")
    generation = client.submit(sample, TEXT, max_takes=1)
    with pytest.raises(loqui.LoquiError):
        list(generation.audio())


def test_a_stream_begins_with_a_wav_header(client: loqui.Loqui, sample: loqui.Sample) -> None:
    first = next(client.submit(sample, TEXT).audio())
    channels, rate = struct.unpack("<HI", first[22:28])
    assert (channels, rate) == (1, 24_000)
