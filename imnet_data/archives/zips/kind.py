"""Whether a file is a zip, which of the two kinds, and why some cannot be indexed as they are.

One pass over its list of contents, up to the first image that is compressed.
"""

from __future__ import annotations

import shlex
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from imnet_data.archives.kinds import DEFLATED_ZIP, ZIP, is_archive_name
from imnet_data.archives.members import is_image
from imnet_data.archives.zips.directory import DEFLATED, Directory
from imnet_data.archives.zips.end import LOCAL, STARTS, find_end
from imnet_data.archives.zips.scan import CUT_OFF, are_files, are_readable
from imnet_data.archives.zips.troubles import joining, unpacking
from imnet_data.errors import NotAnArchive
from imnet_data.files.opened import open_file

if TYPE_CHECKING:
    from imnet_data.archives.zips.end import End, ReadAt


def zip_kind(path: str) -> str | None:
    """The kind of zip at a path; None where it is no zip.

    Raises:
        NotAnArchive: it is one, but cut off, in parts, or it holds only further archives.
    """
    with closing(open_file(path)) as file:
        read_at = file.read_at
        end = find_end(read_at, file.size)
        if end is None:
            start = read_at(4, 0)
            if not start.startswith(STARTS):
                return None
            raise NotAnArchive(path, _why_no_end(path, start))
        if end.parts > 1:
            raise NotAnArchive(
                path,
                f"it is the last of {end.parts:,} parts of an archive; "
                f"join them first: {joining(path)}",
            )
        return _kind(path, read_at, end)


def _why_no_end(path: str, start: bytes) -> str:
    whole, _, number = path.rpartition(".")
    if whole.endswith(".zip") and number.isdecimal():  # as 7-Zip cuts archives
        parts = f"{shlex.quote(whole)}.*"
        return f"it is one of several parts; join them first: cat {parts} > {shlex.quote(whole)}"
    if start != LOCAL:
        return "it is one of several parts; the one whose name ends in .zip says how to join them"
    return CUT_OFF


def _kind(path: str, read_at: ReadAt, end: End) -> str:
    images = False
    archives: list[str] = []
    for entries in Directory(read_at, end):
        deflated = entries.records["method"] == DEFLATED
        # Past the first image only what is compressed can change the answer.
        if images and not deflated.any():
            continue
        deflated &= are_files(entries) & are_readable(entries, end)
        rows = np.flatnonzero(deflated).tolist() if images else range(len(entries))
        paths = entries.paths()
        for at in rows:
            base = paths[at].rpartition("/")[2]
            if is_image(base):
                images = True
                if deflated[at]:
                    return DEFLATED_ZIP
            elif not images and is_archive_name(base):
                archives.append(paths[at])
    if archives and not images:
        raise NotAnArchive(path, _only_archives(path, archives))
    return ZIP


def _only_archives(path: str, archives: list[str]) -> str:
    if len(archives) == 1:
        command = unpacking(path, member=archives[0])
        return f"it holds no image but an archive, {archives[0]}; take it out first: {command}"
    return (
        f"it holds no image but {len(archives):,} archives, of which {archives[0]} is the first; "
        f"take them out first: {unpacking(path)}"
    )
