"""Runs the examples for FastAPI and Celery inside them. Prints their names on success."""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / "python"))

import fastapi_app  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402

with TestClient(fastapi_app.app) as client:
    spoken = client.post("/speak", json={"text": "Hello!"})
    assert (spoken.status_code, spoken.headers["content-type"]) == (200, "audio/wav"), spoken.text
    assert spoken.content[:4] == b"RIFF"
    refused = client.post("/speak", json={"text": ""})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "script.empty"), refused.text
    assert client.post("/speak", json={}).status_code == 422

import celery_tasks  # noqa: E402

import loqui  # noqa: E402

# A broker in memory: the task runs in this process, with its arguments and its result as they are sent.
celery_tasks.app.conf.update(task_always_eager=True, task_eager_propagates=True, task_store_eager_result=False)
with tempfile.TemporaryDirectory() as folder:
    os.environ["LOQUI_DATA_DIR"] = folder
    sample = celery_tasks.client().add_sample(loqui.Sample.open(os.environ["VOICE"])).id
    generation = celery_tasks.speak.apply(args=(sample, "Hello from a queue!")).get()
    assert celery_tasks.wav(generation)[:4] == b"RIFF"
print("fastapi celery")
