"""What was fetched, into a catalogue: under the release it was published as, with its origin kept.

What is in the archives is indexing's question.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imnet_data.fetching.credentials import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.catalogue import Catalogue
    from imnet_data.fetching.fetch import Fetched
    from imnet_data.indexing.report import IndexReport
    from imnet_data.progress import Progress


def index_fetched(
    catalogue: Catalogue, fetched: Sequence[Fetched], progress: Progress | None = None
) -> list[IndexReport]:
    """Index files that came, those of each release together.

    Raises:
        CatalogueReadOnly, CatalogueBusy: as `Catalogue.index()`.
    """
    reports = []
    for release in dict.fromkeys(one.wanted.release for one in fetched):
        ours = [one for one in fetched if one.wanted.release == release]
        paths = [one.downloaded.path for one in ours]
        report = catalogue.index(paths, release=release, progress=progress)
        indexed = {os.path.abspath(archive.path) for archive in report.archives}
        for one in ours:
            if os.path.abspath(one.downloaded.path) in indexed:
                _note(catalogue, one)
        reports.append(report)
    return reports


def _note(catalogue: Catalogue, one: Fetched) -> None:
    from imnet_data.origins import ChunkDigests, Origin  # noqa: PLC0415 - sqlalchemy

    done = one.downloaded
    if not done.whole:
        catalogue.note_origin(done.path, Origin(shown(one.wanted.remote.url)))
        return
    checksum = f"sha256:{done.sha256}" if done.sha256 else f"md5:{done.md5}" if done.md5 else None
    known = catalogue.origin(done.path)
    if done.was_there and known is not None and (known.checksum or not checksum):
        return  # what was kept when it came says as much
    chunks = ChunkDigests(done.grain, done.chunk_digests) if done.chunk_digests else None
    catalogue.note_origin(done.path, Origin(shown(one.wanted.remote.url), checksum, chunks))
