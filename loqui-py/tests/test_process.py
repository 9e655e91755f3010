"""Threads, forks, panics and logs."""

from __future__ import annotations

import asyncio
import logging
import os
import threading

import pytest

import loqui
from loqui import _loqui
from loqui.testing import Emulator


def threads() -> int:
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else threading.active_count()


def test_many_clients_share_one_runtime(emulator: Emulator, client: loqui.Loqui, sample: loqui.Sample) -> None:
    client.speak(sample, "Everything has started now.")
    before = threads()
    clients = [loqui.Loqui(token=emulator.token, base_url=emulator.base_url) for _ in range(20)]
    generations = [client.submit(sample, f"Number {number}.") for number, client in enumerate(clients)]
    assert all(generation.wait().duration > 0 for generation in generations)
    # The pool for blocking calls may have grown to its limit; nothing else grows with the number of clients.
    assert threads() - before <= 32


def test_twenty_generations_run_in_one_event_loop(async_client: loqui.AsyncLoqui, sample: loqui.Sample) -> None:
    async def run() -> list[loqui.Speech]:
        return await asyncio.gather(*(async_client.speak(sample, f"Number {number}.") for number in range(20)))

    assert len({speech.info.generation for speech in asyncio.run(run())}) == 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_use_after_a_fork_raises_with_advice(client: loqui.Loqui, sample: loqui.Sample) -> None:
    client.speak(sample, "Before the fork.")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            client.speak(sample, "After the fork.")
            os.write(write, b"it spoke")
        except BaseException as error:
            os.write(write, repr(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as said:
        answer = said.read()
    assert answer.startswith("RuntimeError(") and "spawn" in answer


@pytest.mark.skipif(not hasattr(_loqui, "panic"), reason="only debug builds can panic on purpose")
def test_a_panic_raises_internal_error(
    client: loqui.Loqui, sample: loqui.Sample, capfd: pytest.CaptureFixture[str]
) -> None:
    panic = getattr(_loqui, "panic")

    async def awaited() -> None:
        await panic(True)

    with pytest.raises(loqui.errors.InternalError, match="a defect on purpose"):
        panic(False)
    with pytest.raises(loqui.errors.InternalError, match="a defect on purpose") as raised:
        asyncio.run(awaited())
    assert raised.value.code == "internal" and "report" in (raised.value.hint or "")
    assert client.speak(sample, "It still works.").duration > 0
    capfd.readouterr()


def test_log_messages_reach_the_logging_module(
    emulator: Emulator, sample: loqui.Sample, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="loqui"):
        emulator.fault("create_throttled:1")
        loqui.Loqui(token=emulator.token, base_url=emulator.base_url).speak(sample, "Tell me about it.")
        _loqui.log_flush()
        names = {record.name for record in caplog.records}
        assert any(name.startswith("loqui.replicate") for name in names), names
        assert emulator.token not in caplog.text
    caplog.clear()
    loqui.Loqui(engine="offline").speak(sample, "Quiet, please.")
    _loqui.log_flush()
    assert [record for record in caplog.records if record.levelno < logging.WARNING] == []


def test_a_closed_client_refuses_calls(emulator: Emulator, sample: loqui.Sample) -> None:
    with loqui.Loqui(token=emulator.token, base_url=emulator.base_url) as client:
        generation = client.submit(sample, "It goes on.")
    assert repr(client) == "<Loqui closed>"
    with pytest.raises(RuntimeError, match="closed"):
        client.speak(sample, "Too late.")
    assert generation.wait().duration > 0

    async def run() -> None:
        async with loqui.AsyncLoqui(token=emulator.token, base_url=emulator.base_url) as client:
            await client.speak(sample, "Awaited.")
        with pytest.raises(RuntimeError, match="closed"):
            await client.speak(sample, "Too late.")

    asyncio.run(run())
