"""Pipecat with its services for OpenAI and ElevenLabs."""

import asyncio
import os
import sys
from pathlib import Path

import aiohttp
from loguru import logger
from pipecat.frames.frames import EndFrame, ErrorFrame, TTSAudioRawFrame, TTSSpeakFrame
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineTask
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService

from report import Report

# The recipe of the examples.
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "examples" / "agents"))
import pipecat_bot  # noqa: E402

URL, KEY, VOICE = os.environ["LOQUI_URL"], os.environ["LOQUI_KEY"], os.environ["VOICE"]
TEXT = "Hello there, my friend. This is a test."
logger.remove()
# Pipecat gives up after 3 s without audio. The first speech of a busy machine without a GPU may take longer.
PATIENCE = 15.0
report = Report("Pipecat", "pipecat-ai")


class Listener(BaseObserver):
    """Counts the bytes of audio."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: dict[int, int] = {}
        self.errors: list[str] = []

    async def on_push_frame(self, data: FramePushed) -> None:
        if isinstance(data.frame, TTSAudioRawFrame):
            self.frames[data.frame.id] = len(data.frame.audio)
        elif isinstance(data.frame, ErrorFrame):
            self.errors.append(data.frame.error)


async def speaks(service) -> None:
    listener = Listener()
    task = PipelineTask(Pipeline([service]), observers=[listener], idle_timeout_secs=60)
    await task.queue_frames([TTSSpeakFrame(TEXT), EndFrame()])
    await PipelineRunner(handle_sigint=False).run(task)
    assert not listener.errors, listener.errors
    assert sum(listener.frames.values()) > 40000, listener.frames


async def main() -> None:
    async with aiohttp.ClientSession() as session:
        # Pipecat knows OpenAI's names of voices only. Without an alias, a recording can have such a name.
        form = aiohttp.FormData({"name": "alloy"})
        form.add_field("audio_sample", open(VOICE, "rb"), filename="anna.wav")
        headers = {"authorization": f"Bearer {KEY}"}
        async with session.post(f"{URL}/v1/audio/voices", data=form, headers=headers) as response:
            voice = (await response.json())["id"]
    options = {"api_key": KEY, "sample_rate": 24000, "stop_frame_timeout_s": PATIENCE}
    await speaks(pipecat_bot.voice())
    report.worked("OpenAITTSService")
    url = URL.replace("http://", "ws://")
    await speaks(ElevenLabsTTSService(url=url, voice_id=voice, **options))
    report.worked("ElevenLabsTTSService (WebSocket)")


asyncio.run(main())
