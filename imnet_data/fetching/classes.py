"""Only the classes that are asked for: which those are, and the tars of one class each.

The tars in a tar are inner_tars.py's; what becomes of them in the catalogue, fetch.py's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from imnet_data.errors import ClassesNotThere, SourceFailed
from imnet_data.facts.class_lists import class_list
from imnet_data.fetching.credentials import shown
from imnet_data.fetching.download import Download
from imnet_data.progress import Silent
from imnet_data.taxonomy.evaluation import evaluate
from imnet_data.taxonomy.graph import Graph
from imnet_data.taxonomy.names import Resolver
from imnet_data.wnid import from_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imnet_data.fetching.download import Downloaded
    from imnet_data.fetching.rate import Limiter
    from imnet_data.fetching.remote import Remote
    from imnet_data.fetching.transport import Transport
    from imnet_data.progress import Progress
    from imnet_data.taxonomy.notices import Notice

# The published classes of releases. Winter21 is fall11 less 2,674 people's classes, of which no
# list was published: those answer that they are not there.
_PUBLISHED: Final = {
    "ilsvrc2012": "ilsvrc2012",
    "fall11": "imagenet21k-fall11",
    "winter21": "imagenet21k-fall11",
}
_GONE: Final = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """The classes that an expression asks for, by wnid, in order.

    `published` is how many classes the release has, None where that is not known. `is_exact`: all
    of these are among them, so that each is to be there.
    `names` are what the expression's names were read as, `notices` tell of their other senses.
    """

    expression: str
    wnids: tuple[str, ...]
    published: int | None
    is_exact: bool
    names: tuple[str, ...]
    notices: tuple[Notice, ...]


def choose(expression: str, release: str | None = None) -> ClassChoice:
    """The classes of an expression, of those that a release publishes where that is known.

    Raises:
        ExpressionError, UnknownName: it does not parse, or a name is unknown.
        ClassesNotThere: the release publishes none of them.

    >>> choose("dalmatian | n02084071", "ilsvrc2012").wnids[:2]
    ('n02085620', 'n02085782')
    """
    found = evaluate(expression, Resolver(Graph.load()))
    wnids = tuple(from_id(synset) for synset in found)
    listed = _PUBLISHED.get(release or "")
    published = None if listed is None else class_list(listed)
    if published is not None:
        wnids = tuple(wnid for wnid in wnids if wnid in published)
    if not wnids:
        raise ClassesNotThere(expression, release or "WordNet")
    return ClassChoice(
        expression,
        wnids,
        published=None if published is None else len(published),
        is_exact=published is not None and release != "winter21",
        names=found.names,
        notices=found.notices,
    )


@dataclass(frozen=True, slots=True)
class How:
    """How a download is made: connections to the source, the rate's limit, who hears of it.

    `watch` is handed each download before it runs; `restart` throws away what is there.
    """

    connections: int = 8
    limiter: Limiter | None = None
    progress: Progress = field(default_factory=Silent)
    watch: Callable[[Download], None] = field(default=lambda _: None, repr=False)
    restart: bool = False

    def download(
        self,
        remote: Remote,
        target: str,
        transport: Transport,
        *,
        wanted: Sequence[tuple[int, int]] | None = None,
    ) -> Download:
        """A download made so; of part of a file, it goes on with what is there in any case."""
        made = Download(
            remote,
            target,
            transport,
            connections=self.connections,
            limiter=self.limiter,
            progress=self.progress,
            wanted=wanted,
            restart=self.restart and wanted is None,
        )
        self.watch(made)
        return made


# -- one file a class


@dataclass(slots=True)
class ClassTars:
    """What came of one file a class: the files, and the classes that the source does not have."""

    fetched: list[Downloaded] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def class_remotes(template: Remote, wnids: Sequence[str]) -> list[Remote]:
    """The files of classes, where the address of one has `{wnid}` in its place."""
    return [
        replace(template, url=template.url.replace("{wnid}", wnid), name=f"{wnid}.tar")
        for wnid in wnids
    ]


def fetch_class_tars(
    template: Remote,
    choice: ClassChoice,
    folder: str,
    transport: Transport,
    how: How | None = None,
) -> ClassTars:
    """Fetch a file for each class into a folder; one that is there already is not fetched again.

    Raises:
        ClassesNotThere: the source has none of them.
        FetchError: a download failed; those before it are there, and the rest goes on from it.
    """
    how = how or How()
    found = ClassTars()
    for wnid, remote in zip(choice.wnids, class_remotes(template, choice.wnids), strict=True):
        target = os.path.join(folder, remote.name)
        try:
            found.fetched.append(how.download(remote, target, transport).run())
        except SourceFailed as failed:
            if failed.status not in _GONE:
                raise
            found.absent.append(wnid)
    if not found.fetched:
        raise ClassesNotThere(choice.expression, shown(template.url))
    return found
