"""One task with the official Python client. Prints the outcome."""

import json
import os
import sys
import time

import replicate
from replicate.helpers import FileOutput
from replicate.webhook import WebhookSigningSecret, Webhooks

MODEL = "resemble-ai/chatterbox"
client = replicate.Client(api_token=os.environ["REPLICATE_API_TOKEN"], base_url=os.environ["EMULATOR_ORIGIN"])


def described(output):
    """Downloads and describes the output of a run."""
    if output is None:
        return "`None`"
    first = output[0] if isinstance(output, list) else output
    # The client wraps only https outputs. The emulator serves http, so this script applies the same wrapper.
    wav = (FileOutput(first, client) if isinstance(first, str) else first).read()
    kind = "speech" if wav[:4] == b"RIFF" else "no audio"
    return f"{kind} ({len(wav) // 1000} kB)"


def run(**options):
    return described(client.run(MODEL, input={"prompt": "Hello there."}, **options))


def upload():
    with open(os.environ["RECORDING"], "rb") as recording:
        return described(client.run(MODEL, input={"prompt": "Hello there.", "audio_prompt": recording}))


def cancel():
    prediction = client.models.predictions.create(MODEL, input={"prompt": "Hello there."})
    prediction.cancel()
    prediction.wait()
    return prediction.status


def webhook():
    options = {"webhook": os.environ["HOOK"], "webhook_events_filter": ["completed"]}
    prediction = client.models.predictions.create(MODEL, input={"prompt": "Hello there."}, **options)
    while prediction.status not in ("succeeded", "failed", "canceled"):
        time.sleep(0.1)
        prediction.reload()
    return described(prediction.output)


def judge():
    calls = json.load(sys.stdin)
    accepted = 0
    for call in calls:
        try:
            secret = WebhookSigningSecret(key=os.environ["SECRET"])
            Webhooks.validate(headers=call["headers"], body=call["body"], secret=secret)
            accepted += 1
        except Exception:  # noqa: BLE001 - any error means that the webhook is refused
            pass
    return f"{accepted} of {len(calls)} webhooks accepted"


TASKS = {
    "run": run,
    "poll": lambda: run(wait=False),
    "upload": upload,
    "cancel": cancel,
    "webhook": webhook,
    "judge": judge,
}
try:
    print(TASKS[os.environ["TASK"]]())
except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
    print(f"`{type(error).__name__}`")
