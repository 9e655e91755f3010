"""Scripts with several voices, and edits."""

from __future__ import annotations

import asyncio

import pytest
from conftest import TESTS

import loqui
from loqui.testing import Emulator

PLAY = "[anna]: Good morning to you, Bob.\n[bob]: Good morning to you, Anna.\n[anna]: How do you do today?"


@pytest.fixture(scope="module")
def other() -> loqui.Sample:
    return loqui.Sample.open(TESTS / "voices" / "slt.wav")


def test_each_turn_has_its_voice_and_one_change_is_one_paid_run(
    client: loqui.Loqui, emulator: Emulator, sample: loqui.Sample, other: loqui.Sample
) -> None:
    generation = client.submit(None, PLAY, voices={"anna": sample, "bob": {"sample": other, "gain": -2}}, editable=True)
    info = generation.finish()
    assert [segment.voice for segment in info.segments] == ["anna", "bob", "anna"]
    assert [(voice.label, voice.gain_db) for voice in info.voices] == [("anna", 0.0), ("bob", -2.0)]
    assert emulator.paid_runs == 3

    edited = generation.edit([{"op": "change", "sentence": 2, "text": "Good evening to you, Anna."}])
    speech = edited.wait()
    assert emulator.paid_runs == 4
    assert speech.segments[1].text == "Good evening to you, Anna."
    assert edited.info().parent == generation.id

    retaken = edited.edit([{"op": "retake", "sentence": 1}, {"op": "delete", "sentence": 3}])
    segments = retaken.finish().segments
    assert [segment.number for segment in segments] == [1, 2]
    assert [(choice.take, choice.kept) for choice in segments[0].choices] == [(1, False), (2, True)]
    assert retaken.edit([{"op": "pick", "sentence": 1, "take": 1}]).finish().takes == 0
    assert emulator.paid_runs == 5


def test_turns_are_spoken_with_await(
    async_client: loqui.AsyncLoqui, sample: loqui.Sample, other: loqui.Sample
) -> None:
    async def run() -> None:
        turns: list[loqui.Turn] = [{"voice": "anna", "text": "Good morning."}, {"text": "She looked up."}]
        speech = await async_client.speak(other, turns, voices={"anna": sample})
        assert [segment.voice for segment in speech.segments] == ["anna", None]
        generation = await async_client.generation(speech.info.generation)
        edited = await generation.edit([{"op": "retake", "sentence": 2}])
        assert (await edited.finish()).takes == 1

    asyncio.run(run())


def test_missing_voices_are_one_error(client: loqui.Loqui, sample: loqui.Sample) -> None:
    with pytest.raises(loqui.LoquiError) as refused:
        client.speak(sample, PLAY)
    assert refused.value.code == "script.voice_missing"
    assert "anna" in str(refused.value) and "bob" in str(refused.value)
    with pytest.raises(TypeError, match="volume"):
        client.speak(None, PLAY, voices={"anna": {"sample": sample, "volume": 1}})  # type: ignore[typeddict-unknown-key]
    with pytest.raises(TypeError, match="no sample"):
        client.speak(None, PLAY, voices={"anna": {"gain": 1}})  # type: ignore[typeddict-item]


def test_wrong_edits_are_refused(client: loqui.Loqui, sample: loqui.Sample) -> None:
    generation = client.submit(sample, "The first sentence is here.", editable=True)
    generation.wait()
    with pytest.raises(TypeError, match="burn"):
        generation.edit([{"op": "burn", "sentence": 1}])  # type: ignore[typeddict-item]
    with pytest.raises(loqui.LoquiError) as refused:
        generation.edit([{"op": "retake", "sentence": 7}])
    assert refused.value.code == "generation.no_sentence"
