"""From what is asked for to files that are here: a plan, then its downloads, one after the other.

How one file comes is download.py's; how what came is indexed, the catalogue's.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from imnet_data.errors import LoginNeeded
from imnet_data.fetching import host_rates
from imnet_data.fetching.classes import How, class_remotes, fetch_class_tars
from imnet_data.fetching.credentials import place_of
from imnet_data.fetching.download import Download, Downloaded
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.indexed import index_fetched
from imnet_data.fetching.inner_tars import InnerTars
from imnet_data.fetching.logins import Logins
from imnet_data.fetching.object_stores import FsspecTransport, is_object_store
from imnet_data.fetching.partial import not_written
from imnet_data.fetching.plan import make_plan
from imnet_data.fetching.rate import Limiter
from imnet_data.fetching.registry import Registry
from imnet_data.fetching.wanted import Wish, wanted_files
from imnet_data.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.catalogue import Catalogue
    from imnet_data.fetching.plan import Item, Plan
    from imnet_data.fetching.remote import Remote
    from imnet_data.fetching.transport import Transport
    from imnet_data.fetching.wanted import Wanted
    from imnet_data.progress import Progress


@dataclass(frozen=True, slots=True)
class Manner:
    """How files are fetched: over how many connections, and how fast at most, in bytes a second.

    `restart` throws away what is there of a file that was begun. `watch` is handed each download
    as it begins, and may ask it how it fares.
    """

    connections: int = 8
    limit: int | None = None
    restart: bool = False
    watch: Callable[[Download], None] = field(default=lambda _: None, repr=False)

    def watched(self, watch: Callable[[Download], None]) -> Manner:
        """The same manner with somebody who watches."""
        return replace(self, watch=watch)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that came, and what it was asked for as."""

    wanted: Wanted
    downloaded: Downloaded


@dataclass(slots=True)
class Haul:
    """What came: files, and the wnids of classes that were asked for and are not at the source."""

    files: list[Fetched] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


class Sources:
    """The ways to the sources of one run, made when they are needed; close it."""

    def __init__(self) -> None:
        self._held: dict[bool, Transport] = {}
        self._stack = ExitStack()

    def of(self, remote: Remote) -> Transport:
        """The transport that reaches a file."""
        stored = is_object_store(remote.url)
        if stored not in self._held:
            made: Transport = FsspecTransport() if stored else HttpTransport()
            self._held[stored] = self._stack.enter_context(closing(made))
        return self._held[stored]

    def size_of(self, remote: Remote) -> int:
        """The size of a file in bytes, asked of its source."""
        return self.of(remote).probe(remote).size

    def close(self) -> None:
        """Let go of all connections."""
        self._stack.close()


def plan_fetch(wish: Wish, folder: str, sources: Sources, manner: Manner) -> Plan:
    """What a fetch into a folder would do.

    Raises:
        FetchError: what is asked for is not known, or its source does not list it.
    """
    wanted = wanted_files(wish, Registry.load(), Logins.read())
    with _told_of(wanted):
        return make_plan(
            wanted, folder, limit=manner.limit, anew=manner.restart, size_of=sources.size_of
        )


def carry_out(
    plan: Plan, sources: Sources, manner: Manner, progress: Progress, haul: Haul | None = None
) -> Haul:
    """Fetch a plan's files one after the other; what was begun goes on where it stood.

    What came is in `haul`, where one is given, also if a later file cannot be fetched.

    Raises:
        FetchError: a file cannot be fetched; what came of it stays, and is gone on with.
    """
    if (obstacle := plan.obstacle()) is not None:
        raise obstacle
    haul = haul or Haul()
    limiter = None if manner.limit is None else Limiter(manner.limit)
    how = How(manner.connections, limiter, progress, manner.watch, manner.restart)
    for item in plan.items:
        before = len(haul.files)
        with not_written(item.target):
            os.makedirs(os.path.dirname(item.target), exist_ok=True)
        with _told_of([item.wanted]):
            if item.wanted.choice is None or item.state == "here":
                haul.files.append(Fetched(item.wanted, _whole(item, sources, manner, how)))
            elif item.wanted.is_per_class:
                _class_tars(item, sources, how, haul)
            else:
                _inner_tars(item, sources, how, haul)
        if limiter is None:
            done = [one.downloaded for one in haul.files[before:]]
            took = sum(one.seconds for one in done)
            host_rates.remember(
                item.wanted.remote.url, sum(one.fetched_bytes for one in done), took
            )
    return haul


