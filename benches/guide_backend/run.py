"""Compares FastAPI and Celery with `loqui serve` on one provider: `cargo xtask bench backend`."""

import argparse
import asyncio
import resource
import signal
import statistics
import time
from collections import Counter
from collections.abc import Callable

from client import Connection, User
from servers import Backend, Guide, Loqui, Provider


def milliseconds(took: list[float]) -> str:
    took = sorted(took)
    return f"p50 {statistics.median(took) * 1e3:.1f} ms, p99 {took[int(len(took) * 0.99)] * 1e3:.1f} ms"


async def under_load(kind: type[Backend], running: int, probes: int) -> None:
    """Response times while many generations are in progress."""
    provider = Provider(120_000)
    backend = kind(provider)
    try:
        user = await User(backend.port).sign_in()
        idle = backend.memory()
        ids, _ = await user.submit([f"Number {number} of the load." for number in range(running)], 16)
        await asyncio.sleep(10)
        _, one = await user.submit([f"Probe {number}, alone." for number in range(probes)], 1)
        began = time.perf_counter()
        _, many = await user.submit([f"Probe {number}, of sixteen." for number in range(probes * 4)], 16)
        rate = len(many) / (time.perf_counter() - began)
        through, status = user.connection(), []
        for number in ids[:probes]:
            began = time.perf_counter()
            await through.ask("GET", f"/api/generation/status/{number}")
            status.append(time.perf_counter() - began)
        under_way = sum(provider.paid().values())
        print(
            f"| {backend.name} | {under_way} | {milliseconds(one)} | {rate:.0f}/s, {milliseconds(many)} | "
            f"{milliseconds(status)} | {idle:.0f} MiB, then {backend.memory():.0f} MiB |",
            flush=True,
        )
    finally:
        backend.stop()
        provider.stop()


async def throughput(kind: type[Backend], run_ms: int, count: int) -> float:
    """Completed generations per second."""
    provider = Provider(run_ms)
    backend = kind(provider)
    try:
        user = await User(backend.port).sign_in()
        began = time.perf_counter()
        ids, _ = await user.submit([f"Number {number}." for number in range(count)], 16)
        ended = Counter((await user.ended(ids, 60)).values())
        took = time.perf_counter() - began
        print(
            f"| {backend.name} | {run_ms / 1000:g} s | {count} | {took:.1f} s | {ended['COMPLETED'] / took:.2f}/s | "
            f"{dict(ended)} |",
            flush=True,
        )
        return ended["COMPLETED"] / took
    finally:
        backend.stop()
        provider.stop()


async def killed(kind: type[Backend], count: int) -> None:
    """Results of generations whose worker was killed and started again."""
    provider = Provider(3_000)
    backend = kind(provider)
    try:
        user = await User(backend.port).sign_in()
        ids, _ = await user.submit([f"Number {number}." for number in range(count)], 16)
        # Wait until the first ones run, because start-up times of the workers differ.
        while sum(provider.paid().values()) < 2:
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        backend.kill_workers()
        backend.start_worker()
        if isinstance(backend, Loqui):
            user.port = backend.port
        ended = Counter((await user.ended(ids, 60)).values())
        paid = provider.paid()
        lost = sum(paid.values()) - ended["COMPLETED"]
        print(
            f"| {backend.name} | {count} | {ended['COMPLETED']} | {ended['FAILED']} | "
            f"{count - ended['COMPLETED'] - ended['FAILED']} | {sum(paid.values())} | {lost} |",
            flush=True,
        )
    finally:
        backend.stop()
        provider.stop()


async def idle_connections(kind: type[Backend], count: int) -> None:
    """Response times while many connections are idle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 3 * count)), hard))
    provider = Provider(10)
    backend = kind(provider)
    try:
        user = await User(backend.port).sign_in()
        ids, _ = await user.submit(["One to look at."], 1)
        before = backend.memory()
        open_ = [await asyncio.open_connection("127.0.0.1", backend.port) for _ in range(count)]
        # Half of the connections have sent one request.
        for _, writer in open_[: count // 2]:
            writer.write(b"GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(3)
        took = []
        through: Connection = user.connection()
        for _ in range(500):
            began = time.perf_counter()
            status, _ = await through.ask("GET", f"/api/generation/status/{ids[0]}")
            assert status == 200
            took.append(time.perf_counter() - began)
        after = backend.memory()
        still = sum(not reader.at_eof() for reader, _ in open_)
        print(f"| {backend.name} | {still} of {count} | {milliseconds(took)} | {after - before:.0f} additional MiB |", flush=True)
        for _, writer in open_:
            writer.transport.abort()
    finally:
        backend.stop()
        provider.stop()


def both(of: Callable[[type[Backend]], object], kinds: list[type[Backend]]) -> list[object]:
    return [asyncio.run(of(kind)) for kind in kinds]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["load", "throughput", "killed", "idle"], help="one table")
    parser.add_argument("--running", type=int, default=1000, help="generations in progress in the first table")
    parser.add_argument("--connections", type=int, default=10_000)
    arguments = parser.parse_args()
    kinds: list[type[Backend]] = [Guide, Loqui]
    wanted = lambda name: arguments.only in (None, name)  # noqa: E731
    if wanted("load"):
        print("| backend | in progress at the provider | create, one caller | create, 16 callers | status, one caller | memory |")
        print("| --- | --: | --- | --- | --- | --- |", flush=True)
        both(lambda kind: under_load(kind, arguments.running, 200), kinds)
        print()
    if wanted("throughput"):
        print("| backend | provider takes | generations | all ended after | completed per second | |")
        print("| --- | --: | --: | --: | --: | --- |", flush=True)
        for run_ms, counts in ((0, (100, 500)), (2_000, (40, 1_000))):
            rates = [asyncio.run(throughput(kind, run_ms, count)) for kind, count in zip(kinds, counts, strict=True)]
            print(f"| {rates[1] / rates[0]:.0f} times || | | | | |", flush=True)
        print()
    if wanted("killed"):
        print("| backend | requested | completed | failed | stuck | paid | paid without result |")
        print("| --- | --: | --: | --: | --: | --: | --: |", flush=True)
        both(lambda kind: killed(kind, 20), kinds)
        print()
    if wanted("idle"):
        print("| backend | open connections | status route meanwhile | additional memory |")
        print("| --- | --- | --- | --- |", flush=True)
        both(lambda kind: idle_connections(kind, arguments.connections), kinds)


if __name__ == "__main__":
    # On SIGTERM, stop the started processes, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
