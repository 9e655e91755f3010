"""A small HTTP client with persistent connections, so that it adds little to the measurements."""

import asyncio
import json
import time
import uuid
from pathlib import Path

VOICE = Path(__file__).resolve().parents[2] / "tests/voices/heart.mp3"


class Connection:
    def __init__(self, port: int, token: str = "") -> None:
        self.port, self.token = port, token
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        bearer = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}"
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        status = int((await reader.readline()).split()[1])
        length, closing = 0, False
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            closing = closing or (name.lower() == b"connection" and value.strip().lower() == b"close")
        answer = await reader.readexactly(length)
        if closing:
            self.close()
        return status, answer

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
            self.streams = None


class User:
    """A signed-in user with a recording, for both backends."""

    def __init__(self, port: int) -> None:
        self.port, self.token, self.sample = port, "", 0

    async def sign_in(self) -> "User":
        one = Connection(self.port)
        form = b"username=testuser&password=testpass123"
        status, body = await one.ask("POST", "/api/auth/login", form, "application/x-www-form-urlencoded")
        assert status == 200, body
        self.token = json.loads(body)["access_token"]
        one.token, edge = self.token, uuid.uuid4().hex
        name = f'--{edge}\r\nContent-Disposition: form-data; name="sample_name"\r\n\r\nVoice\r\n'
        file = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="voice.mp3"\r\n'
        file += "Content-Type: audio/mpeg\r\n\r\n"
        form = name.encode() + file.encode() + VOICE.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        status, body = await one.ask("POST", "/api/samples/upload", form, f"multipart/form-data; boundary={edge}")
        assert status == 201, body
        self.sample = json.loads(body)["sample_id"]
        return self

    def connection(self) -> Connection:
        return Connection(self.port, self.token)

    async def create(self, through: Connection, text: str) -> int:
        wanted = {"sample_id": self.sample, "model_name": "Bench", "script_text": text}
        status, body = await through.ask("POST", "/api/generation/create", json.dumps(wanted).encode())
        assert status == 201, body
        return json.loads(body)["audio_id"]

    async def submit(self, texts: list[str], at_once: int) -> tuple[list[int], list[float]]:
        """Creates all generations. Returns their ids and the latency of each response in seconds."""
        left, ids, took = list(reversed(texts)), [], []

        async def some() -> None:
            through = self.connection()
            while left:
                text, began = left.pop(), time.perf_counter()
                ids.append(await self.create(through, text))
                took.append(time.perf_counter() - began)
            through.close()

        await asyncio.gather(*(some() for _ in range(at_once)))
        return ids, took

    async def statuses(self, ids: list[int], at_once: int = 8) -> dict[int, str]:
        left, known = list(ids), {}

        async def some() -> None:
            through = self.connection()
            while left:
                number = left.pop()
                status, body = await through.ask("GET", f"/api/generation/status/{number}")
                assert status == 200, body
                known[number] = json.loads(body)["status"]
            through.close()

        await asyncio.gather(*(some() for _ in range(at_once)))
        return known

    async def ended(self, ids: list[int], patience: float) -> dict[int, str]:
        """Waits until all have ended, or nothing has changed for the given time in seconds."""
        open_, known, changed = set(ids), {}, time.monotonic()
        while open_ and time.monotonic() - changed < patience:
            now = await self.statuses(sorted(open_)[:200])
            known.update(now)
            done = {number for number, status in now.items() if status in ("COMPLETED", "FAILED")}
            if done:
                changed = time.monotonic()
            open_ -= done
            await asyncio.sleep(0.1)
        known.update(await self.statuses(sorted(open_)))
        return known
