"""What has to be done before the interpreter ends."""

from __future__ import annotations

import atexit

from . import _loqui

# What Ctrl-C or a cancelled task has left is still being stopped at the provider: wait for that, but not for ever.
_SECONDS = 10.0


def register() -> None:
    """Has it done."""
    atexit.register(_leave)


def _leave() -> None:
    _loqui.settle(_SECONDS)
    _loqui.log_flush()
    _loqui.shut()
