"""Runs the FastAPI example inside FastAPI. Prints `fastapi` on success."""

import sys
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
print("fastapi")
