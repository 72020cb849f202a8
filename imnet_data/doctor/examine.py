"""The whole look: every section in the order in which people read it, each finding as it comes.

Nothing is changed, nothing is raised: what cannot be looked at says so in a finding of its own.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from imnet_data.doctor import archives, catalogue, disk, gpu, machine, packages, verified, words
from imnet_data.doctor.finding import guarded
from imnet_data.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.doctor.finding import Finding
    from imnet_data.progress import Progress


def examine(
    path: str | None = None,
    *,
    catalogue_path: str = "imagenet.db",
    deep: bool = False,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """Look at the machine, the disk at a path and the catalogue.

    `path` is where ImageNet is or shall be; else the catalogue's folder if there is one, else the
    working folder. `catalogue_path` may be a URL. `deep` reads every page of the catalogue, counts
    every image in it and walks the indexed folders.

    >>> {finding.state for finding in examine("/")} <= {"well", "note", "trouble"}
    True
    """
    told = progress or Silent()
    with closing(gpu.Asked()) as cards, catalogue.opened(catalogue_path) as held:
        at = path if path is not None else _default(held)
        seen = archives.see(held.archives, held.path)
        indexed = archives.indexed_bytes(seen, at)
        yield from guarded("disk", at, lambda: disk.findings(at, indexed_bytes=indexed))
        if not held.is_on_server:
            yield from guarded("disk", held.path, lambda: disk.catalogue_findings(held.path, at))
        yield from guarded("machine", "machine", machine.findings)
        yield from guarded("packages", "packages", packages.findings)
        yield from guarded("gpu", "NVIDIA", cards.findings)
        yield from guarded("wordnet", "WordNet 3.0", words.findings)
        yield from guarded(
            "catalogue", held.path, lambda: catalogue.findings(held, deep=deep, progress=told)
        )
        if held.is_readable:
            yield from guarded(
                "archives", "archives",
                lambda: archives.findings(
                    seen, is_written=held.is_written, deep=deep, progress=told
                ),
            )  # fmt: skip
            yield from guarded("archives", "verified", lambda: verified.findings(held))


def _default(held: catalogue.Opened) -> str:
    is_file = not held.is_on_server and os.path.exists(held.path)
    return os.path.dirname(held.path) if is_file else os.getcwd()
