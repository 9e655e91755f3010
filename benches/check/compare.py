"""Checks one recording with `loqui check` and with what people use in Python, side by side.

usage: python compare.py RECORDING LOQUI_PROGRAM SILERO.onnx

Needs `pip install librosa pyloudnorm onnxruntime`. The Python side decodes with librosa, measures loudness with
pyloudnorm, and finds speech with Silero's network on onnxruntime: level, clipping, noise and speech; no speaker, no
music, no bandwidth, no window. Each side runs as a process of its own on one core, five times; printed are the median
time of the work, the median time with the start of the process, and the peak memory.
"""

import json
import os
import statistics
import subprocess
import sys
import time

RUNS = 5

PYTHON_SIDE = r"""
import json, sys, time
import librosa, numpy, onnxruntime, pyloudnorm
def check(path, model):
    sound, rate = librosa.load(path, sr=None, mono=True)
    loudness = pyloudnorm.Meter(rate).integrated_loudness(sound)
    peak = float(numpy.abs(sound).max())
    clipped = int((numpy.abs(sound) > 0.999 * peak).sum())
    narrow = librosa.resample(sound, orig_sr=rate, target_sr=16000)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options)
    state, context, speech = numpy.zeros((2, 1, 128), numpy.float32), numpy.zeros(64, numpy.float32), 0
    powers = []
    for at in range(0, len(narrow) - 511, 512):
        window = narrow[at:at + 512].astype(numpy.float32)
        frame = numpy.concatenate([context, window])[None]
        probability, state = session.run(None, {"input": frame, "state": state, "sr": numpy.array(16000)})
        context = window[-64:]
        powers.append((float(probability[0, 0]) >= 0.5, float((window ** 2).mean())))
        speech += probability[0, 0] >= 0.5
    quiet = [power for heard, power in powers if not heard] or [1e-9]
    loud = [power for heard, power in powers if heard] or [1e-9]
    snr = 10 * numpy.log10(numpy.mean(loud) / max(numpy.median(quiet), 1e-10))
    return {"speech_seconds": float(speech) * 0.032, "loudness_lufs": float(loudness), "snr_db": float(snr)}
check(sys.argv[1], sys.argv[2])  # the first call of librosa compiles and imports half of it
begun = time.perf_counter()
measures = check(sys.argv[1], sys.argv[2])
print(json.dumps({"work": time.perf_counter() - begun, "measures": measures}))
"""


def run(command):
    """Runs a program on one core; returns its output, the wall time, its processor time and its peak memory in MiB."""
    core = {min(os.sched_getaffinity(0))}
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, core))
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return output, time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def row(name, runs):
    wall = statistics.median(run[1] for run in runs)
    processor = statistics.median(run[2] for run in runs)
    memory = statistics.median(run[3] for run in runs)
    print(f"| {name} | {wall * 1000:.0f} ms | {processor * 1000:.0f} ms | {memory:.0f} MiB |")


def main():
    recording, program, model = sys.argv[1:]
    loqui = [program, "check", "--json", recording]
    other = [sys.executable, "-c", PYTHON_SIDE, recording, model]
    # One after the other in turn, so that both see the same machine.
    pairs = [(run(loqui), run(other)) for _ in range(RUNS)]
    print("| | wall time | processor time | peak memory |\n|---|---|---|---|")
    row("loqui check", [ours for ours, _ in pairs])
    row("librosa + pyloudnorm + Silero, with imports and a warm-up", [theirs for _, theirs in pairs])
    work = statistics.median(json.loads(theirs[0])["work"] for _, theirs in pairs)
    print(f"\nThe work alone in Python, warmed up: {work * 1000:.0f} ms")
    print("loqui: ", json.loads(pairs[0][0][0])["measures"])
    print("python:", json.loads(pairs[0][1][0])["measures"])


if __name__ == "__main__":
    main()
