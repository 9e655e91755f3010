"""Verification of webhook deliveries from Replicate.

    delivery = loqui.webhooks.verify(secret, request.headers, request.body)
    if delivery.prediction["status"] == "succeeded": ...

Deliveries may be duplicated, reordered or lost: read the state of the generation as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import _loqui

__all__ = ["Delivery", "verify"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A verified delivery.

    Attributes:
        id: The ID of the message; retries of one message share it.
        sent_at: When it was sent, in UTC.
        prediction: The prediction at that time, as JSON data.
    """

    id: str
    sent_at: datetime
    prediction: dict[str, Any]


def verify(
    secret: str, headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes | bytearray | memoryview
) -> Delivery:
    """Verifies the signature of the raw body, in constant time, and that the delivery is at most five minutes old.

    Args:
        secret: The webhook signing secret of the account (``whsec_...``).
        headers: All headers of the request, in any order and case.
        body: The raw body of the request.

    Raises:
        AuthenticationError: ``webhook.invalid``.
    """
    raw = bytes(body)
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    id, sent_at = _loqui.verify_webhook(secret, [(str(name), str(value)) for name, value in pairs], raw)
    return Delivery(id, datetime.fromisoformat(sent_at), json.loads(raw))
