"""CPU time of `loqui worker` and `loqui batch` for each generation with one recording, with a provider of no latency.

`run.py PROGRAM [--count N] [--postgres URL]`. The program must be a release build; another version may be given for
comparison. Starts its own emulator, server and worker on free ports of this machine, and stops them.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VOICE = ROOT / "tests/voices/heart.mp3"
TICKS = os.sysconf("SC_CLK_TCK")


def text_of(number: int) -> str:
    return f"This is number {number} of many sentences."


def cpu_of(process: subprocess.Popen) -> float:
    """User and system time of a running process, in seconds."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class World:
    """A folder with an emulator."""

    def __init__(self, program: Path, postgres: str | None = None) -> None:
        self.program, self.children = program, []
        self.folder = tempfile.TemporaryDirectory(prefix="loqui-artefacts-")
        self.path = Path(self.folder.name)
        # A clock that is fast enough for rate limits and run times to disappear, and slow enough that uploads do not expire.
        words = ["emulator", "--addr", "127.0.0.1:0", "--time-scale", "20", "--json"]
        emulator = self.start(words, {}, stdout=subprocess.PIPE)
        told = json.loads(emulator.stdout.readline())
        self.environment = {
            "LOQUI_DATA_DIR": str(self.path / "data"),
            "REPLICATE_BASE_URL": told["base_url"],
            "REPLICATE_API_TOKEN": told["token"],
            "RUST_LOG": os.environ.get("RUST_LOG", "error"),
        }
        if postgres:
            self.environment["LOQUI_DATABASE_URL"] = postgres

    def start(self, words: list[str], environment: dict[str, str], **more) -> subprocess.Popen:
        child = subprocess.Popen([self.program, *words], env={"PATH": os.environ["PATH"], **environment}, cwd=self.path, **more)
        self.children.append(child)
        return child

    def close(self) -> None:
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(5)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        self.folder.cleanup()


class Server:
    """A server that leaves its generations to workers, with a user and an upload."""

    def __init__(self, world: World) -> None:
        words = ["serve", "--demo-user", "--leave-to-workers", "--addr", "127.0.0.1:0", "--json"]
        (world.path / "loqui.toml").write_text("max_unfinished_per_user = 1000000\n")
        words += ["--config", str(world.path / "loqui.toml")]
        self.process = world.start(words, world.environment, stdout=subprocess.PIPE)
        self.base, self.headers = json.loads(self.process.stdout.readline())["url"].rstrip("/"), {}
        form = b"username=testuser&password=testpass123"
        token = self.ask("/api/auth/login", form, "application/x-www-form-urlencoded")["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        edge = uuid.uuid4().hex
        body = f'--{edge}\r\nContent-Disposition: form-data; name="sample_name"\r\n\r\nVoice\r\n'
        body += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="voice.mp3"\r\n'
        body += "Content-Type: audio/mpeg\r\n\r\n"
        upload = body.encode() + VOICE.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        self.sample = self.ask("/api/samples/upload", upload, f"multipart/form-data; boundary={edge}")["sample_id"]

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/json") -> dict:
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind, **self.headers})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {error.read().decode()}")

    def create(self, text: str) -> int:
        wanted = {"sample_id": self.sample, "model_name": "Bench", "script_text": text}
        return self.ask("/api/generation/create", json.dumps(wanted).encode())["audio_id"]

    def status(self, number: int) -> str:
        return self.ask(f"/api/generation/status/{number}")["status"]


def worker(program: Path, count: int, postgres: str | None) -> None:
    world = World(program, postgres)
    try:
        server = Server(world)
        ids = [server.create(text_of(number)) for number in range(count)]
        began = time.monotonic()
        process = world.start(["worker"], world.environment)
        ended: dict[int, str] = {}
        while len(ended) < count and time.monotonic() - began < 600:
            for number in ids:
                if number not in ended and (status := server.status(number)) in ("COMPLETED", "FAILED"):
                    ended[number] = status
            time.sleep(0.05)
        took, cpu = time.monotonic() - began, cpu_of(process)
        done = sum(status == "COMPLETED" for status in ended.values())
        store = "Postgres" if postgres else "SQLite"
        print(f"| worker, {store} | {done} of {count} | {took:.1f} s | {cpu:.2f} s | {cpu / count:.4f} s |", flush=True)
    finally:
        world.close()


def batch(program: Path, count: int) -> None:
    world = World(program)
    try:
        for turn, name in enumerate(["batch", "batch, again with other texts"]):
            jobs = [
                {"id": str(number), "sample": str(VOICE), "script": text_of(1000 * turn + number), "out": f"{number}.wav"}
                for number in range(count)
            ]
            (world.path / "jobs.jsonl").write_text("\n".join(map(json.dumps, jobs)))
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            child = world.start(["batch", "jobs.jsonl"], world.environment, stdout=subprocess.DEVNULL)
            code = child.wait()
            after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            done = count if code == 0 else f"exit {code}"
            print(f"| {name} | {done} of {count} | {took:.1f} s | {cpu:.2f} s | {cpu / count:.4f} s |", flush=True)
    finally:
        world.close()


def speak(program: Path) -> None:
    world = World(program)
    try:
        for name in ["speak, first", "speak, again"]:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.monotonic()
            words = ["speak", "--sample", str(VOICE), f"{name}.", "-o", "out.wav"]
            code = world.start(words, world.environment, stdout=subprocess.DEVNULL).wait()
            after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"| {name} | {'1' if code == 0 else f'exit {code}'} of 1 | {took:.2f} s | {cpu:.2f} s | {cpu:.4f} s |", flush=True)
    finally:
        world.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=50)
    parser.add_argument("--postgres", help="address of an empty database or schema")
    parser.add_argument("--only", choices=["worker", "batch", "speak"])
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    print("| command | completed | took | CPU time | for each |\n| --- | --: | --: | --: | --: |", flush=True)
    if arguments.only in (None, "worker"):
        worker(program, arguments.count, None)
        if arguments.postgres:
            worker(program, arguments.count, arguments.postgres)
    if arguments.only in (None, "batch"):
        batch(program, arguments.jobs)
    if arguments.only in (None, "speak"):
        speak(program)


if __name__ == "__main__":
    main()
