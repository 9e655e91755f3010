"""An emulator of Replicate's API, for tests.

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
    """Returns a recording that passes every check: about ten seconds of the offline voice."""
    return Sample.from_bytes(_loqui.recording()).with_name("recording")


class Emulator:
    """An emulator of Replicate's API on a free local port. It stops on ``close`` or with the process.

    Args:
        voice: Speak the text with the offline voice. Otherwise the output is a tone whose length follows the text.
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
        """Stops the emulator."""
        self._native.close()

    def __repr__(self) -> str:
        return f"<Emulator {self.base_url}>"

    @property
    def base_url(self) -> str:
        """The base URL of the API, for ``Loqui(base_url=...)`` or ``REPLICATE_BASE_URL``."""
        return self._native.base_url()

    @property
    def token(self) -> str:
        """The API token that it accepts."""
        return self._native.token()

    @property
    def webhook_secret(self) -> str:
        """The secret that signs its webhooks."""
        return self._native.webhook_secret()

    def fault(self, rule: str) -> None:
        """Injects a fault into the next request that it applies to, for example ``drop_after_accept``.

        ``loqui emulator --list-faults`` lists all faults. ``create_throttled:5@2*3`` means: with the value 5, after
        two requests without the fault, three times.

        Raises:
            ValueError: The fault is unknown. The message lists all faults.
        """
        self._native.fault(rule)

    def clear_faults(self) -> None:
        """Removes all faults."""
        self._native.clear_faults()

    @property
    def ledger(self) -> dict[str, Any]:
        """All requests so far (creates, polls, downloads, cancels, uploads) and all leaks of the token."""
        ledger: dict[str, Any] = json.loads(self._native.ledger())
        return ledger

    @property
    def paid_runs(self) -> int:
        """The number of predictions that a real account would have been billed for."""
        return self._native.paid_runs()