def _class_tars(item: Item, sources: Sources, how: How, haul: Haul) -> None:
    """A file for each class; those that the source lacks are noted."""
    template, choice = item.wanted.remote, item.wanted.choice
    assert choice is not None
    folder = os.path.dirname(item.target)
    tars = fetch_class_tars(template, choice, folder, sources.of(template), how)
    for done in tars.fetched:
        wnid = os.path.basename(done.path).removesuffix(".tar")
        (remote,) = class_remotes(template, [wnid])
        haul.files.append(Fetched(replace(item.wanted, remote=remote), done))
    haul.absent += tars.absent


def _inner_tars(item: Item, sources: Sources, how: How, haul: Haul) -> None:
    """Some of the tars in a tar, at their places in what is still a `.part`."""
    remote, choice = item.wanted.remote, item.wanted.choice
    assert choice is not None
    tars = InnerTars(remote, item.target, sources.of(remote), choice, how)
    found = tars.look()
    haul.files.append(Fetched(item.wanted, tars.fetch(found)))
    haul.absent += found.missing if choice.is_exact else ()


def _whole(item: Item, sources: Sources, manner: Manner, how: How) -> Downloaded:
    remote = item.wanted.remote
    download = Download(
        remote,
        item.target,
        sources.of(remote),
        connections=how.connections,
        limiter=how.limiter,
        progress=how.progress,
        restart=manner.restart,
    )
    manner.watch(download)
    return download.run()


@contextmanager
def _told_of(several: Sequence[Wanted]) -> Iterator[None]:
    """A refusal with what the registry knows of its host: the page of its terms."""
    try:
        yield
    except LoginNeeded as error:
        if error.page is not None or error.setting is not None:
            raise
        page = next((one.source.terms for one in several if one.source.terms), None)
        places = [place_of(one.remote.url) for one in several]
        host = next((place for place in places if error.host in place), error.host)
        raise LoginNeeded(host, page=page, given=error.given) from error


def fetch(
    what: str | Wish,
    to: str | os.PathLike[str] = ".",
    *,
    part: str | None = None,
    catalogue: Catalogue | None = None,
    manner: Manner | None = None,
    progress: Progress | None = None,
) -> list[str]:
    """Fetch a registered release, or what is at an address, into a folder; gives the files' paths.

    What was begun goes on where it stood, and a file that is here whole is not fetched again. A
    file gets its name when its size and its published checksum agree. With a `catalogue` it is
    indexed, under the release that it was published as.

    Args:
        what: a registered name, an `http(s)://`, `hf://` or `s3://` address, or a `Wish`, which
            can also say classes and a checksum.
        to: the folder; it is made where there is none.
        part: one part of it, such as `val`; without it those that a release is fetched in.
        catalogue: an open catalogue to index the files into.
        manner: connections, and the limit of the rate in bytes a second.
        progress: told of the bytes that came.

    Raises:
        UnknownPublished, AddressRefused: it is nothing that can be fetched.
        LoginNeeded: the source wants a login that is not set.
        FetchError: it cannot be fetched; the sentence says why.

    >>> import imnet_data
    >>> imnet_data.fetch("imagenette", "data", part="px160")  # doctest: +SKIP
    ['data/imagenette2-160.tgz']
    """
    wish = what if isinstance(what, Wish) else Wish(what, () if part is None else (part,))
    manner, told = manner or Manner(), progress or Silent()
    with closing(Sources()) as sources:
        plan = plan_fetch(wish, os.fspath(to), sources, manner)
        haul = carry_out(plan, sources, manner, told)
    if catalogue is not None:
        index_fetched(catalogue, haul.files, told)
    return [one.downloaded.path for one in haul.files]
