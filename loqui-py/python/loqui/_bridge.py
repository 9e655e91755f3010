"""The Python half of what makes futures of Rust futures of asyncio."""

from __future__ import annotations

import asyncio
from typing import Any


def set_results(finished: list[tuple[asyncio.Future[Any], bool, Any]]) -> None:
    """Ends futures, on the thread of their loop; those that were cancelled meanwhile stay so."""
    for future, well, value in finished:
        if not future.done():
            if well:
                future.set_result(value)
            else:
                future.set_exception(value)
