"""Where the catalogue says an archive is: relative to itself if it lies beside or below it.

So a catalogue and its archives can be moved together, and a catalogue alone too. One on a server
lies beside nothing, and an archive in an object store is where its URL says.
"""

from __future__ import annotations

import os

from imnet_data.archives.text import from_disk, to_disk
from imnet_data.db.addresses import is_url as on_server
from imnet_data.files.address import absolute, is_url


def to_uri(path: str, catalogue: str) -> str:
    """The stored form of an archive's path: relative if it is in the catalogue's folder or below.

    >>> to_uri("/data/in/train.tar", "/data/in/imagenet.db"), to_uri("/x/train.tar", "/data/a.db")
    ('train.tar', '/x/train.tar')
    >>> to_uri("/x/train.tar", "postgresql://db.lab/a"), to_uri("s3://in/train.tar", "/data/a.db")
    ('/x/train.tar', 's3://in/train.tar')
    """
    path = absolute(path)
    if is_url(path) or on_server(catalogue):
        return from_disk(path)
    folder = os.path.dirname(os.path.abspath(catalogue))
    inside = path.startswith(folder.rstrip(os.sep) + os.sep)
    return from_disk(os.path.relpath(path, folder) if inside else path)


def from_uri(uri: str, catalogue: str) -> str:
    """The absolute path of a stored archive, or its URL.

    >>> from_uri("train.tar", "/data/in/imagenet.db")
    '/data/in/train.tar'
    """
    path = to_disk(uri)
    if is_url(path):
        return path
    folder = "/" if on_server(catalogue) else os.path.dirname(os.path.abspath(catalogue))
    return os.path.normpath(os.path.join(folder, path))
