"""The official Python client of ElevenLabs, asynchronous and unmodified."""

import asyncio
import os

from elevenlabs import DialogueInput
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError

from report import Report

URL, KEY, VOICE = os.environ["LOQUI_URL"], os.environ["LOQUI_KEY"], os.environ["VOICE"]
TEXT = "Hello there, my friend. This is a test."
report = Report("elevenlabs, Python, async", "elevenlabs")


async def whole(chunks) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def main() -> None:
    client = AsyncElevenLabs(base_url=URL, api_key=KEY)
    with open(VOICE, "rb") as file:
        voice = (await client.voices.ivc.create(name="Anna", files=[file])).voice_id
    report.worked("voices.ivc.create")
    assert (await client.voices.get_all()).voices[0].voice_id == voice
    report.worked("voices.get_all")
    assert (await client.voices.search()).total_count == 1
    report.worked("voices.search")
    # Several requests at the same time.
    convert = lambda: whole(client.text_to_speech.convert(voice, text=TEXT, output_format="opus_48000_64"))
    several = await asyncio.gather(convert(), convert(), convert())
    assert all(audio[:4] == b"OggS" for audio in several)
    report.worked("text_to_speech.convert")
    assert len(await whole(client.text_to_speech.stream(voice, text=TEXT))) > 5000
    report.worked("text_to_speech.stream")
    timed = await client.text_to_speech.convert_with_timestamps(voice, text=TEXT)
    assert "".join(timed.alignment.characters) == TEXT
    report.worked("text_to_speech.convert_with_timestamps")
    parts = [part async for part in client.text_to_speech.stream_with_timestamps(voice, text=TEXT)]
    assert any(part.alignment for part in parts)
    report.worked("text_to_speech.stream_with_timestamps")
    dialogue = client.text_to_dialogue.stream(inputs=[DialogueInput(text="Hello.", voice_id=voice)])
    assert len(await whole(dialogue)) > 2000
    report.worked("text_to_dialogue.stream")
    assert (await client.models.list())[0].model_id
    report.worked("models.list")
    assert (await client.user.get()).user_id
    report.worked("user.get")
    items = (await client.history.list()).history
    assert await whole(client.history.get_audio(items[0].history_item_id))
    report.worked("history.get_audio")
    try:
        await client.voices.get("999")
        raise AssertionError("an unknown voice was shown")
    except ApiError as error:
        assert error.status_code == 404, error
    report.worked("errors")
    assert (await client.voices.delete(voice)).status == "ok"
    report.worked("voices.delete")


asyncio.run(main())
