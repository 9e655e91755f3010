"""Completes asyncio futures with the results of Rust futures."""

from __future__ import annotations

import asyncio
from typing import Any


def set_results(finished: list[tuple[asyncio.Future[Any], bool, Any]]) -> None:
    """Completes futures on the thread of their event loop. Cancelled futures stay cancelled."""
    for future, succeeded, value in finished:
        if not future.done():
            if succeeded:
                future.set_result(value)
            else:
                future.set_exception(value)
