"""What can go wrong, as classes; every error has a stable ``code`` and says what to do about it in ``hint``."""

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
    """Any error of Loqui.

    Attributes:
        code: Stable, for instance ``sample.too_short``.
        hint: What to do about it.
        retryable: Whether the same call may work later.
        generation_id: The generation it happened to, if any.
        request_id: The provider's number of the request or prediction, if any.
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
    """The recording, the text or a setting cannot be used: change it."""


class AuthenticationError(LoquiError):
    """The token is missing, wrong or not allowed to do this."""


class PaymentError(LoquiError):
    """Credit or budget does not allow it."""


class RateLimitError(LoquiError):
    """Too many requests: wait."""


class NetworkError(LoquiError):
    """The provider could not be reached, or its answer was lost."""


class ProviderError(LoquiError):
    """The provider tried and failed, or answered something unusable."""


class NotFoundError(LoquiError):
    """There is no such generation, sample or file."""


class GenerationCancelledError(LoquiError):
    """Somebody cancelled the generation."""


class DeadlineError(LoquiError):
    """A deadline passed."""


class StorageError(LoquiError):
    """Records or audio could not be read or written."""


class InternalError(LoquiError):
    """A defect of Loqui: please report it."""


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
    """Returns the class for errors of this kind."""
    return _BY_KIND.get(kind, LoquiError)
