"""Replicate's API on this machine, for tests of your own programs.

    with loqui.testing.Emulator() as emulator:
        client = loqui.Loqui(token=emulator.token, base_url=emulator.base_url)
        client.speak(sample, "Hello!")
        assert emulator.paid_runs == 1
"""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Self

from . import _loqui
from ._sample import Sample

__all__ = ["Emulator", "recording"]


def recording() -> Sample:
    """Returns a recording that passes every check, for tests that have none: about ten seconds of the offline voice."""
    return Sample.from_bytes(_loqui.recording()).with_name("recording")


class Emulator:
    """Replicate's API on a free port of this machine; it ends with the process at the latest.

    Args:
        voice: Speak the text with the offline voice. Without it, outputs are a tone that is as long as the text.
    """

    def __init__(self, *, voice: bool = False) -> None:
        self._native = _loqui.Emulator(voice)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops it."""
        self._native.close()

    def __repr__(self) -> str:
        return f"<Emulator {self.base_url}>"

    @property
    def base_url(self) -> str:
        """The API's address, for ``Loqui(base_url=...)`` or ``REPLICATE_BASE_URL``."""
        return self._native.base_url()

    @property
    def token(self) -> str:
        """The one token that it takes."""
        return self._native.token()

    @property
    def webhook_secret(self) -> str:
        """The secret that its webhooks are signed with."""
        return self._native.webhook_secret()

    def fault(self, rule: str) -> None:
        """Makes something go wrong the next time, for instance ``drop_after_accept``.

        ``loqui emulator --list-faults`` says what there is, and ``create_throttled:5@2*3`` how often: the value 5, after
        two that go well, three times.

        Raises:
            ValueError: There is no such fault; it names all.
        """
        self._native.fault(rule)

    def clear_faults(self) -> None:
        """Takes back every fault."""
        self._native.clear_faults()

    @property
    def ledger(self) -> dict[str, Any]:
        """What happened: creates, polls, downloads, cancels, uploads, leaked tokens."""
        ledger: dict[str, Any] = json.loads(self._native.ledger())
        return ledger

    @property
    def paid_runs(self) -> int:
        """How many predictions a real account would have paid for."""
        return self._native.paid_runs()
