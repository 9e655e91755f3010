"""Makes recordings whose words are known, for `words`: flite and espeak-ng report the times of what they speak.

    apt install espeak-ng libespeak-ng1 flite flite1-dev gcc
    python corpus.py FOLDER

Each recording is a WAV file with a JSON file beside it. Voices and tempo differ, and every third recording has pauses that are
longer or shorter than the engine makes them, as takes of other engines do.
"""

import ctypes
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import wave

TEXTS = pathlib.Path(__file__).with_name("texts.txt").read_text().splitlines()
FLITE = [("slt", 1.0), ("rms", 0.85), ("awb", 1.25), ("kal16", 1.0), ("rms", 1.3), ("kal16", 0.75), ("slt", 1.35), ("awb", 0.8)]
ESPEAK = [
    ("en-us", 165, 50),
    ("en-us+f3", 140, 60),
    ("en-gb+m3", 200, 40),
    ("en-us+m7", 175, 50),
    ("en-gb+f2", 120, 60),
    ("en-us+f5", 220, 50),
]
# The kinds of events of espeak-ng.
END, WORD, PHONEME = 0, 1, 7


class Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", Id),
    ]


class Espeak:
    def __init__(self):
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate = self.library.espeak_Initialize(2, 200, None, 1)
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))
        self.callback = kind(self.receive)
        self.library.espeak_SetSynthCallback(self.callback)

    def receive(self, samples, count, events):
        if samples and count > 0:
            self.samples.append(ctypes.string_at(samples, count * 2))
        index = 0
        while events[index].type != END:
            event = events[index]
            name = event.id.string if event.type == PHONEME else b""
            self.events.append((event.sample, event.type, event.position, event.length, name))
            index += 1
        return 0

    def speak(self, text, voice, speed, pitch):
        self.samples, self.events = [], []
        self.library.espeak_SetVoiceByName(voice.encode())
        self.library.espeak_SetParameter(1, speed, 0)
        self.library.espeak_SetParameter(3, pitch, 0)
        data = text.encode() + b"\0"
        self.library.espeak_Synth(data, len(data), 0, 1, 0, 0x1001, None, None)
        self.library.espeak_Synchronize()
        words = []
        for sample, kind, position, length, name in sorted(self.events, key=lambda event: event[0]):
            at = sample / self.rate
            if kind == WORD:
                if words and words[-1]["end"] is None:
                    words[-1]["end"] = at
                words.append({"text": text[position - 1 : position - 1 + length], "start": at, "end": None})
            # Pauses are phonemes whose name begins with an underscore.
            elif kind == PHONEME and name.startswith(b"_") and words and words[-1]["end"] is None:
                words[-1]["end"] = at
        return b"".join(self.samples), self.rate, words


def flite(program, folder, text, voice, stretch):
    out, table = f"{folder}/flite.wav", f"{folder}/flite.tsv"
    subprocess.run([program, voice, str(stretch), text, out, table], check=True)
    with wave.open(out) as file:
        samples, rate = file.readframes(file.getnframes()), file.getframerate()
    rows = (line.split("\t") for line in pathlib.Path(table).read_text().splitlines())
    return samples, rate, [{"text": word, "start": float(start), "end": float(end)} for word, start, end in rows]


def with_other_pauses(samples, rate, words, source):
    """Lengthens some pauses and removes others."""
    parts, at, shift = [], 0, 0.0
    moved = [dict(word) for word in words]
    for index, (word, following) in enumerate(zip(words, words[1:])):
        for key in ("start", "end"):
            moved[index][key] = word[key] + shift
        gap = following["start"] - word["end"]
        if gap < 0.08:
            continue
        kind = source.choice(["longer", "shorter", "same"])
        middle = 2 * int((word["end"] + gap / 2) * rate)
        if kind == "longer":
            seconds = source.uniform(0.4, 1.2)
            parts += [samples[at:middle], bytes(2 * int(seconds * rate))]
            at, shift = middle, shift + seconds
        elif kind == "shorter":
            first, last = 2 * int((word["end"] + 0.02) * rate), 2 * int((following["start"] - 0.02) * rate)
            parts.append(samples[at:first])
            at, shift = last, shift - (last - first) / 2 / rate
    for key in ("start", "end"):
        moved[-1][key] = words[-1][key] + shift
    return b"".join(parts) + samples[at:], moved


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    espeak, source = Espeak(), random.Random(5)
    with tempfile.TemporaryDirectory() as build:
        program = f"{build}/flite"
        code = pathlib.Path(__file__).with_name("flite.c")
        voices = [f"-lflite_cmu_us_{voice}" for voice in ("kal16", "slt", "rms", "awb")]
        libraries = [*voices, "-lflite_usenglish", "-lflite_cmulex", "-lflite", "-lm"]
        subprocess.run(["gcc", str(code), "-o", program, *libraries], check=True)
        number = 0
        for index, text in enumerate(TEXTS):
            voice, stretch = FLITE[index % len(FLITE)]
            name, speed, pitch = ESPEAK[index % len(ESPEAK)]
            takes = [
                (f"flite {voice}", *flite(program, build, text, voice, stretch)),
                (f"espeak-ng {name}", *espeak.speak(text, name, speed, pitch)),
            ]
            for label, samples, rate, words in takes:
                for word in words:
                    word["end"] = len(samples) / 2 / rate if word["end"] is None else word["end"]
                if number % 3 == 0:
                    samples, words = with_other_pauses(samples, rate, words, source)
                path = folder / f"{number:03}.wav"
                with wave.open(str(path), "wb") as file:
                    file.setnchannels(1)
                    file.setsampwidth(2)
                    file.setframerate(rate)
                    file.writeframes(samples)
                path.with_suffix(".json").write_text(json.dumps({"voice": label, "text": text, "words": words}))
                number += 1


main()
