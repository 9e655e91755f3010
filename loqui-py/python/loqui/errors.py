"""The exceptions of the package. Each has a stable ``code`` and a ``hint`` that says how to fix it."""

from __future__ import annotations

__all__ = [
    "AuthenticationError",
    "DeadlineError",
    "GenerationCancelledError",
    "InternalError",
    "InvalidInputError",
    "LoquiError",
    "NetworkError",
    "NotFoundError",
    "PaymentError",
    "ProviderError",
    "RateLimitError",
    "StorageError",
]


class LoquiError(Exception):
    """The base class of all errors.

    Attributes:
        code: Stable, for example ``sample.too_short``.
        hint: How to fix it.
        retryable: Whether the same call may succeed later.
        generation_id: The ID of the generation, if there is one.
        request_id: The provider's ID of the request or prediction, if there is one.
    """

    code: str
    hint: str | None
    retryable: bool
    generation_id: int | None
    request_id: str | None

    def __init__(
        self,
        message: str,
        *,
        code: str = "internal",
        hint: str | None = None,
        retryable: bool = False,
        generation_id: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.retryable = retryable
        self.generation_id = generation_id
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.args[0]} [{self.code}]"

    def __reduce__(self) -> tuple[type[LoquiError], tuple[str], dict[str, object]]:
        return (type(self), (self.args[0],), self.__dict__)


class InvalidInputError(LoquiError):
    """The recording, the text or an option is not usable. Change it."""


class AuthenticationError(LoquiError):
    """The token is missing, invalid or lacks permission."""


class PaymentError(LoquiError):
    """The credit or the budget is not sufficient."""


class RateLimitError(LoquiError):
    """Too many requests. Wait before the next one."""


class NetworkError(LoquiError):
    """The provider could not be reached, or its response was lost."""


class ProviderError(LoquiError):
    """The prediction failed, or the response was not usable."""


class NotFoundError(LoquiError):
    """The generation, sample or file does not exist."""


class GenerationCancelledError(LoquiError):
    """The generation was cancelled."""


class DeadlineError(LoquiError):
    """A deadline passed."""


class StorageError(LoquiError):
    """Records or audio could not be read or written."""


class InternalError(LoquiError):
    """A bug in Loqui. Please report it."""


_BY_KIND: dict[str, type[LoquiError]] = {
    "invalid_input": InvalidInputError,
    "authentication": AuthenticationError,
    "payment": PaymentError,
    "rate_limited": RateLimitError,
    "network": NetworkError,
    "provider": ProviderError,
    "not_found": NotFoundError,
    "cancelled": GenerationCancelledError,
    "deadline": DeadlineError,
    "storage": StorageError,
    "internal": InternalError,
}


def by_kind(kind: str) -> type[LoquiError]:
    """Returns the exception class of a kind of error."""
    return _BY_KIND.get(kind, LoquiError)
