"""Ctrl-C and cancelled tasks cancel at the provider, even if the process exits right after."""

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


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"


@contextmanager
def program(emulator: Emulator, text: str) -> Iterator[subprocess.Popen[str]]:
    """Runs a Python program against the emulator, and kills it at the end."""
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
        # A shell that starts the tests in the background may ignore Ctrl-C, and children inherit that.
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
@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C differently")
def test_ctrl_c_ends_the_program_and_cancels_the_prediction(emulator: Emulator, text: str) -> None:
    emulator.fault("stuck_in_processing")
    with program(emulator, text) as running:
        until(lambda: emulator.ledger["creates"])
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert "KeyboardInterrupt" in said
    assert statuses(emulator) <= {"canceled", "aborted"}


def test_an_asyncio_timeout_cancels_the_prediction_although_the_program_exits_at_once(emulator: Emulator) -> None:
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


def test_a_program_exits_at_once_while_a_generation_runs(emulator: Emulator) -> None:
    emulator.fault("stuck_in_processing")
    with program(emulator, "print(loqui.Loqui().submit(sample, 'This never ends.').id)") as running:
        said, complained = running.communicate(timeout=30)
    assert (said, complained, running.returncode) == ("1\n", "", 0)


def test_a_failing_task_of_a_group_cancels_the_predictions_of_the_others(
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
