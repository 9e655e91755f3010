"""Writes the reference values for the tests of this crate.

needs: pip install librosa==0.11.0 onnxruntime soundfile
usage: python make.py

VOICE.speech.txt   Silero v6 (silero_vad_16k_op15.onnx) on onnxruntime with the inputs of silero-vad
                   6.2.3: one probability per 512 samples, no level change, last window padded.
VOICE.print.txt    GE2E voiceprint of the whole file as in `embed_utterance` of Resemblyzer 0.1.4 (no
                   silence dropped, no level change), with the network on onnxruntime. The exported
                   graph differs from that of Resemblyzer on torch by at most 4e-7.
"""

from pathlib import Path

import librosa
import numpy as np
import onnxruntime
import soundfile

HERE = Path(__file__).parent
DATA = HERE.parent.parent / "data"
VOICES = HERE.parent.parent.parent / "tests" / "voices"


def speech(samples):
    network = onnxruntime.InferenceSession(DATA / "silero_vad_16k_op15.onnx")
    state = np.zeros((2, 1, 128), np.float32)
    context = np.zeros(64, np.float32)
    probabilities = []
    for start in range(0, len(samples), 512):
        window = samples[start : start + 512]
        window = np.pad(window, (0, 512 - len(window)))
        inputs = np.concatenate([context, window])[None]
        probability, state = network.run(None, {"input": inputs, "state": state, "sr": np.array(16000)})
        context = window[-64:]
        probabilities.append(probability.item())
    return probabilities


def voiceprint(samples):
    frames = int(np.ceil((len(samples) + 1) / 160))
    step = round(16000 / 1.3 / 160)
    starts = list(range(0, max(1, frames - 160 + step + 1), step))
    if len(starts) > 1 and (len(samples) - starts[-1] * 160) / (160 * 160) < 0.75:
        starts.pop()
    padded = np.pad(samples, (0, max(0, (starts[-1] + 160) * 160 - len(samples))))
    mel = librosa.feature.melspectrogram(y=padded, sr=16000, n_fft=400, hop_length=160, n_mels=40).T
    windows = np.stack([mel[start : start + 160] for start in starts], axis=1).astype(np.float32)
    network = onnxruntime.InferenceSession(DATA / "ge2e.onnx")
    mean = network.run(None, {"mels": windows})[0].mean(axis=0)
    return mean / np.linalg.norm(mean)


for voice in ["rms", "slt"]:
    samples, rate = soundfile.read(VOICES / f"{voice}.wav", dtype="float32")
    assert rate == 16000
    for kind, values in [("speech", speech(samples)), ("print", voiceprint(samples))]:
        (HERE / f"{voice}.{kind}.txt").write_text("".join(f"{value:.7f}\n" for value in values))
