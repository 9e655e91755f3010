"""Blocking and asynchronous calls, cancellation, errors and values."""

from __future__ import annotations

import asyncio
import pickle
import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import TESTS

import loqui
from loqui.errors import by_kind
from loqui.testing import Emulator


def test_every_error_code_maps_to_the_class_of_the_table() -> None:
    table = tomllib.loads((TESTS / "spec" / "errors.toml").read_text())["error"]
    assert len(table) > 20
    for row in table:
        assert by_kind(row["kind"]).__name__ == row["python"]


def test_an_error_survives_pickling() -> None:
    error = loqui.errors.PaymentError("no credit", code="replicate.insufficient_credit", hint="pay", generation_id=7)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.hint, again.generation_id) == (type(error), error.code, "pay", 7)


def test_a_missing_token_has_a_hint() -> None:
    with pytest.raises(loqui.errors.AuthenticationError) as raised:
        loqui.Loqui()
    assert raised.value.code == "replicate.missing_token"
    assert "offline" in (raised.value.hint or "")


def test_an_unknown_engine_and_an_unknown_option_are_refused(client: loqui.Loqui, sample: loqui.Sample) -> None:
    with pytest.raises(loqui.errors.InvalidInputError, match=r"engine\.unknown"):
        loqui.Loqui(engine="parrot")
    with pytest.raises(TypeError, match="volume"):
        client.speak(sample, "Hello!", volume=11)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"exageration": 1}, "^unknown option exageration: use model, exaggeration"),
        ({"timeout": "5"}, "^timeout must be a number of seconds, not str$"),
        ({"deadline": timedelta(seconds=5)}, "^deadline must be a number of seconds, not timedelta$"),
        ({"deadline": 5, "timeout": 5}, "^deadline: given twice, by different names$"),
        ({"seed": -1}, "^seed: invalid value"),
        ({"timeout": timedelta(seconds=5)}, "^timeout must be a number of seconds, not timedelta$"),
        ({"seed": 1.5}, "^seed must be an int, not float$"),
        ({"reuse": "yes"}, "^reuse must be a bool, not str$"),
    ],
)
def test_an_error_about_an_option_names_it(
    client: loqui.Loqui, sample: loqui.Sample, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        client.speak(sample, "Hello!", **options)


def test_common_mistakes_have_helpful_errors(
    client: loqui.Loqui, sample: loqui.Sample, emulator: Emulator
) -> None:
    with pytest.raises(TypeError, match=r"use Sample\.open\(path\)"):
        loqui.Sample("me.wav")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="^the text must be a str, not NoneType$"):
        client.speak(sample, None)  # type: ignore[arg-type]
    forgotten = loqui.Sample.open_async("me.wav")
    with pytest.raises(TypeError, match=r"await Sample\.open_async\(path\)"):
        client.speak(forgotten, "Hello!")  # type: ignore[arg-type]
    forgotten.close()
    with pytest.raises(ValueError, match='^there is no fault "nope": use one of .*drop_after_accept'):
        emulator.fault("nope")
    assert client.speak(sample, "Hello!", budget=Decimal("0.5"), seed=True).duration > 0  # every numeric type
    assert repr(emulator) == f"<Emulator {emulator.base_url}>"


def test_events_are_ordered_and_end_with_completed(client: loqui.Loqui, sample: loqui.Sample) -> None:
    generation = client.submit(sample, "One. " * 100)
    events = list(generation.events())
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert events[0].status == "PENDING"
    assert events[-1].status == "COMPLETED" == generation.status
    progress = [event.progress for event in events]
    assert progress == sorted(progress)
    assert progress[-1] == 100 and 100 not in progress[:-1]
    assert list(generation.events(after=events[-2].number)) == events[-1:]
    assert all(timedelta(0) <= datetime.now(UTC) - event.at < timedelta(minutes=5) for event in events)


def test_the_deadline_stops_the_generation(emulator: Emulator, client: loqui.Loqui, sample: loqui.Sample) -> None:
    emulator.fault("stuck_in_processing*always")
    for options in ({"deadline": 0.5}, {"timeout": 0.5}):
        with pytest.raises(loqui.errors.DeadlineError):
            client.speak(sample, "This never ends.", **options)  # type: ignore[arg-type]
        [latest, *_] = client.generations(limit=1)
        assert latest.status == "FAILED"
        assert latest.info().error == loqui.ErrorInfo(
            "generation.deadline", latest.info().error.message, latest.info().error.hint, True  # type: ignore[union-attr]
        )


def test_the_constructor_takes_keyword_arguments_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        loqui.Loqui("r8_token")  # type: ignore[misc]


def test_a_number_that_is_not_finite_is_refused(client: loqui.Loqui, sample: loqui.Sample) -> None:
    with pytest.raises(ValueError, match="^temperature: nan is not finite$"):
        client.speak(sample, "Hello!", temperature=float("nan"))


def test_a_cancelled_wait_for_events_loses_none(
    async_client: loqui.AsyncLoqui, sample: loqui.Sample
) -> None:
    async def run() -> list[int]:
        generation = await async_client.submit(sample, "Two. " * 100)
        seen: list[int] = []
        while True:
            try:
                async with asyncio.timeout(0.01):
                    async for event in generation.events(after=len(seen)):
                        seen.append(event.number)
                    return seen
            except TimeoutError:
                continue

    numbers = asyncio.run(run())
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_timeout_of_wait_leaves_the_generation_running(emulator: Emulator, client: loqui.Loqui, sample: loqui.Sample) -> None:
    emulator.fault("slow_run:1500")
    generation = client.submit(sample, "Take your time.")
    with pytest.raises(TimeoutError):
        generation.wait(timeout=0.05)
    assert generation.wait().duration > 0
    assert emulator.paid_runs == 1


