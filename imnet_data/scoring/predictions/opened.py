"""The bytes of a file of predictions, from the start as often as they are wanted.

What they hold is not known here.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import stat
import sys
import tempfile
import tokenize
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from imnet_data.errors import NotPredictions, PredictionsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP = b"\x1f\x8b"
# What numpy, zipfile and pyarrow raise over bytes that are damaged, beside their own errors.
_DAMAGE: Final = (
    OSError, EOFError, RuntimeError, MemoryError, UnicodeError, zlib.error, tokenize.TokenError,
)  # fmt: skip


@contextmanager
def damage_told(source: str) -> Iterator[None]:
    """Whatever a reader raises over damaged bytes, as one sentence with the file's name."""
    try:
        yield
    except _DAMAGE as error:
        raise NotPredictions(source, f"its bytes are damaged: {error}") from error


class Opened:
    """A file that is there to be read again; `source` is what it is called in sentences.

    A pipe, standard input (`-`) and an open file are first copied to a temporary file, which
    `close()` removes.

    Raises:
        PredictionsError: it is not there, or cannot be read.
    """

    def __init__(self, source: str | os.PathLike[str] | BinaryIO) -> None:
        self._copy: IO[bytes] | None = None
        if isinstance(source, str | os.PathLike):
            self.source = os.fspath(source)
            self.path = self.source
        else:
            self.source = str(getattr(source, "name", "the open file"))
        try:
            self._copy = _copied(source)
            if self._copy is not None:
                self.path = self._copy.name
            self.size_bytes = os.path.getsize(self.path)
            with open(self.path, "rb") as file:
                self.head = file.read(4096)
        except OSError as error:
            reason = error.strerror or str(error)
            raise PredictionsError(self.source, f"this cannot be read: {reason}") from error
        if self.source == "-":
            self.source = "standard input"

    def close(self) -> None:
        """Remove the copy, if there is one."""
        if self._copy is not None:
            self._copy.close()

    @contextmanager
    def text(self) -> Iterator[io.TextIOWrapper]:
        """The file as text, out of its gzip where it is in one."""
        with open(self.path, "rb") as file:
            plain = gzip.GzipFile(fileobj=file) if self.is_gzip else file
            with io.TextIOWrapper(
                cast("BinaryIO", plain), "utf-8-sig", errors="surrogateescape", newline=""
            ) as lines:
                try:
                    yield lines
                except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                    raise NotPredictions(self.source, f"its gzip is damaged: {error}") from error

    @property
    def is_gzip(self) -> bool:
        """Whether it is compressed."""
        return self.head.startswith(_GZIP)


def _copied(source: str | os.PathLike[str] | BinaryIO) -> IO[bytes] | None:
    """A temporary file with what can be read only once; None where no copy is needed."""
    if source == "-":
        return _spooled(sys.stdin.buffer)
    if isinstance(source, str | os.PathLike):
        if stat.S_ISREG(os.stat(source).st_mode):
            return None
        with open(source, "rb") as file:
            return _spooled(file)
    return _spooled(source)


def _spooled(file: BinaryIO) -> IO[bytes]:
    copy = tempfile.NamedTemporaryFile(prefix="imnet-data-")  # noqa: SIM115 - closed by close()
    shutil.copyfileobj(file, copy, 1 << 20)
    copy.flush()
    return copy
