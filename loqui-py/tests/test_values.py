"""Conversions: paths, bytes, arrays, buffers, exceptions, notebooks."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import pickle
import time
import wave
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from conftest import TESTS

import loqui
from loqui.testing import Emulator, recording

HEART = TESTS / "voices" / "heart.wav"


def decoded() -> tuple[np.ndarray, int]:
    with wave.open(str(HEART)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2"), file.getframerate()


@pytest.mark.parametrize("shape", ["int16", "float32", "float64", "int32", "uint8", "stereo"])
def test_a_sample_from_numpy_is_the_same_recording(shape: str) -> None:
    samples, rate = decoded()
    floats = samples / 32_768
    array = {
        "int16": samples,
        "float32": floats.astype("f4"),
        "float64": floats,
        "int32": samples.astype("i4") * 65_536,
        "uint8": (floats * 127 + 128).astype("u1"),
        "stereo": np.stack([floats, floats], axis=1),
    }[shape]
    sample = loqui.Sample.from_numpy(array, rate)
    expected = loqui.Sample.open(HEART).report
    assert sample.usable
    assert sample.report.channels == (2 if shape == "stereo" else 1)
    assert sample.duration == pytest.approx(expected.duration_seconds)
    heard, wanted = sample.report.measures.true_peak_dbtp, expected.measures.true_peak_dbtp
    assert heard == pytest.approx(wanted, abs=0.5 if shape == "uint8" else 0.05)


def test_an_array_of_an_unsupported_shape_or_type_is_refused() -> None:
    for array in (np.zeros((2, 2, 2)), np.zeros(8, dtype=complex), np.array(["a"])):
        with pytest.raises(ValueError, match="dimension"):
            loqui.Sample.from_numpy(array, 24_000)


def test_samples_are_read_without_copying_and_outlive_the_speech(client: loqui.Loqui, sample: loqui.Sample) -> None:
    speech = client.speak(sample, "Do not copy me.")
    view = speech.samples
    array = np.asarray(view)
    assert (array.dtype, array.shape, array.flags.writeable) == (np.float32, (len(view),), False)
    assert np.shares_memory(array, np.asarray(memoryview(speech._native.samples())))
    with wave.open(BytesIO(speech.wav)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    assert np.allclose(array, pcm / 32_768, atol=1 / 32_000)
    total = float(np.abs(array).sum())
    del speech, view
    assert float(np.abs(array).sum()) == total > 0
    with pytest.raises(TypeError):
        array.data[0] = 1.0


def test_paths_and_bytes_of_every_kind(client: loqui.Loqui, tmp_path: Path) -> None:
    data = HEART.read_bytes()
    for given in (data, bytearray(data), memoryview(data)):
        assert loqui.Sample.from_bytes(given).report.format == "wav"
    assert loqui.Sample.open(str(HEART)).name == "heart.wav"
    sample = asyncio.run(loqui.Sample.from_bytes_async(data)).with_name("me")
    assert sample.name == "me"
    speech = client.speak(sample, "Save me.")
    asyncio.run(speech.save_async(tmp_path / "a.wav"))
    speech.save(str(tmp_path / "b.wav"))
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes() == speech.wav


def test_pickling_a_handle_raises_with_advice(client: loqui.Loqui, sample: loqui.Sample) -> None:
    generation = client.submit(sample, "Pickle me.")
    speech = generation.wait()
    for value, advice in ((client, "each process"), (sample, "file"), (generation, "id"), (speech, "wav")):
        with pytest.raises(TypeError, match=advice):
            pickle.dumps(value)
    for plain in (speech.info, speech.segments, sample.report, client.estimate("Hello!"), client.usage()):
        assert pickle.loads(pickle.dumps(plain)) == plain


def test_notebook_output_is_a_player_and_a_report(client: loqui.Loqui, sample: loqui.Sample) -> None:
    speech = client.speak(sample, "Play me.")
    html = speech._repr_html_()
    assert "<audio controls" in html and base64.b64encode(speech.wav).decode() in html
    assert "can be used" in sample._repr_html_() and "snr_db" in sample._repr_html_()
    silence = loqui.Sample.from_numpy(np.zeros(240_000), 24_000)
    assert "cannot be used" in silence._repr_html_() and "sample.silent" in silence._repr_html_()


def test_an_error_has_a_class_a_hint_and_a_cause(sample: loqui.Sample, tmp_path: Path) -> None:
    with pytest.raises(loqui.errors.NotFoundError) as raised:
        loqui.Sample.open(tmp_path / "missing.wav")
    error = raised.value
    assert (error.code, error.retryable) == ("file.not_found", False)
    assert error.hint and isinstance(error.__cause__, Exception)
    assert str(error).endswith("[file.not_found]") and "\n" not in str(error)
    closed = loqui.Loqui(token="r8_" + "0" * 37, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(loqui.errors.DeadlineError) as late:
        closed.speak(sample, "Hello?", timeout=0.5)
    assert (late.value.code, late.value.retryable) == ("generation.deadline", True)
    assert late.value.generation_id == 1


def test_an_idempotency_key_makes_a_request_repeatable(emulator: Emulator, client: loqui.Loqui, sample: loqui.Sample) -> None:
    first = client.speak(sample, "Only once.", idempotency_key="a")
    again = client.speak(sample, "Only once.", idempotency_key="a")
    assert first.info.generation == again.info.generation
    assert emulator.paid_runs == 1
    with pytest.raises(loqui.errors.InvalidInputError, match=r"generation\.key_reused"):
        client.speak(sample, "Something else.", idempotency_key="a")


def test_a_stored_sample_can_be_used_and_erased(client: loqui.Loqui, sample: loqui.Sample) -> None:
    kept = client.add_sample(sample.with_name("me"), owner="ada", consent="I am the speaker")
    assert (kept.name, kept.owner, kept.seconds) == ("me", "ada", pytest.approx(sample.duration))
    assert kept.consent is not None and kept.consent.statement == "I am the speaker"
    assert timedelta(0) <= datetime.now(UTC) - kept.created_at < timedelta(minutes=5)
    assert kept.consent.at.tzinfo is not None and kept.report == sample.report
    assert client.samples() == [kept] == client.samples(owner="ada") and client.samples(owner="bob") == []
    generation = client.submit(kept.id, "By its number.", owner="ada")
    generation.wait()
    assert [found.id for found in client.generations(sample=kept.id, owner="ada", limit=1)] == [generation.id]
    assert client.generations(before=generation.id) == []
    erased = client.erase_sample(kept.id, speech=True)
    assert (erased.sample, erased.generations) == (kept.id, (generation.id,))
    with pytest.raises(loqui.errors.NotFoundError, match=r"sample\.not_found"):
        client.speak(kept.id, "Gone.")
    with pytest.raises(loqui.errors.NotFoundError):
        client.generation(generation.id)


def test_usage_adds_up_and_includes_erased_generations(emulator: Emulator, client: loqui.Loqui, sample: loqui.Sample) -> None:
    generation = client.submit(sample, "Count me.")
    cost = generation.wait().cost_usd
    before = client.usage()
    assert before.total_usd == pytest.approx(cost) and before.takes == 1 == emulator.paid_runs
    assert before.characters == len("Count me.")
    assert [model.model for model in before.by_model] == ["resemble-ai/chatterbox"]
    assert [day.day for day in before.by_day] == [datetime.now(UTC).date()]
    generation.erase()
    assert client.usage() == before


def test_the_speech_of_a_finished_generation_is_available(client: loqui.Loqui, sample: loqui.Sample) -> None:
    generation = client.submit(sample, "Here I am.")
    wav = generation.wait().wav
    assert generation.speech().wav == wav


def test_generate_speech_returns_path_duration_and_size(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", emulator.token)
    monkeypatch.setenv("REPLICATE_BASE_URL", emulator.base_url)
    monkeypatch.setenv("LOQUI_DATA_DIR", str(tmp_path))
    path, seconds, size = asyncio.run(loqui.generate_speech(str(HEART), "Hello! This is a test.", "Test Model"))
    assert isinstance(path, str) and Path(path).parent == tmp_path / "generated"
    assert Path(path).stat().st_size == size
    with wave.open(path) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(seconds)
    assert loqui.Loqui().samples()[0].name == "Test Model"


def test_a_webhook_needs_a_valid_signature(emulator: Emulator) -> None:
    body = json.dumps({"id": "abc", "status": "succeeded"}).encode()
    now = str(int(time.time()))
    key = base64.b64decode(emulator.webhook_secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, b"msg_1." + now.encode() + b"." + body, hashlib.sha256).digest())
    headers = {"Webhook-Id": "msg_1", "Webhook-Timestamp": now, "Webhook-Signature": f"v1,{signature.decode()}"}
    delivery = loqui.webhooks.verify(emulator.webhook_secret, headers, body)
    assert (delivery.id, delivery.prediction["status"]) == ("msg_1", "succeeded")
    assert delivery.sent_at == datetime.fromtimestamp(int(now), UTC)
    assert loqui.webhooks.verify(emulator.webhook_secret, list(headers.items()), bytearray(body)) == delivery
    with pytest.raises(loqui.errors.AuthenticationError, match=r"webhook\.invalid"):
        loqui.webhooks.verify(emulator.webhook_secret, headers, body + b" ")


def test_the_test_recording_passes_every_check() -> None:
    sample = recording()
    assert sample.usable and sample.report.findings == ()
    assert 8 < sample.duration < 30


class Upload:
    """An upload as FastAPI passes it: an asynchronous ``read`` around a blocking file."""

    def __init__(self, data: bytes, filename: str) -> None:
        self.file = BytesIO(data)
        self.filename = filename

    async def read(self) -> bytes:
        return self.file.read()


def test_a_sample_is_read_from_file_objects_and_uploads() -> None:
    data = HEART.read_bytes()
    with HEART.open("rb") as file:
        opened = loqui.Sample.open(file)
    assert opened.name == "heart.wav" and opened.usable
    assert loqui.Sample.open(BytesIO(data)).usable
    assert loqui.Sample.open(Upload(data, "me.wav")).name == "me.wav"
    awaited = asyncio.run(loqui.Sample.open_async(Upload(data, "folder/me.wav")))
    assert awaited.name == "me.wav" and awaited.usable
    with HEART.open(encoding="latin-1") as text, pytest.raises(TypeError, match="binary mode"):
        loqui.Sample.open(text)


def test_speak_takes_a_path_or_a_file(client: loqui.Loqui) -> None:
    assert client.speak(HEART, "From a path.").duration > 0
    assert client.speak(str(HEART), "From a str.").duration > 0
    assert client.speak(BytesIO(HEART.read_bytes()), "From a file.").duration > 0


def test_speak_async_takes_a_path_or_an_upload(async_client: loqui.AsyncLoqui) -> None:
    async def speak() -> None:
        assert (await async_client.speak(HEART, "From a path.")).duration > 0
        assert (await async_client.speak(Upload(HEART.read_bytes(), "me.wav"), "From an upload.")).duration > 0

    asyncio.run(speak())


def test_speech_is_written_to_file_objects(client: loqui.Loqui, sample: loqui.Sample, tmp_path: Path) -> None:
    speech = client.speak(sample, "Write me.")
    memory = BytesIO()
    speech.save(memory)
    assert memory.getvalue() == speech.wav
    memory = BytesIO()
    speech.save(memory, format="flac")
    assert memory.getvalue()[:4] == b"fLaC"
    with (tmp_path / "a.mp3").open("wb") as file:
        speech.save(file)
    assert (tmp_path / "a.mp3").read_bytes()[:3] == b"ID3"
    with pytest.raises(TypeError, match="extension"):
        speech.save(tmp_path / "b.wav", format="mp3")
    memory = BytesIO()
    asyncio.run(speech.save_async(memory, format="opus"))
    assert memory.getvalue()[:4] == b"OggS"


def test_durations_are_free_of_rounding_errors(client: loqui.Loqui, sample: loqui.Sample) -> None:
    for seconds in (client.speak(sample, "Say it.").duration, sample.duration):
        assert len(repr(seconds).partition(".")[2]) <= 9, seconds


def test_speech_is_played_by_a_program(
    client: loqui.Loqui, sample: loqui.Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = client.speak(sample, "Play me.")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="aplay"):
        speech.play()
    played = tmp_path / "played"
    player = tmp_path / "aplay"
    player.write_text(f'#!/bin/sh\n/bin/cat "$2" > {played}\n')
    player.chmod(0o755)
    speech.play()
    assert played.read_bytes() == speech.wav


def test_requests_have_a_timeout_and_a_number_of_retries(emulator: Emulator) -> None:
    client = loqui.Loqui(token=emulator.token, base_url=emulator.base_url, timeout=2.5, max_retries=0)
    assert client.engine == "replicate"
    with pytest.raises(ValueError, match="timeout"):
        loqui.Loqui(token="r8_x", timeout=-1)
    with pytest.raises(loqui.LoquiError, match="timeout"):
        loqui.Loqui(token="r8_x", timeout=0)
