"""Forwards log messages to :mod:`logging`, under the name ``loqui``."""

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
    """Passes the current level to the native module, so that it does not format messages that would be dropped."""
    global _started
    if not _started:
        # Not on import, because the program `loqui` imports the package too and has its own logging.
        _loqui.log_to(_emit)
        _started = True
    wanted = logger.getEffectiveLevel()
    enabled = [name for name, level in _LEVELS.items() if level >= wanted]
    _loqui.log_up_to(enabled[-1] if enabled else "error")
