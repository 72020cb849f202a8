"""The servers that documents name (`db.lab`, `head:8786`, a bucket), started on loopback.

What is typed against them stands in the documents; who types it is documents.py's Desk.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from .dask_cluster import dask_cluster
from .postgres_server import PASSWORD, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Workers are started last: they are to have the variables that the bucket is found by.
_ORDER = ("s3", "postgres", "dask")
_NEEDS = re.compile(r"^<!-- needs: (?P<names>[\w ]+) -->$", re.MULTILINE)

BUCKET = "imagenet"


@dataclass(frozen=True, slots=True)
class Served:
    """The addresses of a document's servers, as it shows them and as they are."""

    addresses: dict[str, str] = field(default_factory=dict)

    def real(self, text: str) -> str:
        """A text with the addresses that answer here in the places of those that are shown."""
        for shown, real in self.addresses.items():
            text = text.replace(shown, real)
        return text

    def shown(self, text: str) -> str:
        """The other way round."""
        for shown, real in self.addresses.items():
            text = text.replace(real, shown)
        return text


def needed(document: Path) -> list[str]:
    """What a document says that it needs, in `<!-- needs: postgres dask s3 -->`."""
    found = _NEEDS.findall(document.read_text(encoding="utf-8"))
    names = {name for line in found for name in line.split()}
    assert names <= set(_ORDER), f"{document} needs {names}"
    return [name for name in _ORDER if name in names]


@contextmanager
def served(names: list[str], archives: Path) -> Iterator[Served]:
    """Some servers; the test is skipped, by the program's name, where one is not installed.

    The bucket holds the files of the folder `archives`, the database is empty.
    """
    told = Served()
    with ExitStack() as stack:
        for name in names:
            if name == "s3":
                stack.enter_context(_s3(archives))
            elif name == "postgres":
                told.addresses["db.lab"] = stack.enter_context(_postgres())
            else:
                cluster = stack.enter_context(dask_cluster(worker_ttl="30s"))
                told.addresses["tcp://head:8786"] = cluster.address
        yield told


@contextmanager
def _postgres() -> Iterator[str]:
    """A server with three empty databases; users and passwords go by libpq's variables."""
    with postgres_server() as server:
        server.run(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
        for name in ("imagenet", "copied", "bucket"):
            server.run(f"CREATE DATABASE {name} OWNER owner")
        os.environ.update({"PGUSER": "owner", "PGPASSWORD": PASSWORD})
        yield f"127.0.0.1:{server.port}"


@contextmanager
def _s3(archives: Path) -> Iterator[None]:
    """The bucket; its address goes by variables, as every library of S3 reads them."""
    pytest.importorskip("s3fs")
    from .s3_server import KEY, s3

    files = [path for path in sorted(archives.rglob("*")) if path.is_file()]
    objects = {str(path.relative_to(archives)): path.read_bytes() for path in files}
    with s3(BUCKET, objects) as server:
        os.environ.update(
            {
                "AWS_ENDPOINT_URL": server.endpoint,
                "AWS_ACCESS_KEY_ID": KEY,
                "AWS_SECRET_ACCESS_KEY": "s3cret",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        )
        yield
