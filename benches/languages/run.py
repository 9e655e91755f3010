"""Runs the same work in every language against one emulator and prints the cost. See the README beside it."""

import argparse
import json
import os
import resource
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
RELEASE = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parents[1] / "target")) / "release/examples"

CLIENTS = {
    "loqui, Rust": [str(RELEASE / "languages_loqui")],
    "loqui, Python": [sys.executable, str(HERE / "loqui_client.py")],
    "loqui, Node": ["node", str(HERE / "loqui_client.mjs")],
}
OFFICIAL = {
    "replicate, Python": [os.environ.get("LOQUI_PEERS_PYTHON", sys.executable), str(HERE / "replicate_client.py")],
    "replicate, Node": ["node", str(HERE / "replicate_client.mjs")],
}


class Provider:
    """The emulator in its own process."""

    def __init__(self, run_ms: int) -> None:
        command = [str(RELEASE / "languages_emulator"), str(run_ms)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.base_url, self.token = self.process.stdout.readline().split()

    def __enter__(self) -> "Provider":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def ask(self, path: str, method: str = "GET") -> object:
        address = self.base_url.removesuffix("/v1") + "/emulator/" + path
        with urllib.request.urlopen(urllib.request.Request(address, method=method)) as answer:
            return json.loads(answer.read() or "null")


def run(provider: Provider, command: list[str]) -> dict[str, float]:
    environment = {
        **os.environ,
        "REPLICATE_API_TOKEN": provider.token,
        "REPLICATE_BASE_URL": provider.base_url,
    }
    environment.pop("LOQUI_DATA_DIR", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(done.stdout.splitlines()[-1]), "cpu": cpu}


def compare(official: bool) -> None:
    print("300 generations at concurrency 100, the provider takes 2 s (ideal 6 s)")
    with Provider(2_000) as provider:
        for name, command in {**CLIENTS, **(OFFICIAL if official else {})}.items():
            provider.ask("reset", "POST")
            took = run(provider, [*command, "speak"])
            paid = Counter(create["status"] for create in provider.ask("ledger")["creates"])
            print(f"{name:<20}{took['seconds']:8.2f} s{took['cpu'] / 0.3:8.2f} ms of CPU each   {dict(paid)}")
    print("\n100,000 trivial calls, 1,000 at a time")
    with Provider(10) as provider:
        for name, command in CLIENTS.items():
            took = run(provider, [*command, "calls"])
            print(f"{name:<20}{took['seconds']:8.2f} s{took['seconds'] * 10:8.2f} us each")


def cancel() -> None:
    print("1,000 cancellations after 0 to 300 ms of a run that takes 250 ms")
    with Provider(250) as provider:
        for name, command in CLIENTS.items():
            provider.ask("reset", "POST")
            took = run(provider, [*command, "cancel"])
            statuses = Counter(create["status"] for create in provider.ask("ledger")["creates"])
            print(f"{name:<20}{took['count']:.0f} cancelled in {took['seconds']:.1f} s: {dict(statuses)}, files left open {took['files']}")
            left = [status for status in statuses if status in ("starting", "processing")]
            assert not left, f"{name}: still running at the provider: {left}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cancel", action="store_true", help="the cancellations instead")
    parser.add_argument("--without-official", action="store_true", help="leave out the clients of the provider itself")
    arguments = parser.parse_args()
    if arguments.cancel:
        cancel()
    else:
        compare(not arguments.without_official)
