"""A download as it goes: a bar with rate, time left and retries, or a plain line now and then."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from imnet_data.amounts import count, size, time_span
from imnet_data.cli.failure import say
from imnet_data.fetching.rate import Meter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.fetching.download import Download

EVERY_S: Final = 5.0


class Watched:
    """The library's Progress for a download; what it draws is its kinds' business.

    It measures the rate itself: what was here before is no news of the link.
    """

    def __init__(self) -> None:
        self.what = ""
        self.total: int | None = None
        self.unit = "bytes"
        self.done = 0
        self._meter = Meter()
        self._download: Download | None = None
        self._lock = threading.Lock()

    def watch(self, download: Download) -> None:
        """Ask this download from now on how it fares."""
        self._download = download

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A job starts."""
        with self._lock:
            self.what, self.total, self.unit, self.done = what, total, unit, 0
            self._meter = Meter()

    def advance(self, n: int) -> None:
        """So many more are done."""
        with self._lock:
            self.done += n
            if self.unit == "bytes":
                self._meter.at(self.done)

    def end(self) -> None:
        """The job is done."""
        with self._lock:
            self.what = ""

    def notice(self, sentence: str) -> None:
        """Say it."""
        say(f"imnet-data: {sentence}")

    @property
    def rate(self) -> float:
        """Bytes a second over the last seconds."""
        if self._download is not None:
            return self._download.rate
        with self._lock:
            return self._meter.at(self.done)

    @property
    def retries(self) -> int:
        """How often something was tried again."""
        return 0 if self._download is None else self._download.retries

    def state(self) -> list[str]:
        """How it stands, in words: what came, the rate, the time left, the retries."""
        if self.unit != "bytes":
            of = "" if self.total is None else f" of {self.total:,}"
            return [f"{self.done:,}{of} {self.unit}"]
        of = "" if self.total is None else f" of {size(self.total)}"
        words = [f"{size(self.done)}{of}"]
        rate = self.rate
        words.append(f"{size(round(rate))}/s" if rate >= 1 else "waiting")
        if rate >= 1 and self.total is not None and self.done < self.total:
            words.append(f"{time_span((self.total - self.done) / rate)} left")
        if self.retries:
            words.append(count(self.retries, "retry", "retries"))
        return words


class _Lines(Watched):
    """Without a terminal: a line every few seconds, also while nothing comes."""

    def __init__(self) -> None:
        super().__init__()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._ending.wait(EVERY_S):
            if self.what:
                say(f"{self.what}: {', '.join(self.state())}")


@contextmanager
def fetch_progress() -> Iterator[Watched]:
    """Something to hand to a download, shown for as long as the context lasts."""
    if not sys.stderr.isatty():
        with _Lines() as lines:
            yield lines
        return
    from imnet_data.cli.fetch_bar import drawn  # noqa: PLC0415 - rich, only where it is drawn

    with drawn() as bar:
        yield bar
