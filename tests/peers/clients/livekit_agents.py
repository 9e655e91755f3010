"""LiveKit Agents with its plugins for OpenAI and ElevenLabs."""

import asyncio
import os
import sys
from pathlib import Path

import aiohttp
from livekit.plugins import elevenlabs

from report import Report

# The recipe of the examples.
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "examples" / "agents"))
import livekit_agent  # noqa: E402

URL, KEY, VOICE = os.environ["LOQUI_URL"], os.environ["LOQUI_KEY"], os.environ["VOICE"]
TEXT = "Hello there, my friend. This is a test."
report = Report("LiveKit Agents", "livekit-agents")


async def seconds(frames) -> float:
    return sum([event.frame.duration async for event in frames])


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        form = aiohttp.FormData({"name": "Anna"})
        form.add_field("audio_sample", open(VOICE, "rb"), filename="anna.wav")
        headers = {"authorization": f"Bearer {KEY}"}
        async with session.post(f"{URL}/v1/audio/voices", data=form, headers=headers) as response:
            voice = (await response.json())["id"]
        os.environ["LOQUI_VOICE"] = "Anna"
        tts = livekit_agent.voice()
        assert await seconds(tts.synthesize(TEXT)) > 1
        report.worked("openai.TTS.synthesize")
        tts = elevenlabs.TTS(
            base_url=f"{URL}/v1", api_key=KEY, voice_id=voice, model="eleven_flash_v2_5", http_session=session
        )
        assert await seconds(tts.synthesize(TEXT)) > 1
        report.worked("elevenlabs.TTS.synthesize")
        async with tts.stream() as stream:
            for word in TEXT.split():
                stream.push_text(word + " ")
            stream.end_input()
            assert await seconds(stream) > 1
        report.worked("elevenlabs.TTS.stream (WebSocket)")
        await tts.aclose()


asyncio.run(main())
