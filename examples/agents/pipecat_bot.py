"""A Pipecat pipeline with a cloned voice: pip install "pipecat-ai[openai]".

Start the server first: loqui serve --demo-user --voice-aliases alloy=anna, and add a voice named anna. Pipecat knows OpenAI's
names of voices only, so an alias stands for it.
"""

import os

from pipecat.services.openai.tts import OpenAITTSService


def voice() -> OpenAITTSService:
    """The cloned voice, over OpenAI's route of `loqui serve`. Place it in a pipeline behind the language model."""
    return OpenAITTSService(
        base_url=os.environ.get("LOQUI_URL", "http://127.0.0.1:8000") + "/v1",
        api_key=os.environ["LOQUI_KEY"],
        voice="alloy",
        # Pipecat gives up after 3 s without audio. The first speech of a busy machine without a GPU may take longer.
        stop_frame_timeout_s=15.0,
        sample_rate=24000,
    )
