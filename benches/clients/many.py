"""Many runs with the official Python client. Prints CPU seconds, peak MiB and wall seconds."""

import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import replicate
from replicate.helpers import FileOutput

client = replicate.Client(api_token=os.environ["REPLICATE_API_TOKEN"], base_url=os.environ["EMULATOR_ORIGIN"])


def run(_: int) -> None:
    with ExitStack() as stack:
        words = {"prompt": "Hello there."}
        if reference := os.environ.get("REFERENCE"):
            words["audio_prompt"] = stack.enter_context(open(reference, "rb"))
        output = client.run("resemble-ai/chatterbox", input=words)
    # The client wraps only https outputs. The emulator serves http, so this script applies the same wrapper.
    wav = FileOutput(output, client).read()
    assert wav[:4] == b"RIFF"


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


run(0)
before, started = cpu(), time.monotonic()
with ThreadPoolExecutor(int(os.environ["AT_ONCE"])) as pool:
    list(pool.map(run, range(int(os.environ["RUNS"]))))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(cpu() - before, peak, time.monotonic() - started)
