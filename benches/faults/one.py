"""One run with the official Python client: prints what came of it."""

import os

import replicate
from replicate.helpers import FileOutput

client = replicate.Client(api_token=os.environ["REPLICATE_API_TOKEN"], base_url=os.environ["EMULATOR_ORIGIN"])
try:
    options = {"wait": False} if os.environ["POLL"] else {}
    output = client.run("resemble-ai/chatterbox", input={"prompt": "Hello there."}, **options)
    if output is None:
        print("`None`")
    else:
        first = output[0] if isinstance(output, list) else output
        # The client wraps outputs whose address is https; the emulator has none, so the same wrapper is put round it here.
        wav = (FileOutput(first, client) if isinstance(first, str) else first).read()
        kind = "speech" if wav[:4] == b"RIFF" else "no audio"
        print(f"{kind} ({len(wav) // 1000} kB)")
except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
    print(f"`{type(error).__name__}`")
