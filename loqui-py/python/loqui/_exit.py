"""Clean-up before the interpreter exits."""

from __future__ import annotations

import atexit

from . import _loqui

# The maximum time to wait until calls that Ctrl-C or a cancelled task ended are cancelled at the provider.
_SECONDS = 10.0


def register() -> None:
    """Registers the clean-up."""
    atexit.register(_leave)


def _leave() -> None:
    _loqui.settle(_SECONDS)
    _loqui.log_flush()
    _loqui.shut()
