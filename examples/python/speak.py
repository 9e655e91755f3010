"""Speaks one text with one sample, prints progress, and writes a WAV file."""

import os
import sys

import loqui

path, text = sys.argv[1], " ".join(sys.argv[2:]) or "Hello! This is a test."
client = loqui.Loqui() if os.environ.get("REPLICATE_API_TOKEN") else loqui.Loqui(engine="offline")
generation = client.submit(loqui.Sample.open(path), text)
for event in generation.events():
    print(f"{event.progress:3} % {event.message}")
generation.wait().save("speech.wav")
print("speech.wav")
