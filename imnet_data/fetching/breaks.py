"""Why a connection broke, in few words: the libraries' own hold addresses, and whole URLs.

Whether it is tried again is retry.py's.
"""

from __future__ import annotations

import ssl
from http.client import IncompleteRead
from typing import TYPE_CHECKING, Final

from urllib3 import exceptions as urllib3

if TYPE_CHECKING:
    from collections.abc import Iterator

# The innermost that is known says most.
_WORDS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (urllib3.NameResolutionError, "no host of that name is known"),
    (urllib3.ReadTimeoutError, "it sent nothing for too long"),
    (urllib3.ConnectTimeoutError, "it does not answer"),
    (urllib3.ProxyError, "the proxy does not answer"),
    (TimeoutError, "it sent nothing for too long"),
    (IncompleteRead, "the connection ended before its time"),
    (urllib3.IncompleteRead, "the connection ended before its time"),
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionResetError, "the connection was broken off"),
    (BrokenPipeError, "the connection was broken off"),
)


def in_words(error: BaseException) -> str:
    """What broke."""
    causes = list(_causes(error))
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is refused: {cause.verify_message}"
        for kind, words in _WORDS:
            if isinstance(cause, kind):
                return words
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return "the connection broke"


def is_bad_certificate(error: BaseException) -> bool:
    """Whether the server is not who it says it is; trying again does not mend that."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was made of: urllib3 puts that into arguments and `reason`."""
    held: BaseException | None = error
    for _ in range(10):
        if held is None:
            return
        yield held
        inner = getattr(held, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((a for a in reversed(held.args) if isinstance(a, BaseException)), None)
        held = inner or held.__cause__ or held.__context__
