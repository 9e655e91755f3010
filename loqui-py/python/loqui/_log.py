"""What the library logs, handed to :mod:`logging` under the name ``loqui``."""

from __future__ import annotations

import logging

from . import _loqui

_LEVELS = {"error": logging.ERROR, "warn": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}

logger = logging.getLogger("loqui")
logger.addHandler(logging.NullHandler())


def _emit(level: str, target: str, message: str) -> None:
    name = target.replace("_", ".", 1).replace("::", ".").replace("loqui.core", "loqui")
    logging.getLogger(name).log(_LEVELS[level], "%s", message)
    follow()


_started = False


def follow() -> None:
    """Lets the native half know how much is wanted, so that it does not make what nobody reads."""
    global _started
    if not _started:
        # Not when the package is imported: the program `loqui` imports it as well, and logs by itself.
        _loqui.log_to(_emit)
        _started = True
    wanted = logger.getEffectiveLevel()
    graver = [name for name, level in _LEVELS.items() if level >= wanted]
    _loqui.log_up_to(graver[-1] if graver else "error")
