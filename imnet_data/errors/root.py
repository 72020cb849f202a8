"""The root of every error, and the words that several of them need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class ImnetDataError(Exception):
    """The root: `except ImnetDataError` catches whatever this package raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as it is: a worker's error would else be made anew from its sentence alone."""
        return _as_it_was, (type(self), self.args), self.__dict__


def _as_it_was(kind: type[ImnetDataError], args: tuple[object, ...]) -> ImnetDataError:
    error = kind.__new__(kind)
    error.args = args
    return error


def either(names: Sequence[str]) -> str:
    """Names, to choose one of."""
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} or {names[-1]}"
