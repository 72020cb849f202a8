"""Looking at every image: spans go to workers, and one that breaks its worker goes in pieces.

What is done with an image is spans.py's, which images there are walk.py's.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, Final

from imnet_data.errors import ArchiveError, ImnetDataError
from imnet_data.verification.spans import ArchiveFile, Looked, Span
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imnet_data.verification.levels import Level
    from imnet_data.work.unit import Outcome, Unit
    from imnet_data.work.workers import Workers

# A span takes a tenth of a second; a disk across a network may hold one up for longer.
_DEADLINE_S: Final = 60.0
# The largest pictures that are decoded at all take a third of this.
_MEMORY_BYTES: Final = 1 << 30
# Loaded by each worker before its memory is bounded: they take address space, and no memory.
_IMPORTS: Final = ("numpy", "simplejpeg", "imnet_data.verification.images.inspect")


def look_at(
    spans: Iterator[Span],
    *,
    level: Level,
    workers: Workers,
    lost: Callable[[ArchiveFile, ArchiveError, int], None],
) -> Iterator[Looked]:
    """What is learnt of the images of spans, as it comes.

    `lost` hears of an archive that cannot be read any more, and how many images that costs here.

    Raises:
        WorkersDie: no worker lives long enough to begin.
        ClusterError: the cluster is gone, or its workers are not such as the work needs.
        NeedsExtra: an archive needs a package that is not installed.
    """
    first = next(spans, None)
    if first is None:
        return  # a worker takes a second to begin
    feed = _Feed(chain([first], spans), level)
    found = outcomes(
        feed, workers=workers, deadline_s=_DEADLINE_S, memory_bytes=_MEMORY_BYTES, imports=_IMPORTS
    )
    for outcome in found:
        span = outcome.unit
        assert isinstance(span, Span)
        if isinstance(outcome, Done):
            yield outcome.result
        elif isinstance(outcome, Failed) and isinstance(outcome.error, ArchiveError):
            lost(span.archive, outcome.error, len(span.ids))
        elif isinstance(outcome, Failed) and isinstance(outcome.error, ImnetDataError):
            raise outcome.error
        elif len(span.ids) > 1:
            feed.again.extend(span.singly())
        else:
            yield span.crashed(_how(outcome))


class _Feed:
    """Hands spans to the runner, those that are to be tried again first.

    The runner asks again after it was told that there is none, as long as it has any in hand.
    """

    def __init__(self, spans: Iterator[Span], level: Level) -> None:
        self.again: deque[Span] = deque()
        self._spans = spans
        # One without images goes ahead: that it comes back shows that workers can begin, so that
        # images which end them are not taken for workers that cannot.
        self.again.append(Span(ArchiveFile(0, "", "", 0, None), level, (), (), (), (), ()))

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> Unit[Looked]:
        return self.again.popleft() if self.again else next(self._spans)


def _how(outcome: Outcome[Looked]) -> str:
    if not isinstance(outcome, Failed):
        assert not isinstance(outcome, Done)
        return outcome.how
    if isinstance(outcome.error, MemoryError):
        return f"it takes more than {_MEMORY_BYTES >> 20:,} MiB of memory"
    return f"{type(outcome.error).__name__}: {outcome.error}"
