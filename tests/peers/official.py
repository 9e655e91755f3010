"""Typical uses of the official Python client against the emulator. Prints the name of each that worked."""

import os

import replicate
from replicate.helpers import FileOutput

ORIGIN = os.environ["EMULATOR_ORIGIN"]
MODEL = "resemble-ai/chatterbox"
client = replicate.Client(api_token=os.environ["REPLICATE_API_TOKEN"], base_url=ORIGIN)
done = []

with open(os.environ["VOICE"], "rb") as voice:
    output = client.run(MODEL, input={"prompt": "Hello there.", "audio_prompt": voice, "seed": 1})
# The client wraps only https outputs. The emulator serves http, so this test applies the same wrapper.
assert FileOutput(output, client).read()[:4] == b"RIFF", output
done.append("run")

created = client.predictions.create(model=MODEL, input={"prompt": "Hello again.", "seed": 2})
assert created.status == "starting", created
done.append("create")
created.wait()
read = client.predictions.get(created.id)
assert read.status == "succeeded" and read.output.endswith(".wav"), read
done.append("get")
listed = client.predictions.list()
assert read.id in [prediction.id for prediction in listed.results], listed
done.append("list")

running = client.predictions.create(model=MODEL, input={"prompt": "Never mind.", "seed": 3})
# A prediction cancelled before it starts is `aborted`, a status that this client does not parse.
while running.status == "starting":
    running.reload()
running.cancel()
running.reload()
assert running.status == "canceled", running.status
done.append("cancel")

with open(os.environ["VOICE"], "rb") as voice:
    file = client.files.create(voice)
assert client.files.get(file.id).id == file.id
assert file.id in [other.id for other in client.files.list()]
client.files.delete(file.id)
done.append("files")

secret = client.webhooks.default.secret()
assert secret.key == os.environ["EMULATOR_WEBHOOK_SECRET"], secret
done.append("webhook")
print(" ".join(done))
