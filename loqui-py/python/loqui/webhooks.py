"""Calls from Replicate to you: is it really Replicate, and is it fresh?

    delivery = loqui.webhooks.verify(secret, request.headers, request.body)
    if delivery.prediction["status"] == "succeeded": ...

A webhook is a hint, not the truth: deliveries come twice, out of order or never, so ask for the generation as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import _loqui

__all__ = ["Delivery", "verify"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A call that is to be believed.

    Attributes:
        id: The same for every repetition of this call.
        sent_at: When it was sent, as RFC 3339 in UTC.
        prediction: What was sent: the prediction as it stood then.
    """

    id: str
    sent_at: str
    prediction: dict[str, Any]


def verify(
    secret: str, headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes | bytearray | memoryview
) -> Delivery:
    """Checks the signature over the raw body, in constant time, and that the call is not older than five minutes.

    Args:
        secret: The key that Replicate signs your account's webhooks with (``whsec_...``).
        headers: All headers of the call, in any order and case.
        body: The raw body, as it came over the wire.

    Raises:
        AuthenticationError: ``webhook.invalid``.
    """
    raw = bytes(body)
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    id, sent_at = _loqui.verify_webhook(secret, [(str(name), str(value)) for name, value in pairs], raw)
    return Delivery(id, sent_at, json.loads(raw))
