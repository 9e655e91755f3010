"""LiteLLM, which translates its calls to the APIs of OpenAI and ElevenLabs."""

import asyncio
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm

from report import Report

URL, KEY, VOICE = os.environ["LOQUI_URL"], os.environ["LOQUI_KEY"], os.environ["VOICE"]
TEXT = "Hello there, my friend. This is a test."
report = Report("LiteLLM", "litellm")

from openai import OpenAI

voice = OpenAI(base_url=f"{URL}/v1", api_key=KEY).audio.voices.create(
    name="Anna", audio_sample=open(VOICE, "rb"), consent="I am the speaker"
)
speech = litellm.speech(model="openai/tts-1", voice="Anna", input=TEXT, api_base=f"{URL}/v1", api_key=KEY)
assert speech.content[:3] == b"ID3", speech.content[:8]
report.worked("speech (openai/tts-1)")
speech = asyncio.run(
    litellm.aspeech(model="openai/gpt-4o-mini-tts", voice=voice.id, input=TEXT, api_base=f"{URL}/v1", api_key=KEY)
)
assert speech.content[:3] == b"ID3", speech.content[:8]
report.worked("aspeech (openai/gpt-4o-mini-tts)")
speech = litellm.speech(
    model="elevenlabs/eleven_multilingual_v2", voice=voice.id, input=TEXT, api_base=URL, api_key=KEY
)
assert speech.content[:3] == b"ID3", speech.content[:8]
report.worked("speech (elevenlabs/eleven_multilingual_v2)")
