"""Checks one recording with this library and with common Python libraries, side by side.

    pip install librosa pyloudnorm onnxruntime
    cargo build --release -p loqui-core --features formats,analysis --no-default-features --example check
    cp target/release/examples/check with-networks
    cargo build --release -p loqui-core --features formats --no-default-features --example check
    cp target/release/examples/check without-networks
    python compare.py RECORDING SILERO.onnx ./with-networks ./without-networks

The Python side decodes with librosa, measures loudness with pyloudnorm, and finds speech with Silero's network on
onnxruntime: level, clipping, noise and speech; no speaker, no music, no bandwidth, no window. Where ffmpeg is installed,
its `ebur128` and `silencedetect` are a row of their own. Everything runs on one core, in turn, three times; printed are
the least times. What one more check costs is the difference of a process that does it six times and one that does it
once, divided by five: neither the start nor what is loaded once is in it.
"""

import json
import os
import shutil
import subprocess
import sys

RUNS = 3

PYTHON_SIDE = r"""
import json, sys
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
for _ in range(int(sys.argv[3])):
    measures = check(sys.argv[1], sys.argv[2])
print(json.dumps(measures))
"""


def run(command):
    """Runs a program on one core. Returns its output, its CPU time in ms and its peak memory in MiB."""
    core = {min(os.sched_getaffinity(0))}
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, core)
    )
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return output, 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024


def main():
    recording, model, *programs = sys.argv[1:]
    sides = {program: lambda times, program=program: [program, recording, str(times)] for program in programs}
    sides["librosa + pyloudnorm + Silero"] = lambda times: [sys.executable, "-c", PYTHON_SIDE, recording, model, str(times)]
    if shutil.which("ffmpeg"):
        filters = "ebur128=peak=true,silencedetect=noise=-40dB:d=0.5"
        sides["ffmpeg ebur128 + silencedetect"] = lambda times: [
            "ffmpeg", "-nostdin", "-threads", "1", "-stream_loop", str(times - 1), "-i", recording, "-af", filters, "-f", "null", "-"
        ]
    print("| | one check, CPU time | whole process, CPU time | peak memory |\n|---|---|---|---|")
    said = {}
    for name, command in sides.items():
        ones, sixes = [], []
        for _ in range(RUNS):
            ones.append(run(command(1)))
            sixes.append(run(command(6)))
        said[name] = ones[0][0]
        one, six = min(one[1] for one in ones), min(six[1] for six in sixes)
        memory = min(one[2] for one in ones)
        print(f"| {os.path.basename(name)} | {(six - one) / 5:.0f} ms | {one:.0f} ms | {memory:.0f} MiB |", flush=True)
    for name, output in said.items():
        if output:
            found = json.loads(output)
            print(f"\n{os.path.basename(name)}: {json.dumps(found.get('measures', found))}")


if __name__ == "__main__":
    main()
