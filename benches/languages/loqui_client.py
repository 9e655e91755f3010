"""Python part of the comparison: ``loqui_client.py speak|calls|cancel``. Prints one line of JSON."""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import loqui

VOICE = Path(__file__).resolve().parents[2] / "tests/voices/heart.mp3"


async def many(count: int, concurrency: int, one: Callable[[int], Awaitable[object]]) -> None:
    limit = asyncio.Semaphore(concurrency)

    async def limited(number: int) -> None:
        async with limit:
            await one(number)

    await asyncio.gather(*(limited(number) for number in range(count)))


async def speak(client: loqui.AsyncLoqui, sample: loqui.Sample) -> int:
    await many(300, 100, lambda number: client.speak(sample, f"This is number {number}."))
    return 300


async def calls(client: loqui.AsyncLoqui, sample: loqui.Sample) -> int:
    generation = await client.submit(sample, "Ask me.")
    await generation.wait()
    await many(100_000, 1_000, lambda _: client.generation(generation.id))
    return 100_000


async def cancel(client: loqui.AsyncLoqui, sample: loqui.Sample) -> int:
    """Cancels each generation after 0 to 300 ms, 50 at a time."""
    given_up = 0

    async def one(number: int) -> None:
        nonlocal given_up
        try:
            async with asyncio.timeout(number * 7_919 % 300 / 1000):
                await client.speak(sample, f"This is number {number}.")
        except TimeoutError:
            given_up += 1

    await many(1_000, 50, one)
    for generation in await client.generations():
        try:
            await generation.wait()
        except loqui.LoquiError:
            pass  # its end is what matters, not its error
    gc.collect()
    return given_up


def files() -> int:
    """Number of open files and sockets of this process."""
    return len(os.listdir("/proc/self/fd"))


async def main() -> None:
    before = files()
    sample = await loqui.Sample.open_async(VOICE)
    client = loqui.AsyncLoqui()
    started = time.perf_counter()
    count = await {"speak": speak, "calls": calls, "cancel": cancel}[sys.argv[1]](client, sample)
    tasks = len(asyncio.all_tasks()) - 1
    seconds = time.perf_counter() - started
    print(json.dumps({"count": count, "seconds": seconds, "tasks": tasks, "files": files() - before}))


asyncio.run(main())
