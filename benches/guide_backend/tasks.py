"""The worker of the comparison backend: one task calls the provider, waits, and saves the result."""

import os
from pathlib import Path

import httpx
import replicate
from celery import Celery
from records import AudioSample, GeneratedAudio, Session

celery = Celery("voices", broker=os.environ["BROKER_URL"])
STORAGE = Path(os.environ["STORAGE"])


def mark(audio_id: int, status: str, path: str | None = None) -> None:
    with Session() as session:
        audio = session.get_one(GeneratedAudio, audio_id)
        audio.status, audio.output_file_path = status, path
        session.commit()


@celery.task(name="generate", ignore_result=True)
def generate(audio_id: int) -> None:
    mark(audio_id, "PROCESSING")
    try:
        with Session() as session:
            audio = session.get_one(GeneratedAudio, audio_id)
            sample = session.get_one(AudioSample, audio.sample_id)
        client = replicate.Client(os.environ["REPLICATE_API_TOKEN"], base_url=os.environ["PROVIDER"])
        with open(sample.file_path, "rb") as voice:
            output = client.run(
                "resemble-ai/chatterbox",
                input={"prompt": audio.script_text, "audio_prompt": voice},
                wait=False,
            )
        path = STORAGE / f"generated-{audio_id}.wav"
        path.write_bytes(httpx.get(str(output), timeout=60).raise_for_status().content)
        mark(audio_id, "COMPLETED", str(path))
    except Exception:
        mark(audio_id, "FAILED")
        raise