def test_cancelling_the_task_cancels_the_prediction(
    emulator: Emulator, async_client: loqui.AsyncLoqui, sample: loqui.Sample
) -> None:
    emulator.fault("stuck_in_processing")

    async def run() -> loqui.AsyncGeneration:
        task = asyncio.create_task(async_client.speak(sample, "This never ends."))
        while not emulator.ledger["creates"]:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        [generation] = await async_client.generations()
        with pytest.raises(loqui.errors.GenerationCancelledError):
            await generation.wait()
        return generation

    asyncio.run(run())
    assert emulator.ledger["creates"][0]["status"] in ("canceled", "aborted")


def test_a_cancelled_generation_can_be_retried(emulator: Emulator, client: loqui.Loqui, sample: loqui.Sample) -> None:
    emulator.fault("stuck_in_processing")
    generation = client.submit(sample, "Stop. And go on.")
    generation.cancel()
    with pytest.raises(loqui.errors.GenerationCancelledError) as raised:
        generation.wait()
    assert raised.value.generation_id == generation.id
    emulator.clear_faults()
    generation.retry()
    assert generation.wait().duration > 0
    with pytest.raises(loqui.errors.InvalidInputError, match=r"generation\.not_failed"):
        generation.retry()


def test_a_data_directory_persists_generations(emulator: Emulator, sample: loqui.Sample, tmp_path: Path) -> None:
    def client() -> loqui.Loqui:
        return loqui.Loqui(token=emulator.token, base_url=emulator.base_url, data_dir=tmp_path)

    generation = client().submit(sample, "Written down.")
    generation.wait()
    again = client().generation(generation.id)
    assert again.status == "COMPLETED"
    assert again.wait().segments[0].text == "Written down."
    assert emulator.paid_runs == 1
    with pytest.raises(loqui.errors.NotFoundError, match=r"generation\.not_found"):
        client().generation(4711)


def test_a_failed_save_leaves_no_file(client: loqui.Loqui, sample: loqui.Sample, tmp_path: Path) -> None:
    speech = client.speak(sample, "Save me.")
    speech.save(tmp_path / "out.wav")
    assert (tmp_path / "out.wav").read_bytes() == speech.wav
    with pytest.raises(loqui.errors.StorageError, match=r"output\.unwritable"):
        speech.save(tmp_path / "missing" / "out.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["out.wav"]


def test_values_have_a_readable_repr(client: loqui.Loqui, sample: loqui.Sample) -> None:
    speech = client.speak(sample, "Print me.")
    assert repr(client) == "<Loqui replicate>"
    assert "wav" in repr(sample)
    assert "1 segment," in repr(speech)
    assert speech.subtitles("srt").startswith("1\n00:00:00,")
    assert speech.subtitles("vtt").startswith("WEBVTT")
    assert speech.subtitles(cues="words").count(" --> ") == 2
    with pytest.raises(ValueError, match="cues must be"):
        speech.subtitles(cues="letters")  # type: ignore[arg-type]
    assert speech.samples.format == "f"
    assert max(speech.samples) <= 1.0


def test_words_have_times(client: loqui.Loqui, sample: loqui.Sample) -> None:
    speech = client.speak(sample, "It costs $5-10, they say.", speed=1.25, leading_silence=0.5)
    words = speech.segments[0].words
    assert [word.text for word in words] == ["It", "costs", "$5-10,", "they", "say."]
    assert words[0].start >= 0.5
    assert all(word.start < word.end and not word.estimated for word in words)
    assert all(word.end <= following.start for word, following in zip(words, words[1:], strict=False))
    assert f">{words[2].text}" in speech.subtitles("vtt")
    generation = client.generation(speech.info.generation)
    assert generation.info().segments[0].words == ()
    assert generation.info_with_words().segments == speech.segments


def test_an_estimate_sends_no_request(emulator: Emulator, client: loqui.Loqui) -> None:
    estimate = client.estimate("Hello! " * 100)
    assert estimate.segments >= 3
    assert estimate.cost_usd > 0
    assert emulator.ledger["requests"] == 0


def test_a_script_shows_what_is_written_and_spoken(emulator: Emulator, client: loqui.Loqui) -> None:
    script = client.script(
        "Ms. Nguyen paid $5 on **01/10/2024**.", language="en-GB", format="markdown", pronunciations="Nguyen = win"
    )
    assert script.language == "en-GB"
    (segment,) = script.segments
    assert segment.text == "Ms. Nguyen paid $5 on 01/10/2024."
    assert segment.spoken == "Miz win paid five dollars on the first of October twenty twenty-four."
    assert segment.boundary == "end"
    assert {reading.class_ for reading in segment.readings} >= {"money", "date", "respelled"}
    assert client.script("Dear {{name}}, hello.").findings[0].code == "script.placeholder"
    assert emulator.ledger["requests"] == 0
    with pytest.raises(loqui.errors.InvalidInputError, match="line 1"):
        client.script("Hello.", pronunciations="no sign")
