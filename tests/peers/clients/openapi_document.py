"""Validates the OpenAPI document, generates a client from it, and calls the server with that client."""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from openapi_spec_validator import validate

from report import Report

URL, KEY, VOICE = os.environ["LOQUI_URL"], os.environ["LOQUI_KEY"], os.environ["VOICE"]
report = Report("openapi-python-client (generated)", "openapi-python-client")
with urllib.request.urlopen(f"{URL}/openapi.json") as response:
    document = json.load(response)
validate(document)
report.worked("openapi.json is valid")

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "openapi.json"
    path.write_text(json.dumps(document))
    # The generator knows few media types. These have the shape of ones that it knows.
    kinds = {kind: "application/octet-stream" for kind in ("audio/wav", "audio/mpeg")}
    kinds |= {kind: "text/plain" for kind in ("application/openmetrics-text", "application/x-subrip", "text/vtt")}
    kinds |= {kind: "application/json" for kind in ("application/x-ndjson", "text/event-stream")}
    config = Path(folder) / "config.json"
    config.write_text(json.dumps({"content_type_overrides": kinds, "post_hooks": []}))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(path), "--meta", "none"]
    command += ["--config", str(config)]
    run = subprocess.run(
        [*command, "--output-path", str(Path(folder) / "generated")], capture_output=True, text=True, cwd=folder
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stdout + run.stderr, run.stdout + run.stderr
    sys.path.insert(0, folder)
    generated = importlib.import_module("generated")
    client = generated.AuthenticatedClient(base_url=URL, token=KEY)

    def call(tag: str, name: str, **arguments: object) -> object:
        return importlib.import_module(f"generated.api.{tag}.{name}").sync(client=client, **arguments)

    assert call("openai", "get_v1_models").data[0].id
    report.worked("GET /v1/models")
    page = call("generation", "get_api_generation_slash", limit=5, status_filter="COMPLETED")
    assert page.total >= 0
    report.worked("GET /api/generation/ with query parameters")
    assert call("elevenlabs", "get_v2_voices", page_size=2).total_count >= 0
    report.worked("GET /v2/voices")
