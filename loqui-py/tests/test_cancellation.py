"""Cancelling by Python's own means reaches the provider, even when the process ends right after."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import TESTS

import loqui
from loqui.testing import Emulator


def until(seen: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end, "it never came to that"


@contextmanager
def program(emulator: Emulator, text: str) -> Iterator[subprocess.Popen[str]]:
    """A Python program that speaks with the emulator; it is gone at the end, whatever came of it."""
    lines = f"import asyncio, loqui\nsample = loqui.Sample.open({str(TESTS / 'voices/heart.wav')!r})\n"
    environment = {
        **os.environ,
        "REPLICATE_API_TOKEN": emulator.token,
        "REPLICATE_BASE_URL": emulator.base_url,
        "PYTHONPATH": str(Path(loqui.__file__).parents[1]),
    }
    with subprocess.Popen(
        [sys.executable, "-c", lines + textwrap.dedent(text)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever starts tests in the background may have Ctrl-C ignored, which children inherit.
        preexec_fn=None if os.name == "nt" else heed_ctrl_c,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def statuses(emulator: Emulator) -> set[str]:
    return {create["status"] for create in emulator.ledger["creates"]}


@pytest.mark.parametrize(
    "text",
    [
        "loqui.Loqui().speak(sample, 'This never ends.')",
        "asyncio.run(loqui.AsyncLoqui().speak(sample, 'This never ends.'))",
    ],
    ids=["blocking", "awaited"],
)
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent differently there")
def test_ctrl_c_ends_the_program_and_the_run_at_the_provider(emulator: Emulator, text: str) -> None:
    emulator.fault("stuck_in_processing")
    with program(emulator, text) as running:
        until(lambda: emulator.ledger["creates"])
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert "KeyboardInterrupt" in said
    assert statuses(emulator) <= {"canceled", "aborted"}


def test_a_timeout_of_asyncio_cancels_at_the_provider_although_the_program_ends_at_once(emulator: Emulator) -> None:
    emulator.fault("stuck_in_processing")
    text = """
        async def main():
            async with asyncio.timeout(1):
                await loqui.AsyncLoqui().speak(sample, "This never ends.")
        try:
            asyncio.run(main())
        except TimeoutError:
            print("timeout")
    """
    with program(emulator, text) as running:
        said, complained = running.communicate(timeout=60)
    assert (said, complained) == ("timeout\n", "")
    assert statuses(emulator) <= {"canceled", "aborted"}


def test_a_program_ends_at_once_although_a_generation_goes_on(emulator: Emulator) -> None:
    emulator.fault("stuck_in_processing")
    with program(emulator, "print(loqui.Loqui().submit(sample, 'This never ends.').id)") as running:
        said, complained = running.communicate(timeout=30)
    assert (said, complained, running.returncode) == ("1\n", "", 0)


def test_one_of_many_tasks_that_fails_cancels_the_others(
    emulator: Emulator, async_client: loqui.AsyncLoqui, sample: loqui.Sample
) -> None:
    emulator.fault("stuck_in_processing*always")

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(5):
                tasks.create_task(async_client.speak(sample, f"Number {number}."))
            while len(emulator.ledger["creates"]) < 5:
                await asyncio.sleep(0)
            raise ZeroDivisionError

    with pytest.raises(ExceptionGroup):
        asyncio.run(run())
    until(lambda: statuses(emulator) <= {"canceled", "aborted"})
