"""The official Python client of OpenAI, unmodified: synchronous and asynchronous."""

import asyncio
import os

from openai import AsyncOpenAI, BadRequestError, NotFoundError, OpenAI

from report import Report

URL, KEY, VOICE = os.environ["LOQUI_URL"], os.environ["LOQUI_KEY"], os.environ["VOICE"]
TEXT = "Hello there, my friend. This is a test."
report = Report("openai, Python", "openai")
client = OpenAI(base_url=f"{URL}/v1", api_key=KEY)

voice = client.audio.voices.create(name="Anna", audio_sample=open(VOICE, "rb"), consent="I am the speaker")
assert voice.object == "audio.voice" and voice.name == "Anna", voice
report.worked("audio.voices.create")
for name in (voice.id, "Anna", {"id": voice.id}):
    speech = client.audio.speech.create(model="gpt-4o-mini-tts-2025-12-15", voice=name, input=TEXT)
    assert speech.content[:3] == b"ID3", speech.content[:8]
report.worked("audio.speech.create")
for kind, start in {"opus": b"OggS", "flac": b"fLaC", "wav": b"RIFF"}.items():
    speech = client.audio.speech.create(model="tts-1", voice="Anna", input=TEXT, response_format=kind, speed=1.2)
    assert speech.content[:4] == start, kind
report.worked("audio.speech.create (formats, speed)")
streaming = client.audio.speech.with_streaming_response
with streaming.create(model="tts-1", voice="Anna", input=TEXT, response_format="pcm", instructions="Whisper.") as response:
    assert response.headers["x-loqui-warning"] == "instructions has no effect"
    assert sum(map(len, response.iter_bytes())) > 40000
report.worked("audio.speech.with_streaming_response.create")
with streaming.create(model="tts-1", voice="Anna", input=TEXT, stream_format="sse") as response:
    events = [line for line in response.iter_lines() if line.startswith("data: ")]
    assert '"speech.audio.delta"' in events[0] and '"speech.audio.done"' in events[-1], events[-1]
report.worked("audio.speech.create (stream_format=sse)")
models = client.models.list().data
report.worked("models.list")
assert client.models.retrieve(models[0].id).id == models[0].id
assert client.models.retrieve("tts-1").object == "model"
report.worked("models.retrieve")
try:
    client.audio.speech.create(model="tts-1", voice="Anna", input=TEXT, speed=9)
    raise AssertionError("speed 9 was accepted")
except BadRequestError as error:
    assert error.param == "speed" and error.code == "request.invalid", error
try:
    client.audio.speech.create(model="tts-1", voice="nobody", input=TEXT)
    raise AssertionError("an unknown voice was accepted")
except NotFoundError as error:
    assert error.code == "sample.not_found", error
report.worked("errors")


async def main() -> None:
    client = AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY)
    async with client.audio.speech.with_streaming_response.create(model="tts-1", voice="Anna", input=TEXT) as response:
        assert len(await response.read()) > 5000
    report.worked("AsyncOpenAI: audio.speech.with_streaming_response.create")


asyncio.run(main())
