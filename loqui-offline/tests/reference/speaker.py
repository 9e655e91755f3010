"""Speaker similarity by Resemblyzer 0.1.4 without PyTorch: its preprocessing and its weights, with the network (three LSTM
layers and one linear layer) in numpy.

    pip install resemblyzer --no-deps; pip install numpy scipy librosa webrtcvad-wheels soundfile
"""

import importlib.util
import pathlib
import pickle
import sys
import types

import numpy as np

_root = pathlib.Path(importlib.util.find_spec("resemblyzer").submodule_search_locations[0])
_package = types.ModuleType("resemblyzer")  # the real one imports torch
_package.__path__ = [str(_root)]
sys.modules["resemblyzer"] = _package
from resemblyzer import audio  # noqa: E402

FRAMES = 160  # of 10 ms in one window


class _Checkpoint(pickle.Unpickler):
    """Reads the legacy format of `torch.save`: the keys of the storages first, their bytes later."""

    def find_class(self, module, name):
        if name == "_rebuild_tensor_v2":
            return lambda storage, offset, size, stride, *_: (storage, offset, size, stride)
        if module == "collections":
            return super().find_class(module, name)
        return type(name, (), {})

    def persistent_load(self, pid):
        return pid[2]


def _weights():
    with open(_root / "pretrained.pt", "rb") as file:
        for _ in range(3):  # magic number, version, machine
            _Checkpoint(file).load()
        checkpoint = _Checkpoint(file).load()
        storages = {}
        for key in _Checkpoint(file).load():
            count = int.from_bytes(file.read(8), "little")
            storages[key] = np.frombuffer(file.read(4 * count), np.float32)
    return {
        name: np.lib.stride_tricks.as_strided(storages[key][offset:], size, [4 * s for s in stride])
        for name, (key, offset, size, stride) in checkpoint["model_state"].items()
        if size
    }


_W = _weights()


def _sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def _network(mels):
    """Maps `mels` [windows, FRAMES, 40] to embeddings [windows, 256]."""
    x = mels.transpose(1, 0, 2).astype(np.float32)
    for layer in range(3):
        wi, wh = _W[f"lstm.weight_ih_l{layer}"], _W[f"lstm.weight_hh_l{layer}"]
        bias = _W[f"lstm.bias_ih_l{layer}"] + _W[f"lstm.bias_hh_l{layer}"]
        h = c = np.zeros((x.shape[1], 256), np.float32)
        out = []
        for step in x:
            i, f, g, o = np.split(step @ wi.T + h @ wh.T + bias, 4, axis=1)
            c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
            h = _sigmoid(o) * np.tanh(c)
            out.append(h)
        x = np.stack(out)
    embeddings = np.maximum(h @ _W["linear.weight"].T + _W["linear.bias"], 0)
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


def embed(path):
    """Returns the voiceprint of an audio file: a unit vector of 256 numbers."""
    wav = audio.preprocess_wav(path)
    mel = audio.wav_to_mel_spectrogram(wav)
    step = int(np.round((16_000 / 1.3) / 160))
    starts = list(range(0, max(1, len(mel) - FRAMES + step + 1), step))
    if len(starts) > 1 and len(wav) - starts[-1] * 160 < 0.75 * FRAMES * 160:
        starts.pop()
    mel = np.pad(mel, ((0, max(0, starts[-1] + FRAMES - len(mel))), (0, 0)))
    mean = _network(np.stack([mel[s : s + FRAMES] for s in starts])).mean(0)
    return mean / np.linalg.norm(mean)


def similarity(one, other):
    """Returns the cosine similarity of the voices of two audio files."""
    return float(embed(one) @ embed(other))


if __name__ == "__main__":
    print(f"{similarity(sys.argv[1], sys.argv[2]):.4f}")
