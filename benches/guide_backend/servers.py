"""Starts the provider, the two backends and their workers, each with its own empty folder."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RELEASE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
DEVNULL = subprocess.DEVNULL


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(process for child in children for process in family(int(child)))]


def memory(pids: list[int]) -> float:
    """Memory of the processes in MiB (PSS, so shared pages count once)."""
    kilobytes = 0
    for process in (process for pid in pids for process in family(pid)):
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        kilobytes += int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
    return kilobytes / 1024


class Provider:
    """The emulator in its own process, without rate limits."""

    def __init__(self, run_ms: int) -> None:
        command = [RELEASE / "examples/languages_emulator", str(run_ms)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.base_url, self.token = self.process.stdout.readline().split()

    def paid(self) -> Counter[str]:
        """Number of predictions per text."""
        address = self.base_url.removesuffix("/v1") + "/emulator/ledger"
        with urllib.request.urlopen(address) as answer:
            return Counter(create["text"] for create in json.load(answer)["creates"])

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class Backend:
    """A running backend. `workers` are the processes that call the provider."""

    name: str

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.folder = Path(tempfile.mkdtemp(prefix="loqui-bench-"))
        self.port = free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        self.start()
        self.answers()

    def start(self) -> None:
        raise NotImplementedError

    def start_worker(self) -> None:
        raise NotImplementedError

    def spawn(self, command: list[object], **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(word) for word in command],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=(self.folder / "errors.txt").open("ab"),
            start_new_session=True,
        )

    def answers(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} does not answer: {(self.folder / 'errors.txt').read_text()}")

    def memory(self) -> float:
        return memory([process.pid for process in {*self.processes, *self.workers}])

    def kill_workers(self) -> None:
        """Kills the workers and their children with SIGKILL, like a crash or the OOM killer."""
        for worker in self.workers:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.workers.clear()

    def stop(self) -> None:
        for process in {*self.processes, *self.workers}:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Guide(Backend):
    """FastAPI and Celery with default settings: one server process, one worker process per core."""

    name = "FastAPI + Celery"

    def start(self) -> None:
        self.redis = free_port()
        storage = self.folder / "storage"
        storage.mkdir()
        self.settings = {
            "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{self.folder}/app.db"),
            "BROKER_URL": f"redis://127.0.0.1:{self.redis}/0",
            "STORAGE": str(storage),
            "JWT_SECRET": "a secret of thirty-two bytes or more",
            "REPLICATE_API_TOKEN": self.provider.token,
            "PROVIDER": self.provider.base_url.removesuffix("/v1"),
            "PYTHONPATH": str(HERE),
        }
        broker = ["redis-server", "--port", self.redis, "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        self.processes.append(self.spawn(broker))
        time.sleep(0.5)
        server = [sys.executable, "-m", "uvicorn", "app:app", "--port", self.port, "--log-level", "warning"]
        self.processes.append(self.spawn(server, **self.settings))
        self.answers()
        self.start_worker()

    def start_worker(self) -> None:
        worker = [sys.executable, "-m", "celery", "-A", "tasks:celery", "worker", "--loglevel", "WARNING"]
        self.workers.append(self.spawn(worker, **self.settings))


class Loqui(Backend):
    """`loqui serve`: server, store and workers in one process."""

    name = "loqui serve"

    def start(self) -> None:
        (self.folder / "loqui.toml").write_text("max_unfinished_per_user = 1000000\n")
        self.start_worker()

    def start_worker(self) -> None:
        command = [RELEASE / "loqui", "serve", "--demo-user", "--addr", f"127.0.0.1:{self.port}"]
        command += ["--config", self.folder / "loqui.toml", "--data-dir", self.folder / "data"]
        settings = {"REPLICATE_API_TOKEN": self.provider.token, "REPLICATE_BASE_URL": self.provider.base_url}
        process = self.spawn(command, **settings, RUST_LOG="error")
        self.workers.append(process)
        self.answers()
