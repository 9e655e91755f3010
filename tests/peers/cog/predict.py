"""A model for Cog's server with the inputs of Chatterbox. Its output is a copy of the recording.

Marks in the text: with `[wait]` the prediction never ends by itself, with `[fail]` it fails.
"""

import shutil
import tempfile
import time

from cog import BasePredictor, Input, Path


class Predictor(BasePredictor):
    def predict(
        self,
        prompt: str,
        audio_prompt: Path = Input(default=None),
        exaggeration: float = Input(default=0.5, ge=0.25, le=2.0),
        cfg_weight: float = Input(default=0.5, ge=0.2, le=1.0),
        temperature: float = Input(default=0.8, ge=0.05, le=5.0),
        seed: int = Input(default=0),
    ) -> Path:
        while "[wait]" in prompt:
            time.sleep(0.02)
        if "[fail]" in prompt:
            raise ValueError("this text is too much for me")
        # The input file is deleted before the response is written, so copy it.
        speech = Path(tempfile.mkdtemp()) / "speech.wav"
        shutil.copy(audio_prompt, speech)
        return speech
