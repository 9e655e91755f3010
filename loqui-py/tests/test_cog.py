"""The engine ``cog``, with a server that answers like Cog's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from conftest import TESTS

import loqui

# Its speech is about as long as the recording that the container answers with.
TEXT = (
    "On Saturday we walked down to the harbour before the shops opened. The water was flat and grey, and two old boats "
    "knocked against the wall. My sister bought warm bread, and we ate it on the steps."
)


class Container(BaseHTTPRequestHandler):
    """Answers with the recording of the request."""

    def do_GET(self) -> None:
        self.answer({"status": "READY"})

    def do_PUT(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["content-length"])))["input"]
        assert given["prompt"] == TEXT
        self.answer({"status": "succeeded", "output": given["audio_prompt"]})

    def answer(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Suppresses the log."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Container) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_container_speaks(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = loqui.Sample.open(TESTS / "voices" / "heart.mp3")
    client = loqui.Loqui(engine="cog", cog_url=address)
    assert client.engine == "cog"
    speech = client.speak(sample, TEXT)
    assert speech.info.engine == "cog"
    assert speech.duration > 10
    assert speech.info.cost_usd == 0
    monkeypatch.setenv("LOQUI_COG_URL", address)
    assert loqui.Loqui(engine="cog").engine == "cog"


def test_the_engine_needs_a_url() -> None:
    with pytest.raises(loqui.errors.InvalidInputError) as missing:
        loqui.Loqui(engine="cog")
    assert missing.value.code == "cog.url"
