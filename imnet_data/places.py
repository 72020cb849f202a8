"""Where the catalogue says an archive is: relative to itself if it lies beside or below it.

So a catalogue and its archives can be moved together, and a catalogue alone too.
"""

from __future__ import annotations

import os

from imnet_data.archives.text import from_disk, to_disk


def to_uri(path: str, catalogue: str) -> str:
    """The stored form of an archive's path: relative if it is in the catalogue's folder or below.

    >>> to_uri("/data/in/train.tar", "/data/in/imagenet.db"), to_uri("/x/train.tar", "/data/a.db")
    ('train.tar', '/x/train.tar')
    """
    path = os.path.abspath(path)
    folder = os.path.dirname(os.path.abspath(catalogue))
    inside = path.startswith(folder.rstrip(os.sep) + os.sep)
    return from_disk(os.path.relpath(path, folder) if inside else path)


def from_uri(uri: str, catalogue: str) -> str:
    """The absolute path of a stored archive.

    >>> from_uri("train.tar", "/data/in/imagenet.db")
    '/data/in/train.tar'
    """
    folder = os.path.dirname(os.path.abspath(catalogue))
    return os.path.normpath(os.path.join(folder, to_disk(uri)))
